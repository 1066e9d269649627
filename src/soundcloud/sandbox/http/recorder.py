"""Records one request: wraps `receive` and `send` of the application without buffering."""

from collections.abc import Mapping
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, cast
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send

from soundcloud.sandbox.http.recorded_body import RecordedBody
from soundcloud.sandbox.http.redaction import Redactor
from soundcloud.sandbox.http.request_log import Origin, RecordedRequest, RequestLog

_MULTIPART = "multipart/form-data"
_FORM = "soundcloud.sandbox.form"
# Larger bodies are recorded by their size only.
_MAXIMUM_BODY = 32_768
_MAXIMUM_RESPONSE = 262_144


class RequestRecorder:
    """Records one request, from its head to the last byte of its response."""

    def __init__(
        self,
        request_log: RequestLog,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        origin: Origin,
        operation: str | None,
        user: str | None,
    ) -> None:
        self.faults: list[str] = []
        self._started, self._time = perf_counter(), datetime.now(UTC)
        self._request_log = request_log
        self._scope, self._receive, self._send = scope, receive, send
        self._origin: Origin = origin
        self._operation, self._user = operation, user
        self._headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self._media_type = self._headers.get("content-type", "").partition(";")[0].strip().lower()
        self._content, self._size = bytearray(), 0
        self._status: int | None = None
        self._response_headers: dict[str, str] = {}
        self._response, self._response_size = list[bytes](), 0
        # Remaining bytes of the response; negative if there is no Content-Length.
        self._remaining = -1
        self._finished = self._disconnected = False
        # Starlette copies a scope shallowly, so this dictionary is shared with the application; see `record_form`.
        self._form: dict[str, FormData] = {}
        scope[_FORM] = self._form

    async def receive(self) -> Message:
        """Return a part of the body and record it; the application records a multipart form."""
        message = await self._receive()
        if message["type"] == "http.request":
            part = message.get("body", b"")
            self._size += len(part)
            if self._media_type != _MULTIPART and self._size <= _MAXIMUM_BODY:
                self._content += part
        elif message["type"] == "http.disconnect":
            self._disconnected = True
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the response. The request is logged before the last byte, so that a client with a response finds it."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._response_headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message.get("headers", ())
            }
            if self._scope["method"] == "HEAD" or message["status"] in {204, 304}:
                self._remaining = 0
            else:
                lengths = (value for name, value in message.get("headers", ()) if name.lower() == b"content-length")
                self._remaining = int(next(lengths, -1))
            last = self._remaining == 0
        else:
            self._remaining -= len(message.get("body", b""))
            self._record_response(message.get("body", b""))
            last = self._remaining == 0 or not message.get("more_body", False)
        if last:
            self.finish()
        await self._send(message)

    def _record_response(self, part: bytes) -> None:
        self._response_size += len(part)
        if self._response_size <= _MAXIMUM_RESPONSE:
            self._response.append(part)
        else:
            self._response.clear()

    async def drain(self) -> None:
        """Read the body of a request that is not passed to the application."""
        if self._media_type == _MULTIPART:
            try:
                async with Request(self._scope, self.receive).form() as form:
                    record_form(self._scope, form)
            # A malformed form does not change the fault. Older versions of Starlette do not wrap FormParserError.
            except (MultiPartException, FormParserError, ClientDisconnect):
                pass
            return
        while True:
            message = await self.receive()
            if message["type"] != "http.request" or not message.get("more_body", False):
                return

    def finish(self) -> None:
        """Add the request to the log, once."""
        if self._finished:
            return
        self._finished = True
        scope, redactor = self._scope, Redactor(self._headers.get("authorization"))
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        self._request_log.add(
            RecordedRequest(
                method=scope["method"],
                path=redactor.string(scope["path"]),
                query=redactor.pairs(query),
                headers={name: redactor.header(name, value) for name, value in self._headers.items()},
                body=self._body(redactor),
                operation=self._operation,
                # A client that has disconnected gets no response.
                status=None if self._disconnected else self._status,
                user=self._user,
                faults=tuple(self.faults),
                duration=perf_counter() - self._started,
                origin=self._origin,
                id=self._request_log.next_id(),
                time=self._time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                response_headers={name: redactor.header(name, value) for name, value in self._response_headers.items()},
                recorded_response=RecordedBody(
                    b"".join(self._response), self._response_size, self._response_headers, redactor
                ),
            )
        )

    def _body(self, redactor: Redactor) -> Any:
        form = self._form.get("fields")
        if form is None:
            return redactor.body(bytes(self._content), self._media_type, self._size)
        strings = redactor.pairs((name, value) for name, value in form.multi_items() if isinstance(value, str))
        files = {
            redactor.string(name): {"filename": redactor.string(value.filename or ""), "size": value.size}
            for name, value in form.multi_items()
            if isinstance(value, UploadFile)
        }
        return {**strings, **files}


def record_form(scope: Mapping[str, Any], form: FormData) -> None:
    """Record the parsed form of a request."""
    cast("dict[str, FormData]", scope.get(_FORM, {}))["fields"] = form
