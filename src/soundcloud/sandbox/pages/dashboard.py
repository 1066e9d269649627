"""The dashboard at the root of the API's origin, which shows the data and the recent requests."""

import json
from collections.abc import Mapping, Sequence

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.text import fold
from soundcloud.sandbox.http.messages import Response, error_response, parse_resource_id, redirect
from soundcloud.sandbox.http.request_log import RecordedRequest
from soundcloud.sandbox.media.sound import format_duration
from soundcloud.sandbox.media.streams import sign_preview_url
from soundcloud.sandbox.pages.html import Html, fill, join, make_page
from soundcloud.sandbox.state import State

_MAX_ITEMS, _MAX_REQUESTS = 25, 10

_STYLE = """
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0; font-size: 1.5rem; } h2 { margin: 2.25rem 0 .5rem; font-size: 1.15rem; }
h2 small { font-weight: 400; }
form { display: flex; gap: .5rem; margin-top: 1.25rem; } input { flex: 1; min-width: 0; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr)); gap: .5rem; margin: 1.25rem 0 0; }
dl div { padding: .6rem .75rem; border-radius: .5rem; background: var(--card); }
dt { color: var(--quiet); font-size: .8rem; } dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
ul, table { width: 100%; margin: 0; padding: 0; list-style: none; border-radius: .5rem; background: var(--card); }
ul > li { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; padding: .6rem .75rem; }
ul > li + li, tr + tr td { border-top: 1px solid var(--line); }
ul > li > div { flex: 1 1 16rem; min-width: 0; } li strong { margin-right: .35rem; }
li p { margin: 0; } audio { flex: 0 1 18rem; height: 2.5rem; max-width: 100%; min-width: 12rem; }
mark { padding: 0 .4rem; border: 1px solid var(--accent); border-radius: 1rem; background: none; color: var(--accent);
  font-size: .8rem; }
summary { cursor: pointer; } ol { margin: .25rem 0 0; padding-left: 1.5rem; }
table { border-spacing: 0; } td { padding: .35rem .75rem; vertical-align: top; white-space: nowrap; }
td:last-child { width: 99%; white-space: normal; }
tr.failed td:first-child { color: var(--accent); font-weight: 600; }
@media (max-width: 30rem) { audio { flex-basis: 100%; } }
"""

_BODY = """<main>
<small>Sandbox, not connected to SoundCloud</small>
<h1>Sandbox dashboard</h1>
<p class="quiet">API <code>$api_url</code>, sign-in <code>$auth_url</code>, client id <code>$client_id</code></p>
<dl>$counts</dl>
<form><input name="q" value="$words" aria-label="Search" placeholder="Title, name or tag"><button>Search</button></form>
$sections</main>"""
_SECTION = "<section><h2>$title <small>$summary</small></h2>$content</section>"
_COUNT = "<div><dt>$name</dt><dd>$number</dd></div>"
_HEADING = '<strong>$title</strong><span class="quiet">$subtitle</span> $labels<p class="quiet">$details</p>'
_AUDIO = '<audio controls preload="none" src="/-/listen/$number" title="$title"></audio>'

_COUNTS = {
    "users": "users",
    "tracks": "tracks",
    "playlists": "playlists",
    "likes": "track_likes UNION ALL SELECT COUNT(*) FROM playlist_likes",
    "reposts": "track_reposts UNION ALL SELECT COUNT(*) FROM playlist_reposts",
    "follows": "followings",
    "comments": "comments",
}
_MATCHES = "(SELECT COUNT(*) FROM json_each(:words) WHERE instr({table}.search_text, value) = 0) = 0"


def show(state: State, query: Mapping[str, str]) -> Response:
    """Return the dashboard; `q` in the query filters tracks, playlists and users by words."""
    words = query.get("q", "")
    sections = [
        _render_requests(state.last_requests()),
        _render_tracks(state, words),
        _render_playlists(state, words),
        _render_users(state, words),
    ]
    body = fill(
        _BODY,
        api_url=state.api_url,
        auth_url=state.auth_url,
        client_id=state.app.client_id,
        counts=join([fill(_COUNT, name=name, number=f"{number:,}") for name, number in _count_rows(state).items()]),
        words=words,
        sections=join(sections),
    )
    # Audio comes from the media origin.
    return make_page(
        "Sandbox dashboard", body, _STYLE, sources=f"; media-src 'self' {state.media_url}; form-action 'self'"
    )


def listen(state: State, name: str) -> Response:
    """Redirect to the snippet of a track; the dashboard plays private tracks too."""
    row = state.database.row("SELECT * FROM tracks WHERE id = ?", parse_resource_id(name, "tracks"))
    if row is None or row["access"] == "blocked":
        return error_response(404)
    return redirect(sign_preview_url(state, row))


def health(state: State) -> Response:
    """Report that the server responds and that the data is readable."""
    return Response({"status": "ok", "users": _count_rows(state)["users"]}, headers={"Cache-Control": "no-store"})


def _count_rows(state: State) -> dict[str, int]:
    statement = "SELECT SUM(n) FROM (SELECT COUNT(*) AS n FROM {})"
    return {name: state.database.number(statement.format(tables)) for name, tables in _COUNTS.items()}


