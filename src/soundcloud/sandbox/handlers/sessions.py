"""Signing out, as the API's own host takes it."""

from soundcloud.sandbox.http.messages import Answer, Call
from soundcloud.sandbox.http.routing import handles
from soundcloud.sandbox.oauth.grants import end_session


@handles("post_sign_out")
def sign_out(call: Call) -> Answer:
    """End the session of the token that the request came with."""
    end_session(call.state.database, call.viewer.session)
    return Answer(None)
