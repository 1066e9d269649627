"""The signed-in user: who they are, their feed, their own things."""

from typing import Any

from soundcloud._async.namespaces.me_people import AsyncMePeopleNamespace
from soundcloud._async.pages import AsyncPage
from soundcloud._protocol.validation import AccessFilter, SortName, access_list, check_limit, sort_order
from soundcloud.registry import implements
from soundcloud_api.api.me import (
    get_me,
    get_me_activities,
    get_me_activities_all_own,
    get_me_activities_tracks,
    get_me_feed,
    get_me_feed_tracks,
    get_me_playlists,
    get_me_recently_played_tracks,
    get_me_reposts_playlists,
    get_me_reposts_tracks,
    get_me_tracks,
)
from soundcloud_api.models import Activity, Me, Playlist, Track
from soundcloud_api.types import Operation


class AsyncMeNamespace(AsyncMePeopleNamespace):
    """`client.me`: the signed-in user. All of it needs a token that a person signed in for."""

    __slots__ = ()

    @implements("get_me")
    async def get_me(self, *, token: str | None = None) -> Me:
        """Get the signed-in user, with what only they see: the upload quota, private counts.

        Args:
            token: The access token to act with instead of the client's own.

        Returns:
            The signed-in user.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> me = await client.me.get_me()
            >>> print(me.username, me.quota.upload_seconds_left)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me
        """
        return await self._pipeline.send(get_me(), token)

    @implements("get_me_feed")
    def get_feed(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> AsyncPage[Activity]:
        """List what the people you follow posted and reposted.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> async for activity in client.me.get_feed():
            ...     print(activity.type, activity.origin.title, activity.reposter)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_feed
        """
        return self._pipeline.page(get_me_feed(limit=check_limit(limit), access=access_list(access)), token)

    @implements("get_me_feed_tracks")
    def get_feed_tracks(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> AsyncPage[Activity]:
        """List the tracks that the people you follow posted and reposted.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> async for activity in client.me.get_feed_tracks():
            ...     print(activity.origin.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_feed_tracks
        """
        return self._pipeline.page(get_me_feed_tracks(limit=check_limit(limit), access=access_list(access)), token)

    @implements("get_me_activities")
    def get_activities(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> AsyncPage[Activity]:
        """List what the people you follow posted and reposted.

        Deprecated by SoundCloud.

        Use `get_feed` instead.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> page = await client.me.get_activities()

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_activities
        """
        return self._pipeline.page(get_me_activities(limit=check_limit(limit), access=access_list(access)), token)

    @implements("get_me_activities_all_own")
    def get_activities_own(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> AsyncPage[Activity]:
        """List what happened around your own things.

        Deprecated by SoundCloud.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> page = await client.me.get_activities_own()

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_activities_all_own
        """
        return self._pipeline.page(
            get_me_activities_all_own(limit=check_limit(limit), access=access_list(access)), token
        )

    @implements("get_me_activities_tracks")
    def get_activities_tracks(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> AsyncPage[Activity]:
        """List the tracks that the people you follow posted and reposted.

        Deprecated by SoundCloud.

        Use `get_feed_tracks` instead.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> page = await client.me.get_activities_tracks()

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_activities_tracks
        """
        return self._pipeline.page(
            get_me_activities_tracks(limit=check_limit(limit), access=access_list(access)), token
        )

    @implements("get_me_recently_played_tracks")
    def get_recently_played_tracks(self, *, access: AccessFilter = None, token: str | None = None) -> AsyncPage[Track]:
        """List the last 25 tracks that you played, newest first.

        There is one page only.

        Args:
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview,blocked` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> async for track in client.me.get_recently_played_tracks():
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_recently-played_tracks
        """
        return self._pipeline.page(get_me_recently_played_tracks(access=access_list(access)), token)

    @implements("get_me_tracks")
    def get_tracks(
        self, limit: int | None = None, *, sort: SortName | None = None, token: str | None = None
    ) -> AsyncPage[Track]:
        """List your tracks, private ones included.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            sort: `desc` for the newest first, which SoundCloud takes when not given, or `asc`.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> async for track in client.me.get_tracks():
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_tracks
        """
        return self._pipeline.page(
            get_me_tracks(limit=check_limit(limit), sort=sort_order(sort), linked_partitioning=True), token
        )

    @implements("get_me_playlists")
    def get_playlists(
        self, limit: int | None = None, *, show_tracks: bool | None = None, token: str | None = None
    ) -> AsyncPage[Playlist]:
        """List your playlists, private ones included, the oldest first.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            show_tracks: Whether the playlists come with their tracks; SoundCloud takes True when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> async for playlist in client.me.get_playlists(show_tracks=False):
            ...     print(playlist.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_playlists
        """
        return self._pipeline.page(
            get_me_playlists(limit=check_limit(limit), show_tracks=show_tracks, linked_partitioning=True), token
        )

    @implements("get_me_reposts_tracks")
    def get_reposts_tracks(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> AsyncPage[Track]:
        """List the tracks that you reposted.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview,blocked` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> async for track in client.me.get_reposts_tracks():
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_reposts_tracks
        """
        return self._pipeline.page(
            get_me_reposts_tracks(limit=check_limit(limit), access=access_list(access), linked_partitioning=True), token
        )

    @implements("get_me_reposts_playlists")
    def get_reposts_playlists(self, limit: int | None = None, *, token: str | None = None) -> AsyncPage[Playlist]:
        """List the playlists that you reposted.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> async for playlist in client.me.get_reposts_playlists():
            ...     print(playlist.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_reposts_playlists
        """
        return self._pipeline.page(get_me_reposts_playlists(limit=check_limit(limit), linked_partitioning=True), token)

    @implements(beyond=("GET /me/connections",))
    async def get_connections(self, *, token: str | None = None) -> list[dict[str, Any]]:
        """List the accounts of other services that are linked to yours.

        The document does not know this call, so SoundCloud may drop it without notice.

        Args:
            token: The access token to act with instead of the client's own.

        Returns:
            The accounts, as plain JSON objects.

        Raises:
            SoundCloudError: The call failed.

        Example:
            >>> connections = await client.me.get_connections()

        Source:
            https://developers.soundcloud.com/docs/api/guide
        """
        operation: Operation[list[dict[str, Any]]] = Operation(
            "get_me_connections", "GET", "/me/connections", {200: list[dict[str, Any]]}
        )
        return await self._pipeline.send(operation, token)
