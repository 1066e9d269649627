"""The pages at the sandbox's own permalinks, on the media host: of a user, a track, a playlist or a station.

They have the paths of soundcloud.com, and show what a request without a token would get. They use no scripts.
"""

import json
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.permalinks import resolve_permalink, station_at
from soundcloud.sandbox.data.serializers import Serializer
from soundcloud.sandbox.data.stations import find_seed, tracks_of_station
from soundcloud.sandbox.http.messages import JsonObject, Response
from soundcloud.sandbox.media.sound import format_duration
from soundcloud.sandbox.pages.html import Html, fill, join, make_page
from soundcloud.sandbox.state import State
from soundcloud.urn import STATIONS

_MAXIMUM_ITEMS = 50

_STYLE = """
main { max-width: 48rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin: 1rem 0; }
header img { width: 8rem; height: 8rem; border-radius: .5rem; object-fit: cover; }
header div { flex: 1 1 16rem; min-width: 0; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; } h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; }
a { color: var(--accent); } p { margin: .35rem 0; }
iframe { width: 100%; height: 166px; border: 0; border-radius: .5rem; }
img.wave { display: block; width: 100%; height: 5rem; margin-top: 1rem; background: var(--card); }
/* The filter also inverts the background, to that of a card. */
@media (prefers-color-scheme: dark) { img.wave { background: #ddd; filter: invert(1); } }
ul { margin: 0; padding: 0; list-style: none; border-radius: .5rem; background: var(--card); }
li { padding: .6rem .75rem; } li + li { border-top: 1px solid var(--line); }
li a { display: inline-block; min-height: 1.5rem; }
pre { overflow: auto; max-height: 30rem; padding: .75rem; border-radius: .5rem; background: var(--card); font-size: .8rem; }
summary { cursor: pointer; padding: .25rem 0; }
"""
_BODY = """<main><small>Sandbox, not connected to SoundCloud · <a href="$dashboard">Dashboard</a></small>
<header>$picture<div><h1>$title</h1>$about</div></header>
$content
<h2>API</h2><p><code>GET $api_url</code></p>
<details><summary>Show the JSON</summary><pre tabindex="0">$data</pre></details></main>"""
_PLAYER = '<iframe src="$url" title="Player" style="height: ${height}px"></iframe>'
_WAVE = '<img class="wave" src="$url" alt="Waveform">'
_COMMENT = '<li><p>$body</p><span class="quiet"><a href="$url">$user</a>$at</span></li>'
_SECTION = "<h2>$title</h2><ul>$items</ul>"
_COMMENTS = "SELECT id FROM comments WHERE track_id = ? ORDER BY timestamp, id LIMIT ?"
_TRACKS = "SELECT id FROM tracks WHERE user_id = ? AND sharing = 'public' ORDER BY created_at DESC, id DESC LIMIT ?"
_PLAYLISTS = (
    "SELECT id FROM playlists WHERE user_id = ? AND sharing = 'public' ORDER BY created_at DESC, id DESC LIMIT ?"
)


def show(state: State, path: str) -> Response | None:
    """Return the page at a path, or None if there is nothing at this permalink."""
    url, serializer = f"{state.media_url}{path}", Serializer(state, None)
    station = station_at(state, url)
    if station is not None:
        return _show_station(state, serializer, f"soundcloud:{STATIONS}:{station}")
    found = resolve_permalink(state, url)
    if found is None:
        return None
    if found.kind == "users":
        return _show_user(state, serializer, found.row)
    if not serializer.can_see(found.row, found.secret_token):
        return None
    if found.kind == "tracks":
        return _show_track(state, serializer, found.row, found.secret_token, path)
    return _show_playlist(state, serializer, found.row, path)


def _show_track(state: State, serializer: Serializer, row: Row, secret_token: str | None, path: str) -> Response:
    track = serializer.track(row, secret_token=secret_token)
    statement = state.database.rows(_COMMENTS, row["id"], _MAXIMUM_ITEMS)
    comments = serializer.comments([comment["id"] for comment in statement]) if row["reveal_comments"] else []
    content = [
        _player(state, path, 166),
        fill(_WAVE, url=track["waveform_url"]),
        _text(track["description"]),
        _section("Comments", [_comment(comment) for comment in comments], "No comments."),
    ]
    details = [
        format_duration(track["duration"]),
        track["genre"],
        _count(track.get("playback_count"), "play"),
        _count(track.get("favoritings_count"), "like"),
        track["sharing"] if track["sharing"] == "private" else "",
    ]
    picture = track["artwork_url"] or track["user"]["avatar_url"]
    return _page(state, track["title"], picture, _by(track["user"], details), content, track)


