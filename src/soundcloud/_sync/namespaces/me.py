"""The `me` namespace."""

from typing import Any, Unpack

from typing_extensions import deprecated

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._sync.pages import Page
from soundcloud._protocol.announced.operations import get_me_likes_stations
from soundcloud._protocol.announced.station import Station
from soundcloud._protocol.validation import AccessFilter, SortName, access_list, check_limit, check_offset
from soundcloud.options import RequestOptions
from soundcloud.registry import implements, uses_announced
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api import me as api
from soundcloud_api.models import Activity, Me, Playlist, Track, User
from soundcloud_api.types import Operation


class MeNamespace(Namespace):
    """`client.me`: the signed-in user, their feed, tracks, playlists, likes, reposts and followers.

    Every method needs a user token; an app token is not enough.

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
        UnprocessableEntityError: SoundCloud refused to follow or unfollow a user; the message gives the reason.
        SoundCloudError: The request failed.
    """

    __slots__ = ()

    @implements("get_me")
    def get_me(self, *, token: str | None = None, **options: Unpack[RequestOptions]) -> Me:
        """Get the signed-in user, including private fields such as the upload quota.

        Args:
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> me = client.me.get_me()
            >>> print(me.username, me.quota.upload_seconds_left)
        """
        return self._pipeline.send(api.get_me(), token, options)

    @implements("get_me_feed")
    def get_feed(
        self,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Activity]:
        """List what the users you follow posted and reposted.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for activity in client.me.get_feed():
            ...     print(activity.type, activity.origin.title, activity.reposter)
        """
        return self._pipeline.page(
            api.get_me_feed(limit=check_limit(limit), access=access_list(access)), token, options, max_items
        )

    @implements("get_me_feed_tracks")
    def get_feed_tracks(
        self,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Activity]:
        """List the tracks that the users you follow posted and reposted.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for activity in client.me.get_feed_tracks():
            ...     print(activity.origin.title)
        """
        return self._pipeline.page(
            api.get_me_feed_tracks(limit=check_limit(limit), access=access_list(access)), token, options, max_items
        )

    @implements("get_me_activities")
    @deprecated("SoundCloud deprecates GET /me/activities: use me.get_feed")
    def get_activities(
        self,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Activity]:
        """List what the users you follow posted and reposted. Deprecated by SoundCloud: use `get_feed`.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> page = client.me.get_activities()
        """
        return self._pipeline.page(
            api.get_me_activities(limit=check_limit(limit), access=access_list(access)), token, options, max_items
        )

    @implements("get_me_activities_all_own")
    @deprecated("SoundCloud deprecates GET /me/activities/all/own and offers no replacement")
    def get_activities_own(
        self,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Activity]:
        """List the activities around your own tracks and playlists. Deprecated by SoundCloud, without a replacement.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> page = client.me.get_activities_own()
        """
        return self._pipeline.page(
            api.get_me_activities_all_own(limit=check_limit(limit), access=access_list(access)),
            token,
            options,
            max_items,
        )

    @implements("get_me_activities_tracks")
    @deprecated("SoundCloud deprecates GET /me/activities/tracks: use me.get_feed_tracks")
    def get_activities_tracks(
        self,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Activity]:
        """List the tracks that the users you follow posted and reposted. Deprecated by SoundCloud: use `get_feed_tracks`.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> page = client.me.get_activities_tracks()
        """
        return self._pipeline.page(
            api.get_me_activities_tracks(limit=check_limit(limit), access=access_list(access)),
            token,
            options,
            max_items,
        )

    @implements("get_me_recently_played_tracks")
    def get_recently_played_tracks(
        self,
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Track]:
        """List the last 25 tracks that you played, newest first, on a single page.

        Args:
            access: Access levels to include; default `playable,preview,blocked`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for track in client.me.get_recently_played_tracks():
            ...     print(track.title)
        """
        return self._pipeline.page(
            api.get_me_recently_played_tracks(access=access_list(access)), token, options, max_items
        )

    @implements("get_me_tracks")
    def get_tracks(
        self,
        limit: int | None = None,
        *,
        sort: SortName | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Track]:
        """List your tracks, including private ones.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            sort: `desc` (newest first, the default) or `asc`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for track in client.me.get_tracks():
            ...     print(track.title)
        """
        return self._page(api.get_me_tracks, token, options, max_items, limit=limit, sort=sort)

    @implements("get_me_playlists")
    def get_playlists(
        self,
        limit: int | None = None,
        *,
        show_tracks: bool | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Playlist]:
        """List your playlists, including private ones, oldest first.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            show_tracks: Whether to include the tracks of each playlist; default True.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for playlist in client.me.get_playlists(show_tracks=False):
            ...     print(playlist.title)
        """
        return self._page(api.get_me_playlists, token, options, max_items, limit=limit, show_tracks=show_tracks)

    @implements("get_me_reposts_tracks")
    def get_reposts_tracks(
        self,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Track]:
        """List the tracks that you reposted.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview,blocked`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for track in client.me.get_reposts_tracks():
            ...     print(track.title)
        """
        return self._page(api.get_me_reposts_tracks, token, options, max_items, limit=limit, access=access)

    @implements("get_me_reposts_playlists")
    def get_reposts_playlists(
        self,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Playlist]:
        """List the playlists that you reposted.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for playlist in client.me.get_reposts_playlists():
            ...     print(playlist.title)
        """
        return self._page(api.get_me_reposts_playlists, token, options, max_items, limit=limit)

    @implements(beyond=("GET /me/connections",))
    def get_connections(
        self, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> list[dict[str, Any]]:
        """List the accounts of other services that are linked to yours.

        This operation is not in SoundCloud's OpenAPI document, so SoundCloud may remove it without notice.

        Args:
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            The accounts, as JSON objects.

        Example:
            >>> connections = client.me.get_connections()

        Source:
            https://developers.soundcloud.com/docs/api/guide
        """
        operation: Operation[list[dict[str, Any]]] = Operation(
            "get_me_connections", "GET", "/me/connections", {200: list[dict[str, Any]]}
        )
        return self._pipeline.send(operation, token, options)

    @implements("get_me_likes_tracks")
    def get_likes_tracks(
        self,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Track]:
        """List the tracks that you like.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview,blocked`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for track in client.me.get_likes_tracks():
            ...     print(track.title)
        """
        return self._page(api.get_me_likes_tracks, token, options, max_items, limit=limit, access=access)

    @implements("get_me_likes_playlists")
    def get_likes_playlists(
        self,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Playlist]:
        """List the playlists that you like.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for playlist in client.me.get_likes_playlists():
            ...     print(playlist.title)
        """
        return self._page(api.get_me_likes_playlists, token, options, max_items, limit=limit)

    @uses_announced("get_me_likes_system_playlists")
    def get_likes_stations(
        self,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Station]:
        """List the stations that you like, without their tracks. SoundCloud has announced this list but not documented it.

        Args:
            limit: The page size, 1 to 200 items; default SoundCloud's.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            A page of stations; `playlists.get_station` gets the tracks of one.

        Example:
            >>> for station in client.me.get_likes_stations():
            ...     print(station.title)

        Source:
            https://github.com/soundcloud/api/releases/tag/2026-09-30
        """
        return self._page(get_me_likes_stations, token, options, max_items, limit=limit)

    @implements("get_me_followings")
    def get_followings(
        self,
        limit: int | None = None,
        *,
        offset: int | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[User]:
        """List the users whom you follow.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            offset: Items to skip; default 0; deprecated by SoundCloud.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for user in client.me.get_followings():
            ...     print(user.username)
        """
        return self._pipeline.page(
            api.get_me_followings(limit=check_limit(limit), offset=check_offset(offset)), token, options, max_items
        )

    @implements("get_me_followings_tracks")
    def get_followings_tracks(
        self,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        offset: int | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Track]:
        """List recent tracks of the users whom you follow.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview`.
            offset: Items to skip; default 0; deprecated by SoundCloud.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for track in client.me.get_followings_tracks():
            ...     print(track.title)
        """
        return self._pipeline.page(
            api.get_me_followings_tracks(
                limit=check_limit(limit), access=access_list(access), offset=check_offset(offset)
            ),
            token,
            options,
            max_items,
        )

    @implements("get_me_followers")
    def get_followers(
        self,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[User]:
        """List your followers.

        Args:
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for user in client.me.get_followers():
            ...     print(user.username)
        """
        return self._pipeline.page(api.get_me_followers(limit=check_limit(limit)), token, options, max_items)

    @implements("get_me_followings_user_urn")
    @deprecated("SoundCloud deprecates GET /me/followings/{user_urn}: iterate over me.get_followings")
    def get_following(
        self, user: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> User:
        """Get a user whom you follow. Deprecated by SoundCloud: iterate over `get_followings` instead.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> user = client.me.get_following(948745750)
        """
        return self._pipeline.send(api.get_me_followings_user_urn(to_urn(user, "users")), token, options)

    @implements("get_me_followers_follower_urn")
    @deprecated("SoundCloud deprecates GET /me/followers/{follower_urn}: iterate over me.get_followers")
    def get_follower(
        self, follower: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> User:
        """Get a user who follows you. Deprecated by SoundCloud: iterate over `get_followers` instead.

        Args:
            follower: The follower: an id, a URN, an API URL or a `User`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> user = client.me.get_follower(948745750)
        """
        return self._pipeline.send(api.get_me_followers_follower_urn(to_urn(follower, "users")), token, options)

    @implements("put_me_followings_user_urn")
    def follow(self, user: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]) -> None:
        """Follow a user. Following a user twice is not an error.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> client.me.follow(948745750)
        """
        self._pipeline.send(api.put_me_followings_user_urn(to_urn(user, "users")), token, options)

    @implements("delete_me_followings_user_urn")
    def unfollow(self, user: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]) -> None:
        """Unfollow a user.

        Args:
            user: The user: an id, a URN, an API URL or a `User`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> client.me.unfollow(948745750)
        """
        self._pipeline.send(api.delete_me_followings_user_urn(to_urn(user, "users")), token, options)
