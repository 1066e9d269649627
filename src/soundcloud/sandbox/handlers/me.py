"""The person who asks: their profile, whom they follow, what they played."""

from soundcloud.sandbox.data.queries import find_user, make_serializer
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS, EVERY_ACCESS
from soundcloud.sandbox.data.text import format_timestamp
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, status_response
from soundcloud.sandbox.http.pagination import page_by_cursor, read_access
from soundcloud.sandbox.http.routing import handles, handles_undocumented

_FOLLOWS = "SELECT 1 FROM followings WHERE user_id = ? AND followed_id = ?"
_FOLLOWED_TRACKS = """
SELECT tracks.id AS key, tracks.id AS item FROM tracks JOIN followings ON followed_id = tracks.user_id
WHERE followings.user_id = :owner AND sharing = 'public'
"""
_RECENTLY_PLAYED = """
SELECT track_id AS item FROM plays WHERE user_id = ? GROUP BY track_id ORDER BY MAX(id) DESC LIMIT 25
"""


@handles("get_me")
def me(request: Request) -> Response:
    """Show the person who asks."""
    rows = request.state.database.rows("SELECT * FROM user_rows WHERE id = ?", request.user_id)
    return Response(make_serializer(request).me(rows[0]))


@handles("get_me_followings_user_urn")
def following(request: Request) -> Response:
    """Show somebody whom one follows."""
    person, row = request.user_id, find_user(request)
    if request.state.database.row(_FOLLOWS, person, row["id"]) is None:
        raise HTTPError(404)
    return Response(make_serializer(request).user(row))


@handles("get_me_followers_follower_urn")
def follower(request: Request) -> Response:
    """Show somebody who follows one."""
    person, row = request.user_id, find_user(request, "follower_urn")
    if request.state.database.row(_FOLLOWS, row["id"], person) is None:
        raise HTTPError(404)
    return Response(make_serializer(request).user(row))


@handles("put_me_followings_user_urn")
def follow(request: Request) -> Response:
    """Follow somebody: 201 and the user, or 200 and a status where one does already."""
    person, row, database = request.user_id, find_user(request), request.state.database
    if row["id"] == person:
        raise HTTPError(422, "You can not follow yourself.")
    if database.row(_FOLLOWS, person, row["id"]) is not None:
        return status_response("200 - Successful")
    database.insert("followings", {"user_id": person, "followed_id": row["id"]})
    return Response(make_serializer(request).user(find_user(request)), 201)


@handles("delete_me_followings_user_urn")
def unfollow(request: Request) -> Response:
    """Follow somebody no more."""
    person, row = request.user_id, find_user(request)
    statement = "DELETE FROM followings WHERE user_id = ? AND followed_id = ?"
    if not request.state.database.change(statement, person, row["id"]):
        raise HTTPError(404)
    return status_response("Status(200) - OK")


@handles("get_me_followings_tracks")
def followings_tracks(request: Request) -> Response:
    """List the tracks of those whom one follows, newest first."""
    levels, seen = read_access(request, DEFAULT_ACCESS), make_serializer(request)
    return page_by_cursor(
        request, _FOLLOWED_TRACKS, lambda page: seen.tracks(page, levels), array=True, owner=request.user_id
    )


@handles("get_me_recently_played_tracks")
def recently_played(request: Request) -> Response:
    """List the last 25 tracks that one played; there are no pages."""
    rows = request.state.database.rows(_RECENTLY_PLAYED, request.user_id)
    tracks = make_serializer(request).tracks([row["item"] for row in rows], read_access(request, EVERY_ACCESS))
    return Response({"collection": tracks, "next_href": None})


@handles_undocumented("GET", "/me/connections")
def connections(request: Request) -> Response:
    """List linked accounts of other services."""
    rows = request.state.database.rows("SELECT * FROM web_profiles WHERE user_id = ? ORDER BY id", request.user_id)
    return Response(
        [
            {
                "created_at": format_timestamp(row["created_at"]),
                "display_name": row["username"],
                "id": row["id"],
                "post_favorite": False,
                "post_publish": False,
                "service": row["service"],
                "type": row["service"],
                "uri": f"{request.state.api_url}/connections/{row['id']}",
            }
            for row in rows
        ]
    )
