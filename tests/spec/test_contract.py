"""Every method of both clients sends exactly what the document describes."""

import copy
import inspect
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.registry import Implementation, implementations, methods_by_announcement, namespace_classes
from soundcloud_api.operations import OPERATIONS
from soundcloud_api.types import Operation
from tests.spec.contract import (
    Contract,
    Sent,
    contract_of,
    contracts,
    declared_leaves,
    leaf_of,
    leaves,
    path_values,
    read,
    resolved,
    violations,
)
from tools.coverage_report.stubs import field_attribute, generated_arguments
from tools.openapi.document import OPENAPI_JSON, parse
from tools.openapi.operation_index import identifier

SAMPLES: dict[str, Any] = {
    "access": ("playable", "blocked"),
    "access_token": "another",
    "artwork": b"GIF89a and so on",
    "body": "That bass & more!\n",
    "bpm": (120, 130),
    "check_quota": False,
    "commentable": False,
    "created_at": (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 23, 12, 30, tzinfo=UTC)),
    "cursor": "1234,user-track-likes,1-2",
    "description": "two\nlines",
    "downloadable": True,
    "duration": (timedelta(minutes=1), 600_000),
    "ean": "4006381333931",
    "extra_fields": None,
    "embeddable_by": "me",
    "file": b"some sound",
    "filename": "night.wav",
    "follower": "soundcloud:users:3",
    "following": 3,
    "genre": "Deep House",
    "genres": ["House", "Drum & Bass"],
    "isrc": "DEA010000001",
    "label_name": "Ä label",
    "length": None,
    "license": "cc-by-nc-sa",
    "limit": 17,
    "max_items": 30,
    "link": "https://example.com/buy?a=b",
    "link_title": "Buy",
    "offset": 40,
    "on_progress": lambda sent, total: None,
    "page_number": 3,
    "permalink": "a-night",
    "permalink_url": "https://soundcloud.com/a/sets/b",
    "playlist": "soundcloud:playlists:5",
    "price": "$ 10",
    "purchase_title": "Buy",
    "purchase_url": "https://example.com",
    "query": "lofi & more=?",
    "release": "CAT 1",
    "release_date": date(2026, 11, 23),
    "reveal_comments": True,
    "reveal_stats": False,
    "secret_token": "s-x&y",
    "set_type": "album",
    "sharing": "private",
    "show_tracks": False,
    "sort": "asc",
    "streamable": True,
    "tag_list": 'one "two words"',
    "tags": ["a", "b"],
    "timestamp": 45_000,
    "title": "Night „drive“",
    "token": "another",
    "track": 293,
    "tracks": [1, "soundcloud:tracks:2"],
    "type": "vinyl",
    "url": "https://soundcloud.com/a/b?utm=1&x",
    "urns": [4, "soundcloud:tracks:5"],
    "user": "948745750",
}
SAMPLES_OF_METHODS = {"search.users": {"urns": [4, "soundcloud:users:5"]}}
NEEDED = {"tracks.update": {"title"}, "playlists.update": {"title"}}
"""Arguments that are optional, but not all at once."""
EXCLUSIVE = {"page_number": "offset"}
"""Arguments that exclude each other; each method is called with either."""
WIRE_NAMES = {
    "artwork": "artwork_data",
    "file": "asset_data",
    "page_number": "offset",
    "query": "q",
}
NOT_SENT = {"check_quota", "extra_fields", "filename", "length", "max_items", "on_progress"}
"""Arguments that control how a request is sent, and are not fields of it."""
WITHOUT_REQUEST = {"auth.get_authorization_url", "auth.is_signed_in"}
NOT_REGISTERED = {
    "auth.login",
    "auth.get_client_token",
    "auth.get_user_token",
    "auth.refresh_user_token",
    "playlists.add_tracks",
    "playlists.remove_tracks",
    "playlists.reorder",
    "raw.delete",
    "raw.get",
    "raw.post",
    "raw.put",
    "raw.request",
    "resolve.oembed",
    "resolve.playlist",
    "resolve.resolve",
    "resolve.track",
    "resolve.user",
    "tracks.get_stream",
    "tracks.get_waveform",
    "tracks.publish",
    "tracks.unpublish",
    "tracks.wait_until_playable",
}
"""Methods that send requests and implement no operation of their own."""
NOT_IN_JSON = {"post_playlists": {"artwork_data"}, "put_playlists_playlist_urn": {"artwork_data"}}
"""Binary fields that the document lists for JSON bodies, which cannot hold them."""
AT_AUTH_SERVER = {"auth.sign_out"}
"""Methods of documented operations that send the token in the body, to the host of the token endpoint."""
AUTH_URL = "https://secure.soundcloud.com"

