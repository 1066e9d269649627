"""Melodies that are generated from a track id; any part can be read on its own."""

from math import exp
from random import Random

from soundcloud.sandbox.media.notes import (
    AAC_FRAME_SAMPLES,
    DECAY,
    FREQUENCIES,
    MP3_FRAME_SAMPLES,
    NOTE_SAMPLES,
    RATE,
    SOUND_SECONDS,
    START_SECONDS,
    aac_note,
    mp3_note,
)

NOTE_SECONDS = NOTE_SAMPLES / RATE  # duration of a note
MP3_FRAME_SECONDS = MP3_FRAME_SAMPLES / RATE  # duration of an MP3 frame
AAC_FRAME_SECONDS = AAC_FRAME_SAMPLES / RATE  # duration of an AAC frame

_MP3_FRAMES, _AAC_FRAMES = NOTE_SAMPLES // MP3_FRAME_SAMPLES, NOTE_SAMPLES // AAC_FRAME_SAMPLES
_PHRASE_NOTES, _PHRASES, _SECTIONS = 16, 4, 8
# The probability of a rest; a random number below _STAY keeps the pitch, one above _STEP jumps by three notes.
_REST, _STAY, _STEP = 0.14, 0.2, 0.8
_ATTENUATIONS = (0, 0, 1, 2, 4, 6)


class Melody:
    """An endless melody of repeated phrases."""

    def __init__(self, track_id: int) -> None:
        random = Random(track_id)  # noqa: S311 - reproducible, not secret
        self._phrases = [_make_phrase(random) for _ in range(_PHRASES)]
        self._sections = [(random.randrange(_PHRASES), random.choice(_ATTENUATIONS)) for _ in range(_SECTIONS)]

    def note(self, index: int) -> tuple[int, int]:
        """Return a note, 0 for a rest, and its attenuation; see `notes.mp3_note`."""
        section, place = divmod(index, _PHRASE_NOTES)
        phrase, attenuation = self._sections[section % _SECTIONS]
        note = self._phrases[phrase][place]
        # The first of four notes is accented.
        return note, attenuation + (place % 4 > 0) if note else 0

    def mp3(self, first: int, count: int) -> bytes:
        """Return `count` MP3 frames, from the frame with index `first`."""
        frames: list[bytes] = []
        for index in range(first // _MP3_FRAMES, -(-(first + count) // _MP3_FRAMES)):
            frames += mp3_note(*self.note(index))
        return b"".join(frames[first % _MP3_FRAMES :][:count])

    def aac(self, first: int, count: int, size: int) -> list[bytes]:
        """Return AAC frames without headers, padded to `size` bytes; see `mp3`."""
        frames: list[bytes] = []
        for index in range(first // _AAC_FRAMES, -(-(first + count) // _AAC_FRAMES)):
            frames += aac_note(*self.note(index), size)
        return frames[first % _AAC_FRAMES :][:count]

    def loudness(self, start: float, end: float) -> float:
        """Return the peak loudness between two times in seconds: 0 for silence to 1."""
        peak = 0.0
        for index in range(int(start / NOTE_SECONDS), int(end / NOTE_SECONDS) + 1):
            note, attenuation = self.note(index)
            begins = index * NOTE_SECONDS + START_SECONDS
            if note and begins < end and start < begins + SOUND_SECONDS:
                peak = max(peak, 2.0 ** (-attenuation / 4) * exp(-DECAY * max(0.0, start - begins)))
        return peak


def _make_phrase(random: Random) -> list[int]:
    notes: list[int] = []
    pitch = random.randrange(2, len(FREQUENCIES) - 2)
    for place in range(_PHRASE_NOTES):
        move = random.random()
        if move > _STAY:
            size = 1 if move < _STEP else 3
            step = random.choice((-size, size))
            pitch += step if 1 <= pitch + step <= len(FREQUENCIES) else -step
        # Each half of a phrase begins with a note.
        notes.append(0 if place % 8 and random.random() < _REST else pitch)
    return notes
