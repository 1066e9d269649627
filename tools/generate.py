"""Generates generated/soundcloud_api/ from tools/openapi.json and tools/corrections.toml.

    python -m tools.generate [--check]

Exit status: 0 done (with --check: the files are up to date), 1 (--check) they are not, 2 failed.
"""

import argparse
import contextlib
import difflib
import hashlib
import io
import json
import keyword
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from tools.openapi.atomic_replace import staged
from tools.openapi.corrections import CORRECTIONS, CorrectionError, apply_corrections
from tools.openapi.document import OPENAPI_JSON, dump, operation_ids, parse
from tools.openapi.fetch import DocumentError
from tools.openapi.interface import HTTP_METHODS, reachable, resolve

TEMPLATES = Path(__file__).with_name("codegen") / "templates"
GENERATED = Path(__file__).resolve().parent.parent / "generated" / "soundcloud_api"
RESERVED = {"raw", "extra"}
RESERVED_IN_FORMS = {"fields"}
WIRE_TYPES = {"timestamp": "datetime", "milliseconds": "int"}
PRESENT_FIELDS = Path(__file__).with_name("present_fields.toml")
RAISING = {"kind", "title", "urn"}
NEUTRAL = {"bool": "False", "datetime": "datetime(1970, 1, 1, tzinfo=UTC)", "int": "0", "str": '""'}
PLAIN_PATH = re.compile(r"/[A-Za-z0-9/_.{}~:-]*")
UNUSED_FILES = ("client.py", "errors.py")
RUFF = ("ruff", "--quiet", "--isolated", "--config", "line-length=120", "--config", "target-version='py311'")

Node = dict[str, Any]


class GenerateError(Exception):
    """The client cannot be generated; the message says why and what to do."""


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
        tables = tomllib.loads(PRESENT_FIELDS.read_text(encoding="utf-8"))
        self.present = {name: set(table["fields"]) for name, table in tables.items()}
        self.models = {str(model.class_info.name) for model in data.models}
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
            kind=_snake(base or name) if any(item.present and item.name == "kind" for item in fields) else "",
            base=base,
            note=" Fields that SoundCloud always sends have no None." if present else " Every field may be None.",
        )

    def _field(self, owner: str, item: Any, direction: str) -> Field:
        wire_name = _raw(item.name)
        name = wire_name if wire_name.isidentifier() else _identifier(wire_name, form=direction == "form")
        wrong = name in RESERVED_IN_FORMS if direction == "form" else name != wire_name or name in RESERVED
        if wrong or name.startswith("_") or keyword.iskeyword(name) or not name.isidentifier():
            raise GenerateError(
                f"{owner} has a field {wire_name!r}, which cannot be an attribute of a model; rename it by a correction"
            )
        code = _type_of(item)
        result = Field(name, wire_name, code, optional=not item.required)
        schema = self.schemas.get(owner, {}).get("properties", {}).get(wire_name, {})
        if direction == "response":
            result.wire = schema.get("x-wire-type")
            if result.wire not in {None, *WIRE_TYPES}:
                raise GenerateError(f"{owner}.{wire_name}: the x-wire-type {result.wire!r} is unknown")
            if result.wire:
                result.type = WIRE_TYPES[result.wire]
        names = [part.removeprefix("list[").removesuffix("]") for part in code.split(" | ")]
        models = sorted(part for part in names if part in self.models)
        if len(models) > 1:
            result.kinds = models
            result.type = " | ".join(models)
        elif models:
            result.model = models[0]
        if direction == "response" and wire_name in self.present.get(owner, ()):
            result.present = True
            result.neutral = "REQUIRED" if name in RAISING else NEUTRAL.get(result.type, "REQUIRED")
            if result.type.startswith("list["):
                result.neutral = "[]"
        if direction == "response" and schema.get("deprecated"):
            result.note = schema.get("description", "Deprecated by SoundCloud.")
        return result

    def operation_of(self, endpoint: Any) -> Node:
        """Return an operation's signature, request and responses."""
        identity = str(endpoint.name)
        method, path, operation = self.operations[identity]
        in_path = {_raw(item.name): item for item in endpoint.path_parameters}
        _distinct(identity, [self._parameter(item) for item in (*endpoint.path_parameters, *endpoint.query_parameters)])
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
            "path_parameters": [self._parameter(in_path[name]) for name in re.findall(r"{([^}]+)}", path)],
            "query_parameters": [self._parameter(item) for item in endpoint.query_parameters],
            "body": " | ".join(bodies),
            "responses": sorted(responses),
            "result": " | ".join(kinds) or "None",
        }

    def _parameter(self, item: Any) -> Field:
        wire_name = _raw(item.name)
        name = _identifier(wire_name)
        if not name.isidentifier() or keyword.iskeyword(name):
            raise GenerateError(f"the parameter {wire_name!r} cannot be an argument; rename it by a correction")
        return Field(name, wire_name, _type_of(item), optional=not item.required)

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


