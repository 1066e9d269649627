"""Tracks and playlists in a request: decoding from JSON or a form, validation, artwork, insertion and update."""

import re
from collections.abc import Mapping
from datetime import date
from secrets import token_hex
from typing import Any, cast

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.text import PICTURES, build_search_text, slugify, unique_name
from soundcloud.sandbox.http.messages import HTTPError, JsonObject, Request, UploadedFile
from soundcloud_api.models import EmbeddableBy, License, SetType, Sharing

CHOICES: dict[str, frozenset[str]] = {
    "sharing": frozenset(Sharing),
    "embeddable_by": frozenset(EmbeddableBy),
    "license": frozenset(License),
    "set_type": frozenset(SetType),
}
_FLAGS = frozenset({"streamable", "downloadable", "commentable", "reveal_stats", "reveal_comments"})
_STRINGS = frozenset(
    {"title", "description", "genre", "tag_list", "label_name", "release", "purchase_url", "permalink"}
)
_TRACK_STRINGS = _STRINGS | {"isrc", "metadata_artist"}
_PLAYLIST_STRINGS = _STRINGS | {"ean", "purchase_title"}
_NOT_NULL = frozenset({"title", "tag_list", "permalink", "sharing", "license", "embeddable_by", "set_type", *_FLAGS})
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T.*)?", re.ASCII)
# Magic numbers of image files.
_IMAGES = {
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
_MAXIMUM_LENGTH = 10_000


def read_fields(request: Request, wrapper: str) -> JsonObject:
    """Return the fields of `{"track": {...}}` or of a form with `track[...]`, without the wrapper."""
    if request.form is not None:
        prefix = f"{wrapper}["
        return {
            name.removeprefix(prefix).removesuffix("]"): value
            for name, value in request.form.items()
            if name.startswith(prefix)
        }
    fields = request.json_object().get(wrapper)
    if not isinstance(fields, dict):
        raise HTTPError(400, f"Parameter {wrapper} is missing.")
    return cast("JsonObject", fields)


def parse_track(fields: Mapping[str, Any]) -> JsonObject:
    """Return the columns of the writable fields of a track; other fields are ignored."""
    return _parse(fields, _TRACK_STRINGS, {"sharing", "embeddable_by", "license"} | _FLAGS)


def parse_playlist(fields: Mapping[str, Any]) -> JsonObject:
    """Return the columns of the writable fields of a playlist; see `parse_track`."""
    columns = _parse(fields, _PLAYLIST_STRINGS, {"sharing", "license", "set_type"})
    if columns.get("set_type") == "playlist":
        # SoundCloud returns "" for a plain playlist.
        columns["set_type"] = ""
    return columns


def _parse(fields: Mapping[str, Any], strings: frozenset[str], others: set[str] | frozenset[str]) -> JsonObject:
    columns: JsonObject = {}
    for name, value in fields.items():
        if name == "release_date":
            columns[name] = _parse_date(value)
        elif name not in strings and name not in others:
            continue
        elif value is None or (value == "" and name in others):
            # null leaves a choice or flag unchanged and empties a string.
            if name not in _NOT_NULL:
                columns[name] = None
            elif name in strings:
                columns[name] = ""
        elif name in _FLAGS:
            columns[name] = _parse_flag(name, value)
        else:
            columns[name] = _parse_string(name, value)
    if "title" in columns and not columns["title"].strip():
        raise HTTPError(422, "title can not be blank.")
    if "permalink" in columns:
        columns["permalink"] = slugify(columns["permalink"])
    return columns


def _parse_string(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MAXIMUM_LENGTH:
        raise HTTPError(422, f"{name} is not valid.")
    if name in CHOICES and value not in CHOICES[name]:
        raise HTTPError(422, f"{name} is not one of {', '.join(sorted(CHOICES[name]))}.")
    return value


def _parse_flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value == "true" or value == "1":
        return True
    if value == "false" or value == "0":
        return False
    raise HTTPError(422, f"{name} is neither true nor false.")


def _parse_date(value: Any) -> str | None:
    if value is None or value == "":
        return None
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        try:
            return date.fromisoformat(found[1]).isoformat()
        except ValueError:
            pass
    raise HTTPError(422, "release_date is not a date, written yyyy-mm-dd.")


def save_artwork(request: Request, fields: Mapping[str, Any], replaced: str | None = None) -> str | None:
    """Store the artwork of a request and return its URL; None if there is none."""
    picture = fields.get("artwork_data")
    if picture is None or picture == "":
        return None
    start = picture.file.read(8) if isinstance(picture, UploadedFile) else b""
    media_type = next((image for magic, image in _IMAGES.items() if start.startswith(magic)), None)
    if media_type is None:
        raise HTTPError(422, "unable to process provided artwork_data")
    # A new URL, as browsers cache pictures.
    name = f"artworks-{token_hex(8)}-0"
    delete_artwork(request, replaced)
    request.state.uploads.save(name, picture.file, media_type)
    return f"{PICTURES}{name}-large.jpg"


def delete_artwork(request: Request, url: str | None) -> None:
    """Delete an uploaded artwork; other URLs are ignored."""
    if url:
        request.state.uploads.delete(url.removeprefix(PICTURES).removesuffix("-large.jpg"))


def insert_item(request: Request, table: str, sent: Mapping[str, Any], columns: JsonObject) -> int:
    """Insert a track or playlist of the user with its artwork and its activity, and return its id."""
    user_id, database = request.user_id, request.state.database
    item_id, created_at = database.next_id(table), database.now()
    wanted = columns.get("permalink") or slugify(columns["title"])
    fields = {
        "id": item_id,
        "user_id": user_id,
        "created_at": created_at,
        "last_modified": created_at,
        "secret_token": f"s-{token_hex(6)[:11]}",
        "artwork_url": save_artwork(request, sent),
        "search_text": _make_search_text(request, user_id, columns),
        **columns,
        "permalink": _choose_permalink(request, table, user_id, wanted, item_id),
    }
    database.insert(table, fields)
    kind = table.removesuffix("s")
    database.insert("activities", {"user_id": user_id, "type": kind, f"{kind}_id": item_id, "created_at": created_at})
    return item_id


def update_item(request: Request, table: str, row: Row, columns: JsonObject) -> None:
    """Update columns of a track or playlist."""
    if "permalink" in columns:
        columns["permalink"] = _choose_permalink(request, table, row["user_id"], columns["permalink"], row["id"])
    columns["search_text"] = _make_search_text(request, row["user_id"], {**dict(row), **columns})
    request.state.database.update(table, row["id"], columns)


def _make_search_text(request: Request, user_id: int, columns: JsonObject) -> str:
    user = request.state.database.rows("SELECT username FROM users WHERE id = ?", user_id)[0]
    return build_search_text(columns["title"], user["username"], columns.get("tag_list"))


def _choose_permalink(request: Request, table: str, user_id: int, wanted: str, item_id: int) -> str:
    """Return a permalink that no other item of the user has, with a number appended if needed."""
    # The name of the table is from this package, not from requests.
    statement = f"SELECT permalink FROM {table} WHERE user_id = ? AND id != ?"  # noqa: S608
    taken = {row["permalink"] for row in request.state.database.rows(statement, user_id, item_id)}
    return unique_name(wanted, taken)
