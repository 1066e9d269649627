"""Uploads of the command: manifests, audio metadata, the journal."""
