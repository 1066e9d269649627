"""The `tracks` namespace."""

from collections.abc import Iterable
from datetime import date
from time import monotonic
from typing import Unpack

from attrs import evolve

from soundcloud._async.namespaces.base import AsyncNamespace, async_fields_by_keyword
from soundcloud._async.pages import AsyncPage
from soundcloud._async.pipeline import AsyncPipeline
from soundcloud._async.streams import AsyncStream, async_find_stream, async_follow
from soundcloud._callbacks import async_check_sync_iterable
from soundcloud._files import AudioInput, FileInput, make_audio_part, make_image_part
from soundcloud._protocol import request_bodies
from soundcloud._protocol.http.messages import build_request
from soundcloud._protocol.http.multipart import Progress
from soundcloud._protocol.http.request_options import apply_options, read_options
from soundcloud._protocol.media.playback import PREFERRED, check_formats
from soundcloud._protocol.media.waveform import read_waveform, waveform_request
from soundcloud._protocol.request_bodies import (
    EmbeddableByName,
    ExtraFields,
    LicenseName,
    SharingName,
    StorefrontTypeName,
    TagList,
)
from soundcloud._protocol.secrets import as_secret
from soundcloud._protocol.validation import AccessFilter, access_list, check_limit, check_seconds, urn_list
from soundcloud._synchronization import async_run_in_thread, async_sleep
from soundcloud._uploads import MAXIMUM_POLL_SECONDS, UploadTracker, check_upload_quota
from soundcloud.errors import (
    ForbiddenError,
    NotFoundError,
    NotReadyError,
    RequestTimeoutError,
    SoundCloudError,
    StatusError,
)
from soundcloud.options import RequestOptions
from soundcloud.registry import batched, implements, uses_announced
from soundcloud.urn import Resource, to_urn
from soundcloud.waveforms import Waveform
from soundcloud_api.api import me as me_api
from soundcloud_api.api import search as search_api
from soundcloud_api.api import tracks as api
from soundcloud_api.models import Comment, Storefront, Streams, Track, User
from soundcloud_api.types import UNSET, UnsetType


