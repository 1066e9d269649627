"""Playback, waveforms, file formats and embeds."""
