"""Decides when to use a token, when to renew it and when a user has to sign in.

A renewal acquires the store's lock, reads the store again, requests a new token, stores it and releases the lock. A second client
finds the new token in the store, so that a refresh token is sent only once.
"""

from datetime import datetime, timedelta
from typing import Any, Literal, TypeGuard

import attrs

from soundcloud._protocol.http.messages import Request, Response
from soundcloud.errors import (
    InvalidClientError,
    InvalidGrantError,
    QuotaExceededError,
    RateLimitError,
    SoundCloudError,
    UnauthorizedError,
)
from soundcloud.tokens import Token

HOUR, HALF_DAY = timedelta(hours=1), timedelta(hours=12)
# SoundCloud's quotas of app tokens: 30 per hour and IP address, 50 per 12 hours and app.
QUOTAS = ((HOUR, 30), (HALF_DAY, 50))
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
UNKNOWN = "-"  # a placeholder until the first refresh
LOCK_POLL_SECONDS = 0.01
LOCK_WAIT_SECONDS = 90.0

Step = Literal["use", "renew", "sign in"]


@attrs.frozen
class TokenSources:
    """The ways to obtain a token: a client id with its secret, and a function `on_token_refresh`."""

    credentials: bool
    callback: bool


def next_step(token: Token | None, means: TokenSources, *, now: datetime, leeway: timedelta) -> Step:
    """Decide whether to `use` or `renew` the token before a request (or request the first one), or to `sign in`, as a user must."""
    if token is None:
        return "renew" if means.credentials or means.callback else "sign in"
    if token.expires_within(leeway, now=now) and can_renew(token, means):
        return "renew"
    return "use"


def can_renew(token: Token, means: TokenSources) -> bool:
    """Return whether a token can be renewed."""
    if means.callback:
        return True
    if token.grant == "app":
        return means.credentials
    return token.refresh_token is not None and means.credentials


def is_newer(stored: Token | None, old_token: Token | None, *, now: datetime, leeway: timedelta) -> TypeGuard[Token]:
    """Return whether the store has a valid token other than the old one."""
    if stored is None or stored.expires_within(leeway, now=now):
        return False
    return old_token is None or stored.access_token != old_token.access_token


def needs_user_token(request: Request) -> bool:
    """Return whether a request needs a user token: requests to /me, and all writes."""
    return (
        request.path == "/me"
        or request.path.startswith("/me/")
        or (request.method not in {"GET", "HEAD"} and request.path != "/sign-out")
    )


def recent_app_tokens(token: Token | None, *, now: datetime) -> tuple[datetime, ...]:
    """Return the times of the app token requests in the last 12 hours, also if the clock was set back."""
    return tuple(moment for moment in (token.app_token_requests if token else ()) if abs(now - moment) < HALF_DAY)


def check_quota(requested_at: tuple[datetime, ...], *, now: datetime) -> None:
    """Raise RateLimitError if another app token would exceed a quota; `retry_after` has the seconds to wait."""
    for window, most in QUOTAS:
        within = sorted(moment for moment in requested_at if abs(now - moment) < window)
        if len(within) >= most:
            wait = max(0.0, (within[0] + window - now).total_seconds())
            raise RateLimitError(
                f"{len(within)} app tokens were requested in the last {window.total_seconds() / 3600:.0f} h, "
                f"and SoundCloud allows {most}",
                retry_after=wait,
                hint=f"the next one is available in {wait / 60:.0f} min; share app tokens through a token store",
            )


def refresh_backoff(failures: int) -> float:
    """Return the seconds to wait after failed renewals: 2, doubled for each failure, at most 60."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 10))


def grant_error(
    error: SoundCloudError, request: Request, response: Response, redirect_uri: str | None
) -> SoundCloudError:
    """Return the error for a response of the token endpoint, from the error for its status."""
    details: dict[str, Any] = {
        name: getattr(error, name) for name in ("status", "code", "errors", "link", "request_id", "body")
    }
    details |= {"method": request.method, "path": request.path}
    if error.code == "invalid_client":
        where = "in the Authorization header" if "Authorization" in request.headers else "in the body"
        message = f"{error.message}: the client id or the client secret is wrong; both were sent {where}"
        return InvalidClientError(message, **details)
    if error.code == "invalid_grant":
        what = "the refresh token was used before, or the session has ended"
        if redirect_uri is not None:
            what = (
                "the code was used before or has expired, or it belongs to another verifier or another redirect URI than "
                f"{redirect_uri}"
            )
        return InvalidGrantError(f"{error.message}: {what}", **details)
    if type(error) is RateLimitError and error.code == "rate_limit_exceeded":
        # The quota of app tokens, which is counted over hours.
        limits: dict[str, Any] = {"retry_after": error.retry_after, "resets_at": error.resets_at, "quota": error.quota}
        return QuotaExceededError(error.message, **limits, **details)
    if response.status == 403 and error.code is None:
        error.hint = (
            "the CDN blocked the request, as it sometimes does for data centers; the tokens still work: try again later"
        )
    error.method, error.path = request.method, request.path
    return error


def rejected_again(error: SoundCloudError) -> SoundCloudError:
    """Set the hint for a 401 that follows a successful renewal."""
    if isinstance(error, UnauthorizedError):
        error.hint = (
            "SoundCloud also rejected the new token: the app may have been removed or blocked; "
            "check soundcloud.com/you/apps"
        )
    return error


def not_repeatable(error: SoundCloudError) -> SoundCloudError:
    """Set the hint for a 401 after which the token was renewed, but the body could not be sent a second time."""
    error.hint = (
        "the token was renewed: call the method again, with a new iterator or pipe; "
        "only a path, bytes and a file that can be rewound are sent a second time automatically"
    )
    return error


def user_token_required(error: SoundCloudError) -> SoundCloudError:
    """Set the hint for a 401 to an app token where a user token is needed."""
    error.hint = "this request needs a user token, but an app token was sent: sign in with auth.login()"
    return error
