"""The client: settings, tokens, errors, events and closing."""

import copy
import logging
import pickle
import traceback

import httpx
import pytest

from soundcloud import (
    AsyncSoundCloudClient,
    ClosedClientError,
    ConnectionFailedError,
    DriftEvent,
    InvalidInputError,
    MissingTokenError,
    NotFoundError,
    RateLimitError,
    RequestTimeoutError,
    SoundCloudError,
    Token,
    UnauthorizedError,
    UnexpectedResponseError,
    WrongKindError,
)
from soundcloud.models import Playlist, Track, User
from soundcloud_api.api.tracks import get_tracks_track_urn
from tests.helpers import always_sent

pytestmark = pytest.mark.anyio

TRACK = always_sent.TRACK


async def test_a_request_has_token_and_user_agent(mock_server):
    server = mock_server(httpx.Response(200, json=TRACK))
    async with AsyncSoundCloudClient(access_token="secret", transport=server.transport) as client:
        track = await client.tracks.get_track(1)

    assert track.title == "Night"
    assert server.request.headers["authorization"] == "OAuth secret"
    assert server.request.headers["user-agent"].startswith("soundcloud-sdk/")
    assert str(server.request.url) == "https://api.soundcloud.com/tracks/soundcloud:tracks:1"


async def test_the_token_argument(mock_server):
    server = mock_server(httpx.Response(200, json=TRACK))
    async with AsyncSoundCloudClient(access_token="own", transport=server.transport) as client:
        await client.tracks.get_track(1, token="other")
        await client.tracks.get_track(1)
        await client.set_token(Token("third", "refresh"))
        await client.tracks.get_track(1)

    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["OAuth other", "OAuth own", "OAuth third"]
    assert client.refresh_token == "refresh"


async def test_a_missing_token_raises_before_the_request(mock_server):
    server = mock_server(httpx.Response(200, json=TRACK))
    async with AsyncSoundCloudClient(access_token="own", transport=server.transport) as client:
        await client.clear_token()
        with pytest.raises(MissingTokenError, match="or pass access_token="):
            await client.tracks.get_track(1)

    assert server.requests == []


@pytest.mark.parametrize("token", ["", "a\r\nX-Evil: 1", "ü"])
async def test_a_token_with_invalid_characters(mock_server, token):
    server = mock_server(httpx.Response(200, json=TRACK))
    async with AsyncSoundCloudClient(access_token="own", transport=server.transport) as client:
        with pytest.raises(InvalidInputError):
            await client.set_token(token)
        if token:
            with pytest.raises(InvalidInputError):
                await client.tracks.get_track(1, token=token)

    assert server.requests == []


async def test_a_closed_client_refuses_calls(mock_server):
    server = mock_server(httpx.Response(200, json=TRACK))
    client = AsyncSoundCloudClient(access_token="own", transport=server.transport)
    await client.aclose()
    await client.aclose()

    with pytest.raises(ClosedClientError, match="closed"):
        await client.tracks.get_track(1)
    assert server.requests == []


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.auth.get_client_token(),
        lambda client: client.auth.get_user_token("code"),
        lambda client: client.auth.refresh_user_token("refresh"),
        lambda client: client.auth.login(open_browser=False),
        lambda client: client.auth.sign_out("token"),
        lambda client: client.auth.disconnect("token"),
        lambda client: client.__aenter__(),
    ],
)
async def test_a_closed_client_requests_no_tokens_and_is_not_entered(mock_server, call):
    server = mock_server(httpx.Response(200, json={"access_token": "a"}))
    client = AsyncSoundCloudClient("id", "secret", "http://127.0.0.1:0/", transport=server.transport)
    await client.aclose()

    with pytest.raises(ClosedClientError, match="closed"):
        await call(client)
    assert server.requests == []


async def test_a_given_http_client_stays_open(mock_server):
    server = mock_server(httpx.Response(200, json=TRACK))
    async with httpx.AsyncClient(transport=server.transport) as http:
        async with AsyncSoundCloudClient(access_token="own", http_client=http) as client:
            await client.tracks.get_track(1)

        assert not http.is_closed


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"base_url": "http://api.soundcloud.com"}, "plain http"),
        ({"base_url": "api.soundcloud.com"}, "is not the URL of a server"),
        ({"auth_url": "https://user:password@secure.soundcloud.com"}, "is not the URL of a server"),
        ({"timeout": 0}, "seconds"),
        ({"user_agent": "a\nb"}, "user_agent"),
        ({"access_token": "a\nb"}, "access_token"),
    ],
)
async def test_invalid_settings(settings, message):
    with pytest.raises(InvalidInputError, match=message):
        AsyncSoundCloudClient(**settings)


