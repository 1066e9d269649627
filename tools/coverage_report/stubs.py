"""Generates a stub of a missing method, in the style of the namespaces."""

import builtins
import importlib
import inspect
import keyword
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast, get_args

import attrs

from tools.coverage_report.suggestions import Suggestion, is_parameter, singular, snake
from tools.openapi.interface import is_mapping
from tools.openapi.operation_index import Operation, parameters, resolved
from tools.openapi.schema_text import items_of, mapping

_KINDS = frozenset({"comments", "playlists", "tracks", "users"})
_USERS = frozenset({"follower", "following", "user"})
_VALIDATION = "soundcloud._protocol.validation"
_CHECKED = {
    "access": ("AccessFilter", "access_list", "AccessFilter"),
    "limit": ("int | None", "check_limit", None),
    "offset": ("int | None", "check_offset", None),
    "sort": ("SortName | None", "sort_order", "SortName"),
}
_COMMON = {
    "access": "One or several of `playable`, `preview` and `blocked`; default those that SoundCloud chooses.",
    "limit": "The page size, 1 to 200 items; default 50.",
    "offset": "Items to skip, 0 or above.",
    "sort": "`asc` or `desc`.",
}
_URN = "soundcloud:system-playlists:track-stations:1"
# Values for the example in a docstring, by a part of the description of the argument.
_EXAMPLES = {"Track": "308946187", "User": "948745750", "Playlist": "1212781357", _URN: f'"{_URN}"'}
_EXAMPLE_VALUES = {"str": '"..."', "int": "1", "bool": "True", "float": "1.5", "FileInput": '"file.bin"'}
_MAX_VALUES = 3
_TYPES = {"string": "str", "integer": "int", "boolean": "bool", "number": "float"}
_IMPORTED = {"Any": "typing", "date": "datetime", "datetime": "datetime"}


@dataclass(slots=True)
class _Method:
    """The parts of a method."""

    positional: list[str] = field(default_factory=list[str])
    required: list[str] = field(default_factory=list[str])
    optional: list[str] = field(default_factory=list[str])
    passed: list[str] = field(default_factory=list[str])
    imports: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    names: set[str] = field(default_factory=lambda: {"self", "token", "max_items", "options"})
    texts: dict[str, str] = field(default_factory=dict[str, str])
    keywords: set[str] = field(default_factory=set[str])

    def use(self, module: str, *names: str) -> None:
        """Add an import."""
        self.imports.setdefault(module, set()).update(names)

    def describe(self, name: str, text: str) -> None:
        """Set the line of an argument in the docstring."""
        self.texts[name] = text

    def named(self, name: str) -> str:
        """Return a unique name for an argument."""
        return _free(name, self.names)

    def pass_as(self, name: str, value: str) -> None:
        """Add a keyword argument of the generated function, with a unique name."""
        self.passed.append(f"{_free(name, self.keywords)}={value}")


