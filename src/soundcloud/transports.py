"""The client's own connections as transports for httpx, for clients of your own.

They are several times as fast as httpx's, in particular with many concurrent requests: a pool hands out the connection that was
used last, and llhttp parses the responses. They speak HTTP/1.1 with and without TLS, and do not support proxies.

Example:
    >>> import httpx
    >>> from soundcloud.transports import FastTransport
    >>> http = httpx.Client(transport=FastTransport())
"""

from soundcloud._transport._async.httpx_transport import AsyncFastTransport as AsyncFastTransport
from soundcloud._transport._sync.httpx_transport import FastTransport as FastTransport

__all__ = ["AsyncFastTransport", "FastTransport"]
