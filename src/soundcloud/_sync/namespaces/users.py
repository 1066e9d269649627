"""Users: who they are, and whom they follow. What they made is in user_works."""

from soundcloud._sync.namespaces.user_works import UserWorksNamespace
from soundcloud._sync.pages import Page
from soundcloud._protocol.validation import check_limit, check_offset
from soundcloud.registry import batched, implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.search import get_users
from soundcloud_api.api.users import (
    get_users_user_urn,
    get_users_user_urn_followers,
    get_users_user_urn_followings,
    get_users_user_urn_followings_following_urn,
    get_users_user_urn_related,
    get_users_user_urn_web_profiles,
)
from soundcloud_api.models import User, WebProfile


class UsersNamespace(UserWorksNamespace):
    """`client.users`: who people are and what they did."""

    __slots__ = ()

    @batched("users", "_get_many")
    @implements("get_users_user_urn")
    def get_user(self, user: Resource, *, token: str | None = None) -> User:
        """Get a user.

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
            >>> user = client.users.get_user(948745750)
            >>> print(user.username, user.followers_count)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn_
        """
        return self._pipeline.send(get_users_user_urn(to_urn(user, "users")), token)

    def _get_many(self, users: list[str]) -> Page[User]:
        """Get users with one call."""
        return self._pipeline.page(get_users(urns=",".join(users), limit=len(users), linked_partitioning=True))

    @implements("get_users_user_urn_followers")
    def get_followers(self, user: Resource, limit: int | None = None, *, token: str | None = None) -> Page[User]:
        """List the people who follow a user.

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
            >>> for follower in client.users.get_followers(948745750):
            ...     print(follower.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__followers
        """
        return self._pipeline.page(get_users_user_urn_followers(to_urn(user, "users"), limit=check_limit(limit)), token)

    @implements("get_users_user_urn_followings")
    def get_followings(self, user: Resource, limit: int | None = None, *, token: str | None = None) -> Page[User]:
        """List the people whom a user follows.

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
            >>> for followed in client.users.get_followings(948745750):
            ...     print(followed.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__followings
        """
        return self._pipeline.page(
            get_users_user_urn_followings(to_urn(user, "users"), limit=check_limit(limit)), token
        )

    @implements("get_users_user_urn_followings_following_urn")
    def get_following(self, user: Resource, following: Resource, *, token: str | None = None) -> User:
        """Get a user, if another user follows them.

        Deprecated by SoundCloud.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
            following: The user who may be followed: a number, a URN, an API URL or a `User`.
            token: The access token to act with instead of the client's own.

        Returns:
            The user who is followed.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> followed = client.users.get_following(948745750, 25219981)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__followings__following_urn_
        """
        return self._pipeline.send(
            get_users_user_urn_followings_following_urn(to_urn(user, "users"), to_urn(following, "users")), token
        )

    @implements("get_users_user_urn_related")
    def get_related(
        self, user: Resource, limit: int | None = None, *, offset: int | None = None, token: str | None = None
    ) -> Page[User]:
        """List artists who are like a user.

        Args:
            user: A user: a number, a URN, an API URL or a `User`.
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
            >>> for artist in client.users.get_related(948745750):
            ...     print(artist.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__related
        """
        return self._pipeline.page(
            get_users_user_urn_related(
                to_urn(user, "users"), limit=check_limit(limit), offset=check_offset(offset), linked_partitioning=True
            ),
            token,
        )

    @implements("get_users_user_urn_web_profiles")
    def get_web_profiles(
        self, user: Resource, limit: int | None = None, *, token: str | None = None
    ) -> Page[WebProfile]:
        """List the links on a user's profile.

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
            >>> for profile in client.users.get_web_profiles(948745750):
            ...     print(profile.url)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/users/get_users__user_urn__web-profiles
        """
        return self._pipeline.page(
            get_users_user_urn_web_profiles(to_urn(user, "users"), limit=check_limit(limit)), token
        )
