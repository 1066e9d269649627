"""Property tests of decoding: no JSON raises another exception, no value is lost, and drift does not affect other fields."""

import importlib
import inspect
import json
import pickle
import pkgutil
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import soundcloud_api.api
from soundcloud import SoundCloudError, Token, UnexpectedResponseError
from soundcloud._protocol.decoding import Drifts, decode
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.http.messages import Response
from soundcloud._protocol.oauth import read_token
from soundcloud.models import Activities, Comment, Playlist, Track, User
from soundcloud.raw import decode_raw_response
from soundcloud_api.operations import OPERATIONS as operations_of_the_document  # noqa: N811
from soundcloud_api.types import Model, Operation, convert
from tests.helpers import always_sent

NOW = datetime(2026, 11, 23, tzinfo=UTC)

properties = settings(
    derandomize=True,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

TIMESTAMP = "2019/01/15 15:40:49 +0000"
USER = always_sent.USER | {
    "urn": "soundcloud:users:2",
    "id": 2,
    "kind": "user",
    "username": "forss",
    "followers_count": 0,
    "city": None,
    "last_modified": TIMESTAMP,
    "created_at": TIMESTAMP,
    "online": False,
    "plan": "Pro Unlimited",
    "subscriptions": [{"product": {"id": "creator-pro-unlimited", "name": "Pro Unlimited"}}],
}
TRACK = always_sent.TRACK | {
    "urn": "soundcloud:tracks:293",
    "id": 293,
    "kind": "track",
    "title": "Flickermood",
    "created_at": TIMESTAMP,
    "duration": 213886,
    "bpm": None,
    "access": "playable",
    "streamable": True,
    "available_country_codes": None,
    "release_year": 2007,
    "policy": None,
    "user": USER,
}
PLAYLIST = always_sent.PLAYLIST | {
    "urn": "soundcloud:playlists:5",
    "kind": "playlist",
    "title": "Soulhack",
    "last_modified": TIMESTAMP,
    "track_count": 2,
    "label": None,
    "tags": "",
    "user": USER,
    "tracks": [TRACK, {**TRACK, "urn": "soundcloud:tracks:294", "bpm": 97.5}],
}
COMMENT = {"urn": "soundcloud:comments:1", "body": "!", "timestamp": 4960, "created_at": TIMESTAMP, "user": USER}
ACTIVITIES = {
    "collection": [
        {"type": "track:repost", "reposter": "soundcloud:users:1", "created_at": TIMESTAMP, "origin": TRACK},
        {"type": "playlist", "created_at": TIMESTAMP, "origin": PLAYLIST},
    ],
    "next_href": None,
    "future_href": "https://api.soundcloud.com/me/activities?uuid%5Bto%5D=1",
}
EXAMPLES = [(Track, TRACK), (User, USER), (Playlist, PLAYLIST), (Comment, COMMENT), (Activities, ACTIVITIES)]
LISTS = {"collection", "tracks", "subscriptions"}
ERROR_KEYS = ["code", "message", "error", "errors", "error_code", "status", "link", "meta", "rate_limit", "reset_time"]


def operations() -> list[Operation]:
    """Return every operation of the document, with placeholder arguments."""
    result = []
    for module in pkgutil.walk_packages(soundcloud_api.api.__path__, "soundcloud_api.api."):
        function = getattr(importlib.import_module(module.name), module.name.rpartition(".")[2], None)
        if inspect.isfunction(function):
            required = [
                name for name, each in inspect.signature(function).parameters.items() if each.default is each.empty
            ]
            result.append(function(**dict.fromkeys(required, "x")))
    return result


OPERATIONS = operations()
RESPONSE_TYPES = list({str(sorted(each.responses.items(), key=str)): each.responses for each in OPERATIONS}.values())
KEYS = sorted(
    {key for _, data in EXAMPLES for key in data} | {*USER, *TRACK, *PLAYLIST, "collection", "next_href", *ERROR_KEYS}
)
UNUSUAL_STRINGS = [
    "",
    " ",
    "inf",
    "-inf",
    "nan",
    "1e999",
    "12.5",
    "track",
    "playlist",
    "0001/01/01 00:00:00 +2359",
    "9999-12-31T23:59:59-23:59",
    TIMESTAMP,
]
STRINGS = st.sampled_from(UNUSUAL_STRINGS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = (
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([2**63, -(2**70), 1e308, -0.0])
)
SCALARS = st.none() | st.booleans() | NUMBERS | STRINGS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | STRINGS, inner, max_size=4),
    max_leaves=8,
)
STATUSES = st.sampled_from([200, 201, 202, 204, 206, 301, 302, 304, 399])


def same(one: object, other: object) -> bool:
    """Return whether two values are equal and have the same types: True is not 1, and 1 is not 1.0."""
    return repr(one) == repr(other)


