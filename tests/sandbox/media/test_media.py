"""The media origin: expiring audio URLs, HLS, ranges, waveforms and images, without a token."""

import io
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from soundcloud.sandbox import Sandbox, SandboxError
from soundcloud.sandbox.__main__ import main
from soundcloud.sandbox.media import images
from soundcloud.sandbox.media.clips import KITS, LOOPS, MP3_FRAME_BYTES, SILENCE, load_clips
from soundcloud.sandbox.media.fmp4 import make_fragment, make_header
from soundcloud.sandbox.media.melody import CLIP_SECONDS, MP3_FRAME_SECONDS, Melody

HLS = ("hls_aac_160_url", "hls_aac_96_url", "hls_mp3_128_url")


@pytest.fixture
def location(ada, track):
    """Return a function that fetches the audio URL of a format."""

    def get_location(name="hls_aac_160_url", urn=track["urn"]):
        return ada.get(ada.get(f"/tracks/{urn}/streams").json()[name]).headers["location"]

    return get_location


def segment_urls(playlist):
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


def read_boxes(content):
    """Return the top-level boxes of an MP4 by name."""
    position, found = 0, {}
    while position < len(content):
        size, name = struct.unpack_from(">I4s", content, position)
        found[name.decode()] = content[position + 8 : position + size]
        position += size
    assert position == len(content)
    return found


def open_picture(response):
    """Return a picture, decoded, after a check of the format that its headers name."""
    picture = Image.open(io.BytesIO(response.content))
    picture.load()
    assert response.headers["content-type"] == f"image/{picture.format.lower()}"
    return picture


def test_audio_urls_have_an_expiry(sandbox, location, anonymous):
    for name in (*HLS, "preview_mp3_128_url"):
        expires = int(parse_qs(urlsplit(location(name)).query)["expires"][0])
        assert 295 <= expires - time.time() <= 300
    sandbox.change_settings(media_lifetime=10_000)
    assert int(parse_qs(urlsplit(location()).query)["expires"][0]) - time.time() > 9_000


@pytest.mark.parametrize("lifetime", [0, -1, -3600, -(10**9)])
def test_a_lifetime_of_0_or_less_makes_expired_urls(sandbox, location, anonymous, lifetime):
    sandbox.change_settings(media_lifetime=lifetime)
    response = anonymous.get(location())

    assert (response.status_code, response.text) == (403, "The URL has expired.")
    sandbox.reset()
    assert sandbox.settings["media_lifetime"] == 300


def test_settings_out_of_range_are_rejected(sandbox):
    for seconds in (float("nan"), float("inf"), 10**12):
        with pytest.raises(SandboxError, match="media_lifetime"):
            Sandbox(media_lifetime=seconds)
        with pytest.raises(SandboxError, match="processing_seconds"):
            sandbox.change_settings(processing_seconds=seconds)
    assert sandbox.settings["processing_seconds"] == 0


def test_media_port():
    with Sandbox() as first:
        port = urlsplit(first.media_url).port
    with Sandbox(media_port=port) as second:
        assert urlsplit(second.media_url).port == port


@pytest.mark.parametrize(
    ("arguments", "port"),
    [([], 8702), (["--port", "8080"], 8702), (["--port", "0"], 0), (["--port", "0", "--media-port", "9"], 9)],
)
def test_media_port_from_the_command_line(monkeypatch, capsys, arguments, port):
    given = {}

    def fail(**options):
        given.update(options)
        raise SandboxError("not here")

    monkeypatch.setattr("soundcloud.sandbox.server.Sandbox", fail)
    assert main([*arguments, "--media-lifetime", "7.5", "--processing-seconds", "2"]) == 1
    assert capsys.readouterr().err == "not here\n"
    assert (given["media_port"], given["media_lifetime"], given["processing_seconds"]) == (port, 7.5, 2)


def test_an_audio_url_is_valid_for_one_format_only(location, anonymous):
    url = location("hls_mp3_128_url")

    for other in ("whole/track.mp3", "preview/snippet.mp3", "aac_160/playlist.m3u8"):
        assert anonymous.get(url.replace("mp3_128/playlist.m3u8", other)).status_code == 403
    for other in ("0.m4s", "init.mp4", "snippet.mp3", "x.mp3", "-1.mp3", "9999999999.mp3", "playlist"):
        assert anonymous.get(url.replace("playlist.m3u8", other)).status_code == 404


def test_audio_urls_reject_tokens(ada, location, anonymous):
    playlist = location()
    segment = str(anonymous.get(playlist).url.join(segment_urls(anonymous.get(playlist).text)[0]))

    for url in (playlist, segment):
        assert anonymous.get(url).status_code == 200
        for value in ("OAuth x", "Bearer x", ada.headers["authorization"], ""):
            assert anonymous.get(url, headers={"Authorization": value}).status_code == 400


