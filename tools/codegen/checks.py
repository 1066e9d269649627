"""Rejects a corrected document that the templates cannot handle, and generated code that cannot be imported."""

import ast
import functools
import keyword
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from tools.openapi.corrections import enum_names
from tools.openapi.document import operation_ids
from tools.openapi.interface import HTTP_METHODS, references, resolve
from tools.openapi.operation_index import Operation, names_by_path, parameters
from tools.openapi.schema_text import items_of, mapping

TEMPLATES = Path(__file__).with_name("templates")
CURE = "in tools/corrections.toml"

_PLAIN_PATH = re.compile(r"/[A-Za-z0-9/_.{}~:-]*")
_OTHER_KEYS = {"parameters", "servers", "summary", "description"}
_STYLES = {"path": "simple", "query": "form"}

Node = dict[str, Any]

# Imports each module in a fresh interpreter, and lets msgspec analyse each model.
_IMPORT = """
import importlib, pathlib, sys
root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root.parent))
for path in sorted(root.rglob("*.py")):
    name = ".".join(path.relative_to(root.parent).with_suffix("").parts).removesuffix(".__init__")
    try:
        module = importlib.import_module(name)
        types = importlib.import_module(root.name + ".types")
        for cls in vars(module).values():
            if isinstance(cls, type) and cls.__module__ == name and types.Model in cls.__mro__[1:]:
                types._decoder_of(cls)
    except BaseException as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")
"""


class GenerateError(Exception):
    """The client cannot be generated; the message says why and what to do."""


def check_document(document: Node) -> None:
    """Reject a corrected document that the templates cannot handle, with the place and the rule that cures it."""
    operation_ids(document)
    for reference in sorted(references(document)):
        if resolve(document, reference) is None:
            raise GenerateError(f"{reference} is used, but a correction has removed it: adapt that correction {CURE}")
    for path, item in document["paths"].items():
        if path.startswith("x-"):
            continue
        if not _PLAIN_PATH.fullmatch(path) or {"", ".", ".."} & {*path.rstrip("/").split("/")[1:]}:
            raise GenerateError(
                f"the path {path!r} has unexpected characters or segments: remove it with the rule remove {CURE}"
            )
        _check_servers(path, item)
        for key in item:
            if key == "query" or (key not in {*HTTP_METHODS, *_OTHER_KEYS} and not key.startswith("x-")):
                raise GenerateError(
                    f"{path} has {key!r}, which is not generated: remove it with the rule remove {CURE}"
                )
        for method, operation in item.items():
            if method in HTTP_METHODS:
                _check_operation(document, path, method.upper(), item, operation)
    _check_schemas(document)


def _check_operation(document: Node, path: str, method: str, item: Node, operation: Node) -> None:
    where = f"{method} {path}"
    tags = operation.get("tags")
    if not tags or not all(isinstance(tag, str) and tag.isidentifier() and not keyword.iskeyword(tag) for tag in tags):
        raise GenerateError(
            f"{where} needs a tag that is an identifier, the name of its package: add one with the rule update {CURE}"
        )
    _check_servers(where, operation)
    for holder in (item, operation):
        if holder.get("parameters", []) is None:
            raise GenerateError(
                f"{where} has parameters: null, which is not a list: remove it with the rule remove {CURE}"
            )
        for parameter in holder.get("parameters", []):
            known = cast("Node", resolve(document, parameter["$ref"]) if "$ref" in parameter else parameter)
            _check_parameter(document, f"{where}: the parameter {known['name']!r}", known)
    in_path = {
        found.name for found in parameters(document, Operation(method, path, operation, item)) if found.place == "path"
    }
    if in_path != {*names_by_path(path)}:
        listed = ", ".join(sorted(in_path)) or "none"
        raise GenerateError(
            f"{where} has path parameters with other names than its path ({listed}): replace them with the rule replace {CURE}"
        )


