"""What was uploaded, so that no file is uploaded twice: a file on disk, written before and after each upload.

An entry is found by the hash of the file's content, in the journal of one account:

| state | written | what it means when it is found later |
| --- | --- | --- |
| none | | it was never begun, or it surely failed |
| `begun` | before the first byte is sent | the program ended while it sent: a form without its end makes no track |
| `sent` | before the end of the form is sent | it is not known whether there is a track |
| `done` | when SoundCloud has answered | there is a track |
"""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import attrs

from soundcloud.cli.framework.errors import CommandError

State: TypeAlias = Literal["begun", "sent", "done"]

_VERSION = 1


@attrs.frozen
class Entry:
    """What is known of an upload.

    Attributes:
        state: How far it got.
        file: The file's path, for people.
        title: The title that was sent.
        after: When the newest track of the account was made before, by SoundCloud's clock; None where there was none.
        urn: The track.
    """

    state: State
    file: str
    title: str
    after: str | None = None
    urn: str | None = None


class UploadJournal:
    """The uploads of one account. Use it inside `opened`.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: dict[str, Entry] = {}

    @contextmanager
    def opened(self) -> Generator["UploadJournal", None, None]:
        """Read it, and keep other programs from writing it.

        Raises:
            CommandError: Another upload of the account is running, or the file is damaged.
        """
        from filelock import FileLock, Timeout

        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(f"{self.path}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise CommandError(
                "another upload of this account is running here", f"wait for its end; the journal is {self.path}"
            ) from None
        try:
            self._read()
            yield self
        finally:
            lock.release()

    def get(self, digest: str) -> Entry | None:
        """What is known of a content."""
        return self._entries.get(digest)

    def put(self, digest: str, entry: Entry) -> None:
        """Note something; it is on disk when this returns."""
        self._entries[digest] = entry
        self._write()

    def drop(self, digest: str) -> None:
        """Forget an upload that surely failed."""
        self._entries.pop(digest, None)
        self._write()

    @property
    def urns(self) -> set[str]:
        """The tracks that are known."""
        return {entry.urn for entry in self._entries.values() if entry.urn is not None}

    def _read(self) -> None:
        try:
            data = cast("dict[str, Any]", json.loads(self.path.read_text(encoding="utf-8")))
            if data["version"] != _VERSION:
                raise ValueError
            self._entries = {digest: Entry(**entry) for digest, entry in data["uploads"].items()}
        except FileNotFoundError:
            self._entries = {}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CommandError(
                f"{self.path} is no journal of this version", "move it away: then nothing is known of earlier uploads"
            ) from None

    def _write(self) -> None:
        """Replace the file as a whole: whoever is killed leaves the old one or the new one."""
        entries = {digest: attrs.asdict(entry) for digest, entry in self._entries.items()}
        text = json.dumps({"version": _VERSION, "uploads": entries}, indent=1)
        write_whole(self.path, text + "\n")


def write_whole(path: Path, text: str) -> None:
    """Replace a file as a whole, and wait until it is on disk.

    Args:
        path: The file.
        text: What it is to hold.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def journal_path(api_url: str, user: str) -> Path:
    """Where the journal of an account is kept.

    Args:
        api_url: The API's address.
        user: The account's URN.
    """
    from platformdirs import user_state_path

    name = sha256(f"{api_url} {user}".encode()).hexdigest()[:16]
    return user_state_path("soundcloud-sdk", appauthor=False) / "uploads" / f"{name}.json"


def digest_of(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