def _find(state: State, rows_of: str, table: str, words: str) -> tuple[list[Row], str]:
    """Return the newest rows that contain the words, and a summary such as "the newest 25 of 601"."""
    condition, folded = _MATCHES.format(table=table), json.dumps(fold(words).split())
    statement = f"{rows_of} WHERE {condition} ORDER BY {table}.id DESC LIMIT {_MAX_ITEMS}"
    rows = state.database.rows(statement, words=folded)
    whole = state.database.number(f"SELECT COUNT(*) FROM {table} WHERE {condition}", words=folded)  # noqa: S608 - constants
    return rows, f"the newest {len(rows)} of {whole:,}" if len(rows) < whole else f"{whole:,}"


def _render_list(title: str, summary: str, entries: list[Html]) -> Html:
    content = fill("<ul>$entries</ul>", entries=join(entries)) if entries else Html('<p class="quiet">None.</p>')
    return fill(_SECTION, title=title, summary=summary, content=content)


def _render_heading(title: str, subtitle: str, details: list[str], labels: list[str]) -> Html:
    marks = join([fill("<mark>$label</mark> ", label=label) for label in labels if label])
    return fill(_HEADING, title=title, subtitle=subtitle, details=", ".join(filter(None, details)), labels=marks)


def _format_count(number: int, name: str) -> str:
    return f"{number:,} {name if number == 1 else name + 's'}"


def _render_tracks(state: State, words: str) -> Html:
    statement = "SELECT tracks.*, username FROM track_rows AS tracks JOIN users ON users.id = user_id"
    rows, summary = _find(state, statement, "tracks", words)
    return _render_list("Tracks", summary, [_render_track(row) for row in rows])


def _render_track(row: Row) -> Html:
    details = [
        format_duration(row["duration"]),
        row["genre"],
        _format_count(row["playback_count"], "play"),
        _format_count(row["favoritings_count"], "like"),
        _format_count(row["reposts_count"], "repost"),
        _format_count(row["comment_count"], "comment"),
        f"id {row['id']}",
    ]
    labels = ["private" if row["sharing"] == "private" else "", row["access"] if row["access"] != "playable" else ""]
    audio = fill(_AUDIO, number=row["id"], title=row["title"]) if row["access"] != "blocked" else Html("")
    heading = _render_heading(row["title"], row["username"], details, labels)
    return fill("<li><div>$heading</div>$audio</li>", heading=heading, audio=audio)


def _render_playlists(state: State, words: str) -> Html:
    statement = "SELECT playlists.*, username FROM playlist_rows AS playlists JOIN users ON users.id = user_id"
    rows, summary = _find(state, statement, "playlists", words)
    titles: dict[int, list[Html]] = {}
    contents = state.database.rows(
        "SELECT playlist_id, title FROM playlist_tracks JOIN tracks ON tracks.id = track_id"
        " WHERE playlist_id IN (SELECT value FROM json_each(?)) ORDER BY playlist_id, position",
        json.dumps([row["id"] for row in rows]),
    )
    for row in contents:
        titles.setdefault(row["playlist_id"], []).append(fill("<li>$title</li>", title=row["title"]))
    return _render_list("Playlists", summary, [_render_playlist(row, titles.get(row["id"], [])) for row in rows])


def _render_playlist(row: Row, titles: list[Html]) -> Html:
    details = [
        _format_count(row["track_count"], "track"),
        format_duration(row["duration"]),
        _format_count(row["likes_count"], "like"),
        f"id {row['id']}",
    ]
    labels = ["private" if row["sharing"] == "private" else "", row["set_type"]]
    heading = _render_heading(row["title"], row["username"], details, labels)
    inside = fill("<details><summary class=quiet>Show tracks</summary><ol>$titles</ol></details>", titles=join(titles))
    return fill("<li><div>$heading$inside</div></li>", heading=heading, inside=inside if titles else Html(""))


def _render_users(state: State, words: str) -> Html:
    rows, summary = _find(state, "SELECT users.* FROM user_rows AS users", "users", words)
    return _render_list(
        "Users", summary, [fill("<li><div>$heading</div></li>", heading=_render_user(row)) for row in rows]
    )


def _render_user(row: Row) -> Html:
    details = [
        row["city"] or "",
        _format_count(row["followers_count"], "follower"),
        f"follows {row['followings_count']:,}",
        _format_count(row["track_count"] + row["private_tracks_count"], "track"),
        _format_count(row["playlist_count"] + row["private_playlists_count"], "playlist"),
        f"likes {row['track_likes_count'] + row['playlist_likes_count']:,}",
        f"id {row['id']}",
    ]
    return _render_heading(row["username"], row["permalink"], details, [row["plan"] if row["plan"] != "Free" else ""])


def _render_requests(requests: Sequence[RecordedRequest]) -> Html:
    if not requests:
        return Html("")
    latest = requests[: -_MAX_REQUESTS - 1 : -1]
    table = fill("<table>$rows</table>", rows=join([_render_request(request) for request in latest]))
    return fill(_SECTION, title="Recent requests", summary=f"the latest {len(latest)}", content=table)


def _render_request(request: RecordedRequest) -> Html:
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    return fill(
        '<tr class="$kind"><td>$status</td><td><code>$method $target</code></td></tr>',
        kind="failed" if request.status is None or request.status >= 400 else "",
        status=request.status or "no response",
        method=request.method,
        target=f"{request.path}?{query}" if query else request.path,
    )
