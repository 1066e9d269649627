"""Routing: the `@handles` decorator and the routes of the API."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from soundcloud._protocol.announced.entries import ENTRIES
from soundcloud.sandbox.http.messages import Request, Response, error_response
from soundcloud_api.operations import OPERATIONS, OperationInfo

Handler: TypeAlias = Callable[[Request], Response]  # a function that answers one operation

HandlerT = TypeVar("HandlerT", bound=Handler)


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path with their handler; an undocumented operation is named after both."""

    method: str
    path: str
    operation: str
    handler: Handler


class HandlerRegistry:
    """Handlers by operation."""

    def __init__(self, operations: Mapping[str, OperationInfo]) -> None:
        self._operations = operations
        self._handlers: dict[str, Handler] = {}
        self._undocumented: list[Route] = []

    @property
    def handled(self) -> frozenset[str]:
        """The ids of the document's operations that have a handler."""
        return frozenset(self._handlers)

    def handles(self, *operations: str) -> Callable[[HandlerT], HandlerT]:
        """Register a handler for operations of the document."""
        for operation in operations:
            if operation not in self._operations:
                raise LookupError(f"no operation {operation!r} in the OpenAPI document")
            if operation in self._handlers:
                raise LookupError(f"operation {operation!r} has a handler already")

        def register(handler: HandlerT) -> HandlerT:
            self._handlers.update(dict.fromkeys(operations, handler))
            return handler

        return register

    def handles_undocumented(self, method: str, path: str) -> Callable[[HandlerT], HandlerT]:
        """Register a handler for a request that SoundCloud answers but does not document."""

        def register(handler: HandlerT) -> HandlerT:
            self._undocumented.append(Route(method, path, f"{method} {path}", handler))
            return handler

        return register

    def handles_announced(self, entry: str) -> Callable[[HandlerT], HandlerT]:
        """Register a handler for an operation that SoundCloud announced but does not document yet; see `soundcloud.registry`."""
        method, path = ENTRIES[entry].operation.split()

        def register(handler: HandlerT) -> HandlerT:
            self._undocumented.append(Route(method, path, entry, handler))
            return handler

        return register

    def routes(self) -> list[Route]:
        """Return the routes of the API; an operation without a handler answers 501.

        Literal segments precede placeholders: in /me/followings/tracks, "tracks" is not a user.
        """
        documented = [
            Route(info.method, info.path, info.id, self._handlers.get(info.id) or _not_implemented(info.id))
            for info in self._operations.values()
        ]
        routes = documented + self._undocumented
        return sorted(routes, key=lambda route: [segment.startswith("{") for segment in route.path.split("/")])


def _not_implemented(operation: str) -> Handler:
    return lambda _: error_response(501, f"The sandbox does not handle {operation} yet.")


# The handlers of the sandbox; `handlers.load_handlers` imports the modules that register them.
HANDLERS = HandlerRegistry(OPERATIONS)

handles = HANDLERS.handles
handles_undocumented = HANDLERS.handles_undocumented
handles_announced = HANDLERS.handles_announced


class OperationFinder:
    """Finds the operation of a request outside the application, for the request log."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._patterns = [
            (route.method, re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path)), route.operation) for route in routes
        ]

    def find(self, method: str, path: str) -> str | None:
        """Return the operation of a request, or None; see `Route.operation`."""
        method = "GET" if method == "HEAD" else method
        matches = (
            name for route_method, pattern, name in self._patterns if route_method == method and pattern.fullmatch(path)
        )
        return next(matches, None)
