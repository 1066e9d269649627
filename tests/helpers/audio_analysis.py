"""Audio analysis: ffmpeg decodes, the Goertzel algorithm detects notes."""

import math
import shutil
import subprocess
import sys
from array import array

from soundcloud.sandbox.media.notes import FREQUENCIES, NOTE_SAMPLES, RATE

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


def detect_note(samples):
    """Return the number of the loudest note; 0 for silence."""
    if loudness(samples) < 20:
        return 0
    return 1 + max(range(len(FREQUENCIES)), key=lambda index: magnitude(samples, FREQUENCIES[index]))


def note_samples(samples, index):
    # Skip the attack of the note.
    return samples[index * NOTE_SAMPLES + 2_400 : index * NOTE_SAMPLES + 12_000]