def decoded(cls, data):
    drifts = Drifts()
    value = decode(Response(200, {}, json.dumps(data).encode()), {200: cls}, drifts)
    return value, drifts


def models_in(value: object, found: list[Model]) -> list[Model]:
    """Append every model in a response to `found`; return it."""
    if isinstance(value, list):
        for item in value:
            models_in(item, found)
    elif isinstance(value, Model):
        found.append(value)
        for name in type(value)._nested:
            models_in(getattr(value, name, None), found)
    return found


def attempt(content: bytes, status: int, types, headers=None) -> None:
    """Decode a response and use its value; only an UnexpectedResponseError may be raised."""
    response = Response(status, headers or {}, content)
    drifts = Drifts()
    try:
        value = decode(response, types, drifts)
    except UnexpectedResponseError as raised:
        error = pickle.loads(pickle.dumps(raised))
        value = None
    else:
        error = None

    assert error is None or (error.status, error.body) == (status, content)
    assert "\n" not in str(error)
    for model in models_in(value, []):
        assert repr(model).startswith(type(model).__name__)
        assert isinstance(model.raw, dict)
        assert model.extra.keys() <= model.raw.keys()
    assert repr(pickle.loads(pickle.dumps(value))) == repr(value)
    assert [str(drift) for drift in drifts if not drift.path.startswith("$")] == []


def test_all_operations_are_tested():
    assert {each.id for each in OPERATIONS} == operations_of_the_document.keys()


@properties
@given(VALUES, STATUSES, st.sampled_from(RESPONSE_TYPES), st.booleans())
@example({"timestamp": "inf"}, 200, {200: Comment}, False)
@example([{"timestamp": "-inf"}], 200, {200: list[Comment]}, False)
@example({"collection": [{"timestamp": "inf", "body": 3}]}, 200, {200: Comment}, True)
@example({"collection": {"title": "one"}, "next_href": 3}, 200, {200: Activities}, False)
@example({"user": [], "title": 3}, 200, {200: Track}, False)
def test_any_json(value, status, types, spaced):
    content = json.dumps(value, ensure_ascii=not spaced).encode()

    attempt(b" \n" + content if spaced else content, status, types)


@properties
@given(
    st.binary(max_size=60)
    | st.sampled_from([b"[" * 100_000, b'{"user":' * 50_000, b'{"title":"\\ud800"}', b"1e999", b"<html>"])
)
def test_any_bytes(content):
    for types in RESPONSE_TYPES:
        attempt(content, 200, types)


@properties
@given(
    VALUES, st.integers(400, 999), st.dictionaries(st.sampled_from(["retry-after", "x-request-id"]), STRINGS), st.data()
)
def test_any_error(value, status, headers, data):
    cut = data.draw(st.integers(0, 5))
    content = json.dumps(value).encode()
    error = error_from_response(Response(status, headers, content[: len(content) - cut]))

    assert isinstance(error, SoundCloudError)
    assert error.status == status
    assert "\n" not in error.message
    assert len(error.message) < 400
    assert all(isinstance(message, str) for message in error.errors)
    assert error.link is None or isinstance(error.link, str)
    assert vars(pickle.loads(pickle.dumps(error))) == vars(error)


@properties
@given(VALUES | st.fixed_dictionaries({"access_token": STRINGS, "expires_in": VALUES, "refresh_token": VALUES}))
def test_any_token_response(value):
    try:
        token = read_token(Response(200, {}, json.dumps(value).encode()), now=NOW, grant=None)
    except UnexpectedResponseError:
        assert not (isinstance(value, dict) and isinstance(value.get("access_token"), str) and value["access_token"])
        return

    assert isinstance(token, Token)
    assert token.access_token == value["access_token"]
    assert token.expires_at is None or token.expires_at.tzinfo is UTC


