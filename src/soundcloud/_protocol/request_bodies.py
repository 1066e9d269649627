"""Request bodies of the operations that write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, Literal, TypeAlias, TypeVar, cast

import attrs

from soundcloud._protocol.validation import as_date_string, as_iterable, check_choice, check_optional_string, repr_value
from soundcloud.errors import InvalidInputError
from soundcloud.tags import Tags
from soundcloud.urn import Resource, to_urn
from soundcloud_api import models
from soundcloud_api.types import UNSET, File, FormModel, RequestModel

Body = TypeVar("Body", bound=RequestModel | FormModel)

TagList: TypeAlias = str | Iterable[str]
"""The tags of a track or playlist: a list or `Tags`, or a string in SoundCloud's format."""

ExtraFields: TypeAlias = Mapping[str, Any]
"""Fields that the OpenAPI document does not list yet, by their names."""

SharingName: TypeAlias = Literal["public", "private"]
"""Who can see a track or playlist."""

EmbeddableByName: TypeAlias = Literal["all", "me", "none"]
"""Who can embed a track."""

SetTypeName: TypeAlias = Literal["album", "playlist"]
"""The type of a playlist."""

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
"""The license of a track."""

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
"""The product of a storefront."""

MAXIMUM_PLAYLIST = 500
_CHOICES = {
    "sharing": models.Sharing,
    "embeddable_by": models.EmbeddableBy,
    "license": models.License,
    "set_type": models.SetType,
}
_CLEARABLE = {
    "description",
    "genre",
    "tag_list",
    "label_name",
    "ean",
    "purchase_title",
    "purchase_url",
    "release",
    "release_date",
    "isrc",
}
_FLAGS = {"downloadable", "streamable", "commentable", "reveal_stats", "reveal_comments"}
_ARGUMENTS = {
    "artwork": "artwork",
    "artwork_data": "artwork",
    "asset_data": "file",
    "file": "file",
    "tracks": "tracks",
    "tracks_urn": "tracks",
}
"""Arguments whose fields have other names, by both names."""
_STOREFRONT_LENGTHS = {"title": 100, "link": 255, "link_title": 50, "description": 500, "price": 20}


@attrs.frozen(kw_only=True)
class _ExtendedBody(RequestModel):
    """A JSON body with fields that its model does not have."""

    track: Any = UNSET
    playlist: Any = UNSET


@attrs.frozen
class _ExtendedForm(FormModel):
    """A form with fields that its model does not have."""

    form: FormModel
    extra: Mapping[str, str]

    def fields(self) -> dict[str, str | File]:
        """Return the fields of the model and the others."""
        return {**self.form.fields(), **self.extra}


def _extended(body: Body, name: str, extra: object, *, create: bool = False) -> Body:
    """Add fields to the track or playlist of a body, which the method does not have as arguments; see `_checked`."""
    if extra is None:
        return body
    if not isinstance(extra, Mapping):
        raise InvalidInputError(f"extra_fields={repr_value(extra)}: give a dict of names and values")
    items = cast("Mapping[Any, Any]", extra).items()
    fields = {field: value for field, value in items if value is not UNSET and not (create and value is None)}
    inner: Any = body if isinstance(body, FormModel) else getattr(body, name)
    own = {field.name: getattr(inner, field.name) for field in attrs.fields(cast("Any", type(inner)))}
    for field in fields:
        if not isinstance(field, str) or not field.isidentifier():
            raise InvalidInputError(f"extra_fields: {field!r} is not the name of a field")
        if isinstance(fields[field], float) and not isfinite(fields[field]):
            raise InvalidInputError(f"extra_fields: {field}={fields[field]}: JSON has no such number")
        if field in own or field in _ARGUMENTS:
            argument = _ARGUMENTS.get(field, field)
            raise InvalidInputError(f"extra_fields: {field!r} is an argument of the method: pass {argument}= instead")
    if isinstance(body, FormModel):
        form = _ExtendedForm(body, {f"{name}[{field}]": _form_text(field, fields[field]) for field in fields})
        return cast("Body", form)
    names: Mapping[str, str] = getattr(inner, "_json_names", {})
    given = {names.get(field, field): value for field, value in own.items() if value is not UNSET}
    return cast("Body", _ExtendedBody(**{name: {**given, **fields}}))


def _form_text(name: str, value: object) -> str:
    """Return the value of a form field: an empty string for None, `true` or `false` for a boolean."""
    if value is not None and not isinstance(value, str | int | float):
        raise InvalidInputError(
            f"extra_fields: {name}={repr_value(value)}: a request with a file holds strings, numbers and booleans only"
        )
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _tag_list(value: Any, *, commas: bool) -> Any:
    """Return a list of tags in SoundCloud's format, and any other value as it is."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return value
    tags = Tags(cast("Iterable[str]", value))
    return tags.with_commas() if commas else str(tags)


def _checked(given: dict[str, Any], *, create: bool = False, open_license: bool = False) -> dict[str, Any]:
    """Check every field; leave out the fields that were not given.

    Args:
        given: The fields. UNSET stands for a field that was not given.
        create: Whether the resource is new, so that None too stands for a field that was not given. In an update it clears.
        open_license: Whether the license is any string, or None in an update.
    """
    fields: dict[str, Any] = {}
    for name, value in given.items():
        if value is UNSET or (create and value is None):
            continue
        if value is None and name not in _CLEARABLE and not (name == "license" and open_license):
            raise InvalidInputError(f"{name}=None: this field cannot be cleared; leave it out to keep its value")
        if name == "release_date":
            fields[name] = as_date_string(name, value)
        elif name in _FLAGS:
            if not isinstance(value, bool):
                raise InvalidInputError(f"{name}={value!r}: give True or False")
            fields[name] = value
        elif name == "tag_list":
            fields[name] = check_optional_string(name, _tag_list(value, commas=open_license))
        elif name == "license" and open_license:
            fields[name] = check_optional_string(name, value)
        else:
            fields[name] = check_optional_string(name, value, _CHOICES.get(name))
    return fields


def _check_title(title: Any) -> str:
    if not isinstance(title, str) or not title.strip():
        raise InvalidInputError(f"title={title!r}: give a title that is not empty")
    return title


def _form_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a form: it has no null, so an empty string clears a field."""
    return {name: "" if value is None else value for name, value in fields.items()}


