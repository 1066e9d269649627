"""The part of `users` that is about things: what a user made, liked and reposted."""

from attrs import evolve

from soundcloud._async.namespaces.base import AsyncNamespace
from soundcloud._async.pages import AsyncPage
from soundcloud._protocol.validation import AccessFilter, SortName, access_list, check_limit, sort_order
from soundcloud.registry import implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.users import (
    get_users_user_urn_favorites,
    get_users_user_urn_likes_playlists,
    get_users_user_urn_likes_tracks,
    get_users_user_urn_playlists,
    get_users_user_urn_reposts_playlists,
    get_users_user_urn_reposts_tracks,
    get_users_user_urn_tracks,
)
from soundcloud_api.models import Playlist, Track


class AsyncUserWorksNamespace(AsyncNamespace):
    """What users made, liked and reposted."""

    __slots__ = ()

    @implements("get_users_user_urn_tracks")
    def get_tracks(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        sort: SortName | None = None,
        token: str | None = None,
    ) -> AsyncPage[Track]:
        """List a user's tracks.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            sort: `desc` for the newest first, which SoundCloud takes when not given, or `asc`.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> async for track in client.users.get_tracks(948745750, sort="asc"):
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__tracks
        """
        return self._pipeline.page(
            get_users_user_urn_tracks(
                to_urn(user, "users"),
                limit=check_limit(limit),
                access=access_list(access),
                sort=sort_order(sort),
                linked_partitioning=True,
            ),
            token,
        )

    @implements("get_users_user_urn_playlists")
    def get_playlists(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        show_tracks: bool | None = None,
        token: str | None = None,
    ) -> AsyncPage[Playlist]:
        """List a user's playlists.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            show_tracks: Whether the playlists come with their tracks; SoundCloud takes True when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> async for playlist in client.users.get_playlists(948745750, show_tracks=False):
            ...     print(playlist.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__playlists
        """
        return self._pipeline.page(
            get_users_user_urn_playlists(
                to_urn(user, "users"),
                limit=check_limit(limit),
                access=access_list(access),
                show_tracks=show_tracks,
                linked_partitioning=True,
            ),
            token,
        )

    @implements("get_users_user_urn_likes_tracks", beyond=("cursor",))
    def get_likes_tracks(
        self,
        user: Resource,
        limit: int | None = None,
        cursor: str | None = None,
        *,
        access: AccessFilter = None,
        token: str | None = None,
    ) -> AsyncPage[Track]:
        """List the tracks that a user likes.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            cursor: Where to start: the `cursor` of a link to a next page. The document does not list it, SoundCloud
                takes it.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> async for track in client.users.get_likes_tracks(948745750):
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__likes_tracks
        """
        operation = get_users_user_urn_likes_tracks(
            to_urn(user, "users"), limit=check_limit(limit), access=access_list(access), linked_partitioning=True
        )
        operation = evolve(operation, query={**operation.query, "cursor": cursor})
        return self._pipeline.page(operation, token)

    @implements("get_users_user_urn_likes_playlists")
    def get_likes_playlists(
        self, user: Resource, limit: int | None = None, *, token: str | None = None
    ) -> AsyncPage[Playlist]:
        """List the playlists that a user likes.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> async for playlist in client.users.get_likes_playlists(948745750):
            ...     print(playlist.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__likes_playlists
        """
        return self._pipeline.page(
            get_users_user_urn_likes_playlists(
                to_urn(user, "users"), limit=check_limit(limit), linked_partitioning=True
            ),
            token,
        )

    @implements("get_users_user_urn_reposts_tracks")
    def get_reposts_tracks(
        self, user: Resource, limit: int | None = None, *, access: AccessFilter = None, token: str | None = None
    ) -> AsyncPage[Track]:
        """List the tracks that a user reposted.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> async for track in client.users.get_reposts_tracks(948745750):
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__reposts_tracks
        """
        return self._pipeline.page(
            get_users_user_urn_reposts_tracks(
                to_urn(user, "users"), limit=check_limit(limit), access=access_list(access), linked_partitioning=True
            ),
            token,
        )

    @implements("get_users_user_urn_reposts_playlists")
    def get_reposts_playlists(
        self, user: Resource, limit: int | None = None, *, token: str | None = None
    ) -> AsyncPage[Playlist]:
        """List the playlists that a user reposted.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> async for playlist in client.users.get_reposts_playlists(948745750):
            ...     print(playlist.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__reposts_playlists
        """
        return self._pipeline.page(
            get_users_user_urn_reposts_playlists(
                to_urn(user, "users"), limit=check_limit(limit), linked_partitioning=True
            ),
            token,
        )

    @implements("get_users_user_urn_favorites")
    def get_favorites(self, user: Resource, limit: int | None = None, *, token: str | None = None) -> AsyncPage[Track]:
        """List the tracks that a user likes.

        Deprecated by SoundCloud.

        Use `get_likes_tracks` instead.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> async for track in client.users.get_favorites(948745750):
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__favorites
        """
        return self._pipeline.page(
            get_users_user_urn_favorites(to_urn(user, "users"), limit=check_limit(limit), linked_partitioning=True),
            token,
        )
