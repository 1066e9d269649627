"""Signing out, as the API's own host takes it."""

from soundcloud.sandbox.exchange import Answer, Call
from soundcloud.sandbox.oauth import end_session
from soundcloud.sandbox.table import handles


@handles("post_sign_out")
def sign_out(call: Call) -> Answer:
    """End the session of the token that the request came with."""
    end_session(call.state.database, call.viewer.session)
    return Answer(None)
