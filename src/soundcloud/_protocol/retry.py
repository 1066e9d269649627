"""Whether a call that failed is tried again, and after which wait: decided purely, from what is known of the try.

| what happened | reading calls | calls that change something | uploads |
| --- | --- | --- | --- |
| nothing was sent: refused, no route, no free connection | again | again | never |
| the connection broke, or no reply in time | again | with `Retry(writes=True)` | never |
| the reply cannot be decompressed | again | with `Retry(writes=True)` | never |
| 5xx but 501 and 505, plain-text 404, the gateway's passing 403 | again | with `Retry(writes=True)` | never |
| 429 | again | again | never |
| 429 that warns of spam, any other status | never | never | never |
"""

import attrs

from soundcloud.errors import (
    ConnectionFailedError,
    EdgeError,
    ForbiddenError,
    RateLimitError,
    RequestTimeoutError,
    ResponseTooLargeError,
    SoundCloudError,
    SpamWarningError,
    UnexpectedResponseError,
)
from soundcloud.options import Retry

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FINAL_STATUSES = frozenset({501, 505})
_PASSING_403 = "access to this api has been disallowed"


@attrs.frozen
class Outcome:
    """A try that failed.

    Args:
        error: What would be raised.
        method: The HTTP method.
        upload: Whether the call carries a file.
        said: Seconds to wait, as the reply says; None when it does not.
        draw: A number from 0 to 1, by chance.
    """

    error: SoundCloudError
    method: str
    upload: bool = False
    said: float | None = None
    draw: float = 1.0


@attrs.frozen
class Decision:
    """What to do after a try that failed.

    Args:
        wait: Seconds to wait before the next one; None to stop.
        reason: Why, in a few words.
    """

    wait: float | None
    reason: str


def decide(policy: Retry, attempt: int, outcome: Outcome, elapsed: float) -> Decision:
    """Decide whether there is a next try.

    Args:
        policy: The settings.
        attempt: How many tries there were, from 1.
        outcome: What the last one came to.
        elapsed: Seconds since the first began.

    Returns:
        The wait before the next try, or none.
    """
    reason = _reason(outcome.error)
    if outcome.upload:
        return Decision(None, "an upload is never repeated")
    if not _may_pass(outcome.error, safe=policy.writes or outcome.method in SAFE_METHODS):
        return Decision(None, reason)
    if attempt > policy.max_retries:
        return Decision(None, f"{reason}, {attempt} tries")
    wait = outcome.said or outcome.draw * min(policy.max_delay, policy.base_delay * 2.0 ** min(attempt - 1, 60))
    if wait > policy.max_delay:
        return Decision(None, f"{reason}, and the wait of {wait:.0f} s is more than {policy.max_delay:g} s")
    if elapsed + wait > policy.max_elapsed:
        return Decision(None, f"{reason}, and more than {policy.max_elapsed:g} s would go by")
    return Decision(wait, reason)


def _may_pass(error: SoundCloudError, *, safe: bool) -> bool:
    """Whether the same call may well succeed a moment later, and does no harm."""
    match error:
        case SpamWarningError() | ResponseTooLargeError():
            return False
        case RateLimitError():
            return error.status == 429
        case ConnectionFailedError():
            return safe or not error.sent
        case UnexpectedResponseError():
            return safe
        case EdgeError() if error.status == 404:
            return safe and not error.body.lstrip().startswith(b"<")
        case ForbiddenError():
            return safe and _PASSING_403 in error.message.lower()
        case _:
            return safe and error.is_server_error and error.status not in _FINAL_STATUSES


def _reason(error: SoundCloudError) -> str:
    if error.status is not None:
        return f"HTTP {error.status}"
    return "no reply in time" if isinstance(error, RequestTimeoutError) else error.message
