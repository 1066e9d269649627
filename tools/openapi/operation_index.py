"""Finds the operations of a document, and the components that their requests and responses use."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tools.openapi.document import operation_id
from tools.openapi.interface import HTTP_METHODS, is_mapping, reachable, resolve
from tools.openapi.schema_text import items_of, mapping

Side = Literal["request", "response"]
Sides = frozenset[Side]
BOTH: Sides = frozenset({"request", "response"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation, with its reference resolved."""

    place: str  # `path`, `query`, `header` or `cookie`
    name: str
    reference: str | None  # None if it is defined in the operation
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a document."""

    method: str  # in upper case
    path: str
    value: dict[str, Any]
    item: dict[str, Any]  # the path item that holds `value`

    @property
    def name(self) -> str:
        """The operation's id."""
        return operation_id(self.method, self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def path_items(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the path items of a document by template, with references resolved."""
    return {
        path: resolved(document, item)[1]
        for path, item in mapping(document.get("paths")).items()
        if is_mapping(item) and not path.startswith("x-")
    }


def operations(path: str, item: dict[str, Any]) -> dict[str, Operation]:
    """Return the operations of a path item by method in upper case."""
    return {
        method.upper(): Operation(method.upper(), path, item[method], item)
        for method in HTTP_METHODS
        if is_mapping(item.get(method))
    }


def resolved(document: dict[str, Any], value: Any) -> tuple[str | None, dict[str, Any]]:
    """Resolve a value that may be a reference; return the reference (or None) and its target."""
    first: str | None = None
    seen = set[str]()
    while is_mapping(value) and isinstance(value.get("$ref"), str) and value["$ref"] not in seen:
        first = first or value["$ref"]
        seen.add(value["$ref"])
        value = resolve(document, value["$ref"])
    return first, mapping(value)


def parameters(document: dict[str, Any], operation: Operation) -> list[Parameter]:
    """Return the parameters of an operation and of its path; those of the operation override."""
    found: dict[tuple[str, str], Parameter] = {}
    for value in (*items_of(operation.item.get("parameters")), *items_of(operation.value.get("parameters"))):
        reference, parameter = resolved(document, value)
        place, name = str(parameter.get("in", "")), str(parameter.get("name", ""))
        if parameter:
            found[place, name] = Parameter(place, name, reference, parameter)
    return [found[key] for key in sorted(found)]


def requirements(holder: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the security requirements of an operation or a document; `{}` stands for no credentials."""
    return [item for item in items_of(holder.get("security")) if is_mapping(item)] or [{}]


def security(document: dict[str, Any], operation: Operation) -> list[dict[str, Any]]:
    """Return the security requirements of an operation: its own, or those of the document."""
    return requirements(operation.value if "security" in operation.value else document)


def servers(document: dict[str, Any], operation: Operation) -> list[Any]:
    """Return the servers of an operation: its own, or those of its path or of the document."""
    holder = next((holder for holder in (operation.value, operation.item) if items_of(holder.get("servers"))), document)
    return items_of(holder.get("servers"))


def names_by_path(path: str) -> list[str]:
    """Return the names of the parameters in a path template."""
    return re.findall(r"\{([^{}]*)\}", path)


class Usage:
    """The operations that use each component, directly or indirectly, in a request or a response."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._users: dict[str, dict[tuple[str, str], set[Side]]] = {}
        for path, item in path_items(document).items():
            for operation in operations(path, item).values():
                for side, value in self._parts(operation):
                    for reference in reachable(document, value):
                        users = self._users.setdefault(reference, {})
                        users.setdefault((operation.method, path), set()).add(side)

    def users(self, reference: str) -> dict[tuple[str, str], set[Side]]:
        """Return the sides on which operations use a component, by (method, path)."""
        return self._users.get(reference, {})

    def _parts(self, operation: Operation) -> Iterator[tuple[Side, Any]]:
        value, item = operation.value, operation.item
        yield "request", [item.get("parameters"), value.get("parameters"), value.get("requestBody")]
        yield "response", value.get("responses")
        # In a callback SoundCloud sends the request, so its content counts for both sides.
        yield "request", value.get("callbacks")
        yield "response", value.get("callbacks")
        schemes = sorted({scheme for option in security(self._document, operation) for scheme in option})
        yield "request", [{"$ref": f"#/components/securitySchemes/{scheme}"} for scheme in schemes]


def identifier(wire_name: str, *, form: bool = False) -> str:
    """`bpm[from]` -> `bpm_from`; a form's `track[title]` -> `title`, `playlist[tracks][][urn]` -> `tracks_urn`."""
    name = wire_name.split("[", 1)[1] if form and "[" in wire_name else wire_name
    return re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_")
