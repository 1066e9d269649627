"""The expectations of tests/typing, checked by pyright and mypy."""

import ast
import inspect
from pathlib import Path

import pytest

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.registry import namespace_classes
from tests.helpers.type_checkers import mypy, pyright

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SURFACES = {
    SoundCloudClient: ROOT / "tests/typing/sync_surface.py",
    AsyncSoundCloudClient: ROOT / "tests/typing/async_surface.py",
}
FILES = [*SURFACES.values(), ROOT / "tests/typing/web_surface.py"]
CLIENT_METHODS = {"fetch_all", "map", "paginate", "paginate_items", "paginate_raw", "send", "with_options"}
WRONG = """
from typing import assert_type
from soundcloud import SoundCloudClient

def wrong(client: SoundCloudClient) -> None:
    assert_type(client.users.get_user(1), int)
    client.users.get_user(1)  # type: ignore[arg-type]
"""


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
