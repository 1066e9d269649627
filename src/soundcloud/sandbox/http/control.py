"""The sandbox's own paths on the API's origin: the control API below `/-/`, and the dashboard, which uses it.

`control_operations` has the operations, and `control_document` describes them. The control API needs no token. It answers only to
this machine, and not to pages of other origins.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from logging import getLogger
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HTTPRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from soundcloud.sandbox.controls import SandboxControls
from soundcloud.sandbox.errors import SandboxError, WrongSettingError
from soundcloud.sandbox.http.control_operation import ControlOperation, ControlRequest
from soundcloud.sandbox.http.control_operations import OPERATIONS, json_response
from soundcloud.sandbox.http.request_log import RequestLog
from soundcloud.sandbox.pages import dashboard

_LOGGER = getLogger("soundcloud.sandbox")

_MAXIMUM_BODY = 65_536
# For a dataset.
_MAXIMUM_LARGE_BODY = 268_435_456


_PRIVATE_DOMAINS = (".localhost", ".local", ".internal", ".home.arpa", ".test")


@dataclass(frozen=True, slots=True)
class _Route:
    pattern: re.Pattern[str]
    operations: Mapping[str, ControlOperation]


class Control:
    """The ASGI application of the control API and the dashboard."""

    def __init__(
        self, sandbox: SandboxControls, request_log: RequestLog, api_url: str, *, open_to_all: bool = False
    ) -> None:
        self._sandbox, self._request_log = sandbox, request_log
        self._api_url, self._open_to_all = api_url, open_to_all
        by_path: dict[str, dict[str, ControlOperation]] = {}
        for operation in OPERATIONS:
            by_path.setdefault(operation.path, {})[operation.method] = operation
        # Paths without parameters are first: `/-/requests/events` is not the request with the id `events`.
        self._routes = [
            _Route(re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), operations)
            for path, operations in sorted(by_path.items(), key=lambda item: "{" in item[0])
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = HTTPRequest(scope, receive)
        try:
            page = dashboard.serve(scope["path"]) if request.method in {"GET", "HEAD"} else None
            response = page or await self._respond(request)
        except ClientDisconnect:
            response = Response(status_code=400)
        await response(scope, receive, send)

    async def _respond(self, request: HTTPRequest) -> Response:
        path, method = request.scope["path"], "GET" if request.method == "HEAD" else request.method
        route, parameters = self._find(path)
        if route is None:
            return _error(404, f"{path} is not a path of the control API: see /-/openapi.json")
        operation = route.operations.get(method)
        if operation is None:
            allowed = ", ".join(route.operations)
            return _error(405, f"{path} takes {allowed}, not {method}", {"Allow": allowed})
        if not operation.is_open:
            refusal = self._refusal(request)
            if refusal is not None:
                return _error(403, refusal)
        content = bytearray()
        longest = _MAXIMUM_LARGE_BODY if operation.is_large else _MAXIMUM_BODY
        async for part in request.stream():
            content += part
            if len(content) > longest:
                return _error(413, f"the body is longer than {longest} bytes: send a shorter one")
        if operation.is_large:
            # In a thread: a large dataset takes seconds, and other requests must not wait for it.
            return await run_in_threadpool(self._run, operation, parameters, request.query_params, bytes(content))
        return self._run(operation, parameters, request.query_params, bytes(content))

    def _find(self, path: str) -> tuple[_Route | None, Mapping[str, str]]:
        for route in self._routes:
            found = route.pattern.fullmatch(path)
            if found is not None:
                return route, found.groupdict()
        return None, {}

    def _run(
        self, operation: ControlOperation, parameters: Mapping[str, str], query: Mapping[str, str], content: bytes
    ) -> Response:
        body: Any = None
        if operation.body is not None and (content or operation.body_required):
            try:
                body = json.loads(content)
                # json.loads accepts a lone surrogate, which SQLite cannot store.
                json.dumps(body, ensure_ascii=False).encode()
            except (ValueError, RecursionError):
                return _error(400, f"the body is not JSON: send {operation.body_hint} as JSON")
        try:
            response = operation.handle(ControlRequest(self._sandbox, self._request_log, parameters, query, body))
        except WrongSettingError as error:
            return _error(422, str(error), setting=error.setting)
        except SandboxError as error:
            return _error(404 if parameters else 422, str(error))
        except Exception:  # a bug in the sandbox: log it, and still send a response
            _LOGGER.exception("the control API of the sandbox failed")
            return _error(500, "the sandbox failed: its log has the details")
        return response or Response(status_code=204)

    def _refusal(self, request: HTTPRequest) -> str | None:
        """Return why a request may not use the control API; None if it may."""
        headers = request.headers
        if not self._open_to_all:
            address = request.client.host if request.client else ""
            if not _is_loopback(address):
                return (
                    f"{address or 'an unknown machine'} is not the sandbox's own machine: start it with --open-control"
                )
        if not self._is_own_host(headers):
            cure = "--public-host NAME" if self._open_to_all else "--open-control"
            return f"{headers.get('host', '')!r} is not the sandbox's host name: use its URL, or start it with {cure}"
        return None if _is_same_origin(headers) else "only pages of the sandbox's own origin may use the control API"

    def _is_own_host(self, headers: Headers) -> bool:
        """Return whether the `Host` can be this machine; in a DNS rebinding attack it has the attacker's name.

        Open to all, IP addresses and names that no public domain has are accepted too, such as those of containers.
        """
        try:
            name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        except ValueError:
            return False
        if name in {"localhost", urlsplit(self._api_url).hostname} or _is_loopback(name):
            return True
        return (
            self._open_to_all
            and name != ""
            and (_is_address(name) or "." not in name or name.endswith(_PRIVATE_DOMAINS))
        )


def _is_same_origin(headers: Headers) -> bool:
    """Return whether the request is from a program, or from a page of the same origin.

    A browser sends the page's origin in `Origin`, and how it relates to this one in `Sec-Fetch-Site`, where `none` is a URL that
    the user typed. Another port of the same host is another origin.
    """
    own = f"http://{headers.get('host', '')}"
    return headers.get("origin") in {None, own} and headers.get("sec-fetch-site") in {None, "none", "same-origin"}


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.is_loopback


def _error(status: int, message: str, headers: dict[str, str] | None = None, **fields: str) -> Response:
    return json_response({"code": status, "message": message, **fields}, status, headers)
