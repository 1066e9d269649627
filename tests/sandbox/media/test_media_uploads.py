"""Uploads: processed for a while, then heard; what is kept of them, and for how long."""

import io
import tempfile
import time
from pathlib import Path

import httpx
import pytest

from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.melody import Melody
from soundcloud.sandbox.media.mp3 import find_cuts
from soundcloud.sandbox.media.notes import MP3_FRAME_BYTES
from soundcloud.sandbox.media.sound import measure, tone
from soundcloud.sandbox.media.uploads import Uploads

GIF = b"GIF89a" + bytes(30)
JPEG = b"\xff\xd8\xff\xe0" + bytes(30)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
# An ID3 tag of 300 bytes, as music comes with.
TAG = b"ID3\4\0\0\0\0\2\x2c" + bytes(300)


def upload(client, sound, name="sound.mp3", **files):
    parts = {
        "track[asset_data]": (name, sound, "audio/mpeg"),
        **{f"track[{key}]": value for key, value in files.items()},
    }
    reply = client.post("/tracks", data={"track[title]": "Mine"}, files=parts)
    assert reply.status_code == 201
    return reply.json()


def melody(seconds):
    return Melody(99).mp3(0, round(seconds / 0.024))


def follow(client, anonymous, url):
    return anonymous.get(client.get(url).headers["location"])


def streams(client, track):
    return client.get(f"/tracks/{track['urn']}/streams").json()


def test_while_it_is_processed(sandbox, ada, marlow):
    sandbox.processing_seconds = 3600
    track = upload(ada, tone(2), "tone.wav")
    again = ada.get(f"/tracks/{track['urn']}").json()

    assert (track["duration"], again["duration"]) == (0, 0)
    # There is no state: the duration and the empty list of streams are all that tells.
    assert not {"state", "status"} & set(track)
    assert ada.get(f"/tracks/{track['urn']}/streams").json() == {}
    for path in ("preview", "stream", "download"):
        assert ada.get(f"/tracks/{track['urn']}/{path}").status_code == 404
    # The seconds count at once.
    assert ada.get("/me").json()["quota"]["upload_seconds_used"] > 0
    assert sandbox.processing_seconds == 3600
    sandbox.reset()
    assert sandbox.processing_seconds == 0


def test_then_it_is_ready():
    with Sandbox(processing_seconds=0.3) as sandbox:
        headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
        with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False) as client:
            track = upload(client, tone(2), "tone.wav")
            end = time.monotonic() + 10
            while not (found := streams(client, track)) and time.monotonic() < end:
                time.sleep(0.02)
            assert "hls_aac_160_url" in found
            assert client.get(f"/tracks/{track['urn']}").json()["duration"] == 2000


@pytest.mark.parametrize("before", [b"", TAG])
def test_an_mp3_is_heard_as_it_is(ada, anonymous, before):
    sound = melody(47)
    track = upload(ada, before + sound)
    links = streams(ada, track)

    assert track["duration"] == pytest.approx(47_000, abs=30)
    preview = follow(ada, anonymous, links["preview_mp3_128_url"])
    assert preview.headers["content-type"] == "audio/mpeg"
    # Three pieces of ten seconds and a frame.
    assert preview.content == sound[: 3 * 417 * MP3_FRAME_BYTES]
    playlist = follow(ada, anonymous, links["hls_mp3_128_url"])
    segments = [line for line in playlist.text.splitlines() if line and not line.startswith("#")]
    assert len(segments) == 5
    pieces = [anonymous.get(playlist.url.join(segment)).content for segment in segments]
    assert all(piece[:3] == b"ID3" for piece in pieces)
    assert b"".join(piece[73:] for piece in pieces) == sound
    whole = follow(ada, anonymous, track["download_url"])
    assert (whole.content, whole.headers["content-type"]) == (before + sound, "audio/mpeg")
    part = anonymous.get(whole.url, headers={"Range": "bytes=1000-2000"})
    assert (part.status_code, part.content) == (206, (before + sound)[1000:2001])
    # There is no encoder: AAC plays the melody of the track.
    aac = follow(ada, anonymous, links["hls_aac_160_url"]).text
    assert sum(float(line[8:-1]) for line in aac.splitlines() if line.startswith("#EXTINF:")) == pytest.approx(
        47, abs=0.03
    )


