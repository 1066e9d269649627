"""The retry policy: decides from a failed attempt whether there is another one, and after which wait.

| failure | reading methods | writing methods | uploads |
| --- | --- | --- | --- |
| nothing was sent: the connection was refused, there was no route, or no connection was free | retry | retry | never |
| the connection broke, or no response in time | retry | with `Retry(writes=True)` | never |
| the response cannot be decompressed | retry | with `Retry(writes=True)` | never |
| 408, and 5xx except 501 and 505 | retry | with `Retry(writes=True)` | never |
| `EdgeError`: a 404 in plain text, or a 403 "access to this API has been disallowed" | retry | with `Retry(writes=True)` | never |
| 429 | retry | retry | never |
| 429 with a spam warning | never | never | never |
| any other status | never | never | never |
"""

import attrs

from soundcloud._protocol.error_mapping import TRANSIENT_403
from soundcloud.errors import (
    ConnectionFailedError,
    EdgeError,
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


@attrs.define
class RateLimitPause:
    """The pause of a client after a 429, shared by all its calls.

    Attributes:
        until: The time of the monotonic clock when it ends.
    """

    until: float = 0.0

    def extend(self, until: float) -> None:
        """Make the pause last until a time at least."""
        self.until = max(self.until, until)

    def end(self, until: float) -> None:
        """End the pause, unless another call has extended it beyond a time."""
        if self.until <= until:
            self.until = 0.0

    def seconds(self, policy: Retry, *, now: float, elapsed: float, remaining: float | None) -> float:
        """Return the seconds that a call waits before its next attempt; 0 if the wait would exceed its limits.

        Args:
            policy: The settings; without retries there is no wait either.
            now: The time of the monotonic clock.
            elapsed: Seconds since the call began.
            remaining: Seconds until the deadline of the call, or None.
        """
        wait = self.until - now
        if wait <= 0 or policy.max_retries < 1 or wait > policy.max_delay or elapsed + wait > policy.max_elapsed:
            return 0.0
        return 0.0 if remaining is not None and wait >= remaining else wait


@attrs.frozen
class FailedAttempt:
    """A failed attempt.

    Args:
        error: The error that would be raised.
        upload: Whether the request carries a file.
        retry_after: Seconds to wait that the response names, or None.
        jitter: A random number from 0 to 1.
    """

    error: SoundCloudError
    method: str
    upload: bool = False
    retry_after: float | None = None
    jitter: float = 1.0


@attrs.frozen
class Decision:
    """Seconds to wait before the next attempt, None to stop, and the reason in a few words."""

    wait: float | None
    reason: str


def decide(policy: Retry, attempt: int, failed: FailedAttempt, elapsed: float) -> Decision:
    """Decide whether there is another attempt after `attempt` of them, in `elapsed` seconds."""
    reason = _reason(failed.error)
    if failed.upload:
        return Decision(None, "an upload is never repeated")
    if not _is_transient(failed.error, safe=policy.writes or failed.method in SAFE_METHODS):
        return Decision(None, reason)
    if attempt > policy.max_retries:
        return Decision(None, f"{reason}, {attempt} attempts")
    backoff = min(policy.max_delay, policy.base_delay * 2.0 ** min(attempt - 1, 60))
    wait = failed.retry_after or failed.jitter * backoff
    if wait > policy.max_delay:
        return Decision(None, f"{reason}, and the wait of {wait:.0f} s is longer than max_delay={policy.max_delay:g}")
    if elapsed + wait > policy.max_elapsed:
        return Decision(None, f"{reason}, and the wait would exceed max_elapsed={policy.max_elapsed:g}")
    return Decision(wait, reason)


def _is_transient(error: SoundCloudError, *, safe: bool) -> bool:
    """Return whether the failure may be transient, and a retry is safe."""
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
        case EdgeError() if error.status == 403:
            return safe and TRANSIENT_403 in error.message.lower()
        case _:
            # A server that closes an idle connection may send a 408 just when the request is sent (RFC 9110, section 15.5.9).
            return safe and (error.status == 408 or (error.is_server_error and error.status not in _FINAL_STATUSES))


def _reason(error: SoundCloudError) -> str:
    if error.status is not None:
        return f"HTTP {error.status}"
    return "no response in time" if isinstance(error, RequestTimeoutError) else error.message
