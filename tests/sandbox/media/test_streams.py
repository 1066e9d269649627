"""Listening: links that need the token, links that must not get it, what is played and what is not."""

import io

import pytest

from soundcloud.sandbox.media.sound import measure, tone


def length(reply):
    return measure(io.BytesIO(reply.content), reply.url.path).duration / 1000


def first(client, access):
    own = client.get("/me").json()["id"]
    found = client.get("/tracks", params={"access": access, "limit": 200}).json()
    return next(item for item in found if item["user"]["id"] != own)


def test_streams_of_a_playable_track(sandbox, ada, anonymous):
    track = first(ada, "playable")
    streams = ada.get(f"/tracks/{track['urn']}/streams").json()

    assert {"hls_aac_160_url", "hls_aac_96_url", "hls_mp3_128_url", "preview_mp3_128_url"} == set(streams)
    for name, url in streams.items():
        assert url.startswith(f"{sandbox.api_url}/tracks/{track['urn']}/streams/")
        # The first hop needs the token, the second refuses it.
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
                reply = anonymous.get(sound.url.join(segment))
                assert (reply.status_code, len(reply.content)) == (200, int(reply.headers["content-length"]))
                if "mp3" in name:
                    assert length(reply) == pytest.approx(9.984 if segment is segments[0] else total % 9.984, abs=0.01)
        else:
            assert 29.9 < length(sound) < 30.1


def test_head_gives_the_location(ada):
    track = first(ada, "playable")
    url = ada.get(f"/tracks/{track['urn']}/streams").json()["hls_aac_160_url"]
    reply = ada.head(url)

    assert (reply.status_code, reply.content) == (302, b"")
    assert reply.headers["location"]


def test_what_is_played_is_remembered(ada):
    track = first(ada, "playable")
    before = ada.get(f"/tracks/{track['urn']}").json()
    ada.get(ada.get(f"/tracks/{track['urn']}/streams").json()["hls_aac_160_url"])
    after = ada.get(f"/tracks/{track['urn']}").json()

    assert before["playback_count"] + 1 == after["playback_count"]
    assert before["user_playback_count"] + 1 == after["user_playback_count"]
    recent = ada.get("/me/recently-played/tracks", params={"limit": 1}).json()
    assert track["urn"] == recent["collection"][0]["urn"]
    assert 1 < len(recent["collection"]) <= 25


def test_previews_and_blocked_tracks(ada):
    preview, blocked = first(ada, "preview"), first(ada, "blocked")

    assert list(ada.get(f"/tracks/{preview['urn']}/streams").json()) == ["preview_mp3_128_url"]
    reply = ada.get(f"/tracks/{blocked['urn']}/streams")
    assert (
        reply.status_code,
        reply.json()["message"],
    ) == (403, "Sorry, this track is not compatible on your current device/platform.")
    assert blocked["stream_url"] is None
    assert ada.get(f"/tracks/{preview['urn']}/preview").status_code == 302
    assert ada.get(f"/tracks/{blocked['urn']}/preview").status_code == 404
    assert ada.get(preview["stream_url"]).status_code == 302


def test_downloads(ada, anonymous):
    found = ada.get("/tracks", params={"limit": 200}).json()
    open_one = next(item for item in found if item["downloadable"])
    closed = next(item for item in found if not item["downloadable"])
    hop = ada.get(open_one["download_url"])
    sound = anonymous.get(hop.headers["location"])

    assert open_one["duration"] / 1000 == pytest.approx(length(sound), abs=0.1)
    assert closed["download_url"] is None
    assert ada.get(f"/tracks/{closed['urn']}/download").status_code == 404


def test_links_are_signed_and_expire(ada, anonymous):
    track = first(ada, "playable")
    location = ada.get(f"/tracks/{track['urn']}/preview").headers["location"]
    path, query = location.split("?")

    for spoilt in (
        path,
        location.replace("expires=", "expires=1"),
        location.replace("signature=", "signature=0"),
        location.replace("/preview/", "/mp3_128/"),
        f"{path}?expires=1&{query.split('&')[1]}",
        f"{path}?expires=soon&signature=ä",
    ):
        assert anonymous.get(spoilt).status_code == 403
    assert anonymous.get(location.replace("snippet.mp3", "other.txt")).status_code == 404


def test_segments_end_where_the_track_does(ada, anonymous):
    track = first(ada, "playable")
    location = ada.get(ada.get(f"/tracks/{track['urn']}/streams").json()["hls_mp3_128_url"]).headers["location"]

    assert anonymous.get(location.replace("playlist.m3u8", "0.mp3")).status_code == 200
    assert anonymous.get(location.replace("playlist.m3u8", "9999.mp3")).status_code == 404


@pytest.mark.parametrize("seconds", [0, -1, 601, float("nan")])
def test_a_tone_has_a_length(seconds):
    with pytest.raises(ValueError, match="a tone plays"):
        tone(seconds)


def test_unknown_streams(ada):
    urn = first(ada, "playable")["urn"]
    url = ada.get(f"/tracks/{urn}/streams").json()["hls_aac_160_url"]

    assert ada.get(f"/tracks/{urn}/streams/made-up/hls").status_code == 404
    assert ada.get(url.replace("/hls", "/preview")).status_code == 404
