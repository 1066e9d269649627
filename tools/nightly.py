"""Updates the client to SoundCloud's current document on a new branch, and writes a report for maintainers.

    python -m tools.nightly [--source URL|PATH ...] [--output FOLDER] [--tests PATH ...]

Works in a temporary worktree of the last commit: fetches the document, generates, measures the coverage, runs tests and commits the
changes to a branch `nightly/...`. tools/publishing/publish_nightly.py publishes the result. The files in the output folder
(build/nightly) are:

    branch.txt, branch.bundle    if the document has changed: the name of the branch, and the branch for another clone
    title.txt, report.md         likewise: title and text of the pull request
    failure.md                   if the run failed: the text of an issue

Exit status: 0 the branch is created or nothing has changed, 2 failed.
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
"""The tests that a new document may break."""

# GitHub allows 65,536 characters.
_MAX_REPORT = 60_000
_LAST_LINES = 25


class NightlyError(Exception):
    """The run failed; the message is for maintainers."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The branch with the new document and the generated code, and the title and Markdown text of its pull request."""

    branch: str
    title: str
    report: str


def follow(root: Path, sources: Sequence[str], tests: Sequence[str]) -> Drift | None:
    """Update the client on a new branch of the repository; return None if nothing has changed.

    Args:
        root: The project's folder.
        sources: URLs or paths of the document; default SoundCloud's.
        tests: The tests to run.

    Raises:
        NightlyError: Fetching or generating failed, or git did.
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
        # If the client cannot be imported, every test fails with the same error.
        tested = (
            _test_results(tree, tests) if fits else ["", "## Tests", "", "**Not run:** the client cannot be imported."]
        )
        report = "\n".join(
            [
                f"Created by `make nightly` from {base}: the new document and the generated code, nothing else.",
                "",
                drift.rstrip(),
                "",
                coverage,
                *tested,
                "",
                "## What to do",
                "",
                "- Breaking: adapt the methods that are listed there, or remove them with their operation.",
                "- Missing: write the method, from the stub above, and a handler for the sandbox (CONTRIBUTING.md).",
                "- Then `make sync-client`, `make cassettes`, `make docs-pages` and `make check` on this branch.",
                "",
            ]
        )
        if _git(tree, "branch", "--list", branch).strip():
            raise NightlyError(f"the branch {branch} exists already; check it, or delete it to create it again")
        _git(tree, "checkout", "--quiet", "-b", branch)
        _git(tree, "commit", "--quiet", "--message", f"Follow SoundCloud's document: {summary}")
    return Drift(branch, title, _cut(report))


@contextmanager
def _worktree(root: Path) -> Generator[tuple[Path, Path], None, None]:
    """Create a worktree of the last commit, and return it with the folder that holds it."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        _git(root, "worktree", "add", "--quiet", "--detach", str(tree))
        try:
            yield tree, Path(folder)
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def _sync(tree: Path, aside: Path, sources: Sequence[str]) -> str:
    """Update the tree, and return the report of the changes."""
    report = aside / "drift.md"
    given = ["--source", *sources] if sources else []
    arguments = [*given, "--format", "markdown", "--report", str(report)]
    result = _python(tree, tree / "generated", "-m", "tools.sync_spec", *arguments)
    if result.returncode != 0:
        raise NightlyError(result.stderr.strip())
    return report.read_text(encoding="utf-8")


def _coverage(tree: Path, before: Path) -> tuple[str, bool]:
    """Return the coverage report and whether the facade fits the new generated code; if not, measure with the old one."""
    arguments = ("-m", "tools.coverage", "--format", "markdown")
    result = _python(tree, tree / "generated", *arguments)
    note: list[str] = []
    if result.returncode != 0:
        note = [
            "",
            "**The client does not fit the new generated code, and cannot be imported.** The coverage is that of the old",
            "generated code. The error:",
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
    """Run this interpreter with the code of a tree."""
    path = os.pathsep.join(map(str, (tree / "src", generated, tree)))
    # In CI, pytest does not shorten messages, and the first one would fill the report.
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "BUILD_NUMBER"}}
    environment |= {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "160"}
    result = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    # The report is read when the worktree does not exist any more.
    result.stdout, result.stderr = (said.replace(f"{tree}{os.sep}", "") for said in (result.stdout, result.stderr))
    return result


def _git(folder: Path, *arguments: str) -> str:
    # In a git hook, these variables name another repository.
    environment = {name: value for name, value in os.environ.items() if name not in {"GIT_DIR", "GIT_INDEX_FILE"}}
    result = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise NightlyError(f"git {arguments[0]}: {result.stderr.strip()}")
    return result.stdout


def _block(text: str) -> str:
    """Format a string as a code block, even if it has backticks."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text.strip()}\n{fence}"


def _cut(report: str) -> str:
    if len(report) <= _MAX_REPORT:
        return report
    return f"{report[:_MAX_REPORT]}\n\nThe rest is omitted: GitHub limits the length of a pull request.\n"


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.nightly", description="Update to SoundCloud's current document on a branch."
    )
    parser.add_argument("--source", action="extend", nargs="+", default=[], metavar="URL|PATH")
    parser.add_argument("--output", type=Path, default=root / OUTPUT, metavar="FOLDER")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), metavar="PATH", help="tests to run")
    options = parser.parse_args(arguments)
    # The update runs in another folder, so make relative paths absolute.
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
