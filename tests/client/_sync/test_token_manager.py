"""The token manager: refresh before expiry and after a 401, app tokens, stores, providers and sign-out."""

import errno
import io
import json
import os
import socket
import threading
import time
from contextlib import suppress
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
    RequestTimeoutError,
    Retry,
    ServerError,
    Timeout,
    Token,
    TokenStoreError,
    UnauthorizedError,
    UnexpectedResponseError,
    UploadInterruptedError,
)
from soundcloud._sync.steps import send
from soundcloud._protocol import token_lifecycle
from soundcloud.events import TokenRefreshedEvent
from soundcloud.stores import FileTokenStore, MemoryTokenStore

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class FakeServer:
    """A token endpoint, and an API that accepts the last access token only."""

    def __init__(self):
        self.now = NOW
        self.valid_token = "access-0"
        self.refreshes = []
        self.app_tokens = 0
        self.calls = []
        self.sizes = []
        self.token_responses = []
        self.extra = {}
        self.transport = httpx.MockTransport(self.respond)

    def respond(self, request):
        if request.url.path == "/oauth/token":
            return self.token(request)
        self.calls.append(request.headers.get("authorization"))
        self.sizes.append(len(request.content))
        if request.headers.get("authorization") == f"OAuth {self.valid_token}":
            return httpx.Response(200, json={"urn": "soundcloud:users:1", "username": "ada"})
        return httpx.Response(401, json={"code": 401, "message": ""})

    def token(self, request):
        assert request.headers.get_list("accept") == ["application/json"]
        if self.token_responses:
            return self.token_responses.pop(0)
        form = parse_qs(request.content.decode())
        if form["grant_type"] == ["client_credentials"]:
            assert request.headers["authorization"].startswith("Basic ")
            assert set(form) == {"grant_type"}
            self.app_tokens += 1
        else:
            assert "authorization" not in request.headers
            old_token = form["refresh_token"][0]
            if old_token in self.refreshes:
                return httpx.Response(400, json={"error": "invalid_grant"})
            self.refreshes.append(old_token)
        number = len(self.refreshes) + self.app_tokens
        self.valid_token = f"access-{number}"
        response = {
            "access_token": self.valid_token,
            "refresh_token": f"refresh-{number}",
            "expires_in": 3599,
            "scope": "",
        }
        return httpx.Response(
            200, json={name: value for name, value in (response | self.extra).items() if value is not None}
        )

    def clock(self):
        return self.now

    def client(self, **settings):
        return SoundCloudClient(
            "id", "secret", "http://127.0.0.1:8765/callback", transport=self.transport, clock=self.clock, **settings
        )


@pytest.fixture
def server():
    return FakeServer()


def token(number=0, *, minutes=60, **more):
    return Token(f"access-{number}", f"refresh-{number}", NOW + timedelta(minutes=minutes), grant="user", **more)


def test_a_valid_token_is_used(server):
    with server.client(token_store=MemoryTokenStore(token())) as client:
        assert (client.me.get_me()).username == "ada"

    assert server.refreshes == []


@pytest.mark.parametrize("minutes", [0.5, 0, -600])
def test_an_expiring_token_is_refreshed_before_the_request(server, minutes):
    store = MemoryTokenStore(token(minutes=minutes))
    with server.client(token_store=store) as client:
        client.me.get_me()
        client.me.get_me()

    assert server.refreshes == ["refresh-0"]
    assert server.calls == ["OAuth access-1"] * 2
    assert (store.get().access_token, store.get().refresh_token) == ("access-1", "refresh-1")
    assert store.get().expires_at == NOW + timedelta(seconds=3599)


def test_a_401_refreshes_the_token_once_and_sends_again(server):
    server.valid_token = "another"
    with server.client(token_store=MemoryTokenStore(token())) as client:
        assert (client.me.get_me()).username == "ada"

    assert server.refreshes == ["refresh-0"]
    assert server.calls == ["OAuth access-0", "OAuth access-1"]


@pytest.mark.parametrize("kind", ["bytes", "path", "file", "file at an offset"])
def test_an_upload_is_sent_again_after_a_401(server, kind, tmp_path):
    path = tmp_path / "night.flac"
    path.write_bytes(b"fLaC" + bytes(100))
    server.valid_token = "another"
    with server.client(token_store=MemoryTokenStore(token())) as client:
        with path.open("rb") as file:
            if kind == "file at an offset":
                file.seek(50)
            value = {"bytes": path.read_bytes(), "path": path}.get(kind, file)
            client.tracks.upload(value, title="Night")

    assert server.calls == ["OAuth access-0", "OAuth access-1"]
    first, second = server.sizes
    assert first == second > 50


