"""Tests the lowest versions that pyproject.toml allows of everything that it names.

    python -m tools.packaging.minimal_test [PYTEST ARGUMENTS ...]

Builds the wheel, installs it with exactly these versions into an environment of its own, and runs the tests of the clients, of
the sandbox and of the command there. Exit status: pytest's, or 2 if that environment cannot be made.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from tools.packaging.wheel_test import ROOT, build_wheel, copy_tests, make_environment, run, run_tests

TESTS = ("tests/unit", "tests/client/_async", "tests/client/_sync", "tests/sandbox", "tests/cli", "tests/resilience")
# Where a form breaks off, the lowest starlette leaves its temporary file to the garbage collector; later ones close it.
QUIET = ("-W", "ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning")
TOOLS = (
    *("hypothesis", "jsonschema", "openapi-schema-validator", "opentelemetry-sdk", "pytest", "pytest-asyncio"),
    *("pytest-recording", "pytest-xdist", "ruamel.yaml", "trio", "trustme", "uvloop", "vcrpy"),
)
"""What the tests need beside the package; in versions of their own choice, as the newest may need newer packages."""


def lowest_versions(folder: Path) -> Path:
    """Ask uv for the lowest versions of the direct dependencies, extras included, and for what goes with them.

    Returns:
        A file of `name==version` lines.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [f"--extra={name}" for name in project["optional-dependencies"]]
    file = folder / "lowest.txt"
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--resolution", "lowest-direct", *extras]
    run([*command, "--no-header", "--no-annotate", "--output-file", str(file), "pyproject.toml"], ROOT)
    return file


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = [*(sys.argv[1:] if arguments is None else arguments)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            versions = lowest_versions(folder)
            python = make_environment(folder / "env")
            wheel = build_wheel(folder)
            command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
            run([*command, "--constraint", str(versions), wheel, *TOOLS], ROOT)
        except subprocess.CalledProcessError as error:
            print(f"minimal_test: {error}", file=sys.stderr)
            return 2
        named = re.findall(r"^([\w.-]+==\S+)", versions.read_text(encoding="utf-8"), re.MULTILINE)
        print(f"minimal_test: {', '.join(named)}", file=sys.stderr)
        return run_tests(
            python,
            copy_tests(folder),
            [*QUIET, *(given or TESTS)],
        )


if __name__ == "__main__":
    sys.exit(main())