Arguments = dict[str, Any]


@cache
def document() -> dict[str, Any]:
    return parse(OPENAPI_JSON.read_bytes(), name=OPENAPI_JSON.name)


@cache
def operations() -> dict[str, Contract]:
    return {contract.id: contract for contract in contracts(document())}


REGISTERED = implementations()
IN_DOCUMENT = [entry for entry in REGISTERED if entry.operation is not None]
DEPRECATED = {
    each.id
    for each in operations().values()
    if document()["paths"][each.template][each.method.lower()].get("deprecated")
}


def parameters_of(entry: Implementation) -> dict[str, inspect.Parameter]:
    method = getattr(namespace_classes(SoundCloudClient)[entry.namespace], entry.method)
    return {
        name: parameter
        for name, parameter in inspect.signature(method).parameters.items()
        if name != "self" and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }


def sample(entry: Implementation, name: str) -> Any:
    own = SAMPLES_OF_METHODS.get(entry.name, {})
    if name not in own and name not in SAMPLES:
        pytest.fail(f"{entry.name} has the argument {name}, for which SAMPLES has no value: add one")
    return own.get(name, SAMPLES.get(name))


def least(entry: Implementation) -> Arguments:
    needed = NEEDED.get(entry.name, set())
    return {
        name: sample(entry, name)
        for name, parameter in parameters_of(entry).items()
        if parameter.default is inspect.Parameter.empty or name in needed
    }


def every(entry: Implementation) -> list[Arguments]:
    """Return all arguments at once, and again without those that change the request's form or exclude others."""
    all_of_them = {name: sample(entry, name) for name in parameters_of(entry)}
    alternatives = [all_of_them]
    for name, other in EXCLUSIVE.items():
        if name in all_of_them:
            alternatives = [without(arguments, left) for arguments in alternatives for left in (name, other)]
    if "artwork" in all_of_them:
        alternatives += [without(arguments, "artwork") for arguments in alternatives]
    return alternatives


def without(arguments: Arguments, name: str) -> Arguments:
    return {key: value for key, value in arguments.items() if key != name}


def answer(request: httpx.Request) -> httpx.Response:
    contract = contract_of(document(), request.method, request.url.raw_path.decode().partition("?")[0])
    status = 200 if contract is None else contract.status
    # What leads to sound leads away from the API, or it would be followed.
    host = "cf-media.sndcdn.com" if request.url.path.endswith("/preview") else "api.soundcloud.com"
    headers = {"Location": f"https://{host}/tracks/soundcloud:tracks:1"} if status == 302 else {}
    return httpx.Response(status, headers=headers, json={"urn": "soundcloud:tracks:1", "collection": []})


