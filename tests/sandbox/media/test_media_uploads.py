"""Uploads: processing, playback, storage and deletion."""

import io
import tempfile
import time
from pathlib import Path

import httpx
import pytest

from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.clips import MP3_FRAME_BYTES
from soundcloud.sandbox.media.melody import Melody
from soundcloud.sandbox.media.mp3 import find_segments
from soundcloud.sandbox.media.sound import read_audio_info, tone
from soundcloud.sandbox.media.uploads import UploadStore

GIF = b"GIF89a" + bytes(30)
JPEG = b"\xff\xd8\xff\xe0" + bytes(30)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
# An ID3 tag of 300 bytes.
TAG = b"ID3\4\0\0\0\0\2\x2c" + bytes(300)


def upload(client, audio, name="sound.mp3", **files):
    parts = {
        "track[asset_data]": (name, audio, "audio/mpeg"),
        **{f"track[{key}]": value for key, value in files.items()},
    }
    response = client.post("/tracks", data={"track[title]": "Mine"}, files=parts)
    assert response.status_code == 201
    return response.json()


def make_mp3(seconds):
    return Melody(99, seconds).mp3(0, round(seconds / 0.024))


def follow(client, anonymous, url):
    return anonymous.get(client.get(url).headers["location"])


def streams(client, track):
    return client.get(f"/tracks/{track['urn']}/streams").json()


def test_uploads_in_processing(sandbox, ada, marlow):
    sandbox.change_settings(processing_seconds=3600)
    track = upload(ada, tone(2), "tone.wav")
    again = ada.get(f"/tracks/{track['urn']}").json()

    assert (track["duration"], again["duration"]) == (0, 0)
    # As with SoundCloud, only the duration and the empty streams show that it is being processed.
    assert not {"state", "status"} & set(track)
    assert ada.get(f"/tracks/{track['urn']}/streams").json() == {}
    for path in ("preview", "stream", "download"):
        assert ada.get(f"/tracks/{track['urn']}/{path}").status_code == 404
    # The quota is used at once.
    assert ada.get("/me").json()["quota"]["upload_seconds_used"] > 0
    assert sandbox.settings["processing_seconds"] == 3600
    sandbox.reset()
    assert sandbox.settings["processing_seconds"] == 0


def test_uploads_after_processing():
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
def test_an_mp3_is_served_unchanged(ada, anonymous, before):
    sound = make_mp3(47)
    track = upload(ada, before + sound)
    links = streams(ada, track)

    assert track["duration"] == pytest.approx(47_000, abs=30)
    preview = follow(ada, anonymous, links["preview_mp3_128_url"])
    assert preview.headers["content-type"] == "audio/mpeg"
    # Three segments of ten seconds, rounded up to whole frames.
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
    # Without an encoder, AAC contains the melody of the track.
    aac = follow(ada, anonymous, links["hls_aac_160_url"]).text
    assert sum(float(line[8:-1]) for line in aac.splitlines() if line.startswith("#EXTINF:")) == pytest.approx(
        47, abs=0.03
    )


def test_a_wav_file_is_downloaded_unchanged_and_streamed_as_a_melody(ada, anonymous):
    sound = tone(12, 440)
    track = upload(ada, sound, "tone.wav")
    whole = follow(ada, anonymous, track["download_url"])

    assert str(whole.url.path).endswith("/whole/track.wav")
    assert (whole.content, whole.headers["content-type"]) == (sound, "audio/wav")
    preview = follow(ada, anonymous, streams(ada, track)["preview_mp3_128_url"])
    assert preview.content == Melody(track["id"], 12).mp3(0, 500)


@pytest.mark.parametrize(("picture", "kind"), [(GIF, "image/gif"), (JPEG, "image/jpeg"), (PNG, "image/png")])
def test_artwork_is_served_unchanged(ada, anonymous, picture, kind):
    track = upload(ada, tone(0.2), "t.wav", artwork_data=("cover", picture, "image/png"))

    for size in ("large", "t500x500", "original"):
        response = anonymous.get(track["artwork_url"].replace("-large", f"-{size}"))
        assert (response.content, response.headers["content-type"]) == (picture, kind)
    # A new artwork has a new URL. The old URL serves a drawn image again.
    form = {"track[artwork_data]": ("cover", GIF + b"2", "image/gif")}
    changed = ada.put(f"/tracks/{track['urn']}", files=form).json()
    assert changed["artwork_url"] != track["artwork_url"]
    assert anonymous.get(changed["artwork_url"]).content == GIF + b"2"
    assert anonymous.get(track["artwork_url"]).content[:3] == JPEG[:3]
    assert anonymous.get(track["artwork_url"]).content != picture


def test_playlist_artwork(ada, anonymous):
    files = {"playlist[artwork_data]": ("cover.png", PNG, "image/png")}
    playlist = ada.post("/playlists", data={"playlist[title]": "Mine"}, files=files).json()

    assert anonymous.get(playlist["artwork_url"]).content == PNG
    assert ada.delete(f"/playlists/{playlist['urn']}").status_code == 200
    assert anonymous.get(playlist["artwork_url"]).content != PNG


