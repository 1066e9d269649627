"""Tests the lowest versions of the dependencies that pyproject.toml allows.

    python -m tools.packaging.minimal_test [PYTEST ARGUMENTS ...]

Installs the wheel with these versions in a fresh environment, and runs the tests of the clients, the sandbox and the command.
Exit status: pytest's, or 2 if the environment cannot be created.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from tools.packaging.wheel_test import ROOT, build_wheel, create_environment, run, run_tests

TESTS = ("tests/unit", "tests/client/_async", "tests/client/_sync", "tests/sandbox", "tests/cli", "tests/resilience")
# The lowest starlette leaves the temporary file of an incomplete form to the garbage collector; later versions close it.
IGNORED_WARNINGS = ("-W", "ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning")
# Its expected results are those of the newest httptools.
IGNORED_TESTS = ("--ignore", "tests/resilience/test_unusual_responses.py")
TOOLS = (
    *("aiohttp", "asgiref", "django", "griffelib", "hypothesis", "jinja2", "jsonschema", "openapi-schema-validator"),
    *("opentelemetry-sdk", "pydantic", "pytest", "pytest-asyncio", "pytest-recording", "pytest-xdist", "rq"),
    *("ruamel.yaml", "trio", "trustme", "uvloop", "vcrpy"),
)
"""What the tests need beside the package. Unpinned, because the newest versions may need newer packages."""


def lowest_versions(folder: Path) -> Path:
    """Write the lowest versions of the direct dependencies, extras included, and their dependencies to a constraints file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [f"--extra={name}" for name in project["optional-dependencies"]]
    file = folder / "lowest.txt"
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--resolution", "lowest-direct", *extras]
    run([*command, "--no-header", "--no-annotate", "--output-file", str(file), "pyproject.toml"])
    return file


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    selected = [*(sys.argv[1:] if arguments is None else arguments)] or TESTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            versions = lowest_versions(folder)
            python = create_environment(folder / "env")
            command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
            run([*command, "--constraint", str(versions), build_wheel(folder), *TOOLS])
        except subprocess.CalledProcessError as error:
            print(f"minimal_test: {error}", file=sys.stderr)
            return 2
        pins = re.findall(r"^([\w.-]+==\S+)", versions.read_text(encoding="utf-8"), re.MULTILINE)
        print(f"minimal_test: {', '.join(pins)}", file=sys.stderr)
        return run_tests(python, folder, [*IGNORED_WARNINGS, *IGNORED_TESTS, *selected])


if __name__ == "__main__":
    sys.exit(main())
