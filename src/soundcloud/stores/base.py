"""The token store protocols, and the base class of the stores in this package."""

import json
from collections.abc import Awaitable
from copy import copy
from typing import Any, Protocol, Self, TypeAlias, runtime_checkable

from soundcloud._checks import check_string
from soundcloud.errors import InvalidInputError
from soundcloud.tokens import Token


@runtime_checkable
class TokenStore(Protocol):
    """Stores one token. Both clients accept it.

    The clients of one process take turns to refresh the token. To share a store between processes, implement
    `LockingTokenStore` as well. If a store has a true attribute `blocking`, the async client calls its methods in a thread.
    """

    def get(self) -> Token | None:
        """Return the token, or None without one."""
        ...

    def set(self, token: Token) -> None:
        """Store a token and return when it is safely stored."""
        ...

    def clear(self) -> None:
        """Delete the token."""
        ...


@runtime_checkable
class AsyncTokenStore(Protocol):
    """Stores one token, with coroutines. Only `AsyncSoundCloudClient` accepts it; see `TokenStore`."""

    def get(self) -> Awaitable[Token | None]:
        """Return the token, or None without one."""
        ...

    def set(self, token: Token) -> Awaitable[None]:
        """Store a token and return when it is safely stored."""
        ...

    def clear(self) -> Awaitable[None]:
        """Delete the token."""
        ...


class Lease(Protocol):
    """A held lock of a `LockingTokenStore`. Its holder may refresh the token.

    A lease may have a method `prepare()` too. The client calls it before it requests a token, so that a store that cannot be
    written raises a `TokenStoreError` while the old refresh token still works.
    """

    def set(self, token: Token) -> Any:
        """Store a token if the lock is still held. May be a coroutine."""
        ...

    def release(self) -> Any:
        """Release the lock. May be a coroutine."""
        ...


@runtime_checkable
class LockingTokenStore(Protocol):
    """A token store with a lock, so that only one of several processes refreshes the token."""

    def try_lock(self) -> Any:
        """Acquire the lock without waiting and return a `Lease`, or None if it is held. May be a coroutine."""
        ...

    def for_user(self, user: str) -> Self:
        """Return the store with the key of a user: any string that is not empty."""
        ...

    def for_app(self, client_id: str) -> Self:
        """Return the store with the key of an app's own token, by its client id."""
        ...


@runtime_checkable
class TokenProvider(Protocol):
    """An external owner of the tokens, such as a session framework or a vault. Coroutines need `AsyncSoundCloudClient`."""

    def get_access_token(self) -> Any:
        """Return the access token, or None without one."""
        ...

    def set_tokens(self, access_token: str, refresh_token: str | None = None) -> Any:
        """Store the tokens of a `set_token` call."""
        ...

    def refresh_if_needed(self, client: Any) -> Any:
        """Return a new access token after SoundCloud rejected the old one."""
        ...


AsyncAnyTokenStore: TypeAlias = TokenStore | AsyncTokenStore
"""A token store for `AsyncSoundCloudClient`."""

AnyTokenStore: TypeAlias = TokenStore
"""A token store for `SoundCloudClient`."""


def check_token(token: Any) -> Token:
    """Check that a value to store is a token. The error does not show the value: it may be a secret."""
    if not isinstance(token, Token):
        raise InvalidInputError(f"token is of type {type(token).__name__}: pass a Token")
    return token


def encode(token: Token) -> str:
    """Return the stored form of a token."""
    return json.dumps(check_token(token).to_dict())


def decode(content: bytes | str | None) -> Token | bool | None:
    """Return the token, None without one, or False if the value is not a token."""
    if content is None:
        return None
    try:
        return Token.from_dict(json.loads(content))
    except (ValueError, RecursionError):
        return False


class KeyedStore:
    """Holds the key of a store; copies of the store share everything but the key."""

    _key = "user:"

    def for_user(self, user: str) -> Self:
        """Return the store with the key of a user; see `LockingTokenStore`.

        Args:
            user: A string that names the user and is not empty, such as `user.urn`.

        Raises:
            InvalidInputError: `user` is something else: visitors without a name would share one token.
        """
        if not isinstance(user, str) or not user:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"user={user!r}: pass a string that names the user")
        return self._with_key(f"user:{user}")

    def for_app(self, client_id: str) -> Self:
        """Return the store with the key of an app's own token; see `LockingTokenStore`."""
        return self._with_key(f"app:{check_string('client_id', client_id, none=False)}")

    def _with_key(self, key: str) -> Self:
        store = copy(self)
        store._key = key
        return store
