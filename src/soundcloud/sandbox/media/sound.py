"""Sound: a tone to upload, and how long a file plays."""

import math
import wave
from array import array
from io import BytesIO
from typing import BinaryIO, NamedTuple

from soundcloud._uploads import read_audio

_LONGEST_TONE = 600
# By the reader's name.
_TYPES = {
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
    """Make a WAV file that holds a tone: something to upload.

    Args:
        seconds: How long it plays, at most 600.
        frequency: The tone's pitch, in hertz.

    Returns:
        The file.

    Raises:
        ValueError: The length is not above 0, or too long.

    Example:
        >>> tone(1)[:4]
        b'RIFF'
    """
    if not 0 < seconds <= _LONGEST_TONE:
        raise ValueError(f"seconds={seconds!r}: a tone plays up to {_LONGEST_TONE} seconds")
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


class Measured(NamedTuple):
    """What was read of a file of sound.

    Attributes:
        duration: How long it plays, in milliseconds.
        media_type: What it is served as.
    """

    duration: int
    media_type: str


def measure(file: BinaryIO, filename: str = "") -> Measured | None:
    """Read how long a file of sound plays, and what it is.

    Args:
        file: The file, at its start.
        filename: What it is called; plain AAC is known by its name only.

    Returns:
        What was read, or None where it is no sound that could be read.
    """
    found = read_audio(file, filename)
    if found is None:
        return None
    kind, seconds = found
    duration = round(seconds * 1000)
    return Measured(duration, _TYPES.get(kind, "application/octet-stream")) if duration else None