def _free(name: str, taken: set[str]) -> str:
    """Return the name, changed until it is a free identifier, and add it to `taken`."""
    while name in taken or keyword.iskeyword(name) or not name.isidentifier():
        name = f"{name}_" if name.isidentifier() else f"value_{name}"
    taken.add(name)
    return name


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a generated function, which may have another name than the parameter that it sends."""

    name: str
    type: str  # without None
    required: bool


def generated_arguments(function: str, tag: str) -> dict[str, Argument]:
    """Return the arguments of a generated function by the parameters that they send; none if it is not generated."""
    found = _generated(function, tag)
    if found is None:
        return {}
    given = inspect.signature(found).parameters
    operation = found(**{name: name for name in given})
    sent = {**operation.path, **operation.query}
    return {
        wire: Argument(
            name,
            " | ".join(part for part in _names_of(given[name].annotation) if part != "NoneType"),
            given[name].default is inspect.Parameter.empty,
        )
        for wire, name in sent.items()
    }


def _generated(function: str, tag: str) -> Any:
    try:
        return getattr(importlib.import_module(f"soundcloud_api.api.{package(tag)}"), function)
    except (ImportError, AttributeError):
        return None


def _names_of(annotation: Any) -> list[str]:
    if isinstance(annotation, str):
        return annotation.split(" | ")
    return [part.__name__ for part in get_args(annotation) or (annotation,)]


def parameter_stub(name: str, schema: dict[str, Any], argument: Argument | None) -> tuple[str, ...]:
    """Return what a method needs to send a parameter: imports, the argument, its description and what passes it on."""
    method = _Method()
    _add_argument(method, snake(name), schema, argument)
    return _lines_of(method, method.passed[0])


def field_stub(name: str, schema: dict[str, Any], attribute: Any, *, update: bool) -> tuple[str, ...]:
    """Return what a method needs to send a field of a body: imports, the argument, its description and what passes it on."""
    method = _Method()
    if attribute is not None:
        return _lines_of(method, _body_argument(method, attribute, update=update))
    code = _TYPES.get(str(schema.get("type")), "str")
    argument = method.named(snake(name))
    method.optional.append(f"{argument}: {code} | UnsetType = UNSET" if update else f"{argument}: {code} | None = None")
    return _lines_of(method, f"{argument}={argument}")


def _lines_of(method: _Method, passed: str) -> tuple[str, ...]:
    (argument,) = (*method.positional, *method.required, *method.optional)
    models = sorted(method.imports.get("soundcloud_api.models", ()))
    imports = f"from soundcloud_api.models import {', '.join(models)}" if models else ""
    return imports, argument, f"{_name_of(argument)}: {method.texts.get(_name_of(argument), '...')}", passed


def field_attribute(function: str, tag: str, field_name: str) -> Any:
    """Return the attribute of a generated body that holds a field of this innermost name; None if there is none."""
    for cls in body_classes(function, tag):
        for owner in (cls, *_inner_classes(cls)):
            wire_names = {**getattr(owner, "_json_names", {}), **getattr(owner, "_wire_names", {})}
            for attribute in attrs.fields(cast("Any", owner)):
                wire = wire_names.get(attribute.name, attribute.name)
                if field_name in {wire, wire.partition("[")[2].partition("]")[0]}:
                    return attribute
    return None


def _inner_classes(cls: type) -> list[type]:
    """Return the class of the object in `{"track": {...}}`."""
    types = importlib.import_module("soundcloud_api.types")
    models = importlib.import_module("soundcloud_api.models")
    attributes = attrs.fields(cast("Any", cls))
    names = str(attributes[0].type).split(" | ") if len(attributes) == 1 else []
    return [found for name in names if issubclass(found := getattr(models, name, object), types.RequestModel)]


def stub(document: dict[str, Any], operation: Operation, tag: str, suggestion: Suggestion) -> str:
    """Return a stub as a module: imports, class and method. The tag is the package of the generated function."""
    function = operation.name
    method = _Method()
    method.use(f"soundcloud_api.api.{package(tag)}", function)
    method.use("soundcloud._async.namespaces.base", "AsyncNamespace")
    method.use("soundcloud.registry", "implements")
    generated = generated_arguments(function, tag)
    _add_path(method, operation, generated)
    _add_body(method, document, operation, tag)
    _add_query(method, document, operation, generated)
    kind, response = _response(document, operation)
    if response == "Any":
        method.use("typing", "Any")
    elif response not in {"None", "str"}:
        method.use("soundcloud_api.models", response)
    if kind == "page":
        method.use("soundcloud._async.pages", "AsyncPage")
        response = f"AsyncPage[{response}]"
    method.use("typing", "Unpack")
    method.use("soundcloud.options", "RequestOptions")
    common = [*(["max_items: int | None = None"] if kind == "page" else []), "token: str | None = None"]
    method.describe("max_items", "The maximum number of items on all pages; default None, for all.")
    method.describe("token", "An access token to use instead of the client's own.")
    method.describe("options", "`extra_headers` and `extra_query`, see `RequestOptions`.")
    given = [*method.positional, "*", *method.required, *method.optional, *common]
    arguments = ["self", *given, "**options: Unpack[RequestOptions]"]
    listed = ", ".join(arguments)
    if any(_name_of(argument) in vars(builtins) for argument in given):
        listed = "\n" + "".join(f"        {_argument_line(argument)}\n" for argument in arguments) + "    "
    head = f"{'' if kind == 'page' else 'async '}def {suggestion.method}({listed}) -> {response}:"
    lines = [
        f"# src/soundcloud/_async/namespaces/{suggestion.namespace}.py",
        *_import_lines(method.imports),
        f"class Async{pascal(suggestion.namespace)}Namespace(AsyncNamespace):",
        f'    @implements("{function}")',
        f"    {head}",
        *(f"        {line}".rstrip() for line in _docstring(suggestion, kind, method, given)),
        *(f"        {line}" for line in _body(kind, function, method.passed)),
    ]
    return _formatted("\n".join(lines))


def package(tag: str) -> str:
    """Return the package of `soundcloud_api.api` that holds the operations of a tag."""
    name = snake(tag)
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"tag_{name}"


def pascal(text: str) -> str:
    """Return a name in PascalCase: `get_me` becomes `GetMe`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", text))


