"""The page at the API's own address: the world, for a person who wants to see what their code did."""

import json
from collections.abc import Mapping, Sequence

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.text import fold
from soundcloud.sandbox.http.messages import Response, error_response, parse_resource_id, redirect
from soundcloud.sandbox.media.streams import PREVIEW_NAME, media_link
from soundcloud.sandbox.pages.html import Html, document, fill, join
from soundcloud.sandbox.state import ShownRequest, State

_SHOWN, _SHOWN_REQUESTS = 25, 10

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
<small>Sandbox: nothing here is SoundCloud's</small>
<h1>A SoundCloud of your own</h1>
<p class="quiet">API <code>$api_url</code>, sign-in <code>$auth_url</code>, client id <code>$client_id</code></p>
<dl>$counts</dl>
<form><input name="q" value="$words" aria-label="Search" placeholder="A title, a name, a tag"><button>Search</button></form>
$sections</main>"""
_SECTION = "<section><h2>$title <small>$told</small></h2>$content</section>"
_COUNT = "<div><dt>$name</dt><dd>$number</dd></div>"
_NAMED = '<strong>$title</strong><span class="quiet">$subtitle</span> $marks<p class="quiet">$told</p>'
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


def page(state: State, query: Mapping[str, str]) -> Response:
    """Show the world, the newest first.

    Args:
        state: The sandbox.
        query: The query of the address; with `q`, only what holds these words is shown.

    Returns:
        The page.
    """
    words = query.get("q", "")
    body = fill(
        _BODY,
        api_url=state.api_url,
        auth_url=state.auth_url,
        client_id=state.app.client_id,
        counts=join([fill(_COUNT, name=name, number=f"{number:,}") for name, number in _counts(state).items()]),
        words=words,
        sections=join(
            [_requests(state.last_requests()), _tracks(state, words), _playlists(state, words), _users(state, words)]
        ),
    )
    # Sound comes from a second origin.
    return document("The sandbox", body, _STYLE, sources=f"; media-src 'self' {state.media_url}; form-action 'self'")


def listen(state: State, name: str) -> Response:
    """Lead a player to a track's preview; whoever looks at this page may hear private tracks too."""
    row = state.database.row("SELECT * FROM tracks WHERE id = ?", parse_resource_id(name, "tracks"))
    if row is None or row["access"] == "blocked":
        return error_response(404)
    return redirect(media_link(state, row["id"], row["duration"], "preview", PREVIEW_NAME))


def health(state: State) -> Response:
    """Tell that requests are answered and that the data can be read."""
    return Response({"status": "ok", "users": _counts(state)["users"]}, headers={"Cache-Control": "no-store"})


def _counts(state: State) -> dict[str, int]:
    # Tables are named in this package.
    statement = "SELECT SUM(n) FROM (SELECT COUNT(*) AS n FROM {})"
    return {name: state.database.number(statement.format(tables)) for name, tables in _COUNTS.items()}


def _found(state: State, rows_of: str, table: str, words: str) -> tuple[list[Row], str]:
    """The newest rows that hold the words, and how many of how many that is."""
    condition, sought = _MATCHES.format(table=table), json.dumps(fold(words).split())
    # Tables are named in this package, never in a request.
    statement = f"{rows_of} WHERE {condition} ORDER BY {table}.id DESC LIMIT {_SHOWN}"
    rows = state.database.rows(statement, words=sought)
    whole = state.database.number(f"SELECT COUNT(*) FROM {table} WHERE {condition}", words=sought)  # noqa: S608
    return rows, f"the newest {len(rows)} of {whole:,}" if len(rows) < whole else f"{whole:,}"


def _list(title: str, told: str, entries: list[Html]) -> Html:
    content = fill("<ul>$entries</ul>", entries=join(entries)) if entries else Html('<p class="quiet">None.</p>')
    return fill(_SECTION, title=title, told=told, content=content)


def _named(title: str, subtitle: str, told: list[str], marks: list[str]) -> Html:
    shown = join([fill("<mark>$mark</mark> ", mark=mark) for mark in marks if mark])
    return fill(_NAMED, title=title, subtitle=subtitle, told=", ".join(part for part in told if part), marks=shown)


