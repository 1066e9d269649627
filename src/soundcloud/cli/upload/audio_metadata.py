"""The metadata in an audio file: title, genre, label, ISRC, release date, cover. Needs mutagen, from the extra `audio`."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from soundcloud._protocol.media.file_formats import detect_image_format

# The field, its name among mutagen's easy tags, and the ID3 frame: WAV and AIFF files have no easy tags.
_NAMES = (
    ("title", "title", "TIT2"),
    ("genre", "genre", "TCON"),
    ("label_name", "organization", "TPUB"),
    ("isrc", "isrc", "TSRC"),
    ("release_date", "date", "TDRC"),
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def can_read_metadata() -> bool:
    """Return whether mutagen is installed."""
    return find_spec("mutagen") is not None


def read_metadata(path: Path) -> dict[str, Any]:
    """Return the metadata of an audio file as arguments of `tracks.upload`; empty if nothing can be read."""
    import mutagen

    try:
        # mutagen.File is only partly annotated.
        easy, full = (cast("Any", mutagen.File)(path, easy=easy) for easy in (True, False))  # pyright: ignore[reportUnknownMemberType]
        found: dict[str, Any] = {field: _read_tag(easy, name, frame) for field, name, frame in _NAMES}
        picture = _read_picture(full)
    except Exception:
        # A malformed file makes mutagen's parsers raise many types of errors.
        return {}
    if not _DATE.fullmatch(found["release_date"] or ""):
        # A year alone is not a release date.
        del found["release_date"]
    if picture is not None and detect_image_format(picture) is not None:
        found["artwork"] = picture
    return {name: value for name, value in found.items() if value}


def _read_tag(file: Any, name: str, frame: str) -> str | None:
    if file is None or file.tags is None:
        return None
    found = file.tags.get(frame if hasattr(file.tags, "getall") else name)
    return str(found[0]).strip() if found else None


def _read_picture(file: Any) -> bytes | None:
    """Return the cover of a FLAC, MP4 or ID3 (MP3, WAV, AIFF) file."""
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
