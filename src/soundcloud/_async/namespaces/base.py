"""The base class of the namespaces.

Error reporters record the local variables of every frame in a traceback. A method that keeps a token in a variable while it
waits for a response therefore deletes the variable or makes it a `Secret`.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from soundcloud._async.pages import AsyncPage, PageModel
from soundcloud._async.pipeline import AsyncPipeline
from soundcloud._protocol.validation import access_list, check_limit, check_offset, sort_order
from soundcloud.options import RequestOptions
from soundcloud_api.types import Operation

T = TypeVar("T")

_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "access": access_list,
    "limit": check_limit,
    "offset": check_offset,
    "sort": sort_order,
}


class AsyncNamespace:
    """A group of operations, available as an attribute of the client."""

    __slots__ = ("_pipeline",)

    def __init__(self, pipeline: AsyncPipeline) -> None:
        self._pipeline = pipeline

    @overload
    def _page(
        self,
        operation: Callable[..., Operation[PageModel[T]]],
        token: str | None,
        options: RequestOptions,
        max_items: int | None,
        *path: str,
        **query: Any,
    ) -> AsyncPage[T]: ...
    @overload
    def _page(
        self,
        operation: Callable[..., Operation[list[T]]],
        token: str | None,
        options: RequestOptions,
        max_items: int | None,
        *path: str,
        **query: Any,
    ) -> AsyncPage[T]: ...
    def _page(
        self,
        operation: Callable[..., Operation[Any]],
        token: str | None,
        options: RequestOptions,
        max_items: int | None,
        *path: str,
        **query: Any,
    ) -> AsyncPage[Any]:
        """Return the first page of an operation that has the parameter `linked_partitioning`; check common arguments."""
        checked = {name: _CHECKS[name](value) if name in _CHECKS else value for name, value in query.items()}
        return self._pipeline.page(operation(*path, **checked, linked_partitioning=True), token, options, max_items)