def _raw(text: Any) -> str:
    """Unwrap a string that the generator marks as untrusted; the templates quote it themselves."""
    return cast("str", text.get_untrusted_value() if hasattr(text, "get_untrusted_value") else str(text))


def _type_of(item: Any) -> str:
    return str(item.get_type_string(no_optional=True).as_unembedded_code()).replace('"', "")


def _identifier(wire_name: str, *, form: bool = False) -> str:
    """`bpm[from]` -> `bpm_from`; a form's `track[title]` -> `title`, `playlist[tracks][][urn]` -> `tracks_urn`."""
    name = wire_name.split("[", 1)[1] if form and "[" in wire_name else wire_name
    return re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_")


def generate(document: Mapping[str, Any], destination: Path) -> None:
    """Generate the package `soundcloud_api` in a new folder from a normalised document.

    Raises:
        GenerateError: A correction is stale, the generator warned, or a name is not possible in Python.
    """
    try:
        _generate(document, destination)
    except BaseException:
        shutil.rmtree(destination, ignore_errors=True)
        raise


def _generate(document: Mapping[str, Any], destination: Path) -> None:
    try:
        corrected = apply_corrections(document)
        _check(corrected)
    except (CorrectionError, DocumentError) as error:
        raise GenerateError(str(error)) from error
    settings = ConfigFile(
        project_name_override="soundcloud-api",
        package_name_override="soundcloud_api",
        use_path_prefixes_for_title_model_names=False,
        post_hooks=[],
    )
    config = Config.from_sources(
        settings,
        MetaType.NONE,
        document_source=OPENAPI_JSON,
        file_encoding="utf-8",
        overwrite=False,
        output_path=destination,
    )
    data = GeneratorData.from_dict(cast("Node", json.loads(json.dumps(corrected))), config=config)
    if isinstance(data, GeneratorError):
        raise GenerateError(f"the generator rejects the document: {_message(data)}")
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    templates = TemplateData(corrected, data)
    names = cast("Node", project.env.globals)
    names |= {"shape_of": templates.shape_of, "operation_of": templates.operation_of, "raw": _raw}
    project.env.filters |= {"py": _quote, "snake": _snake}
    with contextlib.redirect_stdout(io.StringIO()):
        warnings = project.build()
    if warnings:
        raise GenerateError(f"the generator warned: {'; '.join(map(_message, warnings))}")
    for name in UNUSED_FILES:
        (destination / name).unlink()
    table = project.env.get_template("operations.py.jinja").render(operations=templates.table())
    (destination / "operations.py").write_text(table, encoding="utf-8")
    imports = project.env.get_template("imports.py.jinja").render()
    (destination / "imports.py").write_text(imports, encoding="utf-8")
    (destination / "py.typed").write_text("", encoding="utf-8")
    (destination / "VERSIONS").write_text(_versions(document), encoding="utf-8")
    _format(destination)
    functions = {path.stem for path in destination.glob("api/*/*.py")} - {"__init__"}
    if functions != templates.operations.keys():
        raise GenerateError("the generator skipped operations without a warning; compare its api folder")