def _add_path(method: _Method, operation: Operation, generated: Mapping[str, Argument]) -> None:
    segments = operation.path.split("/")
    for place, segment in enumerate(segments):
        for wire in re.findall(r"\{([^{}]*)\}", segment):
            thing = re.sub(r"_(urn|id)$", "", snake(wire))
            before = snake(segments[place - 1]) if place and not is_parameter(segments[place - 1]) else ""
            kind = next((name for name in (f"{thing}s", before) if name in _KINDS), "users" if thing in _USERS else "")
            name = method.named(thing or (singular(before) if before else "value"))
            plain = generated[wire].type if wire in generated and generated[wire].type in _TYPES.values() else "str"
            method.positional.append(f"{name}: {'Resource' if kind else plain}")
            if plain != "str":
                method.describe(name, f"The `{name}` of the path.")
            elif not kind:
                method.describe(name, f"The `{name}` of the path, such as `{_URN}`.")
            if kind:
                model = singular(kind)
                article = f"The {model}: an id, a URN, an API URL or a `{model.capitalize()}`."
                method.describe(name, article)
            method.passed.append(f'to_urn({name}, "{kind}")' if kind else name)
            if kind:
                method.use("soundcloud.urn", "Resource", "to_urn")


def _add_query(
    method: _Method, document: dict[str, Any], operation: Operation, generated: Mapping[str, Argument]
) -> None:
    """Add the query parameters; those of pages come first and may be positional."""
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
            method.describe(name, _COMMON[wire])
            method.use(_VALIDATION, check, *([imported] if imported else []))
            continue
        fields = mapping(schema.get("properties")) if parameter.value.get("style") == "deepObject" else {}
        values = {f"{parameter.name}[{key}]": resolved(document, value)[1] for key, value in fields.items()}
        for sent, value in (values or {parameter.name: schema}).items():
            code = _TYPES.get(str(value.get("type")), "str")
            ungenerated = Argument(snake(sent), code, bool(parameter.value.get("required")))
            _add_argument(method, snake(sent), value, generated.get(sent, ungenerated))
    if any(parameter.name == "linked_partitioning" for parameter in query):
        method.passed.append("linked_partitioning=True")


def _add_argument(method: _Method, passed: str, schema: dict[str, Any], argument: Argument | None) -> None:
    """Add the argument of a query parameter, which the generated function may take by another name."""
    code, required = _TYPES.get(str(schema.get("type")), "str"), False
    if argument is not None:
        passed, code, required = argument.name, argument.type, argument.required
    name = method.named("query" if passed == "q" else snake(passed) if passed.isascii() else passed)
    value = name
    if values := enum_values(getattr(importlib.import_module("soundcloud_api.models"), code, None)):
        method.use("soundcloud_api.models", code)
        value = f"{code}({name})" if required else f"None if {name} is None else {code}({name})"
        code = f"{code} | str"
        method.describe(name, f"{_with_values(f'The `{name}` of the request', values)}.")
    if required:
        method.required.append(f"{name}: {code}")
    else:
        (method.positional if passed == "q" else method.optional).append(f"{name}: {code} | None = None")
    method.pass_as(passed, value)


