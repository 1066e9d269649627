"""Tokens kept in a file that only its owner can read."""

import json
import os
import stat
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any, Self, cast

from filelock import FileLock, Timeout

from soundcloud.errors import TokenStoreError
from soundcloud.tokens import Token

_VERSION = 1


class FileTokenStore:
    """Keeps tokens in a file, mode 0600. Processes of one machine may share it: only one of them refreshes at a time.

    The file is replaced as a whole, so that a crash leaves the old one or the new one. A lock whose holder died is
    free at once: the operating system takes it back.

    Args:
        path: The file; by default `tokens.json` in the folder that the system has for a program's data.

    Raises:
        TokenStoreError: The file is readable by others, damaged, or cannot be read or written.

    Example:
        >>> store = FileTokenStore("tokens.json")
        >>> client = SoundCloudClient("id", "secret", token_store=store.for_user("ada"))
    """

    blocking = True
    """Whether its methods may take a while."""

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        """Name the file; nothing is read or written yet."""
        if path is None:
            from platformdirs import user_data_path

            path = user_data_path("soundcloud-sdk", appauthor=False) / "tokens.json"
        self.path = Path(path).expanduser().absolute()
        self._key = "user:"

    def for_user(self, user: str) -> Self:
        """The same file under a person's key; see `LockingTokenStore`."""
        return self._under(f"user:{user}")

    def for_app(self, client_id: str) -> Self:
        """The same file under an app's key; see `LockingTokenStore`."""
        return self._under(f"app:{client_id}")

    def _under(self, key: str) -> Self:
        store = type(self)(self.path)
        store._key = key
        return store

    def get(self) -> Token | None:
        """Read the token; None when there is none.

        Raises:
            TokenStoreError: The file is readable by others, damaged, or cannot be read.
        """
        data = self._read().get(self._key)
        if data is None:
            return None
        try:
            return Token.from_dict(data)
        except (ValueError, AttributeError):
            raise self._damaged() from None

    def set(self, token: Token) -> None:
        """Keep a token; it is on the disk when this returns.

        Raises:
            TokenStoreError: The file cannot be written, or is readable by others.
        """
        self._change(token.to_dict())

    def clear(self) -> None:
        """Forget the token.

        Raises:
            TokenStoreError: The file cannot be written.
        """
        if self.path.exists():
            self._change(None)

    def try_lock(self) -> "FileLease | None":
        """Take the lock of this key without waiting; None when somebody else holds it.

        Raises:
            TokenStoreError: The folder cannot be written.
        """
        name = sha256(self._key.encode()).hexdigest()[:16]
        lock = self._lock(f"{self.path.name}.{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        except OSError as error:
            raise self._failed("locked", error) from None
        return FileLease(self, lock)

    def _lock(self, name: str) -> FileLock:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._failed("made", error) from None
        return FileLock(self.path.with_name(name), mode=0o600, thread_local=False)

    def _read(self) -> dict[str, Any]:
        try:
            with self.path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                    raise TokenStoreError(
                        f"{self.path} can be read by others, mode {stat.S_IMODE(mode):04o}: whoever did may have the tokens",
                        hint=f"sign in again, after: chmod 600 {self.path}",
                    )
                content = file.read()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._failed("read", error) from None
        try:
            data = cast("dict[str, Any]", json.loads(content))
            if data["version"] != _VERSION or not isinstance(data["tokens"], dict):
                raise ValueError
        except (ValueError, KeyError, TypeError):
            raise self._damaged() from None
        return cast("dict[str, Any]", data["tokens"])

    def _change(self, data: dict[str, Any] | None) -> None:
        """Read, change and replace the file as a whole, under the lock that all keys share."""
        try:
            with self._lock(f"{self.path.name}.lock"):
                tokens = self._read()
                if data is None:
                    tokens.pop(self._key, None)
                else:
                    tokens[self._key] = data
                content = json.dumps({"version": _VERSION, "tokens": tokens}, indent=1).encode()
                # One name, under the lock: what a crash left behind is overwritten, not collected.
                draft = self.path.with_name(f"{self.path.name}.new")
                draft.unlink(missing_ok=True)
                handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self.path)
        except OSError as error:
            raise self._failed("written", error) from None

    def _failed(self, what: str, error: OSError) -> TokenStoreError:
        return TokenStoreError(f"{self.path} cannot be {what}: {error.strerror or type(error).__name__}")

    def _damaged(self) -> TokenStoreError:
        return TokenStoreError(f"{self.path} is no token file of this version", hint="move it away and sign in again")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self.path)!r}>"


class FileLease:
    """The held lock of a `FileTokenStore`."""

    def __init__(self, store: FileTokenStore, lock: FileLock) -> None:
        """Made by `try_lock`."""
        self._store, self._lock = store, lock

    def set(self, token: Token) -> None:
        """Keep a token."""
        self._store.set(token)

    def release(self) -> None:
        """Let go of the lock."""
        self._lock.release()
