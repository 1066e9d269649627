"""Writes what a new operation of SoundCloud's document needs, after `make openapi-sync` has generated it.

    python -m tools.scaffold OPERATION ...

OPERATION is an id of `soundcloud_api.operations`, such as `get_tracks_track_urn_lyrics`; `make openapi-coverage` names those
without a method. For each of them, this writes

    the method, with a docstring and `@implements`, and its sync variant
    an export of its model in `soundcloud.models`
    lines in both files of tests/typing/, and sample values in tests/spec/test_contract.py
    a handler of the sandbox, which returns a sample of the documented response
    a cassette test, and its cassette
    an example in docs/, the row of the table in docs/tokens.md, the numbers in README.md and docs/comparison.md, and
    the generated pages

and prints what to finish by hand: the wording, the handler's data, the changelog. OPERATION may also be an announced entry that the
document has now: then the entry is removed, its methods and its handler are registered for the operation, and the places that name
the entry are printed.

Exit status: 0 written, 2 failed, 130 interrupted; then every file is as it was.
"""

import argparse
import ast
import importlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.announced_to_documented import caught_up, mentions, move
from tools.coverage_report.announced import AnnouncedRecord
from tools.coverage_report.records import CoverageError, Record, gather
from tools.coverage_report.stubs import body_classes, enum_values
from tools.openapi.atomic_replace import restored
from tools.openapi.document import OPENAPI_JSON, load
from tools.openapi.fetch import DocumentError
from tools.openapi.operation_index import resolved
from tools.openapi.schema_text import items_of, mapping, strings_of

ROOT = Path(__file__).parents[1]

_HANDLERS = {
    "auth": "me",
    "likes": "likes_and_reposts",
    "reposts": "likes_and_reposts",
}
_PAGES = {
    "auth": "signing-in",
    "likes": "me",
    "reposts": "me",
    "resolve": "search",
    "users": "people",
}
_VALUES: dict[str, Any] = {
    "str": "a",
    "int": 3,
    "bool": False,
    "float": 1.5,
    "FileInput": b"content",
    "list[str]": ["a"],
    "list[int]": [3],
}
# An example of a resource, found by the client: the expressions for the sync and the async client.
_SEARCH = {
    "track": 'client.search.tracks("a", limit=1)',
    "user": 'client.search.users("a", limit=1)',
    "playlist": 'client.search.playlists("a", limit=1, show_tracks=False)',
    "comment": "client.tracks.get_comments(track, limit=1)",
}
_URN = "soundcloud:system-playlists:track-stations:1"


class ScaffoldError(Exception):
    """An operation cannot be written; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method to write: its operation, its stub as a syntax tree, and the arguments that a call needs."""

    record: Record
    tree: ast.Module
    function: ast.FunctionDef | ast.AsyncFunctionDef
    text: str  # the method alone, indented
    name: str  # `tracks.get_lyrics`
    arguments: dict[str, str]  # annotations of all arguments, without None and `UnsetType`
    needed: tuple[str, ...]
    in_path: frozenset[str]

    @property
    def namespace(self) -> str:
        """The namespace."""
        return self.name.partition(".")[0]

    @property
    def result(self) -> str:
        """The type of the result, as the async client has it."""
        return ast.unparse(self.function.returns) if self.function.returns else "None"

    def value_of(self, name: str) -> Any:
        """Return a value for an argument: an id or a URN in the path, the first value of an enum; None if there is none."""
        annotation = self.arguments[name]
        if annotation == "Resource" and name != "station":
            return 1
        if name in self.in_path and annotation in {"str", "Resource"}:
            return _URN
        if annotation in _VALUES:
            return _VALUES[annotation]
        return next(iter(_enum_values(annotation)), None)

    @property
    def is_page(self) -> bool:
        """Whether the method returns a page."""
        return self.result.startswith("AsyncPage[")


