"""The player's page: accepted URLs, options, errors and static files."""

import json
import re
from pathlib import Path

import pytest

import soundcloud.sandbox
from soundcloud.sandbox.media.melody import Melody
from soundcloud.sandbox.media.sound import tone

PAGES = Path(soundcloud.sandbox.__file__).parent / "pages"


@pytest.fixture
def player(sandbox, anonymous):
    def get_player(url, **query):
        return anonymous.get(f"{sandbox.media_url}/player/", params={"url": url, **query})

    return get_player


def read_settings(response):
    assert response.status_code == 200
    return json.loads(
        re.search(r'<script type="application/json" id="settings">(.*?)</script>', response.text, re.DOTALL)[1]
    )


def test_a_track(player, track, sandbox, anonymous):
    response = player(track["permalink_url"])
    found = read_settings(response)
    (sound,) = found["sounds"]

    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors" not in response.headers["content-security-policy"]
    assert (sound["id"], sound["title"], sound["duration"]) == (track["id"], track["title"], track["duration"])
    assert (found["colour"], found["autoPlay"], found["visual"], found["singleActive"]) == (
        "#ff5500",
        False,
        False,
        True,
    )
    for path in (sound["player"]["picture"], sound["player"]["wave"]):
        assert anonymous.get(sandbox.media_url + path).status_code == 200
    hop = anonymous.get(sandbox.media_url + sound["player"]["source"])
    assert hop.status_code == 302
    played = anonymous.get(hop.headers["location"])
    assert played.headers["content-type"] == "audio/mpeg"
    assert played.content == Melody(track["id"], track["duration"] / 1000).mp3(0, round(track["duration"] / 24))


def test_accepted_urls(player, track, sandbox, ada):
    for start in ("https://api.soundcloud.com", "http://api.soundcloud.com", sandbox.api_url):
        assert read_settings(player(f"{start}/tracks/{track['id']}"))["sounds"][0]["id"] == track["id"]
    for start in ("http://soundcloud.com", "https://www.soundcloud.com", "https://m.soundcloud.com"):
        url = track["permalink_url"].replace("https://soundcloud.com", start)
        assert read_settings(player(url))["sounds"][0]["id"] == track["id"]
    playlist = ada.get("/playlists", params={"q": "a"}).json()[0]
    for url in (playlist["permalink_url"], f"https://api.soundcloud.com/playlists/{playlist['id']}"):
        whole = ada.get(f"/playlists/{playlist['urn']}/tracks?access=playable,preview,blocked").json()
        assert [sound["id"] for sound in read_settings(player(url))["sounds"]] == [item["id"] for item in whole]
    for url in (track["user"]["permalink_url"], f"https://api.soundcloud.com/users/{track['user']['id']}"):
        found = read_settings(player(url))["sounds"]
        assert {sound["user"]["id"] for sound in found} == {track["user"]["id"]}
        assert {sound["sharing"] for sound in found} == {"public"}


@pytest.mark.parametrize("kind", ["tracks", "users", "playlists"])
@pytest.mark.parametrize("colon", [":", "%3A"])
def test_urns_are_rejected(player, track, ada, kind, colon):
    number = {
        "tracks": track["id"],
        "users": track["user"]["id"],
        "playlists": ada.get("/playlists", params={"q": "a"}).json()[0]["id"],
    }[kind]
    urn = f"soundcloud:{kind}:{number}".replace(":", colon)
    response = player(f"https://api.soundcloud.com/{kind}/{urn}")

    assert response.status_code == 404
    assert "does not accept URNs" in response.text


def test_unknown_urls(player, sandbox, anonymous):
    for url in (
        "https://soundcloud.com/nobody",
        "https://example.com/x",
        "https://api.soundcloud.com/tracks/1",
        "<b>",
    ):
        response = player(url)
        assert (response.status_code, "Nothing was found at this URL" in response.text) == (404, True)
        assert "<b>" not in response.text
    response = anonymous.get(f"{sandbox.media_url}/player")
    assert (response.status_code, "?url=" in response.text) == (404, True)


