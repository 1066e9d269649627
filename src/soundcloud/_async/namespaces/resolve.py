"""From a link of soundcloud.com to what it names, and to the HTML that embeds it."""

from typing import Any, Unpack, cast

from soundcloud._async.namespaces.base import AsyncNamespace
from soundcloud._protocol.media.embeds import EmbeddedKind
from soundcloud._protocol.media.oembed import is_blocked, question
from soundcloud._protocol.resolving import operation_at, permalink
from soundcloud.errors import SoundCloudError
from soundcloud.registry import implements
from soundcloud.urn import Resource
from soundcloud.widget import OEmbed, PlayerOptions
from soundcloud_api.api.miscellaneous import get_resolve
from soundcloud_api.models import Playlist, Track, User


class AsyncResolveNamespace(AsyncNamespace):
    """`client.resolve`: which track, user or playlist a link names."""

    __slots__ = ()

    @implements("get_resolve")
    async def resolve_url(self, url: str, *, token: str | None = None) -> str:
        """Get the API URL of what a link names.

        Args:
            url: A link of soundcloud.com or on.soundcloud.com; share links with their secret too.
            token: The access token to act with instead of the client's own.

        Returns:
            The API URL, with a number or a URN; `Urn.parse` reads both. It may hold the secret of a share link.

        Raises:
            InvalidInputError: It is no link; nothing was sent.
            NotFoundError: The link names nothing, or nothing that is visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> await client.resolve.resolve_url("https://soundcloud.com/forss/flickermood")
            'https://api.soundcloud.com/tracks/soundcloud:tracks:293'

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/miscellaneous/get_resolve
        """
        found = await self._pipeline.send(get_resolve(url=permalink(url)), token)
        return found.location or ""

    async def resolve(self, url: str, *, token: str | None = None) -> Track | User | Playlist:
        """Get what a link names: `resolve_url` and one call more.

        Args:
            url: A link of soundcloud.com or on.soundcloud.com; share links with their secret too.
            token: The access token to act with instead of the client's own.

        Returns:
            A `Track`, `User` or `Playlist`.

        Raises:
            InvalidInputError: It is no link; nothing was sent.
            NotFoundError: The link names nothing, or nothing that is visible with this token.
            UnexpectedResponseError: The link names something else, or leads to another host; that was not followed.
            SoundCloudError: A call failed.

        Example:
            >>> track = await client.resolve.resolve("https://soundcloud.com/forss/flickermood")
            >>> print(type(track).__name__, track.title)
            Track Flickermood

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/miscellaneous/get_resolve
        """
        location = await self.resolve_url(url, token=token)
        return await self._pipeline.send(operation_at(location, self._pipeline.base_url), token)

    async def oembed(
        self,
        resource: Resource,
        *,
        kind: EmbeddedKind | None = None,
        secret_token: str | None = None,
        maxwidth: int | str | None = None,
        maxheight: int | None = None,
        fallback: bool = True,
        **options: Unpack[PlayerOptions],
    ) -> OEmbed:
        """Get the HTML that embeds something, from SoundCloud's oEmbed. No token is sent, and none is needed.

        SoundCloud refuses servers at times: 403, 404, a page for a browser, no connection. Then the HTML is made here, by
        `soundcloud.widget`, and the result says so. The same comes of what must not be embedded or is not there: SoundCloud
        does not tell these apart, and the player shows nothing then.

        Args:
            resource: A permalink, a share link, an API URL, a URN, a number, or a model such as `Track`.
            kind: `tracks`, `users` or `playlists`; needed for a number.
            secret_token: The secret of a share link (`s-...`), for what is private.
            maxwidth: Pixels, or a text such as `100%`, which SoundCloud takes when not given.
            maxheight: Pixels; SoundCloud takes 166 for a track and 450 for several when not given.
            fallback: Whether the HTML is made here where SoundCloud does not answer; default True. With False that is an error.
            options: Settings of the player, see `soundcloud.widget.PlayerOptions`.

        Returns:
            The HTML and what SoundCloud says of it; `is_fallback` and `reason` tell whether it was made here, and why.

        Raises:
            InvalidInputError: An argument is wrong, or the resource has no address that the player takes; nothing was sent.
            BadRequestError: SoundCloud does not take an argument.
            SoundCloudError: With `fallback=False`: the call failed.

        Example:
            >>> embed = await client.resolve.oembed("https://soundcloud.com/forss/flickermood", maxheight=166)
            >>> print(embed.html, embed.is_fallback)

        Source:
            https://developers.soundcloud.com/docs/oembed
        """
        asked = question(resource, kind, secret_token, maxwidth, maxheight, cast("dict[str, Any]", options))
        try:
            return asked.answer(await self._pipeline.run(asked.request(self._pipeline.web_url)))
        except SoundCloudError as error:
            if not fallback or not is_blocked(error):
                raise
            return asked.made_here(error, self._pipeline.web_url)
