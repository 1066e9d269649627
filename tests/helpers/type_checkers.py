"""Runs pyright and mypy with the settings of the project."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


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
