"""From a reply that is an error to the exception that says so."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any, cast

from soundcloud._protocol.http.messages import Request, Response
from soundcloud.errors import (
    BadRequestError,
    EdgeError,
    ForbiddenError,
    GatewayError,
    NotFoundError,
    NotPlayableError,
    QuotaExceededError,
    RateLimit,
    RateLimitError,
    ServerError,
    SoundCloudError,
    SpamWarningError,
    StatusError,
    SubscriptionRequiredError,
    UnauthorizedError,
    UnexpectedResponseError,
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


def error_from_response(
    response: Response, *, now: datetime | None = None, request: Request | None = None
) -> SoundCloudError:
    """Make the error that a reply with an error status means.

    Args:
        response: The reply; its body may be an error object, another object, text, HTML or nothing.
        now: The time, for a waiting time that the reply gives as a moment; the reply's own `Date` goes before it.
        request: The request: what it asked for tells what a 403 means.

    Returns:
        The error.
    """
    details = _details(response)
    if request is not None:
        details |= {"method": request.method, "path": request.path}
    data, said = details.pop("data"), details["message"].lower()
    # Elsewhere than at the API, a text is the usual way to say that there is no such thing.
    elsewhere = request is not None and request.origin is not None
    if _is_of_edge(response) and not (elsewhere and response.status == 404):
        cls = GatewayError if response.status >= 500 else EdgeError
        ids = {name: response.headers[name] for name in _REQUEST_IDS if name in response.headers}
        return cls(request_ids=ids | _page_ids(response), **details)
    if response.status == 429 or (response.status == 403 and "quota" in said):
        return _limit_error(response, data, details, now)
    if response.status == 403 and "subscription is required" in said:
        return SubscriptionRequiredError(**details)
    if response.status == 403 and (
        (request is not None and _asks_for_sound(request)) or "not compatible on your current device" in said
    ):
        return NotPlayableError(**details)
    if response.status == 404 and request is not None and request.method == "DELETE":
        details["hint"] = _TAKEN_BACK.get(request.path.split("/")[1])
    return (_CLASSES.get(response.status) or (ServerError if response.status >= 500 else StatusError))(**details)


def _asks_for_sound(request: Request) -> bool:
    """Whether a call asks where a track can be heard; its template says so when the API sends it from path to path."""
    asked = f"{request.path} {request.template}"
    return request.origin is None and ("/streams" in asked or "/preview" in asked)


def _is_of_edge(response: Response) -> bool:
    """Whether something before the API answered: with a page, or with plain text where the API sends JSON or nothing."""
    content = response.content.strip()
    if not content or response.status in {401, 405, 429}:
        return False
    if content[:1] == b"<":
        return True
    return (response.status in {403, 404} or response.status >= 500) and content[:1] not in b'{["'


def _page_ids(response: Response) -> dict[str, str]:
    """The id that a page of the edge shows."""
    found = _PAGE_ID.search(response.content[:20_000])
    return {"page": found[1].decode("ascii")} if found else {}


def _limit_error(
    response: Response, data: dict[str, Any], details: dict[str, Any], now: datetime | None
) -> RateLimitError:
    """The error of a limit: how long to wait, which limit, and whether it is a warning instead."""
    said = parsedate(response.headers.get("date")) or now
    resets_at, quota = _described(data)
    retry_after = _retry_after(response.headers.get("retry-after", ""), said)
    if retry_after is None and resets_at is not None and said is not None:
        retry_after = max(0.0, (resets_at - said).total_seconds())
    elif resets_at is None and retry_after is not None and said is not None and retry_after < _LONGEST_SECONDS:
        resets_at = said + timedelta(seconds=retry_after)
    warning = data.get("spam_warning_urn")
    if isinstance(warning, str) and warning:
        return SpamWarningError(spam_warning_urn=warning, retry_after=retry_after, quota=quota, **details)
    cls = QuotaExceededError if quota is not None or response.status == 403 else RateLimitError
    if cls is QuotaExceededError and resets_at is not None:
        details["hint"] = f"{cls.default_hint}; it ends at {resets_at:%Y-%m-%d %H:%M %Z}"
    elif retry_after:
        details["hint"] = f"wait {ceil(retry_after)} s before the next call"
    return cls(retry_after=retry_after, resets_at=resets_at, quota=quota, **details)


def unexpected_response_error(response: Response, what: str) -> UnexpectedResponseError:
    """Make the error for a reply that should have been a success.

    Args:
        response: The reply.
        what: What is wrong with it.

    Returns:
        The error, with what the body says added.
    """
    details = _details(response)
    said = details.pop("message")
    details.pop("data")
    plain = f"HTTP {response.status}"
    if said == plain or not said:
        return UnexpectedResponseError(what, **details)
    return UnexpectedResponseError(f"{what}: {said.removeprefix(plain + ': ').removeprefix(f'{_PAGE}: ')}", **details)


def _details(response: Response) -> dict[str, Any]:
    content = response.content.strip()
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
    plain = f"HTTP {response.status}"
    # `status` repeats the number: "404 - Not Found".
    short = redact(" ".join(said.split()).removeprefix(f"{response.status} - "))[:_LONGEST] if said else ""
    return {
        "message": f"{plain}: {short}" if short else plain,
        "status": response.status,
        "code": word or (number if isinstance(number, int) else None),
        "errors": errors,
        "link": fields.get("link") if isinstance(fields.get("link"), str) else None,
        "request_id": request_id_from(response),
        "body": response.content,
        "data": fields,
    }


def request_id_from(response: Response) -> str | None:
    """The id that the server, its edge or its gateway gave a request."""
    return next((response.headers[name] for name in _REQUEST_IDS if name in response.headers), None)


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


def retry_after_from(response: Response, *, now: datetime) -> float | None:
    """Seconds to wait, where a reply that is no 429 says so."""
    header = response.headers.get("retry-after", "")
    return _retry_after(header, parsedate(response.headers.get("date")) or now) if header else None
