"""The embeddable player at `/player/?url=...`; SoundCloud's is https://w.soundcloud.com/player.

It accepts soundcloud.com URLs and API URLs with numeric ids. It supports SoundCloud's options `auto_play`, `color`,
`start_track`, `visual`, `single_active`, `show_artwork`, `show_user`, `show_playcount`, `download` and `buying`; the others
have no effect. `/player/api.js` defines `SC.Widget` for the embedding page.
"""

import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import NoReturn

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.permalinks import ResolvedResource, resolve_embed
from soundcloud.sandbox.data.serializers import Serializer
from soundcloud.sandbox.http.messages import JsonObject, Response, ResponseError, redirect
from soundcloud.sandbox.media.streams import (
    CORS_HEADERS,
    PREVIEW_SECONDS,
    sign_file_url,
    sign_preview_url,
    text_response,
)
from soundcloud.sandbox.state import State

_STATIC = {
    "api.js": "text/javascript; charset=utf-8",
    "player.js": "text/javascript; charset=utf-8",
    "player.css": "text/css; charset=utf-8",
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " media-src 'self'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
}
_COLOUR = re.compile(r"(?:#|0x)?([0-9a-fA-F]{6})", re.ASCII)
_DEFAULT_COLOUR = "ff5500"
_TRUE = frozenset({"true", "1"})
_MAX_TRACKS = 200
_PLAYLIST = "SELECT track_id FROM playlist_tracks WHERE playlist_id = ? ORDER BY position LIMIT ?"
_UPLOADS = "SELECT id FROM tracks WHERE user_id = ? ORDER BY created_at DESC, id DESC LIMIT ?"


def show(state: State, query: Mapping[str, str]) -> Response:
    """Return the player's page, or a page with status 404 and the reason if there is nothing to play."""
    url = query.get("url", "").strip()
    if not url:
        _show_error("The player needs the URL of a track, a playlist or a user. Add it as ?url= to the player's URL.")
    resource = resolve_embed(state, url)
    if resource is None and "soundcloud:" in url.replace("%3A", ":").replace("%3a", ":"):
        _show_error("The player does not accept URNs. Use the permalink, or the API URL with the numeric id.")
    if resource is None:
        _show_error("Nothing was found at this URL. To play a private track or playlist, use its share link.")
    tracks = _list_tracks(state, resource)
    if not tracks:
        _show_error("There are no tracks to play.")
    colour, start = _COLOUR.fullmatch(query.get("color", "")), query.get("start_track", "")
    settings = {
        "sounds": tracks,
        "colour": f"#{colour[1] if colour else _DEFAULT_COLOUR}",
        "autoPlay": query.get("auto_play") in _TRUE,
        "singleActive": query.get("single_active", "true") in _TRUE,
        "start": min(int(start), len(tracks) - 1) if _is_number(start) else 0,
        "visual": query.get("visual") in _TRUE,
        "artwork": query.get("show_artwork", "true") in _TRUE,
        "user": query.get("show_user", "true") in _TRUE,
        "plays": query.get("show_playcount", "true") in _TRUE,
        "download": query.get("download", "true") in _TRUE,
        "buying": query.get("buying", "true") in _TRUE,
    }
    # Without "<" the data cannot close its <script> element.
    data = json.dumps(settings, ensure_ascii=False).replace("<", "\\u003c")
    content = _fill("player.html", title=escape(tracks[0]["title"]), data=data)
    return Response(content, headers=_HEADERS, media_type="text/html; charset=utf-8")


def redirect_to_audio(state: State, track_id: str, query: Mapping[str, str]) -> Response:
    """Redirect to the signed URL of a track's audio, or of its snippet if only that is playable."""
    row = state.database.row("SELECT * FROM tracks WHERE id = ?", int(track_id)) if _is_number(track_id) else None
    serializer = Serializer(state, None)
    if row is None or not serializer.can_see(row, query.get("secret_token")):
        return text_response(404, "Not found")
    if not _is_playable(serializer, row):
        return text_response(403, "This track cannot be played here.")
    return redirect(sign_preview_url(state, row) if row["access"] == "preview" else sign_file_url(state, row))


def serve_static(name: str) -> Response:
    """Return a script or style sheet of the player, or `api.js` for the embedding page."""
    if name not in _STATIC:
        return text_response(404, "Not found")
    return Response(_read(name), headers={**CORS_HEADERS, "Cache-Control": "no-cache"}, media_type=_STATIC[name])


def _list_tracks(state: State, resource: ResolvedResource) -> list[JsonObject]:
    database, serializer = state.database, Serializer(state, None)
    if resource.kind == "tracks":
        return [_make_track(state, serializer, resource.row, resource.secret_token)]
    statement = _PLAYLIST if resource.kind == "playlists" else _UPLOADS
    ids = [row[0] for row in database.rows(statement, resource.row["id"], _MAX_TRACKS)]
    rows = [database.rows("SELECT * FROM track_rows WHERE id = ?", track_id)[0] for track_id in ids]
    return [_make_track(state, serializer, row, None) for row in rows if serializer.can_see(row)]


def _make_track(state: State, serializer: Serializer, row: Row, secret_token: str | None) -> JsonObject:
    track = serializer.track(row, secret_token=secret_token)
    secret = f"?secret_token={secret_token}" if secret_token and row["sharing"] == "private" else ""
    if row["access"] == "preview":
        track["duration"] = min(track["duration"], PREVIEW_SECONDS * 1000)
        track["full_duration"] = row["duration"]
    picture = track["artwork_url"] or track["user"]["avatar_url"]
    # Relative URLs, because the page may have been opened by another host name.
    track["player"] = {
        "source": f"/player/sounds/{row['id']}{secret}" if _is_playable(serializer, row) else None,
        "picture": picture.removeprefix(state.media_url).replace("-large.", "-t500x500."),
        "wave": track["waveform_url"].removeprefix(state.media_url),
    }
    return track


def _is_playable(serializer: Serializer, row: Row) -> bool:
    is_allowed = serializer.access(row) != "blocked" and row["streamable"] and row["embeddable_by"] != "none"
    return bool(is_allowed) and not serializer.is_processing(row)


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 19


def _read(name: str) -> str:
    return (files("soundcloud.sandbox") / "pages" / name).read_text("utf-8")


def _fill(name: str, **values: str) -> str:
    # In a single pass, because a value may contain a placeholder.
    return re.sub(r"\{([a-z]+)\}", lambda found: values[found[1]], _read(name))


def _show_error(reason: str) -> NoReturn:
    content = _fill("player_error.html", reason=escape(reason))
    raise ResponseError(Response(content, 404, _HEADERS, "text/html; charset=utf-8"))