def _count(number: int, name: str) -> str:
    return f"{number:,} {name if number == 1 else name + 's'}"


def _clock(milliseconds: int) -> str:
    seconds = milliseconds // 1000
    return f"{seconds // 60}:{seconds % 60:02}"


def _tracks(state: State, words: str) -> Html:
    statement = "SELECT tracks.*, username FROM track_rows AS tracks JOIN users ON users.id = user_id"
    rows, told = _found(state, statement, "tracks", words)
    return _list("Tracks", told, [_track(row) for row in rows])


def _track(row: Row) -> Html:
    told = [
        _clock(row["duration"]),
        row["genre"],
        _count(row["playback_count"], "play"),
        _count(row["favoritings_count"], "like"),
        _count(row["reposts_count"], "repost"),
        _count(row["comment_count"], "comment"),
        str(row["id"]),
    ]
    marks = ["private" if row["sharing"] == "private" else "", row["access"] if row["access"] != "playable" else ""]
    audio = fill(_AUDIO, number=row["id"], title=row["title"]) if row["access"] != "blocked" else Html("")
    named = _named(row["title"], row["username"], told, marks)
    return fill("<li><div>$named</div>$audio</li>", named=named, audio=audio)


def _playlists(state: State, words: str) -> Html:
    statement = "SELECT playlists.*, username FROM playlist_rows AS playlists JOIN users ON users.id = user_id"
    rows, told = _found(state, statement, "playlists", words)
    titles: dict[int, list[Html]] = {}
    inside = state.database.rows(
        "SELECT playlist_id, title FROM playlist_tracks JOIN tracks ON tracks.id = track_id"
        " WHERE playlist_id IN (SELECT value FROM json_each(?)) ORDER BY playlist_id, position",
        json.dumps([row["id"] for row in rows]),
    )
    for row in inside:
        titles.setdefault(row["playlist_id"], []).append(fill("<li>$title</li>", title=row["title"]))
    return _list("Playlists", told, [_playlist(row, titles.get(row["id"], [])) for row in rows])


def _playlist(row: Row, titles: list[Html]) -> Html:
    told = [
        _count(row["track_count"], "track"),
        _clock(row["duration"]),
        _count(row["likes_count"], "like"),
        str(row["id"]),
    ]
    marks = ["private" if row["sharing"] == "private" else "", row["set_type"]]
    named = _named(row["title"], row["username"], told, marks)
    inside = fill(
        "<details><summary class=quiet>what is in it</summary><ol>$titles</ol></details>", titles=join(titles)
    )
    return fill("<li><div>$named$inside</div></li>", named=named, inside=inside if titles else Html(""))


def _users(state: State, words: str) -> Html:
    rows, told = _found(state, "SELECT users.* FROM user_rows AS users", "users", words)
    return _list("Users", told, [fill("<li><div>$named</div></li>", named=_user(row)) for row in rows])


def _user(row: Row) -> Html:
    told = [
        row["city"] or "",
        _count(row["followers_count"], "follower"),
        f"follows {row['followings_count']:,}",
        _count(row["track_count"] + row["private_tracks_count"], "track"),
        _count(row["playlist_count"] + row["private_playlists_count"], "playlist"),
        f"likes {row['track_likes_count'] + row['playlist_likes_count']:,}",
        str(row["id"]),
    ]
    return _named(row["username"], row["permalink"], told, [row["plan"] if row["plan"] != "Free" else ""])


def _requests(requests: Sequence[ShownRequest]) -> Html:
    if not requests:
        return Html("")
    latest = requests[: -_SHOWN_REQUESTS - 1 : -1]
    table = fill("<table>$rows</table>", rows=join([_request(request) for request in latest]))
    return fill(_SECTION, title="Last requests", told=f"the latest {len(latest)}", content=table)


def _request(request: ShownRequest) -> Html:
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    return fill(
        '<tr class="$kind"><td>$status</td><td><code>$method $target</code></td></tr>',
        kind="failed" if request.status is None or request.status >= 400 else "",
        status=request.status or "no reply",
        method=request.method,
        target=f"{request.path}?{query}" if query else request.path,
    )
