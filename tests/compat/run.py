"""Runs the tests of this folder with the real packages, each set in an environment of its own below build/compat.

    python tests/compat/run.py [PYTEST ARGUMENTS ...]

A set that cannot be installed is skipped with a message. Exit status: 1 if a test failed or no set could be installed, else 0.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
TESTS = {
    "mocks": ["test_mocks.py", "test_docs.py::test_testing"],
    "tracers": ["test_tracers.py", "test_docs.py::test_telemetry"],
    "adapters": ["test_adapters.py"],
    "notebook": ["test_notebook.py"],
    "players": ["test_players.py"],
    "flask": ["test_flask.py"],
    "languages": ["test_languages.py"],
    "frameworks": ["test_frameworks.py", "test_postgresql.py", "test_authlib.py"],
    "mariadb": ["test_mariadb.py"],
    "ui": ["test_ui.py"],
    "vcrpy9": ["test_recorders.py", "test_pytest_recording.py", "test_docs.py::test_pytest_recording"],
    "vcrpy8": ["test_recorders.py"],
    "vcrpy6": ["test_recorders.py"],
}
"""The tests of each set of packages."""


def uv() -> list[str]:
    """Return the command of uv, or [] if it is not installed."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    return [found] if found else []


def install(name: str) -> Path | None:
    """Create the environment of a set and return its Python, or None if that failed."""
    folder = ROOT / "build" / "compat" / name
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    what = ["-r", str(FOLDER / f"requirements-{name}.txt"), "-e", f"{ROOT}[sandbox]"]
    if command := uv():
        steps = [
            [*command, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder)],
            [*command, "pip", "install", "--quiet", "--python", str(python), *what],
        ]
    else:
        steps = [
            [sys.executable, "-m", "venv", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what],
        ]
    for step in steps:
        done = subprocess.run(step, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            print(f"{name}: skipped, because its packages cannot be installed:\n{done.stderr}")
            return None
    return python


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status."""
    results: dict[str, str] = {}
    for name, tests in TESTS.items():
        print(
            f"{name}:", ", ".join((FOLDER / f"requirements-{name}.txt").read_text(encoding="utf-8").split()), flush=True
        )
        python = install(name)
        if python is None:
            results[name] = "skipped"
            continue
        files = [str(FOLDER / file) for file in tests]
        options = ["-q", "-c", str(FOLDER / "pytest.ini"), "--rootdir", str(FOLDER), "-p", "no:cacheprovider"]
        done = subprocess.run([str(python), "-P", "-m", "pytest", *options, *files, *arguments], cwd=ROOT, check=False)
        results[name] = "failed" if done.returncode else "passed"
    print("; ".join(f"{name}: {result}" for name, result in results.items()))
    return 0 if "failed" not in results.values() and "passed" in results.values() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
