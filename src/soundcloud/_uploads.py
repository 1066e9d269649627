"""Upload quota, progress, and what a failed upload means."""

from __future__ import annotations

import inspect
import io
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from soundcloud._protocol.http.multipart import Progress
from soundcloud.errors import (
    ConnectionFailedError,
    InvalidInputError,
    QuotaExceededError,
    SoundCloudError,
    UnexpectedResponseError,
)

if TYPE_CHECKING:
    from soundcloud_api.models import Quota

MAXIMUM_POLL_SECONDS = 30.0
"""The longest wait between two polls for an upload, in seconds."""

_UNKNOWN_RESULT = (
    "it is unknown whether SoundCloud created a track: check me.get_tracks() before you upload again; uploads are not retried "
    "automatically"
)


class UploadTracker:
    """Counts the bytes of an upload, sent and in total, and forwards both to `on_progress`, a plain function or None."""

    def __init__(self, on_progress: Progress | None) -> None:
        if on_progress is not None and (not callable(on_progress) or inspect.iscoroutinefunction(on_progress)):
            raise InvalidInputError(f"on_progress={on_progress!r}: pass a plain function of two numbers")
        self.sent = self.total = 0
        self._on_progress = on_progress

    def __call__(self, sent: int, total: int) -> None:
        """Record the progress and forward it."""
        self.sent, self.total = sent, total
        if self._on_progress is not None:
            self._on_progress(sent, total)

    def explain(self, error: SoundCloudError) -> None:
        """Set the hint of an error: whether SoundCloud may have created a track."""
        lost = isinstance(error, ConnectionFailedError) and error.sent
        if not (lost or error.is_server_error or isinstance(error, UnexpectedResponseError)):
            return
        if lost and not 0 < self.total <= self.sent:
            # The closing boundary follows the last byte of the files; a form without it is invalid (RFC 2046 section 5.1.1).
            progress = (
                f"after {self.sent:,} of {self.total:,} bytes" if self.total else "before the first byte of the file"
            )
            error.hint = f"the upload was interrupted {progress}, so SoundCloud created no track: upload it again"
        else:
            error.hint = _UNKNOWN_RESULT


def check_upload_quota(quota: Quota | None, file: Any, filename: str | None) -> None:
    """Raise an error if audio is longer than the remaining quota of the user."""
    if quota is None or quota.unlimited_upload_quota or quota.upload_seconds_left is None:
        return
    duration = _read_duration(file, filename)
    remaining = quota.upload_seconds_left
    if remaining <= 0 or (duration is not None and duration > remaining):
        details = "" if duration is None else f", but this audio has {duration:.0f} s"
        raise QuotaExceededError(
            f"the upload quota has {max(0, remaining)} s left{details}",
            hint="delete tracks or upgrade the plan",
        )


def _read_duration(file: Any, filename: str | None) -> float | None:
    """Return the duration of audio in seconds; None if it is unknown."""
    if isinstance(file, str | PathLike):
        path = Path(fspath(cast("str", file)))
        with path.open("rb") as opened:
            found = read_audio(opened, path.name)
    elif isinstance(file, bytes | bytearray | memoryview):
        found = read_audio(io.BytesIO(cast("bytes", file)), filename or "")
    elif hasattr(file, "read"):
        try:
            start = file.tell()
        except (OSError, ValueError, AttributeError):  # a pipe, which cannot be read twice
            return None
        try:
            found = read_audio(file, filename or str(getattr(file, "name", "")))
        finally:
            file.seek(start)
    else:
        return None
    return None if found is None else found[1]


def read_audio(file: BinaryIO, filename: str) -> tuple[str, float] | None:
    """Return the format and the seconds of audio, read by mutagen, or None. Plain AAC is recognised by its extension only."""
    try:
        import mutagen
        from mutagen.aac import AAC
    except ImportError:
        raise InvalidInputError(
            "reading the duration of audio needs mutagen: pip install 'soundcloud-sdk[audio]'"
        ) from None
    plain_aac = filename.lower().endswith((".aac", ".adts"))
    # mutagen is not annotated here.
    read = cast("Any", AAC if plain_aac else mutagen.File)  # pyright: ignore[reportUnknownMemberType]
    try:
        found = read(file)
        length = float(found.info.length) if found is not None else 0.0
    except Exception:
        # mutagen raises many types of errors on malformed files.
        return None
    return (type(found).__name__, length) if length else None
