"""The part of `me` that is about others: what you like, whom you follow, who follows you."""

from soundcloud._async.namespaces.base import AsyncNamespace
from soundcloud._async.pages import AsyncPage
from soundcloud._protocol.validation import AccessFilter, access_list, check_limit, check_offset
from soundcloud.registry import implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.me import (
    delete_me_followings_user_urn,
    get_me_followers,
    get_me_followers_follower_urn,
    get_me_followings,
    get_me_followings_tracks,
    get_me_followings_user_urn,
    get_me_likes_playlists,
    get_me_likes_tracks,
    put_me_followings_user_urn,
)
from soundcloud_api.models import Playlist, Track, User


class AsyncMePeopleNamespace(AsyncNamespace):
    """What the signed-in user likes and follows."""

    __slots__ = ()

    @implements("get_me_likes_tracks")
    def get_likes_tracks(
        self, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> AsyncPage[Track]:
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
            >>> async for track in client.me.get_likes_tracks():
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_likes_tracks
        """
        return self._pipeline.page(
            get_me_likes_tracks(limit=check_limit(limit), access=access_list(access), linked_partitioning=True), token
        )

    @implements("get_me_likes_playlists")
    def get_likes_playlists(self, limit: int | None = None, *, token: str | None = None) -> AsyncPage[Playlist]:
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
            >>> async for playlist in client.me.get_likes_playlists():
            ...     print(playlist.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_likes_playlists
        """
        return self._pipeline.page(get_me_likes_playlists(limit=check_limit(limit), linked_partitioning=True), token)

    @implements("get_me_followings")
    def get_followings(
        self, limit: int | None = None, *, offset: int | None = None, token: str | None = None
    ) -> AsyncPage[User]:
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
            >>> async for user in client.me.get_followings():
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
    ) -> AsyncPage[Track]:
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
            >>> async for track in client.me.get_followings_tracks():
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_followings_tracks
        """
        return self._pipeline.page(
            get_me_followings_tracks(limit=check_limit(limit), access=access_list(access), offset=check_offset(offset)),
            token,
        )

    @implements("get_me_followers")
    def get_followers(self, limit: int | None = None, *, token: str | None = None) -> AsyncPage[User]:
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
            >>> async for user in client.me.get_followers():
            ...     print(user.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_followers
        """
        return self._pipeline.page(get_me_followers(limit=check_limit(limit)), token)

    @implements("get_me_followings_user_urn")
    async def get_following(self, user: Resource, *, token: str | None = None) -> User:
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
            >>> user = await client.me.get_following(948745750)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_followings__user_urn_
        """
        return await self._pipeline.send(get_me_followings_user_urn(to_urn(user, "users")), token)

    @implements("get_me_followers_follower_urn")
    async def get_follower(self, follower: Resource, *, token: str | None = None) -> User:
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
            >>> user = await client.me.get_follower(948745750)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/get_me_followers__follower_urn_
        """
        return await self._pipeline.send(get_me_followers_follower_urn(to_urn(follower, "users")), token)

    @implements("put_me_followings_user_urn")
    async def follow(self, user: Resource, *, token: str | None = None) -> None:
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
            >>> await client.me.follow(948745750)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/put_me_followings__user_urn_
        """
        await self._pipeline.send(put_me_followings_user_urn(to_urn(user, "users")), token)

    @implements("delete_me_followings_user_urn")
    async def unfollow(self, user: Resource, *, token: str | None = None) -> None:
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
            >>> await client.me.unfollow(948745750)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/me/delete_me_followings__user_urn_
        """
        await self._pipeline.send(delete_me_followings_user_urn(to_urn(user, "users")), token)
