"""Describes schemas in words, and reads the keywords of OpenAPI 3.0 and 3.1."""

import re
from typing import Any

from tools.openapi.interface import canonical, is_mapping, is_sequence, resolve

LOWER_BOUNDS = ("minimum", "minItems", "minLength", "minProperties")
UPPER_BOUNDS = ("maximum", "maxItems", "maxLength", "maxProperties")
_OTHER_CONSTRAINTS = ("pattern", "multipleOf", "const", "uniqueItems", "exclusiveMinimum", "exclusiveMaximum")
CONSTRAINTS = (*LOWER_BOUNDS, *UPPER_BOUNDS, *_OTHER_CONSTRAINTS)
VARIANTS = ("anyOf", "oneOf")


def describe(schema: Any) -> str:
    """Return a short description of a schema: `string (date-time) or null`."""
    if not is_mapping(schema):
        return {"true": "anything", "null": "nothing"}.get(canonical(schema), shortened(canonical(schema)))
    references, rest = split(schema)
    names = [reference_name(reference) for reference in sorted(references)]
    kind = type_name(rest)
    if kind == "array":
        names.append(f"array of {describe(rest.get('items', True))}")
    elif kind == "object":
        fields = sorted(mapping(rest.get("properties")))
        listed = ", ".join([*fields[:5], *(["..."] if len(fields) > 5 else [])])
        names.append(f"object with {listed}" if listed else "object")
    elif kind != "any":
        names.append(kind)
    elif strings_of(rest.get("required")):
        names.append(f"with {', '.join(sorted(strings_of(rest['required'])))}")
    names.extend(" or ".join(describe(item) for item in items_of(rest.get(key))) for key in VARIANTS if rest.get(key))
    text = " and ".join(names) or "anything"
    if "format" in rest:
        text += f" ({value_text(rest['format'])})"
    if is_nullable(rest):
        text += " or null"
    if isinstance(rest.get("enum"), list):
        text += f", one of {values_text(rest['enum'])}"
    limits = [f"{key} {value_text(rest[key])}" for key in ("default", *CONSTRAINTS) if key in rest]
    return "; ".join([text, *limits])


def reference_name(reference: str) -> str:
    """Return the last part of a reference, which is the component's name."""
    return reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def shortened(text: str) -> str:
    """Cut a long text to 160 characters."""
    return text if len(text) <= 160 else f"{text[:157]}..."


def split(schema: dict[str, Any]) -> tuple[frozenset[str], dict[str, Any]]:
    """Return the components that a schema includes by `$ref` and `allOf`, and the rest of it merged into one schema."""
    references: set[str] = set()
    rest = {key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}
    if isinstance(schema.get("$ref"), str):
        references.add(schema["$ref"])
    for part in items_of(schema.get("allOf")):
        if is_mapping(part):
            part_references, part_rest = split(part)
            references |= part_references
            rest = merged(rest, part_rest)
    return frozenset(references), rest


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Merge two parts of an `allOf`; the first wins a conflict."""
    both = {**other, **one}
    if "properties" in one and "properties" in other:
        both["properties"] = {**mapping(other["properties"]), **mapping(one["properties"])}
    if "required" in one and "required" in other:
        both["required"] = sorted(strings_of(one["required"]) | strings_of(other["required"]))
    return both


def type_name(schema: dict[str, Any]) -> str:
    """Return the type of a schema; without `type`, the one that its keywords belong to."""
    kind = schema.get("type")
    if is_sequence(kind):
        return "|".join(sorted(str(item) for item in kind if item != "null")) or "null"
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "array" if "items" in schema else "any"


def is_nullable(schema: dict[str, Any]) -> bool:
    """Return whether a schema allows null, by `nullable` (3.0) or `type` (3.1)."""
    return schema.get("nullable") is True or "null" in strings_of(schema.get("type"))


def types_of(schema: dict[str, Any]) -> frozenset[str]:
    """Return the types of a schema without null; none if it allows any type."""
    name = type_name(schema)
    return frozenset() if name == "any" else frozenset(name.split("|"))


def simplified(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with the same meaning in one form.

    A single variant of `anyOf` or `oneOf` is included by `allOf`. A variant `null` becomes `nullable`. A type that all variants
    have is left out beside them. An exclusive bound has the form of 3.1.
    """
    result = dict(schema)
    for key in VARIANTS:
        variants = items_of(result.get(key))
        left = [item for item in variants if canonical(item) != '{"type":"null"}']
        if not left:
            continue
        if len(left) < len(variants):
            result["nullable"] = True
        result[key] = left
        if len(left) == 1:
            del result[key]
            result["allOf"] = [*items_of(result.get("allOf")), left[0]]
        elif "type" in result and all(_type_below(document, item) == result["type"] for item in left):
            del result["type"]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if result.get(exclusive) is True and bound in result:
            result[exclusive] = result.pop(bound)
        elif result.get(exclusive) is False:
            del result[exclusive]
    return result


def _type_below(document: dict[str, Any], schema: Any) -> Any:
    """Return the type of a schema or of the component that it refers to."""
    target = mapping(schema)
    if isinstance(target.get("$ref"), str):
        target = mapping(resolve(document, target["$ref"]))
    return target.get("type")


def value_text(value: Any) -> str:
    """Format a value; a string has no quotes, unless it looks like another type without them."""
    plain = isinstance(value, str) and not re.fullmatch(r"-?[0-9].*|true|false|null|\s*", value)
    return shortened(value if plain else canonical(value))


def values_text(values: list[Any]) -> str:
    """Format values as a comma-separated list."""
    return ", ".join(value_text(value) for value in values)


def mapping(value: Any) -> dict[str, Any]:
    """Return the value if it is a JSON object, else an empty dictionary."""
    return value if is_mapping(value) else {}


def items_of(value: Any) -> list[Any]:
    """Return the value if it is a JSON array, else an empty list."""
    return value if is_sequence(value) else []


def strings_of(value: Any) -> set[str]:
    """Return the strings of a value if it is a JSON array, else an empty set."""
    return {item for item in items_of(value) if isinstance(item, str)}
