"""The workflows: they run make targets only, with minimal permissions, on every supported Python version."""

import re
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FILES = {path.name: path for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# By major version, or by a commit.
PINNED = re.compile(r"[\w-]+/[\w/-]+@(v\d+|release/v\d+|[0-9a-f]{40})")


def load(name):
    # In YAML 1.2 `on` is a string, not true.
    return YAML(typ="safe").load(FILES[name])


def jobs(name):
    return load(name)["jobs"].items()


def steps(name):
    return [(job, step) for job, described in jobs(name) for step in described["steps"]]


def test_the_workflows_are_known():
    assert list(FILES) == ["ci.yml", "nightly.yml", "release.yml"]


@pytest.mark.parametrize("name", FILES)
def test_commands_are_make_targets(name):
    commands = [step["run"] for _, step in steps(name) if "run" in step]

    assert commands
    for command in commands:
        assert re.fullmatch(r"make [a-z-]+", command), command
        assert f"\n{command.removeprefix('make ')}:" in MAKEFILE


@pytest.mark.parametrize("name", FILES)
def test_actions_are_pinned(name):
    used = [step["uses"] for _, step in steps(name) if "uses" in step]

    assert used
    assert [action for action in used if not PINNED.fullmatch(action)] == []


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
        ("release.yml", "publish"): ["attestations", "id-token"],
    }


@pytest.mark.parametrize("name", FILES)
def test_a_job_that_may_not_write_keeps_no_token(name):
    for job, step in steps(name):
        if step.get("uses", "").startswith("actions/checkout") and job != "publish":
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("job", ["test", "wheel"])
def test_every_python_of_the_classifiers_is_tested(job):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [found[1] for text in project["classifiers"] if (found := re.fullmatch(r".* :: (3\.\d+)", text))]

    assert load("ci.yml")["jobs"][job]["strategy"]["matrix"]["python-version"] == named


def test_the_commands_of_the_readme_run_in_ci():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = re.findall(r"^make [a-z-]+", re.findall(r"^```\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)[0], re.M)

    assert first
    assert set(first) <= {step.get("run") for _, step in steps("ci.yml")}
