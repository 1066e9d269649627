"""Compares two OpenAPI documents; each change is listed once, where it was made."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

from tools.openapi.document import operation_id
from tools.openapi.interface import HTTP_METHODS, canonical, is_mapping, is_sequence, normalise
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
    security,
)
from tools.openapi.operation_index import servers as servers_of
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

Level = Literal["breaking", "possibly breaking", "compatible"]
LEVELS: tuple[Level, ...] = ("breaking", "possibly breaking", "compatible")

_Key = tuple[str, str]

# So many operations with the same change of security or servers are one change of the document.
_MANY_OPERATIONS = 4
_MAX_PLACES = 10


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
    doubtful: bool = False
    details: tuple[str, ...] = ()
    accepted: str | None = None

    @property
    def level(self) -> Level:
        """How much the change breaks."""
        return "breaking" if self.breaking else "possibly breaking" if self.doubtful else "compatible"


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
    return found or [
        Change(place, "rearranged", None, None, breaking=False)
        for place in dict.fromkeys(islice(_rearranged(before, after, ()), _MAX_PLACES))
    ]


def _rearranged(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Yield the places where two values differ."""
    if is_mapping(old) and is_mapping(new):
        one_sided = old.keys() ^ new.keys()
        keys = sorted(
            one_sided | {key for key in old.keys() & new.keys() if canonical(old[key]) != canonical(new[key])}
        )
        if one_sided and len(keys) > 1 and len(path) > 2:
            yield place(path)  # written in another way
            return
        for key in keys:
            if key in one_sided:
                yield place((*path, key))
            else:
                yield from _rearranged(old[key], new[key], (*path, key))
    elif is_sequence(old) and is_sequence(new) and len(old) == len(new):
        pairs = [
            (number, pair)
            for number, pair in enumerate(zip(old, new, strict=True), 1)
            if canonical(pair[0]) != canonical(pair[1])
        ]
        if len(pairs) > 1:  # probably another order
            yield place(path)
        elif pairs:
            ((number, pair),) = pairs
            yield from _rearranged(*pair, (*path, str(mapping(pair[1]).get("name", number))))
    elif canonical(old) != canonical(new):
        yield place(path)


def place(path: tuple[str, ...]) -> str:
    """Return a path of keys in the words of a report: `GET /tracks > tags`, `schema Track > properties`."""
    match path:
        case ("paths", template, method, *rest) if method in HTTP_METHODS:
            head = f"{method.upper()} {template}"
        case ("paths", head, *rest):
            pass
        case ("components", kind, name, *rest):
            head = f"{_COMPONENTS.get(kind, kind)} {name}"
        case _:
            head, rest = "the document", path
    return " > ".join((head, *rest))


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
        self._own_access: dict[_Key, list[Difference]] = {}

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
        known = {"paths", "components", "security", "servers", "info"}
        for key in sorted((self._old.keys() | self._new.keys()) - known):
            for difference in changed_key(self._old, self._new, key, ""):
                # SoundCloud sends the requests of webhooks, so that any change counts for both sides.
                doubt = replace(difference, doubtful=BOTH) if key == "webhooks" else difference
                yield from self._changes(
                    "the document", [doubt], dict.fromkeys(self._new_operations(), BOTH) if key == "webhooks" else {}
                )
        before, after = mapping(self._old.get("info")), mapping(self._new.get("info"))
        for key in sorted(before.keys() | after.keys()):
            yield from self._changes("the document, info", changed_key(before, after, key, ""), {})
        yield from self._access()

    def _access(self) -> Iterator[Change]:
        """Compare the servers and the security that count for each operation; a change of many operations is listed once."""
        found: dict[Difference, dict[_Key, Sides]] = {}
        for (method, path), new in self._new_operations().items():
            old_path = self._old_of.get(path, path)
            old = operations(old_path, self._old_items.get(old_path, {})).get(method)
            if old is not None:
                differences = (
                    *servers(servers_of(self._old, old), servers_of(self._new, new)),
                    *schemes(security(self._old, old), security(self._new, new)),
                )
                for difference in differences:
                    found.setdefault(difference, {})[method, path] = BOTH
        for difference, users in found.items():
            inherited = "servers" if difference.what.startswith("servers") else "security"
            shared = canonical(self._old.get(inherited)) != canonical(self._new.get(inherited))
            if shared or len(users) >= _MANY_OPERATIONS:
                yield from self._changes("the document", [difference], users)
            else:
                for key in users:
                    self._own_access.setdefault(key, []).append(difference)

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
        yield from self._own_access.get((new.method, new.path), ())
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
            renamed = self._renamed(old, new) if kind == "schemas" else {}
            for name in sorted(old.keys() | new.keys()):
                reference = f"#/components/{kind}/{name.replace('~', '~0').replace('/', '~1')}"
                users = self._users(reference)
                if name in renamed.values():
                    continue
                if name in renamed:
                    # The class of the generated client has another name, but the objects are the same.
                    found = [Difference("", "schema renamed", name, renamed[name], doubtful=BOTH)]
                elif name in old and name in new:
                    found = self._component(kind, old[name], new[name])
                elif name in new:
                    shown = kind in _REPORTED_COMPONENTS or not self._new_usage.users(reference)
                    found = [Difference("", f"{title} added", None, _summary(kind, new[name]))] if shown else []
                else:
                    shown = kind in _REPORTED_COMPONENTS or not self._old_usage.users(reference)
                    removed = Difference("", f"{title} removed", _summary(kind, old[name]), None, True, True)
                    found = [removed] if shown else []
                yield from self._changes(f"{title} {name}", found, users)

    def _renamed(self, old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
        """Return the new names of the schemas that have the same content under another name."""
        names: dict[str, str] = {}
        for name in sorted(old.keys() - new.keys()):
            for other in sorted(new.keys() - old.keys() - set(names.values())):
                pair = ({"$ref": f"#/components/schemas/{each}"} for each in (name, other))
                if old[name] and next(self._messages.schemas.differences(*pair), None) is None:
                    names[name] = other
                    break
        return names

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
            values = (difference.what, difference.before, difference.after)
            doubtful = not breaking and bool(sides & difference.doubtful)
            yield Change(place, *values, breaking, names, methods, doubtful, difference.details)

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
