"""The player for other pages: what `/player/?url=...` shows and plays. SoundCloud's is at https://w.soundcloud.com/player.

It takes links of soundcloud.com and addresses of the API with plain numbers. Of SoundCloud's flags it heeds `auto_play`,
`color`, `start_track`, `visual`, `single_active`, `show_artwork`, `show_user`, `show_playcount`, `download` and `buying`;
the others have nothing to show or hide here. `/player/api.js` defines `SC.Widget` for the page around it.
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
from soundcloud.sandbox.media.streams import OPEN, PREVIEW_NAME, PREVIEW_SECONDS, media_link, text, whole_name
from soundcloud.sandbox.state import State

_STATIC = {
    "api.js": "text/javascript; charset=utf-8",
    "player.js": "text/javascript; charset=utf-8",
    "player.css": "text/css; charset=utf-8",
}
_SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " media-src 'self'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
}
_COLOUR = re.compile(r"(?:#|0x)?([0-9a-fA-F]{6})", re.ASCII)
_ACCENT = "ff5500"
_ON = frozenset({"true", "1"})
_MOST_SOUNDS = 200
_PLAYLIST = "SELECT track_id FROM playlist_tracks WHERE playlist_id = ? ORDER BY position LIMIT ?"
_UPLOADS = "SELECT id FROM tracks WHERE user_id = ? ORDER BY created_at DESC, id DESC LIMIT ?"


def page(state: State, query: Mapping[str, str]) -> Response:
    """Make the page that plays what an address names.

    Args:
        state: The sandbox.
        query: `url` and the flags.

    Returns:
        The page; one that says why there is nothing to play, with 404, where the address names nothing.
    """
    url = query.get("url", "").strip()
    if not url:
        _refuse("The address of what to play is missing: ?url=")
    named = resolve_embed(state, url)
    if named is None and "soundcloud:" in url.replace("%3A", ":").replace("%3a", ":"):
        _refuse("The player does not understand URNs. Use the permalink, or the API's address with the plain number.")
    if named is None:
        _refuse("There is nothing at this address, or it is private and the token of its share link is missing.")
    sounds = _sounds(state, named)
    if not sounds:
        _refuse("There is nothing to play here.")
    colour = _COLOUR.fullmatch(query.get("color", ""))
    settings = {
        "sounds": sounds,
        "colour": f"#{colour[1] if colour else _ACCENT}",
        "autoPlay": query.get("auto_play") in _ON,
        "singleActive": query.get("single_active", "true") in _ON,
        "start": _start(query.get("start_track", ""), len(sounds)),
        "visual": query.get("visual") in _ON,
        "artwork": query.get("show_artwork", "true") in _ON,
        "user": query.get("show_user", "true") in _ON,
        "plays": query.get("show_playcount", "true") in _ON,
        "download": query.get("download", "true") in _ON,
        "buying": query.get("buying", "true") in _ON,
    }
    # Inside a script only a tag could end it: there is none without its bracket.
    data = json.dumps(settings, ensure_ascii=False).replace("<", "\\u003c")
    content = _fill("player.html", title=escape(sounds[0]["title"]), data=data)
    return Response(content, headers=_SAFE, media_type="text/html; charset=utf-8")


def sound(state: State, number: str, query: Mapping[str, str]) -> Response:
    """Lead the player to the sound of a track: all of it, or a snippet where the track gives no more.

    Args:
        state: The sandbox.
        number: The track's id.
        query: `secret_token` for a private track.

    Returns:
        A redirect to a signed link; 404 where there is no such track, 403 where nothing of it may be heard.
    """
    row = state.database.row("SELECT * FROM tracks WHERE id = ?", int(number)) if _is_number(number) else None
    if row is None or not Serializer(state, None).can_see(row, query.get("secret_token")):
        return text(404, "Not found")
    views = Serializer(state, None)
    if not _plays(views, row) or views.is_processing(row):
        return text(403, "This track cannot be played here.")
    if row["access"] == "preview":
        return redirect(media_link(state, row["id"], row["duration"], "preview", PREVIEW_NAME))
    return redirect(media_link(state, row["id"], row["duration"], "whole", whole_name(state, row["id"])))


def static(name: str) -> Response:
    """Give a script or style of the player, or `api.js` for the page around it."""
    if name not in _STATIC:
        return text(404, "Not found")
    return Response(_read(name), headers={**OPEN, "Cache-Control": "no-cache"}, media_type=_STATIC[name])


def _sounds(state: State, named: ResolvedResource) -> list[JsonObject]:
    database, views = state.database, Serializer(state, None)
    if named.kind == "tracks":
        return [_sound(state, views, named.row, named.secret_token)]
    statement = _PLAYLIST if named.kind == "playlists" else _UPLOADS
    numbers = [row[0] for row in database.rows(statement, named.row["id"], _MOST_SOUNDS)]
    rows = [database.rows("SELECT * FROM track_rows WHERE id = ?", number)[0] for number in numbers]
    return [_sound(state, views, row, None) for row in rows if views.can_see(row)]


def _sound(state: State, views: Serializer, row: Row, secret_token: str | None) -> JsonObject:
    track = views.track(row, secret_token=secret_token)
    secret = f"?secret_token={secret_token}" if secret_token and row["sharing"] == "private" else ""
    plays = _plays(views, row) and not views.is_processing(row)
    if row["access"] == "preview":
        track["duration"] = min(track["duration"], PREVIEW_SECONDS * 1000)
        track["full_duration"] = row["duration"]
    picture = track["artwork_url"] or track["user"]["avatar_url"]
    # Of the same origin, whatever name the page was opened by.
    track["player"] = {
        "source": f"/player/sounds/{row['id']}{secret}" if plays else None,
        "picture": picture.removeprefix(state.media_url).replace("-large.", "-t500x500."),
        "wave": track["waveform_url"].removeprefix(state.media_url),
    }
    return track


def _plays(views: Serializer, row: Row) -> bool:
    return bool(views.access(row) != "blocked" and row["streamable"] and row["embeddable_by"] != "none")


def _start(wanted: str, count: int) -> int:
    return min(int(wanted), count - 1) if _is_number(wanted) else 0


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) < 19


def _read(name: str) -> str:
    return (files("soundcloud.sandbox") / "pages" / name).read_text("utf-8")


def _fill(name: str, **values: str) -> str:
    # In one go: what is filled in may look like a place to fill.
    return re.sub(r"\{([a-z]+)\}", lambda place: values[place[1]], _read(name))


def _refuse(told: str) -> NoReturn:
    raise ResponseError(
        Response(_fill("player_refused.html", told=escape(told)), 404, _SAFE, "text/html; charset=utf-8")
    )