def test_streams_after_the_access_was_reduced(ada, marlow, sandbox, track):
    links = ada.get(f"/tracks/{track['urn']}/streams").json()
    with sandbox._state.database.transaction():
        sandbox._state.database.change("UPDATE tracks SET access = 'preview' WHERE id = ?", track["id"])

    for name in HLS:
        response = ada.get(links[name])
        assert (response.status_code, response.json()["message"][:5]) == (403, "Sorry")
        # The token is still valid.
        assert ada.get("/me").status_code == 200
    assert ada.get(links["preview_mp3_128_url"]).status_code == 302
    with sandbox._state.database.transaction():
        sandbox._state.database.change("UPDATE tracks SET access = 'blocked' WHERE id = ?", track["id"])
    assert {ada.get(url).status_code for url in links.values()} == {403}


def test_private_streams_need_the_secret_token(private_track, marlow):
    urn, token = private_track["urn"], private_track["uri"].split("secret_token=")[1]

    assert marlow.get(f"/tracks/{urn}/streams").status_code == 404
    links = marlow.get(f"/tracks/{urn}/streams", params={"secret_token": token}).json()
    for url in links.values():
        assert f"secret_token={token}" in url
        assert marlow.get(url).status_code == 302
        assert marlow.get(url.split("?")[0]).status_code == 404


@pytest.mark.parametrize("name", HLS)
def test_hls(location, anonymous, track, name):
    response = anonymous.get(location(name))
    playlist = response.text

    assert response.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert response.headers["access-control-allow-origin"] == "*"
    assert playlist.endswith("#EXT-X-ENDLIST\n")
    durations = [float(line[8:-1]) for line in playlist.splitlines() if line.startswith("#EXTINF:")]
    target = int(playlist.split("#EXT-X-TARGETDURATION:")[1].split()[0])
    assert max(round(length) for length in durations) <= target
    assert sum(durations) == pytest.approx(track["duration"] / 1000, abs=0.013)
    place = 0
    for index, (length, line) in enumerate(zip(durations, segment_urls(playlist), strict=True)):
        segment = anonymous.get(response.url.join(line)).content
        if "mp3" in name:
            # The tag contains the start of the segment in ticks of 90 kHz.
            assert segment[:3] == b"ID3"
            assert struct.unpack(">Q", segment[65:73])[0] == round(place * 90_000)
            frames = segment[73:]
            assert (frames[:2], len(frames)) == (b"\xff\xfb", round(length / 0.024) * MP3_FRAME_BYTES)
        else:
            found = read_boxes(segment)
            inner = read_boxes(read_boxes(found["moof"])["traf"])
            assert struct.unpack_from(">I", read_boxes(found["moof"])["mfhd"], 4)[0] == index + 1
            assert struct.unpack_from(">Q", inner["tfdt"], 4)[0] == round(place * 48_000)
            count, offset = struct.unpack_from(">Ii", inner["trun"], 4)
            sizes = struct.unpack_from(f">{count}I", inner["trun"], 12)
            assert count * 1024 == round(length * 48_000)
            assert sum(sizes) == len(found["mdat"])
            # The offset counts from the start of `moof`, and skips the header of `mdat`.
            assert offset == 8 + len(found["moof"]) + 8
            rate = 8 * sum(sizes) / length
            assert rate == pytest.approx(160_000 if "160" in name else 96_000, rel=0.01)
        place += length
    if "aac" in name:
        uri = playlist.split('#EXT-X-MAP:URI="')[1].split('"')[0]
        response = anonymous.get(response.url.join(uri))
        assert (response.status_code, set(read_boxes(response.content))) == (200, {"ftyp", "moov"})


def test_head_and_ranges(location, anonymous):
    url = location("preview_mp3_128_url")
    full = anonymous.get(url)

    assert len(full.content) == int(full.headers["content-length"]) == 1250 * MP3_FRAME_BYTES
    response = anonymous.head(url)
    assert (response.status_code, response.content) == (200, b"")
    for name in ("content-length", "content-type", "accept-ranges"):
        assert response.headers[name] == full.headers[name]
    for range_, start, stop in (
        ("0-", 0, 480_000),
        ("0-0", 0, 1),
        ("383-384", 383, 385),
        ("1000-300000", 1000, 300_001),
        ("479999-999999", 479_999, 480_000),
        ("-10", 479_990, 480_000),
        ("-999999", 0, 480_000),
    ):
        part = anonymous.get(url, headers={"Range": f"bytes={range_}"})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/480000"
        assert part.content == full.content[start:stop]
        assert anonymous.head(url, headers={"Range": f"bytes={range_}"}).headers["content-length"] == str(stop - start)
    for range_ in ("480000-", "10-5", "-0"):
        response = anonymous.get(url, headers={"Range": f"bytes={range_}"})
        assert (response.status_code, response.headers["content-range"]) == (416, "bytes */480000")
    for range_ in ("-", "x", "0-1,4-5"):
        assert anonymous.get(url, headers={"Range": f"bytes={range_}"}).status_code == 200


