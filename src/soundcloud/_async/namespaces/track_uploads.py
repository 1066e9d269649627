"""The part of `tracks` that uploads, and waits until an upload can be played."""

from datetime import date
from time import monotonic

from attrs import evolve

from soundcloud._async.namespaces.track_edits import AsyncTrackEditsNamespace
from soundcloud._async.pipeline import AsyncPipeline
from soundcloud._files import FileInput, SoundInput, sound_part
from soundcloud._protocol import request_bodies
from soundcloud._protocol.http.messages import build_request
from soundcloud._protocol.http.multipart import Progress
from soundcloud._protocol.request_bodies import EmbeddableByName, LicenseName, SharingName
from soundcloud._protocol.validation import check_seconds
from soundcloud._synchronization import async_readable, async_sleep
from soundcloud._uploads import LONGEST_INTERVAL, Sending, check_seconds_left
from soundcloud.errors import ForbiddenError, NotFoundError, NotReadyError, RequestTimeoutError, SoundCloudError
from soundcloud.registry import implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.me import get_me
from soundcloud_api.api.tracks import get_tracks_track_urn, get_tracks_track_urn_streams, post_tracks
from soundcloud_api.models import Track
from soundcloud_api.types import UNSET, UnsetType


class AsyncTrackUploadsNamespace(AsyncTrackEditsNamespace):
    """What uploads tracks."""

    __slots__ = ()

    @implements("post_tracks")
    async def upload(
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
            >>> track = await client.tracks.upload("night.wav", title="Night", sharing="private")
            >>> track = await client.tracks.wait_until_playable(track)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/post_tracks
        """
        sending = Sending(on_progress)
        body = request_bodies.upload_form(
            sound_part(async_readable(file), length, filename),
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
            me = await self._pipeline.send(get_me(), token)
            check_seconds_left(me.quota, file, filename)
        request = evolve(build_request(post_tracks(body=body), self._pipeline.base_url, token), on_progress=sending)
        del token  # no frame of a traceback shows it
        try:
            track: Track = await self._pipeline.perform(request)
        except SoundCloudError as error:
            sending.explain(error)
            raise
        return track

    async def wait_until_playable(
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
            >>> track = await client.tracks.wait_until_playable(track, timeout=120)

        Source:
            https://developers.soundcloud.com/docs/api/guide#uploading
        """
        urn = to_urn(track, "tracks")
        seconds, wait = check_seconds("timeout", timeout), check_seconds("interval", interval)
        ends = monotonic() + seconds
        seen: Track | None = None
        while monotonic() < ends:
            try:
                seen = await self._past_cache(ends).send(get_tracks_track_urn(urn), token)
                if seen.duration and await self._is_streamed(urn, ends, token):
                    return seen
            except RequestTimeoutError:
                if seen is None or monotonic() < ends:
                    raise
                break
            await async_sleep(max(0.0, min(wait, ends - monotonic())))
            wait = min(LONGEST_INTERVAL, wait * 1.5)
        raise NotReadyError(f"{urn} cannot be played after {seconds:g} s", track=seen)

    async def _is_streamed(self, urn: str, ends: float, token: str | None) -> bool:
        """Whether there is an address that it is streamed from."""
        try:
            streams = await self._past_cache(ends).send(get_tracks_track_urn_streams(urn), token)
        except (NotFoundError, ForbiddenError):
            return False
        return any(streams.raw.values())

    def _past_cache(self, ends: float) -> AsyncPipeline:
        """The same without a cache, which would tell what was before, for calls that end in time."""
        timeout, left = self._pipeline.timeout, max(0.001, ends - monotonic())
        total = left if timeout.total is None else min(left, timeout.total)
        return self._pipeline.with_options(caching=None, timeout=evolve(timeout, total=total))

    async def publish(self, track: Resource, *, token: str | None = None) -> Track:
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
            >>> await client.tracks.publish(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/put_tracks__track_urn_
        """
        return await self.update(track, sharing="public", token=token)

    async def unpublish(self, track: Resource, *, token: str | None = None) -> Track:
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
            >>> await client.tracks.unpublish(308946187)

        Source:
            https://developers.soundcloud.com/docs/api/explorer/open-api#/tracks/put_tracks__track_urn_
        """
        return await self.update(track, sharing="private", token=token)
