"""Publishes the result of a nightly run on GitHub: a pull request for a new document, an issue for a failure.

    python -m tools.publishing.publish_nightly [--output FOLDER] [--run URL] [--failed]

Needs git, and GitHub's `gh` with a token (GH_TOKEN), but no Python package. Without --failed, pushes the branch of
tools/nightly.py and opens a pull request with its report, unless the branch is on the remote already: a maintainer may work on it.
With --failed, opens an issue with the error, unless one is open.

Exit status: 0 done or nothing to do, 2 failed.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

OUTPUT = Path("build") / "nightly"
ISSUE_TITLE = "The nightly run failed"
_GIT = ("git", "-c", "credential.helper=", "-c", "credential.helper=!gh auth git-credential")
"""Git with the token of `gh`, which is not written to the configuration of the clone."""


class PublishError(Exception):
    """Git or GitHub failed; the message is its error."""


def publish_drift(output: Path) -> str:
    """Push the branch of the nightly run, open a pull request for it and return what was done."""
    if not (output / "branch.txt").exists():
        return "there is no branch to publish"
    branch = (output / "branch.txt").read_text(encoding="utf-8")
    if _run(*_GIT, "ls-remote", "--heads", "origin", branch).strip():
        return f"{branch} is on the remote already"
    # The branch is a bundle, because the clone that created it has no permission to push.
    _run("git", "fetch", "--quiet", str(output / "branch.bundle"), branch)
    _run(*_GIT, "push", "--quiet", "origin", f"FETCH_HEAD:refs/heads/{branch}")
    title = (output / "title.txt").read_text(encoding="utf-8")
    body = ("--title", title, "--body-file", str(output / "report.md"))
    return _run("gh", "pr", "create", "--head", branch, *body).strip()


def publish_failure(output: Path, run: str | None) -> str:
    """Open an issue about a failed run, with the run's URL, and return what was done."""
    listed = _run("gh", "issue", "list", "--state", "open", "--search", f"{ISSUE_TITLE} in:title", "--json", "title")
    if ISSUE_TITLE in listed:
        return "an issue is open already"
    written = output / "failure.md"
    text = written.read_text(encoding="utf-8") if written.exists() else "It failed before the document was fetched.\n"
    body = f"{text}\nThe run: {run}\n" if run else text
    return _run("gh", "issue", "create", "--title", ISSUE_TITLE, "--body", body).strip()


def _run(*command: str) -> str:
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise PublishError(f"{command[0]} is not installed") from None
    if result.returncode != 0:
        shown = ("git", *command[len(_GIT) :]) if command[: len(_GIT)] == _GIT else command
        raise PublishError(f"{' '.join(shown[:3])}: {result.stderr.strip()}")
    return result.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.publishing.publish_nightly", description="Publish the result of a nightly run."
    )
    parser.add_argument("--output", type=Path, default=OUTPUT, metavar="FOLDER")
    parser.add_argument("--run", metavar="URL", help="URL of the run, for the issue")
    parser.add_argument("--failed", action="store_true", help="open an issue instead")
    options = parser.parse_args(arguments)
    try:
        done = publish_failure(options.output, options.run) if options.failed else publish_drift(options.output)
    except PublishError as error:
        print(f"publish_nightly: {error}", file=sys.stderr)
        return 2
    print(f"publish_nightly: {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
