"""The second name of the async client's `aclose`; the sync variant has `close` only."""

from typing import Protocol


class _AsyncClosable(Protocol):
    async def aclose(self) -> None: ...


class AsyncClosing:
    """The base class of the async client: `close` is `aclose`, as in the sync client."""

    async def close(self: _AsyncClosable) -> None:
        """Close the connections, as `aclose` does. Later calls raise `ClosedClientError`. It can be called twice."""
        await self.aclose()


class Closing:
    """The base class of the sync client, which defines `close` itself."""
