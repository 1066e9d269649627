"""Resolving soundcloud.com URLs."""

import pytest


def test_tracks_users_and_playlists(sandbox, app_client, track):
    playlist = app_client.get("/playlists").json()[0]
    for item, kind in ((track, "tracks"), (track["user"], "users"), (playlist, "playlists")):
        response = app_client.get("/resolve", params={"url": item["permalink_url"]})
        location = f"{sandbox.api_url}/{kind}/{item['urn']}"

        assert response.status_code == 302
        assert {"status": "302 - Found", "location": location} == response.json()
        assert location == response.headers["location"]
        assert item["urn"] == app_client.get(location).json()["urn"]


def test_variants_of_a_url(app_client, track):
    plain = track["permalink_url"].removeprefix("https://")
    for url in (
        f"http://{plain}",
        f"https://www.{plain}/",
        f"https://m.{plain}?utm_source=clipboard&si=abc#t=1:20",
        plain,
        f"https://{plain.upper()}".replace("SOUNDCLOUD.COM", "SoundCloud.com"),
    ):
        assert app_client.get("/resolve", params={"url": url}).status_code == 302


@pytest.mark.parametrize(
    "url",
    [
        "https://soundcloud.com",
        "https://soundcloud.com/nobody-here",
        "https://soundcloud.com/ada-night/no-such-track",
        "https://soundcloud.com/ada-night/sets/no-such-set",
        "https://soundcloud.com/ada-night/a/b/c",
        "https://example.com/ada-night",
        "https://soundcloud.com.example/ada-night",
        "ftp://soundcloud.com/ada-night",
        "http://[",
    ],
)
def test_unknown_urls(app_client, url):
    response = app_client.get("/resolve", params={"url": url})

    assert (response.status_code, response.json()["message"]) == (404, "")


def test_url_and_token_are_required(sandbox, app_client, anonymous):
    assert app_client.get("/resolve").status_code == 400
    query = {"url": "https://soundcloud.com/ada-night"}
    assert anonymous.get(f"{sandbox.api_url}/resolve", params=query).status_code == 401


def test_private_resources_need_the_share_link(sandbox, ada, marlow):
    for path, kind in (("/me/tracks", "tracks"), ("/me/playlists", "playlists")):
        item = next(item for item in ada.get(path, params={"limit": 200}).json() if item["sharing"] == "private")
        share, token = item["permalink_url"], item["permalink_url"].rsplit("/", 1)[1]
        opened = marlow.get("/resolve", params={"url": share})

        assert f"{sandbox.api_url}/{kind}/{item['urn']}?secret_token={token}" == opened.headers["location"]
        assert item["urn"] == marlow.get(opened.headers["location"]).json()["urn"]
        without = share.rsplit("/", 1)[0]
        assert marlow.get("/resolve", params={"url": without}).status_code == 404
        assert marlow.get("/resolve", params={"url": f"{without}/s-wrong"}).status_code == 404
        assert ada.get("/resolve", params={"url": without}).status_code == 302