def method_of(record: Record) -> Method:
    """Return the method of an operation without one.

    Raises:
        ScaffoldError: It has one, or its stub needs a decision first.
    """
    if record.suggestion is None:
        raise ScaffoldError(f"{record.id} has a method already: {', '.join(record.methods)}")
    if not record.generated:
        raise ScaffoldError(f"{record.id} is not generated: run `make openapi-sync` first")
    if ": Any" in record.stub or "-> Any" in record.stub or "[Any]" in record.stub:
        raise ScaffoldError(
            f"{record.id}: the schema of its response has no name; give it one with the rule name in tools/corrections.toml, "
            "and run `make openapi-generate`"
        )
    if len(classes := body_classes(record.id, record.tag)) > 1:
        raise ScaffoldError(
            f"{record.id} takes one of several bodies, {' or '.join(cls.__name__ for cls in classes)}: write the method by "
            "hand, from the stub of `make openapi-coverage`, and choose the body by the arguments, as playlists.create does"
        )
    tree = ast.parse(record.stub)
    (cls,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    (function,) = (node for node in cls.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    start = function.decorator_list[0].lineno - 1
    text = "\n".join(record.stub.splitlines()[start : function.end_lineno])
    method = described(record, tree, function, text, record.suggestion.name)
    for name, annotation in method.arguments.items():
        if method.value_of(name) is None and annotation not in {"AccessFilter", "SortName"}:
            raise ScaffoldError(
                f"{record.id}: the argument {name} is a {annotation}, of which there is no sample: write the method by hand, "
                "from the stub of `make openapi-coverage`"
            )
    return method


def described(
    record: Record, tree: ast.Module, function: ast.FunctionDef | ast.AsyncFunctionDef, text: str, name: str
) -> Method:
    """Return a method with what its signature says."""
    arguments = function.args
    given = [*arguments.args[1:], *arguments.kwonlyargs]
    positional = arguments.args[1 : len(arguments.args) - len(arguments.defaults)]
    required = [
        argument
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    annotations = {
        argument.arg: ast.unparse(argument.annotation) if argument.annotation else "str" for argument in given
    }
    optional = {"None", "UnsetType"}
    return Method(
        record,
        tree,
        function,
        text,
        name,
        {
            each: " | ".join(part for part in code.split(" | ") if part not in optional)
            for each, code in annotations.items()
        },
        tuple(argument.arg for argument in (*positional, *required)),
        frozenset(argument.arg for argument in positional),
    )


class Project:
    """The files of the project that an operation needs."""

    def __init__(self, root: Path, document: dict[str, Any]) -> None:
        self._root = root
        self._document = document
        self.changed: set[Path] = set()

    def check(self, methods: Sequence[Method]) -> None:
        """Check that the modules and pages exist that the methods are added to.

        Raises:
            ScaffoldError: Some of them are missing; the message names all of them.
        """
        missing = [
            f"{name}, with {definition}".removesuffix(", with ")
            for method in methods
            for name, definition in _places_of(method.namespace).items()
            if not (path := self._root / name).exists() or definition not in path.read_text(encoding="utf-8")
        ]
        if missing:
            ids = ", ".join(method.record.id for method in methods)
            lines = "\n".join(f"  {line}" for line in dict.fromkeys(missing))
            raise ScaffoldError(
                f"{ids}: these are missing:\n{lines}\nCreate them, run `make sync-client`, and run `make scaffold` again"
            )

    def write(self, method: Method) -> None:
        """Write everything that belongs to a method by hand-written files."""
        self._write_method(method)
        self._write_model(method)
        self._write_typing(method)
        self._write_samples(method)
        self._write_handler(method)
        self._write_cassette_test(method)
        self._write_pages(method)

    def move(self, entries: Sequence[AnnouncedRecord], record: Record | None) -> None:
        """Turn announced entries into a documented operation, which their methods implement; a field has no operation."""
        changed, names = move(self._root, entries, record)
        self.changed |= changed
        if record is None or not names:
            return
        for name in names:
            namespace, _, method = name.partition(".")
            path = self._path(f"src/soundcloud/_async/namespaces/{namespace}.py")
            self._import(path.relative_to(self._root).as_posix(), "from soundcloud.registry import implements")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == method:
                    self._write_samples(described(record, ast.Module([], []), node, "", name))
        self._write_tables(record)

    def finish(self, methods: Sequence[Method]) -> None:
        """Format what was written, generate what follows from it, and record the cassettes.

        Raises:
            ScaffoldError: A step failed.
        """
        files = [str(path) for path in sorted(self.changed) if path.suffix == ".py"]
        self._run("ruff", "check", "--quiet", "--select", "I,F401,RUF022", "--fix", *files)
        self._run("ruff", "format", "--quiet", *files)
        self._run("tools.codegen.unasync")
        tests = " or ".join(f"test_{method.record.id}" for method in methods)
        record = ("--record-mode=rewrite", "--record-from=sandbox")
        if methods:
            chosen = ("tests/client/_sync/test_cassettes.py", "-k", tests)
            self._run("pytest", "-q", "-p", "no:cacheprovider", *record, *chosen)
        self._run("tools.generate")
        self._run("tests.typing.api_dump")
        self._run("tools.docs_site.generated_pages")

    def _run(self, module: str, *arguments: str) -> None:
        path = os.pathsep.join(str(self._root / name) for name in ("src", "generated", "."))
        result = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self._root,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            said = (result.stdout + result.stderr).strip()
            raise ScaffoldError(f"`python -m {' '.join((module, *arguments))}` failed:\n{said[-3000:]}")

    def _path(self, name: str) -> Path:
        path = self._root / name
        if not path.exists():
            raise ScaffoldError(f"{name} does not exist; create it first")
        self.changed.add(path)
        return path

    def _edit(self, name: str, old: str, new: str) -> None:
        """Replace the only occurrence of a text in a file."""
        path = self._path(name)
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ScaffoldError(f"{name}: {old!r} occurs {text.count(old)} times, not once")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def _append(self, name: str, text: str) -> None:
        path = self._path(name)
        path.write_text(f"{path.read_text(encoding='utf-8').rstrip()}\n{text.rstrip()}\n", encoding="utf-8")

    def _import(self, name: str, *lines: str) -> None:
        """Add imports behind the last one of a module; ruff sorts them and removes those that are there already."""
        path = self._path(name)
        text = path.read_text(encoding="utf-8").splitlines()
        body = ast.parse("\n".join(text)).body
        ends = [node.end_lineno or 0 for node in body if isinstance(node, ast.ImportFrom)]
        # A new module has only a docstring.
        ends = ends or [node.end_lineno or 0 for node in body[:1] if isinstance(node, ast.Expr)] or [0]
        text[max(ends) : max(ends)] = lines
        path.write_text("\n".join(text) + "\n", encoding="utf-8")

    def _insert_into(self, name: str, definition: str, lines: str) -> None:
        """Add lines to the end of a class or a function of a module."""
        path = self._path(name)
        text = path.read_text(encoding="utf-8").splitlines()
        for node in ast.parse("\n".join(text)).body:
            if getattr(node, "name", None) == definition:
                text[node.end_lineno : node.end_lineno] = lines.splitlines()
                path.write_text("\n".join(text) + "\n", encoding="utf-8")
                return
        raise ScaffoldError(f"{name} has no {definition}; write it first")

    def _write_method(self, method: Method) -> None:
        name = f"src/soundcloud/_async/namespaces/{method.namespace}.py"
        self._insert_into(name, f"Async{method.namespace.title()}Namespace", f"\n{method.text}")
        imports = [ast.unparse(node) for node in method.tree.body if isinstance(node, ast.ImportFrom)]
        self._import(name, *(line for line in imports if "AsyncNamespace" not in line))

    def _write_model(self, method: Method) -> None:
        for model in _models(method):
            text = self._path("src/soundcloud/models.py").read_text(encoding="utf-8")
            if f'"{model}"' not in text:
                self._edit("src/soundcloud/models.py", "__all__ = [\n", f'__all__ = [\n    "{model}",\n')
                self._edit("src/soundcloud/models.py", "import (\n", f"import (\n    {model},\n")

    def _write_typing(self, method: Method) -> None:
        call = f"client.{method.name}({', '.join(_typed(method, name) for name in method.needed)})"
        result = method.result.replace("AsyncPage", "Page")
        for name, await_, type_ in (
            ("tests/typing/async_surface.py", "" if method.is_page else "await ", method.result),
            ("tests/typing/sync_surface.py", "", result),
        ):
            self._insert_into(name, method.namespace, f"    assert_type({await_}{call}, {type_})")
            if models := _models(method):
                self._import(name, f"from soundcloud.models import {', '.join(models)}")

    def _write_samples(self, method: Method) -> None:
        name = "tests/spec/test_contract.py"
        tree = ast.parse(self._path(name).read_text(encoding="utf-8"))
        (samples,) = (
            node.value
            for node in tree.body
            if isinstance(node, ast.AnnAssign)
            and ast.unparse(node.target) == "SAMPLES"
            and isinstance(node.value, ast.Dict)
        )
        known = {
            key.value: value
            for key, value in zip(samples.keys, samples.values, strict=True)
            if isinstance(key, ast.Constant)
        }
        own: dict[str, Any] = {}
        for argument, annotation in method.arguments.items():
            value = method.value_of(argument)
            if argument not in known:
                first = "SAMPLES: dict[str, Any] = {\n"
                sample = _URN if value is None else value
                self._edit(name, first, f"{first}    {_quoted(argument)}: {_quoted(sample)},\n")
            elif argument not in method.in_path and not _fits(known[argument], annotation):
                own[argument] = value
        if own:
            first = "SAMPLES_OF_METHODS = {"
            self._edit(name, first, f"{first}{_quoted(method.name)}: {_quoted(own)}, ")

    def _write_handler(self, method: Method) -> None:
        name = f"src/soundcloud/sandbox/handlers/{_HANDLERS.get(method.namespace, method.namespace)}.py"
        status, schema = self._response(method)
        content = "None" if schema is None else repr(self._sample(schema))
        answer = f"Response({content}{f', {status}' if status != 200 else ''})"
        argument = "_request" if _by_app(method.record) else "request"
        lines = [
            "",
            "",
            f'@handles("{method.record.id}")',
            f"def answer_{method.record.id}({argument}: Request) -> Response:",
            f'    """Return a sample of what SoundCloud documents for {method.record.method} {method.record.path}."""',
            *([] if _by_app(method.record) else ["    _ = request.user_id  # an app token is rejected"]),
            f"    return {answer}",
        ]
        self._append(name, "\n".join(lines))
        self._import(
            name,
            "from soundcloud.sandbox.http.messages import Request, Response",
            "from soundcloud.sandbox.http.routing import handles",
        )

    def _response(self, method: Method) -> tuple[int, dict[str, Any] | None]:
        """Return the status and the schema of the documented success."""
        value = self._document["paths"][method.record.path][method.record.method.lower()]
        # "2XX" is generated as 200; for "default" no response is generated.
        codes = [code for code in mapping(value.get("responses")) if re.fullmatch("[23][0-9X]{2}", code)]
        if not codes:
            return 200, None
        content = mapping(resolved(self._document, value["responses"][min(codes)])[1].get("content"))
        status = int(min(codes).replace("X", "0"))
        schemas = [mapping(item).get("schema") for item in content.values()]
        return status, next((mapping(schema) for schema in schemas if schema), None)

    def _sample(self, schema: Any, depth: int = 0) -> Any:
        """Return a value that fits a schema; of objects inside of it only the required ones."""
        found = resolved(self._document, schema)[1]
        for key in ("oneOf", "anyOf", "allOf"):
            if items_of(found.get(key)):
                found = {**found, **resolved(self._document, found[key][0])[1]}
        if found.get("enum"):
            return found["enum"][0]
        kind = found.get("type", "object" if "properties" in found else "string")
        if kind == "object":
            required = strings_of(found.get("required"))
            return (
                {
                    name: _URN if name == "urn" else self._sample(value, depth + 1)
                    for name, value in mapping(found.get("properties")).items()
                    if name in required
                    or resolved(self._document, value)[1].get("type")
                    in {"string", "integer", "boolean", "number", "array"}
                }
                if depth < 3
                else {}
            )
        values: dict[str, Any] = {"array": [], "integer": 0, "number": 0, "boolean": False}
        return values.get(str(kind), "")

    def _write_cassette_test(self, method: Method) -> None:
        lines = ["", "", *(["@pytest.mark.writes"] if method.record.method != "GET" else [])]
        lines += [
            f"async def test_{method.record.id}(settings):",
            "    async with AsyncSoundCloudClient(**settings) as client:",
            *_found(method, "        ", "await "),
            f"        result = await client.{method.name}({_call(method)})",
            "",
            "    assert result is None"
            if method.result == "None"
            else f"    assert isinstance(result, {_class(method)})",
        ]
        self._append("tests/client/_async/test_cassettes.py", "\n".join(lines))
        if method.is_page:
            self._import("tests/client/_async/test_cassettes.py", "from soundcloud import AsyncPage")
        elif method.result != "None":
            self._import("tests/client/_async/test_cassettes.py", f"from soundcloud.models import {_class(method)}")

    def _write_pages(self, method: Method) -> None:
        page = f"docs/{_PAGES.get(method.namespace, method.namespace)}.md"
        title = method.name.partition(".")[2].replace("_", " ").capitalize()
        call = f"new_client.{method.name}({_call(method)})"
        lines = [
            "",
            f"## {title}",
            "",
            "```python",
            "from soundcloud import SoundCloudClient",
            "from soundcloud.sandbox import Sandbox",
            "",
            # The code of a page runs in order, and the page has a client already.
            "with Sandbox() as new_sandbox, SoundCloudClient(**new_sandbox.client_settings()) as new_client:",
            *(line.replace("client.", "new_client.") for line in _found(method, "    ", "")),
            f"    {call}" if method.result == "None" else f"    print({call})",
            "```",
        ]
        self._append(page, "\n".join(lines))
        self._write_tables(method.record)

    def _write_tables(self, record: Record) -> None:
        row = f" {record.method} | " if _by_app(record) else f" | {record.method} "
        tokens = "docs/tokens.md"
        table = re.search(r"\| `/reposts/playlists/.*\n", self._path(tokens).read_text(encoding="utf-8"))
        if table is None:
            raise ScaffoldError(f"{tokens}: the table of operations is not where it was; add the row by hand")
        self._edit(tokens, table[0], f"{table[0]}| `{record.path}` |{row}|\n")
        total = len(self._operations())
        for name in ("README.md", "docs/comparison.md"):
            text = re.sub(
                r"(method \| )\d+ of \d+", rf"\g<1>{total} of {total}", self._path(name).read_text(encoding="utf-8")
            )
            text = re.sub(r"\bAll \d+ operations\b", f"All {total} operations", text)
            self._path(name).write_text(text, encoding="utf-8")

    def _operations(self) -> list[str]:
        return [path for path, item in self._document["paths"].items() for method in item if method != "parameters"]


def _place(record: Record) -> str:
    return f"{record.method} {record.path}"


def _by_app(record: Record) -> bool:
    """Return whether an app token is enough, by the rule of docs/tokens.md."""
    return record.method == "GET" and not record.path.startswith("/me")


def _models(method: Method) -> list[str]:
    """Return the models of the result."""
    return sorted(set(re.findall(r"\w+", method.result)) - {"AsyncPage", "None", "str"})


def _class(method: Method) -> str:
    return method.result.partition("[")[0]


def _enum_values(annotation: str) -> list[str]:
    """Return the values of an enum of the generated models, of which an argument takes a member or a string."""
    return enum_values(
        getattr(importlib.import_module("soundcloud_api.models"), annotation.removesuffix(" | str"), None)
    )


def _fits(sample: ast.expr, annotation: str) -> bool:
    """Return whether a sample value that is there already is one for an argument of this type."""
    try:
        value = ast.literal_eval(sample)
    except ValueError:  # a call, such as date(2026, 11, 23)
        return annotation not in _VALUES and not _enum_values(annotation)
    if annotation in _VALUES:
        return type(value) is type(_VALUES[annotation])
    return value in (_enum_values(annotation) or [value])


def _typed(method: Method, name: str) -> str:
    value = repr(method.value_of(name))
    positional = {argument.arg for argument in method.function.args.args}
    return value if name in positional else f"{name}={value}"


def _call(method: Method) -> str:
    """Return the arguments of a call, with the resources that `_found` has found."""
    return ", ".join(
        name if method.arguments[name] == "Resource" else _typed(method, name).replace("'", '"')
        for name in method.needed
    )


def _found(method: Method, indent: str, await_: str) -> list[str]:
    """Return the lines that find the resources of a call."""
    names = [name for name in method.needed if method.arguments[name] == "Resource"]
    if "comment" in names:  # it is found by its track
        names = ["track", *(name for name in names if name != "track")]
    searches = {name: _SEARCH[name if name in _SEARCH else "user"] for name in names}
    return [
        f"{indent}{name} = {f'({await_}{search})' if await_ else search}.collection[0]"
        for name, search in searches.items()
    ]


def _places_of(namespace: str) -> dict[str, str]:
    """Return the files that a method of a namespace is added to, with what each must define."""
    return {
        f"src/soundcloud/_async/namespaces/{namespace}.py": f"class Async{namespace.title()}Namespace(",
        "src/soundcloud/registry.py": f'"{namespace}"',
        "src/soundcloud/_async/client.py": f"def {namespace}(",
        "tests/typing/async_surface.py": f"def {namespace}(client",
        "tests/typing/sync_surface.py": f"def {namespace}(client",
        f"src/soundcloud/sandbox/handlers/{_HANDLERS.get(namespace, namespace)}.py": "",
        f"docs/{_PAGES.get(namespace, namespace)}.md": "",
        "docs/navigation.toml": f"{_PAGES.get(namespace, namespace)}.md",
    }


def _quoted(value: Any) -> str:
    return repr(value).replace("'", '"')


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.scaffold", description="Write what a new operation needs.")
    parser.add_argument(
        "operations",
        nargs="+",
        metavar="OPERATION",
        help="id of an operation without a method, or of an announced entry that the document has now",
    )
    options = parser.parse_args(arguments)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the files are restored
    try:
        return _run(tuple(dict.fromkeys(options.operations)), root)
    except KeyboardInterrupt:
        print("scaffold: interrupted; nothing was changed", file=sys.stderr)
        return 130
    except Exception as error:
        # Whatever a step raises, the files are restored.
        expected = isinstance(error, CoverageError | DocumentError | ScaffoldError)
        print(f"scaffold: {'' if expected else f'{type(error).__name__}: '}{error}", file=sys.stderr)
        print("scaffold: nothing was changed", file=sys.stderr)
        return 2
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(names: Sequence[str], root: Path) -> int:
    document = load(str(OPENAPI_JSON))
    coverage = gather(document, name=OPENAPI_JSON.name, root=root)
    records = {record.id: record for record in coverage.records}
    project = Project(root, document)
    wanted = [(name, caught_up(coverage, name)) for name in names]
    if unknown := [name for name, found in wanted if name not in records and not found]:
        missing = ", ".join(record.id for record in coverage.missing) or "none"
        raise ScaffoldError(f"{', '.join(unknown)}: not in the document; operations without a method: {missing}")
    methods: list[Method] = []
    moves: list[tuple[list[AnnouncedRecord], Record | None]] = []
    for name, found in wanted:
        place = found[0].documented if found else ""
        record = records.get(name) or next((each for each in records.values() if _place(each) == place), None)
        if record is not None and not any(entry.methods and not entry.along for entry in found):
            methods.append(method_of(record))
        if found:
            moves.append((found, record))
    entries = [entry for found, _ in moves for entry in found]
    project.check(methods)
    with restored(root):
        for found, record in moves:
            project.move(found, record)
        for method in methods:
            project.write(method)
        project.finish(methods)
        left = list(mentions(root, entries)) if entries else []
    for path in sorted(project.changed):
        print(f"scaffold: wrote {path.relative_to(root)}")
    if methods:
        print(
            "To finish: the first sentence of each docstring and its Example, the data of each handler, the words around"
        )
        print("each example in docs/, and an entry in CHANGELOG.md. Then run `make check`.")
    if entries:
        print(f"scaffold: removed from what is announced: {', '.join(entry.id for entry in entries)}")
        print(
            "To finish: compare the document's parameters and schemas with the method, its model and the sandbox's answer, and"
        )
        print(
            "say in docstrings and docs that SoundCloud documents it now; add an entry to CHANGELOG.md, and run `make check`."
        )
        print("\n".join(["These places name it still:", *(f"  {place}" for place in left)] if left else []))
    return 0


if __name__ == "__main__":
    sys.exit(main())
