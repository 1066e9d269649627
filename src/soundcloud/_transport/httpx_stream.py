"""Wraps a multipart form in a stream of httpx, which requires its own classes."""

from collections.abc import AsyncIterator, Iterator

import httpx

from soundcloud._protocol.http.multipart import Multipart


class HttpxStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The bytes of a form, for both kinds of client."""

    def __init__(self, form: Multipart) -> None:
        self._form = form

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._form)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._form)
