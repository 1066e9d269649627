"""A keyring backend for subprocesses; it stores passwords in a file of the home folder."""

import json
from pathlib import Path
from typing import Any

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

PATH = Path("~/keyring.json")


class FileKeyring(KeyringBackend):
    """Stores passwords in a JSON file."""

    priority: Any = 1

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._save({**self._entries(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        if entries.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError
        self._save(entries)

    def _entries(self) -> dict[str, str]:
        path = PATH.expanduser()
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def _save(self, entries: dict[str, str]) -> None:
        PATH.expanduser().write_text(json.dumps(entries))
