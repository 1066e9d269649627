"""Writing playlists: creating, changing, deleting them."""

import json
from secrets import token_urlsafe
from typing import Any, cast

from soundcloud.sandbox.data.database import now
from soundcloud.sandbox.data.fields import artwork_url, drop_picture, free_permalink, playlist_columns, sent_fields
from soundcloud.sandbox.data.lookups import own_playlist, views
from soundcloud.sandbox.data.serializers import EVERY_ACCESS
from soundcloud.sandbox.data.text import search_text, slug
from soundcloud.sandbox.http.messages import Answer, Call, JsonObject, refused, resource_number, status_object
from soundcloud.sandbox.http.routing import handles

_MAXIMUM_TRACKS = 500
_LARGEST_ID = 2**31 - 1


@handles("post_playlists")
def create(call: Call) -> Answer:
    """Create a playlist from JSON or a form."""
    person, database = call.person, call.state.database
    sent = sent_fields(call, "playlist")
    columns = playlist_columns(sent)
    if not columns.get("title"):
        raise refused(422, "title can not be blank.")
    numbers = _track_numbers(call, sent) or []
    number = database.next_number("playlists")
    columns["permalink"] = free_permalink(
        call, "playlists", person, columns.get("permalink") or slug(columns["title"]), number
    )
    database.insert(
        "playlists",
        {
            "id": number,
            "user_id": person,
            "created_at": now(),
            "last_modified": now(),
            "secret_token": f"s-{token_urlsafe(8)}",
            "artwork_url": artwork_url(call, sent),
            "search_text": _search_text(call, person, columns),
            **columns,
        },
    )
    _write_tracks(call, number, numbers)
    activity = {"user_id": person, "type": "playlist", "playlist_id": number, "created_at": now()}
    database.insert("activities", activity)
    return _answer(call, number, 201)


@handles("put_playlists_playlist_urn")
def update(call: Call) -> Answer:
    """Change a playlist; a list of tracks replaces the whole one."""
    row, database = own_playlist(call), call.state.database
    if call.form is not None:
        raise refused(422, "Could not parse JSON request body.")
    sent = sent_fields(call, "playlist")
    columns, numbers = playlist_columns(sent), _track_numbers(call, sent)
    if "permalink" in columns:
        columns["permalink"] = free_permalink(call, "playlists", row["user_id"], columns["permalink"], row["id"])
    columns["search_text"] = _search_text(call, row["user_id"], {**dict(row), **columns})
    database.update("playlists", row["id"], columns)
    if numbers is not None:
        _write_tracks(call, row["id"], numbers)
    return _answer(call, row["id"], 200)


@handles("delete_playlists_playlist_urn")
def delete(call: Call) -> Answer:
    """Delete a playlist, and with it every like and repost of it."""
    row = own_playlist(call)
    call.state.database.change("DELETE FROM playlists WHERE id = ?", row["id"])
    drop_picture(call, row["artwork_url"])
    return status_object()


def _track_numbers(call: Call, sent: JsonObject) -> list[int] | None:
    """Read which tracks shall be in the playlist; None where the list was not sent."""
    listed = sent.get("tracks")
    # A form holds one field with all the URNs; its name loses the last bracket with the wrapper.
    written = next((value for name, value in sent.items() if name.startswith("tracks]")), None)
    if isinstance(written, str):
        numbers = [resource_number(part.strip(), "tracks") for part in written.split(",") if part.strip()]
    elif listed is None:
        return None
    elif isinstance(listed, list):
        numbers = [_track_number(item) for item in cast("list[Any]", listed)]
    else:
        raise refused(422, "tracks is not a list.")
    if len(numbers) > _MAXIMUM_TRACKS:
        raise refused(422, f"A playlist holds at most {_MAXIMUM_TRACKS} tracks.")
    statement = "SELECT * FROM tracks WHERE id IN (SELECT value FROM json_each(?))"
    seen, rows = views(call), call.state.database.rows(statement, json.dumps(numbers))
    if set(numbers) != {row["id"] for row in rows if seen.sees(row)}:
        raise refused(422, "A track of the list does not exist.")
    return numbers


def _track_number(item: Any) -> int:
    fields = cast("JsonObject", item) if isinstance(item, dict) else {}
    urn, number = fields.get("urn"), fields.get("id")
    if isinstance(urn, str) and urn.startswith("soundcloud:"):
        return resource_number(urn, "tracks")
    # SoundCloud reads plain ids with 32 bits, and refuses larger ones without a word.
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= _LARGEST_ID:
        return number
    raise refused(422)


def _write_tracks(call: Call, playlist: int, numbers: list[int]) -> None:
    call.state.database.change("DELETE FROM playlist_tracks WHERE playlist_id = ?", playlist)
    for position, number in enumerate(numbers):
        entry = {"playlist_id": playlist, "position": position, "track_id": number}
        call.state.database.insert("playlist_tracks", entry)


def _search_text(call: Call, person: int, columns: JsonObject) -> str:
    user = call.state.database.rows("SELECT username FROM users WHERE id = ?", person)[0]
    return search_text(columns["title"], user["username"], columns.get("tag_list"))


def _answer(call: Call, number: int, status: int) -> Answer:
    row = call.state.database.rows("SELECT * FROM playlist_rows WHERE id = ?", number)[0]
    return Answer(views(call).playlist(row, EVERY_ACCESS), status)
