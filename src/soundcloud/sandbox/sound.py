"""Sound: a tone to upload, silence to stream, and how long a file plays."""

import math
import wave
from array import array
from collections.abc import Callable
from io import BytesIO
from typing import Any, BinaryIO, cast

# One MPEG-1 layer III frame, 128 kbit/s, 48 kHz, stereo, that holds nothing: silence.
_MP3_FRAME = bytes((0xFF, 0xFB, 0x94, 0x64)) + bytes(380)
_MP3_FRAME_SECONDS = 1152 / 48_000
# One AAC-LC frame, 44.1 kHz, stereo, that holds nothing, behind its ADTS header.
_AAC_FRAME = bytes((0xFF, 0xF1, 0x50, 0x80, 0x02, 0x1F, 0xFC, 0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80))
_AAC_FRAME_SECONDS = 1024 / 44_100
_LONGEST_TONE = 600


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


def silent_mp3(seconds: float) -> bytes:
    """Make an MP3 file that plays nothing for a while."""
    return _MP3_FRAME * max(1, round(seconds / _MP3_FRAME_SECONDS))


def silent_aac(seconds: float) -> bytes:
    """Make an AAC file that plays nothing for a while."""
    return _AAC_FRAME * max(1, round(seconds / _AAC_FRAME_SECONDS))


def duration_of(file: BinaryIO, filename: str = "") -> int | None:
    """Read how long a file of sound plays.

    Args:
        file: The file, at its start.
        filename: What it is called; plain AAC is known by its name only.

    Returns:
        Milliseconds, or None where it is no sound that could be read.
    """
    # Imported here: only uploads need it.
    import mutagen
    from mutagen.aac import AAC

    plain_aac = filename.lower().endswith((".aac", ".adts"))
    # Its own annotations end where the formats begin.
    read = cast("Callable[[BinaryIO], Any]", AAC if plain_aac else mutagen.File)  # pyright: ignore[reportUnknownMemberType]
    try:
        found = read(file)
        length = float(found.info.length) if found is not None else 0.0
    except Exception:
        # What strangers upload makes the readers of formats fail in many ways; each means the same.
        return None
    return round(length * 1000) or None
