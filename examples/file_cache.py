"""A cache that stores responses in files, so that they are still there when the program runs again.

    pip install ".[sandbox]"
    python examples/with_sandbox.py examples/file_cache.py

Output:

    1 request for two calls

Any object with the methods `get`, `set` and `delete` can be the cache of a client. In your program:

    client = SoundCloudClient("id", "secret", cache=FileCache("~/.cache/my-app"))

The name of each file is a hash of the key, because a key need not be a valid file name. The files contain no tokens, but responses,
which may be private. So only you can read the folder that the cache creates.
"""

import os
import time
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from soundcloud import SoundCloudClient
from soundcloud.events import RequestTelemetry


class FileCache:
    """Stores each entry in a file: the time of expiry, then the value.

    Args:
        folder: The folder; it is created if needed.
    """

    blocking = True  # the async client calls it in a thread

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder).expanduser()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def get(self, key: str) -> bytes | None:
        """Return an entry; None without one, or if it has expired."""
        try:
            expires_at, _, value = self._file(key).read_bytes().partition(b"\n")
            return value if time.time() < float(expires_at) else None
        except (FileNotFoundError, ValueError):
            return None

    def set(self, key: str, value: bytes, ttl: float) -> None:
        """Store an entry. The file is replaced atomically."""
        file = self._file(key)
        draft = file.with_name(f"{file.name}.{os.urandom(8).hex()}")
        draft.write_bytes(b"%f\n" % (time.time() + ttl) + value)
        draft.replace(file)

    def delete(self, key: str) -> None:
        """Delete an entry if it exists."""
        self._file(key).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete files that are older than a day; call it from time to time."""
        for file in self.folder.iterdir():
            if file.stat().st_mtime < time.time() - 24 * 3600:
                file.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / sha256(key.encode()).hexdigest()


def main() -> None:
    """Get the same track twice and print the number of requests."""
    requests: list[RequestTelemetry] = []
    with (
        TemporaryDirectory() as folder,
        SoundCloudClient.from_env(cache=FileCache(folder), on_request=requests.append) as client,
    ):
        track = client.me.get_tracks(limit=1).collection[0]
        requests.clear()
        for _ in range(2):
            client.tracks.get_track(track)
    sent = sum(not request.cached for request in requests)
    print(f"{sent} request for two calls")


if __name__ == "__main__":
    main()
