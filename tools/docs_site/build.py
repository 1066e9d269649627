"""Builds the documentation site in build/site: docs/, the reference of the public names, and the files that the pages link to.

    python -m tools.docs_site.build [--output FOLDER]

The site also has the report of covered operations, and llms.txt and llms-full.txt for language models (see llmstxt.org).

A broken link is an error; tests/docs/test_site.py checks the rest. Exit status: 0 the site is built, 1 it is not.
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

from tools import coverage
from tools.docs_site.generated_pages import all_pages, index_of_pages
from tools.docs_site.pages import COVERAGE, ROOT, SiteError, stage
from tools.packaging.project_site import ProjectSite


def build(output: Path, project: ProjectSite | None = None) -> None:
    """Build the site in a folder, whose content is deleted first.

    Args:
        output: The folder.
        project: Settings other than those of pyproject.toml.

    Raises:
        SiteError: A page or the target of a link is missing, or the site generator fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        config = stage(Path(folder), project)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "generated")])}
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(config)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            # A strict build that fails prints a traceback of zensical after its warnings.
            output_text = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)
            raise SiteError(f"zensical failed:\n{output_text.partition('Traceback (most recent')[0].rstrip()}")
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(Path(folder) / "site", output)
    (output / "llms.txt").write_text(index_of_pages(on_site=True), encoding="utf-8")
    (output / "llms-full.txt").write_text(all_pages(), encoding="utf-8")
    if coverage.main(["--format", "html", "--output", str(output / COVERAGE)]):
        raise SiteError("the report of covered operations cannot be written")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.docs_site.build", description="Build the documentation site."
    )
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "site", help="default build/site")
    options = parser.parse_args(arguments)
    try:
        build(options.output)
    except SiteError as error:
        print(f"site: {error}", file=sys.stderr)
        return 1
    print(f"site: {len([*options.output.rglob('*.html')])} pages in {options.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
