"""Finds the operations of a document and what each of them uses, on which side of the wire."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tools.openapi.document import operation_id
from tools.openapi.interface import HTTP_METHODS, is_mapping, references, resolve
from tools.openapi.schema_text import items_of, mapping

Side = Literal["request", "reply"]
Sides = frozenset[Side]
BOTH: Sides = frozenset({"request", "reply"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation, looked up.

    Attributes:
        place: `path`, `query`, `header` or `cookie`.
        name: Its name on the wire.
        reference: The component that it was given by; None if it stands in the operation itself.
        value: What the document says of it.
    """

    place: str
    name: str
    reference: str | None
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a document.

    Attributes:
        method: The HTTP method in upper case.
        path: The path template.
        value: What the document says of it.
        item: What the document says of its path.
    """

    method: str
    path: str
    value: dict[str, Any]
    item: dict[str, Any]

    @property
    def name(self) -> str:
        """The operation's derived name."""
        return operation_id(self.method, self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def path_items(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the paths of a document, by template; a path given by reference is looked up."""
    return {
        path: followed(document, item)[1]
        for path, item in mapping(document.get("paths")).items()
        if is_mapping(item) and not path.startswith("x-")
    }


def operations(path: str, item: dict[str, Any]) -> dict[str, Operation]:
    """Return the operations of one path, by method in upper case."""
    return {
        method.upper(): Operation(method.upper(), path, item[method], item)
        for method in HTTP_METHODS
        if is_mapping(item.get(method))
    }


def followed(document: dict[str, Any], value: Any) -> tuple[str | None, dict[str, Any]]:
    """Follow a reference, if the value is one: the first reference, and what is at the end."""
    first: str | None = None
    seen = set[str]()
    while is_mapping(value) and isinstance(value.get("$ref"), str) and value["$ref"] not in seen:
        first = first or value["$ref"]
        seen.add(value["$ref"])
        value = resolve(document, value["$ref"])
    return first, mapping(value)


def parameters(document: dict[str, Any], operation: Operation) -> list[Parameter]:
    """Return the parameters of an operation, those of its path included unless it has its own of that name."""
    found: dict[tuple[str, str], Parameter] = {}
    for value in (*items_of(operation.item.get("parameters")), *items_of(operation.value.get("parameters"))):
        reference, parameter = followed(document, value)
        place, name = str(parameter.get("in", "")), str(parameter.get("name", ""))
        if parameter:
            found[place, name] = Parameter(place, name, reference, parameter)
    return [found[key] for key in sorted(found)]


def options(holder: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the alternatives of credentials that an operation or a document asks for; an empty one asks for none."""
    return [item for item in items_of(holder.get("security")) if is_mapping(item)] or [{}]


def security(document: dict[str, Any], operation: Operation) -> list[dict[str, Any]]:
    """Return the credentials that an operation asks for: its own, or those of the document."""
    return options(operation.value if "security" in operation.value else document)


def names_by_path(path: str) -> list[str]:
    """Return the names of the parameters in a path template, in order."""
    return re.findall(r"\{([^{}]*)\}", path)


class Usage:
    """Which operations use a component, directly or through others, and on which side."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._users: dict[str, dict[tuple[str, str], set[Side]]] = {}
        for path, item in path_items(document).items():
            for operation in operations(path, item).values():
                for side, value in self._parts(operation):
                    for reference in self._reachable(value):
                        users = self._users.setdefault(reference, {})
                        users.setdefault((operation.method, path), set()).add(side)

    def users(self, reference: str) -> dict[tuple[str, str], set[Side]]:
        """Return the operations, as (method, path), that use a component, each with the sides."""
        return self._users.get(reference, {})

    def _parts(self, operation: Operation) -> Iterator[tuple[Side, Any]]:
        value, item = operation.value, operation.item
        yield "request", [item.get("parameters"), value.get("parameters"), value.get("requestBody")]
        yield "reply", value.get("responses")
        # In a callback it is SoundCloud that sends the request; judge what is in it both ways.
        yield "request", value.get("callbacks")
        yield "reply", value.get("callbacks")
        schemes = sorted({scheme for option in security(self._document, operation) for scheme in option})
        yield "request", [{"$ref": f"#/components/securitySchemes/{scheme}"} for scheme in schemes]

    def _reachable(self, value: Any) -> set[str]:
        found = set[str]()
        waiting = references(value)
        while waiting:
            reference = waiting.pop()
            if reference not in found:
                found.add(reference)
                waiting |= references(resolve(self._document, reference))
        return found
