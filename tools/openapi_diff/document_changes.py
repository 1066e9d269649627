"""Compares two OpenAPI documents; each change is listed once, where it was made."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.openapi.document import operation_id
from tools.openapi.interface import HTTP_METHODS, canonical, normalise
from tools.openapi.operation_index import (
    BOTH,
    Operation,
    Parameter,
    Side,
    Sides,
    Usage,
    names_by_path,
    operations,
    parameters,
    path_items,
    requirements,
    security,
)
from tools.openapi.schema_text import describe, items_of, mapping, values_text
from tools.openapi_diff.access_changes import leaves, schemes, servers
from tools.openapi_diff.message_changes import MessageComparison
from tools.openapi_diff.schema_changes import Difference, changed_key, deprecation

# Component kind -> its name in a report; by default the kind itself.
_COMPONENTS = {
    "headers": "shared header",
    "parameters": "shared parameter",
    "requestBodies": "shared request body",
    "responses": "shared response",
    "schemas": "schema",
    "securitySchemes": "security scheme",
}
# An added or removed component of these kinds is always reported; of others, only if no operation uses it.
_REPORTED_COMPONENTS = frozenset({"schemas", "securitySchemes"})

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One change; tools/diff_spec.py describes the fields."""

    where: str
    what: str
    before: str | None
    after: str | None
    breaking: bool
    operations: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


def compare(
    old: dict[str, Any], new: dict[str, Any], *, methods: Mapping[str, Sequence[str]] | None = None
) -> list[Change]:
    """Return the changes between two documents: of the document, then of operations by path, then of components by name.

    Both documents are normalised, so that prose and order do not count, and may be malformed. A change of a shared component is one
    change that names all operations which use the component. The list is empty if and only if the normalised documents are equal.

    Args:
        old: The old document.
        new: The new document.
        methods: The facade's methods by operation; default none.
    """
    before, after = _ordered(old), _ordered(new)
    if canonical(before) == canonical(after):
        return []
    found = list(_DocumentComparison(before, after, methods or {}).changes())
    # Report that the documents differ even if no rule finds a difference.
    return found or [Change("the document", "rearranged", None, None, breaking=False)]


def _ordered(document: dict[str, Any]) -> dict[str, Any]:
    return mapping(json.loads(canonical(normalise(document))))