def test_a_file_that_was_closed_is_not_sent_again_after_a_401(server):
    file = io.BytesIO(b"fLaC")
    server.valid_token = "another"
    with server.client(token_store=MemoryTokenStore(token()), on_token_stored=lambda _: file.close()) as client:
        with pytest.raises(UploadInterruptedError, match="cannot be read: I/O operation on closed file"):
            client.tracks.upload(file, title="Night")

    assert server.calls == ["OAuth access-0"]


def test_an_iterator_is_not_sent_again_after_a_401_but_the_token_is_renewed(server):
    server.valid_token = "another"
    with server.client(token_store=MemoryTokenStore(token())) as client:
        with pytest.raises(UnauthorizedError) as caught:
            client.tracks.upload(iter([b"fLaC"]), length=4, title="Night")
        assert server.calls == ["OAuth access-0"]
        assert caught.value.hint.startswith("the token was renewed: call the method again")
        client.tracks.upload(iter([b"fLaC"]), length=4, title="Night")

    assert server.calls == ["OAuth access-0", "OAuth access-1"]


def test_a_token_without_expiry_is_used_until_a_401(server):
    server.extra = {"expires_in": None}
    server.valid_token = "another"
    with server.client(access_token="access-0", refresh_token="refresh-0") as client:
        client.me.get_me()
        server.now += timedelta(days=9)
        client.me.get_me()

    assert server.refreshes == ["refresh-0"]


def test_a_refresh_token_without_an_access_token(server):
    with server.client(refresh_token="refresh-0") as client:
        client.me.get_me()

    assert (server.refreshes, server.app_tokens) == (["refresh-0"], 0)
    assert server.calls == ["OAuth access-1"]


def test_a_response_without_a_refresh_token_keeps_the_old_one(server):
    server.extra = {"refresh_token": None}
    store = MemoryTokenStore(token(minutes=0))
    with server.client(token_store=store) as client:
        client.me.get_me()

    assert store.get().refresh_token == "refresh-0"


def test_a_token_refreshed_elsewhere_is_read_from_the_store(server):
    store = MemoryTokenStore(token())
    with server.client(token_store=store) as client:
        client.me.get_me()
        server.valid_token = "access-7"
        store.set(token(7))
        client.me.get_me()

    assert server.refreshes == []
    assert server.calls == ["OAuth access-0", "OAuth access-0", "OAuth access-7"]


def test_a_401_after_a_refresh_is_raised_with_a_hint(server):
    server.extra = {"access_token": "never-good"}
    with server.client(token_store=MemoryTokenStore(token(5))) as client:
        with pytest.raises(UnauthorizedError, match="also rejected the new token"):
            client.me.get_me()

    assert server.refreshes == ["refresh-5"]
    assert len(server.calls) == 2


def test_a_403_never_refreshes(server):
    transport = httpx.MockTransport(lambda request: httpx.Response(403, json={"code": 403, "message": ""}))
    with SoundCloudClient(
        "id", "secret", transport=transport, access_token="a", refresh_token="b"
    ) as client:
        response = client.raw.get("/me")
        with pytest.raises(Exception, match="403"):
            client.me.get_me()

    assert response.status == 403


def test_a_used_refresh_token_raises_invalid_grant(server):
    server.refreshes.append("refresh-0")
    with server.client(token_store=MemoryTokenStore(token(minutes=-1))) as client:
        with pytest.raises(InvalidGrantError, match="sign in again") as caught:
            client.me.get_me()
        with pytest.raises(InvalidGrantError):
            client.me.get_me()

    assert caught.value.code == "invalid_grant"
    assert server.calls == []


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (httpx.Response(500, content=b""), ServerError),
        (httpx.Response(403, html="<html><title>Request blocked.</title></html>"), Exception),
        (httpx.Response(200, html="<html></html>"), UnexpectedResponseError),
        (httpx.Response(401, json={"error": "invalid_client"}), InvalidClientError),
        (httpx.Response(429, json={"error": "rate_limit_exceeded"}), RateLimitError),
    ],
)
def test_a_failed_refresh_is_not_repeated_and_keeps_the_store(server, response, expected):
    server.token_responses = [response]
    store = MemoryTokenStore(token(minutes=-1))
    with server.client(token_store=store) as client:
        with pytest.raises(expected) as first:
            client.me.get_me()
        with pytest.raises(expected) as second:
            client.me.get_me()

    assert first.value is second.value
    assert server.token_responses == []
    assert server.refreshes == []
    assert store.get() == token(minutes=-1)


