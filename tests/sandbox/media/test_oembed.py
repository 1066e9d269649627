"""oEmbed: no token, SoundCloud's types, private resources by their share link, 404 otherwise."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest


class Iframe(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.frames = []
        self.feed(html)
        ((_, found),) = self.frames
        self.found = dict(found)

    def handle_starttag(self, tag, attrs):
        self.frames.append((tag, attrs))


@pytest.fixture
def oembed(sandbox, anonymous):
    def get_oembed(url, **query):
        return anonymous.get(f"{sandbox.media_url}/oembed", params={"url": url, **query})

    return get_oembed


def test_a_track(oembed, track, sandbox, anonymous):
    response = oembed(track["permalink_url"])
    found = response.json()

    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["access-control-allow-origin"] == "*"
    assert {**found, "thumbnail_url": None, "html": None} == {
        "version": 1.0,
        "type": "rich",
        "provider_name": "SoundCloud",
        "provider_url": "https://soundcloud.com",
        "height": 166,
        "width": "100%",
        "title": f"{track['title']} by {track['user']['username']}",
        "description": track["description"] or "",
        "thumbnail_url": None,
        "html": None,
        "author_name": track["user"]["username"],
        "author_url": track["user"]["permalink_url"],
    }
    # `version` is a number and `width` a string, as with SoundCloud.
    assert '"version": 1.0,' in response.text
    assert type(found["height"]) is int
    assert anonymous.get(found["thumbnail_url"]).headers["content-type"] == "image/jpeg"
    assert "-t500x500." in found["thumbnail_url"]
    frame = Iframe(found["html"]).found
    assert (frame["width"], frame["height"], frame["allow"], frame["title"]) == (
        "100%",
        "166",
        "autoplay",
        found["title"],
    )
    # The player's URL has the numeric id.
    assert parse_qs(urlsplit(frame["src"]).query) == {"url": [f"{sandbox.api_url}/tracks/{track['id']}"]}
    assert anonymous.get(frame["src"]).status_code == 200


def test_playlists_and_users(oembed, ada, anonymous, track):
    playlist = ada.get("/playlists", params={"q": "a"}).json()[0]
    found = oembed(playlist["permalink_url"]).json()

    assert (found["height"], found["title"]) == (450, f"{playlist['title']} by {playlist['user']['username']}")
    # A playlist without artwork shows its owner's avatar.
    assert playlist["artwork_url"] is None
    assert found["thumbnail_url"] == playlist["user"]["avatar_url"].replace("-large", "-t500x500")
    assert f"%2Fplaylists%2F{playlist['id']}" in found["html"]
    user = oembed(track["user"]["permalink_url"]).json()
    assert (user["height"], user["title"]) == (450, f"Tracks by {track['user']['username']}")
    for each in (found, user):
        assert anonymous.get(Iframe(each["html"]).found["src"]).status_code == 200


def test_api_urls(oembed, track, sandbox):
    title = oembed(track["permalink_url"]).json()["title"]

    for start in ("https://api.soundcloud.com", "http://api.soundcloud.com", sandbox.api_url):
        assert oembed(f"{start}/tracks/{track['id']}").json()["title"] == title
        # URNs are rejected, as by the player.
        assert oembed(f"{start}/tracks/{track['urn']}").status_code == 404


def test_private_tracks_need_the_share_link(oembed, private_track, sandbox, anonymous):
    share, token = private_track["permalink_url"], private_track["uri"].split("secret_token=")[1]

    assert share.endswith(f"/{token}")
    for url in (share, f"https://api.soundcloud.com/tracks/{private_track['id']}?secret_token={token}"):
        found = oembed(url).json()
        assert found["title"].startswith(private_track["title"])
        source = Iframe(found["html"]).found["src"]
        assert f"secret_token%3D{token}" in source
        assert anonymous.get(source).status_code == 200
    for url in (
        share.rsplit("/", 1)[0],
        share[:-1],
        f"https://api.soundcloud.com/tracks/{private_track['id']}",
        f"https://api.soundcloud.com/tracks/{private_track['id']}?secret_token=s-wrong",
    ):
        response = oembed(url)
        assert response.status_code == 404
        assert private_track["title"] not in response.text


@pytest.mark.parametrize(
    "url",
    [
        "https://soundcloud.com/nobody-here",
        "https://soundcloud.com/ada-night/not-a-track",
        "https://soundcloud.com/",
        "https://example.com/ada-night",
        "https://api.soundcloud.com/tracks/1",
        "https://api.soundcloud.com/comments/1",
        "https://[broken",
        "javascript:alert(1)",
        "x",
    ],
)
def test_unknown_urls(oembed, url):
    assert oembed(url).status_code == 404


def test_sizes_and_player_options(oembed, track):
    found = oembed(
        track["permalink_url"],
        maxwidth="480",
        maxheight="300",
        color="ff0066",
        auto_play="true",
        show_comments="0",
        visual="1",
        unknown="x",
    ).json()
    frame = Iframe(found["html"]).found
    query = parse_qs(urlsplit(frame["src"]).query)

    assert (found["width"], found["height"], frame["width"], frame["height"]) == ("480", 300, "480", "300")
    assert (query["color"], query["auto_play"]) == (["#ff0066"], ["true"])
    assert (query["show_comments"], query["visual"]) == (["false"], ["true"])
    assert "unknown" not in query
    invalid = oembed(track["permalink_url"], maxwidth='"><script>', maxheight="tall", color="red").json()
    assert (invalid["width"], invalid["height"]) == ("100%", 166)
    assert "color" not in invalid["html"]


def test_jsonp(oembed, track):
    response = oembed(track["permalink_url"], format="js", callback="show.it")

    assert response.headers["content-type"] == "application/javascript; charset=utf-8"
    body = re.fullmatch(r"show\.it\((.*)\);", response.text, re.DOTALL)[1]
    assert json.loads(body) == oembed(track["permalink_url"], format="json").json()
    for callback in ("", "alert(1)", "a b", "<script>"):
        assert oembed(track["permalink_url"], format="js", callback=callback).status_code == 400
    assert oembed(track["permalink_url"], format="xml").status_code == 501


def test_titles_are_escaped(ada, oembed, track):
    title = 'A "quote" & <b>\u2028'
    own = ada.get("/me/tracks").json()[0]
    ada.put(f"/tracks/{own['urn']}", json={"track": {"title": title}})
    found = oembed(own["permalink_url"])

    assert found.json()["title"] == f"{title} by ada-night"
    assert Iframe(found.json()["html"]).found["title"] == f"{title} by ada-night"
    assert "\u2028" not in oembed(own["permalink_url"], format="js", callback="f").text


def test_the_url_is_required(sandbox, anonymous):
    assert anonymous.get(f"{sandbox.media_url}/oembed").status_code == 400
    assert anonymous.get(f"{sandbox.media_url}/oembed?url=").status_code == 400
