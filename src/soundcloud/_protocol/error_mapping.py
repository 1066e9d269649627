"""Maps error responses to exceptions."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any, cast

from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.masking import Masker, mask_issued_tokens, masker_for
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
from soundcloud_api.imports import lazy_module
from soundcloud_api.types import read_json, read_timestamp, redact

if TYPE_CHECKING:
    import html
    from email import utils
else:
    html, utils = lazy_module("html"), lazy_module("email.utils")

_CLASSES: Mapping[int, type[StatusError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}
_UNDO_HINTS: Mapping[str, str] = {
    "likes": "the user does not like it, or it was deleted: there is nothing to undo",
    "reposts": "the user has not reposted it, or it was deleted: there is nothing to undo",
    "me": "the user does not follow this account, or it was deleted: there is nothing to undo",
}
"""What a 404 means for undoing a like, a repost or a follow."""
_REQUEST_IDS = ("x-request-id", "x-amz-cf-id", "x-tyk-trace-id")
_HTML_NOTES = re.compile(rb"<(title|h1|h2)\b[^>]*>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_PAGE_ID = re.compile(rb"Request ID:\s*([A-Za-z0-9_=-]{8,120})")
TRANSIENT_403 = "access to this api has been disallowed"
"""The message of the gateway's transient 403, which says nothing about the resource."""
_PAGE = "an HTML page instead of data"
_MAX_MESSAGE = 300
_MAX_SECONDS = 999_999_999.0
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def error_from_response(
    response: Response, *, now: datetime | None = None, request: Request | None = None, token: str | None = None
) -> SoundCloudError:
    """Return the error that a response with an error status means; the meaning of a 403 depends on the request.

    `now` converts a reset time into seconds; the `Date` header of the response takes precedence.
    The secrets of the request and the access token are masked where the response repeats them.
    """
    mask = masker_for(request, token)
    details = _details(response, mask)
    if request is not None:
        details |= {"method": request.method, "path": request.path}
    data, message = details.pop("data"), details["message"].lower()
    # Servers other than the API answer 404 with plain text as a matter of course.
    elsewhere = request is not None and request.origin is not None
    disallowed = response.status == 403 and TRANSIENT_403 in message
    if disallowed or (_is_from_edge(response) and not (elsewhere and response.status == 404)):
        cls = GatewayError if response.status >= 500 else EdgeError
        ids = {name: response.headers[name] for name in _REQUEST_IDS if name in response.headers}
        return cls(request_ids=mask.value(ids | _page_ids(response)), **details)
    if response.status == 429 or (response.status == 403 and "quota" in message):
        return _limit_error(response, data, details, now)
    if response.status == 403 and "subscription is required" in message:
        return SubscriptionRequiredError(**details)
    if response.status == 403 and (
        (request is not None and _is_stream_request(request)) or "not compatible on your current device" in message
    ):
        return NotPlayableError(**details)
    if response.status == 404 and request is not None and request.method == "DELETE":
        details["hint"] = _UNDO_HINTS.get(request.path.split("/")[1])
    return (_CLASSES.get(response.status) or (ServerError if response.status >= 500 else StatusError))(**details)


def _is_stream_request(request: Request) -> bool:
    """Return whether a request asks for a stream URL; after a redirect within the API only the template shows it."""
    paths = f"{request.path} {request.template}"
    return request.origin is None and ("/streams" in paths or "/preview" in paths)


def _is_from_edge(response: Response) -> bool:
    """Return whether a proxy in front of the API answered: with HTML, or with plain text where the API sends JSON or nothing."""
    content = response.content.strip()
    if response.status in {401, 405, 429}:
        return False
    if content[:1] == b"<":
        return True
    # An empty body passes as JSON here: b"" is in every bytes object.
    return (response.status in {403, 404} or response.status >= 500) and content[:1] not in b'{["'


def _page_ids(response: Response) -> dict[str, str]:
    """Return the request id that an HTML page of the edge shows."""
    found = _PAGE_ID.search(response.content[:20_000])
    return {"page": found[1].decode("ascii")} if found else {}


def _limit_error(
    response: Response, data: dict[str, Any], details: dict[str, Any], now: datetime | None
) -> RateLimitError:
    """Return the error of a rate limit, a quota or a spam warning."""
    sent_at = parsedate(response.headers.get("date")) or now
    resets_at, quota = _rate_limit_of(data)
    retry_after = _retry_after(response.headers.get("retry-after", ""), sent_at)
    if retry_after is None and resets_at is not None and sent_at is not None:
        retry_after = max(0.0, (resets_at - sent_at).total_seconds())
    elif resets_at is None and retry_after is not None and sent_at is not None and retry_after < _MAX_SECONDS:
        resets_at = sent_at + timedelta(seconds=retry_after)
    warning = data.get("spam_warning_urn")
    if isinstance(warning, str) and warning:
        return SpamWarningError(spam_warning_urn=warning, retry_after=retry_after, quota=quota, **details)
    cls = QuotaExceededError if quota is not None or response.status == 403 else RateLimitError
    if cls is QuotaExceededError and resets_at is not None:
        details["hint"] = f"{cls.default_hint}; it resets at {resets_at:%Y-%m-%d %H:%M %Z}"
    elif retry_after:
        details["hint"] = f"wait {ceil(retry_after)} s before the next request"
    return cls(retry_after=retry_after, resets_at=resets_at, quota=quota, **details)


