"""Addresses of soundcloud.com, turned into those of the API."""

from soundcloud.sandbox.data.lookups import views
from soundcloud.sandbox.data.permalinks import find_permalink
from soundcloud.sandbox.http.messages import Answer, Call, found, refused
from soundcloud.sandbox.http.routing import handles


@handles("get_resolve")
def resolve(call: Call) -> Answer:
    """Answer 302 to what an address names: a user, a track or a playlist."""
    url = call.query.get("url", "").strip()
    if not url:
        raise refused(400, "Parameter url is missing.")
    named = find_permalink(call.state.database, url)
    if named is None:
        raise refused(404)
    secret = ""
    if named.kind != "users":
        if not views(call).sees(named.row, named.secret_token):
            raise refused(404)
        if named.row["sharing"] == "private":
            secret = f"?secret_token={named.row['secret_token']}"
    return found(f"{call.state.api_url}/{named.kind}/soundcloud:{named.kind}:{named.row['id']}{secret}")
