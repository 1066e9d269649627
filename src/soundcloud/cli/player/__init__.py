"""Playback from the command line through mpv or ffplay."""