class _DocumentComparison:
    def __init__(self, old: dict[str, Any], new: dict[str, Any], methods: Mapping[str, Sequence[str]]) -> None:
        self._old = old
        self._new = new
        self._methods = methods
        self._old_usage = Usage(old)
        self._new_usage = Usage(new)
        self._messages = MessageComparison(old, new)
        self._old_items, self._new_items = path_items(old), path_items(new)
        # Old path -> new path, for the paths in both documents.
        self._pairs = dict(_matched_paths(self._old_items, self._new_items))
        self._old_of = {new: old for old, new in self._pairs.items()}

    def changes(self) -> Iterator[Change]:
        yield from self._document()
        gone = {path for path in self._old_items if path not in self._pairs}
        for path in sorted(gone | self._new_items.keys()):
            if path in gone:
                yield from self._removed_operations(operations(path, self._old_items[path]).values())
            if path in self._new_items:
                yield from self._path(self._old_of.get(path), path)
        yield from self._components()

    # --- the document itself

    def _document(self) -> Iterator[Change]:
        everywhere = self._new_operations()
        known = {"paths", "components", "security", "servers", "info"}
        for key in sorted((self._old.keys() | self._new.keys()) - known):
            yield from self._changes("the document", changed_key(self._old, self._new, key, ""), {})
        before, after = mapping(self._old.get("info")), mapping(self._new.get("info"))
        for key in sorted(before.keys() | after.keys()):
            yield from self._changes("the document, info", changed_key(before, after, key, ""), {})
        yield from self._changes("the document", servers(self._old, self._new), dict.fromkeys(everywhere, BOTH))
        heirs = {key: BOTH for key, operation in everywhere.items() if "security" not in operation.value}
        yield from self._changes("the document", schemes(requirements(self._old), requirements(self._new)), heirs)

    def _new_operations(self) -> dict[_Key, Operation]:
        return {
            (method, path): operation
            for path, item in self._new_items.items()
            for method, operation in operations(path, item).items()
        }

    # --- paths and operations

    def _removed_operations(self, gone: Iterable[Operation]) -> Iterator[Change]:
        for operation in gone:
            difference = Difference("", "operation removed", operation.name, None, True, True)
            yield from self._changes(str(operation), [difference], {(operation.method, operation.path): BOTH})

    def _path(self, old_path: str | None, path: str) -> Iterator[Change]:
        item = self._new_items[path]
        new = operations(path, item)
        old = operations(old_path, self._old_items[old_path]) if old_path is not None else {}
        if old_path is not None:
            both = {(method, path): BOTH for method in old if method in new}
            if old_path != path:
                before, after = ("{" + "}, {".join(names_by_path(template)) + "}" for template in (old_path, path))
                # The operation's id and the function's argument change too.
                renamed = Difference("", "path parameter renamed", before, after, True)
                yield from self._changes(path, [renamed], both)
            old_item = self._old_items[old_path]
            yield from self._changes(path, servers(old_item, item), both)
            for key in sorted((old_item.keys() | item.keys()) - {"parameters", "servers", *HTTP_METHODS}):
                yield from self._changes(path, changed_key(old_item, item, key, ""), both)
        yield from self._removed_operations(old[method] for method in old if method not in new)
        for method, operation in new.items():
            key = {(method, path): BOTH}
            if method in old:
                yield from self._changes(str(operation), self._operation(old[method], operation), key)
            else:
                yield from self._changes(str(operation), [Difference("", "operation added", None, operation.name)], key)

    def _operation(self, old: Operation, new: Operation) -> Iterator[Difference]:
        yield from deprecation(old.value, new.value, "")
        before, after = items_of(old.value.get("tags")), items_of(new.value.get("tags"))
        if canonical(before) != canonical(after):
            # The first tag is the package that the operation is generated into.
            moved = canonical(before[:1]) != canonical(after[:1])
            yield Difference("", "tags changed", values_text(before), values_text(after), moved)
        yield from self._parameters(old, new)
        yield from self._messages.bodies(old.value.get("requestBody"), new.value.get("requestBody"))
        yield from self._messages.responses(old.value.get("responses"), new.value.get("responses"))
        yield from servers(old.value, new.value)
        if "security" in old.value or "security" in new.value:
            yield from schemes(security(self._old, old), security(self._new, new))
        known = {"deprecated", "tags", "parameters", "requestBody", "responses", "security", "servers"}
        for key in sorted((old.value.keys() | new.value.keys()) - known):
            yield from changed_key(old.value, new.value, key, "")

    def _parameters(self, old: Operation, new: Operation) -> Iterator[Difference]:
        """Compare parameters that are not the same component, by name; those of a renamed path by position."""
        renamed = dict(zip(names_by_path(old.path), names_by_path(new.path), strict=False))
        old_left = {
            (item.place, renamed.get(item.name, item.name) if item.place == "path" else item.name): item
            for item in parameters(self._old, old)
        }
        new_left = {(item.place, item.name): item for item in parameters(self._new, new)}
        shared = _components_of(old_left) & _components_of(new_left)
        old_left = {key: item for key, item in old_left.items() if item.reference not in shared}
        new_left = {key: item for key, item in new_left.items() if item.reference not in shared}
        for key in sorted(old_left.keys() | new_left.keys()):
            before, after = old_left.get(key), new_left.get(key)
            where = f"{key[0]} parameter {key[1]}"
            if before is not None and after is not None:
                for difference in self._messages.parameters(before.value, after.value):
                    yield difference.under(where)
            elif before is not None:
                yield Difference(where, "parameter removed", _described(before), None, True)
            elif after is not None:
                yield Difference(where, "parameter added", None, _described(after), after.value.get("required") is True)

    # --- components

    def _components(self) -> Iterator[Change]:
        old_kinds, new_kinds = (mapping(side.get("components")) for side in (self._old, self._new))
        for kind in sorted(old_kinds.keys() | new_kinds.keys()):
            old, new = mapping(old_kinds.get(kind)), mapping(new_kinds.get(kind))
            title = _COMPONENTS.get(kind, kind)
            for name in sorted(old.keys() | new.keys()):
                reference = f"#/components/{kind}/{name.replace('~', '~0').replace('/', '~1')}"
                users = self._users(reference)
                if name in old and name in new:
                    found = self._component(kind, old[name], new[name])
                elif name in new:
                    shown = kind in _REPORTED_COMPONENTS or not self._new_usage.users(reference)
                    found = [Difference("", f"{title} added", None, _summary(kind, new[name]))] if shown else []
                else:
                    shown = kind in _REPORTED_COMPONENTS or not self._old_usage.users(reference)
                    removed = Difference("", f"{title} removed", _summary(kind, old[name]), None, True, True)
                    found = [removed] if shown else []
                yield from self._changes(f"{title} {name}", found, users)

    def _component(self, kind: str, old: Any, new: Any) -> Iterable[Difference]:
        if kind == "schemas":
            return self._messages.schemas.differences(old, new)
        if kind in {"parameters", "headers"}:
            return self._messages.parameters(old, new)
        if kind == "requestBodies":
            return self._messages.body(old, new)
        if kind == "responses":
            return self._messages.response(old, new)
        if kind == "securitySchemes":
            return leaves(old, new, "")
        return changed_key({kind: old}, {kind: new}, kind, "")

    def _users(self, reference: str) -> dict[_Key, Sides]:
        """Return the operations that use a component in either document, by their new paths."""
        users: dict[_Key, set[Side]] = {}
        for (method, path), sides in self._old_usage.users(reference).items():
            users.setdefault((method, self._pairs.get(path, path)), set()).update(sides)
        for key, sides in self._new_usage.users(reference).items():
            users.setdefault(key, set()).update(sides)
        return {key: frozenset(sides) for key, sides in users.items()}

    # --- changes

    def _changes(self, where: str, differences: Iterable[Difference], users: Mapping[_Key, Sides]) -> Iterator[Change]:
        sides = frozenset[Side]().union(*users.values())
        names = tuple(sorted({operation_id(method, path) for method, path in users}))
        methods = tuple(sorted({name for key in users for name in self._methods_of(key)}))
        for difference in differences:
            breaking = ("request" in sides and difference.breaks_request) or (
                "response" in sides and difference.breaks_response
            )
            place = f"{where}, {difference.path}" if difference.path else where
            yield Change(place, difference.what, difference.before, difference.after, breaking, names, methods)

    def _methods_of(self, key: _Key) -> Iterator[str]:
        """Yield the facade's methods of an operation, by its old or its new path."""
        method, path = key
        for template in {path, self._old_of.get(path, path)}:
            yield from self._methods.get(operation_id(method, template), ())


def _matched_paths(old: Iterable[str], new: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pair the paths of both documents, including those that differ only in the names of parameters."""
    old_paths, new_paths = set(old), set(new)
    yield from ((path, path) for path in old_paths & new_paths)
    left: dict[str, list[str]] = {}
    for path in sorted(new_paths - old_paths):
        left.setdefault(_shape(path), []).append(path)
    for path in sorted(old_paths - new_paths):
        if left.get(_shape(path)):
            yield path, left[_shape(path)].pop(0)


def _shape(path: str) -> str:
    return re.sub(r"\{[^{}]*\}", "{}", path)


def _components_of(found: dict[_Key, Parameter]) -> set[str]:
    return {item.reference for item in found.values() if item.reference is not None}


def _described(parameter: Parameter) -> str:
    required = "; required" if parameter.value.get("required") is True else ""
    return describe(mapping(parameter.value.get("schema"))) + required


def _summary(kind: str, component: Any) -> str | None:
    return describe(component) if kind == "schemas" else None