@pytest.mark.parametrize(("settings", "seconds"), [({}, 7), ({"timeout": 5}, 5)])
async def test_the_timeout_of_a_given_http_client(settings, seconds):
    seen = []

    def respond(request):
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json=TRACK)

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond), timeout=7) as http:
        async with AsyncSoundCloudClient(access_token="own", http_client=http, **settings) as client:
            await client.tracks.get_track(1)

    assert seen == [dict.fromkeys(("connect", "read", "write", "pool"), seconds)]


async def test_other_timeouts_for_some_calls_of_a_given_http_client():
    seen = []

    def respond(request):
        seen.append(request.extensions["timeout"]["read"])
        return httpx.Response(200, json=TRACK)

    async with httpx.AsyncClient(transport=httpx.MockTransport(respond), timeout=7) as http:
        async with AsyncSoundCloudClient(access_token="own", http_client=http) as client:
            await client.with_options(timeout=5).tracks.get_track(1)
            await client.with_options(max_retries=0).tracks.get_track(1)

    assert seen == [5, 7]


@pytest.mark.parametrize("read", [True, False])
async def test_a_hook_of_a_given_http_client_that_raises_for_the_status(read):
    secret, statuses = "s-SECRET", [401, 200, 404]

    def respond(request):
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "new", "expires_in": 3599})
        return httpx.Response(statuses.pop(0), json=TRACK | {"code": 404, "message": "gone"})

    async def check(response):
        if read:
            await response.aread()
        response.raise_for_status()

    transport = httpx.MockTransport(respond)
    async with httpx.AsyncClient(transport=transport, event_hooks={"response": [check]}) as http:
        settings = {"http_client": http, "refresh_token": "old"}
        async with AsyncSoundCloudClient("id", "secret", access_token="own", **settings) as client:
            assert (await client.tracks.get_track(1)).title == TRACK["title"]
            with pytest.raises(NotFoundError) as caught:
                await client.tracks.get_track(1, secret_token=secret)

    assert caught.value.status == 404
    assert secret not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.me.get_me(token="t-SECRET"),
        lambda client: client.me.get_me(extra_headers={"X-Key": "t-SECRET"}),
        lambda client: client.search.tracks("lofi", token="t-SECRET"),
        lambda client: client.search.tracks("lofi", extra_query={"secret_token": "t-SECRET"}),
        lambda client: client.likes.like_track(1, token="t-SECRET"),
        lambda client: client.playlists.add_tracks(1, [2], token="t-SECRET"),
        lambda client: client.raw.get("/me", token="t-SECRET"),
        lambda client: client.raw.request("GET", "/me", headers={"X-Key": "t-SECRET"}),
        lambda client: client.set_token("Bearer t-SECRET", "t-SECRET"),
    ],
)
async def test_no_frame_of_an_error_shows_a_token(call):
    def respond(request):
        raise httpx.ReadError("reset")

    transport = httpx.MockTransport(respond)
    async with AsyncSoundCloudClient(access_token="own", transport=transport, max_retries=0) as client:
        with pytest.raises(SoundCloudError) as caught:
            await call(client)

    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [frame for frame in report.stack if frame.filename != __file__]
    assert frames
    assert not [frame for frame in frames if "t-SECRET" in repr(frame.locals)]


async def test_http_client_and_transport_exclude_each_other(mock_server):
    server = mock_server(httpx.Response(200, json=TRACK))
    async with httpx.AsyncClient() as http:
        with pytest.raises(InvalidInputError, match="are both set"):
            AsyncSoundCloudClient(http_client=http, transport=server.transport)


async def test_no_token_in_repr(mock_server):
    server = mock_server(httpx.Response(200, json=TRACK))
    async with AsyncSoundCloudClient("id", "hush", access_token="own", transport=server.transport) as client:
        shown = repr(client) + repr(client.tracks) + repr(Token("own", "other"))

    assert "own" not in shown
    assert "hush" not in shown


