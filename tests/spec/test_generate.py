"""The generator: reproducible output, errors with a reason, and no code injection by a document."""

import ast
import copy
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import generate as generator
from tools.generate import GENERATED, GenerateError, generate, main
from tools.openapi.document import OPENAPI_JSON, dump, parse

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DOCUMENT = parse(OPENAPI_JSON.read_bytes(), name=OPENAPI_JSON.name)
TEXT = {"type": "string"}
ANSWER = {
    "200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Track"}}}}
}
ELSEWHERE = """
import sys
from pathlib import Path
from tools.openapi.document import OPENAPI_JSON, parse
from tools.generate import generate
generate(parse(OPENAPI_JSON.read_bytes(), name="it"), Path(sys.argv[1]))
"""


def tree(folder):
    """Return the files of a folder by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def changed(*changes):
    """Return the document with changes: a function, or a path and its operation."""
    document = copy.deepcopy(DOCUMENT)
    for change in changes:
        change(document)
    return document


def with_property(schema, name, value):
    def change(document):
        document["components"]["schemas"][schema]["properties"][name] = value

    return change


def with_operation(path, *, parameters=(), **more):
    def change(document):
        document["paths"][path] = {
            "get": {"tags": ["tracks"], "parameters": list(parameters), "responses": copy.deepcopy(ANSWER), **more}
        }

    return change


def with_schema(name, schema):
    def change(document):
        document["components"]["schemas"][name] = schema

    return change


def in_query(name, **more):
    return {"in": "query", "name": name, "schema": TEXT, **more}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated") / "soundcloud_api"
    generate(DOCUMENT, folder)
    return folder


def test_the_committed_files_are_up_to_date(made):
    assert tree(GENERATED) == tree(made)
    assert len(tree(made)) > 100
    assert tree(made)["py.typed"] == b""


def test_the_same_tree_again(made, tmp_path):
    generate(copy.deepcopy(DOCUMENT), tmp_path / "soundcloud_api")

    assert tree(tmp_path / "soundcloud_api") == tree(made)


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_the_same_tree_in_another_process(made, tmp_path, seed):
    folder = tmp_path / "soundcloud_api"
    command = [sys.executable, "-c", ELSEWHERE, str(folder)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, timeout=60)

    assert tree(folder) == tree(made)


def test_the_same_tree_from_a_document_in_another_order(made, tmp_path):
    def turned(value):
        if isinstance(value, dict):
            return {name: turned(value[name]) for name in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    generate(parse(dump(turned(DOCUMENT)), name="it"), tmp_path / "soundcloud_api")

    assert tree(tmp_path / "soundcloud_api") == tree(made)


def test_no_file_does_input_or_output(made):
    imports = {
        name.partition(".")[0]
        for path in made.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }

    assert (
        imports
        == {
            "__future__",
            "attrs",
            "attr",
            "collections",
            "copy",
            "datetime",
            "enum",
            "functools",
            "html",
            "importlib",  # for pydantic, when pydantic asks
            "json",
            "msgspec",
            "os",
            "re",
            "sys",
            "threading",
            "types",
            "typing",
        }
        & imports
    )
    assert {"attrs", "msgspec"} < imports


@pytest.fixture
def checked_out(made, tmp_path, monkeypatch):
    """A copy of generated/ for the command line."""
    folder = tmp_path / "soundcloud_api"
    shutil.copytree(made, folder)
    monkeypatch.setattr(generator, "GENERATED", folder)
    return folder


@pytest.mark.parametrize(
    "what", ["different: models/track.py", "missing: models/track.py", "not generated: models/mine.py"]
)
def test_a_check_finds_a_difference(checked_out, capsys, what):
    path = checked_out / what.partition(": ")[2]
    if what.startswith("missing"):
        path.unlink()
    else:
        path.write_text((path.read_text(encoding="utf-8") if path.exists() else "") + "# by hand\n", encoding="utf-8")
    before = tree(checked_out)

    assert main(["--check"]) == 1
    printed = capsys.readouterr()
    assert [line for line in printed.out.splitlines() if not line.startswith(" ")] == [what]
    assert printed.err == "run `make openapi-generate` and commit the result\n"
    assert tree(checked_out) == before
    assert ("# by hand" in printed.out) == what.startswith("different")


def test_generating_puts_everything_right(made, checked_out, capsys):
    (checked_out / "models/track.py").write_text("# by hand\n", encoding="utf-8")
    (checked_out / "models/mine.py").write_text("", encoding="utf-8")
    (checked_out / "models/user.py").unlink()

    assert main([]) == 0
    assert tree(checked_out) == tree(made)
    assert main(["--check"]) == 0
    assert "generated/soundcloud_api is up to date" in capsys.readouterr().out


def test_a_check_without_a_tree(checked_out, capsys):
    shutil.rmtree(checked_out)

    assert main(["--check"]) == 1
    assert "missing: models/track.py\n" in capsys.readouterr().out
    assert not checked_out.exists()


def test_a_new_operation_becomes_a_function(tmp_path):
    where = {"in": "path", "name": "kind", "required": True, "schema": TEXT}
    parameters = [where, in_query("top[from]"), in_query("genre", required=True)]
    folder = tmp_path / "soundcloud_api"
    generate(changed(with_operation("/charts/{kind}", parameters=parameters, deprecated=True)), folder)
    (function,) = (
        node
        for node in ast.parse((folder / "api/tracks/get_charts_kind.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    )

    assert ast.unparse(function.args) == "kind: str, *, genre: str, top_from: str | None=None"
    assert ast.unparse(function.returns) == "Operation[Track]"
    assert [ast.literal_eval(argument) for argument in function.body[-1].value.args[:3]] == [
        "get_charts_kind",
        "GET",
        "/charts/{kind}",
    ]
    assert "'top[from]': top_from" in ast.unparse(function)
    assert "get_charts_kind" in (folder / "api/tracks/__init__.py").read_text(encoding="utf-8")
    assert '"get_charts_kind", "GET", "/charts/{kind}", "tracks", True' in (folder / "operations.py").read_text(
        encoding="utf-8"
    )


def without_user_nullable(document):
    def strip(node):
        if isinstance(node, dict):
            node.pop("nullable", None)
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            strip(inner)

    strip(document["components"]["schemas"])


REFUSED = {
    "stale correction": (without_user_nullable, r"components > schemas > \*\* > nullable does not match"),
    "warning": (with_property("Track", "odd", {"type": "array"}), "(?s)the generator warned.*Track"),
    "raw": (with_property("Track", "raw", TEXT), "Track has a field 'raw', .* rename it by a correction"),
    "extra": (with_property("User", "extra", TEXT), "User has a field 'extra', .* rename it by a correction"),
    "private": (with_property("User", "_source", TEXT), "User has a field '_source', .* rename it by a correction"),
    "dash": (with_property("Me", "first-name", TEXT), "Me has a field 'first-name', .* rename it by a correction"),
    "keyword": (with_property("Me", "class", TEXT), "class"),
    "keyword in a query": (with_operation("/a", parameters=[in_query("from")]), "from"),
    "one name for two parameters": (with_operation("/a", parameters=[in_query("a[b]"), in_query("a_b")]), "a_b"),
    "one id for two operations": (with_operation("/me-feed"), "get_me_feed"),
    "one name for two fields of a form": (with_property("TrackDataRequest", "other[title]", TEXT), "title"),
    "a field of a form that hides a method": (with_property("TrackDataRequest", "track[fields]", TEXT), "fields"),
    "a parameter that would not be sent": (with_operation("/a", parameters=[in_query("X") | {"in": "header"}]), "X"),
    "no tag": (with_operation("/a", tags=[]), "tag"),
    "a name that the templates use": (with_schema("Model", {"type": "object", "properties": {"a": TEXT}}), "Model"),
    "another form on the wire": (with_property("Track", "odd", TEXT | {"x-wire-type": "seconds"}), "seconds"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_invalid_documents_are_refused(made, checked_out, tmp_path, monkeypatch, capsys, change, message):
    path = tmp_path / "openapi.json"
    path.write_bytes(dump(changed(change)))
    monkeypatch.setattr(generator, "OPENAPI_JSON", path)

    assert main([]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("failed: ")
    assert re.search(message, printed)
    assert tree(checked_out) == tree(made)


def test_a_refusal_is_an_error_of_its_own(tmp_path):
    with pytest.raises(GenerateError, match="Track has a field 'raw'"):
        generate(changed(with_property("Track", "raw", TEXT)), tmp_path / "soundcloud_api")


EVIL = "EVIL.strike()"
HARMFUL = {
    "path, quotes": with_operation(f'/a"""+{EVIL}+"""'),
    "path, line": with_operation(f'/a"""\n{EVIL}\n"""'),
    "path, newline": with_operation(f"/a\n{EVIL}"),
    "path, backslash": with_operation(f"/a\\\n{EVIL}"),
    "query": with_operation("/a", parameters=[in_query(f'a"]: {EVIL}, #\n')]),
    "query, newline": with_operation("/a", parameters=[in_query(f"a\n{EVIL}")]),
    "tag": with_operation("/a", tags=[f'a"""\n{EVIL}\n"""']),
    "tag, table": with_operation("/a", tags=[f'a", {EVIL}, "']),
    "enum": with_property("Track", "mood", {"type": "string", "enum": [f'a"\n{EVIL}', f'b\\"+{EVIL}+"']}),
    "schema": with_schema(f'A"""\n{EVIL}', {"type": "object", "properties": {"a": TEXT}}),
    "wire": with_property(
        "Track", "odd", {"type": "string", "x-wire-type": f"timestamp if {EVIL} else read_timestamp"}
    ),
    "field": with_property("Track", f"a: {EVIL}\nb", TEXT),
    "form": with_property("TrackDataRequest", f'track[a"]: {EVIL}\n]', TEXT),
    "title": with_property("Track", "odd", {"type": "object", "title": f'X"""\n{EVIL}', "properties": {"a": TEXT}}),
    "default": with_property("Track", "odd", {"type": "string", "default": f'"+{EVIL}+"'}),
    "const": with_property("Track", "odd", {"const": f'"\n{EVIL}'}),
    "description": with_property("Track", "odd", {"type": "string", "description": f'"""\n{EVIL}'}),
    "media type": with_operation("/a", requestBody={"content": {f'application/json; a="""{EVIL}': {"schema": TEXT}}}),
    "format": with_property("Track", "odd", {"type": "string", "format": f'date"""\n{EVIL}'}),
}


@pytest.mark.parametrize("change", HARMFUL.values(), ids=HARMFUL.keys())
def test_a_document_cannot_inject_code(tmp_path, change):
    folder = tmp_path / "soundcloud_api"
    document = json.loads(json.dumps(changed(change)))
    try:
        generate(document, folder)
    except GenerateError as error:
        refused = str(error)
    else:
        refused = None
    names = {
        path.relative_to(folder).as_posix()
        for path in ([] if refused else folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Name) and node.id == "EVIL")
        or (isinstance(node, ast.Attribute) and node.attr == "strike")
    }

    assert names == set()
    assert refused or {path.name for path in folder.iterdir()} == {path.name for path in GENERATED.iterdir()} - {
        "__pycache__"
    }
