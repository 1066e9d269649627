"""Compares the shape of a response with the OpenAPI document."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from soundcloud._live_check.shapes import OTHER_NAME, Shape, name_of

_MAX_DEPTH = 20
# In the wheel the document lies beside this module, in a clone in `tools`.
_PLACES = (Path(__file__).with_name("openapi.json"), Path(__file__).parents[3] / "tools" / "openapi.json")

Node = Mapping[str, Any]


class Document:
    """The OpenAPI document, as far as it describes responses."""

    def __init__(self, data: Node) -> None:
        self._data = data

    @classmethod
    def load(cls) -> "Document | None":
        """Read the document of this package; None if it is missing."""
        for path in _PLACES:
            if path.is_file():
                return cls(json.loads(path.read_text(encoding="utf-8")))
        return None

    def compare(self, method: str, path: str, status: int, media_type: str, shape: Shape) -> dict[str, list[str]]:
        """Return the differences of a response from the document, as places by kind of difference.

        Args:
            method: The method of the operation.
            path: Its path template.
            status: The status of the response.
            media_type: The media type without parameters; empty without a body.
            shape: The shape of the body.
        """
        responses = _node(_node(_node(self._data.get("paths")).get(path)).get(method.lower())).get("responses")
        if not responses:
            return {}
        response = self._resolve(_node(responses).get(str(status)))
        if not response:
            return {"status that the document does not have": [str(status)]}
        content = {name.partition(";")[0].strip(): each for name, each in _node(response.get("content")).items()}
        if not content or not media_type:
            return {}
        if media_type not in content:
            return {"media type that the document does not have": [media_type]}
        schema = _node(content[media_type]).get("schema")
        return {} if schema is None else self._compare_shape(shape, schema)

    def _compare_shape(self, shape: Shape, schema: Node) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for place, objects in sorted(shape.places.items()):
            described = [each for each in self._at(schema, place) if "properties" in each]
            if not described or not objects.fields:
                continue
            # Of several alternatives, such as the origins of an activity, the one that fits best.
            properties = max(
                (_node(each["properties"]) for each in described), key=lambda names: len(names.keys() & objects.fields)
            )
            known = {name: self._alternatives(property_) for name, property_ in properties.items()}
            for name, field in sorted(objects.fields.items()):
                where = name_of(place, name)
                if name not in known:
                    found.setdefault("field that the document does not have", []).append(where)
                    continue
                allowed = _types(known[name])
                wrong = sorted(field.types.keys() - allowed - {"null"}) if allowed else []
                if wrong:
                    text = f"{where} ({', '.join(sorted(allowed - {'null'}))} documented, {', '.join(wrong)} received)"
                    found.setdefault("type that differs from the document", []).append(text)
                if field.null and "null" not in allowed and allowed:
                    found.setdefault("null that the document does not allow", []).append(where)
            absent = sorted(known.keys() - objects.fields.keys())
            if absent and OTHER_NAME not in objects.fields:
                found.setdefault("documented field that was not received", []).extend(
                    name_of(place, name) for name in absent
                )
        return found

    def _at(self, schema: Node, place: str) -> list[Node]:
        """Return the alternatives of the schema at a place such as `$.collection[].user`."""
        nodes = self._alternatives(schema)
        for step in re.findall(r"\.[^.\[\]{}]+|\[\]", place):
            inner = [
                _node(node.get("items")) if step == "[]" else _node(_node(node.get("properties")).get(step[1:]))
                for node in nodes
            ]
            nodes = [each for node in inner if node for each in self._alternatives(node)]
        return nodes

    def _alternatives(self, node: Any, depth: int = 0) -> list[Node]:
        """Return the alternatives of a schema, with references resolved and `allOf` merged."""
        schema = self._resolve(node)
        if depth > _MAX_DEPTH or not schema:
            return []
        choices = [*_nodes(schema.get("oneOf")), *_nodes(schema.get("anyOf"))]
        if choices:
            return [each for choice in choices for each in self._alternatives(choice, depth + 1)]
        empty: Node = {}
        parts = [next(iter(self._alternatives(part, depth + 1)), empty) for part in _nodes(schema.get("allOf"))]
        if not parts:
            return [schema]
        merged: dict[str, Any] = {}
        properties: dict[str, Any] = {}
        for part in (*parts, schema):
            merged |= part
            properties |= _node(part.get("properties"))
        return [{**merged, "properties": properties} if properties else merged]

    def _resolve(self, node: Any) -> Node:
        seen = set[str]()
        value = _node(node)
        while isinstance(reference := value.get("$ref"), str) and reference not in seen:
            seen.add(reference)
            target: Any = self._data
            for part in reference.removeprefix("#/").split("/"):
                target = _node(target).get(part)
            value = _node(target)
        return value


def _types(nodes: list[Node]) -> set[str]:
    """Return the types that a field may have; an empty set if any."""
    types = set[str]()
    for node in nodes:
        given = node.get("type")
        if given is None:
            return set()
        types |= {given} if isinstance(given, str) else set(cast("list[str]", given))
        if node.get("nullable"):
            types.add("null")
    return types | ({"integer"} if "number" in types else set())


def _node(value: Any) -> Node:
    return cast("Node", value) if isinstance(value, Mapping) else {}


def _nodes(value: Any) -> Iterator[Node]:
    return iter(cast("list[Node]", value)) if isinstance(value, list) else iter(())
