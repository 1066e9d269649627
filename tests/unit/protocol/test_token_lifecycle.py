"""Decisions about tokens, at their exact limits."""

from datetime import UTC, datetime, timedelta

import pytest

from soundcloud import InvalidInputError, Token
from soundcloud._protocol import token_lifecycle
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.token_lifecycle import TokenSources, can_renew, is_newer, next_step
from soundcloud.errors import QuotaExceededError, RateLimitError, ServerError, UnauthorizedError

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LEEWAY = timedelta(seconds=60)
NOTHING, APP = TokenSources(credentials=False, callback=False), TokenSources(credentials=True, callback=False)
CALLBACK = TokenSources(credentials=False, callback=True)


def expiring(seconds, access="old", **fields):
    return Token(access, expires_at=NOW + timedelta(seconds=seconds), **fields)


@pytest.mark.parametrize(("means", "step"), [(NOTHING, "sign in"), (APP, "renew"), (CALLBACK, "renew")])
def test_the_first_step_without_a_token(means, step):
    assert next_step(None, means, now=NOW, leeway=LEEWAY) == step


@pytest.mark.parametrize(
    ("seconds", "refresh", "means", "step"),
    [
        (60, "r", APP, "renew"),
        (61, "r", APP, "use"),
        (60, None, APP, "use"),
        (60, "r", NOTHING, "use"),
        (60, None, CALLBACK, "renew"),
        (61, None, CALLBACK, "use"),
    ],
)
def test_a_token_is_renewed_within_the_leeway_if_it_can_be(seconds, refresh, means, step):
    token = expiring(seconds, refresh_token=refresh, grant="user")

    assert next_step(token, means, now=NOW, leeway=LEEWAY) == step


@pytest.mark.parametrize(
    ("grant", "refresh", "means", "expected"),
    [
        ("app", None, APP, True),
        ("app", "r", NOTHING, False),
        ("user", "r", APP, True),
        ("user", None, APP, False),
        ("user", "r", NOTHING, False),
        (None, "r", APP, True),
        (None, None, APP, False),
        ("user", None, CALLBACK, True),
    ],
)
def test_which_tokens_can_be_renewed(grant, refresh, means, expected):
    assert can_renew(Token("t", refresh, grant=grant), means) is expected


@pytest.mark.parametrize(
    ("stored", "old", "expected"),
    [
        (None, None, False),
        (None, expiring(0), False),
        (expiring(60, "new"), expiring(0), False),
        (expiring(61, "new"), expiring(0), True),
        (expiring(61, "old"), expiring(0), False),
        (expiring(61, "new"), None, True),
        (Token("abc"), Token("abd"), True),
        (Token("abd"), Token("abc"), True),
    ],
)
def test_when_the_store_has_a_newer_token(stored, old, expected):
    assert is_newer(stored, old, now=NOW, leeway=LEEWAY) is expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("HEAD", "/tracks", False),
        ("HEAD", "/me", True),
        ("GET", "/me/tracks", True),
        ("GET", "/menu", False),
        ("GET", "/sign-out", False),
        ("DELETE", "/tracks/1", True),
    ],
)
def test_which_requests_need_a_user_token(method, path, expected):
    request = Request(method, f"https://api.soundcloud.com{path}", path)

    assert token_lifecycle.needs_user_token(request) is expected


@pytest.mark.parametrize(
    ("count", "window", "ago", "wait"),
    [
        (29, "1 h", timedelta(minutes=59), None),
        (30, "1 h", timedelta(minutes=59), 60),
        (31, "1 h", timedelta(minutes=59), 60),
        (30, "1 h", timedelta(hours=1), None),
        (49, "12 h", timedelta(hours=11), None),
        (50, "12 h", timedelta(hours=11), 3600),
        (50, "12 h", timedelta(hours=12), None),
    ],
)
def test_the_quotas_of_app_tokens(count, window, ago, wait):
    requested = (NOW - ago,) * count
    if wait is None:
        token_lifecycle.check_quota(requested, now=NOW)
        return
    with pytest.raises(RateLimitError, match=rf"^{count} app tokens were requested in the last {window}, ") as caught:
        token_lifecycle.check_quota(requested, now=NOW)

    assert caught.value.retry_after == wait
    assert f"available in {wait // 60} min" in caught.value.hint
    assert f"SoundCloud allows {30 if window == '1 h' else 50}" in str(caught.value)


def test_the_oldest_request_of_the_window_ends_the_wait():
    requested = tuple(NOW - timedelta(minutes=minutes) for minutes in [*range(10, 40), 61])

    with pytest.raises(RateLimitError) as caught:
        token_lifecycle.check_quota(requested, now=NOW)

    assert caught.value.retry_after == 21 * 60


def test_requests_of_the_last_12_hours_are_counted_also_if_the_clock_was_set_back():
    times = tuple(NOW + timedelta(hours=12, seconds=seconds) * sign for sign in (-1, 1) for seconds in (-1, 0))
    token = Token("t", app_token_requests=times)

    assert token_lifecycle.recent_app_tokens(token, now=NOW) == (times[0], times[2])
    assert token_lifecycle.recent_app_tokens(None, now=NOW) == ()


def test_the_pause_after_failed_renewals():
    pauses = [token_lifecycle.refresh_backoff(failures) for failures in (1, 2, 3, 4, 5, 6, 7, 2_000)]

    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]


def grant_error(status, body, *, form, headers=None, redirect_uri=None):
    request = Request(
        "POST", "https://secure.example/oauth/token", "/oauth/token", form=form, headers=headers or {}, authorize=False
    )
    response = Response(status, {}, body)
    error = error_from_response(response, request=request)
    return token_lifecycle.grant_error(error, request, response, redirect_uri)


def test_a_rate_limit_of_the_token_endpoint_is_a_quota_only_by_its_code():
    quota = grant_error(429, b'{"error_code": "rate_limit_exceeded"}', form={})
    other = grant_error(429, b'{"error_code": "other"}', form={})
    failed = grant_error(503, b'{"error_code": "rate_limit_exceeded"}', form={})

    assert type(quota) is QuotaExceededError
    assert type(other) is RateLimitError
    assert type(failed) is ServerError
    assert (quota.method, quota.path) == (other.method, other.path) == ("POST", "/oauth/token")


def test_an_invalid_grant_names_the_redirect_uri_of_a_code():
    body = b'{"error_code": "invalid_grant"}'
    code = grant_error(400, body, form={}, redirect_uri="https://app.example/callback")
    refresh = grant_error(400, body, form={})

    assert "another verifier or another redirect URI than https://app.example/callback" in code.message
    assert "the refresh token was used before, or the session has ended" in str(refresh)


def test_hints_of_a_401():
    unauthorized, failed = UnauthorizedError("no"), ServerError("no")
    old = failed.hint

    assert token_lifecycle.rejected_again(unauthorized).hint.startswith("SoundCloud also rejected the new token")
    assert token_lifecycle.rejected_again(failed).hint == old
    assert "user token" in token_lifecycle.user_token_required(UnauthorizedError("no")).hint


def test_an_error_about_a_token_names_its_type():
    with pytest.raises(InvalidInputError, match=r"^token= is empty: pass an access token"):
        Request("GET", "https://api.example/me", "/me", token="")
    with pytest.raises(InvalidInputError, match=r"^token= is of type int: pass an access token"):
        Request("GET", "https://api.example/me", "/me", token=5)
