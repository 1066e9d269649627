"""Limits and decisions of the client, at their exact values; `_async` is the source of what is tested here."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import attrs
import httpx
import pytest

from soundcloud import InvalidInputError, Retry, SoundCloudClient, Timeout, Token
from soundcloud._async.pipeline import CACHE_TTL
from soundcloud._sync import token_manager as managers
from soundcloud._sync.namespaces import tracks as tracks_namespace
from soundcloud._sync.steps import retry as retry_step
from soundcloud._sync.steps import send as send_step
from soundcloud.caches import MemoryCache
from soundcloud.errors import (
    BadRequestError,
    EdgeError,
    ForbiddenError,
    MissingTokenError,
    NotFoundError,
    NotReadyError,
    PaginationError,
    QuotaExceededError,
    ResponseTooLargeError,
    ServerError,
    StatusError,
    TokenStoreError,
    UnauthorizedError,
    UnexpectedResponseError,
)
from soundcloud.models import Track
from soundcloud.stores import MemoryTokenStore
from tests.helpers.clock import ManualClock

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
API = "https://api.soundcloud.com"
TRACK = {"urn": "soundcloud:tracks:1", "title": "t"}


class Server:
    """A server that answers with the responses it was given; it repeats the last one."""

    def __init__(self, *responses):
        self.responses, self.requests = list(responses), []

    def __call__(self, request):
        request.read()
        self.requests.append(request)
        response = self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]
        return response(request) if callable(response) else httpx.Response(*response[:1], **response[1])

    def client(self, **settings):
        settings = {"access_token": "t", "retry": Retry(max_retries=0), **settings}
        return SoundCloudClient("id", "secret", "http://127.0.0.1/cb", transport=httpx.MockTransport(self), **settings)


def json(data, status=200, **headers):
    return status, {"json": data, "headers": {name.replace("_", "-"): value for name, value in headers.items()}}


def manager(**settings):
    return Server(json({})).client(**settings)._pipeline.token_manager


@pytest.mark.parametrize("most", [0, -1, True, 1.5, None])
def test_a_maximum_of_bytes_is_1_or_more(most):
    with pytest.raises(InvalidInputError, match="max_response_bytes="):
        SoundCloudClient(max_response_bytes=most)
    assert SoundCloudClient(max_response_bytes=1)._pipeline.sender.max_response_bytes == 1
    assert SoundCloudClient()._pipeline.sender.max_response_bytes == 50_000_000


def test_a_response_of_the_maximum_size():
    server = Server((200, {"content": b'{"a": "bcd"}'}))
    with server.client(max_response_bytes=12) as client:
        assert client.raw.get("/x").data == {"a": "bcd"}
        with pytest.raises(ResponseTooLargeError, match="max_response_bytes=11"):
            client.with_options(max_response_bytes=11).raw.get("/x")


@pytest.mark.parametrize("leeway", [-0.1, float("inf"), float("nan"), True, "60", None])
def test_the_leeway_is_0_or_more(leeway):
    with pytest.raises(InvalidInputError, match="leeway="):
        SoundCloudClient(leeway=leeway)
    assert manager(leeway=0).leeway == timedelta(0)
    assert manager(leeway=0.5).leeway == timedelta(seconds=0.5)
    assert manager().leeway == timedelta(seconds=60)


@pytest.mark.parametrize(("after", "requests"), [(0, 1), (60, 1), (60.001, 2), (-0.001, 2)])
def test_a_response_is_fresh_for_its_ttl_and_not_before_it_was_stored(after, requests):
    clock, server = ManualClock(), Server(json(TRACK))
    with server.client(cache=MemoryCache(clock=lambda: 0.0), clock=clock) as client:
        client.tracks.get_track(1)
        clock.advance(after)
        client.tracks.get_track(1)

    assert len(server.requests) == requests
    assert CACHE_TTL == 60


@pytest.mark.parametrize(("headers", "ttl"), [({}, 5), ({"etag": "e"}, 50)])
def test_how_long_the_cache_keeps_a_response(headers, ttl):
    kept = []

    class Cache(MemoryCache):
        def set(self, key, value, ttl):
            kept.append(ttl)
            super().set(key, value, ttl)

    server = Server(json(TRACK, **headers))
    with server.client(cache=Cache(), cache_ttl=5) as client:
        client.tracks.get_track(1)
        client.likes.like_track(1)

    assert kept == [ttl, 55, 55]


def test_the_cache_of_a_variant_of_the_client():
    server = Server(json(TRACK))
    with server.client() as client:
        cached = client.with_options(cache=MemoryCache())
        assert cached._pipeline.cache._ttl == 60
        assert cached.with_options(cache_ttl=5)._pipeline.cache._ttl == 5
        assert cached.with_options(cache=None)._pipeline.cache is None
        assert client.with_options(dedupe=False)._pipeline.cache is None


def test_a_304_without_an_entry_is_an_error():
    with Server((304, {})).client(cache=MemoryCache()) as client, pytest.raises(UnexpectedResponseError):
        client.tracks.get_track(1)


@pytest.mark.parametrize(
    ("timeout", "expected"),
    [
        (Timeout(connect=5, read=6, write=7, pool=8), (5, 6, 7, 7)),
        (Timeout(connect=8, read=7, write=6, pool=5), (7, 7, 6, 5)),
    ],
)
def test_a_token_request_takes_at_most_7_seconds_for_each_phase(timeout, expected):
    found = SoundCloudClient(timeout=timeout)._pipeline.sender._token_timeout

    assert (found.connect, found.read, found.write, found.pool) == expected
    assert (send_step.TOKEN_SECONDS, send_step.TOKEN_TOTAL_SECONDS) == (7, 20)


@pytest.mark.parametrize(
    ("status", "cls"),
    [
        (199, None),
        (200, None),
        (299, None),
        (300, UnexpectedResponseError),
        (399, UnexpectedResponseError),
        (400, BadRequestError),
    ],
)
def test_which_statuses_are_errors(status, cls):
    with Server(json(TRACK, status)).client() as client:
        if cls is None:
            assert client.tracks.get_track(1).title == "t"
        else:
            with pytest.raises(cls) as caught:
                client.tracks.get_track(1)
            assert type(caught.value) is cls


@pytest.mark.parametrize(("retries", "named"), [(0, 0), (1, 1), (3, 3)])
def test_the_error_names_the_retries(monkeypatch, retrying, retries, named):
    monkeypatch.setattr(retry_step, "sleep", lambda seconds: None)
    server = Server(json({}, 503))
    with server.client(retry=Retry(max_retries=retries)) as client, pytest.raises(ServerError) as caught:
        client.tracks.get_track(1)

    assert (caught.value.retries, len(server.requests)) == (named, retries + 1)


def test_a_401_is_repeated_once_with_a_new_token_unless_the_token_was_given():
    server = Server(json({}, 401))
    tokens = iter(["one", "two", "three"])
    with server.client(access_token=None, on_token_refresh=lambda client: Token(next(tokens))) as client:
        with pytest.raises(UnauthorizedError) as own:
            client.tracks.get_track(1)
        with pytest.raises(UnauthorizedError) as given:
            client.tracks.get_track(1, token="given")
    sent = [request.headers["authorization"] for request in server.requests]

    assert sent == ["OAuth one", "OAuth two", "OAuth given"]
    assert "also rejected the new token" in own.value.hint
    assert "also rejected" not in given.value.hint
    assert own.value.retries == 0


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (402, StatusError),
        (403, None),
        (404, None),
        (405, StatusError),
        (409, StatusError),
        (410, None),
        (411, StatusError),
    ],
)
def test_which_statuses_mean_that_there_is_no_waveform(status, found):
    track = Track(urn="soundcloud:tracks:1", waveform_url="https://wave.sndcdn.com/a.png")
    with Server(json({"code": 1}, status)).client() as client:
        if found is None:
            assert client.tracks.get_waveform(track) is None
        else:
            with pytest.raises(found):
                client.tracks.get_waveform(track)


def stream_server(*targets):
    """Return a server that redirects a stream to targets, one for each request; the last one is repeated."""
    targets = list(targets)

    def respond(request):
        if request.url.path.endswith("/streams"):
            return httpx.Response(200, json={"hls_aac_160_url": f"{API}/tracks/1/streams/x"})
        target = targets.pop(0) if len(targets) > 1 else targets[0]
        return httpx.Response(302, headers={"location": target}, json={})

    return Server(respond)


def expiring(seconds):
    return f"https://cf.sndcdn.com/a?expires={int(NOW.timestamp()) + seconds}"


@pytest.mark.parametrize(("seconds", "hops"), [(-1, 2), (0, 2), (1, 1)])
def test_a_url_that_has_expired_is_fetched_again_without_caches(seconds, hops):
    server = stream_server(expiring(seconds), expiring(100), expiring(seconds), expiring(100))
    with server.client(clock=ManualClock(NOW), cache=MemoryCache()) as client:
        streams = [client.tracks.get_stream(1) for _ in range(2)]
    sent = [request.headers.get("cache-control") for request in server.requests if request.url.path.endswith("/x")]

    assert sent == ([None, "no-cache"] if hops == 2 else [None]) * 2
    assert [stream.expires_at for stream in streams] == [
        NOW + timedelta(seconds=100 if hops == 2 else given) for given in (seconds, 100)
    ]
    assert not streams[0].is_preview


def test_the_most_redirects_of_a_stream():
    within = [f"{API}/tracks/1/streams/x?hop={number}" for number in range(5)]
    with stream_server(*within[:4], expiring(9)).client(clock=ManualClock(NOW)) as client:
        assert client.tracks.get_stream(1).url == expiring(9)
    with (
        stream_server(*within, expiring(9)).client(clock=ManualClock(NOW)) as client,
        pytest.raises(UnexpectedResponseError, match="redirects within the API more than 4 times"),
    ):
        client.tracks.get_stream(1)


@pytest.mark.parametrize(
    ("status", "body", "cls"),
    [
        (403, b"<html>", ForbiddenError),
        (403, b'{"code": 1}', ForbiddenError),
        (404, b"<html>", NotFoundError),
        (400, b"<html>", EdgeError),
    ],
)
def test_only_a_403_means_that_the_url_of_a_playlist_was_rejected(status, body, cls):
    with stream_server(expiring(9)).client(clock=ManualClock(NOW)) as client:
        stream = client.tracks.get_stream(1)
    with Server((status, {"content": body})).client() as client:
        refused = attrs.evolve(stream, pipeline=client._pipeline)
        with pytest.raises(cls) as caught:
            refused.playlist()

    assert ("refresh() gets a new one" in (caught.value.hint or "")) is (status == 403)


def test_playlists_are_never_taken_from_the_cache():
    with stream_server(expiring(9)).client(clock=ManualClock(NOW)) as client:
        stream = client.tracks.get_stream(1)
    server = Server((200, {"content": b"#EXTM3U\n"}))
    with server.client(cache=MemoryCache()) as client:
        for _ in range(2):
            attrs.evolve(stream, pipeline=client._pipeline).playlist()

    assert len(server.requests) == 2
    assert all("authorization" not in request.headers for request in server.requests)


def test_the_waits_until_a_track_is_playable(monkeypatch):
    now, waits = [0.0], []

    def sleep(seconds):
        waits.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(tracks_namespace, "monotonic", lambda: now[0])
    monkeypatch.setattr(tracks_namespace, "sleep", sleep)
    with Server(json(TRACK)).client() as client:
        with pytest.raises(NotReadyError, match="soundcloud:tracks:1 is not playable after 100 s") as caught:
            client.tracks.wait_until_playable(1, timeout=100)
        now[0], waits[:] = 0.0, []
        with pytest.raises(NotReadyError):
            client.tracks.wait_until_playable(1, timeout=60, interval=30)

    assert waits == [30, 30]
    assert caught.value.track.title == "t"


def test_the_waits_grow_by_half_up_to_30_seconds(monkeypatch):
    now, waits = [0.0], []

    def sleep(seconds):
        waits.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(tracks_namespace, "monotonic", lambda: now[0])
    monkeypatch.setattr(tracks_namespace, "sleep", sleep)
    with Server(json(TRACK)).client() as client, pytest.raises(NotReadyError):
        client.tracks.wait_until_playable(1, timeout=130)

    assert waits == [2, 3, 4.5, 6.75, 10.125, 15.1875, 22.78125, 30, 30, pytest.approx(5.65625)]


@pytest.mark.parametrize(
    ("count", "most", "shown"),
    [
        (0, None, "0 items, the last page"),
        (1, None, "1 item, the last page"),
        (2, None, "2 items, the last page"),
        (2, 2, "2 items, the last page"),
        (2, 1, "1 item, the last page"),
    ],
)
def test_the_repr_of_a_page(count, most, shown):
    with Server(json({"collection": [TRACK] * count, "next_href": None})).client() as client:
        page = client.search.tracks("q", max_items=most)
        page._fetch()

    assert repr(page) == f"<Page of /tracks: {shown}>"


@pytest.mark.parametrize(
    ("most", "more", "requests"), [(None, True, 2), (3, True, 2), (2, False, 1), (1, False, 1), (0, False, 0)]
)
def test_whether_a_page_has_more(most, more, requests):
    server = Server(
        json({"collection": [TRACK] * 2, "next_href": f"{API}/tracks?page=2"}), json({"collection": [TRACK]})
    )
    with server.client() as client:
        page = client.search.tracks("q", max_items=most)
        page._fetch()
        assert ("more pages follow" in repr(page)) is more
        items = list(page)

    assert len(items) == (3 if most is None else most)
    assert len(server.requests) == requests
    if most == 0:
        with pytest.raises(InvalidInputError, match="max_items=0 nothing was requested"):
            _ = page.response


@pytest.mark.parametrize("empty", [99, 100])
def test_the_most_empty_pages_in_a_row(empty):
    numbers = iter(range(1, 1000))

    def respond(request):
        number = next(numbers)
        more = f"{API}/tracks?page={number}" if number <= empty else None
        return httpx.Response(200, json={"collection": [] if number <= empty else [TRACK], "next_href": more})

    with Server(respond).client() as client:
        if empty > 99:
            with pytest.raises(PaginationError, match="100 pages in a row were empty"):
                list(client.search.tracks("q"))
        else:
            assert len(list(client.search.tracks("q"))) == 1


@pytest.mark.parametrize(
    ("count", "paths"),
    [(1, ["/tracks/soundcloud:tracks:1"]), (2, ["/tracks"]), (200, ["/tracks"]), (201, ["/tracks"] * 2)],
)
def test_items_are_fetched_in_batches_of_200(count, paths):
    def respond(request):
        if request.url.path != "/tracks":
            return httpx.Response(200, json=TRACK)
        urns = parse_qs(request.url.query.decode())["urns"][0].split(",")
        return httpx.Response(200, json={"collection": [{"urn": urn, "title": "t"} for urn in urns]})

    server = Server(respond)
    progress = []
    with server.client() as client:
        outcomes = client.map(
            client.tracks.get_track, range(1, count + 1), on_progress=lambda *counts: progress.append(counts)
        )

    assert [request.url.path for request in server.requests] == paths
    assert [outcome.value.urn for outcome in outcomes] == [
        f"soundcloud:tracks:{number}" for number in range(1, count + 1)
    ]
    assert progress == [(number, count) for number in range(1, count + 1)]
    if count > 1:
        assert parse_qs(server.requests[-1].url.query.decode())["limit"] == [str(count if count < 201 else 1)]


@pytest.mark.parametrize("concurrency", [0, -1, 1001, True, 1.0, "8"])
def test_concurrency_is_1_to_1000(concurrency):
    with Server(json({})).client() as client, pytest.raises(InvalidInputError, match="concurrency="):
        client.map(str, [1], concurrency=concurrency)


OLD, NEW = Token("old", grant="user"), Token("new", grant="user")


def error_after(seconds):
    return (100.0 + seconds, QuotaExceededError("no"))


@pytest.mark.parametrize(
    ("token", "expected"),
    [(None, None), (OLD, None), (Token("old", scope="other"), None), (NEW, NEW), (Token("new", expires_at=NOW), None)],
)
def test_a_token_that_another_task_has_refreshed(token, expected):
    tokens = manager(clock=ManualClock(NOW))
    tokens.token = token

    assert tokens._refreshed_elsewhere(OLD) is expected
    assert tokens._refreshed_elsewhere(None) is (None if token is None or token.expires_at else token)


@pytest.mark.parametrize(
    ("seconds", "stored", "raises"),
    [(1, None, True), (1, OLD, True), (1, NEW, False), (0, None, False), (-1, None, False)],
)
def test_a_refresh_that_failed_just_now_is_not_repeated(monkeypatch, seconds, stored, raises):
    monkeypatch.setattr(managers, "monotonic", lambda: 100.0)
    tokens = manager(token_store=MemoryTokenStore(stored), clock=ManualClock(NOW))
    tokens.token, tokens._failed = OLD, error_after(seconds)
    if raises:
        with pytest.raises(QuotaExceededError) as caught:
            tokens._refreshed_elsewhere(OLD)
        assert caught.value is tokens._failed[1]
    else:
        assert tokens._refreshed_elsewhere(OLD) is None


def test_the_pause_after_a_failed_refresh(monkeypatch):
    monkeypatch.setattr(managers, "monotonic", lambda: 100.0)
    tokens = Server(json({}, 503)).client(access_token="t", refresh_token="r")._pipeline.token_manager
    until = []
    for _ in range(3):
        tokens._lock.acquire(None)
        with pytest.raises(ServerError):
            tokens._refresh_and_unlock(Token("t", "r", grant="user"))
        until.append(tokens._failed[0])

    assert until == [102, 104, 108]
    tokens.set(NEW)
    assert (tokens._failures, tokens._failed) == (0, None)


def test_the_store_of_a_token():
    callback = manager(on_token_refresh=lambda client: NEW)
    tokens = manager()

    assert tokens._store_for(Token("a", grant="app")) is tokens._app_store
    assert tokens._store_for(Token("a", grant="user")) is tokens._store_for(Token("a")) is tokens.store
    assert tokens._store_for(None) is tokens._app_store
    assert callback._store_for(None) is callback.store
    assert callback._store_for(Token("a", grant="app")) is callback._app_store


@pytest.mark.parametrize(
    ("client_id", "secret", "callback", "expected"),
    [
        ("id", "s", None, (True, False)),
        ("id", None, None, (False, False)),
        (None, "s", None, (False, False)),
        (None, None, lambda client: NEW, (False, True)),
    ],
)
def test_what_a_token_can_be_obtained_with(client_id, secret, callback, expected):
    sources = SoundCloudClient(client_id, secret, on_token_refresh=callback)._pipeline.token_manager.sources

    assert (sources.credentials, sources.callback) == expected


class HeldStore(MemoryTokenStore):
    """A store whose lock is always held."""

    def try_lock(self):
        return None


def test_the_wait_for_the_lock_of_a_store(monkeypatch):
    now, waits = [0.0], []

    def sleep(seconds):
        waits.append(seconds)
        now[0] += 30.0

    monkeypatch.setattr(managers, "monotonic", lambda: now[0])
    monkeypatch.setattr(managers, "sleep", sleep)
    tokens = manager(token_store=HeldStore())
    with pytest.raises(TokenStoreError, match="was locked by another process for 90 seconds"):
        tokens._acquire_lock(tokens.store)

    assert waits == [0.01] * 4


@pytest.mark.parametrize(
    ("token", "needs"),
    [(None, True), (Token("a", grant="app"), True), (Token("a"), False), (Token("a", grant="user"), False)],
)
def test_an_own_user_token(token, needs):
    server = Server(json({}))
    with server.client(access_token=None, token_store=MemoryTokenStore(token)) as client:
        assert client.auth.is_signed_in() is not needs
        if needs:
            with pytest.raises(MissingTokenError, match="needs a user token"):
                client.auth.disconnect()
            assert server.requests == []


@pytest.mark.parametrize(("status", "cls"), [(404, NotFoundError), (403, ForbiddenError)])
def test_a_track_without_streams_is_not_playable(status, cls):
    with Server(json({"code": 1}, status)).client() as client:
        assert client.tracks._has_stream("soundcloud:tracks:1", tracks_namespace.monotonic() + 60, None, {}) is False
        with pytest.raises(cls):
            client.tracks.get_track(1)


@pytest.mark.parametrize(
    ("status", "ended"), [(200, True), (399, True), (400, False), (401, True), (402, False), (403, False), (500, False)]
)
def test_which_statuses_end_the_own_session(status, ended):
    with Server(json({}, status)).client() as client:
        if ended:
            client.auth.sign_out()
        else:
            with pytest.raises(StatusError):
                client.auth.sign_out()
        assert (client.access_token is None) is ended


@pytest.mark.parametrize(
    ("status", "cls"), [(200, None), (399, None), (400, BadRequestError), (401, UnauthorizedError)]
)
def test_which_statuses_end_a_given_session(status, cls):
    with Server(json({}, status)).client() as client:
        if cls is None:
            client.auth.sign_out("given")
        else:
            with pytest.raises(cls):
                client.auth.sign_out("given")
        assert client.access_token == "t"


@pytest.mark.parametrize(
    ("status", "cls"),
    [
        (200, None),
        (204, None),
        (399, UnexpectedResponseError),
        (400, BadRequestError),
        (401, UnauthorizedError),
        (500, ServerError),
    ],
)
def test_which_statuses_disconnect(status, cls):
    with Server(json({}, status)).client() as client:
        if cls is None:
            client.auth.disconnect("given")
        else:
            with pytest.raises(cls) as caught:
                client.auth.disconnect("given")
            assert type(caught.value) is cls


@pytest.mark.parametrize(("status", "cls"), [(200, None), (299, None), (400, BadRequestError), (500, ServerError)])
def test_which_statuses_of_a_token_request_are_errors(status, cls):
    server = Server(json({"access_token": "new", "expires_in": 60}, status))
    with server.client(access_token=None) as client:
        if cls is None:
            assert client.auth.get_client_token().access_token == "new"
        else:
            with pytest.raises(cls):
                client.auth.get_client_token()
    (request,) = server.requests

    assert request.method == "POST"
    assert request.headers["accept"] == "application/json"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["content-length"] == str(len(request.content))


@pytest.mark.parametrize(
    ("call", "method", "length", "kind"),
    [
        (lambda client: client.tracks.get_track(1), "GET", None, None),
        (lambda client: client.tracks.delete(1), "DELETE", None, None),
        (lambda client: client.me.follow(1), "PUT", "0", None),
        (lambda client: client.likes.like_track(1), "POST", "0", None),
        (lambda client: client.tracks.update(1, title="t"), "PUT", "23", "application/json"),
    ],
)
def test_the_headers_of_a_body(call, method, length, kind):
    server = Server(json(TRACK))
    with server.client(user_agent="test") as client:
        call(client)
    (request,) = server.requests

    assert (request.method, request.headers.get("content-length"), request.headers.get("content-type")) == (
        method,
        length,
        kind,
    )
    assert request.headers["user-agent"] == "test"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["authorization"] == "OAuth t"


def test_a_stream_is_equal_to_itself_only():
    with stream_server(expiring(9)).client(clock=ManualClock(NOW)) as client:
        stream = client.tracks.get_stream(1)

    assert stream != attrs.evolve(stream)
    assert len({stream, attrs.evolve(stream)}) == 2
    assert attrs.evolve(stream, is_preview=True).is_preview
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        stream.format = "x"
