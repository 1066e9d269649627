"""Users and their lists, and the same lists of the person who asks.

Where SoundCloud's document knows no 404, the lists of a user who does not exist are empty, as SoundCloud's are.
"""

from soundcloud.sandbox.data.queries import find_user, make_serializer
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS, EVERY_ACCESS
from soundcloud.sandbox.data.text import format_timestamp
from soundcloud.sandbox.http.messages import HTTPError, Request, Response
from soundcloud.sandbox.http.pagination import page_by_cursor, page_by_offset, read_access, read_flag, read_order
from soundcloud.sandbox.http.routing import handles

_FOLLOWS = "SELECT 1 FROM followings WHERE user_id = ? AND followed_id = ?"
_RELATED = """
SELECT two.user_id AS item FROM followings AS one JOIN followings AS two ON two.followed_id = one.followed_id
WHERE one.user_id = ? AND two.user_id != one.user_id GROUP BY two.user_id ORDER BY COUNT(*) DESC, two.user_id
"""


def _owner(request: Request, *, must_exist: bool = False) -> int:
    """The user of the path, or the person who asks where the path says `me`."""
    if "user_urn" not in request.path:
        return request.user_id
    return int(find_user(request)["id"]) if must_exist else request.resource_id("user_urn", "users")


def _tracks(request: Request, statement: str, access: frozenset[str], owner: int, order: int = -1) -> Response:
    levels, seen = read_access(request, access), make_serializer(request)
    return page_by_cursor(
        request, statement, lambda page: seen.tracks(page, levels), array=True, order=order, owner=owner
    )


def _playlists(request: Request, statement: str, owner: int, order: int = -1) -> Response:
    levels, show_tracks, seen = (
        read_access(request, DEFAULT_ACCESS),
        read_flag(request, "show_tracks", default=True),
        make_serializer(request),
    )
    return page_by_cursor(
        request,
        statement,
        lambda page: seen.playlists(page, levels, show_tracks=show_tracks),
        array=True,
        order=order,
        owner=owner,
    )


@handles("get_users_user_urn")
def user(request: Request) -> Response:
    """Show one user."""
    return Response(make_serializer(request).user(find_user(request)))


@handles("get_users_user_urn_followers", "get_me_followers")
def followers(request: Request) -> Response:
    """List followers, the latest first."""
    statement = "SELECT id AS key, user_id AS item FROM followings WHERE followed_id = :owner"
    return page_by_cursor(request, statement, make_serializer(request).users, owner=_owner(request))


@handles("get_users_user_urn_followings", "get_me_followings")
def followings(request: Request) -> Response:
    """List whom somebody follows, the latest first."""
    statement = "SELECT id AS key, followed_id AS item FROM followings WHERE user_id = :owner"
    return page_by_cursor(request, statement, make_serializer(request).users, owner=_owner(request))


@handles("get_users_user_urn_followings_following_urn")
def following(request: Request) -> Response:
    """Show a user whom another one follows."""
    other = find_user(request, "following_urn")
    if request.state.database.row(_FOLLOWS, find_user(request)["id"], other["id"]) is None:
        raise HTTPError(404)
    return Response(make_serializer(request).user(other))


@handles("get_users_user_urn_tracks")
def tracks(request: Request) -> Response:
    """List a user's tracks, in the order that `sort` says."""
    statement = "SELECT id AS key, id AS item FROM tracks WHERE user_id = :owner"
    return _tracks(request, statement, DEFAULT_ACCESS, _owner(request), read_order(request))


@handles("get_me_tracks")
def my_tracks(request: Request) -> Response:
    """List one's own tracks, private ones included."""
    statement = "SELECT id AS key, id AS item FROM tracks WHERE user_id = :owner"
    return _tracks(request, statement, EVERY_ACCESS, request.user_id, read_order(request))


@handles("get_users_user_urn_playlists")
def playlists(request: Request) -> Response:
    """List a user's playlists, newest first."""
    return _playlists(request, "SELECT id AS key, id AS item FROM playlists WHERE user_id = :owner", _owner(request))


@handles("get_me_playlists")
def my_playlists(request: Request) -> Response:
    """List one's own playlists, oldest first, private ones included."""
    return _playlists(
        request, "SELECT id AS key, id AS item FROM playlists WHERE user_id = :owner", request.user_id, order=1
    )


@handles("get_users_user_urn_likes_tracks")
def liked_tracks(request: Request) -> Response:
    """List the tracks that a user likes, the latest first."""
    statement = "SELECT id AS key, item_id AS item FROM track_likes WHERE user_id = :owner"
    return _tracks(request, statement, DEFAULT_ACCESS, _owner(request, must_exist=True))


@handles("get_me_likes_tracks")
def my_liked_tracks(request: Request) -> Response:
    """List the tracks that one likes, blocked ones included unless `access` says otherwise."""
    statement = "SELECT id AS key, item_id AS item FROM track_likes WHERE user_id = :owner"
    return _tracks(request, statement, EVERY_ACCESS, request.user_id)


@handles("get_users_user_urn_favorites")
def favorites(request: Request) -> Response:
    """List the tracks that a user likes, by the older name."""
    statement = "SELECT id AS key, item_id AS item FROM track_likes WHERE user_id = :owner"
    return _tracks(request, statement, DEFAULT_ACCESS, _owner(request))


@handles("get_users_user_urn_likes_playlists", "get_me_likes_playlists")
def liked_playlists(request: Request) -> Response:
    """List the playlists that somebody likes, the latest first."""
    statement = "SELECT id AS key, item_id AS item FROM playlist_likes WHERE user_id = :owner"
    return _playlists(request, statement, _owner(request, must_exist=True))


@handles("get_users_user_urn_reposts_tracks")
def reposted_tracks(request: Request) -> Response:
    """List the tracks that a user reposted, the latest first."""
    statement = "SELECT id AS key, item_id AS item FROM track_reposts WHERE user_id = :owner"
    return _tracks(request, statement, DEFAULT_ACCESS, _owner(request, must_exist=True))


@handles("get_me_reposts_tracks")
def my_reposted_tracks(request: Request) -> Response:
    """List the tracks that one reposted, blocked ones included unless `access` says otherwise."""
    statement = "SELECT id AS key, item_id AS item FROM track_reposts WHERE user_id = :owner"
    return _tracks(request, statement, EVERY_ACCESS, request.user_id)


@handles("get_users_user_urn_reposts_playlists", "get_me_reposts_playlists")
def reposted_playlists(request: Request) -> Response:
    """List the playlists that somebody reposted, the latest first."""
    statement = "SELECT id AS key, item_id AS item FROM playlist_reposts WHERE user_id = :owner"
    return _playlists(request, statement, _owner(request, must_exist=True))


@handles("get_users_user_urn_related")
def related(request: Request) -> Response:
    """List users who follow the same people."""
    rows = request.state.database.rows(_RELATED, find_user(request)["id"])
    return page_by_offset(request, rows, make_serializer(request).users, array=True)


@handles("get_users_user_urn_web_profiles")
def web_profiles(request: Request) -> Response:
    """List the links of a user's profile; always a bare array."""
    rows = request.state.database.rows("SELECT * FROM web_profiles WHERE user_id = ? ORDER BY id", _owner(request))
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
