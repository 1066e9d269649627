"""Waveforms: how loud a track is over time."""

import attrs


@attrs.frozen
class Waveform:
    """How loud a track is over time, to be drawn by yourself.

    Attributes:
        samples: The loudness of equal parts of the track, from 0 to `height`.
        width: How many samples there are.
        height: The loudest that a sample can be.

    Example:
        >>> waveform = client.tracks.get_waveform(308946187)
        >>> bars = [sample / waveform.height for sample in waveform.samples]
    """

    samples: tuple[int, ...] = attrs.field(repr=False)
    width: int
    height: int