def test_a_wave_file_is_downloaded_as_it_is_and_streamed_as_a_melody(ada, anonymous):
    sound = tone(12, 440)
    track = upload(ada, sound, "tone.wav")
    whole = follow(ada, anonymous, track["download_url"])

    assert str(whole.url.path).endswith("/whole/track.wav")
    assert (whole.content, whole.headers["content-type"]) == (sound, "audio/wav")
    preview = follow(ada, anonymous, streams(ada, track)["preview_mp3_128_url"])
    assert preview.content == Melody(track["id"]).mp3(0, 500)


@pytest.mark.parametrize(("picture", "kind"), [(GIF, "image/gif"), (JPEG, "image/jpeg"), (PNG, "image/png")])
def test_a_picture_is_served_back(ada, anonymous, picture, kind):
    track = upload(ada, tone(0.2), "t.wav", artwork_data=("cover", picture, "image/png"))

    for size in ("large", "t500x500", "original"):
        reply = anonymous.get(track["artwork_url"].replace("-large", f"-{size}"))
        assert (reply.content, reply.headers["content-type"]) == (picture, kind)
    # Another picture has another address, and the first one is gone: what is drawn in its place is no upload.
    form = {"track[artwork_data]": ("cover", GIF + b"2", "image/gif")}
    changed = ada.put(f"/tracks/{track['urn']}", files=form).json()
    assert changed["artwork_url"] != track["artwork_url"]
    assert anonymous.get(changed["artwork_url"]).content == GIF + b"2"
    assert anonymous.get(track["artwork_url"]).content[:8] == PNG[:8]
    assert anonymous.get(track["artwork_url"]).content != picture


def test_a_playlist_has_a_picture_too(ada, anonymous):
    files = {"playlist[artwork_data]": ("cover.png", PNG, "image/png")}
    playlist = ada.post("/playlists", data={"playlist[title]": "Mine"}, files=files).json()

    assert anonymous.get(playlist["artwork_url"]).content == PNG
    assert ada.delete(f"/playlists/{playlist['urn']}").status_code == 200
    assert anonymous.get(playlist["artwork_url"]).content != PNG


def kept_files(sandbox):
    folder = sandbox._state.uploads._folder
    return [] if folder is None else sorted(path.name for path in Path(folder.name).iterdir())


def test_what_is_deleted_is_gone(ada, anonymous, sandbox):
    track = upload(ada, melody(1), artwork_data=("cover", GIF, "image/gif"))
    location = ada.get(track["download_url"]).headers["location"]

    assert len(kept_files(sandbox)) == 2
    ada.delete(f"/tracks/{track['urn']}")
    assert kept_files(sandbox) == []
    # The link goes on working, as signed links do; it leads to a melody.
    assert anonymous.get(location).content != melody(1)


def test_a_reset_and_the_end_remove_every_file(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Sandbox(processing_seconds=0) as sandbox:
        headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
        with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False) as client:
            assert list(tmp_path.iterdir()) == []
            upload(client, melody(1))
            assert len(list(tmp_path.iterdir())) == 1
            sandbox.reset()
            assert list(tmp_path.iterdir()) == []
            client.headers["Authorization"] = f"OAuth {sandbox.user_token()}"
            upload(client, melody(1))
            assert len(list(tmp_path.rglob("sound-*"))) == 1
    assert list(tmp_path.iterdir()) == []


