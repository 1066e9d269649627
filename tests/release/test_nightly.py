"""The nightly run end to end: a clone, a document with three changes, a branch, a report, a pull request."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.openapi.document import OPENAPI_JSON

ROOT = Path(__file__).parents[2]
NEW, GONE, CHANGED = "/tracks/{track_urn}/lyrics", "/me/recently-played/tracks", "/users/{user_urn}/web-profiles"
IDENTITY = {
    f"GIT_{role}_{name}": value
    for role in ("AUTHOR", "COMMITTER")
    for name, value in (("NAME", "night"), ("EMAIL", "night@example.com"))
}

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")]


def run(folder, *command, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # As in CI; and the clone has no .gitignore for what Python would write into it.
    environment |= {"CI": "true", "PYTHONDONTWRITEBYTECODE": "1", **IDENTITY}
    return subprocess.run(
        command, cwd=folder, env={**inherited, **environment}, capture_output=True, text=True, check=False
    )


def git(folder, *arguments):
    result = run(folder, "git", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Return a repository with the files of this one, which stays unchanged."""
    folder = tmp_path_factory.mktemp("nightly") / "clone"
    folder.mkdir()
    for name in ("src", "generated", "tools", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "As it is")
    return folder


def follow(clone, source):
    tests = ("--tests", "tests/sandbox/http/test_routing.py")
    arguments = ("-m", "tools.nightly", "--source", str(source), "--output", str(clone.parent / "out"), *tests)
    path = os.pathsep.join(str(clone / name) for name in ("src", "generated"))
    return run(clone, sys.executable, *arguments, PYTHONPATH=path), clone.parent / "out"


def document_with_a_new_operation():
    document = json.loads(OPENAPI_JSON.read_text(encoding="utf-8"))
    language = {"in": "query", "name": "language", "schema": {"type": "string"}}
    track = {"in": "path", "name": "track_urn", "required": True, "schema": {"type": "string"}}
    body = {"schema": {"type": "object", "properties": {"text": {"type": "string"}}}}
    response = {"200": {"description": "", "content": {"application/json; charset=utf-8": body}}}
    document["paths"][NEW] = {"get": {"parameters": [track, language], "responses": response, "tags": ["tracks"]}}
    return document


@pytest.fixture(scope="module")
def night(clone):
    """Run once with an added, a removed and a changed operation, which takes some seconds."""
    document = document_with_a_new_operation()
    del document["paths"][GONE]
    service = {"in": "query", "name": "service", "required": True, "schema": {"type": "string"}}
    document["paths"][CHANGED]["get"]["parameters"].append(service)
    source = clone.parent / "document.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    result, output = follow(clone, source)
    assert result.returncode == 0, result.stderr
    kept = clone.parent / "night"
    shutil.copytree(output, kept)
    return kept


def test_the_branch_has_the_document_and_the_generated_code(clone, night):
    branch = (night / "branch.txt").read_text(encoding="utf-8")
    changed = git(clone, "diff", "--name-status", "main", branch).splitlines()

    assert {line.split("\t")[1].split("/")[0] for line in changed} == {"generated", "tools"}
    assert "M\ttools/openapi.json" in changed
    assert "A\tgenerated/soundcloud_api/api/tracks/get_tracks_track_urn_lyrics.py" in changed
    assert "D\tgenerated/soundcloud_api/api/me/get_me_recently_played_tracks.py" in changed
    assert git(clone, "log", "--format=%s", f"main..{branch}") == (
        "Follow SoundCloud's document: 3 changes: 2 breaking, 1 not breaking\n"
    )


def test_the_working_copy_is_not_changed(clone, night):
    assert night.exists()
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "branch", "--show-current") == "main\n"
    assert len(git(clone, "worktree", "list").splitlines()) == 1


