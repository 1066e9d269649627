"""What a sound file says of itself: title, genre, label, ISRC, day, picture. It needs mutagen, of the extra `audio`."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from soundcloud._protocol.media.file_formats import detect_image_format

# The field, the name that mutagen's easy tags have for it, and the frame of ID3: WAV and AIFF have no easy tags.
_NAMES = (
    ("title", "title", "TIT2"),
    ("genre", "genre", "TCON"),
    ("label_name", "organization", "TPUB"),
    ("isrc", "isrc", "TSRC"),
    ("release_date", "date", "TDRC"),
)
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
        found: dict[str, Any] = {field: _first(easy, name, frame) for field, name, frame in _NAMES}
        picture = _picture(full)
    except Exception:
        # Files of strangers make the readers of formats fail in many ways; each means the same.
        return {}
    if not _DAY.fullmatch(found["release_date"] or ""):
        # A year alone is no day.
        del found["release_date"]
    if picture is not None and detect_image_format(picture) is not None:
        found["artwork"] = picture
    return {name: value for name, value in found.items() if value}


def _first(file: Any, name: str, frame: str) -> str | None:
    if file is None or file.tags is None:
        return None
    found = file.tags.get(frame if hasattr(file.tags, "getall") else name)
    return str(found[0]).strip() if found else None


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
