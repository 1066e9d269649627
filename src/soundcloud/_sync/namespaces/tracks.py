"""Tracks: get them, see who likes them. The rest is in track_edits, track_uploads, track_streams and track_waves."""

from soundcloud._sync.namespaces.track_streams import TrackStreamsNamespace
from soundcloud._sync.namespaces.track_uploads import TrackUploadsNamespace
from soundcloud._sync.namespaces.track_waves import TrackWavesNamespace
from soundcloud._sync.pages import Page
from soundcloud._protocol.validation import AccessFilter, access_list, check_limit, check_offset
from soundcloud.registry import batched, implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.tracks import (
    get_tracks_track_urn,
    get_tracks_track_urn_comments,
    get_tracks_track_urn_favoriters,
    get_tracks_track_urn_related,
    get_tracks_track_urn_reposters,
)
from soundcloud_api.models import Comment, Track, User


class TracksNamespace(TrackUploadsNamespace, TrackStreamsNamespace, TrackWavesNamespace):
    """`client.tracks`: tracks, and what is said and done about them."""

    __slots__ = ()

    @batched("tracks", "_get_many")
    @implements("get_tracks_track_urn")
    def get_track(self, track: Resource, *, secret_token: str | None = None, token: str | None = None) -> Track:
        """Get a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            secret_token: The secret of a share link (`s-...`), for what is private.
            token: The access token to act with instead of the client's own.

        Returns:
            The track.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> track = client.tracks.get_track(308946187)
            >>> print(track.title, track.duration)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn_
        """
        return self._pipeline.send(
            get_tracks_track_urn(to_urn(track, "tracks"), secret_token=secret_token), token
        )

    def _get_many(self, tracks: list[str]) -> Page[Track]:
        """Get tracks with one call, whatever their level of access, as `get_track` does."""
        return self.get_tracks(tracks, access=("playable", "preview", "blocked"))

    @implements("get_tracks_track_urn_comments")
    def get_comments(
        self, track: Resource, limit: int | None = None, *, offset: int | None = None, token: str | None = None
    ) -> Page[Comment]:
        """List the comments on a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            offset: Items to skip, 0 or above; deprecated by SoundCloud, follow the pages instead.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> for comment in client.tracks.get_comments(308946187):
            ...     print(comment.body)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn__comments
        """
        return self._pipeline.page(
            get_tracks_track_urn_comments(
                to_urn(track, "tracks"), limit=check_limit(limit), offset=check_offset(offset), linked_partitioning=True
            ),
            token,
        )

    @implements("get_tracks_track_urn_favoriters")
    def get_likes(self, track: Resource, limit: int | None = None, *, token: str | None = None) -> Page[User]:
        """List the people who like a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> for user in client.tracks.get_likes(308946187):
            ...     print(user.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn__favoriters
        """
        return self._pipeline.page(
            get_tracks_track_urn_favoriters(
                to_urn(track, "tracks"), limit=check_limit(limit), linked_partitioning=True
            ),
            token,
        )

    @implements("get_tracks_track_urn_reposters")
    def get_reposts(self, track: Resource, limit: int | None = None, *, token: str | None = None) -> Page[User]:
        """List the people who reposted a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> for user in client.tracks.get_reposts(308946187):
            ...     print(user.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn__reposters
        """
        return self._pipeline.page(
            get_tracks_track_urn_reposters(to_urn(track, "tracks"), limit=check_limit(limit)), token
        )

    @implements("get_tracks_track_urn_related")
    def get_related(
        self,
        track: Resource,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        offset: int | None = None,
        token: str | None = None,
    ) -> Page[Track]:
        """List tracks that are like a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            offset: Items to skip, 0 or above; deprecated by SoundCloud, follow the pages instead.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> for related in client.tracks.get_related(308946187):
            ...     print(related.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn__related
        """
        return self._pipeline.page(
            get_tracks_track_urn_related(
                to_urn(track, "tracks"),
                limit=check_limit(limit),
                access=access_list(access),
                offset=check_offset(offset),
                linked_partitioning=True,
            ),
            token,
        )
