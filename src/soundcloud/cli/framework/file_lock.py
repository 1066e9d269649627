"""A lock between processes, held on a file."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soundcloud.cli.framework.errors import CommandError


@contextmanager
def lock_file(path: Path, error: "CommandError", *, seconds: float = 0) -> Generator[None, None, None]:
    """Hold the lock of a file, or raise the error if another process holds it for longer than some seconds."""
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=seconds, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise error from None
    try:
        yield
    finally:
        lock.release()
