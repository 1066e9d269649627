"""The token store in a file that only its owner can read."""

import json
import os
import stat
from collections.abc import Mapping
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, cast

from soundcloud._atomic_file import replace_file
from soundcloud.errors import InvalidInputError, TokenStoreError
from soundcloud.stores.base import KeyedStore
from soundcloud.stores.file_lock import FileLease, open_lock, try_lock
from soundcloud.tokens import Token

_VERSION = 1
_DAMAGED = Token("damaged")


class FileTokenStore(KeyedStore):
    """Stores tokens in a file with mode 0600. Processes of one machine may share it: only one of them refreshes at a time.

    The file is replaced atomically, so that a crash leaves the old or the new content. The operating system releases the
    lock of a process that ends.

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

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        if path is None:
            from platformdirs import user_data_path

            path = user_data_path("soundcloud-sdk", appauthor=False) / "tokens.json"
        try:
            self.path = Path(path).expanduser().absolute()
        except TypeError:
            raise InvalidInputError(f"path={path!r}: pass the path of a file") from None

    def get(self) -> Token | None:
        """Return the token, or None without one."""
        token = self._read().get(self._key)
        if token is _DAMAGED:
            raise self._damaged()
        return token

    def set(self, token: Token) -> None:
        """Store a token and return when it is on disk."""
        self._change(token)

    def clear(self) -> None:
        """Delete the token."""
        if self.path.exists():
            self._change(None)

    def try_lock(self) -> FileLease | None:
        """Acquire the lock of this key without waiting; return None if it is held."""
        name = sha256(self._key.encode()).hexdigest()[:16]
        try:
            return try_lock(self, self.path.with_name(f"{self.path.name}.{name}.lock"))
        except OSError as error:
            raise self._failed("locked", error) from None

    def _read(self) -> dict[str, Token]:
        """Return the tokens by key. Only `Token` values are in this frame, as a traceback may show its variables."""
        problem: TokenStoreError | None = None
        tokens: dict[str, Token] | None = {}
        try:
            with self.path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                    problem = TokenStoreError(
                        f"{self.path} is accessible to other users (mode {mode:04o}), who may have read the tokens",
                        hint=f"run chmod 600 {self.path} and sign in again",
                    )
                else:
                    tokens = _read_tokens(file)
        except FileNotFoundError:
            pass
        except OSError as error:
            problem = self._failed("read", error)
        if tokens is None:
            problem = self._damaged()
        if problem is not None:
            raise problem
        return tokens or {}

    def _change(self, token: Token | None) -> None:
        """Change the token in the file under the lock that all keys share."""
        problem: TokenStoreError
        try:
            with open_lock(self.path.with_name(f"{self.path.name}.lock")):
                tokens = self._read()
                if token is None:
                    tokens.pop(self._key, None)
                else:
                    tokens[self._key] = token
                replace_file(self.path, _encode_tokens(tokens), draft_suffix=".new")
                return
        except OSError as error:
            problem = self._failed("written", error)
        # Raised outside of the except block: the frames of a context would hold the tokens.
        raise problem

    def _failed(self, what: str, error: OSError) -> TokenStoreError:
        return TokenStoreError(f"{self.path} cannot be {what}: {error.strerror or type(error).__name__}")

    def _damaged(self) -> TokenStoreError:
        return TokenStoreError(
            f"{self.path} is not a token file of this version", hint="move it away and sign in again"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self.path)!r}>"


def _read_tokens(file: BinaryIO) -> dict[str, Token] | None:
    """Return the tokens of a file; None if it is not a token file."""
    try:
        data = cast("dict[str, Any]", json.loads(file.read()))
        entries = cast("dict[str, Any]", data["tokens"])
        if data["version"] != _VERSION:
            return None
        return {key: _decode_token(entry) for key, entry in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _decode_token(entry: Any) -> Token:
    try:
        return Token.from_dict(entry)
    except (ValueError, AttributeError):
        return _DAMAGED


def _encode_tokens(tokens: Mapping[str, Token]) -> bytes:
    entries = {key: token.to_dict() for key, token in tokens.items() if token is not _DAMAGED}
    return json.dumps({"version": _VERSION, "tokens": entries}, indent=1).encode()