def unexpected_response_error(response: Response, what: str) -> UnexpectedResponseError:
    """Return the error for a response that should have been a success; the message of its body is added."""
    details = _details(response, Masker())
    message = details.pop("message")
    details.pop("data")
    plain = f"HTTP {response.status}"
    if message == plain or not message:
        return UnexpectedResponseError(what, **details)
    return UnexpectedResponseError(
        f"{what}: {message.removeprefix(plain + ': ').removeprefix(f'{_PAGE}: ')}", **details
    )


def _details(response: Response, mask: Masker) -> dict[str, Any]:
    content = response.content.strip()
    try:
        data = read_json(content) if content else None
    except ValueError:
        data = None
    fields = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    errors = tuple(filter(None, map(_item_message, _as_list(fields.get("errors")))))
    word = next(
        (value for name in ("error_code", "error") if isinstance(value := fields.get(name), str) and value), None
    )
    number = fields.get("code")
    message = next(
        (
            value
            for value in (fields.get("message"), fields.get("error_description"), *errors, word, fields.get("status"))
            if isinstance(value, str) and value.strip()
        ),
        None,
    )
    if message is None and not fields:
        message = _text(mask.content(content))
    plain = f"HTTP {response.status}"
    # `status` repeats the number: "404 - Not Found".
    short = " ".join(message.split()).removeprefix(f"{response.status} - ") if message else ""
    short = mask_issued_tokens(redact(mask.text(short)))[:_MAX_MESSAGE]
    return {
        "message": f"{plain}: {short}" if short else plain,
        "status": response.status,
        "code": mask.value(word) or (number if isinstance(number, int) else None),
        "errors": mask.value(errors),
        "link": mask.text(fields["link"]) if isinstance(fields.get("link"), str) else None,
        "request_id": mask.value(request_id_from(response)),
        "body": mask.content(response.content),
        "data": fields,
    }


def request_id_from(response: Response) -> str | None:
    """Return the request id of the server, its edge or its gateway."""
    return next((response.headers[name] for name in _REQUEST_IDS if name in response.headers), None)


def _as_list(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _item_message(item: Any) -> str | None:
    """Return the message of an entry of `errors`: an object since July 2026, a string before."""
    if isinstance(item, str):
        return item
    if isinstance(item, dict):
        fields = cast("dict[str, Any]", item)
        for name in ("error_message", "message", "code"):
            if isinstance(fields.get(name), str) and fields[name]:
                return cast("str", fields[name])
        limit = _as_dict(_as_dict(fields.get("meta")).get("rate_limit"))
        if limit:
            which = limit.get("name") or limit.get("group") or limit.get("bucket")
            return f"rate limit {which}: {limit.get('max_nr_of_requests')} requests in {limit.get('time_window')}"
    return None


def _as_dict(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text(content: bytes) -> str:
    """Return the message of a body that is not JSON: the headings of an HTML page, or the text itself."""
    if content[:1] == b"<":
        notes = [
            _TAGS.sub("", html.unescape(found[1].decode("utf-8", "replace")))
            for found in _HTML_NOTES.findall(content[:20_000])
        ]
        return f"{_PAGE}: " + ", ".join(dict.fromkeys(" ".join(note.split()) for note in notes if note.strip()))
    return content[: 4 * _MAX_MESSAGE].decode("utf-8", "replace")


def _rate_limit_of(data: dict[str, Any]) -> tuple[datetime | None, RateLimit | None]:
    """Return when the limit in a body resets, and the limit; of several limits the one that resets last."""
    found: list[tuple[datetime | None, RateLimit]] = []
    for item in _as_list(data.get("errors")):
        meta = _as_dict(_as_dict(item).get("meta"))
        limit = _as_dict(meta.get("rate_limit"))
        if meta:
            resets_at = _as_datetime(meta.get("reset_time"))
            found.append(
                (
                    resets_at,
                    RateLimit(
                        _as_string(limit.get("name") or limit.get("group")),
                        _as_string(limit.get("bucket")),
                        _as_int(limit.get("max_nr_of_requests")),
                        _as_string(limit.get("time_window")),
                        _as_int(meta.get("remaining_requests")),
                        resets_at,
                    ),
                )
            )
    return max(found, key=lambda pair: pair[0] or _LONG_AGO, default=(None, None))


def _as_datetime(value: Any) -> datetime | None:
    try:
        return read_timestamp(value)
    except (ValueError, OverflowError, AttributeError, TypeError):
        return None


def _as_string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _as_int(value: Any) -> int | None:
    return value if value.__class__ is int else None


def parsedate(text: str | None) -> datetime | None:
    """Parse an HTTP date; return None for anything else."""
    try:
        moment = utils.parsedate_to_datetime(text or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _retry_after(header: str, now: datetime | None) -> float | None:
    """Parse a Retry-After header, a number or a date, into seconds."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        return min(float(header[:9]), _MAX_SECONDS)
    moment = parsedate(header)
    return max(0.0, (moment - now).total_seconds()) if moment is not None and now is not None else None


def retry_after_from(response: Response, *, now: datetime) -> float | None:
    """Return the seconds to wait that a response other than a 429 names, or None."""
    header = response.headers.get("retry-after", "")
    return _retry_after(header, parsedate(response.headers.get("date")) or now) if header else None
