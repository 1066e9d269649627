"""Compares two schemas, and decides whether a difference breaks callers.

A reference to the same component on both sides is not a difference, because components are compared on their own. An inline schema
equals a component with the same content. `allOf` is merged into one schema.

In a request, a value that is not allowed any more breaks callers. In a response, a value that is not guaranteed any more does. New
nulls and enum values in a response may break them: the client accepts both, but a program may not expect them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tools.openapi.interface import canonical, is_mapping, is_sequence, resolve
from tools.openapi.operation_index import BOTH, Sides
from tools.openapi.schema_text import (
    CONSTRAINTS,
    LOWER_BOUNDS,
    VARIANTS,
    describe,
    is_nullable,
    items_of,
    mapping,
    merged,
    reference_name,
    shortened,
    simplified,
    split,
    strings_of,
    types_of,
    value_text,
    values_text,
)

IN_REQUEST: Sides = frozenset({"request"})
IN_RESPONSE: Sides = frozenset({"response"})
NOWHERE: Sides = frozenset()

# Keywords that allow fewer values when they are added or changed, and that have no rule of their own.
_NARROWING = frozenset(
    {
        *("not", "if", "then", "else", "contains", "minContains", "maxContains", "propertyNames", "prefixItems"),
        *("patternProperties", "dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties"),
    }
)
# Keywords with rules of their own; the others are compared by value.
_KNOWN = frozenset(
    {
        *("type", "nullable", "format", "enum", "default", "deprecated", "readOnly", "writeOnly"),
        *("properties", "required", "items", "additionalProperties", "allOf", "$ref"),
        *CONSTRAINTS,
        *VARIANTS,
    }
)
# Keywords that say nothing about which variant a value has.
_ANNOTATIONS = frozenset({"nullable", "deprecated", "default", "readOnly", "writeOnly"})
# Schemas that differ below this depth of components count as different types.
_MAX_COMPONENTS = 30
_Schema = dict[str, Any]
_ANYTHING: _Schema = {}

_Pairs = frozenset[tuple[str, str]]
"""Pairs of components (as JSON lists) that are being compared, to end the recursion."""
# Formats that change the Python type of a value.
_FORMATS_WITH_A_TYPE = frozenset({"binary", "byte", "date", "date-time", "duration", "time", "uuid"})
_WIDER_FORMATS = frozenset({("int32", "int64"), ("float", "double")})
_WIDER_TYPES = frozenset({("integer", "number")})


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between two schemas, parameters, bodies or responses."""

    path: str  # inside the compared object: `collection[].title`, or an empty string
    what: str
    before: str | None = None
    after: str | None = None
    breaks_request: bool = False
    breaks_response: bool = False
    doubtful: Sides = NOWHERE  # where it may break callers, if it does not for sure
    details: tuple[str, ...] = ()  # what it consists of, one line each

    def __str__(self) -> str:
        values = " -> ".join(value for value in (self.before, self.after) if value is not None)
        return f"{self.path + ': ' if self.path else ''}{self.what}{f': {values}' if values else ''}"

    def under(self, prefix: str) -> "Difference":
        """Return the same difference with a prefix to its path."""
        return replace(self, path=f"{prefix}, {self.path}" if self.path else prefix)


