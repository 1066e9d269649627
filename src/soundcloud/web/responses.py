"""What the routes answer: pages that a person can read, JSON for scripts, and the headers that keep both safe."""

from collections.abc import Mapping
from html import escape
from typing import Any

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response

from soundcloud._protocol.html_page import write_page
from soundcloud.web.errors import Told

# The answers are about one person, and for the pages of this site.
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def wants_page(connection: HTTPConnection) -> bool:
    """Whether a person waits for the answer, and no script."""
    return "text/html" in connection.headers.get("accept", "")


def page(told: Told, links: Mapping[str, str], form: str = "") -> Response:
    """Make a page.

    Args:
        told: What it says.
        links: Where to go on, by what the link says.
        form: HTML of a form.
    """
    anchors = "".join(f'<a href="{escape(address)}">{escape(text)}</a>' for text, address in links.items())
    content = write_page(told.title, told.sentence, good=told.status < 400, more=f"{form}<nav>{anchors}</nav>")
    headers = {**SAFE_HEADERS, "Content-Security-Policy": _POLICY, **told.headers}
    return HTMLResponse(content, told.status, headers)


def json_answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Make an answer for a script."""
    return Response(msgspec.json.encode(data), status, {**SAFE_HEADERS, **(headers or {})}, "application/json")


def problem_answer(connection: HTTPConnection, told: Told, links: Mapping[str, str]) -> Response:
    """Say what went wrong: to a person as a page, to a script as JSON."""
    if wants_page(connection):
        return page(told, links)
    message = f"{told.title}. {told.sentence}" if told.sentence else told.title
    return json_answer({"error": {"status": told.status, "message": message}}, told.status, told.headers)
