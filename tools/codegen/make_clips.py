"""Synthesizes and encodes the sound of the sandbox's tracks: `python -m tools.codegen.make_clips` (needs ffmpeg with libmp3lame).

Each kit has a key, an instrument and a drone. The drone's frequencies have whole periods in a clip, and the other notes are silent
near the ends of a clip. So all clips of a kit are equal at their ends, and any clip can follow any other without a gap, although
the transforms of MP3 and AAC overlap between frames. The script encodes each clip between clips of the drone alone, and stores its
frames. `soundcloud.sandbox.media.clips` reads the file and documents its format.
"""

import cmath
import math
import re
import shutil
import struct
import subprocess
import sys
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from soundcloud.sandbox.media.clips import (
    AAC_FRAME_SAMPLES,
    CLIP_SAMPLES,
    CLIPS_FILE,
    KITS,
    MP3_FRAME_SAMPLES,
    RATE,
)

Samples: TypeAlias = "array[int]"  # stereo, 16 bits

LOUDNESS = -15.0  # of the loops of a kit, in LUFS

_FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-f", "s16le", "-ar", str(RATE), "-ac", "2", "-i", "-")
_MP3 = ("-c:a", "libmp3lame", "-q:a", "9", "-cutoff", "7000", "-reservoir", "0", "-write_xing", "0")
_MP3_FILE = ("-id3v2_version", "0", "-f", "mp3")
_AAC = ("-c:a", "aac", "-b:a", "36k", "-cutoff", "7000", "-aac_pns", "0", "-aac_tns", "0", "-aac_is", "0", "-f", "adts")
# The delay of the decoders in samples, and the length of headers in bytes.
_MP3_DELAY, _MP3_HEADER, _MP3_SIDE = 1105, 4, 32
_AAC_DELAY, _ADTS_HEADER = 1024, 7
_MP3_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)

_EIGHTH = CLIP_SAMPLES // 8
# No note sounds in so many samples at each end of a clip; the release of its notes is before the end.
_MARGIN, _ATTACK, _RELEASE = 2_400, 500, 14_000


class _Kit(NamedTuple):
    """An instrument: the partials of a note as multiple, loudness and decay per second, and what it plays.

    Pitches are semitones above 440 Hz. A loop is a list of notes, each with the eighth at which it begins, the pitch and the
    loudness.
    """

    partials: Sequence[tuple[float, float, float]]
    drone: Sequence[tuple[int, float]]
    loops: Sequence[str]
    opening: str
    ending: str


# A note is written as eighth, pitch and loudness in percent.
_ELECTRIC_PIANO = _Kit(
    ((1, 1.0, 1.6), (2, 0.3, 2.6), (3, 0.1, 4.5), (4, 0.08, 7), (7, 0.03, 12)),
    ((-19, 0.16), (-12, 0.1), (-7, 0.05)),
    (
        "0:-19:60 0:-7:50 0:-4:50 0:0:50 2:3:60 3:7:45 5:5:55 6:3:35",
        "0:-23:60 0:-7:50 0:-2:50 0:1:45 1:5:50 3:3:55 4:1:40 6:0:40",
        "0:-16:55 0:-4:50 0:0:50 0:3:45 2:7:60 4:8:45 5:7:40",
        "0:-21:60 0:-9:50 0:-5:45 0:-2:50 2:3:50 3:5:55 5:10:45 6:7:35",
    ),
    "2:-7:35 4:0:35 5:3:35",
    "0:-19:60 0:-7:45 0:0:45 1:5:40 2:7:30",
)
_MUSIC_BOX = _Kit(
    ((1, 1.0, 2.2), (2, 0.12, 4), (2.99, 0.16, 6), (5.41, 0.05, 11)),
    ((-16, 0.12), (-9, 0.09), (-4, 0.07), (0, 0.03)),
    (
        "0:-16:55 0:8:50 1:3:40 2:0:40 3:8:45 4:10:50 5:3:35 6:0:35",
        "0:-14:55 0:10:50 1:5:40 2:1:40 3:10:45 4:13:50 6:8:35",
        "0:-11:55 0:12:50 1:8:40 2:5:40 3:1:40 4:8:50 5:5:35 6:1:35",
        "0:-9:55 0:15:50 2:12:45 3:8:40 4:3:45 5:12:40 6:10:30",
    ),
    "3:8:35 5:12:35",
    "0:-16:55 0:8:45 1:12:40 2:15:40 3:20:30",
)
_STRINGS = _Kit(
    ((1, 1.0, 2.4), (2, 0.5, 3.4), (3, 0.3, 4.6), (4, 0.16, 6.5), (5, 0.1, 9), (6, 0.05, 12)),
    ((-24, 0.14), (-17, 0.1), (-12, 0.06)),
    (
        "0:-24:60 1:-12:45 2:-5:45 3:0:50 4:3:50 5:0:40 6:-5:40",
        "0:-28:60 1:-16:45 2:-9:45 3:-4:50 4:0:50 5:3:40 6:-4:40",
        "0:-21:60 1:-9:45 2:-5:45 3:-2:50 4:3:50 5:7:45 6:-2:40",
        "0:-26:60 1:-14:45 2:-7:45 3:-2:50 4:2:50 5:-2:40 6:-7:40",
    ),
    "2:-12:40 4:-5:40 6:0:35",
    "0:-24:60 1:-12:45 2:-5:45 3:0:45 4:7:35",
)
_INSTRUMENTS = (_ELECTRIC_PIANO, _MUSIC_BOX, _STRINGS)


