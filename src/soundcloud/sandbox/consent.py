"""The page where a person lets an app in: who asks for what, as whom to answer, and where the answer goes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import NoReturn
from urllib.parse import urlencode, urlsplit, urlunsplit

from soundcloud.sandbox.database import Row
from soundcloud.sandbox.exchange import Answer, RefusedError
from soundcloud.sandbox.oauth import issue_code
from soundcloud.sandbox.problems import SandboxError
from soundcloud.sandbox.state import State

# What base64url makes of SHA-256, without padding: a verifier sent in its place is longer or shorter, mostly.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_FIELDS = ("client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "state")
_SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}

_STYLE = """
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f2f2f2; color: #222;
  font: 16px/1.5 system-ui, sans-serif; }
main { box-sizing: border-box; width: min(30rem, 92vw); padding: 2rem; border-radius: .75rem; background: #fff;
  box-shadow: 0 .5rem 2rem rgb(0 0 0 / .12); }
h1 { margin: 0 0 .5rem; font-size: 1.35rem; }
small { color: #666; } code { overflow-wrap: anywhere; }
label { display: block; margin-top: 1.25rem; font-weight: 600; }
select { width: 100%; margin-top: .35rem; padding: .6rem; font: inherit; }
div { display: flex; gap: .75rem; margin: 1.5rem 0 1rem; }
button { flex: 1; padding: .7rem; border: 1px solid #bbb; border-radius: .4rem; background: #fff; font: inherit;
  cursor: pointer; }
button[value=allow] { border-color: #c43e00; background: #c43e00; color: #fff; }
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an app asks of a person, checked.

    Attributes:
        challenge: The PKCE challenge.
        state: What the app gets back with the answer; None where it sent nothing.
    """

    challenge: str
    state: str | None


def read_wish(state: State, query: Mapping[str, str]) -> Wish:
    """Check what an app asks.

    Args:
        state: The sandbox.
        query: The query of the authorization address.

    Returns:
        What it asks.

    Raises:
        RefusedError: A page that says what is wrong, where the app is unknown or its redirect URI is another one;
            else a redirect that tells the app.
    """
    if query.get("client_id") != state.app.client_id:
        _refuse_page("invalid_client", "No app is registered with this client id.", query.get("client_id", ""))
    if query.get("redirect_uri") != state.app.redirect_uri:
        # SoundCloud shows a blank page here; the name of the error is its own.
        told = f"The registered address is {state.app.redirect_uri}; the app sent another one."
        _refuse_page("redirect_uri_mismatch", told, query.get("redirect_uri", ""))
    wish = Wish(query.get("code_challenge", ""), query.get("state"))
    if query.get("response_type") != "code":
        raise RefusedError(redirect(state, wish, error="unsupported_response_type"))
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(wish.challenge):
        raise RefusedError(redirect(state, wish, error="invalid_request"))
    return wish


def redirect(state: State, wish: Wish, **values: str) -> Answer:
    """Send the person back to the app, with an answer and the app's own `state`."""
    if wish.state is not None:
        values["state"] = wish.state
    parts = urlsplit(state.app.redirect_uri)
    query = "&".join(part for part in (parts.query, urlencode(values)) if part)
    location = urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))
    return Answer(None, 303, {"Location": location, "Cache-Control": "no-store"})


def decide(state: State, query: Mapping[str, str], username: str | None, *, allow: bool) -> Answer:
    """Answer an app in a person's name.

    Args:
        state: The sandbox.
        query: The query of the authorization address.
        username: The person's username or permalink; None for the default one.
        allow: Whether the app is let in.

    Returns:
        The redirect to the app.

    Raises:
        RefusedError: See `read_wish`.
        SandboxError: Nobody has that name.
    """
    wish = read_wish(state, query)
    if not allow:
        return redirect(state, wish, error="access_denied")
    return redirect(state, wish, code=issue_code(state.database, find_person(state, username), wish.challenge))


def find_person(state: State, username: str | None) -> int:
    """Find a person by username or permalink.

    Raises:
        SandboxError: Nobody has that name.
    """
    name = username or state.database.default_user
    statement = "SELECT id FROM users WHERE permalink = ? OR username = ? COLLATE NOCASE"
    row = state.database.row(statement, name, name)
    if row is None:
        some = ", ".join(people["permalink"] for people in _people(state)[:5])
        raise SandboxError(f"nobody in the sandbox is called {name!r}; there are {some} and others")
    return int(row["id"])


def page(state: State, query: Mapping[str, str]) -> Answer:
    """Make the page that asks a person.

    Raises:
        RefusedError: See `read_wish`.
    """
    read_wish(state, query)
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(query[name])}">' for name in _FIELDS if name in query
    )
    options = "".join(
        f'<option value="{escape(row["permalink"])}"{" selected" if row["permalink"] == state.database.default_user else ""}>'
        f"{escape(row['username'])} ({escape(row['city'])})</option>"
        for row in _people(state)
    )
    name = escape(state.app.name)
    return _page(
        200,
        f"Let {name} in?",
        f"""<p><strong>{name}</strong> asks to act for you: to read your profile, likes and playlists, private ones
included, and to like, follow, comment, upload, change and delete in your name.</p>
<form method="post" action="/authorize">{hidden}
<label for="username">Answer as</label><select id="username" name="username">{options}</select>
<div><button name="decision" value="refuse">Refuse</button><button name="decision" value="allow">Allow</button></div>
</form><small>The answer goes to <code>{escape(state.app.redirect_uri)}</code>.</small>""",
    )


def _people(state: State) -> list[Row]:
    return state.database.rows("SELECT permalink, username, city FROM users ORDER BY username COLLATE NOCASE")


def _refuse_page(name: str, told: str, sent: str) -> NoReturn:
    body = f"<p><code>{escape(name)}</code></p><p>{escape(told)}</p><p>Sent: <code>{escape(sent)}</code></p>"
    raise RefusedError(_page(400, "This cannot be asked", body))


def _page(status: int, title: str, body: str) -> Answer:
    content = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{_STYLE}</style></head>
<body><main><small>Sandbox: nothing here is SoundCloud's</small><h1>{title}</h1>{body}</main></body></html>
"""
    return Answer(content, status, _SAFE, "text/html; charset=utf-8")
