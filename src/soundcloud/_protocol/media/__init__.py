"""Playback, waveforms, file formats and embeds, without I/O."""
