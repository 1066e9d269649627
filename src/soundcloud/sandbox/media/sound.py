"""Audio files: a test tone to upload, and the duration and type of uploads."""

import math
import wave
from array import array
from io import BytesIO
from typing import BinaryIO, NamedTuple

from soundcloud._uploads import read_audio

_LONGEST_TONE = 600
_MEDIA_TYPES = {
    "AAC": "audio/aac",
    "AIFF": "audio/aiff",
    "FLAC": "audio/flac",
    "MP3": "audio/mpeg",
    "MP4": "audio/mp4",
    "OggOpus": "audio/ogg",
    "OggVorbis": "audio/ogg",
    "WAVE": "audio/wav",
}


def tone(seconds: float = 2.0, frequency: float = 220.0) -> bytes:
    """Return a WAV file with a tone, as an example for uploads.

    Args:
        seconds: The duration, above 0 and at most 600; default 2.
        frequency: The pitch in hertz; default 220.

    Returns:
        The content of the file.

    Raises:
        ValueError: The duration is out of range.

    Example:
        >>> tone(1)[:4]
        b'RIFF'
    """
    if not 0 < seconds <= _LONGEST_TONE:
        raise ValueError(f"seconds={seconds!r} is out of range: use more than 0 and at most {_LONGEST_TONE}")
    rate = 8_000
    step = 2 * math.pi * frequency / rate
    samples = array("h", (int(12_000 * math.sin(step * index)) for index in range(int(seconds * rate))))
    file = BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def format_duration(milliseconds: int) -> str:
    """Format a duration as minutes and seconds, such as `3:07`."""
    seconds = milliseconds // 1000
    return f"{seconds // 60}:{seconds % 60:02}"


class AudioInfo(NamedTuple):
    """The duration in milliseconds and the content type of an audio file."""

    duration: int
    media_type: str


def read_audio_info(file: BinaryIO, filename: str = "") -> AudioInfo | None:
    """Read the duration and type of an audio file, or None; plain AAC is recognized by the filename only."""
    found = read_audio(file, filename)
    if found is None:
        return None
    kind, seconds = found
    duration = round(seconds * 1000)
    return AudioInfo(duration, _MEDIA_TYPES.get(kind, "application/octet-stream")) if duration else None
