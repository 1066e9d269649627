"""The token store in the system's keyring: Keychain, Credential Manager, Secret Service or KWallet.

Keyrings limit the length of an entry, Windows to 2,560 bytes. A longer token is stored in parts:

| entry | content |
| --- | --- |
| `user:ada` | the token as JSON, or an index: the number of parts, their generation and a digest of the token |
| `part:0:2:user:ada` | part 2 of generation 0 |

There are two generations. A write stores the parts in the unused generation, then the index, then deletes the other
generation. A crash leaves the old or the new token, and the next write deletes leftover parts. Parts are written in
ascending and deleted in descending order, so that the parts of a generation can be found without their number.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from soundcloud._protocol.secrets import Secret
from soundcloud.errors import TokenStoreError
from soundcloud.stores.base import KeyedStore, decode, encode
from soundcloud.stores.file_lock import HELD_HINT, FileLease, acquire, holder, try_lock
from soundcloud.tokens import Token

_PART_LENGTH = 1000
_READS = 5
_GENERATIONS = (0, 1)

T = TypeVar("T")


class KeyringTokenStore(KeyedStore):
    """Stores tokens in the system's keyring. The user's processes may share it: only one of them refreshes at a time.

    Args:
        service: The name of the entries in the keyring; default `soundcloud-sdk`.

    Raises:
        TokenStoreError: The package `keyring` is not installed, there is no keyring, or it is locked, fails or holds an
            invalid token.

    Example:
        >>> store = KeyringTokenStore()
        >>> client = SoundCloudClient("id", "secret", token_store=store.for_user("ada"))
    """

    blocking = True

    def __init__(self, service: str = "soundcloud-sdk") -> None:
        try:
            import keyring
        except ImportError:
            raise TokenStoreError("KeyringTokenStore needs keyring: pip install 'soundcloud-sdk[keyring]'") from None
        self._keyring = keyring
        self._service = service

    def get(self) -> Token | None:
        """Return the token, or None without one."""
        # Another process may write between the reads of two parts.
        for _ in range(_READS):
            token = self._run(self._read)
            if not isinstance(token, bool):
                return token
        raise TokenStoreError("the keyring entry is not a token", hint="call clear() and sign in again")

    def set(self, token: Token) -> None:
        """Store a token."""
        encoded = Secret(encode(token))
        self._change(lambda: self._replace(encoded))

    def clear(self) -> None:
        """Delete the token."""
        self._change(self._remove)

    def try_lock(self) -> FileLease | None:
        """Acquire the lock of this key without waiting; return None if it is held."""
        try:
            return try_lock(self, _lock_path(f"{self._service}\0{self._key}"))
        except OSError as error:
            raise _lock_error(error) from None

    def lock_holder(self) -> str:
        """Name the process that holds the lock of this key, for an error message."""
        return holder(_lock_path(f"{self._service}\0{self._key}"))

    def _change(self, change: Callable[[], None]) -> None:
        """Change the entries under the lock that all keys share."""
        try:
            lock = acquire(_lock_path(self._service))
        except OSError as error:
            raise _lock_error(error) from None
        try:
            self._run(change)
        finally:
            lock.release()

    def _read(self) -> Token | bool | None:
        """Return the token, None without one, or False if the entries are not a token."""
        content = self._entry(self._key)
        parts = _index(content)
        if parts is not None:
            count, generation, digest = parts
            found = [self._entry(self._part(generation, number)) for number in range(count)]
            content = "".join(part or "" for part in found)
            if sha256(content.encode()).hexdigest() != digest:
                return False
        return decode(content)

    def _replace(self, content: str) -> None:
        if len(content) <= _PART_LENGTH:
            self._write(self._key, content)
            self._remove_parts(*_GENERATIONS)
            return
        before = _index(self._entry(self._key))
        generation = 0 if before is None else 1 - before[1]
        self._remove_parts(generation)
        parts = [content[start : start + _PART_LENGTH] for start in range(0, len(content), _PART_LENGTH)]
        for number, part in enumerate(parts):
            self._write(self._part(generation, number), part)
        digest = sha256(content.encode()).hexdigest()
        self._write(self._key, json.dumps({"parts": len(parts), "generation": generation, "digest": digest}))
        self._remove_parts(1 - generation)

    def _remove(self) -> None:
        self._delete(self._key)
        self._remove_parts(*_GENERATIONS)

    def _remove_parts(self, *generations: int) -> None:
        for generation in generations:
            count = 0
            while self._entry(self._part(generation, count)) is not None:
                count += 1
            for number in reversed(range(count)):
                self._delete(self._part(generation, number))

    def _part(self, generation: int, number: int) -> str:
        return f"part:{generation}:{number}:{self._key}"

    def _entry(self, name: str) -> str | None:
        return self._keyring.get_password(self._service, name)

    def _write(self, name: str, content: str) -> None:
        self._keyring.set_password(self._service, name, content)

    def _delete(self, name: str) -> None:
        from keyring.errors import PasswordDeleteError

        try:
            self._keyring.delete_password(self._service, name)
        except PasswordDeleteError:
            # Backends raise this for a missing entry, too.
            if self._entry(name) is not None:
                raise

    def _run(self, operation: Callable[[], T]) -> T:
        """Run an operation on the keyring. Backends raise exceptions of their own besides those of keyring."""
        try:
            _refuse_null_backend(self._keyring.get_keyring())
            return operation()
        except Exception as error:
            problem = _store_error(error)
        # Raised outside of the except block: the frames of a context would hold the token.
        raise problem

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._service!r}>"


def _lock_path(name: str) -> Path:
    """Return the path of a lock file, as keyrings have no locks."""
    from platformdirs import user_state_path  # not the runtime folder, which other users may share

    digest = sha256(name.encode()).hexdigest()[:32]
    return user_state_path("soundcloud-sdk", appauthor=False) / f"keyring-{digest}.lock"


def _index(content: str | None) -> tuple[int, int, str] | None:
    """Return the number of parts, their generation and the digest; None if the content is not an index."""
    try:
        data = json.loads(content or "")
        count, generation, digest = data["parts"], data["generation"], data["digest"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    known = isinstance(count, int) and generation in _GENERATIONS and isinstance(digest, str)
    return (count, generation, digest) if known else None


def _refuse_null_backend(backend: object) -> None:
    """Reject the null backend, which silently discards passwords."""
    from keyring.backends.null import Keyring
    from keyring.errors import NoKeyringError

    if isinstance(backend, Keyring):
        raise NoKeyringError


def _store_error(error: Exception) -> TokenStoreError:
    from keyring import errors

    name = type(error).__name__
    match error:
        case errors.NoKeyringError():
            return TokenStoreError("there is no keyring on this machine", hint="use FileTokenStore")
        case errors.KeyringLocked() | errors.InitError():
            return TokenStoreError(f"the keyring is locked: {name}", hint="unlock it, or use FileTokenStore")
        case _:
            return TokenStoreError(f"the keyring failed: {name}", hint="try again, or use FileTokenStore")


def _lock_error(error: OSError) -> TokenStoreError:
    if isinstance(error, TimeoutError) and error.errno is None:
        return TokenStoreError(f"the keyring cannot be locked: {error}", hint=HELD_HINT)
    return TokenStoreError(f"the keyring cannot be locked: {error.strerror or type(error).__name__}")
