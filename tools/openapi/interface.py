"""Reduces an OpenAPI document to its interface: `normalise` drops the prose and sorts what has no order.

The traversal knows the structure of OpenAPI 3.x, because `title` is prose in a schema and the name of a field in `properties`.
Each kind of object is a table of the keys that hold prose and of the kinds of its children. Unknown keys are kept, so that a new
constraint or extension is not lost.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeGuard

HTTP_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The keys of a path item that hold operations."""


def is_mapping(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether the value is a JSON object."""
    return isinstance(value, dict)


def is_sequence(value: Any) -> TypeGuard[list[Any]]:
    """Return whether the value is a JSON array."""
    return isinstance(value, list)


def canonical(value: Any) -> str:
    """Return a value as canonical JSON, to compare values by type as well: in Python 1, 1.0 and True are equal."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def normalise(document: dict[str, Any]) -> dict[str, Any]:
    """Return the interface that an OpenAPI document describes, without its prose, in canonical order.

    Descriptions, summaries, examples, links to documentation, contact, terms, and the titles of schemas are dropped. A response
    keeps an empty description and a scope an empty string, because OpenAPI requires them. Lists without an order (`required`,
    `enum`, `parameters`, the `type` list of 3.1) are sorted. Malformed parts are kept as they are. The result is idempotent.
    """
    return _normalise(document, _DOCUMENT)


def references(value: Any) -> set[str]:
    """Return the targets of all `$ref` in a value, apart from those in data (a default, an extension)."""
    if is_sequence(value):
        return set[str]().union(*(references(item) for item in value))
    if not is_mapping(value):
        return set()
    found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set[str]()
    return found.union(
        *(
            references(item)
            for key, item in value.items()
            # A mapping under `default` is the schema of a field with that name: data is seldom a mapping.
            if not key.startswith("x-") and (key not in {"default", "enum", "const"} or is_mapping(item))
        )
    )


def resolve(document: dict[str, Any], reference: str) -> Any:
    """Return the target of a reference inside the document, or None if it does not exist."""
    if not reference.startswith("#/"):
        return None
    value: Any = document
    for part in reference[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not is_mapping(value) or key not in value:
            return None
        value = value[key]
    return value


def reachable(document: dict[str, Any], value: Any) -> set[str]:
    """Return the targets of all references in a value and in what they refer to."""
    found = set[str]()
    waiting = references(value)
    while waiting:
        reference = waiting.pop()
        if reference not in found:
            found.add(reference)
            waiting |= references(resolve(document, reference))
    return found


_Normaliser = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of OpenAPI object."""

    prose: frozenset[str]  # keys to drop
    children: dict[str, _Normaliser] = field(default_factory=dict[str, "_Normaliser"])
    fixed: dict[str, Any] = field(default_factory=dict[str, Any])  # values of required keys that hold prose


def _normalise(value: Any, kind: _Kind) -> Any:
    if not is_mapping(value):
        return value
    # A reference may have a summary and a description (3.1), and replaces the required keys.
    reference = isinstance(value.get("$ref"), str)
    prose = kind.prose | {"summary", "description"} if reference else kind.prose
    kept = {
        key: kind.children[key](item) if key in kind.children else item
        for key, item in value.items()
        if key not in prose
    }
    return kept if reference else {**kept, **kind.fixed}


def _one(kind: _Kind) -> _Normaliser:
    return lambda value: _normalise(value, kind)


def _map(kind: _Kind, *, extensions: bool = False) -> _Normaliser:
    """Normalise the values of a mapping whose keys are names; with `extensions`, keep `x-` keys as they are."""
    return lambda value: (
        {key: item if extensions and key.startswith("x-") else _normalise(item, kind) for key, item in value.items()}
        if is_mapping(value)
        else value
    )


def _list(kind: _Kind) -> _Normaliser:
    return lambda value: [_normalise(item, kind) for item in value] if is_sequence(value) else value


def _sorted(value: Any) -> Any:
    return sorted(value, key=_order) if is_sequence(value) else value


def _order(value: Any) -> tuple[str, float, str]:
    """Return a sort key: by type, numbers by value, others by their JSON."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", value, canonical(value)
    return type(value).__name__, 0, canonical(value)


def _parameters(value: Any) -> Any:
    if not is_sequence(value):
        return value
    return sorted((_normalise(item, _PARAMETER) for item in value), key=_parameter_order)


def _parameter_order(parameter: Any) -> tuple[str, str, str, str]:
    if not is_mapping(parameter):
        return "", "", "", canonical(parameter)
    reference, place, name = (str(parameter.get(key, "")) for key in ("$ref", "in", "name"))
    return reference, place, name, canonical(parameter)


def _scopes(value: Any) -> Any:
    return dict.fromkeys(value, "") if is_mapping(value) else value


_SCHEMA = _Kind(frozenset({"title", "description", "example", "examples", "externalDocs", "$comment"}))
_SCHEMA.children.update(
    dict.fromkeys(("properties", "patternProperties", "definitions", "$defs", "dependentSchemas"), _map(_SCHEMA))
)
_SCHEMA.children.update(dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _list(_SCHEMA)))
_SCHEMA.children.update(
    dict.fromkeys(
        (
            *("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"),
            *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
        ),
        _one(_SCHEMA),
    )
)
_SCHEMA.children.update(dict.fromkeys(("required", "enum", "type"), _sorted))

_SERVER = _Kind(frozenset({"description"}), {"variables": _map(_Kind(frozenset({"description"})))})
_MEDIA_TYPE = _Kind(frozenset({"example", "examples"}), {"schema": _one(_SCHEMA)})
_PARAMETER = _Kind(
    frozenset({"description", "example", "examples"}), {"schema": _one(_SCHEMA), "content": _map(_MEDIA_TYPE)}
)
_MEDIA_TYPE.children["encoding"] = _map(_Kind(frozenset(), {"headers": _map(_PARAMETER)}))
_BODY = _Kind(frozenset({"description"}), {"content": _map(_MEDIA_TYPE)})
_LINK = _Kind(frozenset({"description"}), {"server": _one(_SERVER)})
_RESPONSE = _Kind(
    frozenset({"description"}),
    {"headers": _map(_PARAMETER), "content": _map(_MEDIA_TYPE), "links": _map(_LINK)},
    {"description": ""},
)
_PATH_ITEM = _Kind(frozenset({"summary", "description"}), {"parameters": _parameters, "servers": _list(_SERVER)})
_OPERATION = _Kind(
    frozenset({"summary", "description", "externalDocs"}),
    {
        "parameters": _parameters,
        "requestBody": _one(_BODY),
        "responses": _map(_RESPONSE, extensions=True),
        "servers": _list(_SERVER),
    },
)
_OPERATION.children["callbacks"] = lambda value: (
    {key: _map(_PATH_ITEM, extensions=True)(item) for key, item in value.items()} if is_mapping(value) else value
)
_PATH_ITEM.children.update(dict.fromkeys(HTTP_METHODS, _one(_OPERATION)))
_FLOW = _Kind(frozenset(), {"scopes": _scopes})
_SECURITY_SCHEME = _Kind(frozenset({"description"}), {"flows": _map(_FLOW, extensions=True)})
_COMPONENTS = _Kind(
    frozenset({"examples"}),
    {
        "schemas": _map(_SCHEMA),
        "responses": _map(_RESPONSE),
        "parameters": _map(_PARAMETER),
        "requestBodies": _map(_BODY),
        "headers": _map(_PARAMETER),
        "securitySchemes": _map(_SECURITY_SCHEME),
        "links": _map(_LINK),
        "callbacks": _OPERATION.children["callbacks"],
        "pathItems": _map(_PATH_ITEM),
    },
)
_DOCUMENT = _Kind(
    frozenset({"externalDocs"}),
    {
        "info": _one(_Kind(frozenset({"description", "summary", "contact", "termsOfService"}))),
        "servers": _list(_SERVER),
        "tags": _list(_Kind(frozenset({"description", "externalDocs"}))),
        "paths": _map(_PATH_ITEM, extensions=True),
        "webhooks": _map(_PATH_ITEM),
        "components": _one(_COMPONENTS),
    },
)
