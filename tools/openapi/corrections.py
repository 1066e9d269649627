"""Applies tools/corrections.toml to SoundCloud's document before the generator reads it.

A rule changes a document in place by an entry of the file. Most rules handle one match of `where` and return whether (or how often)
they applied.
"""

import copy
import fnmatch
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from tools.openapi.document import DocumentError, load_entries, operation_id
from tools.openapi.interface import HTTP_METHODS, resolve

CORRECTIONS = Path(__file__).parents[1] / "corrections.toml"
ANNOTATIONS = {"type", "description", "title", "deprecated", "readOnly", "writeOnly"}

_ADVICE = (
    "\nIf SoundCloud fixed this, delete the entries from tools/corrections.toml, as `make openapi-sync` does; "
    "if a name changed, adapt them"
)

Node = dict[str, Any]


class CorrectionError(Exception):
    """A correction does not apply any more, or would lose information."""


def load_corrections(path: Path = CORRECTIONS) -> list[Node]:
    """Read the corrections: each has `rule`, `why`, `link` and the keys of its rule.

    Raises:
        DocumentError: The file cannot be read, or an entry is not a correction.
    """
    entries = load_entries(path, "correction", {"rule", "why", "link"})
    for number, entry in enumerate(entries, start=1):
        rule, where = entry["rule"], entry.get("where", [])
        if rule not in RULES:
            raise DocumentError(
                f"{path}, entry {number}: {rule!r} is not a rule; use one of {', '.join(sorted(RULES))}"
            )
        if missing := sorted(KEYS.get(rule, {"where"}) - entry.keys()):
            raise DocumentError(
                f"{path}, entry {number}: the rule {rule} needs {', '.join(missing)}; add what is missing"
            )
        if not isinstance(where, list) or not all(isinstance(part, str) for part in cast("list[Any]", where)):
            raise DocumentError(
                f'{path}, entry {number}: where is {where!r}; write a list of keys, as in ["paths", "/me"]'
            )
    return entries


def apply_corrections(document: Mapping[str, Any], entries: list[Node] | None = None) -> Node:
    """Return a corrected copy of the document.

    Raises:
        CorrectionError: Entries match nothing, or one is not safe to apply.
    """
    corrected, stale = correct(document, load_corrections() if entries is None else entries)
    if stale:
        lines = [f"{described(entry)} does not match the document any more; see {entry['link']}" for entry in stale]
        raise CorrectionError("\n".join(lines) + _ADVICE)
    return corrected


def correct(document: Mapping[str, Any], entries: list[Node]) -> tuple[Node, list[Node]]:
    """Return a corrected copy of the document, and the entries that match nothing in it.

    Raises:
        CorrectionError: An entry is not safe to apply.
    """
    corrected = copy.deepcopy(dict(document))
    components = corrected.setdefault("components", {})
    for kind in ("schemas", "parameters", "responses"):
        components.setdefault(kind, {})
    stale: list[Node] = []
    for entry in entries:
        try:
            if not RULES[entry["rule"]](corrected, entry):
                stale.append(entry)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise CorrectionError(
                f"{described(entry)} cannot be applied ({type(error).__name__}: {error}): the document has another form "
                "there; adapt the correction in tools/corrections.toml"
            ) from error
    return corrected, stale


def described(entry: Node) -> str:
    """Return a correction's rule and place."""
    name = f" ({entry['name']})" if "name" in entry else ""
    return f"the correction {entry['rule']!r} at {' > '.join(entry.get('where', ['the document']))}{name}"


def without(text: str, stale: list[Node]) -> str:
    """Return the text of a corrections file without some of its entries; comments between entries are kept.

    Raises:
        CorrectionError: The file is not written as expected, so that an entry cannot be cut out.
    """
    head, *chunks = re.split(r"(?m)^(?=\[\[correction\]\]\n)", text)
    before = tomllib.loads(text)
    left = [entry for entry in before["correction"] if entry not in stale]
    kept = [
        chunk if entry not in stale else chunk.partition("\n\n")[2]
        for chunk, entry in zip(chunks, before["correction"], strict=True)
    ]
    result = "".join([head, *kept]).rstrip("\n") + "\n"
    if {"correction": [], **tomllib.loads(result)} != {**before, "correction": left}:
        raise CorrectionError("tools/corrections.toml: put an empty line after each entry, and none within")
    return result


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
        listed = cast("list[Node]", parameters) if isinstance(parameters, list) else []
        if old in listed:
            position = listed.index(old)
            listed[position : position + 1] = fields
    return True


