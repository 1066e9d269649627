"""The `reposts` namespace."""

from typing import Unpack

from typing_extensions import deprecated

from soundcloud._async.namespaces.base import AsyncNamespace
from soundcloud.options import RequestOptions
from soundcloud.registry import implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api import reposts as api


class AsyncRepostsNamespace(AsyncNamespace):
    """`client.reposts`: repost tracks and playlists as the signed-in user, and delete reposts.

    Every method needs a user token; an app token is not enough.

    Raises:
        InvalidInputError: An argument is invalid; nothing was sent.
        NotFoundError: The track or playlist does not exist or is not visible with this token.
        SoundCloudError: The request failed.
    """

    __slots__ = ()

    @implements("post_reposts_tracks_track_urn")
    async def repost_track(
        self, track: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> None:
        """Repost a track to your followers.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.reposts.repost_track(308946187)
        """
        await self._pipeline.send(api.post_reposts_tracks_track_urn(to_urn(track, "tracks")), token, options)

    @implements("delete_reposts_tracks_track_urn")
    @deprecated("SoundCloud deprecates DELETE /reposts/tracks/{track_urn} and offers no replacement")
    async def unrepost_track(
        self, track: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> None:
        """Delete the repost of a track. Deprecated by SoundCloud, without a replacement.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.reposts.unrepost_track(308946187)
        """
        await self._pipeline.send(api.delete_reposts_tracks_track_urn(to_urn(track, "tracks")), token, options)

    @implements("post_reposts_playlists_playlist_urn")
    async def repost_playlist(
        self, playlist: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> None:
        """Repost a playlist to your followers.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.reposts.repost_playlist(1212781357)
        """
        await self._pipeline.send(
            api.post_reposts_playlists_playlist_urn(to_urn(playlist, "playlists")), token, options
        )

    @implements("delete_reposts_playlists_playlist_urn")
    async def unrepost_playlist(
        self, playlist: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> None:
        """Delete the repost of a playlist.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.reposts.unrepost_playlist(1212781357)
        """
        await self._pipeline.send(
            api.delete_reposts_playlists_playlist_urn(to_urn(playlist, "playlists")), token, options
        )
