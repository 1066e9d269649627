"""The event of a finished route, and the wrapper of an endpoint that reports it."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import TypeAlias

import attrs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from soundcloud._instrumentation import Hooks
from soundcloud.errors import SoundCloudError

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

_HOOKS = Hooks(None, None, None)


@attrs.frozen
class RouteFinishedEvent:
    """A route of `SoundCloudRoutes` returned a response or raised an exception.

    Attributes:
        route: The route below the mount, with its parameters in braces: `/login`, `/api/tracks/{track_urn}`. An API path that is
            not allowed is `/api/{path}`.
        method: The HTTP method.
        status: The HTTP status of the response; None if the route raised an exception or was cancelled.
        duration: Seconds until the response was ready, without the time to send it.
        error: The exception that became the response or was raised, or None.
    """

    route: str
    method: str
    status: int | None
    duration: float
    error: BaseException | None = None


def measure_route(
    path: str,
    endpoint: Endpoint,
    *,
    refuse: Callable[[Request, Exception], Awaitable[Response]],
    hook: Callable[[RouteFinishedEvent], object] | None,
) -> Endpoint:
    """Return an endpoint that turns errors into responses and reports a `RouteFinishedEvent`.

    Args:
        path: The route; an endpoint can set `request.state.route` to a more exact one.
        endpoint: The endpoint.
        refuse: Returns the response to an error.
        hook: Receives the event.
    """

    async def run(request: Request) -> Response:
        start = perf_counter()
        status: int | None = None
        error: BaseException | None = None
        try:
            try:
                response = await endpoint(request)
            except (HTTPException, SoundCloudError) as refused:
                error = refused
                response = await refuse(request, refused)
            status = response.status_code
            return response
        except BaseException as raised:
            error = raised
            raise
        finally:
            if hook is not None:
                route, duration = getattr(request.state, "route", path), perf_counter() - start
                _HOOKS.run("on_route", hook, RouteFinishedEvent(route, request.method, status, duration, error))

    return run
