"""Tokens kept in the system's keyring: Keychain, Credential Manager, Secret Service or KWallet.

An entry of a keyring may be short: Windows takes 2,560 bytes. A token that is longer than an entry is kept in parts:

| entry | what |
| --- | --- |
| `user:ada` | the token as JSON; or, for a long one, the number of its parts, their generation and a digest of the whole |
| `part:0:2:user:ada` | part 2 of generation 0 |

There are two generations. Parts are written to the one that is not in use, the entry last, and then the other generation is
removed: a crash leaves the old token or the new one, and the next write removes what it left behind. Parts are written in
order and removed in reverse, so that those of a generation can be found without their number.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Self, TypeVar

from filelock import FileLock, Timeout

from soundcloud.errors import TokenStoreError
from soundcloud.tokens import Token

_PART_LENGTH = 1000
_READS = 5
_GENERATIONS = (0, 1)

_Answer = TypeVar("_Answer")


class KeyringTokenStore:
    """Keeps tokens in the system's keyring. The processes of one person may share it: only one of them refreshes at a time.

    Args:
        service: The name that the keyring shows for the entries.

    Raises:
        TokenStoreError: The package `keyring` is not installed; there is no keyring, or it is locked or fails; or what it
            holds is no token.

    Example:
        >>> store = KeyringTokenStore()
        >>> client = SoundCloudClient("id", "secret", token_store=store.for_user("ada"))
    """

    blocking = True
    """Whether its methods may take a while: a keyring may ask the person to unlock it."""

    def __init__(self, service: str = "soundcloud-sdk") -> None:
        """Name the entries; nothing is read or written yet."""
        try:
            import keyring
        except ImportError:
            raise TokenStoreError(
                "tokens are kept in a keyring through the package keyring, which is not installed",
                hint="pip install 'soundcloud-sdk[keyring]'",
            ) from None
        self._keyring = keyring
        self._service = service
        self._key = "user:"

    def for_user(self, user: str) -> Self:
        """The same keyring under a person's key; see `LockingTokenStore`."""
        return self._under(f"user:{user}")

    def for_app(self, client_id: str) -> Self:
        """The same keyring under an app's key; see `LockingTokenStore`."""
        return self._under(f"app:{client_id}")

    def _under(self, key: str) -> Self:
        store = type(self)(self._service)
        store._key = key
        return store

    def get(self) -> Token | None:
        """Read the token; None when there is none.

        Raises:
            TokenStoreError: There is no keyring, it is locked or fails, or what it holds is no token.
        """
        for _ in range(_READS):
            token = self._ask(self._read)
            if not isinstance(token, bool):
                return token
            # Somebody may have written between the parts; what is damaged stays so.
        raise TokenStoreError(
            "what the keyring holds in the token's place is no token", hint="clear() it and sign in again"
        )

    def set(self, token: Token) -> None:
        """Keep a token.

        Raises:
            TokenStoreError: There is no keyring, or it is locked or fails.
        """
        self._change(lambda: self._replace(json.dumps(token.to_dict())))

    def clear(self) -> None:
        """Forget the token.

        Raises:
            TokenStoreError: There is no keyring, or it is locked or fails.
        """
        self._change(self._remove)

    def try_lock(self) -> "KeyringLease | None":
        """Take the lock of this key without waiting; None when somebody else holds it.

        Raises:
            TokenStoreError: The folder of the lock cannot be written.
        """
        lock = self._lock(f"{self._service}\0{self._key}")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        except OSError as error:
            raise _unlockable(error) from None
        return KeyringLease(self, lock)

    def _lock(self, name: str) -> FileLock:
        """A lock in a folder of this person; a keyring has none.

        Not in the runtime folder: where the system names none, it is a shared one.
        """
        from platformdirs import user_state_path

        folder = Path(user_state_path("soundcloud-sdk", appauthor=False))
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _unlockable(error) from None
        digest = sha256(name.encode()).hexdigest()[:32]
        return FileLock(folder / f"keyring-{digest}.lock", mode=0o600, thread_local=False)

    def _change(self, change: Callable[[], None]) -> None:
        """Change the entries, under the lock that all keys share."""
        lock = self._lock(self._service)
        try:
            lock.acquire()
        except OSError as error:
            raise _unlockable(error) from None
        try:
            self._ask(change)
        finally:
            lock.release()

    def _read(self) -> Token | bool | None:
        """The token, None when there is none, False for what is no token, or a token no more."""
        content = self._entry(self._key)
        parts = _index(content)
        if parts is not None:
            count, generation, digest = parts
            found = [self._entry(self._part(generation, number)) for number in range(count)]
            content = "".join(part or "" for part in found)
            if sha256(content.encode()).hexdigest() != digest:
                return False
        if content is None:
            return None
        try:
            return Token.from_dict(json.loads(content))
        except (ValueError, RecursionError):
            return False

    def _replace(self, content: str) -> None:
        if len(content) <= _PART_LENGTH:
            self._keep(self._key, content)
            self._remove_parts(*_GENERATIONS)
            return
        before = _index(self._entry(self._key))
        generation = 0 if before is None else 1 - before[1]
        self._remove_parts(generation)
        parts = [content[start : start + _PART_LENGTH] for start in range(0, len(content), _PART_LENGTH)]
        for number, part in enumerate(parts):
            self._keep(self._part(generation, number), part)
        digest = sha256(content.encode()).hexdigest()
        self._keep(self._key, json.dumps({"parts": len(parts), "generation": generation, "digest": digest}))
        self._remove_parts(1 - generation)

    def _remove(self) -> None:
        self._drop(self._key)
        self._remove_parts(*_GENERATIONS)

    def _remove_parts(self, *generations: int) -> None:
        for generation in generations:
            count = 0
            while self._entry(self._part(generation, count)) is not None:
                count += 1
            for number in reversed(range(count)):
                self._drop(self._part(generation, number))

    def _part(self, generation: int, number: int) -> str:
        return f"part:{generation}:{number}:{self._key}"

    def _entry(self, name: str) -> str | None:
        return self._keyring.get_password(self._service, name)

    def _keep(self, name: str, content: str) -> None:
        self._keyring.set_password(self._service, name, content)

    def _drop(self, name: str) -> None:
        from keyring.errors import PasswordDeleteError

        try:
            self._keyring.delete_password(self._service, name)
        except PasswordDeleteError:
            # So it says of an entry that is not there, too.
            if self._entry(name) is not None:
                raise

    def _ask(self, question: Callable[[], _Answer]) -> _Answer:
        """Ask the keyring. Its backends raise errors of their own besides those of the package."""
        try:
            _refuse_nothing(self._keyring.get_keyring())
            return question()
        except Exception as error:
            problem = _explained(error)
        # Raised out here it has no context: the frames of that know the token.
        raise problem

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._service!r}>"


