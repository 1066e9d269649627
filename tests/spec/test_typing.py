"""The expectations of tests/typing, checked by pyright and mypy."""

import ast
import inspect
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.registry import namespace_classes

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SURFACES = {
    SoundCloudClient: ROOT / "tests/typing/sync_surface.py",
    AsyncSoundCloudClient: ROOT / "tests/typing/async_surface.py",
}
FILES = [*SURFACES.values(), ROOT / "tests/typing/web_surface.py"]
CLIENT_METHODS = {"fetch_all", "map", "paginate", "paginate_items", "send", "with_options"}
WRONG = """
from typing import assert_type
from soundcloud import SoundCloudClient

def wrong(client: SoundCloudClient) -> None:
    assert_type(client.users.get_user(1), int)
    client.users.get_user(1)  # type: ignore[arg-type]
"""


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *map(str, command)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def pyright(folder: Path, *files: Path) -> dict:
    """Run pyright with the project's settings on copies of files, because it reads files below its settings only."""
    if shutil.which("node") is None or run("pyright", "--version").returncode:
        pytest.skip("PYRIGHT WAS NOT RUN: there is no node, so half of the typing tests are missing")
    project = folder / "pyright" / "pyrightconfig.json"
    project.parent.mkdir()
    for file in files:
        shutil.copy(file, project.parent)
    settings = {
        "extends": str(ROOT / "pyproject.toml"),
        "include": ["."],
        "reportUnnecessaryTypeIgnoreComment": "error",
    }
    project.write_text(json.dumps(settings), encoding="utf-8")
    return json.loads(run("pyright", "--project", project, "--pythonpath", sys.executable, "--outputjson").stdout)


def mypy(folder: Path, *files: Path) -> list[str]:
    """Run mypy with the project's settings on some files."""
    settings = ("--config-file", ROOT / "pyproject.toml", "--cache-dir", folder / "cache")
    done = run("mypy", *settings, "--no-error-summary", *files)
    return [*done.stdout.splitlines(), *done.stderr.splitlines(), f"exit status {done.returncode}"]


def test_pyright_agrees(tmp_path):
    report = pyright(tmp_path, *FILES)

    assert [
        f"{Path(problem['file']).name}:{problem['range']['start']['line'] + 1} {problem['message']}"
        for problem in report["generalDiagnostics"]
    ] == []
    assert report["summary"]["filesAnalyzed"] == len(FILES)


def test_mypy_agrees(tmp_path):
    assert mypy(tmp_path, *FILES) == ["exit status 0"]


def test_pyright_finds_errors(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text(WRONG, encoding="utf-8")
    report = pyright(tmp_path, wrong)

    assert [problem["range"]["start"]["line"] + 1 for problem in report["generalDiagnostics"]] == [6, 7]


def test_mypy_finds_errors(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text(WRONG, encoding="utf-8")
    lines = mypy(tmp_path, wrong)

    assert [line.rpartition("[")[2] for line in lines] == ["assert-type]", "unused-ignore]", "exit status 1"]


def asserted(path: Path) -> set[str]:
    """Return the calls `client.x.y(...)` whose type a file asserts, as `x.y`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "assert_type":
            value = node.args[0].value if isinstance(node.args[0], ast.Await) else node.args[0]
            if isinstance(value, ast.Call) and ast.unparse(value.func).startswith("client."):
                names.add(ast.unparse(value.func).removeprefix("client."))
    return names


@pytest.mark.parametrize("client", SURFACES)
def test_every_method_is_asserted(client):
    methods = {
        f"{namespace}.{name}"
        for namespace, cls in namespace_classes(client).items()
        for name, _ in inspect.getmembers(cls, inspect.isfunction)
        if not name.startswith("_")
    }

    assert methods - asserted(SURFACES[client]) == set()


@pytest.mark.parametrize("client", SURFACES)
def test_every_method_of_the_client_is_used(client):
    text = SURFACES[client].read_text(encoding="utf-8")

    assert {name for name in CLIENT_METHODS if f"client.{name}(" in text} == CLIENT_METHODS
    assert [name for name in CLIENT_METHODS if not inspect.isfunction(getattr(client, name, None))] == []
