"""Generated data of any size, and the lists and searches in it."""

from datetime import timedelta

import httpx
import pytest

from soundcloud.sandbox import Sandbox, SandboxError, WrongSettingError
from soundcloud.sandbox.data import database, datasets, searching
from soundcloud.sandbox.data.text import fold


@pytest.fixture(scope="module", params=[10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def large(request):
    """A sandbox with many tracks, and their number."""
    with Sandbox(tracks=request.param) as sandbox:
        yield sandbox, request.param
    datasets._build_large.cache_clear()  # hundreds of megabytes


@pytest.fixture(params=["index", "no index"])
def searchable(request, monkeypatch):
    """A sandbox, also with an SQLite that has no FTS5."""
    if request.param == "no index":
        for module in (database, searching):
            monkeypatch.setattr(module, "has_full_text_search", lambda: False)
        datasets._build_small.cache_clear()
    with Sandbox(processing_seconds=0) as sandbox:
        indexed = sandbox._state.database.number("SELECT COUNT(*) FROM sqlite_master WHERE name = 'tracks_search'")
        assert indexed == (request.param == "index")
        yield sandbox
    datasets._build_small.cache_clear()


def connect(sandbox, user=None):
    headers = {"Authorization": f"OAuth {sandbox.user_token(user)}"}
    return httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False, timeout=60)


def ids_of(client, path, **query):
    """Return the ids of all pages of a list."""
    ids, url = [], httpx.URL(path, params={"linked_partitioning": 1, "limit": 200, **query})
    while url is not None:
        page = client.get(url).json()
        ids += [item["id"] for item in page["collection"]]
        url = page.get("next_href")
    return ids


def expected_ids(sandbox, table, text, order="DESC"):
    """Return the ids of the rows with all words, found without the code under test."""
    words, condition = fold(text).split(), "" if table == "users" else "WHERE sharing = 'public'"
    rows = sandbox._state.database.rows(f"SELECT * FROM {table} {condition} ORDER BY id {order}")
    hidden = "blocked" if table == "tracks" else None
    viewer = sandbox._state.database.number("SELECT id FROM users WHERE permalink = 'ada-night'")
    return [
        row["id"]
        for row in rows
        if all(word in row["search_text"] for word in words)
        and (hidden is None or row["access"] != hidden or row["user_id"] == viewer)
    ]


def test_the_numbers_of_a_large_dataset(large):
    sandbox, size = large
    counts = {kind: sandbox.list_data(kind, limit=1)["total"] for kind in ("users", "tracks", "playlists", "comments")}
    database = sandbox._state.database

    assert counts == {
        "users": size // 20,
        "tracks": size,
        "playlists": size // 10,
        "comments": size * 3 // 2 + 70,
    }
    assert database.number("SELECT COUNT(*) FROM track_likes") == 10 * size
    # With so many tracks there are not enough words for titles.
    assert database.number("SELECT COUNT(DISTINCT title) FROM tracks") == size
    assert database.number("SELECT COUNT(*) FROM tracks WHERE title LIKE '% no. 2'") > 0
    assert database.number("SELECT COUNT(*) FROM tracks WHERE sharing = 'private'") > size // 60
    assert len(sandbox.usernames()) == len(set(sandbox.usernames())) == size // 20
    assert database.rows("PRAGMA foreign_key_check") == []


@pytest.mark.parametrize("text", ["felt quiet", "no. 3", "tide", "ab", "rare-word", "Mäntysalo", '"late night" x', "*"])
def test_searches_find_each_row_with_all_words(large, text):
    sandbox, _ = large
    with connect(sandbox) as client:
        for table, order in (("tracks", "DESC"), ("users", "ASC"), ("playlists", "DESC")):
            expected = expected_ids(sandbox, table, text, order)
            first = client.get(f"/{table}", params={"q": text, "limit": 100, "linked_partitioning": 1}).json()
            last = client.get(
                f"/{table}",
                params={"q": text, "limit": 100, "offset": max(0, len(expected) - 5), "linked_partitioning": 1},
            ).json()

            assert [item["id"] for item in first["collection"]] == expected[:100]
            assert ("next_href" in first) == (len(expected) > 100)
            assert [item["id"] for item in last["collection"]] == expected[-5:]
            assert sandbox.list_data(table, q=text, limit=1)["total"] >= len(expected)


def test_lists_of_a_large_dataset_are_complete(large):
    sandbox, _ = large
    database = sandbox._state.database
    track = database.rows("SELECT item_id FROM track_likes GROUP BY item_id ORDER BY COUNT(*) DESC LIMIT 1")[0][
        "item_id"
    ]
    user = database.rows("SELECT user_id FROM track_likes GROUP BY user_id ORDER BY COUNT(*) DESC LIMIT 1")[0][
        "user_id"
    ]
    with connect(sandbox) as client:
        favoriters = ids_of(client, f"/tracks/{track}/favoriters")
        liked = ids_of(client, f"/users/{user}/likes/tracks", access="playable,preview,blocked")
        related = ids_of(client, f"/tracks/{track}/related", access="playable,preview,blocked")

    rows = database.rows("SELECT user_id FROM track_likes WHERE item_id = ? ORDER BY id DESC", track)
    assert favoriters == [row["user_id"] for row in rows]
    rows = database.rows("SELECT item_id FROM track_likes WHERE user_id = ? ORDER BY id DESC", user)
    assert liked == [row["item_id"] for row in rows]
    assert len(related) == len(set(related) - {track}) == 120


def test_entries_of_a_large_dataset_are_listed_by_page(large):
    sandbox, size = large
    likes = sandbox._state.database.number("SELECT COUNT(*) FROM playlist_likes") + 10 * size
    page = sandbox.list_data("likes", limit=50, offset=likes - 20)
    found = sandbox.list_data("likes", q="ada-night quiet", limit=50)

    assert page["total"] == likes
    assert {entry["id"] for entry in page["items"]} >= {f"track-{number}" for number in range(1, 11)}
    assert found["total"] > 50
    for entry in found["items"]:
        text = f"{entry['user']} {entry.get('track') or entry['playlist']}"
        assert "ada-night" in text
        assert "quiet" in text
    sandbox.delete_data("likes", page["items"][-1]["id"])
    assert sandbox.list_data("likes", limit=1)["total"] == likes - 1


def test_searches_follow_changes(searchable):
    with connect(searchable) as client:
        track = client.get("/me/tracks").json()[0]
        title = {"track": {"title": "Ünheard Zwölfton"}}
        assert client.put(f"/tracks/{track['urn']}", json=title).status_code == 200
        playlist = client.post("/playlists", json={"playlist": {"title": "Unheard mixtape"}}).json()

        assert ids_of(client, "/tracks", q="unheard WOLFT") == [track["id"]]
        assert ids_of(client, "/tracks", q="un zw") == [track["id"]]
        assert ids_of(client, "/playlists", q="unheard") == [playlist["id"]]
        assert client.delete(f"/tracks/{track['urn']}").status_code == 200
        assert client.delete(f"/playlists/{playlist['urn']}").status_code == 200
        assert ids_of(client, "/tracks", q="unheard") == ids_of(client, "/playlists", q="unheard") == []
    user = searchable.add_data("users", {"permalink": "new-here", "username": "Nouvelle Étoile"})
    searchable.add_data("tracks", {"user": "new-here", "title": "First"})
    with connect(searchable) as client:
        assert ids_of(client, "/users", q="etoile") == [user["id"]]
        searchable.change_data("users", user["id"], {"username": "Other name"})
        assert ids_of(client, "/users", q="etoile") == ids_of(client, "/tracks", q="etoile") == []
        assert len(ids_of(client, "/tracks", q="other name")) == 1
        snapshot = searchable.snapshot()
        searchable.delete_data("users", user["id"])
        assert ids_of(client, "/tracks", q="other name") == []
        searchable.restore(snapshot)
        assert len(ids_of(client, "/tracks", q="other name")) == 1


@pytest.mark.parametrize(
    "query",
    [
        *({"q": text} for text in ("lofi", "lo", "lofi rain", "a", '"', "OR", "x\0lofi", "%", "lofi " + "a " * 400)),
        {"q": " ".join(f"w{number}" for number in range(900))},
        {"tags": "late night,chill"},
        {"tags": "lo,lofi"},
        {"tags": ",".join(f"tag{number}" for number in range(300)) + ",lofi"},
        {"genres": "House"},
        {"genres": "house,JAZZ", "q": "window"},
        {"q": "lofi", "bpm[from]": 80, "duration[to]": 100_000},
    ],
)
def test_searches_do_not_depend_on_the_index(query, monkeypatch):
    with Sandbox() as sandbox, connect(sandbox) as client:
        found = ids_of(client, "/tracks", **query)
        monkeypatch.setattr(searching, "has_full_text_search", lambda: False)

        assert ids_of(client, "/tracks", **query) == found
        if set(query) == {"q"}:
            assert found == expected_ids(sandbox, "tracks", query["q"])


def test_urns_keep_their_order_in_a_search():
    with Sandbox() as sandbox, connect(sandbox) as client:
        first, second, third = ids_of(client, "/tracks", q="lofi")[:3]
        wanted = f"{second},{first},{third},{second},99"

        assert [item["id"] for item in client.get("/tracks", params={"ids": wanted}).json()] == [second, first, third]


def test_too_many_words_for_a_list_of_entries(sandbox):
    with pytest.raises(WrongSettingError, match="q: 101 words are too many"):
        sandbox.list_data("likes", q="a " * 101)
    assert sandbox.list_data("likes", q="a " * 100)["total"] > 0


def test_the_same_seed_and_size_give_the_same_data():
    images = [datasets._build(3, None, 700) for _ in range(2)]

    assert images[0] == images[1]
    assert images[0] != datasets._build(3, None, 701)


@pytest.mark.parametrize("tracks", [-1, 0, 599, 100_001])
def test_a_size_out_of_range(tracks, sandbox):
    for create in (lambda: Sandbox(tracks=tracks), lambda: sandbox.reset(tracks=tracks)):
        with pytest.raises(WrongSettingError, match=f"tracks: {tracks} is out of range: use 600 to 100,000"):
            create()


def test_a_custom_dataset_has_no_size():
    with pytest.raises(WrongSettingError, match="tracks: a custom dataset has its own size"):
        Sandbox(tracks=600, dataset={"users": [{"permalink": "ada"}]})


def test_a_reset_keeps_the_size_or_sets_another(tmp_path):
    file = tmp_path / "data.db"
    with Sandbox(tracks=800, data=file) as sandbox:
        sandbox.reset()
        assert sandbox.list_data("tracks", limit=1)["total"] == 800
        sandbox.reset(tracks=700)
        sandbox.reset()
        assert sandbox.list_data("tracks", limit=1)["total"] == 700
    with Sandbox(data=file) as sandbox:
        assert sandbox.list_data("tracks", limit=1)["total"] == 700
        sandbox.reset(seed=3)
        assert sandbox.list_data("tracks", limit=1)["total"] == 600
    with pytest.raises(SandboxError, match="was created from seed 3 with 600 tracks: omit seed, tracks and dataset"):
        Sandbox(data=file, tracks=700)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"port": "8080"}, "port: a value of type str: pass a whole number"),
        ({"auth_port": -1}, "auth_port: -1 is out of range: use 0 to 65,535"),
        ({"media_port": 65_536}, "media_port: 65536 is out of range"),
        ({"seed": "7"}, "seed: a value of type str: pass a whole number"),
        ({"tracks": "10"}, "tracks: a value of type str: pass a whole number"),
        ({"tracks": True}, "tracks: a value of type bool: pass a whole number"),
        ({"request_log_size": "5"}, "request_log_size: a value of type str"),
        ({"host": None}, "host: a value of type NoneType: pass a string"),
        ({"public_host": 5}, "public_host: a value of type int: pass a string"),
        ({"client_id": 5}, "client_id: a value of type int: pass a string"),
        ({"client_secret": " "}, "client_secret: it is empty"),
        ({"redirect_uri": "x"}, "redirect_uri: 'x' is not a URI"),
        ({"dataset": 5}, "dataset: a value of type int: pass the path of a file, or a dict"),
        ({"data": 5}, "data: a value of type int: pass the path of a file"),
    ],
)
def test_wrong_arguments(settings, message):
    with pytest.raises(WrongSettingError, match=message):
        Sandbox(**settings)


