"""Lists what comes with an installation, as CycloneDX: the wheel in an environment of its own, with all extras.

    python -m tools.packaging.sbom [--output FILE]

The versions are those that an installation gets today. Exit status: 0 the file is there, 2 it cannot be made.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.packaging.wheel_test import ROOT, build_wheel, install, make_environment, run


def make(folder: Path, output: Path) -> int:
    """Install the wheel, and list what is there then.

    Args:
        folder: An empty folder.
        output: The file to write.

    Returns:
        How many packages there are, ours not counted.

    Raises:
        subprocess.CalledProcessError: A step failed; it has said why.
    """
    python = make_environment(folder / "env")
    install(python, [build_wheel(folder)])
    output.parent.mkdir(parents=True, exist_ok=True)
    described = ["--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "library", "--gather-license-texts"]
    command = [sys.executable, "-m", "cyclonedx_py", "environment", *described, "--output-reproducible"]
    run([*command, "--output-format", "JSON", "--output-file", str(output), str(python)], ROOT)
    components = json.loads(output.read_text(encoding="utf-8"))["components"]
    return sum(component["name"] not in {"pip", "setuptools", "soundcloud-sdk"} for component in components)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.packaging.sbom", description="List what comes with an installation."
    )
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "sbom.json", help="default build/sbom.json")
    output: Path = parser.parse_args(arguments).output
    with tempfile.TemporaryDirectory() as name:
        try:
            count = make(Path(name), output)
        except subprocess.CalledProcessError as error:
            print(f"sbom: {error}", file=sys.stderr)
            return 2
    print(f"sbom: {count} packages in {output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