class SchemaComparison:
    """Compares schemas of one document with schemas of another."""

    def __init__(self, old: _Schema, new: _Schema) -> None:
        self._old = old
        self._new = new
        # Differences of two components, which may replace each other in many places.
        self._replaced: dict[tuple[str, str, str], list[Difference]] = {}

    def differences(self, old: Any, new: Any) -> Iterator[Difference]:
        """Compare two schemas; None means no schema."""
        return self._compare({} if old is None else old, {} if new is None else new, "", frozenset())

    def _compare(self, old: Any, new: Any, path: str, pending: _Pairs) -> Iterator[Difference]:
        # `true` and `{}` both allow anything.
        old = _ANYTHING if old is True else old
        new = _ANYTHING if new is True else new
        if canonical(old) == canonical(new):
            return
        if not is_mapping(old) or not is_mapping(new):
            yield Difference(path, "type changed", describe(old), describe(new), True, True)
            return
        old, new = simplified(self._old, old), simplified(self._new, new)
        if canonical(old) == canonical(new):
            return
        views = _view(self._old, old), _view(self._new, new)
        if bool(_variants_of(views[0])) != bool(_variants_of(views[1])):
            yield from self._one_or_several(old, new, views, path, pending)
            return
        old_references, old_rest = split(old)
        new_references, new_rest = split(new)
        shared = old_references & new_references
        ours, theirs = sorted(old_references - shared), sorted(new_references - shared)
        pair = (canonical(ours), canonical(theirs))
        if (ours or theirs) and pair in pending:
            return  # A recursive schema: a caller compares this pair.
        if len(pending) > _MAX_COMPONENTS:
            yield Difference(path, "type changed", describe(old), describe(new), True, True)
            return
        found = self._compare_views(
            _merged(self._old, old_rest, ours),
            _merged(self._new, new_rest, theirs),
            path,
            pending | {pair},
            typed_elsewhere=bool(shared),
        )
        if len(ours) == len(theirs) == 1 and canonical(old_rest) == canonical(new_rest):
            # A component that replaces another is one change, even if they have many differences.
            key = (*pair, canonical(old_rest))
            if key not in self._replaced:
                self._replaced[key] = list(found)
            found = self._replaced[key]
            if found:
                breaks_request = any(item.breaks_request for item in found)
                breaks_response = any(item.breaks_response for item in found)
                before, after = reference_name(ours[0]), reference_name(theirs[0])
                doubtful = NOWHERE.union(*(item.doubtful for item in found))
                details = tuple(str(replace(item, path=item.path[len(path) :].lstrip("."))) for item in found)
                yield Difference(
                    path, "type changed", before, after, breaks_request, breaks_response, doubtful, details
                )
        else:
            yield from found

    def _one_or_several(
        self, old: _Schema, new: _Schema, views: tuple[_Schema, _Schema], path: str, pending: _Pairs
    ) -> Iterator[Difference]:
        """Compare a schema with several variants and one without; `views` are both with their references merged."""
        pair = (canonical(old), canonical(new))
        if pair in pending or len(pending) > _MAX_COMPONENTS:
            return
        was_one = not _variants_of(views[0])
        several = views[1] if was_one else views[0]
        variants = _variants_of(several)
        yield from _nullability(old, new, path)
        yield from deprecation(*views, path)
        one = {key: value for key, value in (old if was_one else new).items() if key not in _ANNOTATIONS}
        common = {key: value for key, value in several.items() if key not in {*_ANNOTATIONS, *VARIANTS}}
        kept: list[Any] = []
        for variant in variants:
            whole = {**common, "allOf": [variant]} if common else variant
            pair_of_variant = (one, whole) if was_one else (whole, one)
            if not list(self._compare(*pair_of_variant, path, pending | {pair})):
                kept.append(variant)
        if not kept:
            anything = not one
            wider, narrower = anything and not was_one, anything and was_one
            yield Difference(path, "type changed", describe(old), describe(new), not wider, not narrower)
        for variant in variants if kept else ():
            if variant not in kept and was_one:
                yield Difference(path, "variant added", None, describe(variant), breaks_response=True)
            elif variant not in kept:
                yield Difference(path, "variant removed", describe(variant), None, breaks_request=True)

    def _compare_views(
        self, old: _Schema, new: _Schema, path: str, pending: _Pairs, *, typed_elsewhere: bool
    ) -> Iterator[Difference]:
        old, new = _aligned(old, new)
        old_types, new_types = types_of(old), types_of(new)
        # A schema that includes a component need not have a type of its own.
        retyped = old_types != new_types and not (typed_elsewhere and not (old_types and new_types))
        if retyped:
            breaks_request = bool(new_types) and not _covers(new_types, old_types)
            breaks_response = bool(old_types) and not _covers(old_types, new_types)
            yield Difference(path, "type changed", describe(old), describe(new), breaks_request, breaks_response)
        yield from _flags(old, new, path)
        if not retyped:
            yield from _format(old, new, path)
        yield from _enum(old, new, path)
        yield from _constraints(old, new, path)
        # A change of type includes its fields and items.
        if not old_types or not new_types or old_types & new_types:
            yield from self._fields(old, new, path, pending)
            yield from self._items(old, new, path, pending)
        yield from self._variants(old, new, path, pending)
        for key in sorted((old.keys() | new.keys()) - _KNOWN):
            for difference in changed_key(old, new, key, path):
                if key in _NARROWING:
                    yield replace(difference, breaks_request=key in new, doubtful=IN_RESPONSE)
                else:
                    yield replace(difference, doubtful=NOWHERE if key.startswith(("x-", "$")) else BOTH)

    def _fields(self, old: _Schema, new: _Schema, path: str, pending: _Pairs) -> Iterator[Difference]:
        old_fields, new_fields = mapping(old.get("properties")), mapping(new.get("properties"))
        old_required, new_required = strings_of(old.get("required")), strings_of(new.get("required"))
        for name in sorted(old_fields.keys() | new_fields.keys() | old_required | new_required):
            field = f"{path}.{name}" if path else name
            before = _described_field(old_fields.get(name), name in old_required)
            after = _described_field(new_fields.get(name), name in new_required)
            if name in old_fields and name not in new_fields:
                yield Difference(field, "field removed", before, None, True, True)
            elif name in new_fields and name not in old_fields:
                yield Difference(field, "field added", None, after, breaks_request=name in new_required)
            else:
                yield from requiredness(name in old_required, name in new_required, field)
                if name in old_fields:
                    yield from self._compare(old_fields[name], new_fields[name], field, pending)

    def _items(self, old: _Schema, new: _Schema, path: str, pending: _Pairs) -> Iterator[Difference]:
        if "items" in old or "items" in new:
            yield from self._compare(old.get("items", {}), new.get("items", {}), f"{path}[]", pending)
        before, after = (schema.get("additionalProperties", True) for schema in (old, new))
        if (before is False) != (after is False):
            first, second = ("no other fields" if side is False else "other fields allowed" for side in (before, after))
            yield Difference(path, "constraint changed", first, second, breaks_request=after is False)
        elif "additionalProperties" in old or "additionalProperties" in new:
            yield from self._compare(before, after, f"{path}{{}}", pending)

    def _variants(self, old: _Schema, new: _Schema, path: str, pending: _Pairs) -> Iterator[Difference]:
        for key in VARIANTS:
            before, after = items_of(old.get(key)), items_of(new.get(key))
            kept = {canonical(item) for item in before} & {canonical(item) for item in after}
            gone = [item for item in before if canonical(item) not in kept]
            come = [item for item in after if canonical(item) not in kept]
            if len(gone) == len(come) == 1 and len(before) == len(after):
                number = next(index for index, item in enumerate(after, 1) if item is come[0])
                yield from self._compare(gone[0], come[0], f"{path}({key} {number})", pending)
                continue
            # Variants narrow a schema that had none, and widen one that had some.
            narrows = not before
            for item in gone:
                yield Difference(path, "variant removed", describe(item), None, breaks_request=bool(after))
            for item in come:
                yield Difference(path, "variant added", None, describe(item), narrows, not narrows)


