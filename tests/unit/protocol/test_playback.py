"""Stream URLs from redirects: every accepted URL is valid and leads to an allowed origin."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from soundcloud import ForbiddenError, InvalidInputError, NotPlayableError, UnexpectedResponseError
from soundcloud._protocol.decoding import Drifts, decode
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.http.messages import Request, Response, request_for_url
from soundcloud._protocol.http.urls import is_loopback
from soundcloud._protocol.media.playback import (
    PREFERRED,
    check_available,
    check_formats,
    expiry_from_url,
    not_playable_error,
    parse_playlist,
    redirect_request,
    redirect_url,
    stream_urls,
)
from soundcloud_api.models import Streams
from soundcloud_api.types import redact

API = "https://api.soundcloud.com"
LOCAL = "http://127.0.0.1:8000"
HOP = "/tracks/soundcloud:tracks:1/streams/2/hls"
SECRETS = st.from_regex(r"[A-Z0-9]{12,40}", fullmatch=True)
WORDS = r"""
http: https: HTTPS: // / \ @ : :: [ ] [::1] ? # % . .. ä 。 user user:word@ api.soundcloud.com 127.0.0.1 localhost 8000
:443 :99999 :0 cdn.example javascript: file: data: expires=1 &
"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\t", "\r\n", "\x00", "\ud800", "a" * 64, "x" * 4000])
LOCATIONS = st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=12).map("".join))


@given(location=LOCATIONS, base_url=st.sampled_from([API, LOCAL]))
@example(location="https://" + "a" * 63 + ":443/", base_url=API)
@example(location="//[::1%25x]/", base_url=LOCAL)
@example(location="http://api.soundcloud.com:80/", base_url=API)
@example(location="https://127.0.0.1:8000/", base_url=LOCAL)
@example(location="/" * 9000, base_url=API)
def test_any_location_is_a_valid_url_or_an_error(location, base_url):
    message, url = "", ""
    try:
        url = redirect_url(base_url + HOP, location, base_url)
    except UnexpectedResponseError as error:
        message = str(error)
    assert message.isprintable()
    assert ("the stream redirects to" in message) is (url == "")
    if not url:
        return
    parts = urlsplit(url)
    local = is_loopback(parts.hostname)
    assert parts.scheme == "https" or (parts.scheme == "http" and local and base_url == LOCAL)
    assert url.isascii()
    assert url.isprintable()
    assert not {"@", "\\", " "} & {*parts.netloc}
    assert parts.netloc.encode("idna")
    assert repr(url) == "'***'"
    # A valid URL is not changed.
    assert redirect_url(url, url, base_url) == url
    assert expiry_from_url(url) is None or expiry_from_url(url).tzinfo is UTC
    request = redirect_request(url, base_url, "TOKEN", "/template")
    base = urlsplit(base_url)
    if request is None:
        assert parts.hostname != base.hostname or parts.port != base.port
    else:
        assert request.url.startswith((f"{base_url}/", f"{base_url}?")) or request.url == base_url
        assert (parts.hostname, request.token, request.shareable) == (base.hostname, "TOKEN", False)


@given(secret=SECRETS, start=LOCATIONS)
@example(secret="SECRET000000", start="http://cdn.example/")
def test_errors_do_not_show_the_url(secret, start):
    shown = ""
    try:
        redirect_url(API + HOP, f"{start}?Signature={secret}", API)
    except UnexpectedResponseError as error:
        shown = f"{error} {error.args} {vars(error)}"

    assert secret not in shown


@given(
    query=st.one_of(st.text(), st.lists(st.sampled_from(["expires", "Policy", "=", "&", "9" * 12, "e30"])).map("".join))
)
@example(query="expires=253402300799")
@example(query="expires=253402300800")
@example(query="Policy=" + quote(b64encode(b'{"DateLessThan":{"AWS:EpochTime":999999999999}}')))
def test_any_query_has_an_expiry_or_none(query):
    found = expiry_from_url(f"https://cdn.example/sound?{query}")

    assert found is None or found.tzinfo is UTC


@given(moment=st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31)), name=st.sampled_from(["expires", "Expires"]))
def test_the_expiry_of_a_url(moment, name):
    seconds = int(moment.replace(tzinfo=UTC).timestamp())
    statement = f'{{"Statement":[{{"Condition":{{"DateLessThan" : {{ "AWS:EpochTime" :{seconds}}}}}}}]}}'
    policy = b64encode(statement.encode()).decode().translate(str.maketrans("+=/", "-_~"))

    expected = datetime.fromtimestamp(seconds, UTC)
    assert expiry_from_url(f"https://cdn.example/sound?a=b&{name}={seconds}&Signature=x") == expected
    assert expiry_from_url(f"https://cdn.example/sound?Policy={policy}&Signature=x") == expected


