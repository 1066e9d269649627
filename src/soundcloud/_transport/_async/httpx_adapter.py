"""Sends requests through httpx: a client or a transport of the caller's, a proxy, or a patched httpx."""

from typing import TYPE_CHECKING

from soundcloud._deadline import AsyncDeadline
from soundcloud._protocol.http.headers import decode_headers
from soundcloud._protocol.http.multipart import Multipart
from soundcloud._protocol.http.response_body import ResponseBody
from soundcloud._transport import base
from soundcloud.errors import InvalidInputError, UnexpectedResponseError
from soundcloud.options import Timeout

if TYPE_CHECKING:
    import httpx

_BY_NAME = (
    "PoolTimeout",
    "ConnectTimeout",
    "ReadTimeout",
    "WriteTimeout",
    "ConnectError",
    "ProxyError",
    "ReadError",
    "WriteError",
)
"""Errors that have the same names in httpx and in `soundcloud._transport.base`."""


class AsyncHttpxTransport:
    """Sends through a client or a transport of httpx.

    Args:
        client: The client, or None.
        transport: The transport, if there is no client.
    """

    __slots__ = ("_client", "_transport")

    def __init__(self, client: "httpx.AsyncClient | None", transport: "httpx.AsyncBaseTransport | None") -> None:
        self._client, self._transport = client, transport

    async def send(
        self, request: base.PreparedRequest, body: ResponseBody, timeout: Timeout, deadline: AsyncDeadline
    ) -> tuple[int, dict[str, str]]:
        """Send a request and read its response; see `soundcloud._transport.base.Transport.send`."""
        import httpx

        from soundcloud._transport.httpx_stream import HttpxStream

        content = request.content
        try:
            prepared = httpx.Request(
                request.method,
                request.url,
                headers=request.headers,
                stream=HttpxStream(content) if isinstance(content, Multipart) else httpx.ByteStream(content or b""),
                extensions={
                    "timeout": {
                        "connect": deadline.clamp(timeout.connect),
                        "read": deadline.clamp(timeout.read),
                        "write": deadline.clamp(timeout.write),
                        "pool": deadline.clamp(timeout.pool),
                    }
                },
            )
            if self._client is not None:
                response = await self._client.send(prepared, stream=True, follow_redirects=False)
            else:
                assert self._transport is not None  # noqa: S101 - one of the two is given
                response = await self._transport.handle_async_request(prepared)
            try:
                headers = decode_headers(response.headers.raw)
                if response.is_stream_consumed:
                    body.add(response.content)
                else:
                    body.begin(headers)
                    async for part in response.aiter_raw():
                        deadline.clamp(timeout.read)  # raises when the time of the call is up
                        body.add(part)
            finally:
                await response.aclose()
        except httpx.DecodingError as error:
            raise UnexpectedResponseError(f"the response cannot be decompressed: {error}") from None
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as error:
            if isinstance(content, Multipart) and content.failure is not None:
                raise content.failure from None  # the caller's own error; the library may have wrapped it
            if isinstance(error, httpx.InvalidURL | httpx.LocalProtocolError) and not isinstance(content, Multipart):
                raise InvalidInputError(f"the request cannot be sent: {error}") from None
            raise _transport_error(error) from error
        return response.status_code, headers

    async def aclose(self) -> None:
        """Close the transport. A client belongs to the caller and stays open."""
        if self._transport is not None:
            await self._transport.aclose()


def _transport_error(error: Exception) -> base.TransportError:
    """Map an error of httpx by its type."""
    import httpx

    for name in _BY_NAME:
        if isinstance(error, getattr(httpx, name)):
            mapped: type[base.TransportError] = getattr(base, name)
            return mapped(str(error))
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return base.ReadTimeout(str(error))
    if isinstance(error, httpx.RemoteProtocolError):
        return base.ProtocolError(str(error))
    return base.ReadError(str(error))
