"""The `likes` namespace."""

from typing import Unpack

from soundcloud._async.namespaces.base import AsyncNamespace
from soundcloud.options import RequestOptions
from soundcloud.registry import implements, uses_announced
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api import likes as api


class AsyncLikesNamespace(AsyncNamespace):
    """`client.likes`: like and unlike tracks and playlists as the signed-in user.

    Every method needs a user token; an app token is not enough.

    Raises:
        InvalidInputError: An argument is invalid; nothing was sent.
        NotFoundError: The track or playlist does not exist or is not visible with this token.
        RateLimitError: Too many likes in a short time, or SoundCloud takes them for spam.
        SoundCloudError: The request failed.
    """

    __slots__ = ()

    @implements("post_likes_tracks_track_urn")
    async def like_track(self, track: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]) -> None:
        """Like a track. Liking it twice is not an error.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.likes.like_track(308946187)
        """
        await self._pipeline.send(api.post_likes_tracks_track_urn(to_urn(track, "tracks")), token, options)

    @implements("delete_likes_tracks_track_urn")
    async def unlike_track(
        self, track: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> None:
        """Unlike a track.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.likes.unlike_track(308946187)
        """
        await self._pipeline.send(api.delete_likes_tracks_track_urn(to_urn(track, "tracks")), token, options)

    @uses_announced("likes_of_stations")
    @implements("post_likes_playlists_playlist_urn")
    async def like_playlist(
        self, playlist: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> None:
        """Like a playlist or a station. Liking it twice is not an error.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`; or the URN of a station, or a `Station`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.likes.like_playlist(1212781357)
        """
        await self._pipeline.send(api.post_likes_playlists_playlist_urn(to_urn(playlist, "playlists")), token, options)

    @uses_announced("likes_of_stations")
    @implements("delete_likes_playlists_playlist_urn")
    async def unlike_playlist(
        self, playlist: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> None:
        """Unlike a playlist or a station.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`; or the URN of a station, or a `Station`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.likes.unlike_playlist(1212781357)
        """
        await self._pipeline.send(
            api.delete_likes_playlists_playlist_urn(to_urn(playlist, "playlists")), token, options
        )
