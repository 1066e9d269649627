"""Describes a response without its body and without secrets."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from soundcloud._protocol.error_mapping import request_id_from
from soundcloud._protocol.http.messages import Request, Response
from soundcloud.errors import RateLimit
from soundcloud_api.imports import lazy_module
from soundcloud_api.types import redact

if TYPE_CHECKING:
    from soundcloud import responses
else:
    responses = lazy_module("soundcloud.responses")

_SECRET_HEADERS = frozenset({"authorization", "set-cookie", "set-cookie2"})
_EPOCH_SECONDS = 1_000_000_000
"""A smaller reset time is not a Unix time."""


def response_info(request: Request, response: Response, *, cached: bool) -> responses.ResponseInfo:
    """Describe the response to a request."""
    headers = {name: redact(value) for name, value in response.headers.items() if name not in _SECRET_HEADERS}
    return responses.ResponseInfo(
        request.method,
        redact(request.path),
        response.status,
        headers,
        request_id_from(response),
        rate_limit_from(headers),
        cached,
    )


def rate_limit_from(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the rate limit that the headers report, or None.

    SoundCloud's gateway sends a limit of -1 with zeros for an endpoint without a limit.
    """
    maximum, remaining, reset = (
        _number(headers.get(f"x-ratelimit-{name}")) for name in ("limit", "remaining", "reset")
    )
    if maximum is None or maximum <= 0:
        return None
    resets_at = None
    if reset is not None and reset >= _EPOCH_SECONDS:
        with suppress(ValueError, OverflowError, OSError):
            resets_at = datetime.fromtimestamp(reset, UTC)
    return RateLimit(maximum=maximum, remaining=remaining, resets_at=resets_at)


def _number(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None
