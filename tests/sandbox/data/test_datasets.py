"""Custom datasets: their content in the API, and errors with the place of an invalid entry."""

import json
import re
from pathlib import Path

import httpx
import pytest

from soundcloud.sandbox import Sandbox, SandboxError
from soundcloud.sandbox.data.custom_dataset import __doc__ as documentation
from soundcloud.sandbox.data.dataset_schema import PLAYLIST, TRACK, USER, WEB_PROFILE
from soundcloud.sandbox.data.datasets import Dataset, choose_dataset

ADA = {"permalink": "ada"}
DATASET = {
    "default_user": "bo",
    "users": [
        {
            "permalink": "ada",
            "username": "Ada N.",
            "first_name": "Ada",
            "last_name": "Night",
            "city": "Leeds",
            "country": "United Kingdom",
            "description": "hello",
            "website": "https://ada.example",
            "website_title": "site",
            "plan": "Pro Unlimited",
            "created_at": "2019-01-15T15:40:49Z",
            "id": 308946187,
            "avatar_url": "https://example.com/a.jpg",
            "web_profiles": [{"service": "bandcamp", "url": "https://bandcamp.example/ada", "username": "ada"}],
        },
        {"permalink": "bo", "city": None},
        {"permalink": "Cleo"},
    ],
    "tracks": [
        {"user": "ada", "title": "Night Bus", "created_at": "2019/01/15 15:40:49 +0000"},
        {"user": "ada", "title": "Night Bus", "duration": 65_000, "tag_list": 'lofi "late night"', "bpm": 90},
        {"user": "bo", "title": "Mine", "sharing": "private", "secret_token": "s-abc", "id": 5_000_000_000},
        {"user": "bo", "title": "Latest", "access": "blocked", "permalink": "latest-one", "release_date": "2020-02-29"},
    ],
    "playlists": [
        {"user": "bo", "title": "All", "tracks": ["ada/night-bus-2", "ada/night-bus", "ada/night-bus-2"]},
        {"user": "Cleo", "title": "Album", "set_type": "album"},
        {"user": "Cleo", "title": "Plain", "set_type": "playlist"},
    ],
    "follows": [{"user": "bo", "follows": "ada"}, {"user": "bo", "follows": "Cleo"}],
    "likes": [{"user": "bo", "track": "ada/night-bus"}, {"user": "ada", "playlist": "bo/all"}],
    "reposts": [
        {"user": "ada", "track": "bo/latest-one", "created_at": "2026-05-01T10:00:00+02:00"},
        {"user": "Cleo", "playlist": "bo/all"},
    ],
    "comments": [{"user": "bo", "track": "ada/night-bus", "body": "so good", "timestamp": 1500}],
    "plays": [{"user": "bo", "track": "ada/night-bus"}, {"user": "bo", "track": "ada/night-bus"}],
}


@pytest.fixture(scope="module")
def custom_sandbox():
    with Sandbox(dataset=DATASET) as sandbox:
        yield sandbox


@pytest.fixture
def bo(custom_sandbox):
    headers = {"Authorization": f"OAuth {custom_sandbox.user_token()}"}
    with httpx.Client(base_url=custom_sandbox.api_url, headers=headers, trust_env=False, verify=False) as client:
        yield client


def get_json(client, path, **params):
    return client.get(path, params=params).raise_for_status().json()


def test_users(custom_sandbox, bo):
    assert custom_sandbox.usernames() == ["ada", "bo", "Cleo"]
    assert get_json(bo, "/me")["permalink"] == "bo"
    ada = get_json(bo, "/users/308946187")
    assert {name: ada[name] for name in ("username", "full_name", "city", "plan", "created_at", "website")} == {
        "username": "Ada N.",
        "full_name": "Ada Night",
        "city": "Leeds",
        "plan": "Pro Unlimited",
        "created_at": "2019/01/15 15:40:49 +0000",
        "website": "https://ada.example",
    }
    assert ada["followers_count"] == 1
    assert [link["title"] for link in get_json(bo, "/users/308946187/web-profiles")] == ["bandcamp"]
    assert get_json(bo, "/me")["username"] == "bo"
    assert bo.get("/resolve?url=https://soundcloud.com/cleo").status_code == 302


def test_tracks(bo):
    tracks = get_json(bo, "/tracks", access="playable,preview,blocked")
    by_link = {track["permalink_url"].removeprefix("https://soundcloud.com/"): track for track in tracks}
    assert list(by_link) == ["bo/latest-one", "ada/night-bus-2", "ada/night-bus"]
    assert by_link["ada/night-bus"]["created_at"] == "2019/01/15 15:40:49 +0000"
    assert by_link["ada/night-bus"]["duration"] == 180_000
    assert by_link["ada/night-bus"]["user_favorite"] is True
    assert by_link["ada/night-bus"]["user_playback_count"] == 1
    assert by_link["ada/night-bus"]["comment_count"] == 1
    second = by_link["ada/night-bus-2"]
    assert (second["duration"], second["bpm"], second["tag_list"]) == (65_000, 90, 'lofi "late night"')
    assert [track["id"] for track in get_json(bo, "/tracks", tags="late night")] == [second["id"]]
    assert get_json(bo, "/tracks/5000000000")["sharing"] == "private"
    assert by_link["bo/latest-one"]["release_day"] == 29


