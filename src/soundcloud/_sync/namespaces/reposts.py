"""Reposting tracks and playlists."""

from soundcloud._sync.namespaces.base import Namespace
from soundcloud.registry import implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.reposts import (
    delete_reposts_playlists_playlist_urn,
    delete_reposts_tracks_track_urn,
    post_reposts_playlists_playlist_urn,
    post_reposts_tracks_track_urn,
)


class RepostsNamespace(Namespace):
    """`client.reposts`: repost and take back, for the signed-in user."""

    __slots__ = ()

    @implements("post_reposts_tracks_track_urn")
    def repost_track(self, track: Resource, *, token: str | None = None) -> None:
        """Repost a track to the people who follow you.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> client.reposts.repost_track(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/reposts/post_reposts_tracks__track_urn_
        """
        self._pipeline.send(post_reposts_tracks_track_urn(to_urn(track, "tracks")), token)

    @implements("delete_reposts_tracks_track_urn")
    def unrepost_track(self, track: Resource, *, token: str | None = None) -> None:
        """Take back the repost of a track.

        Deprecated by SoundCloud.

        The document names no replacement.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> client.reposts.unrepost_track(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/reposts/delete_reposts_tracks__track_urn_
        """
        self._pipeline.send(delete_reposts_tracks_track_urn(to_urn(track, "tracks")), token)

    @implements("post_reposts_playlists_playlist_urn")
    def repost_playlist(self, playlist: Resource, *, token: str | None = None) -> None:
        """Repost a playlist to the people who follow you.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> client.reposts.repost_playlist(1212781357)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/reposts/post_reposts_playlists__playlist_urn_
        """
        self._pipeline.send(post_reposts_playlists_playlist_urn(to_urn(playlist, "playlists")), token)

    @implements("delete_reposts_playlists_playlist_urn")
    def unrepost_playlist(self, playlist: Resource, *, token: str | None = None) -> None:
        """Take back the repost of a playlist.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> client.reposts.unrepost_playlist(1212781357)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/reposts/delete_reposts_playlists__playlist_urn_
        """
        self._pipeline.send(delete_reposts_playlists_playlist_urn(to_urn(playlist, "playlists")), token)
