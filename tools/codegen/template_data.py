"""Describes models and operations to the templates of the generator."""

import functools
import json
import keyword
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from openapi_python_client.parser import GeneratorData

from tools.codegen.checks import CURE, GenerateError, reserved_names
from tools.openapi.document import DocumentError, load_toml
from tools.openapi.interface import HTTP_METHODS, reachable
from tools.openapi.operation_index import Operation, identifier, parameters
from tools.openapi.schema_text import mapping, strings_of

PRESENT_FIELDS = Path(__file__).parents[1] / "present_fields.toml"

_BASES = {"response": "Model", "form": "FormModel", "request": "RequestModel"}
_USED_IN_CLASSES = {"self", "Any", "bool", "bytes", "datetime", "dict", "float", "int", "list", "str"}
_WIRE_TYPES = {"timestamp": "datetime", "milliseconds": "int"}
_RAISING = {"kind", "title", "urn"}
_NEUTRAL = {"bool": "False", "datetime": "datetime(1970, 1, 1, tzinfo=UTC)", "int": "0", "str": '""'}

Node = dict[str, Any]


@dataclass
class Field:
    """A field of a model or a parameter of an operation, for the templates."""

    name: str
    wire_name: str
    type: str
    optional: bool = True
    wire: str | None = None
    model: str | None = None
    kinds: list[str] = field(default_factory=list[str])
    present: bool = False
    neutral: str = ""
    inherited: bool = False
    note: str = ""


@dataclass
class ModelShape:
    """A model, for its template; whether a field holds other models, has another type on the wire, or is always sent."""

    direction: str
    fields: list[Field]
    nested: bool
    wire: bool
    present: bool
    kind: str
    base: str
    note: str
    renamed: bool
    links: set[str]  # the models that this one refers to
    later: set[str] = field(default_factory=set[str])  # those that refer back to it: they are imported below the class


