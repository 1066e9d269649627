"""The last step of a call: sends one request and reads its response."""

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from soundcloud._sync.steps.base import Call
from soundcloud._deadline import DEFAULT_TIMEOUT, Deadline
from soundcloud._instrumentation import AttemptSpan, CallSpan, Hooks
from soundcloud._protocol.http.headers import check_header_name, check_header_value, check_token_value
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.http.multipart import Multipart
from soundcloud._protocol.http.response_body import ResponseBody
from soundcloud._protocol.http.urls import encode_url
from soundcloud._protocol.secrets import SecretBytes
from soundcloud._synchronization import run_in_thread
from soundcloud._transport._sync.selector import TransportSelector
from soundcloud._transport.base import Headers, PreparedRequest, TransportError
from soundcloud._transport.errors import clear_tracebacks, map_transport_error
from soundcloud._transport.files import ThreadedIterator, open_file
from soundcloud._wire_log import AttemptLog
from soundcloud.errors import InvalidInputError, SoundCloudError
from soundcloud.options import Timeout
from soundcloud_api.types import FormModel

T = TypeVar("T")

logger = logging.getLogger("soundcloud")

TOKEN_SECONDS = 7.0  # for each of the four phases of a token request
_NO_SPAN = nullcontext[Mapping[str, str]]({})  # the attempt of a client without a hook for events
_RESERVED = {b"authorization", b"connection", b"content-length", b"transfer-encoding"}  # never those of a hook
TOKEN_TOTAL_SECONDS = 20.0  # for all of a token request: a store's lock is held for 30 s at most


class SendStep:
    """Sends the request of a call once, and returns the response whatever its status.

    Args:
        transports: The transports of the client.
        base_url: The origin of the API, which receives the access token.
        auth_url: The origin of the token endpoint.
        user_agent: The value of the User-Agent header.
        max_response_bytes: The maximum size of a response.
        timeout: The timeouts of the phases.
    """

    def __init__(
        self,
        transports: TransportSelector,
        *,
        base_url: str,
        auth_url: str,
        user_agent: str,
        max_response_bytes: int,
        timeout: Timeout,
    ) -> None:
        if max_response_bytes.__class__ is not int or max_response_bytes < 1:
            raise InvalidInputError(f"max_response_bytes={max_response_bytes!r}: pass a number of bytes, 1 or more")
        self._transports, self._base_url, self._auth_url = transports, base_url, auth_url
        self._user_agent, self.max_response_bytes = user_agent, max_response_bytes
        self._timeout = timeout
        self._token_timeout = timeout
        if timeout is not DEFAULT_TIMEOUT or not transports.has_own_timeouts:
            self._token_timeout = Timeout(
                connect=min(timeout.connect, TOKEN_SECONDS),
                read=min(timeout.read, TOKEN_SECONDS),
                write=min(timeout.write, TOKEN_SECONDS),
                pool=min(timeout.pool, TOKEN_SECONDS),
            )
        self._common_headers: Headers = [
            (b"User-Agent", check_header_value("user_agent", user_agent).encode("ascii")),
            (b"Accept", b"application/json; charset=utf-8"),
            (b"Accept-Encoding", b"gzip"),
        ]
        self._authorization: tuple[str, SecretBytes] = ("", SecretBytes())
        self._hosts: dict[str, bytes] = {}

    def with_options(
        self, *, timeout: Timeout | None = None, user_agent: str | None = None, max_response_bytes: int | None = None
    ) -> "SendStep":
        """Return the same step with other settings."""
        return SendStep(
            self._transports,
            base_url=self._base_url,
            auth_url=self._auth_url,
            user_agent=self._user_agent if user_agent is None else user_agent,
            max_response_bytes=self.max_response_bytes if max_response_bytes is None else max_response_bytes,
            timeout=self._timeout if timeout is None else timeout,
        )

    def __call__(self, call: Call) -> Response:
        """Send the request.

        Raises:
            InvalidInputError: The request cannot be sent; nothing was sent.
            ConnectionFailedError: There is no response.
            UnexpectedResponseError: The response cannot be decompressed.
            ResponseTooLargeError: The response exceeds the limit.
        """
        request, token, origin, timeout = call.request, call.token, self._base_url, self._timeout
        if request.origin is not None:
            origin, token = request.origin, None
        elif not request.authorize:
            origin, timeout = self._auth_url, self._token_timeout
        body = ResponseBody(self.max_response_bytes, empty=request.method == "HEAD")
        call.span.response = None
        call.span.attempts += 1
        log: AttemptLog | None = None
        content: Any = None
        with _NO_SPAN if call.span.hooks.on_event is None else AttemptSpan(call.span, call.deadline) as added:
            try:
                headers = self._headers(request, origin, token)
                content = _encode_body(request, headers)
                if added:
                    _add_headers(headers, added)
                prepared = PreparedRequest(request.method, encode_url(request.url), headers, content)
                transport = self._transports.select(origin)
                if logger.isEnabledFor(logging.DEBUG):
                    log = AttemptLog(request, token, headers)
                status, received = transport.send(prepared, body, timeout, call.deadline)
                response = call.span.response = Response(status, received, body.content())
                if log is not None:
                    log.finish(response)
            except SoundCloudError as error:
                if log is not None:
                    log.fail(error)
                error.method, error.path = request.method, request.path
                raise error.with_traceback(None) from None
            except TransportError as error:
                if log is not None:
                    log.fail(error)
                raise map_transport_error(error, request) from clear_tracebacks(error)
            finally:
                if isinstance(content, Multipart):
                    content.close()
        return response

    def close(self) -> None:
        """Close the connections."""
        self._transports.close()

    def _headers(self, request: Request, origin: str, token: str | None) -> Headers:
        """Encode the headers, except those of the body."""
        own, common = request.headers, self._common_headers
        if own:
            names = {name.lower().encode("ascii") for name in own}
            common = [header for header in common if header[0].lower() not in names]
        host = self._hosts.get(origin)
        if host is None:
            host = self._hosts[origin] = urlsplit(origin).netloc.encode("idna")
        headers = [(b"Host", host), *common]
        if token is not None:
            encoded_token, encoded = self._authorization
            if encoded_token != token:
                encoded = SecretBytes(b"OAuth " + check_token_value("token", token).encode("ascii"))
                self._authorization = (token, encoded)
            headers.append((b"Authorization", encoded))
        if own:
            headers += [
                (name.encode("ascii"), SecretBytes(check_header_value(name, value).encode("ascii")))
                for name, value in own.items()
            ]
        return headers


