"""The status, headers, request id and rate limit of a response."""

from collections.abc import Mapping

import attrs

from soundcloud.errors import RateLimit

__all__ = ["ResponseInfo"]


@attrs.frozen
class ResponseInfo:
    """The status, headers, request id and rate limit of a response. `page.response` and `client.capture_responses()` return it.

    Attributes:
        method: The HTTP method of the request.
        path: The path of the request without its query.
        status: The HTTP status.
        headers: The headers, with names in lower case. `Set-Cookie` is left out, and secrets of share links are hidden.
        request_id: The id that the server or its edge gave the request, or None. Quote it when you report a problem.
        rate_limit: The rate limit that the headers report; None if they report none, as SoundCloud's usually do.
        cached: Whether the response came from the cache; then only some headers were kept.
    """

    method: str
    path: str
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    request_id: str | None
    rate_limit: RateLimit | None
    cached: bool = False
