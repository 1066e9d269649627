"""Tracks: get, upload, change, stream and delete them."""

from collections.abc import Iterable
from datetime import date
from time import monotonic

from attrs import evolve

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._sync.pages import Page
from soundcloud._sync.pipeline import Pipeline
from soundcloud._sync.streams import Stream, find_stream, follow
from soundcloud._callbacks import check_sync_iterable
from soundcloud._files import FileInput, SoundInput, sound_part
from soundcloud._protocol import request_bodies
from soundcloud._protocol.http.messages import build_request
from soundcloud._protocol.http.multipart import Progress
from soundcloud._protocol.media.playback import PREFERRED, check_formats
from soundcloud._protocol.media.waveform import read_waveform, waveform_request
from soundcloud._protocol.request_bodies import EmbeddableByName, LicenseName, SharingName, StorefrontTypeName
from soundcloud._protocol.secrets import as_secret
from soundcloud._protocol.validation import (
    AccessFilter,
    access_list,
    check_limit,
    check_offset,
    check_seconds,
    urn_list,
)
from soundcloud._synchronization import sleep
from soundcloud._uploads import LONGEST_INTERVAL, Sending, check_seconds_left
from soundcloud.errors import (
    ForbiddenError,
    NotFoundError,
    NotReadyError,
    RequestTimeoutError,
    SoundCloudError,
    StatusError,
)
from soundcloud.registry import batched, implements
from soundcloud.urn import Resource, to_urn
from soundcloud.waveforms import Waveform
from soundcloud_api.api.me import get_me
from soundcloud_api.api.search import get_tracks
from soundcloud_api.api.tracks import (
    delete_tracks_track_urn,
    get_tracks_track_urn,
    get_tracks_track_urn_comments,
    get_tracks_track_urn_favoriters,
    get_tracks_track_urn_preview,
    get_tracks_track_urn_related,
    get_tracks_track_urn_reposters,
    get_tracks_track_urn_streams,
    post_tracks,
    post_tracks_track_urn_comments,
    put_tracks_track_urn,
    put_tracks_track_urn_storefront,
)
from soundcloud_api.models import Comment, Storefront, Streams, Track, User
from soundcloud_api.types import UNSET, UnsetType