async def test_send_an_operation(mock_server):
    server = mock_server(httpx.Response(200, json=TRACK))
    async with AsyncSoundCloudClient(access_token="own", transport=server.transport) as client:
        track = await client.send(get_tracks_track_urn("soundcloud:tracks:1", secret_token="s-x"))

    assert track.title == "Night"
    assert server.request.url.params["secret_token"] == "s-x"


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectError("refused"), ConnectionFailedError),
        (httpx.ReadError(""), ConnectionFailedError),
        (httpx.RemoteProtocolError("nonsense"), ConnectionFailedError),
        (httpx.ReadTimeout("slow"), RequestTimeoutError),
        (httpx.ConnectTimeout("slow"), RequestTimeoutError),
        (httpx.DecodingError("gzip"), UnexpectedResponseError),
        (OSError("no network"), ConnectionFailedError),
    ],
)
async def test_transport_errors_are_mapped(mock_server, raised, expected):
    server = mock_server(raised)
    async with AsyncSoundCloudClient(access_token="own", transport=server.transport) as client:
        with pytest.raises(expected) as caught:
            await client.tracks.get_track(1)

    assert type(caught.value) is expected
    assert caught.value.method == "GET"
    assert caught.value.path == "/tracks/soundcloud:tracks:1"


async def test_the_attributes_of_a_status_error(mock_server):
    body = {
        "code": 404,
        "message": "",
        "link": "https://docs",
        "status": "404 - Not Found",
        "errors": [],
        "error": None,
    }
    server = mock_server(httpx.Response(404, json=body, headers={"x-request-id": "r1"}))
    async with AsyncSoundCloudClient(access_token="own", transport=server.transport) as client:
        with pytest.raises(NotFoundError) as caught:
            await client.tracks.get_track(1)

    error = caught.value
    assert (error.status, error.code, error.link, error.request_id) == (404, 404, "https://docs", "r1")
    assert (error.is_not_found, error.is_unauthorized, error.is_server_error) == (True, False, False)
    assert str(error).startswith("HTTP 404: Not Found [GET /tracks/soundcloud:tracks:1] - ")
    unpickled = pickle.loads(pickle.dumps(error))
    assert (str(unpickled), unpickled.body, type(unpickled)) == (str(error), error.body, NotFoundError)
    assert str(copy.copy(error)) == str(error)


async def test_401_and_429_without_retries(mock_server):
    server = mock_server(httpx.Response(401, content=b""), httpx.Response(429, json={"error": "Rate Limit Exceeded"}))
    async with AsyncSoundCloudClient(access_token="own", transport=server.transport) as client:
        with pytest.raises(UnauthorizedError):
            await client.me.get_me()
        with pytest.raises(RateLimitError, match="Rate Limit Exceeded") as caught:
            await client.me.get_me()

    assert caught.value.is_rate_limited
    assert caught.value.code == "Rate Limit Exceeded"
    assert len(server.requests) == 2


async def test_drift_emits_an_event(mock_server):
    events = []
    server = mock_server(httpx.Response(200, json=TRACK | {"duration": "long", "user": 5}))
    async with AsyncSoundCloudClient(access_token="own", transport=server.transport, on_event=events.append) as client:
        track = await client.tracks.get_track(1)
    events = [event for event in events if isinstance(event, DriftEvent)]

    assert (track.title, track.duration, track.user) == ("Night", "long", 5)
    assert [event.operation for event in events] == ["get_tracks_track_urn"]
    assert [str(drift) for drift in events[0].drifts] == [
        "$.user: expected User, got integer",
        "$.duration: expected int, got string",
    ]


async def test_a_failing_event_hook_does_not_fail_a_call(mock_server, caplog):
    def hook(event):
        raise RuntimeError("hook")

    server = mock_server(httpx.Response(200, json=TRACK | {"duration": "long"}))
    async with AsyncSoundCloudClient(access_token="own", transport=server.transport, on_event=hook) as client:
        track = await client.tracks.get_track(1)

    assert track.title == "Night"
    assert "the on_event hook failed" in caplog.text


@pytest.mark.parametrize("location", ["http://[", "nowhere at all", "//", ""])
async def test_resolving_to_an_invalid_url(mock_server, location):
    server = mock_server(httpx.Response(302, headers={"location": location}))
    async with AsyncSoundCloudClient(access_token="secret", transport=server.transport) as client:
        with pytest.raises(UnexpectedResponseError):
            await client.resolve.resolve("https://soundcloud.com/forss/flickermood")


