"""From a call to its reply: authorize, send, read. The one place of this shell that speaks HTTP."""

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

import attrs
import msgspec

from soundcloud import __version__
from soundcloud._sync.pages import Page, PageModel
from soundcloud._colour import start
from soundcloud._core.decode import Drifts, read
from soundcloud._core.problems import error_of, without_frames
from soundcloud._core.proxies import proxy_of
from soundcloud._core.request import Call, Reply, call_of, origin_of
from soundcloud.errors import (
    ClosedClientError,
    ConnectionFailedError,
    InvalidInputError,
    RequestTimeoutError,
    SoundCloudError,
    UnexpectedReplyError,
)
from soundcloud.events import DriftEvent, Event, EventHook
from soundcloud_api.types import File, FormModel, Operation

if TYPE_CHECKING:
    import httpx

    from soundcloud._sync.session import Session

T = TypeVar("T")

TOKEN_SECONDS = 7.0  # for each of the four phases of a request, so that 28 are not exceeded

logger = logging.getLogger("soundcloud")


class Pipeline:
    """Sends the calls of one client and reads their replies.

    Attributes:
        base_url: The API's origin.
        auth_url: The origin of the token endpoint.
        session: What keeps the client signed in; set by the client.
    """

    session: "Session"

    def __init__(
        self,
        *,
        base_url: str,
        auth_url: str,
        timeout: float,
        user_agent: str | None,
        http_client: "httpx.Client | None",
        transport: "httpx.BaseTransport | None",
        on_event: EventHook | None,
    ) -> None:
        """Check the settings; see the client for what they mean."""
        import httpx

        self.base_url = origin_of("base_url", base_url)
        self.auth_url = origin_of("auth_url", auth_url)
        if not isinstance(timeout, int | float) or timeout <= 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"timeout={timeout!r}: give seconds, more than 0")
        if http_client is not None and transport is not None:
            raise InvalidInputError(
                "give http_client= or transport=, not both: a ready client has its transport already"
            )
        self._on_event = on_event
        self._httpx = httpx
        self._closed = False
        self._extensions = {"timeout": httpx.Timeout(timeout).as_dict()}
        # A refresh ends before a lock that is held for it does.
        self._token_extensions = {"timeout": httpx.Timeout(min(timeout, TOKEN_SECONDS)).as_dict()}
        name = user_agent or f"soundcloud-sdk/{__version__}"
        self._headers = httpx.Headers(
            {
                "User-Agent": header_value("user_agent", name),
                "Accept": "application/json; charset=utf-8",
                "Accept-Encoding": "gzip, deflate",
            },
            encoding="ascii",
        )
        self._authorized: tuple[str, httpx.Headers] = ("", self._headers)
        self._http = http_client
        # httpx's transports are used directly: its client would add cookies, redirects, a log line with the whole URL,
        # and nearly as much time as the transport itself takes.
        self._transports: dict[str, httpx.BaseTransport] = {}
        if http_client is None:
            by_proxy: dict[str | None, httpx.BaseTransport] = {}
            for origin in (self.base_url, self.auth_url):
                proxy = None if transport else proxy_of(origin)
                if proxy not in by_proxy:
                    try:
                        by_proxy[proxy] = transport or httpx.HTTPTransport(proxy=proxy)
                    except (ValueError, ImportError) as error:
                        # Not shown: it may hold a password.
                        what = f"the proxy that the environment names for {origin} cannot be used"
                        raise InvalidInputError(f"{what}: {type(error).__name__}") from None
                self._transports[origin] = by_proxy[proxy]

    def close(self) -> None:
        """Close the connections, unless the HTTP client was given."""
        if not self._closed:
            self._closed = True
            for transport in dict.fromkeys(self._transports.values()):
                transport.close()

    def send(self, operation: Operation[T], token: str | None = None) -> T:
        """Send an operation and read its reply."""
        call = call_of(operation, self.base_url, token)
        del token  # no frame of a traceback shows it
        value: T = self.perform(call)
        return value

    @overload
    def page(self, operation: Operation[PageModel[T]], token: str | None = None) -> Page[T]: ...
    @overload
    def page(self, operation: Operation[list[T]], token: str | None = None) -> Page[T]: ...
    def page(self, operation: Operation[Any], token: str | None = None) -> Page[Any]:
        """Ask for the first page of a list."""
        call = call_of(operation, self.base_url, token)
        del token  # no frame of a traceback shows it
        return start(Page(self, call))

    def perform(self, call: Call) -> Any:
        """Send a call and read its reply; a reply that is an error is raised."""
        reply = self.fetch(call)
        drifts = Drifts()
        try:
            if reply.status >= 400:
                raise self.session.explained(error_of(reply, now=self.session.clock()), call, reply)
            value = read(reply, call.replies, drifts)
        except SoundCloudError as error:
            error.method, error.path = call.method, call.path
            raise
        if drifts:
            logger.info(
                "%s: the reply differs from the document in %d places, first %s",
                call.operation,
                drifts.total,
                drifts[0],
            )
            self.tell(DriftEvent(call.operation or call.path, tuple(drifts), drifts.total))
        return value

    def fetch(self, call: Call, *, renew: bool = True) -> Reply:
        """Send a call and give back its reply, whatever the status.

        Args:
            call: What to send.
            renew: Whether a 401 for the client's own token leads to a new one and a second try.
        """
        if self._closed:
            raise ClosedClientError("this client is closed", method=call.method, path=call.path)
        if not call.authorize or call.token is not None:
            return self._exchange(call, call.token)
        token = self.session.access_token(call)
        reply = self._exchange(call, token)
        if reply.status != 401 or not renew or not call.repeatable:
            return reply
        other = self.session.replaced(call, token)
        return reply if other is None else attrs.evolve(self._exchange(call, other), renewed=True)

    def _exchange(self, call: Call, token: str | None) -> Reply:
        """One request and its reply."""
        headers = self._headers_of(call, token)
        extensions = self._extensions if call.authorize else self._token_extensions
        with ExitStack() as files:
            try:
                body = self._body(call, headers, files)
                request = self._httpx.Request(call.method, call.url, headers=headers, extensions=extensions, **body)
                del body
            except (self._httpx.InvalidURL, UnicodeEncodeError) as error:
                what = "half a character" if isinstance(error, UnicodeEncodeError) else str(error)
                raise InvalidInputError(f"this cannot be sent: {what}", method=call.method) from None
            try:
                if self._http is not None:
                    response = self._http.send(request, follow_redirects=False)
                else:
                    transport = self._transports[self.base_url if call.authorize else self.auth_url]
                    response = transport.handle_request(request)
                    try:
                        response.read()
                    finally:
                        response.close()
            except self._httpx.TimeoutException as error:
                del request  # no frame of a traceback shows it
                what = f"no reply in time ({type(error).__name__})"
                raise RequestTimeoutError(what, method=call.method, path=call.path) from without_frames(error)
            except self._httpx.DecodingError as error:
                del request
                what = f"the reply cannot be decompressed: {error}"
                raise UnexpectedReplyError(what, method=call.method, path=call.path) from without_frames(error)
            except (self._httpx.HTTPError, OSError) as error:
                del request
                what = f"no reply ({type(error).__name__})" + (f": {error}" if str(error) else "")
                raise ConnectionFailedError(what, method=call.method, path=call.path) from without_frames(error)
        return Reply(response.status_code, response.headers, response.content)

    def _headers_of(self, call: Call, token: str | None) -> "httpx.Headers":
        """The headers of a call; those of the last token are made once."""
        headers = self._headers
        if token is not None:
            known, authorized = self._authorized
            if known != token:
                authorized = self._httpx.Headers(headers, encoding="ascii")
                authorized["Authorization"] = f"OAuth {header_value('token', token)}"
                self._authorized = (token, authorized)
            headers = authorized
        headers = self._httpx.Headers(headers, encoding="ascii")
        for name, value in call.headers.items():
            headers[name] = header_value(name, value)
        return headers

    def _body(self, call: Call, headers: "httpx.Headers", files: ExitStack) -> dict[str, Any]:
        """The arguments that give a request its body."""
        if call.json is not None:
            headers["Content-Type"] = "application/json"
            try:
                return {"content": msgspec.json.encode(call.json)}
            except (TypeError, ValueError, RecursionError) as error:
                raise InvalidInputError(f"the body cannot be written as JSON: {error}") from None
        if isinstance(call.form, FormModel):
            return {"files": [(name, part(value, files)) for name, value in call.form.fields().items()]}
        if call.form is not None:
            return {"data": dict(call.form)}
        return {}

    def tell(self, event: Event) -> None:
        """Hand an event to the hook; a hook that fails is logged and breaks nothing."""
        if self._on_event is not None:
            try:
                self._on_event(event)
            except Exception:
                logger.exception("the on_event hook failed")


def part(value: str | File, files: ExitStack) -> tuple[str | None, Any] | tuple[str | None, Any, str]:
    """One part of a multipart form; a path is opened until the request is done."""
    if isinstance(value, str):
        return (None, value)
    content = value.content
    if isinstance(content, PathLike):
        path = Path(content)
        try:
            content = files.enter_context(path.open("rb"))
            empty = path.stat().st_size == 0
        except OSError as error:
            raise InvalidInputError(f"{path} cannot be read: {error.strerror or error}") from None
        except ValueError:
            raise InvalidInputError(f"{str(path)!r} is no path") from None
        if empty:
            raise InvalidInputError(f"{path} is empty: there is nothing to send")
    return (value.filename, content, value.media_type)


def header_value(name: str, value: str) -> str:
    """Check what goes into a header; a line break would smuggle another header in."""
    if not value.isascii() or not value.isprintable():
        del value  # no frame of a traceback shows it
        raise InvalidInputError(f"{name} holds a line break or another character that a header cannot carry")
    return value


def plain_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as a plain dict, names in lower case."""
    return {name.lower(): value for name, value in headers.items()}