def test_large_files_are_measured_and_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    uploads = Uploads(largest_file=1000, largest_folder=2500)

    assert not uploads.keep("a", io.BytesIO(bytes(1001)), "audio/wav")
    assert [uploads.keep(name, io.BytesIO(bytes(1000)), "audio/wav") for name in "abc"] == [True, True, False]
    assert uploads.keep("c", io.BytesIO(bytes(500)), "audio/wav")
    assert (uploads.find("c")[1], uploads.find("d")) == ("audio/wav", None)
    uploads.drop("a")
    uploads.drop("a")
    assert uploads.keep("d", io.BytesIO(b"x" * 1000), "audio/wav")
    assert uploads.find("d")[0].read_bytes() == b"x" * 1000
    # What takes a name takes it even where it is too large to be kept itself.
    assert not uploads.keep("d", io.BytesIO(bytes(1001)), "audio/wav")
    assert uploads.find("d") is None
    uploads.forget()
    uploads.forget()
    assert list(tmp_path.iterdir()) == []


def test_an_upload_that_was_not_kept_plays_a_melody(ada, anonymous, sandbox, monkeypatch):
    monkeypatch.setattr(sandbox._state.uploads, "_largest_file", 10)
    track = upload(ada, melody(2))
    whole = follow(ada, anonymous, track["download_url"])

    assert kept_files(sandbox) == []
    assert track["duration"] == 2000 - 8
    assert whole.content == Melody(track["id"]).mp3(0, 83)


def test_an_upload_that_is_refused_leaves_nothing(ada, sandbox):
    files = {
        "track[asset_data]": ("a.mp3", melody(1), "audio/mpeg"),
        "track[artwork_data]": ("a", b"none", "image/png"),
    }
    reply = ada.post("/tracks", data={"track[title]": "Mine"}, files=files)

    assert (reply.status_code, kept_files(sandbox)) == (422, [])


def test_cuts():
    sound = melody(1)
    cuts = find_cuts(TAG + sound + b"TAG" + bytes(125), 0.5)

    assert cuts.places == (310, 310 + 21 * 384, 310 + 42 * 384)
    assert cuts.seconds == pytest.approx((21 * 0.024, 21 * 0.024))
    # What stands between frames is passed over, in front too; a single frame there is chance.
    mixed = bytes(50) + sound[: 2 * 384] + b"\xff" + sound[:384] + bytes(100) + sound[: 3 * 384]
    assert find_cuts(mixed, 60).places == (50, len(mixed))
    assert find_cuts(mixed, 60).seconds == pytest.approx((5 * 0.024,))
    # A frame that only tells about the others is no sound, and half a frame neither.
    described = sound[:40] + b"Info" + sound[44:384]
    assert find_cuts(described + sound[: 3 * 384 + 100], 9).places == (384, 4 * 384)
    for other in (b"", b"ID3", tone(0.1), sound[:383], described):
        assert find_cuts(other, 1) is None


@pytest.mark.parametrize(
    ("head", "size", "seconds"),
    [
        ("fffb9000", 417, 1152 / 44_100),
        ("fffb9200", 418, 1152 / 44_100),
        ("fffae800", 1440, 1152 / 32_000),
        ("fff38400", 192, 576 / 24_000),
        ("ffe34800", 288, 576 / 8_000),
    ],
)
def test_frames_of_each_version(head, size, seconds):
    frame = bytes.fromhex(head).ljust(size, b"\0")
    cuts = find_cuts(frame * 3, 60)

    assert (cuts.places, cuts.seconds) == ((0, 3 * size), (pytest.approx(3 * seconds),))


@pytest.mark.parametrize("head", ["fffd9000", "ffeb9000", "fffbf000", "fffb0000", "fffb9c00", "fe000000"])
def test_what_is_no_frame(head):
    assert find_cuts(bytes.fromhex(head).ljust(4000, b"\0"), 60) is None


def test_types_of_sound():
    assert measure(io.BytesIO(tone(1)), "a.wav") == (1000, "audio/wav")
    assert measure(io.BytesIO(melody(1)), "a.mp3").media_type == "audio/mpeg"
    assert measure(io.BytesIO(b"nothing"), "a.mp3") is None
