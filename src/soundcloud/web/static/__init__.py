"""The JavaScript module for the pages of a site, and the route that serves it."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from soundcloud.web.events import Endpoint
from soundcloud.web.responses import cacheable_response

STATIC_FILES = {"soundcloud.js": "text/javascript", "soundcloud.d.ts": "text/plain"}
"""The media types of the files by name."""


def static_file(name: str) -> Endpoint:
    """Return the endpoint of a file. Browsers ask each time whether it has changed."""
    content = Path(__file__).with_name(name).read_bytes()

    async def endpoint(request: Request) -> Response:
        return cacheable_response(request, content, STATIC_FILES[name], "no-cache")

    return endpoint