def test_a_sign_in_ends_the_cooldown_after_a_failed_refresh(server):
    server.token_responses = [httpx.Response(500)]
    store = MemoryTokenStore(token(minutes=-1))
    with server.client(token_store=store) as client:
        with pytest.raises(ServerError):
            client.me.get_me()
        server.valid_token = "access-7"
        store.set(token(7))
        assert (client.me.get_me()).username == "ada"

    assert server.refreshes == []


def test_a_new_token_resets_the_backoff_of_refreshes(server):
    with server.client(token_store=MemoryTokenStore(token(minutes=-1))) as client:
        pauses = []
        for number in (1, 2):
            server.token_responses = [httpx.Response(500)]
            with pytest.raises(ServerError):
                client.me.get_me()
            pauses.append(client._pipeline.token_manager._failed[0] - time.monotonic())
            client.set_token(token(number, minutes=-1))

    assert all(1 < pause <= 2 for pause in pauses)


def test_a_valid_token_is_used_when_its_refresh_fails(server):
    server.token_responses = [httpx.Response(500)]
    with server.client(token_store=MemoryTokenStore(token(minutes=0.5))) as client:
        assert (client.me.get_me()).username == "ada"

    assert server.calls == ["OAuth access-0"]


def test_an_app_token_is_requested_shared_and_refreshed(server):
    store = MemoryTokenStore()
    with server.client(token_store=store) as client, server.client(token_store=store) as other:
        client.users.get_user(1)
        other.users.get_user(1)
        server.now += timedelta(hours=2)
        client.users.get_user(1)

    assert (server.app_tokens, server.refreshes) == (1, ["refresh-1"])
    assert store.get() is None
    assert store.for_app("id").get().grant == "app"
    assert len(store.for_app("id").get().app_token_requests) == 1


def test_a_new_app_token_after_a_refused_refresh(server):
    store = MemoryTokenStore()
    with server.client(token_store=store) as client:
        client.users.get_user(1)
        server.refreshes.append("refresh-1")
        server.now += timedelta(hours=2)
        client.users.get_user(1)

    assert server.app_tokens == 2
    assert len(store.for_app("id").get().app_token_requests) == 2


def test_whether_a_user_is_signed_in(server, tmp_path):
    user = Token("access-0", "refresh-0", NOW + timedelta(hours=1), grant="user")
    path = tmp_path / "tokens.json"
    with server.client(token_store=FileTokenStore(path)) as client:
        assert not client.auth.is_signed_in()
        client.users.get_user(1)
        assert not client.auth.is_signed_in()  # the token of the app does not count
    FileTokenStore(path).for_client("id").set(user)
    with server.client(token_store=FileTokenStore(path)) as client:
        assert client.auth.is_signed_in()
        client.clear_token()
        assert not client.auth.is_signed_in()
    with server.client(access_token="given") as client:
        assert client.auth.is_signed_in()

    assert server.refreshes == []


@pytest.mark.parametrize("provided", ["access-0", None])
def test_a_provider_knows_whether_a_user_is_signed_in(server, provided):
    class Provider:
        def get_access_token(self):
            return provided

        def set_tokens(self, access_token, refresh_token):
            pass

        def refresh_if_needed(self):
            pass

    with SoundCloudClient(token_provider=Provider(), transport=server.transport) as client:
        assert client.auth.is_signed_in() is (provided is not None)


def test_the_stored_app_token_is_not_used_in_place_of_the_callback(server):
    store = MemoryTokenStore()
    store.for_app("id").set(Token("app", None, NOW + timedelta(hours=1), grant="app"))
    signed_in = Token(server.valid_token, None, NOW + timedelta(hours=1), grant="user")
    with server.client(token_store=store, on_token_refresh=lambda client: signed_in) as client:
        client.me.get_me()

    assert server.calls == [f"OAuth {server.valid_token}"]


