"""HLS playlists behind a stream URL, and the secrecy of that URL."""

import logging
import pickle
import sys
import traceback

import pytest

from soundcloud import (
    AsyncSoundCloudClient,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    NotPlayableError,
    ServerError,
    SoundCloudError,
    UnexpectedResponseError,
)
from soundcloud.caches import MemoryCache
from tests.helpers.servers import Response, json_response, redirect

pytestmark = pytest.mark.anyio

TOKEN = "TOKEN-0123456789"
SHARED = "s-HUSH0123456789"
SIGNATURE = "SIGNED-0123456789"
QUERY = f"expires=4102444800&Policy=P~-_&Signature={SIGNATURE}&Key-Pair-Id=K"
TRACK = "/tracks/soundcloud:tracks:1"
FILE = "/1/aac_160k/2/playlist.m3u8"
PLAYLIST = f"""#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:10
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="init.mp4?{QUERY}"
#EXTINF:9.984,
data_000.m4s?{QUERY}
#EXTINF:9.984,
/1/data_001.m4s
#EXTINF:2.5,
https://cdn.example/data_002.m4s
#EXT-X-ENDLIST
"""
# As S3 and CloudFront refuse an expired URL.
REFUSED = Response(
    403, b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', {"Content-Type": "application/xml"}
)


@pytest.fixture
def link(api, cdn):
    """The media URL that every format of the track redirects to."""
    link = f"{cdn.url}{FILE}?{QUERY}"
    formats = ("hls_aac_160", "preview_mp3_128")
    hops = {f"{name}_url": f"{api.url}{TRACK}/streams/{name}?secret_token={SHARED}" for name in formats}
    api.set_responses(f"{TRACK}/streams", json_response(hops))
    for name in formats:
        api.set_responses(f"{TRACK}/streams/{name}", redirect(link))
    api.set_responses(f"{TRACK}/preview", redirect(link))
    return link


@pytest.fixture
def client_of(api):
    def make(**settings):
        return AsyncSoundCloudClient(base_url=api.url, auth_url=api.url, access_token=TOKEN, **settings)

    return make


async def test_the_segments_of_a_playlist(api, cdn, client_of, link):
    cdn.set_responses(
        FILE, Response(content=PLAYLIST.encode(), headers={"Content-Type": "application/vnd.apple.mpegurl"})
    )
    async with client_of(cache=MemoryCache()) as client:
        stream = await client.tracks.get_stream(1)
        playlist = await stream.playlist()
        await stream.playlist()

    folder = f"{cdn.url}/1/aac_160k/2"
    assert [segment.absolute_uri for segment in playlist.segments] == [
        f"{folder}/data_000.m4s?{QUERY}",
        f"{cdn.url}/1/data_001.m4s",
        "https://cdn.example/data_002.m4s",
    ]
    assert [segment.duration for segment in playlist.segments] == [9.984, 9.984, 2.5]
    assert playlist.segments[0].init_section.absolute_uri == f"{folder}/init.mp4?{QUERY}"
    assert playlist.is_endlist
    assert [cdn.url + request.target for request in cdn.requests] == [link, link]
    assert cdn.tokens() == [None, None]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\r\n \t\n"])
async def test_a_playlist_may_begin_with_a_bom_or_an_empty_line(cdn, client_of, link, start):
    cdn.set_responses(FILE, Response(content=start + PLAYLIST.replace("\n", "\r\n").encode()))
    async with client_of() as client:
        playlist = await (await client.tracks.get_stream(1)).playlist()

    assert len(playlist.segments) == 3


@pytest.mark.parametrize(
    "response", [REFUSED, Response(403), Response(403, b"no"), json_response({"message": "no"}, 403)]
)
async def test_a_refused_url_can_be_refreshed(api, cdn, client_of, link, response):
    cdn.set_responses(FILE, response)
    async with client_of() as client:
        stream = await client.tracks.get_stream(1)
        with pytest.raises(
            ForbiddenError, match=r"rejected the stream URL: HTTP 403 .*refresh\(\) gets a new one"
        ) as caught:
            await stream.playlist()

        assert not isinstance(caught.value, NotPlayableError)
        assert (caught.value.status, caught.value.path, caught.value.body) == (403, FILE, response.content)
        cdn.set_responses(FILE, Response(content=PLAYLIST.encode()))
        assert len((await (await stream.refresh()).playlist()).segments) == 3


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (Response(404, b"no such file"), NotFoundError),
        (Response(500), ServerError),
        (Response(), UnexpectedResponseError),
        (Response(content=b"<html>#EXTM3U</html>"), UnexpectedResponseError),
        (Response(content=b"EXTM3U"), UnexpectedResponseError),
        (Response(content=bytes(range(256))), UnexpectedResponseError),
        (Response(content=b"#EXTM3U\n#EXTINF:long,\n0.m4s\n"), UnexpectedResponseError),
        (redirect("https://cdn.example/elsewhere"), UnexpectedResponseError),
    ],
)
async def test_invalid_playlists(cdn, client_of, link, response, error):
    cdn.set_responses(FILE, response)
    async with client_of() as client:
        stream = await client.tracks.get_stream(1)
        with pytest.raises(error):
            await stream.playlist()

    assert cdn.tokens() == [None]


