"""Streams. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

# pyright: reportPrivateUsage=false

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

    @classmethod
    def _finish(cls, items: list[Any]) -> None:
        for item in items:
            item.__class__ = Streams

    @classmethod
    def _finish_bare(cls, items: list[Any]) -> None:
        for item in items:
            item.__class__ = Streams