def app_store(*minutes):
    """Return a store with an expired app token, and how many minutes ago each app token was requested."""
    store = MemoryTokenStore()
    requested_at = tuple(NOW - timedelta(minutes=number) for number in minutes)
    expired = Token("access-9", None, NOW - timedelta(minutes=1), grant="app", app_token_requests=requested_at)
    store.for_app("id").set(expired)
    return store


@pytest.mark.parametrize(
    ("most", "minutes", "hours", "wait"),
    [(30, range(30), 1, 31), (50, range(100, 600, 10), 12, 130)],
    ids=["30 per hour", "50 per 12 hours"],
)
def test_the_limits_of_app_tokens_are_checked_before_the_request(server, most, minutes, hours, wait):
    with server.client(token_store=app_store(*minutes)) as client:
        with pytest.raises(RateLimitError, match=f"{most} app tokens were requested in the last {hours} h") as caught:
            client.users.get_user(1)
    assert caught.value.retry_after == wait * 60
    assert server.app_tokens == 0

    with server.client(token_store=app_store(*minutes[1:])) as client:
        client.users.get_user(1)
    assert server.app_tokens == 1


def test_app_token_requests_are_forgotten_after_12_hours(server):
    store = app_store(1, 719, 720, 10_000)
    with server.client(token_store=store) as client:
        client.users.get_user(1)

    ages = [NOW - moment for moment in store.for_app("id").get().app_token_requests]
    assert ages == [timedelta(minutes=1), timedelta(minutes=719), timedelta(0)]


@pytest.mark.parametrize("secret", ["hush\n", "hu\tsh", "\u201chush\u201d"])
def test_a_secret_with_a_line_break_or_a_quote_is_not_sent(server, secret):
    with SoundCloudClient("id", secret, transport=server.transport) as client:
        with pytest.raises(InvalidInputError, match="client_secret contains characters that are not allowed") as caught:
            client.auth.get_client_token()

    assert "sh" not in str(caught.value)
    assert server.app_tokens == 0


def test_a_401_of_a_public_call_does_not_ask_to_sign_in(server):
    store = MemoryTokenStore(Token("refused", None, NOW + timedelta(hours=1), grant="app"))
    with SoundCloudClient(transport=server.transport, clock=server.clock, token_store=store) as client:
        with pytest.raises(UnauthorizedError) as caught:
            client.users.get_user(1)
        assert "needs a user token" not in str(caught.value)
        with pytest.raises(UnauthorizedError, match="needs a user token"):
            client.me.get_me()


def test_only_on_token_refresh(server):
    """A client with no credentials and no refresh token asks `on_token_refresh` when its token expires."""

    def refresh(client):
        return Token(server.valid_token, None, NOW + timedelta(hours=1))

    store = MemoryTokenStore(Token("old", None, NOW - timedelta(minutes=1)))
    with SoundCloudClient(
        transport=server.transport, clock=server.clock, token_store=store, on_token_refresh=refresh
    ) as client:
        assert (client.me.get_me()).username == "ada"

    assert server.calls == ["OAuth access-0"]


class HeldStore(MemoryTokenStore):
    """A store whose lock another process holds.

    Args:
        attempts: The number of failed attempts to acquire it.
    """

    def __init__(self, attempts):
        super().__init__(token(minutes=-1))
        self.attempts = attempts

    def try_lock(self):
        self.attempts -= 1
        return None if self.attempts >= 0 else super().try_lock()

    def lock_holder(self):
        return "process 7"


def test_a_refresh_waits_for_the_lock_of_the_store(server, monkeypatch):
    monkeypatch.setattr(token_lifecycle, "LOCK_POLL_SECONDS", 0.0001)
    with server.client(token_store=HeldStore(3)) as client:
        assert (client.me.get_me()).username == "ada"


def test_a_lock_that_stays_held_is_an_error(server, monkeypatch):
    monkeypatch.setattr(token_lifecycle, "LOCK_POLL_SECONDS", 0.0001)
    monkeypatch.setattr(token_lifecycle, "LOCK_WAIT_SECONDS", 0.01)
    with server.client(token_store=HeldStore(10**9)) as client:
        with pytest.raises(TokenStoreError, match="was locked by process 7 for 0 seconds"):
            client.me.get_me()

    assert server.refreshes == []


def test_an_app_token_is_not_refreshed_for_calls_that_need_a_user(server):
    with server.client() as client:
        client.users.get_user(1)
        server.valid_token = "a person's"
        with pytest.raises(UnauthorizedError, match="needs a user token"):
            client.me.get_me()
        with pytest.raises(UnauthorizedError, match="needs a user token"):
            client.likes.like_track(1)

    assert (server.app_tokens, server.refreshes) == (1, [])


