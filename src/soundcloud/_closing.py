"""The second name of the async client's `aclose`; the sync variant has `close` only."""


class AsyncClosing:
    """The base class of the async client: `close` is `aclose`, as in the sync client."""

    async def aclose(self) -> None:
        """Close the connections; the client overrides this method."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close the connections, as `aclose` does. Later calls raise `ClosedClientError`. It can be called twice."""
        await self.aclose()


class Closing:
    """The base class of the sync client, which defines `close` itself."""