def test_lists(bo):
    playlists = {item["title"]: item for item in get_json(bo, "/playlists")}
    assert [track["title"] for track in playlists["All"]["tracks"]] == ["Night Bus"] * 3
    assert {title: item["playlist_type"] for title, item in playlists.items()} == {
        "All": "",
        "Album": "album",
        "Plain": "",
    }
    assert playlists["All"]["likes_count"] == 1
    followed = [user["permalink"] for user in get_json(bo, "/me/followings")["collection"]]
    assert followed == ["Cleo", "ada"]  # the latest first
    feed = [(item["type"], item["origin"]["title"]) for item in get_json(bo, "/me/feed")["collection"]]
    assert feed[:2] == [("track:repost", "Latest"), ("playlist:repost", "All")]
    assert ("track", "Night Bus") in feed
    (liked,) = get_json(bo, "/me/likes/tracks")
    (comment,) = get_json(bo, f"/tracks/{liked['urn']}/comments")["collection"]
    assert (comment["body"], comment["timestamp"], comment["user"]["permalink"]) == ("so good", 1500, "bo")


def test_seed_determines_defaults():
    dataset = {"users": [ADA], "tracks": [{"user": "ada", "title": "x"}]}
    images = [Dataset(seed, choose_dataset(seed, dataset).custom).image() for seed in (1, 1, 2)]
    assert images[0] == images[1] != images[2]


def test_dataset_from_a_file(tmp_path):
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps(DATASET), encoding="utf-8")
    data = tmp_path / "sandbox.db"
    with Sandbox(dataset=path, data=data) as sandbox:
        assert len(sandbox.usernames()) == 3
    with Sandbox(data=data) as sandbox:
        assert len(sandbox.usernames()) == 3
    # The order of keys does not matter.
    path.write_text(json.dumps(dict(reversed(DATASET.items()))), encoding="utf-8")
    with Sandbox(dataset=str(path), data=data):
        pass
    path.write_text(json.dumps({"users": [ADA]}), encoding="utf-8")
    with pytest.raises(SandboxError, match="was created from another custom dataset"):
        Sandbox(dataset=path, data=data)


def entry(name, value, **others):
    return {"users": [ADA, {"permalink": "bo"}], **others, name: value}


