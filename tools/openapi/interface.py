"""What of an OpenAPI document is interface: `normalise` keeps that, drops the prose and fixes the order.

The walk knows the structure of OpenAPI 3.x, because `title` is prose in a schema and a field's name in a schema's
`properties`. Each kind of object is a table: which keys hold prose, and what kind of thing stands under the others.
A key in neither list is kept as it is, so that a constraint or an extension of tomorrow is not lost.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeGuard

HTTP_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The keys of a path item that hold operations."""


def is_mapping(value: Any) -> TypeGuard[dict[str, Any]]:
    """Say whether the value is a JSON object."""
    return isinstance(value, dict)


def is_sequence(value: Any) -> TypeGuard[list[Any]]:
    """Say whether the value is a JSON array."""
    return isinstance(value, list)


def canonical(value: Any) -> str:
    """Return one text per JSON value: equal values, and only those, have equal texts.

    Python's own `==` will not do: it holds 1, 1.0 and True to be the same.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def normalise(document: dict[str, Any]) -> dict[str, Any]:
    """Return the interface that an OpenAPI document describes, without its prose, in canonical order.

    Dropped are descriptions, summaries, examples, links to documentation, contact and terms, and the titles of schemas.
    A reply keeps an empty description and a scope an empty text, because OpenAPI requires them. Lists whose order means
    nothing (`required`, `enum`, `parameters`, the `type` list of 3.1) are sorted; all others keep their order.

    The document may be malformed: what is not of the expected shape is kept as it is. Normalising twice changes
    nothing.
    """
    return _walk(document, _DOCUMENT)


def references(value: Any) -> set[str]:
    """Collect the targets of all `$ref` inside a value, but not from what is data (a default, an extension)."""
    if is_sequence(value):
        return set[str]().union(*(references(item) for item in value))
    if not is_mapping(value):
        return set()
    found = {value["$ref"]} if isinstance(value.get("$ref"), str) else set[str]()
    return found.union(
        *(
            references(item)
            for key, item in value.items()
            # A field may be called `default`; its schema is a mapping, where data seldom is.
            if not key.startswith("x-") and (key not in {"default", "enum", "const"} or is_mapping(item))
        )
    )


def resolve(document: dict[str, Any], reference: str) -> Any:
    """Return what a reference inside the document points to, or None when there is nothing."""
    if not reference.startswith("#/"):
        return None
    value: Any = document
    for part in reference[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not is_mapping(value) or key not in value:
            return None
        value = value[key]
    return value


_Walk = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of OpenAPI object.

    Attributes:
        prose: Keys to drop.
        children: Key -> how to normalise what stands under it.
        fixed: Keys that are required although they hold prose, with what to write there.
    """

    prose: frozenset[str]
    children: dict[str, _Walk] = field(default_factory=dict[str, _Walk])
    fixed: dict[str, Any] = field(default_factory=dict[str, Any])


def _walk(value: Any, kind: _Kind) -> Any:
    if not is_mapping(value):
        return value
    # A reference may carry a summary and a description (3.1), and stands in for what would be required here.
    reference = isinstance(value.get("$ref"), str)
    prose = kind.prose | {"summary", "description"} if reference else kind.prose
    kept = {
        key: kind.children[key](item) if key in kind.children else item
        for key, item in value.items()
        if key not in prose
    }
    return kept if reference else {**kept, **kind.fixed}


def _one(kind: _Kind) -> _Walk:
    return lambda value: _walk(value, kind)


def _map(kind: _Kind) -> _Walk:
    """A mapping from names, which are never prose, to objects of a kind; extensions beside them stay as they are."""

    def normalise_map(value: Any) -> Any:
        if not is_mapping(value):
            return value
        return {key: _walk(item, kind) for key, item in value.items()}

    return normalise_map


def _map_with_extensions(kind: _Kind) -> _Walk:
    """A mapping in which OpenAPI allows `x-` keys beside the names."""

    def normalise_map(value: Any) -> Any:
        if not is_mapping(value):
            return value
        return {key: item if key.startswith("x-") else _walk(item, kind) for key, item in value.items()}

    return normalise_map


def _list(kind: _Kind) -> _Walk:
    return lambda value: [_walk(item, kind) for item in value] if is_sequence(value) else value


def _sorted(value: Any) -> Any:
    return sorted(value, key=_order) if is_sequence(value) else value


def _order(value: Any) -> tuple[str, float, str]:
    """Numbers by size, texts by the alphabet, and each kind of value for itself."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", value, canonical(value)
    return type(value).__name__, 0, canonical(value)


def _parameters(value: Any) -> Any:
    if not is_sequence(value):
        return value
    return sorted((_walk(item, _PARAMETER) for item in value), key=_parameter_order)


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
_REPLY = _Kind(
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
        "responses": _map_with_extensions(_REPLY),
        "servers": _list(_SERVER),
    },
)
_OPERATION.children["callbacks"] = lambda value: (
    {key: _map_with_extensions(_PATH_ITEM)(item) for key, item in value.items()} if is_mapping(value) else value
)
_PATH_ITEM.children.update(dict.fromkeys(HTTP_METHODS, _one(_OPERATION)))
_FLOW = _Kind(frozenset(), {"scopes": _scopes})
_SECURITY_SCHEME = _Kind(frozenset({"description"}), {"flows": _map_with_extensions(_FLOW)})
_COMPONENTS = _Kind(
    frozenset({"examples"}),
    {
        "schemas": _map(_SCHEMA),
        "responses": _map(_REPLY),
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
        "paths": _map_with_extensions(_PATH_ITEM),
        "webhooks": _map(_PATH_ITEM),
        "components": _one(_COMPONENTS),
    },
)
