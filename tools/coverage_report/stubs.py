"""Writes the method that an operation lacks: a start in the style of the namespaces, to be pasted and completed."""

import keyword
import re
from dataclasses import dataclass, field
from typing import Any

from tools.coverage_report.suggestions import Suggestion, is_parameter, singular, snake
from tools.openapi.interface import is_mapping
from tools.openapi.operation_index import Operation, parameters, resolved
from tools.openapi.schema_text import items_of, mapping

_WIDTH = 120
_KINDS = frozenset({"comments", "playlists", "tracks", "users"})
_PEOPLE = frozenset({"follower", "following", "user"})
_VALUES = "soundcloud._protocol.validation"
_CHECKED = {
    "access": ("AccessFilter", "access_list", "AccessFilter"),
    "limit": ("int | None", "check_limit", None),
    "offset": ("int | None", "check_offset", None),
    "sort": ("SortName | None", "sort_order", "SortName"),
}
_TYPES = {"string": "str", "integer": "int", "boolean": "bool", "number": "float"}


@dataclass(slots=True)
class _Method:
    """The parts of a method while it is put together."""

    positional: list[str] = field(default_factory=list[str])
    required: list[str] = field(default_factory=list[str])
    optional: list[str] = field(default_factory=list[str])
    passed: list[str] = field(default_factory=list[str])
    imports: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    names: set[str] = field(default_factory=lambda: {"self", "token"})
    keywords: set[str] = field(default_factory=set[str])

    def use(self, module: str, *names: str) -> None:
        """Import names from a module."""
        self.imports.setdefault(module, set()).update(names)

    def named(self, name: str) -> str:
        """Return a name for an argument that no other argument has."""
        return _free(name, self.names)

    def pass_as(self, name: str, value: str) -> None:
        """Pass a value on, by a keyword that no other value has."""
        self.passed.append(f"{_free(name, self.keywords)}={value}")


def _free(name: str, taken: set[str]) -> str:
    """Take a name: as it is, or changed until Python allows it and nobody else has it."""
    while name in taken or keyword.iskeyword(name) or not name.isidentifier():
        name = f"{name}_" if name.isidentifier() else f"value_{name}"
    taken.add(name)
    return name


def stub(document: dict[str, Any], operation: Operation, tag: str, suggestion: Suggestion) -> str:
    """Write a method for an operation: the imports, the class that it belongs to and the method, valid Python.

    Args:
        document: The document that has the operation.
        operation: The operation.
        tag: The package of `soundcloud_api.api` that will have its function.
        suggestion: Where the method belongs and what it is called.
    """
    function = operation.name
    method = _Method()
    method.use(f"soundcloud_api.api.{package(tag)}", function)
    method.use("soundcloud._async.namespaces.base", "AsyncNamespace")
    method.use("soundcloud.registry", "implements")
    _add_path(method, operation)
    _add_body(method, document, operation)
    _add_query(method, document, operation)
    kind, response = _response(document, operation)
    if response == "Any":
        method.use("typing", "Any")
    elif response not in {"None", "str"}:
        method.use("soundcloud_api.models", response)
    if kind == "page":
        method.use("soundcloud._async.pages", "AsyncPage")
        response = f"AsyncPage[{response}]"
    arguments = [*method.positional, "*", *method.required, *method.optional, "token: str | None = None"]
    lines = [
        f"# src/soundcloud/_async/namespaces/{suggestion.namespace}.py",
        *_import_lines(method.imports),
        "",
        "",
        f"class Async{pascal(suggestion.namespace)}Namespace(AsyncNamespace):",
        f'    @implements("{function}")',
        *_folded(
            f"    {'' if kind == 'page' else 'async '}def {suggestion.method}(",
            ["self", *arguments],
            f") -> {response}:",
        ),
        f'        """{suggestion.summary}"""',
        *_body(kind, function, method.passed),
    ]
    return "\n".join(lines) + "\n"


def package(tag: str) -> str:
    """Return the package of `soundcloud_api.api` that holds the operations of a tag."""
    name = snake(tag)
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"tag_{name}"


def pascal(text: str) -> str:
    """Write a text as the name of a class: `get_me` is `GetMe`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", text))


def _add_path(method: _Method, operation: Operation) -> None:
    segments = operation.path.split("/")
    for place, segment in enumerate(segments):
        for wire in re.findall(r"\{([^{}]*)\}", segment):
            thing = re.sub(r"_(urn|id)$", "", snake(wire))
            before = snake(segments[place - 1]) if place and not is_parameter(segments[place - 1]) else ""
            kind = next((name for name in (f"{thing}s", before) if name in _KINDS), "users" if thing in _PEOPLE else "")
            name = method.named(thing or (singular(before) if before else "value"))
            method.positional.append(f"{name}: {'Resource' if kind else 'str'}")
            method.passed.append(f'to_urn({name}, "{kind}")' if kind else name)
            if kind:
                method.use("soundcloud.urn", "Resource", "to_urn")


def _add_query(method: _Method, document: dict[str, Any], operation: Operation) -> None:
    """Add the query's parameters; what pages need stands first and may be given by position."""
    query = [parameter for parameter in parameters(document, operation) if parameter.place == "query"]
    order = ("q", "limit", "access", "sort", "offset")
    query.sort(key=lambda parameter: order.index(parameter.name) if parameter.name in order else len(order))
    for parameter in query:
        wire, schema = snake(parameter.name), resolved(document, parameter.value.get("schema"))[1]
        if wire == "linked_partitioning":
            continue
        if wire in _CHECKED and not parameter.value.get("required"):
            annotation, check, imported = _CHECKED[wire]
            name = method.named(wire)
            (method.positional if wire == "limit" else method.optional).append(f"{name}: {annotation} = None")
            method.pass_as(wire, f"{check}({name})")
            method.use(_VALUES, check, *([imported] if imported else []))
            continue
        fields = mapping(schema.get("properties")) if parameter.value.get("style") == "deepObject" else {}
        values = {f"{wire}_{snake(key)}": resolved(document, value)[1] for key, value in fields.items()}
        for passed, value in (values or {wire: schema}).items():
            name = method.named("query" if passed == "q" else passed)
            annotation = _TYPES.get(str(value.get("type")), "str")
            if parameter.value.get("required"):
                method.required.append(f"{name}: {annotation}")
            else:
                (method.positional if passed == "q" else method.optional).append(f"{name}: {annotation} | None = None")
            method.pass_as(passed, name)
    if any(parameter.name == "linked_partitioning" for parameter in query):
        method.passed.append("linked_partitioning=True")


