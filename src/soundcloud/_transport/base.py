"""The transport interface, and the errors that every transport raises.

TransportError
├── TransportTimeout
│   ├── PoolTimeout         no connection was free in time
│   ├── ConnectTimeout      no connection could be made in time
│   ├── ReadTimeout         the server sent no data in time
│   └── WriteTimeout        the server did not take the data in time
├── ConnectError            no connection could be made
│   └── ProxyError          the proxy refused the connection
├── ReadError               the connection broke while the response was read
├── WriteError              the connection broke while the request was sent
└── ProtocolError           the server did not send valid HTTP
"""

from typing import Any, Protocol, TypeAlias

import attrs

from soundcloud._protocol.http.response_body import ResponseBody
from soundcloud.options import Timeout

Headers: TypeAlias = list[tuple[bytes, bytes]]


class TransportError(Exception):
    """The request got no response.

    Attributes:
        sent: Whether bytes of the request may have been sent.
        proxied: Whether the request was for a proxy.
    """

    sent = True
    proxied = False


class TransportTimeout(TransportError):  # noqa: N818 - these names are httpcore's
    """A phase of the request took too long."""


class PoolTimeout(TransportTimeout):
    """No connection was free in time."""

    sent = False


class ConnectTimeout(TransportTimeout):
    """No connection could be made in time."""

    sent = False


class ReadTimeout(TransportTimeout):
    """The server sent no data in time."""


class WriteTimeout(TransportTimeout):
    """The server did not take the data in time."""


class ConnectError(TransportError):
    """No connection could be made."""

    sent = False


class ProxyError(ConnectError):
    """The proxy refused the connection."""


class ReadError(TransportError):
    """The connection broke while the response was read."""


class WriteError(TransportError):
    """The connection broke while the request was sent."""


class ProtocolError(TransportError):
    """The server did not send valid HTTP."""


@attrs.frozen
class PreparedRequest:
    """A request as it goes over the wire.

    Args:
        method: The HTTP method.
        url: The absolute URL in ASCII.
        headers: All headers.
        content: The body: None, bytes, or a `Multipart`.
    """

    method: str
    url: str = attrs.field(repr=False)
    headers: Headers = attrs.field(repr=False)
    content: Any = attrs.field(repr=False)


class AsyncTransport(Protocol):
    """Sends requests of the async client."""

    async def send(
        self, request: PreparedRequest, body: ResponseBody, timeout: Timeout, deadline: Any
    ) -> tuple[int, dict[str, str]]:
        """Send a request and read its response; see `Transport.send`."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class Transport(Protocol):
    """Sends requests of the sync client."""

    def send(
        self, request: PreparedRequest, body: ResponseBody, timeout: Timeout, deadline: Any
    ) -> tuple[int, dict[str, str]]:
        """Send a request and read its response.

        Args:
            request: The request.
            body: Receives the body of the response.
            timeout: The timeouts of the phases.
            deadline: The deadline of the call.

        Returns:
            The status, and the headers with their names in lower case.

        Raises:
            TransportError: There is no response.
            UnexpectedResponseError: The body cannot be decompressed.
            ResponseTooLargeError: The body exceeds its limit.
        """
        ...

    def close(self) -> None:
        """Close the connections."""
        ...
