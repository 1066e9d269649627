"""Follows SoundCloud's document on a branch of its own, and says in one text what a maintainer has to know.

    python -m tools.nightly [--source URL|PATH ...] [--output FOLDER] [--tests PATH ...]

Works in a worktree of its own, from the last commit: fetches the document, generates, measures the coverage, runs the
sandbox's tests and commits what changed to a branch `nightly/...`. The folder that it was started in stays as it is.
Nothing is sent anywhere, see tools/publishing/publish_nightly.py for that. In the output folder (build/nightly) is then

    branch.txt, branch.bundle    if the document has changed: the branch's name, and the branch for another clone
    title.txt, report.md         with them: the pull request's title and text
    failure.md                   if it failed: the text of an issue
    nothing                      if nothing has changed

Exit status: 0 the branch is made or nothing has changed, 2 failed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tools.coverage_report.evidence import REPORT_MARK

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = Path("build") / "nightly"
TESTS = ("tests/sandbox", "tests/spec", "tests/release/test_recordings.py")
"""What a new document may break, beside the facade."""

# GitHub takes 65,536 characters.
_LONGEST_REPORT = 60_000
_LAST_LINES = 25


class NightlyError(Exception):
    """The run failed; the message is what a maintainer reads."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What one night found.

    Attributes:
        branch: The branch with the new document and what is generated from it.
        title: One line.
        report: Markdown.
    """

    branch: str
    title: str
    report: str


def follow(root: Path, sources: Sequence[str], tests: Sequence[str]) -> Drift | None:
    """Do the night's work.

    Args:
        root: The project's folder, in a git repository.
        sources: Where to look for the document; none means SoundCloud's addresses.
        tests: What pytest runs.

    Returns:
        What was found; None if nothing has changed.

    Raises:
        NightlyError: The document cannot be had or cannot be generated from, or git refuses.
    """
    base = _git(root, "rev-parse", "--short", "HEAD").strip()
    with _worktree(root) as (tree, aside):
        before = aside / "generated"
        shutil.copytree(tree / "generated", before)
        drift = _sync(tree, aside, sources)
        _git(tree, "add", "--all")
        if not _git(tree, "diff", "--cached", "--name-only").strip():
            return None
        summary = drift.partition("\n")[0].strip("*")
        document = (tree / "tools" / "openapi.json").read_bytes()
        branch = f"nightly/{sha256(document).hexdigest()[:12]}"
        title = f"SoundCloud's document: {summary}"
        coverage, fits = _coverage(tree, before)
        # Without a client to import every test fails, for minutes, and says the same.
        tested = (
            _test_results(tree, tests) if fits else ["", "## Tests", "", "**Not run:** the client cannot be imported."]
        )
        report = "\n".join(
            [
                f"Made by `make nightly` on top of {base}: the document, and what is generated from it. Nothing else.",
                "",
                drift.rstrip(),
                "",
                coverage,
                *tested,
                "",
                "## What to do",
                "",
                "- Breaking: adapt the methods that are named there, or take them away where the operation is gone.",
                "- Missing: write the method, from the lines above, and a handler for the sandbox (CONTRIBUTING.md).",
                "- Then `make sync-client`, `make cassettes`, `make docs-pages` and `make check` on this branch.",
                "",
            ]
        )
        if _git(tree, "branch", "--list", branch).strip():
            raise NightlyError(f"the branch {branch} is there already: look at it, or delete it to have it made again")
        _git(tree, "checkout", "--quiet", "-b", branch)
        _git(tree, "commit", "--quiet", "--message", f"Follow SoundCloud's document: {summary}")
    return Drift(branch, title, _cut(report))


@contextmanager
def _worktree(root: Path) -> Generator[tuple[Path, Path], None, None]:
    """Make a worktree of the last commit, and a folder beside it."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        _git(root, "worktree", "add", "--quiet", "--detach", str(tree))
        try:
            yield tree, Path(folder)
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def _sync(tree: Path, aside: Path, sources: Sequence[str]) -> str:
    """Bring the tree up to date, and give the report of what changed."""
    report = aside / "drift.md"
    given = ["--source", *sources] if sources else []
    arguments = [*given, "--format", "markdown", "--report", str(report)]
    result = _python(tree, tree / "generated", "-m", "tools.sync_spec", *arguments)
    if result.returncode != 0:
        raise NightlyError(result.stderr.strip())
    return report.read_text(encoding="utf-8")


