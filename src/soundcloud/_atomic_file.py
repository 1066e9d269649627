"""Atomic replacement of files."""

import os
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, content: bytes, *, draft_suffix: str | None = None) -> None:
    """Replace a file as a whole and wait until the new content is on disk. Only the owner can read it.

    A reader, or a process that starts after a crash, finds either the old content or the new one. By default the draft's name
    holds the process id, so that two processes cannot write the same draft; a caller that holds a lock passes a fixed suffix, so
    that a crash leaves one draft only.
    """
    draft = path.with_name(path.name + (draft_suffix or f".{os.getpid()}.new"))
    draft.unlink(missing_ok=True)
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the entries of a folder are on disk; Windows has no such call."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
