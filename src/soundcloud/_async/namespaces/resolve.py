"""From a link of soundcloud.com to what it names."""

from soundcloud._async.namespaces.base import AsyncNamespace
from soundcloud._core.resolving import operation_at, permalink
from soundcloud.registry import implements
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
            UnexpectedReplyError: The link names something else, or leads to another host; that was not followed.
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
