"""Playlists: creation, update, deletion, private playlists."""

import pytest

from soundcloud.sandbox.media.sound import tone


@pytest.fixture
def tracks(ada):
    return [track["urn"] for track in ada.get("/tracks", params={"limit": 6, "access": "playable"}).json()]


def create(client, **fields):
    return client.post("/playlists", json={"playlist": {"title": "Mine", **fields}})


def track_urns(playlist):
    return [track["urn"] for track in playlist["tracks"]]


def test_create_from_json(ada, marlow, tracks):
    created = create(ada, tracks=[{"urn": urn} for urn in tracks], description="d", set_type="album", tag_list="a b")
    playlist = created.json()

    assert created.status_code == 201
    assert tracks == track_urns(playlist)
    assert tuple(
        playlist[name] for name in ("title", "description", "type", "playlist_type", "tags", "sharing", "track_count")
    ) == ("Mine", "d", "album", "album", "a b", "public", 6)
    assert playlist["duration"] == sum(track["duration"] for track in playlist["tracks"])
    assert playlist["user_id"] == playlist["user"]["id"]
    assert playlist["permalink_url"] == "https://soundcloud.com/ada-night/sets/mine"
    # Other users see the same tracks.
    assert track_urns(playlist) == track_urns(marlow.get(f"/playlists/{playlist['urn']}").json())
    # `/me/playlists` lists the oldest first, other lists the newest.
    assert playlist["urn"] == ada.get("/me/playlists").json()[-1]["urn"]
    assert playlist["urn"] == marlow.get(f"/users/{playlist['user']['urn']}/playlists").json()[0]["urn"]
    assert playlist["urn"] == marlow.get("/playlists", params={"q": "mine ada-night"}).json()[0]["urn"]
    assert create(ada, set_type="playlist").json()["permalink"] == "mine-2"


def test_create_from_a_form(ada, tracks):
    created = ada.post(
        "/playlists",
        data={
            "playlist[title]": "From a form",
            "playlist[sharing]": "private",
            "playlist[tracks][][urn]": ",".join(tracks[:3]),
        },
        files={"playlist[artwork_data]": ("cover.gif", b"GIF89a" + bytes(9), "image/gif")},
    )

    assert created.status_code == 201
    assert tracks[:3] == track_urns(created.json())
    assert created.json()["sharing"] == "private"
    assert created.json()["artwork_url"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"title": ""}, 422),
        ({"title": None}, 422),
        ({"tracks": "soundcloud:tracks:1"}, 422),
        ({"tracks": ["soundcloud:tracks:1"]}, 422),
        ({"tracks": [{"urn": "soundcloud:tracks:1"}]}, 422),
        ({"tracks": [{"urn": "soundcloud:users:1"}]}, 422),
        ({"tracks": [{"id": 2**31}]}, 422),
        ({"tracks": [{"id": True}]}, 422),
        ({"set_type": "mixtape"}, 422),
        ({"sharing": "secret"}, 422),
        ({"tracks": [{"id": 1}] * 501}, 422),
        ({"release_date": ""}, 201),
        ({"sharing": None, "tag_list": None, "ean": None}, 201),
    ],
)
def test_create_with_invalid_fields(ada, fields, status):
    assert status == create(ada, **fields).status_code


def test_create_needs_its_wrapper(ada):
    assert ada.post("/playlists", json={"title": "x"}).status_code == 400
    assert ada.post("/playlists", content=b"").status_code == 400


def test_numeric_ids_have_32_bits(ada, fetch_pages):
    found = [item for page in fetch_pages(ada, "/tracks", limit=200) for item in page["collection"]]
    small, large = min(item["id"] for item in found), max(item["id"] for item in found)

    assert create(ada, tracks=[{"id": small}]).status_code == 201
    assert large > 2**31
    assert create(ada, tracks=[{"id": large}]).status_code == 422