def changed_key(old: _Schema, new: _Schema, key: str, path: str) -> Iterator[Difference]:
    """Compare the values of a key without a rule of its own."""
    if canonical(old.get(key)) != canonical(new.get(key)):
        before, after = (
            f"{key}: {shortened(canonical(side[key]))}" if key in side else f"no {key}" for side in (old, new)
        )
        yield Difference(path, "changed", before, after)


def _merged(document: _Schema, schema: _Schema, references: Iterable[str]) -> _Schema:
    """Merge components, and those that they include, into a schema."""
    waiting, seen = list(references), set[str]()
    while waiting:
        reference = waiting.pop(0)
        if reference in seen:
            continue
        seen.add(reference)
        target = resolve(document, reference)
        if is_mapping(target):
            more, rest = split(simplified(document, target))
            waiting.extend(sorted(more))
            schema = merged(schema, rest)
    return schema


def _nullability(old: _Schema, new: _Schema, path: str) -> Iterator[Difference]:
    if is_nullable(new) and not is_nullable(old):
        yield Difference(path, "became nullable", doubtful=IN_RESPONSE)
    elif is_nullable(old) and not is_nullable(new):
        yield Difference(path, "no longer nullable", breaks_request=True)


def _view(document: _Schema, schema: _Schema) -> _Schema:
    """Return a schema with the components that it includes merged into it."""
    references, rest = split(schema)
    return _merged(document, rest, sorted(references))


def _variants_of(view: _Schema) -> list[Any]:
    return next((items_of(view.get(key)) for key in VARIANTS if items_of(view.get(key))), list[Any]())


