"""Stream URLs for players: they expire after minutes and can be fetched again."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from soundcloud._sync.pipeline import Pipeline
from soundcloud._protocol.http.messages import Request, request_for_url
from soundcloud._protocol.http.request_options import merge_headers, read_options
from soundcloud._protocol.media.playback import (
    MAX_REDIRECTS,
    NO_CACHE_HEADERS,
    STREAM,
    check_available,
    expired_url_error,
    expiry_from_url,
    not_playable_error,
    parse_playlist,
    redirect_request,
    redirect_url,
    require_m3u8,
    stream_urls,
)
from soundcloud._protocol.secrets import Secret
from soundcloud._synchronization import run_in_thread
from soundcloud.errors import EdgeError, ForbiddenError, InvalidInputError, NotPlayableError, UnexpectedResponseError
from soundcloud.options import RequestOptions
from soundcloud_api.api import tracks as api

if TYPE_CHECKING:
    from m3u8 import M3U8


@attrs.frozen(eq=False)
class Stream:
    """The URL of a track's audio, for a player.

    SoundCloud's terms forbid storing what is streamed (https://developers.soundcloud.com/docs/api/terms-of-use), so there is no
    download and no cache.

    Attributes:
        url: The URL for the player: an HLS playlist, or a file such as an MP3 if the name of the format does not begin with
            `hls`. It works for anyone who has it, for some minutes, and `repr` does not show it.
        format: The format, for example `hls_aac_160`.
        expires_at: When the URL expires, if it says so; an aware datetime in UTC, or None.
        headers: Headers that the player must send: none. Never send an access token to it.
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
    _options: RequestOptions = attrs.field(factory=RequestOptions, repr=False, kw_only=True, alias="options")
    _pipeline: Pipeline = attrs.field(repr=False, kw_only=True, alias="pipeline")

    def refresh(self) -> "Stream":
        """Fetch the URL again, after `expires_at` or when it is refused.

        Returns:
            A new stream of the same format; this one does not change.

        Raises:
            NotPlayableError: The track can no longer be played, or not in this format.
            SoundCloudError: The request failed.

        Example:
            >>> stream = stream.refresh()

        Source:
            https://developers.soundcloud.com/docs/api/guide#playing
        """
        return find_stream(
            self._pipeline, self._urn, [self.format], self._secret_token, self._token, self._options
        )

    def playlist(self) -> "M3U8":
        """Fetch and parse the HLS playlist, for a player of your own. The request carries no token.

        Returns:
            An `m3u8.M3U8`; its segments have `absolute_uri` and `duration` in seconds.

        Raises:
            InvalidInputError: The stream is not HLS, or the extra `audio` is not installed; nothing was sent.
            ForbiddenError: The URL is refused, usually because it has expired: call `refresh()`.
            UnexpectedResponseError: The response is not a playlist.
            SoundCloudError: The request failed.

        Example:
            >>> playlist = stream.playlist()
            >>> print(sum(segment.duration for segment in playlist.segments))

        Source:
            https://datatracker.ietf.org/doc/html/rfc8216
        """
        if not self.format.startswith("hls"):
            raise InvalidInputError(f"{self.format} is a file, not an HLS stream: it has no playlist")
        run_in_thread(require_m3u8)  # the first import takes tens of milliseconds
        request = attrs.evolve(request_for_url(self.url, bytes, template="/{playlist}.m3u8"), shareable=False)
        try:
            return parse_playlist(self._pipeline.send(request), self.url)
        except (ForbiddenError, EdgeError) as error:
            if error.status != 403:
                raise
            refused = expired_url_error(error)
        raise refused


def find_stream(
    pipeline: Pipeline,
    urn: str,
    formats: list[str],
    secret_token: str | None,
    token: str | None,
    options: RequestOptions,
) -> Stream:
    """Return the stream of the first format that can be played."""
    headers, _ = read_options(options)
    streams = pipeline.send(api.get_tracks_track_urn_streams(urn, secret_token=secret_token), token, options)
    links = stream_urls(streams)
    check_available(urn, links, formats)
    refusal: NotPlayableError | None = None
    for name in formats:
        if name not in links:
            continue
        try:
            url = redirect_url(links[name], links[name], pipeline.base_url)
            start = redirect_request(url, pipeline.base_url, token, STREAM)
            if start is not None:
                url = follow(pipeline, attrs.evolve(start, headers=headers))
        except NotPlayableError as error:
            # SoundCloud lists formats that it then refuses; the next one may work.
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
            options=options,
            pipeline=pipeline,
        )
    others = [name for name in links if name not in formats]
    raise not_playable_error(f"{urn} cannot be played in {', '.join(formats)}", others, refusal)


def follow(pipeline: Pipeline, start: Request) -> Secret:
    """Follow redirects with the token as long as they stay at the API, and return the URL elsewhere.

    Args:
        pipeline: The pipeline.
        start: The first request.

    Raises:
        NotPlayableError: The API refuses.
        UnexpectedResponseError: A redirect has no valid URL, leads to plain http, or there are too many.
    """
    base_url, template = pipeline.base_url, start.template or start.path
    request, hops, fresh = start, 0, False
    while hops <= MAX_REDIRECTS:
        url = redirect_url(request.url, (pipeline.send(request)).location, base_url)
        following = redirect_request(url, base_url, start.token, template)
        expires_at = expiry_from_url(url)
        if expires_at is not None and expires_at <= pipeline.token_manager.clock() and not fresh:
            # A cache on the way kept the redirect for too long.
            headers = merge_headers(start.headers, NO_CACHE_HEADERS)
            request, hops, fresh = attrs.evolve(start, headers=headers, shareable=False), 0, True
        elif following is None:
            return url
        else:
            request, hops = attrs.evolve(following, headers=request.headers), hops + 1
    raise UnexpectedResponseError(f"the stream redirects within the API more than {MAX_REDIRECTS} times")
