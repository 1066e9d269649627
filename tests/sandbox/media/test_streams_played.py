"""The streams that `get_stream` returns, played by ffmpeg and mpv: access, expiry, playback."""

import shutil
import subprocess
import sys
from array import array
from datetime import UTC, datetime, timedelta

import pytest

from soundcloud import ForbiddenError, NotFoundError, NotPlayableError, SoundCloudClient
from soundcloud._protocol.media.playback import PREFERRED
from soundcloud.sandbox.media.clips import RATE
from soundcloud.sandbox.media.melody import Melody
from soundcloud.sandbox.media.sound import tone
from tests.helpers.audio_analysis import FFMPEG, decode, detect_clip, loudness

MPV = shutil.which("mpv")
SECONDS = 4


@pytest.fixture
def client(sandbox):
    with SoundCloudClient(**sandbox.client_settings()) as client:
        yield client


def find_track(client, access):
    own = client.me.get_me().urn
    found = client.search.tracks("a", access=access, limit=50).collection
    return next(track for track in found if track.user.urn != own and track.duration > 60_000)


def check_melody(samples, track):
    """Compare the first clips with the melody of the track."""
    melody = Melody(int(track.urn.rpartition(":")[2]), 30 if track.access == "preview" else track.duration / 1000)
    assert len(samples) / RATE == pytest.approx(SECONDS, abs=0.05)
    assert loudness(samples) > 300
    assert [detect_clip(samples, index) for index in range(2)] == [melody.clip(index) for index in range(2)]


@pytest.mark.skipif(FFMPEG is None, reason="SKIPPED: no ffmpeg here; on Debian: apt-get install ffmpeg")
@pytest.mark.parametrize("name", PREFERRED)
def test_ffmpeg_plays_the_stream(client, name):
    track = find_track(client, "playable")
    stream = client.tracks.get_stream(track, prefer=(name,))

    assert stream.format == name
    check_melody(decode(stream.url, "-t", str(SECONDS)), track)


@pytest.mark.skipif(MPV is None, reason="SKIPPED: no mpv here; on Debian: apt-get install mpv")
@pytest.mark.parametrize("name", PREFERRED)
def test_mpv_plays_the_stream(client, tmp_path, name):
    track = find_track(client, "playable")
    recording = tmp_path / "recording"
    stream = client.tracks.get_stream(track, prefer=(name,))
    # Write the audio to a file instead of playing it.
    output = (
        "--ao=pcm",
        "--ao-pcm-waveheader=no",
        f"--ao-pcm-file={recording}",
        "--audio-format=s16",
        "--audio-channels=mono",
    )
    command = [MPV, "--no-config", "--no-video", f"--length={SECONDS}", *output, stream.url]
    subprocess.run(command, check=True, capture_output=True, timeout=60)

    samples = array("h", recording.read_bytes())
    if sys.byteorder == "big":
        samples.byteswap()
    check_melody(samples, track)


def test_playlists_have_the_duration_of_the_track(client, sandbox):
    track = find_track(client, "playable")
    for name in PREFERRED[:3]:
        playlist = client.tracks.get_stream(track, (name,)).playlist()

        assert sum(segment.duration for segment in playlist.segments) == pytest.approx(track.duration / 1000, abs=0.1)
        assert all(segment.absolute_uri.startswith(f"{sandbox.media_url}/") for segment in playlist.segments)


def test_preview_tracks(client):
    track = find_track(client, "preview")
    stream = client.tracks.get_stream(track)

    assert (stream.format, stream.is_preview) == ("preview_mp3_128", True)
    assert client.tracks.get_preview(track).partition("?")[0] == stream.url.partition("?")[0]
    with pytest.raises(NotPlayableError, match=r"give prefer=\('preview_mp3_128',\)") as caught:
        client.tracks.get_stream(track, ("hls_aac_160", "hls_aac_96"))
    assert caught.value.available == ("preview_mp3_128",)


def test_blocked_tracks(client, sandbox):
    tokens = sandbox.token_requests()
    track = find_track(client, "blocked")
    with pytest.raises(NotPlayableError, match="not compatible on your current device") as caught:
        client.tracks.get_stream(track)

    assert (caught.value.status, caught.value.available) == (403, ())
    with pytest.raises(NotFoundError):
        client.tracks.get_preview(track)
    assert sandbox.token_requests() == tokens


def test_uploads_in_processing_have_no_streams(client, sandbox):
    before = sandbox.settings["processing_seconds"]
    sandbox.change_settings(processing_seconds=600)
    try:
        track = client.tracks.upload(tone(1), title="A tone", sharing="private")
        with pytest.raises(NotPlayableError, match="has no streams"):
            client.tracks.get_stream(track)
    finally:
        sandbox.change_settings(processing_seconds=before)


def test_private_tracks_need_the_secret_token(client, sandbox):
    track = client.tracks.upload(tone(1), title="A tone", sharing="private")
    secret = track.secret_uri.rpartition("secret_token=")[2]
    with SoundCloudClient(**sandbox.client_settings("marlow-finch")) as another:
        with pytest.raises(NotFoundError):
            another.tracks.get_stream(track.urn)
        stream = another.tracks.get_stream(track.urn, secret_token=secret)
        assert stream.refresh().format == stream.format == "hls_aac_160"


def test_streams_expire(client, sandbox):
    before = sandbox.settings["media_lifetime"]
    track = find_track(client, "playable")
    try:
        sandbox.change_settings(media_lifetime=0)
        sandbox.clear_requests()
        stream = client.tracks.get_stream(track)
        # The URL has expired when it arrives, so the client requests it once more.
        assert len(sandbox.requests) == 3
        assert stream.expires_at <= datetime.now(UTC)
        with pytest.raises(ForbiddenError, match=r"refresh\(\) gets a new one"):
            stream.playlist()
        sandbox.change_settings(media_lifetime=600)
        again = stream.refresh()
    finally:
        sandbox.change_settings(media_lifetime=before)

    assert again.expires_at > datetime.now(UTC) + timedelta(seconds=300)
    assert again.playlist().segments


def test_plays_are_counted_once(client):
    track = find_track(client, "playable")
    client.tracks.get_stream(track)

    assert client.tracks.get_track(track).playback_count == track.playback_count + 1
    assert client.me.get_recently_played_tracks().collection[0].urn == track.urn
