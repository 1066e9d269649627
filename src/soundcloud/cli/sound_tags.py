"""What a sound file says of itself: title, genre, label, ISRC, day, picture. It needs mutagen, of the extra `audio`."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from soundcloud._core.formats import picture_format

_NAMES = {"title": "title", "genre": "genre", "organization": "label_name", "isrc": "isrc", "date": "release_date"}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def can_read_tags() -> bool:
    """Whether mutagen is installed."""
    return find_spec("mutagen") is not None


def read_tags(path: Path) -> dict[str, Any]:
    """Read a file's own tags.

    Args:
        path: The file.

    Returns:
        Arguments of `tracks.upload`; nothing where there are no tags, or none that can be read.
    """
    import mutagen

    try:
        # Its own annotations end where the formats begin.
        easy, full = (cast("Any", mutagen.File)(path, easy=easy) for easy in (True, False))  # pyright: ignore[reportUnknownMemberType]
        found = {name: _first(easy, tag) for tag, name in _NAMES.items()}
        picture = _picture(full)
    except Exception:
        # Files of strangers make the readers of formats fail in many ways; each means the same.
        return {}
    if found["release_date"] is not None and not _DAY.fullmatch(found["release_date"]):
        del found["release_date"]
    if picture is not None and picture_format(picture) is not None:
        found["artwork"] = picture
    return {name: value for name, value in found.items() if value}


def _first(file: Any, tag: str) -> Any:
    values = file.tags.get(tag) if file is not None and file.tags is not None else None
    return str(values[0]).strip() if values else None


def _picture(file: Any) -> bytes | None:
    """The cover: of FLAC, of MP4, of ID3 (MP3, WAV, AIFF)."""
    if file is None:
        return None
    for picture in getattr(file, "pictures", ()):
        return bytes(picture.data)
    tags: Any = file.tags or {}
    for cover in tags.get("covr", ()) if hasattr(tags, "get") else ():
        return bytes(cover)
    for picture in tags.getall("APIC") if hasattr(tags, "getall") else ():
        return bytes(picture.data)
    return None
