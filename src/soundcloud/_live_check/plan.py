"""The requests of a live check, in order: reads of every operation, errors on purpose, and writes on objects of its own."""

import inspect
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Literal, cast

import attrs
from attrs import evolve

from soundcloud._protocol.announced.entries import ANNOUNCED, ENTRIES
from soundcloud._protocol.announced.station import Station
from soundcloud._protocol.hand_written import page_model
from soundcloud_api.models import Playlist, Sharing
from soundcloud_api.models.track_data_request import TrackDataRequest
from soundcloud_api.operations import OPERATIONS
from soundcloud_api.types import File, Operation

Values = dict[str, str]
"""What a request needs and an earlier response had, such as the URN of a track; it stays on this machine."""

CheckKind = Literal["read", "error", "write"]

LIMIT = 20
TITLE = "Live check: will be deleted"
INVALID_TOKEN = "not-a-token"  # noqa: S105 - it is not one

NOT_CALLED = {
    "post_sign_out": "it would end the session",
    "post_disconnect": "it would end the app's access to the account",
    "put_me_followings_user_urn": "it would change whom the account follows",
    "delete_me_followings_user_urn": "it would change whom the account follows",
}
"""The operations that no live check calls, with the reason."""
NO_REQUEST = "it is new, and this check has no request for it yet"

# These come first, as others need what their responses hold.
_FIRST = (
    "get_me",
    "get_tracks",
    "get_playlists",
    "get_me_followings",
    "get_me_followers",
    "get_users_user_urn_followings",
)
_QUERY = {"limit": LIMIT, "linked_partitioning": True, "q": "a"}
_PARAMETERS = {"track_urn": "track", "playlist_urn": "playlist", "user_urn": "user", "url": "permalink_url"}
_OWN_PARAMETERS = {
    "get_me_followings_user_urn": {"user_urn": "followed"},
    "get_me_followers_follower_urn": {"follower_urn": "follower"},
    "get_users_user_urn_followings_following_urn": {"following_urn": "followed by the user"},
    "get_system_playlists_urn": {"urn": "station"},
    "get_users_urn_likes_system_playlists": {"urn": "user"},
}
_LABELS = {
    "get_me": "me",
    "get_resolve": "found",
    "get_tracks_track_urn_streams": "streams",
    "get_tracks_track_urn_preview": "found",
}
"""The kind of the outermost object of a response, where its field `kind` does not name it."""


@attrs.frozen
class Check:
    """One request of a live check.

    Attributes:
        id: The id of the operation, or a name of the error that is provoked.
        kind: Whether it reads, provokes an error, or writes.
        method: The HTTP method.
        path: The path template.
        needs: The values that the request needs.
        build: Makes the operation of the values.
        label: The kind of the outermost object of the response.
        keep: Takes the values that later requests need from a response.
        token: An access token to send instead of the client's own.
        creates: The collection of the object that the request creates: `playlists` or `tracks`.
        deletes: The value with the URN of the object that the request deletes.
    """

    id: str
    kind: CheckKind
    method: str
    path: str
    build: Callable[[Values], Operation[Any]]
    needs: tuple[str, ...] = ()
    label: str | None = None
    keep: Callable[[Any], Values] = lambda _: {}
    token: str | None = None
    creates: str = ""
    deletes: str = ""


def make_plan(*, writes: bool) -> list[Check]:
    """Return the requests of a live check in order; `writes` adds those that create, change and delete objects of its own."""
    reads = sorted(info.id for info in OPERATIONS.values() if info.method == "GET" and _is_callable(info.id))
    announced = [entry.id for entry in ANNOUNCED if entry.operation.startswith("GET ") and not entry.along]
    ordered = [*_FIRST, *(each for each in reads if each not in _FIRST)]
    plan = [*map(_read, ordered), *map(_read_announced, announced), *_errors()]
    return [*plan, *_writes()] if writes else plan