def _with_values(text: str, values: list[str]) -> str:
    shown = ", ".join(f"`{value}`" for value in values[:_MAX_VALUES])
    return f"{text}: {shown}{', ...' if values[_MAX_VALUES:] else ''}"


def body_classes(function: str, tag: str) -> list[type]:
    """Return the classes of the body that a generated function takes; none without a body, or if it is not generated."""
    found = _generated(function, tag)
    if found is None:
        return []
    models = importlib.import_module("soundcloud_api.models")
    names = _names_of(found.__annotations__.get("body", ""))
    return [cls for name in names if isinstance(cls := getattr(models, name, None), type) and attrs.has(cls)]


def enum_values(cls: object) -> list[str]:
    """Return the values of a generated enum; none for anything else."""
    enum = importlib.import_module("soundcloud_api.types").OpenEnum
    is_enum = isinstance(cls, type) and issubclass(cls, enum)
    return [str(member.value) for member in cast("Iterable[Any]", cls)] if is_enum else []


def _add_body(method: _Method, document: dict[str, Any], operation: Operation, tag: str) -> None:
    """Add an argument for each field of the body; the body as a whole if it is not generated."""
    content = mapping(resolved(document, operation.value.get("requestBody"))[1].get("content"))
    if not content:
        return
    for cls in body_classes(operation.name, tag):
        method.pass_as("body", _construct(method, cls, update=operation.method in {"PATCH", "PUT"}))
        return
    media_type = next((name for name in content if name.startswith("application/json")), next(iter(content)))
    schema = mapping(mapping(content[media_type]).get("schema"))
    model = _model([schema, *items_of(schema.get("allOf"))]) or f"{pascal(operation.name)}Body"
    method.use("soundcloud_api.models", model)
    name = method.named("body")
    method.required.append(f"{name}: {model}")
    method.pass_as("body", name)


def _construct(method: _Method, cls: type, *, update: bool) -> str:
    """Return the expression that makes a body of arguments, and add these."""
    method.use("soundcloud_api.models", cls.__name__)
    inner = _inner_classes(cls)  # {"track": {...}}
    passed = [
        f"{attribute.name}={_construct(method, inner[0], update=update)}"
        if inner
        else _body_argument(method, attribute, update=update)
        for attribute in attrs.fields(cls)
    ]
    return f"{cls.__name__}({', '.join(passed)})"


def _body_argument(method: _Method, attribute: Any, *, update: bool) -> str:
    """Add the argument of a field, and return the keyword argument that passes it to the body."""
    models = importlib.import_module("soundcloud_api.models")
    parts = str(attribute.type).split(" | ")
    code = " | ".join(part for part in parts if part not in {"None", "UnsetType"})
    inner = getattr(models, code, object)
    name = method.named(attribute.name)
    value, text = name, f"The `{attribute.name}` of the request"
    if code == "File":
        code = "FileInput"
        value = f'await async_run_in_thread(make_file_part, "{name}", {name}, "{name}")'
        text = f"The `{attribute.name}`: a path, bytes or a binary file"
        method.use("soundcloud._files", "FileInput", "make_file_part")
        method.use("soundcloud._synchronization", "async_run_in_thread")
    elif enum_values(inner):
        text = _with_values(text, enum_values(inner))
        code, value = f"{code} | str", f"{code}({name})"
    for part in re.findall(r"\w+", code):
        if hasattr(models, part):
            method.use("soundcloud_api.models", part)
        elif part in _IMPORTED:
            method.use(_IMPORTED[part], part)
    clearable = update and "None" in parts and code != "Any"
    if attribute.default is attrs.NOTHING:
        method.required.append(f"{name}: {code}{' | None' if 'None' in parts else ''}")
    elif update:
        method.optional.append(f"{name}: {code} | UnsetType{' | None' if clearable else ''} = UNSET")
        method.use("soundcloud_api.types", "UNSET", "UnsetType")
        if value != name:
            kept = f"{name} is None or isinstance({name}, UnsetType)" if clearable else f"isinstance({name}, UnsetType)"
            value = f"{name} if {kept} else {value}"
        text += "; None clears it" if clearable else ""
    else:
        method.optional.append(f"{name}: {code} | None = None")
        method.use("soundcloud_api.types", "UNSET")
        value = f"UNSET if {name} is None else {value}"
    method.describe(name, f"{text}.")
    return f"{attribute.name}={value}"


