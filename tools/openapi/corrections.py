"""Corrections to SoundCloud's document on the way to the generator: the rules that tools/corrections.toml names.

A rule takes the document and the keys of its entry, changes the document in place and returns how often it applied.
"""

import copy
import fnmatch
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from tools.openapi.document import operation_id

CORRECTIONS = Path(__file__).parents[1] / "corrections.toml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
ANNOTATIONS = {"type", "description", "title", "deprecated", "readOnly", "writeOnly"}

Node = dict[str, Any]


class CorrectionError(Exception):
    """A correction no longer applies, or would lose something if it did."""


def load_corrections(path: Path = CORRECTIONS) -> list[Node]:
    """Read the corrections; each has `rule`, `why`, `link` and the keys of its rule."""
    entries = cast("list[Node]", tomllib.loads(path.read_text(encoding="utf-8"))["correction"])
    for number, entry in enumerate(entries, start=1):
        missing = {"rule", "why", "link"} - entry.keys()
        if missing or entry["rule"] not in RULES:
            raise CorrectionError(
                f"{path.name}, entry {number}: {entry.get('rule', 'no rule')!r} lacks {sorted(missing)} or is no rule"
            )
    return entries


def apply_corrections(document: Mapping[str, Any], entries: list[Node] | None = None) -> Node:
    """Return a corrected copy of the document.

    Raises:
        CorrectionError: An entry matches nothing in the document, or is not safe to apply.
    """
    corrected = copy.deepcopy(dict(document))
    for entry in load_corrections() if entries is None else entries:
        if not RULES[entry["rule"]](corrected, entry):
            where = " > ".join(entry.get("where", ["the document"]))
            raise CorrectionError(
                f"the correction {entry['rule']!r} at {where} no longer matches anything in the document: if "
                f"SoundCloud repaired this ({entry['link']}), delete it from tools/corrections.toml; "
                "if a name changed, adapt it"
            )
    return corrected


def matches(document: Node, where: list[str]) -> Iterator[tuple[Any, Any, Any]]:
    """Yield (parent, key, value) for every place that a path of patterns names, deepest last changed first."""
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
    """The matches of an entry, filtered by its `when`, `when_key` and `unless`."""
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
    """Give every operation the id that its method and path make."""
    hits = 0
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                item[method]["operationId"] = operation_id(method, path)
                hits += 1
    return hits


def remove(document: Node, entry: Node) -> int:
    """Remove what is found."""
    hits = 0
    for parent, key, _ in list(_selected(document, entry)):
        del parent[key]
        hits += 1
    return hits


def update(document: Node, entry: Node) -> int:
    """Set the keys of `value` on what is found."""
    hits = 0
    for _, _, value in _selected(document, entry):
        value.update(copy.deepcopy(entry["value"]))
        hits += 1
    return hits


def replace(document: Node, entry: Node) -> int:
    """Put `value` in the place of what is found."""
    hits = 0
    for parent, key, _ in _selected(document, entry):
        parent[key] = copy.deepcopy(entry["value"])
        hits += 1
    return hits


def add_property(document: Node, entry: Node) -> int:
    """Add a property `name` with the schema `value` to a schema that lacks it."""
    hits = 0
    for _, _, schema in _selected(document, entry):
        if entry["name"] not in schema["properties"]:
            schema["properties"][entry["name"]] = copy.deepcopy(entry["value"])
            hits += 1
    return hits


def unwrap_all_of(document: Node, entry: Node) -> int:
    """Replace an allOf of one reference and mere annotations by the reference."""
    hits = 0
    for parent, key, schema in _selected(document, entry):
        parts = cast("list[Node]", schema.get("allOf", []))
        references = [part for part in parts if "$ref" in part]
        if len(references) == 1 and all(part.keys() <= ANNOTATIONS for part in parts if "$ref" not in part):
            parent[key] = references[0]
            hits += 1
    return hits


