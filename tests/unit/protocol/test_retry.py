"""Retry decisions: which errors are transient, delays, and settings."""

import itertools
from datetime import UTC, datetime

import pytest

from soundcloud import InvalidInputError, Limits, Retry, SoundCloudClient, Timeout
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.http.messages import Response
from soundcloud._protocol.retry import FailedAttempt, RateLimitPause, decide
from soundcloud.caches import MemoryCache
from soundcloud.errors import (
    ConnectionFailedError,
    RequestTimeoutError,
    ResponseTooLargeError,
    UnexpectedResponseError,
)
from soundcloud.options import as_timeout

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PAGE = b"<html><h1>502 Bad Gateway</h1></html>"


def status_error(status, body=b"", **headers):
    return error_from_response(Response(status, headers, body), now=NOW)


NOT_SENT = ConnectionFailedError("refused", sent=False)
RESET = ConnectionFailedError("reset")
LATE = RequestTimeoutError("late")
CORRUPT = UnexpectedResponseError("cannot be decompressed")
SPAM = status_error(429, b'{"code": 429, "spam_warning_urn": "soundcloud:spam-warnings:1"}')


@pytest.mark.parametrize(
    ("error", "reading", "writing", "writing_allowed"),
    [
        (NOT_SENT, True, True, True),
        (RequestTimeoutError("no connection", sent=False), True, True, True),
        (RESET, True, False, True),
        (LATE, True, False, True),
        (CORRUPT, True, False, True),
        (ResponseTooLargeError("large"), False, False, False),
        (status_error(429), True, True, True),
        (status_error(429, b"Please slow down."), True, True, True),
        (status_error(429, b'{"error": "Rate Limit Exceeded"}'), True, True, True),
        (SPAM, False, False, False),
        (status_error(500), True, False, True),
        (status_error(501), False, False, False),
        (status_error(502, PAGE), True, False, True),
        (status_error(503, b"upstream connect error or disconnect/reset before headers"), True, False, True),
        (status_error(504, b"upstream request timeout"), True, False, True),
        (status_error(505), False, False, False),
        (status_error(404, b"404 page not found"), True, False, True),
        (status_error(404, b'{"code": 404, "message": ""}'), False, False, False),
        (status_error(404, PAGE), False, False, False),
        (status_error(404), False, False, False),
        (status_error(403, b'{"error": "Access to this API has been disallowed"}'), True, False, True),
        (status_error(403, b'{"code": 403, "message": ""}'), False, False, False),
        (status_error(403, b'{"message": "An active Pro Unlimited subscription is required"}'), False, False, False),
        (status_error(403, b'{"error": "quota exceeded"}'), False, False, False),
        (status_error(403, PAGE), False, False, False),
        (status_error(400), False, False, False),
        (status_error(408), True, False, True),
        (status_error(401), False, False, False),
        (status_error(422), False, False, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_which_errors_are_retried(error, reading, writing, writing_allowed):
    def is_retried(policy, method, **more):
        return decide(policy, 1, FailedAttempt(error, method, **more), 0.0).wait is not None

    assert is_retried(Retry(), "GET") is reading
    assert is_retried(Retry(), "HEAD") is reading
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert is_retried(Retry(), method) is writing
        assert is_retried(Retry(writes=True), method) is writing_allowed
        assert not is_retried(Retry(writes=True), method, upload=True)
    assert not is_retried(Retry(max_retries=0), "GET")


def test_exponential_backoff_with_jitter():
    policy = Retry(max_retries=9, base_delay=1, max_delay=10, max_elapsed=1000)

    def wait(attempt, draw):
        return decide(policy, attempt, FailedAttempt(LATE, "GET", jitter=draw), 0.0).wait

    assert [wait(attempt, 1.0) for attempt in range(1, 7)] == [1, 2, 4, 8, 10, 10]
    assert [wait(attempt, 0.25) for attempt in range(1, 4)] == [0.25, 0.5, 1]
    assert wait(1, 0.0) == 0


def test_max_retries():
    waits = [decide(Retry(max_retries=2), attempt, FailedAttempt(LATE, "GET"), 0.0).wait for attempt in (1, 2, 3)]

    assert [wait is not None for wait in waits] == [True, True, False]


def test_retry_after_takes_precedence_up_to_max_delay():
    error = status_error(429)

    assert decide(Retry(), 1, FailedAttempt(error, "GET", retry_after=7.0, jitter=0.1), 0.0).wait == 7
    assert decide(Retry(), 1, FailedAttempt(error, "GET", retry_after=60.0), 0.0).wait == 60
    stopped = decide(Retry(), 1, FailedAttempt(error, "GET", retry_after=3600.0), 0.0)
    assert (stopped.wait, stopped.reason) == (None, "HTTP 429, and the wait of 3600 s is longer than max_delay=60")
    assert decide(Retry(), 1, FailedAttempt(error, "GET", retry_after=0.0, jitter=0.5), 0.0).wait == 0.5


def test_max_elapsed():
    assert decide(Retry(max_elapsed=10), 1, FailedAttempt(LATE, "GET", jitter=1.0), 9.5).wait is None
    assert decide(Retry(max_elapsed=10), 1, FailedAttempt(LATE, "GET", jitter=1.0), 9.0).wait == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Retry(max_retries=-1), "max_retries=-1"),
        (lambda: Retry(max_retries=1.5), "whole number"),
        (lambda: Retry(base_delay=-1), "0 or more"),
        (lambda: Retry(max_delay=float("inf")), "max_delay=inf"),
        (lambda: Retry(max_elapsed="long"), "seconds"),
        (lambda: Timeout(total=0), "more than 0"),
        (lambda: Timeout(read=1e10), "up to 1,000,000,000"),
        (lambda: Timeout(connect=None), "seconds"),
        (lambda: as_timeout(True), "timeout=True"),
        (lambda: as_timeout("5"), "a Timeout"),
        (lambda: Limits(max_connections=0), "1 or more"),
        (lambda: Limits(max_keepalive=-1), "0 or more"),
    ],
)
def test_settings_out_of_range(make, message):
    with pytest.raises(InvalidInputError, match=message):
        make()