@pytest.mark.parametrize("value", ["OAuth access-0", "bearer access-0"])
def test_a_token_with_the_scheme_of_the_header_is_refused(server, value):
    with pytest.raises(InvalidInputError, match="access_token begins with") as caught:
        SoundCloudClient(access_token=value, transport=server.transport)
    assert "access-0" not in str(caught.value)
    with server.client() as client:
        with pytest.raises(InvalidInputError, match="access_token begins with"):
            client.set_token(value)
        assert not client.auth.is_signed_in()


def test_a_client_id_without_its_secret(server):
    with SoundCloudClient("id", transport=server.transport) as client:
        with pytest.raises(
            MissingTokenError, match=r"has a client_id without a client_secret.*pass client_id and client_secret"
        ):
            client.search.tracks("lofi")

    assert server.calls == []


def test_missing_credentials(server):
    with SoundCloudClient(transport=server.transport) as client:
        with pytest.raises(MissingTokenError):
            client.me.get_me()
        with pytest.raises(InvalidInputError, match="client_id"):
            client.auth.get_client_token()

    assert server.calls == []


def test_clock_changes(server):
    store = MemoryTokenStore(token())
    with server.client(token_store=store) as client:
        server.now -= timedelta(days=400)
        client.me.get_me()
        server.now += timedelta(days=800)
        client.me.get_me()

    assert server.refreshes == ["refresh-0"]


def test_set_token_and_clear_token_update_the_store(server):
    store = MemoryTokenStore()
    with server.client(token_store=store) as client:
        client.set_token("access-0", "refresh-0")
        assert (store.get().access_token, store.get().refresh_token) == ("access-0", "refresh-0")
        client.clear_token()

    assert store.get() is None


def test_a_token_setting_is_stored_at_the_first_call(server):
    store = MemoryTokenStore()
    with server.client(token_store=store, access_token="access-0", refresh_token="refresh-0") as client:
        client.me.get_me()

    assert (store.get().refresh_token, store.get().grant) == ("refresh-0", None)


def test_on_token_refresh(server):
    def refresh(client):
        server.valid_token = "from-elsewhere"
        return Token("from-elsewhere", "next", NOW + timedelta(hours=1))

    store = MemoryTokenStore(token(minutes=-1))
    with server.client(token_store=store, on_token_refresh=refresh) as client:
        client.me.get_me()

    assert server.refreshes == []
    assert store.get().access_token == "from-elsewhere"


def test_on_token_stored_runs_after_storing_and_may_fail(server, caplog):
    stored_tokens = []

    def stored(new):
        stored_tokens.append((new.access_token, store.get().access_token))
        raise RuntimeError("callback")

    store = MemoryTokenStore(token(minutes=-1))
    with server.client(token_store=store, on_token_stored=stored) as client:
        client.me.get_me()

    assert stored_tokens == [("access-1", "access-1")]
    assert "on_token_stored callback failed" in caplog.text
    assert "access-1" not in caplog.text


@pytest.mark.parametrize("minutes", [60, -1])
def test_on_token_stored_may_use_the_client(server, minutes):
    names = []

    def stored(_):
        names.append((client.me.get_me()).username)

    given = {"access_token": "access-0"} if minutes == 60 else {"token_store": MemoryTokenStore(token(minutes=-1))}
    with server.client(on_token_stored=stored, **given) as client:
        client.me.get_me()

    assert names == ["ada"]


@pytest.mark.parametrize("call", ["get_me", "get_client_token"])
def test_on_token_refresh_cannot_use_the_token_that_it_is_to_return(server, call):
    def refresh(client):
        assert (client.me.get_me(token="access-0")).username == "ada"
        (client.me.get_me() if call == "get_me" else client.auth.get_client_token())
        raise AssertionError

    with server.client(token_store=MemoryTokenStore(token(minutes=-1)), on_token_refresh=refresh) as client:
        with pytest.raises(InvalidInputError, match="on_token_refresh made a call that needs the token"):
            client.me.get_me()

    assert server.refreshes == []