@properties
@given(st.binary(max_size=40) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_raw_response(content):
    response = decode_raw_response(200, {}, content)

    try:
        expected = json.loads(content) if content else None
    except ValueError:
        return
    assert same(response.data, expected) or isinstance(response.data, str)


Path = tuple[str | int, ...]


def paths_in(value: object, path: Path = ()) -> list[Path]:
    """Return the path of every value in a JSON value, except the root."""
    found: list[Path] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found += [(*path, key), *paths_in(inner, (*path, key))]
    return found


def path_string(path: Path) -> str:
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


def value_at(value, path: Path):
    for key in path:
        value = value[key] if isinstance(value, dict | list) else getattr(value, key)
    return value


def fits(cls, name: str, value: object) -> bool:
    """Return whether a value fits a field of a model."""
    try:
        convert({name: value}, cls, lenient=True)
    except (msgspec.ValidationError, OverflowError):
        return False
    return True


def models_with_sources(model: Model, data) -> list[tuple[Model, dict]]:
    """Return every model with the JSON object that it was decoded from."""
    found = [(model, data)]
    for name in type(model)._nested:
        value = model._values().get(name)
        if isinstance(value, Model):
            found += models_with_sources(value, data[name])
        elif isinstance(value, list) and all(isinstance(item, Model) for item in value):
            objects = [item for item in data[name] if isinstance(item, dict)]
            for item, source in zip(value, objects, strict=True):
                found += models_with_sources(item, source)
    return found


@st.composite
def mutations(draw):
    """Generate an example and replacements of some of its values; no path contains another."""
    cls, data = draw(st.sampled_from(EXAMPLES))
    chosen: list[Path] = []
    for path in draw(st.lists(st.sampled_from(paths_in(data)), min_size=1, max_size=4, unique=True)):
        if not any(path[: len(other)] == other or other[: len(path)] == path for other in chosen):
            chosen.append(path)
    return cls, data, {path: draw(VALUES) for path in chosen}


def is_model_field(model: object, path: Path) -> bool:
    """Return whether a path is a field of a model, not an undocumented field."""
    owner = (
        value_at(model, path[:-1])
        if all(hasattr_path(model, path[: index + 1]) for index in range(len(path) - 1))
        else None
    )
    return isinstance(owner, Model) and isinstance(path[-1], str) and hasattr(owner, path[-1])


def hasattr_path(model: object, path: Path) -> bool:
    try:
        value_at(model, path)
    except (AttributeError, LookupError, TypeError):
        return False
    return True


@settings(properties, max_examples=700)
@given(mutations())
@example((Comment, COMMENT, {("timestamp",): "inf"}))
@example((Track, TRACK, {("user",): []}))
@example((Track, TRACK, {("user",): [{"username": "in a list"}]}))
@example((Playlist, PLAYLIST, {("tracks",): {"title": "not in a list"}}))
@example((Activities, ACTIVITIES, {("collection",): {"type": "not in a list"}}))
@example((Playlist, PLAYLIST, {("tracks", 0, "title"): 7, ("tracks", 1, "user", "city"): [1]}))
def test_drift_does_not_affect_other_fields(mutated):
    cls, data, changes = mutated
    changed = json.loads(json.dumps(data))  # a copy without shared objects
    for path, value in changes.items():
        value_at(changed, path[:-1])[path[-1]] = value
    untouched, no_drifts = decoded(cls, data)
    model, drifts = decoded(cls, changed)

    assert no_drifts == []
    for each, source in models_with_sources(model, changed):
        assert same(each.raw, source)
        assert same(each.extra, {name: value for name, value in source.items() if not hasattr(type(each), name)})
    # Drifts are at or below the changed paths.
    assert [
        drift
        for drift in drifts
        if not any(
            drift.path == path_string(path) or drift.path.startswith((f"{path_string(path)}.", f"{path_string(path)}["))
            for path in changes
        )
    ] == []
    for path, value in changes.items():
        if is_comparable(changes, path) and is_model_field(model, path):
            check_change(model, path, value, {drift.path for drift in drifts})
    # Unchanged values are the same, unless their object was replaced.
    for path in paths_in(data):
        touched = any(path[: len(other)] == other or other[: len(path)] == path for other in changes)
        alive = hasattr_path(untouched, path) and not isinstance(value_at(untouched, path), Model | list)
        if alive and not touched and is_comparable(changes, path):
            assert same(value_at(model, path), value_at(untouched, path))


def is_comparable(changes, path: Path) -> bool:
    """Return whether a path still has its meaning: no item of its list and no kind of an origin was replaced."""
    return not any(
        (other[-2:] == ("origin", "kind") or isinstance(other[-1], int)) and path[: len(other) - 1] == other[:-1]
        for other in changes
    )


def check_change(model, path: Path, value: object, drifts: set[str]) -> None:
    """Check a changed field: it holds the decoded value, or a partly decoded one, or the JSON value and a drift."""
    owner, name = value_at(model, path[:-1]), str(path[-1])
    if value is None and name in type(owner)._present:
        assert name not in owner._values()
        assert path_string(path) in drifts
        return
    held = getattr(owner, name)
    if fits(type(owner), name, value):
        alone = getattr(convert({name: value}, type(owner), lenient=True), name)
        assert held == alone
        assert same(held, alone)
        assert path_string(path) not in drifts
    elif isinstance(value, list if name in LISTS else dict) and name in type(owner)._nested:
        assert isinstance(held, list if name in LISTS else Model)
        assert any(drift.startswith((f"{path_string(path)}.", f"{path_string(path)}[")) for drift in drifts)
    else:
        assert same(held, value)
        assert path_string(path) in drifts


@pytest.mark.parametrize(("cls", "data"), EXAMPLES)
def test_examples_have_no_drift(cls, data):
    model, drifts = decoded(cls, data)

    assert drifts == []
    assert len(models_in(model, [])) > 1
    assert all(
        fits(type(each), name, value)
        for each in models_in(model, [])
        for name, value in each.raw.items()
        if hasattr(each, name)
    )