def sync_request(entry: Implementation, arguments: Arguments) -> httpx.Request:
    requests: list[httpx.Request] = []

    def record(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answer(request)

    with SoundCloudClient(access_token="own", transport=httpx.MockTransport(record)) as client:
        getattr(getattr(client, entry.namespace), entry.method)(**arguments)
    (request,) = requests
    return request


def async_request(entry: Implementation, arguments: Arguments) -> httpx.Request:
    requests: list[httpx.Request] = []

    async def record(request: httpx.Request) -> httpx.Response:
        await request.aread()
        requests.append(request)
        return answer(request)

    async def call() -> None:
        async with AsyncSoundCloudClient(access_token="own", transport=httpx.MockTransport(record)) as client:
            await getattr(getattr(client, entry.namespace), entry.method)(**arguments)

    anyio.run(call)
    (request,) = requests
    return request


# Every method is called here; test_deprecated_operations_warn says which of them warn.
pytestmark = pytest.mark.filterwarnings("ignore:SoundCloud deprecates:DeprecationWarning")
BOTH = pytest.mark.parametrize("send", [sync_request, async_request], ids=["sync", "async"])
Send = Callable[[Implementation, Arguments], httpx.Request]


def every_entry(entries: list[Implementation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", entries, ids=[f"{entry.name}-{entry.operation}" for entry in entries])


def allowed_beyond(entry: Implementation, arguments: Arguments) -> set[str]:
    return {name for name in entry.beyond if name == "body" or name in arguments}


def wire_names(entry: Implementation, arguments: Arguments) -> set[str]:
    """Return the names of the arguments in a query or a body."""
    own = {"tracks": "urns"} if entry.name == "tracks.get_tracks" else renamed(entry)
    return {own.get(name) or WIRE_NAMES.get(name, name) for name in arguments if name not in NOT_SENT}


def renamed(entry: Implementation) -> dict[str, str]:
    """Return the names on the wire of the parameters and fields that the rule rename_field renames, by their arguments."""
    operation = str(entry.operation)
    tag = OPERATIONS[operation].tag
    found = {
        argument.name: wire
        for wire, argument in generated_arguments(operation, tag).items()
        if "[" not in wire and argument.name != identifier(wire)
    }
    for body in operations()[operation].bodies.values():
        attributes = {leaf: field_attribute(operation, tag, leaf) for leaf in declared_leaves(body)}
        found |= {
            attribute.name: leaf for leaf, attribute in attributes.items() if attribute and attribute.name != leaf
        }
    return found


def outer_names(sent: Sent) -> set[str]:
    return {name.partition("[")[0] for name in sent.query}


@BOTH
@every_entry(IN_DOCUMENT)
def test_the_least_arguments(send: Send, entry: Implementation):
    arguments = least(entry)
    request = send(entry, arguments)
    contract = operations()[entry.operation]
    sent = read(request)
    extra = {"linked_partitioning"} & contract.query.keys() | (
        {"limit"} if entry.name == "tracks.get_tracks" else set()
    )

    assert violations(document(), request, beyond={"body"} & set(entry.beyond)) == []
    assert contract_of(document(), request.method, request.url.path) == contract
    assert outer_names(sent) - wire_names(entry, arguments) == extra
    assert sent.query.get("linked_partitioning", "true") == "true"
    assert leaves(sent) - wire_names(entry, arguments) == ({"access_token"} if "body" in entry.beyond else set())
    assert request.headers.get("Authorization") == (None if entry.name in AT_AUTH_SERVER else "OAuth own")


@BOTH
@every_entry(IN_DOCUMENT)
def test_every_argument(send: Send, entry: Implementation):
    for arguments in every(entry):
        request = send(entry, arguments)
        contract = operations()[entry.operation]
        sent = read(request)
        in_path = path_values(contract.template, request.url.path) or {}
        in_wire = outer_names(sent) | leaves(sent) | {name.removesuffix("_urn") for name in in_path}
        in_wire |= {name for name, value in arguments.items() if str(value) in in_path.values()}
        given = wire_names(entry, arguments) - {"token", *(() if "body" in entry.beyond else ("access_token",))}

        assert violations(document(), request, beyond=allowed_beyond(entry, arguments)) == []
        assert contract_of(document(), request.method, request.url.path) == contract
        assert given - in_wire == set()
        assert request.url.host == (AUTH_URL if entry.name in AT_AUTH_SERVER else "https://api.soundcloud.com")[8:]
        assert request.headers.get("Authorization") == (None if entry.name in AT_AUTH_SERVER else "OAuth another")


@pytest.mark.parametrize("operation", operations())
def test_every_documented_parameter_is_sent(operation: str):
    contract = operations()[operation]
    entries = [entry for entry in IN_DOCUMENT if entry.operation == operation]
    sent = [read(sync_request(entry, arguments)) for entry in entries for arguments in every(entry)]
    queries = {name for each in sent for name in each.query}
    deep = {
        f"{name}[{inner}]" if parameter.get("style") == "deepObject" else name
        for name, parameter in contract.query.items()
        for inner in parameter["schema"].get("properties", {"": None})
    }
    beyond = {name for entry in entries for name in entry.beyond} - {"body"}

    assert entries, f"no method implements {operation}"
    assert queries == deep | beyond
    # A method that sends all of them at once, linked_partitioning included.
    assert max((outer_names(each) & contract.query.keys() for each in sent), key=len) == contract.query.keys()


@pytest.mark.parametrize(
    ("operation", "media_type"), [(each.id, media_type) for each in operations().values() for media_type in each.bodies]
)
def test_every_documented_field_is_sent(operation: str, media_type: str):
    contract = operations()[operation]
    if media_type == "multipart/x-www-form-urlencoded":
        # There is no such media type; the same form is declared as multipart/form-data.
        assert contract.bodies[media_type] == contract.bodies["multipart/form-data"]
        return
    sent = [
        read(sync_request(entry, arguments))
        for entry in IN_DOCUMENT
        if entry.operation == operation
        for arguments in every(entry)
    ]
    fields = {name for each in sent if each.media_type == media_type for name in leaves(each)}
    impossible = NOT_IN_JSON.get(operation, set()) if media_type == "application/json" else set()

    assert fields == declared_leaves(contract.bodies[media_type]) - impossible


@pytest.mark.parametrize("operation", operations())
def test_an_operation_that_is_gone_fails(operation: str):
    contract = operations()[operation]
    entries = [entry for entry in IN_DOCUMENT if entry.operation == operation]
    without_path = copy.deepcopy(document())
    del without_path["paths"][contract.template]
    without_method = copy.deepcopy(document())
    del without_method["paths"][contract.template][contract.method.lower()]

    assert entries
    for entry in entries:
        request = sync_request(entry, least(entry))
        expected = [
            f"{request.method} {request.url.raw_path.decode().partition('?')[0]} is no operation of the document"
        ]
        beyond = allowed_beyond(entry, least(entry)) | {"body"}
        assert violations(document(), request, beyond=beyond) == []
        assert violations(without_path, request, beyond=beyond) == expected
        assert violations(without_method, request, beyond=beyond) == expected


@pytest.mark.parametrize(
    ("operation", "name"), [(each.id, name) for each in operations().values() for name in each.query]
)
def test_a_parameter_that_is_gone_fails(operation: str, name: str):
    contract = operations()[operation]
    less = copy.deepcopy(document())
    owner = less["paths"][contract.template][contract.method.lower()]
    owner["parameters"] = [
        parameter for parameter in owner["parameters"] if resolved(document(), parameter)["name"] != name
    ]
    problems = [
        violations(less, sync_request(entry, arguments), beyond=allowed_beyond(entry, arguments))
        for entry in IN_DOCUMENT
        if entry.operation == operation
        for arguments in every(entry)
    ]

    assert {problem.partition(" is not")[0].partition("[")[0] for each in problems for problem in each} == {
        f"the query's {name}"
    }


@BOTH
@every_entry([entry for entry in IN_DOCUMENT if entry.operation in DEPRECATED])
def test_deprecated_operations_warn(send: Send, entry: Implementation):
    contract = operations()[entry.operation]
    expected = f"SoundCloud deprecates {contract.method} {contract.template}"

    with pytest.warns(DeprecationWarning, match=re.escape(expected)) as caught:
        send(entry, least(entry))

    assert [Path(each.filename) for each in caught] == [Path(__file__)]  # the line of the caller


@pytest.mark.parametrize("client", [SoundCloudClient, AsyncSoundCloudClient])
def test_only_methods_of_deprecated_operations_are_marked(client: type[SoundCloudClient | AsyncSoundCloudClient]):
    namespaces = namespace_classes(client)
    marked = {
        entry.operation
        for entry in REGISTERED
        if hasattr(getattr(namespaces[entry.namespace], entry.method), "__deprecated__")
    }

    assert marked == DEPRECATED


def test_both_clients_have_every_method():
    assert [entry.name for entry in REGISTERED if not (entry.sync and entry.asynchronous)] == []


@pytest.mark.parametrize("client", [SoundCloudClient, AsyncSoundCloudClient])
def test_every_method_that_sends_is_registered(client: type[SoundCloudClient | AsyncSoundCloudClient]):
    public = {
        f"{namespace}.{name}"
        for namespace, cls in namespace_classes(client).items()
        for name, _ in inspect.getmembers(cls, callable)
        if not name.startswith("_")
    }

    announced = {name for names in methods_by_announcement().values() for name in names}
    registered = {entry.name for entry in REGISTERED}
    assert public - registered == NOT_REGISTERED | WITHOUT_REQUEST | (announced - registered)


@BOTH
def test_a_call_that_the_document_lacks(send: Send):
    entries = [entry for entry in REGISTERED if entry.operation is None]
    calls: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        request = send(entry, least(entry))
        calls[entry.name] = (f"{request.method} {request.url.raw_path.decode()}",)
        assert contract_of(document(), request.method, request.url.path) is None, "it is documented now: register it"

    assert calls == {entry.name: entry.beyond for entry in entries}


def test_renamed_parameters_and_fields_have_their_names_on_the_wire(monkeypatch: pytest.MonkeyPatch):
    def get_me_followers(*, start: int | None = None):
        return Operation("get_me_followers", "GET", "/me/followers", {}, query={"from": start})

    monkeypatch.setattr("soundcloud_api.api.me.get_me_followers", get_me_followers)
    swapped = {"body": "timestamp", "timestamp": "body"}
    monkeypatch.setattr("soundcloud_api.models.CommentMetadata._json_names", swapped, raising=False)
    entries = {entry.operation: entry for entry in IN_DOCUMENT}

    assert wire_names(entries["get_me_followers"], {"start": 1}) == {"from"}
    assert renamed(entries["post_tracks_track_urn_comments"]) == swapped
    assert renamed(entries["put_playlists_playlist_urn"]) == {}


def test_no_sample_is_left_over():
    used = {name for entry in REGISTERED for name in parameters_of(entry)}

    assert SAMPLES.keys() - used == set()


def test_a_name_in_brackets():
    assert [leaf_of(name) for name in ("track[title]", "playlist[tracks][][urn]", "title")] == [
        "title",
        "tracks",
        "title",
    ]