def test_a_token_still_works_if_on_token_refresh_fails(server):
    asked = []

    def refresh(client):
        asked.append(server.now)
        raise OSError("the vault cannot be reached")

    with server.client(token_store=MemoryTokenStore(token(minutes=0.5)), on_token_refresh=refresh) as client:
        assert (client.me.get_me()).username == "ada"
        assert (client.me.get_me()).username == "ada"
        server.now += timedelta(minutes=1)
        with pytest.raises(OSError, match="the vault cannot be reached"):
            client.me.get_me()

    assert len(asked) == 1, "the second call and the third one are within the pause after the failure"


class Provider:
    def __init__(self, server):
        self.server, self.token, self.given = server, "stale", None

    def get_access_token(self):
        return self.token

    def set_tokens(self, access_token, refresh_token=None):
        self.given = (access_token, refresh_token)

    def refresh_if_needed(self, client):
        self.token = self.server.valid_token
        return self.token


@pytest.mark.parametrize("stale", ["stale", "Access"])
def test_a_token_provider(server, stale):
    provider = Provider(server)
    provider.token = stale
    with server.client(token_provider=provider) as client:
        client.me.get_me()
        client.set_token("a", "b")

    assert server.calls == [f"OAuth {stale}", "OAuth access-0"]
    assert provider.given == ("a", "b")


@pytest.mark.parametrize("value", [Token("access-0"), b"access-0", {"access_token": "access-0"}, 5])
def test_a_token_provider_that_returns_no_string(server, value):
    provider = Provider(server)
    provider.token = value
    with server.client(token_provider=provider) as client:
        for call in (client.me.get_me, client.auth.is_signed_in):
            with pytest.raises(
                InvalidInputError, match=r"the token provider returned a value of type .*: return"
            ) as caught:
                call()
            assert "access-0" not in str(caught.value)

    assert server.calls == []


@pytest.mark.parametrize("value", ["access-0", {"access_token": "access-0"}, True, b""])
def test_a_store_that_returns_no_token(server, value):
    class Store(MemoryTokenStore):
        def get(self):
            return value

    with server.client(token_store=Store()) as client:
        with pytest.raises(InvalidInputError, match=r"get\(\) of the token store returned a value of type") as caught:
            client.me.get_me()

    assert "access-0" not in str(caught.value)
    assert server.calls == []


def test_a_token_provider_excludes_a_store(server):
    with pytest.raises(InvalidInputError, match="alone"):
        server.client(token_provider=Provider(server), token_store=MemoryTokenStore())


def test_from_env(monkeypatch, tmp_path):
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_ID", "id")
    monkeypatch.setenv("SOUNDCLOUD_ACCESS_TOKEN", " access ")
    monkeypatch.setenv("SOUNDCLOUD_REFRESH_TOKEN", "refresh")
    monkeypatch.setenv("SOUNDCLOUD_REDIRECT_URI", "")
    monkeypatch.setenv("SOUNDCLOUD_TOKEN_FILE", str(tmp_path / "tokens.json"))
    with SoundCloudClient.from_env(client_secret="secret") as client:
        assert (client.access_token, client.refresh_token) == ("access", "refresh")
        assert "access" not in repr(client).replace("access_token", "")


def test_the_store_takes_precedence_over_settings(server):
    store = MemoryTokenStore(token())
    with server.client(token_store=store, refresh_token="used-refresh-token") as client:
        client.me.get_me()

    assert server.refreshes == []
    assert store.get().refresh_token == "refresh-0"


def test_a_refresh_token_alone_is_not_stored(server):
    stored_tokens = []
    store = MemoryTokenStore()
    with server.client(
        token_store=store, refresh_token="refresh-0", on_token_stored=stored_tokens.append
    ) as client:
        assert client.access_token is None
        client.me.get_me()

    assert [(each.access_token, each.grant) for each in stored_tokens] == [("access-1", "user")]


class FailingTokenStore(MemoryTokenStore):
    failures = 1

    def set(self, new):
        if self.failures:
            self.failures -= 1
            raise TokenStoreError("the disk is full")
        super().set(new)


def test_a_token_pair_is_stored_again_after_a_store_error(server):
    store = FailingTokenStore()
    store._tokens[store._key] = token(minutes=-1)
    with server.client(token_store=store) as client:
        with pytest.raises(TokenStoreError, match="disk is full"):
            client.me.get_me()
        client.me.get_me()

    assert server.refreshes == ["refresh-0"]
    assert store.get().access_token == "access-1"


