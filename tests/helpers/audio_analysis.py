"""Audio analysis: ffmpeg decodes, correlation detects clips, the Goertzel algorithm detects pitches."""

import math
import re
import shutil
import subprocess
import sys
from array import array
from functools import cache

from soundcloud.sandbox.media.clips import CLIP_SAMPLES, KITS, LOOPS, RATE, mp3_frames

FFMPEG = shutil.which("ffmpeg")

# ffmpeg warns of MP3 files without an index and of files without a channel layout.
IGNORED_WARNINGS = ("Estimating duration from bitrate", "Guessed Channel Layout")


def decode(source, *options):
    """Decode to mono samples of 48 kHz; fail if ffmpeg warns."""
    command = [
        FFMPEG,
        "-nostdin",
        "-v",
        "warning",
        "-i",
        source,
        *options,
        "-f",
        "s16le",
        "-ar",
        str(RATE),
        "-ac",
        "1",
        "-",
    ]
    result = subprocess.run(command, capture_output=True, check=True)
    warnings = result.stderr.decode().splitlines()
    assert [line for line in warnings if not any(text in line for text in IGNORED_WARNINGS)] == []
    samples = array("h", result.stdout)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def loudness(samples):
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples))


def magnitude(samples, frequency):
    """Return the squared magnitude of a frequency by the Goertzel algorithm."""
    factor = 2 * math.cos(2 * math.pi * frequency / RATE)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    return before * before + last * last - factor * before * last


def detect_clip(samples, index):
    """Return the number of the clip at a place of the samples; 0 for silence."""
    part = _sparse(samples[index * CLIP_SAMPLES : (index + 1) * CLIP_SAMPLES])
    if loudness(part) < 20:
        return 0
    return max(range(1, 1 + KITS * (LOOPS + 2)), key=lambda clip: correlation(part, reference(clip)))


@cache
def reference(clip):
    """Return every seventh sample of a clip."""
    content = b"".join(mp3_frames(clip)) * 3
    command = [FFMPEG, "-nostdin", "-v", "error", "-f", "mp3", "-i", "-", "-f", "s16le", "-ac", "1", "-"]
    samples = array("h", subprocess.run(command, input=content, capture_output=True, check=True).stdout)
    if sys.byteorder == "big":
        samples.byteswap()
    return _sparse(samples[CLIP_SAMPLES : 2 * CLIP_SAMPLES])


def correlation(one, other):
    """Return the cosine similarity of two lists of numbers, as far as both reach."""
    both = list(zip(one, other, strict=False))
    square = sum(a * a for a, _ in both) * sum(b * b for _, b in both)
    return sum(a * b for a, b in both) / math.sqrt(square) if square else 0.0


def measure_loudness(content, name):
    """Decode audio without any error, and return its loudness in LUFS, true peak in dBTP and number of channels."""
    command = [FFMPEG, "-nostdin", "-xerror", "-f", name, "-i", "-", "-af", "ebur128=peak=true", "-f", "null", "-"]
    text = subprocess.run(command, input=content, capture_output=True, check=True).stderr.decode()
    assert "rror" not in text
    channels = 2 if re.search(r"Stream #0:0.*Audio:.*stereo", text) else 1
    return (
        float(re.findall(r"I:\s+(\S+) LUFS", text)[-1]),
        float(re.findall(r"Peak:\s+(\S+) dBFS", text)[-1]),
        channels,
    )


def _sparse(samples):
    return samples[::7]
