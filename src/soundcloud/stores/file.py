"""The token store in a file that only its owner can read."""

import errno
import json
import os
import stat
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

import attrs

from soundcloud._atomic_file import check_space, replace_file
from soundcloud.errors import InvalidInputError, TokenStoreError
from soundcloud.stores.base import KeyedStore, check_token
from soundcloud.stores.file_lock import HELD_HINT, FileLease, acquire, holder, try_lock
from soundcloud.tokens import Token

_VERSION = 1
_TOKEN_BYTES = 16_384
"""The space that a new token needs, generously: it is checked before the token is requested."""


@attrs.frozen(repr=False, eq=False)
class _Entry:
    """An entry of the file as it is stored. Its `repr` is masked, as a traceback may show variables."""

    data: object = attrs.field(repr=False)

    @property
    def client_id(self) -> str | None:
        """The app that the token belongs to, as far as it is known."""
        fields: Any = self.data  # a dict, unless the file was damaged
        client_id: Any = fields.get("client_id") if hasattr(fields, "get") else None
        return client_id if isinstance(client_id, str) else None

    def token(self) -> Token | None:
        """Return the token; None if the entry is not a token."""
        try:
            return Token.from_dict(cast("dict[str, Any]", self.data))
        except (ValueError, AttributeError):
            return None

    def __repr__(self) -> str:
        return "<entry>"


