"""The file of `--env-file`, which a sandbox writes at its start and deletes at its end."""

from pathlib import Path

from soundcloud._atomic_file import replace_file
from soundcloud.sandbox.errors import SandboxError

_FIRST_LINE = "# A sandbox wrote this file, and deletes it when it stops.\n"


def write(path: Path, lines: str) -> None:
    """Write a file; replace one that a killed sandbox has left.

    Raises:
        SandboxError: The file cannot be written, or a sandbox did not write the one that is there.
    """
    if path.is_symlink() or (path.exists() and not _is_own(path)):
        raise SandboxError(f"{path} is not the file of a sandbox, and was not changed: choose another --env-file")
    try:
        replace_file(path, f"{_FIRST_LINE}{lines}".encode())
    except OSError as error:
        raise SandboxError(f"cannot write {path}: {error.strerror}") from error


def delete(path: Path) -> None:
    """Delete a file, unless it is missing or another program has replaced it."""
    if _is_own(path):
        path.unlink(missing_ok=True)


def _is_own(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            return path.is_file() and file.readline() == _FIRST_LINE
    except (OSError, ValueError):
        return False