class KeyringLease:
    """The held lock of a `KeyringTokenStore`."""

    def __init__(self, store: KeyringTokenStore, lock: FileLock) -> None:
        """Made by `try_lock`."""
        self._store, self._lock = store, lock

    def set(self, token: Token) -> None:
        """Keep a token."""
        self._store.set(token)

    def release(self) -> None:
        """Let go of the lock."""
        self._lock.release()


def _index(content: str | None) -> tuple[int, int, str] | None:
    """The number of parts, their generation and their digest; None for a token in one piece, and for what is no index."""
    try:
        data = json.loads(content or "")
        count, generation, digest = data["parts"], data["generation"], data["digest"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    known = isinstance(count, int) and generation in _GENERATIONS and isinstance(digest, str)
    return (count, generation, digest) if known else None


def _refuse_nothing(backend: object) -> None:
    """The backend of a keyring that was switched off keeps nothing, and says nothing."""
    from keyring.backends.null import Keyring
    from keyring.errors import NoKeyringError

    if isinstance(backend, Keyring):
        raise NoKeyringError


def _explained(error: Exception) -> TokenStoreError:
    from keyring import errors

    name = type(error).__name__
    match error:
        case errors.NoKeyringError():
            return TokenStoreError("there is no keyring on this machine", hint="use FileTokenStore")
        case errors.KeyringLocked() | errors.InitError():
            return TokenStoreError(f"the keyring is locked: {name}", hint="unlock it, or use FileTokenStore")
        case _:
            return TokenStoreError(f"the keyring failed: {name}", hint="use FileTokenStore if it stays so")


def _unlockable(error: OSError) -> TokenStoreError:
    return TokenStoreError(f"the lock of the keyring cannot be taken: {error.strerror or type(error).__name__}")
