"""What httpx and httpx2 have in common: streams, errors and the settings of a client of the caller's."""

import logging
import sys
from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import Any

from soundcloud._protocol.http.multipart import Multipart
from soundcloud._transport import base
from soundcloud._transport.base import Headers
from soundcloud.errors import InvalidInputError
from soundcloud_api.types import redact

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

_DEFAULT_HEADERS = frozenset({"accept", "accept-encoding", "connection", "host", "content-length", "content-type"})


@cache
def async_stream_class(library: Any) -> type:
    """Return a stream class for the async client. It can be read synchronously too, as vcrpy 6 does."""

    class AsyncFormStream(stream_class(library), library.AsyncByteStream):  # type: ignore[misc] # a base class of either library
        _form: Multipart

        def __aiter__(self) -> AsyncIterator[bytes]:
            return aiter(self._form)

    return AsyncFormStream


@cache
def stream_class(library: Any) -> type:
    """Return a stream class that wraps a multipart form. pyreqwest refuses an async stream in a sync client."""

    class FormStream(library.SyncByteStream):  # type: ignore[misc] # a base class of either library
        def __init__(self, form: Multipart) -> None:
            self._form = form

        def __iter__(self) -> Iterator[bytes]:
            return iter(self._form)

    return FormStream


class _RedactUrls(logging.Filter):
    """Redacts the secrets of URLs in the records of httpx, which logs the URL of each request."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(redact(str(value)) if _is_url(value) else value for value in record.args)
        return True


def _is_url(value: object) -> bool:
    return isinstance(value, str) or type(value).__name__ == "URL"


@cache
def redact_log(library: str) -> None:
    """Redact the secrets of URLs in the log of a library, once."""
    logging.getLogger(library).addFilter(_RedactUrls())


def map_httpx_error(library: Any, error: Exception) -> base.TransportError:
    """Map an error of httpx or httpx2 by its type."""
    for name in _BY_NAME:
        if isinstance(error, getattr(library, name)):
            mapped: type[base.TransportError] = getattr(base, name)
            return mapped(str(error))
    if isinstance(error, TimeoutError | library.TimeoutException):
        return base.ReadTimeout(str(error))
    if isinstance(error, library.RemoteProtocolError):
        return base.ProtocolError(str(error))
    return base.ReadError(str(error))


def is_mock_error(library: Any, error: Exception) -> bool:
    """Return whether an error was raised by a mock: httpx itself never raises the base class of its timeouts."""
    return type(error) is library.TimeoutException


def client_headers(client: Any, ours: Headers) -> Headers:
    """Return the headers of a caller's client that the request does not have, without the defaults of httpx.

    A User-Agent of the client takes precedence over ours; the Authorization header never does.
    """
    names = {name.lower() for name, _ in ours}
    found: Headers = []
    for name, value in client.headers.raw:
        lower = name.lower()
        if lower == b"user-agent" and not value.startswith(b"python-httpx"):
            ours[:] = [header for header in ours if header[0].lower() != b"user-agent"]
        elif lower in names or lower == b"authorization" or lower.decode("ascii") in _DEFAULT_HEADERS | {"user-agent"}:
            continue
        found.append((name, value))
    return found


def url_with_params(client: Any, url: str) -> str:
    """Return a URL with the params of a caller's client appended; httpx itself would replace the query by them."""
    params = str(client.params)
    if not params:
        return url
    return f"{url}{'&' if '?' in url else '?'}{params}"


def given_library(client_class: str, transport_class: str, http_client: Any, transport: Any) -> Any:
    """Return the library of a caller's client or transport, and refuse the kind for the other client at once.

    Args:
        client_class: The name of the client class, `Client` or `AsyncClient`.
        transport_class: The name of the transport class, `BaseTransport` or `AsyncBaseTransport`.
        http_client: The client, or None.
        transport: The transport, or None.

    Raises:
        InvalidInputError: It is of another type, or the client has `auth=`.
    """
    name, value = ("http_client", http_client) if http_client is not None else ("transport", transport)
    cls = client_class if http_client is not None else transport_class
    for library in ("httpx", "httpx2"):
        module = sys.modules.get(library)
        if module is not None and isinstance(value, getattr(module, cls)):
            if http_client is not None and http_client.auth is not None:
                raise InvalidInputError(
                    "the http_client= has auth=, which would replace the access token in the Authorization header: remove it"
                )
            return module
    example = (
        f"httpx.{client_class}()" if http_client is not None else f"httpx.{transport_class.replace('Base', 'HTTP')}()"
    )
    raise InvalidInputError(f"{name}={value!r}: pass an object of httpx or httpx2, for example {example}")
