"""The `playlists` namespace."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Unpack

from attrs import evolve

from soundcloud._async.namespaces.base import AsyncNamespace, async_fields_by_keyword
from soundcloud._async.pages import AsyncPage
from soundcloud._files import FileInput, make_image_part
from soundcloud._protocol import request_bodies
from soundcloud._protocol.announced.operations import get_station, get_station_as_playlist
from soundcloud._protocol.announced.station import Station
from soundcloud._protocol.http.request_options import read_options
from soundcloud._protocol.request_bodies import ExtraFields, SetTypeName, SharingName, TagList
from soundcloud._protocol.track_lists import (
    check_unchanged,
    collect_urns,
    insert_tracks,
    remove_tracks,
    reorder_tracks,
    require_tracks,
)
from soundcloud._protocol.validation import AccessFilter, access_list, check_limit, check_offset
from soundcloud._synchronization import async_run_in_thread
from soundcloud.errors import InvalidInputError
from soundcloud.options import RequestOptions
from soundcloud.registry import implements, uses_announced
from soundcloud.urn import STATIONS, Resource, is_station, to_urn
from soundcloud_api.api import playlists as api
from soundcloud_api.models import Playlist, Track, User
from soundcloud_api.types import UNSET, UnsetType

_ALL_LEVELS: AccessFilter = ("playable", "preview", "blocked")


class AsyncPlaylistsNamespace(AsyncNamespace):
    """`client.playlists`: get, create, update and delete playlists, and edit their tracks.

    Arguments that several methods take:

    - `limit`: the page size, 1 to 200 items. SoundCloud's default is 50.
    - `max_items`: the maximum number of items on all pages together, 0 or above; default None, for all.
    - `access`: access levels of the tracks to include, one or several of `playable`, `preview` and `blocked`.
    - `secret_token`: the secret of a private share link, such as `s-AbCdEf`. It gives access to a private playlist.
    - `drop_hidden`: whether a change may remove hidden tracks, which SoundCloud does not list for this token.
    - `token`: an access token to use for this request instead of the client's own. It is not refreshed.
    - `options`: `extra_headers` and `extra_query`, see `soundcloud.options.RequestOptions`.

    Methods that list return a page. Iterate over it to get the items of all pages.

    SoundCloud can only replace the whole list of tracks. `add_tracks`, `remove_tracks` and `reorder` therefore read the list twice,
    and write the new list if both reads are equal. If another program changes the list between the second read and the write, its
    change is lost.

    Raises:
        InvalidInputError: An argument is invalid; nothing was sent.
        NotFoundError: The playlist or one of the tracks does not exist or is not visible with this token.
        PlaylistChangedError: The list changed between the two reads, or has tracks that SoundCloud does not list; nothing was
            written.
        ForbiddenError: The playlist is not yours.
        SoundCloudError: The request failed.
    """

    __slots__ = ()

    @uses_announced("get_system_playlists_urn")
    @implements("get_playlists_playlist_urn")
    async def get_playlist(
        self,
        playlist: Resource,
        *,
        secret_token: str | None = None,
        access: AccessFilter = None,
        show_tracks: bool | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Playlist:
        """Get a playlist, or a station as a playlist; `get_station` returns a `Station`.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`; or the URN of a station, or a `Station`.
            secret_token: The secret of a private share link, `s-...`.
            access: Access levels to include; default `playable,preview`.
            show_tracks: Whether to include the tracks of each playlist; default True.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            The playlist, with its tracks unless `show_tracks` is False. A station may lack fields that playlists always have.

        Example:
            >>> playlist = await client.playlists.get_playlist(1212781357)
            >>> print(playlist.title, playlist.track_count)
        """
        urn = to_urn(playlist, "playlists")
        operation = get_station_as_playlist if is_station(urn) else api.get_playlists_playlist_urn
        return await self._pipeline.send(
            operation(urn, secret_token=secret_token, access=access_list(access), show_tracks=show_tracks),
            token,
            options,
        )

    @uses_announced("get_system_playlists_urn")
    async def get_station(
        self, station: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]
    ) -> Station:
        """Get a station with its tracks. SoundCloud has announced stations but not documented them.

        Args:
            station: The station: a URN such as `Track.station_urn` and `User.station_urn`, an API URL or a `Station`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            The station, with the tracks that are visible with the token.

        Raises:
            NotFoundError: The station does not exist, or none of its tracks is visible with this token.

        Example:
            >>> station = await client.playlists.get_station("soundcloud:system-playlists:track-stations:308946187")
            >>> print(station.title, len(station.tracks or []))

        Source:
            https://github.com/soundcloud/api/releases/tag/2026-09-30
        """
        return await self._pipeline.send(get_station(to_urn(station, STATIONS)), token, options)

    @implements("get_playlists_playlist_urn_reposters")
    def get_reposts(
        self,
        playlist: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPage[User]:
        """List the users who reposted a playlist.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`.
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> async for user in client.playlists.get_reposts(1212781357):
            ...     print(user.username)
        """
        return self._pipeline.page(
            api.get_playlists_playlist_urn_reposters(to_urn(playlist, "playlists"), limit=check_limit(limit)),
            token,
            options,
            max_items,
        )

    @implements("delete_playlists_playlist_urn")
    async def delete(self, playlist: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]) -> None:
        """Delete one of your playlists. This cannot be undone.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.playlists.delete(1212781357)
        """
        await self._pipeline.send(api.delete_playlists_playlist_urn(to_urn(playlist, "playlists")), token, options)

    @implements("post_playlists")
    @async_fields_by_keyword
    async def create(
        self,
        *,
        title: str,
        tracks: Iterable[Resource] | None = None,
        artwork: FileInput | None = None,
        description: str | None = None,
        sharing: SharingName | None = None,
        genre: str | None = None,
        tag_list: TagList | None = None,
        set_type: SetTypeName | None = None,
        license: str | None = None,  # noqa: A002 - the field's name
        permalink: str | None = None,
        permalink_url: str | None = None,
        label_name: str | None = None,
        ean: str | None = None,
        purchase_title: str | None = None,
        purchase_url: str | None = None,
        release: str | None = None,
        release_date: date | str | None = None,
        extra_fields: ExtraFields | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Playlist:
        """Create a playlist. Fields that are left out, or None, are not sent.

        Args:
            title: The title.
            tracks: At most 500 tracks, in order: ids, URNs, API URLs or `Track` objects.
            artwork: An image, GIF, JPEG or PNG: a path, bytes or a binary file.
            description: The description.
            sharing: `public` or `private`.
            genre: The genre.
            tag_list: A list of tags or `Tags`, or a string separated by commas.
            set_type: `playlist` or `album`.
            license: The license.
            permalink: The last part of the playlist's URL.
            permalink_url: The whole URL.
            label_name: The record label.
            ean: The European Article Number.
            purchase_title: The label of the shop link.
            purchase_url: The URL of a shop.
            release: The release number.
            release_date: A date, or a string such as `2026-11-23`.
            extra_fields: Fields that SoundCloud's OpenAPI document does not list yet, by their names.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> playlist = await client.playlists.create(title="Night drive", tracks=[308946187], sharing="private")
        """
        body = request_bodies.build_playlist(
            title,
            tracks,
            None if artwork is None else await async_run_in_thread(make_image_part, "artwork", artwork),
            description=description,
            sharing=sharing,
            genre=genre,
            tag_list=tag_list,
            set_type=set_type,
            license=license,
            permalink=permalink,
            permalink_url=permalink_url,
            label_name=label_name,
            ean=ean,
            purchase_title=purchase_title,
            purchase_url=purchase_url,
            release=release,
            release_date=release_date,
            extra_fields=extra_fields,
        )
        return await self._pipeline.send(api.post_playlists(body=body), token, options)

    @implements("put_playlists_playlist_urn")
    @async_fields_by_keyword
    async def update(
        self,
        playlist: Resource,
        *,
        title: str | UnsetType = UNSET,
        tracks: Iterable[Resource] | None = None,
        description: str | UnsetType | None = UNSET,
        sharing: SharingName | UnsetType = UNSET,
        genre: str | UnsetType | None = UNSET,
        tag_list: TagList | UnsetType | None = UNSET,
        set_type: SetTypeName | UnsetType = UNSET,
        license: str | UnsetType | None = UNSET,  # noqa: A002 - the field's name
        permalink: str | UnsetType = UNSET,
        permalink_url: str | UnsetType = UNSET,
        label_name: str | UnsetType | None = UNSET,
        ean: str | UnsetType | None = UNSET,
        purchase_title: str | UnsetType | None = UNSET,
        purchase_url: str | UnsetType | None = UNSET,
        release: str | UnsetType | None = UNSET,
        release_date: date | str | UnsetType | None = UNSET,
        extra_fields: ExtraFields | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Playlist:
        """Update one of your playlists. Only the given fields are sent; at least one is required.

        A field that is left out, or UNSET, keeps its value. None clears the fields that say so below.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`.
            title: The title.
            tracks: The new list of at most 500 tracks, in order; default None, which keeps the old one.
            description: The description; None clears it.
            sharing: `public` or `private`.
            genre: The genre; None clears it.
            tag_list: A list of tags or `Tags`, or a string separated by commas; None clears them.
            set_type: `playlist` or `album`.
            license: The license; None clears it.
            permalink: The last part of the playlist's URL.
            permalink_url: The whole URL.
            label_name: The record label; None clears it.
            ean: The European Article Number; None clears it.
            purchase_title: The label of the shop link; None clears it.
            purchase_url: The URL of a shop; None clears it.
            release: The release number; None clears it.
            release_date: A date, or a string such as `2026-11-23`; None clears it.
            extra_fields: Fields that SoundCloud's OpenAPI document does not list yet, by their names.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Raises:
            NotFoundError: The playlist does not exist or is not yours.

        Example:
            >>> playlist = await client.playlists.update(1212781357, title="Night drive II")
        """
        read_options(options)  # a field that is misspelled is named before a missing one
        body = request_bodies.build_playlist_update(
            tracks,
            title=title,
            description=description,
            sharing=sharing,
            genre=genre,
            tag_list=tag_list,
            set_type=set_type,
            license=license,
            permalink=permalink,
            permalink_url=permalink_url,
            label_name=label_name,
            ean=ean,
            purchase_title=purchase_title,
            purchase_url=purchase_url,
            release=release,
            release_date=release_date,
            extra_fields=extra_fields,
        )
        return await self._pipeline.send(
            api.put_playlists_playlist_urn(to_urn(playlist, "playlists"), body=body), token, options
        )

    @implements("get_playlists_playlist_urn_tracks", beyond=("limit", "offset"))
    def get_tracks(
        self,
        playlist: Resource,
        limit: int | None = None,
        offset: int | None = None,
        *,
        secret_token: str | None = None,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPage[Track]:
        """List the tracks of a playlist, in its order.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`.
            limit: The page size, 1 to 200 items; default 50. SoundCloud's OpenAPI document does not list it.
            offset: Items to skip, 0 or above. SoundCloud's OpenAPI document does not list it.
            secret_token: The secret of a private share link, `s-...`.
            access: Access levels to include; default `playable,preview`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> async for track in client.playlists.get_tracks(1212781357):
            ...     print(track.title)
        """
        urn = to_urn(playlist, "playlists")
        if is_station(urn):
            raise InvalidInputError(
                f"{urn} is a station, whose tracks have no pages: use playlists.get_station(urn).tracks"
            )
        operation = api.get_playlists_playlist_urn_tracks(
            urn,
            secret_token=secret_token,
            access=access_list(access),
            linked_partitioning=True,
        )
        operation = evolve(
            operation, query={**operation.query, "limit": check_limit(limit), "offset": check_offset(offset)}
        )
        return self._pipeline.page(operation, token, options, max_items)

    async def add_tracks(
        self,
        playlist: Resource,
        tracks: Iterable[Resource],
        *,
        position: int | None = None,
        duplicates: bool = True,
        drop_hidden: bool = False,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Playlist:
        """Add tracks to one of your playlists.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`.
            tracks: 1 to 500 tracks, in order: ids, URNs, API URLs or `Track` objects.
            position: The index to insert at, from 0; default None, for the end.
            duplicates: Whether to add tracks that the playlist already has; default True. With False they are skipped.
            drop_hidden: Whether the change may remove tracks that SoundCloud does not list; default False.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Raises:
            InvalidInputError: An argument is invalid, or the playlist would exceed 500 tracks; nothing was written.

        Example:
            >>> playlist = await client.playlists.add_tracks(1212781357, [308946187], duplicates=False)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/put_playlists__playlist_urn_
        """
        chosen = require_tracks(tracks)
        return await self._rewrite(
            playlist,
            lambda urns: insert_tracks(urns, chosen, position, duplicates=duplicates),
            drop_hidden,
            token,
            options,
        )

    async def remove_tracks(
        self,
        playlist: Resource,
        tracks: Iterable[Resource],
        *,
        drop_hidden: bool = False,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Playlist:
        """Remove every occurrence of tracks from one of your playlists.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`.
            tracks: 1 to 500 tracks: ids, URNs, API URLs or `Track` objects.
            drop_hidden: Whether the change may remove tracks that SoundCloud does not list; default False.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Raises:
            InvalidInputError: An argument is invalid, or a track is not in the playlist; nothing was written.

        Example:
            >>> playlist = await client.playlists.remove_tracks(1212781357, [308946187])

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/put_playlists__playlist_urn_
        """
        chosen = require_tracks(tracks)
        return await self._rewrite(playlist, lambda urns: remove_tracks(urns, chosen), drop_hidden, token, options)

    async def reorder(
        self,
        playlist: Resource,
        tracks: Iterable[Resource],
        *,
        drop_hidden: bool = False,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Playlist:
        """Reorder the tracks of one of your playlists.

        Args:
            playlist: The playlist: an id, a URN, an API URL or a `Playlist`.
            tracks: All tracks of the playlist in the new order, with their duplicates.
            drop_hidden: Whether the change may remove tracks that SoundCloud does not list; default False.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Raises:
            InvalidInputError: An argument is invalid, or `tracks` does not name the same tracks as the playlist; nothing was
                written.

        Example:
            >>> tracks = [track async for track in client.playlists.get_tracks(1212781357)]
            >>> playlist = await client.playlists.reorder(1212781357, sorted(tracks, key=lambda track: track.title or ""))

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/put_playlists__playlist_urn_
        """
        chosen = require_tracks(tracks)
        return await self._rewrite(playlist, lambda urns: reorder_tracks(urns, chosen), drop_hidden, token, options)

    async def _rewrite(
        self,
        playlist: Resource,
        change: Callable[[list[str]], list[str]],
        drop_hidden: bool,
        token: str | None,
        options: RequestOptions,
    ) -> Playlist:
        """Read the list of tracks, change it, and write it if a second read returns the same list."""
        urn = to_urn(playlist, "playlists")
        found, before = await self._read(urn, drop_hidden, token, options)
        after = change(before)
        if after == before:
            return found
        _, current = await self._read(urn, drop_hidden, token, options)
        check_unchanged(before, current)
        return await self._pipeline.send(
            api.put_playlists_playlist_urn(urn, body=request_bodies.build_playlist_update(after)), token, options
        )

    async def _read(
        self, urn: str, drop_hidden: bool, token: str | None, options: RequestOptions
    ) -> tuple[Playlist, list[str]]:
        """Return a playlist and the URNs of its tracks, without the cache and request deduplication."""
        pipeline = self._pipeline.with_options(cache=None, dedupe=False)
        playlist = await pipeline.send(api.get_playlists_playlist_urn(urn, show_tracks=False), token, options)
        namespace = type(self)(pipeline)
        tracks = [track async for track in namespace.get_tracks(urn, 200, access=_ALL_LEVELS, token=token, **options)]
        return playlist, collect_urns(playlist, tracks, drop_hidden=drop_hidden)
