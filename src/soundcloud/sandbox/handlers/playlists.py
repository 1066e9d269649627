"""Playlists: reading, creation, update, deletion."""

import json
from functools import partial
from typing import Any, cast

from soundcloud.sandbox.data.forms import delete_artwork, insert_item, parse_playlist, read_fields, update_item
from soundcloud.sandbox.data.queries import find_own_playlist, find_playlist, make_serializer
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS, EVERY_ACCESS
from soundcloud.sandbox.http.messages import (
    HTTPError,
    JsonObject,
    Request,
    Response,
    invented,
    parse_resource_id,
    status_response,
)
from soundcloud.sandbox.http.pagination import page_by_cursor, read_access, read_flag
from soundcloud.sandbox.http.routing import handles, handles_announced

_MAXIMUM_TRACKS = 500
_LARGEST_ID = 2**31 - 1


@handles("get_playlists_playlist_urn")
def get_playlist(request: Request) -> Response:
    """Return a playlist, with its tracks unless `show_tracks` is false."""
    row, levels = find_playlist(request), read_access(request, DEFAULT_ACCESS)
    show_tracks = read_flag(request, "show_tracks", default=True)
    return Response(make_serializer(request).playlist(row, levels, show_tracks=show_tracks))


@handles("get_playlists_playlist_urn_tracks")
def list_tracks(request: Request) -> Response:
    """List the tracks of a playlist in order."""
    row, access = find_playlist(request), read_access(request, DEFAULT_ACCESS)
    statement = "SELECT position AS key, track_id AS item FROM playlist_tracks WHERE playlist_id = :playlist"
    write = partial(make_serializer(request).tracks, access=access)
    return page_by_cursor(request, statement, write, array=True, order=1, playlist=row["id"])


@handles("post_playlists")
def create(request: Request) -> Response:
    """Create a playlist from JSON or a form."""
    sent = read_fields(request, "playlist")
    columns = parse_playlist(sent)
    if not columns.get("title"):
        raise HTTPError(422, "title can not be blank.")
    track_ids = _read_track_ids(request, sent) or []
    playlist_id = insert_item(request, "playlists", sent, columns)
    _write_tracks(request, playlist_id, track_ids)
    return _respond(request, playlist_id, 201)


@handles_announced("post_me_playlists")
def create_below_me(request: Request) -> Response:
    """Create a playlist as `POST /playlists` does; SoundCloud has announced the path only."""
    return invented(create(request), "status", "body")


@handles("put_playlists_playlist_urn")
def update(request: Request) -> Response:
    """Update the given fields of a playlist; `tracks` replaces the whole list."""
    row = find_own_playlist(request)
    if request.form is not None:
        raise HTTPError(422, "Could not parse JSON request body.")
    sent = read_fields(request, "playlist")
    columns, track_ids = parse_playlist(sent), _read_track_ids(request, sent)
    update_item(request, "playlists", row, columns)
    if track_ids is not None:
        _write_tracks(request, row["id"], track_ids)
    return _respond(request, row["id"], 200)


@handles("delete_playlists_playlist_urn")
def delete(request: Request) -> Response:
    """Delete a playlist with its likes and reposts."""
    row = find_own_playlist(request)
    request.state.database.change("DELETE FROM playlists WHERE id = ?", row["id"])
    delete_artwork(request, row["artwork_url"])
    return status_response()


def _read_track_ids(request: Request, sent: JsonObject) -> list[int] | None:
    """Return the ids of the requested tracks, or None if the request has no list."""
    listed = sent.get("tracks")
    # A form has one field `playlist[tracks][][urn]` with all URNs; `read_fields` removed the wrapper and the last bracket.
    joined = next((value for name, value in sent.items() if name.startswith("tracks]")), None)
    if isinstance(joined, str):
        ids = [parse_resource_id(part.strip(), "tracks") for part in joined.split(",") if part.strip()]
    elif listed is None:
        return None
    elif isinstance(listed, list):
        ids = [_read_track_id(item) for item in cast("list[Any]", listed)]
    else:
        raise HTTPError(422, "tracks is not a list.")
    if len(ids) > _MAXIMUM_TRACKS:
        raise HTTPError(422, f"A playlist holds at most {_MAXIMUM_TRACKS} tracks.")
    statement = "SELECT * FROM tracks WHERE id IN (SELECT value FROM json_each(?))"
    serializer, rows = make_serializer(request), request.state.database.rows(statement, json.dumps(ids))
    if set(ids) != {row["id"] for row in rows if serializer.can_see(row)}:
        raise HTTPError(422, "A track of the list does not exist.")
    return ids


def _read_track_id(item: Any) -> int:
    fields = cast("JsonObject", item) if isinstance(item, dict) else {}
    urn, number = fields.get("urn"), fields.get("id")
    if isinstance(urn, str) and urn.startswith("soundcloud:"):
        return parse_resource_id(urn, "tracks")
    # SoundCloud reads numeric ids as 32-bit integers, and rejects larger ones without a message.
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= _LARGEST_ID:
        return number
    raise HTTPError(422)


def _write_tracks(request: Request, playlist_id: int, track_ids: list[int]) -> None:
    request.state.database.change("DELETE FROM playlist_tracks WHERE playlist_id = ?", playlist_id)
    for position, track_id in enumerate(track_ids):
        entry = {"playlist_id": playlist_id, "position": position, "track_id": track_id}
        request.state.database.insert("playlist_tracks", entry)


def _respond(request: Request, playlist_id: int, status: int) -> Response:
    row = request.state.database.rows("SELECT * FROM playlist_rows WHERE id = ?", playlist_id)[0]
    return Response(make_serializer(request).playlist(row, EVERY_ACCESS), status)