def _name_of(argument: str) -> str:
    return argument.partition(":")[0]


def _argument_line(argument: str) -> str:
    """Return the line of an argument, with a comment if it hides a name of Python."""
    hides = _name_of(argument) in vars(builtins)
    return f"{argument},{'  # noqa: A002 - the name of the field' if hides else ''}"


def _response(document: dict[str, Any], operation: Operation) -> tuple[str, str]:
    """Return the kind of the response (`page`, `object`, `nothing` or `redirect`) and its type."""
    responses = mapping(operation.value.get("responses"))
    read: list[tuple[str, str]] = []
    for status in sorted(responses):
        content = mapping(resolved(document, responses[status])[1].get("content"))
        schema = next((found for item in content.values() if (found := mapping(mapping(item).get("schema")))), None)
        if status.startswith("2"):
            read.append(_shape(document, schema) if schema else ("nothing", "None"))
        elif status.startswith("3"):
            read.append(("redirect", "str"))
    # An operation with different responses for different statuses returns nothing.
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
    """Return the class of the first schema that is a reference."""
    for schema in schemas:
        if is_mapping(schema) and isinstance(schema.get("$ref"), str):
            name = pascal(schema["$ref"].rsplit("/", 1)[-1])
            return name if name.isidentifier() and not keyword.iskeyword(name) else None
    return None


def _docstring(suggestion: Suggestion, kind: str, method: _Method, arguments: list[str]) -> list[str]:
    names = [_name_of(argument) for argument in arguments if argument != "*"]
    described = [
        f"    {name}: {method.texts.get(name, f'The `{name}` of the request.')}" for name in [*names, "options"]
    ]
    wanted = [name for name, argument in zip(names, filter("*".__ne__, arguments), strict=True) if "=" not in argument]
    positional = {_name_of(argument) for argument in method.positional}
    annotations = {_name_of(argument): argument.partition(": ")[2] for argument in arguments}
    values = [
        next((value for kind, value in _EXAMPLES.items() if f"`{kind}`" in method.texts.get(name, "")), name)
        if name in positional
        else _example(annotations[name], method.texts.get(name, ""))
        for name in wanted
    ]
    example = ", ".join(
        value if name in positional else f"{name}={value}" for name, value in zip(wanted, values, strict=True)
    )
    called = f"client.{suggestion.name}({example})"
    lines = [f">>> async for item in {called}:", "...     print(item)"] if kind == "page" else [f">>> await {called}"]
    return [
        f'"""{suggestion.method.replace("_", " ").capitalize()}.',
        "",
        "Args:",
        *described,
        "",
        "Example:",
        *(f"    {line}" for line in lines),
        '"""',
    ]


def _example(annotation: str, text: str) -> str:
    values = re.search(": `([^`]+)`", text)  # of an enum
    return f'"{values[1]}"' if values else _EXAMPLE_VALUES.get(annotation, "...")


def _body(kind: str, function: str, passed: list[str]) -> list[str]:
    lines = [f"operation = {function}({', '.join(passed)})"]
    if kind == "page":
        return [*lines, "return self._pipeline.page(operation, token, options, max_items)"]
    if kind == "redirect":
        return [
            *lines,
            "response = await self._pipeline.send(operation, token, options)",
            'return response.location or ""',
        ]
    return [*lines, f"{'return ' if kind == 'object' else ''}await self._pipeline.send(operation, token, options)"]


def _import_lines(imports: dict[str, set[str]]) -> list[str]:
    """Return the imports, those of the standard library first."""
    lines = [f"from {module} import {', '.join(sorted(imports[module]))}" for module in sorted(imports)]
    standard = [line for line in lines if line.startswith(("from datetime ", "from typing "))]
    return [*standard, "", *(line for line in lines if line not in standard)]


def _formatted(code: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "120", "-"]
    return subprocess.run(command, input=code, capture_output=True, text=True, check=True).stdout
