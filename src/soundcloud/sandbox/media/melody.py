"""The melody of each track: invented from the track's number alone, and read at any place without what came before."""

from math import exp
from random import Random

from soundcloud.sandbox.media.notes import (
    AAC_FRAME_SAMPLES,
    FALL,
    FREQUENCIES,
    MP3_FRAME_SAMPLES,
    NOTE_SAMPLES,
    RATE,
    SOUND_SECONDS,
    START_SECONDS,
    aac_note,
    mp3_note,
)

NOTE_SECONDS = NOTE_SAMPLES / RATE
"""How long one note of a melody lasts."""

MP3_FRAME_SECONDS = MP3_FRAME_SAMPLES / RATE
"""How long a frame of MP3 plays."""

AAC_FRAME_SECONDS = AAC_FRAME_SAMPLES / RATE
"""How long a frame of AAC plays."""

_MP3_FRAMES, _AAC_FRAMES = NOTE_SAMPLES // MP3_FRAME_SAMPLES, NOTE_SAMPLES // AAC_FRAME_SAMPLES
_PHRASE_NOTES, _PHRASES, _SECTIONS = 16, 4, 8
_REST, _STAY, _STEP = 0.14, 0.2, 0.8
_LOUDNESSES = (0, 0, 1, 2, 4, 6)


class Melody:
    """An endless melody: phrases that come back, louder and softer.

    Args:
        number: The track's id: the same number gives the same melody.
    """

    def __init__(self, number: int) -> None:
        # Not for secrets: the point is that the same track sounds the same.
        chance = Random(number)  # noqa: S311
        self._phrases = [_phrase(chance) for _ in range(_PHRASES)]
        self._sections = [(chance.randrange(_PHRASES), chance.choice(_LOUDNESSES)) for _ in range(_SECTIONS)]

    def note(self, index: int) -> tuple[int, int]:
        """Give one note.

        Args:
            index: Which, from 0.

        Returns:
            The note as `notes` counts them, 0 for a rest, and by how much it is softer.
        """
        section, place = divmod(index, _PHRASE_NOTES)
        phrase, softer = self._sections[section % _SECTIONS]
        # The first of every four is a little louder.
        return self._phrases[phrase][place], softer + (place % 4 > 0)

    def mp3(self, first: int, count: int) -> bytes:
        """Write frames of MP3.

        Args:
            first: The number of the first frame.
            count: How many frames.

        Returns:
            The frames.
        """
        frames: list[bytes] = []
        for index in range(first // _MP3_FRAMES, -(-(first + count) // _MP3_FRAMES)):
            frames += mp3_note(*self.note(index))
        return b"".join(frames[first % _MP3_FRAMES :][:count])

    def aac(self, first: int, count: int, size: int) -> list[bytes]:
        """Write frames of AAC, without headers; each has at least `size` bytes. See `mp3`."""
        frames: list[bytes] = []
        for index in range(first // _AAC_FRAMES, -(-(first + count) // _AAC_FRAMES)):
            frames += aac_note(*self.note(index), size)
        return frames[first % _AAC_FRAMES :][:count]

    def loudness(self, start: float, end: float) -> float:
        """Tell how loud a stretch is at its loudest.

        Args:
            start: Where it begins, in seconds.
            end: Where it ends.

        Returns:
            From 0 for silence to 1.
        """
        loudest = 0.0
        for index in range(int(start / NOTE_SECONDS), int(end / NOTE_SECONDS) + 1):
            note, softer = self.note(index)
            begins = index * NOTE_SECONDS + START_SECONDS
            if note and begins < end and start < begins + SOUND_SECONDS:
                loudest = max(loudest, 2.0 ** (-softer / 4) * exp(-FALL * max(0.0, start - begins)))
        return loudest


def _phrase(chance: Random) -> list[int]:
    notes: list[int] = []
    pitch = chance.randrange(2, len(FREQUENCIES) - 2)
    for place in range(_PHRASE_NOTES):
        turn = chance.random()
        if turn > _STAY:
            # Mostly to a neighbour, at times further.
            reach = 1 if turn < _STEP else 3
            reach = chance.choice((-reach, reach))
            pitch += reach if 1 <= pitch + reach <= len(FREQUENCIES) else -reach
        # What begins a phrase is heard.
        notes.append(0 if place % 8 and chance.random() < _REST else pitch)
    return notes
