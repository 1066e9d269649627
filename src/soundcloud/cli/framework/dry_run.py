"""The transport of `--dry-run`: it sends requests that only read, and describes and stops all others."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from soundcloud._transport.proxies import proxy_for
from soundcloud.errors import SoundCloudError
from soundcloud_api.types import redact

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_LONGEST_BODY = 4_000


class NotSentError(SoundCloudError):
    """A request that was stopped; `details` are its method, URL and body, without secrets."""

    def __init__(self, details: dict[str, Any]) -> None:
        super().__init__("nothing was sent: this is a dry run")
        self.details = details

    @property
    def request(self) -> str:
        """The request as text."""
        lines, body = [f"{self.details['method']} {self.details['url']}"], self.details["body"]
        if isinstance(body, str):
            lines.append(body)
        elif body is not None:
            from soundcloud.cli.output.printer import to_json

            lines.append(to_json(body, indent=2))
        return "\n".join(lines)


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


def describe_request(request: httpx.Request) -> dict[str, Any]:
    """Return the method, the URL and the body of a request; a long body is left out."""
    return {"method": request.method, "url": redact(str(request.url)), "body": _describe_body(request)}


def _describe_body(request: httpx.Request) -> Any:
    media_type, length = request.headers.get("Content-Type", ""), request.headers.get("Content-Length", "")
    if not media_type:
        return None
    if media_type.startswith("multipart/"):
        return f"a form with files, {length or 'an unknown number of'} bytes"
    body = request.read()
    if len(body) > _LONGEST_BODY:
        return f"{len(body)} bytes"
    text = body.decode("utf-8", "replace")
    if media_type.startswith("application/json"):
        return json.loads(redact(json.dumps(json.loads(text), ensure_ascii=False)))
    return redact("\n".join(f"{name}={value}" for name, value in parse_qsl(text)))