def _check(document: Node) -> None:
    """Reject a document that the templates cannot handle."""
    operation_ids(document)
    for path, item in document["paths"].items():
        if not PLAIN_PATH.fullmatch(path):
            raise GenerateError(f"the path {path!r} has unexpected characters")
        for method, operation in item.items():
            if method not in HTTP_METHODS:
                continue
            where = f"{method.upper()} {path}"
            tags = operation.get("tags")
            if not tags or not all(isinstance(tag, str) and tag.isidentifier() for tag in tags):
                raise GenerateError(
                    f"{where} needs a tag that is an identifier, the name of its package; add one by a correction"
                )
            for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
                known = cast("Node", resolve(document, parameter["$ref"]) if "$ref" in parameter else parameter)
                if known["in"] not in {"path", "query"}:
                    raise GenerateError(
                        f"{where} has a parameter {known['name']!r} in {known['in']}, which the templates do not support"
                    )
    taken = {
        word for word in re.findall(r"\w+", (TEMPLATES / "model.py.jinja").read_text("utf-8")) if word[0].isupper()
    }
    for name in document["components"]["schemas"]:
        if name in taken:
            raise GenerateError(
                f"the schema {name} has the name of a class in the templates; rename it by a correction"
            )


def _distinct(owner: str, fields: list[Field]) -> None:
    for item in fields:
        if others := [other.wire_name for other in fields if other.name == item.name and other is not item]:
            both = f"{item.wire_name!r} and {others[0]!r} would both be called {item.name}"
            raise GenerateError(f"{owner}: {both}; rename one by a correction")


def _snake(name: str) -> str:
    return re.sub(r"(?<=.)([A-Z])", r"_\1", name).lower()


def _quote(text: str) -> str:
    """Return a string as a Python literal."""
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)


def _message(problem: GeneratorError) -> str:
    text = " ".join(_raw(part) for part in (problem.header, problem.detail) if part)
    # In its messages the generator shows the repr of a marked string instead of the string.
    return re.sub(r"<[^<>]*UntrustedString object at 0x[0-9a-f]+>", "(a name of the document)", text)


def _versions(document: Mapping[str, Any]) -> str:
    """Return the versions of the package's sources, one per line."""
    templates = hashlib.sha256()
    for path in [*sorted(TEMPLATES.glob("*.jinja")), PRESENT_FIELDS, Path(__file__)]:
        templates.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return "".join(
        f"{name}: {value}\n"
        for name, value in (
            ("document", f"sha256 {hashlib.sha256(dump(dict(document))).hexdigest()}"),
            ("corrections", f"sha256 {hashlib.sha256(CORRECTIONS.read_bytes()).hexdigest()}"),
            ("templates", f"sha256 {templates.hexdigest()}"),
            ("openapi-python-client", version("openapi-python-client")),
            ("ruff", version("ruff")),
        )
    )


def _format(folder: Path) -> None:
    """Remove unused imports and format, without the configuration of the project."""
    for step in (("check", "--select", "F401,I", "--fix"), ("format",)):
        command = [sys.executable, "-m", RUFF[0], step[0], *RUFF[1:], *step[1:], str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise GenerateError(f"ruff cannot read the generated code: {(done.stdout + done.stderr).strip()}")


def _tree(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def differences(expected: Path, actual: Path) -> list[str]:
    """Return the files of two trees that are missing, unexpected or different, with the first different lines."""
    new, old = dict(_tree(expected)), dict(_tree(actual)) if actual.is_dir() else {}
    lines = [f"missing: {name}" for name in sorted(new.keys() - old.keys())]
    lines += [f"not generated: {name}" for name in sorted(old.keys() - new.keys())]
    for name in sorted(new.keys() & old.keys()):
        if new[name] != old[name]:
            change = list(difflib.unified_diff(old[name].splitlines(), new[name].splitlines(), lineterm="", n=0))
            lines.append(f"different: {name}\n    " + "\n    ".join(change[2:8]))
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.generate", description="Generate the client from tools/openapi.json and the corrections."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if generated/ is out of date")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "soundcloud_api"
        try:
            generate(parse(OPENAPI_JSON.read_bytes(), name=OPENAPI_JSON.name), made)
        except (GenerateError, DocumentError, OSError) as error:
            print(f"failed: {error}", file=sys.stderr)
            return 2
        if options.check:
            lines = differences(made, GENERATED)
            print("\n".join(lines or ["generated/soundcloud_api is up to date"]))
            if lines:
                print("run `make openapi-generate` and commit the result", file=sys.stderr)
            return 1 if lines else 0
        with staged([GENERATED]) as (new,):
            shutil.copytree(made, new)
        print(f"generated {sum(1 for _ in _tree(GENERATED))} files from {OPENAPI_JSON.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
