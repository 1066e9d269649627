"""Entries of the response cache: which responses are stored, under which key, and how they are read."""

import pytest

from soundcloud._protocol.cache_entries import (
    FIRST_VERSION,
    STALE_TTLS,
    decode_entry,
    encode_entry,
    entry_key,
    is_cacheable,
    namespace_keys,
)
from soundcloud._protocol.http.messages import Request, Response

API = "https://api.soundcloud.com"


def request(path="/tracks/soundcloud:tracks:1", method="GET", **changes):
    return Request(method, f"{API}{path}", path, **{"shareable": True, **changes})


@pytest.mark.parametrize(
    ("path", "shareable", "expected"),
    [
        ("/tracks/1", True, True),
        ("/tracks/1", False, False),
        ("/tracks/1/streams", True, False),
        ("/tracks/1/preview", True, False),
        ("/tracks/1/streams", False, False),
        ("/tracks/1/streams/2", True, True),
    ],
)
def test_which_requests_are_cached(path, shareable, expected):
    assert is_cacheable(request(path, shareable=shareable)) is expected


@pytest.mark.parametrize(
    ("status", "headers", "stored"),
    [
        (199, {}, False),
        (200, {}, True),
        (201, {}, False),
        (301, {}, False),
        (302, {}, True),
        (303, {}, False),
        (200, {"cache-control": "private, No-Store"}, False),
        (200, {"cache-control": "no-cache"}, True),
    ],
)
def test_which_responses_are_stored(status, headers, stored):
    assert (encode_entry("key", Response(status, headers, b"x"), 5.0) is not None) is stored


def test_an_entry_is_read_under_its_own_key_only():
    headers = {"etag": "e", "content-type": "c", "location": "l", "set-cookie": "s"}
    value = encode_entry("key", Response(302, headers, b"body"), 5.0)
    entry = decode_entry("key", value)

    assert (entry.key, entry.fresh_until) == ("key", 5.0)
    assert entry.response() == Response(302, {"etag": "e", "content-type": "c", "location": "l"}, b"body")
    assert decode_entry("kex", value) is decode_entry("kez", value) is None
    for other in (None, "text", b"", value[:-1], bytes([value[0], value[1] + 1]) + value[2:]):
        assert decode_entry("key", other) is None


def test_the_key_depends_on_everything_that_changes_a_response():
    changed = [
        request(),
        request(method="HEAD"),
        request("/tracks/soundcloud:tracks:2"),
        request(headers={"Accept-Language": "de"}),
        request(headers={"Accept-Language": "en"}),
    ]
    keys = {
        entry_key(each, token, versions) for each in changed for token in (None, "a", "b") for versions in ([], ["1"])
    }

    assert len(keys) == 30
    assert all(key.startswith("soundcloud:") for key in keys)
    assert entry_key(request(), "", []) == entry_key(request(), None, [])
    assert entry_key(request(headers={"a": "1", "B": "2"}), None, []) == entry_key(
        request(headers={"b": "2", "A": "1"}), None, []
    )


def test_the_namespaces_of_a_request():
    one, other, anonymous = (namespace_keys(request(), token) for token in ("a", "b", None))

    assert one[1:] == other[1:] == ["soundcloud:generation:soundcloud:tracks:1"]
    assert len({one[0], other[0], anonymous[0]}) == 3
    assert anonymous == namespace_keys(request(), "")
    assert len(namespace_keys(request("/users/soundcloud:users:1/x/soundcloud:tracks:2"), None)) == 3


def test_the_documented_settings():
    assert (STALE_TTLS, FIRST_VERSION) == (10, "0")
