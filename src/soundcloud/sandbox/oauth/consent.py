"""The page where a person lets an app in: who asks for what, as whom to answer, and where the answer goes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlencode, urlsplit, urlunsplit

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.errors import SandboxError
from soundcloud.sandbox.http.messages import Response, ResponseError
from soundcloud.sandbox.oauth.grants import issue_code
from soundcloud.sandbox.pages.html import Html, fill, join, make_page
from soundcloud.sandbox.state import State

# What base64url makes of SHA-256, without padding: a verifier sent in its place is longer or shorter, mostly.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_FIELDS = ("client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "state")

_STYLE = """
body { display: grid; place-items: center; padding: 1rem; }
main { width: min(30rem, 100%); padding: 1.75rem; border-radius: .75rem; background: var(--card);
  box-shadow: 0 .5rem 2rem rgb(0 0 0 / .12); }
h1 { margin: .25rem 0 .75rem; font-size: 1.35rem; line-height: 1.3; }
ul { margin: .5rem 0 0; padding-left: 1.25rem; }
label { display: block; margin-top: 1.25rem; font-weight: 600; }
select { width: 100%; margin-top: .35rem; }
div { display: flex; gap: .75rem; margin: 1.5rem 0 1rem; }
button { flex: 1; padding: .75rem; }
"""
_BODY = """<main><small>Sandbox: nothing here is SoundCloud's</small><h1>$title</h1>$content</main>"""
_QUESTION = """<p><strong>$app</strong> asks to act for you. It could</p>
<ul><li>read your profile, likes and playlists, private ones included;</li>
<li>like, repost, comment and follow in your name;</li>
<li>upload, change and delete your tracks and playlists.</li></ul>
<form method="post" action="/authorize">$hidden
<label for="username">Answer as</label><select id="username" name="username">$people</select>
<div><button name="decision" value="refuse">Refuse</button>
<button class="main" name="decision" value="allow">Allow</button></div>
</form><small>The answer goes to <code>$redirect_uri</code>.</small>"""
_REFUSAL = "<p><code>$name</code></p><p>$told</p><p>Sent: <code>$sent</code></p>"


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
        ResponseError: A page that says what is wrong, where the app is unknown or its redirect URI is another one;
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
        raise ResponseError(redirect(state, wish, error="unsupported_response_type"))
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(wish.challenge):
        raise ResponseError(redirect(state, wish, error="invalid_request"))
    return wish


def redirect(state: State, wish: Wish, **values: str) -> Response:
    """Send the person back to the app, with an answer and the app's own `state`."""
    if wish.state is not None:
        values["state"] = wish.state
    parts = urlsplit(state.app.redirect_uri)
    query = "&".join(part for part in (parts.query, urlencode(values)) if part)
    location = urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))
    return Response(None, 303, {"Location": location, "Cache-Control": "no-store"})


def decide(state: State, query: Mapping[str, str], username: str | None, *, allow: bool) -> Response:
    """Answer an app in a person's name.

    Args:
        state: The sandbox.
        query: The query of the authorization address.
        username: The person's username or permalink; None for the default one.
        allow: Whether the app is let in.

    Returns:
        The redirect to the app.

    Raises:
        ResponseError: See `read_wish`.
        SandboxError: Nobody has that name.
    """
    wish = read_wish(state, query)
    if not allow:
        return redirect(state, wish, error="access_denied")
    return redirect(state, wish, code=issue_code(state.database, find_user(state, username), wish.challenge))


def find_user(state: State, username: str | None) -> int:
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


def page(state: State, query: Mapping[str, str]) -> Response:
    """Make the page that asks a person.

    Raises:
        ResponseError: See `read_wish`.
    """
    read_wish(state, query)
    sent = {name: query[name] for name in _FIELDS if name in query}
    hidden = [fill('<input type="hidden" name="$name" value="$value">', name=name, value=sent[name]) for name in sent]
    default = state.database.default_user
    title = f"Let {state.app.name} in?"
    content = fill(
        _QUESTION,
        app=state.app.name,
        hidden=join(hidden),
        people=join([_option(row, selected=row["permalink"] == default) for row in _people(state)]),
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


def _people(state: State) -> list[Row]:
    return state.database.rows("SELECT permalink, username, city FROM users ORDER BY username COLLATE NOCASE")


def _refuse_page(name: str, told: str, sent: str) -> NoReturn:
    title = "This cannot be asked"
    content = fill(_REFUSAL, name=name, told=told, sent=sent)
    raise ResponseError(make_page(title, fill(_BODY, title=title, content=content), _STYLE, status=400))