def _add_body(method: _Method, document: dict[str, Any], operation: Operation) -> None:
    content = mapping(resolved(document, operation.value.get("requestBody"))[1].get("content"))
    if not content:
        return
    media_type = next((name for name in content if name.startswith("application/json")), next(iter(content)))
    schema = mapping(mapping(content[media_type]).get("schema"))
    model = _model([schema, *items_of(schema.get("allOf"))]) or f"{pascal(operation.name)}Body"
    method.use("soundcloud_api.models", model)
    name = method.named("body")
    method.required.append(f"{name}: {model}")
    method.pass_as("body", name)


def _response(document: dict[str, Any], operation: Operation) -> tuple[str, str]:
    """What comes back: how it is read (`page`, `object`, `nothing` or `redirect`) and its type."""
    responses = mapping(operation.value.get("responses"))
    read: list[tuple[str, str]] = []
    for status in sorted(responses):
        content = mapping(resolved(document, responses[status])[1].get("content"))
        schema = next((found for item in content.values() if (found := mapping(mapping(item).get("schema")))), None)
        if status.startswith("2"):
            read.append(_shape(document, schema) if schema else ("nothing", "None"))
        elif status.startswith("3"):
            read.append(("redirect", "str"))
    # A call that answers with an object some of the time is one whose answer is of no use.
    return read[0] if read and read[0] == read[-1] else ("nothing", "None")


def _shape(document: dict[str, Any], schema: dict[str, Any]) -> tuple[str, str]:
    choices = [schema, *items_of(schema.get("oneOf")), *items_of(schema.get("anyOf")), *items_of(schema.get("allOf"))]
    for choice in choices:
        found = resolved(document, choice)[1]
        collection = resolved(document, mapping(found.get("properties")).get("collection"))[1]
        for array in (collection, found):
            if array.get("type") == "array":
                return "page", _model([array.get("items")]) or "Any"
    return "object", _model(choices) or "Any"


def _model(schemas: list[Any]) -> str | None:
    """The class of the first schema that is given by reference."""
    for schema in schemas:
        if is_mapping(schema) and isinstance(schema.get("$ref"), str):
            name = pascal(schema["$ref"].rsplit("/", 1)[-1])
            return name if name.isidentifier() and not keyword.iskeyword(name) else None
    return None


def _body(kind: str, function: str, passed: list[str]) -> list[str]:
    if kind == "page":
        return _sent(function, passed, "return self._pipeline.page(", "token)")
    if kind == "redirect":
        return [
            *_sent(function, passed, "found = await self._pipeline.send(", "token)"),
            '        return found.location or ""',
        ]
    return _sent(function, passed, f"{'return ' if kind == 'object' else ''}await self._pipeline.send(", "token)")


def _sent(function: str, passed: list[str], head: str, tail: str) -> list[str]:
    line = f"        {head}{function}({', '.join(passed)}), {tail}"
    if len(line) <= _WIDTH:
        return [line]
    made = _folded(f"        operation = {function}(", passed, ")")
    return [*made, f"        {head}operation, {tail}"]


def _folded(head: str, items: list[str], tail: str) -> list[str]:
    """Write a list on one line, on an indented line of its own, or an item to a line: the first that fits."""
    indent = " " * (len(head) - len(head.lstrip()))
    joined = ", ".join(items)
    if len(f"{head}{joined}{tail}") <= _WIDTH:
        return [f"{head}{joined}{tail}"]
    if len(f"{indent}    {joined}") <= _WIDTH:
        return [head, f"{indent}    {joined}", f"{indent}{tail}"]
    return [head, *(f"{indent}    {item}," for item in items), f"{indent}{tail}"]


def _import_lines(imports: dict[str, set[str]]) -> list[str]:
    """The standard library, then what is ours."""
    lines: list[str] = []
    for block in ([module for module in imports if module == "typing"], sorted(imports.keys() - {"typing"})):
        if block and lines:
            lines.append("")
        for module in block:
            names = sorted(imports[module], key=lambda name: (not name[:1].isupper(), name))
            line = f"from {module} import {', '.join(names)}"
            lines += (
                [line] if len(line) <= _WIDTH else [f"from {module} import (", *(f"    {name}," for name in names), ")"]
            )
    return lines
