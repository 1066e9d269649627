"""`--dry-run`: what reads is sent, what would change something is described and stopped."""

import json
from urllib.parse import parse_qsl, urlsplit

import httpx

from soundcloud._transport.proxies import proxy_for
from soundcloud.errors import SoundCloudError
from soundcloud_api.types import redact

_READING = {"GET", "HEAD", "OPTIONS"}
_LONGEST_BODY = 4_000


class NotSentError(SoundCloudError):
    """A request that was stopped.

    Attributes:
        request: The request as text, without secrets.
    """

    def __init__(self, request: str) -> None:
        super().__init__("nothing was sent: this is a dry run")
        self.request = request


class DryRunTransport(httpx.BaseTransport):
    """Sends what reads and what gets tokens, and stops the rest.

    Args:
        base_url: The API's address; what goes elsewhere gets tokens.
    """

    def __init__(self, base_url: str) -> None:
        self._host = urlsplit(base_url).netloc
        self._transport = httpx.HTTPTransport(proxy=proxy_for(base_url))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, or raise `NotSentError`."""
        if request.method in _READING or request.url.netloc.decode("ascii") != self._host:
            return self._transport.handle_request(request)
        raise NotSentError(describe(request))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def describe(request: httpx.Request) -> str:
    """A request as text: the line, the kind of its body, and the body where it is short and text."""
    lines = [f"{request.method} {redact(str(request.url))}"]
    kind, length = request.headers.get("Content-Type", ""), request.headers.get("Content-Length", "")
    if kind and not kind.startswith("multipart/"):
        body = request.read()
        if len(body) <= _LONGEST_BODY:
            lines.append(_shown(kind, body))
    elif kind:
        lines.append(f"a form with files, {length or 'an unknown number of'} bytes")
    return "\n".join(lines)


def _shown(kind: str, body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    if kind.startswith("application/json"):
        return redact(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
    return redact("\n".join(f"{name}={value}" for name, value in parse_qsl(text)))
