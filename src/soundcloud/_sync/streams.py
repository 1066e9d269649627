"""What a player opens: a link to a track's sound, which works for minutes, and is fetched again when it does not."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from soundcloud._sync.pipeline import Pipeline
from soundcloud._protocol.http.messages import Request, Secret, request_for_url
from soundcloud._protocol.media.playback import (
    MOST_REDIRECTS,
    NOT_FROM_CACHES,
    STREAM,
    check_any,
    expiry_from_url,
    hop,
    link_refused,
    next_link,
    not_playable,
    playlist_reader,
    read_playlist,
    stream_urls,
)
from soundcloud.errors import EdgeError, ForbiddenError, InvalidInputError, NotPlayableError, UnexpectedResponseError
from soundcloud_api.api.tracks import get_tracks_track_urn_streams

if TYPE_CHECKING:
    from m3u8 import M3U8


@attrs.frozen(eq=False)
class Stream:
    """A link to a track's sound, for a player.

    SoundCloud's terms forbid to keep what is streamed (https://developers.soundcloud.com/docs/api/terms-of-use): there is
    no download here, and no cache.

    Attributes:
        url: What the player opens: an HLS playlist, or a file such as an MP3 where the format says nothing of `hls`. It
            works for whoever has it, for minutes, and is not shown by `repr`.
        format: Which format it is, for example `hls_aac_160`.
        expires_at: Until when the link works, as far as it says so; an aware datetime in UTC, or None.
        headers: What the player has to send with it: nothing. Never send it an access token.
        is_preview: Whether it is a snippet of 30 seconds.

    Example:
        >>> stream = client.tracks.get_stream(308946187)
        >>> print(stream.format, stream.expires_at)
        >>> stream = stream.refresh()

    Source:
        https://developers.soundcloud.com/docs/api/guide#playing
    """

    url: str = attrs.field(repr=False, converter=Secret)
    format: str
    expires_at: datetime | None
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    is_preview: bool = False
    _urn: str = attrs.field(repr=False, kw_only=True, alias="urn")
    _secret_token: str | None = attrs.field(default=None, repr=False, kw_only=True, alias="secret_token")
    _token: str | None = attrs.field(default=None, repr=False, kw_only=True, alias="token")
    _pipeline: Pipeline = attrs.field(repr=False, kw_only=True, alias="pipeline")

    def refresh(self) -> "Stream":
        """Fetch the link again: after `expires_at`, or when a player is refused. The track is asked what it has now.

        Returns:
            A new stream of the same format; this one stays as it is.

        Raises:
            NotPlayableError: It cannot be played any more, or not in this format.
            SoundCloudError: The call failed.

        Example:
            >>> stream = stream.refresh()

        Source:
            https://developers.soundcloud.com/docs/api/guide#playing
        """
        return find_stream(self._pipeline, self._urn, [self.format], self._secret_token, self._token)

    def playlist(self) -> "M3U8":
        """Get the HLS playlist and read it, for a player of your own: which segments there are, and how long they are.

        It is asked for without a token.

        Returns:
            An `m3u8.M3U8`; its segments have `absolute_uri` and `duration` in seconds.

        Raises:
            InvalidInputError: It is no HLS stream, or the extra `audio` is not installed; nothing was sent.
            ForbiddenError: The link is refused, as a rule because it has expired: `refresh()`.
            UnexpectedResponseError: There is no playlist behind the link.
            SoundCloudError: The call failed.

        Example:
            >>> playlist = stream.playlist()
            >>> print(sum(segment.duration for segment in playlist.segments))

        Source:
            https://datatracker.ietf.org/doc/html/rfc8216
        """
        if not self.format.startswith("hls"):
            raise InvalidInputError(f"{self.format} is a file, not an HLS stream: there is no playlist")
        playlist_reader()
        request = attrs.evolve(request_for_url(self.url, bytes, template="/{playlist}.m3u8"), shareable=False)
        try:
            return read_playlist(self._pipeline.perform(request), self.url)
        except (ForbiddenError, EdgeError) as error:
            if error.status != 403:
                raise
            refused = link_refused(error)
        raise refused


def find_stream(
    pipeline: Pipeline, urn: str, chosen: list[str], secret_token: str | None, token: str | None
) -> Stream:
    """Get the link of the first format that can be played."""
    links = stream_urls(pipeline.send(get_tracks_track_urn_streams(urn, secret_token=secret_token), token))
    check_any(urn, links, chosen)
    refusal: NotPlayableError | None = None
    for name in chosen:
        if name not in links:
            continue
        try:
            url = next_link(links[name], links[name], pipeline.base_url)
            start = hop(url, pipeline.base_url, token, STREAM)
            if start is not None:
                url = follow(pipeline, start)
        except NotPlayableError as error:
            # SoundCloud lists formats that it does not let be played; the next one may be.
            refusal = error
            continue
        return Stream(
            url,
            name,
            expiry_from_url(url),
            is_preview="preview" in name,
            urn=urn,
            secret_token=secret_token,
            token=token,
            pipeline=pipeline,
        )
    others = [name for name in links if name not in chosen]
    raise not_playable(f"{urn} cannot be played in {', '.join(chosen)}", others, refusal)


def follow(pipeline: Pipeline, start: Request) -> Secret:
    """Follow a link with the token while it stays at the API, and no further.

    Args:
        pipeline: What sends.
        start: The call that follows the link.

    Returns:
        Where it leads: an address elsewhere.

    Raises:
        NotPlayableError: The API refuses.
        UnexpectedResponseError: It leads to no address, over plain http, or round and round.
    """
    base_url, template = pipeline.base_url, start.template or start.path
    request, hops, fresh = start, 0, False
    while hops < MOST_REDIRECTS:
        url = next_link(request.url, (pipeline.perform(request)).location, base_url)
        following = hop(url, base_url, start.token, template)
        expires_at = expiry_from_url(url)
        if expires_at is not None and expires_at <= pipeline.session.clock() and not fresh:
            # A cache on the way has kept it for too long.
            request, hops, fresh = attrs.evolve(start, headers=NOT_FROM_CACHES, shareable=False), 0, True
        elif following is None:
            return url
        else:
            request, hops = attrs.evolve(following, headers=request.headers), hops + 1
    raise UnexpectedResponseError(f"the stream leads from one address of the API to the next, {MOST_REDIRECTS} times")
