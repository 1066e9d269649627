"""Applies tools/corrections.toml to SoundCloud's document before the generator reads it.

A rule changes a document in place by an entry of the file. Most rules handle one match of `where` and return whether (or how often)
they applied.
"""

import copy
import fnmatch
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from tools.openapi.document import operation_id
from tools.openapi.interface import HTTP_METHODS

CORRECTIONS = Path(__file__).parents[1] / "corrections.toml"
ANNOTATIONS = {"type", "description", "title", "deprecated", "readOnly", "writeOnly"}

Node = dict[str, Any]


class CorrectionError(Exception):
    """A correction does not apply any more, or would lose information."""


def load_corrections(path: Path = CORRECTIONS) -> list[Node]:
    """Read the corrections: each has `rule`, `why`, `link` and the keys of its rule."""
    entries = cast("list[Node]", tomllib.loads(path.read_text(encoding="utf-8"))["correction"])
    for number, entry in enumerate(entries, start=1):
        if missing := {"rule", "why", "link"} - entry.keys():
            raise CorrectionError(f"{path.name}, entry {number} lacks {', '.join(sorted(missing))}")
        if entry["rule"] not in RULES:
            raise CorrectionError(f"{path.name}, entry {number}: {entry['rule']!r} is not a rule")
    return entries


def apply_corrections(document: Mapping[str, Any], entries: list[Node] | None = None) -> Node:
    """Return a corrected copy of the document.

    Raises:
        CorrectionError: An entry matches nothing, or is not safe to apply.
    """
    corrected = copy.deepcopy(dict(document))
    for entry in load_corrections() if entries is None else entries:
        if not RULES[entry["rule"]](corrected, entry):
            where = " > ".join(entry.get("where", ["the document"]))
            raise CorrectionError(
                f"the correction {entry['rule']!r} at {where} does not match the document any more: if "
                f"SoundCloud fixed this ({entry['link']}), delete it from tools/corrections.toml; "
                "if a name changed, adapt it"
            )
    return corrected


def matches(document: Node, where: list[str]) -> Iterator[tuple[Any, Any, Any]]:
    """Yield (parent, key, value) for every match of a path of patterns, the last one first."""
    found: list[tuple[Any, Any, Any]] = []

    def visit(parent: Any, key: Any, value: Any, rest: list[str]) -> None:
        if not rest:
            found.append((parent, key, value))
            return
        pattern, following = rest[0], rest[1:]
        if pattern == "**":
            visit(parent, key, value, following)
        for name, child in _children(value):
            if pattern == "**":
                visit(value, name, child, rest)
            elif fnmatch.fnmatchcase(str(name), pattern.replace("[", "[[]")):
                visit(value, name, child, following)

    visit(None, None, document, where)
    seen: set[tuple[int, Any]] = set()
    for parent, key, value in reversed(found):
        if (id(parent), key) not in seen:
            seen.add((id(parent), key))
            yield parent, key, value


