"""What the routes answer: pages that a person can read, JSON for scripts, and the headers that keep both safe."""

from collections.abc import Mapping
from html import escape
from typing import Any

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response

from soundcloud._core.page import write_page

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


def page(
    status: int,
    title: str,
    *sentences: str,
    links: Mapping[str, str] | None = None,
    form: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Make a page.

    Args:
        status: The HTTP status.
        title: What happened.
        sentences: What to do about it.
        links: Where to go on, by what the link says.
        form: HTML of a form.
        headers: Further headers.
    """
    anchors = "".join(f'<a href="{escape(address)}">{escape(text)}</a>' for text, address in (links or {}).items())
    more = form + (f"<nav>{anchors}</nav>" if anchors else "")
    content = write_page(title, *sentences, good=status < 400, more=more)
    return HTMLResponse(content, status, {**SAFE_HEADERS, "Content-Security-Policy": _POLICY, **(headers or {})})


def json_answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Make an answer for a script."""
    return Response(msgspec.json.encode(data), status, {**SAFE_HEADERS, **(headers or {})}, "application/json")


def problem_answer(
    connection: HTTPConnection,
    status: int,
    title: str,
    *sentences: str,
    links: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Say what went wrong: to a person as a page, to a script as JSON."""
    if wants_page(connection):
        return page(status, title, *sentences, links=links, headers=headers)
    return json_answer({"error": {"status": status, "message": ". ".join(text for text in (title, *sentences) if text)}}, status, headers)
