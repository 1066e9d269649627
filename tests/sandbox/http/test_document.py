"""The sandbox compared with SoundCloud's OpenAPI document: statuses and fields; and a fuzz test."""

import json
import random
from pathlib import Path

import pytest

from soundcloud.sandbox.media.sound import tone
from soundcloud_api.operations import OPERATIONS

DOCUMENT = json.loads((Path(__file__).parents[3] / "tools" / "openapi.json").read_text(encoding="utf-8"))
JSON_BODIES = {
    "post_playlists": {"playlist": {"title": "x"}},
    "put_playlists_playlist_urn": {"playlist": {"title": "x"}},
    "put_tracks_track_urn": {"track": {"title": "x"}},
    "post_tracks_track_urn_comments": {"comment": {"body": "x"}},
    "put_tracks_track_urn_storefront": {"title": "x", "type": "other", "link": "https://example.com"},
}
OWN = {"put_tracks_track_urn", "delete_tracks_track_urn", "put_tracks_track_urn_storefront"} | {
    "put_playlists_playlist_urn",
    "delete_playlists_playlist_urn",
}


class Placeholders(dict):
    """Values of placeholders; of those that are not known, a URN."""

    def __missing__(self, name):
        return "soundcloud:things:1"


@pytest.fixture
def placeholders(ada):
    """Values of placeholders: own resources, and those of other users."""
    me = ada.get("/me").json()["urn"]
    own = {
        "track_urn": ada.get("/me/tracks").json()[0]["urn"],
        "playlist_urn": ada.get("/me/playlists").json()[0]["urn"],
        "user_urn": me,
        "follower_urn": ada.get("/me/followers").json()["collection"][0]["urn"],
        "following_urn": ada.get("/me/followings").json()["collection"][0]["urn"],
    }
    others = {
        **own,
        "track_urn": ada.get("/me/likes/tracks").json()[0]["urn"],
        "playlist_urn": ada.get("/me/likes/playlists").json()[0]["urn"],
    }
    return own, others


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation_answers_as_documented(ada, placeholders, operation):
    info = OPERATIONS[operation]
    own, others = placeholders
    chosen = dict(own if operation in OWN else others)
    if operation.endswith("me_followings_user_urn"):
        chosen["user_urn"] = own["following_urn"]
    for path in ("likes/tracks/{track_urn}", "likes/playlists/{playlist_urn}", "reposts/tracks/{track_urn}"):
        ada.post("/" + path.format(**chosen))
    ada.post(f"/reposts/playlists/{chosen['playlist_urn']}")
    arguments = {}
    if operation in JSON_BODIES:
        arguments["json"] = JSON_BODIES[operation]
    elif operation == "post_tracks":
        arguments["data"] = {"track[title]": "x"}
        arguments["files"] = {"track[asset_data]": ("x.wav", tone(0.2), "audio/wav")}
    elif operation == "get_resolve":
        arguments["params"] = {"url": "https://soundcloud.com/ada-night"}
    response = ada.request(info.method, info.path.format_map(Placeholders(chosen)), **arguments)
    documented = DOCUMENT["paths"][info.path][info.method.lower()]["responses"]

    assert response.status_code < 400
    assert str(response.status_code) in documented


def test_documented_fields_are_present(ada):
    track = ada.get("/me/likes/tracks", params={"access": "playable"}).json()[0]
    commented = next(item for item in ada.get("/tracks", params={"limit": 200}).json() if item["comment_count"])
    responses = {
        "Track": track,
        "Playlist": ada.get("/playlists").json()[0],
        "User": ada.get(f"/users/{track['user']['urn']}").json(),
        "Me": ada.get("/me").json(),
        "Comment": ada.get(f"/tracks/{commented['urn']}/comments").json()["collection"][0],
        "Activities": ada.get("/me/feed").json(),
        # SoundCloud removed this field in August 2026.
        "Streams": {"http_mp3_128_url": None, **ada.get(f"/tracks/{track['urn']}/streams").json()},
    }
    for name, response in responses.items():
        assert set(DOCUMENT["components"]["schemas"][name]["properties"]) - set(response) == set()
    embedded = set(DOCUMENT["components"]["schemas"]["User"]["properties"])
    assert embedded - set(track["user"]) == set()


def test_random_requests_never_answer_500(ada, placeholders):
    generator = random.Random(5)
    own, others = placeholders
    words = [
        "",
        "0",
        "-1",
        "201",
        "x",
        "[]",
        "ü",
        "\x00",
        "9" * 30,
        "1e9",
        "soundcloud:tracks:1",
        "'; DROP TABLE users",
    ]
    values = [
        None,
        True,
        -1,
        1e300,
        2**70,
        "",
        "x",
        "public",
        "\x00",
        [],
        {},
        [1],
        [{"urn": own["track_urn"]}],
        {"a": 1},
    ]
    parameters = [
        "limit",
        "page_size",
        "offset",
        "cursor",
        "linked_partitioning",
        "access",
        "q",
        "genres",
        "tags",
        "urns",
        "ids",
        "bpm[from]",
        "bpm[to]",
    ]
    parameters += ["duration[from]", "created_at[from]", "created_at[to]", "sort", "show_tracks", "secret_token", "url"]
    fields = [
        "title",
        "description",
        "sharing",
        "tracks",
        "permalink",
        "license",
        "set_type",
        "release_date",
        "tag_list",
        "downloadable",
    ]
    fields += ["artwork_data", "type", "link", "price", "body", "timestamp", "embeddable_by", "ean"]
    for _ in range(400):
        info = OPERATIONS[generator.choice(sorted(set(OPERATIONS) - {"post_sign_out"}))]
        path = info.path.format_map(Placeholders(generator.choice((own, others))))
        query = {generator.choice(parameters): generator.choice(words) for _ in range(generator.randint(0, 3))}
        body = {generator.choice(fields): generator.choice(values) for _ in range(generator.randint(0, 4))}
        wrapped = {generator.choice(("track", "playlist", "comment")): body}
        sent = {"json": generator.choice((wrapped, wrapped, body, [body]))} if info.method in {"POST", "PUT"} else {}
        response = ada.request(info.method, path, params=query, **sent)

        assert response.status_code < 500, (info, query, sent, response.text)
