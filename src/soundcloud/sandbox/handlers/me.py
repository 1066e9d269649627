"""The person who asks: their profile, whom they follow, what they played."""

from soundcloud.sandbox.data.lookups import user_row, views
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS, EVERY_ACCESS
from soundcloud.sandbox.data.text import timestamp
from soundcloud.sandbox.http.messages import Answer, Call, refused, status_object
from soundcloud.sandbox.http.pagination import access_levels, page_by_key
from soundcloud.sandbox.http.routing import handles, handles_beyond

_FOLLOWS = "SELECT 1 FROM followings WHERE user_id = ? AND followed_id = ?"
_FOLLOWED_TRACKS = """
SELECT tracks.id AS key, tracks.id AS item FROM tracks JOIN followings ON followed_id = tracks.user_id
WHERE followings.user_id = :owner AND sharing = 'public'
"""
_RECENTLY_PLAYED = """
SELECT track_id AS item FROM plays WHERE user_id = ? GROUP BY track_id ORDER BY MAX(id) DESC LIMIT 25
"""


@handles("get_me")
def me(call: Call) -> Answer:
    """Show the person who asks."""
    rows = call.state.database.rows("SELECT * FROM user_rows WHERE id = ?", call.person)
    return Answer(views(call).me(rows[0]))


@handles("get_me_followings_user_urn")
def following(call: Call) -> Answer:
    """Show somebody whom one follows."""
    person, row = call.person, user_row(call)
    if call.state.database.row(_FOLLOWS, person, row["id"]) is None:
        raise refused(404)
    return Answer(views(call).user(row))


@handles("get_me_followers_follower_urn")
def follower(call: Call) -> Answer:
    """Show somebody who follows one."""
    person, row = call.person, user_row(call, "follower_urn")
    if call.state.database.row(_FOLLOWS, row["id"], person) is None:
        raise refused(404)
    return Answer(views(call).user(row))


@handles("put_me_followings_user_urn")
def follow(call: Call) -> Answer:
    """Follow somebody: 201 and the user, or 200 and a status where one does already."""
    person, row, database = call.person, user_row(call), call.state.database
    if row["id"] == person:
        raise refused(422, "You can not follow yourself.")
    if database.row(_FOLLOWS, person, row["id"]) is not None:
        return status_object("200 - Successful")
    database.insert("followings", {"user_id": person, "followed_id": row["id"]})
    return Answer(views(call).user(user_row(call)), 201)


@handles("delete_me_followings_user_urn")
def unfollow(call: Call) -> Answer:
    """Follow somebody no more."""
    person, row = call.person, user_row(call)
    statement = "DELETE FROM followings WHERE user_id = ? AND followed_id = ?"
    if not call.state.database.change(statement, person, row["id"]):
        raise refused(404)
    return status_object("Status(200) - OK")


@handles("get_me_followings_tracks")
def followings_tracks(call: Call) -> Answer:
    """List the tracks of those whom one follows, newest first."""
    levels, seen = access_levels(call, DEFAULT_ACCESS), views(call)
    return page_by_key(call, _FOLLOWED_TRACKS, lambda page: seen.tracks(page, levels), array=True, owner=call.person)


@handles("get_me_recently_played_tracks")
def recently_played(call: Call) -> Answer:
    """List the last 25 tracks that one played; there are no pages."""
    rows = call.state.database.rows(_RECENTLY_PLAYED, call.person)
    tracks = views(call).tracks([row["item"] for row in rows], access_levels(call, EVERY_ACCESS))
    return Answer({"collection": tracks, "next_href": None})


@handles_beyond("GET", "/me/connections")
def connections(call: Call) -> Answer:
    """List linked accounts of other services."""
    rows = call.state.database.rows("SELECT * FROM web_profiles WHERE user_id = ? ORDER BY id", call.person)
    return Answer(
        [
            {
                "created_at": timestamp(row["created_at"]),
                "display_name": row["username"],
                "id": row["id"],
                "post_favorite": False,
                "post_publish": False,
                "service": row["service"],
                "type": row["service"],
                "uri": f"{call.state.api_url}/connections/{row['id']}",
            }
            for row in rows
        ]
    )
