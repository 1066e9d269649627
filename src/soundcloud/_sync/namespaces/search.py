"""The `search` namespace."""

from collections.abc import Iterable
from typing import Unpack

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._sync.pages import Page
from soundcloud._protocol.validation import (
    AccessFilter,
    DatetimeRange,
    DurationRange,
    NumberRange,
    access_list,
    check_limit,
    comma_list,
    datetime_range,
    duration_range,
    number_range,
    page_offset,
    urn_list,
)
from soundcloud.options import RequestOptions
from soundcloud.registry import implements
from soundcloud.urn import Resource
from soundcloud_api.api import search as api
from soundcloud_api.models import Playlist, Track, User


class SearchNamespace(Namespace):
    """`client.search`: search tracks, users and playlists. A result matches all words and all filters.

    Arguments that several methods take:

    - `page_number`: the number of the page to start with, from 0. Leave it out to start with the first one.
    - `limit`: the page size, 1 to 200 items. SoundCloud's default is 50.
    - `max_items`: the maximum number of items on all pages together, 0 or above; default None, for all.
    - `offset`: items to skip, 0 or above. SoundCloud deprecates it: iterate over the page instead.
    - `access`: access levels of the tracks to include, one or several of `playable`, `preview` and `blocked`.
    - `token`: an access token to use for this request instead of the client's own. It is not refreshed.
    - `options`: `extra_headers` and `extra_query`, see `soundcloud.options.RequestOptions`.

    Methods that list return a page. Iterate over it to get the items of all pages.

    Raises:
        InvalidInputError: An argument is invalid; nothing was sent.
        SoundCloudError: The request failed.
    """

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
        created_at: DatetimeRange | None = None,
        access: AccessFilter = None,
        limit: int | None = None,
        offset: int | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Track]:
        """Search tracks.

        Args:
            query: Words to search for; default None, for filters only.
            page_number: The number of the page to start with, from 0; default 0.
            urns: 1 to 200 tracks to search among: ids, URNs, API URLs or `Track` objects.
            genres: Genres, of which one must match.
            tags: Tags, of which one must match.
            bpm: A range of beats per minute: `(120, 130)`, `(None, 90)` or `range(120, 131)`.
            duration: A range of milliseconds or timedeltas: `(from, to)`.
            created_at: A range of aware datetimes or dates, `(from, to)`; sent in UTC, rounded down to seconds. A date
                stands for the start of the day in UTC.
            access: Access levels to include; default `playable,preview`.
            limit: The page size, 1 to 200 items; default 50.
            offset: Items to skip; default 0; deprecated by SoundCloud.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for track in client.search.tracks("lofi", bpm=(70, 90), genres=["Lo-fi", "Ambient"]):
            ...     print(track.title)
        """
        bpm_from, bpm_to = number_range("bpm", bpm)
        duration_from, duration_to = duration_range("duration", duration)
        created_at_from, created_at_to = datetime_range("created_at", created_at)
        operation = api.get_tracks(
            q=query,
            urns=None if urns is None else urn_list(urns, "tracks", "urns"),
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
        return self._pipeline.page(operation, token, options, max_items)

    @implements("get_users")
    def users(
        self,
        query: str | None = None,
        page_number: int | None = None,
        *,
        urns: Iterable[Resource] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[User]:
        """Search users.

        Args:
            query: Words to search for; default None, for filters only.
            page_number: The number of the page to start with, from 0; default 0.
            urns: 1 to 200 users to search among: ids, URNs, API URLs or `User` objects.
            limit: The page size, 1 to 200 items; default 50.
            offset: Items to skip; default 0; deprecated by SoundCloud.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for user in client.search.users("night"):
            ...     print(user.username)
        """
        operation = api.get_users(
            q=query,
            urns=None if urns is None else urn_list(urns, "users", "urns"),
            limit=check_limit(limit),
            offset=page_offset(page_number, limit, offset),
            linked_partitioning=True,
        )
        return self._pipeline.page(operation, token, options, max_items)

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
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Page[Playlist]:
        """Search playlists.

        Args:
            query: Words to search for; default None, for filters only.
            page_number: The number of the page to start with, from 0; default 0.
            access: Access levels to include; default `playable,preview`.
            show_tracks: Whether to include the tracks of each playlist; default True.
            limit: The page size, 1 to 200 items; default 50.
            offset: Items to skip; default 0; deprecated by SoundCloud.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> for playlist in client.search.playlists("study", show_tracks=False):
            ...     print(playlist.title)
        """
        operation = api.get_playlists(
            q=query,
            access=access_list(access),
            show_tracks=show_tracks,
            limit=check_limit(limit),
            offset=page_offset(page_number, limit, offset),
            linked_partitioning=True,
        )
        return self._pipeline.page(operation, token, options, max_items)
