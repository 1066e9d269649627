"""Waveforms, oEmbed, stream URLs and file formats, at their exact limits."""

from datetime import UTC, datetime

import pytest

from soundcloud import InvalidInputError, UnexpectedResponseError
from soundcloud._protocol.media import playback
from soundcloud._protocol.media.embeds import find_embed_target
from soundcloud._protocol.media.file_formats import HEAD, detect_audio_format, detect_image_format
from soundcloud._protocol.media.oembed import OEmbedQuery, OEmbedResponse, is_blocked
from soundcloud._protocol.media.waveform import WaveformResponse, read_waveform, waveform_request
from soundcloud._protocol.pagination import MAX_LINK_LENGTH
from soundcloud.errors import (
    BadRequestError,
    ConnectionFailedError,
    ForbiddenError,
    NotPlayableError,
    PaginationError,
    StatusError,
    UnprocessableEntityError,
)
from soundcloud.models import Streams

API = "https://api.soundcloud.com"
LINK = "https://soundcloud.com/forss/flickermood"
WEB = "https://soundcloud.com"


@pytest.mark.parametrize(
    ("samples", "height", "expected"),
    [
        ([0, 5, 3], 10, 10),
        ([0, 5, 3], 5, 5),
        ([0, 5, 3], 4, 5),
        ([0, 5, 3], None, 5),
        ([0, 5, 3], True, 5),
        ([0, 5, 3], "10", 5),
        ([0, 0], 0, 1),
        ([0, 0], 1, 1),
        ([1], None, 1),
        ([2], 1, 2),
    ],
)
def test_the_height_of_a_waveform_is_at_least_its_loudest_sample(samples, height, expected):
    found = read_waveform(WaveformResponse(samples=samples, height=height))

    assert (found.samples, found.width, found.height) == (tuple(samples), len(samples), expected)


@pytest.mark.parametrize("samples", [None, [], "12", [1, -1], [1.0], [True], [None]])
def test_samples_that_are_not_valid(samples):
    with pytest.raises(UnexpectedResponseError, match="no valid samples"):
        read_waveform(WaveformResponse(samples=samples))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://wave.sndcdn.com/a_m.png", "/a_m.json"),
        ("https://wave.sndcdn.com/a_m.json", "/a_m.json"),
        ("https://wave.sndcdn.com/a_m.jpg", None),
        ("https:///a_m.png", None),
        ("/a_m.png", None),
        (None, None),
        (5, None),
        ("https://[/a.png", None),
    ],
)
def test_the_url_of_the_samples(url, path):
    request = waveform_request(url, WEB)

    assert (None if request is None else request.path) == path


@pytest.mark.parametrize(
    "url", ["http://wave.sndcdn.com/a.png", "https://evil.example/a.png", "https://u@web.example/a.png"]
)
def test_a_waveform_elsewhere_is_not_requested(url):
    with pytest.raises(UnexpectedResponseError, match="is not a host of SoundCloud; no request was sent"):
        waveform_request(url, "https://web.example")


def test_a_waveform_may_be_at_the_web_url():
    request = waveform_request("http://127.0.0.1:5/a.png?b=c#d", "http://127.0.0.1:5")

    assert (request.url, request.origin) == ("http://127.0.0.1:5/a.json?b=c", "http://127.0.0.1:5")
    with pytest.raises(UnexpectedResponseError):
        waveform_request("https://127.0.0.1:5/a.png", "http://127.0.0.1:5")


def query(url=LINK, maxwidth=None, maxheight=None, **options):
    return OEmbedQuery(find_embed_target(url, None, None), options, maxwidth, maxheight)


def test_the_request_of_an_embed():
    given = query(maxwidth="50%", maxheight=5, visual=True).request(WEB).url

    assert given.startswith(
        "https://soundcloud.com/oembed?format=json&url=https%3A%2F%2Fsoundcloud.com%2Fforss%2Fflickermood&"
    )
    assert given.endswith("&visual=true&maxwidth=50%25&maxheight=5")
    assert "max" not in query().request(WEB).url
    with pytest.raises(InvalidInputError, match="maxheight"):
        query(maxheight="50%").request(WEB)


@pytest.mark.parametrize(
    ("height", "given", "expected"),
    [
        (1, {}, 1),
        ("99999", {}, 99_999),
        (100_000, {}, 166),
        (0, {}, 166),
        ("05", {}, 166),
        (None, {}, 166),
        (None, {"maxheight": 120}, 120),
        (None, {"visual": True}, 300),
        (None, {"visual": False}, 166),
        (None, {"url": "https://soundcloud.com/forss"}, 450),
    ],
)
def test_the_height_of_an_embed(height, given, expected):
    assert query(**given).read(OEmbedResponse(html="<iframe>", height=height)).height == expected


