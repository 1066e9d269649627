"""Liking tracks and playlists."""

from soundcloud._sync.namespaces.base import Namespace
from soundcloud.registry import implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.likes import (
    delete_likes_playlists_playlist_urn,
    delete_likes_tracks_track_urn,
    post_likes_playlists_playlist_urn,
    post_likes_tracks_track_urn,
)


class LikesNamespace(Namespace):
    """`client.likes`: like and unlike, for the signed-in user."""

    __slots__ = ()

    @implements("post_likes_tracks_track_urn")
    def like_track(self, track: Resource, *, token: str | None = None) -> None:
        """Like a track.

        Liking it twice is no error.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            RateLimitError: Too many of these in a short time, or SoundCloud warns of spam.
            SoundCloudError: The call failed.

        Example:
            >>> client.likes.like_track(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/likes/post_likes_tracks__track_urn_
        """
        self._pipeline.send(post_likes_tracks_track_urn(to_urn(track, "tracks")), token)

    @implements("delete_likes_tracks_track_urn")
    def unlike_track(self, track: Resource, *, token: str | None = None) -> None:
        """Stop liking a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> client.likes.unlike_track(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/likes/delete_likes_tracks__track_urn_
        """
        self._pipeline.send(delete_likes_tracks_track_urn(to_urn(track, "tracks")), token)

    @implements("post_likes_playlists_playlist_urn")
    def like_playlist(self, playlist: Resource, *, token: str | None = None) -> None:
        """Like a playlist or a station.

        Liking it twice is no error.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            RateLimitError: Too many of these in a short time, or SoundCloud warns of spam.
            SoundCloudError: The call failed.

        Example:
            >>> client.likes.like_playlist(1212781357)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/likes/post_likes_playlists__playlist_urn_
        """
        self._pipeline.send(post_likes_playlists_playlist_urn(to_urn(playlist, "playlists")), token)

    @implements("delete_likes_playlists_playlist_urn")
    def unlike_playlist(self, playlist: Resource, *, token: str | None = None) -> None:
        """Stop liking a playlist or a station.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> client.likes.unlike_playlist(1212781357)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/likes/delete_likes_playlists__playlist_urn_
        """
        self._pipeline.send(delete_likes_playlists_playlist_urn(to_urn(playlist, "playlists")), token)
