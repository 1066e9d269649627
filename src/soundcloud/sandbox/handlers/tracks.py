"""Reading tracks: a track, its comments, the users who like and reposted it, and related tracks."""

from typing import cast

from soundcloud.sandbox.data.database import now
from soundcloud.sandbox.data.queries import find_track, make_serializer
from soundcloud.sandbox.data.serializers import DEFAULT_ACCESS
from soundcloud.sandbox.http.messages import HTTPError, JsonObject, Request, Response, error_object
from soundcloud.sandbox.http.pagination import page_by_cursor, page_by_offset, read_access
from soundcloud.sandbox.http.routing import handles

_LONGEST_COMMENT = 5_000

_RELATED = """
SELECT other.id AS item FROM tracks AS other JOIN tracks AS this ON this.id = ? AND other.id != this.id
WHERE other.sharing = 'public'
ORDER BY (SELECT COUNT(*) FROM track_likes AS one JOIN track_likes AS two ON two.user_id = one.user_id
        WHERE one.item_id = this.id AND two.item_id = other.id)
    + 4 * (other.genre = this.genre AND other.genre != '') + 2 * (other.user_id = this.user_id) DESC, other.id DESC
LIMIT 120
"""


@handles("get_tracks_track_urn")
def get_track(request: Request) -> Response:
    """Return a track."""
    return Response(
        make_serializer(request).track(
            find_track(request), personal=True, secret_token=request.query.get("secret_token")
        )
    )


@handles("get_tracks_track_urn_comments")
def list_comments(request: Request) -> Response:
    """List the comments of a track, newest first."""
    row = find_track(request)
    if not row["reveal_comments"] and row["user_id"] != request.viewer.user_id:
        return Response({"collection": [], "next_href": None})
    database, serializer = request.state.database, make_serializer(request)

    def serialize(ids: list[int]) -> list[dict[str, object]]:
        found = [database.row("SELECT * FROM comments WHERE id = ?", comment_id) for comment_id in ids]
        return [serializer.comment(comment) for comment in found if comment is not None]

    statement = "SELECT id AS key, id AS item FROM comments WHERE track_id = :track"
    return page_by_cursor(request, statement, serialize, track=row["id"])


@handles("post_tracks_track_urn_comments")
def create_comment(request: Request) -> Response:
    """Add a comment to a track."""
    user_id, row, database = request.user_id, find_track(request), request.state.database
    sent = request.json_object().get("comment")
    if not isinstance(sent, dict):
        # SoundCloud omits the other members of an error object here.
        message = "Parameter comment is missing."
        return Response({"code": 422, "message": message, "link": error_object(422)["link"]}, 422)
    comment = cast("JsonObject", sent)
    body, timestamp = comment.get("body"), comment.get("timestamp")
    if not isinstance(body, str) or not body.strip() or len(body) > _LONGEST_COMMENT:
        raise HTTPError(422, "body can not be blank.")
    if not row["commentable"]:
        raise HTTPError(403)
    if timestamp is not None:
        try:
            timestamp = int(float(timestamp))
        except (TypeError, ValueError, OverflowError):
            raise HTTPError(422, "timestamp is not a number.") from None
        if not 0 <= timestamp <= row["duration"]:
            raise HTTPError(422, "timestamp is not within the track.")
    fields = {"user_id": user_id, "track_id": row["id"], "body": body, "timestamp": timestamp, "created_at": now()}
    number = database.insert("comments", fields)
    return Response(
        make_serializer(request).comment(database.rows("SELECT * FROM comments WHERE id = ?", number)[0]), 201
    )


@handles("get_tracks_track_urn_favoriters")
def list_favoriters(request: Request) -> Response:
    """List the users who like a track, the latest first."""
    statement = "SELECT id AS key, user_id AS item FROM track_likes WHERE item_id = :track"
    return page_by_cursor(request, statement, make_serializer(request).users, track=find_track(request)["id"])


@handles("get_tracks_track_urn_reposters")
def list_reposters(request: Request) -> Response:
    """List the users who reposted a track, the latest first."""
    statement = "SELECT id AS key, user_id AS item FROM track_reposts WHERE item_id = :track"
    return page_by_cursor(request, statement, make_serializer(request).users, track=find_track(request)["id"])


@handles("get_tracks_track_urn_related")
def list_related(request: Request) -> Response:
    """List related tracks: liked by the same users, of the same genre or by the same user."""
    access, serializer = read_access(request, DEFAULT_ACCESS), make_serializer(request)
    rows = request.state.database.rows(_RELATED, find_track(request)["id"])
    return page_by_offset(request, rows, lambda page: serializer.tracks(page, access), array=True)
