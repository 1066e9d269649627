"""Streams: stream URLs require a token, audio URLs reject it, access levels decide which exist."""

import io

import pytest

from soundcloud.sandbox.media.sound import read_audio_info, tone


def duration_of(response):
    return read_audio_info(io.BytesIO(response.content), response.url.path).duration / 1000


def test_streams_of_a_playable_track(sandbox, ada, anonymous, find_track):
    track = find_track("playable")
    streams = ada.get(f"/tracks/{track['urn']}/streams").json()

    assert {"hls_aac_160_url", "hls_aac_96_url", "hls_mp3_128_url", "preview_mp3_128_url"} == set(streams)
    for name, url in streams.items():
        assert url.startswith(f"{sandbox.api_url}/tracks/{track['urn']}/streams/")
        # The stream URL requires the token, the audio URL rejects it.
        assert anonymous.get(url).status_code == 401
        hop = ada.get(url)
        assert (hop.status_code, hop.json()["status"]) == (302, "302 - Found")
        location = hop.headers["location"]
        assert location == hop.json()["location"]
        assert location.startswith(sandbox.media_url + "/")
        assert ada.get(location).status_code == 400
        sound = anonymous.get(location)
        assert sound.status_code == 200
        if "hls" in name:
            assert sound.text.startswith("#EXTM3U")
            segments = [line for line in sound.text.splitlines() if line and not line.startswith("#")]
            total = sum(float(line[8:-1]) for line in sound.text.splitlines() if line.startswith("#EXTINF:"))
            assert track["duration"] / 1000 == pytest.approx(total, abs=0.1)
            for segment in (segments[0], segments[-1]):
                response = anonymous.get(sound.url.join(segment))
                assert (response.status_code, len(response.content)) == (200, int(response.headers["content-length"]))
                if "mp3" in name:
                    assert duration_of(response) == pytest.approx(
                        9.984 if segment is segments[0] else total % 9.984, abs=0.01
                    )
        else:
            assert 29.9 < duration_of(sound) < 30.1


def test_head_returns_the_location(ada, find_track):
    track = find_track("playable")
    url = ada.get(f"/tracks/{track['urn']}/streams").json()["hls_aac_160_url"]
    response = ada.head(url)

    assert (response.status_code, response.content) == (302, b"")
    assert response.headers["location"]


def test_plays_are_counted(ada, find_track):
    track = find_track("playable")
    before = ada.get(f"/tracks/{track['urn']}").json()
    ada.get(ada.get(f"/tracks/{track['urn']}/streams").json()["hls_aac_160_url"])
    after = ada.get(f"/tracks/{track['urn']}").json()

    assert before["playback_count"] + 1 == after["playback_count"]
    # Not a count: 1 in every response that is known.
    assert (before["user_playback_count"], after["user_playback_count"]) == (1, 1)
    recent = ada.get("/me/recently-played/tracks", params={"limit": 1}).json()
    assert track["urn"] == recent["collection"][0]["urn"]
    assert 1 < len(recent["collection"]) <= 25


def test_streams_of_preview_and_blocked_tracks(ada, find_track):
    preview, blocked = find_track("preview"), find_track("blocked")

    assert list(ada.get(f"/tracks/{preview['urn']}/streams").json()) == ["preview_mp3_128_url"]
    response = ada.get(f"/tracks/{blocked['urn']}/streams")
    assert (
        response.status_code,
        response.json()["message"],
    ) == (403, "Sorry, this track is not compatible on your current device/platform.")
    assert blocked["stream_url"] is None
    assert ada.get(f"/tracks/{preview['urn']}/preview").status_code == 302
    assert ada.get(f"/tracks/{blocked['urn']}/preview").status_code == 404
    assert ada.get(preview["stream_url"]).status_code == 302


def test_downloads(ada, anonymous):
    found = ada.get("/tracks", params={"limit": 200}).json()
    downloadable = next(item for item in found if item["downloadable"])
    other = next(item for item in found if not item["downloadable"])
    hop = ada.get(downloadable["download_url"])
    sound = anonymous.get(hop.headers["location"])

    assert downloadable["duration"] / 1000 == pytest.approx(duration_of(sound), abs=0.1)
    assert other["download_url"] is None
    assert ada.get(f"/tracks/{other['urn']}/download").status_code == 404


def test_audio_urls_are_signed_and_expire(ada, anonymous, find_track):
    track = find_track("playable")
    location = ada.get(f"/tracks/{track['urn']}/preview").headers["location"]
    path, query = location.split("?")

    for changed in (
        path,
        location.replace("expires=", "expires=1"),
        location.replace("signature=", "signature=0"),
        location.replace("/preview/", "/mp3_128/"),
        f"{path}?expires=1&{query.split('&')[1]}",
        f"{path}?expires=soon&signature=ä",
    ):
        assert anonymous.get(changed).status_code == 403
    assert anonymous.get(location.replace("snippet.mp3", "other.txt")).status_code == 404


def test_segments_end_with_the_track(ada, anonymous, find_track):
    track = find_track("playable")
    location = ada.get(ada.get(f"/tracks/{track['urn']}/streams").json()["hls_mp3_128_url"]).headers["location"]

    assert anonymous.get(location.replace("playlist.m3u8", "0.mp3")).status_code == 200
    assert anonymous.get(location.replace("playlist.m3u8", "9999.mp3")).status_code == 404


@pytest.mark.parametrize("seconds", [0, -1, 601, float("nan")])
def test_tone_rejects_durations_out_of_range(seconds):
    with pytest.raises(ValueError, match="is out of range"):
        tone(seconds)


def test_unknown_streams(ada, find_track):
    urn = find_track("playable")["urn"]
    url = ada.get(f"/tracks/{urn}/streams").json()["hls_aac_160_url"]

    assert ada.get(f"/tracks/{urn}/streams/made-up/hls").status_code == 404
    assert ada.get(url.replace("/hls", "/preview")).status_code == 404
