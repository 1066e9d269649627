"""URLs of artwork and avatars in SoundCloud's sizes."""

import re
from typing import Any, Literal, TypeAlias, cast, get_args

from soundcloud._protocol.media.embeds import string_field
from soundcloud._protocol.validation import repr_value
from soundcloud.errors import InvalidInputError
from soundcloud_api.models import Me, Playlist, Track, User

ArtworkSize: TypeAlias = Literal[
    "original",
    "t500x500",
    "crop",
    "t300x300",
    "large",
    "t67x67",
    "badge",
    "small",
    "tiny",
    "mini",
]
"""A size: the original, then 500, 400, 300, 100, 67, 47, 32, about 20 and 16 pixels."""

_SIZES: tuple[str, ...] = get_args(ArtworkSize)
_SUFFIX = re.compile(rf"-(?:{'|'.join(_SIZES)})(?=\.[A-Za-z]{{3,4}}(?:\?|$))")


def artwork_url(resource: Track | Playlist | User | Me, size: ArtworkSize = "t500x500") -> str | None:
    """Return the URL of a track's or playlist's artwork, or of a user's avatar.

    As on SoundCloud, a track without artwork has its uploader's avatar. A playlist without artwork has the artwork of its
    first track that has one, or its uploader's avatar.

    Args:
        resource: The track, playlist or user.
        size: The size; default 500 pixels. The URL of `original` may not exist, because the uploaded picture may have another
            file extension.

    Returns:
        The URL; None if there is no picture. A URL that is not in SoundCloud's usual form, such as the default avatar's,
        is returned unchanged.

    Raises:
        InvalidInputError: The size is unknown, or the resource has no pictures.

    Example:
        >>> artwork_url(track, "t300x300")
        'https://i1.sndcdn.com/artworks-000067273316-smsiqx-t300x300.jpg'
    """
    if size not in _SIZES:
        raise InvalidInputError(f"size={repr_value(size)}: use one of {', '.join(_SIZES)}")
    if not isinstance(resource, Track | Playlist | User | Me):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"{type(resource).__name__} has no picture: pass a track, a playlist or a user")
    picture = _picture(resource)
    return _SUFFIX.sub(f"-{size}", picture) if picture else None


def _picture(resource: Track | Playlist | User | Me) -> str | None:
    if isinstance(resource, User | Me):
        return string_field(resource, "avatar_url")
    tracks: Any = getattr(resource, "tracks", None)
    within = cast("list[Any]", tracks) if isinstance(tracks, list) else []
    covers = (string_field(each, "artwork_url") for each in (resource, *within))
    return next(filter(None, covers), None) or string_field(getattr(resource, "user", None), "avatar_url")
