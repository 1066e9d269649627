"""Tracks: reading, upload, update, deletion, comments, storefronts."""

from typing import Any, cast

from soundcloud.sandbox.data.forms import (
    delete_artwork,
    insert_item,
    parse_track,
    read_fields,
    save_artwork,
    update_item,
)
from soundcloud.sandbox.data.queries import find_own_track, find_track, make_serializer
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS, upload_seconds_left
from soundcloud.sandbox.data.stations import RELATED_TRACKS
from soundcloud.sandbox.data.text import build_tag_index
from soundcloud.sandbox.http.messages import (
    HTTPError,
    JsonObject,
    Request,
    Response,
    ResponseError,
    UploadedFile,
    error_object,
    error_response,
    invented,
    status_response,
)
from soundcloud.sandbox.http.pagination import page_by_cursor, page_by_offset, read_access
from soundcloud.sandbox.http.routing import handles
from soundcloud.sandbox.media.sound import read_audio_info
from soundcloud.sandbox.media.streams import sound_name
from soundcloud_api.models import StorefrontType

_LONGEST_NAME = 255
_STOREFRONT_LENGTHS = {"title": 100, "type": 20, "link": 255, "link_title": 50, "description": 500, "price": 20}
_STOREFRONT_REQUIRED = ("title", "type", "link")
_LONGEST_COMMENT = 5_000


@handles("get_tracks_track_urn")
def get_track(request: Request) -> Response:
    """Return a track."""
    row, secret_token = find_track(request), request.query.get("secret_token")
    return Response(make_serializer(request).track(row, personal=True, secret_token=secret_token))


@handles("get_tracks_track_urn_comments")
def list_comments(request: Request) -> Response:
    """List the comments of a track, newest first."""
    row = find_track(request)
    if not row["reveal_comments"] and row["user_id"] != request.viewer.user_id:
        return Response({"collection": [], "next_href": None})
    statement = "SELECT id AS key, id AS item FROM comments WHERE track_id = :track"
    return page_by_cursor(request, statement, make_serializer(request).comments, track=row["id"])


@handles("post_tracks_track_urn_comments")
def create_comment(request: Request) -> Response:
    """Add a comment to a track."""
    user_id, row, database = request.user_id, find_track(request), request.state.database
    sent = request.json_object().get("comment")
    if not isinstance(sent, dict):
        # SoundCloud omits the other members of an error object here.
        message = "Parameter comment is missing."
        return Response({"code": 422, "message": message, "link": error_object(422)["link"]}, 422)
    comment = cast("JsonObject", sent)
    body, timestamp = comment.get("body"), comment.get("timestamp")
    if not isinstance(body, str) or not body.strip():
        raise HTTPError(422, "body can not be blank.")
    if len(body) > _LONGEST_COMMENT:
        raise HTTPError(422, f"body is longer than {_LONGEST_COMMENT} characters.")
    if not row["commentable"]:
        raise HTTPError(403)
    if timestamp is not None:
        try:
            timestamp = int(float(timestamp))
        except (TypeError, ValueError, OverflowError):
            raise HTTPError(422, "timestamp is not a number.") from None
        if not 0 <= timestamp <= row["duration"]:
            raise HTTPError(422, "timestamp is not within the track.")
    created_at = request.state.database.now()
    fields = {"user_id": user_id, "track_id": row["id"], "body": body, "timestamp": timestamp, "created_at": created_at}
    number = database.insert("comments", fields)
    return Response(make_serializer(request).comments([number])[0], 201)


@handles("get_tracks_track_urn_related")
def list_related(request: Request) -> Response:
    """List related tracks: liked by the same users, of the same genre or by the same user."""
    access, serializer = read_access(request, DEFAULT_ACCESS), make_serializer(request)
    track_id = find_track(request)["id"]
    return page_by_offset(
        request, RELATED_TRACKS, lambda page: serializer.tracks(page, access), array=True, track=track_id
    )