def comma_list(document: Node, _entry: Node, _parent: Any, _key: Any, parameter: Any) -> bool:
    """Turn an array parameter of style form with `explode: false` into the one string that is sent."""
    found = cast("Node", parameter) if isinstance(parameter, dict) else {}
    schema = _followed(document, found.get("schema", {}))
    if found.get("explode") is not False or found.get("style", "form") != "form" or schema.get("type") != "array":
        return False
    items = _followed(document, schema.get("items", {}))
    found["schema"] = {"type": "string", "x-comma-separated": items.get("enum", [])}
    del found["explode"]
    found.pop("style", None)
    return True


def rename_field(_document: Node, entry: Node, _parent: Any, _key: Any, holder: Any) -> bool:
    """Give the field `name` of a schema, or a parameter, the attribute or argument `to`; its name on the wire stays."""
    if "name" not in entry:
        holder["x-argument"] = entry["to"]
        return "in" in holder
    if entry["name"] not in holder.get("properties", {}):
        return False
    holder.setdefault("x-attributes", {})[entry["name"]] = entry["to"]
    return True


def rename_schema(document: Node, entry: Node) -> int:
    """Rename the component `name` to `to`, in all references too."""
    schemas = document["components"]["schemas"]
    if entry["name"] not in schemas:
        return 0
    if entry["to"] in schemas:
        raise CorrectionError(f"{described(entry)}: there is a schema {entry['to']} already; choose another name")
    old = f"#/components/schemas/{entry['name']}"
    for _, _, node in matches(document, ["**"]):
        if isinstance(node, dict) and cast("Node", node).get("$ref") == old:
            node["$ref"] = f"#/components/schemas/{entry['to']}"
    schemas[entry["to"]] = schemas.pop(entry["name"])
    return 1


def rename_enum_value(_document: Node, entry: Node, _parent: Any, _key: Any, schema: Node) -> bool:
    """Give the value `value` of an enum the member `to`; the value on the wire stays."""
    if entry["value"] not in schema.get("enum", []):
        return False
    pairs = zip(schema["enum"], enum_names(schema), strict=True)
    schema["x-enum-varnames"] = [entry["to"] if value == entry["value"] else name for value, name in pairs]
    return True


def enum_names(schema: Node) -> list[str]:
    """Return the names of an enum's members, as openapi-python-client chooses them."""
    given: list[str] = schema.get("x-enum-varnames", [])
    values = schema["enum"]
    return (
        list(given)
        if len(given) == len(values)
        else [
            re.sub(r"[^0-9A-Z]+", "_", value.upper()).strip("_") if value[:1].isalpha() else f"VALUE_{number}"
            for number, value in enumerate(values)
        ]
    )


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
    found = resolve(document, reference["$ref"])
    if not isinstance(found, dict):
        raise CorrectionError(f"{reference['$ref']} is not in the document; adapt the correction that names it")
    return cast("Node", found)


def _followed(document: Node, schema: Node) -> Node:
    return _target(document, schema) if "$ref" in schema else schema


def _for_each_match(rule: Callable[[Node, Node, Any, Any, Any], int]) -> Callable[[Node, Node], int]:
    return lambda document, entry: sum(rule(document, entry, *match) for match in _selected(document, entry))


RULES: Mapping[str, Callable[[Node, Node], int]] = {
    "derive_operation_ids": derive_operation_ids,
    "name": name,
    "rename_schema": rename_schema,
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
        rename_enum_value,
        rename_field,
        replace,
        require_of_all_of,
        unwrap_all_of,
        update,
    )
}

KEYS: Mapping[str, set[str]] = {
    "add_property": {"where", "name", "value"},
    "derive_operation_ids": set(),
    "name": {"where", "name"},
    "object_of_array": {"where", "target"},
    "refer": {"where", "target"},
    "rename_enum_value": {"where", "value", "to"},
    "rename_field": {"where", "to"},
    "rename_schema": {"name", "to"},
    "replace": {"where", "value"},
    "update": {"where", "value"},
}
"""The keys that a rule needs; those that are not listed need only `where`."""
