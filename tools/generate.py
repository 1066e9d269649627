"""The generator's driver: tools/openapi.json and the corrections make generated/soundcloud_api/.

    python -m tools.generate [--check]

Exit status: 0 done (or, with --check, the tree is what would be made), 1 (--check) the tree differs, 2 failed.
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
from tools.openapi.corrections import CORRECTIONS, METHODS, CorrectionError, apply_corrections
from tools.openapi.document import OPENAPI_JSON, DocumentError, dump, operation_ids, parse
from tools.openapi.interface import resolve

TEMPLATES = Path(__file__).with_name("codegen") / "templates"
GENERATED = Path(__file__).resolve().parent.parent / "generated" / "soundcloud_api"
RESERVED = {"raw", "extra"}
RESERVED_IN_FORMS = {"fields"}
WIRE_TYPES = {"timestamp", "milliseconds"}
PLAIN_PATH = re.compile(r"/[A-Za-z0-9/_.{}~:-]*")
FILES_NOT_WANTED = ("client.py", "errors.py")
RUFF = ("ruff", "--quiet", "--isolated", "--config", "line-length=120", "--config", "target-version='py311'")

Node = dict[str, Any]


class GenerateError(Exception):
    """The client cannot be generated; the message says why and what to do."""


@dataclass
class Field:
    """A field of a model or a parameter of an operation, as the templates want it."""

    name: str
    wire_name: str
    type: str
    optional: bool = True
    wire: str | None = None
    model: str | None = None
    kinds: list[str] = field(default_factory=list[str])


@dataclass
class Shape:
    """A model, as its template wants it."""

    direction: str
    fields: list[Field]

    @property
    def nested(self) -> bool:
        """Whether fields hold other models."""
        return any(item.model or item.kinds for item in self.fields)

    @property
    def wire(self) -> bool:
        """Whether fields are read from another form on the wire."""
        return any(item.wire for item in self.fields)

    @property
    def kinds(self) -> bool:
        """Whether fields hold one of several models."""
        return any(item.kinds for item in self.fields)


class Shapes:
    """Answers the templates' questions from the corrected document, since the generator passes on only a part of it."""

    def __init__(self, document: Node, data: GeneratorData) -> None:
        """Index the document's operations and the direction of its schemas."""
        self.schemas = cast("Node", document["components"]["schemas"])
        self.operations = {
            operation["operationId"]: (method, path, operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }
        self.document = document
        self.models = {str(model.class_info.name) for model in data.models}
        self.forms = self._reachable("multipart/form-data")
        self.requests = self._reachable("application/json")

    def _reachable(self, media_type: str) -> set[str]:
        """The schemas that a request of this media type is made of."""
        waiting = [
            content["schema"]
            for _, _, operation in self.operations.values()
            for name, content in operation.get("requestBody", {}).get("content", {}).items()
            if name.split(";")[0].strip() == media_type
        ]
        names: set[str] = set()
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict):
                reference = cast("Node", node).get("$ref")
                if isinstance(reference, str) and (name := reference.rsplit("/", 1)[1]) not in names:
                    names.add(name)
                    waiting.append(self.schemas[name])
                waiting.extend(cast("Node", node).values())
            elif isinstance(node, list):
                waiting.extend(cast("list[Any]", node))
        return names

    def shape_of(self, model: Any) -> Shape:
        """A model's fields and its direction: response, form or request."""
        name = str(model.class_info.name)
        direction = "form" if name in self.forms else "request" if name in self.requests else "response"
        properties = [*model.required_properties, *model.optional_properties]
        fields = sorted((self._field(name, item, direction) for item in properties), key=lambda item: item.name)
        _distinct(name, fields)
        return Shape(direction, fields)

    def _field(self, owner: str, item: Any, direction: str) -> Field:
        wire_name = _raw(item.name)
        name = wire_name if wire_name.isidentifier() else _identifier(wire_name, form=direction == "form")
        wrong = name in RESERVED_IN_FORMS if direction == "form" else name != wire_name or name in RESERVED
        if wrong or name.startswith("_") or keyword.iskeyword(name) or not name.isidentifier():
            raise GenerateError(
                f"{owner} has a field {wire_name!r}, which no model can have as an attribute; rename it by a correction"
            )
        code = item.get_type_string(no_optional=True).as_unembedded_code().replace('"', "")
        made = Field(name, wire_name, code, optional=not item.required)
        schema = self.schemas.get(owner, {}).get("properties", {}).get(wire_name, {})
        if direction == "response":
            made.wire = schema.get("x-wire-type")
            if made.wire not in {None, *WIRE_TYPES}:
                raise GenerateError(
                    f"{owner}.{wire_name} has the x-wire-type {made.wire!r}; known are {sorted(WIRE_TYPES)}"
                )
            if made.wire:
                made.type = made.wire.capitalize()
        names = [part.removeprefix("list[").removesuffix("]") for part in code.split(" | ")]
        models = sorted(part for part in names if part in self.models)
        if len(models) > 1:
            made.kinds = models
            made.type = "Or".join(models)
        elif models:
            made.model = models[0]
        return made

    def operation_of(self, endpoint: Any) -> Node:
        """An operation's signature, request and responses."""
        identity = str(endpoint.name)
        method, path, operation = self.operations[identity]
        in_path = {_raw(item.name): item for item in endpoint.path_parameters}
        _distinct(identity, [self._parameter(item) for item in (*endpoint.path_parameters, *endpoint.query_parameters)])
        responses: list[tuple[int, str]] = []
        for response in endpoint.responses.patterns:
            status = response.status_code.range[0]
            if status < 400:
                code = response.prop.get_type_string(no_optional=True).as_unembedded_code().replace('"', "")
                responses.append((status, "None" if code == "Any" else code))
        kinds = list(dict.fromkeys(code for _, code in sorted(responses, key=lambda response: response[1] == "None")))
        bodies = dict.fromkeys(
            str(body.prop.get_type_string(no_optional=True).as_unembedded_code()).replace('"', "")
            for body in endpoint.bodies
        )
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
            raise GenerateError(
                f"there is a parameter {wire_name!r}, which no argument can be called; rename it by a correction"
            )
        code = item.get_type_string(no_optional=True).as_unembedded_code().replace('"', "")
        return Field(name, wire_name, code, optional=not item.required)

    def table(self) -> list[Node]:
        """All operations, for the table."""
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
    """The generator marks what comes from the document as untrusted; the templates quote it themselves."""
    return cast("str", text.get_untrusted_value() if hasattr(text, "get_untrusted_value") else str(text))


