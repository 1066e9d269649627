"""oEmbed and waveforms: requests without a token, allowed hosts, and the fallback."""

import json

import httpx
import pytest

from soundcloud import (
    SoundCloudClient,
    BadRequestError,
    ClosedClientError,
    ConnectionFailedError,
    EdgeError,
    InvalidInputError,
    NotFoundError,
    RateLimitError,
    RequestStartedEvent,
    RequestTimeoutError,
    ServerError,
    UnexpectedResponseError,
)
from soundcloud.caches import MemoryCache
from soundcloud.models import Track, User
from soundcloud.sandbox import Faults, Sandbox
from soundcloud.widget import iframe

pytestmark = pytest.mark.anyio

LINK = "https://soundcloud.com/forss/flickermood"
OEMBED = {
    "version": 1.0,
    "type": "rich",
    "provider_name": "SoundCloud",
    "provider_url": "https://soundcloud.com",
    "height": 166,
    "width": "100%",
    "title": "Flickermood by Forss",
    "description": "From the Soulhack album.",
    "thumbnail_url": "https://i1.sndcdn.com/artworks-000067273316-smsiqx-t500x500.jpg",
    "html": '<iframe src="https://w.soundcloud.com/player/?url=x"></iframe>',
    "author_name": "Forss",
    "author_url": "https://soundcloud.com/forss",
}
PAGE = httpx.Response(403, html="<html><title>ERROR: The request could not be satisfied</title></html>")
WAVE = {"width": 4, "height": 140, "samples": [0, 7, 140, 3]}
PICTURE = "https://wave.sndcdn.com/AbCdEf_m.png"


def client_of(server, **settings):
    return SoundCloudClient(access_token="own-token", transport=server.transport, **settings)


@pytest.fixture
def sandbox():
    with Sandbox(processing_seconds=0) as sandbox:
        yield sandbox


def test_oembed_sends_no_token(mock_server):
    server = mock_server(httpx.Response(200, json=OEMBED))
    with client_of(server) as client:
        embed = client.resolve.oembed(LINK, maxwidth=480, maxheight=200, color="FF5500", visual=True)

    request = server.request
    assert (request.method, str(request.url.copy_with(query=None))) == ("GET", "https://soundcloud.com/oembed")
    assert dict(request.url.params) == {
        "format": "json",
        "url": LINK,
        "maxwidth": "480",
        "maxheight": "200",
        "color": "#ff5500",
        "visual": "true",
    }
    assert "authorization" not in request.headers
    assert b"own-token" not in b"".join(part for pair in request.headers.raw for part in pair)
    assert (embed.version, embed.width, embed.height) == ("1.0", "100%", 166)
    assert (embed.html, embed.title, embed.author_name) == (OEMBED["html"], OEMBED["title"], "Forss")
    assert (embed.description, embed.thumbnail_url) == (OEMBED["description"], OEMBED["thumbnail_url"])
    assert (embed.is_fallback, embed.reason) == (False, None)


def test_oembed_needs_no_token(mock_server):
    server = mock_server(httpx.Response(200, json=OEMBED))
    with SoundCloudClient(transport=server.transport) as client:
        assert (client.resolve.oembed(LINK)).title == OEMBED["title"]

    assert "authorization" not in server.request.headers


@pytest.mark.parametrize(
    ("resource", "arguments", "url"),
    [
        ("soundcloud:tracks:293", {}, "https://api.soundcloud.com/tracks/293"),
        (293, {"kind": "playlists"}, "https://api.soundcloud.com/playlists/293"),
        (LINK, {"secret_token": "s-AbC"}, f"{LINK}/s-AbC"),
        (Track(urn="soundcloud:tracks:293", permalink_url=LINK, sharing="public"), {}, LINK),
        (Track(urn="soundcloud:tracks:293", permalink_url=f"{LINK}/s-AbC", sharing="private"), {}, f"{LINK}/s-AbC"),
    ],
)
def test_the_url_sent_to_oembed(mock_server, resource, arguments, url):
    server = mock_server(httpx.Response(200, json=OEMBED))
    with client_of(server) as client:
        client.resolve.oembed(resource, **arguments)

    assert server.request.url.params["url"] == url


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"width": 480, "height": "300", "version": "1.0"}, ("480", 300, "1.0")),
        ({"width": "480", "height": None, "version": 1}, ("480", 166, "1.0")),
        ({"width": None, "height": "100%", "version": None}, ("100%", 166, "1.0")),
        ({"width": [], "height": {}, "version": {}, "title": 5, "more": 1}, ("100%", 166, "1.0")),
        ({"width": 0, "height": 0}, ("100%", 166, "1.0")),
        ({"width": "", "height": ""}, ("100%", 166, "1.0")),
        ({"width": [5], "height": -1}, ("100%", 166, "1.0")),
    ],
)
def test_other_forms_of_oembed_responses(mock_server, change, expected):
    with client_of(mock_server(httpx.Response(200, json=OEMBED | change))) as client:
        embed = client.resolve.oembed(LINK)

    assert (embed.width, embed.height, embed.version) == expected
    assert embed.html == OEMBED["html"]


