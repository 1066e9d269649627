"""The consent page, where a user allows an app to act for them."""

import re
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

from soundcloud._protocol.http.urls import is_loopback
from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.searching import Search
from soundcloud.sandbox.errors import SandboxError
from soundcloud.sandbox.http.messages import Response, ResponseError
from soundcloud.sandbox.oauth.grants import issue_code
from soundcloud.sandbox.pages.html import Html, fill, join, make_page
from soundcloud.sandbox.state import State

# The length of a base64url SHA-256 without padding. Most verifiers are longer and fail if sent as a challenge.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_FIELDS = ("client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "state")

_STYLE = """
body { display: grid; place-items: center; padding: 1rem; }
main { width: min(30rem, 100%); padding: 1.75rem; border-radius: .75rem; background: var(--card);
  box-shadow: 0 .5rem 2rem rgb(0 0 0 / .12); }
h1 { margin: .25rem 0 .75rem; font-size: 1.35rem; line-height: 1.3; }
ul { margin: .5rem 0 0; padding-left: 1.25rem; }
label { display: block; margin-top: 1.25rem; font-weight: 600; }
select, input, textarea { width: 100%; min-width: 0; min-height: 2.75rem; margin-top: .35rem; }
textarea { height: 9rem; font: .875em/1.5 ui-monospace, monospace; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: .4rem; padding: .6rem; }
div { display: flex; gap: .75rem; margin: 1.5rem 0 1rem; }
div.search { margin: 0; align-items: end; }
div.search button { flex: none; min-height: 2.75rem; padding: .6rem 1rem; }
button { flex: 1; padding: .75rem; }
a { color: var(--accent); }
p.next a { display: inline-block; min-height: 1.5rem; }
"""
_BODY = """<main><small>Sandbox, not connected to SoundCloud</small><h1>$title</h1>$content</main>"""
_CONSENT = """<p>If you allow it, <strong>$app</strong> can:</p>
<ul><li>read your profile, likes and playlists, including private ones,</li>
<li>like, repost, comment and follow in your name,</li>
<li>upload, change and delete your tracks and playlists.</li></ul>
<form action="/authorize">$hidden
<label for="find">Find a user</label><div class="search"><input id="find" name="find" type="search" value="$find"
autocomplete="off"><button>Search</button></div></form>
<form method="post" action="/authorize">$hidden
<label for="username">Sign in as</label><select id="username" name="username" aria-describedby="shown">$users</select>
<small id="shown">$shown No password is needed.</small>
<div><button name="decision" value="refuse">Refuse</button>
<button class="main" name="decision" value="allow">Allow</button></div>
</form><small>Then your browser returns to the app, at <code>$redirect_uri</code>.</small>"""
_AWAY = """<p>The redirect URI <code>$redirect_uri</code> is not a page on this machine, so the sandbox does not redirect your
browser. Copy this URL into the app, or open it:</p>
<label for="url">URL</label><textarea id="url" readonly spellcheck="false">$location</textarea>
<p class="next"><a href="$location">Open the URL</a></p>
<small>$contents</small>"""
_MOST_USERS = 100  # in the list of the page
_ERROR = "<p>The app sent: <code>$value</code></p><p>$message</p><p>Error: <code>$name</code></p>"


def check_request(state: State, query: Mapping[str, str]) -> None:
    """Validate an authorization request; raise an error page, or a redirect with `error` once the redirect URI is valid."""
    if query.get("client_id") != state.app.client_id:
        message = f"This is not the client id of the sandbox's app. Use {state.app.client_id}."
        _fail("invalid_client", message, query.get("client_id", ""))
    if query.get("redirect_uri") != state.app.redirect_uri:
        # SoundCloud shows a blank page here; the name of the error is SoundCloud's.
        message = (
            f"This is not the redirect URI of the sandbox's app. Use {state.app.redirect_uri}, or start the sandbox"
            " with another --redirect-uri."
        )
        _fail("redirect_uri_mismatch", message, query.get("redirect_uri", ""))
    if query.get("response_type") != "code":
        raise ResponseError(_redirect_to_app(state, query, error="unsupported_response_type"))
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(query.get("code_challenge", "")):
        raise ResponseError(_redirect_to_app(state, query, error="invalid_request"))


def _redirect_to_app(state: State, query: Mapping[str, str], **values: str) -> Response:
    if "state" in query:
        values["state"] = query["state"]
    parts = urlsplit(state.app.redirect_uri)
    location = parts._replace(query="&".join(part for part in (parts.query, urlencode(values)) if part)).geturl()
    return Response(None, 303, {"Location": location, "Cache-Control": "no-store"})


