"""Addresses of soundcloud.com, turned into those of the API."""

from soundcloud.sandbox.data.permalinks import resolve_permalink
from soundcloud.sandbox.data.queries import make_serializer
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, redirect
from soundcloud.sandbox.http.routing import handles


@handles("get_resolve")
def resolve(request: Request) -> Response:
    """Answer 302 to what an address names: a user, a track or a playlist."""
    url = request.query.get("url", "").strip()
    if not url:
        raise HTTPError(400, "Parameter url is missing.")
    named = resolve_permalink(request.state.database, url)
    if named is None:
        raise HTTPError(404)
    secret = ""
    if named.kind != "users":
        if not make_serializer(request).can_see(named.row, named.secret_token):
            raise HTTPError(404)
        if named.row["sharing"] == "private":
            secret = f"?secret_token={named.row['secret_token']}"
    return redirect(f"{request.state.api_url}/{named.kind}/soundcloud:{named.kind}:{named.row['id']}{secret}")
