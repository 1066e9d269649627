"""Waveforms of tracks."""

import attrs


@attrs.frozen
class Waveform:
    """The waveform of a track: its loudness over time.

    Attributes:
        samples: The loudness of equal parts of the track, each from 0 to `height`.
        width: The number of samples.
        height: The maximum of a sample.

    Example:
        >>> waveform = client.tracks.get_waveform(308946187)
        >>> bars = [sample / waveform.height for sample in waveform.samples]
    """

    samples: tuple[int, ...] = attrs.field(repr=False)
    width: int
    height: int
