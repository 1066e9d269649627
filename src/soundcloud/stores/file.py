"""Tokens kept in a file that only its owner can read."""

import json
import os
import stat
from collections.abc import Mapping
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

from filelock import FileLock, Timeout

from soundcloud.errors import InvalidInputError, TokenStoreError
from soundcloud.tokens import Token

_VERSION = 1


class FileTokenStore:
    """Keeps tokens in a file, mode 0600. Processes of one machine may share it: only one of them refreshes at a time.

    The file is replaced as a whole, so that a crash leaves the old one or the new one. A lock whose holder died is
    free at once: the operating system takes it back.

    Args:
        path: The file; by default `tokens.json` in the folder that the system has for a program's data.

    Raises:
        InvalidInputError: `path` is no path.
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
        try:
            self.path = Path(path).expanduser().absolute()
        except TypeError:
            raise InvalidInputError(f"path={path!r}: give the path of a file") from None
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
        token = self._read().get(self._key)
        if token is None:
            return None
        if token is _DAMAGED:
            raise self._damaged()
        return token

    def set(self, token: Token) -> None:
        """Keep a token; it is on the disk when this returns.

        Raises:
            TokenStoreError: The file cannot be written, or is readable by others.
        """
        self._change(token)

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

    def _read(self) -> dict[str, Token]:
        """The tokens of the file, by their keys.

        They are values that do not show themselves: a traceback with the variables of this frame shows no secret.
        """
        problem: TokenStoreError | None = None
        tokens: dict[str, Token] | None = {}
        try:
            with self.path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                    problem = TokenStoreError(
                        f"{self.path} can be read by others, mode {mode:04o}: whoever did may have the tokens",
                        hint=f"sign in again, after: chmod 600 {self.path}",
                    )
                else:
                    tokens = _tokens_of(file)
        except FileNotFoundError:
            pass
        except OSError as error:
            problem = self._failed("read", error)
        if problem is not None:
            raise problem
        if tokens is None:
            raise self._damaged()
        return tokens

    def _change(self, token: Token | None) -> None:
        """Read, change and replace the file as a whole, under the lock that all keys share."""
        problem: TokenStoreError | None = None
        try:
            with self._lock(f"{self.path.name}.lock"):
                tokens = self._read()
                if token is None:
                    tokens.pop(self._key, None)
                else:
                    tokens[self._key] = token
                # One name, under the lock: what a crash left behind is overwritten, not collected.
                draft = self.path.with_name(f"{self.path.name}.new")
                draft.unlink(missing_ok=True)
                handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
                with os.fdopen(handle, "wb") as file:
                    _write_tokens(file, tokens)
                    os.fsync(file.fileno())
                draft.replace(self.path)
                _sync_folder(self.path.parent)
        except OSError as error:
            problem = self._failed("written", error)
        if problem is not None:
            raise problem

    def _failed(self, what: str, error: OSError) -> TokenStoreError:
        return TokenStoreError(f"{self.path} cannot be {what}: {error.strerror or type(error).__name__}")

    def _damaged(self) -> TokenStoreError:
        return TokenStoreError(f"{self.path} is no token file of this version", hint="move it away and sign in again")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self.path)!r}>"


_DAMAGED = Token("damaged")


def _tokens_of(file: BinaryIO) -> dict[str, Token] | None:
    """Read the tokens of a file; None when it is no token file. What it held stays in here."""
    try:
        data = cast("dict[str, Any]", json.loads(file.read()))
        entries = cast("dict[str, Any]", data["tokens"])
        if data["version"] != _VERSION:
            return None
        return {key: _token_of(entry) for key, entry in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _token_of(entry: Any) -> Token:
    try:
        return Token.from_dict(entry)
    except (ValueError, AttributeError):
        return _DAMAGED


def _write_tokens(file: BinaryIO, tokens: Mapping[str, Token]) -> None:
    entries = {key: token.to_dict() for key, token in tokens.items() if token is not _DAMAGED}
    file.write(json.dumps({"version": _VERSION, "tokens": entries}, indent=1).encode())
    file.flush()


def _sync_folder(folder: Path) -> None:
    """Make the new name of a file as safe as its content, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


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
