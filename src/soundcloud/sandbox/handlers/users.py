"""Users and their lists, and the same lists of the person who asks.

Where SoundCloud's document knows no 404, the lists of a user who does not exist are empty, as SoundCloud's are.
"""

from soundcloud.sandbox.data.lookups import user_row, views
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS, EVERY_ACCESS
from soundcloud.sandbox.data.text import timestamp
from soundcloud.sandbox.http.messages import Answer, Call, refused
from soundcloud.sandbox.http.pagination import access_levels, direction, flag, page_by_key, page_by_offset
from soundcloud.sandbox.http.routing import handles

_FOLLOWS = "SELECT 1 FROM followings WHERE user_id = ? AND followed_id = ?"
_RELATED = """
SELECT two.user_id AS item FROM followings AS one JOIN followings AS two ON two.followed_id = one.followed_id
WHERE one.user_id = ? AND two.user_id != one.user_id GROUP BY two.user_id ORDER BY COUNT(*) DESC, two.user_id
"""


def _owner(call: Call, *, must_exist: bool = False) -> int:
    """The user of the path, or the person who asks where the path says `me`."""
    if "user_urn" not in call.path:
        return call.person
    return int(user_row(call)["id"]) if must_exist else call.number("user_urn", "users")


def _tracks(call: Call, statement: str, access: frozenset[str], owner: int, order: int = -1) -> Answer:
    levels, seen = access_levels(call, access), views(call)
    return page_by_key(call, statement, lambda page: seen.tracks(page, levels), array=True, order=order, owner=owner)


def _playlists(call: Call, statement: str, owner: int, order: int = -1) -> Answer:
    levels, show_tracks, seen = (
        access_levels(call, DEFAULT_ACCESS),
        flag(call, "show_tracks", default=True),
        views(call),
    )
    return page_by_key(
        call,
        statement,
        lambda page: seen.playlists(page, levels, show_tracks=show_tracks),
        array=True,
        order=order,
        owner=owner,
    )


@handles("get_users_user_urn")
def user(call: Call) -> Answer:
    """Show one user."""
    return Answer(views(call).user(user_row(call)))


@handles("get_users_user_urn_followers", "get_me_followers")
def followers(call: Call) -> Answer:
    """List followers, the latest first."""
    statement = "SELECT id AS key, user_id AS item FROM followings WHERE followed_id = :owner"
    return page_by_key(call, statement, views(call).users, owner=_owner(call))


@handles("get_users_user_urn_followings", "get_me_followings")
def followings(call: Call) -> Answer:
    """List whom somebody follows, the latest first."""
    statement = "SELECT id AS key, followed_id AS item FROM followings WHERE user_id = :owner"
    return page_by_key(call, statement, views(call).users, owner=_owner(call))


@handles("get_users_user_urn_followings_following_urn")
def following(call: Call) -> Answer:
    """Show a user whom another one follows."""
    other = user_row(call, "following_urn")
    if call.state.database.row(_FOLLOWS, user_row(call)["id"], other["id"]) is None:
        raise refused(404)
    return Answer(views(call).user(other))


@handles("get_users_user_urn_tracks")
def tracks(call: Call) -> Answer:
    """List a user's tracks, in the order that `sort` says."""
    statement = "SELECT id AS key, id AS item FROM tracks WHERE user_id = :owner"
    return _tracks(call, statement, DEFAULT_ACCESS, _owner(call), direction(call))


@handles("get_me_tracks")
def my_tracks(call: Call) -> Answer:
    """List one's own tracks, private ones included."""
    statement = "SELECT id AS key, id AS item FROM tracks WHERE user_id = :owner"
    return _tracks(call, statement, EVERY_ACCESS, call.person, direction(call))


@handles("get_users_user_urn_playlists")
def playlists(call: Call) -> Answer:
    """List a user's playlists, newest first."""
    return _playlists(call, "SELECT id AS key, id AS item FROM playlists WHERE user_id = :owner", _owner(call))


@handles("get_me_playlists")
def my_playlists(call: Call) -> Answer:
    """List one's own playlists, oldest first, private ones included."""
    return _playlists(call, "SELECT id AS key, id AS item FROM playlists WHERE user_id = :owner", call.person, order=1)


@handles("get_users_user_urn_likes_tracks")
def liked_tracks(call: Call) -> Answer:
    """List the tracks that a user likes, the latest first."""
    statement = "SELECT id AS key, item_id AS item FROM track_likes WHERE user_id = :owner"
    return _tracks(call, statement, DEFAULT_ACCESS, _owner(call, must_exist=True))


@handles("get_me_likes_tracks")
def my_liked_tracks(call: Call) -> Answer:
    """List the tracks that one likes, blocked ones included unless `access` says otherwise."""
    statement = "SELECT id AS key, item_id AS item FROM track_likes WHERE user_id = :owner"
    return _tracks(call, statement, EVERY_ACCESS, call.person)


@handles("get_users_user_urn_favorites")
def favorites(call: Call) -> Answer:
    """List the tracks that a user likes, by the older name."""
    statement = "SELECT id AS key, item_id AS item FROM track_likes WHERE user_id = :owner"
    return _tracks(call, statement, DEFAULT_ACCESS, _owner(call))


@handles("get_users_user_urn_likes_playlists", "get_me_likes_playlists")
def liked_playlists(call: Call) -> Answer:
    """List the playlists that somebody likes, the latest first."""
    statement = "SELECT id AS key, item_id AS item FROM playlist_likes WHERE user_id = :owner"
    return _playlists(call, statement, _owner(call, must_exist=True))


@handles("get_users_user_urn_reposts_tracks")
def reposted_tracks(call: Call) -> Answer:
    """List the tracks that a user reposted, the latest first."""
    statement = "SELECT id AS key, item_id AS item FROM track_reposts WHERE user_id = :owner"
    return _tracks(call, statement, DEFAULT_ACCESS, _owner(call, must_exist=True))


@handles("get_me_reposts_tracks")
def my_reposted_tracks(call: Call) -> Answer:
    """List the tracks that one reposted, blocked ones included unless `access` says otherwise."""
    statement = "SELECT id AS key, item_id AS item FROM track_reposts WHERE user_id = :owner"
    return _tracks(call, statement, EVERY_ACCESS, call.person)


@handles("get_users_user_urn_reposts_playlists", "get_me_reposts_playlists")
def reposted_playlists(call: Call) -> Answer:
    """List the playlists that somebody reposted, the latest first."""
    statement = "SELECT id AS key, item_id AS item FROM playlist_reposts WHERE user_id = :owner"
    return _playlists(call, statement, _owner(call, must_exist=True))


@handles("get_users_user_urn_related")
def related(call: Call) -> Answer:
    """List users who follow the same people."""
    rows = call.state.database.rows(_RELATED, user_row(call)["id"])
    return page_by_offset(call, rows, views(call).users, array=True)


@handles("get_users_user_urn_web_profiles")
def web_profiles(call: Call) -> Answer:
    """List the links of a user's profile; always a bare array."""
    rows = call.state.database.rows("SELECT * FROM web_profiles WHERE user_id = ? ORDER BY id", _owner(call))
    return Answer(
        [
            {
                "created_at": timestamp(row["created_at"]),
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