def test_a_user_is_a_name():
    with Sandbox() as sandbox:
        for user in (5, ["ada-night"], b"ada-night"):
            with pytest.raises(SandboxError, match=r"pass a username or permalink, such as user\.permalink"):
                sandbox.client_settings(user)
        with pytest.raises(SandboxError, match="authorization_url: a value of type NoneType"):
            sandbox.approve(None)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda sandbox: sandbox.set_clock("2026-01-01"), "time: a value of type str: pass a datetime, or None"),
        (lambda sandbox: sandbox.advance_clock(timedelta(1)), "seconds: a value of type timedelta: pass a number"),
        (lambda sandbox: sandbox.reset(seed="x"), "seed: a value of type str"),
        (lambda sandbox: sandbox.reset(dataset=5), "dataset: a value of type int"),
        (lambda sandbox: sandbox.import_data(None), "dataset: it is None"),
        (lambda sandbox: sandbox.import_data([]), "dataset: a value of type list"),
        (lambda sandbox: sandbox.restore(None), "snapshot: a value of type NoneType"),
        (lambda sandbox: sandbox.create_tokens(expires_in="60"), "expires_in: a value of type str"),
        (lambda sandbox: sandbox.list_data("tracks", limit="5"), "limit: a value of type str"),
        (lambda sandbox: sandbox.list_data("tracks", q=None), "q: a value of type NoneType"),
    ],
)
def test_arguments_of_methods_of_a_wrong_type(call, message):
    with Sandbox() as sandbox, pytest.raises(WrongSettingError, match=message):
        call(sandbox)


def test_a_closed_sandbox():
    sandbox = Sandbox()
    sandbox.close()
    sandbox.close()
    for call in (sandbox.reset, sandbox.client_settings, sandbox.user_token, sandbox.usernames, sandbox.export_data):
        with pytest.raises(SandboxError, match="the sandbox is closed: start another one"):
            call()
    with pytest.raises(SandboxError, match="the sandbox is closed"), sandbox:
        pass
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"created_at": "9999-12-31T23:59:59-14:00"}, "is not a time"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "is not a time"),
        ({"tracks": [{"title": "a", "bpm": 10**400}]}, "is not a number above 0"),
    ],
)
def test_values_out_of_range(fields, message):
    tracks = [{"user": "a", **track} for track in fields.pop("tracks", [])]
    with pytest.raises(SandboxError, match=message):
        Sandbox(dataset={"users": [{"permalink": "a", **fields}], "tracks": tracks})


def test_an_early_year_is_exported_as_it_can_be_imported():
    with Sandbox(dataset={"users": [{"permalink": "a", "created_at": "0999-01-01T00:00:00Z"}]}) as sandbox:
        data = sandbox.export_data()
        sandbox.import_data(data)
        assert data["users"][0]["created_at"] == "0999-01-01T00:00:00Z"
