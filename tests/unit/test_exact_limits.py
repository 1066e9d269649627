"""Limits at their exact values, and details that only one value shows."""

from datetime import UTC, datetime

import httpx
import pytest

from soundcloud import InvalidInputError, RequestTimeoutError, Retry, SoundCloudClient, Token
from soundcloud._protocol.decoding import Drifts, decode
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.masking import Masker
from soundcloud._protocol.media.embeds import find_embed_target
from soundcloud._protocol.redirect import read_redirect
from soundcloud._protocol.request_bodies import build_storefront
from soundcloud._protocol.retry import FailedAttempt, decide
from soundcloud._protocol.token_lifecycle import needs_user_token
from soundcloud.errors import EdgeError, GatewayError, SignInError
from soundcloud.models import Track
from soundcloud.stores import FileTokenStore, MemoryTokenStore
from soundcloud.widget import player_url

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LINK = "https://soundcloud.com/forss/flickermood"
STATE = "a" * 22


def request(method="GET", path="/me", **changes):
    return Request(method, f"https://api.soundcloud.com{path}", path, **changes)


def test_start_track_is_at_most_9999():
    assert player_url(LINK, start_track=9_999).endswith("&start_track=9999")
    with pytest.raises(InvalidInputError, match="9999"):
        player_url(LINK, start_track=10_000)


def test_concurrency_is_at_most_1000():
    with SoundCloudClient("id", "secret") as client:
        assert client.map(str, [], concurrency=1_000) == []
        with pytest.raises(InvalidInputError, match="1"):
            client.map(str, [], concurrency=1_001)


def test_what_may_hold_a_secret_is_not_in_the_repr():
    target = find_embed_target("https://soundcloud.com/forss/a/s-AbC", None, None)

    assert "s-AbC" in target.url
    assert "s-AbC" not in repr(target)
    assert "hunter2" not in repr(request(json={"password": "hunter2"}))


@pytest.mark.parametrize(
    ("data", "is_error"),
    [(b'{"code": 401, "message": "m"}', True), (b'{"code": 401}', False), (b'{"message": "m"}', False)],
)
def test_an_error_object_with_a_status_of_success(data, is_error):
    response = Response(200, {"content-type": "application/json"}, data)

    if is_error:
        with pytest.raises(Exception, match="error object"):
            decode(response, {200: Track}, Drifts())
    else:
        assert decode(response, {200: Track}, Drifts()).raw


def test_the_first_of_several_errors_in_a_redirect_counts():
    with pytest.raises(SignInError) as caught:
        read_redirect(f"error=access_denied&error=server_error&state={STATE}", state=STATE)

    assert caught.value.code == "access_denied"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/sign-out", False),
        ("POST", "/tracks", True),
        ("POST", "/abc", True),
        ("GET", "/tracks", False),
        ("GET", "/me", True),
    ],
)
def test_which_requests_need_a_user_token(method, path, expected):
    assert needs_user_token(request(method, path)) is expected


@pytest.mark.parametrize(
    ("status", "origin", "expected"),
    [
        (404, "https://elsewhere.example", False),
        (500, "https://elsewhere.example", True),
        (403, "https://elsewhere.example", True),
        (404, None, True),
        (499, None, False),
        (500, None, True),
    ],
)
def test_which_plain_texts_come_from_the_edge(status, origin, expected):
    error = error_from_response(Response(status, {}, b"No"), request=request(path="/tracks", origin=origin))

    assert isinstance(error, EdgeError | GatewayError) is expected


def test_a_secret_within_another_one_leaves_no_rest():
    assert Masker(["abcdefghij", "abcdefghijklmnop"]).text("x abcdefghijklmnop y abcdefghij") == "x *** y ***"


def test_the_reason_for_giving_up():
    timeout = RequestTimeoutError("the server did not respond in 30 s")

    assert decide(Retry(max_retries=0), 1, FailedAttempt(timeout, "GET"), 0).reason == "no response in time, 1 attempts"


def test_a_token_store_blocks_only_if_it_says_so():
    assert not getattr(MemoryTokenStore(), "blocking", False)
    assert FileTokenStore.blocking


def test_the_token_file_is_indented(tmp_path):
    store = FileTokenStore(tmp_path / "token.json")
    store.set(Token("access", "refresh", NOW, grant="user"))

    assert '\n "version"' in (tmp_path / "token.json").read_text()


@pytest.mark.parametrize(
    ("name", "most"), [("title", 100), ("link", 255), ("link_title", 50), ("description", 500), ("price", 20)]
)
def test_the_lengths_of_a_storefront(name, most):
    given = {"title": "t", "link": "https://a.example", "link_title": None, "description": None, "price": None}
    start = "https://" if name == "link" else ""

    def build(length):
        return build_storefront(kind="vinyl", **given | {name: start + "x" * (length - len(start))})

    assert getattr(build(most), name)
    with pytest.raises(InvalidInputError, match=f"at most {most}"):
        build(most + 1)


def test_connections_are_read_from_a_200():
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=[{"service": "x"}]))
    with SoundCloudClient("id", "secret", access_token="t", transport=transport) as client:
        assert client.me.get_connections() == [{"service": "x"}]
