"""Pictures that the sandbox draws: covers and portraits, and how loud a track is over time, as PNG files."""

import struct
import zlib
from collections.abc import Sequence
from colorsys import hls_to_rgb
from functools import lru_cache
from random import Random

from soundcloud.sandbox.media.melody import Melody

SIZES = {
    "mini": 16,
    "tiny": 20,
    "small": 32,
    "badge": 47,
    "t67x67": 67,
    "large": 100,
    "t300x300": 300,
    "crop": 400,
    "t500x500": 500,
    "original": 800,
}
"""How wide and high a picture is, in pixels, by the word in its address."""

WAVE_WIDTH, WAVE_HEIGHT = 1800, 140
"""How many samples a waveform has, and what the loudest one is."""

_SHADES = 64
_WAVE_COLOUR = (0x33, 0x33, 0x33)


@lru_cache(maxsize=64)
def draw_picture(name: str, size: int) -> bytes:
    """Draw a cover or a portrait: a sky that changes its colour, with rings in it.

    Args:
        name: What chance starts from: the same name gives the same picture in every size.
        size: The width and height, in pixels.

    Returns:
        A PNG file.
    """
    # Not for secrets: the point is that the same name looks the same.
    chance = Random(name)  # noqa: S311
    hue = chance.random()
    top, bottom = _colour(hue, 0.55), _colour(hue + 0.12, 0.22)
    palette = [_between(top, bottom, shade / (_SHADES - 1)) for shade in range(_SHADES)]
    rings: list[tuple[float, float, float, int]] = []
    for _ in range(chance.randint(3, 5)):
        x, y, radius = chance.uniform(0.1, 0.9), chance.uniform(0.1, 0.9), chance.uniform(0.12, 0.42)
        for inner in (1.0, 0.55):
            rings.append((x, y, radius * inner, len(palette)))
            # Neighbours of the sky's colour, or what stands opposite.
            turn = chance.choice((0.06, 0.1, 0.16, 0.5)) * chance.choice((-1, 1))
            palette.append(_colour(hue + turn, chance.uniform(0.35, 0.8)))
    rows = [_row(line / size, size, rings) for line in range(size)]
    return _png(size, rows, palette)


def waveform(number: int, seconds: float) -> list[int]:
    """Tell how loud a track's melody is over time.

    Args:
        number: The track's id.
        seconds: How long it plays.

    Returns:
        `WAVE_WIDTH` numbers from 0 to `WAVE_HEIGHT`.
    """
    melody, step = Melody(number), seconds / WAVE_WIDTH
    return [round(WAVE_HEIGHT * 0.95 * melody.loudness(at * step, (at + 1) * step)) for at in range(WAVE_WIDTH)]


def draw_waveform(samples: Sequence[int]) -> bytes:
    """Draw a waveform, mirrored at its middle, on a ground that one can see through.

    Args:
        samples: Numbers from 0 to `WAVE_HEIGHT`.

    Returns:
        A PNG file.
    """
    heights = bytes(samples)
    # Pixels are coloured where the loudness reaches further than the row is from the middle.
    half = [heights.translate(bytes(height > distance for height in range(256))) for distance in range(WAVE_HEIGHT)]
    return _png(len(heights), [*reversed(half), *half], [(255, 255, 255), _WAVE_COLOUR], opacity=b"\0\xff")


def _row(y: float, size: int, rings: Sequence[tuple[float, float, float, int]]) -> bytes:
    row = bytearray(bytes((int(y * _SHADES),)) * size)
    for centre, middle, radius, colour in rings:
        square = radius * radius - (y - middle) ** 2
        if square > 0:
            reach = square**0.5
            start, end = max(0, round((centre - reach) * size)), min(size, round((centre + reach) * size))
            row[start:end] = bytes((colour,)) * max(0, end - start)
    return bytes(row)


def _colour(hue: float, lightness: float) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in hls_to_rgb(hue % 1, lightness, 0.55))
    return red, green, blue


def _between(start: tuple[int, int, int], end: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(one + (other - one) * share) for one, other in zip(start, end, strict=True))
    return red, green, blue


def _png(width: int, rows: Sequence[bytes], palette: Sequence[tuple[int, int, int]], opacity: bytes = b"") -> bytes:
    # Eight bits a pixel, each the number of a colour; the 0 in front of a row says that it is not filtered.
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 3, 0, 0, 0)
    colours = b"".join(bytes(colour) for colour in palette)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = [(b"IHDR", head), (b"PLTE", colours), (b"IDAT", pixels), (b"IEND", b"")]
    if opacity:
        chunks.insert(2, (b"tRNS", opacity))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
