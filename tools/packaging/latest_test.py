"""Tests the newest versions of the dependencies that pyproject.toml allows.

    python -m tools.packaging.latest_test [PYTEST ARGUMENTS ...]

Installs the wheel with all extras in a fresh environment, without the pins of requirements-dev.txt, and runs the tests of
`make minimal-test`. Names the packages that are newer than their pins. Exit status: pytest's, or 2 if the environment cannot be
created.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.packaging.minimal_test import TESTS, TOOLS
from tools.packaging.wheel_test import ROOT, build_wheel, create_environment, install, run_tests


def unpinned(installed: dict[str, str]) -> list[str]:
    """Return a line for each package whose version is not the pinned one."""
    pins = dict(
        re.findall(
            r"^([\w.-]+)(?:\[.*\])?==([^\s;]+)", (ROOT / "requirements-dev.txt").read_text(encoding="utf-8"), re.M
        )
    )
    return [
        f"{name} {installed[name.lower()]} (pinned: {pin})"
        for name, pin in pins.items()
        if installed.get(name.lower(), pin) != pin
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    selected = [*(sys.argv[1:] if arguments is None else arguments)] or TESTS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            python = create_environment(folder / "env")
            install(python, [build_wheel(folder), *TOOLS])
            listed = [sys.executable, "-m", "uv", "pip", "list", "--quiet", "--format", "json", "--python", str(python)]
            found = json.loads(subprocess.run(listed, check=True, capture_output=True, text=True).stdout)
        except subprocess.CalledProcessError as error:
            print(f"latest_test: {error}", file=sys.stderr)
            return 2
        changed = unpinned({package["name"].lower(): package["version"] for package in found})
        print(f"latest_test: {', '.join(changed) or 'all versions are the pinned ones'}", file=sys.stderr)
        return run_tests(python, folder, selected)


if __name__ == "__main__":
    sys.exit(main())