@handles("post_tracks")
def upload(request: Request) -> Response:
    """Create a track from a form with a title and an audio file."""
    if request.form is None:
        raise HTTPError(400, "An upload is a form, multipart/form-data.")
    sent = read_fields(request, "track")
    file, columns = sent.get("asset_data"), parse_track(sent)
    if not columns.get("title"):
        raise HTTPError(422, "Parameter track[title] is missing.")
    if not isinstance(file, UploadedFile):
        raise HTTPError(422, "Parameter track[asset_data] is missing.")
    if len(file.filename) > _LONGEST_NAME:
        raise HTTPError(422, "The file's name is too long.")
    audio = read_audio_info(file.file, file.filename)
    if audio is None:
        raise HTTPError(422, "unable to process provided asset_data")
    user = request.state.database.rows("SELECT plan, upload_seconds_used FROM user_rows WHERE id = ?", request.user_id)[
        0
    ]
    left = upload_seconds_left(user)
    if left is not None and audio.duration > left * 1000:
        # Users report this response, and suppose that the quota is the reason.
        raise ResponseError(invented(error_response(400, "invalid request"), "status", "body"))
    columns |= {
        "duration": audio.duration,
        "ready_at": request.state.clock.time() + request.state.settings.processing_seconds,
        "tag_index": build_tag_index(columns.get("tag_list", "")),
    }
    track_id = insert_item(request, "tracks", sent, columns)
    request.state.uploads.save(sound_name(track_id), file.file, audio.media_type)
    return _marked(_respond(request, track_id, 201), unknown="metadata_artist" in sent)


@handles("put_tracks_track_urn")
def update(request: Request) -> Response:
    """Update the given fields of a track, from JSON or a form."""
    row = find_own_track(request)
    sent = read_fields(request, "track")
    columns = parse_track(sent)
    artwork = save_artwork(request, sent, row["artwork_url"])
    if artwork is not None:
        columns["artwork_url"] = artwork
    if "tag_list" in columns:
        columns["tag_index"] = build_tag_index(columns["tag_list"])
    update_item(request, "tracks", row, columns)
    # SoundCloud has announced the field, but not that null clears it.
    clears = "metadata_artist" in sent and not sent["metadata_artist"]
    return _marked(_respond(request, row["id"], 200), unknown=clears)


@handles("delete_tracks_track_urn")
def delete(request: Request) -> Response:
    """Delete a track with its comments and likes, and remove it from playlists."""
    row = find_own_track(request)
    request.state.database.change("DELETE FROM tracks WHERE id = ?", row["id"])
    request.state.uploads.delete(sound_name(row["id"]))
    delete_artwork(request, row["artwork_url"])
    return status_response()


@handles("put_tracks_track_urn_storefront")
def set_storefront(request: Request) -> Response:
    """Replace the storefront of a track; a missing field is cleared."""
    row, database = find_own_track(request), request.state.database
    owner = database.rows("SELECT plan FROM users WHERE id = ?", row["user_id"])[0]
    if owner["plan"] == "Free":
        raise HTTPError(403, "An active Pro Unlimited subscription is required for this action")
    sent = request.json_object()
    fields: JsonObject = {"track_id": row["id"]}
    for name, longest in _STOREFRONT_LENGTHS.items():
        fields[name] = _check_storefront_field(name, sent.get(name), longest)
    if fields["type"] not in frozenset(StorefrontType):
        raise HTTPError(400, f"type is not one of {', '.join(sorted(StorefrontType))}.")
    database.insert("storefronts", fields, replace=True)
    del fields["track_id"]
    picture = make_serializer(request).picture(row["artwork_url"])
    return Response({"track_urn": f"soundcloud:tracks:{row['id']}", **fields, "image_url": picture})


def _check_storefront_field(name: str, value: Any, longest: int) -> str | None:
    if value is None and name not in _STOREFRONT_REQUIRED:
        return None
    if not isinstance(value, str) or (not value and name in _STOREFRONT_REQUIRED):
        raise HTTPError(400, f"Parameter {name} is missing.")
    if len(value) > longest:
        raise HTTPError(400, f"{name} is longer than {longest} characters.")
    return value


def _marked(response: Response, *, unknown: bool) -> Response:
    return invented(response, "metadata_artist") if unknown else response


def _respond(request: Request, track_id: int, status: int) -> Response:
    row = request.state.database.rows("SELECT * FROM track_rows WHERE id = ?", track_id)[0]
    return Response(make_serializer(request).track(row, personal=True), status)
