"""From a reply that is an error to the exception that says so."""

import html
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from soundcloud._core.request import Reply
from soundcloud.errors import (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    RateLimitError,
    ServerError,
    SoundCloudError,
    StatusError,
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
_REQUEST_IDS = ("x-request-id", "x-amz-cf-id", "x-tyk-trace-id")
_HTML_NOTES = re.compile(rb"<(title|h1|h2)\b[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_LONGEST = 300


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


def error_of(reply: Reply, *, now: datetime | None = None) -> SoundCloudError:
    """Make the error that a reply with an error status means.

    Args:
        reply: The reply; its body may be an error object, another object, text, HTML or nothing.
        now: The time, for a waiting time that the body gives as a moment.

    Returns:
        The error; where the request went is for the caller to add.
    """
    details = _details(reply)
    if reply.status == 429:
        return RateLimitError(retry_after=_retry_after(reply, details.pop("data"), now), **details)
    cls = _CLASSES.get(reply.status) or (ServerError if reply.status >= 500 else StatusError)
    details.pop("data")
    return cls(**details)


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
    return UnexpectedReplyError(
        what if said == plain or not said else f"{what}: {said.removeprefix(plain + ': ')}", **details
    )


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
    short = redact(" ".join(said.split()))[:_LONGEST] if said else ""
    return {
        "message": f"{plain}: {short}" if short else plain,
        "status": reply.status,
        "code": word or (number if isinstance(number, int) else None),
        "errors": errors,
        "link": fields.get("link") if isinstance(fields.get("link"), str) else None,
        "request_id": next((reply.headers[name] for name in _REQUEST_IDS if name in reply.headers), None),
        "body": reply.content,
        "data": fields,
    }


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
        return "a page for a browser instead of data: " + ", ".join(
            dict.fromkeys(" ".join(note.split()) for note in notes if note.strip())
        )
    return content[: 4 * _LONGEST].decode("utf-8", "replace")


def _retry_after(reply: Reply, data: dict[str, Any], now: datetime | None) -> float | None:
    """Seconds to wait: the header's number, else the body's reset time."""
    header = reply.headers.get("retry-after", "").strip()
    if header.isascii() and header.isdigit():
        return float(header[:9])
    for item in _list(data.get("errors")):
        reset = _dict(_dict(item).get("meta")).get("reset_time")
        if isinstance(reset, str) and now is not None:
            try:
                return max(0.0, (read_timestamp(reset) - now).total_seconds())
            except (ValueError, OverflowError):
                continue
    return None
