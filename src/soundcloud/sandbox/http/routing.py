"""Routing: the `@handles` decorator and the routes of the API."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from soundcloud.sandbox.http.messages import Request, Response, error_response
from soundcloud_api.operations import OPERATIONS, OperationInfo

Handler: TypeAlias = Callable[[Request], Response]
"""A function that answers one operation."""

HandlerT = TypeVar("HandlerT", bound=Handler)


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path with their handler.

    Attributes:
        method: The HTTP method.
        path: The path, with placeholders in braces.
        operation: The id of the operation; method and path of an undocumented one.
        handler: The handler.
    """

    method: str
    path: str
    operation: str
    handler: Handler


class HandlerRegistry:
    """Handlers by operation.

    Args:
        operations: The operations of the document, by id.
    """

    def __init__(self, operations: Mapping[str, OperationInfo]) -> None:
        self._operations = operations
        self._handlers: dict[str, Handler] = {}
        self._undocumented: list[Route] = []

    @property
    def handled(self) -> frozenset[str]:
        """The ids of the document's operations that have a handler."""
        return frozenset(self._handlers)

    def handles(self, *operations: str) -> Callable[[HandlerT], HandlerT]:
        """Register a handler for operations of the document.

        Args:
            operations: Ids of operations.

        Returns:
            The decorator.

        Raises:
            LookupError: An id is not in the document, or has a handler already.
        """
        for operation in operations:
            if operation not in self._operations:
                raise LookupError(f"no operation {operation!r} in SoundCloud's document")
            if operation in self._handlers:
                raise LookupError(f"operation {operation!r} has a handler already")

        def register(handler: HandlerT) -> HandlerT:
            self._handlers.update(dict.fromkeys(operations, handler))
            return handler

        return register

    def handles_undocumented(self, method: str, path: str) -> Callable[[HandlerT], HandlerT]:
        """Register a handler for a request that SoundCloud answers but does not document.

        Args:
            method: The HTTP method.
            path: The path, with placeholders in braces.

        Returns:
            The decorator.
        """

        def register(handler: HandlerT) -> HandlerT:
            self._undocumented.append(Route(method, path, f"{method} {path}", handler))
            return handler

        return register

    def routes(self) -> list[Route]:
        """Return the routes of the API; an operation without a handler answers 501."""
        documented = [
            Route(info.method, info.path, info.id, self._handlers.get(info.id) or _not_implemented(info.id))
            for info in self._operations.values()
        ]
        return documented + self._undocumented


def _not_implemented(operation: str) -> Handler:
    return lambda _: error_response(501, f"The sandbox does not handle {operation} yet.")


HANDLERS = HandlerRegistry(OPERATIONS)
"""The handlers of the sandbox; `handlers.load_handlers` imports the modules that register them."""

handles = HANDLERS.handles
handles_undocumented = HANDLERS.handles_undocumented


class OperationFinder:
    """Finds the operation of a request outside the application, for the request log.

    Args:
        routes: The routes of the API.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_shape: dict[tuple[str, str, int], list[tuple[list[str], str]]] = {}
        for route in routes:
            # The first segment is literal in every path.
            _, first, *segments = route.path.split("/")
            self._by_shape.setdefault((route.method, first, len(segments)), []).append((segments, route.operation))
        for candidates in self._by_shape.values():
            # Literal segments before placeholders, as in the application.
            candidates.sort(key=lambda candidate: [segment.startswith("{") for segment in candidate[0]])

    def find(self, method: str, path: str) -> str | None:
        """Return the operation of a request, or None; see `Route.operation`.

        Args:
            method: The HTTP method; HEAD is looked up as GET.
            path: The path.
        """
        _, first, *segments = path.split("/") if path.startswith("/") else ("", path)
        shape = ("GET" if method == "HEAD" else method, first, len(segments))
        for pattern, operation in self._by_shape.get(shape, ()):
            if all(name == value or (name[:1] == "{" and value) for name, value in zip(pattern, segments, strict=True)):
                return operation
        return None
