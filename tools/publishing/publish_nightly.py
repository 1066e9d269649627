"""Publishes the result of a nightly run on GitHub: a pull request for a new document, an issue for a failure.

    python -m tools.publishing.publish_nightly [--output FOLDER] [--run URL] [--failed | --succeeded]

Needs git, and GitHub's `gh` with a token (GH_TOKEN), but no Python package. Without --failed, opens a pull request with the branch
and the report of tools/nightly.py, unless there is one of this branch already, open or closed: a maintainer may work on it, or may
have rejected it. Other open pull requests of nightly runs are superseded: they get a comment with a link, and are closed.

With --failed, opens an issue with the error; if one is open, it gets a comment when the document is another one. With --succeeded,
after a good run, closes that issue with a comment.

If GitHub refuses, its words are written to failure.md in the output folder, for --failed.

Exit status: 0 done or nothing to do, 2 failed.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

OUTPUT = Path("build") / "nightly"
ISSUE_TITLE = "The nightly run failed"
BRANCHES = "nightly/"

_SUPERSEDED = "Superseded by"
_MARK = "<!-- fingerprint of the document: {} -->"

_ADVICE = (
    "If GitHub Actions is not permitted to create pull requests, allow it: Settings, Actions, General, Workflow permissions. "
    "The next run tries again."
)
_GIT = ("git", "-c", "credential.helper=", "-c", "credential.helper=!gh auth git-credential")
"""Git with the token of `gh`, which is not written to the configuration of the clone."""


class PublishError(Exception):
    """Git or GitHub failed; the message is its error."""


def publish_drift(output: Path) -> str:
    """Open a pull request for the branch of the nightly run, and return what was done."""
    if not (output / "branch.txt").exists():
        return "there is no branch to publish"
    branch = _text(output / "branch.txt")
    fields = "number,state,headRefName,url,comments"
    requests = _json("pr", "list", "--state", "all", "--limit", "200", "--json", fields)
    own = next((request for request in requests if request["headRefName"] == branch), None)
    if own is not None and not (own["state"] == "CLOSED" and _was_superseded(own)):
        return f"{own['url']} is {str(own['state']).lower()} already"
    older = [
        request
        for request in requests
        if request["state"] == "OPEN" and str(request["headRefName"]).startswith(BRANCHES)
    ]
    if not _run(*_GIT, "ls-remote", "--heads", "origin", branch).strip():
        # The branch is a bundle, because the clone that created it has no permission to push.
        _run("git", "fetch", "--quiet", str(output / "branch.bundle"), branch)
        _run(*_GIT, "push", "--quiet", "origin", f"FETCH_HEAD:refs/heads/{branch}")
    report = output / "report.md"
    if older:
        report = output / "pull_request.md"
        numbers = ", ".join(f"#{request['number']}" for request in older)
        report.write_text(f"Supersedes {numbers}.\n\n{_text(output / 'report.md')}", encoding="utf-8")
    if own is not None:  # SoundCloud went back to this document
        url = str(own["url"])
        _run("gh", "pr", "reopen", str(own["number"]))
        _run("gh", "pr", "comment", str(own["number"]), "--body", "SoundCloud has published this document again.")
    else:
        body = ("--title", _text(output / "title.txt"), "--body-file", str(report))
        url = _run("gh", "pr", "create", "--head", branch, *body).strip()
    for request in older:
        number = str(request["number"])
        _run("gh", "pr", "comment", number, "--body", f"{_SUPERSEDED} {url}: SoundCloud's document has changed again.")
        _run("gh", "pr", "close", number)
    return url


def _was_superseded(request: dict[str, Any]) -> bool:
    """Return whether a nightly run closed a pull request, and not a maintainer."""
    comments = [str(comment["body"]) for comment in request["comments"]]
    return bool(comments) and comments[-1].startswith(_SUPERSEDED)


def publish_failure(output: Path, run: str | None) -> str:
    """Open an issue about a failed run, with the run's URL, or comment on the open one; return what was done."""
    text = _text(output / "failure.md") or "The run failed before it fetched the document: its log says why.\n"
    fingerprint = _text(output / "fingerprint.txt") or "none"
    body = "\n".join([text, *([f"The run: {run}", ""] if run else []), _MARK.format(fingerprint)])
    for issue in _open_issues():
        texts = [str(issue["body"]), *(str(comment["body"]) for comment in issue["comments"])]
        known = re.findall(re.escape(_MARK).replace(r"\{\}", "(.*?)"), "\n".join(texts))
        if fingerprint in known[-1:]:
            return f"{issue['url']} is open already, for the same document"
        again = f"The run failed again, and not for the same document.\n\n{body}"
        return _run("gh", "issue", "comment", str(issue["number"]), "--body", again).strip()
    return _run("gh", "issue", "create", "--title", ISSUE_TITLE, "--body", body).strip()


def close_issues(run: str | None) -> str:
    """Close the issue about a failed run, with the URL of the run that succeeded; return what was done."""
    closed = _open_issues()
    for issue in closed:
        text = f"The nightly run succeeded again{f': {run}' if run else ''}. Closing."
        _run("gh", "issue", "comment", str(issue["number"]), "--body", text)
        _run("gh", "issue", "close", str(issue["number"]))
    return ", ".join(f"closed {issue['url']}" for issue in closed) or "no issue about a failed run is open"


def _open_issues() -> list[dict[str, Any]]:
    fields = ("--json", "number,title,body,comments,url")
    listed = _json("issue", "list", "--state", "open", "--search", f"{ISSUE_TITLE} in:title", *fields)
    return [issue for issue in listed if issue["title"] == ISSUE_TITLE]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _json(*arguments: str) -> list[dict[str, Any]]:
    return json.loads(_run("gh", *arguments) or "[]")


def _run(*command: str) -> str:
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise PublishError(f"{command[0]} is not installed") from None
    if result.returncode != 0:
        shown = ("git", *command[len(_GIT) :]) if command[: len(_GIT)] == _GIT else command
        said = result.stderr.strip() or result.stdout.strip() or f"exit status {result.returncode}"
        raise PublishError(f"{' '.join(shown[:3])}: {said}")
    return result.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.publishing.publish_nightly", description="Publish the result of a nightly run."
    )
    parser.add_argument("--output", type=Path, default=OUTPUT, metavar="FOLDER")
    parser.add_argument("--run", metavar="URL", help="URL of the run, for the issue")
    outcome = parser.add_mutually_exclusive_group()
    outcome.add_argument("--failed", action="store_true", help="open an issue instead")
    outcome.add_argument("--succeeded", action="store_true", help="close the issue about an earlier run instead")
    options = parser.parse_args(arguments)
    try:
        if options.failed:
            done = publish_failure(options.output, options.run)
        else:
            done = close_issues(options.run) if options.succeeded else publish_drift(options.output)
    except PublishError as error:
        print(f"publish_nightly: {error}", file=sys.stderr)
        if not options.failed and not options.succeeded:
            said = (
                "The run itself succeeded, but its pull request could not be published:\n\n"
                f"```text\n{error}\n```\n\n{_ADVICE}\n"
            )
            options.output.mkdir(parents=True, exist_ok=True)
            (options.output / "failure.md").write_text(said, encoding="utf-8")
        return 2
    print(f"publish_nightly: {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