async def test_a_file_has_no_playlist(cdn, client_of, link):
    async with client_of() as client:
        stream = await client.tracks.get_stream(1, ("preview_mp3_128",))
        with pytest.raises(InvalidInputError, match="preview_mp3_128 is a file, not an HLS stream"):
            await stream.playlist()

    assert cdn.requests == []


async def test_playlist_without_m3u8_installed(cdn, client_of, link, monkeypatch):
    monkeypatch.setitem(sys.modules, "m3u8", None)
    async with client_of() as client:
        stream = await client.tracks.get_stream(1)
        with pytest.raises(InvalidInputError, match=r"pip install 'soundcloud-sdk\[audio\]'"):
            await stream.playlist()

    assert cdn.requests == []


class SecretCollector:
    """Collects everything that may end up in logs and error reports."""

    def __init__(self, caplog):
        self.caplog = caplog
        self.events = []
        self.errors = []
        self.texts = []

    async def fail(self, call):
        try:
            await call()
        except SoundCloudError as error:
            trace = traceback.TracebackException.from_exception(error, capture_locals=True)
            # The frames of this test hold the secrets.
            for frame in trace.stack:
                if frame.filename == __file__:
                    frame.locals = None
            body, error.body = error.body, b""
            self.texts += ["".join(trace.format()), repr(error), str(error), repr(vars(error))]
            self.texts.append(pickle.dumps(error).decode("latin-1"))
            error.body = body
            self.errors.append(error)

    def text(self):
        return "\n".join([*self.texts, *map(repr, self.events), self.caplog.text])


@pytest.mark.parametrize(
    "location", ["http://cdn.example/", "https://user@cdn.example/", "", "//127.0.0.1:{port}/again"]
)
async def test_no_secret_is_shown(api, cdn, client_of, link, caplog, location):
    seen = SecretCollector(caplog)
    cdn.set_responses(
        FILE, Response(content=PLAYLIST.encode()), REFUSED, Response(content=PLAYLIST.replace("9.984", "x").encode())
    )
    with caplog.at_level(logging.DEBUG, logger="soundcloud"):
        async with client_of(on_event=seen.events.append, on_request=seen.events.append) as client:
            stream = await client.tracks.get_stream(1, secret_token=SHARED, token=TOKEN)
            preview = await client.tracks.get_preview(1, secret_token=SHARED, token=TOKEN)
            await stream.playlist()
            await seen.fail(stream.playlist)
            await seen.fail(stream.playlist)
            # A redirect that is refused, repeats or has no location.
            port = api.url.rpartition(":")[2]
            further = redirect(location.format(port=port) + "?" + QUERY if location else None)
            for path in (
                f"{TRACK}/streams/hls_aac_160",
                f"{TRACK}/streams/preview_mp3_128",
                f"{TRACK}/preview",
                "/again",
            ):
                api.set_responses(path, further)
            await seen.fail(lambda: client.tracks.get_stream(1, secret_token=SHARED, token=TOKEN))
            await seen.fail(lambda: client.tracks.get_preview(1, secret_token=SHARED, token=TOKEN))
            await seen.fail(stream.refresh)
            for name in ("hls_aac_160", "preview_mp3_128"):
                api.set_responses(f"{TRACK}/streams/{name}", Response(403))
            await seen.fail(lambda: client.tracks.get_stream(1, secret_token=SHARED, token=TOKEN))
            api.set_responses(f"{TRACK}/streams", Response(403))
            await seen.fail(stream.refresh)
            seen.texts += [repr(stream), f"{stream}", repr([preview]), repr(client)]

    assert [type(error) for error in seen.errors] == [
        ForbiddenError,
        *[UnexpectedResponseError] * 4,
        *[NotPlayableError] * 2,
    ]
    text = seen.text()
    assert len(text) > 20_000
    for secret in (SIGNATURE, TOKEN, SHARED):
        assert secret not in text, text[max(0, text.index(secret) - 500) :][:700]
    # A player still gets the whole URL.
    assert str(stream.url) == preview == link
    assert f"{stream.url}" == link