def test_timeout_of_a_number():
    assert as_timeout(5) == Timeout(connect=5, read=5, write=5, pool=5)
    assert as_timeout(Timeout(total=3)) == Timeout(total=3)


def test_no_delay_exceeds_the_policy():
    policy = Retry(max_retries=50, base_delay=3, max_delay=20, max_elapsed=40)
    for attempt, draw, said, elapsed in itertools.product((1, 5, 50), (0.0, 1.0), (None, 5.0, 21.0), (0.0, 39.0)):
        wait = decide(
            policy, attempt, FailedAttempt(status_error(429), "GET", retry_after=said, jitter=draw), elapsed
        ).wait

        assert wait is None or (wait <= 20 and elapsed + wait <= 40)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"retry": 3}, r"retry=3: pass a Retry, for example Retry\(max_retries=5\)"),
        ({"retry": 0}, "retry=0: pass a Retry"),
        ({"limits": 10}, r"limits=10: pass a Limits, for example Limits\(max_connections=20\)"),
    ],
)
def test_settings_of_the_wrong_type(setting, message):
    with pytest.raises(InvalidInputError, match=message):
        SoundCloudClient(**setting)


@pytest.mark.parametrize(
    ("option", "message"),
    [({"retry": 3}, "retry=3: pass a Retry"), ({"cache": MemoryCache}, "is a class: pass an object")],
)
def test_options_of_the_wrong_type(option, message):
    with SoundCloudClient() as client, pytest.raises(InvalidInputError, match=message):
        client.with_options(**option)


@pytest.mark.parametrize(
    ("until", "elapsed", "remaining", "wait"),
    [
        (103, 0, None, 3),
        (100, 0, None, 0),
        (90, 0, None, 0),
        (111, 0, None, 0),  # longer than max_delay
        (103, 17, None, 3),
        (103, 18, None, 0),  # longer than max_elapsed
        (103, 0, 3.5, 3),
        (103, 0, 3, 0),
    ],
)
def test_the_wait_for_the_pause_after_a_429(until, elapsed, remaining, wait):
    pause, policy = RateLimitPause(), Retry(max_delay=10, max_elapsed=20)
    pause.extend(until)
    pause.extend(50)

    assert pause.seconds(policy, now=100, elapsed=elapsed, remaining=remaining) == wait
    assert pause.seconds(Retry(max_retries=0), now=100, elapsed=elapsed, remaining=remaining) == 0
    pause.end(until - 1)
    assert pause.until == until
    pause.end(until)
    assert pause.until == 0


