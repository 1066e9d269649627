"""Streams: the stream URLs of a track, which require a token, and the signed audio URLs that they redirect to."""

from uuid import NAMESPACE_URL, uuid5

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.queries import find_track, make_serializer
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, redirect
from soundcloud.sandbox.http.routing import handles, handles_undocumented
from soundcloud.sandbox.media.streams import sign_file_url, sign_playlist_url, sign_preview_url

# By name in the response: the kind of audio, and the last part of the URL. `hls_aac_96_url` is not in the document.
_FORMATS = {
    "hls_aac_160_url": ("aac_160", "hls"),
    "hls_aac_96_url": ("aac_96", "hls"),
    "hls_mp3_128_url": ("mp3_128", "hls"),
    "preview_mp3_128_url": ("preview", "preview"),
}
_NOT_PLAYABLE = "Sorry, this track is not compatible on your current device/platform."


def _find_processed_track(request: Request) -> Row:
    row = find_track(request)
    if make_serializer(request).is_processing(row):
        raise HTTPError(404)
    return row


def _allowed_formats(request: Request, row: Row) -> dict[str, tuple[str, str]]:
    """Return all formats or only the snippet, depending on the access of the user."""
    access = make_serializer(request).access(row)
    if access == "blocked" or not row["streamable"]:
        raise HTTPError(403, _NOT_PLAYABLE)
    return {name: chosen for name, chosen in _FORMATS.items() if access == "playable" or chosen[0] == "preview"}


def _make_uuid(row: Row, kind: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"soundcloud:tracks:{row['id']}:{kind}"))


@handles("get_tracks_track_urn_streams")
def list_streams(request: Request) -> Response:
    """List the stream URLs of a track; they require a token as well."""
    row = find_track(request)
    if make_serializer(request).is_processing(row):
        # As SoundCloud: an empty object and the duration 0 are the only signs that an upload is still processed.
        return Response({})
    base = f"{request.state.api_url}/tracks/soundcloud:tracks:{row['id']}/streams"
    secret = f"?secret_token={row['secret_token']}" if row["sharing"] == "private" else ""
    return Response(
        {
            name: f"{base}/{_make_uuid(row, kind)}/{protocol}{secret}"
            for name, (kind, protocol) in _allowed_formats(request, row).items()
        }
    )


@handles_undocumented("GET", "/tracks/{track_urn}/streams/{stream}/{protocol}")
def play_stream(request: Request) -> Response:
    """Redirect to the signed audio URL of a stream, and count a play."""
    row = _find_processed_track(request)
    allowed = _allowed_formats(request, row).values()
    for kind, protocol in _FORMATS.values():
        if request.path["stream"] == _make_uuid(row, kind) and request.path["protocol"] == protocol:
            break
    else:
        raise HTTPError(404)
    if (kind, protocol) not in allowed:
        # The URL was issued before the access of the track changed.
        raise HTTPError(403, _NOT_PLAYABLE)
    if kind == "preview":
        return redirect(sign_preview_url(request.state, row))
    database = request.state.database
    database.change("UPDATE tracks SET playback_count = playback_count + 1 WHERE id = ?", row["id"])
    if request.viewer.user_id is not None:
        database.insert("plays", {"user_id": request.viewer.user_id, "track_id": row["id"]})
    return redirect(sign_playlist_url(request.state, row, kind))


@handles("get_tracks_track_urn_preview")
@handles_undocumented("GET", "/tracks/{track_urn}/stream")
def play_preview(request: Request) -> Response:
    """Redirect to a snippet of 30 seconds, also for the older path `/stream`."""
    row = _find_processed_track(request)
    if make_serializer(request).access(row) == "blocked":
        raise HTTPError(404)
    return redirect(sign_preview_url(request.state, row))


@handles_undocumented("GET", "/tracks/{track_urn}/download")
def download(request: Request) -> Response:
    """Redirect to the file of a downloadable track."""
    row = _find_processed_track(request)
    if not row["downloadable"]:
        raise HTTPError(404)
    request.state.database.change("UPDATE tracks SET download_count = download_count + 1 WHERE id = ?", row["id"])
    return redirect(sign_file_url(request.state, row))