class AsyncTracksNamespace(AsyncNamespace):
    """`client.tracks`: get, upload, update, stream and delete tracks.

    Arguments that several methods take:

    - `limit`: the page size, 1 to 200 items. SoundCloud's default is 50.
    - `max_items`: the maximum number of items on all pages together, 0 or above; default None, for all.
    - `offset`: items to skip, 0 or above. SoundCloud deprecates it: iterate over the page instead.
    - `access`: access levels of the tracks to include, one or several of `playable`, `preview` and `blocked`.
    - `secret_token`: the secret of a private share link, such as `s-AbCdEf`. It gives access to a private track.
    - `token`: an access token to use for this request instead of the client's own. It is not refreshed.
    - `options`: `extra_headers` and `extra_query`, see `soundcloud.options.RequestOptions`.

    Methods that list return a page. Iterate over it to get the items of all pages.

    Raises:
        InvalidInputError: An argument is invalid; nothing was sent.
        NotFoundError: The track does not exist, is not visible with this token, or is not yours to change.
        SoundCloudError: The request failed.
    """

    __slots__ = ()

    @batched("tracks", "_get_many")
    @implements("get_tracks_track_urn")
    async def get_track(
        self,
        track: Resource,
        *,
        secret_token: str | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Track:
        """Get a track.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            secret_token: The secret of a private share link, `s-...`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> track = await client.tracks.get_track(308946187)
            >>> print(track.title, track.duration)
        """
        return await self._pipeline.send(
            api.get_tracks_track_urn(to_urn(track, "tracks"), secret_token=secret_token), token, options
        )

    def _get_many(self, tracks: list[str]) -> AsyncPage[Track]:
        """Get tracks of every access level with one request."""
        return self.get_tracks(tracks, access=("playable", "preview", "blocked"))

    @implements("get_tracks_track_urn_comments")
    def get_comments(
        self,
        track: Resource,
        limit: int | None = None,
        *,
        offset: int | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPage[Comment]:
        """List the comments on a track.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            limit: The page size, 1 to 200 items; default 50.
            offset: Items to skip; default 0; deprecated by SoundCloud.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> async for comment in client.tracks.get_comments(308946187):
            ...     print(comment.body)
        """
        return self._page(
            api.get_tracks_track_urn_comments,
            token,
            options,
            max_items,
            to_urn(track, "tracks"),
            limit=limit,
            offset=offset,
        )

    @implements("get_tracks_track_urn_favoriters")
    def get_likes(
        self,
        track: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPage[User]:
        """List the users who like a track.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> async for user in client.tracks.get_likes(308946187):
            ...     print(user.username)
        """
        return self._page(
            api.get_tracks_track_urn_favoriters, token, options, max_items, to_urn(track, "tracks"), limit=limit
        )

    @implements("get_tracks_track_urn_reposters")
    def get_reposts(
        self,
        track: Resource,
        limit: int | None = None,
        *,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPage[User]:
        """List the users who reposted a track.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            limit: The page size, 1 to 200 items; default 50.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> async for user in client.tracks.get_reposts(308946187):
            ...     print(user.username)
        """
        return self._pipeline.page(
            api.get_tracks_track_urn_reposters(to_urn(track, "tracks"), limit=check_limit(limit)),
            token,
            options,
            max_items,
        )

    @implements("get_tracks_track_urn_related")
    def get_related(
        self,
        track: Resource,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        offset: int | None = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPage[Track]:
        """List tracks that are similar to a track.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            limit: The page size, 1 to 200 items; default 50.
            access: Access levels to include; default `playable,preview`.
            offset: Items to skip; default 0; deprecated by SoundCloud.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> async for related in client.tracks.get_related(308946187):
            ...     print(related.title)
        """
        return self._page(
            api.get_tracks_track_urn_related,
            token,
            options,
            max_items,
            to_urn(track, "tracks"),
            limit=limit,
            access=access,
            offset=offset,
        )

    @implements("get_tracks")
    def get_tracks(
        self,
        tracks: Iterable[Resource],
        *,
        access: AccessFilter = None,
        max_items: int | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncPage[Track]:
        """Get up to 200 tracks with one request.

        Args:
            tracks: 1 to 200 tracks: ids, URNs, API URLs or `Track` objects.
            access: Access levels to include; default `playable,preview`.
            max_items: The maximum number of items on all pages; default None, for all.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            A page of tracks, without those that do not exist or are not visible.

        Example:
            >>> async for track in client.tracks.get_tracks([308946187, "soundcloud:tracks:293"]):
            ...     print(track.title)
        """
        urns = urn_list(tracks, "tracks")
        operation = search_api.get_tracks(
            urns=urns, access=access_list(access), limit=urns.count(",") + 1, linked_partitioning=True
        )
        return self._pipeline.page(operation, token, options, max_items)

    @uses_announced("metadata_artist")
    @implements("put_tracks_track_urn")
    @async_fields_by_keyword
    async def update(
        self,
        track: Resource,
        *,
        title: str | UnsetType = UNSET,
        artwork: FileInput | None = None,
        description: str | UnsetType | None = UNSET,
        sharing: SharingName | UnsetType = UNSET,
        genre: str | UnsetType | None = UNSET,
        tag_list: TagList | UnsetType | None = UNSET,
        license: LicenseName | UnsetType = UNSET,  # noqa: A002 - the field's name
        permalink: str | UnsetType = UNSET,
        downloadable: bool | UnsetType = UNSET,
        streamable: bool | UnsetType = UNSET,
        commentable: bool | UnsetType = UNSET,
        reveal_stats: bool | UnsetType = UNSET,
        reveal_comments: bool | UnsetType = UNSET,
        embeddable_by: EmbeddableByName | UnsetType = UNSET,
        purchase_url: str | UnsetType | None = UNSET,
        label_name: str | UnsetType | None = UNSET,
        release: str | UnsetType | None = UNSET,
        release_date: date | str | UnsetType | None = UNSET,
        isrc: str | UnsetType | None = UNSET,
        extra_fields: ExtraFields | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Track:
        """Update one of your tracks. The audio cannot be replaced.

        Only the given fields are sent; at least one is required. A field that is left out, or UNSET, keeps its value. None clears
        the fields that say so below.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            title: The title.
            artwork: A new image, GIF, JPEG or PNG: a path, bytes or a binary file; default None, which keeps the old one.
            description: The description; None clears it.
            sharing: `public` or `private`.
            genre: The genre; None clears it.
            tag_list: A list of tags or `Tags`, or a string with multi-word tags in double quotes; None clears them.
            license: `all-rights-reserved`, `cc-by`, ...
            permalink: The last part of the track's URL.
            downloadable: Whether users may download it.
            streamable: Whether apps may stream it.
            commentable: Whether users may comment.
            reveal_stats: Whether play and like counts are shown.
            reveal_comments: Whether comments are shown.
            embeddable_by: `all`, `me` or `none`.
            purchase_url: The URL of a shop; None clears it.
            label_name: The record label; None clears it.
            release: The release number; None clears it.
            release_date: A date, or a string such as `2026-11-23`; None clears it.
            isrc: The International Standard Recording Code; None clears it.
            extra_fields: Fields that SoundCloud's OpenAPI document does not list yet, by their names.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> track = await client.tracks.update(308946187, title="New title", genre=None)
        """
        read_options(options)  # a field that is misspelled is named before a missing one
        body = request_bodies.build_track_update(
            None if artwork is None else await async_run_in_thread(make_image_part, "artwork", artwork),
            title=title,
            description=description,
            sharing=sharing,
            genre=genre,
            tag_list=tag_list,
            license=license,
            permalink=permalink,
            downloadable=downloadable,
            streamable=streamable,
            commentable=commentable,
            reveal_stats=reveal_stats,
            reveal_comments=reveal_comments,
            embeddable_by=embeddable_by,
            purchase_url=purchase_url,
            label_name=label_name,
            release=release,
            release_date=release_date,
            isrc=isrc,
            extra_fields=extra_fields,
        )
        return await self._pipeline.send(api.put_tracks_track_urn(to_urn(track, "tracks"), body=body), token, options)

    @implements("delete_tracks_track_urn")
    async def delete(self, track: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]) -> None:
        """Delete one of your tracks. This cannot be undone.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.tracks.delete(308946187)
        """
        await self._pipeline.send(api.delete_tracks_track_urn(to_urn(track, "tracks")), token, options)

    @implements("put_tracks_track_urn_storefront")
    async def set_storefront(
        self,
        track: Resource,
        *,
        title: str,
        type: StorefrontTypeName,  # noqa: A002 - the field's name
        link: str,
        link_title: str | None = None,
        description: str | None = None,
        price: str | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Storefront:
        """Replace the storefront of a track: the card on its page that links to a shop.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            title: The card's title, at most 100 characters.
            type: The product: `digital`, `vinyl`, `cd`, `cassette`, `apparel`, ...
            link: The http or https URL that the button opens, at most 255 characters.
            link_title: The button's label, at most 50 characters; None clears it.
            description: The description, at most 500 characters; None clears it.
            price: The price to show, at most 20 characters; None clears it. SoundCloud takes no payments.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Raises:
            ForbiddenError: The track is not yours, or your plan has no storefront.

        Example:
            >>> await client.tracks.set_storefront(293, title="Vinyl", type="vinyl", link="https://example.com/buy")
        """
        body = request_bodies.build_storefront(title, type, link, link_title, description, price)
        return await self._pipeline.send(
            api.put_tracks_track_urn_storefront(to_urn(track, "tracks"), body=body), token, options
        )

    @implements("post_tracks_track_urn_comments")
    async def create_comment(
        self,
        track: Resource,
        body: str,
        timestamp: int | None = None,
        *,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Comment:
        """Comment on a track. The API has no operation that deletes a comment.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            body: The comment, not empty.
            timestamp: The position in the track in milliseconds, 0 or above; default None, for no position.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Raises:
            UnprocessableEntityError: SoundCloud rejected the comment; the message gives the reason.
            RateLimitError: Too many comments in a short time, or SoundCloud takes the comment for spam.

        Example:
            >>> comment = await client.tracks.create_comment(308946187, "That bass!", 45_000)
        """
        request = request_bodies.build_comment(body, timestamp)
        return await self._pipeline.send(
            api.post_tracks_track_urn_comments(to_urn(track, "tracks"), body=request), token, options
        )

    @implements("post_tracks")
    @async_fields_by_keyword
    async def upload(
        self,
        file: AudioInput,
        *,
        title: str,
        length: int | None = None,
        filename: str | None = None,
        on_progress: Progress | None = None,
        check_quota: bool = False,
        artwork: FileInput | None = None,
        description: str | None = None,
        sharing: SharingName | None = None,
        genre: str | None = None,
        tag_list: TagList | None = None,
        license: LicenseName | None = None,  # noqa: A002 - the field's name
        permalink: str | None = None,
        downloadable: bool | None = None,
        streamable: bool | None = None,
        commentable: bool | None = None,
        reveal_stats: bool | None = None,
        reveal_comments: bool | None = None,
        embeddable_by: EmbeddableByName | None = None,
        purchase_url: str | None = None,
        label_name: str | None = None,
        release: str | None = None,
        release_date: date | str | None = None,
        isrc: str | None = None,
        extra_fields: ExtraFields | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Track:
        """Upload a track. The file is streamed, never loaded into memory as a whole.

        An upload is never retried automatically. If it fails, the `hint` of the error says whether SoundCloud may have created the
        track. Fields that are left out, or None, are not sent.

        Args:
            file: The audio, at most 4 GB and 24 hours: a path, bytes, a binary file or an iterator of bytes.
            title: The title.
            length: The number of bytes; only for an iterator and a pipe, whose length is unknown.
            filename: The file name to send, with its extension; default the file's own name.
            on_progress: A function that is called with the bytes sent and the total after each 128 kB. An exception in it ends
                the upload. The count restarts from 0 if an expired token had to be refreshed.
            check_quota: Whether to compare the duration with the upload quota first; needs the extra `audio`.
            artwork: An image, GIF, JPEG or PNG: a path, bytes or a binary file.
            description: The description.
            sharing: `public` (the default) or `private`.
            genre: The genre.
            tag_list: A list of tags or `Tags`, or a string with multi-word tags in double quotes.
            license: `all-rights-reserved`, `cc-by`, ...
            permalink: The last part of the track's URL.
            downloadable: Whether users may download it; default True.
            streamable: Whether apps may stream it; default True.
            commentable: Whether users may comment; default True.
            reveal_stats: Whether play and like counts are shown.
            reveal_comments: Whether comments are shown.
            embeddable_by: `all`, `me` or `none`.
            purchase_url: The URL of a shop.
            label_name: The record label.
            release: The release number.
            release_date: A date, or a string such as `2026-11-23`.
            isrc: The International Standard Recording Code.
            extra_fields: Fields that SoundCloud's OpenAPI document does not list yet, by their names.
            token: A user's access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            The track, which SoundCloud has not processed yet.

        Raises:
            InvalidInputError: A file is unreadable, empty, too large or not an image, or a field is invalid; nothing was
                sent.
            QuotaExceededError: `check_quota` is true and the audio is longer than the quota; nothing was sent.
            UploadInterruptedError: The file could not be read to its end, or its length changed.
            UnprocessableEntityError: SoundCloud rejected the audio or a field; the message gives the reason.

        Example:
            >>> track = await client.tracks.upload("night.wav", title="Night", sharing="private")
            >>> track = await client.tracks.wait_until_playable(track)
        """
        tracker = UploadTracker(on_progress)
        body = request_bodies.build_upload_form(
            await async_run_in_thread(make_audio_part, async_check_sync_iterable(file), length, filename),
            title,
            None if artwork is None else await async_run_in_thread(make_image_part, "artwork", artwork),
            description=description,
            sharing=sharing,
            genre=genre,
            tag_list=tag_list,
            license=license,
            permalink=permalink,
            downloadable=downloadable,
            streamable=streamable,
            commentable=commentable,
            reveal_stats=reveal_stats,
            reveal_comments=reveal_comments,
            embeddable_by=embeddable_by,
            purchase_url=purchase_url,
            label_name=label_name,
            release=release,
            release_date=release_date,
            isrc=isrc,
            extra_fields=extra_fields,
        )
        if check_quota:
            me = await self._pipeline.send(me_api.get_me(), token, options)
            await async_run_in_thread(check_upload_quota, me.quota, file, filename)
        request = evolve(build_request(api.post_tracks(body=body), self._pipeline.base_url, token), on_progress=tracker)
        del token
        request = apply_options(request, options)
        try:
            track: Track = await self._pipeline.send(request)
        except SoundCloudError as error:
            tracker.explain(error)
            raise
        return track

    async def wait_until_playable(
        self,
        track: Resource,
        *,
        timeout: float = 600.0,
        interval: float = 2.0,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Track:
        """Wait until SoundCloud has processed an uploaded track.

        No field of a track says whether it is playable. This method regards a track as playable when it has a duration and
        `get_streams` returns at least one URL.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            timeout: Seconds to wait, more than 0; default 600.
            interval: Seconds between the first two polls, more than 0; default 2. Each wait is 1.5 times as long as the one
                before, up to 30 seconds.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            The playable track.

        Raises:
            NotReadyError: The timeout elapsed; `track` of the error is the last state of the track.

        Example:
            >>> track = await client.tracks.wait_until_playable(track, timeout=120)

        Source:
            https://developers.soundcloud.com/docs/api/guide#uploading
        """
        urn = to_urn(track, "tracks")
        seconds, wait = check_seconds("timeout", timeout), check_seconds("interval", interval)
        ends = monotonic() + seconds
        found: Track | None = None
        while monotonic() < ends:
            try:
                found = await self._uncached(ends).send(api.get_tracks_track_urn(urn), token, options)
                if found.duration and await self._has_stream(urn, ends, token, options):
                    return found
            except RequestTimeoutError:
                if found is None or monotonic() < ends:
                    raise
                break
            await async_sleep(max(0.0, min(wait, ends - monotonic())))
            wait = min(MAXIMUM_POLL_SECONDS, wait * 1.5)
        raise NotReadyError(f"{urn} is not playable after {seconds:g} s", track=found)

    async def _has_stream(self, urn: str, ends: float, token: str | None, options: RequestOptions) -> bool:
        """Return whether a track has a stream."""
        try:
            streams = await self._uncached(ends).send(api.get_tracks_track_urn_streams(urn), token, options)
        except (NotFoundError, ForbiddenError):
            return False
        return any(streams.raw.values())

    def _uncached(self, ends: float) -> AsyncPipeline:
        """Return the pipeline without its cache, with a timeout that ends at `ends`."""
        timeout, remaining = self._pipeline.timeout, max(0.001, ends - monotonic())
        total = remaining if timeout.total is None else min(remaining, timeout.total)
        return self._pipeline.with_options(cache=None, timeout=evolve(timeout, total=total))

    async def publish(self, track: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]) -> Track:
        """Make one of your tracks public: `update(track, sharing="public")`.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.tracks.publish(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/put_tracks__track_urn_
        """
        return await self.update(track, sharing="public", token=token, **options)

    async def unpublish(self, track: Resource, *, token: str | None = None, **options: Unpack[RequestOptions]) -> Track:
        """Make one of your tracks private: `update(track, sharing="private")`.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Example:
            >>> await client.tracks.unpublish(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/put_tracks__track_urn_
        """
        return await self.update(track, sharing="private", token=token, **options)

    @implements("get_tracks_track_urn_streams")
    async def get_streams(
        self,
        track: Resource,
        *,
        secret_token: str | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Streams:
        """Get the stream URLs of a track.

        A request to a stream URL needs the access token. SoundCloud redirects it to a short-lived URL on another host. That host
        must not get the token. `get_stream` follows this redirect for you.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            secret_token: The secret of a private share link, `s-...`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            The URLs by format; formats that are not in the document are in `extra`.

        Example:
            >>> streams = await client.tracks.get_streams(308946187)
            >>> print(streams.hls_aac_160_url)
        """
        return await self._pipeline.send(
            api.get_tracks_track_urn_streams(to_urn(track, "tracks"), secret_token=secret_token), token, options
        )

    async def get_stream(
        self,
        track: Resource,
        prefer: Iterable[str] = PREFERRED,
        *,
        secret_token: str | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> AsyncStream:
        """Get a URL that a player can open.

        The URLs of `get_streams` need the access token. This one does not, because the method sends the request to the API and
        returns the URL to which it redirects. If SoundCloud refuses a format, the method requests the next one. Each request may
        count as a play.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            prefer: Formats, best first; default `hls_aac_160`, `hls_aac_96`, `hls_mp3_128`, `preview_mp3_128`. The last
                is a preview of 30 seconds; leave it out to get the whole track or an error.
            secret_token: The secret of a private share link, `s-...`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            The URL with its format and expiry time.

        Raises:
            NotPlayableError: None of these formats can be played; `available` of the error lists others.
            UnexpectedResponseError: A redirect is invalid, uses plain http or never leaves the API.

        Example:
            >>> stream = await client.tracks.get_stream(308946187)
            >>> print(stream.format, stream.is_preview)

        Source:
            https://developers.soundcloud.com/docs/api/guide#playing
        """
        token, secret_token = as_secret(token), as_secret(secret_token)
        urn, chosen = to_urn(track, "tracks"), check_formats(prefer)
        return await async_find_stream(self._pipeline, urn, chosen, secret_token, token, options)

    @implements("get_tracks_track_urn_preview")
    async def get_preview(
        self,
        track: Resource,
        *,
        secret_token: str | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> str:
        """Get the URL of a track's preview.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`.
            secret_token: The secret of a private share link, `s-...`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            A short-lived URL; fetch it without the access token.

        Example:
            >>> url = await client.tracks.get_preview(308946187)
        """
        operation = api.get_tracks_track_urn_preview(to_urn(track, "tracks"), secret_token=secret_token)
        request = apply_options(build_request(operation, self._pipeline.base_url, token), options)
        del operation, token, secret_token
        return await async_follow(self._pipeline, request)

    async def get_waveform(
        self,
        track: Resource,
        *,
        secret_token: str | None = None,
        token: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Waveform | None:
        """Get the samples of a track's waveform.

        The samples are in a JSON file next to the waveform image. The client requests the file without a token. SoundCloud's
        OpenAPI document does not describe it.

        Args:
            track: The track: an id, a URN, an API URL or a `Track`. A `Track` with a `waveform_url` saves a request.
            secret_token: The secret of a private share link, `s-...`.
            token: An access token to use instead of the client's own.
            options: `extra_headers` and `extra_query`, see `RequestOptions`.

        Returns:
            The samples, or None if there is no such file.

        Raises:
            UnexpectedResponseError: The file is not a waveform, or its URL is not SoundCloud's.

        Example:
            >>> waveform = await client.tracks.get_waveform(308946187)
            >>> if waveform is not None:
            ...     print(max(waveform.samples), "of", waveform.height)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn_
        """
        found = track if isinstance(track, Track) and track.waveform_url else None
        if found is None:
            operation = api.get_tracks_track_urn(to_urn(track, "tracks"), secret_token=secret_token)
            found = await self._pipeline.send(operation, token, options)
        request = waveform_request(found.waveform_url, self._pipeline.web_url)
        if request is None:
            return None
        try:
            return read_waveform(await self._pipeline.send(request))
        except StatusError as error:
            # The storage answers 403 for a missing file because its listing is not public.
            if error.status not in {403, 404, 410}:
                raise
            return None
