"""The dashboard at the root of the API's origin: static files, which use the control API."""

from starlette.responses import Response


def serve(path: str, method: str) -> Response | None:
    """Return a file of the dashboard; None for other paths."""
    return None