@pytest.mark.parametrize(
    ("response", "raised", "reason"),
    [
        (PAGE, EdgeError, "HTTP 403: an HTML page instead of data: ERROR: The request could not be satisfied"),
        (httpx.Response(404, text="Not Found"), NotFoundError, "HTTP 404: Not Found"),
        (httpx.Response(404, content=b""), NotFoundError, "HTTP 404"),
        (httpx.Response(429, json={}), RateLimitError, "HTTP 429"),
        (httpx.Response(503, html="<h1>503</h1>"), ServerError, None),
        (httpx.Response(200, html="<html><title>Are you human?</title></html>"), UnexpectedResponseError, None),
        (httpx.Response(200, json=OEMBED | {"html": ""}), UnexpectedResponseError, "oEmbed has no HTML"),
        (httpx.Response(302, headers={"location": "https://elsewhere.example/"}), UnexpectedResponseError, None),
        (httpx.ConnectError("no route"), ConnectionFailedError, None),
        (httpx.ReadTimeout("slow"), RequestTimeoutError, None),
    ],
)
def test_oembed_falls_back_to_local_html(mock_server, response, raised, reason):
    server = mock_server(response)
    track = Track(urn="soundcloud:tracks:293", title="Night", permalink_url=LINK, user=User(username="Ada"))
    with client_of(server) as client:
        embed = client.resolve.oembed(track, maxwidth="50%", visual=True)
        assert len(server.requests) == 1
        with pytest.raises(raised) as caught:
            client.resolve.oembed(track, fallback=False)

    assert embed.is_fallback
    assert embed.html == iframe(track, width="50%", visual=True)
    assert (embed.width, embed.height, embed.title) == ("50%", 300, "Night by Ada")
    assert embed.reason
    assert reason is None or reason in embed.reason
    assert "authorization" not in server.requests[0].headers
    assert "own-token" not in f"{embed!r}{caught.value!r}"


def test_invalid_arguments_do_not_use_the_fallback(mock_server):
    server = mock_server(httpx.Response(400, json={"error": "bad"}))
    client = client_of(server)
    with pytest.raises(BadRequestError):
        client.resolve.oembed(LINK)
    for wrong in ({"color": "red"}, {"maxwidth": "wide"}, {"maxheight": "100%"}, {"kind": "likes"}, {"autoplay": True}):
        with pytest.raises(InvalidInputError):
            client.resolve.oembed(LINK, **wrong)
    with pytest.raises(InvalidInputError, match="short URLs"):
        client.resolve.oembed("https://on.soundcloud.com/AbC")
    assert len(server.requests) == 1
    client.close()
    with pytest.raises(ClosedClientError):
        client.resolve.oembed(LINK)


def test_events_do_not_show_the_secret_of_a_share_link(mock_server):
    events = []
    with client_of(mock_server(PAGE), on_event=events.append) as client:
        embed = client.resolve.oembed(f"{LINK}/s-AbCdEf")

    assert "s-AbCdEf" in embed.html
    assert "s-AbCdEf" not in repr(embed) + repr(events)
    assert [event.template for event in events if isinstance(event, RequestStartedEvent)] == ["/oembed"]


def test_oembed_is_cached(mock_server):
    server = mock_server(httpx.Response(200, json=OEMBED))
    with client_of(server, cache=MemoryCache()) as client:
        assert client.resolve.oembed(LINK) == client.resolve.oembed(LINK)

    assert len(server.requests) == 1


def test_invalid_web_url(mock_server):
    with pytest.raises(InvalidInputError, match="web_url"):
        client_of(mock_server(PAGE), web_url="http://soundcloud.com")


def test_oembed_of_the_sandbox(sandbox):
    settings = sandbox.client_settings()
    with SoundCloudClient(**settings) as client:
        track = (client.search.tracks("lofi", access=["playable"], limit=1)).collection[0]
        sandbox.clear_requests()
        embed = client.resolve.oembed(track, show_comments=False)
        (request,) = sandbox.requests
        missing = client.resolve.oembed("https://soundcloud.com/nobody-here/nothing")

    assert (request.path, request.origin) == ("/oembed", "sound")
    assert "authorization" not in request.headers
    assert (embed.title, embed.height, embed.is_fallback) == (f"{track.title} by {track.user.username}", 166, False)
    assert f"{sandbox.media_url}/player/?" in embed.html
    assert missing.is_fallback
    # The fallback uses the sandbox's player too.
    assert f'src="{sandbox.media_url}/player/?url=' in missing.html


@pytest.mark.parametrize(
    "kind",
    ["blocked_html", "unavailable_text", "empty_500", "redirect_loop", "reset_before", "truncated", "broken_gzip"],
)
def test_oembed_faults_use_the_fallback(sandbox, kind):
    sandbox.set_faults(Faults(error_rate={kind: 1}, paths="/oembed"))
    with SoundCloudClient(**sandbox.client_settings()) as client:
        embed = client.resolve.oembed(LINK)

    assert embed.is_fallback
    assert embed.html == iframe(LINK, player=f"{sandbox.media_url}/player")
    assert all("authorization" not in request.headers for request in sandbox.requests)