@pytest.mark.parametrize(
    ("width", "expected"),
    [(100, "100"), ("50%", "50%"), (0, "100%"), ("", "100%"), (None, "100%"), (1.5, "100%"), (True, "100%")],
)
def test_the_width_of_an_embed(width, expected):
    assert query().read(OEmbedResponse(html="<iframe>", width=width)).width == expected


def test_the_fields_of_an_embed():
    found = query().read(OEmbedResponse(html="<iframe>", version=1, title="", author_name=5))

    assert (found.html, found.version, found.title, found.author_name, found.is_fallback) == (
        "<iframe>",
        "1.0",
        None,
        None,
        False,
    )
    for html in ("", None, 5):
        with pytest.raises(UnexpectedResponseError, match="no HTML"):
            query().read(OEmbedResponse(html=html))


def test_the_embed_without_soundcloud():
    found = query(maxwidth=50).fallback(StatusError("no"), WEB)
    sandbox = query().fallback(StatusError("no"), "http://127.0.0.1:5")

    assert (found.width, found.height, found.is_fallback, found.reason) == ("50", 166, True, "no")
    assert 'src="https://w.soundcloud.com/player/?' in found.html
    assert sandbox.width == "100%"
    assert 'src="http://127.0.0.1:5/player/?' in sandbox.html


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (BadRequestError("no"), False),
        (UnprocessableEntityError("no"), False),
        (ForbiddenError("no"), True),
        (StatusError("no"), True),
        (ConnectionFailedError("no"), True),
        (UnexpectedResponseError("no"), True),
        (PaginationError("no"), False),
        (InvalidInputError("no"), False),
    ],
)
def test_which_errors_may_mean_that_soundcloud_blocks_embeds(error, expected):
    assert is_blocked(error) is expected


def padded(start):
    return start + b"\0" * (HEAD - len(start))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\xff\xe0", "audio/mpeg"),
        (b"\xff\xfb", "audio/mpeg"),
        (b"\xff\xf1", "audio/aac"),
        (b"\xff\xf0", "audio/aac"),
        (b"\xff\xf9", "audio/aac"),
        (b"\xff\xf2", "audio/mpeg"),
        (b"\xff\xf4", "audio/mpeg"),
        (b"\xff\xdf", None),
        (b"\xff\xc0", None),
        (b"\xfe\xe0", None),
        (b"\xff", None),
        (b"", None),
        (b"ID3", "audio/mpeg"),
        (b"ID2", None),
        (b"ID4", None),
        (b"....ftyp", "audio/mp4"),
        (b"...ftyp", None),
        (b"....ftyo", None),
        (b"....ftyq", None),
        (b"RIFF....WAVE", "audio/wav"),
        (b"RF64....WAVE", "audio/wav"),
        (b"RIFF...WAVE", None),
        (b"FORM....AIFF", "audio/aiff"),
        (b"FORM....AIFC", "audio/aiff"),
        (b"FORM....WAVE", None),
        (b"fLaC", "audio/flac"),
        (b"OggS", "audio/ogg"),
        (b"#!AM", "audio/amr"),
        (b"\x30\x26\xb2\x75", "audio/x-ms-wma"),
    ],
)
def test_the_audio_format_of_a_file(head, expected):
    assert detect_audio_format(head) == expected
    if len(head) > 1:
        assert detect_audio_format(padded(head)) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"GIF88a", None),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\xff\xd8", None),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\x89PNG\r\n\x1a", None),
    ],
)
def test_the_format_of_an_image(head, expected):
    assert detect_image_format(head) == expected


@pytest.mark.parametrize(("extra", "valid"), [(-1, True), (0, False)])
def test_the_longest_url_of_a_stream(extra, valid):
    start = "https://cf.sndcdn.com/"
    url = start + "a" * (MAX_LINK_LENGTH + extra - len(start))
    if valid:
        assert playback.redirect_url(f"{API}/x", url, API) == url
    else:
        with pytest.raises(UnexpectedResponseError, match=r"^the stream redirects to an invalid URL"):
            playback.redirect_url(f"{API}/x", url, API)


