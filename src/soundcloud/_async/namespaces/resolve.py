"""The `resolve` namespace."""

from typing import Any, Unpack, cast

from soundcloud._async.namespaces.base import AsyncNamespace
from soundcloud._protocol.announced.station import Station
from soundcloud._protocol.media.embeds import EmbeddedKind, find_embed_target
from soundcloud._protocol.media.oembed import OEmbedQuery, is_blocked
from soundcloud._protocol.resolving import check_permalink, operation_at
from soundcloud.errors import SoundCloudError
from soundcloud.options import RequestOptions
from soundcloud.registry import implements, uses_announced
from soundcloud.urn import Resource
from soundcloud.widget import OEmbed, PlayerOptions
from soundcloud_api.api import miscellaneous as api
from soundcloud_api.models import Playlist, Track, User
from soundcloud_api.types import Operation


class AsyncResolveNamespace(AsyncNamespace):
    """`client.resolve`: find the track, user, playlist or station behind a URL of soundcloud.com.

    Raises:
        InvalidInputError: An argument is invalid; nothing was sent.
        NotFoundError: Nothing is at the URL, or nothing that is visible with this token.
        SoundCloudError: The request failed.
    """

    __slots__ = ()

    @uses_announced("resolve_of_discover_links")
    @implements("get_resolve")
    async def resolve_url(self, url: str, *, token: str | None = None, **options: Unpack[RequestOptions]) -> str:
        """Get the API URL of the resource at a URL of soundcloud.com.

        Args:
            url: A URL of soundcloud.com, of a subdomain such as on.soundcloud.com, or of the client's `web_url`; with or
                without https://. A share link may include its secret.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            The API URL, which `Urn.parse` reads. It may contain the secret of a share link.

        Example:
            >>> await client.resolve.resolve_url("https://soundcloud.com/forss/flickermood")
            'https://api.soundcloud.com/tracks/soundcloud:tracks:293'
        """
        found = await self._pipeline.send(
            api.get_resolve(url=check_permalink(url, self._pipeline.web_url)), token, options
        )
        return found.location or ""

    @uses_announced("resolve_of_discover_links")
    async def resolve(
        self, url: str, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> Track | User | Playlist | Station:
        """Get the track, user, playlist or station at a URL of soundcloud.com, with two requests.

        Args:
            url: A URL of soundcloud.com, of a subdomain such as on.soundcloud.com, or of the client's `web_url`; with or
                without https://. A share link may include its secret.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Raises:
            WrongKindError: The URL is not that of a track, user, playlist or station.
            UnexpectedResponseError: The URL redirects to another host; no request was sent there.

        Example:
            >>> track = await client.resolve.resolve("https://soundcloud.com/forss/flickermood")
            >>> print(type(track).__name__, track.title)
            Track Flickermood

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/miscellaneous/get_resolve
        """
        location = await self.resolve_url(url, token=token, **options)
        return await self._pipeline.send(operation_at(location, self._pipeline.base_url), token, options)

    async def track(self, url: str, *, token: str | None = None, **options: Unpack[RequestOptions]) -> Track:
        """Get the track at a URL of soundcloud.com, with two requests.

        Args:
            url: The URL of a track, of soundcloud.com or on.soundcloud.com; a share link may include its secret.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Raises:
            WrongKindError: The URL is not that of a track; the message and `kind` say what it is.
            UnexpectedResponseError: The URL redirects to another host; no request was sent there.

        Example:
            >>> track = await client.resolve.track("https://soundcloud.com/forss/flickermood")
            >>> print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/miscellaneous/get_resolve
        """
        location = await self.resolve_url(url, token=token, **options)
        operation = operation_at(location, self._pipeline.base_url, "tracks")
        return await self._pipeline.send(cast("Operation[Track]", operation), token, options)

    async def user(self, url: str, *, token: str | None = None, **options: Unpack[RequestOptions]) -> User:
        """Get the user at a URL of soundcloud.com, with two requests.

        Args:
            url: The URL of a user, of soundcloud.com or on.soundcloud.com.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Raises:
            WrongKindError: The URL is not that of a user; the message and `kind` say what it is.
            UnexpectedResponseError: The URL redirects to another host; no request was sent there.

        Example:
            >>> user = await client.resolve.user("https://soundcloud.com/forss")
            >>> print(user.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/miscellaneous/get_resolve
        """
        location = await self.resolve_url(url, token=token, **options)
        operation = operation_at(location, self._pipeline.base_url, "users")
        return await self._pipeline.send(cast("Operation[User]", operation), token, options)

    async def playlist(self, url: str, *, token: str | None = None, **options: Unpack[RequestOptions]) -> Playlist:
        """Get the playlist at a URL of soundcloud.com, with two requests.

        Args:
            url: The URL of a playlist, of soundcloud.com or on.soundcloud.com; a share link may include its secret.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Raises:
            WrongKindError: The URL is not that of a playlist; the message and `kind` say what it is.
            UnexpectedResponseError: The URL redirects to another host; no request was sent there.

        Example:
            >>> playlist = await client.resolve.playlist("https://soundcloud.com/forss/sets/study")
            >>> print(playlist.track_count)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/miscellaneous/get_resolve
        """
        location = await self.resolve_url(url, token=token, **options)
        operation = operation_at(location, self._pipeline.base_url, "playlists")
        return await self._pipeline.send(cast("Operation[Playlist]", operation), token, options)

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
        """Get the HTML that embeds a resource from SoundCloud's oEmbed endpoint, without a token.

        SoundCloud sometimes blocks requests from servers, with a 403, a 404, an HTML page or no connection. Then
        `soundcloud.widget` makes the HTML. SoundCloud sends the same response for a resource that does not exist or must not be
        embedded, so the player of such HTML can be empty.

        Args:
            resource: A permalink, a share link, an API URL, a URN, an id, or a model such as `Track`.
            kind: `tracks`, `users` or `playlists`; required for an id.
            secret_token: The secret of a private share link, `s-...`.
            maxwidth: The width in pixels, or a percentage; default `100%`.
            maxheight: The height in pixels; default 166 for a track and 450 for several tracks.
            fallback: Whether to make the HTML locally if SoundCloud blocks the request; default True. False raises the error.
            options: Options of the player, see `soundcloud.widget.PlayerOptions`.

        Returns:
            The HTML and its metadata. `is_fallback` says whether it was made locally, and `reason` why.

        Raises:
            InvalidInputError: An argument is invalid, or the player cannot open the resource; nothing was sent.
            BadRequestError: SoundCloud rejected an argument.
            SoundCloudError: The request failed and `fallback` is False.

        Example:
            >>> embed = await client.resolve.oembed("https://soundcloud.com/forss/flickermood", maxheight=166)
            >>> print(embed.html, embed.is_fallback)

        Source:
            https://developers.soundcloud.com/docs/oembed
        """
        target = find_embed_target(resource, kind, secret_token)
        query = OEmbedQuery(target, cast("dict[str, Any]", options), maxwidth, maxheight)
        try:
            return query.read(await self._pipeline.send(query.request(self._pipeline.web_url)))
        except SoundCloudError as error:
            if not fallback or not is_blocked(error):
                raise
            return query.fallback(error, self._pipeline.web_url)