def test_a_waveform(mock_server):
    server = mock_server(httpx.Response(200, json=WAVE))
    events = []
    with client_of(server, on_event=events.append) as client:
        waveform = client.tracks.get_waveform(Track(urn="soundcloud:tracks:1", waveform_url=PICTURE))

    assert str(server.request.url) == "https://wave.sndcdn.com/AbCdEf_m.json"
    assert "authorization" not in server.request.headers
    assert (waveform.samples, waveform.width, waveform.height) == ((0, 7, 140, 3), 4, 140)
    # All waveform URLs have the same template in telemetry.
    assert [event.template for event in events if isinstance(event, RequestStartedEvent)] == ["/{waveform}.json"]


def test_a_waveform_of_a_track_id(mock_server):
    track = {"urn": "soundcloud:tracks:1", "waveform_url": PICTURE}
    server = mock_server(httpx.Response(200, json=track), httpx.Response(200, json=WAVE))
    with client_of(server) as client:
        waveform = client.tracks.get_waveform(1, secret_token="s-AbC", token="other")

    first, second = server.requests
    assert (first.url.path, first.url.params["secret_token"]) == ("/tracks/soundcloud:tracks:1", "s-AbC")
    assert first.headers["authorization"] == "OAuth other"
    assert "authorization" not in second.headers
    assert second.url.query == b""
    assert waveform.samples == (0, 7, 140, 3)


@pytest.mark.parametrize("status", [403, 404, 410])
@pytest.mark.parametrize("body", ["", "Not found", "<Error><Code>AccessDenied</Code></Error>"])
def test_a_missing_waveform(mock_server, retrying, status, body):
    server = mock_server(httpx.Response(status, text=body))
    with client_of(server) as client:
        assert client.tracks.get_waveform(Track(urn="soundcloud:tracks:1", waveform_url=PICTURE)) is None

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "url", [None, "", 5, "https://wave.sndcdn.com/", "/a.png", "https://wave.sndcdn.com/a.jpg", "//[.png"]
)
def test_a_track_without_a_waveform_url(mock_server, url):
    server = mock_server(httpx.Response(200, json={"urn": "soundcloud:tracks:1", "waveform_url": url}))
    with client_of(server) as client:
        assert client.tracks.get_waveform(1) is None

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://wave.sndcdn.com.evil.example/a.png",
        "https://evilsndcdn.com/a.png",
        "https://sndcdn.com/a.png",
        "https://user:password@wave.sndcdn.com/a.png",
        "https://wave.sndcdn.com:8443/a.png",
        "http://wave.sndcdn.com/a.png",
        "https://wave..sndcdn.com/a.png",
        "https://wäve.sndcdn.com/a.png",
        "https://127.0.0.1/a.png",
        "http://169.254.169.254/latest/meta-data/a.json",
        "file://x/etc/passwd.png",
    ],
)
def test_other_hosts_receive_no_request(mock_server, url):
    server = mock_server(httpx.Response(200, json=WAVE))
    with client_of(server) as client:
        with pytest.raises(UnexpectedResponseError, match="not a host of SoundCloud; no request was sent") as caught:
            client.tracks.get_waveform(Track(urn="soundcloud:tracks:1", waveform_url=url))

    assert server.requests == []
    assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"[1, 2]",
        b'{"samples": []}',
        b'{"samples": 5}',
        b'{"samples": [1, "2"]}',
        b'{"samples": [1, -2]}',
        b'{"samples": [1, true]}',
        b'{"samples": [1.5]}',
    ],
)
def test_invalid_waveforms(mock_server, content):
    with client_of(mock_server(httpx.Response(200, content=content))) as client:
        with pytest.raises(UnexpectedResponseError):
            client.tracks.get_waveform(Track(urn="soundcloud:tracks:1", waveform_url=PICTURE))


@pytest.mark.parametrize(
    ("change", "height"),
    [({"height": None}, 140), ({"height": 7}, 140), ({"height": "tall"}, 140), ({"samples": [0, 0], "height": 0}, 1)],
)
def test_an_invalid_height(mock_server, change, height):
    content = json.dumps(WAVE | change).encode()
    with client_of(mock_server(httpx.Response(200, content=content))) as client:
        waveform = client.tracks.get_waveform(Track(urn="soundcloud:tracks:1", waveform_url=PICTURE))

    assert waveform.height == height


def test_a_waveform_of_the_sandbox(sandbox):
    with SoundCloudClient(**sandbox.client_settings()) as client:
        track = (client.search.tracks("lofi", limit=1)).collection[0]
        sandbox.clear_requests()
        waveform = client.tracks.get_waveform(track)
        (request,) = sandbox.requests
        same = client.tracks.get_waveform(track.urn)

    assert "authorization" not in request.headers
    assert len(waveform.samples) == waveform.width == 1800
    assert 0 <= min(waveform.samples) < max(waveform.samples) <= waveform.height == 140
    assert waveform == same
