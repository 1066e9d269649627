"""Streams. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from attrs import define

from ..types import (
    Model,
)


@define(repr=False, getstate_setstate=False)
class Streams(Model):
    """Streams in a response; every field may be None."""

    hls_aac_160_url: str | None = None
    hls_mp3_128_url: str | None = None
    http_mp3_128_url: str | None = None
    preview_mp3_128_url: str | None = None
