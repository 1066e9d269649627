"""Stations, liked stations and /disconnect, which SoundCloud has announced; and the users and tracks that name a station."""

import httpx
import pytest

from soundcloud.registry import ANNOUNCED
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.handlers import load_handlers

ANNOUNCED_ROUTES = {entry.id: entry.operation for entry in ANNOUNCED if entry.operation and not entry.along}


@pytest.fixture
def private_track(ada):
    return next(track for track in ada.get("/me/tracks").json() if track["sharing"] == "private")


def urns(response):
    return [item["urn"] for item in response.json()["collection"]]


def test_every_announced_operation_has_a_handler():
    routes = {route.operation: f"{route.method} {route.path}" for route in load_handlers().routes()}

    assert routes.items() >= ANNOUNCED_ROUTES.items()


def test_a_station_has_the_tracks_that_the_viewer_can_see(ada, track):
    response = ada.get(f"/system-playlists/{track['station_urn']}")
    station = response.json()

    assert response.headers["x-sandbox-invented"] == "fields"
    assert station["urn"] == track["station_urn"] == f"soundcloud:system-playlists:track-stations:{track['id']}"
    assert track["urn"] in [each["urn"] for each in station["tracks"]]
    assert {each["sharing"] for each in station["tracks"]} == {"public"}
    assert {each["access"] for each in station["tracks"]} <= {"playable", "preview"}


def test_the_station_of_a_user_has_the_users_tracks(ada, track):
    station = ada.get(f"/system-playlists/{track['user']['station_urn']}").json()

    assert station["urn"] == f"soundcloud:system-playlists:artist-stations:{track['user']['id']}"
    assert {each["user"]["urn"] for each in station["tracks"]} == {track["user"]["urn"]}


def test_private_tracks_and_users_without_public_tracks_have_no_station():
    dataset = {
        "users": [{"permalink": "ada", "id": 3}, {"permalink": "bo", "id": 5}],
        "tracks": [
            {"user": "ada", "id": 7, "title": "Night"},
            {"user": "bo", "id": 9, "title": "Day", "sharing": "private"},
        ],
    }
    with Sandbox(dataset=dataset) as sandbox:
        headers = {"Authorization": f"OAuth {sandbox.user_token('bo')}"}
        with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False) as bo:
            public, private = (bo.get(f"/tracks/{number}").json() for number in (7, 9))
            missing = {
                station: bo.get(f"/system-playlists/soundcloud:system-playlists:{station}").status_code
                for station in (
                    "track-stations:9",
                    "artist-stations:5",
                    "track-stations:x",
                    "moods:1",
                    "artist-stations:3",
                )
            }

    assert public["station_urn"] == "soundcloud:system-playlists:track-stations:7"
    assert public["user"]["station_urn"] == "soundcloud:system-playlists:artist-stations:3"
    assert "station_urn" not in private
    assert "station_urn" not in private["user"]
    assert list(missing.values()) == [404, 404, 404, 404, 200]


def test_a_station_without_a_visible_track_is_not_found():
    dataset = {
        "users": [{"permalink": "ada"}, {"permalink": "bo", "id": 5}],
        "tracks": [{"user": "bo", "title": "Night", "access": "blocked"}],
    }
    path = "/system-playlists/soundcloud:system-playlists:artist-stations:5"
    with Sandbox(dataset=dataset) as sandbox:
        statuses = {}
        for name in ("ada", "bo"):
            headers = {"Authorization": f"OAuth {sandbox.user_token(name)}"}
            statuses[name] = httpx.get(sandbox.api_url + path, headers=headers, trust_env=False).status_code

    # A user's own tracks are playable.
    assert statuses == {"ada": 404, "bo": 200}