def not_called(*, writes: bool) -> dict[str, str]:
    """Return the operations that a live check does not call, with the reasons."""
    planned = {check.id for check in make_plan(writes=writes)}
    known = [*OPERATIONS, *(entry.id for entry in ANNOUNCED if entry.operation and not entry.along)]
    reads = {info.id for info in OPERATIONS.values() if info.method == "GET"}
    write = NO_REQUEST if writes else "it writes: use --writes"
    reasons = {name: NO_REQUEST if name in reads else write for name in known}
    return {name: NOT_CALLED.get(name, reasons[name]) for name in known if name not in planned}


def _is_callable(operation_id: str) -> bool:
    """Return whether the check knows a value of each argument that the operation needs; a new one may need another object."""
    known = {*_PARAMETERS, *_QUERY, *_OWN_PARAMETERS.get(operation_id, {})}
    arguments = inspect.signature(_function(operation_id)).parameters.values()
    return all(each.name in known for each in arguments if each.default is inspect.Parameter.empty)


def _read(operation_id: str) -> Check:
    names = inspect.signature(_function(operation_id)).parameters
    needed = {name: key for name, key in _PARAMETERS.items() if name in names}
    query = {name: value for name, value in _QUERY.items() if name in names}
    check = _documented(operation_id, "read", needed | _OWN_PARAMETERS.get(operation_id, {}), query)
    return evolve(check, label=_LABELS.get(operation_id), keep=_KEPT.get(operation_id, _nothing))


def _read_announced(entry_id: str) -> Check:
    needed, of_one = _OWN_PARAMETERS.get(entry_id, {}), entry_id == "get_system_playlists_urn"
    model = Station if of_one else page_model(Station)
    check = _announced(
        entry_id, "read", model, needed, query={} if of_one else {"limit": LIMIT, "linked_partitioning": True}
    )
    return evolve(check, label="system-playlist" if of_one else None)


def _documented(
    operation_id: str, kind: CheckKind, needed: Mapping[str, str], fixed: Mapping[str, Any] | None = None
) -> Check:
    """Return a check of an operation of the document."""
    info, function = OPERATIONS[operation_id], _function(operation_id)

    def build(values: Values) -> Operation[Any]:
        return cast("Operation[Any]", function(**{name: values[key] for name, key in needed.items()}, **(fixed or {})))

    return Check(operation_id, kind, info.method, info.path, build, tuple(needed.values()))


def _announced(
    entry_id: str,
    kind: CheckKind,
    model: Any,
    needed: Mapping[str, str],
    *,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
) -> Check:
    """Return a check of an operation that SoundCloud has announced."""
    method, path = ENTRIES[entry_id].operation.split()

    def build(values: Values) -> Operation[Any]:
        filled = {name: values[key] for name, key in needed.items()}
        return Operation(entry_id, method, path, {200: model, 201: model}, path=filled, query=query or {}, body=body)

    return Check(entry_id, kind, method, path, build, tuple(needed.values()))


def _function(operation_id: str) -> Callable[..., Any]:
    package = re.sub(r"[^a-z0-9]+", "_", OPERATIONS[operation_id].tag.lower())
    return cast("Callable[..., Any]", getattr(import_module(f"soundcloud_api.api.{package}"), operation_id))


def _errors() -> list[Check]:
    """Return the requests that provoke an error."""
    missing = {"url": "https://soundcloud.com/soundcloud/live-check-of-a-page-that-does-not-exist"}
    return [
        _error("error: unknown track", "/tracks/soundcloud:tracks:999999999999999999"),
        _error("error: wrong page size", "/tracks", {"q": "a", "limit": 100_000}),
        _error("error: resolve without URL", "/resolve"),
        _error("error: resolve of a missing page", "/resolve", missing),
        _error("error: unknown path", "/live-check-of-an-unknown-path"),
        _error("error: invalid token", "/me", token=INVALID_TOKEN),
    ]


