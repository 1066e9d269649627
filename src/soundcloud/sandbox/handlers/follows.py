"""Followers and followings."""

from functools import partial

from soundcloud.sandbox.data.database import Row
from soundcloud.sandbox.data.queries import find_user, make_serializer, read_owner
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, status_response
from soundcloud.sandbox.http.pagination import page_by_cursor, read_access
from soundcloud.sandbox.http.routing import handles

_FOLLOWS = "SELECT 1 FROM followings WHERE user_id = ? AND followed_id = ?"
_FOLLOWED_TRACKS = """
SELECT tracks.id AS key, tracks.id AS item FROM tracks JOIN followings ON followed_id = tracks.user_id
WHERE followings.user_id = :owner AND sharing = 'public'
"""


@handles("get_users_user_urn_followers", "get_me_followers")
def list_followers(request: Request) -> Response:
    """List the followers of a user, the latest first."""
    statement = "SELECT id AS key, user_id AS item FROM followings WHERE followed_id = :owner"
    return page_by_cursor(request, statement, make_serializer(request).users, owner=read_owner(request))


@handles("get_users_user_urn_followings", "get_me_followings")
def list_followings(request: Request) -> Response:
    """List the users whom a user follows, the latest first."""
    statement = "SELECT id AS key, followed_id AS item FROM followings WHERE user_id = :owner"
    return page_by_cursor(request, statement, make_serializer(request).users, owner=read_owner(request))


@handles("get_users_user_urn_followings_following_urn")
def get_following(request: Request) -> Response:
    """Return a user whom another user follows."""
    followed = find_user(request, "following_urn")
    return _get_related(request, followed, follower_id=find_user(request)["id"], followed_id=followed["id"])


@handles("get_me_followings_user_urn")
def get_my_following(request: Request) -> Response:
    """Return a user whom the signed-in user follows."""
    user_id, followed = request.user_id, find_user(request)
    return _get_related(request, followed, follower_id=user_id, followed_id=followed["id"])


@handles("get_me_followers_follower_urn")
def get_my_follower(request: Request) -> Response:
    """Return a follower of the signed-in user."""
    user_id, follower = request.user_id, find_user(request, "follower_urn")
    return _get_related(request, follower, follower_id=follower["id"], followed_id=user_id)


@handles("put_me_followings_user_urn")
def follow(request: Request) -> Response:
    """Follow a user; return 201 and the user, or 200 and a status if that changes nothing."""
    user_id, row, database = request.user_id, find_user(request), request.state.database
    if row["id"] == user_id:
        raise HTTPError(422, "You can not follow yourself.")
    if database.row(_FOLLOWS, user_id, row["id"]) is not None:
        return status_response("200 - Successful")
    database.insert("followings", {"user_id": user_id, "followed_id": row["id"]})
    return Response(make_serializer(request).user(find_user(request)), 201)


@handles("delete_me_followings_user_urn")
def unfollow(request: Request) -> Response:
    """Unfollow a user."""
    user_id, row = request.user_id, find_user(request)
    statement = "DELETE FROM followings WHERE user_id = ? AND followed_id = ?"
    if not request.state.database.change(statement, user_id, row["id"]):
        raise HTTPError(404)
    return status_response("Status(200) - OK")


@handles("get_me_followings_tracks")
def list_followed_tracks(request: Request) -> Response:
    """List the public tracks of the users whom the signed-in user follows, newest first."""
    write = partial(make_serializer(request).tracks, access=read_access(request, DEFAULT_ACCESS))
    return page_by_cursor(request, _FOLLOWED_TRACKS, write, array=True, owner=request.user_id)


def _get_related(request: Request, user: Row, *, follower_id: int, followed_id: int) -> Response:
    if request.state.database.row(_FOLLOWS, follower_id, followed_id) is None:
        raise HTTPError(404)
    return Response(make_serializer(request).user(user))
