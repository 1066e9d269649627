"""Updates the client to SoundCloud's current document on a new branch, and writes a report for maintainers.

    python -m tools.nightly [--source URL|PATH ...] [--output FOLDER] [--tests PATH ...]

Works in a temporary worktree of the last commit: fetches the document, generates, measures the coverage, runs tests and commits the
changes to a branch `nightly/...`. tools/publishing/publish_nightly.py publishes the result. The files in the output folder
(build/nightly) are:

    branch.txt, branch.bundle    if the document has changed: the name of the branch, and the branch for another clone
    title.txt, report.md         likewise: title and text of the pull request, which begins with what to do
    failure.md                   if the run failed: the text of an issue, with the changes of the document
    fingerprint.txt              the checksum of the document, its prose included, or of the error if there is no document

Exit status: 0 the branch is created or nothing has changed, 2 failed.
"""

import argparse
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from tools.coverage_report.evidence import REPORT_MARK
from tools.openapi.document import dump
from tools.openapi.fetch import DocumentError
from tools.openapi.interface import normalise
from tools.openapi_diff.document_changes import LEVELS
from tools.openapi_diff.report import Report, from_json, render
from tools.openapi_diff.wording import wording
from tools.publishing.proposal import proposal
from tools.sync_spec import SOURCES, SyncError, first_document, read_history

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = Path("build") / "nightly"
TESTS = (
    "tests/sandbox",
    "tests/spec/test_contract.py",
    "tests/spec/test_typing.py",
    "tests/release/test_recordings.py",
)
"""The tests of the client and the sandbox that a new document may break."""

# GitHub allows 65,536 characters.
_MAX_REPORT = 60_000
_MAX_FAILURES = 40
_MAX_FILES = 10
_LAST_LINES = 10


_REPAIR = (
    "To repair it: run `make openapi-sync` in a clone, which fails with the same message, do what it says, and commit the result. "
    "The next run that succeeds closes this issue."
)
_UNREACHABLE = (
    "If the sources are only unavailable for now, there is nothing to do: the next run that succeeds closes this issue. If they "
    "have moved, change `SOURCES` in tools/sync_spec.py."
)


class NightlyError(Exception):
    """The run failed; the message is for maintainers."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The branch with the new document and the generated code, and the title and Markdown text of its pull request."""

    branch: str
    title: str
    report: str


def fetched(root: Path, sources: Sequence[str]) -> tuple[dict[str, Any], str]:
    """Return SoundCloud's document as it is published, and its fingerprint.

    Args:
        root: The project's folder.
        sources: URLs or paths of the document; default SoundCloud's.

    Raises:
        NightlyError: No source works.
    """
    history = root / "tools" / "openapi-history.txt"
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            document, _ = first_document(sources or SOURCES, read_history(history))
    except (DocumentError, SyncError) as error:
        raise NightlyError(f"{said.getvalue()}sync_spec: {error}") from None
    print(said.getvalue(), end="", file=sys.stderr)
    return document, sha256(dump(normalise(document)) + dump(wording(document))).hexdigest()[:12]


def follow(root: Path, document: dict[str, Any], fingerprint: str, tests: Sequence[str]) -> Drift | None:
    """Update the client on a new branch of the repository; return None if nothing has changed.

    Args:
        root: The project's folder.
        document: The document as it is published.
        fingerprint: Its fingerprint, which becomes the name of the branch.
        tests: The tests to run.

    Raises:
        NightlyError: Generating failed, or git did.
    """
    base = _git(root, "rev-parse", "--short", "HEAD").strip()
    with _worktree(root) as (tree, aside):
        before = aside / "generated"
        shutil.copytree(tree / "generated", before)
        source = aside / "document.json"
        source.write_text(json.dumps(document), encoding="utf-8")
        drift = _sync(tree, aside, source)
        _git(tree, "add", "--all")
        if not _git(tree, "diff", "--cached", "--name-only").strip():
            return None
        title = _title(drift)
        coverage, fits = _coverage(tree, before)
        # If the client cannot be imported, every test fails with the same error.
        tested = (
            _test_results(tree, tests) if fits else ["", "## Tests", "", "**Not run:** the client cannot be imported."]
        )
        files = _git(tree, "diff", "--cached", "--name-only").split()
        report = "\n".join(
            [
                f"Created by `make nightly` from {base}: the new document and the generated code, nothing else.",
                "",
                "## What to do",
                "",
                *_steps(drift, coverage, fits=fits, passed="**Failed:**" not in "\n".join(tested)),
                "",
                "## Changes of the document",
                "",
                *(_changes(drift, files)),
                *tested,
                "",
                proposal(drift.changes, _version(tree)),
                "",
                coverage,
                "",
            ]
        )
        branch = f"nightly/{fingerprint}"
        if _git(tree, "branch", "--list", branch).strip():
            raise NightlyError(f"the branch {branch} exists already; check it, or delete it to create it again")
        _git(tree, "checkout", "--quiet", "-b", branch)
        _git(tree, "commit", "--quiet", "--message", title)
    return Drift(branch, title, _cut(report))


def _title(drift: Report) -> str:
    if drift.changes:
        counts = {level: sum(change.level == level for change in drift.changes) for level in LEVELS}
        numbers = ", ".join(f"{count} {level}" for level, count in counts.items() if count)
        return f"SoundCloud's document has changed: {numbers}"
    if drift.wording:
        places = f"{len(drift.wording)} place{'s' if len(drift.wording) > 1 else ''}"
        return f"SoundCloud's document has changed: wording in {places}"
    return "Bring what is made from SoundCloud's document up to date"


