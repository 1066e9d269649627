"""Finds which documented parameters and request fields the methods of the facade send."""

import ast
import functools
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.coverage_report.stubs import field_attribute, field_stub, generated_arguments, parameter_stub
from tools.openapi.operation_index import Operation, identifier, parameters, resolved
from tools.openapi.schema_text import items_of, mapping

# Fields whose argument has another name.
_ARGUMENTS = {"asset_data": "file", "artwork_data": "artwork"}


@dataclass(frozen=True, slots=True)
class Unsent:
    """A documented parameter or field of a request that no method sends."""

    kind: str  # `parameter` or `field`
    name: str
    stub: str


def documented(document: dict[str, Any], operation: Operation) -> dict[str, dict[str, Any]]:
    """Return the schemas of the query parameters of an operation by name; those of a deepObject one by one."""
    found: dict[str, dict[str, Any]] = {}
    for parameter in parameters(document, operation):
        if parameter.place == "query":
            schema = resolved(document, parameter.value.get("schema"))[1]
            fields = mapping(schema.get("properties")) if parameter.value.get("style") == "deepObject" else {}
            found |= {f"{parameter.name}[{name}]": mapping(field) for name, field in fields.items()} or {
                parameter.name: schema
            }
    return found


def fields(document: dict[str, Any], operation: Operation) -> dict[str, dict[str, Any]]:
    """Return the schemas of the fields of a request body by their innermost names, of all media types together."""
    content = mapping(resolved(document, operation.value.get("requestBody"))[1].get("content"))
    found: dict[str, dict[str, Any]] = {}
    for media_type, value in content.items():
        for name, schema in _properties(document, mapping(value).get("schema")):
            inner = dict(_properties(document, schema))
            leaves = inner or {name.split("[")[1].rstrip("]") if "[" in name else name: mapping(schema)}
            # JSON cannot hold binary data.
            is_json = media_type.startswith("application/json")
            found |= {leaf: each for leaf, each in leaves.items() if not (is_json and each.get("format") == "binary")}
    return found


def unsent(document: dict[str, Any], operation: Operation, tag: str, methods: list[str]) -> list[Unsent]:
    """Return what the methods of an operation (`me.get_followers`) do not send, with stubs.

    Args:
        document: The document.
        operation: The operation.
        tag: The package of its generated function.
        methods: The names of its methods.
    """
    passed = _passed().get(operation.name, frozenset())
    accepted = {argument for name in methods for argument in _arguments(name)}
    generated = generated_arguments(operation.name, tag)
    found: list[Unsent] = []
    for name, schema in documented(document, operation).items():
        argument = generated.get(name)
        if (argument.name if argument else identifier(name)) not in passed:
            found.append(Unsent("parameter", name, _stub(methods, operation, parameter_stub(name, schema, argument))))
    for name, schema in fields(document, operation).items():
        attribute = field_attribute(operation.name, tag, name)
        own = attribute.name if attribute else identifier(name)
        if not {name, f"{name}_", own, _ARGUMENTS.get(name, name)} & accepted:
            parts = field_stub(name, schema, attribute, update=operation.method == "PUT")
            found.append(Unsent("field", name, _stub(methods, operation, parts)))
    return found


def _properties(document: dict[str, Any], schema: Any) -> Iterator[tuple[str, Any]]:
    found = resolved(document, schema)[1]
    for part in (found, *items_of(found.get("allOf"))):
        yield from mapping(resolved(document, part)[1].get("properties")).items()


def _stub(methods: list[str], operation: Operation, parts: tuple[str, ...]) -> str:
    """Return the lines to add to a method: the argument, and what passes it on."""
    imports, argument, description, passed = parts
    namespace, _, method = methods[0].partition(".") if methods else ("", "", "")
    return "\n".join(
        [
            f"# src/soundcloud/_async/namespaces/{namespace}.py, {method}: the argument, and its line in the docstring",
            *([imports] if imports else []),
            f"        {argument},",
            f"            {description}",
            f"# in the call of {operation.name}, or of the function that builds its body",
            f"            {passed},",
        ]
    )


@functools.cache
def _passed() -> dict[str, frozenset[str]]:
    """Return the keyword arguments with which the namespaces call each generated function, directly or by a helper."""
    package = importlib.import_module("soundcloud._async.namespaces")
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(next(iter(package.__path__))).glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    helpers = {node.name: _added(node) for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    aliases = {
        _name(node.targets[0]): {_name(node.value.body), _name(node.value.orelse)}
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp)
    }
    found: dict[str, set[str]] = {}
    for call in nodes:
        if isinstance(call, ast.Call):
            keywords = {keyword.arg for keyword in call.keywords if keyword.arg}
            name = _name(call.func)
            found.setdefault(name, set()).update(keywords)
            for argument in call.args:  # `self._page(api.get_me_tracks, limit=limit)`
                found.setdefault(_name(argument), set()).update(keywords | helpers.get(name, frozenset()))
            for chosen in aliases.get(name, ()):  # `operation = get_station if ... else api.get_playlist`
                found.setdefault(chosen, set()).update(keywords)
    return {name: frozenset(keywords) for name, keywords in found.items()}


def _added(helper: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Return the keyword arguments with which a function calls one of its own arguments."""
    own = {argument.arg for argument in helper.args.args}
    calls = [node for node in ast.walk(helper) if isinstance(node, ast.Call) and _name(node.func) in own]
    return frozenset(keyword.arg for call in calls for keyword in call.keywords if keyword.arg)


def _name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _arguments(name: str) -> frozenset[str]:
    """Return the arguments of a method of the facade."""
    registry = importlib.import_module("soundcloud.registry")
    client = importlib.import_module("soundcloud").SoundCloudClient
    namespace, _, method = name.partition(".")
    found = getattr(registry.namespace_classes(client).get(namespace), method, None)
    return frozenset(inspect.signature(found).parameters) if found is not None else frozenset()
