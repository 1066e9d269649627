"""Pictures of tracks, playlists and users, in the sizes that SoundCloud has."""

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
"""A size: as it was uploaded, 500, 400, 300, 100, 67, 47, 32, about 20 and 16 pixels."""

_SIZES: tuple[str, ...] = get_args(ArtworkSize)
_SUFFIX = re.compile(rf"-(?:{'|'.join(_SIZES)})(?=\.[A-Za-z]{{3,4}}(?:\?|$))")


def artwork_url(resource: Track | Playlist | User | Me, size: ArtworkSize = "t500x500") -> str | None:
    """Find the address of a picture, in a size of your choice.

    Where a track has none, it is the portrait of whoever uploaded it, as on SoundCloud. A playlist without one takes that of
    the first of its tracks that has one, if its tracks are there.

    Args:
        resource: The track, playlist or user.
        size: The size; default 500 pixels. SoundCloud makes them of what was uploaded: `original` may have another ending,
            and then the address leads nowhere.

    Returns:
        The address; None where there is no picture. One that is not of SoundCloud's usual form, such as that of the portrait
        of those who have none, is given as it is.

    Raises:
        InvalidInputError: There is no such size, or the resource has no pictures.

    Example:
        >>> artwork_url(track, "t300x300")
        'https://i1.sndcdn.com/artworks-000067273316-smsiqx-t300x300.jpg'
    """
    if size not in _SIZES:
        raise InvalidInputError(f"size={repr_value(size)}: use one of {', '.join(_SIZES)}")
    if not isinstance(resource, Track | Playlist | User | Me):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"a track, a playlist or a user has a picture, not {type(resource).__name__}")
    picture = _picture(resource)
    return _SUFFIX.sub(f"-{size}", picture) if picture else None


def _picture(resource: Track | Playlist | User | Me) -> str | None:
    if isinstance(resource, User | Me):
        return string_field(resource, "avatar_url")
    tracks: Any = getattr(resource, "tracks", None)
    within = cast("list[Any]", tracks) if isinstance(tracks, list) else []
    covers = (string_field(each, "artwork_url") for each in (resource, *within))
    return next(filter(None, covers), None) or string_field(resource.user, "avatar_url")
