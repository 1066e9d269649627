"""Error mapping: the error bodies that SoundCloud, its gateway and its edge send."""

import json
from datetime import UTC, datetime

import pytest

from soundcloud._protocol import oauth
from soundcloud._protocol.decoding import Drifts, decode
from soundcloud._protocol.error_mapping import error_from_response, parsedate, retry_after_from
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.token_lifecycle import grant_error
from soundcloud._transport.errors import clear_tracebacks
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
    SpamWarningError,
    StatusError,
    SubscriptionRequiredError,
    UnauthorizedError,
    UnexpectedResponseError,
    UnprocessableEntityError,
)
from soundcloud_api.models import Track

LIMIT = {"bucket": "by-ip", "max_nr_of_requests": 30, "time_window": "PT1H", "name": "client-credentials-exchange"}
PAGE = b"<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><H1>403 ERROR</H1><p>x</p></HTML>"


def error(status, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_from_response(Response(status, names, content), now=datetime(2022, 5, 26, 16, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("status", "cls"),
    [
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (405, StatusError),
        (422, UnprocessableEntityError),
        (429, RateLimitError),
        (500, ServerError),
        (503, ServerError),
        (599, ServerError),
    ],
)
def test_the_error_class_depends_on_the_status(status, cls):
    assert type(error(status, b"")) is cls
    assert error(status, b"").status == status


@pytest.mark.parametrize(
    ("status", "body", "message", "code"),
    [
        (422, {"code": 422, "message": "Too long"}, "HTTP 422: Too long", 422),
        (401, {"code": 401, "message": "", "status": "401 - Unauthorized"}, "HTTP 401: Unauthorized", 401),
        (404, {"errors": [{"error_message": "404 - Not Found"}]}, "HTTP 404: Not Found", None),
        (422, {"message": "", "errors": ["plain text"]}, "HTTP 422: plain text", None),
        (400, {"error": "invalid_grant"}, "HTTP 400: invalid_grant", "invalid_grant"),
        (400, {"code": 401, "message": "invalid_grant", "error_code": "invalid_grant"}, None, "invalid_grant"),
        (429, {"error": "Rate Limit Exceeded"}, "HTTP 429: Rate Limit Exceeded", "Rate Limit Exceeded"),
        (403, {"errors": [{"code": "user_already_has_application"}]}, "HTTP 403: user_already_has_application", None),
        (429, b"Please slow down.", "HTTP 429: Please slow down.", None),
        (404, b"404 page not found\n", "HTTP 404: 404 page not found", None),
        (500, b"", "HTTP 500", None),
        (500, b"[1, 2]", "HTTP 500: [1, 2]", None),
        (401, b"\n", "HTTP 401", None),
        (
            403,
            PAGE,
            "HTTP 403: an HTML page instead of data: ERROR: The request could not be satisfied, 403 ERROR",
            None,
        ),
        (500, b'{"code": "x", "message": 3, "errors": {"a": 1}, "link": 4}', "HTTP 500", None),
    ],
)
def test_message_and_code(status, body, message, code):
    found = error(status, body)

    assert found.message == (message or "HTTP 400: invalid_grant")
    assert found.code == code


def test_a_quota_error_names_the_limit_and_its_reset():
    found = error(429, {"errors": [{"meta": {"rate_limit": LIMIT, "reset_time": "2022/05/26 16:31:52 +0000"}}]})

    assert "client-credentials-exchange: 30 requests in PT1H" in found.message
    assert found.retry_after == 31 * 60 + 52


def test_retry_after():
    assert error(429, b"", retry_after="7").retry_after == 7
    assert error(429, b"", retry_after="soon").retry_after is None
    assert error(429, b"", x_ratelimit_reset="0").retry_after is None


def test_the_request_id_and_a_redacted_secret():
    found = error(404, {"message": "no track at https://soundcloud.com/a/b/s-HUSH"}, x_amz_cf_id="edge")

    assert found.request_id == "edge"
    assert "HUSH" not in str(found) + repr(found)


def test_a_long_body_makes_a_short_message():
    assert error(500, b"x" * 100_000).message == "HTTP 500: " + "x" * 300


def test_rate_limit_hints():
    limited = error_from_response(Response(429, {"retry-after": "30"}, b"Please slow down."))
    meta = {"rate_limit": {"name": "plays"}, "reset_time": "2026/11/26 08:00:00 +0000"}
    used_up = error_from_response(Response(429, {}, json.dumps({"errors": [{"meta": meta}]}).encode()))

    assert limited.hint == "wait 30 s before the next request"
    assert str(used_up).endswith("over hours; it resets at 2026-11-26 08:00 UTC")


def test_messages_of_html_pages_and_redirects():
    page = b"<html><title>Hello</title></html>"
    with pytest.raises(UnexpectedResponseError) as html:
        decode(Response(200, {}, page), {200: Track}, Drifts())
    with pytest.raises(UnexpectedResponseError) as redirected:
        decode(Response(302, {"location": "https://user:word@elsewhere.example/?token=x"}, b""), {200: Track}, Drifts())
    with pytest.raises(UnexpectedResponseError) as refused:
        decode(Response(301, {"location": "https://elsewhere.example/?token=x"}, b""), {200: Track}, Drifts())

    assert html.value.message == "HTTP 200, but the response is an HTML page: Hello"
    assert "word" not in str(redirected.value)
    assert refused.value.message == ("HTTP 301: an unexpected redirect to elsewhere.example; it was not followed")


@pytest.mark.parametrize(
    ("method", "path", "hint"),
    [
        ("DELETE", "/likes/tracks/soundcloud:tracks:1", "the user does not like it, or it was deleted"),
        ("DELETE", "/reposts/playlists/soundcloud:playlists:1", "the user has not reposted it, or it was deleted"),
        ("DELETE", "/me/followings/soundcloud:users:1", "the user does not follow this account, or it was deleted"),
        ("DELETE", "/tracks/soundcloud:tracks:1", "it may be deleted, private"),
        ("GET", "/tracks/soundcloud:tracks:1", "it may be deleted, private"),
        ("POST", "/likes/tracks/soundcloud:tracks:1", "it may be deleted, private"),
    ],
)
def test_the_hint_of_a_404_depends_on_the_request(method, path, hint):
    request = Request(method, f"https://api.soundcloud.com{path}", path)
    found = error_from_response(Response(404, {}, b'{"code": 404, "message": "Not Found"}'), request=request)

    assert isinstance(found, NotFoundError)
    assert found.hint.startswith(hint)


def test_the_hint_mentions_a_body_only_if_there_is_one():
    assert "`body`" in UnexpectedResponseError("what", body=b"<html>").hint
    assert UnexpectedResponseError("what").hint == "this comes from SoundCloud or from a server before it"
    assert UnexpectedResponseError("what", hint="another").hint == "another"


@pytest.mark.parametrize("path", ["/tracks/1", "/tracks/1/streams", "/tracks/1/streams/hls", "/me"])
def test_the_transient_403_of_the_gateway_says_nothing_about_the_resource(path):
    response = Response(403, {}, b'{"error": "Access to this API has been disallowed"}')
    found = error_from_response(response, request=Request("GET", f"https://api.example{path}", path))
    assert type(found) is EdgeError
    assert "says nothing about the resource" in found.hint


@pytest.mark.parametrize(
    "body", [{"error": "rate_limit_exceeded"}, {"code": 429, "message": "", "error_code": "rate_limit_exceeded"}]
)
def test_the_limit_of_the_token_endpoint_is_a_quota(body):
    request = oauth.client_credentials("https://a.example", "id", "secret")
    response = Response(429, {"retry-after": "3600"}, json.dumps(body).encode())
    found = grant_error(error_from_response(response, request=request), request, response, None)
    assert type(found) is QuotaExceededError
    assert (found.status, found.retry_after, found.path) == (429, 3600, "/oauth/token")


@pytest.mark.parametrize(
    ("request_", "where"),
    [
        (oauth.client_credentials("https://a.example", "id", "secret"), "in the Authorization header"),
        (oauth.refresh("https://a.example", "id", "secret", "refresh"), "in the body"),
    ],
)
def test_where_wrong_credentials_were_sent(request_, where):
    response = Response(401, {}, b'{"error": "invalid_client"}')
    found = grant_error(error_from_response(response, request=request_), request_, response, None)

    assert found.message.endswith(f"both were sent {where}")


@pytest.mark.parametrize(
    ("status", "body", "blocked"),
    [(403, b"<h1>Request blocked.</h1>", True), (403, b'{"error": "x"}', False), (500, b"<h1>Oops</h1>", False)],
)
def test_when_the_cdn_blocked_a_token_request(status, body, blocked):
    request, response = oauth.refresh("https://a.example", "id", "secret", "r"), Response(status, {}, body)
    found = grant_error(error_from_response(response, request=request), request, response, None)

    assert ("the CDN blocked the request" in str(found)) == blocked


def test_retry_after_as_a_date():
    now = datetime(2026, 11, 26, 8, 0, 0, tzinfo=UTC)
    headers = {"retry-after": "Thu, 26 Nov 2026 08:00:07 GMT"}

    assert retry_after_from(Response(503, headers, b""), now=now) == 7
    sent_at = {"date": "Thu, 26 Nov 2026 08:00:05 GMT"}
    assert retry_after_from(Response(503, headers | sent_at, b""), now=now) == 2
    assert retry_after_from(Response(503, sent_at, b""), now=now) is None


def test_the_tracebacks_of_a_chain_are_cleared():
    def raised(error, cause=None):
        try:
            raise error from cause
        except ValueError as found:
            return found

    first, second, third = raised(ValueError(1)), raised(ValueError(2)), ValueError(3)
    second.__context__ = first  # raised while `first` was handled
    third = raised(third, second)
    chain = [first, second, third]
    assert all(error.__traceback__ for error in chain)

    assert clear_tracebacks(third) is third
    assert [error.__traceback__ for error in chain] == [None, None, None]


@pytest.mark.parametrize("names", [("name", "group", "bucket"), ("group", "bucket"), ("bucket",)])
def test_the_name_of_a_rate_limit(names):
    limit = {name: f"a {name}" for name in names} | {"max_nr_of_requests": 5, "time_window": "PT1H"}
    found = error(429, {"errors": [{"meta": {"rate_limit": limit}}]})

    assert found.message == f"HTTP 429: rate limit a {names[0]}: 5 requests in PT1H"


def test_only_a_403_is_about_a_subscription():
    body = {"code": 1, "message": "An active Pro subscription is required"}

    assert type(error(403, body)) is SubscriptionRequiredError
    assert type(error(404, body)) is NotFoundError
    assert type(error(422, body)) is UnprocessableEntityError


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, EdgeError), (401, UnauthorizedError), (403, EdgeError), (404, EdgeError), (405, StatusError)],
)
def test_html_comes_from_a_proxy_unless_the_api_sends_such_a_status_with_html(status, error):
    found = error_from_response(Response(status, {}, b"<html>no</html>"))

    assert type(found) is error


