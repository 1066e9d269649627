"""Staying signed in, decided purely: use the token, renew it, or give up.

The order of a renewal is: take the store's lock, read the store again, renew, write the new pair, let go. Whoever comes second
finds the new pair in the store and uses it. A refresh token is therefore sent once.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import attrs

from soundcloud._protocol.http.messages import Request, Response
from soundcloud.errors import InvalidClientError, InvalidGrantError, RateLimitError, SoundCloudError, UnauthorizedError
from soundcloud.tokens import Token

HOUR, HALF_DAY = timedelta(hours=1), timedelta(hours=12)
# SoundCloud's quotas for app tokens: 30 an hour for an address, 50 in 12 hours for an app.
QUOTAS = ((HOUR, 30), (HALF_DAY, 50))
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
UNKNOWN = "-"  # stands for the access token that a refresh token will get
LOCK_POLL_SECONDS = 0.01
LOCK_WAIT_SECONDS = 90.0

Step = Literal["use", "renew", "sign in"]


@attrs.frozen
class TokenSources:
    """What a client has to get a token with.

    Args:
        credentials: Whether it has the app's id and secret.
        callback: Whether the program gets new tokens itself (`on_token_refresh`).
    """

    credentials: bool
    callback: bool


def next_step(token: Token | None, means: TokenSources, *, now: datetime, leeway: timedelta) -> Step:
    """Decide what to do before a call.

    Args:
        token: The token at hand.
        means: What a new one could be got with.
        now: The time.
        leeway: How long before its expiry a token counts as expired.

    Returns:
        `use` it, `renew` it (or get a first one), or `sign in`: nothing can be done here.
    """
    if token is None:
        return "renew" if means.credentials or means.callback else "sign in"
    if token.expires_within(leeway, now=now) and can_renew(token, means):
        return "renew"
    return "use"


def can_renew(token: Token, means: TokenSources) -> bool:
    """Whether a new token could be got in the place of one."""
    if means.callback:
        return True
    if token.grant == "app":
        return means.credentials
    return token.refresh_token is not None and means.credentials


def is_newer(stored: Token | None, spent: Token | None, *, now: datetime, leeway: timedelta) -> bool:
    """Whether the store holds a token that somebody else renewed meanwhile."""
    if stored is None or stored.expires_within(leeway, now=now):
        return False
    return spent is None or stored.access_token != spent.access_token


def needs_user_token(request: Request) -> bool:
    """Whether a call needs a token that a person signed in for: /me, and everything that changes something."""
    return (
        request.path == "/me"
        or request.path.startswith("/me/")
        or (request.method not in {"GET", "HEAD"} and request.path != "/sign-out")
    )


def recent_app_tokens(token: Token | None, *, now: datetime) -> tuple[datetime, ...]:
    """The mints that still count; a clock that was set back does not make them count for longer."""
    return tuple(moment for moment in (token.app_token_requests if token else ()) if abs(now - moment) < HALF_DAY)


def check_quota(mints: tuple[datetime, ...], *, now: datetime) -> None:
    """Raise when one app token more would be one too many.

    Raises:
        RateLimitError: With the seconds to wait; nothing was sent.
    """
    for window, most in QUOTAS:
        within = sorted(moment for moment in mints if abs(now - moment) < window)
        if len(within) >= most:
            wait = max(0.0, (within[0] + window - now).total_seconds())
            raise RateLimitError(
                f"{len(within)} app tokens were minted in the last {window.total_seconds() / 3600:.0f} h, "
                f"and SoundCloud allows {most}",
                retry_after=wait,
                hint=f"the next one can be had in {wait / 60:.0f} minutes; share app tokens through a token store",
            )


def refresh_backoff(failures: int) -> float:
    """Seconds in which a renewal that failed is not tried again: 2, doubled each time, 60 at most."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 10))


def grant_error(
    error: SoundCloudError, request: Request, response: Response, redirect_uri: str | None
) -> SoundCloudError:
    """Say what the token endpoint means, and what to do.

    Args:
        error: The error that the reply makes.
        request: The request.
        response: The reply.
        redirect_uri: The redirect URI that was sent, if one was.

    Returns:
        The error to raise.
    """
    details: dict[str, Any] = {
        name: getattr(error, name) for name in ("status", "code", "errors", "link", "request_id", "body")
    }
    details |= {"method": request.method, "path": request.path}
    if error.code == "invalid_client":
        where = "in the Authorization header" if "Authorization" in request.headers else "in the body"
        message = (
            f"{error.message}: SoundCloud does not know this app, or the secret is another; both were sent {where}"
        )
        return InvalidClientError(message, **details)
    if error.code == "invalid_grant":
        what = "the refresh token was used before, or the session was ended"
        if redirect_uri is not None:
            what = (
                "the code was used before or is old, or it belongs to another verifier, or to another redirect URI than "
                f"{redirect_uri}"
            )
        return InvalidGrantError(f"{error.message}: {what}", **details)
    if response.status == 403 and error.code is None:
        error.hint = (
            "the edge blocked the request, which happens to data centres; the tokens are untouched, try again later"
        )
    error.method, error.path = request.method, request.path
    return error


def rejected_again(error: SoundCloudError) -> SoundCloudError:
    """Say what a 401 right after a good renewal means."""
    if isinstance(error, UnauthorizedError):
        error.hint = (
            "a new token was refused as well: the app may have been revoked, removed, or lost its plan; "
            "look at soundcloud.com/you/apps"
        )
    return error


def user_token_required(error: SoundCloudError) -> SoundCloudError:
    """Say what a 401 for an app's token means, where a person's is needed."""
    error.hint = (
        "this call needs a token that a person signed in for; the app's own token was sent. Sign in: auth.login()"
    )
    return error
