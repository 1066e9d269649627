"""The scaffold in a throw-away copy of the project: four new operations, of the kinds that SoundCloud announced."""

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.openapi.document import OPENAPI_JSON

ROOT = Path(__file__).parents[2]
JSON = "application/json; charset=utf-8"
OPERATIONS = (
    "get_system_mixes_urn",
    "get_me_likes_system_mixes",
    "get_users_user_urn_likes_system_mixes",
    "post_detach",
)
LEFT_OUT = shutil.ignore_patterns(
    ".*_cache", ".git", ".venv", ".hypothesis", "__pycache__", "build", "dist", "node_modules"
)

pytestmark = pytest.mark.slow


def reference(kind, name):
    return {"$ref": f"#/components/{kind}/{name}"}


def document():
    """Return the document with mixes, like stations, and /detach, like /disconnect."""
    found = json.loads(OPENAPI_JSON.read_text(encoding="utf-8"))
    text = {"type": "string"}
    station = {"urn": text, "title": text, "tracks": {"type": "array", "items": reference("schemas", "Track")}}
    stations = {"collection": {"type": "array", "items": reference("schemas", "SystemMix")}, "next_href": text}
    for name, fields in (("SystemMix", station), ("SystemMixs", stations)):
        found["components"]["schemas"][name] = {"type": "object", "properties": fields}
        content = {JSON: {"schema": reference("schemas", name)}}
        found["components"]["responses"][name] = {"description": "", "content": content}
    errors = {"401": reference("responses", "Unauthorized"), "404": reference("responses", "NotFound")}
    page = [reference("parameters", "limit"), reference("parameters", "linked_partitioning")]
    user = reference("parameters", "user_urn")
    urn = {"in": "path", "name": "urn", "required": True, "schema": text}
    for path, method, tag, parameters, response in (
        ("/system-mixes/{urn}", "get", "playlists", [urn], "SystemMix"),
        ("/me/likes/system-mixes", "get", "me", page, "SystemMixs"),
        ("/users/{user_urn}/likes/system-mixes", "get", "users", [user, *page], "SystemMixs"),
        ("/detach", "post", "oauth", [], None),
    ):
        success = reference("responses", response) if response else {"description": ""}
        value = {"tags": [tag], "parameters": copy.deepcopy(parameters), "responses": {"200": success, **errors}}
        found["paths"][path] = {method: value}
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scaffold") / "project"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT, symlinks=True)
    source = folder.parent / "document.json"
    source.write_text(json.dumps(document()), encoding="utf-8")
    assert run(folder, "tools.sync_spec", "--source", str(source)).returncode == 0
    result = run(folder, "tools.scaffold", *OPERATIONS)
    assert result.returncode == 0, result.stderr
    assert "scaffold: wrote src/soundcloud/_async/namespaces/auth.py" in result.stdout
    return folder


def run(folder, module, *arguments):
    path = os.pathsep.join(str(folder / name) for name in ("src", "generated", "."))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [
        ("tools.coverage", "--fail-under", "100"),
        ("tools.generate", "--check"),
        ("tools.codegen.unasync", "--check"),
        ("tools.docs_site.generated_pages", "--check"),
        ("ruff", "check", "--no-cache", "src", "tests"),
        ("ruff", "format", "--check", "--no-cache", "src", "tests"),
    ],
    ids=" ".join,
)
def test_what_is_generated_and_formatted_is_up_to_date(project, command):
    result = run(project, *command)

    assert result.returncode == 0, result.stdout + result.stderr


def test_the_four_operations_have_everything(project):
    report = json.loads(run(project, "tools.coverage", "--format", "json").stdout)
    records = {record["id"]: record for record in report["records"]}

    assert report["missing"] == []
    for operation in OPERATIONS:
        columns = ("sync", "async", "generated", "sandbox", "cassette", "documentation")
        assert {column: records[operation][column] for column in columns} == dict.fromkeys(columns, True)


def test_their_tests_pass(project):
    tests = (
        "tests/spec/test_contract.py",
        "tests/spec/test_coverage.py",
        "tests/sandbox/http",
        "tests/docs/test_docs.py",
        "tests/docs/test_readme.py",
    )
    tests += (
        "tests/docs/test_docstrings.py",
        "tests/client/_sync/test_cassettes.py",
        "tests/typing/test_public_api.py",
    )
    chosen = "system_mix or detach or token_table or samples or left_over or documented or everything or public_api"
    result = run(
        project, "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", "-k", f"{chosen} or readme", *tests
    )

    assert result.returncode == 0, result.stdout[-3000:]
    assert int(result.stdout.strip().splitlines()[-1].split(" passed")[0].split()[-1]) > 50


def test_an_announced_operation_keeps_its_method(project, tmp_path):
    tree = tmp_path / "project"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT, symlinks=True)
    found = json.loads(OPENAPI_JSON.read_text(encoding="utf-8"))
    found["paths"]["/disconnect"] = {"post": {"tags": ["oauth"], "responses": {"200": {"description": ""}}}}
    source = tmp_path / "document.json"
    source.write_text(json.dumps(found), encoding="utf-8")
    assert run(tree, "tools.sync_spec", "--source", str(source)).returncode == 0
    result = run(tree, "tools.scaffold", "post_disconnect")

    assert result.returncode == 2
    assert result.stderr.startswith(
        "scaffold: post_disconnect was announced, and auth.disconnect sends it: mark that method"
    )


def test_an_operation_that_cannot_be_written_is_named(project):
    there, unknown = run(project, "tools.scaffold", "get_me"), run(project, "tools.scaffold", "get_moon")

    assert (there.returncode, unknown.returncode) == (2, 2)
    assert there.stderr == "scaffold: get_me has a method already: me.get_me\n"
    assert unknown.stderr == "scaffold: get_moon: not in the document; operations without a method: none\n"