QUOTA = b'{"message": "Quota exceeded"}'
SUBSCRIPTION = b'{"message": "A subscription is required"}'
DEVICE = b'{"message": "This track is not compatible on your current device"}'
DISALLOWED = b'{"message": "Access to this API has been disallowed"}'
SILENT = b'{"code": 1}'


@pytest.mark.parametrize(
    ("status", "body", "cls"),
    [
        (399, SILENT, StatusError),
        (402, QUOTA, StatusError),
        (403, QUOTA, QuotaExceededError),
        (404, QUOTA, NotFoundError),
        (402, SUBSCRIPTION, StatusError),
        (403, SUBSCRIPTION, SubscriptionRequiredError),
        (404, SUBSCRIPTION, NotFoundError),
        (402, DEVICE, StatusError),
        (403, DEVICE, NotPlayableError),
        (404, DEVICE, NotFoundError),
        (402, DISALLOWED, StatusError),
        (403, DISALLOWED, EdgeError),
        (404, DISALLOWED, NotFoundError),
        (500, DISALLOWED, ServerError),
        (421, SILENT, StatusError),
        (423, SILENT, StatusError),
        (428, SILENT, StatusError),
        (429, SILENT, RateLimitError),
        (430, SILENT, StatusError),
        (499, SILENT, StatusError),
        (500, SILENT, ServerError),
    ],
)
def test_a_message_means_something_with_one_status_only(status, body, cls):
    assert type(error(status, body)) is cls