@pytest.mark.parametrize(
    ("base", "location", "message"),
    [
        (API, "https://cf.sndcdn.com/a", None),
        (API, "https://cf.sndcdn.com:8443/a", None),
        (API, "/b", None),
        (API, "http://cf.sndcdn.com/a", "to cf.sndcdn.com over plain http"),
        (API, "http://127.0.0.1/a", "over plain http"),
        ("http://127.0.0.1:5", "http://127.0.0.1:6/a", None),
        ("http://127.0.0.1:5", "https://cf.sndcdn.com/a", None),
        ("http://127.0.0.1:5", "http://cf.sndcdn.com/a", "over plain http"),
        (API, "ftp://cf.sndcdn.com/a", "an invalid URL"),
        (API, "https://user@cf.sndcdn.com/a", "an invalid URL"),
        (API, "https://cf.sndcdn.com/a b", "an invalid URL"),
        (API, "https://cf.sndcdn.com/\u00e4", "an invalid URL"),
        (API, "https://cf.sndcdn.com/\x7f", "an invalid URL"),
        (API, "https://cf.sndcdn.com:99999/", "an invalid URL"),
    ],
)
def test_where_a_stream_may_redirect_to(base, location, message):
    if message is None:
        assert playback.redirect_url(f"{base}/x", location, base) == (
            f"{base}{location}" if location[0] == "/" else location
        )
    else:
        with pytest.raises(UnexpectedResponseError, match=message):
            playback.redirect_url(f"{base}/x", location, base)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("expires=0", 0),
        ("Expires=1764331200", 1_764_331_200),
        ("expires=999999999999", None),
        ("expires=1234567890123", None),
        ("expires=-1", None),
        ("expires=", None),
        ("x=1", None),
        ("policy=%3D", None),
        ("Policy=eyJEYXRlTGVzc1RoYW4iOnsiQVdTOkVwb2NoVGltZSI6MTIzfX0_", 123),
        ("expires=5&Policy=eyJEYXRlTGVzc1RoYW4iOnsiQVdTOkVwb2NoVGltZSI6MTIzfX0_", 5),
    ],
)
def test_the_expiry_of_a_signed_url(query, expected):
    moment = None if expected is None else datetime.fromtimestamp(expected, UTC)

    assert playback.expiry_from_url(f"https://cf.sndcdn.com/a?{query}") == moment


def test_a_redirect_within_the_api_carries_the_token_and_no_other_does():
    request = playback.redirect_request(f"{API}/tracks/1/streams/2?x=1", API, "token", "/template")

    assert (request.url, request.path) == (f"{API}/tracks/1/streams/2?x=1", "/tracks/1/streams/2")
    assert (request.method, request.token, request.template) == ("GET", "token", "/template")
    assert list(request.responses) == [302]
    assert not request.shareable
    assert playback.redirect_request("https://cf.sndcdn.com/a", API, "token", "/template") is None


@pytest.mark.parametrize("prefer", [[], "", [""], ["a b"], [5], 5, None, ["hls", ""]])
def test_formats_that_are_not_names(prefer):
    with pytest.raises(InvalidInputError, match=r"^prefer=.*: give format names such as 'hls_aac_160'$"):
        playback.check_formats(prefer)


def test_formats_are_listed_once():
    assert playback.check_formats(["a_url", "a", "b"]) == ["a", "b"]
    assert playback.check_formats("a_url") == ["a"]


def test_only_strings_are_stream_urls():
    streams = Streams.from_dict({"a_url": "https://a.example", "b_url": "", "c_url": 5, "d": "x"})

    assert playback.stream_urls(streams) == {"a": "https://a.example"}


def test_what_a_track_without_the_chosen_format_says():
    with pytest.raises(NotPlayableError, match="has no streams"):
        playback.check_available("soundcloud:tracks:1", {}, ["a"])
    with pytest.raises(NotPlayableError, match="has no stream in a, b") as caught:
        playback.check_available("soundcloud:tracks:1", {"c": "x"}, ["a", "b"])
    playback.check_available("soundcloud:tracks:1", {"b": "x"}, ["a", "b"])

    assert caught.value.available == ("c",)
    assert "available formats: c;" in caught.value.hint


def test_the_error_for_an_expired_url_keeps_the_response_and_not_the_hint():
    error = StatusError("no", status=403, code="c", body=b"b", method="GET", path="/p", hint="old")
    found = playback.expired_url_error(error)

    assert type(found) is ForbiddenError
    assert (found.status, found.code, found.body, found.method, found.path) == (403, "c", b"b", "GET", "/p")
    assert "refresh()" in found.hint
