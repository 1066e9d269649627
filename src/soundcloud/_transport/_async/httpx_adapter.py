"""Sends requests through a client of httpx or httpx2."""

from functools import partial
from typing import Any

from soundcloud._deadline import DEFAULT_TIMEOUT, AsyncDeadline
from soundcloud._protocol.http.headers import decode_headers
from soundcloud._protocol.http.multipart import Multipart
from soundcloud._protocol.http.response_body import ResponseBody
from soundcloud._transport import base
from soundcloud._transport.httpx_support import (
    async_stream_class,
    client_headers,
    is_mock_error,
    map_httpx_error,
    redact_log,
    url_with_params,
)
from soundcloud.errors import InvalidInputError, UnexpectedResponseError
from soundcloud.options import Timeout


class AsyncHttpxTransport:
    """Sends through a client or a transport of httpx or httpx2.

    Args:
        library: The module, httpx or httpx2.
        client: The client.
        transport: A transport to send with directly; nothing has patched the client, so it would add nothing but time.
        owned: Whether the client is ours: it is closed with this transport, and adds nothing to a request.
        proxied: Whether our client sends through a proxy.
    """

    __slots__ = ("_client", "_library", "_owned", "_proxied", "_send")

    def __init__(
        self,
        library: Any,
        client: Any,
        *,
        transport: Any = None,
        owned: bool = False,
        proxied: bool = False,
    ) -> None:
        self._library, self._client = library, client
        if transport is None:
            self._send: Any = partial(client.send, stream=True, follow_redirects=False)
        else:
            self._send = transport.handle_async_request
        self._owned, self._proxied = owned, proxied
        redact_log(library.__name__)

    async def send(
        self, request: base.PreparedRequest, body: ResponseBody, timeout: Timeout, deadline: AsyncDeadline
    ) -> tuple[int, dict[str, str]]:
        """Send a request and read its response; see `soundcloud._transport.base.Transport.send`."""
        library, content = self._library, request.content
        try:
            prepared = self._build(request, timeout, deadline)
            try:
                response = await self._send(prepared)
            except library.HTTPStatusError as error:
                # A hook of the caller's client called raise_for_status(). The client decides what the status means.
                response = error.response
            try:
                headers = decode_headers(response.headers.raw)
                if response.is_stream_consumed:
                    body.add(response.content)
                elif not response.is_closed:
                    body.begin(headers)
                    async for part in response.aiter_raw():
                        deadline.clamp(timeout.read)  # raises when the time of the call is up
                        body.add(part)
            finally:
                await response.aclose()
        except library.DecodingError as error:
            raise UnexpectedResponseError(f"the response cannot be decompressed: {error}") from None
        except (library.HTTPError, library.StreamError, library.InvalidURL, OSError) as error:
            if isinstance(content, Multipart) and content.failure is not None:
                raise content.failure from None  # the caller's own error; the library may have wrapped it
            if is_mock_error(library, error):
                raise
            if isinstance(error, library.InvalidURL | library.LocalProtocolError) and not isinstance(
                content, Multipart
            ):
                raise InvalidInputError(f"the request cannot be sent: {error}") from None
            failure = map_httpx_error(library, error)
            failure.proxied = self._proxied
            raise failure from error
        return response.status_code, headers

    def _build(self, request: base.PreparedRequest, timeout: Timeout, deadline: AsyncDeadline) -> Any:
        """Build the request; with the headers, cookies and params of a client of the caller's."""
        library, client, content = self._library, self._client, request.content
        url, headers = request.url, request.headers
        cookies: Any = None
        if not self._owned:
            url, headers = url_with_params(client, url), list(headers)
            headers = [*client_headers(client, headers), *headers]
            cookies = client.cookies
        is_form = isinstance(content, Multipart)
        stream = async_stream_class(library)(content) if is_form else library.ByteStream(content or b"")
        is_default = timeout is DEFAULT_TIMEOUT and not self._owned
        timeouts: Any = client.timeout.as_dict() if is_default else deadline.phases(timeout)
        built = library.Request(
            request.method, url, headers=headers, cookies=cookies, stream=stream, extensions={"timeout": timeouts}
        )
        if not is_form:
            built.read()  # as `content=` does: adapters and hooks read `built.content`; without the search for headers to add
        return built

    async def aclose(self) -> None:
        """Close the client. One of the caller's stays open."""
        if self._owned:
            await self._client.aclose()