TRACKS = [{"user": "ada", "title": "x"}]


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (entry("tracks", [*TRACKS, {"user": "x", "title": "y"}]), 'tracks[1].user: there is no user "x"'),
        (entry("tracks", [{"user": "ada"}]), "tracks[0].title: the field is missing"),
        (entry("tracks", [{"title": "x"}]), "tracks[0].user: the field is missing"),
        (entry("tracks", [{"user": 5, "title": "x"}]), "tracks[0].user: 5 is not a string"),
        (entry("tracks", [{"user": "ada", "titel": "x"}]), "tracks[0].titel: unknown field: use access"),
        (entry("tracks", ["x"]), "tracks[0]: the entry is not an object"),
        (entry("tracks", {}), "tracks: the value is not a list"),
        (entry("trakcs", []), "trakcs: unknown list: use comments"),
        (entry("tracks", [{**TRACKS[0], "title": " "}]), "tracks[0].title: the string is blank"),
        (entry("tracks", [{**TRACKS[0], "duration": 0}]), "tracks[0].duration: 0 is not above 0"),
        (entry("tracks", [{**TRACKS[0], "duration": "1"}]), "tracks[0].duration: '1' is not a whole number"),
        (entry("tracks", [{**TRACKS[0], "duration": True}]), "tracks[0].duration: True is not a whole number"),
        (entry("tracks", [{**TRACKS[0], "bpm": float("nan")}]), "tracks[0].bpm: nan is not a number above 0"),
        (
            entry("tracks", [{**TRACKS[0], "sharing": "open"}]),
            "tracks[0].sharing: 'open' is not one of private, public",
        ),
        (entry("tracks", [{**TRACKS[0], "sharing": ["x"]}]), "tracks[0].sharing: ['x'] is not one of private, public"),
        (entry("tracks", [{**TRACKS[0], "streamable": 1}]), "tracks[0].streamable: 1 is neither true nor false"),
        (entry("tracks", [{**TRACKS[0], "created_at": "today"}]), "tracks[0].created_at: 'today' is not a time"),
        (
            entry("tracks", [{**TRACKS[0], "release_date": "2026-02-30"}]),
            "tracks[0].release_date: '2026-02-30' is not a date",
        ),
        (entry("tracks", [{**TRACKS[0], "purchase_url": "x"}]), "tracks[0].purchase_url: 'x' is not an HTTP URL"),
        (entry("tracks", [{**TRACKS[0], "title": "\ud800"}]), "tracks[0].title: '\\ud800' has a lone surrogate"),
        (entry("tracks", [{**TRACKS[0], "title": "x" * 10_001}]), "tracks[0].title: the string is longer than"),
        (entry("tracks", [{**TRACKS[0], "permalink": "a/b"}]), "tracks[0].permalink: 'a/b' is not a permalink: use"),
        (entry("tracks", [{**TRACKS[0], "id": 9}] * 2), "tracks[1].id: tracks[0] has the same id"),
        (
            entry("tracks", [TRACKS[0], {**TRACKS[0], "permalink": "X"}]),
            'tracks[1].permalink: ada has the permalink "X" twice in tracks',
        ),
        ({}, "users: a dataset needs at least one user"),
        ({"users": [ADA, {"permalink": "ADA"}]}, 'users[1].permalink: another user has the permalink "ADA"'),
        ({"users": [{"username": "x"}]}, "users[0].permalink: the field is missing"),
        ({"users": [{**ADA, "plan": "Gold"}]}, "users[0].plan: 'Gold' is not one of Free, Pro Unlimited"),
        (
            {"users": [{**ADA, "web_profiles": [{"service": "x"}]}]},
            "users[0].web_profiles[0].url: the field is missing",
        ),
        ({"users": [{**ADA, "web_profiles": "x"}]}, "users[0].web_profiles: the value is not a list"),
        ({"users": [ADA], "default_user": "x"}, 'default_user: there is no user "x"'),
        (
            entry("playlists", [{"user": "ada", "title": "y", "tracks": ["ada/x", "ada/z"]}], tracks=TRACKS),
            'playlists[0].tracks[1]: "ada/z" is not in tracks: use user/permalink',
        ),
        (
            entry("playlists", [{"user": "ada", "title": "y", "tracks": [7]}]),
            "playlists[0].tracks[0]: 7 is not in tracks",
        ),
        (entry("follows", [{"user": "ada", "follows": "ada"}]), "follows[0].follows: a user cannot follow itself"),
        (entry("follows", [{"user": "ada", "follows": "bo"}] * 2), "follows[1]: the entry is a duplicate"),
        (entry("likes", [{"user": "ada"}]), "likes[0]: the entry needs either a track or a playlist"),
        (
            entry("likes", [{"user": "bo", "track": "ada/x"}] * 2, tracks=TRACKS),
            "likes[1]: the entry is a duplicate",
        ),
        (entry("reposts", [{"user": "bo", "track": "ada/x"}]), 'reposts[0].track: "ada/x" is not in tracks'),
        (
            entry("comments", [{"user": "bo", "track": "ada/x"}], tracks=TRACKS),
            "comments[0].body: the field is missing",
        ),
        (entry("plays", [{"user": "bo"}], tracks=TRACKS), "plays[0].track: the field is missing"),
    ],
)
def test_invalid_entry_is_named(dataset, message):
    with pytest.raises(SandboxError, match=rf"^{re.escape(message)}"):
        choose_dataset(None, dataset)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"users": [}', r"dataset.json:1:12: not valid JSON"),
        (b"[]", r"dataset.json: a dataset is a JSON object"),
        (b"\xff", r"dataset.json: not valid JSON"),
        (b'{"users": []}', r"dataset.json: users: a dataset needs"),
    ],
)
def test_invalid_file_is_named(tmp_path, content, message):
    path = tmp_path / "dataset.json"
    path.write_bytes(content)
    with pytest.raises(SandboxError, match=message):
        Sandbox(dataset=path)
    with pytest.raises(SandboxError, match="cannot be read"):
        Sandbox(dataset=tmp_path / "none.json")


def test_value_that_is_not_json_is_rejected():
    with pytest.raises(SandboxError, match="cannot be converted to JSON"):
        Sandbox(dataset={"users": [{1, 2}]})


def test_example_of_the_docstring():
    example = json.loads(documentation[documentation.index("    {") : documentation.index("\n\n| list")])
    with Sandbox(dataset=example) as sandbox:
        assert sandbox.usernames() == ["ada", "bo"]


def test_fields_are_columns(custom_sandbox):
    database = custom_sandbox._state.database
    for table, fields in {"users": USER, "tracks": TRACK, "playlists": PLAYLIST, "web_profiles": WEB_PROFILE}.items():
        columns = {row["name"] for row in database.rows("SELECT name FROM pragma_table_info(?)", table)}
        assert fields.keys() <= columns


def test_documentation_lists_all_fields():
    page = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    for name, fields in {
        "users": {*USER, "web_profiles"},
        "tracks": {*TRACK, "user"},
        "playlists": {*PLAYLIST, "user", "tracks"},
    }.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert sorted(re.findall(r"`(\w+)`", row)[1:]) == sorted(fields)
