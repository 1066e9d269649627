"""What is known before and after an upload: the seconds that are left, and what became of one that failed."""

import inspect
import io
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO, cast

from soundcloud._protocol.http.multipart import Progress
from soundcloud.errors import (
    ConnectionFailedError,
    InvalidInputError,
    QuotaExceededError,
    SoundCloudError,
    UnexpectedResponseError,
)
from soundcloud_api.models import Quota

LONGEST_INTERVAL = 30.0
"""Seconds between two looks at an upload, at most."""

_UNKNOWN_FATE = (
    "it is not known whether SoundCloud made a track of it: look at me.get_tracks() before you upload it again; it is not "
    "repeated by itself"
)


class Sending:
    """How far an upload has come; stands between the form and whoever wants to be told.

    Args:
        on_progress: Who wants to be told.

    Attributes:
        sent: How many bytes of its files were sent.
        total: How many there are; 0 before the first were sent.

    Raises:
        InvalidInputError: It cannot be called, or would have to be awaited.
    """

    def __init__(self, on_progress: Progress | None) -> None:
        if on_progress is not None and (not callable(on_progress) or inspect.iscoroutinefunction(on_progress)):
            raise InvalidInputError(f"on_progress={on_progress!r}: give a plain function that takes two numbers")
        self.sent = self.total = 0
        self._on_progress = on_progress

    def __call__(self, sent: int, total: int) -> None:
        """Take note, and tell."""
        self.sent, self.total = sent, total
        if self._on_progress is not None:
            self._on_progress(sent, total)

    def explain(self, error: SoundCloudError) -> None:
        """Say of an upload that failed whether there may be a track all the same.

        Args:
            error: What is going to be raised.
        """
        lost = isinstance(error, ConnectionFailedError) and error.sent
        if not (lost or error.is_server_error or isinstance(error, UnexpectedResponseError)):
            return
        if lost and not 0 < self.total <= self.sent:
            # The form's last line goes out after the last byte of its files, and without it there is no form.
            how_far = f"after {self.sent:,} of {self.total:,} bytes" if self.total else "at its beginning"
            error.hint = f"it broke off {how_far}, and SoundCloud makes no track of that: upload it again"
        else:
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
    """How long a sound plays, in seconds; see `read_sound`."""
    found = read_sound(file, filename)
    return None if found is None else found[1]


def read_sound(file: BinaryIO, filename: str) -> tuple[str, float] | None:
    """Read what a sound is, and how long it plays.

    Args:
        file: The file, at its start.
        filename: What it is called; plain AAC is known by its name only.

    Returns:
        The name of mutagen's reader, and seconds; None where it is no sound that could be read.

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
    return (type(found).__name__, length) if length else None