TAGS = b"""
#EXTINF:1, #EXTINF:x, #EXT-X-KEY:METHOD=NONE #EXT-X-MAP:URI= #EXT-X-BYTERANGE:1@ #EXT-X-STREAM-INF:BANDWIDTH= #EXT-X-ENDLIST
#EXT-X-PROGRAM-DATE-TIME: #EXT-X-TARGETDURATION: #EXT-X-DATERANGE: #EXT-X-PART: #EXT-X-DEFINE: #EXT-X-SERVER-CONTROL:
0.m4s http://[/
"""
LINES = st.lists(st.one_of(st.binary(max_size=20), st.sampled_from(TAGS.split()))).map(b"\n".join)


@given(lines=LINES, start=st.sampled_from([b"#EXTM3U\n", b"", b"\xef\xbb\xbf#EXTM3U\n", b"<html>"]))
def test_any_bytes_are_a_playlist_or_an_error(lines, start):
    found = body = None
    try:
        found = parse_playlist(start + lines, "https://cdn.example/1/playlist.m3u8?Signature=x")
    except UnexpectedResponseError as error:
        body = error.body

    assert (body == start + lines) if found is None else (found.base_uri == "https://cdn.example/1/")


@given(st.one_of(st.text(), st.lists(st.one_of(st.text(), st.integers(), st.none()))))
def test_any_preference_is_a_list_of_formats_or_an_error(prefer):
    try:
        names = check_formats(prefer)
    except InvalidInputError:
        return
    assert names
    assert len(names) == len({*names})
    assert check_formats(names) == names


def test_formats_and_field_names_are_accepted():
    assert check_formats(PREFERRED) == [*PREFERRED]
    assert check_formats(f"{name}_url" for name in PREFERRED) == [*PREFERRED]
    assert check_formats(["b", "a", "b_url"]) == ["b", "a"]


def test_undocumented_formats_are_available():
    known = "hls_aac_160_url", "hls_opus_64_url"
    raw = {name: f"{API}/{name}" for name in known} | {"http_url": 1, "none_url": None, "empty_url": "", "urls": "x"}
    links = stream_urls(decode(Response(200, {}, json.dumps(raw).encode()), {200: Streams}, Drifts()))

    assert links == {"hls_aac_160": f"{API}/{known[0]}", "hls_opus_64": f"{API}/{known[1]}"}
    assert API not in repr(links)
    check_available("soundcloud:tracks:1", links, ["nothing", "hls_opus_64"])
    with pytest.raises(NotPlayableError) as caught:
        check_available("soundcloud:tracks:1", links, ["nothing"])
    assert caught.value.available == ("hls_aac_160", "hls_opus_64")


def test_not_playable_keeps_the_attributes_of_the_response():
    request = Request("GET", API + HOP, HOP)
    cause = error_from_response(
        Response(403, {"x-request-id": "r1"}, b'{"code": 403, "errors": ["no"]}'), request=request
    )
    cause.retries = 2
    error = not_playable_error("what", ["preview_mp3_128"], cause)

    assert isinstance(cause, NotPlayableError)
    assert {**vars(error)} == {
        **vars(cause),
        "message": "what",
        "retries": 0,
        "available": ("preview_mp3_128",),
        "hint": "available formats: preview_mp3_128; give prefer=('preview_mp3_128',)",
    }


@pytest.mark.parametrize("template", [None, "/tracks/{track_urn}/streams/{stream}", "/tracks/{track_urn}/preview"])
def test_a_403_of_a_stream_means_not_playable(template):
    request = Request("GET", f"{API}/media/1", "/media/1", template=template)

    assert isinstance(error_from_response(Response(403, {}, b""), request=request), NotPlayableError) is (
        template is not None
    )
    other = request_for_url("https://cdn.example/streams/1", bytes, template=template)
    assert type(error_from_response(Response(403, {}, b""), request=other)) is ForbiddenError


def test_signatures_are_redacted():
    for name in ("Signature", "signature", "X-Amz-Signature", "secret_token"):
        assert redact(f"see https://cdn.example/a?expires=1&{name}=SECRET~-_%3D&Key-Pair-Id=K now") == (
            f"see https://cdn.example/a?expires=1&{name}=***&Key-Pair-Id=K now"
        )
    assert redact("a signature, and Signatures in a text") == "a signature, and Signatures in a text"
