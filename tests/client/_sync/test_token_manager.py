"""Staying signed in: what is sent to the token endpoint, when, and what is kept."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from soundcloud import (
    SoundCloudClient,
    InvalidClientError,
    InvalidGrantError,
    InvalidInputError,
    MissingTokenError,
    RateLimitError,
    ServerError,
    Token,
    TokenStoreError,
    UnauthorizedError,
    UnexpectedResponseError,
)
from soundcloud.stores import MemoryTokenStore

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class World:
    """A token endpoint and an API that accepts what it gave out last."""

    def __init__(self):
        self.now = NOW
        self.good = "access-0"
        self.refreshes = []
        self.mints = 0
        self.calls = []
        self.token_replies = []
        self.extra = {}
        self.transport = httpx.MockTransport(self.answer)

    def answer(self, request):
        if request.url.path == "/oauth/token":
            return self.token(request)
        self.calls.append(request.headers.get("authorization"))
        if request.headers.get("authorization") == f"OAuth {self.good}":
            return httpx.Response(200, json={"urn": "soundcloud:users:1", "username": "ada"})
        return httpx.Response(401, json={"code": 401, "message": ""})

    def token(self, request):
        if self.token_replies:
            return self.token_replies.pop(0)
        form = parse_qs(request.content.decode())
        if form["grant_type"] == ["client_credentials"]:
            assert request.headers["authorization"].startswith("Basic ")
            assert set(form) == {"grant_type"}
            self.mints += 1
        else:
            assert "authorization" not in request.headers
            spent = form["refresh_token"][0]
            if spent in self.refreshes:
                return httpx.Response(400, json={"error": "invalid_grant"})
            self.refreshes.append(spent)
        number = len(self.refreshes) + self.mints
        self.good = f"access-{number}"
        reply = {"access_token": self.good, "refresh_token": f"refresh-{number}", "expires_in": 3599, "scope": ""}
        return httpx.Response(
            200, json={name: value for name, value in (reply | self.extra).items() if value is not None}
        )

    def clock(self):
        return self.now

    def client(self, **settings):
        return SoundCloudClient(
            "id", "secret", "http://127.0.0.1:8765/callback", transport=self.transport, clock=self.clock, **settings
        )


@pytest.fixture
def world():
    return World()


def token(number=0, *, minutes=60, **more):
    return Token(f"access-{number}", f"refresh-{number}", NOW + timedelta(minutes=minutes), grant="user", **more)


def test_a_good_token_is_used(world):
    with world.client(token_store=MemoryTokenStore(token())) as client:
        assert (client.me.get_me()).username == "ada"

    assert world.refreshes == []


@pytest.mark.parametrize("minutes", [0.5, 0, -600])
def test_a_token_that_expires_is_refreshed_before_the_call(world, minutes):
    store = MemoryTokenStore(token(minutes=minutes))
    with world.client(token_store=store) as client:
        client.me.get_me()
        client.me.get_me()

    assert world.refreshes == ["refresh-0"]
    assert world.calls == ["OAuth access-1"] * 2
    assert (store.get().access_token, store.get().refresh_token) == ("access-1", "refresh-1")
    assert store.get().expires_at == NOW + timedelta(seconds=3599)


def test_a_refused_token_is_refreshed_once_and_the_call_made_again(world):
    world.good = "another"
    with world.client(token_store=MemoryTokenStore(token())) as client:
        assert (client.me.get_me()).username == "ada"

    assert world.refreshes == ["refresh-0"]
    assert world.calls == ["OAuth access-0", "OAuth access-1"]


def test_a_token_without_expiry_is_used_until_it_is_refused(world):
    world.extra = {"expires_in": None}
    world.good = "another"
    with world.client(access_token="access-0", refresh_token="refresh-0") as client:
        client.me.get_me()
        world.now += timedelta(days=9)
        client.me.get_me()

    assert world.refreshes == ["refresh-0"]


def test_a_refresh_token_alone_is_enough(world):
    with world.client(refresh_token="refresh-0") as client:
        client.me.get_me()

    assert world.calls == ["OAuth access-1"]


def test_a_reply_without_a_refresh_token_keeps_the_old_one(world):
    world.extra = {"refresh_token": None}
    store = MemoryTokenStore(token(minutes=0))
    with world.client(token_store=store) as client:
        client.me.get_me()

    assert store.get().refresh_token == "refresh-0"


def test_a_token_that_somebody_else_renewed_is_taken_from_the_store(world):
    store = MemoryTokenStore(token())
    with world.client(token_store=store) as client:
        client.me.get_me()
        world.good = "access-7"
        store.set(token(7))
        client.me.get_me()

    assert world.refreshes == []
    assert world.calls == ["OAuth access-0", "OAuth access-0", "OAuth access-7"]


def test_a_token_refused_after_a_good_refresh_is_raised_with_what_it_may_mean(world):
    world.extra = {"access_token": "never-good"}
    with world.client(token_store=MemoryTokenStore(token(5))) as client:
        with pytest.raises(UnauthorizedError, match="also rejected the new token"):
            client.me.get_me()

    assert world.refreshes == ["refresh-5"]
    assert len(world.calls) == 2


def test_a_403_never_refreshes(world):
    transport = httpx.MockTransport(lambda request: httpx.Response(403, json={"code": 403, "message": ""}))
    with SoundCloudClient(
        "id", "secret", transport=transport, access_token="a", refresh_token="b"
    ) as client:
        response = client.raw.get("/me")
        with pytest.raises(Exception, match="403"):
            client.me.get_me()

    assert response.status == 403


def test_a_spent_refresh_token_says_sign_in_again(world):
    world.refreshes.append("refresh-0")
    with world.client(token_store=MemoryTokenStore(token(minutes=-1))) as client:
        with pytest.raises(InvalidGrantError, match="sign in again") as caught:
            client.me.get_me()
        with pytest.raises(InvalidGrantError):
            client.me.get_me()

    assert caught.value.code == "invalid_grant"
    assert world.calls == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (httpx.Response(500, content=b""), ServerError),
        (httpx.Response(403, html="<html><title>Request blocked.</title></html>"), Exception),
        (httpx.Response(200, html="<html></html>"), UnexpectedResponseError),
        (httpx.Response(401, json={"error": "invalid_client"}), InvalidClientError),
        (httpx.Response(429, json={"error": "rate_limit_exceeded"}), RateLimitError),
    ],
)
def test_a_token_endpoint_that_fails_is_asked_once_and_the_store_left_alone(world, reply, expected):
    world.token_replies = [reply]
    store = MemoryTokenStore(token(minutes=-1))
    with world.client(token_store=store) as client:
        with pytest.raises(expected) as first:
            client.me.get_me()
        with pytest.raises(expected) as second:
            client.me.get_me()

    assert first.value is second.value
    assert world.token_replies == []
    assert world.refreshes == []
    assert store.get() == token(minutes=-1)


def test_a_sign_in_ends_the_pause_after_a_failed_refresh(world):
    world.token_replies = [httpx.Response(500)]
    store = MemoryTokenStore(token(minutes=-1))
    with world.client(token_store=store) as client:
        with pytest.raises(ServerError):
            client.me.get_me()
        world.good = "access-7"
        store.set(token(7))
        assert (client.me.get_me()).username == "ada"

    assert world.refreshes == []


def test_a_token_that_still_works_is_used_when_its_refresh_fails(world):
    world.token_replies = [httpx.Response(500)]
    with world.client(token_store=MemoryTokenStore(token(minutes=0.5))) as client:
        assert (client.me.get_me()).username == "ada"

    assert world.calls == ["OAuth access-0"]


def test_an_app_token_is_minted_shared_and_refreshed(world):
    store = MemoryTokenStore()
    with world.client(token_store=store) as client, world.client(token_store=store) as other:
        client.users.get_user(1)
        other.users.get_user(1)
        world.now += timedelta(hours=2)
        client.users.get_user(1)

    assert (world.mints, world.refreshes) == (1, ["refresh-1"])
    assert store.get() is None
    assert store.for_app("id").get().grant == "app"
    assert len(store.for_app("id").get().app_token_requests) == 1


def test_an_app_token_whose_refresh_is_refused_is_minted_anew(world):
    store = MemoryTokenStore()
    with world.client(token_store=store) as client:
        client.users.get_user(1)
        world.refreshes.append("refresh-1")
        world.now += timedelta(hours=2)
        client.users.get_user(1)

    assert world.mints == 2
    assert len(store.for_app("id").get().app_token_requests) == 2


def test_one_app_token_too_many_is_refused_before_the_request(world):
    store = MemoryTokenStore()
    mints = tuple(NOW - timedelta(minutes=number) for number in range(30))
    expired = Token("access-9", None, NOW - timedelta(minutes=1), grant="app", app_token_requests=mints)
    store.for_app("id").set(expired)
    with world.client(token_store=store) as client:
        with pytest.raises(RateLimitError, match="30 app tokens") as caught:
            client.users.get_user(1)

    assert caught.value.retry_after == 31 * 60
    assert world.mints == 0


def test_an_app_token_is_not_renewed_for_what_needs_a_person(world):
    with world.client() as client:
        client.users.get_user(1)
        world.good = "a person's"
        with pytest.raises(UnauthorizedError, match="needs a user token"):
            client.me.get_me()
        with pytest.raises(UnauthorizedError, match="needs a user token"):
            client.likes.like_track(1)

    assert (world.mints, world.refreshes) == (1, [])


def test_without_credentials_nothing_can_be_got(world):
    with SoundCloudClient(transport=world.transport) as client:
        with pytest.raises(MissingTokenError):
            client.me.get_me()
        with pytest.raises(InvalidInputError, match="client_id"):
            client.auth.get_client_token()

    assert world.calls == []


def test_a_clock_that_jumps(world):
    store = MemoryTokenStore(token())
    with world.client(token_store=store) as client:
        world.now -= timedelta(days=400)
        client.me.get_me()
        world.now += timedelta(days=800)
        client.me.get_me()

    assert world.refreshes == ["refresh-0"]


def test_set_token_writes_through_and_clear_forgets(world):
    store = MemoryTokenStore()
    with world.client(token_store=store) as client:
        client.set_token("access-0", "refresh-0")
        assert (store.get().access_token, store.get().refresh_token) == ("access-0", "refresh-0")
        client.clear_token()

    assert store.get() is None


def test_a_given_token_is_stored_at_the_first_call(world):
    store = MemoryTokenStore()
    with world.client(token_store=store, access_token="access-0", refresh_token="refresh-0") as client:
        client.me.get_me()

    assert store.get().refresh_token == "refresh-0"


def test_the_programs_own_refresh(world):
    def refresh(client):
        world.good = "from-elsewhere"
        return Token("from-elsewhere", "next", NOW + timedelta(hours=1))

    store = MemoryTokenStore(token(minutes=-1))
    with world.client(token_store=store, on_token_refresh=refresh) as client:
        client.me.get_me()

    assert world.refreshes == []
    assert store.get().access_token == "from-elsewhere"


def test_callbacks_are_told_what_is_stored_and_may_fail(world, caplog):
    told = []

    def stored(new):
        told.append((new.access_token, store.get().access_token))
        raise RuntimeError("callback")

    store = MemoryTokenStore(token(minutes=-1))
    with world.client(token_store=store, on_token_stored=stored) as client:
        client.me.get_me()

    assert told == [("access-1", "access-1")]
    assert "on_token_stored callback failed" in caplog.text
    assert "access-1" not in caplog.text


class Provider:
    def __init__(self, world):
        self.world, self.token, self.given = world, "stale", None

    def get_access_token(self):
        return self.token

    def set_tokens(self, access_token, refresh_token=None):
        self.given = (access_token, refresh_token)

    def refresh_if_needed(self, client):
        self.token = self.world.good
        return self.token


def test_a_token_provider_keeps_the_tokens(world):
    provider = Provider(world)
    with world.client(token_provider=provider) as client:
        client.me.get_me()
        client.set_token("a", "b")

    assert world.calls == ["OAuth stale", "OAuth access-0"]
    assert provider.given == ("a", "b")


def test_a_provider_stands_alone(world):
    with pytest.raises(InvalidInputError, match="alone"):
        world.client(token_provider=Provider(world), token_store=MemoryTokenStore())


def test_the_environment_makes_a_client(monkeypatch, tmp_path):
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_ID", "id")
    monkeypatch.setenv("SOUNDCLOUD_ACCESS_TOKEN", " access ")
    monkeypatch.setenv("SOUNDCLOUD_REFRESH_TOKEN", "refresh")
    monkeypatch.setenv("SOUNDCLOUD_REDIRECT_URI", "")
    monkeypatch.setenv("SOUNDCLOUD_TOKEN_FILE", str(tmp_path / "tokens.json"))
    with SoundCloudClient.from_env(client_secret="secret") as client:
        assert (client.access_token, client.refresh_token) == ("access", "refresh")
        assert "access" not in repr(client).replace("access_token", "")


def test_what_the_store_holds_goes_before_what_is_given(world):
    store = MemoryTokenStore(token())
    with world.client(token_store=store, refresh_token="spent-long-ago") as client:
        client.me.get_me()

    assert world.refreshes == []
    assert store.get().refresh_token == "refresh-0"


def test_a_refresh_token_alone_is_not_stored_as_a_token(world):
    told = []
    store = MemoryTokenStore()
    with world.client(token_store=store, refresh_token="refresh-0", on_token_stored=told.append) as client:
        assert client.access_token is None
        client.me.get_me()

    assert [each.access_token for each in told] == ["access-1"]


class Failing(MemoryTokenStore):
    failures = 1

    def set(self, new):
        if self.failures:
            self.failures -= 1
            raise TokenStoreError("the disk is full")
        super().set(new)


def test_a_pair_that_could_not_be_stored_is_stored_before_it_is_used(world):
    store = Failing()
    store._tokens[store._key] = token(minutes=-1)
    with world.client(token_store=store) as client:
        with pytest.raises(TokenStoreError, match="disk is full"):
            client.me.get_me()
        client.me.get_me()

    assert world.refreshes == ["refresh-0"]
    assert store.get().access_token == "access-1"


def test_a_sign_in_through_another_client_is_noticed(world):
    store = MemoryTokenStore()
    with world.client(token_store=store) as client:
        client.users.get_user(1)
        store.set(Token("a-persons", "refresh-p", NOW + timedelta(hours=1), grant="user"))
        world.good = "a-persons"
        assert (client.me.get_me()).username == "ada"

    assert world.refreshes == []


def test_a_sign_out_through_another_client_is_noticed(world):
    store = MemoryTokenStore(token())
    with world.client(token_store=store) as client, world.client(token_store=store) as other:
        client.me.get_me()
        other.clear_token()
        world.now += timedelta(hours=2)
        with pytest.raises(MissingTokenError, match="signed out"):
            client.me.get_me()

    assert store.get() is None
    assert world.refreshes == []


def test_the_programs_own_token_is_kept_as_the_persons(world):
    store = MemoryTokenStore()
    fresh = Token("access-0", None, NOW + timedelta(hours=1), grant="user")
    with world.client(token_store=store, on_token_refresh=lambda client: fresh) as client:
        client.me.get_me()

    assert store.get() == fresh
    assert store.for_app("id").get() is None


def test_an_app_token_by_hand_is_counted_and_shared(world):
    store = MemoryTokenStore()
    with world.client(token_store=store) as client:
        first = client.auth.get_client_token()
        second = client.auth.get_client_token()

    assert (len(first.app_token_requests), len(second.app_token_requests)) == (1, 2)
    assert store.for_app("id").get() == second


@pytest.mark.parametrize("status", [200, 401])
def test_signing_out_forgets_the_own_token(world, status):
    sent = []

    def answer(request):
        if request.url.path == "/sign-out":
            sent.append(request.content)
            return httpx.Response(status)
        return world.answer(request)

    store = MemoryTokenStore(token())
    transport = httpx.MockTransport(answer)
    with SoundCloudClient(
        "id", "secret", transport=transport, clock=world.clock, token_store=store
    ) as client:
        client.auth.sign_out()

    assert len(sent) == (1 if status == 200 else 2)
    assert store.get() is None
