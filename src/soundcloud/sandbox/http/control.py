"""The sandbox's own addresses, below `/-/` on the API's origin: for programs in any language that steer it.

| address | what it does |
| --- | --- |
| `GET /-/faults` | shows the settings |
| `PUT /-/faults` | replaces them: a JSON object as `Faults.from_json` reads it; what is absent has its default |
| `DELETE /-/faults` | ends all faults |
| `GET /-/requests` | lists what was requested; the query picks, as the arguments of `matching` do |
| `DELETE /-/requests` | forgets it |
| `POST /-/reset` | puts everything back to the start, the settings of the faults too |
| `POST /-/expire-tokens` | makes every access token invalid |

They need no token, and answer to this machine only, and to no page of another site in its browser.
"""

import json
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from soundcloud.sandbox.errors import WrongSettingError
from soundcloud.sandbox.faults.settings import Faults

if TYPE_CHECKING:
    from soundcloud.sandbox.server import Sandbox

Steps: TypeAlias = Mapping[str, Callable[["Sandbox", Request, bytes], Response]]
"""What an address does, by method."""

_FILTERS = frozenset({"method", "path", "operation", "status", "user", "fault", "origin"})
# Settings are a few lines; more is a mistake.
_LARGEST = 65_536


class Control:
    """The ASGI application of these addresses; it is asked for no others, see `CONTROL_PATHS`.

    Args:
        sandbox: What they steer.
        open_to_all: Whether they answer to other machines too.
    """

    def __init__(self, sandbox: "Sandbox", *, open_to_all: bool = False) -> None:
        self._sandbox, self._open_to_all = sandbox, open_to_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            response = Response(status_code=400)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path, method = request.url.path, request.method
        steps = _ADDRESSES[path]
        step = steps.get("GET" if method == "HEAD" else method)
        if step is None:
            allowed = ", ".join(steps)
            return _problem(405, f"{path} takes {allowed}", {"Allow": allowed})
        if not self._open_to_all:
            address = request.client.host if request.client else ""
            if not _is_this_machine(address) or not self._is_asked_here(request.headers):
                return _problem(403, "this answers to the sandbox's own machine only, and to no other site")
        content = bytearray()
        async for part in request.stream():
            content += part
            if len(content) > _LARGEST:
                return _problem(413, f"settings are shorter than {_LARGEST} bytes")
        try:
            return step(self._sandbox, request, bytes(content))
        except WrongSettingError as problem:
            return _problem(422, str(problem), setting=problem.setting)

    def _is_asked_here(self, headers: Headers) -> bool:
        """Whether no page of another site asks, through the browser on this machine.

        A browser names the page's origin; and where a foreign name was made to lead to this machine, it stands in `Host`.
        """
        host = headers.get("host", "")
        name = urlsplit(f"//{host}").hostname or ""
        own = urlsplit(self._sandbox.api_url).hostname
        return (name in {"localhost", own} or _is_this_machine(name)) and headers.get("origin") in {
            None,
            f"http://{host}",
        }


def _is_this_machine(address: str) -> bool:
    try:
        read = ip_address(address)
    except ValueError:
        return False
    if isinstance(read, IPv6Address) and read.ipv4_mapped is not None:
        read = read.ipv4_mapped
    return read.is_loopback


def _problem(status: int, message: str, headers: dict[str, str] | None = None, **further: str) -> Response:
    return JSONResponse({"code": status, "message": message, **further}, status, headers)


def _show_faults(sandbox: "Sandbox", request: Request, content: bytes) -> Response:  # noqa: ARG001
    return JSONResponse(sandbox.faults.to_json())


def _put_faults(sandbox: "Sandbox", request: Request, content: bytes) -> Response:  # noqa: ARG001
    try:
        settings: Any = json.loads(content)
    except (ValueError, RecursionError):
        return _problem(400, "give the settings as a JSON object")
    # Read as a whole before anything is changed.
    faults = Faults.from_json(settings)
    sandbox.set_faults(faults)
    return JSONResponse(faults.to_json())


def _clear_faults(sandbox: "Sandbox", request: Request, content: bytes) -> Response:  # noqa: ARG001
    sandbox.clear_faults()
    return Response(status_code=204)


def _show_requests(sandbox: "Sandbox", request: Request, content: bytes) -> Response:  # noqa: ARG001
    wanted: dict[str, Any] = dict(request.query_params)
    for name in wanted:
        if name not in _FILTERS:
            raise WrongSettingError(name, f"nothing can be picked by this, only by {', '.join(sorted(_FILTERS))}")
    if "status" in wanted:
        if not wanted["status"].isdecimal():
            raise WrongSettingError("status", "give a number")
        wanted["status"] = int(wanted["status"])
    found = [request.to_json() for request in sandbox.requests.matching(**wanted)]
    # Not as JSONResponse writes it: a request may hold half of a surrogate pair, which is JSON only when it is escaped.
    return Response(json.dumps(found), media_type="application/json")


def _clear_requests(sandbox: "Sandbox", request: Request, content: bytes) -> Response:  # noqa: ARG001
    sandbox.clear_requests()
    return Response(status_code=204)


def _reset(sandbox: "Sandbox", request: Request, content: bytes) -> Response:  # noqa: ARG001
    sandbox.reset()
    return Response(status_code=204)


def _expire_tokens(sandbox: "Sandbox", request: Request, content: bytes) -> Response:  # noqa: ARG001
    sandbox.expire_tokens()
    return Response(status_code=204)


_ADDRESSES: Mapping[str, Steps] = {
    "/-/faults": {"GET": _show_faults, "PUT": _put_faults, "DELETE": _clear_faults},
    "/-/requests": {"GET": _show_requests, "DELETE": _clear_requests},
    "/-/reset": {"POST": _reset},
    "/-/expire-tokens": {"POST": _expire_tokens},
}

CONTROL_PATHS = frozenset(_ADDRESSES)
"""The paths of these addresses."""
