"""oEmbed: what to ask SoundCloud for, how to read the reply, and what to give where there is none."""

import re
from typing import Any
from urllib.parse import quote, urlencode

import attrs

from soundcloud._protocol.http.messages import Request, request_for_url
from soundcloud._protocol.media.embeds import PLAYER, WEB, Embedded, embedded, player_height, player_options, size_of
from soundcloud.errors import (
    BadRequestError,
    ConnectionFailedError,
    SoundCloudError,
    StatusError,
    UnexpectedResponseError,
    UnprocessableEntityError,
)
from soundcloud.urn import Resource
from soundcloud.widget import OEmbed, frame_of
from soundcloud_api.types import Model


@attrs.define(repr=False)
class OEmbedReply(Model):
    """The reply of oEmbed."""

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
class Question:
    """What oEmbed is asked.

    Args:
        found: What is to be embedded.
        options: Settings of the player, as the caller gave them.
        maxwidth: The width: pixels, a text such as `100%`, or None.
        maxheight: The height in pixels, or None.
    """

    found: Embedded
    options: dict[str, Any]
    maxwidth: int | str | None
    maxheight: int | None

    def request(self, web_url: str) -> Request:
        """The request; no token is sent with it."""
        query = {"format": "json", "url": self.found.link, **player_options(self.options)}
        if self.maxwidth is not None:
            query["maxwidth"] = size_of("maxwidth", self.maxwidth, percent=True)
        if self.maxheight is not None:
            query["maxheight"] = size_of("maxheight", self.maxheight, percent=False)
        return request_for_url(f"{web_url}/oembed?{urlencode(query, quote_via=quote, safe='')}", OEmbedReply)

    def answer(self, response: OEmbedReply) -> OEmbed:
        """Read the reply.

        Raises:
            UnexpectedResponseError: There is no HTML in it.
        """
        # Fields that do not fit are as they came.
        texts: dict[str, Any] = {
            name: value for name in _TEXTS if isinstance(value := getattr(response, name), str) and value
        }
        if "html" not in texts:
            raise UnexpectedResponseError("SoundCloud's oEmbed answered without any HTML")
        version: Any = response.version
        if isinstance(version, int | float):
            texts["version"] = str(float(version))
        width: Any = response.width
        texts["width"] = str(width) if width.__class__ in {int, str} and width else "100%"
        height = str(response.height)
        high = int(height) if _PIXELS.fullmatch(height) else self._height()
        return OEmbed(height=high, **texts)

    def made_here(self, error: SoundCloudError, web_url: str) -> OEmbed:
        """The HTML of this package in the place of SoundCloud's."""
        width: int | str = self.maxwidth if self.maxwidth is not None else "100%"
        player = PLAYER if web_url == WEB else f"{web_url}/player"
        html = frame_of(self.found, self.options, None, width, self.maxheight, player)
        return OEmbed(
            html=html,
            width=str(width),
            height=self._height(),
            title=self.found.title,
            is_fallback=True,
            reason=error.message,
        )

    def _height(self) -> int:
        visual = self.options.get("visual") is True
        return self.maxheight or player_height(is_list=self.found.is_list, visual=visual)


_PIXELS = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_TEXTS = (
    "version",
    "type",
    "provider_name",
    "provider_url",
    "title",
    "description",
    "html",
    "thumbnail_url",
    "author_name",
    "author_url",
)


def question(
    resource: Resource,
    kind: str | None,
    secret_token: str | None,
    maxwidth: int | str | None,
    maxheight: int | None,
    options: dict[str, Any],
) -> Question:
    """Make the question; see `client.resolve.oembed`."""
    return Question(embedded(resource, kind, secret_token), options, maxwidth, maxheight)


def is_blocked(error: SoundCloudError) -> bool:
    """Whether SoundCloud did not answer this machine, as far as one can tell: it does not say why."""
    if isinstance(error, BadRequestError | UnprocessableEntityError):
        return False
    return isinstance(error, ConnectionFailedError | UnexpectedResponseError | StatusError)
