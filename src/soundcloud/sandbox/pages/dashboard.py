"""The dashboard at the root of the API's origin: static files, which use the control API."""

from functools import cache
from importlib.resources import files

from starlette.responses import Response

# The paths with their files and media types.
_FILES = {
    "/": ("dashboard.html", "text/html; charset=utf-8"),
    "/-/assets/dashboard.css": ("dashboard.css", "text/css; charset=utf-8"),
    "/-/assets/dashboard.js": ("dashboard.js", "text/javascript; charset=utf-8"),
    "/-/assets/icon.svg": ("icon.svg", "image/svg+xml"),
}
_HEADERS = {
    "Cache-Control": "no-cache",
    # No inline scripts or styles, and no other hosts: a hostile title cannot do anything.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def serve(path: str) -> Response | None:
    """Return a file of the dashboard; None for other paths."""
    if path not in _FILES:
        return None
    name, media_type = _FILES[path]
    return Response(_read(name), headers=_HEADERS, media_type=media_type)


@cache
def _read(name: str) -> bytes:
    return (files("soundcloud.sandbox") / "pages" / name).read_bytes()
