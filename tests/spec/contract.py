"""Checks a request against the document; used by test_contract.py."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
from openapi_schema_validator import OAS30WriteValidator

from tools.openapi.document import operation_id
from tools.openapi.interface import HTTP_METHODS, resolve

Node = dict[str, Any]
URN = re.compile(r"soundcloud:[a-z][a-z-]*:[A-Za-z0-9_.~:-]+")


@dataclass
class Contract:
    """An operation, with the references of its request resolved."""

    method: str
    template: str
    path: dict[str, Node] = field(default_factory=dict)
    query: dict[str, Node] = field(default_factory=dict)
    bodies: dict[str, Node] = field(default_factory=dict)
    status: int = 200

    @property
    def id(self) -> str:
        return operation_id(self.method, self.template)

    @property
    def required(self) -> set[str]:
        return {name for name, parameter in self.query.items() if parameter.get("required")}


@dataclass
class Sent:
    """The content of a request, by names on the wire."""

    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    media_type: str | None = None
    problems: list[str] = field(default_factory=list)


def contracts(document: Node) -> Iterator[Contract]:
    """Return all operations of the document."""
    for template, item in document["paths"].items():
        for method in HTTP_METHODS:
            if method not in item:
                continue
            operation = item[method]
            contract = Contract(method.upper(), template)
            for parameter in (*item.get("parameters", ()), *operation.get("parameters", ())):
                known = resolved(document, parameter)
                {"path": contract.path, "query": contract.query}[known["in"]][known["name"]] = known
            for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
                contract.bodies[media_type.split(";")[0].strip()] = resolved(document, content["schema"])
            codes = [status.replace("X", "0") for status in operation["responses"] if status != "default"]
            contract.status = min(map(int, codes), default=200)
            yield contract


def resolved(document: Node, node: Any) -> Any:
    """Return a node with all references resolved."""
    if isinstance(node, list):
        return [resolved(document, item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return resolved(document, resolve(document, node["$ref"]))
    return {name: resolved(document, value) for name, value in node.items()}


def contract_of(document: Node, method: str, path: str) -> Contract | None:
    """Return the operation whose template matches a path; fixed segments win over parameters."""
    found = [
        contract
        for contract in contracts(document)
        if contract.method == method and path_values(contract.template, path) is not None
    ]
    return min(found, key=lambda contract: len(contract.path), default=None)


def path_values(template: str, path: str) -> dict[str, str] | None:
    """Return the unquoted values of a path, or None if the template does not match or a value is not a URN.

    A parameter whose name does not end in `urn` may be a number.
    """
    values: dict[str, str] = {}
    pieces, given = template.split("/"), path.split("/")
    for piece, value in zip(pieces, given, strict=False):
        is_number = value.isdigit() and not piece.endswith("urn}")
        if piece.startswith("{") and (is_number or URN.fullmatch(unquote(value))):
            values[piece[1:-1]] = unquote(value)
        elif piece != value:
            return None
    return values if len(pieces) == len(given) else None


def violations(document: Node, request: httpx.Request, *, beyond: Iterable[str] = ()) -> list[str]:
    """Return the violations of the document in a request, apart from `beyond`.

    Args:
        document: The document.
        request: The request as it goes out.
        beyond: Query parameters and, as `body`, a body that are sent although the document does not list them.
    """
    raw_path = request.url.raw_path.decode().partition("?")[0]
    contract = contract_of(document, request.method, raw_path)
    if contract is None:
        return [f"{request.method} {raw_path} is no operation of the document"]
    sent = read(request)
    values = path_values(contract.template, raw_path) or {}
    problems = [*sent.problems]
    problems += [f"the path's {name} is not declared" for name in values.keys() - contract.path.keys()]
    problems += [f"the query lacks {name}" for name in contract.required - sent.query.keys()]
    for name, text in sent.query.items():
        if name not in beyond:
            problems += query_problems(contract, name, text)
    if "body" not in beyond:
        problems += body_problems(contract, sent)
    return problems


def query_problems(contract: Contract, name: str, text: str) -> list[str]:
    """Yield the violations of a query parameter."""
    outer, bracket, inner = name.partition("[")
    parameter = contract.query.get(outer)
    if parameter is None:
        return [f"the query's {name} is not declared"]
    schema = parameter["schema"]
    if bracket:
        if parameter.get("style") != "deepObject" or inner.removesuffix("]") not in schema["properties"]:
            return [f"the query's {name} is not declared"]
        schema = schema["properties"][inner.removesuffix("]")]
    elif parameter.get("style") == "deepObject":
        return [f"the query's {name} is an object and needs brackets"]
    value: Any = text
    if schema.get("type") == "array":
        if parameter.get("explode", True):
            return [f"the query's {name} is an exploded array, which this check does not read"]
        # Its default is written as the text that is sent, which is no array.
        schema = {key: value for key, value in schema.items() if key != "default"}
        value = [converted(item, schema["items"]) for item in text.split(",")]
    else:
        value = converted(text, schema)
    return [f"the query's {name}={text}: {problem}" for problem in schema_problems(value, schema)]


def body_problems(contract: Contract, sent: Sent) -> list[str]:
    """Yield the violations of the body."""
    if sent.media_type is None:
        return ["there is no body"] if contract.bodies else []
    schema = contract.bodies.get(sent.media_type)
    if schema is None:
        return [f"a body of type {sent.media_type} is not declared"]
    declared = properties_of(schema)
    value: Any = sent.body
    if sent.media_type == "multipart/form-data":
        value = {name: converted(text, declared.get(name, {})) for name, text in sent.body.items()}
    undeclared = [f"the body's {name} is not declared" for name in undeclared_names(value, schema)]
    return undeclared + [f"the body: {problem}" for problem in schema_problems(value, schema)]


def schema_problems(value: Any, schema: Node) -> list[str]:
    """Return the violations of a schema in a value."""
    return [f"{error.json_path} {error.message}" for error in OAS30WriteValidator(schema).iter_errors(value)]


def properties_of(schema: Node) -> dict[str, Node]:
    """Return the properties of an object schema, those of an allOf included."""
    found: dict[str, Node] = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= properties_of(part)
    return found


def undeclared_names(value: Any, schema: Node, place: str = "") -> Iterator[str]:
    """Yield the names in a value that its schema does not list, which a validator accepts."""
    if isinstance(value, dict):
        declared = properties_of(schema)
        for name, item in value.items():
            if name in declared:
                yield from undeclared_names(item, declared[name], f"{place}{name}.")
            else:
                yield place + name
    elif isinstance(value, list):
        for item in value:
            yield from undeclared_names(item, schema.get("items", {}), place)


def converted(text: Any, schema: Node) -> Any:
    """Convert a string to the type of its schema, if possible."""
    match schema.get("type"):
        case "integer" if isinstance(text, str) and re.fullmatch(r"-?[0-9]+", text):
            return int(text)
        case "boolean" if text in {"true", "false"}:
            return text == "true"
        case _:
            return text


def read(request: httpx.Request) -> Sent:
    """Parse a request from the bytes that are sent."""
    sent = Sent()
    pairs = parse_qsl(request.url.query.decode("ascii"), keep_blank_values=True, strict_parsing=bool(request.url.query))
    sent.query = dict(pairs)
    if len(sent.query) != len(pairs):
        sent.problems.append(f"the query names a parameter twice: {request.url.query.decode()}")
    if not request.content:
        if "Content-Type" in request.headers:
            sent.problems.append("a media type without a body")
        return sent
    header = request.headers.get("Content-Type", "")
    sent.media_type = header.split(";")[0].strip()
    if sent.media_type == "application/json":
        sent.body = json.loads(request.content)
    elif sent.media_type == "multipart/form-data":
        for name, value in parts(header, request.content):
            if name in sent.body:
                sent.problems.append(f"the form names {name} twice")
            sent.body[name] = value
    else:
        sent.problems.append(f"a body of type {sent.media_type or 'nothing'}, which this check does not read")
    return sent


def parts(header: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Return the fields of a multipart form, with the bytes of files as Latin-1."""
    message = BytesParser().parsebytes(b"Content-Type: " + header.encode() + b"\r\n\r\n" + content)
    for part in message.get_payload():
        name = part.get_param("name", header="Content-Disposition")
        is_file = part.get_param("filename", header="Content-Disposition") is not None
        yield name, part.get_payload(decode=True).decode("latin-1" if is_file else "utf-8")


def leaves(sent: Sent) -> set[str]:
    """Return the fields of a body by their innermost names: `track[title]` and `{"track": {"title": ...}}` are both `title`."""
    if sent.media_type == "multipart/form-data":
        return {leaf_of(name) for name in sent.body}
    return {name for value in sent.body.values() for name in (value if isinstance(value, Mapping) else ())} or {
        *sent.body
    }


def leaf_of(name: str) -> str:
    """`playlist[tracks][][urn]` -> `tracks`."""
    return name.split("[")[1].rstrip("]") if "[" in name else name


def declared_leaves(schema: Node) -> set[str]:
    """Return the fields that a body may have, by their innermost names; see `leaves`."""
    names: set[str] = set()
    for name, inner in properties_of(schema).items():
        names |= set(properties_of(inner)) or {leaf_of(name)}
    return names
