"""From a reply that is an error to the exception that says so."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any, cast

from soundcloud._protocol.http.messages import Call, Reply
from soundcloud.errors import (
    BadRequestError,
    ConnectionFailedError,
    EdgeError,
    ForbiddenError,
    GatewayError,
    InvalidInputError,
    NotFoundError,
    NotPlayableError,
    QuotaExceededError,
    RateLimit,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    SoundCloudError,
    SpamWarningError,
    StatusError,
    SubscriptionRequiredError,
    UnauthorizedError,
    UnexpectedReplyError,
    UnprocessableEntityError,
)
from soundcloud_api.types import read_json, read_timestamp, redact

_CLASSES: Mapping[int, type[StatusError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}
_TAKEN_BACK: Mapping[str, str] = {
    "likes": "this person does not like it, or it is gone: there is nothing to take back",
    "reposts": "this person has not reposted it, or it is gone: there is nothing to take back",
    "me": "this person does not follow that one, or that one is gone: there is nothing to take back",
}
"""What a 404 means where a like, a repost or a follow is taken back."""
_REQUEST_IDS = ("x-request-id", "x-amz-cf-id", "x-tyk-trace-id")
_HTML_NOTES = re.compile(rb"<(title|h1|h2)\b[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_PAGE_ID = re.compile(rb"Request ID:\s*([A-Za-z0-9_=-]{8,120})")
_PAGE = "a page for a browser instead of data"
_LONGEST = 300
_LONGEST_SECONDS = 999_999_999.0
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def without_frames(error: Exception) -> Exception:
    """Take the frames off an error and those behind it: they know the request, and with it tokens and bodies.

    Args:
        error: What the transport raised.

    Returns:
        The same error; it still says what it said.
    """
    behind: BaseException | None = error
    while behind is not None:
        behind.__traceback__ = None
        behind = behind.__cause__ or behind.__context__
    return error


def error_of(reply: Reply, *, now: datetime | None = None, call: Call | None = None) -> SoundCloudError:
    """Make the error that a reply with an error status means.

    Args:
        reply: The reply; its body may be an error object, another object, text, HTML or nothing.
        now: The time, for a waiting time that the reply gives as a moment; the reply's own `Date` goes before it.
        call: The request: what it asked for tells what a 403 means.

    Returns:
        The error.
    """
    details = _details(reply)
    if call is not None:
        details |= {"method": call.method, "path": call.path}
    data, said = details.pop("data"), details["message"].lower()
    # Elsewhere than at the API, a text is the usual way to say that there is no such thing.
    elsewhere = call is not None and call.origin is not None
    if _is_of_edge(reply) and not (elsewhere and reply.status == 404):
        cls = GatewayError if reply.status >= 500 else EdgeError
        ids = {name: reply.headers[name] for name in _REQUEST_IDS if name in reply.headers}
        return cls(request_ids=ids | _page_ids(reply), **details)
    if reply.status == 429 or (reply.status == 403 and "quota" in said):
        return _limit_error(reply, data, details, now)
    if reply.status == 403 and "subscription is required" in said:
        return SubscriptionRequiredError(**details)
    if reply.status == 403 and (
        (call is not None and _asks_for_sound(call)) or "not compatible on your current device" in said
    ):
        return NotPlayableError(**details)
    if reply.status == 404 and call is not None and call.method == "DELETE":
        details["hint"] = _TAKEN_BACK.get(call.path.split("/")[1])
    return (_CLASSES.get(reply.status) or (ServerError if reply.status >= 500 else StatusError))(**details)


def _asks_for_sound(call: Call) -> bool:
    """Whether a call asks where a track can be heard; its template says so when the API sends it from path to path."""
    asked = f"{call.path} {call.template}"
    return call.origin is None and ("/streams" in asked or "/preview" in asked)


def _is_of_edge(reply: Reply) -> bool:
    """Whether something before the API answered: with a page, or with plain text where the API sends JSON or nothing."""
    content = reply.content.strip()
    if not content or reply.status in {401, 405, 429}:
        return False
    if content[:1] == b"<":
        return True
    return (reply.status in {403, 404} or reply.status >= 500) and content[:1] not in b'{["'


def _page_ids(reply: Reply) -> dict[str, str]:
    """The id that a page of the edge shows."""
    found = _PAGE_ID.search(reply.content[:20_000])
    return {"page": found[1].decode("ascii")} if found else {}


def _limit_error(reply: Reply, data: dict[str, Any], details: dict[str, Any], now: datetime | None) -> RateLimitError:
    """The error of a limit: how long to wait, which limit, and whether it is a warning instead."""
    said = parsedate(reply.headers.get("date")) or now
    resets_at, quota = _described(data)
    retry_after = _retry_after(reply.headers.get("retry-after", ""), said)
    if retry_after is None and resets_at is not None and said is not None:
        retry_after = max(0.0, (resets_at - said).total_seconds())
    elif resets_at is None and retry_after is not None and said is not None and retry_after < _LONGEST_SECONDS:
        resets_at = said + timedelta(seconds=retry_after)
    warning = data.get("spam_warning_urn")
    if isinstance(warning, str) and warning:
        return SpamWarningError(spam_warning_urn=warning, retry_after=retry_after, quota=quota, **details)
    cls = QuotaExceededError if quota is not None or reply.status == 403 else RateLimitError
    if cls is QuotaExceededError and resets_at is not None:
        details["hint"] = f"{cls.default_hint}; it ends at {resets_at:%Y-%m-%d %H:%M %Z}"
    elif retry_after:
        details["hint"] = f"wait {ceil(retry_after)} s before the next call"
    return cls(retry_after=retry_after, resets_at=resets_at, quota=quota, **details)


def unexpected(reply: Reply, what: str) -> UnexpectedReplyError:
    """Make the error for a reply that should have been a success.

    Args:
        reply: The reply.
        what: What is wrong with it.

    Returns:
        The error, with what the body says added.
    """
    details = _details(reply)
    said = details.pop("message")
    details.pop("data")
    plain = f"HTTP {reply.status}"
    if said == plain or not said:
        return UnexpectedReplyError(what, **details)
    return UnexpectedReplyError(f"{what}: {said.removeprefix(plain + ': ').removeprefix(f'{_PAGE}: ')}", **details)


def _details(reply: Reply) -> dict[str, Any]:
    content = reply.content.strip()
    try:
        data = read_json(content) if content else None
    except ValueError:
        data = None
    fields = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    errors = tuple(filter(None, map(_item_message, _list(fields.get("errors")))))
    word = next(
        (value for name in ("error_code", "error") if isinstance(value := fields.get(name), str) and value), None
    )
    number = fields.get("code")
    said = next(
        (
            value
            for value in (fields.get("message"), fields.get("error_description"), *errors, word, fields.get("status"))
            if isinstance(value, str) and value.strip()
        ),
        None,
    )
    if said is None and not fields:
        said = _text(content)
    plain = f"HTTP {reply.status}"
    # `status` repeats the number: "404 - Not Found".
    short = redact(" ".join(said.split()).removeprefix(f"{reply.status} - "))[:_LONGEST] if said else ""
    return {
        "message": f"{plain}: {short}" if short else plain,
        "status": reply.status,
        "code": word or (number if isinstance(number, int) else None),
        "errors": errors,
        "link": fields.get("link") if isinstance(fields.get("link"), str) else None,
        "request_id": request_id_of(reply),
        "body": reply.content,
        "data": fields,
    }


def request_id_of(reply: Reply) -> str | None:
    """The id that the server, its edge or its gateway gave a request."""
    return next((reply.headers[name] for name in _REQUEST_IDS if name in reply.headers), None)


def _list(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _item_message(item: Any) -> str | None:
    """One entry of `errors`: an object since July 2026, a text before."""
    if isinstance(item, str):
        return item
    if isinstance(item, dict):
        fields = cast("dict[str, Any]", item)
        for name in ("error_message", "message", "code"):
            if isinstance(fields.get(name), str) and fields[name]:
                return cast("str", fields[name])
        limit = _dict(_dict(fields.get("meta")).get("rate_limit"))
        if limit:
            which = limit.get("name") or limit.get("group") or limit.get("bucket")
            return f"rate limit {which}: {limit.get('max_nr_of_requests')} requests in {limit.get('time_window')}"
    return None


def _dict(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text(content: bytes) -> str:
    """What a body that is no JSON says: the headings of a page, or the text itself."""
    if content[:1] == b"<":
        notes = [
            _TAGS.sub("", html.unescape(found[1].decode("utf-8", "replace")))
            for found in _HTML_NOTES.findall(content[:20_000])
        ]
        return f"{_PAGE}: " + ", ".join(dict.fromkeys(" ".join(note.split()) for note in notes if note.strip()))
    return content[: 4 * _LONGEST].decode("utf-8", "replace")


def _described(data: dict[str, Any]) -> tuple[datetime | None, RateLimit | None]:
    """The limit that a body describes, and when it ends; of several the one that ends last."""
    found: list[tuple[datetime | None, RateLimit]] = []
    for item in _list(data.get("errors")):
        meta = _dict(_dict(item).get("meta"))
        limit = _dict(meta.get("rate_limit"))
        if meta:
            found.append(
                (
                    _moment(meta.get("reset_time")),
                    RateLimit(
                        _word(limit.get("name") or limit.get("group")),
                        _word(limit.get("bucket")),
                        _whole(limit.get("max_nr_of_requests")),
                        _word(limit.get("time_window")),
                        _whole(meta.get("remaining_requests")),
                    ),
                )
            )
    return max(found, key=lambda pair: pair[0] or _LONG_AGO, default=(None, None))


def _moment(value: Any) -> datetime | None:
    try:
        return read_timestamp(value)
    except (ValueError, OverflowError, AttributeError, TypeError):
        return None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _whole(value: Any) -> int | None:
    return value if value.__class__ is int else None


def parsedate(text: str | None) -> datetime | None:
    """Read a date as HTTP writes it; None for anything else."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _retry_after(header: str, now: datetime | None) -> float | None:
    """Seconds to wait, as a header says: a number, or a date. Anything else says nothing."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        return min(float(header[:9]), _LONGEST_SECONDS)
    moment = parsedate(header)
    return max(0.0, (moment - now).total_seconds()) if moment is not None and now is not None else None


def retry_after_of(reply: Reply, *, now: datetime) -> float | None:
    """Seconds to wait, where a reply that is no 429 says so."""
    header = reply.headers.get("retry-after", "")
    return _retry_after(header, parsedate(reply.headers.get("date")) or now) if header else None


_NOTHING_SENT = frozenset(
    {
        "ConnectError",
        "ConnectTimeout",
        "PoolTimeout",
        "ProxyError",
        "UnsupportedProtocol",
        "ClientConnectorError",
        "ClientConnectorDNSError",
        "ClientConnectorCertificateError",
        "ClientConnectorSSLError",
        "ClientProxyConnectionError",
        "ConnectionTimeoutError",
    }
)


def no_reply(error: Exception, call: Call) -> SoundCloudError:
    """Make the error for a request that came to no reply.

    Args:
        error: What the HTTP library raised; its class is known by its name, which they agree on.
        call: The request.

    Returns:
        The error to raise.
    """
    kind = type(error).__name__
    details: dict[str, Any] = {"method": call.method, "path": call.path}
    said = redact(" ".join(str(error).split()))[:_LONGEST]
    if kind == "DecodingError":
        return UnexpectedReplyError(f"the reply cannot be decompressed: {said}", **details)
    if kind in {"InvalidURL", "UnicodeEncodeError"} or (kind == "LocalProtocolError" and not call.files):
        return InvalidInputError(f"this cannot be sent: {said}", **details)
    details["sent"] = kind not in _NOTHING_SENT
    if kind == "PoolTimeout":
        what = "no connection was free in time"
        hint = "make fewer calls at once, or give the client more connections: limits=Limits(max_connections=...)"
        return RequestTimeoutError(what, hint=hint, **details)
    if isinstance(error, TimeoutError) or "Timeout" in kind:
        return RequestTimeoutError(f"no reply in time ({kind})", **details)
    return ConnectionFailedError(f"no reply ({kind})" + (f": {said}" if said else ""), **details)
