"""Users and their lists, and the same lists of the signed-in user.

The lists of a user who does not exist are empty, as with SoundCloud, unless the document has a 404 for them.
"""

from collections.abc import Callable
from functools import partial

from soundcloud.sandbox.data.queries import find_user, make_serializer, read_owner
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS, EVERY_ACCESS
from soundcloud.sandbox.data.text import format_timestamp
from soundcloud.sandbox.http.messages import Request, Response
from soundcloud.sandbox.http.pagination import page_by_cursor, page_by_offset, read_access, read_flag, read_order
from soundcloud.sandbox.http.routing import handles

_RELATED = """
SELECT two.user_id AS item FROM followings AS one JOIN followings AS two ON two.followed_id = one.followed_id
WHERE one.user_id = :user AND two.user_id != one.user_id GROUP BY two.user_id ORDER BY COUNT(*) DESC, two.user_id
"""


def _list_tracks(request: Request, statement: str, owner: int, order: int = -1) -> Response:
    """Return a page of tracks; the lists of the signed-in user include blocked tracks by default."""
    levels = read_access(request, DEFAULT_ACCESS if "user_urn" in request.path else EVERY_ACCESS)
    write = partial(make_serializer(request).tracks, access=levels)
    return page_by_cursor(request, statement, write, array=True, order=order, owner=owner)


def _list_playlists(request: Request, statement: str, owner: int, order: int = -1) -> Response:
    levels, show_tracks = read_access(request, DEFAULT_ACCESS), read_flag(request, "show_tracks", default=True)
    write = partial(make_serializer(request).playlists, access=levels, show_tracks=show_tracks)
    return page_by_cursor(request, statement, write, array=True, order=order, owner=owner)


@handles("get_users_user_urn")
def get_user(request: Request) -> Response:
    """Return a user."""
    return Response(make_serializer(request).user(find_user(request)))


@handles("get_users_user_urn_tracks", "get_me_tracks")
def list_tracks(request: Request) -> Response:
    """List the tracks of a user in the order of `sort`."""
    statement = "SELECT id AS key, id AS item FROM tracks WHERE user_id = :owner"
    return _list_tracks(request, statement, read_owner(request), read_order(request))


@handles("get_users_user_urn_playlists", "get_me_playlists")
def list_playlists(request: Request) -> Response:
    """List the playlists of a user, newest first; those of the signed-in user oldest first."""
    statement = "SELECT id AS key, id AS item FROM playlists WHERE user_id = :owner"
    return _list_playlists(request, statement, read_owner(request), order=-1 if "user_urn" in request.path else 1)


@handles("get_users_user_urn_favorites")
def list_favorites(request: Request) -> Response:
    """List the tracks that a user likes, under the older path."""
    statement = "SELECT id AS key, item_id AS item FROM track_likes WHERE user_id = :owner"
    return _list_tracks(request, statement, read_owner(request))


def _register_reactions(reaction: str, kind: str, list_items: Callable[[Request, str, int], Response]) -> None:
    """Register the list of tracks or playlists that a user likes or reposted, the latest first."""
    statement = f"SELECT id AS key, item_id AS item FROM {kind}_{reaction} WHERE user_id = :owner"  # noqa: S608 - constants

    def list_reactions(request: Request) -> Response:
        return list_items(request, statement, read_owner(request, must_exist=True))

    handles(f"get_users_user_urn_{reaction}_{kind}s", f"get_me_{reaction}_{kind}s")(list_reactions)


for _reaction in ("likes", "reposts"):
    _register_reactions(_reaction, "track", _list_tracks)
    _register_reactions(_reaction, "playlist", _list_playlists)


@handles("get_users_user_urn_related")
def list_related(request: Request) -> Response:
    """List users who follow the same users."""
    user_id = find_user(request)["id"]
    return page_by_offset(request, _RELATED, make_serializer(request).users, array=True, user=user_id)


@handles("get_users_user_urn_web_profiles")
def list_web_profiles(request: Request) -> Response:
    """List the links of a user's profile, always as a bare array."""
    rows = request.state.database.rows("SELECT * FROM web_profiles WHERE user_id = ? ORDER BY id", read_owner(request))
    return Response(
        [
            {
                "created_at": format_timestamp(row["created_at"]),
                "id": row["id"],
                "kind": "web-profile",
                "service": row["service"],
                "title": row["title"],
                "url": row["url"],
                "urn": f"soundcloud:web-profiles:{row['id']}",
                "username": row["username"],
            }
            for row in rows
        ]
    )