def test_update_replaces_all_tracks(ada, marlow, tracks):
    urn = create(ada, tracks=[{"urn": track} for track in tracks]).json()["urn"]
    replaced = ada.put(f"/playlists/{urn}", json={"playlist": {"tracks": [{"urn": tracks[4]}, {"urn": tracks[1]}]}})
    renamed = ada.put(f"/playlists/{urn}", json={"playlist": {"title": "Renamed badger", "permalink": "My Badger"}})

    assert replaced.status_code == 200
    assert [tracks[4], tracks[1]] == track_urns(replaced.json()) == track_urns(renamed.json())
    assert (renamed.json()["title"], renamed.json()["permalink"]) == ("Renamed badger", "my-badger")
    assert urn == ada.get("/playlists", params={"q": "badger"}).json()[0]["urn"]
    assert track_urns(ada.put(f"/playlists/{urn}", json={"playlist": {"tracks": []}}).json()) == []
    assert marlow.put(f"/playlists/{urn}", json={"playlist": {"title": "x"}}).status_code == 403
    assert ada.put(f"/playlists/{urn}", data={"playlist[title]": "x"}).status_code == 422
    assert ada.put("/playlists/1", json={"playlist": {"title": "x"}}).status_code == 404


def test_delete(ada, marlow):
    urn = create(ada).json()["urn"]
    marlow.post(f"/likes/playlists/{urn}")

    assert marlow.delete(f"/playlists/{urn}").status_code == 403
    assert ada.delete(f"/playlists/{urn}").json() == {"status": "200 - OK"}
    assert ada.get(f"/playlists/{urn}").status_code == 404
    assert ada.delete(f"/playlists/{urn}").status_code == 404
    assert urn not in [item["urn"] for item in marlow.get("/me/likes/playlists").json()]


def test_tracks_of_a_playlist(ada, tracks, fetch_pages):
    urn = create(ada, tracks=[{"urn": track} for track in tracks]).json()["urn"]
    pages = fetch_pages(ada, f"/playlists/{urn}/tracks", limit=2)

    assert tracks == [track["urn"] for page in pages for track in page["collection"]]
    assert len(pages) == 3
    assert isinstance(ada.get(f"/playlists/{urn}/tracks").json(), list)
    without = ada.get(f"/playlists/{urn}", params={"show_tracks": "false"}).json()
    assert (without["tracks"], without["track_count"]) == ([], 6)
    assert ada.get(f"/playlists/{urn}", params={"show_tracks": "perhaps"}).status_code == 400


def test_blocked_tracks_are_counted_but_not_listed(ada):
    blocked = ada.get("/tracks", params={"access": "blocked"}).json()[0]["urn"]
    urn = create(ada, tracks=[{"urn": blocked}]).json()["urn"]
    shown = ada.get(f"/playlists/{urn}").json()

    assert (shown["tracks"], shown["track_count"]) == ([], 1)
    assert [blocked] == track_urns(ada.get(f"/playlists/{urn}", params={"access": "playable,blocked"}).json())


def test_private_playlists(ada, marlow, tracks):
    hidden = ada.post(
        "/tracks",
        data={"track[title]": "h", "track[sharing]": "private"},
        files={"track[asset_data]": ("h.wav", tone(1), "audio/wav")},
    ).json()["urn"]
    playlist = create(ada, sharing="private", tracks=[{"urn": hidden}, {"urn": tracks[0]}]).json()
    urn, token = playlist["urn"], playlist["uri"].split("secret_token=")[1]

    assert f"https://soundcloud.com/ada-night/sets/mine/{token}" == playlist["permalink_url"]
    assert marlow.get(f"/playlists/{urn}").status_code == 404
    assert marlow.get(f"/playlists/{urn}/tracks").status_code == 404
    # The playlist's secret token does not open its private tracks.
    assert [tracks[0]] == track_urns(marlow.get(f"/playlists/{urn}", params={"secret_token": token}).json())
    assert [hidden, tracks[0]] == track_urns(ada.get(f"/playlists/{urn}").json())
    assert create(marlow, tracks=[{"urn": hidden}]).status_code == 422
    assert urn not in [item["urn"] for item in marlow.get(f"/users/{playlist['user']['urn']}/playlists").json()]