def test_private_tracks_need_the_secret_token(player, private_track, sandbox, anonymous):
    source = read_settings(player(private_track["permalink_url"]))["sounds"][0]["player"]["source"]

    assert "?secret_token=s-" in source
    assert anonymous.get(sandbox.media_url + source).status_code == 302
    assert anonymous.get(sandbox.media_url + source.split("?")[0]).status_code == 404
    assert player(private_track["permalink_url"].rsplit("/", 1)[0]).status_code == 404


def test_preview_blocked_and_not_embeddable_tracks(player, ada, sandbox, anonymous, find_track):
    preview, blocked = find_track("preview"), find_track("blocked")
    sound = read_settings(player(preview["permalink_url"]))["sounds"][0]

    assert (sound["duration"], sound["full_duration"]) == (30_000, preview["duration"])
    hop = anonymous.get(sandbox.media_url + sound["player"]["source"])
    assert len(anonymous.get(hop.headers["location"]).content) == 1250 * 384
    assert read_settings(player(blocked["permalink_url"]))["sounds"][0]["player"]["source"] is None
    assert anonymous.get(f"{sandbox.media_url}/player/sounds/{blocked['id']}").status_code == 403
    own = ada.get("/me/tracks").json()[0]
    ada.put(f"/tracks/{own['urn']}", json={"track": {"embeddable_by": "none"}})
    assert read_settings(player(own["permalink_url"]))["sounds"][0]["player"]["source"] is None
    assert anonymous.get(f"{sandbox.media_url}/player/sounds/{own['id']}").status_code == 403
    for number in ("1", "x", "9" * 30, "²"):
        assert anonymous.get(f"{sandbox.media_url}/player/sounds/{number}").status_code == 404


def test_options(player, track, ada):
    found = read_settings(
        player(
            track["permalink_url"],
            auto_play="true",
            color="#0066CC",
            visual="1",
            show_artwork="false",
            show_user="0",
            show_playcount="no",
            download="false",
            buying="false",
            single_active="false",
            hide_related="true",
        )
    )

    assert {name: value for name, value in found.items() if name != "sounds"} == {
        "colour": "#0066CC",
        "autoPlay": True,
        "visual": True,
        "artwork": False,
        "user": False,
        "plays": False,
        "download": False,
        "buying": False,
        "singleActive": False,
        "start": 0,
    }
    playlist = ada.get("/playlists", params={"q": "a"}).json()[0]["permalink_url"]
    count = len(read_settings(player(playlist))["sounds"])
    for sent, start in (("2", 2), ("9999", count - 1), ("-1", 0), ("x", 0), ("", 0)):
        assert read_settings(player(playlist, start_track=sent))["start"] == start
    for invalid in ("red", "#fff", "url(x)", '"'):
        assert read_settings(player(track["permalink_url"], color=invalid))["colour"] == "#ff5500"


def test_titles_cannot_close_the_script(player, ada):
    title = "</script><script>alert(1)</script> {data} {title} &"
    own = ada.get("/me/tracks").json()[0]
    ada.put(f"/tracks/{own['urn']}", json={"track": {"title": title}})
    response = player(own["permalink_url"])

    assert read_settings(response)["sounds"][0]["title"] == title
    assert "alert(1)</script>" not in response.text
    assert "<title>&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; {data} {title} &amp;</title>" in response.text


def test_uploads_in_processing_are_not_playable(sandbox, player, ada, anonymous):
    sandbox.change_settings(processing_seconds=3600)
    files = {"track[asset_data]": ("t.wav", tone(1), "audio/wav")}
    track = ada.post("/tracks", data={"track[title]": "Mine"}, files=files).json()

    assert read_settings(player(track["permalink_url"]))["sounds"][0]["player"]["source"] is None
    assert anonymous.get(f"{sandbox.media_url}/player/sounds/{track['id']}").status_code == 403


def test_static_files(sandbox, anonymous):
    for name, kind in (("api.js", "text/javascript"), ("player.js", "text/javascript"), ("player.css", "text/css")):
        response = anonymous.get(f"{sandbox.media_url}/player/{name}")
        assert response.headers["content-type"] == f"{kind}; charset=utf-8"
        assert response.text == (PAGES / name).read_text("utf-8")
    for name in ("player.html", "..%2fplayer.py", "none"):
        assert anonymous.get(f"{sandbox.media_url}/player/{name}").status_code == 404
