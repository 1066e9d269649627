"""Uploads from the command line: manifests, audio tags, and the history of past uploads."""