@pytest.mark.parametrize(
    ("status", "body", "cls"),
    [
        (400, b"<html>", EdgeError),
        (401, b"<html>", UnauthorizedError),
        (402, b"<html>", EdgeError),
        (405, b"<html>", StatusError),
        (429, b"<html>", RateLimitError),
        (499, b"<html>", EdgeError),
        (500, b"<html>", GatewayError),
        (402, b"text", StatusError),
        (403, b"text", EdgeError),
        (404, b"text", EdgeError),
        (499, b"text", StatusError),
        (500, b"text", GatewayError),
        (500, b'"text"', ServerError),
        (500, b"[]", ServerError),
        (500, b"{}", ServerError),
        (403, b" \n", ForbiddenError),
    ],
)
def test_which_responses_come_from_a_proxy(status, body, cls):
    assert type(error(status, body)) is cls


@pytest.mark.parametrize(
    ("path", "template", "origin", "cls"),
    [
        ("/tracks/1/streams", None, None, NotPlayableError),
        ("/tracks/1/preview", None, None, NotPlayableError),
        ("/tracks/1", None, None, ForbiddenError),
        ("/x", "/tracks/{urn}/streams", None, NotPlayableError),
        ("/x", "/tracks/{urn}/preview", None, NotPlayableError),
        ("/tracks/1/streams", None, "https://elsewhere.example", ForbiddenError),
    ],
)
def test_a_403_of_a_stream_of_the_api_means_not_playable(path, template, origin, cls):
    def found(status):
        request = Request("GET", f"https://api.soundcloud.com{path}", path, template=template, origin=origin)
        return type(error_from_response(Response(status, {}, SILENT), request=request))

    assert found(403) is cls
    assert (found(402), found(404)) == (StatusError, NotFoundError)