class TemplateData:
    """Describes models and operations to the templates, from the document: the generator passes on only a part of it."""

    def __init__(self, document: Node, data: GeneratorData) -> None:
        """Index the operations, and find the schemas of request bodies."""
        self.schemas = cast("Node", document["components"]["schemas"])
        self.operations = {
            operation["operationId"]: (method, path, operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in HTTP_METHODS
        }
        self.document = document
        self.present: dict[str, set[str]] = {}
        for name, table in load_toml(PRESENT_FIELDS).items():
            self.present[name] = strings_of(mapping(table).get("fields"))
            if not self.present[name]:
                raise DocumentError(
                    f'{PRESENT_FIELDS}: {name} has no list of fields; write fields = ["urn"] below [{name}]'
                )
        self._by_name = {str(model.class_info.name): model for model in data.models}
        self.forms = self._schemas_of("multipart/form-data")
        self.requests = self._schemas_of("application/json")

    def _schemas_of(self, media_type: str) -> set[str]:
        """Return the schemas that request bodies of this media type use."""
        bodies = [
            content["schema"]
            for _, _, operation in self.operations.values()
            for name, content in operation.get("requestBody", {}).get("content", {}).items()
            if name.split(";")[0].strip() == media_type
        ]
        return {reference.rsplit("/", 1)[1] for reference in reachable(self.document, bodies)}

    def shape_of(self, model: Any) -> ModelShape:
        """Return a model's fields and its direction: response, form or request."""
        name = str(model.class_info.name)
        shape = self._shape(name, model)
        shape.later = {other for other in self._reachable(name) if name in self._reachable(other)}
        if shape.base in shape.later:
            raise GenerateError(
                f"{shape.base} refers to {name}, which is derived from it by x-base: remove the correction that adds x-base, "
                f"or replace that field with the rule replace {CURE}"
            )
        return shape

    @functools.cached_property
    def _links(self) -> dict[str, set[str]]:
        """The models that each model refers to."""
        return {name: self._shape(name, model).links for name, model in self._by_name.items()}

    def _reachable(self, name: str) -> set[str]:
        found: set[str] = set()
        waiting = set(self._links.get(name, ()))
        while waiting:
            found |= waiting
            waiting = {other for each in waiting for other in self._links.get(each, ())} - found
        return found

    def _shape(self, name: str, model: Any) -> ModelShape:
        direction = "form" if name in self.forms else "request" if name in self.requests else "response"
        properties = [*model.required_properties, *model.optional_properties]
        fields = sorted((self._field(name, item, direction) for item in properties), key=lambda item: item.name)
        _distinct(name, fields)
        base = str(self.schemas.get(name, {}).get("x-base", "")) if direction == "response" else ""
        for item in fields:
            item.inherited = item.wire_name in self.schemas.get(base, {}).get("properties", {})
        present = any(item.present for item in fields)
        return ModelShape(
            direction,
            fields,
            nested=any(item.model or item.kinds for item in fields),
            wire=any(item.wire for item in fields),
            present=present,
            kind=snake(base or name) if any(item.present and item.name == "kind" for item in fields) else "",
            base=base,
            note=" Fields that SoundCloud always sends have no None." if present else " Every field may be None.",
            renamed=any(item.name != item.wire_name for item in fields),
            links={
                base,
                *(item.model for item in fields if item.model),
                *(kind for item in fields for kind in item.kinds),
            }
            - {""},
        )

    def _field(self, owner: str, item: Any, direction: str) -> Field:
        wire_name = raw(item.name)
        given = self.schemas.get(owner, {}).get("x-attributes", {}).get(wire_name)
        name = given or (wire_name if wire_name.isidentifier() else identifier(wire_name, form=direction == "form"))
        reserved = reserved_names(_BASES[direction]) | _USED_IN_CLASSES
        wrong = name in reserved or (direction != "form" and not given and name != wire_name)
        if wrong or name.startswith("_") or keyword.iskeyword(name) or not name.isidentifier():
            raise GenerateError(
                f"{owner} has a field {wire_name!r}, which cannot be an attribute of a model: rename it with the rule "
                f"rename_field {CURE}"
            )
        code = _type_of(item)
        if direction == "response" or not item.required:  # the templates add None
            code = " | ".join(part for part in code.split(" | ") if part != "None") or "Any"
        result = Field(name, wire_name, code, optional=not item.required)
        schema = self.schemas.get(owner, {}).get("properties", {}).get(wire_name, {})
        if direction == "response":
            result.wire = schema.get("x-wire-type")
            if result.wire not in {None, *_WIRE_TYPES}:
                raise GenerateError(f"{owner}.{wire_name}: the x-wire-type {result.wire!r} is unknown")
            if result.wire:
                result.type = _WIRE_TYPES[result.wire]
        names = [part.removeprefix("list[").removesuffix("]") for part in code.split(" | ")]
        models = sorted(part for part in names if part in self._by_name)
        if len(models) > 1:
            if "list[" in code:
                raise GenerateError(
                    f"{owner}.{wire_name} is a list of several models, which the templates do not support: choose one with "
                    f"the rule replace {CURE}"
                )
            result.kinds = models
            result.type = " | ".join(models)
        elif models:
            result.model = models[0]
        if direction == "response" and wire_name in self.present.get(owner, ()):
            result.present = True
            result.neutral = "REQUIRED" if name in _RAISING else _NEUTRAL.get(result.type, "REQUIRED")
            if result.type.startswith("list["):
                result.neutral = "[]"
        if direction == "response" and schema.get("deprecated"):
            result.note = schema.get("description", "Deprecated by SoundCloud.")
        return result

    def operation_of(self, endpoint: Any) -> Node:
        """Return an operation's signature, request and responses."""
        identity = str(endpoint.name)
        method, path, operation = self.operations[identity]
        here = Operation(method.upper(), path, operation, self.document["paths"][path])
        given = {
            parameter.name: str(parameter.value["x-argument"])
            for parameter in parameters(self.document, here)
            if "x-argument" in parameter.value
        }
        in_path = {raw(item.name): _parameter(here, item, given) for item in endpoint.path_parameters}
        in_query = [_parameter(here, item, given) for item in endpoint.query_parameters]
        _distinct(identity, [*in_path.values(), *in_query])
        responses: list[tuple[int, str]] = []
        for response in endpoint.responses.patterns:
            status = response.status_code.range[0]
            if status < 400:
                code = _type_of(response.prop)
                responses.append((status, "None" if code == "Any" else code))
        kinds = list(dict.fromkeys(code for _, code in sorted(responses, key=lambda response: response[1] == "None")))
        bodies = dict.fromkeys(_type_of(body.prop) for body in endpoint.bodies)
        return {
            "id": identity,
            "method": method.upper(),
            "path": path,
            "tag": operation["tags"][0],
            "deprecated": bool(operation.get("deprecated")),
            "path_parameters": [in_path[name] for name in re.findall(r"{([^}]+)}", path)],
            "query_parameters": in_query,
            "body": " | ".join(bodies),
            "responses": sorted(responses),
            "result": " | ".join(kinds) or "None",
        }

    def table(self) -> list[Node]:
        """Return all operations, for the table of operations."""
        return [
            {
                "id": identity,
                "method": method.upper(),
                "path": path,
                "tag": operation["tags"][0],
                "deprecated": bool(operation.get("deprecated")),
            }
            for identity, (method, path, operation) in self.operations.items()
        ]


def _parameter(operation: Operation, item: Any, given: Node) -> Field:
    wire_name = raw(item.name)
    name = given.get(wire_name) or identifier(wire_name)
    if not name.isidentifier() or keyword.iskeyword(name) or name == "body":
        raise GenerateError(
            f"{operation}: the parameter {wire_name!r} cannot be an argument: rename it with the rule rename_field {CURE}"
        )
    return Field(name, wire_name, _type_of(item), optional=not item.required)


def raw(text: Any) -> str:
    """Unwrap a string that the generator marks as untrusted; the templates quote it themselves."""
    return cast("str", text.get_untrusted_value() if hasattr(text, "get_untrusted_value") else str(text))


def _type_of(item: Any) -> str:
    code = str(item.get_type_string(no_optional=True).as_unembedded_code()).replace('"', "")
    # SoundCloud may send another value than the documented constant, as with an enum.
    constant = re.fullmatch(r"Literal\[(.*)\]", code, re.DOTALL)
    if constant is None:
        return code
    return "str" if constant[1][:1] in "'" else "bool" if constant[1] in {"True", "False"} else "int | float"


def _distinct(owner: str, fields: list[Field]) -> None:
    for item in fields:
        if others := [other.wire_name for other in fields if other.name == item.name and other is not item]:
            both = f"{item.wire_name!r} and {others[0]!r} would both be called {item.name}"
            raise GenerateError(f"{owner}: {both}: rename one with the rule rename_field {CURE}")


def snake(name: str) -> str:
    """Return a name in PascalCase in snake_case: `WebProfile` becomes `web_profile`."""
    return re.sub(r"(?<=.)([A-Z])", r"_\1", name).lower()


def quote(text: str) -> str:
    """Return a string as a Python literal."""
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)