def _identifier(wire_name: str, *, form: bool = False) -> str:
    """`bpm[from]` -> `bpm_from`; a form's `track[title]` -> `title`, `playlist[tracks][][urn]` -> `tracks_urn`."""
    name = wire_name.split("[", 1)[1] if form and "[" in wire_name else wire_name
    return re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_")


def generate(document: Mapping[str, Any], destination: Path) -> None:
    """Generate the package `soundcloud_api` into a folder.

    Args:
        document: SoundCloud's document, normalised and not corrected.
        destination: A folder that does not exist yet; the package's files are put into it.

    Raises:
        GenerateError: A correction is stale, the generator warned, or a name cannot be had in Python.
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
        raise GenerateError(f"the generator refuses the document: {_words(data)}")
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    shapes = Shapes(corrected, data)
    names = cast("Node", project.env.globals)
    names |= {"shape_of": shapes.shape_of, "operation_of": shapes.operation_of, "raw": _raw}
    project.env.filters |= {"py": _quote, "snake": _snake}
    with contextlib.redirect_stdout(io.StringIO()):
        warnings = project.build()
    if warnings:
        raise GenerateError(
            "the generator warns, and what it warns about is missing from the client: "
            + "; ".join(map(_words, warnings))
        )
    for name in FILES_NOT_WANTED:
        (destination / name).unlink()
    table = project.env.get_template("operations.py.jinja").render(operations=shapes.table())
    (destination / "operations.py").write_text(table, encoding="utf-8")
    (destination / "py.typed").write_text("", encoding="utf-8")
    (destination / "VERSIONS").write_text(_versions(document), encoding="utf-8")
    _format(destination)
    if {operation["id"] for operation in shapes.table()} != {path.stem for path in destination.glob("api/*/*.py")} - {
        "__init__"
    }:
        raise GenerateError(
            "the generator left operations out without a warning; compare its api folder with the document"
        )


def _check(document: Node) -> None:
    """Refuse what the templates cannot write, or would write wrongly without a word."""
    operation_ids(document)
    for path, item in document["paths"].items():
        if not PLAIN_PATH.fullmatch(path):
            raise GenerateError(f"the path {path!r} holds characters that no path of an API should")
        for method, operation in item.items():
            if method not in METHODS:
                continue
            where = f"{method.upper()} {path}"
            if not operation.get("tags") or not all(
                isinstance(tag, str) and tag.isidentifier() for tag in operation["tags"]
            ):
                raise GenerateError(
                    f"{where} has no tag that is a name; give it one by a correction, it names the module"
                )
            for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
                known = cast("Node", resolve(document, parameter["$ref"]) if "$ref" in parameter else parameter)
                if known["in"] not in {"path", "query"}:
                    raise GenerateError(
                        f"{where} has a parameter {known['name']!r} in {known['in']}, which no template sends"
                    )
    taken = {
        word for word in re.findall(r"\w+", (TEMPLATES / "model.py.jinja").read_text("utf-8")) if word[0].isupper()
    }
    for name in document["components"]["schemas"]:
        if name in taken:
            raise GenerateError(
                f"a schema is called {name}, as something in the templates is; rename it by a correction"
            )


def _distinct(owner: str, fields: list[Field]) -> None:
    for item in fields:
        if others := [other.wire_name for other in fields if other.name == item.name and other is not item]:
            both = f"{item.wire_name!r} and {others[0]!r} would both be called {item.name}"
            raise GenerateError(f"{owner}: {both}; rename one by a correction")


def _snake(name: str) -> str:
    return re.sub(r"(?<=.)([A-Z])", r"_\1", name).lower()


def _quote(text: str) -> str:
    """A Python literal; whatever the document holds, it stays a text."""
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)


def _words(problem: GeneratorError) -> str:
    words = " ".join(_raw(part) for part in (problem.header, problem.detail) if part)
    # The generator marks names of the document, and shows the mark instead of the name.
    return re.sub(r"<[^<>]*UntrustedString object at 0x[0-9a-f]+>", "(a name of the document)", words)


def _versions(document: Mapping[str, Any]) -> str:
    """What the package was made from, a line each."""
    templates = hashlib.sha256()
    for path in [*sorted(TEMPLATES.glob("*.jinja")), Path(__file__)]:
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
    """Drop the imports that a template brought in vain, and format; isolated, so that no setting outside has a say."""
    for step in (("check", "--select", "F401,I", "--fix"), ("format",)):
        command = [sys.executable, "-m", RUFF[0], step[0], *RUFF[1:], *step[1:], str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise GenerateError(
                f"the generated code is not Python that ruff can read: {(done.stdout + done.stderr).strip()}"
            )


def _tree(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")


def differences(expected: Path, actual: Path) -> list[str]:
    """Compare two trees.

    Args:
        expected: The tree as it would be made.
        actual: The tree as it is.

    Returns:
        A line for each file that is missing, not expected or different, with the first lines that differ.
    """
    made, kept = dict(_tree(expected)), dict(_tree(actual)) if actual.is_dir() else {}
    lines: list[str] = []
    for name in sorted(made.keys() | kept.keys()):
        if name not in kept:
            lines.append(f"missing: {name}")
        elif name not in made:
            lines.append(f"not generated: {name}")
        elif made[name] != kept[name]:
            change = list(
                difflib.unified_diff(
                    kept[name].splitlines(),
                    made[name].splitlines(),
                    "as it is",
                    "as it would be made",
                    lineterm="",
                    n=0,
                )
            )
            lines.append(f"different: {name}\n    " + "\n    ".join(change[2:8]))
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.generate", description="Generate the client from tools/openapi.json and the corrections."
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when generated/ is not what would be made"
    )
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
            print(
                "\n".join(lines)
                if lines
                else "generated/soundcloud_api is what tools/openapi.json and the corrections make"
            )
            if lines:
                print("run `make openapi-generate` and commit what it makes", file=sys.stderr)
            return 1 if lines else 0
        with staged([GENERATED]) as (new,):
            shutil.copytree(made, new)
        print(f"generated {sum(1 for _ in _tree(GENERATED))} files from {OPENAPI_JSON.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
