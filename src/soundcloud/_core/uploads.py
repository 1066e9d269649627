"""What is known before and after an upload: the seconds that are left, and what became of one that failed."""

import io
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO, cast

from soundcloud.errors import ConnectionFailedError, InvalidInputError, QuotaExceededError, SoundCloudError
from soundcloud_api.models import Quota, Track

LONGEST_INTERVAL = 30.0
"""Seconds between two looks at an upload, at most."""

_UNKNOWN_FATE = (
    "it is not known whether SoundCloud made a track of it: look at me.get_tracks() before you upload it again; it is not "
    "repeated by itself"
)


def told_of_upload(error: SoundCloudError) -> None:
    """Say of an upload that failed whether there may be a track all the same."""
    if (isinstance(error, ConnectionFailedError) and error.sent) or error.is_server_error:
        error.hint = _UNKNOWN_FATE


def check_seconds_left(quota: Quota | None, file: Any, filename: str | None) -> None:
    """Raise when an upload is longer than what the account has left.

    Args:
        quota: What /me says; None where it says nothing.
        file: What is to be uploaded.
        filename: What it is called, where it has no name.

    Raises:
        QuotaExceededError: It is; nothing was sent.
        InvalidInputError: The extra `audio` is not installed.
    """
    if quota is None or quota.unlimited_upload_quota or quota.upload_seconds_left is None:
        return
    seconds = _seconds_of(file, filename)
    left = quota.upload_seconds_left
    if left <= 0 or (seconds is not None and seconds > left):
        has = "" if seconds is None else f", and this sound has {seconds:.0f}"
        raise QuotaExceededError(
            f"{max(0, left)} seconds of upload are left{has}", hint="delete tracks, or get a plan with more"
        )


def _seconds_of(file: Any, filename: str | None) -> float | None:
    """How long a file plays, in seconds; None where that cannot be read from it."""
    if isinstance(file, str | PathLike):
        path = Path(fspath(cast("str", file)))
        with path.open("rb") as opened:
            return duration_of(opened, path.name)
    if isinstance(file, bytes | bytearray | memoryview):
        return duration_of(io.BytesIO(cast("bytes", file)), filename or "")
    if not hasattr(file, "read"):
        return None
    start = file.tell()
    try:
        return duration_of(file, filename or str(getattr(file, "name", "")))
    finally:
        file.seek(start)


def duration_of(file: BinaryIO, filename: str) -> float | None:
    """Read how long a sound plays.

    Args:
        file: The file, at its start.
        filename: What it is called; plain AAC is known by its name only.

    Returns:
        Seconds, or None where it is no sound that could be read.

    Raises:
        InvalidInputError: The extra `audio` is not installed.
    """
    try:
        import mutagen
        from mutagen.aac import AAC
    except ImportError:
        raise InvalidInputError(
            "how long a sound plays is read by mutagen, which is not installed: pip install 'soundcloud-sdk[audio]'"
        ) from None
    plain_aac = filename.lower().endswith((".aac", ".adts"))
    # Its own annotations end where the formats begin.
    read = cast("Any", AAC if plain_aac else mutagen.File)  # pyright: ignore[reportUnknownMemberType]
    try:
        found = read(file)
        length = float(found.info.length) if found is not None else 0.0
    except Exception:
        # Files of strangers make the readers of formats fail in many ways; each means the same.
        return None
    return length or None


def is_playable(track: Track, formats: int) -> bool:
    """Whether an upload seems to be ready: there is no field that says so.

    Args:
        track: The track.
        formats: How many addresses `/streams` names.

    Returns:
        Whether it has a duration and something to stream.
    """
    return bool(track.duration) and formats > 0
