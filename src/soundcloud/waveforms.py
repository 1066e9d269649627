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

    def _repr_html_(self) -> str:
        """Return a picture of the waveform for a notebook, in the color of its text."""
        width, half = 800, 40
        step = max(1, len(self.samples) // 400)
        bars = [max(self.samples[start : start + step]) for start in range(0, len(self.samples), step)]
        scale, wide = half / max(1, self.height), width / max(1, len(bars))
        path = "".join(
            f"M{index * wide:.1f} {half - bar * scale:.1f}v{2 * bar * scale:.1f}" for index, bar in enumerate(bars)
        )
        return (
            f"<p>Waveform of {self.width} samples</p>"
            f'<svg viewBox="0 0 {width} {2 * half}" width="100%" height="{2 * half}" role="img" aria-label="waveform">'
            f'<path d="{path}" stroke="currentColor" stroke-width="{wide * 0.7:.2f}" fill="none"/></svg>'
        )
