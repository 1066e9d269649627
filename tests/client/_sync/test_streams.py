"""Stream URLs: redirects are followed, the token is sent to the API only, and links are checked."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest

from soundcloud import (
    SoundCloudClient,
    EdgeError,
    InvalidInputError,
    NotFoundError,
    NotPlayableError,
    QuotaExceededError,
    UnexpectedResponseError,
)
from soundcloud._protocol.media.playback import MAX_REDIRECTS, PREFERRED
from soundcloud.caches import MemoryCache
from soundcloud.errors import SubscriptionRequiredError
from tests.helpers.servers import Response, ScriptedServer, json_response, redirect

pytestmark = pytest.mark.anyio

TOKEN = "OAuth TOKEN-0123456789"
TRACK = "/tracks/soundcloud:tracks:1"
LATER = "4102444800"  # 2100-01-01
SIGNED = f"expires={LATER}&Policy=P~-_&Signature=SIGNED-0123456789&Key-Pair-Id=K"
PAGE = (
    b"<html><head><title>ERROR: The request could not be satisfied</title></head><body><h1>403 ERROR</h1></body></html>"
)
NOT_HERE = json_response({"code": 403, "message": "403 - Forbidden", "errors": [], "error": None}, 403)
FORMATS = (*PREFERRED, "hls_opus_64", "http_mp3_128", "hls_flac_1411")


@pytest.fixture
def auth_server():
    """The token endpoint; a 403 must not cause a refresh."""
    with ScriptedServer() as server:
        yield server
        assert server.requests == []


@pytest.fixture
def signed(cdn):
    """The media URL of each format."""
    return {name: f"{cdn.url}/sound/{name}/playlist.m3u8?{SIGNED}" for name in FORMATS}


@pytest.fixture
def listed(api, signed):
    """A track with every format, each redirected to the other origin."""
    api.set_responses(
        f"{TRACK}/streams", json_response({f"{name}_url": f"{api.url}{stream_path(name)}" for name in FORMATS})
    )
    for name, link in signed.items():
        api.set_responses(stream_path(name), redirect(link))
    return signed


@pytest.fixture
def client_of(api, auth_server):
    def make(**settings):
        return SoundCloudClient(
            "id",
            "secret",
            base_url=api.url,
            auth_url=auth_server.url,
            access_token=TOKEN.removeprefix("OAuth "),
            refresh_token="REFRESH-0123456789",
            **settings,
        )

    return make


def stream_path(name):
    return f"{TRACK}/streams/{name}/hop"


@pytest.mark.parametrize("name", FORMATS)
def test_the_token_is_sent_to_the_api_only(api, cdn, client_of, listed, name):
    cdn.set_responses(f"/sound/{name}/playlist.m3u8", Response(content=b"#EXTM3U\n#EXTINF:1,\n0.m4s\n"))
    with client_of() as client:
        stream = client.tracks.get_stream(1, prefer=(name,))
        if name.startswith("hls"):
            stream.playlist()

    assert (stream.url, stream.format, stream.is_preview) == (listed[name], name, name.startswith("preview"))
    assert stream.expires_at == datetime(2100, 1, 1, tzinfo=UTC)
    assert dict(stream.headers) == {}
    assert [request.target for request in api.requests] == [f"{TRACK}/streams", stream_path(name)]
    assert api.tokens() == [TOKEN, TOKEN]
    assert cdn.tokens() == [None] * name.startswith("hls")
    assert [cdn.url + request.target for request in cdn.requests] == [listed[name]] * name.startswith("hls")


@pytest.mark.parametrize(
    "prefer", ["hls_opus_64", ["hls_opus_64_url"], {"nothing": 1, "hls_opus_64": 2}, ("hls_opus_64", "hls_mp3_128")]
)
def test_the_first_available_format_is_used(client_of, listed, prefer):
    with client_of() as client:
        assert (client.tracks.get_stream(1, prefer)).format == "hls_opus_64"


@pytest.mark.parametrize("prefer", [(), "", "_url", ["a b"], ["hls\n"], [1], [None], None, 5, [""]])
def test_invalid_preferences_are_refused(api, client_of, prefer):
    with client_of() as client:
        with pytest.raises(InvalidInputError, match="prefer="):
            client.tracks.get_stream(1, prefer)

    assert api.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_within_the_api_send_the_token(api, cdn, client_of, listed, status):
    api.set_responses(stream_path("hls_aac_160"), redirect("/media/1?a=b", status))
    api.set_responses("/media/1", redirect("2#there", status))
    api.set_responses("/media/2", redirect(f"//127.0.0.1:{api.url.rpartition(':')[2]}/media/3", status))
    api.set_responses("/media/3", redirect(listed["hls_aac_160"], status))
    with client_of() as client:
        stream = client.tracks.get_stream(1)

    assert stream.url == listed["hls_aac_160"]
    assert [request.target for request in api.requests[2:]] == ["/media/1?a=b", "/media/2", "/media/3"]
    assert api.tokens() == [TOKEN] * 5
    assert cdn.requests == []


def test_redirects_send_the_token_argument(api, client_of, listed):
    api.set_responses(stream_path("hls_aac_160"), redirect("/media/1"))
    api.set_responses("/media/1", redirect(listed["hls_aac_160"]))
    with client_of() as client:
        stream = client.tracks.get_stream(1, token="another")
        stream.refresh()

    assert api.tokens() == ["OAuth another"] * 6


def test_too_many_redirects(api, client_of, listed):
    api.set_responses(stream_path("hls_aac_160"), redirect(stream_path("hls_aac_160")))
    with client_of() as client:
        with pytest.raises(UnexpectedResponseError, match=f"redirects within the API more than {MAX_REDIRECTS} times"):
            client.tracks.get_stream(1)

    assert len(api.requests) == 2 + MAX_REDIRECTS  # the list of streams, and the first URL


def test_the_most_redirects_that_are_followed(api, client_of, listed):
    for number in range(1, MAX_REDIRECTS + 1):
        api.set_responses(f"/media/{number}", redirect(f"/media/{number + 1}"))
    api.set_responses(stream_path("hls_aac_160"), redirect("/media/1"))
    api.set_responses(f"/media/{MAX_REDIRECTS}", redirect(listed["hls_aac_160"]))
    with client_of() as client:
        assert (client.tracks.get_stream(1)).url == listed["hls_aac_160"]


@pytest.mark.parametrize(
    "location",
    [
        "https://user@127.0.0.1/sound",
        "https://user:word@cdn.example/sound",
        "//user@127.0.0.1/sound",
        "https://cdn.example\\@127.0.0.1/sound",
        "https://:443/sound",
        "https://cdn.example:99999/sound",
        "https://cdn.example:/sound",
        "https:///sound",
        "https://a..b/sound",
        "https://[::1/sound",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:audio/mpeg;base64,AAAA",
        "https://cdn.example/a b",
        "https://cdn.example/" + "x" * 9000,
    ],
)
def test_a_redirect_to_an_invalid_url(api, client_of, listed, location):
    api.set_responses(stream_path("hls_aac_160"), redirect(location))
    with client_of() as client:
        with pytest.raises(UnexpectedResponseError, match="the stream redirects to an invalid URL"):
            client.tracks.get_stream(1)

    assert len(api.requests) == 2


@pytest.mark.parametrize(
    "response",
    [
        redirect(None),
        Response(302),
        Response(200, b"#EXTM3U\n", {"Content-Type": "application/vnd.apple.mpegurl"}),
        json_response({"url": "https://cdn.example/sound"}),
        json_response([]),
        Response(200, PAGE, {"Content-Type": "text/html"}),
        Response(204),
        Response(304),
    ],
)
def test_a_response_without_a_redirect(api, client_of, listed, response):
    api.set_responses(stream_path("hls_aac_160"), response)
    with client_of() as client:
        with pytest.raises(UnexpectedResponseError, match=f"HTTP {response.status} without a location"):
            client.tracks.get_stream(1)


@pytest.mark.parametrize("location", ["//localhost:1/sound", "http://[::1]:1/sound?a=b#c"])
def test_another_loopback_host_or_port_is_another_origin(api, client_of, listed, location):
    api.set_responses(stream_path("hls_aac_160"), redirect(location))
    with client_of() as client:
        stream = client.tracks.get_stream(1)

    assert stream.url == (f"http:{location}" if location.startswith("//") else location)
    assert stream.expires_at is None


def test_an_invalid_url_in_the_list_of_streams(api, client_of):
    for url in ("garbage", "/tracks/1", "http://cdn.example/sound", "ftp://cdn.example/sound"):
        api.set_responses(f"{TRACK}/streams", json_response({"hls_aac_160_url": url}))
        with client_of() as client:
            with pytest.raises(UnexpectedResponseError, match="the stream redirects to"):
                client.tracks.get_stream(1)


def test_a_url_of_another_origin_in_the_list_is_the_stream(api, cdn, client_of, signed):
    # SoundCloud listed such URLs until November 2025.
    api.set_responses(f"{TRACK}/streams", json_response({"hls_aac_160_url": signed["hls_aac_160"]}))
    with client_of() as client:
        stream = client.tracks.get_stream(1)
        api.set_responses(f"{TRACK}/streams", json_response({"hls_aac_160_url": signed["hls_aac_96"]}))
        again = stream.refresh()

    assert (stream.url, again.url) == (signed["hls_aac_160"], signed["hls_aac_96"])
    assert cdn.requests == []


API = "https://api.soundcloud.com"
ELSEWHERE = {
    "https://api.soundcloud.com:8443/sound": None,
    "//cf-media.sndcdn.com/sound?a=b": "https://cf-media.sndcdn.com/sound?a=b",
    "https://api.soundcloud.com.example/sound": None,
    "https://api.soundcloud.com./sound": None,
    "https://xn--mnchen-3ya.example/sound": None,
    "HTTPS://CF-MEDIA.sndcdn.com/sound": "https://CF-MEDIA.sndcdn.com/sound",
}
REFUSED = {
    "http://cf-media.sndcdn.com/sound": "redirects to cf-media.sndcdn.com over plain http, which was not followed",
    "http://api.soundcloud.com/sound": "redirects to api.soundcloud.com over plain http",
    "http://127.0.0.1/sound": "redirects to 127.0.0.1 over plain http",
    "https://api.soundcloud.com@cdn.example/sound": "invalid URL",
    "https://user@api.soundcloud.com/sound": "invalid URL",
}


@pytest.mark.parametrize("location", [*ELSEWHERE, *REFUSED])
def test_redirects_from_the_api_of_soundcloud(mock_server, location):
    server = mock_server(
        httpx.Response(200, json={"hls_aac_160_url": f"{API}{stream_path('x')}"}),
        httpx.Response(302, headers={"location": location}),
    )
    with SoundCloudClient(access_token="TOKEN", transport=server.transport) as client:
        if location in REFUSED:
            with pytest.raises(UnexpectedResponseError, match=REFUSED[location]) as caught:
                client.tracks.get_stream(1)
            assert "body" not in str(caught.value)
        else:
            assert (client.tracks.get_stream(1)).url == ELSEWHERE[location] or location

    assert [str(request.url) for request in server.requests] == [f"{API}{TRACK}/streams", f"{API}{stream_path('x')}"]


def test_default_port_and_uppercase_host_are_the_same_origin(mock_server):
    server = mock_server(
        httpx.Response(200, json={"hls_aac_160_url": f"https://API.soundcloud.com:443{stream_path('x')}"}),
        httpx.Response(302, headers={"location": "https://cf-media.sndcdn.com/sound"}),
    )
    with SoundCloudClient(access_token="TOKEN", transport=server.transport) as client:
        assert (client.tracks.get_stream(1)).url == "https://cf-media.sndcdn.com/sound"

    assert [request.headers["authorization"] for request in server.requests] == ["OAuth TOKEN"] * 2


def test_refused_formats_are_skipped(api, client_of, listed):
    api.set_responses(stream_path("hls_aac_160"), NOT_HERE)
    api.set_responses(stream_path("hls_aac_96"), Response(403))
    with client_of() as client:
        stream = client.tracks.get_stream(1, ("hls_aac_160", "hls_aac_160_url", "hls_aac_96", "preview_mp3_128"))

    assert (stream.format, stream.is_preview) == ("preview_mp3_128", True)
    assert len(api.requests) == 4


def test_the_error_names_the_available_formats(api, client_of, listed):
    api.set_responses(stream_path("hls_aac_160"), NOT_HERE)
    api.set_responses(stream_path("hls_aac_96"), NOT_HERE)
    with client_of() as client:
        with pytest.raises(NotPlayableError, match="cannot be played in hls_aac_160, hls_aac_96") as caught:
            client.tracks.get_stream(1, ("hls_aac_160", "hls_aac_96"))

        error = caught.value
        assert error.available == tuple(name for name in FORMATS if name not in {"hls_aac_160", "hls_aac_96"})
        assert (error.status, error.method, error.path) == (403, "GET", stream_path("hls_aac_96"))
        assert error.hint.startswith("available formats: hls_mp3_128, ")
        assert (client.tracks.get_stream(1, error.available)).format == "hls_mp3_128"


def test_a_403_after_a_redirect_means_not_playable(api, client_of, listed):
    for name in FORMATS:
        api.set_responses(stream_path(name), redirect("/media/1"))
    api.set_responses("/media/1", NOT_HERE)
    with client_of() as client:
        with pytest.raises(NotPlayableError, match="cannot be played") as caught:
            client.tracks.get_stream(1, FORMATS)

    assert caught.value.available == ()
    assert "a new token does not help" in caught.value.hint


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (Response(403, PAGE, {"Content-Type": "text/html"}), EdgeError),
        (json_response({"error": "Quota exceeded"}, 403), QuotaExceededError),
        (
            json_response({"message": "An active Pro Unlimited subscription is required"}, 403),
            SubscriptionRequiredError,
        ),
        (json_response({"code": 404, "message": ""}, 404), NotFoundError),
    ],
)
def test_other_errors_are_not_about_the_format(api, client_of, listed, response, error):
    api.set_responses(stream_path("hls_aac_160"), response)
    with client_of() as client:
        with pytest.raises(error) as caught:
            client.tracks.get_stream(1)

    assert not isinstance(caught.value, NotPlayableError)
    assert len(api.requests) == 2


@pytest.mark.parametrize(
    "streams", [{}, {"hls_aac_160_url": None}, {"hls_aac_160_url": ""}, {"other": "https://a.example"}]
)
def test_a_track_without_streams(api, client_of, streams):
    api.set_responses(f"{TRACK}/streams", json_response(streams))
    with client_of() as client:
        with pytest.raises(NotPlayableError, match=r"tracks:1 has no streams .*wait_until_playable") as caught:
            client.tracks.get_stream(1)

    assert caught.value.available == ()


def test_a_track_without_the_preferred_formats(api, client_of, listed):
    with client_of() as client:
        with pytest.raises(NotPlayableError, match="has no stream in wav, aiff") as caught:
            client.tracks.get_stream(1, ("wav", "aiff"))

    assert caught.value.available == FORMATS
    assert len(api.requests) == 1


def policy(seconds):
    """Return a CloudFront policy with both time conditions."""
    text = (
        '{"Statement":[{"Resource":"https://*.example/*","Condition":{"DateGreaterThan":{"AWS:EpochTime":1},'
        f'"DateLessThan":{{"AWS:EpochTime":{seconds}}}}}}}]}}'
    )
    return b64encode(text.encode()).decode().replace("+", "-").replace("=", "_").replace("/", "~")


def test_expires_at(api, cdn, client_of, listed):
    links = {
        f"Expires={LATER}&Signature=a&Key-Pair-Id=b": datetime(2100, 1, 1, tzinfo=UTC),
        f"Policy={policy(LATER)}&Signature=a&Key-Pair-Id=b": datetime(2100, 1, 1, tzinfo=UTC),
        f"expires=soon&Policy={policy(LATER)}": datetime(2100, 1, 1, tzinfo=UTC),
        "expires=999999999999&Signature=a": None,
        "expires=-1": None,
        "Policy=%C3%A4": None,
        "Policy=A": None,
        "Policy=e30_": None,
        "": None,
    }
    with client_of() as client:
        for query, expected in links.items():
            api.set_responses(stream_path("hls_aac_160"), redirect(f"{cdn.url}/sound?{query}"))
            assert (client.tracks.get_stream(1)).expires_at == expected, query


@pytest.mark.parametrize("query", ["expires={}&Signature=a", "Policy={policy}&Signature=a"])
def test_an_expired_url_is_fetched_once_more(api, cdn, client_of, listed, query):
    dead = f"{cdn.url}/old?" + query.format(1_000, policy=policy(1_000))
    hops = [stream_path("hls_aac_160"), "/media/1", "/media/2", "/media/3"]
    for hop, following in pairwise(hops):
        api.set_responses(hop, redirect(following))
    api.set_responses(hops[-1], redirect(dead), redirect(listed["hls_aac_160"]))
    with client_of() as client:
        stream = client.tracks.get_stream(1)

    assert stream.url == listed["hls_aac_160"]
    sent = [(request.path, request.headers.get("cache-control")) for request in api.requests[1:]]
    assert sent == [(hop, None) for hop in hops] + [(hop, "no-cache") for hop in hops]
    assert api.tokens() == [TOKEN] * 9
    assert cdn.requests == []


def test_a_url_that_stays_expired_is_returned(api, cdn, client_of, listed):
    api.set_responses(stream_path("hls_aac_160"), redirect(f"{cdn.url}/old?expires=1000"))
    with client_of() as client:
        stream = client.tracks.get_stream(1)

    assert stream.expires_at == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=1000)
    assert len(api.requests) == 3


def test_refresh_bypasses_the_cache(api, cdn, client_of, listed):
    second = f"{cdn.url}/second?{SIGNED}"
    api.set_responses(stream_path("hls_aac_96"), redirect(listed["hls_aac_96"]), redirect(second))
    with client_of(cache=MemoryCache()) as client:
        stream = client.tracks.get_stream(1, ("hls_aac_96",), secret_token="s-hush")
        again = stream.refresh()

        assert (stream.url, again.url, again.format) == (listed["hls_aac_96"], second, "hls_aac_96")
        assert [request.target for request in api.requests if request.path.endswith("/streams")] == [
            f"{TRACK}/streams?secret_token=s-hush"
        ] * 2
        api.set_responses(stream_path("hls_aac_96"), NOT_HERE)
        with pytest.raises(NotPlayableError, match="cannot be played in hls_aac_96"):
            again.refresh()


def test_preview_redirects_are_followed(api, cdn, client_of, listed):
    path = f"{TRACK}/preview"
    with client_of(cache=MemoryCache()) as client:
        api.set_responses(path, redirect("/media/1"))
        api.set_responses("/media/1", redirect(f"{cdn.url}/old?expires=1000"), redirect(listed["preview_mp3_128"]))
        assert client.tracks.get_preview(1) == listed["preview_mp3_128"]
        assert [request.path for request in api.requests] == [path, "/media/1"] * 2
        assert api.tokens() == [TOKEN] * 4

        for location, what in (
            ("http://cdn.example/", "plain http"),
            ("javascript:", "invalid URL"),
            (path, "4 times"),
        ):
            api.set_responses(path, redirect(location))
            with pytest.raises(UnexpectedResponseError, match=what):
                client.tracks.get_preview(1)

        for response, error in (
            (NOT_HERE, NotPlayableError),
            (Response(403, PAGE), EdgeError),
            (Response(404), NotFoundError),
        ):
            api.set_responses(path, response)
            with pytest.raises(error):
                client.tracks.get_preview(1)
    assert cdn.requests == []


def test_the_transient_403_of_the_gateway_does_not_turn_a_stream_into_a_preview(api, client_of, listed):
    disallowed = json_response({"error": "Access to this API has been disallowed"}, 403)
    for name in PREFERRED:
        if "preview" not in name:
            api.set_responses(stream_path(name), disallowed)
    with client_of(max_retries=0) as client:
        with pytest.raises(EdgeError, match="has been disallowed"):
            client.tracks.get_stream(1)


def test_a_stream_shows_neither_its_url_nor_the_secrets_to_fetch_it_again(client_of, listed):
    with client_of() as client:
        stream = client.tracks.get_stream(1, secret_token="s-HUSH", token="TOKEN-HUSH")

    name, expires_at = type(stream).__name__, stream.expires_at
    assert repr(stream) == f"{name}(format='{stream.format}', expires_at={expires_at!r}, is_preview=False)"