@pytest.mark.parametrize(
    ("status", "method", "hinted"), [(404, "DELETE", True), (403, "DELETE", False), (410, "DELETE", False)]
)
def test_the_hint_about_undoing_is_for_a_404(status, method, hinted):
    request = Request(method, "https://api.soundcloud.com/likes/tracks/1", "/likes/tracks/1")
    found = error_from_response(Response(status, {}, SILENT), request=request)

    assert ("there is nothing to undo" in (found.hint or "")) is hinted
    assert (found.method, found.path) == (method, "/likes/tracks/1")


def test_the_hint_about_undoing_needs_a_request():
    assert "undo" not in error(404, SILENT).hint


def limited(*items, status=429, **headers):
    return error(status, {"errors": [{"meta": meta} for meta in items]}, **headers)


def test_a_reset_time_that_has_passed_needs_no_wait():
    past = limited({"rate_limit": {"name": "a"}, "reset_time": "2022/05/26 15:59:59 +0000"})
    now = limited({"rate_limit": {"name": "a"}, "reset_time": "2022/05/26 16:00:00 +0000"})
    soon = limited({"rate_limit": {"name": "a"}, "reset_time": "2022/05/26 16:00:01 +0000"})

    assert [found.retry_after for found in (past, now, soon)] == [0, 0, 1]


def test_the_limit_that_resets_last_counts():
    first = {"rate_limit": {"name": "first"}, "reset_time": "2022/05/26 16:00:10 +0000"}
    last = {"rate_limit": {"name": "last"}, "reset_time": "2022/05/26 16:00:20 +0000"}
    unknown = {"rate_limit": {"name": "unknown"}}

    assert limited(first, last, unknown).quota.name == limited(last, first).quota.name == "last"
    assert limited(unknown, first).quota.name == "first"
    assert limited({}).quota is None


def test_the_fields_of_a_rate_limit():
    meta = {"rate_limit": LIMIT, "remaining_requests": 0, "reset_time": "2022/05/26 16:31:52 +0000"}
    odd = {"rate_limit": {"group": "plays", "max_nr_of_requests": "many", "time_window": 5}, "remaining_requests": True}
    resets_at = datetime(2022, 5, 26, 16, 31, 52, tzinfo=UTC)

    assert limited(meta).quota == RateLimit("client-credentials-exchange", "by-ip", 30, "PT1H", 0, resets_at)
    assert limited(odd).quota == RateLimit("plays", None, None, None, None, None)
    assert limited({"rate_limit": {"name": ""}, "remaining_requests": 1}).quota.name is None


def test_the_wait_and_the_reset_of_a_rate_limit():
    date = "Thu, 26 May 2022 17:00:00 GMT"
    both = limited({"rate_limit": LIMIT, "reset_time": "2022/05/26 17:00:30 +0000"}, retry_after="7", date=date)
    reset = limited({"rate_limit": LIMIT, "reset_time": "2022/05/26 17:00:30 +0000"}, date=date)
    seconds, longest = error(429, SILENT, retry_after="7", date=date), error(429, SILENT, retry_after="9" * 10)
    nearly = error(429, SILENT, retry_after="999999998")

    assert both.retry_after == 7
    assert both.resets_at == datetime(2022, 5, 26, 17, 0, 30, tzinfo=UTC)
    assert reset.retry_after == 30
    assert seconds.resets_at == datetime(2022, 5, 26, 17, 0, 7, tzinfo=UTC)
    assert (longest.retry_after, longest.resets_at) == (999_999_999, None)
    assert nearly.retry_after == 999_999_998
    assert nearly.resets_at is not None
    assert error_from_response(Response(429, {"retry-after": "7"}, SILENT)).resets_at is None


