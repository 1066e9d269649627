"""Streams. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from typing import Any

from ..types import (
    Model,
    model,
)


@model
class Streams(Model):
    """Streams in a response. Every field may be None."""

    hls_aac_160_url: str | None = None
    hls_aac_96_url: str | None = None
    hls_mp3_128_url: str | None = None
    http_mp3_128_url: str | None = None
    """Deprecated by SoundCloud."""
    preview_mp3_128_url: str | None = None

    def _decoded(self: Any) -> None:
        self.__class__ = Streams

        self._place = [None, None]

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Streams