def stored_files(sandbox):
    folder = sandbox._state.uploads._folder
    return [] if folder is None else sorted(path.name for path in Path(folder.name).iterdir())


def test_deleted_tracks_have_no_files(ada, anonymous, sandbox):
    track = upload(ada, make_mp3(1), artwork_data=("cover", GIF, "image/gif"))
    location = ada.get(track["download_url"]).headers["location"]

    assert len(stored_files(sandbox)) == 2
    ada.delete(f"/tracks/{track['urn']}")
    assert stored_files(sandbox) == []
    # The signed URL stays valid, and serves the melody.
    assert anonymous.get(location).content != make_mp3(1)


def test_reset_and_close_remove_all_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Sandbox(processing_seconds=0) as sandbox:
        headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
        with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False) as client:
            assert list(tmp_path.iterdir()) == []
            upload(client, make_mp3(1))
            assert len(list(tmp_path.iterdir())) == 1
            sandbox.reset()
            assert list(tmp_path.iterdir()) == []
            client.headers["Authorization"] = f"OAuth {sandbox.user_token()}"
            upload(client, make_mp3(1))
            assert len(list(tmp_path.rglob("sound-*"))) == 1
    assert list(tmp_path.iterdir()) == []


def test_large_files_are_not_stored(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    uploads = UploadStore(largest_file=1000, largest_folder=2500)

    assert not uploads.save("a", io.BytesIO(bytes(1001)), "audio/wav")
    assert [uploads.save(name, io.BytesIO(bytes(1000)), "audio/wav") for name in "abc"] == [True, True, False]
    assert uploads.save("c", io.BytesIO(bytes(500)), "audio/wav")
    assert (uploads.get("c")[1], uploads.get("d")) == ("audio/wav", None)
    uploads.delete("a")
    uploads.delete("a")
    assert uploads.save("d", io.BytesIO(b"x" * 1000), "audio/wav")
    assert uploads.get("d")[0].read_bytes() == b"x" * 1000
    # A file that is too large still replaces the former one.
    assert not uploads.save("d", io.BytesIO(bytes(1001)), "audio/wav")
    assert uploads.get("d") is None
    uploads.clear()
    uploads.clear()
    assert list(tmp_path.iterdir()) == []


def test_uploads_that_are_not_stored_play_the_melody(ada, anonymous, sandbox, monkeypatch):
    monkeypatch.setattr(sandbox._state.uploads, "_largest_file", 10)
    track = upload(ada, make_mp3(2))
    whole = follow(ada, anonymous, track["download_url"])

    assert stored_files(sandbox) == []
    assert track["duration"] == 2000 - 8
    assert whole.content == Melody(track["id"], track["duration"] / 1000).mp3(0, 83)


def test_rejected_uploads_are_not_stored(ada, sandbox):
    files = {
        "track[asset_data]": ("a.mp3", make_mp3(1), "audio/mpeg"),
        "track[artwork_data]": ("a", b"none", "image/png"),
    }
    response = ada.post("/tracks", data={"track[title]": "Mine"}, files=files)

    assert (response.status_code, stored_files(sandbox)) == (422, [])


def test_find_segments():
    sound = make_mp3(1)
    segments = find_segments(TAG + sound + b"TAG" + bytes(125), 0.5)

    assert segments.offsets == (310, 310 + 21 * 384, 310 + 42 * 384)
    assert segments.seconds == pytest.approx((21 * 0.024, 21 * 0.024))
    # Other data before and between frames is skipped, also if it looks like a single frame.
    mixed = bytes(50) + sound[: 2 * 384] + b"\xff" + sound[:384] + bytes(100) + sound[: 3 * 384]
    assert find_segments(mixed, 60).offsets == (50, len(mixed))
    assert find_segments(mixed, 60).seconds == pytest.approx((5 * 0.024,))
    # Info frames and incomplete frames are skipped.
    info = sound[:40] + b"Info" + sound[44:384]
    assert find_segments(info + sound[: 3 * 384 + 100], 9).offsets == (384, 4 * 384)
    for other in (b"", b"ID3", tone(0.1), sound[:383], info):
        assert find_segments(other, 1) is None


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
def test_frames_of_all_versions(head, size, seconds):
    frame = bytes.fromhex(head).ljust(size, b"\0")
    segments = find_segments(frame * 3, 60)

    assert (segments.offsets, segments.seconds) == ((0, 3 * size), (pytest.approx(3 * seconds),))


@pytest.mark.parametrize("head", ["fffd9000", "ffeb9000", "fffbf000", "fffb0000", "fffb9c00", "fe000000"])
def test_invalid_frames(head):
    assert find_segments(bytes.fromhex(head).ljust(4000, b"\0"), 60) is None


def test_read_audio_info():
    assert read_audio_info(io.BytesIO(tone(1)), "a.wav") == (1000, "audio/wav")
    assert read_audio_info(io.BytesIO(make_mp3(1)), "a.mp3").media_type == "audio/mpeg"
    assert read_audio_info(io.BytesIO(b"nothing"), "a.mp3") is None
