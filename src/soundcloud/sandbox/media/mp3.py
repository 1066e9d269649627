"""Splits uploaded MP3 files into segments."""

from dataclasses import dataclass
from mmap import mmap

_BIT_RATES = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_TAG, _TAG_HEAD_BYTES = b"ID3", 10
_SEARCHED_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of an MP3 file; the last of `offsets` is the end."""

    offsets: tuple[int, ...]
    seconds: tuple[float, ...]


def find_segments(content: bytes | mmap, segment_seconds: float) -> Segments | None:
    """Split an MP3 into segments of whole frames with a minimum duration; None for another file."""
    position, offsets, durations, duration = _skip_tag(content), list[int](), list[float](), 0.0
    first, end = True, position
    while True:
        frame = _read_frame(content[position : position + 4])
        if frame is None:
            # Skip other data between frames, as players do.
            found = _find_frames(content, position)
            if found is None:
                break
            position = found
            continue
        size, seconds = frame
        is_info = first and any(mark in content[position : position + 200] for mark in (b"Xing", b"Info", b"VBRI"))
        first = False
        if is_info:
            # An info frame describes the file and contains no audio.
            position += size
            continue
        if position + size > len(content):
            break
        if not offsets or duration >= segment_seconds:
            if offsets:
                durations.append(duration)
            offsets.append(position)
            duration = 0.0
        duration += seconds
        position += size
        end = position
    if not offsets:
        return None
    return Segments((*offsets, end), (*durations, duration))


def _find_frames(content: bytes | mmap, position: int) -> int | None:
    """Return the next position of two consecutive frames."""
    end = position + _SEARCHED_BYTES
    while (position := content.find(b"\xff", position, end)) >= 0:
        frame = _read_frame(content[position : position + 4])
        if frame is not None and _read_frame(content[position + frame[0] : position + frame[0] + 4]) is not None:
            return position
        position += 1
    return None


def _skip_tag(content: bytes | mmap) -> int:
    if content[:3] != _TAG:
        return 0
    # ID3v2 sizes use seven bits of each byte.
    size = 0
    for byte in content[6:10]:
        size = size << 7 | (byte & 0x7F)
    return _TAG_HEAD_BYTES + size


def _read_frame(head: bytes) -> tuple[int, float] | None:
    """Return a frame's size in bytes and its duration in seconds, or None if this is not a layer III header."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, bit_rate, sampling = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bit_rate in {0, 15} or sampling == 3:
        return None
    samples, table = (1152, _BIT_RATES[1]) if version == 3 else (576, _BIT_RATES[2])
    sample_rate, padding = _SAMPLE_RATES[version][sampling], head[2] >> 1 & 1
    return samples // 8 * table[bit_rate - 1] * 1000 // sample_rate + padding, samples / sample_rate