def decide(state: State, query: Mapping[str, str], username: str | None, *, allow: bool) -> Response:
    """Answer an authorization request for a user and return the redirect to the app."""
    check_request(state, query)
    if not allow:
        return _redirect_to_app(state, query, error="access_denied")
    code = issue_code(state.database, find_user(state, username), query["code_challenge"])
    return _redirect_to_app(state, query, code=code)


def find_user(state: State, username: str | None) -> int:
    """Return the id of the user with a username or permalink; None is the default user."""
    if not isinstance(username, str | None):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise SandboxError(
            f"the user is of type {type(username).__name__}: pass a username or permalink, such as user.permalink"
        )
    name = username or state.database.default_user
    statement = "SELECT id FROM users WHERE permalink = ? OR username = ? COLLATE NOCASE"
    row = state.database.row(statement, name, name)
    if row is None:
        found = state.database.rows("SELECT permalink FROM users ORDER BY username COLLATE NOCASE LIMIT 5")
        examples = ", ".join(user["permalink"] for user in found)
        raise SandboxError(f"there is no user {name!r} in the sandbox: use {examples} or another one")
    return int(row["id"])


def page(state: State, query: Mapping[str, str]) -> Response:
    """Return the consent page."""
    check_request(state, query)
    fields = [(name, query[name]) for name in _FIELDS if name in query]
    hidden = [
        fill('<input type="hidden" name="$name" value="$value">', name=name, value=value) for name, value in fields
    ]
    default, find = state.database.default_user, query.get("find", "").strip()
    users, shown = _find_users(state, find)
    title = f"Let {state.app.name} use your account?"
    content = fill(
        _CONSENT,
        app=state.app.name,
        hidden=join(hidden),
        find=find,
        users=join([_option(row, selected=row["permalink"] == default) for row in users]),
        shown=shown,
        redirect_uri=state.app.redirect_uri,
    )
    return make_page(title, fill(_BODY, title=title, content=content), _STYLE)


def _option(row: Row, *, selected: bool) -> Html:
    return fill(
        '<option value="$permalink"$selected>$name</option>',
        permalink=row["permalink"],
        selected=" selected" if selected else "",
        name=f"{row['username']} ({row['city']})" if row["city"] else row["username"],
    )


def _find_users(state: State, find: str) -> tuple[list[Row], str]:
    """Return the users with some words, or all if there are none, by name and as many as the page lists, and a note."""
    database, search = state.database, Search("users", find)
    total = database.number(f"SELECT COUNT(*) FROM ({search.statement()})", **search.values)  # noqa: S608
    note = f'No user matches "{find}". ' if find and not total else ""
    if note:
        search = Search("users", "")
        total = database.number("SELECT COUNT(*) FROM users")
    rows = database.rows(
        # The default user is on the list, which is then sorted.
        f"SELECT permalink, username, city FROM users WHERE id IN ({search.statement()})"  # noqa: S608
        " ORDER BY permalink = :default DESC, username COLLATE NOCASE LIMIT :most",
        default=database.default_user,
        most=_MOST_USERS,
        **search.values,
    )
    rows.sort(key=lambda row: row["username"].lower())
    count = f"{total:,} {'user' if total == 1 else 'users'}"
    if total > len(rows):
        return rows, f"{note}{len(rows)} of {count} are listed. Search to find the others."
    return rows, f"{note}{count} in the sandbox." if note or not find else f"{count} found."


def show_unreachable(state: State, response: Response) -> Response:
    """Return a page with the URL of a redirect that a browser cannot follow, or the response as it is.

    Such a URL has the scheme of an app, such as `myapp://callback`, or is an https URL of another machine: the sandbox is for
    apps on this machine, and its code is of no use at a real site.
    """
    location = response.headers.get("Location")
    parts = urlsplit(state.app.redirect_uri)
    if location is None or parts.scheme == "http" or (parts.scheme == "https" and is_loopback(parts.hostname or "")):
        return response
    refused = "error" in dict(parse_qsl(urlsplit(location).query))
    title = "Return to the app"
    contents = (
        "The URL contains an error instead of an authorization code."
        if refused
        else "The URL contains an authorization code, which works once and for ten minutes."
    )
    content = fill(_AWAY, redirect_uri=state.app.redirect_uri, location=location, contents=contents)
    return make_page(title, fill(_BODY, title=title, content=content), _STYLE)


def _fail(name: str, message: str, value: str) -> NoReturn:
    title = "Invalid authorization request"
    content = fill(_ERROR, name=name, message=message, value=value or "(nothing)")
    raise ResponseError(make_page(title, fill(_BODY, title=title, content=content), _STYLE, status=400))
