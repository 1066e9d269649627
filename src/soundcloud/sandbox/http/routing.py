"""Which handler answers which operation: the table behind `@handles(...)`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from soundcloud.sandbox.http.messages import Request, Response, error_response
from soundcloud_api.operations import OPERATIONS, OperationInfo

Handler: TypeAlias = Callable[[Request], Response]
"""Answers one operation."""

HandlerT = TypeVar("HandlerT", bound=Handler)


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, and what answers them.

    Attributes:
        method: The HTTP method.
        path: The path, with placeholders in braces.
        operation: The operation's id, or a name for a call beyond the document.
        handler: What answers.
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
        self._beyond: list[Route] = []

    @property
    def handled(self) -> frozenset[str]:
        """The ids of the document's operations that have a handler."""
        return frozenset(self._handlers)

    def handles(self, *operations: str) -> Callable[[HandlerT], HandlerT]:
        """Register a handler for operations of the document.

        Args:
            operations: Their ids.

        Returns:
            The decorator.

        Raises:
            LookupError: The document has no such operation, or it has a handler already.
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
        """Register a handler for a call that SoundCloud answers but its document does not name.

        Args:
            method: The HTTP method.
            path: The path, with placeholders in braces.

        Returns:
            The decorator.
        """

        def register(handler: HandlerT) -> HandlerT:
            self._beyond.append(Route(method, path, f"{method} {path}", handler))
            return handler

        return register

    def routes(self) -> list[Route]:
        """List what the sandbox serves; operations without a handler answer 501 and say so."""
        documented = [
            Route(info.method, info.path, info.id, self._handlers.get(info.id) or _not_handled(info.id))
            for info in self._operations.values()
        ]
        return documented + self._beyond


def _not_handled(operation: str) -> Handler:
    def answer(request: Request) -> Response:  # noqa: ARG001 - the answer is the same for every call
        return error_response(501, f"The sandbox does not handle {operation} yet.")

    return answer


HANDLERS = HandlerRegistry(OPERATIONS)
"""The handlers of the sandbox; filled as their modules are imported, see `handlers.load_handlers`."""

handles = HANDLERS.handles
handles_undocumented = HANDLERS.handles_undocumented
