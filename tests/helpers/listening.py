"""How tests listen: ffmpeg decodes, and the loudest note is found among the samples."""

import math
import shutil
import subprocess
import sys
from array import array

from soundcloud.sandbox.media.notes import FREQUENCIES, NOTE_SAMPLES, RATE

FFMPEG = shutil.which("ffmpeg")

# What ffmpeg says of every MP3 without an index, and of files that name no loudspeakers.
HARMLESS = ("Estimating duration from bitrate", "Guessed Channel Layout")


def decode(source, *options):
    """Decode to samples of 48 kHz, one channel; a warning of the decoder is a failure."""
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
    told = [line for line in result.stderr.decode().splitlines() if not any(word in line for word in HARMLESS)]
    assert told == []
    samples = array("h", result.stdout)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def loudness(samples):
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples))


def strength(samples, frequency):
    """How much of a frequency is in the samples, by Goertzel's algorithm."""
    factor = 2 * math.cos(2 * math.pi * frequency / RATE)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    return before * before + last * last - factor * before * last


def heard_note(samples):
    """Which note is loudest; 0 for silence."""
    if loudness(samples) < 20:
        return 0
    return 1 + max(range(len(FREQUENCIES)), key=lambda index: strength(samples, FREQUENCIES[index]))


def note_samples(samples, index):
    # Behind the attack, before the next note.
    return samples[index * NOTE_SAMPLES + 2_400 : index * NOTE_SAMPLES + 12_000]