def _children(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(cast("Node", value).items())
    if isinstance(value, list):
        return list(enumerate(cast("list[Any]", value)))
    return []


def _selected(document: Node, entry: Node) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the matches of an entry that satisfy its `when`, `when_key` and `unless`."""
    for parent, key, value in matches(document, entry["where"]):
        wanted = entry.get("when")
        if isinstance(wanted, dict):
            if not isinstance(value, dict) or not cast("Node", wanted).items() <= cast("Node", value).items():
                continue
        elif wanted is not None and value != wanted:
            continue
        if "when_key" in entry and entry["when_key"] not in value:
            continue
        if any(name in value for name in entry.get("unless", ())):
            continue
        yield parent, key, value


def derive_operation_ids(document: Node, _entry: Node) -> int:
    """Give every operation the id that is derived from its method and path."""
    hits = 0
    for path, item in document["paths"].items():
        for method in item.keys() & set(HTTP_METHODS):
            item[method]["operationId"] = operation_id(method, path)
            hits += 1
    return hits


def name(document: Node, entry: Node) -> int:
    """Move inline schemas to the component `name`; several schemas must be equal."""
    schemas = document["components"]["schemas"]
    reference = {"$ref": f"#/components/schemas/{entry['name']}"}
    found = [match for match in _selected(document, entry) if "$ref" not in match[2]]
    for parent, key, schema in found:
        if schemas.setdefault(entry["name"], schema) != schema:
            raise CorrectionError(
                f"{key} at {' > '.join(entry['where'])} is not the same everywhere; it cannot be one {entry['name']}"
            )
        parent[key] = dict(reference)
    return len(found)


def remove(_document: Node, _entry: Node, parent: Any, key: Any, _value: Any) -> bool:
    """Remove the match."""
    del parent[key]
    return True


def update(_document: Node, entry: Node, _parent: Any, _key: Any, value: Any) -> bool:
    """Set the keys of `value` in the match."""
    value.update(copy.deepcopy(entry["value"]))
    return True


def replace(_document: Node, entry: Node, parent: Any, key: Any, _value: Any) -> bool:
    """Replace the match by `value`."""
    parent[key] = copy.deepcopy(entry["value"])
    return True


def add_property(_document: Node, entry: Node, _parent: Any, _key: Any, schema: Any) -> bool:
    """Add a property `name` with the schema `value` to a schema that lacks it."""
    if entry["name"] in schema["properties"]:
        return False
    schema["properties"][entry["name"]] = copy.deepcopy(entry["value"])
    return True


def unwrap_all_of(_document: Node, _entry: Node, parent: Any, key: Any, schema: Any) -> bool:
    """Replace an allOf of one reference and annotations by the reference."""
    parts = cast("list[Node]", schema.get("allOf", []))
    references = [part for part in parts if "$ref" in part]
    if len(references) != 1 or not all(part.keys() <= ANNOTATIONS for part in parts if "$ref" not in part):
        return False
    parent[key] = references[0]
    return True


def flatten_deep_object(document: Node, _entry: Node, parent: Any, key: Any, parameter: Any) -> bool:
    """Replace a deepObject parameter `bpm` by one parameter for each field: `bpm[from]`, `bpm[to]`."""
    if parameter.get("style") != "deepObject":
        return False
    del parent[key]
    fields: list[Node] = []
    for field, schema in parameter["schema"]["properties"].items():
        name = f"{key}_{field}"
        parent[name] = {"in": "query", "name": f"{parameter['name']}[{field}]", "required": False, "schema": schema}
        fields.append({"$ref": f"#/components/parameters/{name}"})
    old = {"$ref": f"#/components/parameters/{key}"}
    for _, _, parameters in matches(document, ["paths", "**", "parameters"]):
        if old in parameters:
            position = parameters.index(old)
            parameters[position : position + 1] = fields
    return True


def comma_list(_document: Node, _entry: Node, _parent: Any, _key: Any, parameter: Any) -> bool:
    """Turn an array parameter with `explode: false` into the one string that is sent."""
    if parameter.get("explode") is not False or parameter["schema"].get("type") != "array":
        return False
    parameter["schema"] = {"type": "string", "x-comma-separated": parameter["schema"]["items"].get("enum", [])}
    del parameter["explode"], parameter["style"]
    return True


def require_of_all_of(document: Node, _entry: Node, parent: Any, key: Any, schema: Any) -> bool:
    """Replace an allOf of a reference and `required` by the reference, and require those fields there."""
    parts = cast("list[Node]", schema.get("allOf", []))
    if len(parts) != 2 or "$ref" not in parts[0] or parts[1].keys() != {"required"}:
        return False
    _target(document, parts[0])["required"] = sorted(parts[1]["required"])
    parent[key] = parts[0]
    return True


def object_of_either(document: Node, _entry: Node, parent: Any, key: Any, schema: Any) -> bool:
    """Replace a oneOf of a page object and a bare array by the page object."""
    parts = [part for part in schema.get("oneOf", []) if "$ref" in part]
    objects = [part for part in parts if _target(document, part).get("type") == "object"]
    if len(parts) != 2 or len(objects) != 1:
        return False
    parent[key] = objects[0]
    return True


def object_of_array(document: Node, entry: Node, parent: Any, key: Any, schema: Any) -> int:
    """Remove an array schema, and replace references to it by references to the page object `target`."""
    old = {"$ref": f"#/components/schemas/{key}"}
    found = [node for _, _, node in matches(document, ["**"]) if node == old]
    if schema.get("type") != "array" or not found:
        return 0
    for reference in found:
        reference["$ref"] = f"#/components/schemas/{entry['target']}"
    del parent[key]
    return len(found)


def array_items(_document: Node, _entry: Node, _parent: Any, _key: Any, schema: Any) -> bool:
    """Turn `items: {type: array, anyOf: [X]}` without an outer type into an array of X."""
    items = schema.get("items", {})
    if "type" in schema or items.get("type") != "array" or len(items.get("anyOf", [])) != 1:
        return False
    schema.update({"type": "array", "items": items["anyOf"][0]})
    return True


def refer(document: Node, entry: Node, parent: Any, key: Any, schema: Any) -> bool:
    """Replace an inline object by a reference to `target`, which must have all of its fields."""
    reference = {"$ref": f"#/components/schemas/{entry['target']}"}
    if "properties" not in schema:
        return False
    if missing := sorted(schema["properties"].keys() - _target(document, reference)["properties"].keys()):
        raise CorrectionError(
            f"{' > '.join(entry['where'])} has fields that {entry['target']} lacks: {', '.join(missing)}"
        )
    parent[key] = reference
    return True


def _target(document: Node, reference: Node) -> Node:
    return document["components"]["schemas"][reference["$ref"].rsplit("/", 1)[1]]


def _for_each_match(rule: Callable[[Node, Node, Any, Any, Any], int]) -> Callable[[Node, Node], int]:
    return lambda document, entry: sum(rule(document, entry, *match) for match in _selected(document, entry))


RULES: Mapping[str, Callable[[Node, Node], int]] = {
    "derive_operation_ids": derive_operation_ids,
    "name": name,
} | {
    rule.__name__: _for_each_match(rule)
    for rule in (
        add_property,
        array_items,
        comma_list,
        flatten_deep_object,
        object_of_array,
        object_of_either,
        refer,
        remove,
        replace,
        require_of_all_of,
        unwrap_all_of,
        update,
    )
}
