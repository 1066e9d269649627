"""The notes of the sandbox's melodies: encoded once, put together frame by frame.

`notes.bin` is made by `python -m tools.codegen.make_notes`; the sounds in it are this project's own. It is packed by zlib and holds
the silent note and then each of `FREQUENCIES`, first in MP3 and then in AAC. In front stand the lengths of all frames, two
bytes each; behind them the frames, without headers. A frame of MP3 is its side information and what that says is used; here
it gets a header and is filled up to 128 kbit/s. A frame of AAC is filled up behind a data element, which players skip.
"""

import struct
import zlib
from functools import cache
from importlib.resources import files

RATE = 48_000
"""Samples a second."""

NOTE_SAMPLES = 18_432
"""How long a note is, in samples: 0.384 s, in which both formats have whole frames."""

FREQUENCIES = (220.0, 261.63, 293.66, 329.63, 392.0, 440.0, 523.25, 587.33, 659.26, 783.99, 880.0)
"""The pitches, in hertz; note 1 is the first, note 0 is silence."""

START_SECONDS, SOUND_SECONDS, FALL = 0.025, 0.335, 7.0
"""When a note begins to sound, how long it does, and how fast it falls: to `exp(-FALL)` in a second."""

NOTES_FILE = "notes.bin"
"""The name of the file that holds the frames."""

MP3_FRAME_SAMPLES = 1152
"""Samples in a frame of MP3."""

AAC_FRAME_SAMPLES = 1024
"""Samples in a frame of AAC."""

MP3_FRAME_BYTES = 384
"""Bytes in a frame of MP3: 128 kbit/s."""

# MPEG-1 layer III, no checksum, 128 kbit/s, 48 kHz, one channel.
_MP3_HEADER = bytes((0xFF, 0xFB, 0x94, 0xC4))
# Where the two loudnesses of an MP3 frame stand, and that of an AAC frame, in bits.
_MP3_GAINS = (39, 98)
_AAC_GAINS = (7,)


def mp3_note(note: int, softer: int) -> tuple[bytes, ...]:
    """Give the frames of a note in MP3.

    Args:
        note: 0 for silence, or 1 and up to the number of `FREQUENCIES`.
        softer: By how much softer it is than the loudest; each 4 halve it.

    Returns:
        Frames of `MP3_FRAME_BYTES`.
    """
    return _mp3_note(note, softer if note else 0)


def aac_note(note: int, softer: int, size: int) -> tuple[bytes, ...]:
    """Give the frames of a note in AAC, without headers; each has at least `size` bytes. See `mp3_note`."""
    return _aac_note(note, softer if note else 0, size)


@cache
def _mp3_note(note: int, softer: int) -> tuple[bytes, ...]:
    frames = (_soften(frame, _MP3_GAINS, softer) for frame in _load()[note])
    return tuple((_MP3_HEADER + frame).ljust(MP3_FRAME_BYTES, b"\0") for frame in frames)


@cache
def _aac_note(note: int, softer: int, size: int) -> tuple[bytes, ...]:
    frames = (_soften(frame, _AAC_GAINS, softer) for frame in _load()[len(FREQUENCIES) + 1 + note])
    return tuple(_filling(size - len(frame)) + frame for frame in frames)


def _filling(size: int) -> bytes:
    """Write data elements of so many bytes together; nothing where there is no room for one."""
    filling = b""
    while size >= 2:
        # An element is 2 to 256 bytes long; what is left must not be a single one.
        length = min(size, 256 if size != 257 else 255)
        filling += bytes((0x80, length - 2)) + bytes(length - 2)
        size -= length
    return filling


def _soften(frame: bytes, places: tuple[int, ...], softer: int) -> bytes:
    value, bits = int.from_bytes(frame, "big"), 8 * len(frame)
    for place in places:
        shift = bits - place - 8
        gain = value >> shift & 0xFF
        value += (max(0, gain - softer) - gain) << shift
    return value.to_bytes(len(frame), "big")


@cache
def _load() -> tuple[tuple[bytes, ...], ...]:
    content = zlib.decompress((files("soundcloud.sandbox.media") / NOTES_FILE).read_bytes())
    count = len(FREQUENCIES) + 1
    in_mp3, in_aac = NOTE_SAMPLES // MP3_FRAME_SAMPLES, NOTE_SAMPLES // AAC_FRAME_SAMPLES
    frames_in_all = count * (in_mp3 + in_aac)
    position = 2 * frames_in_all
    notes: list[tuple[bytes, ...]] = []
    lengths = iter(struct.unpack_from(f">{frames_in_all}H", content))
    for frames in (in_mp3,) * count + (in_aac,) * count:
        note: list[bytes] = []
        for _ in range(frames):
            length = next(lengths)
            note.append(content[position : position + length])
            position += length
        notes.append(tuple(note))
    return tuple(notes)
