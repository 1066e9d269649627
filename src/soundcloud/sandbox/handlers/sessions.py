"""Signing out, as the API's own host takes it."""

from soundcloud.sandbox.http.messages import Request, Response
from soundcloud.sandbox.http.routing import handles
from soundcloud.sandbox.oauth.grants import end_session


@handles("post_sign_out")
def sign_out(request: Request) -> Response:
    """End the session of the token that the request came with."""
    end_session(request.state.database, request.viewer.session)
    return Response(None)
