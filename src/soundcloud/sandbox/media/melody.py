"""The sound of a track: clips in an order that its id determines. Any part can be read on its own."""

from random import Random

from soundcloud.sandbox.media.clips import (
    AAC_FRAME_SAMPLES,
    CLIP_SAMPLES,
    KITS,
    LOOPS,
    MP3_FRAME_SAMPLES,
    RATE,
    SILENCE,
    aac_frames,
    load_clips,
    mp3_frames,
    opening_clip,
)

CLIP_SECONDS = CLIP_SAMPLES / RATE  # duration of a clip
MP3_FRAME_SECONDS = MP3_FRAME_SAMPLES / RATE  # duration of an MP3 frame
AAC_FRAME_SECONDS = AAC_FRAME_SAMPLES / RATE  # duration of an AAC frame

_MP3_FRAMES, _AAC_FRAMES = CLIP_SAMPLES // MP3_FRAME_SAMPLES, CLIP_SAMPLES // AAC_FRAME_SAMPLES
_PHRASE_CLIPS, _PHRASES, _SECTIONS = 4, 3, 6
_SHORTEST_WITH_ENDING = 3
_LOUD = 180


class Melody:
    """A melody of repeated phrases, with an opening and an ending.

    Args:
        track_id: The id of the track, which determines the kit and the phrases.
        seconds: The duration of the track. It ends with the last whole clip; silence follows.
    """

    def __init__(self, track_id: int, seconds: float) -> None:
        random = Random(track_id)  # noqa: S311 - reproducible, not secret
        self._opening = opening_clip(random.randrange(KITS))
        self._phrases = [[random.randrange(LOOPS) for _ in range(_PHRASE_CLIPS)] for _ in range(_PHRASES)]
        self._sections = [random.randrange(_PHRASES) for _ in range(_SECTIONS)]
        self._clips = int(seconds / CLIP_SECONDS + 1e-9)

    def clip(self, index: int) -> int:
        """Return the number of the clip at a place; see `clips`."""
        has_ending = self._clips >= _SHORTEST_WITH_ENDING
        if has_ending and index >= self._clips:
            return SILENCE
        if has_ending and index in {0, self._clips - 1}:
            return self._opening + (index > 0)
        section, place = divmod(index, _PHRASE_CLIPS)
        phrase = self._phrases[self._sections[section % _SECTIONS]]
        return self._opening + 2 + phrase[place]

    def mp3(self, first: int, count: int) -> bytes:
        """Return `count` MP3 frames, from the frame with index `first`."""
        frames: list[bytes] = []
        for index in range(first // _MP3_FRAMES, -(-(first + count) // _MP3_FRAMES)):
            frames += mp3_frames(self.clip(index))
        return b"".join(frames[first % _MP3_FRAMES :][:count])

    def aac(self, first: int, count: int, size: int) -> list[bytes]:
        """Return AAC frames without headers, padded to `size` bytes; see `mp3`."""
        frames: list[bytes] = []
        for index in range(first // _AAC_FRAMES, -(-(first + count) // _AAC_FRAMES)):
            frames += aac_frames(self.clip(index), size)
        return frames[first % _AAC_FRAMES :][:count]

    def loudness(self, start: float, end: float) -> float:
        """Return the peak between two times in seconds, from 0 to 1; a peak of -3 dB or more is 1."""
        first, last = int(start / MP3_FRAME_SECONDS), max(int(start / MP3_FRAME_SECONDS), int(end / MP3_FRAME_SECONDS))
        clips = load_clips()
        # Of a track of days, some frames are enough.
        frames = range(first, last + 1, max(1, (last - first) // _MP3_FRAMES))
        peaks = (clips[self.clip(at // _MP3_FRAMES)].peaks[at % _MP3_FRAMES] for at in frames)
        return min(1.0, max(peaks) / _LOUD)
