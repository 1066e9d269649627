"""Draws artwork, avatars and waveforms as PNG files."""

import struct
import zlib
from collections.abc import Sequence
from colorsys import hls_to_rgb
from functools import lru_cache
from math import ceil, floor
from random import Random

from soundcloud.sandbox.media.melody import Melody

# Width and height in pixels, by the size name in the URL.
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

WAVEFORM_WIDTH, WAVEFORM_HEIGHT = 1800, 140  # number of samples in a waveform, and the value of the loudest sample

_SUBROWS = 4  # samples per pixel in the vertical direction, for smooth edges
_WAVEFORM_COLOUR = (0x33, 0x33, 0x33)


@lru_cache(maxsize=64)
def draw_image(name: str, size: int) -> bytes:
    """Draw an artwork or avatar of `size` pixels: rings on a colour gradient, the same for the same name."""
    random = Random(name)  # noqa: S311 - reproducible, not secret
    hue = random.random()
    top, bottom = _make_colour(hue, 0.55), _make_colour(hue + 0.12, 0.22)
    rings: list[tuple[float, float, float, bytes]] = []
    for _ in range(random.randint(3, 5)):
        x, y, radius = random.uniform(0.1, 0.9), random.uniform(0.1, 0.9), random.uniform(0.12, 0.42)
        for inner in (1.0, 0.55):
            # Analogous colours, or the complementary one.
            turn = random.choice((0.06, 0.1, 0.16, 0.5)) * random.choice((-1, 1))
            rings.append((x, y, radius * inner, bytes(_make_colour(hue + turn, random.uniform(0.35, 0.8)))))
    rows = [_draw_row(line, size, bytes(_mix(top, bottom, line / size)), rings) for line in range(size)]
    return _encode_png(size, rows)


def make_waveform(track_id: int, seconds: float) -> list[int]:
    """Return the loudness of a track over time: `WAVEFORM_WIDTH` numbers from 0 to `WAVEFORM_HEIGHT`."""
    melody, step = Melody(track_id, seconds), seconds / WAVEFORM_WIDTH
    return [round(WAVEFORM_HEIGHT * 0.95 * melody.loudness(at * step, (at + 1) * step)) for at in range(WAVEFORM_WIDTH)]


def draw_waveform(samples: Sequence[int]) -> bytes:
    """Draw the samples of a waveform, mirrored at its middle, on a transparent background."""
    heights = bytes(samples)
    # A pixel is set if the loudness exceeds the row's distance from the middle.
    half = [heights.translate(bytes(height > distance for height in range(256))) for distance in range(WAVEFORM_HEIGHT)]
    return _encode_png(len(heights), [*reversed(half), *half], [(255, 255, 255), _WAVEFORM_COLOUR], opacity=b"\0\xff")


def _draw_row(line: int, size: int, ground: bytes, rings: Sequence[tuple[float, float, float, bytes]]) -> bytes:
    """Return a row of pixels with three bytes each; the edges of the rings are mixed with what is below."""
    row = bytearray(ground * size)
    for x, middle, radius, colour in rings:
        spans: list[tuple[float, float]] = []
        for part in range(_SUBROWS):
            square = radius * radius - ((line + (part + 0.5) / _SUBROWS) / size - middle) ** 2
            if square > 0:
                reach = square**0.5
                spans.append((max(0.0, (x - reach) * size), min(float(size), (x + reach) * size)))
        if not spans:
            continue
        outer_start, outer_end = floor(min(start for start, _ in spans)), ceil(max(end for _, end in spans))
        # The pixels that the ring covers completely, if any.
        inner_start, inner_end = ceil(max(start for start, _ in spans)), floor(min(end for _, end in spans))
        if len(spans) < _SUBROWS or inner_start >= inner_end:
            inner_start = inner_end = outer_end
        row[3 * inner_start : 3 * inner_end] = colour * (inner_end - inner_start)
        for pixel in (*range(outer_start, inner_start), *range(inner_end, outer_end)):
            covered = sum(max(0.0, min(end, pixel + 1) - max(start, pixel)) for start, end in spans) / _SUBROWS
            for at, wanted in enumerate(colour, 3 * pixel):
                row[at] += round((wanted - row[at]) * covered)
    return bytes(row)


def _make_colour(hue: float, lightness: float) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in hls_to_rgb(hue % 1, lightness, 0.55))
    return red, green, blue


def _mix(start: tuple[int, int, int], end: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(one + (other - one) * share) for one, other in zip(start, end, strict=True))
    return red, green, blue


def _encode_png(
    width: int, rows: Sequence[bytes], palette: Sequence[tuple[int, int, int]] = (), opacity: bytes = b""
) -> bytes:
    # Bit depth 8, colour type 3 (palette) or 2 (red, green, blue); each row begins with filter type 0.
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 3 if palette else 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = [(b"IHDR", head), (b"IDAT", pixels), (b"IEND", b"")]
    if palette:
        chunks[1:1] = [(b"PLTE", b"".join(bytes(colour) for colour in palette)), (b"tRNS", opacity)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
