"""What a player opens: a link to a track's sound, which works for minutes, and is fetched again when it does not."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from soundcloud._async.pipeline import AsyncPipeline
from soundcloud._core.playback import (
    MOST_REDIRECTS,
    check_any,
    expiry_of,
    hop,
    links_of,
    next_link,
    not_playable,
    playlist_reader,
    read_playlist,
)
from soundcloud._core.request import Secret, call_elsewhere
from soundcloud.errors import ForbiddenError, InvalidInputError, NotPlayableError, UnexpectedReplyError
from soundcloud_api.api.tracks import get_tracks_track_urn_streams

if TYPE_CHECKING:
    from m3u8 import M3U8


@attrs.frozen(eq=False)
class AsyncStream:
    """A link to a track's sound, for a player.

    SoundCloud's terms forbid to keep what is streamed (https://developers.soundcloud.com/docs/api/terms-of-use): there is
    no download here, and no cache.

    Attributes:
        url: What the player opens: an HLS playlist, or an MP3 where the format says `preview`. It works for whoever has
            it, for minutes, and is not shown by `repr`.
        format: Which format it is, for example `hls_aac_160`.
        expires_at: Until when the link works, as far as it says so; an aware datetime in UTC, or None.
        headers: What the player has to send with it: nothing. Never send it an access token.
        is_preview: Whether it is a snippet of 30 seconds.

    Example:
        >>> stream = await client.tracks.get_stream(308946187)
        >>> print(stream.format, stream.expires_at)
        >>> stream = await stream.refresh()

    Source:
        https://developers.soundcloud.com/docs/api/guide#playing
    """

    url: str = attrs.field(repr=False, converter=Secret)
    format: str
    expires_at: datetime | None
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    is_preview: bool = False
    _link: str = attrs.field(default="", repr=False, converter=Secret, kw_only=True, alias="link")
    _token: str | None = attrs.field(default=None, repr=False, kw_only=True, alias="token")
    _pipeline: AsyncPipeline = attrs.field(repr=False, kw_only=True, alias="pipeline")

    async def refresh(self) -> "AsyncStream":
        """Fetch the link again: after `expires_at`, or when a player is refused.

        Returns:
            A new stream of the same format; this one stays as it is.

        Raises:
            NotPlayableError: It cannot be played any more.
            SoundCloudError: The call failed.

        Example:
            >>> stream = await stream.refresh()

        Source:
            https://developers.soundcloud.com/docs/api/guide#playing
        """
        return await async_open_stream(self._pipeline, self.format, self._link, self._token)

    async def playlist(self) -> "M3U8":
        """Get the HLS playlist and read it, for a player of your own: which segments there are, and how long they are.

        Returns:
            An `m3u8.M3U8`; its segments have `absolute_uri` and `duration` in seconds.

        Raises:
            InvalidInputError: It is no HLS stream, or the extra `audio` is not installed; nothing was sent.
            ForbiddenError: The link has expired: `refresh()`.
            UnexpectedReplyError: There is no playlist behind the link.
            SoundCloudError: The call failed.

        Example:
            >>> playlist = await stream.playlist()
            >>> print(sum(segment.duration for segment in playlist.segments))

        Source:
            https://datatracker.ietf.org/doc/html/rfc8216
        """
        if not self.format.startswith("hls"):
            raise InvalidInputError(f"{self.format} is a file, not an HLS stream: there is no playlist")
        playlist_reader()
        call = attrs.evolve(call_elsewhere(self.url, bytes), shareable=False)
        try:
            content = await self._pipeline.perform(call)
        except ForbiddenError as error:
            error.hint = "the link works for minutes only: refresh() fetches it again"
            raise
        return read_playlist(content, self.url)


async def async_find_stream(
    pipeline: AsyncPipeline, urn: str, chosen: list[str], secret_token: str | None, token: str | None
) -> AsyncStream:
    """Get the link of the first format that can be played."""
    # Who is refused one format may have the next: SoundCloud lists some that it does not let be played.
    streams = await pipeline.with_options(caching=None).send(
        get_tracks_track_urn_streams(urn, secret_token=secret_token), token
    )
    links = links_of(streams)
    check_any(urn, links, chosen)
    refusal: NotPlayableError | None = None
    for name in chosen:
        if name in links:
            try:
                return await async_open_stream(pipeline, name, links[name], token)
            except NotPlayableError as error:
                refusal = error
    others = [name for name in links if name not in chosen]
    raise not_playable(f"{urn} cannot be played in {', '.join(chosen)}", others, refusal) from None


async def async_open_stream(pipeline: AsyncPipeline, name: str, link: str, token: str | None) -> AsyncStream:
    """Follow a link with the token while it stays at the API, and no further."""
    stale = False
    url = next_link(link, link, pipeline.base_url)
    hops = 0
    while (call := hop(url, pipeline.base_url, token)) is not None:
        if hops == MOST_REDIRECTS:
            raise UnexpectedReplyError(f"the stream leads from one address of the API to the next, {hops} times")
        if stale:
            call = attrs.evolve(call, headers={"Cache-Control": "no-cache"})
        found = await pipeline.perform(call)
        url, hops = next_link(call.url, found.location, pipeline.base_url), hops + 1
        expires_at = expiry_of(url)
        if expires_at is not None and expires_at <= pipeline.session.clock() and not stale:
            # What a cache on the way has kept is dead already.
            stale, url, hops = True, next_link(link, link, pipeline.base_url), 0
    preview = "preview" in name
    return AsyncStream(url, name, expiry_of(url), is_preview=preview, link=link, token=token, pipeline=pipeline)