@pytest.mark.parametrize("path", ["/comments/5", "/tracks/a,b", "/users/%00", "/playlists/", "/tracks/1/comments"])
async def test_resolving_to_something_else_of_the_api(mock_server, path):
    server = mock_server(httpx.Response(302, headers={"location": f"https://api.soundcloud.com{path}"}))
    async with AsyncSoundCloudClient(access_token="own", transport=server.transport) as client:
        with pytest.raises(
            UnexpectedResponseError, match=f"resolves to {path}, which is not a track, user, playlist or station"
        ):
            await client.resolve.resolve("https://soundcloud.com/forss/flickermood")

    assert len(server.requests) == 1


async def test_resolving_to_one_kind(sandbox):
    async with AsyncSoundCloudClient(**sandbox.client_settings()) as client:
        expected = {
            "track": (await client.search.tracks("lofi")).collection[0],
            "user": (await client.search.users("a")).collection[0],
            "playlist": (await client.search.playlists("a")).collection[0],
        }
        for name, resource in expected.items():
            found = await getattr(client.resolve, name)(resource.permalink_url)
            assert (type(found), found.urn) == (type(resource), resource.urn)
            for other in expected.keys() - {name}:
                sandbox.clear_requests()
                with pytest.raises(WrongKindError) as caught:
                    await getattr(client.resolve, other)(resource.permalink_url)
                assert str(caught.value) == f"the URL is of a {name}, not of a {other} - call resolve.{name}(url)"
                assert caught.value.kind == f"{name}s"
                assert [request.path for request in sandbox.requests] == ["/resolve"]

    assert [type(resource) for resource in expected.values()] == [Track, User, Playlist]


async def test_resolving_to_another_kind(mock_server):
    location = "https://api.soundcloud.com/stations/soundcloud:stations:1"
    server = mock_server(httpx.Response(302, headers={"location": location}))
    async with AsyncSoundCloudClient(access_token="secret", transport=server.transport) as client:
        for resolve in (client.resolve.resolve, client.resolve.track):
            with pytest.raises(WrongKindError, match=r"client\.raw\.get") as caught:
                await resolve("https://soundcloud.com/stations/a")
            assert caught.value.kind is None
            assert isinstance(pickle.loads(pickle.dumps(caught.value)), WrongKindError)


async def test_redirects_are_not_followed_with_the_token(mock_server):
    server = mock_server(httpx.Response(302, headers={"location": "https://elsewhere.example/"}))
    async with httpx.AsyncClient(transport=server.transport, follow_redirects=True) as http:
        async with AsyncSoundCloudClient(access_token="own", http_client=http) as client:
            with pytest.raises(UnexpectedResponseError, match="redirect"):
                await client.tracks.get_track(1)

    assert len(server.requests) == 1


@pytest.mark.parametrize("form", ['{"code": 1, "message": "%s"}', "%s", "<html><title>%s</title></html>"])
@pytest.mark.parametrize("status", [200, 401, 404, 429, 500])
async def test_secrets_that_the_server_repeats_are_shown_nowhere(form, status, caplog):
    caplog.set_level(logging.DEBUG)
    secrets, events = ("ACCESS-SECRET", "s-SHARE-SECRET", "CLIENT-SECRET", "CODE-SECRET", "VERIFIER-SECRET"), []
    content = form % " ".join(secrets)
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    texts = []
    async with AsyncSoundCloudClient(
        "id",
        "CLIENT-SECRET",
        "http://127.0.0.1:8765/callback",
        access_token="ACCESS-SECRET",
        transport=transport,
        max_retries=0,
        on_event=events.append,
        on_request=events.append,
    ) as client:
        for call, sent in (
            (lambda: client.tracks.get_track(1, secret_token="s-SHARE-SECRET"), secrets[:2]),
            (lambda: client.playlists.get_playlist(1, secret_token="s-SHARE-SECRET"), secrets[:2]),
            (lambda: client.auth.get_user_token("CODE-SECRET", "VERIFIER-SECRET"), secrets[2:]),
        ):
            events.clear()
            with pytest.raises(SoundCloudError) as caught:
                await call()
            error = caught.value
            report = traceback.TracebackException.from_exception(error, capture_locals=True)
            frames = [frame for frame in report.stack if frame.filename != __file__]
            texts = [
                str(error),
                repr(error),
                repr(vars(error)),
                *map(repr, events),
                *(repr(frame.locals) for frame in frames),
            ]
            assert frames
            assert events
            assert not [text for text in texts for secret in sent if secret in text]
    assert "SECRET" not in caplog.text
