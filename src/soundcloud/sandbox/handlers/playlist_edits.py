"""Writing playlists: creating, changing, deleting them."""

import json
from secrets import token_urlsafe
from typing import Any, cast

from soundcloud.sandbox.data.database import now
from soundcloud.sandbox.data.forms import choose_permalink, delete_artwork, parse_playlist, read_fields, save_artwork
from soundcloud.sandbox.data.queries import find_own_playlist, make_serializer
from soundcloud.sandbox.data.serializers import EVERY_ACCESS
from soundcloud.sandbox.data.text import build_search_text, slugify
from soundcloud.sandbox.http.messages import (
    HTTPError,
    JsonObject,
    Request,
    Response,
    parse_resource_id,
    status_response,
)
from soundcloud.sandbox.http.routing import handles

_MAXIMUM_TRACKS = 500
_LARGEST_ID = 2**31 - 1


@handles("post_playlists")
def create(request: Request) -> Response:
    """Create a playlist from JSON or a form."""
    person, database = request.user_id, request.state.database
    sent = read_fields(request, "playlist")
    columns = parse_playlist(sent)
    if not columns.get("title"):
        raise HTTPError(422, "title can not be blank.")
    numbers = _track_numbers(request, sent) or []
    number = database.next_number("playlists")
    columns["permalink"] = choose_permalink(
        request, "playlists", person, columns.get("permalink") or slugify(columns["title"]), number
    )
    database.insert(
        "playlists",
        {
            "id": number,
            "user_id": person,
            "created_at": now(),
            "last_modified": now(),
            "secret_token": f"s-{token_urlsafe(8)}",
            "artwork_url": save_artwork(request, sent),
            "search_text": _search_text(request, person, columns),
            **columns,
        },
    )
    _write_tracks(request, number, numbers)
    activity = {"user_id": person, "type": "playlist", "playlist_id": number, "created_at": now()}
    database.insert("activities", activity)
    return _answer(request, number, 201)


@handles("put_playlists_playlist_urn")
def update(request: Request) -> Response:
    """Change a playlist; a list of tracks replaces the whole one."""
    row, database = find_own_playlist(request), request.state.database
    if request.form is not None:
        raise HTTPError(422, "Could not parse JSON request body.")
    sent = read_fields(request, "playlist")
    columns, numbers = parse_playlist(sent), _track_numbers(request, sent)
    if "permalink" in columns:
        columns["permalink"] = choose_permalink(request, "playlists", row["user_id"], columns["permalink"], row["id"])
    columns["search_text"] = _search_text(request, row["user_id"], {**dict(row), **columns})
    database.update("playlists", row["id"], columns)
    if numbers is not None:
        _write_tracks(request, row["id"], numbers)
    return _answer(request, row["id"], 200)


@handles("delete_playlists_playlist_urn")
def delete(request: Request) -> Response:
    """Delete a playlist, and with it every like and repost of it."""
    row = find_own_playlist(request)
    request.state.database.change("DELETE FROM playlists WHERE id = ?", row["id"])
    delete_artwork(request, row["artwork_url"])
    return status_response()


def _track_numbers(request: Request, sent: JsonObject) -> list[int] | None:
    """Read which tracks shall be in the playlist; None where the list was not sent."""
    listed = sent.get("tracks")
    # A form holds one field with all the URNs; its name loses the last bracket with the wrapper.
    written = next((value for name, value in sent.items() if name.startswith("tracks]")), None)
    if isinstance(written, str):
        numbers = [parse_resource_id(part.strip(), "tracks") for part in written.split(",") if part.strip()]
    elif listed is None:
        return None
    elif isinstance(listed, list):
        numbers = [_track_number(item) for item in cast("list[Any]", listed)]
    else:
        raise HTTPError(422, "tracks is not a list.")
    if len(numbers) > _MAXIMUM_TRACKS:
        raise HTTPError(422, f"A playlist holds at most {_MAXIMUM_TRACKS} tracks.")
    statement = "SELECT * FROM tracks WHERE id IN (SELECT value FROM json_each(?))"
    seen, rows = make_serializer(request), request.state.database.rows(statement, json.dumps(numbers))
    if set(numbers) != {row["id"] for row in rows if seen.can_see(row)}:
        raise HTTPError(422, "A track of the list does not exist.")
    return numbers


def _track_number(item: Any) -> int:
    fields = cast("JsonObject", item) if isinstance(item, dict) else {}
    urn, number = fields.get("urn"), fields.get("id")
    if isinstance(urn, str) and urn.startswith("soundcloud:"):
        return parse_resource_id(urn, "tracks")
    # SoundCloud reads plain ids with 32 bits, and refuses larger ones without a word.
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= _LARGEST_ID:
        return number
    raise HTTPError(422)


def _write_tracks(request: Request, playlist: int, numbers: list[int]) -> None:
    request.state.database.change("DELETE FROM playlist_tracks WHERE playlist_id = ?", playlist)
    for position, number in enumerate(numbers):
        entry = {"playlist_id": playlist, "position": position, "track_id": number}
        request.state.database.insert("playlist_tracks", entry)


def _search_text(request: Request, person: int, columns: JsonObject) -> str:
    user = request.state.database.rows("SELECT username FROM users WHERE id = ?", person)[0]
    return build_search_text(columns["title"], user["username"], columns.get("tag_list"))


def _answer(request: Request, number: int, status: int) -> Response:
    row = request.state.database.rows("SELECT * FROM playlist_rows WHERE id = ?", number)[0]
    return Response(make_serializer(request).playlist(row, EVERY_ACCESS), status)
