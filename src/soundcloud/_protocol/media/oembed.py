"""oEmbed: the request, the response, and the fallback if SoundCloud blocks the request."""

import re
from typing import Any
from urllib.parse import quote, urlencode

import attrs

from soundcloud._protocol.http.messages import Request, request_for_url
from soundcloud._protocol.http.urls import WEB
from soundcloud._protocol.media.embeds import PLAYER, EmbedTarget, check_size, player_height, player_options
from soundcloud.errors import (
    BadRequestError,
    ConnectionFailedError,
    SoundCloudError,
    StatusError,
    UnexpectedResponseError,
    UnprocessableEntityError,
)
from soundcloud.widget import OEmbed, frame_of
from soundcloud_api.types import Model, model


@model
class OEmbedResponse(Model):
    """The response of oEmbed."""

    version: str | float | None = None
    type: str | None = None
    provider_name: str | None = None
    provider_url: str | None = None
    height: int | str | None = None
    width: int | str | None = None
    title: str | None = None
    description: str | None = None
    html: str | None = None
    thumbnail_url: str | None = None
    author_name: str | None = None
    author_url: str | None = None


@attrs.frozen
class OEmbedQuery:
    """The arguments of an oEmbed request: what to embed, the options of the player, and the size in pixels or percent."""

    target: EmbedTarget
    options: dict[str, Any]
    maxwidth: int | str | None
    maxheight: int | None

    def request(self, web_url: str) -> Request:
        """Return the request, which carries no token."""
        query = {"format": "json", "url": self.target.oembed_url, **player_options(self.options)}
        if self.maxwidth is not None:
            query["maxwidth"] = check_size("maxwidth", self.maxwidth, percent=True)
        if self.maxheight is not None:
            query["maxheight"] = check_size("maxheight", self.maxheight, percent=False)
        return request_for_url(f"{web_url}/oembed?{urlencode(query, quote_via=quote, safe='')}", OEmbedResponse)

    def read(self, response: OEmbedResponse) -> OEmbed:
        """Read the response; raise UnexpectedResponseError if it has no HTML."""
        # A field that does not match its type keeps the value of the response.
        fields: dict[str, Any] = {
            name: value for name in _STRING_FIELDS if isinstance(value := getattr(response, name), str) and value
        }
        if "html" not in fields:
            raise UnexpectedResponseError("the response of oEmbed has no HTML")
        version: Any = response.version
        if isinstance(version, int | float):
            fields["version"] = str(float(version))
        width: Any = response.width
        fields["width"] = str(width) if width.__class__ in {int, str} and width else "100%"
        height = str(response.height)
        pixels = int(height) if _PIXELS.fullmatch(height) else self._height()
        return OEmbed(height=pixels, **fields)

    def fallback(self, error: SoundCloudError, web_url: str) -> OEmbed:
        """Return the HTML of `soundcloud.widget` after an error."""
        width: int | str = self.maxwidth if self.maxwidth is not None else "100%"
        player = PLAYER if web_url == WEB else f"{web_url}/player"
        html = frame_of(self.target, self.options, None, width, self.maxheight, player)
        return OEmbed(
            html=html,
            width=str(width),
            height=self._height(),
            title=self.target.title,
            is_fallback=True,
            reason=error.message,
        )

    def _height(self) -> int:
        visual = self.options.get("visual") is True
        return self.maxheight or player_height(is_list=self.target.is_list, visual=visual)


_PIXELS = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_STRING_FIELDS = [field.name for field in attrs.fields(OEmbedResponse) if field.name not in {"height", "width"}]


def is_blocked(error: SoundCloudError) -> bool:
    """Return whether SoundCloud may have blocked the request; it gives no reason."""
    if isinstance(error, BadRequestError | UnprocessableEntityError):
        return False
    return isinstance(error, ConnectionFailedError | UnexpectedResponseError | StatusError)
