"""The `users` namespace."""

from typing import Unpack

from attrs import evolve
from typing_extensions import deprecated

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._sync.pages import Page
from soundcloud._protocol.announced.operations import get_users_likes_stations
from soundcloud._protocol.announced.station import Station
from soundcloud._protocol.validation import AccessFilter, SortName, access_list, check_limit
from soundcloud.options import RequestOptions
from soundcloud.registry import batched, implements, uses_announced
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api import search as search_api
from soundcloud_api.api import users as api
from soundcloud_api.models import Playlist, Track, User, WebProfile


class UsersNamespace(Namespace):
    """`client.users`: profiles, tracks, playlists, likes, reposts and followers of users.

    Arguments that several methods take:

    - `limit`: the page size, 1 to 200 items. SoundCloud's default is 50.
    - `max_items`: the maximum number of items on all pages together, 0 or above; default None, for all.
    - `offset`: items to skip, 0 or above. SoundCloud deprecates it: iterate over the page instead.
    - `access`: access levels of the tracks to include, one or several of `playable`, `preview` and `blocked`.
    - `show_tracks`: whether each playlist includes its tracks.
    - `token`: an access token to use for this request instead of the client's own. It is not refreshed.
    - `options`: `extra_headers` and `extra_query`, see `soundcloud.options.RequestOptions`.

    Methods that list return a page. Iterate over it to get the items of all pages.

    Raises:
        InvalidInputError: An argument is invalid; nothing was sent.
        NotFoundError: The user does not exist or is not visible with this token.
        SoundCloudError: The request failed.
    """

    __slots__ = ()

    @batched("users", "_get_many")
    @implements("get_users_user_urn")
    def get_user(self, user: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]) -> User:
        """Get a user.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> user = client.users.get_user(948745750)
            >>> print(user.username, user.followers_count)
        """
        return self._pipeline.send(api.get_users_user_urn(to_urn(user, "users")), token, options)

    def _get_many(self, users: list[str]) -> Page[User]:
        """Get users with one request."""
        return self._pipeline.page(
            search_api.get_users(urns=",".join(users), limit=len(users), linked_partitioning=True)
        )

    @implements("get_users_user_urn_followers")
    def get_followers(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[User]:
        """List the followers of a user.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for follower in client.users.get_followers(948745750):
            ...     print(follower.username)
        """
        return self._pipeline.page(
            api.get_users_user_urn_followers(to_urn(user, "users"), limit=check_limit(limit)), token, options, max_items
        )

    @implements("get_users_user_urn_followings")
    def get_followings(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[User]:
        """List the users whom a user follows.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for followed in client.users.get_followings(948745750):
            ...     print(followed.username)
        """
        return self._pipeline.page(
            api.get_users_user_urn_followings(to_urn(user, "users"), limit=check_limit(limit)),
            token,
            options,
            max_items,
        )

    @implements("get_users_user_urn_followings_following_urn")
    @deprecated(
        "SoundCloud deprecates GET /users/{user_urn}/followings/{following_urn}: iterate over users.get_followings"
    )
    def get_following(
        self, user: Resource, following: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> User:
        """Get a user whom another user follows. Deprecated by SoundCloud: iterate over `get_followings` instead.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            following: The followed user: an id, a URN, an API URL or a `User`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> followed = client.users.get_following(948745750, 25219981)
        """
        return self._pipeline.send(
            api.get_users_user_urn_followings_following_urn(to_urn(user, "users"), to_urn(following, "users")),
            token,
            options,
        )

    @implements("get_users_user_urn_related")
    def get_related(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        offset: int | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[User]:
        """List artists who are similar to a user.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            offset: Items to skip; default 0; deprecated by SoundCloud.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for artist in client.users.get_related(948745750):
            ...     print(artist.username)
        """
        return self._page(
            api.get_users_user_urn_related, token, options, max_items, to_urn(user, "users"), limit=limit, offset=offset
        )

    @implements("get_users_user_urn_web_profiles")
    def get_web_profiles(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[WebProfile]:
        """List the links on a user's profile.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for profile in client.users.get_web_profiles(948745750):
            ...     print(profile.url)
        """
        return self._pipeline.page(
            api.get_users_user_urn_web_profiles(to_urn(user, "users"), limit=check_limit(limit)),
            token,
            options,
            max_items,
        )

    @implements("get_users_user_urn_tracks")
    def get_tracks(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        sort: SortName | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Track]:
        """List a user's tracks.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview`.
            sort: `desc` (newest first, the default) or `asc`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for track in client.users.get_tracks(948745750, sort="asc"):
            ...     print(track.title)
        """
        return self._page(
            api.get_users_user_urn_tracks,
            token,
            options,
            max_items,
            to_urn(user, "users"),
            limit=limit,
            access=access,
            sort=sort,
        )

    @implements("get_users_user_urn_playlists")
    def get_playlists(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        show_tracks: bool | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Playlist]:
        """List a user's playlists.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview`.
            show_tracks: Whether to include the tracks of each playlist; default True.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for playlist in client.users.get_playlists(948745750, show_tracks=False):
            ...     print(playlist.title)
        """
        return self._page(
            api.get_users_user_urn_playlists,
            token,
            options,
            max_items,
            to_urn(user, "users"),
            limit=limit,
            access=access,
            show_tracks=show_tracks,
        )

    @implements("get_users_user_urn_likes_tracks", beyond=("cursor",))
    def get_likes_tracks(
        self,
        user: Resource,
        limit: int | None = None,
        cursor: str | None = None,
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Track]:
        """List the tracks that a user likes.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            cursor: The `cursor` of a `next_href` to start from. SoundCloud's OpenAPI document does not list it.
            access: Access levels to include; default `playable,preview`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for track in client.users.get_likes_tracks(948745750):
            ...     print(track.title)
        """
        operation = api.get_users_user_urn_likes_tracks(
            to_urn(user, "users"), limit=check_limit(limit), access=access_list(access), linked_partitioning=True
        )
        operation = evolve(operation, query={**operation.query, "cursor": cursor})
        return self._pipeline.page(operation, token, options, max_items)

    @implements("get_users_user_urn_likes_playlists")
    def get_likes_playlists(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Playlist]:
        """List the playlists that a user likes.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for playlist in client.users.get_likes_playlists(948745750):
            ...     print(playlist.title)
        """
        return self._page(
            api.get_users_user_urn_likes_playlists, token, options, max_items, to_urn(user, "users"), limit=limit
        )

    @uses_announced("get_users_urn_likes_system_playlists")
    def get_likes_stations(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Station]:
        """List the stations that a user likes. SoundCloud has announced this list but not documented it.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default SoundCloud's.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            A page of stations; `playlists.get_station` gets the tracks of one.

        Example:
            >>> for station in client.users.get_likes_stations(948745750):
            ...     print(station.title)

        Source:
            https://github.com/soundcloud/api/releases/tag/2026-09-30
        """
        return self._page(get_users_likes_stations, token, options, max_items, to_urn(user, "users"), limit=limit)

    @implements("get_users_user_urn_reposts_tracks")
    def get_reposts_tracks(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Track]:
        """List the tracks that a user reposted.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for track in client.users.get_reposts_tracks(948745750):
            ...     print(track.title)
        """
        return self._page(
            api.get_users_user_urn_reposts_tracks,
            token,
            options,
            max_items,
            to_urn(user, "users"),
            limit=limit,
            access=access,
        )

    @implements("get_users_user_urn_reposts_playlists")
    def get_reposts_playlists(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Playlist]:
        """List the playlists that a user reposted.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for playlist in client.users.get_reposts_playlists(948745750):
            ...     print(playlist.title)
        """
        return self._page(
            api.get_users_user_urn_reposts_playlists, token, options, max_items, to_urn(user, "users"), limit=limit
        )

    @implements("get_users_user_urn_favorites")
    @deprecated("SoundCloud deprecates GET /users/{user_urn}/favorites: use users.get_likes_tracks")
    def get_favorites(
        self,
        user: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Track]:
        """List the tracks that a user likes. Deprecated by SoundCloud: use `get_likes_tracks`.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for track in client.users.get_favorites(948745750):
            ...     print(track.title)
        """
        return self._page(
            api.get_users_user_urn_favorites, token, options, max_items, to_urn(user, "users"), limit=limit
        )
