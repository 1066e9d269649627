"""The player's page: what it accepts and refuses, what it is told to play, and the files around it."""

import json
import re
from pathlib import Path

import pytest

import soundcloud.sandbox
from soundcloud.sandbox.media.melody import Melody

PAGES = Path(soundcloud.sandbox.__file__).parent / "pages"


@pytest.fixture
def player(sandbox, anonymous):
    def ask(url, **query):
        return anonymous.get(f"{sandbox.media_url}/player/", params={"url": url, **query})

    return ask


def settings(reply):
    assert reply.status_code == 200
    return json.loads(
        re.search(r'<script type="application/json" id="settings">(.*?)</script>', reply.text, re.DOTALL)[1]
    )


def accessed(client, access):
    own = client.get("/me").json()["id"]
    found = client.get("/tracks", params={"access": access, "limit": 200}).json()
    return next(item for item in found if item["user"]["id"] != own)


def test_a_track(player, track, sandbox, anonymous):
    reply = player(track["permalink_url"])
    found = settings(reply)
    (sound,) = found["sounds"]

    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors" not in reply.headers["content-security-policy"]
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
    assert played.content == Melody(track["id"]).mp3(0, round(track["duration"] / 24))


def test_what_it_accepts(player, track, sandbox, ada):
    for start in ("https://api.soundcloud.com", "http://api.soundcloud.com", sandbox.api_url):
        assert settings(player(f"{start}/tracks/{track['id']}"))["sounds"][0]["id"] == track["id"]
    for start in ("http://soundcloud.com", "https://www.soundcloud.com", "https://m.soundcloud.com"):
        link = track["permalink_url"].replace("https://soundcloud.com", start)
        assert settings(player(link))["sounds"][0]["id"] == track["id"]
    playlist = ada.get("/playlists", params={"q": "a"}).json()[0]
    for link in (playlist["permalink_url"], f"https://api.soundcloud.com/playlists/{playlist['id']}"):
        whole = ada.get(f"/playlists/{playlist['urn']}/tracks?access=playable,preview,blocked").json()
        assert [sound["id"] for sound in settings(player(link))["sounds"]] == [item["id"] for item in whole]
    for link in (track["user"]["permalink_url"], f"https://api.soundcloud.com/users/{track['user']['id']}"):
        found = settings(player(link))["sounds"]
        assert {sound["user"]["id"] for sound in found} == {track["user"]["id"]}
        assert {sound["sharing"] for sound in found} == {"public"}


@pytest.mark.parametrize("kind", ["tracks", "users", "playlists"])
@pytest.mark.parametrize("colon", [":", "%3A"])
def test_urns_are_refused(player, track, ada, kind, colon):
    number = {
        "tracks": track["id"],
        "users": track["user"]["id"],
        "playlists": ada.get("/playlists", params={"q": "a"}).json()[0]["id"],
    }[kind]
    urn = f"soundcloud:{kind}:{number}".replace(":", colon)
    reply = player(f"https://api.soundcloud.com/{kind}/{urn}")

    assert reply.status_code == 404
    assert "does not understand URNs" in reply.text


def test_what_it_does_not_find(player, sandbox, anonymous):
    for link in (
        "https://soundcloud.com/nobody",
        "https://example.com/x",
        "https://api.soundcloud.com/tracks/1",
        "<b>",
    ):
        reply = player(link)
        assert (reply.status_code, "There is nothing at this address" in reply.text) == (404, True)
        assert "<b>" not in reply.text
    reply = anonymous.get(f"{sandbox.media_url}/player")
    assert (reply.status_code, "?url=" in reply.text) == (404, True)


def test_private_needs_the_share_link(player, ada, sandbox, anonymous):
    found = ada.get("/me/tracks", params={"limit": 200}).json()
    track = next(item for item in found if item["sharing"] == "private")
    source = settings(player(track["permalink_url"]))["sounds"][0]["player"]["source"]

    assert "?secret_token=s-" in source
    assert anonymous.get(sandbox.media_url + source).status_code == 302
    assert anonymous.get(sandbox.media_url + source.split("?")[0]).status_code == 404
    assert player(track["permalink_url"].rsplit("/", 1)[0]).status_code == 404


def test_previews_blocked_and_closed_tracks(player, ada, sandbox, anonymous):
    preview, blocked = accessed(ada, "preview"), accessed(ada, "blocked")
    sound = settings(player(preview["permalink_url"]))["sounds"][0]

    assert (sound["duration"], sound["full_duration"]) == (30_000, preview["duration"])
    hop = anonymous.get(sandbox.media_url + sound["player"]["source"])
    assert len(anonymous.get(hop.headers["location"]).content) == 1250 * 384
    assert settings(player(blocked["permalink_url"]))["sounds"][0]["player"]["source"] is None
    assert anonymous.get(f"{sandbox.media_url}/player/sounds/{blocked['id']}").status_code == 403
    own = ada.get("/me/tracks").json()[0]
    ada.put(f"/tracks/{own['urn']}", json={"track": {"embeddable_by": "none"}})
    assert settings(player(own["permalink_url"]))["sounds"][0]["player"]["source"] is None
    assert anonymous.get(f"{sandbox.media_url}/player/sounds/{own['id']}").status_code == 403
    for number in ("1", "x", "9" * 30, "²"):
        assert anonymous.get(f"{sandbox.media_url}/player/sounds/{number}").status_code == 404


def test_flags(player, track, ada):
    found = settings(
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
    count = len(settings(player(playlist))["sounds"])
    for sent, start in (("2", 2), ("9999", count - 1), ("-1", 0), ("x", 0), ("", 0)):
        assert settings(player(playlist, start_track=sent))["start"] == start
    for odd in ("red", "#fff", "url(x)", '"'):
        assert settings(player(track["permalink_url"], color=odd))["colour"] == "#ff5500"


def test_titles_end_no_script(player, ada):
    title = "</script><script>alert(1)</script> {data} {title} &"
    own = ada.get("/me/tracks").json()[0]
    ada.put(f"/tracks/{own['urn']}", json={"track": {"title": title}})
    reply = player(own["permalink_url"])

    assert settings(reply)["sounds"][0]["title"] == title
    assert "alert(1)</script>" not in reply.text
    assert "<title>&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; {data} {title} &amp;</title>" in reply.text


def test_while_it_is_processed(sandbox, player, ada, anonymous):
    from soundcloud.sandbox.media.sound import tone

    sandbox.processing_seconds = 3600
    files = {"track[asset_data]": ("t.wav", tone(1), "audio/wav")}
    track = ada.post("/tracks", data={"track[title]": "Mine"}, files=files).json()

    assert settings(player(track["permalink_url"]))["sounds"][0]["player"]["source"] is None
    assert anonymous.get(f"{sandbox.media_url}/player/sounds/{track['id']}").status_code == 403


def test_the_files_around_it(sandbox, anonymous):
    for name, kind in (("api.js", "text/javascript"), ("player.js", "text/javascript"), ("player.css", "text/css")):
        reply = anonymous.get(f"{sandbox.media_url}/player/{name}")
        assert reply.headers["content-type"] == f"{kind}; charset=utf-8"
        assert reply.text == (PAGES / name).read_text("utf-8")
    for name in ("player.html", "..%2fplayer.py", "none"):
        assert anonymous.get(f"{sandbox.media_url}/player/{name}").status_code == 404
