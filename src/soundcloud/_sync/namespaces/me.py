"""The signed-in user: who they are, their feed, their own things."""

from typing import Any

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._sync.pages import Page
from soundcloud._protocol.validation import AccessFilter, SortName, access_list, check_limit, check_offset, sort_order
from soundcloud.registry import implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.me import (
    delete_me_followings_user_urn,
    get_me,
    get_me_activities,
    get_me_activities_all_own,
    get_me_activities_tracks,
    get_me_feed,
    get_me_feed_tracks,
    get_me_followers,
    get_me_followers_follower_urn,
    get_me_followings,
    get_me_followings_tracks,
    get_me_followings_user_urn,
    get_me_likes_playlists,
    get_me_likes_tracks,
    get_me_playlists,
    get_me_recently_played_tracks,
    get_me_reposts_playlists,
    get_me_reposts_tracks,
    get_me_tracks,
    put_me_followings_user_urn,
)
from soundcloud_api.models import Activity, Me, Playlist, Track, User
from soundcloud_api.types import Operation


class MeNamespace(Namespace):
    """`client.me`: the signed-in user. All of it needs a token that a person signed in for."""

    __slots__ = ()

    @implements("get_me")
    def get_me(self, *, token: str | None = None) -> Me:
        """Get the signed-in user, with what only they see: the upload quota, private counts.

        Args:
            token: The access token to act with instead of the client's own.

        Returns:
            The signed-in user.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> me = client.me.get_me()
            >>> print(me.username, me.quota.upload_seconds_left)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me
        """
        return self._pipeline.send(get_me(), token)

    @implements("get_me_feed")
    def get_feed(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> Page[Activity]:
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
            >>> for activity in client.me.get_feed():
            ...     print(activity.type, activity.origin.title, activity.reposter)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_feed
        """
        return self._pipeline.page(get_me_feed(limit=check_limit(limit), access=access_list(access)), token)

    @implements("get_me_feed_tracks")
    def get_feed_tracks(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> Page[Activity]:
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
            >>> for activity in client.me.get_feed_tracks():
            ...     print(activity.origin.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_feed_tracks
        """
        return self._pipeline.page(get_me_feed_tracks(limit=check_limit(limit), access=access_list(access)), token)

    @implements("get_me_activities")
    def get_activities(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> Page[Activity]:
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
            >>> page = client.me.get_activities()

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_activities
        """
        return self._pipeline.page(get_me_activities(limit=check_limit(limit), access=access_list(access)), token)

    @implements("get_me_activities_all_own")
    def get_activities_own(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> Page[Activity]:
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
            >>> page = client.me.get_activities_own()

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_activities_all_own
        """
        return self._pipeline.page(
            get_me_activities_all_own(limit=check_limit(limit), access=access_list(access)), token
        )

    @implements("get_me_activities_tracks")
    def get_activities_tracks(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> Page[Activity]:
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
            >>> page = client.me.get_activities_tracks()

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_activities_tracks
        """
        return self._pipeline.page(
            get_me_activities_tracks(limit=check_limit(limit), access=access_list(access)), token
        )

    @implements("get_me_recently_played_tracks")
    def get_recently_played_tracks(self, *, access: AccessFilter = None, token: str | None = None) -> Page[Track]:
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
            >>> for track in client.me.get_recently_played_tracks():
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_recently-played_tracks
        """
        return self._pipeline.page(get_me_recently_played_tracks(access=access_list(access)), token)

    @implements("get_me_tracks")
    def get_tracks(
        self, limit: int | None = None, *, sort: SortName | None = None, token: str | None = None
    ) -> Page[Track]:
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
            >>> for track in client.me.get_tracks():
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
    ) -> Page[Playlist]:
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
            >>> for playlist in client.me.get_playlists(show_tracks=False):
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
    ) -> Page[Track]:
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
            >>> for track in client.me.get_reposts_tracks():
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_reposts_tracks
        """
        return self._pipeline.page(
            get_me_reposts_tracks(limit=check_limit(limit), access=access_list(access), linked_partitioning=True), token
        )

    @implements("get_me_reposts_playlists")
    def get_reposts_playlists(self, limit: int | None = None, *, token: str | None = None) -> Page[Playlist]:
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
            >>> for playlist in client.me.get_reposts_playlists():
            ...     print(playlist.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_reposts_playlists
        """
        return self._pipeline.page(get_me_reposts_playlists(limit=check_limit(limit), linked_partitioning=True), token)

    @implements(beyond=("GET /me/connections",))
    def get_connections(self, *, token: str | None = None) -> list[dict[str, Any]]:
        """List the accounts of other services that are linked to yours.

        The document does not know this call, so SoundCloud may drop it without notice.

        Args:
            token: The access token to act with instead of the client's own.

        Returns:
            The accounts, as plain JSON objects.

        Raises:
            SoundCloudError: The call failed.

        Example:
            >>> connections = client.me.get_connections()

        Source:
            https://developers.soundcloud.com/docs/api/guide
        """
        operation: Operation[list[dict[str, Any]]] = Operation(
            "get_me_connections", "GET", "/me/connections", {200: list[dict[str, Any]]}
        )
        return self._pipeline.send(operation, token)

    @implements("get_me_likes_tracks")
    def get_likes_tracks(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> Page[Track]:
        """List the tracks that you like.

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
            >>> for track in client.me.get_likes_tracks():
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_likes_tracks
        """
        return self._pipeline.page(
            get_me_likes_tracks(limit=check_limit(limit), access=access_list(access), linked_partitioning=True), token
        )

    @implements("get_me_likes_playlists")
    def get_likes_playlists(self, limit: int | None = None, *, token: str | None = None) -> Page[Playlist]:
        """List the playlists that you like.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> for playlist in client.me.get_likes_playlists():
            ...     print(playlist.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_likes_playlists
        """
        return self._pipeline.page(get_me_likes_playlists(limit=check_limit(limit), linked_partitioning=True), token)

    @implements("get_me_followings")
    def get_followings(
        self, limit: int | None = None, *, offset: int | None = None, token: str | None = None
    ) -> Page[User]:
        """List the people whom you follow.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            offset: Items to skip, 0 or above; deprecated by SoundCloud, follow the pages instead.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> for user in client.me.get_followings():
            ...     print(user.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_followings
        """
        return self._pipeline.page(get_me_followings(limit=check_limit(limit), offset=check_offset(offset)), token)

    @implements("get_me_followings_tracks")
    def get_followings_tracks(
        self,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        offset: int | None = None,
        token: str | None = None,
    ) -> Page[Track]:
        """List recent tracks of the people whom you follow.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            offset: Items to skip, 0 or above; deprecated by SoundCloud, follow the pages instead.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> for track in client.me.get_followings_tracks():
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_followings_tracks
        """
        return self._pipeline.page(
            get_me_followings_tracks(limit=check_limit(limit), access=access_list(access), offset=check_offset(offset)),
            token,
        )

    @implements("get_me_followers")
    def get_followers(self, limit: int | None = None, *, token: str | None = None) -> Page[User]:
        """List the people who follow you.

        Args:
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> for user in client.me.get_followers():
            ...     print(user.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_followers
        """
        return self._pipeline.page(get_me_followers(limit=check_limit(limit)), token)

    @implements("get_me_followings_user_urn")
    def get_following(self, user: Resource, *, token: str | None = None) -> User:
        """Get a user, if you follow them.

        Deprecated by SoundCloud.

        Use `users.get_user` for what is known of a user.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            token: The access token to act with instead of the client's own.

        Returns:
            The user.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> user = client.me.get_following(948745750)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_followings__user_urn_
        """
        return self._pipeline.send(get_me_followings_user_urn(to_urn(user, "users")), token)

    @implements("get_me_followers_follower_urn")
    def get_follower(self, follower: Resource, *, token: str | None = None) -> User:
        """Get a user, if they follow you.

        Deprecated by SoundCloud.

        Use `users.get_user` for what is known of a user.

        Args:
            follower: The user who may follow: a number, a URN, an API URL or a `User`.
            token: The access token to act with instead of the client's own.

        Returns:
            The user.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> user = client.me.get_follower(948745750)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_followers__follower_urn_
        """
        return self._pipeline.send(get_me_followers_follower_urn(to_urn(follower, "users")), token)

    @implements("put_me_followings_user_urn")
    def follow(self, user: Resource, *, token: str | None = None) -> None:
        """Follow a user.

        Following somebody twice is no error.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            UnprocessableEntityError: SoundCloud refuses; the message says why.
            SoundCloudError: The call failed.

        Example:
            >>> client.me.follow(948745750)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/put_me_followings__user_urn_
        """
        self._pipeline.send(put_me_followings_user_urn(to_urn(user, "users")), token)

    @implements("delete_me_followings_user_urn")
    def unfollow(self, user: Resource, *, token: str | None = None) -> None:
        """Stop following a user.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            UnprocessableEntityError: SoundCloud refuses; the message says why.
            SoundCloudError: The call failed.

        Example:
            >>> client.me.unfollow(948745750)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/delete_me_followings__user_urn_
        """
        self._pipeline.send(delete_me_followings_user_urn(to_urn(user, "users")), token)
