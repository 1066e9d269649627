"""Encodes the notes of the sandbox's melodies: `python -m tools.codegen.make_notes` (needs ffmpeg).

Each note is encoded between silences, and its frames are kept without headers: MP3 frames without a bit reservoir, and AAC-LC
frames. A note has 18,432 samples at 48 kHz, which are 16 MP3 frames or 18 AAC frames, and does not overlap the frames around it, so
that any note can follow any other. `soundcloud.sandbox.media.notes` reads the file and documents its format.
"""

import math
import shutil
import struct
import subprocess
import sys
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path

from soundcloud.sandbox.media.notes import (
    AAC_FRAME_SAMPLES,
    DECAY,
    FREQUENCIES,
    MP3_FRAME_SAMPLES,
    NOTE_SAMPLES,
    NOTES_FILE,
    RATE,
    SOUND_SECONDS,
    START_SECONDS,
)

# Multiples of the frequency, and their loudness.
_OVERTONES = ((1, 1.0), (2, 0.22), (3, 0.1), (4, 0.03))
_LOUDNESS = 14_000
_ATTACK = 0.012
_NOTES_BEFORE = 4
# The delay of the decoders in samples, and the length of headers in bytes.
_MP3_DELAY, _MP3_SIDE = 1105, 17
_AAC_DELAY, _ADTS_HEADER = 1024, 7
_MP3_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)


def main() -> int:
    """Write the file of notes and print its size."""
    if shutil.which("ffmpeg") is None:
        print("make_notes: install ffmpeg with libmp3lame", file=sys.stderr)
        return 1
    pitches: Sequence[float] = (0.0, *FREQUENCIES)
    notes = [_mp3_note(pitch) for pitch in pitches] + [_aac_note(pitch) for pitch in pitches]
    frames = [frame for note in notes for frame in note]
    content = struct.pack(f">{len(frames)}H", *map(len, frames)) + b"".join(frames)
    packed = zlib.compress(content, 9)
    path = Path("src/soundcloud/sandbox/media") / NOTES_FILE
    path.write_bytes(packed)
    print(f"{path}: {len(notes)} notes, {len(frames)} frames, {len(content)} bytes, {len(packed)} packed")
    return 0


def _mp3_note(pitch: float) -> list[bytes]:
    """Encode a note as MP3 and return its frames without headers and padding."""
    options = (
        "-c:a",
        "libmp3lame",
        "-b:a",
        "48k",
        "-reservoir",
        "0",
        "-write_xing",
        "0",
        "-id3v2_version",
        "0",
        "-f",
        "mp3",
    )
    stream = _encode(pitch, _MP3_DELAY, options)
    frames: list[bytes] = []
    position = 0
    while position + 4 <= len(stream):
        header = stream[position : position + 4]
        if header[:2] != b"\xff\xfb" or header[2] & 0x0E != 0x04 or header[3] & 0xC0 != 0xC0:
            raise SystemExit(f"not a mono MP3 frame of 48 kHz at {position}: {header.hex()}")
        size = _MP3_RATES[header[2] >> 4] * 3
        frames.append(stream[position + 4 : position + size])
        position += size
    return _middle([_without_padding(frame) for frame in frames], NOTE_SAMPLES // MP3_FRAME_SAMPLES)


def _without_padding(frame: bytes) -> bytes:
    side = int.from_bytes(frame[:_MP3_SIDE], "big")
    bits = _MP3_SIDE * 8

    def read(start: int, count: int) -> int:
        return side >> (bits - start - count) & ((1 << count) - 1)

    if read(0, 9):
        raise SystemExit("an MP3 frame uses bits of the one before")
    used = read(18, 12) + read(18 + 59, 12)
    return frame[: _MP3_SIDE + (used + 7) // 8]


def _aac_note(pitch: float) -> list[bytes]:
    """Encode a note as AAC and return its frames without ADTS headers."""
    options = ("-c:a", "aac", "-b:a", "32k", "-cutoff", "8000", "-aac_pns", "0", "-aac_tns", "0", "-f", "adts")
    stream = _encode(pitch, _AAC_DELAY, options)
    frames: list[bytes] = []
    position = 0
    while position + _ADTS_HEADER <= len(stream):
        size = (int.from_bytes(stream[position + 3 : position + 6], "big") >> 5) & 0x1FFF
        frames.append(stream[position + _ADTS_HEADER : position + size])
        position += size
    return _middle(frames, NOTE_SAMPLES // AAC_FRAME_SAMPLES)


def _middle(frames: list[bytes], count: int) -> list[bytes]:
    """Return the frames of the note without the silence around it; fail if the note reaches into the silence."""
    start, end = _NOTES_BEFORE * count, (_NOTES_BEFORE + 1) * count
    around = [*frames[start - 3 : start], *frames[end : end + 3]]
    if max(map(len, around)) > min(map(len, frames)):
        raise SystemExit("the note is longer than its frames")
    return frames[start:end]


def _encode(pitch: float, delay: int, options: Sequence[str]) -> bytes:
    start = _NOTES_BEFORE * NOTE_SAMPLES - delay + round(START_SECONDS * RATE)
    samples = array("h", bytes(2 * NOTE_SAMPLES * (2 * _NOTES_BEFORE + 1)))
    for index in range(int(SOUND_SECONDS * RATE) if pitch else 0):
        samples[start + index] = _sample(pitch, index / RATE)
    command = ["ffmpeg", "-v", "error", "-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "-"]
    command += ["-bitexact", *options, "-"]
    if sys.byteorder == "big":
        samples.byteswap()
    return subprocess.run(command, input=samples.tobytes(), capture_output=True, check=True).stdout


def _sample(pitch: float, seconds: float) -> int:
    swing = sum(loud * math.sin(2 * math.pi * pitch * times * seconds) for times, loud in _OVERTONES)
    envelope = min(1.0, seconds / _ATTACK) * math.exp(-DECAY * seconds) * min(1.0, (SOUND_SECONDS - seconds) / 0.05)
    return round(_LOUDNESS * swing * envelope)


if __name__ == "__main__":
    sys.exit(main())