def _coverage(tree: Path, before: Path) -> tuple[str, bool]:
    """Report the coverage, by the old generated code if the facade does not fit the new; and whether it fits."""
    arguments = ("-m", "tools.coverage", "--format", "markdown")
    result = _python(tree, tree / "generated", *arguments)
    note: list[str] = []
    if result.returncode != 0:
        note = [
            "",
            "**The client does not fit what is generated now, and cannot be imported.** The coverage is that of the code",
            "as it was, without the new generated functions. What was said:",
            "",
            _block(result.stderr),
        ]
        result = _python(tree, before, *arguments)
    if result.returncode != 0:
        raise NightlyError(f"the coverage cannot be measured: {result.stderr.strip()}")
    report = result.stdout.removeprefix(REPORT_MARK).strip()
    heading, _, rest = report.partition("\n")
    return "\n".join([heading, *note, rest]), not note


def _test_results(tree: Path, tests: Sequence[str]) -> list[str]:
    arguments = ("-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", "--continue-on-collection-errors", *tests)
    result = _python(tree, tree / "generated", *arguments)
    said = result.stdout.strip().splitlines() or result.stderr.strip().splitlines()
    names = ", ".join(f"`{name}`" for name in tests)
    if result.returncode == 0:
        return ["", "## Tests", "", f"{names}: {said[-1]}."]
    return ["", "## Tests", "", f"**Failed:** {names}. The last lines:", "", _block("\n".join(said[-_LAST_LINES:]))]


def _python(tree: Path, generated: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this interpreter in a tree, with the tree's own code."""
    path = os.pathsep.join(map(str, (tree / "src", generated, tree)))
    # Told that it runs in CI, pytest writes every message in full, and the report would end within the first.
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "BUILD_NUMBER"}}
    environment |= {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "160"}
    result = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    # The worktree is gone when the report is read.
    result.stdout, result.stderr = (said.replace(f"{tree}{os.sep}", "") for said in (result.stdout, result.stderr))
    return result


def _git(folder: Path, *arguments: str) -> str:
    # Inside a hook, git names the repository that it runs for: that is not the folder's.
    environment = {name: value for name, value in os.environ.items() if name not in {"GIT_DIR", "GIT_INDEX_FILE"}}
    result = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise NightlyError(f"git {arguments[0]}: {result.stderr.strip()}")
    return result.stdout


def _block(text: str) -> str:
    """Write a text as a block of code, whatever it holds."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text.strip()}\n{fence}"


def _cut(report: str) -> str:
    if len(report) <= _LONGEST_REPORT:
        return report
    return f"{report[:_LONGEST_REPORT]}\n\nThe rest is left out: the text is too long for a pull request.\n"


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.nightly", description="Follow SoundCloud's document.")
    parser.add_argument("--source", action="extend", nargs="+", default=[], metavar="URL|PATH")
    parser.add_argument("--output", type=Path, default=root / OUTPUT, metavar="FOLDER")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), metavar="PATH", help="what pytest runs")
    options = parser.parse_args(arguments)
    # The work is done in another folder: a path is meant from here.
    sources = [str(Path(source).resolve()) if Path(source).exists() else source for source in options.source]
    output: Path = options.output
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    try:
        drift = follow(root, sources, options.tests)
    except NightlyError as error:
        text = f"`make nightly` failed; nothing was changed.\n\n{_block(str(error))}\n"
        (output / "failure.md").write_text(text, encoding="utf-8")
        print(f"nightly: {error}", file=sys.stderr)
        return 2
    if drift is None:
        print("nightly: nothing has changed")
        return 0
    for name, text in (("branch.txt", drift.branch), ("title.txt", drift.title), ("report.md", drift.report)):
        (output / name).write_text(text, encoding="utf-8")
    _git(
        root, "bundle", "create", "--quiet", str(output.resolve() / "branch.bundle"), f"{drift.branch}^..{drift.branch}"
    )
    print(f"nightly: {drift.title}\nnightly: committed to {drift.branch}; the report is {output / 'report.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
