"""Encoded clips of sound, stereo at 48 kHz, in MP3 and AAC.

`python -m tools.codegen.make_clips` writes `clips.bin`; the sounds in it are the project's own. Clip 0 is silence. Each of the
`KITS` has an opening, an ending and `LOOPS` loops, which can follow each other in any order.

The file is compressed with zlib. It contains the peak of each MP3 frame in a byte, then the size of every frame in two bytes, then
the frames; in all of them clip by clip, and in a clip MP3 before AAC. An MP3 frame is stored from the last byte of its header, and
without padding. An AAC frame has no header. Here both are padded to a constant bit rate: an MP3 frame with zeros, an AAC frame with
data stream elements, which players skip.
"""

import struct
import zlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

RATE = 48_000  # samples per second
CLIP_SAMPLES = 73_728  # samples per clip: 1.536 s, a whole number of frames in both formats
KITS, LOOPS = 3, 4  # number of kits, and of loops in a kit
SILENCE = 0  # the number of the silent clip
CLIPS_FILE = "clips.bin"  # name of the file with the frames, in the folder of this module
MP3_FRAME_SAMPLES = 1152  # samples in an MP3 frame
AAC_FRAME_SAMPLES = 1024  # samples in an AAC frame
MP3_FRAME_BYTES = 384  # bytes in an MP3 frame of 128 kbit/s

_MP3_FRAMES, _AAC_FRAMES = CLIP_SAMPLES // MP3_FRAME_SAMPLES, CLIP_SAMPLES // AAC_FRAME_SAMPLES
_CLIPS = 1 + KITS * (LOOPS + 2)
# MPEG-1 layer III, no checksum, 128 kbit/s, 48 kHz.
_MP3_HEADER = bytes((0xFF, 0xFB, 0x94))


class Clip(NamedTuple):
    """The frames of a clip without padding, and the peak of each MP3 frame: 0 to 255."""

    mp3: tuple[bytes, ...]
    aac: tuple[bytes, ...]
    peaks: bytes


def opening_clip(kit: int) -> int:
    """Return the number of a kit's opening; the ending and the loops follow it."""
    return 1 + kit * (LOOPS + 2)


@cache
def mp3_frames(clip: int) -> tuple[bytes, ...]:
    """Return the MP3 frames of a clip."""
    return tuple((_MP3_HEADER + frame).ljust(MP3_FRAME_BYTES, b"\0") for frame in load_clips()[clip].mp3)


@cache
def aac_frames(clip: int, size: int) -> tuple[bytes, ...]:
    """Return the AAC frames of a clip without headers, each of `size` bytes."""
    return tuple(_make_padding(size - len(frame)) + frame for frame in load_clips()[clip].aac)


def _make_padding(size: int) -> bytes:
    """Return data stream elements of `size` bytes in total, or nothing if an element does not fit."""
    padding = b""
    while size >= 2:
        # An element has 2 to 256 bytes, so one byte must never remain.
        length = min(size, 256 if size != 257 else 255)
        padding += bytes((0x80, length - 2)) + bytes(length - 2)
        size -= length
    return padding


@cache
def load_clips() -> tuple[Clip, ...]:
    """Return all clips."""
    content = zlib.decompress((files("soundcloud.sandbox.media") / CLIPS_FILE).read_bytes())
    per_clip = _MP3_FRAMES + _AAC_FRAMES
    position = _CLIPS * _MP3_FRAMES
    sizes = struct.unpack_from(f">{_CLIPS * per_clip}H", content, position)
    position += 2 * len(sizes)
    frames: list[bytes] = []
    for size in sizes:
        frames.append(content[position : position + size])
        position += size
    return tuple(
        Clip(
            tuple(frames[clip * per_clip : clip * per_clip + _MP3_FRAMES]),
            tuple(frames[clip * per_clip + _MP3_FRAMES : (clip + 1) * per_clip]),
            content[clip * _MP3_FRAMES : (clip + 1) * _MP3_FRAMES],
        )
        for clip in range(_CLIPS)
    )
