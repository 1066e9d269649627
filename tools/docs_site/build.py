"""Builds the site: docs/, the reference of every public name, and what both link to, in build/site.

    python -m tools.docs_site.build [--output FOLDER]

It fails, and says why, when a link leads nowhere, when a public name does not explain itself or has no place in the
reference, and when a page loads something from elsewhere. The exit status is 0 when there is a site, else 1.
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

from tools.docs_site.check import problems
from tools.docs_site.pages import ROOT, SiteError, stage
from tools.docs_site.public_names import undocumented

_IN_THE_PLACE = re.compile(r"docs/([\w-]+)\.md(#[\w-]+)?(?![^<]*</(?:a|code)>)")


def build(output: Path) -> list[str]:
    """Build the site.

    Args:
        output: Where it goes; what was there is deleted.

    Returns:
        What is wrong with it, in sentences; none when all is well.

    Raises:
        SiteError: It could not be built.
    """
    if names := undocumented():
        raise SiteError(f"these public names do not explain themselves; write docstrings: {', '.join(names)}")
    with tempfile.TemporaryDirectory() as folder:
        config = stage(Path(folder))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "generated")])}
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(config)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            # A strict build ends with the tool's own traceback, which tells a writer nothing.
            said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr).partition("Traceback (most recent")[0]
            raise SiteError(f"zensical refuses the pages:\n{said.rstrip()}")
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(Path(folder) / "site", output)
    for name in ("llms.txt", "llms-full.txt"):
        shutil.copy(ROOT / name, output / name)
    for page in (output / "reference").glob("*.html"):
        _link_pages(page)
    return problems(output)


def _link_pages(page: Path) -> None:
    """Turn the names of pages, as docstrings have them, into links."""
    text = page.read_text(encoding="utf-8")
    linked = _IN_THE_PLACE.sub(lambda found: f'<a href="../{found[1]}.html{found[2] or ""}">{found[0]}</a>', text)
    page.write_text(linked, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.docs_site.build", description="Build the site of the documentation."
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
