"""What an address names: links of soundcloud.com, and those of the API for the player."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from soundcloud.sandbox.data.database import Database, Row
from soundcloud.sandbox.state import State

_HOSTS = frozenset({"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com"})
_API_HOST = "api.soundcloud.com"
_API_PATH = re.compile(r"/(tracks|playlists|users)/([0-9]{1,18})/?", re.ASCII)
_STATEMENTS = {
    "users": "SELECT * FROM user_rows WHERE id = ?",
    "tracks": "SELECT * FROM track_rows WHERE id = ?",
    "playlists": "SELECT * FROM playlist_rows WHERE id = ?",
}


@dataclass(frozen=True, slots=True)
class ResolvedResource:
    """What an address names.

    Attributes:
        kind: `users`, `tracks` or `playlists`.
        row: The user, track or playlist.
        secret_token: The token of a share link; None where there is none.
    """

    kind: str
    row: Row
    secret_token: str | None = None


def resolve_permalink(database: Database, url: str) -> ResolvedResource | None:
    """Find what a link of soundcloud.com names; who may see it is another question.

    Args:
        database: The data.
        url: The link; `https://` may be missing.

    Returns:
        What it names, or None.
    """
    parts = _split(url if "://" in url else f"https://{url}")
    if parts is None or parts.hostname not in _HOSTS:
        return None
    # The secret token of a share link is the last part of its path.
    names = [name for name in parts.path.split("/") if name]
    token = names.pop() if len(names) > 2 and names[-1].startswith("s-") else None
    user = database.row("SELECT id FROM users WHERE permalink = ?", names[0]) if names else None
    if user is None:
        return None
    match names[1:]:
        case []:
            return _named(database, "users", user)
        case ["sets", permalink]:
            statement = "SELECT id FROM playlists WHERE user_id = ? AND permalink = ?"
            return _named(database, "playlists", database.row(statement, user["id"], permalink), token)
        case [permalink]:
            statement = "SELECT id FROM tracks WHERE user_id = ? AND permalink = ?"
            return _named(database, "tracks", database.row(statement, user["id"], permalink), token)
        case _:
            return None


def resolve_embed(state: State, url: str) -> ResolvedResource | None:
    """Find what the player is asked to play: a link of soundcloud.com, or the API's with a plain number.

    URNs are not understood, as SoundCloud's player does not understand them.

    Args:
        state: The sandbox.
        url: The address, of SoundCloud's API or of the sandbox's.

    Returns:
        What it names, or None where there is no such thing or it is private and the token of its share link is missing.
    """
    parts = _split(url)
    if parts is None or not _of_api(state, parts):
        named = resolve_permalink(state.database, url)
    else:
        found = _API_PATH.fullmatch(unquote(parts.path))
        if found is None:
            return None
        row = state.database.row(_STATEMENTS[found[1]], int(found[2]))
        token = dict(parse_qsl(parts.query)).get("secret_token")
        named = None if row is None else ResolvedResource(found[1], row, token)
    if named is None or named.kind == "users" or named.row["sharing"] == "public":
        return named
    return named if named.secret_token == named.row["secret_token"] else None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.scheme in {"http", "https"} and parts.hostname else None
    except ValueError:
        return None


def _of_api(state: State, parts: SplitResult) -> bool:
    return parts.hostname == _API_HOST or f"{parts.scheme}://{parts.netloc}" == state.api_url


def _named(database: Database, kind: str, row: Row | None, token: str | None = None) -> ResolvedResource | None:
    whole = None if row is None else database.row(_STATEMENTS[kind], row["id"])
    return None if whole is None else ResolvedResource(kind, whole, token)
