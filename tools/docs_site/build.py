"""Builds the documentation site in build/site: docs/, the reference of the public names, and the files that both link to.

    python -m tools.docs_site.build [--output FOLDER]

The build fails if a link is broken, if a public name has no docstring or no entry in the reference, or if a page loads a file
from another host. Exit status: 0 the site is built, 1 it is not, or has problems.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.docs_site.check import find_problems
from tools.docs_site.pages import ROOT, SiteError, stage
from tools.docs_site.public_names import undocumented


def build(output: Path) -> list[str]:
    """Build the site in a folder, whose content is deleted first, and return the problems of the built pages.

    Raises:
        SiteError: A public name has no docstring, or the site generator fails.
    """
    if names := undocumented():
        raise SiteError(f"these public names have no docstring: {', '.join(names)}")
    with tempfile.TemporaryDirectory() as folder:
        config = stage(Path(folder))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "generated")])}
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(config)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            # A strict build that fails prints a traceback of zensical after its warnings.
            output_text = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)
            raise SiteError(f"zensical failed:\n{output_text.partition('Traceback (most recent')[0].rstrip()}")
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(Path(folder) / "site", output)
    for name in ("llms.txt", "llms-full.txt"):
        shutil.copy(ROOT / name, output / name)
    return find_problems(output)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.docs_site.build", description="Build the documentation site."
    )
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "site", help="default build/site")
    options = parser.parse_args(arguments)
    try:
        found = build(options.output)
    except SiteError as error:
        print(f"site: {error}", file=sys.stderr)
        return 1
    for problem in found:
        print(f"site: {problem}", file=sys.stderr)
    pages = len([*options.output.rglob("*.html")])
    print(f"site: {pages} pages in {options.output}, {len(found)} problems", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