def _error(name: str, path: str, query: Mapping[str, Any] | None = None, *, token: str | None = None) -> Check:
    operation = Operation[Any](name, "GET", path, {200: Any}, query=query or {})
    return Check(name, "error", "GET", path, lambda _: operation, label="error", token=token)


def _writes() -> list[Check]:
    """Return the requests that write. What they create is private, and is deleted at the end, also after a failure."""
    playlist, track = {"playlist_urn": "own playlist"}, {"track_urn": "own track"}
    new_playlist = {"playlist": {"title": TITLE, "sharing": "private"}}
    changed = {"title": TITLE, "description": "changed"}
    bodies = {
        "put_playlists_playlist_urn": {"playlist": changed},
        "put_tracks_track_urn": {"track": {**changed, "metadata_artist": "Live check"}},
        "put_tracks_track_urn_storefront": {"title": "Live check", "type": "vinyl", "link": "https://example.com/"},
        "post_tracks_track_urn_comments": {"comment": {"body": "live check", "timestamp": 0}},
    }
    with_body = [
        _documented(name, "write", playlist if "playlist" in name else track, {"body": body})
        for name, body in bodies.items()
    ]
    reactions = [
        _documented(f"{method}_{reaction}_{kind}s_{kind}_urn", "write", {f"{kind}_urn": f"own {kind}"})
        for reaction in ("likes", "reposts")
        for kind in ("track", "playlist")
        for method in ("post", "delete")
    ]
    upload = evolve(
        _documented("post_tracks", "write", {}), build=_upload, keep=_keep_urn("own track"), creates="tracks"
    )
    second = _announced("post_me_playlists", "write", Playlist, {}, body=new_playlist)
    return [
        evolve(
            _documented("post_playlists", "write", {}, {"body": new_playlist}),
            keep=_keep_urn("own playlist"),
            creates="playlists",
        ),
        upload,
        evolve(second, creates="playlists"),
        *with_body,
        *reactions,
        evolve(_documented("delete_playlists_playlist_urn", "write", playlist), deletes="own playlist"),
        evolve(_documented("delete_tracks_track_urn", "write", track), deletes="own track"),
    ]


def _upload(_: Values) -> Operation[Any]:
    from soundcloud.sandbox.media.sound import tone

    file = File(tone(1), "live-check.wav", "audio/wav")
    body = TrackDataRequest(asset_data=file, title=TITLE, sharing=Sharing.PRIVATE)
    return cast("Operation[Any]", _function("post_tracks")(body=body))


def _nothing(_: Any) -> Values:
    return {}


def _keep_urn(name: str) -> Callable[[Any], Values]:
    return lambda data: _strings({name: _get(data, "urn")})


def _keep_tracks(data: Any) -> Values:
    """Return the values of the first track that can be played."""
    tracks = _items(data)
    track = next((each for each in tracks if _get(each, "access") == "playable"), next(iter(tracks), None))
    names = {"track": "urn", "permalink_url": "permalink_url", "station": "station_urn"}
    return _strings(
        {key: _get(track, name) for key, name in names.items()} | {"user": _get(_get(track, "user"), "urn")}
    )


def _keep_first(name: str) -> Callable[[Any], Values]:
    return lambda data: _strings({name: _get(next(iter(_items(data)), None), "urn")})


_KEPT: Mapping[str, Callable[[Any], Values]] = {
    "get_tracks": _keep_tracks,
    "get_playlists": _keep_first("playlist"),
    "get_me_followings": _keep_first("followed"),
    "get_me_followers": _keep_first("follower"),
    "get_users_user_urn_followings": _keep_first("followed by the user"),
}


def _get(value: Any, name: str) -> Any:
    return cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else None


def _items(data: Any) -> list[Any]:
    items: Any = cast("list[Any]", data) if isinstance(data, list) else _get(data, "collection")
    return cast("list[Any]", items) if isinstance(items, list) else []


def _strings(values: Mapping[str, Any]) -> Values:
    return {name: value for name, value in values.items() if isinstance(value, str) and value}
