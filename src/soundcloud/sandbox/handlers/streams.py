"""Listening: the links to a track's streams, which need the token, and the signed ones that they lead to."""

from uuid import NAMESPACE_URL, uuid5

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.queries import find_track, make_serializer
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, redirect
from soundcloud.sandbox.http.routing import handles, handles_undocumented
from soundcloud.sandbox.media.streams import PLAYLIST_NAME, PREVIEW_NAME, media_link, whole_name

# By name in the answer: what is served, and the last part of the link. The document does not name `hls_aac_96_url`.
_FORMATS = {
    "hls_aac_160_url": ("aac_160", "hls"),
    "hls_aac_96_url": ("aac_96", "hls"),
    "hls_mp3_128_url": ("mp3_128", "hls"),
    "preview_mp3_128_url": ("preview", "preview"),
}
_NOT_HERE = "Sorry, this track is not compatible on your current device/platform."


def _playable_row(request: Request) -> Row:
    row = find_track(request)
    if make_serializer(request).is_processing(row):
        raise HTTPError(404)
    return row


def _formats(request: Request, row: Row) -> dict[str, tuple[str, str]]:
    """What the person may hear: everything, only the snippet, or nothing."""
    access = make_serializer(request).access(row)
    if access == "blocked" or not row["streamable"]:
        raise HTTPError(403, _NOT_HERE)
    return {name: chosen for name, chosen in _FORMATS.items() if access == "playable" or chosen[0] == "preview"}


def _uuid(row: Row, kind: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"soundcloud:tracks:{row['id']}:{kind}"))


@handles("get_tracks_track_urn_streams")
def streams(request: Request) -> Response:
    """List the links to a track's streams; following them takes the token again."""
    row = find_track(request)
    if make_serializer(request).is_processing(row):
        # The only sign besides the duration that SoundCloud is not done with an upload.
        return Response({})
    start = f"{request.state.api_url}/tracks/soundcloud:tracks:{row['id']}/streams"
    secret = f"?secret_token={row['secret_token']}" if row["sharing"] == "private" else ""
    return Response(
        {
            name: f"{start}/{_uuid(row, kind)}/{protocol}{secret}"
            for name, (kind, protocol) in _formats(request, row).items()
        }
    )


@handles_undocumented("GET", "/tracks/{track_urn}/streams/{stream}/{protocol}")
def stream(request: Request) -> Response:
    """Lead from a stream's link to the signed one, and count it as played."""
    row = _playable_row(request)
    open_formats = _formats(request, row).values()
    for kind, protocol in _FORMATS.values():
        if request.path["stream"] == _uuid(row, kind) and request.path["protocol"] == protocol:
            break
    else:
        raise HTTPError(404)
    if (kind, protocol) not in open_formats:
        # A link from the time when the track could be played as a whole.
        raise HTTPError(403, _NOT_HERE)
    if kind == "preview":
        return _snippet(request, row)
    database = request.state.database
    database.change("UPDATE tracks SET playback_count = playback_count + 1 WHERE id = ?", row["id"])
    if request.viewer.user_id is not None:
        database.insert("plays", {"user_id": request.viewer.user_id, "track_id": row["id"]})
    return redirect(media_link(request.state, row["id"], row["duration"], kind, PLAYLIST_NAME))


@handles("get_tracks_track_urn_preview")
@handles_undocumented("GET", "/tracks/{track_urn}/stream")
def preview(request: Request) -> Response:
    """Lead to a snippet of 30 seconds; the older `/stream` gives no more either."""
    row = _playable_row(request)
    if make_serializer(request).access(row) == "blocked":
        raise HTTPError(404)
    return _snippet(request, row)


@handles_undocumented("GET", "/tracks/{track_urn}/download")
def download(request: Request) -> Response:
    """Lead to the file of a track that its owner lets people download."""
    row = _playable_row(request)
    if not row["downloadable"]:
        raise HTTPError(404)
    request.state.database.change("UPDATE tracks SET download_count = download_count + 1 WHERE id = ?", row["id"])
    return redirect(
        media_link(request.state, row["id"], row["duration"], "whole", whole_name(request.state, row["id"]))
    )


def _snippet(request: Request, row: Row) -> Response:
    return redirect(media_link(request.state, row["id"], row["duration"], "preview", PREVIEW_NAME))
