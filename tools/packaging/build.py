"""Builds the sdist and the wheel twice, and checks that the builds are reproducible.

    python -m tools.packaging.build [--output FOLDER]

The second build is made from the first sdist in another folder, with new file times and another umask. twine checks the
descriptions. Exit status: 0 both are in the output folder, 1 they differ or are invalid.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# 1980-01-01, the earliest time that a zip file can hold.
_BUILD_TIME = "315532800"


class BuildError(Exception):
    """The distributions cannot be released; the message says why."""


def build(source: Path, output: Path) -> dict[str, str]:
    """Build the sdist and the wheel of a folder, and return the SHA-256 of each file by name.

    Raises:
        BuildError: hatchling fails.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": _BUILD_TIME}
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(output)]
    done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"hatchling cannot build {source}:\n{done.stderr.strip()}")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(output.iterdir())}


def rebuild(sdist: Path, folder: Path) -> dict[str, str]:
    """Build the content of an sdist in an empty folder, with another umask and new file times; return as `build`."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    for path in source.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path)
    return build(source, folder / "dist")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.packaging.build", description="Build twice and compare.")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="default dist")
    output: Path = parser.parse_args(arguments).output
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    try:
        first = build(ROOT, output)
        (sdist,) = output.glob("*.tar.gz")
        with tempfile.TemporaryDirectory() as name:
            second = rebuild(sdist, Path(name))
    except BuildError as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    if different := sorted(file for file in {*first, *second} if first.get(file) != second.get(file)):
        print(f"build: the second build differs: {', '.join(different)}", file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "twine", "check", "--strict", *(str(output / file) for file in first)]
    if subprocess.run(command, check=False).returncode:
        return 1
    for file, digest in first.items():
        print(f"{digest}  {output.name}/{file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
