"""A cache over a folder of files: replies outlive the program. Anything with `get`, `set` and `delete` is a cache.

    client = SoundCloudClient("id", "secret", cache=FileCache("~/.cache/my-app"))

Keys are hashed, so that they are names of files everywhere; entries hold replies, no tokens. What reads private things should
keep the folder to itself: it is made for its owner only.
"""

import os
import time
from hashlib import sha256
from pathlib import Path


class FileCache:
    """Keeps each entry in a file: when it ends, then its value.

    Args:
        folder: Where; it is made when it is not there.
    """

    blocking = True  # the async client calls it in a thread

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder).expanduser()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def get(self, key: str) -> bytes | None:
        """Read an entry; None when there is none, or it is too old."""
        try:
            ends, _, value = self._file(key).read_bytes().partition(b"\n")
            return value if time.time() < float(ends) else None
        except (FileNotFoundError, ValueError):
            return None

    def set(self, key: str, value: bytes, ttl: float) -> None:
        """Keep an entry. The file appears at once as a whole: a reader never sees half of it."""
        file = self._file(key)
        written = file.with_name(f"{file.name}.{os.urandom(8).hex()}")
        written.write_bytes(b"%f\n" % (time.time() + ttl) + value)
        written.replace(file)

    def delete(self, key: str) -> None:
        """Forget an entry, if it is there."""
        self._file(key).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete what is too old; call it now and then."""
        for file in self.folder.iterdir():
            if file.stat().st_mtime < time.time() - 24 * 3600:
                file.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / sha256(key.encode()).hexdigest()
