"""Finding tracks, users and playlists."""

from collections.abc import Iterable

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._sync.pages import Page
from soundcloud._protocol.validation import (
    AccessFilter,
    DurationRange,
    MomentRange,
    NumberRange,
    access_list,
    check_limit,
    comma_list,
    duration_range,
    moment_range,
    number_range,
    page_offset,
    urn_list,
)
from soundcloud.registry import implements
from soundcloud.urn import Resource
from soundcloud_api.api.search import get_playlists, get_tracks, get_users
from soundcloud_api.models import Playlist, Track, User


class SearchNamespace(Namespace):
    """`client.search`: by words and by filters, all of which must hold."""

    __slots__ = ()

    @implements("get_tracks")
    def tracks(
        self,
        query: str | None = None,
        page_number: int | None = None,
        *,
        urns: Iterable[Resource] | None = None,
        genres: str | Iterable[str] | None = None,
        tags: str | Iterable[str] | None = None,
        bpm: NumberRange | None = None,
        duration: DurationRange | None = None,
        created_at: MomentRange | None = None,
        access: AccessFilter = None,
        limit: int | None = None,
        offset: int | None = None,
        token: str | None = None,
    ) -> Page[Track]:
        """Find tracks.

        Args:
            query: Words to look for.
            page_number: The page to start with, from 0; iterating the result needs none.
            urns: Among these tracks only, 1 to 200: numbers, URNs, API URLs or `Track` objects.
            genres: One of these genres.
            tags: One of these tags.
            bpm: Beats per minute, from and to: `(120, 130)`, `(None, 90)` or `range(120, 131)`.
            duration: From and to, in milliseconds or as timedelta.
            created_at: From and to, as aware datetimes; sent in UTC to the second.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            offset: Items to skip, 0 or above; deprecated by SoundCloud, follow the pages instead.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> for track in client.search.tracks("lofi", bpm=(70, 90), genres=["Lo-fi", "Ambient"]):
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/search/get_tracks
        """
        bpm_from, bpm_to = number_range("bpm", bpm)
        duration_from, duration_to = duration_range("duration", duration)
        created_at_from, created_at_to = moment_range("created_at", created_at)
        operation = get_tracks(
            q=query,
            urns=None if urns is None else urn_list(urns, "tracks"),
            genres=comma_list("genres", genres),
            tags=comma_list("tags", tags),
            bpm_from=bpm_from,
            bpm_to=bpm_to,
            duration_from=duration_from,
            duration_to=duration_to,
            created_at_from=created_at_from,
            created_at_to=created_at_to,
            access=access_list(access),
            limit=check_limit(limit),
            offset=page_offset(page_number, limit, offset),
            linked_partitioning=True,
        )
        return self._pipeline.page(operation, token)

    @implements("get_users")
    def users(
        self,
        query: str | None = None,
        page_number: int | None = None,
        *,
        urns: Iterable[Resource] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        token: str | None = None,
    ) -> Page[User]:
        """Find users.

        Args:
            query: Words to look for.
            page_number: The page to start with, from 0; iterating the result needs none.
            urns: Among these users only, 1 to 200: numbers, URNs, API URLs or `User` objects.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            offset: Items to skip, 0 or above; deprecated by SoundCloud, follow the pages instead.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> for user in client.search.users("night"):
            ...     print(user.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/search/get_users
        """
        operation = get_users(
            q=query,
            urns=None if urns is None else urn_list(urns, "users"),
            limit=check_limit(limit),
            offset=page_offset(page_number, limit, offset),
            linked_partitioning=True,
        )
        return self._pipeline.page(operation, token)

    @implements("get_playlists")
    def playlists(
        self,
        query: str | None = None,
        page_number: int | None = None,
        *,
        access: AccessFilter = None,
        show_tracks: bool | None = None,
        limit: int | None = None,
        offset: int | None = None,
        token: str | None = None,
    ) -> Page[Playlist]:
        """Find playlists.

        Args:
            query: Words to look for.
            page_number: The page to start with, from 0; iterating the result needs none.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            show_tracks: Whether the playlists come with their tracks; SoundCloud takes True when not given.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            offset: Items to skip, 0 or above; deprecated by SoundCloud, follow the pages instead.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> for playlist in client.search.playlists("study", show_tracks=False):
            ...     print(playlist.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/search/get_playlists
        """
        operation = get_playlists(
            q=query,
            access=access_list(access),
            show_tracks=show_tracks,
            limit=check_limit(limit),
            offset=page_offset(page_number, limit, offset),
            linked_partitioning=True,
        )
        return self._pipeline.page(operation, token)