def test_the_limits_of_the_waits_are_inclusive():
    def wait(retry_after, elapsed, policy):
        return decide(policy, 1, FailedAttempt(status_error(429), "GET", retry_after=retry_after), elapsed).wait

    assert wait(60.0, 0, Retry(max_delay=60, max_elapsed=100)) == 60
    assert wait(60.5, 0, Retry(max_delay=60, max_elapsed=100)) is None
    assert wait(10.0, 90, Retry(max_delay=60, max_elapsed=100)) == 10
    assert wait(10.0, 90.5, Retry(max_delay=60, max_elapsed=100)) is None


def test_the_reasons_for_giving_up():
    def reason(policy, elapsed=0.0, **failed):
        return decide(
            policy, 1, FailedAttempt(**{"error": status_error(429), "method": "GET", **failed}), elapsed
        ).reason

    assert reason(Retry(), upload=True) == "an upload is never repeated"
    assert reason(Retry(max_retries=0)) == "HTTP 429, 1 attempts"
    assert reason(Retry(), retry_after=99.6) == "HTTP 429, and the wait of 100 s is longer than max_delay=60"
    assert reason(Retry(max_elapsed=7.5), 7.0, retry_after=1.0) == "HTTP 429, and the wait would exceed max_elapsed=7.5"
    assert reason(Retry()) == "HTTP 429"


def test_a_wait_without_jitter_is_the_whole_backoff_and_the_longest_backoff_does_not_overflow():
    policy = Retry(max_retries=10_000, base_delay=0.5, max_delay=60, max_elapsed=1e9)

    assert decide(policy, 1, FailedAttempt(LATE, "GET"), 0.0).wait == 0.5
    assert decide(policy, 8, FailedAttempt(LATE, "GET"), 0.0).wait == 60
    assert decide(policy, 10_000, FailedAttempt(LATE, "GET"), 0.0).wait == 60


def test_a_pause_starts_in_the_past_and_only_grows():
    pause = RateLimitPause()

    assert pause.until == 0
    assert pause.seconds(Retry(), now=0.5, elapsed=0, remaining=None) == 0
    pause.extend(5)
    pause.extend(4)
    assert pause.until == 5
    pause.end(4.5)
    assert pause.until == 5
    pause.end(5)
    assert pause.until == 0


@pytest.mark.parametrize(
    ("now", "policy", "elapsed", "wait"),
    [
        (90, Retry(max_delay=10, max_elapsed=20), 0, 10),
        (89.5, Retry(max_delay=10, max_elapsed=20), 0, 0),
        (90, Retry(max_delay=10, max_elapsed=20), 10, 10),
        (90, Retry(max_delay=10, max_elapsed=20), 10.5, 0),
        (99.5, Retry(max_retries=1), 0, 0.5),
        (99.5, Retry(max_retries=0), 0, 0),
    ],
)
def test_the_limits_of_a_pause_are_inclusive(now, policy, elapsed, wait):
    pause = RateLimitPause()
    pause.extend(100)

    assert pause.seconds(policy, now=now, elapsed=elapsed, remaining=None) == wait


@pytest.mark.parametrize(
    ("status", "retried"),
    [
        (407, False),
        (408, True),
        (409, False),
        (499, False),
        (500, True),
        (501, False),
        (502, True),
        (504, True),
        (505, False),
        (506, True),
    ],
)
def test_which_statuses_are_transient(status, retried):
    error = status_error(status)
    for method, policy, allowed in (
        ("GET", Retry(), True),
        ("POST", Retry(), False),
        ("POST", Retry(writes=True), True),
    ):
        assert (decide(policy, 1, FailedAttempt(error, method), 0.0).wait is not None) is (retried and allowed)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "DELETE", "PUT", "PATCH", "POST"])
def test_which_methods_are_safe(method):
    safe = method in {"GET", "HEAD", "OPTIONS"}

    assert (decide(Retry(), 1, FailedAttempt(LATE, method), 0.0).wait is not None) is safe
