"""What a sandbox keeps of uploads: files of sound and pictures, in a temporary folder that goes when it is closed."""

import shutil
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from soundcloud.sandbox.media.mp3 import Cuts, find_cuts

LARGEST_FILE = 64 * 2**20
"""Larger files are measured, not kept, in bytes."""

LARGEST_FOLDER = 512 * 2**20
"""What all kept files have together, at most, in bytes."""

PIECE_SECONDS = 10.0
"""How long a piece of an uploaded MP3 plays."""


class Uploads:
    """Uploaded files by name. What is too large, and what comes when the folder is full, is not kept.

    Args:
        largest_file: The largest file that is kept, in bytes.
        largest_folder: The most that is kept, in bytes.
    """

    def __init__(self, largest_file: int = LARGEST_FILE, largest_folder: int = LARGEST_FOLDER) -> None:
        self._largest_file, self._largest_folder = largest_file, largest_folder
        self._folder: TemporaryDirectory[str] | None = None
        self._types: dict[str, str] = {}
        self._cuts: dict[str, Cuts] = {}

    def keep(self, name: str, file: BinaryIO, media_type: str) -> bool:
        """Keep a file; what had the name before goes.

        Args:
            name: What it is found by: letters, digits and hyphens.
            file: The file; it is read from its start.
            media_type: What it is served as.

        Returns:
            Whether it was kept.
        """
        self.drop(name)
        size = file.seek(0, 2)
        file.seek(0)
        if size > min(self._largest_file, self._largest_folder - self._size()):
            return False
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="soundcloud-sandbox-", ignore_cleanup_errors=True)
        path = Path(self._folder.name) / name
        with path.open("wb") as kept:
            shutil.copyfileobj(file, kept, 2**20)
        self._types[name] = media_type
        if media_type == "audio/mpeg" and size:
            with path.open("rb") as written, mmap(written.fileno(), 0, access=ACCESS_READ) as content:
                cuts = find_cuts(content, PIECE_SECONDS)
            if cuts is not None:
                self._cuts[name] = cuts
        return True

    def find(self, name: str) -> tuple[Path, str] | None:
        """Find a file: where it is and what it is served as; None where nothing was kept."""
        media_type = self._types.get(name)
        return None if media_type is None or self._folder is None else (Path(self._folder.name) / name, media_type)

    def cuts(self, name: str) -> Cuts | None:
        """Tell where a file of MP3 can be cut; None where it is no MP3 or was not kept."""
        return self._cuts.get(name)

    def drop(self, name: str) -> None:
        """Forget a file."""
        found = self.find(name)
        if found is not None:
            # Windows does not delete what is being read; the folder goes at the end anyway.
            with suppress(OSError):
                found[0].unlink()
            del self._types[name]
            self._cuts.pop(name, None)

    def forget(self) -> None:
        """Forget every file, and remove the folder."""
        self._types.clear()
        self._cuts.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _size(self) -> int:
        if self._folder is None:
            return 0
        return sum(path.stat().st_size for path in Path(self._folder.name).iterdir())
