"""Storage of uploaded audio and images in a temporary folder, which is removed when the sandbox closes."""

import shutil
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from soundcloud.sandbox.media.mp3 import Segments, find_segments

LARGEST_FILE = 64 * 2**20  # size of the largest file that is stored, in bytes; larger audio is measured only
LARGEST_FOLDER = 512 * 2**20  # largest total size of the stored files, in bytes
SEGMENT_SECONDS = 10.0  # shortest duration of a segment of an uploaded MP3, except the last


class UploadStore:
    """Stores uploaded files by name."""

    def __init__(self, largest_file: int = LARGEST_FILE, largest_folder: int = LARGEST_FOLDER) -> None:
        self._largest_file, self._largest_folder = largest_file, largest_folder
        self._folder: TemporaryDirectory[str] | None = None
        self._types: dict[str, str] = {}
        self._segments: dict[str, Segments] = {}

    def save(self, name: str, file: BinaryIO, media_type: str) -> bool:
        """Store a file, unless it is too large; a former file with that name is deleted in any case."""
        self.delete(name)
        size = file.seek(0, 2)
        file.seek(0)
        if size > min(self._largest_file, self._largest_folder - self._size()):
            return False
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="soundcloud-sandbox-", ignore_cleanup_errors=True)
        path = Path(self._folder.name) / name
        with path.open("wb") as stored:
            shutil.copyfileobj(file, stored, 2**20)
        self._types[name] = media_type
        if media_type == "audio/mpeg" and size:
            with path.open("rb") as written, mmap(written.fileno(), 0, access=ACCESS_READ) as content:
                segments = find_segments(content, SEGMENT_SECONDS)
            if segments is not None:
                self._segments[name] = segments
        return True

    def get(self, name: str) -> tuple[Path, str] | None:
        """Return the path and content type of a stored file, or None."""
        media_type = self._types.get(name)
        return None if media_type is None or self._folder is None else (Path(self._folder.name) / name, media_type)

    def segments(self, name: str) -> Segments | None:
        """Return the segments of a stored MP3, or None for any other file."""
        return self._segments.get(name)

    def delete(self, name: str) -> None:
        """Delete a file, if it is stored."""
        found = self.get(name)
        if found is not None:
            # Windows cannot delete an open file; `clear` removes it with the folder.
            with suppress(OSError):
                found[0].unlink()
            del self._types[name]
            self._segments.pop(name, None)

    def clear(self) -> None:
        """Delete all files and the folder."""
        self._types.clear()
        self._segments.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _size(self) -> int:
        if self._folder is None:
            return 0
        return sum(path.stat().st_size for path in Path(self._folder.name).iterdir())