class OvertakenTokenStore(MemoryTokenStore):
    """The lock expires during the refresh, and another process stores its token first."""

    def __init__(self, server):
        super().__init__()
        self._server, self.writes = server, 0
        self._tokens[self._key] = token(minutes=-1)

    def set(self, new):
        self.writes += 1
        if self.writes == 1:
            self._server.valid_token = "from-elsewhere"
            super().set(Token("from-elsewhere", "next", NOW + timedelta(hours=1), grant="user"))
            raise TokenStoreError("the lock expired")
        super().set(new)


def test_the_newer_token_of_another_process_is_used_and_stays(server):
    store = OvertakenTokenStore(server)
    with server.client(token_store=store) as client:
        client.me.get_me()
        client.me.get_me()

    assert server.refreshes == ["refresh-0"]
    assert server.calls[-1] == "OAuth from-elsewhere"
    assert (store.get().access_token, store.writes) == ("from-elsewhere", 1)


def test_a_sign_in_through_another_client_is_noticed(server):
    store = MemoryTokenStore()
    with server.client(token_store=store) as client:
        client.users.get_user(1)
        store.set(Token("user-token", "refresh-p", NOW + timedelta(hours=1), grant="user"))
        server.valid_token = "user-token"
        assert (client.me.get_me()).username == "ada"

    assert server.refreshes == []


@pytest.mark.parametrize("given", [False, True], ids=["stored", "given by set_token"])
def test_a_sign_out_through_another_client_is_noticed(server, given):
    store = MemoryTokenStore(None if given else token())
    with server.client(token_store=store) as client, server.client(token_store=store) as other:
        if given:
            client.set_token(token())
        client.me.get_me()
        other.clear_token()
        server.now += timedelta(hours=2)
        with pytest.raises(MissingTokenError, match="signed out"):
            client.me.get_me()

    assert store.get() is None
    assert server.refreshes == []


def test_a_sign_out_after_the_first_refresh_is_noticed(server):
    store = MemoryTokenStore()
    with server.client(token_store=store, refresh_token="refresh-0") as client:
        client.me.get_me()
        assert store.get() is not None
        store.clear()
        server.now += timedelta(hours=2)
        with pytest.raises(MissingTokenError, match="signed out"):
            client.me.get_me()

    assert store.get() is None
    assert len(server.refreshes) == 1


def test_a_token_of_on_token_refresh_is_stored_as_the_users(server):
    store = MemoryTokenStore()
    fresh = Token("access-0", None, NOW + timedelta(hours=1), grant="user")
    with server.client(token_store=store, on_token_refresh=lambda client: fresh) as client:
        client.me.get_me()

    assert store.get() == fresh
    assert store.for_app("id").get() is None


def test_get_client_token_is_counted_and_stored(server):
    store = MemoryTokenStore()
    with server.client(token_store=store) as client:
        first = client.auth.get_client_token()
        second = client.auth.get_client_token()

    assert (len(first.app_token_requests), len(second.app_token_requests)) == (1, 2)
    assert store.for_app("id").get() == second


@pytest.mark.parametrize("status", [200, 401])
def test_sign_out_clears_the_store(server, status):
    sent = []

    def respond(request):
        if request.url.path == "/sign-out":
            sent.append(request.content)
            return httpx.Response(status)
        return server.respond(request)

    store = MemoryTokenStore(token())
    transport = httpx.MockTransport(respond)
    with SoundCloudClient(
        "id", "secret", transport=transport, clock=server.clock, token_store=store
    ) as client:
        client.auth.sign_out()

    assert len(sent) == (1 if status == 200 else 2)
    assert store.get() is None


