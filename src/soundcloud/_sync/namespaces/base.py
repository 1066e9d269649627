"""The base class of the namespaces.

Error reporters record the local variables of every frame in a traceback. So the methods of a namespace get tokens, secrets of share
links and additional headers as a `Secret`, whose `repr` is masked.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, iscoroutinefunction, isfunction, signature
from typing import Any, TypeVar, cast, overload

from typing_extensions import deprecated

from soundcloud._sync.pages import Page, PageModel
from soundcloud._sync.pipeline import Pipeline
from soundcloud._protocol.masking import mask_secrets
from soundcloud._protocol.validation import access_list, check_limit, check_offset, sort_order
from soundcloud.options import RequestOptions
from soundcloud_api.types import Operation

T = TypeVar("T")
Method = TypeVar("Method", bound=Callable[..., Any])

_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "access": access_list,
    "limit": check_limit,
    "offset": check_offset,
    "sort": sort_order,
}


def fields_by_keyword(method: Method) -> Method:
    """Decorate a method so that a dict of fields as a positional argument raises a `TypeError` that says how to pass it."""
    kinds = {name: parameter.kind for name, parameter in signature(method).parameters.items()}
    positional = [name for name, kind in kinds.items() if kind is Parameter.POSITIONAL_OR_KEYWORD]

    @wraps(method)
    def checked(*given: Any, **named: Any) -> Any:
        if len(given) > len(positional):
            call = f"{method.__name__}({''.join(f'{name}, ' for name in positional[1:])}"
            raise TypeError(
                f"fields are keyword arguments: call {call}title=...), or {call}**fields) if they are in a dict"
            )
        return method(*given, **named)

    return cast("Method", checked)


def _with_masked_secrets(method: Callable[..., Any]) -> Callable[..., Any]:
    own = vars(method)
    if {"__deprecated__", "__wrapped__"} <= own.keys():
        # The warning stays outside, so that it names the line of the caller.
        warning = deprecated(own["__deprecated__"])(_with_masked_secrets(own["__wrapped__"]))
        vars(warning).update({name: value for name, value in own.items() if name != "__wrapped__"})
        return warning
    if not iscoroutinefunction(method):

        @wraps(method)
        def called(*given: Any, **named: Any) -> Any:
            given = mask_secrets(given, named)
            return method(*given, **named)

        return called

    @wraps(method)
    def awaited(*given: Any, **named: Any) -> Any:
        given = mask_secrets(given, named)
        return method(*given, **named)

    return awaited


class Namespace:
    """A group of operations, available as an attribute of the client."""

    __slots__ = ("_pipeline",)

    def __init_subclass__(cls) -> None:
        """Mask the secrets of all calls of the methods that take a token."""
        for name, method in list(vars(cls).items()):
            if isfunction(method) and "token" in signature(method).parameters and not name.startswith("_"):
                setattr(cls, name, _with_masked_secrets(method))

    def __init__(self, pipeline: Pipeline) -> None:
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
    ) -> Page[T]: ...
    @overload
    def _page(
        self,
        operation: Callable[..., Operation[list[T]]],
        token: str | None,
        options: RequestOptions,
        max_items: int | None,
        *path: str,
        **query: Any,
    ) -> Page[T]: ...
    def _page(
        self,
        operation: Callable[..., Operation[Any]],
        token: str | None,
        options: RequestOptions,
        max_items: int | None,
        *path: str,
        **query: Any,
    ) -> Page[Any]:
        """Return the first page of an operation that has the parameter `linked_partitioning`; check common arguments."""
        checked = {name: _CHECKS[name](value) if name in _CHECKS else value for name, value in query.items()}
        return self._pipeline.page(operation(*path, **checked, linked_partitioning=True), token, options, max_items)