def _show_playlist(state: State, serializer: Serializer, row: Row, path: str) -> Response:
    playlist = serializer.playlist(row)
    content = [
        _player(state, path, 450) if playlist["tracks"] else Html(""),
        _text(playlist["description"]),
        _section("Tracks", [_track(track) for track in playlist["tracks"][:_MAXIMUM_ITEMS]], "No tracks."),
    ]
    details = [_count(playlist["track_count"], "track"), _count(playlist["likes_count"], "like"), playlist["sharing"]]
    picture = playlist["artwork_url"] or playlist["user"]["avatar_url"]
    return _page(state, playlist["title"], picture, _by(playlist["user"], details), content, playlist)


def _show_user(state: State, serializer: Serializer, row: Row) -> Response:
    user = serializer.user(row)
    tracks = serializer.tracks([found["id"] for found in state.database.rows(_TRACKS, row["id"], _MAXIMUM_ITEMS)])
    lists = [found["id"] for found in state.database.rows(_PLAYLISTS, row["id"], _MAXIMUM_ITEMS)]
    content = [
        _player(state, f"/{row['permalink']}", 450) if tracks else Html(""),
        _text(user["description"]),
        _section("Tracks", [_track(track) for track in tracks], "No public tracks."),
        _section(
            "Playlists", [_track(item) for item in serializer.playlists(lists, show_tracks=False)], "No playlists."
        ),
    ]
    details = [user["permalink"], user["city"] or "", _count(user["followers_count"], "follower")]
    return _page(state, user["username"], user["avatar_url"], _details(details), content, user)


def _show_station(state: State, serializer: Serializer, urn: str) -> Response | None:
    station, seed = serializer.station(urn), find_seed(state.database, urn)
    if station is None or seed is None:
        return None
    tracks = serializer.tracks(tracks_of_station(state.database, seed[0], seed[1]["id"]))
    content = [_section("Tracks", [_track(track) for track in tracks], "No tracks.")]
    return _page(state, station["title"], station["artwork_url"], Html(""), content, station)


def _page(
    state: State, title: str, picture: str | None, about: Html, content: Sequence[Html], data: JsonObject
) -> Response:
    body = fill(
        _BODY,
        dashboard=f"{state.api_url}/",
        # A relative URL, because the page may have been opened by another host name.
        picture=fill('<img src="$url" alt="">', url=picture.removeprefix(state.media_url)) if picture else Html(""),
        title=title,
        about=about,
        content=join([*content]),
        api_url=data["uri"],
        data=json.dumps(data, indent=2, ensure_ascii=False),
    )
    sources = f"; img-src 'self' {state.media_url}; frame-src 'self'"
    return make_page(title, body, _STYLE, sources=sources)


def _player(state: State, path: str, height: int) -> Html:
    return fill(_PLAYER, url=f"/player/?{urlencode({'url': f'{state.media_url}{path}'})}", height=height)


def _section(title: str, items: list[Html], otherwise: str) -> Html:
    entries = items or [fill('<li class="quiet">$text</li>', text=otherwise)]
    return fill(_SECTION, title=title, items=join(entries))


def _track(item: JsonObject) -> Html:
    kind = "sets/" if item["kind"] == "playlist" else ""
    # Not `permalink_url`, which may lead to soundcloud.com.
    name = item["permalink_url"].rstrip("/").rpartition("/")[2]
    user = item["user"]
    return fill(
        '<li><a href="$url">$title</a> <span class="quiet">$user, $duration</span></li>',
        url=f"/{quote(user['permalink'])}/{kind}{quote(name)}",
        title=item["title"],
        user=user["username"],
        duration=format_duration(item["duration"]),
    )


def _comment(comment: JsonObject) -> Html:
    user = comment["user"]
    at = "" if comment["timestamp"] is None else f", at {format_duration(comment['timestamp'])}"
    return fill(_COMMENT, body=comment["body"], url=f"/{quote(user['permalink'])}", user=user["username"], at=at)


def _by(user: JsonObject, details: Sequence[str]) -> Html:
    link = fill('<p><a href="$url">$name</a></p>', url=f"/{quote(user['permalink'])}", name=user["username"])
    return join([link, _details(details)])


def _details(details: Sequence[str]) -> Html:
    return fill('<p class="quiet">$text</p>', text=", ".join(filter(None, details)))


def _text(text: str | None) -> Html:
    return fill("<p>$text</p>", text=text) if text else Html("")


def _count(number: int | None, name: str) -> str:
    return "" if number is None else f"{number:,} {name if number == 1 else name + 's'}"
