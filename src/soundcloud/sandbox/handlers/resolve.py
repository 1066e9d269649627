"""Resolves permalinks: soundcloud.com URLs, and those of the sandbox's own pages."""

from soundcloud.sandbox.data.permalinks import resolve_permalink, station_at
from soundcloud.sandbox.data.queries import find_station, make_serializer
from soundcloud.sandbox.http.messages import HTTPError, Request, Response, redirect
from soundcloud.sandbox.http.routing import handles
from soundcloud.urn import STATIONS


@handles("get_resolve")
def resolve(request: Request) -> Response:
    """Redirect to the user, track, playlist or station with a permalink."""
    url = request.query.get("url", "").strip()
    if not url:
        raise HTTPError(400, "Parameter url is missing.")
    station = station_at(request.state, url)
    if station is not None:
        urn = find_station(request, f"soundcloud:{STATIONS}:{station}")["urn"]
        return redirect(f"{request.state.api_url}/{STATIONS}/{urn}")
    resource = resolve_permalink(request.state, url)
    if resource is None:
        raise HTTPError(404)
    secret = ""
    if resource.kind != "users":
        if not make_serializer(request).can_see(resource.row, resource.secret_token):
            raise HTTPError(404)
        if resource.row["sharing"] == "private":
            secret = f"?secret_token={resource.row['secret_token']}"
    return redirect(f"{request.state.api_url}/{resource.kind}/soundcloud:{resource.kind}:{resource.row['id']}{secret}")