def main() -> int:
    """Write the file of clips and print its size."""
    if shutil.which("ffmpeg") is None:
        print("make_clips: install ffmpeg with libmp3lame", file=sys.stderr)
        return 1
    silence = array("h", bytes(4 * CLIP_SAMPLES))
    clips = [_encode_clip(silence, silence, silence)]
    for kit in range(KITS):
        drone, opening, ending, *loops = synthesize(kit)
        clips.append(_encode_clip(silence, opening, drone))
        clips.append(_encode_clip(drone, ending, silence))
        clips += [_encode_clip(drone, loop, drone) for loop in loops]
    frames = [frame for mp3, aac, _ in clips for frame in (*mp3, *aac)]
    peaks = b"".join(peaks for _, _, peaks in clips)
    content = peaks + struct.pack(f">{len(frames)}H", *map(len, frames)) + b"".join(frames)
    packed = zlib.compress(content, 9)
    path = Path("src/soundcloud/sandbox/media") / CLIPS_FILE
    path.write_bytes(packed)
    print(f"{path}: {len(clips)} clips, {len(frames)} frames, {len(content)} bytes, {len(packed)} packed")
    return 0


def synthesize(kit: int) -> list[Samples]:
    """Return the drone, the opening, the ending and the loops of a kit as stereo samples, at the kit's loudness."""
    instrument = _INSTRUMENTS[kit]
    drone = _make_drone(instrument)
    loops = [_mix(drone, _play(instrument, notes)) for notes in instrument.loops]
    fade = [0.5 - 0.5 * math.cos(math.pi * at / CLIP_SAMPLES) for at in range(CLIP_SAMPLES)]
    # The sound fades in from silence, and out to it before the end of the last clip.
    opening = _mix(
        [_scale(pair, rise) for pair, rise in zip(drone, fade, strict=True)], _play(instrument, instrument.opening)
    )
    fall = [_scale(drone[at], max(0.0, 1 - at / (CLIP_SAMPLES - _MARGIN)) ** 2) for at in range(CLIP_SAMPLES)]
    ending = _mix(fall, _play(instrument, instrument.ending))
    quiet = [_to_samples(loop, 0.1) for loop in loops]
    gain = 0.1 * 10 ** ((LOUDNESS - _measure(b"".join(loop.tobytes() for loop in quiet))) / 20)
    return [_to_samples(clip, gain) for clip in (drone, opening, ending, *loops)]


def _scale(pair: tuple[float, float], factor: float) -> tuple[float, float]:
    return pair[0] * factor, pair[1] * factor


def _mix(one: Sequence[tuple[float, float]], other: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(a + c, b + d) for (a, b), (c, d) in zip(one, other, strict=True)]


def _make_drone(instrument: _Kit) -> list[tuple[float, float]]:
    left, right = [0.0] * CLIP_SAMPLES, [0.0] * CLIP_SAMPLES
    for place, (pitch, loudness) in enumerate(instrument.drone):
        # Whole periods in a clip; the second voice is one period slower, which moves the sound between the sides.
        periods = round(440 * 2 ** (pitch / 12) * CLIP_SAMPLES / RATE)
        for at in range(CLIP_SAMPLES):
            first = math.sin(2 * math.pi * periods * at / CLIP_SAMPLES)
            second = math.sin(2 * math.pi * (periods - 1) * at / CLIP_SAMPLES + place)
            left[at] += loudness * (first + 0.5 * second)
            right[at] += loudness * (first - 0.5 * second)
    return list(zip(left, right, strict=True))