def test_likes_of_stations_use_the_route_of_playlists(ada, marlow, track):
    first, second, me = track["station_urn"], track["user"]["station_urn"], ada.get("/me").json()["urn"]
    for station in (first, second, second):
        response = ada.post(f"/likes/playlists/{station}")
        assert (response.status_code, response.json()) == (200, {"status": "200 - OK"})
        assert response.headers["x-sandbox-invented"] == "body"
    page = ada.get("/me/likes/system-playlists", params={"linked_partitioning": "true", "limit": 1})

    assert urns(page) == [second]
    assert urns(ada.get(page.json()["next_href"])) == [first]
    assert [item["urn"] for item in marlow.get(f"/users/{me}/likes/system-playlists").json()] == [second, first]
    assert "tracks" not in page.json()["collection"][0]
    assert page.headers["x-sandbox-invented"] == "fields, paging"
    assert ada.delete(f"/likes/playlists/{second}").json() == {"status": "200 - OK"}
    assert ada.delete(f"/likes/playlists/{second}").status_code == 404
    assert ada.post("/likes/playlists/soundcloud:system-playlists:track-stations:1").status_code == 404
    assert [item["urn"] for item in ada.get("/me/likes/system-playlists").json()] == [first]
    assert marlow.get("/users/1/likes/system-playlists").status_code == 404


def test_discover_links_resolve_to_stations(ada, track, private_track):
    link = f"https://soundcloud.com/discover/sets/track-stations:{track['id']}"
    response = ada.get("/resolve", params={"url": link})

    assert response.status_code == 302
    assert response.headers["location"].endswith(f"/system-playlists/{track['station_urn']}")
    assert response.json() == {"status": "302 - Found", "location": response.headers["location"]}
    for missing in (f"track-stations:{private_track['id']}", "track-stations:1", "your-moods:1", "artist-stations:"):
        url = f"https://soundcloud.com/discover/sets/{missing}"
        assert ada.get("/resolve", params={"url": url}).status_code == 404


def test_disconnect_ends_all_sessions_of_the_user(ada, marlow, sign_in, app_client):
    other = sign_in()
    response = ada.post("/disconnect")

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["x-sandbox-invented"] == "status, body"
    assert [client.get("/me").status_code for client in (ada, other, marlow)] == [401, 401, 200]
    assert ada.post("/disconnect").status_code == 401
    refused = app_client.post("/disconnect")
    assert (refused.status_code, refused.headers["x-sandbox-invented"]) == (401, "status, body")
    assert app_client.get("/tracks").status_code == 200


def test_playlists_can_be_created_below_me(ada):
    response = ada.post("/me/playlists", json={"playlist": {"title": "Mine", "set_type": "playlist"}})

    assert (response.status_code, response.json()["title"]) == (201, "Mine")
    assert response.headers["x-sandbox-invented"] == "status, body"
    assert "x-sandbox-invented" not in ada.post("/playlists", json={"playlist": {"title": "Mine"}}).headers


def test_unknown_effects_of_metadata_artist_are_marked(ada):
    urn = ada.get("/me/tracks").json()[0]["urn"]
    changed, cleared = (
        ada.put(f"/tracks/{urn}", json={"track": {"metadata_artist": artist}}) for artist in ("Ada", None)
    )

    assert (changed.json()["metadata_artist"], cleared.json()["metadata_artist"]) == ("Ada", None)
    assert "x-sandbox-invented" not in changed.headers
    assert cleared.headers["x-sandbox-invented"] == "metadata_artist"


def test_counts_of_users_are_those_that_soundcloud_sends(ada, track):
    owner = ada.get(f"/users/{track['user']['urn']}").json()
    me = ada.get("/me").json()
    zero = ("followers_count", "followings_count", "public_favorites_count", "reposts_count", "likes_count")

    assert [track["user"][name] for name in zero] == [0] * len(zero)
    assert [track["user"][name] for name in ("track_count", "playlist_count")] == [
        owner[name] for name in ("track_count", "playlist_count")
    ]
    assert owner["track_count"] > 0
    assert owner["followers_count"] > 0
    assert (owner["likes_count"], me["likes_count"]) == (0, 0)
    assert "upload_seconds_left" in me
    assert "upload_seconds_left" not in owner
    assert owner.keys() == track["user"].keys()


def test_fields_of_tracks_and_playlists_are_those_that_soundcloud_sends(ada):
    tracks = ada.get("/tracks", params={"limit": 200}).json()
    playlists = ada.get("/playlists", params={"limit": 200}).json()

    assert not any("monetization_model" in track for track in tracks)
    assert {track["user_playback_count"] for track in tracks} == {1}
    assert {type(playlist["genre"]) for playlist in playlists} == {str}
