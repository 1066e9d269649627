"""The sandbox's control API: paths below `/-/` on the API's origin, for programs in any language.

| request | effect |
| --- | --- |
| `GET /-/faults` | returns the settings of the faults |
| `PUT /-/faults` | replaces them: a JSON object for `Faults.from_json`; a missing setting gets its default |
| `DELETE /-/faults` | switches all faults off |
| `GET /-/requests` | lists the recorded requests; the query filters them like the arguments of `matching` |
| `DELETE /-/requests` | clears the request log |
| `POST /-/reset` | restores the initial data and the initial faults |
| `POST /-/expire-tokens` | expires every access token |

The control API needs no token. It answers only to this machine, and not to pages of other sites.
"""

import json
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from soundcloud.sandbox.errors import WrongSettingError
from soundcloud.sandbox.faults.settings import Faults
from soundcloud.sandbox.http.request_log import RecordedRequests

_FILTERS = frozenset({"method", "path", "operation", "status", "user", "fault", "origin"})
_MAXIMUM_BODY = 65_536


class Controllable(Protocol):
    """The part of `Sandbox` that the control API uses; a protocol, as `server` imports this module."""

    api_url: str

    @property
    def faults(self) -> Faults: ...  # noqa: D102 - see Sandbox

    @property
    def requests(self) -> RecordedRequests: ...  # noqa: D102

    def set_faults(self, faults: Faults) -> None: ...  # noqa: D102

    def clear_requests(self) -> None: ...  # noqa: D102

    def reset(self) -> None: ...  # noqa: D102

    def expire_tokens(self) -> None: ...  # noqa: D102


class Control:
    """The ASGI application of the control API; the middleware calls it for `CONTROL_PATHS` only."""

    def __init__(self, sandbox: Controllable, *, open_to_all: bool = False) -> None:
        self._sandbox, self._open_to_all = sandbox, open_to_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            response = Response(status_code=400)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        path, method = request.url.path, request.method
        actions = _ACTIONS[path]
        action = actions.get("GET" if method == "HEAD" else method)
        if action is None:
            allowed = ", ".join(actions)
            return _error(405, f"{path} takes {allowed}", {"Allow": allowed})
        if not self._open_to_all:
            address = request.client.host if request.client else ""
            if not _is_loopback(address) or not self._is_same_site(request.headers):
                return _error(403, "only programs on the sandbox's own machine may use this; see open_control")
        content = bytearray()
        async for part in request.stream():
            content += part
            if len(content) > _MAXIMUM_BODY:
                return _error(413, f"the body is longer than {_MAXIMUM_BODY} bytes")
        try:
            return action(self._sandbox, request.query_params, bytes(content)) or Response(status_code=204)
        except WrongSettingError as error:
            return _error(422, str(error), setting=error.setting)

    def _is_same_site(self, headers: Headers) -> bool:
        """Return whether the request is not from a page of another site.

        A browser sends the page's origin in `Origin`. In a DNS rebinding attack, `Host` has the attacker's name.
        """
        host = headers.get("host", "")
        name = urlsplit(f"//{host}").hostname or ""
        own = urlsplit(self._sandbox.api_url).hostname
        return (name in {"localhost", own} or _is_loopback(name)) and headers.get("origin") in {None, f"http://{host}"}


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.is_loopback


def _error(status: int, message: str, headers: dict[str, str] | None = None, **fields: str) -> Response:
    return JSONResponse({"code": status, "message": message, **fields}, status, headers)


def _put_faults(sandbox: Controllable, content: bytes) -> Response:
    try:
        settings: Any = json.loads(content)
    except (ValueError, RecursionError):
        return _error(400, "the body is not JSON: send the settings as a JSON object")
    faults = Faults.from_json(settings)
    sandbox.set_faults(faults)
    return JSONResponse(faults.to_json())


def _get_requests(sandbox: Controllable, query: Mapping[str, str]) -> Response:
    filters: dict[str, Any] = dict(query)
    for name in filters:
        if name not in _FILTERS:
            raise WrongSettingError(name, f"unknown filter: use {', '.join(sorted(_FILTERS))}")
    if "status" in filters:
        if not filters["status"].isdecimal():
            raise WrongSettingError("status", f"{filters['status']!r} is not a number")
        filters["status"] = int(filters["status"])
    found = [request.to_json() for request in sandbox.requests.matching(**filters)]
    # JSONResponse does not escape non-ASCII characters and fails for a lone surrogate.
    return Response(json.dumps(found), media_type="application/json")


# By path and method. An action that returns None is answered with 204.
_ACTIONS: Mapping[str, Mapping[str, Callable[[Controllable, Mapping[str, str], bytes], Response | None]]] = {
    "/-/faults": {
        "GET": lambda sandbox, _query, _content: JSONResponse(sandbox.faults.to_json()),
        "PUT": lambda sandbox, _query, content: _put_faults(sandbox, content),
        "DELETE": lambda sandbox, _query, _content: sandbox.set_faults(Faults()),
    },
    "/-/requests": {
        "GET": lambda sandbox, query, _content: _get_requests(sandbox, query),
        "DELETE": lambda sandbox, _query, _content: sandbox.clear_requests(),
    },
    "/-/reset": {"POST": lambda sandbox, _query, _content: sandbox.reset()},
    "/-/expire-tokens": {"POST": lambda sandbox, _query, _content: sandbox.expire_tokens()},
}

CONTROL_PATHS = frozenset(_ACTIONS)  # the paths of the control API
