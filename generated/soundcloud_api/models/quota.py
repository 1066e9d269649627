"""Quota. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from attrs import define

from ..types import (
    Model,
)


@define(repr=False, getstate_setstate=False)
class Quota(Model):
    """Quota in a response; every field may be None."""

    unlimited_upload_quota: bool | None = None
    upload_seconds_left: int | None = None
    upload_seconds_used: int | None = None
