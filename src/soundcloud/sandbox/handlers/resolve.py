"""Addresses of soundcloud.com, turned into those of the API."""

from urllib.parse import urlsplit

from soundcloud.sandbox.database import Row
from soundcloud.sandbox.exchange import Answer, Call, found, refused
from soundcloud.sandbox.lookups import views
from soundcloud.sandbox.table import handles

_HOSTS = frozenset({"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com"})
_USER = "SELECT * FROM users WHERE permalink = ?"
_TRACK = "SELECT * FROM tracks WHERE user_id = ? AND permalink = ?"
_PLAYLIST = "SELECT * FROM playlists WHERE user_id = ? AND permalink = ?"


@handles("get_resolve")
def resolve(call: Call) -> Answer:
    """Answer 302 to what an address names: a user, a track or a playlist."""
    url = call.query.get("url", "").strip()
    if not url:
        raise refused(400, "Parameter url is missing.")
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
    except ValueError:
        raise refused(404) from None
    # The secret token of a share link is the last part of its path.
    names = [name for name in parts.path.split("/") if name]
    token = names.pop() if len(names) > 2 and names[-1].startswith("s-") else None
    if parts.scheme not in {"http", "https"} or parts.hostname not in _HOSTS or not names:
        raise refused(404)
    user = call.state.database.row(_USER, names[0])
    if user is None:
        raise refused(404)
    match names[1:]:
        case []:
            return found(f"{call.state.api_url}/users/soundcloud:users:{user['id']}")
        case ["sets", permalink]:
            return _item(call, "playlists", call.state.database.row(_PLAYLIST, user["id"], permalink), token)
        case [permalink]:
            return _item(call, "tracks", call.state.database.row(_TRACK, user["id"], permalink), token)
        case _:
            raise refused(404)


def _item(call: Call, kind: str, row: Row | None, token: str | None) -> Answer:
    if row is None or not views(call).sees(row, token):
        raise refused(404)
    secret = f"?secret_token={row['secret_token']}" if row["sharing"] == "private" else ""
    return found(f"{call.state.api_url}/{kind}/soundcloud:{kind}:{row['id']}{secret}")