def test_the_report_has_what_a_maintainer_needs(night):
    report = (night / "report.md").read_text(encoding="utf-8")
    title = (night / "title.txt").read_text(encoding="utf-8")

    assert title == "SoundCloud's document: 3 changes: 2 breaking, 1 not breaking"
    # The changes, breaking first, with the affected methods.
    assert report.index("### Breaking") < report.index(f"`GET {GONE}`: operation removed") < report.index("### Not br")
    assert "methods `me.get_recently_played_tracks`" in report
    assert f"`GET {CHANGED}, query parameter service`: parameter added: `string; required`" in report
    assert f"`GET {NEW}`: operation added" in report
    # The coverage, with a stub for the missing method.
    assert f"**Missing** `GET {NEW}`: write `tracks.get_lyrics`" in report
    assert '@implements("get_tracks_track_urn_lyrics")' in report
    assert "| facade | 98.4 % | 63 of 64 |" in report
    assert "`get_me_recently_played_tracks`, implemented by `me.get_recently_played_tracks`" in report
    # The client can be imported without the operation, so the tests run; no path is in the deleted worktree.
    assert "cannot be imported" not in report
    assert "**Failed:** `tests/sandbox/http/test_routing.py`" in report
    assert "no operation 'get_me_recently_played_tracks' in SoundCloud's document" in report
    assert str(Path("tree") / "generated") not in report


def test_the_branch_is_pushed_and_becomes_a_pull_request(clone, night, tmp_path):
    remote, other, said = tmp_path / "remote.git", tmp_path / "other", tmp_path / "said"
    git(tmp_path, "clone", "--quiet", "--bare", str(clone), str(remote))
    branch = (night / "branch.txt").read_text(encoding="utf-8")
    git(remote, "branch", "-D", branch)
    git(tmp_path, "clone", "--quiet", str(remote), str(other))
    path = fake_gh(tmp_path, said)
    command = (sys.executable, "-m", "tools.publishing.publish_nightly", "--output", str(night))
    first, second = run(other, *command, PATH=path), run(other, *command, PATH=path)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert git(remote, "rev-parse", branch) == git(clone, "rev-parse", branch)
    assert said.read_text(encoding="utf-8").splitlines() == [
        f"pr create --head {branch} --title SoundCloud's document: 3 changes: 2 breaking, 1 not breaking"
        f" --body-file {night / 'report.md'}"
    ]
    assert f"{branch} is on the remote already" in second.stdout


def test_a_failure_becomes_one_issue(clone, night, tmp_path):
    source = tmp_path / "broken.json"
    source.write_text("{", encoding="utf-8")
    result, output = follow(clone, source)
    said = tmp_path / "said"
    command = (
        sys.executable,
        "-m",
        "tools.publishing.publish_nightly",
        "--output",
        str(output),
        "--failed",
        "--run",
        "the-run",
    )
    first = run(clone, *command, PATH=fake_gh(tmp_path, said))
    issue = said.read_text(encoding="utf-8")
    second = run(clone, *command, PATH=fake_gh(tmp_path, said, answer='[{"title": "The nightly run failed"}]'))

    assert result.returncode == 2
    assert "no source works" in (output / "failure.md").read_text(encoding="utf-8")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert "issue create --title The nightly run failed --body `make nightly` failed; nothing was changed." in issue
    assert "The run: the-run" in issue
    assert second.stdout == "publish_nightly: an issue is open already\n"
    assert git(clone, "status", "--porcelain") == ""


def test_the_tests_run_if_the_client_fits(clone, tmp_path):
    source = tmp_path / "document.json"
    source.write_text(json.dumps(document_with_a_new_operation()), encoding="utf-8")
    result, output = follow(clone, source)
    report = (output / "report.md").read_text(encoding="utf-8")

    assert (result.returncode, "1 change: 0 breaking" in result.stdout) == (0, True), result.stderr
    assert "| facade | 98.4 % | 64 of 65 |" in report
    # The new operation has no handler, so the test of the handlers fails.
    assert "**Failed:** `tests/sandbox/http/test_routing.py`" in report
    assert "test_all_operations_have_a_handler" in report


def test_nothing_is_done_when_nothing_has_changed(clone):
    result, output = follow(clone, clone / "tools" / "openapi.json")

    assert (result.returncode, result.stdout) == (0, "nightly: nothing has changed\n")
    assert list(output.iterdir()) == []


def fake_gh(folder, said, answer=""):
    """Write a `gh` that records its arguments, and return a PATH that finds it."""
    program = folder / "bin" / "gh"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\necho \"$*\" >> '{said}'\necho '{answer}'\n", encoding="utf-8")
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"
