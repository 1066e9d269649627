"""The part of `playlists` that is about their tracks: list them, add, remove, reorder."""

from collections.abc import Callable, Iterable

from attrs import evolve

from soundcloud._async.namespaces.base import AsyncNamespace
from soundcloud._async.pages import AsyncPage
from soundcloud._protocol.request_bodies import playlist_changes
from soundcloud._protocol.track_lists import (
    check_unchanged,
    listed_urns,
    reordered,
    some_tracks,
    with_added,
    without_removed,
)
from soundcloud._protocol.validation import AccessFilter, access_list, check_limit, check_offset
from soundcloud.registry import implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.playlists import (
    get_playlists_playlist_urn,
    get_playlists_playlist_urn_tracks,
    put_playlists_playlist_urn,
)
from soundcloud_api.models import Playlist, Track

_EVERY_ACCESS: AccessFilter = ("playable", "preview", "blocked")


class AsyncPlaylistTracksNamespace(AsyncNamespace):
    """The tracks of playlists; see `AsyncPlaylistsNamespace`."""

    __slots__ = ()

    @implements("get_playlists_playlist_urn_tracks", beyond=("limit", "offset"))
    def get_tracks(
        self,
        playlist: Resource,
        limit: int | None = None,
        offset: int | None = None,
        *,
        secret_token: str | None = None,
        access: AccessFilter = None,
        token: str | None = None,
    ) -> AsyncPage[Track]:
        """List the tracks of a playlist, in its order.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given. The document does not list it,
                SoundCloud takes it.
            offset: Items to skip, 0 or above; deprecated by SoundCloud, follow the pages instead. The document does
                not list it, SoundCloud takes it.
            secret_token: The secret of a share link (`s-...`), for what is private.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> async for track in client.playlists.get_tracks(1212781357):
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/get_playlists__playlist_urn__tracks
        """
        operation = get_playlists_playlist_urn_tracks(
            to_urn(playlist, "playlists"),
            secret_token=secret_token,
            access=access_list(access),
            linked_partitioning=True,
        )
        operation = evolve(
            operation, query={**operation.query, "limit": check_limit(limit), "offset": check_offset(offset)}
        )
        return self._pipeline.page(operation, token)

    async def add_tracks(
        self,
        playlist: Resource,
        tracks: Iterable[Resource],
        *,
        position: int | None = None,
        duplicates: bool = True,
        drop_hidden: bool = False,
        token: str | None = None,
    ) -> Playlist:
        """Add tracks to a playlist of your own.

        SoundCloud takes whole lists only: the list is read, changed, read again, and written if nobody else has changed
        it meanwhile. Between the second reading and the writing somebody still could.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            tracks: 1 to 500 tracks, in order: numbers, URNs, API URLs or `Track` objects.
            position: Before which place they go, 0 for the first; None, the default, for the end.
            duplicates: Whether a track that is in the playlist already is added once more; default True.
            drop_hidden: Whether tracks that SoundCloud does not list for this token may get lost; default False.
            token: The access token to act with instead of the client's own.

        Returns:
            The playlist as it is now.

        Raises:
            InvalidInputError: An argument is wrong, or there would be more than 500 tracks; nothing was written.
            PlaylistChangedError: Somebody else changed it meanwhile, or it has tracks that are not listed; nothing was
                written.
            NotFoundError: There is no such playlist, or it is not visible with this token.
            ForbiddenError: It is somebody else's.
            SoundCloudError: A call failed.

        Example:
            >>> playlist = await client.playlists.add_tracks(1212781357, [308946187], duplicates=False)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/put_playlists__playlist_urn_
        """
        chosen = some_tracks(tracks)
        return await self._rewrite(
            playlist, lambda urns: with_added(urns, chosen, position, duplicates=duplicates), drop_hidden, token
        )

    async def remove_tracks(
        self,
        playlist: Resource,
        tracks: Iterable[Resource],
        *,
        drop_hidden: bool = False,
        token: str | None = None,
    ) -> Playlist:
        """Remove tracks from a playlist of your own, each as often as it is in it; see `add_tracks` for how.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            tracks: 1 to 500 tracks: numbers, URNs, API URLs or `Track` objects.
            drop_hidden: Whether tracks that SoundCloud does not list for this token may get lost; default False.
            token: The access token to act with instead of the client's own.

        Returns:
            The playlist as it is now.

        Raises:
            InvalidInputError: An argument is wrong, or a track is not in the playlist; nothing was written.
            PlaylistChangedError: Somebody else changed it meanwhile, or it has tracks that are not listed; nothing was
                written.
            NotFoundError: There is no such playlist, or it is not visible with this token.
            ForbiddenError: It is somebody else's.
            SoundCloudError: A call failed.

        Example:
            >>> playlist = await client.playlists.remove_tracks(1212781357, [308946187])

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/put_playlists__playlist_urn_
        """
        chosen = some_tracks(tracks)
        return await self._rewrite(playlist, lambda urns: without_removed(urns, chosen), drop_hidden, token)

    async def reorder(
        self,
        playlist: Resource,
        tracks: Iterable[Resource],
        *,
        drop_hidden: bool = False,
        token: str | None = None,
    ) -> Playlist:
        """Give the tracks of a playlist of your own another order; see `add_tracks` for how.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            tracks: All of its tracks in the new order, each as often as it is in it.
            drop_hidden: Whether tracks that SoundCloud does not list for this token may get lost; default False.
            token: The access token to act with instead of the client's own.

        Returns:
            The playlist as it is now.

        Raises:
            InvalidInputError: An argument is wrong, or these are not the tracks of the playlist; nothing was written.
            PlaylistChangedError: Somebody else changed it meanwhile, or it has tracks that are not listed; nothing was
                written.
            NotFoundError: There is no such playlist, or it is not visible with this token.
            ForbiddenError: It is somebody else's.
            SoundCloudError: A call failed.

        Example:
            >>> tracks = [track async for track in client.playlists.get_tracks(1212781357)]
            >>> playlist = await client.playlists.reorder(1212781357, sorted(tracks, key=lambda track: track.title or ""))

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/put_playlists__playlist_urn_
        """
        chosen = some_tracks(tracks)
        return await self._rewrite(playlist, lambda urns: reordered(urns, chosen), drop_hidden, token)

    async def _rewrite(
        self, playlist: Resource, change: Callable[[list[str]], list[str]], drop_hidden: bool, token: str | None
    ) -> Playlist:
        """Read the list, change it, read it again, write it."""
        urn = to_urn(playlist, "playlists")
        found, before = await self._read(urn, drop_hidden, token)
        after = change(before)
        if after == before:
            return found
        _, meanwhile = await self._read(urn, drop_hidden, token)
        check_unchanged(before, meanwhile)
        return await self._pipeline.send(put_playlists_playlist_urn(urn, body=playlist_changes(after)), token)

    async def _read(self, urn: str, drop_hidden: bool, token: str | None) -> tuple[Playlist, list[str]]:
        """A playlist and its tracks as they are now: neither from the cache nor from a call that began earlier."""
        pipeline = self._pipeline.with_options(caching=None, dedupe=False)
        playlist = await pipeline.send(get_playlists_playlist_urn(urn, show_tracks=False), token)
        namespace = type(self)(pipeline)
        tracks = [track async for track in namespace.get_tracks(urn, 200, access=_EVERY_ACCESS, token=token)]
        return playlist, listed_urns(playlist, tracks, drop_hidden=drop_hidden)
