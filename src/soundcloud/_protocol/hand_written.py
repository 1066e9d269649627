"""What is not generated from the document: the pages of any list, and operations that callers make."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, cast

from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.http.urls import check_path
from soundcloud._protocol.pagination import fill_path
from soundcloud._protocol.validation import repr_value
from soundcloud.errors import InvalidInputError
from soundcloud_api.types import Model, Nested, Operation, model, present

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@lru_cache(maxsize=128)
def page_model(item: Any) -> Any:
    """Return the model of a page of a list whose items are of a model, or any JSON values for `Any`."""
    items: Any = list[item]
    nested: Nested = {"collection": items}
    fields = {"collection": items, "next_href": str | None, "future_href": str | None}
    content: dict[str, Any] = {
        "__doc__": "A page of any list.",
        "__module__": __name__,
        "__annotations__": {**fields, "_nested": ClassVar[Nested], "_present": ClassVar[dict[str, Any]]},
        "collection": present(),
        "next_href": None,
        "future_href": None,
        "_nested": nested,
        "_present": {"collection": []},
    }
    return model(type("RawPage", (Model,), content))


def build_page_request(
    base_url: str, path: str, query: Mapping[str, Any] | None, item: Any, token: str | None
) -> Request:
    """Return the request for the first page of any list; `item` is the model of the items, or None.

    Raises:
        InvalidInputError: The path is not one of the API, or `item` is not a model.
    """
    if query is not None and not isinstance(query, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(f"query is of type {type(query).__name__}: pass a dict of names and values")
    is_model = isinstance(item, type) and issubclass(item, Model) and "__attrs_attrs__" in item.__dict__
    if item is not None and not is_model:
        raise InvalidInputError(
            f"model={repr_value(item)} is not a model: pass one of soundcloud.models, such as Track"
        )
    parameters = dict(query or {})
    if isinstance(path, str) and "://" not in path and "linked_partitioning" not in path:  # pyright: ignore[reportUnnecessaryIsInstance]
        parameters = {"linked_partitioning": True, **parameters}
    url, filled = fill_path(base_url, path, parameters)
    responses: dict[int, Any] = {200: page_model(Any if item is None else cast("Any", item))}
    template = filled if "://" in path else path.partition("?")[0]
    return Request("GET", url, filled, template=template, responses=responses, token=token)


def check_operation(operation: Operation[Any]) -> None:
    """Check the parts of an operation that a caller may have made.

    Raises:
        InvalidInputError: The method or the path is not valid, or a parameter of the path has no value.
    """
    if operation.method not in METHODS:
        raise InvalidInputError(f"method={operation.method!r}: use one of {', '.join(sorted(METHODS))}")
    check_path(operation.path_template, operation.path)
