"""Writes one request down while it is answered: between the server and the application, without holding either up."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any, cast
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send

from soundcloud.sandbox.http.redaction import Redactor
from soundcloud.sandbox.http.request_log import Origin, RecordedRequest, RequestLog

_MULTIPART = "multipart/form-data"
_FORM = "soundcloud.sandbox.form"
# More of a body is not kept.
_LARGEST = 32_768


class RequestRecorder:
    """One request, from its head to the last byte of its reply.

    Args:
        journal: Where it is written down.
        scope: The request.
        receive: What its body comes from.
        send: What its reply goes to.
        origin: Which origin it is for.
        operation: The operation that it reaches.
        user: Whose token came along.
    """

    def __init__(
        self,
        journal: RequestLog,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        origin: Origin,
        operation: str | None,
        user: str | None,
    ) -> None:
        self.faults: list[str] = []
        self._started = perf_counter()
        self._journal = journal
        self._scope, self._receive, self._send = scope, receive, send
        self._origin: Origin = origin
        self._operation, self._user = operation, user
        self._headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self._media_type = self._headers.get("content-type", "").partition(";")[0].strip().lower()
        self._content, self._size = bytearray(), 0
        self._status: int | None = None
        # How many bytes of the reply are still to come; less than 0 where nobody knows.
        self._rest = -1
        self._ended = self._is_gone = False
        # The application copies nothing of a scope, so what it puts in here arrives.
        self._form: dict[str, FormData] = {}
        scope[_FORM] = self._form

    async def receive(self) -> Message:
        """Hand a part of the body on, and keep it; an upload is left to the application, which takes it apart."""
        message = await self._receive()
        if message["type"] == "http.request":
            part = message.get("body", b"")
            self._size += len(part)
            if self._media_type != _MULTIPART and self._size <= _LARGEST:
                self._content += part
        elif message["type"] == "http.disconnect":
            self._is_gone = True
        return message

    async def send(self, message: Message) -> None:
        """Hand a part of the reply on. Before its last byte the request is written down: who has the reply finds it."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            if self._scope["method"] == "HEAD" or message["status"] in {204, 304}:
                self._rest = 0
            else:
                lengths = (value for name, value in message.get("headers", ()) if name.lower() == b"content-length")
                self._rest = int(next(lengths, -1))
            last = self._rest == 0
        else:
            self._rest -= len(message.get("body", b""))
            last = self._rest == 0 or not message.get("more_body", False)
        if last:
            self.end()
        await self._send(message)

    async def drain(self) -> None:
        """Read a body that no application reads."""
        if self._media_type == _MULTIPART:
            try:
                async with Request(self._scope, self.receive).form() as form:
                    note_form(self._scope, form)
            # What the parser of forms itself raises is passed on by older versions of Starlette.
            except (MultiPartException, FormParserError, ClientDisconnect):
                # A form that nobody can read is no reason to do something else than was planned.
                pass
            return
        while True:
            message = await self.receive()
            if message["type"] != "http.request" or not message.get("more_body", False):
                return

    def end(self) -> None:
        """Write the request down, once."""
        if self._ended:
            return
        self._ended = True
        scope, masks = self._scope, Redactor(self._headers.get("authorization"))
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        self._journal.add(
            RecordedRequest(
                method=scope["method"],
                path=masks.text(scope["path"]),
                query=masks.pairs(query),
                headers={name: masks.header(name, value) for name, value in self._headers.items()},
                body=self._body(masks),
                operation=self._operation,
                # What is sent to somebody who has left is no reply.
                status=None if self._is_gone else self._status,
                user=self._user,
                faults=tuple(self.faults),
                duration=perf_counter() - self._started,
                origin=self._origin,
            )
        )

    def _body(self, masks: Redactor) -> Any:
        form = self._form.get("fields")
        if form is None:
            return masks.body(bytes(self._content), self._media_type, self._size)
        texts = masks.pairs((name, value) for name, value in form.multi_items() if isinstance(value, str))
        files = {
            masks.text(name): {"filename": masks.text(value.filename or ""), "size": value.size}
            for name, value in form.multi_items()
            if isinstance(value, UploadFile)
        }
        return {**texts, **files}


def note_form(scope: Mapping[str, Any], form: FormData) -> None:
    """Tell the recording of a request what its form holds.

    Args:
        scope: The request, as the application has it.
        form: The form.
    """
    cast("dict[str, FormData]", scope.get(_FORM, {}))["fields"] = form
