"""Bodies of the calls that write, made of what the caller gave."""

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

from soundcloud._files import FileInput, optional_picture, picture_part
from soundcloud._protocol.validation import as_date_string, as_iterable, check_choice, check_optional_string
from soundcloud.errors import InvalidInputError
from soundcloud.urn import Resource, to_urn
from soundcloud_api.models import (
    CommentMetadata,
    CreateCommentRequest,
    CreateUpdatePlaylistFormRequest,
    CreateUpdatePlaylistRequest,
    EmbeddableBy,
    License,
    PlaylistMetadata,
    SetType,
    Sharing,
    StorefrontType,
    StorefrontUpdateRequest,
    TrackDataRequest,
    TrackMetadata,
    TrackMetadataRequest,
    TrackReference,
    TrackUpdateFormRequest,
)
from soundcloud_api.types import UNSET, File

SharingName: TypeAlias = Literal["public", "private"]
"""Who can see it."""

EmbeddableByName: TypeAlias = Literal["all", "me", "none"]
"""Who can embed it."""

SetTypeName: TypeAlias = Literal["album", "playlist"]
"""What a playlist is."""

LicenseName: TypeAlias = Literal[
    "no-rights-reserved",
    "all-rights-reserved",
    "cc-by",
    "cc-by-nc",
    "cc-by-nd",
    "cc-by-sa",
    "cc-by-nc-nd",
    "cc-by-nc-sa",
]
"""What others may do with it."""

StorefrontTypeName: TypeAlias = Literal[
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
]
"""What a storefront offers."""

MAXIMUM_PLAYLIST = 500
_CHOICES = {"sharing": Sharing, "embeddable_by": EmbeddableBy, "license": License, "set_type": SetType}
_FLAGS = {"downloadable", "streamable", "commentable", "reveal_stats", "reveal_comments"}
_STOREFRONT_LENGTHS = {"title": 100, "link": 255, "link_title": 50, "description": 500, "price": 20}


def _checked(given: dict[str, Any], *, open_license: bool = False) -> dict[str, Any]:
    """Check every field, and leave out what was not given."""
    fields: dict[str, Any] = {}
    for name, value in given.items():
        if value is UNSET:
            continue
        if name == "release_date":
            fields[name] = as_date_string(name, value)
        elif name in _FLAGS:
            if not isinstance(value, bool):
                raise InvalidInputError(f"{name}={value!r}: give True or False")
            fields[name] = value
        elif name == "license" and open_license:
            fields[name] = check_optional_string(name, value)
        else:
            fields[name] = check_optional_string(name, value, _CHOICES.get(name))
    return fields


def _titled(title: Any) -> str:
    if not isinstance(title, str) or not title.strip():
        raise InvalidInputError(f"title={title!r}: SoundCloud refuses what has no title")
    return title


def _form_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """A form has no null: an empty text clears a field."""
    return {name: "" if value is None else value for name, value in fields.items()}


def upload_form(sound: File, title: str, artwork: FileInput | None, **given: Any) -> TrackDataRequest:
    """The form that uploads a track."""
    fields = _form_fields(_checked(given))
    return TrackDataRequest(
        title=_titled(title),
        asset_data=sound,
        artwork_data=optional_picture("artwork", artwork),
        **fields,
    )


def track_changes(artwork: FileInput | None, **given: Any) -> TrackMetadataRequest | TrackUpdateFormRequest:
    """The body that changes a track: JSON, or a form where a picture comes along."""
    fields = _checked(given)
    if not fields and artwork is None:
        raise InvalidInputError("nothing is to be changed: give at least one field")
    if "title" in fields:
        _titled(fields["title"])
    if artwork is None:
        return TrackMetadataRequest(track=TrackMetadata(**fields))
    return TrackUpdateFormRequest(artwork_data=picture_part("artwork", artwork), **_form_fields(fields))


def track_urns(tracks: Iterable[Resource]) -> list[str]:
    """The URNs of the tracks of a playlist."""
    if isinstance(tracks, str):
        raise InvalidInputError("tracks is one text; give a list of tracks")
    urns = [to_urn(track, "tracks") for track in as_iterable("tracks", tracks)]
    if len(urns) > MAXIMUM_PLAYLIST:
        raise InvalidInputError(f"{len(urns)} tracks: a playlist of SoundCloud holds at most {MAXIMUM_PLAYLIST}")
    return urns


def new_playlist(
    title: str, tracks: Iterable[Resource] | None, artwork: FileInput | None, **given: Any
) -> CreateUpdatePlaylistRequest | CreateUpdatePlaylistFormRequest:
    """The body that creates a playlist: JSON, or a form where a picture comes along."""
    fields: dict[str, Any] = {"title": _titled(title), **_checked(given, open_license=True)}
    urns = None if tracks is None else track_urns(tracks)
    if artwork is None:
        references = UNSET if urns is None else [TrackReference(urn=urn) for urn in urns]
        return CreateUpdatePlaylistRequest(playlist=PlaylistMetadata(tracks=references, **fields))
    return CreateUpdatePlaylistFormRequest(
        artwork_data=picture_part("artwork", artwork),
        tracks_urn=",".join(urns) if urns else UNSET,
        **_form_fields(fields),
    )


def playlist_changes(tracks: Iterable[Resource] | None, **given: Any) -> CreateUpdatePlaylistRequest:
    """The body that changes a playlist."""
    fields = _checked(given, open_license=True)
    if "title" in fields:
        _titled(fields["title"])
    references = UNSET if tracks is None else [TrackReference(urn=urn) for urn in track_urns(tracks)]
    if not fields and references is UNSET:
        raise InvalidInputError("nothing is to be changed: give at least one field")
    return CreateUpdatePlaylistRequest(playlist=PlaylistMetadata(tracks=references, **fields))


def storefront(
    title: str, kind: str, link: str, link_title: str | None, description: str | None, price: str | None
) -> StorefrontUpdateRequest:
    """The body that replaces a storefront."""
    given = {
        "title": _titled(title),
        "link": link,
        "link_title": link_title,
        "description": description,
        "price": price,
    }
    for name, value in given.items():
        if value is not None and (not isinstance(value, str) or len(value) > _STOREFRONT_LENGTHS[name]):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"{name}: give a text of at most {_STOREFRONT_LENGTHS[name]} characters")
    if not link.startswith(("https://", "http://")):
        raise InvalidInputError(f"link={link!r}: give an address with https:// or http:// in front")
    texts = {name: value for name, value in given.items() if value is not None}
    return StorefrontUpdateRequest(type=check_choice("type", kind, StorefrontType), **texts)


def comment(body: str, timestamp: float | None) -> CreateCommentRequest:
    """The body that creates a comment."""
    if not isinstance(body, str) or not body.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError("the comment is empty: SoundCloud refuses it")
    if timestamp is not None and (timestamp.__class__ not in {int, float} or not 0 <= timestamp < float("inf")):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"timestamp={timestamp!r}: give a position in milliseconds, 0 or above")
    return CreateCommentRequest(comment=CommentMetadata(body=body, timestamp=UNSET if timestamp is None else timestamp))
