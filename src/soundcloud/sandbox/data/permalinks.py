"""Resolution of URLs: permalinks of soundcloud.com and of the sandbox's own pages, and API URLs for the player."""

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


# The path of a station on soundcloud.com.
_STATION_PATH = re.compile(r"/discover/sets/((?:track|artist)-stations:[0-9]{1,18})/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ResolvedResource:
    """The resource of a URL; `kind` is `users`, `tracks` or `playlists`."""

    kind: str
    row: Row
    secret_token: str | None = None


def station_at(state: State, url: str) -> str | None:
    """Return the part after the kind of the URN of the station at a permalink, or None."""
    parts = _split_url(url if "://" in url else f"https://{url}")
    found = None if parts is None or not _is_permalink(state, parts) else _STATION_PATH.fullmatch(unquote(parts.path))
    return None if found is None else found[1]


def resolve_permalink(state: State, url: str) -> ResolvedResource | None:
    """Return the resource of a permalink, or None; the caller checks whether the viewer may see it."""
    parts = _split_url(url if "://" in url else f"https://{url}")
    if parts is None or not _is_permalink(state, parts):
        return None
    database = state.database
    # A private share URL ends with its secret token.
    names = [name for name in parts.path.split("/") if name]
    token = names.pop() if len(names) > 2 and names[-1].startswith("s-") else None
    user = database.row("SELECT id FROM users WHERE permalink = ?", names[0]) if names else None
    if user is None:
        return None
    match names[1:]:
        case []:
            return _load(database, "users", user)
        case ["sets", permalink]:
            statement = "SELECT id FROM playlists WHERE user_id = ? AND permalink = ?"
            return _load(database, "playlists", database.row(statement, user["id"], permalink), token)
        case [permalink]:
            statement = "SELECT id FROM tracks WHERE user_id = ? AND permalink = ?"
            return _load(database, "tracks", database.row(statement, user["id"], permalink), token)
        case _:
            return None


def resolve_embed(state: State, url: str) -> ResolvedResource | None:
    """Return the resource that the player shall play, or None if it is missing, or private without its secret token."""
    parts = _split_url(url)
    if parts is None or not _is_api_url(state, parts):
        resource = resolve_permalink(state, url)
    else:
        found = _API_PATH.fullmatch(unquote(parts.path))
        if found is None:
            return None
        row = state.database.row(_STATEMENTS[found[1]], int(found[2]))
        token = dict(parse_qsl(parts.query)).get("secret_token")
        resource = None if row is None else ResolvedResource(found[1], row, token)
    if resource is None or resource.kind == "users" or resource.row["sharing"] == "public":
        return resource
    return resource if resource.secret_token == resource.row["secret_token"] else None


def _split_url(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.scheme in {"http", "https"} and parts.hostname else None
    except ValueError:
        return None


def _is_permalink(state: State, parts: SplitResult) -> bool:
    return parts.hostname in _HOSTS or f"{parts.scheme}://{parts.netloc}" == state.media_url


def _is_api_url(state: State, parts: SplitResult) -> bool:
    return parts.hostname == _API_HOST or f"{parts.scheme}://{parts.netloc}" == state.api_url


def _load(database: Database, kind: str, row: Row | None, token: str | None = None) -> ResolvedResource | None:
    found = None if row is None else database.row(_STATEMENTS[kind], row["id"])
    return None if found is None else ResolvedResource(kind, found, token)
