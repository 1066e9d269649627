"""Drift and malformed pages: the injected changes, and how the client handles them."""

import asyncio
import json
from copy import deepcopy
from itertools import islice
from random import Random

import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.errors import PaginationError, SoundCloudError
from soundcloud.events import DriftEvent
from soundcloud.sandbox import Faults
from soundcloud.sandbox.faults.drift import (
    FOREIGN_HOST,
    NEW_FIELD,
    NEW_VALUE,
    drift,
    remove_empty_page_marker,
    shorten_page,
)
from soundcloud.sandbox.faults.settings import DRIFT_KINDS, FLAKY_KINDS


@pytest.fixture
def settings(sandbox):
    return {"access_token": sandbox.user_token(), "base_url": sandbox.api_url, "auth_url": sandbox.auth_url}


@pytest.fixture
def events():
    return []


@pytest.fixture
def client(settings, events):
    with SoundCloudClient(**settings, on_event=events.append) as client:
        yield client


def differences(before, after, path="$"):
    """Yield the places where two JSON values differ, with the kind of difference."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            if name not in before:
                yield f"{path}.{name}", "added"
            elif name not in after:
                yield f"{path}.{name}", "removed"
            else:
                yield from differences(before[name], after[name], f"{path}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from differences(*pair, f"{path}[{index}]")
    elif before != after or type(before) is not type(after):
        yield path, (before, after)


@pytest.mark.parametrize("kind", DRIFT_KINDS)
@pytest.mark.parametrize("path", ["/tracks?limit=5", "/tracks?limit=5&linked_partitioning=true", "/me/feed?limit=5"])
def test_kind_of_drift_is_applied_once(sandbox, ada, path, kind):
    plain = ada.get(path).json()
    sandbox.set_faults(Faults(drift=kind))
    response = ada.get(path)
    found = list(differences(plain, response.json()))

    assert sandbox.requests[-1].faults == (kind,)
    assert len(found) == 1
    place, how = found[0]
    if kind == "unknown_field":
        assert (place.rpartition(".")[2], how) == (NEW_FIELD, "added")
    elif kind == "unknown_enum_value":
        assert how[1] == NEW_VALUE
    elif kind == "null":
        assert how[0] is not None
        assert how[1] is None
    elif kind == "changed_type":
        assert type(how[0]) is not type(how[1])
    else:
        assert how == "removed"


def test_all_kinds_change_different_fields():
    track = {
        "urn": "soundcloud:tracks:1",
        "kind": "track",
        "access": "playable",
        "title": "x",
        "duration": 5,
        "user": {},
    }
    for seed in range(300):
        data = {"collection": [deepcopy(track)], "next_href": "https://api.soundcloud.com/tracks"}
        applied = drift(data, DRIFT_KINDS, Random(seed))
        changed = data["collection"][0]

        assert applied == list(DRIFT_KINDS)
        assert data.keys() == {"collection", "next_href"}
        assert (changed["urn"], changed["kind"]) == ("soundcloud:tracks:1", "track")
        assert NEW_FIELD in changed or NEW_FIELD in changed.get("user", {})
        assert changed["access"] == NEW_VALUE
        json.dumps(changed)


def test_values_without_fields_do_not_drift():
    for data in ([], {}, {"collection": [], "next_href": None}, {"urn": "x"}, None, 5, "x"):
        before = deepcopy(data)
        assert drift(data, ("null", "removed_field", "changed_type", "unknown_enum_value"), Random(1)) == []
        assert data == before


@pytest.mark.parametrize(
    ("value", "kinds"),
    [(True, {str}), (5, {str}), (5.5, {str}), ("x", {list, dict}), ([1], {dict}), ({"a": 1}, {list, dict, str})],
)
def test_changed_type(value, kinds):
    found = set()
    for seed in range(30):
        data = {"field": deepcopy(value)}
        drift(data, ("changed_type",), Random(seed))
        found.add(type(data.get("field")))

    assert found <= kinds


def test_drift_changes_different_fields(sandbox, ada):
    plain = ada.get("/tracks", params={"limit": 20}).json()
    sandbox.set_faults(Faults(drift="null"))
    places = {
        place for _ in range(20) for place, _ in differences(plain, ada.get("/tracks", params={"limit": 20}).json())
    }

    assert len(places) > 15


def test_unsuccessful_responses_do_not_drift(sandbox, ada, track):
    sandbox.set_faults(Faults(drift=DRIFT_KINDS))

    assert ada.get("/tracks/1").json()["code"] == 404
    assert ada.get(f"/tracks/{track['urn']}/preview").status_code == 302
    assert ada.post("/sign-out").content == b""
    assert [request.faults for request in sandbox.requests[-3:]] == [(), (), ()]


def test_drift_rate(sandbox, ada):
    sandbox.set_faults(Faults(drift="unknown_field", drift_rate=0.5))
    changed = [NEW_FIELD in ada.get("/me").text for _ in range(40)]

    assert 8 < sum(changed) < 32


def read_resources(client, urn):
    """Read resources of every kind, two pages of each list, and return the number of items."""
    count = 0
    for page in (
        client.search.tracks("a", limit=7),
        client.me.get_likes_tracks(limit=7),
        client.me.get_feed(limit=7),
        client.me.get_followings(limit=7),
        client.me.get_playlists(limit=7),
        client.tracks.get_comments(urn, limit=7),
        client.users.get_web_profiles(client.me.get_me()),
    ):
        for item in islice(page, 14):
            repr(item)
            count += 1
    repr(client.tracks.get_track(urn))
    repr(client.tracks.get_streams(urn))
    return count


def test_client_survives_drift(sandbox, client, events, track):
    plain = read_resources(client, track["urn"])
    assert not any(isinstance(event, DriftEvent) for event in events)
    for seed in range(8):
        sandbox.set_faults(Faults(drift=DRIFT_KINDS, seed=seed))
        assert read_resources(client, track["urn"]) == plain

    # A type that differs from the document is reported.
    assert any(isinstance(event, DriftEvent) for event in events)


def test_empty_page_is_followed_by_the_real_page(sandbox, ada, fetch_pages):
    plain = fetch_pages(ada, "/tracks", q="a", limit=150)
    sandbox.set_faults(Faults(flaky_pages="empty_page_with_next"))
    pages = fetch_pages(ada, "/tracks", q="a", limit=150)

    assert len(plain) > 2
    assert [page["collection"] for page in pages[::2]] == [[]] * len(plain)
    assert [page["collection"] for page in pages[1::2]] == [page["collection"] for page in plain]
    assert sandbox.requests[-1].faults == ()
    assert sandbox.requests[-2].faults == ("empty_page_with_next",)


def test_short_pages_have_all_items(sandbox, ada, fetch_pages):
    plain = fetch_pages(ada, "/me/followings", limit=10)
    sandbox.set_faults(Faults(flaky_pages="short_page"))
    pages = fetch_pages(ada, "/me/followings", limit=10)

    def urns(pages):
        return [item["urn"] for page in pages for item in page["collection"]]

    assert urns(pages) == urns(plain)
    assert len(pages) > len(plain)
    assert all(0 < len(page["collection"]) < 10 for page in pages[:-1])
    assert all("page_size=10" in page["next_href"] for page in pages[:-1])
    assert sandbox.requests[-2].faults == ("short_page",)


def test_pages_that_cannot_be_shorter_are_unchanged(sandbox, ada):
    sandbox.set_faults(Faults(flaky_pages="short_page"))
    one = ada.get("/tracks", params={"limit": 1, "linked_partitioning": "true"}).json()
    wrong = ada.get("/tracks", params={"limit": "many", "linked_partitioning": "true"})
    array = ada.get("/tracks", params={"limit": 9}).json()

    assert (len(one["collection"]), wrong.status_code, len(array)) == (1, 400, 9)
    assert [request.faults for request in sandbox.requests] == [(), (), ()]


def test_repeated_href(sandbox, ada):
    sandbox.set_faults(Faults(flaky_pages="repeated_href"))
    page = ada.get("/tracks?q=a&limit=3&linked_partitioning=true")

    assert page.json()["next_href"] == str(page.url)
    assert len(page.json()["collection"]) == 3


def test_foreign_host(sandbox, ada):
    plain = ada.get("/tracks?q=a&limit=3&linked_partitioning=true").json()
    sandbox.set_faults(Faults(flaky_pages="foreign_host"))
    page = ada.get("/tracks?q=a&limit=3&linked_partitioning=true").json()

    assert httpx.URL(page["next_href"]).host == FOREIGN_HOST
    assert httpx.URL(page["next_href"]).raw_path == httpx.URL(plain["next_href"]).raw_path
    # The last page has one too.
    last = ada.get("/tracks?q=nothing-is-called-this&linked_partitioning=true").json()
    assert httpx.URL(last["next_href"]).host == FOREIGN_HOST


@pytest.mark.parametrize("kind", ["empty_page_with_next", "short_page"])
def test_client_reads_all_pages(sandbox, client, kind):
    plain = [user.urn for user in client.me.get_followings(limit=9)]
    sandbox.set_faults(Faults(flaky_pages=kind))

    assert [user.urn for user in client.me.get_followings(limit=9)] == plain
    assert len(plain) > 9
    assert len(sandbox.requests.matching(fault=kind)) > 1


@pytest.mark.parametrize(("kind", "message"), [("repeated_href", "repeats"), ("foreign_host", FOREIGN_HOST)])
def test_clients_raise_pagination_error(sandbox, client, settings, kind, message):
    sandbox.set_faults(Faults(flaky_pages=kind))
    seen = []
    with pytest.raises(PaginationError, match=message):
        seen.extend(client.search.tracks("a", limit=5))
    # The items before the error were returned.
    assert len(seen) == 5

    async def fetch_pages():
        async with AsyncSoundCloudClient(**settings) as other:
            return [user async for user in other.me.get_followings(limit=5)]

    with pytest.raises(PaginationError, match=message):
        asyncio.run(fetch_pages())


def test_iteration_ends_with_any_faults(sandbox, client):
    ended = set()
    for seed in range(12):
        sandbox.set_faults(
            Faults(
                flaky_pages=FLAKY_KINDS,
                flaky_rate=0.4,
                drift=DRIFT_KINDS,
                error_rate=0.05,
                seed=seed,
                slow_seconds=0.01,
            )
        )
        try:
            for user in client.me.get_followings(limit=4):
                repr(user)
            ended.add("complete")
        except SoundCloudError as error:
            ended.add(type(error).__name__)

    assert "PaginationError" in ended
    assert len(ended) > 1


def test_queries():
    assert remove_empty_page_marker(b"a=1&after_empty=1&b=%20") == b"a=1&b=%20"
    assert remove_empty_page_marker(b"after_empty=1") == b""
    assert remove_empty_page_marker(b"a=after_empty=1") is None
    assert remove_empty_page_marker(b"") is None
    query, size = shorten_page(b"q=%C3%A9+x&limit=10&page_size=50", Random(1))
    assert size == 10
    assert query.startswith(b"q=%C3%A9+x&limit=")
    assert 1 <= int(query.rpartition(b"=")[2]) < 10
    assert shorten_page(b"", Random(1))[1] == 50
    assert shorten_page(b"limit=1", Random(1)) is None
    assert shorten_page(b"limit=1e3", Random(1)) is None