class SlowTokenEndpoint:
    """A token endpoint that sends its response in parts, with a pause before each."""

    def __init__(self, pause, parts, status="200 OK", body=None):
        content = body or json.dumps({"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 3599})
        data = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n{content}"
        size = -(-len(data) // parts)
        self.parts = [data[start : start + size].encode() for start in range(0, len(data), size)]
        self.pause, self.requests = pause, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.socket.close()

    def serve(self):
        with suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                with suppress(OSError), connection:
                    connection.recv(65536)
                    self.requests += 1
                    for part in self.parts:
                        time.sleep(self.pause)
                        connection.sendall(part)


def expired(**more):
    return Token("access-0", "refresh-0", datetime(2020, 1, 1, tzinfo=UTC), grant="user", **more)


def test_a_token_request_has_one_deadline_for_the_whole_exchange(monkeypatch):
    monkeypatch.setattr(send, "TOKEN_TOTAL_SECONDS", 0.4)
    with SlowTokenEndpoint(0.1, 40) as endpoint:
        client = SoundCloudClient(
            "id", "secret", auth_url=endpoint.url, token_store=MemoryTokenStore(expired()), retry=Retry(max_retries=0)
        )
        with client:
            started_at = time.monotonic()
            with pytest.raises(RequestTimeoutError, match=r"the token endpoint did not complete|no response in time"):
                client.me.get_me()

    assert time.monotonic() - started_at < 2
    assert endpoint.requests == 1


def test_a_store_lock_outlives_a_token_request():
    from soundcloud.stores.redis_keys import LOCK_SECONDS

    assert send.TOKEN_TOTAL_SECONDS + 5 <= LOCK_SECONDS


def test_the_total_timeout_ends_the_call_and_the_refresh_goes_on():
    store = MemoryTokenStore(expired())
    with SlowTokenEndpoint(1.0, 1) as endpoint:
        with SoundCloudClient(
            "id", "secret", auth_url=endpoint.url, token_store=store, timeout=Timeout(total=0.2)
        ) as client:
            started_at = time.monotonic()
            for _ in range(2):  # the second call waits for the same refresh
                with pytest.raises(RequestTimeoutError, match="total of its Timeout"):
                    client.me.get_me()
            assert time.monotonic() - started_at < 0.9

    # Closing the client waits for the refresh.
    assert endpoint.requests == 1
    assert (store.get().access_token, store.get().refresh_token) == ("access-1", "refresh-1")


def test_a_closed_client_does_not_wait_for_the_lock_of_the_store(tmp_path):
    store = FileTokenStore(tmp_path / "tokens.json")
    store.set(expired())
    lease = store.try_lock()
    started_at = time.monotonic()
    with SoundCloudClient("id", "secret", token_store=store, timeout=Timeout(total=0.2)) as client:
        with pytest.raises(RequestTimeoutError):
            client.me.get_me()
    lease.release()

    assert time.monotonic() - started_at < 5
    assert store.get() == expired()


def test_a_newer_pair_in_the_store_is_used_after_invalid_grant(server):
    """Another process, whose lock expired, used the refresh token first and then stored its pair."""
    store = MemoryTokenStore(token(minutes=-1))

    def refuse(request):
        store.set(token(7))
        server.valid_token = "access-7"
        return httpx.Response(400, json={"error": "invalid_grant"})

    server.token, events = refuse, []
    with server.client(token_store=store, on_event=events.append) as client:
        assert (client.me.get_me()).username == "ada"

    assert not any(isinstance(event, TokenRefreshedEvent) for event in events)
    assert server.calls == ["OAuth access-7"]
    assert store.get() == token(7)


def test_a_store_that_cannot_be_written_is_noticed_before_the_token_request(server, tmp_path, monkeypatch):
    store = FileTokenStore(tmp_path / "tokens.json")
    store.set(token(minutes=-1))

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with server.client(token_store=store) as client:
        monkeypatch.setattr("soundcloud._atomic_file._new_file", full)
        with pytest.raises(TokenStoreError, match="cannot be written: No space left on device"):
            client.me.get_me()
        assert server.refreshes == []
        monkeypatch.undo()

    with server.client(token_store=store) as client:
        assert (client.me.get_me()).username == "ada"


def test_apps_that_share_a_file_and_a_key_keep_their_tokens_apart(server, tmp_path):
    path = tmp_path / "tokens.json"
    with (
        SoundCloudClient(
            "first", "secret", transport=server.transport, clock=server.clock, token_store=path
        ) as first,
        SoundCloudClient(
            "second", "secret", transport=server.transport, clock=server.clock, token_store=path
        ) as other,
    ):
        first.set_token(token(0))
        with pytest.raises(UnauthorizedError):  # an app token is requested, and the server accepts access-0 only
            server.token_responses = [httpx.Response(200, json={"access_token": "app", "expires_in": 3599})] * 2
            other.me.get_me()
        other.set_token(token(5))
        assert (first.me.get_me()).username == "ada"

    assert server.calls[-1] == "OAuth access-0"
    assert FileTokenStore(path).for_client("first").get() == token(0)
    assert FileTokenStore(path).for_client("second").get() == token(5)
    FileTokenStore(path).for_client("first").clear()
    assert FileTokenStore(path).for_client("first").get() is None
    assert FileTokenStore(path).for_client("second").get() == token(5)
