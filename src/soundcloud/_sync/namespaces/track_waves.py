"""The part of `tracks` that is about waveforms."""

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._protocol.media.waveform import read_waveform, waveform_request
from soundcloud.errors import StatusError
from soundcloud.urn import Resource, to_urn
from soundcloud.waveforms import Waveform
from soundcloud_api.api.tracks import get_tracks_track_urn
from soundcloud_api.models import Track


class TrackWavesNamespace(Namespace):
    """The waveforms of tracks; see `TracksNamespace`."""

    __slots__ = ()

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
            return read_waveform(self._pipeline.perform(request))
        except StatusError as error:
            # A storage that does not let one list its files answers 403 where there is none.
            if error.status not in {403, 404, 410}:
                raise
            return None
