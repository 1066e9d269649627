"""The journal of uploads, which keeps a file from being uploaded twice. It is written before and after each upload.

An entry is found by the hash of the file's content, in the journal of one account:

| state | written | meaning when it is found later |
| --- | --- | --- |
| none | | the upload was not started, or SoundCloud rejected it |
| `begun` | before the first byte is sent | the process ended while it sent: a form without its end creates no track |
| `sent` | before the end of the form is sent | unknown whether there is a track |
| `done` | after SoundCloud's response | there is a track |
"""

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import attrs

from soundcloud._atomic_file import replace_file
from soundcloud.cli.framework.errors import CommandError
from soundcloud.cli.framework.file_lock import lock_file

State: TypeAlias = Literal["begun", "sent", "done"]

_VERSION = 1


@attrs.frozen
class Entry:
    """The state of one upload.

    `after` is when the newest track of the account was created before it, by SoundCloud's clock; None without tracks.
    """

    state: State
    file: str
    title: str
    after: str | None = None
    urn: str | None = None


class UploadJournal:
    """The uploads of one account. Use it inside `opened`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: dict[str, Entry] = {}

    @contextmanager
    def opened(self) -> Generator["UploadJournal", None, None]:
        """Read the journal, and lock it against other processes."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        error = CommandError("another upload of this account is running", f"wait for it; its journal is {self.path}")
        with lock_file(self.path.with_name(f"{self.path.name}.lock"), error):
            self._read()
            yield self

    def get(self, digest: str) -> Entry | None:
        """Return the entry of a file's content."""
        return self._entries.get(digest)

    def put(self, digest: str, entry: Entry) -> None:
        """Store an entry; it is on disk when this returns."""
        self._entries[digest] = entry
        self._write()

    def remove(self, digest: str) -> None:
        """Remove the entry of an upload that SoundCloud rejected."""
        self._entries.pop(digest, None)
        self._write()

    @property
    def urns(self) -> set[str]:
        """The URNs of the uploaded tracks."""
        return {entry.urn for entry in self._entries.values() if entry.urn is not None}

    def _read(self) -> None:
        try:
            data = cast("dict[str, Any]", json.loads(self.path.read_text(encoding="utf-8")))
            if data["version"] != _VERSION:
                raise ValueError
            self._entries = {digest: Entry(**entry) for digest, entry in data["uploads"].items()}
        except FileNotFoundError:
            self._entries = {}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise CommandError(
                f"{self.path} is not a journal of this version", "remove it; earlier uploads are then unknown"
            ) from None

    def _write(self) -> None:
        entries = {digest: attrs.asdict(entry) for digest, entry in self._entries.items()}
        text = json.dumps({"version": _VERSION, "uploads": entries}, indent=1)
        replace_file(self.path, f"{text}\n".encode(), draft_suffix=".new")


def journal_path(api_url: str, user: str) -> Path:
    """Return the path of the journal for a user's URN at an API URL."""
    from hashlib import sha256

    from platformdirs import user_state_path

    name = sha256(f"{api_url} {user}".encode()).hexdigest()[:16]
    return user_state_path("soundcloud-sdk", appauthor=False) / "uploads" / f"{name}.json"


def hash_content(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    from hashlib import file_digest

    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
