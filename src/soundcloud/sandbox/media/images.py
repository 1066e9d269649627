"""Draws artwork, avatars and waveforms as JPEG and PNG files. Pillow is imported at the first picture, as a start needs none."""

from collections.abc import Sequence
from colorsys import hls_to_rgb
from functools import lru_cache
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING, Literal

from soundcloud.sandbox.media.melody import Melody

if TYPE_CHECKING:
    from PIL.Image import Image

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

_ENLARGED = 4  # pictures are drawn this much larger and then reduced, for smooth edges
_JPEG_QUALITY = 90
_WAVEFORM_COLOUR = (0x33, 0xFF)  # grey, opaque


@lru_cache(maxsize=64)
def draw_image(name: str, size: int, kind: Literal["jpeg", "png"]) -> bytes:
    """Draw an artwork or avatar of `size` pixels: rings on a colour gradient, the same for the same name."""
    from PIL import Image, ImageDraw

    random = Random(name)  # noqa: S311 - reproducible, not secret
    hue = random.random()
    top, bottom = _make_colour(hue, 0.55), _make_colour(hue + 0.12, 0.22)
    width = size * _ENLARGED
    gradient = Image.new("RGB", (1, size))
    for line in range(size):
        gradient.putpixel((0, line), _mix(top, bottom, line / size))
    picture = gradient.resize((width, width), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(picture)
    for _ in range(random.randint(3, 5)):
        x, y, radius = random.uniform(0.1, 0.9), random.uniform(0.1, 0.9), random.uniform(0.12, 0.42)
        for inner in (1.0, 0.55):
            # Analogous colours, or the complementary one.
            turn = random.choice((0.06, 0.1, 0.16, 0.5)) * random.choice((-1, 1))
            colour = _make_colour(hue + turn, random.uniform(0.35, 0.8))
            draw.circle((x * width, y * width), radius * inner * width, fill=colour)
    return _encode(picture.reduce(_ENLARGED), kind)


def make_waveform(track_id: int, seconds: float) -> list[int]:
    """Return the loudness of a track over time: `WAVEFORM_WIDTH` numbers from 0 to `WAVEFORM_HEIGHT`."""
    melody, step = Melody(track_id, seconds), seconds / WAVEFORM_WIDTH
    return [round(WAVEFORM_HEIGHT * 0.95 * melody.loudness(at * step, (at + 1) * step)) for at in range(WAVEFORM_WIDTH)]


def draw_waveform(samples: Sequence[int]) -> bytes:
    """Draw the samples of a waveform, mirrored at its middle, on a transparent background."""
    from PIL import Image, ImageDraw

    picture = Image.new("LA", (len(samples), 2 * WAVEFORM_HEIGHT))
    draw = ImageDraw.Draw(picture)
    for x, height in enumerate(samples):
        if height:
            draw.line((x, WAVEFORM_HEIGHT - height, x, WAVEFORM_HEIGHT + height - 1), fill=_WAVEFORM_COLOUR)
    return _encode(picture, "png")


def _make_colour(hue: float, lightness: float) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in hls_to_rgb(hue % 1, lightness, 0.55))
    return red, green, blue


def _mix(start: tuple[int, int, int], end: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(one + (other - one) * share) for one, other in zip(start, end, strict=True))
    return red, green, blue


def _encode(picture: "Image", kind: Literal["jpeg", "png"]) -> bytes:
    file = BytesIO()
    picture.save(file, kind, quality=_JPEG_QUALITY)  # PNG has no quality
    return file.getvalue()
