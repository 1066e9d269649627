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

    def to_svg(self, *, width: int = 800, height: int = 80) -> str:
        """Return a picture of the waveform as SVG, for a file or for a web page.

        Pasted into HTML, it has the color of the text around it. As a file or an image, it is dark, or light in dark mode.

        Args:
            width: The width in pixels, 1 or more; default 800.
            height: The height in pixels, 1 or more; default 80.

        Returns:
            An `<svg>` element.

        Example:
            >>> waveform = client.tracks.get_waveform(308946187)
            >>> svg = waveform.to_svg(width=400)
        """
        style = "svg:root{color:#222}@media(prefers-color-scheme:dark){svg:root{color:#eee}}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
            f'aria-label="waveform"><style>{style}</style>{self._draw(width, height)}</svg>'
        )

    def _repr_html_(self) -> str:
        """Return a picture of the waveform for a notebook, in the color of its text."""
        return (
            f"<p>Waveform of {self.width} samples</p>"
            f'<svg viewBox="0 0 800 80" width="100%" height="80" role="img" aria-label="waveform">{self._draw(800, 80)}</svg>'
        )

    def _draw(self, width: int, height: int) -> str:
        """Return a `<path>` with a bar for every two pixels, or for every sample if there are fewer."""
        half = height / 2
        step = max(1, len(self.samples) // max(1, width // 2))
        bars = [max(self.samples[start : start + step]) for start in range(0, len(self.samples), step)]
        scale, wide = half / max(1, self.height), width / max(1, len(bars))
        path = "".join(
            f"M{(index + 0.5) * wide:.1f} {half - bar * scale:.1f}v{2 * bar * scale:.1f}"
            for index, bar in enumerate(bars)
        )
        return f'<path d="{path}" stroke="currentColor" stroke-width="{wide * 0.7:.2f}" fill="none"/>'
