"""Me. Generated from SoundCloud's OpenAPI document by `make openapi-generate`; do not edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..models.quota import Quota
from ..models.subscription import Subscription
from ..models.user import User
from ..types import (
    DATES,
    REQUIRED,
    Nested,
    Wire,
    model,
    read_timestamp,
)


@model
class Me(User):
    """Me in a response. Fields that SoundCloud always sends have no None."""

    comments_count: int | None = None
    """Deprecated by SoundCloud."""
    likes_count: int | None = None
    locale: str | None = None
    online: bool | None = None
    primary_email_confirmed: bool | None = None
    private_playlists_count: int | None = None
    private_tracks_count: int | None = None
    quota: Quota | None = None
    upload_seconds_left: int | None = None

    _nested: ClassVar[Nested] = {
        "quota": Quota,
        "subscriptions": list[Subscription],
    }
    _wire: ClassVar[Wire] = {
        "created_at": read_timestamp,
        "last_modified": read_timestamp,
    }
    _kind: ClassVar[str | None] = "user"
    _present: ClassVar[Mapping[str, Any]] = {
        "avatar_url": "",
        "kind": REQUIRED,
        "permalink": "",
        "permalink_url": "",
        "uri": "",
        "urn": REQUIRED,
        "username": "",
    }

    def _decoded(self: Any) -> None:
        self.__class__ = Me
        if (
            self.avatar_url is None
            or self.kind is None
            or self.permalink is None
            or self.permalink_url is None
            or self.uri is None
            or self.urn is None
            or self.username is None
        ):
            raise ValueError("a field is missing that SoundCloud always sends")
        self.created_at = DATES[self.created_at]
        self.last_modified = DATES[self.last_modified]

        self._place = place = [None, None]
        if self.quota is not None:
            inner = self.quota._place
            inner[0] = place
            inner[1] = "quota"
        if self.subscriptions is not None:
            within = [place, "subscriptions"]
            for index, item in enumerate(self.subscriptions):
                inner = item._place
                inner[0] = within
                inner[1] = index

    def _decoded_bare(self: Any) -> None:
        self.__class__ = Me
        if (
            self.avatar_url is None
            or self.kind is None
            or self.permalink is None
            or self.permalink_url is None
            or self.uri is None
            or self.urn is None
            or self.username is None
        ):
            raise ValueError("a field is missing that SoundCloud always sends")
        self.created_at = DATES[self.created_at]
        self.last_modified = DATES[self.last_modified]
