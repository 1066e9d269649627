"""Responses of the routes: pages for users, JSON for scripts, and security headers for both."""

import json
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Any

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response

from soundcloud._protocol.html_page import complete_sentence, write_page
from soundcloud._protocol.printable import to_printable
from soundcloud._sign_in import ErrorMessage

# The responses contain a user's data, for the pages of this site only.
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
JSON = "application/json"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def wants_page(connection: HTTPConnection) -> bool:
    """Return whether the client is a browser that loads a page, not a script."""
    return "text/html" in connection.headers.get("accept", "")


def page(message: ErrorMessage, links: Mapping[str, str], form: str = "") -> Response:
    """Return a page with links, which are URLs by their text, and with the HTML of a form."""
    anchors = "".join(f'<a href="{escape(url)}">{escape(text)}</a>' for text, url in links.items())
    sentence, more = to_printable(message.sentence), f"{form}<nav>{anchors}</nav>"
    content = write_page(message.title, sentence, good=message.status < 400, more=more)
    headers = {**SAFE_HEADERS, "Content-Security-Policy": _POLICY, **message.headers}
    return HTMLResponse(content, message.status, headers)


def encode_json(data: Any) -> bytes:
    """Return data as JSON."""
    try:
        return msgspec.json.encode(data)
    except UnicodeEncodeError:
        # Half a surrogate pair, which SoundCloud's titles can contain: JSON can hold it as an escape only.
        return json.dumps(data).encode("ascii")


def json_response(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON response."""
    return Response(encode_json(data), status, {**SAFE_HEADERS, **(headers or {})}, JSON)


def cacheable_response(connection: HTTPConnection, content: bytes, media_type: str, cache_control: str) -> Response:
    """Return a response that is the same for every user, with an ETag; with status 304 if the browser has it already."""
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {**SAFE_HEADERS, "Cache-Control": cache_control, "ETag": tag}
    # A proxy that compresses a response marks its ETag as weak.
    known = [each.strip().removeprefix("W/") for each in connection.headers.get("if-none-match", "").split(",")]
    return Response(None, 304, headers) if tag in known else Response(content, 200, headers, media_type)


def error_response(connection: HTTPConnection, message: ErrorMessage, links: Mapping[str, str]) -> Response:
    """Return an error as a page for a browser, as JSON for a script."""
    if wants_page(connection):
        return page(message, links)
    text = f"{message.title}. {complete_sentence(message.sentence)}" if message.sentence else message.title
    error = {"status": message.status, "code": message.code, "message": text}
    return json_response({"error": error}, message.status, message.headers)
