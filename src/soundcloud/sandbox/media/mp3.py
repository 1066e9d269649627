"""MP3 files that people uploaded: where they can be cut."""

from dataclasses import dataclass
from mmap import mmap

_RATES = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_TAG, _TAG_HEAD = b"ID3", 10
# How far the next frame may be, in bytes.
_SEARCHED = 2**16


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where a file of MP3 can be cut.

    Attributes:
        places: Where in the file each piece begins, in bytes, and at the end where the last one ends.
        seconds: How long each piece plays.
    """

    places: tuple[int, ...]
    seconds: tuple[float, ...]


def find_cuts(content: bytes | mmap, piece_seconds: float) -> Cuts | None:
    """Find where a file of MP3 can be cut into pieces of whole frames.

    Args:
        content: The file, or a map of it.
        piece_seconds: How long a piece plays at least, but for the last.

    Returns:
        The places, or None where this is no MP3.
    """
    position, places, lengths, length = _skip_tag(content), list[int](), list[float](), 0.0
    first, end = True, position
    while True:
        frame = _frame(content[position : position + 4])
        if frame is None:
            # Players pass over what is between frames, and so do the pieces.
            found = _find_frames(content, position)
            if found is None:
                break
            position = found
            continue
        size, seconds = frame
        described = first and any(mark in content[position : position + 200] for mark in (b"Xing", b"Info", b"VBRI"))
        first = False
        if described:
            # It tells players about the frames behind it, and holds no sound.
            position += size
            continue
        if position + size > len(content):
            break
        if not places or length >= piece_seconds:
            if places:
                lengths.append(length)
            places.append(position)
            length = 0.0
        length += seconds
        position += size
        end = position
    if not places:
        return None
    return Cuts((*places, end), (*lengths, length))


def _find_frames(content: bytes | mmap, position: int) -> int | None:
    """Find the next place where two frames follow one another."""
    end = position + _SEARCHED
    while (position := content.find(b"\xff", position, end)) >= 0:
        frame = _frame(content[position : position + 4])
        if frame is not None and _frame(content[position + frame[0] : position + frame[0] + 4]) is not None:
            return position
        position += 1
    return None


def _skip_tag(content: bytes | mmap) -> int:
    if content[:3] != _TAG:
        return 0
    # Seven bits of each byte count.
    size = 0
    for byte in content[6:10]:
        size = size << 7 | (byte & 0x7F)
    return _TAG_HEAD + size


def _frame(head: bytes) -> tuple[int, float] | None:
    """Read a header of layer III: how many bytes the frame has, and how long it plays."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, rate, sampling = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or rate in {0, 15} or sampling == 3:
        return None
    samples, table = (1152, _RATES[1]) if version == 3 else (576, _RATES[2])
    sample_rate = _SAMPLE_RATES[version][sampling]
    return samples // 8 * table[rate - 1] * 1000 // sample_rate + (head[2] >> 1 & 1), samples / sample_rate
