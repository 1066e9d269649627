"""The transport of `--dry-run`: it sends requests that only read, and describes and stops all others."""

import json
from urllib.parse import parse_qsl, urlsplit

import httpx

from soundcloud._transport.proxies import proxy_for
from soundcloud.errors import SoundCloudError
from soundcloud_api.types import redact

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_LONGEST_BODY = 4_000


class NotSentError(SoundCloudError):
    """A request that was stopped; `request` describes it, without secrets."""

    def __init__(self, request: str) -> None:
        super().__init__("nothing was sent: this is a dry run")
        self.request = request


class DryRunTransport(httpx.BaseTransport):
    """Sends safe requests and token requests, which go to another host than `base_url`; stops all others."""

    def __init__(self, base_url: str) -> None:
        self._host = urlsplit(base_url).netloc
        self._transport = httpx.HTTPTransport(proxy=proxy_for(base_url))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, or raise `NotSentError`."""
        if request.method in _SAFE_METHODS or request.url.netloc.decode("ascii") != self._host:
            return self._transport.handle_request(request)
        raise NotSentError(describe_request(request))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def describe_request(request: httpx.Request) -> str:
    """Return a request as text: method and URL, and a short JSON or form body."""
    lines = [f"{request.method} {redact(str(request.url))}"]
    media_type, length = request.headers.get("Content-Type", ""), request.headers.get("Content-Length", "")
    if media_type and not media_type.startswith("multipart/"):
        body = request.read()
        if len(body) <= _LONGEST_BODY:
            lines.append(_format_body(media_type, body))
    elif media_type:
        lines.append(f"a form with files, {length or 'an unknown number of'} bytes")
    return "\n".join(lines)


def _format_body(media_type: str, body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    if media_type.startswith("application/json"):
        return redact(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
    return redact("\n".join(f"{name}={value}" for name, value in parse_qsl(text)))