def _covers(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    """Return whether every value of the narrow types has one of the wide types; no type stands for all types."""
    return bool(narrow) and all(kind in wide or (kind == "integer" and "number" in wide) for kind in narrow)


def _aligned(old: _Schema, new: _Schema) -> tuple[_Schema, _Schema]:
    """Write a `const` as an enum of one value if the other side has an enum."""

    def as_enum(schema: _Schema, other: _Schema) -> _Schema:
        if "const" not in schema or "enum" not in other:
            return schema
        return {**{key: value for key, value in schema.items() if key != "const"}, "enum": [schema["const"]]}

    return as_enum(old, new), as_enum(new, old)


def _flags(old: _Schema, new: _Schema, path: str) -> Iterator[Difference]:
    yield from _nullability(old, new, path)
    yield from deprecation(old, new, path)
    for key, is_request in (("readOnly", True), ("writeOnly", False)):
        before, after = old.get(key) is True, new.get(key) is True
        if before != after:
            words = ("read-only", "readable and writable") if is_request else ("write-only", "readable and writable")
            first, second = words if before else words[::-1]
            yield Difference(path, "access changed", first, second, after and is_request, after and not is_request)
    if canonical(old.get("default")) != canonical(new.get("default")):
        before, after = _keyword(old, "default"), _keyword(new, "default")
        yield Difference(path, "default changed", before, after, doubtful=IN_REQUEST)


def requiredness(before: bool, after: bool, path: str) -> Iterator[Difference]:
    """Compare whether something is required."""
    if after and not before:
        yield Difference(path, "became required", "optional", "required", breaks_request=True)
    elif before and not after:
        yield Difference(path, "became optional", "required", "optional", doubtful=IN_RESPONSE)


def deprecation(old: _Schema, new: _Schema, path: str) -> Iterator[Difference]:
    """Compare `deprecated`."""
    before, after = old.get("deprecated") is True, new.get("deprecated") is True
    if before != after:
        yield Difference(path, "deprecated" if after else "no longer deprecated")


def _format(old: _Schema, new: _Schema, path: str) -> Iterator[Difference]:
    before, after = old.get("format"), new.get("format")
    if canonical(before) != canonical(after):
        pair = (str(before), str(after))
        narrower = after is not None and pair not in _WIDER_FORMATS
        breaks_response = not _FORMATS_WITH_A_TYPE.isdisjoint(pair)
        yield Difference(
            path, "format changed", _keyword(old, "format"), _keyword(new, "format"), narrower, breaks_response
        )


def _enum(old: _Schema, new: _Schema, path: str) -> Iterator[Difference]:
    before, after = old.get("enum"), new.get("enum")
    if not is_sequence(before) and not is_sequence(after):
        return
    if not is_sequence(before) or not is_sequence(after):
        first, second = (
            f"one of {values_text(side)}" if is_sequence(side) else "any value" for side in (before, after)
        )
        what = "enum added" if is_sequence(after) else "enum removed"
        doubtful = IN_RESPONSE if is_sequence(before) else NOWHERE
        yield Difference(path, what, first, second, breaks_request=is_sequence(after), doubtful=doubtful)
        return
    old_values, new_values = ({canonical(value): value for value in values} for values in (before, after))
    gone = [value for key, value in old_values.items() if key not in new_values]
    come = [value for key, value in new_values.items() if key not in old_values]
    if gone:
        yield Difference(path, "enum value removed", values_text(gone), None, breaks_request=True)
    if come:
        yield Difference(path, "enum value added", None, values_text(come), doubtful=IN_RESPONSE)


def _constraints(old: _Schema, new: _Schema, path: str) -> Iterator[Difference]:
    moved = [
        (first, second)
        for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
        for first, second in ((bound, exclusive), (exclusive, bound))
        if first in old and second in new and not ({second} & old.keys() or {first} & new.keys())
    ]
    for first, second in moved:  # from `maximum: 9` to `exclusiveMaximum: 9`, or back
        tighter = _is_tighter(first, old[first], new[second]) or (old[first] == new[second] and second.startswith("ex"))
        yield Difference(
            path, "constraint changed", _keyword(old, first), _keyword(new, second), breaks_request=tighter
        )
    for key in CONSTRAINTS:
        before, after = old.get(key), new.get(key)
        if any(key in pair for pair in moved):
            continue
        if canonical(before) != canonical(after):
            tighter = _is_tighter(key, before, after)
            first, second = _keyword(old, key), _keyword(new, key)
            # A program may branch on a value that is always the same.
            unfixed = key == "const" and key in old
            yield Difference(path, "constraint changed", first, second, tighter, unfixed)


def _is_tighter(key: str, before: Any, after: Any) -> bool:
    if after is None or after is False:
        return False
    numbers = [value for value in (before, after) if isinstance(value, int | float)]
    if len(numbers) < 2 or key in {"pattern", "multipleOf", "const"}:
        return True
    if key in LOWER_BOUNDS or key == "exclusiveMinimum":
        return numbers[1] > numbers[0]
    return numbers[1] < numbers[0] or after is True


def _described_field(schema: Any, required: bool) -> str:
    return describe(schema) + ("; required" if required else "")


def _keyword(schema: _Schema, key: str) -> str:
    return f"{key} {value_text(schema[key])}" if key in schema else f"no {key}"