def flatten_deep_object(document: Node, entry: Node) -> int:
    """Replace a deepObject parameter `bpm` by one parameter for each field: `bpm[from]`, `bpm[to]`."""
    hits = 0
    for parent, key, parameter in list(_selected(document, entry)):
        if parameter.get("style") != "deepObject":
            continue
        del parent[key]
        made: list[Node] = []
        for field, schema in parameter["schema"]["properties"].items():
            name = f"{key}_{field}"
            parent[name] = {"in": "query", "name": f"{parameter['name']}[{field}]", "required": False, "schema": schema}
            made.append({"$ref": f"#/components/parameters/{name}"})
        old = {"$ref": f"#/components/parameters/{key}"}
        for _, _, parameters in matches(document, ["paths", "**", "parameters"]):
            if old in parameters:
                position = parameters.index(old)
                parameters[position : position + 1] = made
        hits += 1
    return hits


def comma_list(document: Node, entry: Node) -> int:
    """Turn an array parameter that is not exploded into the one string that is sent."""
    hits = 0
    for _, _, parameter in _selected(document, entry):
        if parameter.get("explode") is False and parameter["schema"].get("type") == "array":
            parameter["schema"] = {"type": "string", "x-comma-separated": parameter["schema"]["items"].get("enum", [])}
            del parameter["explode"], parameter["style"]
            hits += 1
    return hits


def require_of_all_of(document: Node, entry: Node) -> int:
    """Replace an allOf of a reference and `required` by the reference, and require those fields there."""
    hits = 0
    for parent, key, schema in _selected(document, entry):
        parts = cast("list[Node]", schema.get("allOf", []))
        if len(parts) == 2 and "$ref" in parts[0] and parts[1].keys() == {"required"}:
            target = document["components"]["schemas"][parts[0]["$ref"].rsplit("/", 1)[1]]
            target["required"] = sorted(parts[1]["required"])
            parent[key] = parts[0]
            hits += 1
    return hits


def object_of_either(document: Node, entry: Node) -> int:
    """Replace a oneOf of a page object and a bare array by the page object."""
    schemas = document["components"]["schemas"]
    hits = 0
    for parent, key, schema in _selected(document, entry):
        parts = [part for part in schema.get("oneOf", []) if "$ref" in part]
        objects = [part for part in parts if schemas[part["$ref"].rsplit("/", 1)[1]].get("type") == "object"]
        if len(parts) == 2 and len(objects) == 1:
            parent[key] = objects[0]
            hits += 1
    return hits


def object_of_array(document: Node, entry: Node) -> int:
    """Remove an array schema and let what refers to it refer to the page object `target`."""
    hits = 0
    for parent, key, schema in list(_selected(document, entry)):
        old = {"$ref": f"#/components/schemas/{key}"}
        found = [node for _, _, node in matches(document, ["**"]) if node == old]
        if schema.get("type") != "array" or not found:
            continue
        for reference in found:
            reference["$ref"] = f"#/components/schemas/{entry['target']}"
        del parent[key]
        hits += len(found)
    return hits


def array_items(document: Node, entry: Node) -> int:
    """Turn `items: {type: array, anyOf: [X]}` without an outer type into an array of X."""
    hits = 0
    for _, _, schema in _selected(document, entry):
        items = schema.get("items", {})
        if "type" not in schema and items.get("type") == "array" and len(items.get("anyOf", [])) == 1:
            schema.update({"type": "array", "items": items["anyOf"][0]})
            hits += 1
    return hits


def refer(document: Node, entry: Node) -> int:
    """Replace an inline object by a reference to `target`, whose fields must include all of its own."""
    hits = 0
    target = document["components"]["schemas"][entry["target"]]["properties"]
    for parent, key, schema in _selected(document, entry):
        if "properties" not in schema:
            continue
        beyond = sorted(schema["properties"].keys() - target.keys())
        if beyond:
            raise CorrectionError(
                f"{' > '.join(entry['where'])} has fields that {entry['target']} has not: {', '.join(beyond)}"
            )
        parent[key] = {"$ref": f"#/components/schemas/{entry['target']}"}
        hits += 1
    return hits


def name(document: Node, entry: Node) -> int:
    """Move inline schemas to the component `name`; where several are found they must be the same."""
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


RULES: Mapping[str, Callable[[Node, Node], int]] = {
    rule.__name__: rule
    for rule in (
        add_property,
        array_items,
        comma_list,
        derive_operation_ids,
        flatten_deep_object,
        name,
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
