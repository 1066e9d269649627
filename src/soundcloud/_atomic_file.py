"""Atomic replacement of files, and files that only their owner can read."""

import errno
import os
import stat
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

# Windows has none of these. There, the comparison with `lstat` still finds a symbolic link.
_SAFE_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_IS_WINDOWS = sys.platform == "win32"
_REPLACE_SECONDS = 2.0
"""How long Windows may refuse to replace a file that another process reads."""


def replace_file(path: Path, content: bytes, *, draft_suffix: str | None = None) -> None:
    """Replace a file as a whole and wait until the new content is on disk. Only the owner can read it.

    A reader, or a process that starts after a crash, finds either the old content or the new one. By default the draft's name
    holds the process id, so that two processes cannot write the same draft; a caller that holds a lock passes a fixed suffix, so
    that a crash leaves one draft only.
    """
    draft = path.with_name(path.name + (draft_suffix or f".{os.getpid()}.new"))
    try:
        with naming_file(path):
            _write_draft(draft, content)
        _replace(draft, path)
    except BaseException as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in {draft, str(draft)}:
            error.filename = str(path)
        raise
    sync_folder(path.parent)


@contextmanager
def naming_file(path: Path) -> Generator[None, None, None]:
    """Add the path to an `OSError` without one: the operating system names no file if a write or a sync fails."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def check_space(path: Path, size: int, *, draft_suffix: str) -> None:
    """Check that `replace_file` can write a file: reserve the space for a draft on the disk, and delete the draft.

    Args:
        path: The file.
        size: The number of bytes.
        draft_suffix: What is appended to the name of the draft; see `replace_file`.

    Raises:
        OSError: The draft cannot be written.
    """
    draft = path.with_name(path.name + draft_suffix)
    try:
        with _new_file(draft) as file:
            if not _reserve(file.fileno(), size):
                file.write(bytes(size))
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def open_private(path: Path) -> BinaryIO:
    """Open a file for reading and writing that only its owner can read; create it if it is missing.

    Of an existing file the content is kept, and the mode is changed to 0600.

    Args:
        path: The file.

    Raises:
        PermissionError: There is something else at the path: a symbolic link, a folder, a device, a file of another user, or a
            file with another name.
        OSError: The file cannot be opened or created.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _SAFE_FLAGS, 0o600)
    except FileExistsError:
        try:
            # O_NONBLOCK: opening a FIFO would wait for a writer.
            handle = os.open(path, os.O_RDWR | _SAFE_FLAGS)
        except OSError as error:
            # A symbolic link, a folder, or a FIFO or socket without a reader.
            if error.errno in {errno.ELOOP, errno.EMLINK, errno.EISDIR, errno.ENXIO}:
                raise _not_private(path) from None
            raise
    try:
        _check_own_file(path, handle)
        return os.fdopen(handle, "r+b")
    except BaseException:
        os.close(handle)
        raise


def _check_own_file(path: Path, handle: int) -> None:
    """Check that an open file is a regular file of this user with one name, which is no symbolic link; make it private."""
    status = os.fstat(handle)
    is_own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    if not stat.S_ISREG(status.st_mode) or not is_own or status.st_nlink > 1:
        raise _not_private(path)
    if not os.path.samestat(status, path.lstat()):
        raise _not_private(path)
    if hasattr(os, "fchmod"):
        os.fchmod(handle, stat.S_IRUSR | stat.S_IWUSR)


def _not_private(path: Path) -> PermissionError:
    return PermissionError(errno.EPERM, "this is not a regular file of yours with one name", str(path))


def _replace(draft: Path, path: Path) -> None:
    """Rename a file over another one. Windows refuses that while a reader has the old file open, so it is tried again there."""
    end = time.monotonic() + _REPLACE_SECONDS
    while True:
        try:
            draft.replace(path)
        except PermissionError:
            if not _IS_WINDOWS or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def _write_draft(draft: Path, content: bytes) -> None:
    with _new_file(draft) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _new_file(path: Path) -> BinaryIO:
    """Create a file that only the owner can read, in the place of one that is there."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE_FLAGS, 0o600)
    return os.fdopen(handle, "wb")


def _reserve(handle: int, size: int) -> bool:
    """Reserve space for a file, which is faster than to write and sync it; return False where that is not supported.

    Raises:
        OSError: There is not enough space.
    """
    if not size or not hasattr(os, "posix_fallocate"):
        return False
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError as error:
        if error.errno in {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP}:
            return False
        raise
    return True


def sync_folder(folder: Path) -> None:
    """Wait until the entries of a folder are on disk; Windows has no such call."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
