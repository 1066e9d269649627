"""Writing tracks: uploading, changing, deleting them, and their storefronts."""

from secrets import token_urlsafe
from time import time
from typing import Any

from soundcloud.sandbox.data.database import now
from soundcloud.sandbox.data.fields import artwork_url, drop_picture, free_permalink, sent_fields, track_columns
from soundcloud.sandbox.data.lookups import own_track, views
from soundcloud.sandbox.data.text import search_text, slug, tag_index
from soundcloud.sandbox.http.messages import Answer, Call, JsonObject, UploadedFile, refused, status_object
from soundcloud.sandbox.http.routing import handles
from soundcloud.sandbox.media.sound import measure
from soundcloud.sandbox.media.streams import sound_name

_LONGEST_NAME = 255
_STOREFRONT_TYPES = frozenset(
    {
        "digital",
        "vinyl",
        "cd",
        "cassette",
        "apparel",
        "sample_pack",
        "subscription",
        "live_event",
        "live_stream",
        "other",
    }
)
_STOREFRONT_LENGTHS = {"title": 100, "type": 20, "link": 255, "link_title": 50, "description": 500, "price": 20}
_STOREFRONT_REQUIRED = ("title", "type", "link")


@handles("post_tracks")
def upload(call: Call) -> Answer:
    """Take a track in: a form with a title and a file of sound."""
    person, database = call.person, call.state.database
    if call.form is None:
        raise refused(400, "An upload is a form, multipart/form-data.")
    sent = sent_fields(call, "track")
    file, columns = sent.get("asset_data"), track_columns(sent)
    if not columns.get("title"):
        raise refused(422, "Parameter track[title] is missing.")
    if not isinstance(file, UploadedFile):
        raise refused(422, "Parameter track[asset_data] is missing.")
    if len(file.filename) > _LONGEST_NAME:
        raise refused(422, "The file's name is too long.")
    measured = measure(file.file, file.filename)
    if measured is None:
        raise refused(422, "unable to process provided asset_data")
    number = database.next_number("tracks")
    columns["permalink"] = free_permalink(
        call, "tracks", person, columns.get("permalink") or slug(columns["title"]), number
    )
    database.insert(
        "tracks",
        {
            "id": number,
            "user_id": person,
            "duration": measured.duration,
            "ready_at": time() + call.state.media.processing_seconds,
            "created_at": now(),
            "last_modified": now(),
            "secret_token": f"s-{token_urlsafe(8)}",
            "artwork_url": artwork_url(call, sent),
            **columns,
            **_index(call, person, columns),
        },
    )
    database.insert("activities", {"user_id": person, "type": "track", "track_id": number, "created_at": now()})
    call.state.uploads.keep(sound_name(number), file.file, measured.media_type)
    return _answer(call, number, 201)


@handles("put_tracks_track_urn")
def update(call: Call) -> Answer:
    """Change a track, from JSON or a form; what was not sent stays."""
    row = own_track(call)
    sent = sent_fields(call, "track")
    columns = track_columns(sent)
    if "permalink" in columns:
        columns["permalink"] = free_permalink(call, "tracks", row["user_id"], columns["permalink"], row["id"])
    picture = artwork_url(call, sent, row["artwork_url"])
    if picture is not None:
        columns["artwork_url"] = picture
    columns |= _index(call, row["user_id"], {**dict(row), **columns})
    call.state.database.update("tracks", row["id"], columns)
    return _answer(call, row["id"], 200)


@handles("delete_tracks_track_urn")
def delete(call: Call) -> Answer:
    """Delete a track, and with it its comments and likes and its place in playlists."""
    row = own_track(call)
    call.state.database.change("DELETE FROM tracks WHERE id = ?", row["id"])
    call.state.uploads.drop(sound_name(row["id"]))
    drop_picture(call, row["artwork_url"])
    return status_object()


@handles("put_tracks_track_urn_storefront")
def set_storefront(call: Call) -> Answer:
    """Replace the storefront of a track; what was not sent is cleared."""
    row, database = own_track(call), call.state.database
    owner = database.rows("SELECT plan FROM users WHERE id = ?", row["user_id"])[0]
    if owner["plan"] == "Free":
        raise refused(403, "An active Pro Unlimited subscription is required for this action")
    sent = call.json_object()
    fields: JsonObject = {"track_id": row["id"]}
    for name, longest in _STOREFRONT_LENGTHS.items():
        fields[name] = _storefront_text(name, sent.get(name), longest)
    if fields["type"] not in _STOREFRONT_TYPES:
        raise refused(400, f"type is not one of {', '.join(sorted(_STOREFRONT_TYPES))}.")
    database.insert("storefronts", fields, replace=True)
    del fields["track_id"]
    picture = views(call).picture(row["artwork_url"])
    return Answer({"track_urn": f"soundcloud:tracks:{row['id']}", **fields, "image_url": picture})


def _storefront_text(name: str, value: Any, longest: int) -> str | None:
    if value is None and name not in _STOREFRONT_REQUIRED:
        return None
    if not isinstance(value, str) or (not value and name in _STOREFRONT_REQUIRED):
        raise refused(400, f"Parameter {name} is missing.")
    if len(value) > longest:
        raise refused(400, f"{name} is longer than {longest} characters.")
    return value


def _index(call: Call, person: int, columns: JsonObject) -> JsonObject:
    user = call.state.database.rows("SELECT username FROM users WHERE id = ?", person)[0]
    tags = columns.get("tag_list") or ""
    return {"search_text": search_text(columns["title"], user["username"], tags), "tag_index": tag_index(tags)}


def _answer(call: Call, number: int, status: int) -> Answer:
    row = call.state.database.rows("SELECT * FROM track_rows WHERE id = ?", number)[0]
    return Answer(views(call).track(row, personal=True), status)
