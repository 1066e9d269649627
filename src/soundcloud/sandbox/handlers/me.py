"""The signed-in user: profile, recently played tracks, connections, sign-out, disconnection of the app."""

from soundcloud.sandbox.data.queries import make_serializer
from soundcloud.sandbox.data.serializers import EVERY_ACCESS
from soundcloud.sandbox.data.text import format_timestamp
from soundcloud.sandbox.http.messages import Request, Response, error_response, invented
from soundcloud.sandbox.http.pagination import read_access
from soundcloud.sandbox.http.routing import handles, handles_announced, handles_undocumented
from soundcloud.sandbox.oauth.grants import end_session, end_sessions

_RECENTLY_PLAYED = """
SELECT track_id AS item FROM plays WHERE user_id = ? GROUP BY track_id ORDER BY MAX(id) DESC LIMIT 25
"""


@handles("get_me")
def get_me(request: Request) -> Response:
    """Return the signed-in user."""
    rows = request.state.database.rows("SELECT * FROM user_rows WHERE id = ?", request.user_id)
    return Response(make_serializer(request).me(rows[0]))


@handles("get_me_recently_played_tracks")
def list_recently_played(request: Request) -> Response:
    """List the last 25 tracks that the user played, on a single page."""
    rows = request.state.database.rows(_RECENTLY_PLAYED, request.user_id)
    tracks = make_serializer(request).tracks([row["item"] for row in rows], read_access(request, EVERY_ACCESS))
    return Response({"collection": tracks, "next_href": None})


@handles_undocumented("GET", "/me/connections")
def list_connections(request: Request) -> Response:
    """List the user's accounts at other services."""
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


@handles("post_sign_out")
def sign_out(request: Request) -> Response:
    """End the session of the request's token."""
    end_session(request.state.database, request.viewer.session)
    return Response(None)


@handles_announced("post_disconnect")
def disconnect(request: Request) -> Response:
    """End all sessions of the user in this app, the sandbox's only one; an app token is rejected with 401."""
    if request.viewer.user_id is None:
        return invented(error_response(401), "status", "body")
    end_sessions(request.state.database, request.user_id)
    return invented(Response(None), "status", "body")