def _check_parameter(document: Node, what: str, parameter: Node) -> None:
    place = parameter["in"]
    if place not in _STYLES:
        raise GenerateError(
            f"{what} is in {place}, which the templates do not support: remove it with the rule remove {CURE}"
        )
    style = parameter.get("style", _STYLES[place])
    schema = mapping(parameter.get("schema"))
    schema = mapping(resolve(document, schema["$ref"])) if "$ref" in schema else schema
    cure = f"describe what is sent with the rule replace {CURE}"
    if style == "deepObject":
        cure = f"use the rule flatten_deep_object {CURE}"
    elif schema.get("type") == "array" and style == "form" and parameter.get("explode") is False:
        cure = f"use the rule comma_list {CURE}"
    if style != _STYLES[place]:
        raise GenerateError(f"{what} has the style {style}, which the templates do not support: {cure}")
    if "schema" not in parameter:
        raise GenerateError(f"{what} has no schema (a content?), which the templates do not support: {cure}")
    variants = [schema, *items_of(schema.get("oneOf")), *items_of(schema.get("anyOf")), *items_of(schema.get("allOf"))]
    if any({"array", "object"} & {*_types_of(each)} or "properties" in each for each in map(mapping, variants)):
        raise GenerateError(f"{what} is an array or an object, which the templates do not support: {cure}")


def _types_of(schema: Node) -> list[str]:
    kind = schema.get("type")
    return [str(each) for each in (items_of(kind) or [kind])]


def _check_servers(where: str, holder: Node) -> None:
    if holder.get("servers"):
        urls = ", ".join(str(mapping(server).get("url")) for server in items_of(holder["servers"]))
        raise GenerateError(
            f"{where} has servers of its own ({urls}), but the client sends every request to the document's: if that is "
            f"right, remove them with the rule remove {CURE}"
        )


def _check_schemas(document: Node) -> None:
    template = (TEMPLATES / "model.py.jinja").read_text(encoding="utf-8")
    taken = {word for word in re.findall(r"\w+", template) if word[0].isupper()}
    for name in document["components"]["schemas"]:
        if name in taken:
            raise GenerateError(
                f"the schema {name} has the name of a class in the templates: rename it with the rule rename_schema {CURE}"
            )
    for where, schema in _enums(document):
        names = enum_names(schema)
        for name in names:
            if names.count(name) > 1:
                both = " and ".join(
                    repr(value) for value, other in zip(schema["enum"], names, strict=True) if other == name
                )
                raise GenerateError(
                    f"{where}: the values {both} would both be called {name}: rename one with the rule rename_enum_value {CURE}"
                )


def _enums(document: Node) -> Iterator[tuple[str, Node]]:
    """Yield the schemas with an enum of strings, with their places."""

    def visit(value: Any, place: list[str]) -> Iterator[tuple[str, Node]]:
        node = mapping(value)
        enum = items_of(node.get("enum"))
        if enum and all(isinstance(item, str) for item in enum):
            yield " > ".join(place), node
        children = node.items() if node else enumerate(items_of(value))
        for key, child in children:
            if not str(key).startswith("x-"):
                yield from visit(child, [*place, str(key)])

    return visit({key: document.get(key) for key in ("paths", "components")}, [])


@functools.lru_cache
def reserved_names(base: str) -> frozenset[str]:
    """Return the attributes of a base class in the templates, which a field must not hide."""
    tree = ast.parse((TEMPLATES / "types.py.jinja").read_text(encoding="utf-8"))
    cls = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == base)
    functions = {node.name for node in ast.walk(cls) if isinstance(node, ast.FunctionDef)}
    variables = {
        node.target.id for node in cls.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    return frozenset(functions | variables)


def check_imports(folder: Path) -> None:
    """Import every module of a generated package in another process.

    Raises:
        GenerateError: A module cannot be imported, or msgspec cannot decode one of its models.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", _IMPORT, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no message"]
        raise GenerateError(
            f"the generated code cannot be imported: {said[-1]}; rename what causes it with the rule rename_field, "
            f"rename_schema or rename_enum_value {CURE}"
        )