def _changes(drift: Report, files: Sequence[str]) -> list[str]:
    """Return the changes of the document; without any, the files that were out of date."""
    if drift.changes or drift.wording or drift.stale:
        return [render(replace(drift, hint=None), "markdown").rstrip()]
    listed = ", ".join(f"`{name}`" for name in files[:_MAX_FILES])
    more = f" and {len(files) - _MAX_FILES} more" if len(files) > _MAX_FILES else ""
    return [f"None. These files did not fit the document and are made again: {listed}{more}."]


def _version(tree: Path) -> str:
    text = (tree / "src" / "soundcloud" / "_version.py").read_text(encoding="utf-8")
    found = re.search(r'"(\d+\.\d+\.\d+)', text)
    return found[1] if found else "0.0.0"


def _steps(drift: Report, coverage: str, *, fits: bool, passed: bool) -> list[str]:
    """Return what a maintainer does on the branch, in this order."""
    steps: list[str] = []
    if not fits:
        steps.append("Mend the client, which cannot be imported: `make types` names the lines.")
    if any(change.level == "breaking" for change in drift.changes):
        steps.append("Breaking changes: adapt the methods that are listed there, or remove them with their operation.")
    steps += [
        f"`{command}`: SoundCloud documents now what it had announced. Then do what the command prints."
        for command in sorted(set(re.findall(r"make scaffold OPERATION=\w+", coverage)))
    ]
    steps += [
        f"`make scaffold OPERATION={name}`: writes a method for a new operation. Then do what the command prints."
        for name in re.findall(r'^    @implements\("(\w+)"\)', coverage, re.MULTILINE)
    ]
    if "**Not sent**" in coverage:
        steps.append('"Not sent" under "API coverage": add these arguments to the methods.')
    if drift.stale:
        steps.append("Corrections are deleted on this branch: check that SoundCloud meant to change these places.")
    if drift.wording:
        steps.append("Read the new wording: SoundCloud announces some changes of behaviour in the prose only.")
    if not passed:
        steps.append("Mend what the failed tests show.")
    steps.append("`make docs-pages` and `make check`, and push.")
    if not drift.changes and not drift.wording and not drift.stale:
        steps = ["Look at the difference of the files, and merge it."]
    steps.append("Close this pull request and open it again: GitHub starts no checks for one that a workflow opened.")
    return [f"{number}. {step}" for number, step in enumerate(steps, start=1)]


def failure_text(root: Path, error: str, document: dict[str, Any] | None) -> str:
    """Return the text of an issue: the error, and the changes of the document if there is one."""
    lines = [
        "`make nightly` failed; nothing was changed.",
        "",
        _block(error),
        "",
        _REPAIR if document else _UNREACHABLE,
    ]
    if document is not None:
        with tempfile.TemporaryDirectory() as folder:
            source, report = Path(folder) / "document.json", Path(folder) / "report.json"
            source.write_text(json.dumps(document), encoding="utf-8")
            arguments = ("--check", "--source", str(source), "--format", "json", "--report", str(report))
            result = _python(root, root / "generated", "-m", "tools.sync_spec", *arguments)
            found = _block(result.stderr)
            if report.exists():
                found = render(replace(from_json(report.read_text(encoding="utf-8")), hint=None), "markdown")
        lines += ["", "## Changes of the document", "", found.rstrip()]
    return _cut("\n".join([*lines, ""]))


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


def _sync(tree: Path, aside: Path, source: Path) -> Report:
    """Update the tree, and return the report of the changes."""
    report = aside / "drift.json"
    arguments = ("--source", str(source), "--format", "json", "--report", str(report))
    result = _python(tree, tree / "generated", "-m", "tools.sync_spec", *arguments)
    if result.returncode != 0:
        raise NightlyError(result.stderr.replace(f"sync_spec: {source}\n", "").strip())
    return from_json(report.read_text(encoding="utf-8"))


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
    parallel = ("-n", "auto", "--dist", "loadfile") if importlib.util.find_spec("xdist") else ()
    arguments = ("-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", "--continue-on-collection-errors")
    result = _python(tree, tree / "generated", *arguments, *parallel, *tests)
    said = result.stdout.strip().splitlines() or result.stderr.strip().splitlines() or ["no output"]
    names = ", ".join(f"`{name}`" for name in tests)
    if result.returncode == 0:
        return ["", "## Tests", "", f"{names}: {said[-1].strip('= ')}."]
    failed = sorted(line for line in said if line.startswith(("FAILED ", "ERROR ")))
    more = [f"... and {len(failed) - _MAX_FAILURES} more"] if len(failed) > _MAX_FAILURES else []
    shown = [*failed[:_MAX_FAILURES], *more] or said[-_LAST_LINES:]
    return ["", "## Tests", "", f"**Failed:** {names}: {said[-1].strip('= ')}.", "", _block("\n".join(shown))]


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
    document: dict[str, Any] | None = None
    try:
        document, fingerprint = fetched(root, sources)
        (output / "fingerprint.txt").write_text(fingerprint, encoding="utf-8")
        drift = follow(root, document, fingerprint, options.tests)
    except NightlyError as error:
        if document is None:
            (output / "fingerprint.txt").write_text(sha256(str(error).encode()).hexdigest()[:12], encoding="utf-8")
        (output / "failure.md").write_text(failure_text(root, str(error), document), encoding="utf-8")
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