def build_upload_form(audio: File, title: str, artwork: File | None, **given: Any) -> models.TrackDataRequest:
    """Return the form that uploads a track."""
    extra = given.pop("extra_fields", None)
    fields = _form_fields(_checked(given, create=True))
    form = models.TrackDataRequest(
        title=_check_title(title),
        asset_data=audio,
        artwork_data=UNSET if artwork is None else artwork,
        **fields,
    )
    return _extended(form, "track", extra, create=True)


def build_track_update(
    artwork: File | None, **given: Any
) -> models.TrackMetadataRequest | models.TrackUpdateFormRequest:
    """Return the body that updates a track: JSON, or a form if there is an image."""
    extra = given.pop("extra_fields", None)
    fields = _checked(given)
    if not fields and artwork is None and not extra:
        raise InvalidInputError("there is nothing to update: give at least one field")
    if "title" in fields:
        _check_title(fields["title"])
    if artwork is None:
        return _extended(models.TrackMetadataRequest(track=models.TrackMetadata(**fields)), "track", extra)
    return _extended(models.TrackUpdateFormRequest(artwork_data=artwork, **_form_fields(fields)), "track", extra)


def check_track_list(tracks: Iterable[Resource]) -> list[str]:
    """Return the URNs of at most 500 tracks of a playlist."""
    if isinstance(tracks, str):
        raise InvalidInputError(f"tracks={tracks!r} is a string: give a list of tracks")
    urns = [to_urn(track, "tracks") for track in as_iterable("tracks", tracks)]
    if len(urns) > MAXIMUM_PLAYLIST:
        raise InvalidInputError(f"there are {len(urns)} tracks: a playlist holds at most {MAXIMUM_PLAYLIST}")
    return urns


def build_playlist(
    title: str, tracks: Iterable[Resource] | None, artwork: File | None, **given: Any
) -> models.CreateUpdatePlaylistRequest | models.CreateUpdatePlaylistFormRequest:
    """Return the body that creates a playlist: JSON, or a form if there is an image."""
    extra = given.pop("extra_fields", None)
    fields: dict[str, Any] = {"title": _check_title(title), **_checked(given, create=True, open_license=True)}
    urns = None if tracks is None else check_track_list(tracks)
    if artwork is None:
        references = UNSET if urns is None else [models.TrackReference(urn=urn) for urn in urns]
        body = models.CreateUpdatePlaylistRequest(playlist=models.PlaylistMetadata(tracks=references, **fields))
        return _extended(body, "playlist", extra, create=True)
    form = models.CreateUpdatePlaylistFormRequest(
        artwork_data=artwork,
        tracks_urn=",".join(urns) if urns else UNSET,
        **_form_fields(fields),
    )
    return _extended(form, "playlist", extra, create=True)


def build_playlist_update(tracks: Iterable[Resource] | None, **given: Any) -> models.CreateUpdatePlaylistRequest:
    """Return the body that updates a playlist."""
    extra = given.pop("extra_fields", None)
    fields = _checked(given, open_license=True)
    if "title" in fields:
        _check_title(fields["title"])
    references = UNSET if tracks is None else [models.TrackReference(urn=urn) for urn in check_track_list(tracks)]
    if not fields and references is UNSET and not extra:
        raise InvalidInputError("there is nothing to update: give at least one field")
    body = models.CreateUpdatePlaylistRequest(playlist=models.PlaylistMetadata(tracks=references, **fields))
    return _extended(body, "playlist", extra)


def build_storefront(
    title: str, kind: str, link: str, link_title: str | None, description: str | None, price: str | None
) -> models.StorefrontUpdateRequest:
    """Return the body that replaces a storefront."""
    given = {
        "title": _check_title(title),
        "link": link,
        "link_title": link_title,
        "description": description,
        "price": price,
    }
    for name, value in given.items():
        if value is not None and (not isinstance(value, str) or len(value) > _STOREFRONT_LENGTHS[name]):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(
                f"{name}={repr_value(value)}: give a string of at most {_STOREFRONT_LENGTHS[name]} characters"
            )
    if not isinstance(link, str) or not link.startswith(("https://", "http://")):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"link={link!r}: give a URL that begins with https:// or http://")
    strings = {name: value for name, value in given.items() if value is not None}
    return models.StorefrontUpdateRequest(type=check_choice("type", kind, models.StorefrontType), **strings)


def build_comment(body: str, timestamp: float | None) -> models.CreateCommentRequest:
    """Return the body that creates a comment."""
    if not isinstance(body, str) or not body.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"body={body!r}: give a comment that is not empty")
    if timestamp is not None and (timestamp.__class__ not in {int, float} or not 0 <= timestamp < float("inf")):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"timestamp={timestamp!r}: give a position in milliseconds, 0 or above")
    return models.CreateCommentRequest(
        comment=models.CommentMetadata(body=body, timestamp=UNSET if timestamp is None else timestamp)
    )
