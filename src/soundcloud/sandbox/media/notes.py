"""Encoded notes of the sandbox's melodies, in MP3 and AAC.

`python -m tools.codegen.make_notes` writes `notes.bin`; the sounds in it are the project's own. The file is compressed with
zlib. It contains the size of every frame in two bytes, then the frames without headers: silence and each of `FREQUENCIES`,
first in MP3, then in AAC. An MP3 frame consists of its side information and the data that it uses; it gets a header and
padding to 128 kbit/s here. An AAC frame is padded with data stream elements, which players skip.
"""

import struct
import zlib
from functools import cache
from importlib.resources import files

RATE = 48_000  # samples per second
NOTE_SAMPLES = 18_432  # samples per note: 0.384 s, a whole number of frames in both formats
# Pitches in hertz; note 1 is the first, note 0 is silence.
FREQUENCIES = (220.0, 261.63, 293.66, 329.63, 392.0, 440.0, 523.25, 587.33, 659.26, 783.99, 880.0)
# Start and duration of the sound in a note, and its decay: to `exp(-DECAY)` in a second.
START_SECONDS, SOUND_SECONDS, DECAY = 0.025, 0.335, 7.0
NOTES_FILE = "notes.bin"  # name of the file with the frames, in the folder of this module
MP3_FRAME_SAMPLES = 1152  # samples in an MP3 frame
AAC_FRAME_SAMPLES = 1024  # samples in an AAC frame
MP3_FRAME_BYTES = 384  # bytes in an MP3 frame of 128 kbit/s

# MPEG-1 layer III, no checksum, 128 kbit/s, 48 kHz, one channel.
_MP3_HEADER = bytes((0xFF, 0xFB, 0x94, 0xC4))
# Bit offsets of the global gains: two in an MP3 frame, one in an AAC frame.
_MP3_GAINS = (39, 98)
_AAC_GAINS = (7,)


@cache
def mp3_note(note: int, attenuation: int) -> tuple[bytes, ...]:
    """Return the frames of a note, 0 for silence, in MP3; every 4 steps of attenuation halve the amplitude."""
    frames = (_attenuate(frame, _MP3_GAINS, attenuation) for frame in _load_notes()[note])
    return tuple((_MP3_HEADER + frame).ljust(MP3_FRAME_BYTES, b"\0") for frame in frames)


@cache
def aac_note(note: int, attenuation: int, size: int) -> tuple[bytes, ...]:
    """Return the frames of a note in AAC without headers, padded to `size` bytes; see `mp3_note`."""
    frames = (_attenuate(frame, _AAC_GAINS, attenuation) for frame in _load_notes()[len(FREQUENCIES) + 1 + note])
    return tuple(_make_padding(size - len(frame)) + frame for frame in frames)


def _make_padding(size: int) -> bytes:
    """Return data stream elements of `size` bytes in total, or nothing if an element does not fit."""
    padding = b""
    while size >= 2:
        # An element has 2 to 256 bytes, so one byte must never remain.
        length = min(size, 256 if size != 257 else 255)
        padding += bytes((0x80, length - 2)) + bytes(length - 2)
        size -= length
    return padding


def _attenuate(frame: bytes, offsets: tuple[int, ...], attenuation: int) -> bytes:
    value, bits = int.from_bytes(frame, "big"), 8 * len(frame)
    for offset in offsets:
        shift = bits - offset - 8
        gain = value >> shift & 0xFF
        value += (max(0, gain - attenuation) - gain) << shift
    return value.to_bytes(len(frame), "big")


@cache
def _load_notes() -> tuple[tuple[bytes, ...], ...]:
    content = zlib.decompress((files("soundcloud.sandbox.media") / NOTES_FILE).read_bytes())
    count = len(FREQUENCIES) + 1
    mp3_frames, aac_frames = NOTE_SAMPLES // MP3_FRAME_SAMPLES, NOTE_SAMPLES // AAC_FRAME_SAMPLES
    total = count * (mp3_frames + aac_frames)
    position = 2 * total
    notes: list[tuple[bytes, ...]] = []
    lengths = iter(struct.unpack_from(f">{total}H", content))
    for frames in (mp3_frames,) * count + (aac_frames,) * count:
        note: list[bytes] = []
        for _ in range(frames):
            length = next(lengths)
            note.append(content[position : position + length])
            position += length
        notes.append(tuple(note))
    return tuple(notes)
