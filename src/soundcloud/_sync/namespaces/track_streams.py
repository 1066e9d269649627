"""The part of `tracks` that is about hearing them."""

from collections.abc import Iterable

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._sync.streams import Stream, find_stream, follow
from soundcloud._protocol.http.messages import as_secret, build_request
from soundcloud._protocol.media.playback import PREFERRED, check_formats
from soundcloud.registry import implements
from soundcloud.urn import Resource, to_urn
from soundcloud_api.api.tracks import get_tracks_track_urn_preview, get_tracks_track_urn_streams
from soundcloud_api.models import Streams


class TrackStreamsNamespace(Namespace):
    """What plays tracks; see `TracksNamespace`."""

    __slots__ = ()

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
