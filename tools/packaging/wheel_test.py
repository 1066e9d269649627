"""Tests what is shipped: builds the wheel, installs it alone, and runs the tests where neither src nor generated is.

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
LEFT_OUT = ("src", "generated", ".git", ".venv", "*_cache", ".hypothesis", "__pycache__", "build", "dist")
# What these test is how the two left-out folders are made, or that they are there.
NEED_THE_SOURCE = (
    "tests/spec",
    "tests/release/test_nightly.py",
    "tests/docs/test_readme.py",
    "tests/docs/test_site.py",
    "tests/release/test_release.py",
)
LINKS = "tests/docs/test_docs.py::test_every_link_leads_somewhere"


def prepare(folder: Path) -> Path:
    """Build and install the wheel, and copy the tests to where they see nothing else of this project.

    Args:
        folder: An empty folder.

    Returns:
        The interpreter that has the wheel. The tests are in `folder / "project"`.

    Raises:
        subprocess.CalledProcessError: A step failed; it has said why.
    """
    wheel = build_wheel(folder)
    python = make_environment(folder / "env")
    install(python, [wheel, "--requirement", str(ROOT / "requirements-dev.txt")])
    copy_tests(folder)
    return python


def build_wheel(folder: Path) -> str:
    """Build the wheel into a folder and return what installs it with all its extras."""
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)], ROOT)
    (wheel,) = folder.glob("*.whl")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"{wheel}[{','.join(project['optional-dependencies'])}]"


def make_environment(folder: Path) -> Path:
    """Make a virtual environment and return its interpreter."""
    uv = shutil.which("uv")
    if uv is None:
        run([sys.executable, "-m", "venv", str(folder)], ROOT)
    else:
        run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], ROOT)
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def install(python: Path, wanted: list[str]) -> None:
    """Install into the environment of an interpreter: with uv where it is there, with pip where it is not."""
    uv = shutil.which("uv")
    if uv is None:
        run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], ROOT)
    else:
        run([uv, "pip", "install", "--quiet", "--python", str(python), *wanted], ROOT)


def copy_tests(folder: Path) -> Path:
    """Copy the project without its packages, and return where it is."""
    shutil.copytree(ROOT, folder / "project", ignore=shutil.ignore_patterns(*LEFT_OUT))
    return folder / "project"


def run_tests(python: Path, project: Path, arguments: Sequence[str]) -> int:
    """Run the tests with the wheel and return pytest's exit status."""
    skipped = [*(f"--ignore={name}" for name in NEED_THE_SOURCE), f"--deselect={LINKS}"]
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    where = "import soundcloud, soundcloud_api; print('testing', soundcloud.__file__, soundcloud_api.__file__)"
    subprocess.run([str(python), "-c", where], cwd=project, env=environment, check=True)
    command = [str(python), "-m", "pytest", "-q", *skipped, *arguments]
    return subprocess.run(command, cwd=project, env=environment, check=False).returncode


def run(command: list[str], folder: Path) -> None:
    """Run a command in a folder; it has to succeed."""
    subprocess.run(command, cwd=folder, check=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    with tempfile.TemporaryDirectory() as folder:
        try:
            python = prepare(Path(folder))
        except subprocess.CalledProcessError as error:
            print(f"wheel_test: {error}", file=sys.stderr)
            return 2
        return run_tests(python, Path(folder) / "project", given)


if __name__ == "__main__":
    sys.exit(main())
