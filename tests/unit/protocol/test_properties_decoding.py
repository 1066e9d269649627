"""Decoding, whatever comes: nothing breaks it, nothing is lost, and what fits is not disturbed by what does not."""

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
from soundcloud_api.types import Model, Operation

NOW = datetime(2026, 11, 23, tzinfo=UTC)

properties = settings(
    derandomize=True,
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

MOMENT = "2019/01/15 15:40:49 +0000"
USER = {
    "urn": "soundcloud:users:2",
    "id": 2,
    "kind": "user",
    "username": "forss",
    "followers_count": 0,
    "city": None,
    "last_modified": MOMENT,
    "created_at": MOMENT,
    "online": False,
    "plan": "Pro Unlimited",
    "subscriptions": [{"product": {"id": "creator-pro-unlimited", "name": "Pro Unlimited"}}],
}
TRACK = {
    "urn": "soundcloud:tracks:293",
    "id": 293,
    "kind": "track",
    "title": "Flickermood",
    "created_at": MOMENT,
    "duration": 213886,
    "bpm": None,
    "access": "playable",
    "streamable": True,
    "available_country_codes": None,
    "release_year": 2007,
    "policy": None,
    "user": USER,
}
PLAYLIST = {
    "urn": "soundcloud:playlists:5",
    "kind": "playlist",
    "title": "Soulhack",
    "last_modified": MOMENT,
    "track_count": 2,
    "label": None,
    "tags": "",
    "user": USER,
    "tracks": [TRACK, {**TRACK, "urn": "soundcloud:tracks:294", "bpm": 97.5}],
}
COMMENT = {"urn": "soundcloud:comments:1", "body": "!", "timestamp": 4960, "created_at": MOMENT, "user": USER}
ACTIVITIES = {
    "collection": [
        {"type": "track:repost", "reposter": "soundcloud:users:1", "created_at": MOMENT, "origin": TRACK},
        {"type": "playlist", "created_at": MOMENT, "origin": PLAYLIST},
    ],
    "next_href": None,
    "future_href": "https://api.soundcloud.com/me/activities?uuid%5Bto%5D=1",
}
REALISTIC = [(Track, TRACK), (User, USER), (Playlist, PLAYLIST), (Comment, COMMENT), (Activities, ACTIVITIES)]
LISTS = {"collection", "tracks", "subscriptions"}
ERROR_KEYS = ["code", "message", "error", "errors", "error_code", "status", "link", "meta", "rate_limit", "reset_time"]


def operations() -> list[Operation]:
    """Every operation of the document, made with placeholders."""
    made = []
    for module in pkgutil.walk_packages(soundcloud_api.api.__path__, "soundcloud_api.api."):
        function = getattr(importlib.import_module(module.name), module.name.rpartition(".")[2], None)
        if inspect.isfunction(function):
            needed = [
                name for name, each in inspect.signature(function).parameters.items() if each.default is each.empty
            ]
            made.append(function(**dict.fromkeys(needed, "x")))
    return made


OPERATIONS = operations()
REPLIES = list({str(sorted(each.responses.items(), key=str)): each.responses for each in OPERATIONS}.values())
KEYS = sorted(
    {key for _, data in REALISTIC for key in data} | {*USER, *TRACK, *PLAYLIST, "collection", "next_href", *ERROR_KEYS}
)
ODD_TEXTS = [
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
    MOMENT,
]
TEXTS = st.sampled_from(ODD_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = (
    st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([2**63, -(2**70), 1e308, -0.0])
)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | TEXTS, inner, max_size=4),
    max_leaves=8,
)
STATUSES = st.sampled_from([200, 201, 202, 204, 206, 301, 302, 304, 399])


def same(one: object, other: object) -> bool:
    """Equal, with the same types all the way down: True is not 1, and 1 is not 1.0."""
    return repr(one) == repr(other)


def decoded(cls, data):
    drifts = Drifts()
    value = decode(Response(200, {}, json.dumps(data).encode()), {200: cls}, drifts)
    return value, drifts


def models_in(value: object, found: list[Model]) -> list[Model]:
    """Every model in a reply."""
    if isinstance(value, list):
        for item in value:
            models_in(item, found)
    elif isinstance(value, Model):
        found.append(value)
        for name in type(value)._nested:
            models_in(getattr(value, name), found)
    return found


def attempt(content: bytes, status: int, replies, headers=None) -> None:
    """Read a reply and use all that it gives; only errors of this package are allowed."""
    reply = Response(status, headers or {}, content)
    drifts = Drifts()
    try:
        value = decode(reply, replies, drifts)
    except UnexpectedResponseError as problem:
        error = pickle.loads(pickle.dumps(problem))
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


def test_every_operation_is_here():
    assert {each.id for each in OPERATIONS} == operations_of_the_document.keys()


@properties
@given(VALUES, STATUSES, st.sampled_from(REPLIES), st.booleans())
@example({"timestamp": "inf"}, 200, {200: Comment}, False)
@example([{"timestamp": "-inf"}], 200, {200: list[Comment]}, False)
@example({"collection": [{"timestamp": "inf", "body": 3}]}, 200, {200: Comment}, True)
@example({"collection": {"title": "one"}, "next_href": 3}, 200, {200: Activities}, False)
@example({"user": [], "title": 3}, 200, {200: Track}, False)
def test_any_json(value, status, replies, spaced):
    content = json.dumps(value, ensure_ascii=not spaced).encode()

    attempt(b" \n" + content if spaced else content, status, replies)


@properties
@given(
    st.binary(max_size=60)
    | st.sampled_from([b"[" * 100_000, b'{"user":' * 50_000, b'{"title":"\\ud800"}', b"1e999", b"<html>"])
)
def test_any_bytes(content):
    for replies in REPLIES:
        attempt(content, 200, replies)


