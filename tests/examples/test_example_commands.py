"""The commands in the first lines of the examples: each runs as it stands, ends by itself, and prints the output that is shown."""

import ast
import doctest
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from examples import with_sandbox
from soundcloud.sandbox import Sandbox
from tests.helpers import redis_server
from tests.helpers.platforms import posix_only
from tests.helpers.redis_server import RedisServer

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples"
SCRIPTS = sorted(FOLDER.glob("*.py"))
OUTPUT = re.compile(r"^Output(?: of the first command)?(, on standard error)?:\n\n((?:    .*\n|\n)+)", re.MULTILINE)
# A server, which runs until Ctrl-C; a program that needs Redis; the program that runs the others.
SPECIAL = {"fastapi_app.py", "workers.py", "with_sandbox.py"}
# Its last lines appear as the tracks become playable.
IN_ANY_ORDER = {"upload_folder.py"}

pytestmark = [pytest.mark.slow, posix_only]


def documentation(path):
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def commands(path):
    """Return the commands of the first block of an example."""
    block = re.search(r"^\n((?:    .*\n)+)", documentation(path), re.MULTILINE)[1]
    return [line.strip() for line in block.splitlines()]


def expected(path):
    """Return the output that an example shows, and whether it goes to standard error."""
    found = OUTPUT.search(documentation(path) + "\n")
    return re.sub(r"^    ", "", found[2].rstrip() + "\n", flags=re.MULTILINE), found[1] is not None


def is_same(shown, printed):
    """Return whether printed lines are those that are shown, in which `...` stands for anything."""
    printed = re.sub(r"[ \t]+$", "", printed, flags=re.MULTILINE)
    return doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS)


def run(command, folder, **environment):
    """Run a command in a copy of the examples, with `python` and `pytest` of this environment."""
    shutil.copytree(FOLDER, folder / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    programs = folder / "programs"
    programs.mkdir()
    for name, module in (("python", ""), ("pytest", " -m pytest -p soundcloud.sandbox.pytest_plugin -p anyio")):
        (programs / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)}{module} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    variables = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([".", *(str(Path(place).absolute()) for place in sys.path if place)]),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **environment,
    }
    variables.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(
        command, cwd=folder, env=variables, shell=True, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_an_example_starts_with_an_install_line_and_shows_its_output(path):
    installing, *others = commands(path)

    assert re.match(r'pip install "\.\[[a-z,]+\]"', installing)
    assert any(f"examples/{path.name}" in line or f"examples.{path.stem}" in line for line in others)
    if path.name != "with_sandbox.py":
        assert expected(path)[0].strip()


@pytest.mark.parametrize("path", [path for path in SCRIPTS if path.name not in SPECIAL], ids=lambda path: path.stem)
def test_the_first_command_prints_the_shown_output(path, tmp_path):
    shown, to_errors = expected(path)
    done = run(commands(path)[1], tmp_path)
    printed, other = (done.stderr, done.stdout) if to_errors else (done.stdout, done.stderr)
    if path.name in IN_ANY_ORDER:
        shown, printed = ("\n".join(sorted(text.splitlines())) for text in (shown, printed))

    assert done.returncode == 0, done.stderr
    assert is_same(shown, printed), printed
    assert other == ""


def test_the_workers_print_the_shown_output(tmp_path):
    if redis_server.PROGRAM is None:
        pytest.skip("redis-server is not installed; on Debian: apt-get install redis-server")
    path = FOLDER / "workers.py"
    with RedisServer() as server:
        done = run(commands(path)[2], tmp_path, REDIS_URL=server.url)

    assert done.returncode == 0, done.stderr
    assert is_same(expected(path)[0], done.stdout), done.stdout


def test_the_fastapi_app_prints_the_shown_output_and_serves():
    path = FOLDER / "fastapi_app.py"
    command = [sys.executable, "-m", "examples.fastapi_app", "--port", "0"]
    with Sandbox() as sandbox:
        variables = {**os.environ, **sandbox.environment()}
        places = os.pathsep.join(str(Path(place).absolute()) for place in [ROOT, *sys.path] if str(place))
        variables["PYTHONPATH"] = places
        with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True) as program:
            try:
                printed = program.stdout.readline()
                url = re.search(r"http://[\d.:]+", printed)[0]
                refused = httpx.get(f"{url}/likes")
                leave = httpx.get(f"{url}/soundcloud/login")
            finally:
                program.terminate()

    assert is_same(expected(path)[0], printed.replace(url, "http://127.0.0.1:8000"))
    assert refused.status_code == 401
    assert leave.headers["location"].startswith(sandbox.auth_url)


def test_the_notebook_starts_with_an_install_line_that_suffices():
    cells = json.loads((FOLDER / "plays.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "".join(source for cell in cells if cell["cell_type"] == "code" for source in cell["source"])
    first = "".join(cells[0]["source"])

    assert 'pip install ".[sandbox]" matplotlib jupyter\n' in first
    assert "python examples/with_sandbox.py jupyter lab examples/plays.ipynb\n" in first
    imported = {name.split(".")[0] for name in re.findall(r"^(?:from|import) (\S+)", code, re.MULTILINE)}
    assert imported - set(sys.stdlib_module_names) == {"matplotlib", "soundcloud"}


@pytest.mark.skipif(not (ROOT / ".git").exists() or shutil.which("git") is None, reason="this is no clone")
def test_git_ignores_what_the_examples_write():
    texts = [
        path.read_text(encoding="utf-8") for path in (*SCRIPTS, FOLDER / "plays.ipynb", ROOT / "docs" / "examples.md")
    ]
    written = {name for text in texts for name in re.findall(r"[\w.-]+\.(?:json|jsonl|csv|db)\b", text)}
    written |= {f"{name}.lock" for name in written if name.startswith("token")}
    done = subprocess.run(["git", "check-ignore", *written], cwd=ROOT, capture_output=True, text=True, check=False)

    assert {"tokens.json.lock", "new_tracks.json", "token.json"} <= written
    assert {*done.stdout.split()} == written


# with_sandbox.py

PRINT = "import json, os; print(json.dumps({n: v for n, v in os.environ.items() if n.startswith('SOUNDCLOUD_')}))"


@pytest.mark.parametrize(("options", "has_token"), [([], True), (["--signed-out"], False)])
def test_the_environment_of_a_program(tmp_path, options, has_token, capfd, monkeypatch):
    (tmp_path / "program.py").write_text(PRINT, encoding="utf-8")
    monkeypatch.setenv("SOUNDCLOUD_TOKEN_FILE", "mine.json")

    assert with_sandbox.main([*options, str(tmp_path / "program.py")]) == 0
    variables = json.loads(capfd.readouterr().out)
    assert ("SOUNDCLOUD_ACCESS_TOKEN" in variables) is has_token
    assert variables["SOUNDCLOUD_API_URL"].startswith("http://127.0.0.1:")
    # What is set for SoundCloud does not reach the program.
    assert "SOUNDCLOUD_TOKEN_FILE" not in variables


def test_the_exit_status_is_the_one_of_the_program(tmp_path):
    (tmp_path / "program.py").write_text("import sys; sys.exit(int(sys.argv[1]))", encoding="utf-8")

    assert with_sandbox.main([str(tmp_path / "program.py"), "3"]) == 3


def test_an_unknown_user_is_an_error(tmp_path, capsys):
    assert with_sandbox.main(["--user", "nobody-here", "json.tool"]) == 1
    assert "nobody-here" in capsys.readouterr().err
