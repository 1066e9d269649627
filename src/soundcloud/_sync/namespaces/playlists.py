"""Playlists: get, create, change, delete."""

from collections.abc import Callable, Iterable
from datetime import date

from attrs import evolve

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._sync.pages import Page
from soundcloud._files import FileInput
from soundcloud._protocol import request_bodies
from soundcloud._protocol.request_bodies import SetTypeName, SharingName, playlist_changes
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
    delete_playlists_playlist_urn,
    get_playlists_playlist_urn,
    get_playlists_playlist_urn_reposters,
    get_playlists_playlist_urn_tracks,
    post_playlists,
    put_playlists_playlist_urn,
)
from soundcloud_api.models import Playlist, Track, User
from soundcloud_api.types import UNSET, UnsetType

_EVERY_ACCESS: AccessFilter = ("playable", "preview", "blocked")


class PlaylistsNamespace(Namespace):
    """`client.playlists`: playlists, also called sets."""

    __slots__ = ()

    @implements("get_playlists_playlist_urn")
    def get_playlist(
        self,
        playlist: Resource,
        *,
        secret_token: str | None = None,
        access: AccessFilter = None,
        show_tracks: bool | None = None,
        token: str | None = None,
    ) -> Playlist:
        """Get a playlist.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            secret_token: The secret of a share link (`s-...`), for what is private.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            show_tracks: Whether the playlists come with their tracks; SoundCloud takes True when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            The playlist, with its tracks unless `show_tracks` is False.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> playlist = client.playlists.get_playlist(1212781357)
            >>> print(playlist.title, playlist.track_count)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/get_playlists__playlist_urn_
        """
        return self._pipeline.send(
            get_playlists_playlist_urn(
                to_urn(playlist, "playlists"),
                secret_token=secret_token,
                access=access_list(access),
                show_tracks=show_tracks,
            ),
            token,
        )

    @implements("get_playlists_playlist_urn_reposters")
    def get_reposts(self, playlist: Resource, limit: int | None = None, *, token: str | None = None) -> Page[User]:
        """List the people who reposted a playlist.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> for user in client.playlists.get_reposts(1212781357):
            ...     print(user.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/get_playlists__playlist_urn__reposters
        """
        return self._pipeline.page(
            get_playlists_playlist_urn_reposters(to_urn(playlist, "playlists"), limit=check_limit(limit)), token
        )

    @implements("delete_playlists_playlist_urn")
    def delete(self, playlist: Resource, *, token: str | None = None) -> None:
        """Delete a playlist of your own; there is no way back.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> client.playlists.delete(1212781357)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/delete_playlists__playlist_urn_
        """
        self._pipeline.send(delete_playlists_playlist_urn(to_urn(playlist, "playlists")), token)

    @implements("post_playlists")
    def create(
        self,
        *,
        title: str,
        tracks: Iterable[Resource] | None = None,
        artwork: FileInput | None = None,
        description: str | UnsetType | None = UNSET,
        sharing: SharingName | UnsetType = UNSET,
        genre: str | UnsetType | None = UNSET,
        tag_list: str | UnsetType | None = UNSET,
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
        token: str | None = None,
    ) -> Playlist:
        """Create a playlist. Only what is given is sent.

        Args:
            title: The title.
            tracks: At most 500 tracks, in order: numbers, URNs, API URLs or `Track` objects.
            artwork: A picture: a path, the bytes, or a binary file; gif, jpeg or png.
            description: The text below the playlist; None clears it.
            sharing: `public` or `private`.
            genre: The genre; None clears it.
            tag_list: Tags, separated by commas; None clears them.
            set_type: `playlist` or `album`.
            license: The license; None clears it.
            permalink: The last part of the playlist's address.
            permalink_url: The whole address.
            label_name: The label; None clears it.
            ean: The European Article Number; None clears it.
            purchase_title: The label of the link to buy it; None clears it.
            purchase_url: Where it can be bought; None clears it.
            release: The release's number; None clears it.
            release_date: A date, or a text such as `2026-11-23`; None clears it.
            token: The access token to act with instead of the client's own.

        Returns:
            The playlist.

        Raises:
            InvalidInputError: The title is empty, there are too many tracks, or a value is unknown; nothing was sent.
            NotFoundError: One of the tracks does not exist.
            SoundCloudError: The call failed.

        Example:
            >>> playlist = client.playlists.create(title="Night drive", tracks=[308946187], sharing="private")

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/post_playlists
        """
        body = request_bodies.new_playlist(
            title,
            tracks,
            artwork,
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
        )
        return self._pipeline.send(post_playlists(body=body), token)

    @implements("put_playlists_playlist_urn")
    def update(
        self,
        playlist: Resource,
        *,
        title: str | UnsetType = UNSET,
        tracks: Iterable[Resource] | None = None,
        description: str | UnsetType | None = UNSET,
        sharing: SharingName | UnsetType = UNSET,
        genre: str | UnsetType | None = UNSET,
        tag_list: str | UnsetType | None = UNSET,
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
        token: str | None = None,
    ) -> Playlist:
        """Change a playlist of your own. Only what is given is sent; tracks replace the whole list.

        Args:
            playlist: A playlist: a number, a URN, an API URL or a `Playlist`.
            title: The title.
            tracks: All tracks that it is to hold, in order, at most 500; an empty list empties it, None leaves them.
            description: The text below the playlist; None clears it.
            sharing: `public` or `private`.
            genre: The genre; None clears it.
            tag_list: Tags, separated by commas; None clears them.
            set_type: `playlist` or `album`.
            license: The license; None clears it.
            permalink: The last part of the playlist's address.
            permalink_url: The whole address.
            label_name: The label; None clears it.
            ean: The European Article Number; None clears it.
            purchase_title: The label of the link to buy it; None clears it.
            purchase_url: Where it can be bought; None clears it.
            release: The release's number; None clears it.
            release_date: A date, or a text such as `2026-11-23`; None clears it.
            token: The access token to act with instead of the client's own.

        Returns:
            The playlist as it is now.

        Raises:
            InvalidInputError: Nothing is to be changed, or a value is unknown; nothing was sent.
            NotFoundError: There is no such playlist, or it is not yours.
            SoundCloudError: The call failed.

        Example:
            >>> playlist = client.playlists.update(1212781357, title="Night drive II")

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/put_playlists__playlist_urn_
        """
        body = request_bodies.playlist_changes(
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
        )
        return self._pipeline.send(put_playlists_playlist_urn(to_urn(playlist, "playlists"), body=body), token)

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
    ) -> Page[Track]:
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
            >>> for track in client.playlists.get_tracks(1212781357):
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

    def add_tracks(
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
            >>> playlist = client.playlists.add_tracks(1212781357, [308946187], duplicates=False)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/put_playlists__playlist_urn_
        """
        chosen = some_tracks(tracks)
        return self._rewrite(
            playlist, lambda urns: with_added(urns, chosen, position, duplicates=duplicates), drop_hidden, token
        )

    def remove_tracks(
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
            >>> playlist = client.playlists.remove_tracks(1212781357, [308946187])

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/put_playlists__playlist_urn_
        """
        chosen = some_tracks(tracks)
        return self._rewrite(playlist, lambda urns: without_removed(urns, chosen), drop_hidden, token)

    def reorder(
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
            >>> tracks = [track for track in client.playlists.get_tracks(1212781357)]
            >>> playlist = client.playlists.reorder(1212781357, sorted(tracks, key=lambda track: track.title or ""))

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/playlists/put_playlists__playlist_urn_
        """
        chosen = some_tracks(tracks)
        return self._rewrite(playlist, lambda urns: reordered(urns, chosen), drop_hidden, token)

    def _rewrite(
        self, playlist: Resource, change: Callable[[list[str]], list[str]], drop_hidden: bool, token: str | None
    ) -> Playlist:
        """Read the list, change it, read it again, write it."""
        urn = to_urn(playlist, "playlists")
        found, before = self._read(urn, drop_hidden, token)
        after = change(before)
        if after == before:
            return found
        _, meanwhile = self._read(urn, drop_hidden, token)
        check_unchanged(before, meanwhile)
        return self._pipeline.send(put_playlists_playlist_urn(urn, body=playlist_changes(after)), token)

    def _read(self, urn: str, drop_hidden: bool, token: str | None) -> tuple[Playlist, list[str]]:
        """A playlist and its tracks as they are now: neither from the cache nor from a call that began earlier."""
        pipeline = self._pipeline.with_options(cache=None, dedupe=False)
        playlist = pipeline.send(get_playlists_playlist_urn(urn, show_tracks=False), token)
        namespace = type(self)(pipeline)
        tracks = [track for track in namespace.get_tracks(urn, 200, access=_EVERY_ACCESS, token=token)]
        return playlist, listed_urns(playlist, tracks, drop_hidden=drop_hidden)
