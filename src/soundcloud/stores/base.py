"""What a token store is: the protocols, so that anything may be one."""

from collections.abc import Awaitable
from typing import Any, Protocol, Self, TypeAlias, runtime_checkable

from soundcloud.tokens import Token


@runtime_checkable
class TokenStore(Protocol):
    """Keeps one token. The least that a store can be; both clients take it.

    A store that is no more than this is guarded by a lock within the process. To be shared between processes it has to be a
    `LockingTokenStore`.
    """

    def get(self) -> Token | None:
        """Read the token; None when there is none."""
        ...

    def set(self, token: Token) -> None:
        """Keep a token in the place of the one before. When it returns, the token is safe."""
        ...

    def clear(self) -> None:
        """Forget the token."""
        ...


@runtime_checkable
class AsyncTokenStore(Protocol):
    """Keeps one token, asynchronously. `AsyncSoundCloudClient` takes it, `SoundCloudClient` does not."""

    def get(self) -> Awaitable[Token | None]:
        """Read the token; None when there is none."""
        ...

    def set(self, token: Token) -> Awaitable[None]:
        """Keep a token in the place of the one before. When it is awaited, the token is safe."""
        ...

    def clear(self) -> Awaitable[None]:
        """Forget the token."""
        ...


class Lease(Protocol):
    """A held lock of a store. Whoever holds it may refresh the token."""

    def set(self, token: Token) -> Any:
        """Keep a token, if the lock is still held. May be a coroutine."""
        ...

    def release(self) -> Any:
        """Let go of the lock. May be a coroutine."""
        ...


@runtime_checkable
class LockingTokenStore(Protocol):
    """A store that several processes share: only one of them refreshes at a time."""

    def try_lock(self) -> Any:
        """Take the lock without waiting.

        Returns:
            A `Lease`, or None when somebody else holds the lock. May be a coroutine.
        """
        ...

    def for_user(self, user: str) -> Self:
        """The same store under a person's key.

        Args:
            user: Any text that names the person to you.
        """
        ...

    def for_app(self, client_id: str) -> Self:
        """The same store under the key of an app's own token.

        Args:
            client_id: The app's id.
        """
        ...


@runtime_checkable
class TokenProvider(Protocol):
    """Somebody else keeps the tokens: a session framework, a vault. Its methods may be coroutines for the async client."""

    def get_access_token(self) -> Any:
        """The access token to act with, or None."""
        ...

    def set_tokens(self, access_token: str, refresh_token: str | None = None) -> Any:
        """Take over tokens that `set_token` was given."""
        ...

    def refresh_if_needed(self, client: Any) -> Any:
        """Get a new access token after one was refused, and return it."""
        ...


AsyncAnyTokenStore: TypeAlias = TokenStore | AsyncTokenStore
"""What `AsyncSoundCloudClient` takes as a store."""

AnyTokenStore: TypeAlias = TokenStore
"""What `SoundCloudClient` takes as a store."""