def _play(instrument: _Kit, notes: str) -> list[tuple[float, float]]:
    left, right = [0.0] * CLIP_SAMPLES, [0.0] * CLIP_SAMPLES
    stop = CLIP_SAMPLES - _MARGIN
    for place, note in enumerate(notes.split()):
        eighth, pitch, percent = map(int, note.split(":"))
        start = _MARGIN + eighth * _EIGHTH
        # Low notes are in the middle, the others alternate between the sides.
        side = 0.0 if pitch < -12 else (0.3, -0.3)[place % 2]
        for multiple, loudness, decay in instrument.partials:
            turn = cmath.exp(complex(-decay, 2 * math.pi * 440 * 2 ** (pitch / 12) * multiple) / RATE)
            value = complex(loudness * percent / 100)
            for at in range(start, stop):
                envelope = min(
                    1.0, (at - start) / _ATTACK, 0.5 - 0.5 * math.cos(math.pi * min(1.0, (stop - at) / _RELEASE))
                )
                left[at] += value.imag * envelope * (1 - side)
                right[at] += value.imag * envelope * (1 + side)
                value *= turn
    return list(zip(left, right, strict=True))


def _to_samples(pairs: Sequence[tuple[float, float]], gain: float) -> Samples:
    return array("h", (round(32_767 * gain * value) for pair in pairs for value in pair))


def _to_bytes(samples: Samples) -> bytes:
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    return samples.tobytes()


def _run(samples: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run((*_FFMPEG, *options), input=samples, capture_output=True, check=True)


def _measure(samples: bytes) -> float:
    """Return the integrated loudness in LUFS, by EBU R 128."""
    errors = _run(samples, "-v", "info", "-af", "ebur128", "-f", "null", "-").stderr.decode()
    return float(re.findall(r"I:\s+(-[0-9.]+) LUFS", errors)[-1])


def _encode_clip(before: Samples, clip: Samples, after: Samples) -> tuple[list[bytes], list[bytes], bytes]:
    """Return the MP3 and AAC frames of a clip, without those of the clips around it, and the peak of each MP3 frame."""
    stream = _to_bytes(before) * 2 + _to_bytes(clip) + _to_bytes(after) * 2
    mp3 = _split_mp3(_run(stream[4 * _MP3_DELAY :], "-bitexact", *_MP3, *_MP3_FILE, "-").stdout)
    aac = _split_aac(_run(stream[4 * _AAC_DELAY :], "-bitexact", *_AAC, "-").stdout)
    size = 2 * MP3_FRAME_SAMPLES
    peaks = bytes(max(map(abs, clip[at : at + size])) >> 7 for at in range(0, len(clip), size))
    return _middle(mp3, MP3_FRAME_SAMPLES), _middle(aac, AAC_FRAME_SAMPLES), peaks


def _middle(frames: list[bytes], samples: int) -> list[bytes]:
    count = CLIP_SAMPLES // samples
    return frames[2 * count : 3 * count]


def _split_mp3(stream: bytes) -> list[bytes]:
    """Return the frames, each without the first three bytes of its header and without padding."""
    frames: list[bytes] = []
    position = 0
    while position + _MP3_HEADER <= len(stream):
        header = stream[position : position + _MP3_HEADER]
        if header[:2] != b"\xff\xfb" or header[2] & 0x0C != 0x04 or header[3] & 0xC0 != 0x40:
            raise SystemExit(f"not a frame of joint stereo at 48 kHz at {position}: {header.hex()}")
        size = _MP3_RATES[header[2] >> 4] * 3
        side = int.from_bytes(stream[position + _MP3_HEADER : position + _MP3_HEADER + _MP3_SIDE], "big")

        def read(start: int, count: int, side: int = side) -> int:
            return side >> (_MP3_SIDE * 8 - start - count) & ((1 << count) - 1)

        if read(0, 9):
            raise SystemExit("an MP3 frame uses bits of the one before")
        # The lengths of two granules of two channels.
        used = sum(read(20 + 59 * index, 12) for index in range(4))
        frames.append(stream[position + 3 : position + _MP3_HEADER + _MP3_SIDE + (used + 7) // 8])
        position += size
    return frames


def _split_aac(stream: bytes) -> list[bytes]:
    """Return the frames without ADTS headers."""
    frames: list[bytes] = []
    position = 0
    while position + _ADTS_HEADER <= len(stream):
        size = (int.from_bytes(stream[position + 3 : position + 6], "big") >> 5) & 0x1FFF
        frames.append(stream[position + _ADTS_HEADER : position + size])
        position += size
    return frames


if __name__ == "__main__":
    sys.exit(main())
