"""The nightly run end to end: a clone, changed documents, branches, reports, and a fake `gh` that keeps what it creates."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.spec.historical import document as historical
from tools.openapi.document import OPENAPI_JSON

ROOT = Path(__file__).parents[2]
NEW, GONE, CHANGED = "/tracks/{track_urn}/lyrics", "/me/recently-played/tracks", "/users/{user_urn}/web-profiles"
IDENTITY = {
    f"GIT_{role}_{name}": value
    for role in ("AUTHOR", "COMMITTER")
    for name, value in (("NAME", "night"), ("EMAIL", "night@example.com"))
}
# Pull requests and issues in a JSON file. `refuse` in it names the commands that GitHub does not permit.
GH = """#!{python}
import json, sys
path = {state!r}
state = json.load(open(path))
kind, action, *rest = sys.argv[1:]
options = dict(zip(rest, rest[1:]))
listed = state["prs" if kind == "pr" else "issues"]
if f"{{kind}} {{action}}" in state["refuse"]:
    sys.exit("GraphQL: GitHub Actions is not permitted to create or approve pull requests (createPullRequest)")
body = open(options["--body-file"]).read() if "--body-file" in options else options.get("--body", "")
if action == "list":
    wanted = {{"open": ["OPEN"], "all": ["OPEN", "CLOSED", "MERGED"]}}[options["--state"]]
    print(json.dumps([item for item in listed if item["state"] in wanted]))
elif action == "create":
    number = len(state["prs"]) + len(state["issues"]) + 1
    url = f"https://github.example/{{kind}}/{{number}}"
    listed.append(dict(number=number, state="OPEN", title=options["--title"], body=body, url=url, comments=[],
                       headRefName=options.get("--head")))
    print(url)
else:
    item = next(item for item in listed if str(item["number"]) == rest[0])
    if action == "comment":
        item["comments"].append(dict(body=body))
        print(item["url"])
    else:
        item["state"] = dict(close="CLOSED", reopen="OPEN")[action]