class FileTokenStore(KeyedStore):
    """Stores tokens in a file with mode 0600. Processes of one machine may share it: only one of them refreshes at a time.

    The file is replaced atomically, so that a crash leaves the old or the new content. The operating system releases the
    lock of a process that ends. If the path is a symbolic link, the store writes its target. One file can hold the tokens of
    several apps and users, because the client stores its client id with each token.

    Args:
        path: The file; default `tokens.json` in the user's data folder.

    Raises:
        InvalidInputError: `path` is not a path.
        TokenStoreError: The file is readable by others, damaged, or cannot be read or written.

    Example:
        >>> store = FileTokenStore("tokens.json")
        >>> client = SoundCloudClient("id", "secret", token_store=store.for_user("ada"))
    """

    blocking = True

    _client_id: str | None = None

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        if path is None:
            from platformdirs import user_data_path

            path = user_data_path("soundcloud-sdk", appauthor=False) / "tokens.json"
        try:
            self.path = Path(path).expanduser().absolute()
            os.fsencode(self.path)
        except (TypeError, UnicodeEncodeError):
            raise InvalidInputError(f"path={path!r}: pass the path of a file") from None
        text = str(path)
        if "\0" in text:
            raise InvalidInputError("path contains a NUL character: pass the path of a file")
        if "://" in text:
            scheme = text.partition("://")[0]
            raise InvalidInputError(
                f"path is a URL ({scheme}://...): pass the path of a file, or another store such as RedisTokenStore"
            )

    def get(self) -> Token | None:
        """Return the token, or None without one."""
        entries = self._read()
        entry = entries.get(self._entry_key(entries))
        token = None if entry is None else entry.token()
        if entry is not None and token is None:
            raise self._damaged()
        return token

    def for_client(self, client_id: str) -> Self:
        """Return the store that keeps the tokens of an app apart from those of other apps. The client calls it.

        Args:
            client_id: The app's id.
        """
        store = self._with_key(self._key)
        store._client_id = client_id
        return store

    def set(self, token: Token) -> None:
        """Store a token and return when it is on disk."""
        self._change(check_token(token))

    def clear(self) -> None:
        """Delete the token."""
        if self.path.exists():
            self._change(None)

    def try_lock(self) -> FileLease | None:
        """Acquire the lock of this key without waiting; return None if it is held."""
        try:
            return try_lock(self, self._lock_path(), self._check_writable)
        except OSError as error:
            raise self._failed("locked", error) from None

    def lock_holder(self) -> str:
        """Name the process that holds the lock of this key, for an error message."""
        return holder(self._lock_path())

    @property
    def _target(self) -> Path:
        """The file that is read and written: the target of a symbolic link."""
        return Path(os.path.realpath(self.path))

    def _lock_path(self) -> Path:
        target = self._target
        return target.with_name(f"{target.name}.{sha256(self._key.encode()).hexdigest()[:16]}.lock")

    def _entry_key(self, entries: dict[str, _Entry]) -> str:
        """Return the key of the entry; another app's token under the same key is left to that app."""
        own_key = f"{self._key} of {self._client_id}"
        if self._client_id is None:
            return self._key
        entry = entries.get(self._key)
        if own_key not in entries and (entry is None or entry.client_id in {None, self._client_id}):
            return self._key
        return own_key

    def _check_writable(self) -> None:
        """Check that a token can be stored.

        Raises:
            TokenStoreError: It cannot.
        """
        try:
            target = self._target
            lock = acquire(target.with_name(f"{target.name}.lock"))
            try:
                size = target.stat().st_size if target.exists() else 0
                check_space(target, size + _TOKEN_BYTES, draft_suffix=".new")
            finally:
                lock.release()
        except OSError as error:
            raise self._failed("written", error) from None

    def _read(self) -> dict[str, _Entry]:
        """Return the entries by key. No token is in this frame, as a traceback may show its variables."""
        problem: TokenStoreError | None = None
        entries: dict[str, _Entry] | None = {}
        try:
            # Without O_NONBLOCK, opening a FIFO would wait for a writer.
            handle = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                os.close(handle)
                if stat.S_ISDIR(status.st_mode):
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
                raise self._not_regular()
            with os.fdopen(handle, "rb") as file:
                mode = stat.S_IMODE(status.st_mode)
                if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                    problem = TokenStoreError(
                        f"{self.path} is accessible to other users (mode {mode:04o}), who may have read the tokens",
                        hint=f"run chmod 600 {self.path} and sign in again",
                    )
                else:
                    entries = _read_entries(file)
        except FileNotFoundError:
            pass
        except OSError as error:
            problem = self._failed("read", error)
        if entries is None:
            problem = self._damaged()
        if problem is not None:
            raise problem
        return entries or {}

    def _change(self, token: Token | None) -> None:
        """Change the token in the file under the lock that all keys share."""
        problem: TokenStoreError
        try:
            target = self._target
            lock = acquire(target.with_name(f"{target.name}.lock"))
            try:
                entries = self._read()
                key = self._entry_key(entries)
                if token is None:
                    entries.pop(key, None)
                else:
                    owner = {} if self._client_id is None else {"client_id": self._client_id}
                    entries[key] = _Entry(token.to_dict() | owner)
                replace_file(target, _encode_entries(entries), draft_suffix=".new")
                return
            finally:
                lock.release()
        except OSError as error:
            problem = self._failed("written", error)
        # Raised outside of the except block: the frames of a context would hold the tokens.
        raise problem

    def _not_regular(self) -> TokenStoreError:
        return TokenStoreError(f"{self.path} is not a regular file", hint="pass the path of a file")

    def _failed(self, what: str, error: OSError) -> TokenStoreError:
        if isinstance(error, TimeoutError) and error.errno is None:
            return TokenStoreError(f"{self.path} cannot be {what}: {error}", hint=HELD_HINT)
        return TokenStoreError(f"{self.path} cannot be {what}: {error.strerror or type(error).__name__}")

    def _damaged(self) -> TokenStoreError:
        return TokenStoreError(
            f"{self.path} is not a token file of this version", hint="move it away and sign in again"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self.path)!r}>"


def _read_entries(file: BinaryIO) -> dict[str, _Entry] | None:
    """Return the entries of a file; None if it is not a token file."""
    try:
        data = cast("dict[str, Any]", json.loads(file.read()))
        entries = cast("dict[str, Any]", data["tokens"])
        if data["version"] != _VERSION:
            return None
        return {key: _Entry(entry) for key, entry in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _encode_entries(entries: dict[str, _Entry]) -> bytes:
    """Return the content of a file. Entries of other keys stay as they were read, whatever they hold."""
    tokens = {key: entry.data for key, entry in entries.items()}
    return json.dumps({"version": _VERSION, "tokens": tokens}, indent=1).encode()