def test_melodies_depend_on_the_track_id():
    orders = [[Melody(number, 300).clip(index) for index in range(190)] for number in range(1, 30)]

    assert orders[1] == [Melody(2, 300).clip(index) for index in range(190)]
    assert len(set(map(tuple, orders))) == len(orders)
    assert {order[0] for order in orders} == {1 + kit * (LOOPS + 2) for kit in range(KITS)}
    for order in orders:
        opening = order[0]
        assert set(order[1:]) <= set(range(opening + 2, opening + 2 + LOOPS))
        assert len(set(order[1:])) > 1


@pytest.mark.parametrize(("seconds", "clips"), [(5, 3), (30, 19), (60.1, 39), (3600, 2343)])
def test_melodies_end_with_the_last_whole_clip(seconds, clips):
    melody = Melody(8, seconds)

    assert clips == int(seconds / CLIP_SECONDS)
    assert melody.clip(clips - 1) == melody.clip(0) + 1
    assert melody.clip(clips) == melody.clip(clips + 1) == SILENCE


@pytest.mark.parametrize("seconds", [0.01, 1, 4.6])
def test_short_melodies_consist_of_loops(seconds):
    melody = Melody(8, seconds)
    opening = Melody(8, 60).clip(0)

    assert all(melody.clip(index) in range(opening + 2, opening + 2 + LOOPS) for index in range(4))
    assert melody.loudness(0, seconds) > 0.1


def test_melodies_can_be_read_from_any_frame():
    melody, day = Melody(5, 90_000), 86_400
    start = melody.mp3(0, 400)

    assert len(start) == 400 * MP3_FRAME_BYTES
    assert melody.mp3(37, 300) == start[37 * MP3_FRAME_BYTES : 337 * MP3_FRAME_BYTES]
    assert melody.aac(19, 100, 300) == melody.aac(0, 400, 300)[19:119]
    assert all(len(frame) == 427 for frame in melody.aac(round(day * 48_000 / 1024), 50, 427)[5:])
    assert melody.mp3(5, 0) == b""


def test_loudness_is_the_peak_of_the_frames():
    melody = Melody(11, 300)
    for index in range(0, 12_000, 37):
        clip, frame = divmod(index, 64)
        start = index * MP3_FRAME_SECONDS
        found = melody.loudness(start + 0.001, start + 0.02)
        assert found == pytest.approx(min(1, load_clips()[melody.clip(clip)].peaks[frame] / 180))
        assert melody.loudness(start + 0.001, start + 1) >= found


def test_the_waveform_of_a_long_track_is_drawn_from_some_frames(monkeypatch):
    asked, clip = [], Melody.clip
    monkeypatch.setattr(Melody, "clip", lambda melody, index: asked.append(index) or clip(melody, index))

    assert max(images.make_waveform(5, 1e7)) > 40
    assert len(asked) < 1800 * 400


def test_fragments_consist_of_whole_boxes():
    assert set(read_boxes(make_header(96_000))) == {"ftyp", "moov"}
    found = read_boxes(make_fragment(3, 936, [b"a" * 10, b"b" * 20]))

    assert found["mdat"] == b"a" * 10 + b"b" * 20
    assert set(found) == {"styp", "moof", "mdat"}


def test_waveform(anonymous, track, sandbox):
    assert track["waveform_url"] == f"{sandbox.media_url}/waves/{track['id']}_m.png"
    response = anonymous.get(track["waveform_url"].replace(".png", ".json"))
    wave = response.json()

    assert response.headers["content-type"] == "application/json"
    assert (wave["width"], wave["height"], len(wave["samples"])) == (1800, 140, 1800)
    assert 0 <= min(wave["samples"]) < 40 < max(wave["samples"]) <= 140
    seconds = track["duration"] / 1000
    melody, step = Melody(track["id"], seconds), seconds / 1800
    for index in (0, 17, 900, 1799):
        assert wave["samples"][index] == round(133 * melody.loudness(index * step, (index + 1) * step))
    drawn = open_picture(anonymous.get(track["waveform_url"]))
    assert (drawn.format, drawn.size) == ("PNG", (1800, 280))
    # Each column has the height of its sample, above and below the middle.
    opaque = drawn.getchannel("A").transpose(Image.Transpose.TRANSPOSE).tobytes()
    assert [opaque[at : at + 280].count(255) for at in range(0, len(opaque), 280)] == [
        2 * sample for sample in wave["samples"]
    ]
    assert opaque[:280] == opaque[:280][::-1]
    assert anonymous.get(f"{sandbox.media_url}/waves/1_m.png").status_code == 404
    assert anonymous.get(f"{sandbox.media_url}/waves/{'9' * 18}_m.json").status_code == 404