class TokenRequests:
    """Sends token requests, with events and without retries.

    Args:
        send: Sends a request.
        hooks: The user's hooks.
    """

    def __init__(self, send: SendStep, hooks: Hooks) -> None:
        self._send, self._hooks = send, hooks

    def __call__(self, request: Request, read: Callable[[Response], T]) -> T:
        """Send a request once and read its response; an error of `read` is the error of the call."""
        with CallSpan(request, self._hooks) as span, Deadline(TOKEN_TOTAL_SECONDS, request) as deadline:
            return read(self._send(Call(request, None, deadline, span)))


def _encode_body(request: Request, headers: Headers) -> Any:
    """Return the body, or None, and append its headers."""
    if request.json is not None:
        try:
            content = SecretBytes(msgspec.json.encode(request.json))
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidInputError(f"the body cannot be encoded as JSON: {error}") from None
        headers.append((b"Content-Type", b"application/json"))
    elif isinstance(request.form, FormModel):
        fields, boundary = request.form.fields(), os.urandom(16).hex()
        form = run_in_thread(
            Multipart, fields, boundary, open_file, request.on_progress, ThreadedIterator
        )
        headers.append((b"Content-Type", form.media_type.encode("ascii")))
        headers.append((b"Content-Length", str(form.length).encode("ascii")))
        return form
    elif request.form is not None:
        content = SecretBytes(urlencode(dict(request.form)).encode("ascii"))
        headers.append((b"Content-Type", b"application/x-www-form-urlencoded"))
    elif request.method in {"POST", "PUT", "PATCH"}:
        content = SecretBytes()
    else:
        return None
    headers.append((b"Content-Length", str(len(content)).encode("ascii")))
    return content


def _add_headers(headers: Headers, added: Mapping[str, str]) -> None:
    """Append the headers of the hook, unless the request has them."""
    names = {name.lower() for name, _ in headers} | _RESERVED
    headers += [
        (name.encode("ascii"), check_header_value(name, value).encode("ascii"))
        for name, value in added.items()
        if check_header_name(name).lower().encode() not in names
    ]
