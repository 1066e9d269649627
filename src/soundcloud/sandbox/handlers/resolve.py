"""Resolves soundcloud.com URLs."""

from soundcloud.sandbox.data.permalinks import resolve_permalink
from soundcloud.sandbox.data.queries import make_serializer
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, redirect
from soundcloud.sandbox.http.routing import handles


@handles("get_resolve")
def resolve(request: Request) -> Response:
    """Redirect to the user, track or playlist with a soundcloud.com URL."""
    url = request.query.get("url", "").strip()
    if not url:
        raise HTTPError(400, "Parameter url is missing.")
    resource = resolve_permalink(request.state.database, url)
    if resource is None:
        raise HTTPError(404)
    secret = ""
    if resource.kind != "users":
        if not make_serializer(request).can_see(resource.row, resource.secret_token):
            raise HTTPError(404)
        if resource.row["sharing"] == "private":
            secret = f"?secret_token={resource.row['secret_token']}"
    return redirect(f"{request.state.api_url}/{resource.kind}/soundcloud:{resource.kind}:{resource.row['id']}{secret}")