def test_the_hint_of_a_rate_limit_rounds_up():
    response = Response(429, {"retry-after": "Thu, 26 May 2022 16:00:03 GMT"}, SILENT)
    found = error_from_response(response, now=datetime(2022, 5, 26, 16, 0, 0, 600_000, tzinfo=UTC))

    assert (found.retry_after, found.hint) == (2.4, "wait 3 s before the next request")
    assert error(429, SILENT, retry_after="0").hint == "wait before the next request"


@pytest.mark.parametrize(
    ("value", "spam"), [("soundcloud:spam-warnings:1", True), ("", False), (None, False), (5, False)]
)
def test_a_spam_warning_names_its_urn(value, spam):
    found = error(429, {"spam_warning_urn": value})

    assert isinstance(found, SpamWarningError) is spam
    assert getattr(found, "spam_warning_urn", None) == (value if spam else None)


def test_a_retry_after_of_another_response():
    now = datetime(2022, 5, 26, 16, 0, tzinfo=UTC)

    def after(**headers):
        return retry_after_from(
            Response(503, {name.replace("_", "-"): value for name, value in headers.items()}, b""), now=now
        )

    assert after() is None
    assert after(retry_after="5") == 5
    assert after(retry_after=" 5 ") == 5
    assert after(retry_after="-5") is None
    assert after(retry_after="Thu, 26 May 2022 16:00:09 GMT") == 9
    assert after(retry_after="Thu, 26 May 2022 15:00:00 GMT") == 0
    assert after(retry_after="Thu, 26 May 2022 16:00:09 GMT", date="Thu, 26 May 2022 16:00:04 GMT") == 5
    assert parsedate("Thu, 26 May 2022 16:00:09") == datetime(2022, 5, 26, 16, 0, 9, tzinfo=UTC)
    assert parsedate("soon") is parsedate(None) is None


def test_where_the_message_of_an_error_is_found():
    fields = {
        "message": " ",
        "error_description": "described",
        "errors": ["listed"],
        "error": "named",
        "status": "shown",
    }

    assert error(400, fields).message == "HTTP 400: described"
    assert error(400, {**fields, "error_description": 5}).message == "HTTP 400: listed"
    assert error(400, {"errors": [{"error_message": "", "message": "inner"}, {"code": "c"}, 5, ""]}).errors == (
        "inner",
        "c",
    )
    assert error(400, {"error_code": "", "error": "named", "code": 5}).code == "named"
    assert error(400, {"error": "", "code": 5, "link": "https://a.example"}).code == 5
    assert error(400, {"link": "https://a.example"}).link == "https://a.example"
    assert error(400, {"status": "shown"}).message == "HTTP 400: shown"
    assert error(400, {"errors": [{"meta": {"rate_limit": {"group": "g", "bucket": "b"}}}]}).message.startswith(
        "HTTP 400: rate limit g: "
    )


def test_a_message_is_shortened_to_300_characters():
    for length, shown in ((300, 300), (301, 300)):
        assert error(400, {"message": "x" * length}).message == "HTTP 400: " + "x" * shown


def test_the_request_id_of_a_page():
    page = b"<html><h1>Blocked</h1>Request ID: %s</html>"

    assert error(403, page % (b"a" * 7)).request_ids == {}
    assert error(403, page % (b"a" * 8)).request_ids == {"page": "a" * 8}
    assert error(403, page % (b"a" * 120)).request_ids == {"page": "a" * 120}
    assert error(403, page % b"abcdefgh", x_request_id="r", x_amz_cf_id="e").request_ids == {
        "x-request-id": "r",
        "x-amz-cf-id": "e",
        "page": "abcdefgh",
    }
    assert error(403, page % b"abcdefgh", x_tyk_trace_id="t", x_amz_cf_id="e").request_id == "e"


def test_the_headings_of_a_page_are_listed_once():
    page = b"<html><title>A &amp; <b>B</b></title><h1> A &amp; B </h1><h2></h2><h2>C\n D</h2><h3>E</h3></html>"

    assert error(500, page).message == "HTTP 500: an HTML page instead of data: A & B, C D"