json.dump(state, open(path, "w"))
"""

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


def follow(clone, document):
    """Run the job with a document, or with a text instead of one; return its result and its output folder."""
    source = clone.parent / "document.json"
    source.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    tests = ("--tests", "tests/sandbox/http/test_routing.py")
    arguments = ("-m", "tools.nightly", "--source", str(source), "--output", str(clone.parent / "out"), *tests)
    path = os.pathsep.join(str(clone / name) for name in ("src", "generated"))
    return run(clone, sys.executable, *arguments, PYTHONPATH=path), clone.parent / "out"


def current():
    return json.loads(OPENAPI_JSON.read_text(encoding="utf-8"))


def document_with_a_new_operation():
    document = current()
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
    return ran(clone, document, "night")


@pytest.fixture(scope="module")
def next_night(clone):
    """Run with two repairs of the document, of which corrections are stale, and with another text."""
    document = current()
    document["paths"]["/sign-out"]["post"]["tags"] = ["oauth"]
    document["components"]["schemas"]["Comment"]["properties"]["timestamp"] = {"type": "integer"}
    document["paths"]["/me"]["get"]["summary"] = "Returns you."
    return ran(clone, document, "next_night")


def ran(clone, document, name):
    result, output = follow(clone, document)
    assert result.returncode == 0, result.stderr
    kept = clone.parent / name
    shutil.copytree(output, kept)
    return kept


def read(folder, name):
    return (folder / name).read_text(encoding="utf-8")


def test_the_branch_has_the_document_and_the_generated_code(clone, night):
    branch = read(night, "branch.txt")
    changed = git(clone, "diff", "--name-status", "main", branch).splitlines()

    assert {line.split("\t")[1].split("/")[0] for line in changed} == {"generated", "tools"}
    assert {line.split("\t")[1] for line in changed if "tools" in line} == {
        "tools/openapi.json",
        "tools/openapi-history.txt",
        "tools/openapi-operations.json",
    }
    assert "A\tgenerated/soundcloud_api/api/tracks/get_tracks_track_urn_lyrics.py" in changed
    assert "D\tgenerated/soundcloud_api/api/me/get_me_recently_played_tracks.py" in changed
    assert branch == f"nightly/{read(night, 'fingerprint.txt')}"
    assert git(clone, "log", "--format=%s", f"main..{branch}") == (
        "SoundCloud's document has changed: 2 breaking, 1 compatible\n"
    )


def test_the_working_copy_is_not_changed(clone, night):
    assert night.exists()
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "branch", "--show-current") == "main\n"
    assert len(git(clone, "worktree", "list").splitlines()) == 1


def test_the_report_has_what_a_maintainer_needs(night):
    report = read(night, "report.md")

    assert read(night, "title.txt") == "SoundCloud's document has changed: 2 breaking, 1 compatible"
    # The changes, breaking first, with the affected methods.
    assert report.index("### Breaking") < report.index(f"`GET {GONE}`: operation removed") < report.index("### Compat")
    assert "methods `me.get_recently_played_tracks`" in report
    assert f"`GET {CHANGED}, query parameter service`: parameter added: `string; required`" in report
    assert f"`GET {NEW}`: operation added" in report
    # The coverage, with a stub for the missing method, and no advice to measure it.
    assert f"**Missing** `GET {NEW}`: write `tracks.get_lyrics`" in report
    assert '@implements("get_tracks_track_urn_lyrics")' in report
    assert "openapi-coverage" not in report
    count = sum(len(item.keys() - {"parameters"}) for item in current()["paths"].values())
    assert f"| facade | {int(1000 * (count - 1) / count) / 10} % | {count - 1} of {count} |" in report
    assert "`get_me_recently_played_tracks`, implemented by `me.get_recently_played_tracks`" in report
    # The client can be imported without the operation, so the tests run; no path is in the deleted worktree.
    assert "cannot be imported" not in report
    assert "**Failed:** `tests/sandbox/http/test_routing.py`: " in report
    assert "FAILED tests/sandbox/http/test_routing.py::test_all_operations_have_a_handler" in report
    assert str(Path("tree") / "generated") not in report
    # The next version, and its changelog entry.
    assert "0.2.0 after 0.1.0, because something breaks, and the major version is 0" in report
    assert f"### Breaking\n\n- `GET {GONE}`: operation removed" in report
    assert f"### Changed\n\n- `GET {NEW}`: operation added: `get_tracks_track_urn_lyrics`\n````" in report
    # What to do comes first, in order.
    steps = report.partition("## What to do\n\n")[2].partition("\n\n")[0].splitlines()
    assert [step.partition(":")[0].partition("`,")[0].strip("`") for step in steps] == [
        "1. Breaking changes",
        "2. `make scaffold OPERATION=get_tracks_track_urn_lyrics",
        '3. "Not sent" under "API coverage"',
        "4. Mend what the failed tests show.",
        "5. `make docs-pages` and `make check",
        "6. Close this pull request and open it again",
    ]


def test_stale_corrections_are_removed_and_wording_is_shown(clone, next_night):
    report = read(next_night, "report.md")
    corrections = git(clone, "diff", "main", read(next_night, "branch.txt"), "--", "tools/corrections.toml")

    assert "### Corrections that are no longer needed (2)" in report
    assert "the correction 'update' at paths > /sign-out > post: The one operation without a tag" in report
    assert corrections.count("\n-[[correction]]") == 2
    assert not [line for line in corrections.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert "### Wording changed (" in report
    assert (
        "- `GET /me > summary`\n  - old: `Returns the authenticated user\u2019s information.`\n  - new: `Returns you.`"
        in report
    )
    assert "2. Corrections are deleted on this branch" in report
    assert "3. Read the new wording" in report
    assert "tags changed: none → `oauth`" in report


def test_a_document_that_was_there_before_is_recognised(clone):
    result, output = follow(clone, historical("2026-07-15"))
    report = read(output, "report.md")

    assert result.returncode == 0, result.stderr
    assert "This is SoundCloud's document of 2026-07-15 again, which is older than ours." in report
    assert "`GET /me/tracks, query parameter sort`: parameter removed" in report
    assert "`the correction 'name' at components > parameters > sort > schema (SortOrder)" in report


def test_a_broken_document_becomes_an_issue_with_its_changes(clone):
    document = document_with_a_new_operation()
    document["components"]["schemas"]["Track"]["properties"]["class"] = {"type": "string"}
    result, output = follow(clone, document)
    text = read(output, "failure.md")

    assert result.returncode == 2
    assert (
        "Track has a field 'class', which cannot be an attribute of a model: rename it with the rule rename_field"
        in text
    )
    assert "To repair it: run `make openapi-sync` in a clone" in text
    assert "## Changes of the document\n\nThis document has no prose: the wording is not compared" in text
    assert "\n\n**2 changes: 0 breaking, 0 possibly breaking, 2 compatible**" in text
    assert f"`GET {NEW}`: operation added" in text
    assert "openapi-coverage" not in text
    assert not (output / "branch.txt").exists()
    assert git(clone, "status", "--porcelain") == ""
    assert len(git(clone, "worktree", "list").splitlines()) == 1


def test_no_document_becomes_an_issue(clone):
    result, output = follow(clone, "{")
    text = read(output, "failure.md")

    assert result.returncode == 2
    assert "invalid or incomplete JSON" in text
    assert "no source works" in text
    assert "Changes of the document" not in text
    assert "If the sources are only unavailable for now, there is nothing to do" in text
    assert len(read(output, "fingerprint.txt")) == 12


def test_nothing_is_done_when_nothing_has_changed(clone, next_night):
    """The document as SoundCloud publishes it, in another order: after it was followed, there is nothing to do."""
    tree = clone.parent / "followed"
    git(clone, "worktree", "add", "--quiet", str(tree), read(next_night, "branch.txt"))
    document = current()
    document["paths"]["/sign-out"]["post"]["tags"] = ["oauth"]
    document["components"]["schemas"]["Comment"]["properties"]["timestamp"] = {"type": "integer"}
    document["paths"]["/me"]["get"]["summary"] = "Returns you."

    result, output = follow(tree, reversed_keys(document))

    assert (result.returncode, result.stdout) == (0, "nightly: nothing has changed\n")
    assert [path.name for path in output.iterdir()] == ["fingerprint.txt"]
    git(clone, "worktree", "remove", "--force", str(tree))


def reversed_keys(value):
    if isinstance(value, dict):
        return {name: reversed_keys(value[name]) for name in reversed(value)}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


# --- publishing


@pytest.fixture
def github(clone, tmp_path):
    """Return a clone with a remote, and functions that publish with a fake `gh` and read its state."""
    return GitHub(clone, tmp_path)


class GitHub:
    def __init__(self, clone, folder):
        self.remote, self.other, self.file = folder / "remote.git", folder / "other", folder / "state.json"
        git(folder, "clone", "--quiet", "--bare", str(clone), str(self.remote))
        for branch in git(self.remote, "branch", "--list", "nightly/*", "--format=%(refname:short)").split():
            git(self.remote, "branch", "-D", branch)
        git(folder, "clone", "--quiet", str(self.remote), str(self.other))
        program = folder / "bin" / "gh"
        program.parent.mkdir()
        program.write_text(GH.format(python=sys.executable, state=str(self.file)), encoding="utf-8")
        program.chmod(0o755)
        self.path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        self.write(prs=[], issues=[], refuse=[])

    def write(self, **state):
        self.file.write_text(json.dumps(state), encoding="utf-8")

    @property
    def state(self):
        return json.loads(self.file.read_text(encoding="utf-8"))

    def publish(self, output, *options):
        command = (sys.executable, "-m", "tools.publishing.publish_nightly", "--output", str(output), *options)
        return run(self.other, *command, PATH=self.path)


def test_the_branch_is_pushed_and_becomes_one_pull_request(clone, night, github):
    branch = read(night, "branch.txt")
    first, second = github.publish(night), github.publish(night)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert git(github.remote, "rev-parse", branch) == git(clone, "rev-parse", branch)
    (request,) = github.state["prs"]
    assert (request["headRefName"], request["title"]) == (branch, read(night, "title.txt"))
    assert request["body"] == read(night, "report.md")
    assert second.stdout == f"publish_nightly: {request['url']} is open already\n"


def test_a_newer_document_supersedes_the_older_pull_request(night, next_night, github):
    github.publish(night)
    result = github.publish(next_night)

    old, new = github.state["prs"]
    assert result.returncode == 0, result.stderr
    assert (old["state"], new["state"]) == ("CLOSED", "OPEN")
    assert old["comments"] == [{"body": f"Superseded by {new['url']}: SoundCloud's document has changed again."}]
    assert new["body"] == f"Supersedes #1.\n\n{read(next_night, 'report.md')}"


def test_a_document_that_comes_back_reopens_its_pull_request(night, next_night, github):
    for output in (night, next_night, night, night):
        assert github.publish(output).returncode == 0

    first, second = github.state["prs"]
    assert (first["state"], second["state"]) == ("OPEN", "CLOSED")
    assert first["comments"][-1] == {"body": "SoundCloud has published this document again."}
    assert second["comments"][-1]["body"].startswith(f"Superseded by {first['url']}")
    assert len(first["comments"]) == 2


def test_a_rejected_pull_request_is_not_opened_again(night, github):
    github.publish(night)
    github.write(**{**github.state, "prs": [{**github.state["prs"][0], "state": "CLOSED"}]})

    assert "is closed already" in github.publish(night).stdout
    assert len(github.state["prs"]) == 1


def test_a_refused_pull_request_is_quoted_and_tried_again(night, github, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(night, output)
    github.write(prs=[], issues=[], refuse=["pr create"])

    refused = github.publish(output)
    reported = github.publish(output, "--failed", "--run", "the-run")
    (issue,) = github.state["issues"]
    github.write(**{**github.state, "refuse": []})
    permitted = github.publish(output)

    assert (refused.returncode, reported.returncode, permitted.returncode) == (2, 0, 0)
    assert "publish_nightly: gh pr create: GraphQL: GitHub Actions is not permitted" in refused.stderr
    assert issue["body"].startswith(
        "The run itself succeeded, but its pull request could not be published:\n\n```text\ngh pr create: GraphQL"
    )
    assert "Settings, Actions, General" in issue["body"]
    assert "The run: the-run" in issue["body"]
    assert len(github.state["prs"]) == 1


def test_a_failure_becomes_one_issue_with_a_comment_for_another_document(clone, github, tmp_path):
    output = tmp_path / "out"
    output.mkdir()
    (output / "failure.md").write_text("It failed.\n", encoding="utf-8")
    answers = []
    for fingerprint in ("aaa", "aaa", "bbb", "bbb", "aaa"):
        (output / "fingerprint.txt").write_text(fingerprint, encoding="utf-8")
        answers.append(github.publish(output, "--failed").stdout)

    (issue,) = github.state["issues"]
    assert issue["title"] == "The nightly run failed"
    assert issue["body"] == "It failed.\n\n<!-- fingerprint of the document: aaa -->"
    assert [comment["body"].split()[-2] for comment in issue["comments"]] == ["bbb", "aaa"]
    assert [answer.count("is open already, for the same document") for answer in answers] == [0, 1, 0, 1, 0]


def test_a_failure_before_the_document_is_an_issue_too(github, tmp_path):
    assert github.publish(tmp_path / "nothing", "--failed").returncode == 0
    assert github.state["issues"][0]["body"].startswith("The run failed before it fetched the document: ")
    assert github.publish(tmp_path / "nothing").stdout == "publish_nightly: there is no branch to publish\n"


def test_a_good_night_closes_the_issue(github, tmp_path):
    nothing = tmp_path / "nothing"
    assert github.publish(nothing, "--succeeded").stdout == "publish_nightly: no issue about a failed run is open\n"
    github.publish(nothing, "--failed")
    other = {**github.state["issues"][0], "number": 9, "title": "The nightly run failed on my computer"}
    github.write(**{**github.state, "issues": [*github.state["issues"], other]})

    closed = github.publish(nothing, "--succeeded", "--run", "the-run")
    again = github.publish(nothing, "--failed")

    first, unrelated, second = github.state["issues"]
    assert closed.stdout == f"publish_nightly: closed {first['url']}\n"
    assert (first["state"], unrelated["state"], second["state"]) == ("CLOSED", "OPEN", "OPEN")
    assert first["comments"] == [{"body": "The nightly run succeeded again: the-run. Closing."}]
    assert again.stdout == f"publish_nightly: {second['url']}\n"
