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

and prints what to finish by hand: the wording, the handler's data, the changelog.

Exit status: 0 written, 2 failed; then some files may be written already: see `git diff`.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.coverage_report.records import CoverageError, Record, gather
from tools.openapi.document import OPENAPI_JSON, load
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
_VALUES = {"int | None": 3, "int": 3, "bool | None": False, "bool": False, "float | None": 1.5, "float": 1.5}
# An example of a resource, found by the client: the expressions for the sync and the async client.
_SEARCH = {
    "track": 'client.search.tracks("a", limit=1)',
    "user": 'client.search.users("a", limit=1)',
    "playlist": 'client.search.playlists("a", limit=1, show_tracks=False)',
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
    arguments: dict[str, str]  # annotations of all arguments
    needed: tuple[str, ...]

    @property
    def namespace(self) -> str:
        """The namespace."""
        return self.name.partition(".")[0]

    @property
    def result(self) -> str:
        """The type of the result, as the async client has it."""
        return ast.unparse(self.function.returns) if self.function.returns else "None"

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
    tree = ast.parse(record.stub)
    (cls,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    (function,) = (node for node in cls.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    start = function.decorator_list[0].lineno - 1
    text = "\n".join(record.stub.splitlines()[start : function.end_lineno])
    arguments = function.args
    given = [*arguments.args[1:], *arguments.kwonlyargs]
    positional = arguments.args[1 : len(arguments.args) - len(arguments.defaults)]
    required = [
        argument
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    return Method(
        record,
        tree,
        function,
        text,
        record.suggestion.name,
        {argument.arg: ast.unparse(argument.annotation) if argument.annotation else "str" for argument in given},
        tuple(argument.arg for argument in (*positional, *required)),
    )


class Project:
    """The files of the project that an operation needs."""

    def __init__(self, root: Path, document: dict[str, Any]) -> None:
        self._root = root
        self._document = document
        self.changed: set[Path] = set()

    def write(self, method: Method) -> None:
        """Write everything that belongs to a method by hand-written files."""
        self._write_method(method)
        self._write_model(method)
        self._write_typing(method)
        self._write_samples(method)
        self._write_handler(method)
        self._write_cassette_test(method)
        self._write_pages(method)

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
        self._run(
            "pytest", "-q", "-p", "no:cacheprovider", *record, "tests/client/_sync/test_cassettes.py", "-k", tests
        )
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
            raise ScaffoldError(f"`python -m {module} {' '.join(arguments)}` failed:\n{said[-3000:]}")

    def _path(self, name: str) -> Path:
        path = self._root / name
        if not path.exists():
            raise ScaffoldError(
                f"{name} does not exist; create it first, or move the stub of `make openapi-coverage` by hand"
            )
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
        ends = [node.end_lineno or 0 for node in ast.parse("\n".join(text)).body if isinstance(node, ast.ImportFrom)]
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
        self._insert_into(name, f"Async{method.namespace.capitalize()}Namespace", f"\n{method.text}")
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
        known = self._path("tests/spec/test_contract.py").read_text(encoding="utf-8")
        for name, annotation in method.arguments.items():
            if f'\n    "{name}": ' not in known:
                value = _URN if name in method.needed else _VALUES.get(annotation, "a")
                first = "SAMPLES: dict[str, Any] = {\n"
                self._edit("tests/spec/test_contract.py", first, f"{first}    {_quoted(name)}: {_quoted(value)},\n")

    def _write_handler(self, method: Method) -> None:
        name = f"src/soundcloud/sandbox/handlers/{_HANDLERS.get(method.namespace, method.namespace)}.py"
        status, schema = self._response(method)
        content = "None" if schema is None else repr(self._sample(schema))
        answer = f"Response({content}{f', {status}' if status != 200 else ''})"
        argument = "_request" if _by_app(method) else "request"
        lines = [
            "",
            "",
            f'@handles("{method.record.id}")',
            f"def answer_{method.record.id}({argument}: Request) -> Response:",
            f'    """Return a sample of what SoundCloud documents for {method.record.method} {method.record.path}."""',
            *([] if _by_app(method) else ["    _ = request.user_id  # an app token is rejected"]),
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
        status = min(int(code) for code in mapping(value.get("responses")) if code.isdigit())
        content = mapping(resolved(self._document, value["responses"][str(status)])[1].get("content"))
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
        call = f"client.{method.name}({_call(method)})"
        lines = [
            "",
            f"## {title}",
            "",
            "```python",
            "from soundcloud import SoundCloudClient",
            "from soundcloud.sandbox import Sandbox",
            "",
            "with Sandbox() as sandbox, SoundCloudClient(**sandbox.client_settings()) as client:",
            *_found(method, "    ", ""),
            f"    {call}" if method.result == "None" else f"    print({call})",
            "```",
        ]
        self._append(page, "\n".join(lines))
        row = (method.record.method, "") if _by_app(method) else ("", method.record.method)
        tokens = "docs/tokens.md"
        table = re.search(r"\| `/reposts/playlists/.*\n", self._path(tokens).read_text(encoding="utf-8"))
        if table is None:
            raise ScaffoldError(f"{tokens}: the table of operations is not where it was; add the row by hand")
        self._edit(tokens, table[0], f"{table[0]}| `{method.record.path}` | {' | '.join(row)} |\n")
        total = len(self._operations())
        for name in ("README.md", "docs/comparison.md"):
            text = re.sub(
                r"(method \| )\d+ of \d+", rf"\g<1>{total} of {total}", self._path(name).read_text(encoding="utf-8")
            )
            text = re.sub(r"\bAll \d+ operations\b", f"All {total} operations", text)
            self._path(name).write_text(text, encoding="utf-8")

    def _operations(self) -> list[str]:
        return [path for path, item in self._document["paths"].items() for method in item if method != "parameters"]


def _by_app(method: Method) -> bool:
    """Return whether an app token is enough, by the rule of docs/tokens.md."""
    return method.record.method == "GET" and not method.record.path.startswith("/me")


def _models(method: Method) -> list[str]:
    """Return the models of the result."""
    return sorted(set(re.findall(r"\w+", method.result)) - {"AsyncPage", "None", "str"})


def _class(method: Method) -> str:
    return method.result.partition("[")[0]


def _typed(method: Method, name: str) -> str:
    value = "1" if method.arguments[name] == "Resource" else repr(_VALUES.get(method.arguments[name], _URN))
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
    lines: list[str] = []
    for name in method.needed:
        if method.arguments[name] == "Resource":
            kind = name if name in _SEARCH else "user"
            search = _SEARCH[kind]
            lines.append(f"{indent}{name} = {f'({await_}{search})' if await_ else search}.collection[0]")
    return lines


def _quoted(value: Any) -> str:
    return repr(value).replace("'", '"')


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.scaffold", description="Write what a new operation needs.")
    parser.add_argument("operations", nargs="+", metavar="OPERATION", help="id of an operation without a method")
    options = parser.parse_args(arguments)
    document = load(str(OPENAPI_JSON))
    try:
        coverage = gather(document, name=OPENAPI_JSON.name, root=root)
        records = {record.id: record for record in coverage.records}
        if unknown := [name for name in options.operations if name not in records]:
            missing = ", ".join(record.id for record in coverage.missing) or "none"
            raise ScaffoldError(f"{', '.join(unknown)}: not in the document; operations without a method: {missing}")
        for entry in coverage.announced:
            for name in options.operations:
                if entry.methods and entry.documented == f"{records[name].method} {records[name].path}":
                    raise ScaffoldError(
                        f"{name} was announced, and {', '.join(entry.methods)} sends it: mark that method with "
                        f'@implements("{name}"), and remove the announced entry {entry.id}'
                    )
        methods = [method_of(records[name]) for name in options.operations]
        project = Project(root, document)
        for method in methods:
            project.write(method)
        project.finish(methods)
    except (CoverageError, ScaffoldError, OSError) as error:
        print(f"scaffold: {error}", file=sys.stderr)
        return 2
    for path in sorted(project.changed):
        print(f"scaffold: wrote {path.relative_to(root)}")
    print("To finish: the first sentence of each docstring and its Example, the data of each handler, the words around")
    print("each example in docs/, and an entry in CHANGELOG.md. Then run `make check`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
