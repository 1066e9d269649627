"""Builds the wheel, installs it in a fresh environment, and runs the tests in a copy of the project without src and generated.

    python -m tools.packaging.wheel_test [PYTEST ARGUMENTS ...]

Exit status: pytest's, or 2 if the wheel cannot be built or installed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXCLUDED = ("src", "generated", ".git", ".venv", "*_cache", ".hypothesis", "__pycache__", "build", "dist")
# These tests read src or generated.
NEED_THE_SOURCE = (
    "tests/spec",
    "tests/mutation",
    "tests/typing/test_public_api.py",
    "tests/release/test_nightly.py",
    "tests/release/test_scaffold.py",
    "tests/docs/test_prose.py",
    "tests/docs/test_readme.py",
    "tests/docs/test_site.py",
    "tests/docs/test_site_in_a_browser.py",
    "tests/release/test_image.py",
    "tests/release/test_project_site.py",
    "tests/release/test_release.py",
)
LINKS = "tests/docs/test_docs.py::test_every_link_leads_somewhere"


def build_wheel(folder: Path) -> str:
    """Build the wheel in a folder and return the requirement that installs it with all extras."""
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)])
    (wheel,) = folder.glob("*.whl")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{wheel}[{','.join(project['optional-dependencies'])}]"


def create_environment(folder: Path) -> Path:
    """Create a virtual environment and return its interpreter."""
    uv = shutil.which("uv")
    command = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    run([*command, str(folder)])
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def install(python: Path, requirements: list[str]) -> None:
    """Install requirements for an interpreter, with uv if it is installed, else with pip."""
    uv = shutil.which("uv")
    if uv:
        run([uv, "pip", "install", "--quiet", "--python", str(python), *requirements])
    else:
        run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements])


def run_tests(python: Path, folder: Path, arguments: Sequence[str]) -> int:
    """Copy the project without its packages to a folder, run its tests there and return pytest's exit status."""
    project = folder / "project"
    shutil.copytree(ROOT, project, ignore=shutil.ignore_patterns(*EXCLUDED))
    skipped = [*(f"--ignore={name}" for name in NEED_THE_SOURCE), f"--deselect={LINKS}"]
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    code = "import soundcloud, soundcloud_api; print('testing', soundcloud.__file__, soundcloud_api.__file__)"
    subprocess.run([str(python), "-c", code], cwd=project, env=environment, check=True)
    command = [str(python), "-m", "pytest", "-q", *skipped, *arguments]
    return subprocess.run(command, cwd=project, env=environment, check=False).returncode


def run(command: list[str]) -> None:
    """Run a command in the project's folder; raise `subprocess.CalledProcessError` if it fails."""
    subprocess.run(command, cwd=ROOT, check=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            wheel = build_wheel(folder)
            python = create_environment(folder / "env")
            install(python, [wheel, "--requirement", str(ROOT / "requirements-dev.txt")])
        except subprocess.CalledProcessError as error:
            print(f"wheel_test: {error}", file=sys.stderr)
            return 2
        return run_tests(python, folder, sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
