"""Sign-out on the API's origin."""

from soundcloud.sandbox.http.messages import Request, Response
from soundcloud.sandbox.http.routing import handles
from soundcloud.sandbox.oauth.grants import end_session


@handles("post_sign_out")
def sign_out(request: Request) -> Response:
    """End the session of the request's token."""
    end_session(request.state.database, request.viewer.session)
    return Response(None)
