"""Fields that people write to tracks and playlists: read from JSON or a form, checked, as columns."""

import re
from collections.abc import Mapping
from datetime import date
from secrets import token_hex
from typing import Any, cast

from soundcloud.sandbox.data.text import PICTURES, slugify
from soundcloud.sandbox.http.messages import HTTPError, JsonObject, Request, UploadedFile

LICENSES = frozenset(
    {
        "no-rights-reserved",
        "all-rights-reserved",
        "cc-by",
        "cc-by-nc",
        "cc-by-nd",
        "cc-by-sa",
        "cc-by-nc-nd",
        "cc-by-nc-sa",
    }
)
CHOICES = {
    "sharing": frozenset({"public", "private"}),
    "embeddable_by": frozenset({"all", "me", "none"}),
    "license": LICENSES,
    "set_type": frozenset({"album", "playlist"}),
}
_FLAGS = frozenset({"streamable", "downloadable", "commentable", "reveal_stats", "reveal_comments"})
_TRACK_TEXTS = frozenset(
    {
        "title",
        "description",
        "genre",
        "tag_list",
        "label_name",
        "release",
        "isrc",
        "purchase_url",
        "permalink",
        "metadata_artist",
    }
)
_PLAYLIST_TEXTS = frozenset(
    {
        "title",
        "description",
        "genre",
        "tag_list",
        "label_name",
        "release",
        "ean",
        "purchase_title",
        "purchase_url",
        "permalink",
    }
)
_NEVER_NULL = frozenset({"title", "tag_list", "permalink", "sharing", "license", "embeddable_by", "set_type", *_FLAGS})
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T.*)?", re.ASCII)
_PICTURES = {
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
_LONGEST = 10_000


def read_fields(request: Request, wrapper: str) -> JsonObject:
    """Read what was sent as `{"track": {...}}` or as a form of `track[...]`.

    Args:
        request: The request.
        wrapper: `track` or `playlist`.

    Returns:
        The fields, without the wrapper.

    Raises:
        ResponseError: 400 where there is no such wrapper.
    """
    if request.form is not None:
        start = f"{wrapper}["
        fields = {
            name[len(start) :].removesuffix("]"): value
            for name, value in request.form.items()
            if name.startswith(start)
        }
        return dict(fields)
    inner = request.json_object().get(wrapper)
    if not isinstance(inner, dict):
        raise HTTPError(400, f"Parameter {wrapper} is missing.")
    return cast("JsonObject", inner)


def parse_track(sent: Mapping[str, Any]) -> JsonObject:
    """Check the fields of a track that may be written; others are ignored.

    Raises:
        ResponseError: 422 where a value is of no use.
    """
    return _columns(sent, _TRACK_TEXTS, {"sharing", "embeddable_by", "license"} | _FLAGS)


def parse_playlist(sent: Mapping[str, Any]) -> JsonObject:
    """Check the fields of a playlist that may be written; see `track_columns`."""
    columns = _columns(sent, _PLAYLIST_TEXTS, {"sharing", "license", "set_type"})
    if columns.get("set_type") == "playlist":
        # A plain playlist reads back as "".
        columns["set_type"] = ""
    return columns


def _columns(sent: Mapping[str, Any], texts: frozenset[str], others: set[str] | frozenset[str]) -> JsonObject:
    columns: JsonObject = {}
    for name, value in sent.items():
        if name == "release_date":
            columns[name] = _day(value)
        elif name not in texts and name not in others:
            continue
        elif value is None or (value == "" and name in others):
            # Clearing a choice or a flag leaves it as it was; clearing a text empties it.
            if name not in _NEVER_NULL:
                columns[name] = None
            elif name in texts:
                columns[name] = ""
        elif name in _FLAGS:
            columns[name] = _flag(name, value)
        else:
            columns[name] = _text(name, value)
    if "title" in columns and not columns["title"].strip():
        raise HTTPError(422, "title can not be blank.")
    if "permalink" in columns:
        columns["permalink"] = slugify(columns["permalink"])
    return columns


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise HTTPError(422, f"{name} is not valid.")
    if name in CHOICES and value not in CHOICES[name]:
        raise HTTPError(422, f"{name} is not one of {', '.join(sorted(CHOICES[name]))}.")
    return value


def _flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value == "true" or value == "1":
        return True
    if value == "false" or value == "0":
        return False
    raise HTTPError(422, f"{name} is neither true nor false.")


def _day(value: Any) -> str | None:
    if value is None or value == "":
        return None
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        try:
            return date.fromisoformat(found[1]).isoformat()
        except ValueError:
            pass
    raise HTTPError(422, "release_date is not a day, written yyyy-mm-dd.")


def save_artwork(request: Request, sent: Mapping[str, Any], former: str | None = None) -> str | None:
    """Check and keep a picture that came along, and choose its address; None where none came.

    Args:
        request: The request.
        sent: The fields.
        former: The address of the picture that the new one takes the place of.

    Raises:
        ResponseError: 422 where it is no GIF, JPEG or PNG.
    """
    picture = sent.get("artwork_data")
    if picture is None or picture == "":
        return None
    start = picture.file.read(8) if isinstance(picture, UploadedFile) else b""
    media_type = next((kind for mark, kind in _PICTURES.items() if start.startswith(mark)), None)
    if media_type is None:
        raise HTTPError(422, "unable to process provided artwork_data")
    # A new picture has a new address, as addresses of pictures are kept by those who show them.
    name = f"artworks-{token_hex(8)}-0"
    delete_artwork(request, former)
    request.state.uploads.save(name, picture.file, media_type)
    return f"{PICTURES}{name}-large.jpg"


def delete_artwork(request: Request, address: str | None) -> None:
    """Forget the picture with an address, if it was uploaded."""
    if address:
        request.state.uploads.delete(address.removeprefix(PICTURES).removesuffix("-large.jpg"))


def choose_permalink(request: Request, table: str, person: int, wanted: str, number: int) -> str:
    """Choose a permalink that nothing else of the person has: the wanted one, or with a number behind.

    Args:
        request: The request.
        table: `tracks` or `playlists`.
        person: Whose it is.
        wanted: The permalink to start from.
        number: The id of what gets it.

    Returns:
        The permalink.
    """
    # The table is a name in this package, never what a request holds.
    statement = f"SELECT permalink FROM {table} WHERE user_id = ? AND id != ?"  # noqa: S608
    taken = {row["permalink"] for row in request.state.database.rows(statement, person, number)}
    choice, attempt = wanted, 1
    while choice in taken:
        attempt += 1
        choice = f"{wanted}-{attempt}"
    return choice