class TracksNamespace(Namespace):
    """`client.tracks`: tracks, and what is said and done about them."""

    __slots__ = ()

    @batched("tracks", "_get_many")
    @implements("get_tracks_track_urn")
    def get_track(self, track: Resource, *, secret_token: str | None = None, token: str | None = None) -> Track:
        """Get a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            secret_token: The secret of a share link (`s-...`), for what is private.
            token: The access token to act with instead of the client's own.

        Returns:
            The track.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> track = client.tracks.get_track(308946187)
            >>> print(track.title, track.duration)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn_
        """
        return self._pipeline.send(
            get_tracks_track_urn(to_urn(track, "tracks"), secret_token=secret_token), token
        )

    def _get_many(self, tracks: list[str]) -> Page[Track]:
        """Get tracks with one call, whatever their level of access, as `get_track` does."""
        return self.get_tracks(tracks, access=("playable", "preview", "blocked"))

    @implements("get_tracks_track_urn_comments")
    def get_comments(
        self, track: Resource, limit: int | None = None, *, offset: int | None = None, token: str | None = None
    ) -> Page[Comment]:
        """List the comments on a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
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
            >>> for comment in client.tracks.get_comments(308946187):
            ...     print(comment.body)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn__comments
        """
        return self._pipeline.page(
            get_tracks_track_urn_comments(
                to_urn(track, "tracks"), limit=check_limit(limit), offset=check_offset(offset), linked_partitioning=True
            ),
            token,
        )

    @implements("get_tracks_track_urn_favoriters")
    def get_likes(self, track: Resource, limit: int | None = None, *, token: str | None = None) -> Page[User]:
        """List the people who like a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> for user in client.tracks.get_likes(308946187):
            ...     print(user.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn__favoriters
        """
        return self._pipeline.page(
            get_tracks_track_urn_favoriters(
                to_urn(track, "tracks"), limit=check_limit(limit), linked_partitioning=True
            ),
            token,
        )

    @implements("get_tracks_track_urn_reposters")
    def get_reposts(self, track: Resource, limit: int | None = None, *, token: str | None = None) -> Page[User]:
        """List the people who reposted a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> for user in client.tracks.get_reposts(308946187):
            ...     print(user.username)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn__reposters
        """
        return self._pipeline.page(
            get_tracks_track_urn_reposters(to_urn(track, "tracks"), limit=check_limit(limit)), token
        )

    @implements("get_tracks_track_urn_related")
    def get_related(
        self,
        track: Resource,
        limit: int | None = None,
        *,
        access: AccessFilter = None,
        offset: int | None = None,
        token: str | None = None,
    ) -> Page[Track]:
        """List tracks that are like a track.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            limit: Items per page, 1 to 200; SoundCloud takes 50 when not given.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            offset: Items to skip, 0 or above; deprecated by SoundCloud, follow the pages instead.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; iterate it to walk all of them.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> for related in client.tracks.get_related(308946187):
            ...     print(related.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn__related
        """
        return self._pipeline.page(
            get_tracks_track_urn_related(
                to_urn(track, "tracks"),
                limit=check_limit(limit),
                access=access_list(access),
                offset=check_offset(offset),
                linked_partitioning=True,
            ),
            token,
        )

    @implements("get_tracks")
    def get_tracks(
        self, tracks: Iterable[Resource], *, access: AccessFilter = None, token: str | None = None
    ) -> Page[Track]:
        """Get many tracks with one call.

        Args:
            tracks: 1 to 200 tracks: numbers, URNs, API URLs or `Track` objects.
            access: Show tracks of these levels only: any of `playable`, `preview`, `blocked`; SoundCloud takes
                `playable,preview` when not given.
            token: The access token to act with instead of the client's own.

        Returns:
            A page; tracks that are gone or not visible are not in it.

        Raises:
            InvalidInputError: More than 200 tracks, none, or something that is no track; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> for track in client.tracks.get_tracks([308946187, "soundcloud:tracks:293"]):
            ...     print(track.title)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/search/get_tracks
        """
        urns = urn_list(tracks, "tracks")
        operation = get_tracks(
            urns=urns, access=access_list(access), limit=urns.count(",") + 1, linked_partitioning=True
        )
        return self._pipeline.page(operation, token)

    @implements("put_tracks_track_urn")
    def update(
        self,
        track: Resource,
        *,
        title: str | UnsetType = UNSET,
        artwork: FileInput | None = None,
        description: str | UnsetType | None = UNSET,
        sharing: SharingName | UnsetType = UNSET,
        genre: str | UnsetType | None = UNSET,
        tag_list: str | UnsetType | None = UNSET,
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
        token: str | None = None,
    ) -> Track:
        """Change a track of your own. Only what is given is sent; the sound itself cannot be replaced.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            title: The title.
            artwork: A new picture: a path, the bytes, or a binary file; gif, jpeg or png.
            description: The text below the track; None clears it.
            sharing: `public` or `private`.
            genre: The genre; None clears it.
            tag_list: Tags, separated by spaces; tags of several words in double quotes; None clears them.
            license: `all-rights-reserved`, `cc-by`, ...
            permalink: The last part of the track's address.
            downloadable: Whether people may download it.
            streamable: Whether apps may stream it.
            commentable: Whether people may comment.
            reveal_stats: Whether play and like counts are shown.
            reveal_comments: Whether comments are shown.
            embeddable_by: `all`, `me` or `none`.
            purchase_url: Where it can be bought; None clears it.
            label_name: The label; None clears it.
            release: The release's number; None clears it.
            release_date: A date, or a text such as `2026-11-23`; None clears it.
            isrc: The International Standard Recording Code; None clears it.
            token: The access token to act with instead of the client's own.

        Returns:
            The track as it is now.

        Raises:
            InvalidInputError: Nothing is to be changed, or a value is unknown; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> track = client.tracks.update(308946187, title="New title", genre=None)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/put_tracks__track_urn_
        """
        body = request_bodies.track_changes(
            artwork,
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
        )
        return self._pipeline.send(put_tracks_track_urn(to_urn(track, "tracks"), body=body), token)

    @implements("delete_tracks_track_urn")
    def delete(self, track: Resource, *, token: str | None = None) -> None:
        """Delete a track of your own; there is no way back.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            token: The access token to act with instead of the client's own.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such track, or it is not yours.
            SoundCloudError: The call failed.

        Example:
            >>> client.tracks.delete(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/delete_tracks__track_urn_
        """
        self._pipeline.send(delete_tracks_track_urn(to_urn(track, "tracks")), token)

    @implements("put_tracks_track_urn_storefront")
    def set_storefront(
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
    ) -> Storefront:
        """Set what a track's page sells. The whole storefront is replaced: what is left out is cleared.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            title: The card's title, at most 100 characters.
            type: What is offered: `digital`, `vinyl`, `cd`, `cassette`, `apparel`, ...
            link: The http or https address that the button opens, at most 255 characters.
            link_title: The button's label, at most 50 characters; None clears it.
            description: At most 500 characters; None clears it.
            price: A text to show, at most 20 characters; None clears it. SoundCloud handles no payment.
            token: The access token to act with instead of the client's own.

        Returns:
            The storefront as it is now.

        Raises:
            InvalidInputError: A text is too long or the type unknown; nothing was sent.
            ForbiddenError: The track is not yours, or your plan has no storefront.
            NotFoundError: There is no such track.
            SoundCloudError: The call failed.

        Example:
            >>> client.tracks.set_storefront(293, title="Vinyl", type="vinyl", link="https://example.com/buy")

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/put_tracks__track_urn__storefront
        """
        body = request_bodies.storefront(title, type, link, link_title, description, price)
        return self._pipeline.send(put_tracks_track_urn_storefront(to_urn(track, "tracks"), body=body), token)

    @implements("post_tracks_track_urn_comments")
    def create_comment(
        self, track: Resource, body: str, timestamp: int | None = None, *, token: str | None = None
    ) -> Comment:
        """Comment on a track. SoundCloud offers no way to take a comment back.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            body: The text.
            timestamp: The position in the track, in milliseconds from 0; None for none.
            token: The access token to act with instead of the client's own.

        Returns:
            The comment.

        Raises:
            InvalidInputError: The text is empty or the position below 0; nothing was sent.
            UnprocessableEntityError: SoundCloud refuses; the message says why.
            RateLimitError: Too many comments in a short time, or SoundCloud warns of spam.
            SoundCloudError: The call failed.

        Example:
            >>> comment = client.tracks.create_comment(308946187, "That bass!", 45_000)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/post_tracks__track_urn__comments
        """
        request = request_bodies.comment(body, timestamp)
        return self._pipeline.send(post_tracks_track_urn_comments(to_urn(track, "tracks"), body=request), token)

    @implements("post_tracks")
    def upload(
        self,
        file: SoundInput,
        *,
        title: str,
        length: int | None = None,
        filename: str | None = None,
        on_progress: Progress | None = None,
        check_quota: bool = False,
        artwork: FileInput | None = None,
        description: str | UnsetType = UNSET,
        sharing: SharingName | UnsetType = UNSET,
        genre: str | UnsetType = UNSET,
        tag_list: str | UnsetType = UNSET,
        license: LicenseName | UnsetType = UNSET,  # noqa: A002 - the field's name
        permalink: str | UnsetType = UNSET,
        downloadable: bool | UnsetType = UNSET,
        streamable: bool | UnsetType = UNSET,
        commentable: bool | UnsetType = UNSET,
        reveal_stats: bool | UnsetType = UNSET,
        reveal_comments: bool | UnsetType = UNSET,
        embeddable_by: EmbeddableByName | UnsetType = UNSET,
        purchase_url: str | UnsetType = UNSET,
        label_name: str | UnsetType = UNSET,
        release: str | UnsetType = UNSET,
        release_date: date | str | UnsetType = UNSET,
        isrc: str | UnsetType = UNSET,
        token: str | None = None,
    ) -> Track:
        """Upload a track. Only what is given is sent; the sound is read while it is sent, and never held as a whole.

        An upload is never repeated by itself: where it is unknown what became of it, the error says so.

        Args:
            file: The sound: a path, the bytes, a file that is open for reading bytes, or an iterator of bytes; at most
                4 GB and 24 hours.
            title: The title.
            length: How many bytes the iterator gives; needed for one, and for nothing else.
            filename: What to call it, where it has no name of its own or another one is wanted; SoundCloud looks at the
                ending.
            on_progress: Takes the bytes of the files that were sent and how many there are, after each 128 kB. What it
                raises ends the upload. It begins again from 0 where a token had expired.
            check_quota: Whether to ask first how many seconds of upload are left, and how many this file has; it needs
                the extra `audio`.
            artwork: A picture: gif, jpeg or png, given like the sound.
            description: The text below the track.
            sharing: `public`, which SoundCloud takes when not given, or `private`.
            genre: The genre.
            tag_list: Tags, separated by spaces; tags of several words in double quotes.
            license: `all-rights-reserved`, `cc-by`, ...
            permalink: The last part of the track's address.
            downloadable: Whether people may download it; SoundCloud takes True when not given.
            streamable: Whether apps may stream it; SoundCloud takes True when not given.
            commentable: Whether people may comment; SoundCloud takes True when not given.
            reveal_stats: Whether play and like counts are shown.
            reveal_comments: Whether comments are shown.
            embeddable_by: `all`, `me` or `none`.
            purchase_url: Where it can be bought.
            label_name: The label.
            release: The release's number.
            release_date: A date, or a text such as `2026-11-23`.
            isrc: The International Standard Recording Code.
            token: The access token to act with instead of the client's own; a person's, not an app's.

        Returns:
            The track, before SoundCloud has processed the sound.

        Raises:
            InvalidInputError: The file cannot be read, is empty or too large, the artwork is no picture, the title is
                empty, a value is unknown; nothing was sent.
            QuotaExceededError: With `check_quota`: not enough seconds are left; nothing was sent.
            UploadInterruptedError: The file could not be read to its end, or had another length than announced.
            UnprocessableEntityError: SoundCloud refuses the sound or a field; the message says why.
            SoundCloudError: The call failed.

        Example:
            >>> track = client.tracks.upload("night.wav", title="Night", sharing="private")
            >>> track = client.tracks.wait_until_playable(track)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/post_tracks
        """
        sending = Sending(on_progress)
        body = request_bodies.upload_form(
            sound_part(check_sync_iterable(file), length, filename),
            title,
            artwork,
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
        )
        if check_quota:
            me = self._pipeline.send(get_me(), token)
            check_seconds_left(me.quota, file, filename)
        request = evolve(build_request(post_tracks(body=body), self._pipeline.base_url, token), on_progress=sending)
        del token  # no frame of a traceback shows it
        try:
            track: Track = self._pipeline.run(request)
        except SoundCloudError as error:
            sending.explain(error)
            raise
        return track

    def wait_until_playable(
        self, track: Resource, *, timeout: float = 600.0, interval: float = 2.0, token: str | None = None
    ) -> Track:
        """Wait until an upload can be played.

        SoundCloud has no field that says so. A track counts as playable when it has a duration and `/streams` names at
        least one address: what people see before that is a track of 0:00.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            timeout: Seconds to wait at most, more than 0; default 600.
            interval: Seconds between the first two looks, more than 0; default 2. Each wait is half as long again as the
                one before, up to 30 seconds.
            token: The access token to act with instead of the client's own.

        Returns:
            The track as it is then.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotReadyError: It took longer; its `track` is the track as it was last seen.
            NotFoundError: There is no such track, or it is not visible with this token.
            SoundCloudError: A call failed.

        Example:
            >>> track = client.tracks.wait_until_playable(track, timeout=120)

        Source:
            https://developers.soundcloud.com/docs/api/guide#uploading
        """
        urn = to_urn(track, "tracks")
        seconds, wait = check_seconds("timeout", timeout), check_seconds("interval", interval)
        ends = monotonic() + seconds
        seen: Track | None = None
        while monotonic() < ends:
            try:
                seen = self._past_cache(ends).send(get_tracks_track_urn(urn), token)
                if seen.duration and self._is_streamed(urn, ends, token):
                    return seen
            except RequestTimeoutError:
                if seen is None or monotonic() < ends:
                    raise
                break
            sleep(max(0.0, min(wait, ends - monotonic())))
            wait = min(LONGEST_INTERVAL, wait * 1.5)
        raise NotReadyError(f"{urn} cannot be played after {seconds:g} s", track=seen)

    def _is_streamed(self, urn: str, ends: float, token: str | None) -> bool:
        """Whether there is an address that it is streamed from."""
        try:
            streams = self._past_cache(ends).send(get_tracks_track_urn_streams(urn), token)
        except (NotFoundError, ForbiddenError):
            return False
        return any(streams.raw.values())

    def _past_cache(self, ends: float) -> Pipeline:
        """The same without a cache, which would tell what was before, for calls that end in time."""
        timeout, left = self._pipeline.timeout, max(0.001, ends - monotonic())
        total = left if timeout.total is None else min(left, timeout.total)
        return self._pipeline.with_options(cache=None, timeout=evolve(timeout, total=total))

    def publish(self, track: Resource, *, token: str | None = None) -> Track:
        """Let everybody see and hear a track of your own: `update(track, sharing="public")`.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            token: The access token to act with instead of the client's own.

        Returns:
            The track as it is now.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> client.tracks.publish(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/put_tracks__track_urn_
        """
        return self.update(track, sharing="public", token=token)

    def unpublish(self, track: Resource, *, token: str | None = None) -> Track:
        """Hide a track of your own from everybody without its secret link: `update(track, sharing="private")`.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            token: The access token to act with instead of the client's own.

        Returns:
            The track as it is now.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            SoundCloudError: The call failed.

        Example:
            >>> client.tracks.unpublish(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/put_tracks__track_urn_
        """
        return self.update(track, sharing="private", token=token)

    @implements("get_tracks_track_urn_streams")
    def get_streams(
        self, track: Resource, *, secret_token: str | None = None, token: str | None = None
    ) -> Streams:
        """Get the addresses that a track is streamed from.

        Each address needs the access token itself and redirects to one that must be fetched without it and is
        short-lived.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            secret_token: The secret of a share link (`s-...`), for what is private.
            token: The access token to act with instead of the client's own.

        Returns:
            The addresses by format; formats that the document does not name are in `extra`.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such thing, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> streams = client.tracks.get_streams(308946187)
            >>> print(streams.hls_aac_160_url)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn__streams
        """
        return self._pipeline.send(
            get_tracks_track_urn_streams(to_urn(track, "tracks"), secret_token=secret_token), token
        )

    def get_stream(
        self,
        track: Resource,
        prefer: Iterable[str] = PREFERRED,
        *,
        secret_token: str | None = None,
        token: str | None = None,
    ) -> Stream:
        """Get the link that a player opens.

        The addresses of `get_streams` need the access token and lead to another host that must not see it: this follows
        them as far as the token may go. A format that SoundCloud refuses is passed over for the next one; each that is
        asked for may count as played.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            prefer: Names of formats, the best first; default `hls_aac_160`, `hls_aac_96`, `hls_mp3_128`,
                `preview_mp3_128`, which is a snippet of 30 seconds. Without the last it is the whole track or an error.
            secret_token: The secret of a share link (`s-...`), for what is private.
            token: The access token to act with instead of the client's own.

        Returns:
            The link, with its format and until when it works.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotPlayableError: It cannot be played in these formats; its `available` names others. The token is fine.
            NotFoundError: There is no such track, or it is not visible with this token.
            UnexpectedResponseError: A stream leads to no address, over plain http, or round and round.
            SoundCloudError: A call failed.

        Example:
            >>> stream = client.tracks.get_stream(308946187)
            >>> print(stream.format, stream.is_preview)

        Source:
            https://developers.soundcloud.com/docs/api/guide#playing
        """
        token, secret_token = as_secret(token), as_secret(secret_token)  # no frame of a traceback shows them
        urn, chosen = to_urn(track, "tracks"), check_formats(prefer)
        return find_stream(self._pipeline, urn, chosen, secret_token, token)

    @implements("get_tracks_track_urn_preview")
    def get_preview(self, track: Resource, *, secret_token: str | None = None, token: str | None = None) -> str:
        """Get the address of a track's preview, a snippet.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`.
            secret_token: The secret of a share link (`s-...`), for what is private.
            token: The access token to act with instead of the client's own.

        Returns:
            The address; it is short-lived, and fetched without the access token.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such track, or it is not visible with this token.
            SoundCloudError: The call failed.

        Example:
            >>> url = client.tracks.get_preview(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn__preview
        """
        operation = get_tracks_track_urn_preview(to_urn(track, "tracks"), secret_token=secret_token)
        request = build_request(operation, self._pipeline.base_url, token)
        del operation, token, secret_token  # no frame of a traceback shows them
        return follow(self._pipeline, request)

    def get_waveform(
        self, track: Resource, *, secret_token: str | None = None, token: str | None = None
    ) -> Waveform | None:
        """Get how loud a track is over time, from the file beside the picture of its waveform.

        SoundCloud does not promise that there is such a file. It is asked for without a token.

        Args:
            track: A track: a number, a URN, an API URL or a `Track`. A `Track` that names its picture saves the call that
                gets it.
            secret_token: The secret of a share link (`s-...`), for what is private.
            token: The access token to act with instead of the client's own.

        Returns:
            The samples; None where the file is not there.

        Raises:
            InvalidInputError: An argument is wrong; nothing was sent.
            NotFoundError: There is no such track, or it is not visible with this token.
            UnexpectedResponseError: The file is no waveform, or not at a host of SoundCloud's.
            SoundCloudError: A call failed.

        Example:
            >>> waveform = client.tracks.get_waveform(308946187)
            >>> if waveform is not None:
            ...     print(max(waveform.samples), "of", waveform.height)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/get_tracks__track_urn_
        """
        found = track if isinstance(track, Track) and track.waveform_url else None
        if found is None:
            operation = get_tracks_track_urn(to_urn(track, "tracks"), secret_token=secret_token)
            found = self._pipeline.send(operation, token)
        request = waveform_request(found.waveform_url, self._pipeline.web_url)
        if request is None:
            return None
        try:
            return read_waveform(self._pipeline.run(request))
        except StatusError as error:
            # A storage that does not let one list its files answers 403 where there is none.
            if error.status not in {403, 404, 410}:
                raise
            return None