@properties
@given(
    VALUES, st.integers(400, 999), st.dictionaries(st.sampled_from(["retry-after", "x-request-id"]), TEXTS), st.data()
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
@given(VALUES | st.fixed_dictionaries({"access_token": TEXTS, "expires_in": VALUES, "refresh_token": VALUES}))
def test_any_answer_of_the_token_endpoint(value):
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
def test_any_raw_reply(content):
    response = decode_raw_response(200, {}, content)

    try:
        expected = json.loads(content) if content else None
    except ValueError:
        return
    assert same(response.data, expected) or isinstance(response.data, str)


Path = tuple[str | int, ...]


def places(value: object, path: Path = ()) -> list[Path]:
    """Every place in a JSON value, the top excepted."""
    found: list[Path] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found += [(*path, key), *places(inner, (*path, key))]
    return found


def text_of(path: Path) -> str:
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)


def at(value, path: Path):
    for key in path:
        value = value[key] if isinstance(value, dict | list) else getattr(value, key)
    return value


def fits(cls, name: str, value: object) -> bool:
    """Whether a model takes a value for a field, asked one field at a time."""
    try:
        msgspec.json.decode(json.dumps({name: value}), type=cls)
    except (msgspec.ValidationError, OverflowError):
        return False
    return True


def with_origins(model: Model, data) -> list[tuple[Model, dict]]:
    """Every model with the object that it was read from; what is no object is in no list."""
    found = [(model, data)]
    for name in type(model)._nested:
        value = getattr(model, name)
        if isinstance(value, Model):
            found += with_origins(value, data[name])
        elif isinstance(value, list) and all(isinstance(item, Model) for item in value):
            objects = [item for item in data[name] if isinstance(item, dict)]
            for item, origin in zip(value, objects, strict=True):
                found += with_origins(item, origin)
    return found


@st.composite
def mutations(draw):
    """A realistic object, and where which of its values are replaced; none of the places lies within another."""
    cls, data = draw(st.sampled_from(REALISTIC))
    chosen: list[Path] = []
    for path in draw(st.lists(st.sampled_from(places(data)), min_size=1, max_size=4, unique=True)):
        if not any(path[: len(other)] == other or other[: len(path)] == path for other in chosen):
            chosen.append(path)
    return cls, data, {path: draw(VALUES) for path in chosen}


def kept_by_the_model(model: object, path: Path) -> bool:
    """Whether a place of the reply is a field of a model, not something beyond the document."""
    owner = (
        at(model, path[:-1]) if all(hasattr_path(model, path[: index + 1]) for index in range(len(path) - 1)) else None
    )
    return isinstance(owner, Model) and isinstance(path[-1], str) and hasattr(owner, path[-1])


def hasattr_path(model: object, path: Path) -> bool:
    try:
        at(model, path)
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
def test_what_is_odd_disturbs_nothing_else(mutated):
    cls, data, changes = mutated
    changed = json.loads(json.dumps(data))  # a copy in which nothing is shared
    for path, value in changes.items():
        at(changed, path[:-1])[path[-1]] = value
    untouched, no_drifts = decoded(cls, data)
    model, drifts = decoded(cls, changed)

    assert no_drifts == []
    for each, origin in with_origins(model, changed):
        assert same(each.raw, origin)
        assert same(each.extra, {name: value for name, value in origin.items() if not hasattr(type(each), name)})
    # Drifts are at the changed places, or within them.
    assert [
        drift
        for drift in drifts
        if not any(
            drift.path == text_of(path) or drift.path.startswith((f"{text_of(path)}.", f"{text_of(path)}["))
            for path in changes
        )
    ] == []
    for path, value in changes.items():
        if same_shape(changes, path) and kept_by_the_model(model, path):
            check_change(model, path, value, {drift.path for drift in drifts})
    # What was left alone is as it was; an object that became something else took its fields with it.
    for path in places(data):
        touched = any(path[: len(other)] == other or other[: len(path)] == path for other in changes)
        alive = hasattr_path(untouched, path) and not isinstance(at(untouched, path), Model | list)
        if alive and not touched and same_shape(changes, path):
            assert same(at(model, path), at(untouched, path))


def same_shape(changes, path: Path) -> bool:
    """Whether a place is where it was: no item of its list was replaced, and an activity's origin is of its kind."""
    return not any(
        (other[-2:] == ("origin", "kind") or isinstance(other[-1], int)) and path[: len(other) - 1] == other[:-1]
        for other in changes
    )


def check_change(model, path: Path, value: object, drifts: set[str]) -> None:
    """A changed field holds what its type makes of the value, partly so with drifts within, or as it came with one."""
    owner, name = at(model, path[:-1]), str(path[-1])
    held = getattr(owner, name)
    if fits(type(owner), name, value):
        alone = getattr(msgspec.json.decode(json.dumps({name: value}), type=type(owner)), name)
        assert held == alone
        assert same(held, alone)
        assert text_of(path) not in drifts
    elif isinstance(value, list if name in LISTS else dict) and name in type(owner)._nested:
        assert isinstance(held, list if name in LISTS else Model)
        assert any(drift.startswith((f"{text_of(path)}.", f"{text_of(path)}[")) for drift in drifts)
    else:
        assert same(held, value)
        assert text_of(path) in drifts


@pytest.mark.parametrize(("cls", "data"), REALISTIC)
def test_what_is_realistic_fits(cls, data):
    model, drifts = decoded(cls, data)

    assert drifts == []
    assert len(models_in(model, [])) > 1
    assert all(
        fits(type(each), name, value)
        for each in models_in(model, [])
        for name, value in each.raw.items()
        if hasattr(each, name)
    )