@pytest.mark.parametrize(
    ("size", "pixel"),
    [
        ("mini", 16),
        ("tiny", 20),
        ("small", 32),
        ("badge", 47),
        ("t67x67", 67),
        ("large", 100),
        ("t300x300", 300),
        ("crop", 400),
        ("t500x500", 500),
        ("original", 800),
    ],
)
def test_images_in_each_size(ada, anonymous, sandbox, size, pixel):
    found = ada.get("/tracks", params={"limit": 200}).json()
    picture = next(item["artwork_url"] for item in found if item["artwork_url"])
    avatar = found[0]["user"]["avatar_url"]

    for url in (picture, avatar):
        assert url.startswith(f"{sandbox.media_url}/")
        assert url.endswith("-large.jpg")
        response = anonymous.get(url.replace("-large", f"-{size}"))
        drawn = open_picture(response)
        assert (drawn.format, drawn.mode, drawn.size) == ("JPEG", "RGB", (pixel, pixel))
        exact = open_picture(anonymous.get(response.url.copy_with(path=response.url.path.replace(".jpg", ".png"))))
        assert (exact.format, exact.mode, exact.size) == ("PNG", "RGB", (pixel, pixel))
        # The background has a shade for each row; the edges are mixed, so there are more values than rows and rings.
        assert len(exact.getcolors(pixel * pixel)) > (pixel + 10 if pixel > 60 else 8)
        # Both show the same: JPEG changes single pixels, but hardly any area.
        one, other = (picture.resize((4, 4), Image.Resampling.BOX).tobytes() for picture in (drawn, exact))
        assert max(abs(left - right) for left, right in zip(one, other, strict=True)) < 32


def test_images_differ_and_are_reproducible(ada, anonymous):
    found = ada.get("/tracks", params={"limit": 200}).json()
    urls = list({item["artwork_url"] for item in found if item["artwork_url"]})[:20]
    pictures = [anonymous.get(url).content for url in urls]

    assert len(set(pictures)) == len(urls) == 20
    assert pictures == [anonymous.get(url).content for url in urls]
    assert anonymous.get(urls[0].replace("-large", "-huge")).status_code == 404


def test_the_api_answers_while_a_picture_is_drawn(ada, anonymous, sandbox, monkeypatch):
    started, answered = Event(), Event()

    def draw(*_):
        started.set()
        return b"drawn" if answered.wait(10) else b"too late"

    monkeypatch.setattr(images, "draw_image", draw)
    with ThreadPoolExecutor() as pool:
        picture = pool.submit(anonymous.get, f"{sandbox.media_url}/artworks-x-0-large.jpg")
        assert started.wait(10)
        assert ada.get("/me").status_code == 200
        answered.set()
        assert picture.result().content == b"drawn"


def test_all_image_urls_load(ada, anonymous, sandbox):
    def image_urls(value):
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in {"artwork_url", "avatar_url", "waveform_url"} and inner:
                    yield inner
                yield from image_urls(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from image_urls(inner)

    responses = [
        ada.get(path).json() for path in ("/tracks?limit=20", "/playlists?limit=5&q=a", "/users?limit=10&q=a", "/me")
    ]
    found = set(image_urls(responses))
    assert len(found) > 30
    for url in found:
        assert url.startswith(sandbox.media_url)
        assert anonymous.get(url).status_code == 200


def test_unknown_paths(sandbox, anonymous):
    for path in (
        "/",
        "/sound/1/2/preview",
        "/tracks/1",
        "/oauth/token",
        "/player/x.js",
        "/player/../server.py",
        "/waves/x_m.png",
    ):
        assert anonymous.get(sandbox.media_url + path).status_code == 404
    assert anonymous.post(f"{sandbox.media_url}/oembed").status_code == 405


def test_bugs_in_the_media_origin_are_logged_and_sent_as_500(sandbox, location, anonymous, caplog, monkeypatch):
    url = location()
    monkeypatch.setattr("soundcloud.sandbox.media.streams._sign", lambda *_: 1 / 0)

    assert anonymous.get(url).status_code == 500
    assert "the media origin of the sandbox failed" in caplog.text
