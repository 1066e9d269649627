"""Writes a software bill of materials (CycloneDX) of an installation of the wheel with all extras, in today's versions.

    python -m tools.packaging.sbom [--output FILE]

Exit status: 0 the file is written, 2 it is not.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.packaging.wheel_test import ROOT, build_wheel, create_environment, install, run


def write_sbom(folder: Path, output: Path) -> int:
    """Install the wheel in an empty folder, write the SBOM and return the number of packages beside ours."""
    python = create_environment(folder / "env")
    install(python, [build_wheel(folder)])
    output.parent.mkdir(parents=True, exist_ok=True)
    options = ["--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "library", "--gather-license-texts"]
    command = [sys.executable, "-m", "cyclonedx_py", "environment", *options, "--output-reproducible"]
    run([*command, "--output-format", "JSON", "--output-file", str(output), str(python)])
    components = json.loads(output.read_text(encoding="utf-8"))["components"]
    return sum(component["name"] not in {"pip", "setuptools", "soundcloud-sdk"} for component in components)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.packaging.sbom", description="Write a CycloneDX SBOM.")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "sbom.json", help="default build/sbom.json")
    output: Path = parser.parse_args(arguments).output
    with tempfile.TemporaryDirectory() as name:
        try:
            count = write_sbom(Path(name), output)
        except subprocess.CalledProcessError as error:
            print(f"sbom: {error}", file=sys.stderr)
            return 2
    print(f"sbom: {count} packages in {output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
