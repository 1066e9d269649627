"""Permalinks that stay on this machine, and the pages at them."""

import json
import re
from html import unescape

import httpx
import pytest

from soundcloud import SoundCloudClient
from soundcloud.sandbox import Sandbox

EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">'
DATASET = {
    "users": [{"permalink": "ada", "username": EVIL, "description": EVIL}, {"permalink": "oembed"}],
    "tracks": [
        {"user": "ada", "title": EVIL, "permalink": "evil", "description": EVIL, "genre": EVIL},
        {"user": "ada", "title": "Secret", "sharing": "private", "secret_token": "s-AbCdEfGhIjK"},
        {"user": "oembed", "title": "Reserved"},
    ],
    "playlists": [{"user": "ada", "title": EVIL, "permalink": "list", "tracks": ["ada/evil", "ada/secret"]}],
    "comments": [{"user": "oembed", "track": "ada/evil", "body": EVIL, "timestamp": 65000}],
    "likes": [{"user": "oembed", "track": "ada/evil"}],
}


@pytest.fixture(scope="module")
def linked():
    with Sandbox(dataset=DATASET, local_links=True) as sandbox:
        yield sandbox


@pytest.fixture
def client(linked):
    with SoundCloudClient(**linked.client_settings("ada")) as client:
        yield client


def get(url):
    return httpx.get(url, trust_env=False, verify=False)


def test_permalinks_lead_to_the_sandbox_and_back(linked, client):
    track, secret = sorted(client.me.get_tracks(), key=lambda item: item.title)
    playlist = next(iter(client.me.get_playlists()))
    me = client.me.get_me()

    assert me.permalink_url == f"{linked.media_url}/ada"
    assert track.permalink_url == f"{linked.media_url}/ada/evil"
    assert secret.permalink_url == f"{linked.media_url}/ada/secret/s-AbCdEfGhIjK"
    assert playlist.permalink_url == f"{linked.media_url}/ada/sets/list"
    for item in (me, track, secret, playlist):
        assert client.resolve.resolve(item.permalink_url).urn == item.urn
        assert (
            client.resolve.resolve(item.permalink_url.replace(linked.media_url, "https://soundcloud.com")).urn
            == item.urn
        )
        assert get(item.permalink_url).status_code == 200
    station = client.playlists.get_station(f"soundcloud:system-playlists:track-stations:{track.id}")
    assert station.permalink_url.startswith(f"{linked.media_url}/discover/sets/track-stations:")
    assert "Station: " in get(station.permalink_url).text
    # The player and oEmbed accept them, too.
    for path in ("/player/", "/oembed"):
        assert get(f"{linked.media_url}{path}?url={track.permalink_url}").status_code == 200


def test_the_names_of_other_pages_stay_at_soundcloud(linked, client):
    user = client.users.get_user(next(user.urn for user in client.search.users("oembed").collection))

    assert user.permalink_url == "https://soundcloud.com/oembed"


def test_secrets_in_local_links_are_redacted(linked, client):
    linked.clear_requests()
    list(client.me.get_tracks())
    shown = json.dumps(linked.requests[0].response_body)

    assert "/ada/secret/s-***" in shown
    assert "AbCdEf" not in shown


def test_without_the_setting_links_lead_to_soundcloud_and_local_ones_still_resolve(linked, client):
    linked.change_settings(local_links=False)
    try:
        assert client.me.get_me().permalink_url == "https://soundcloud.com/ada"
        assert client.resolve.resolve(f"{linked.media_url}/ada").urn == client.me.get_me().urn
    finally:
        linked.change_settings(local_links=True)


def test_a_track(linked):
    response = get(f"{linked.media_url}/ada/evil")
    text = unescape(response.text)

    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "script" not in response.headers["content-security-policy"]
    assert "<script" not in response.text
    assert 'onerror="' not in response.text
    assert text.count(EVIL) >= 5
    assert "3:00, " in text
    assert ", at 1:05" in text
    assert f"/player/?url={linked.media_url}/ada/evil".replace(":", "%3A").replace("/", "%2F")[-20:] in response.text
    shown = json.loads(unescape(re.search(r"<pre[^>]*>(.*?)</pre>", response.text, re.DOTALL)[1]))
    assert (shown["title"], shown["kind"]) == (EVIL, "track")
    assert '<a href="/oembed">' in response.text


@pytest.mark.parametrize("path", ["/ada/secret", "/ada/secret/s-wrong", "/nobody", "/ada/none", "/ada/sets/none", "/"])
def test_what_a_request_without_a_token_may_not_see(linked, path):
    assert get(f"{linked.media_url}{path}").status_code == 404


def test_private_tracks_of_a_playlist_are_hidden(linked):
    text = get(f"{linked.media_url}/ada/sets/list").text

    assert 'href="/ada/evil"' in text
    assert "Secret" not in text
