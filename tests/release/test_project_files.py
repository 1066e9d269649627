"""The files of the project for people: forms of issues, owners, citation, versions of tools, notes of releases."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.helpers.platforms import posix_only
from tools.publishing import release_notes, repository_files

ROOT = Path(__file__).parents[2]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
CHANGELOG = """# Changelog

## Unreleased

Something.

## 1.2.0 - 2026-11-28

### Added

- A thing, see [versions](docs/versions.md#numbers) and [that page](https://example.com/x).

## 1.1.0 - 2026-11-27

## 1.0.0 - 2026-11-26

- The first.
"""


def load(path):
    return YAML(typ="safe").load(path)


@pytest.fixture
def project(tmp_path):
    """Return a function that writes the files of a project with a setting, and returns its folder."""

    def write(repository):
        setting = "" if repository is None else f'[tool.project-site]\nrepository = "{repository}"\n'
        (tmp_path / "pyproject.toml").write_text(f"[tool.other]\n{setting}", encoding="utf-8")
        shutil.copy(ROOT / "CITATION.cff", tmp_path)
        (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
        return tmp_path

    return write


# Forms of issues


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_one_that_github_accepts(path):
    form = load(path)

    assert set(form) == {"name", "description", "labels", "body"}
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert {field["type"] for field in fields} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert len({field["id"] for field in fields}) == len(fields)
    assert all(field["attributes"]["label"] for field in fields)
    assert any(field.get("validations", {}).get("required") for field in fields)


def test_the_forms_are_known():
    assert [path.stem for path in FORMS] == ["bug", "drift", "feature"]


def test_the_code_of_the_bug_form_runs(capsys):
    code = next(field for field in load(FORMS[0])["body"] if field.get("id") == "code")
    exec(code["attributes"]["value"], {})

    assert "ada-night" in capsys.readouterr().out


def test_the_command_of_the_bug_form_prints_the_versions():
    field = next(field for field in load(FORMS[0])["body"] if field.get("id") == "versions")
    code = re.search(r'python -c "(.*?)"`', field["attributes"]["description"])[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert sys.version.split()[0] in done.stdout


# Files that name the repository


def test_the_files_that_name_the_repository_are_written():
    assert {name: _content(ROOT / name) for name in repository_files.contents()} == repository_files.contents()


def _content(path):
    return path.read_text(encoding="utf-8") if path.exists() else None


@pytest.mark.parametrize("setting", [None, ""])
def test_without_a_repository_nothing_names_it(project, setting):
    folder = project(setting)
    (folder / ".github").mkdir(exist_ok=True)
    (folder / ".github" / "CODEOWNERS").write_text("* @old\n", encoding="utf-8")

    assert repository_files.main(folder) == 0
    assert not (folder / ".github" / "CODEOWNERS").exists()
    assert load(folder / ".github" / "ISSUE_TEMPLATE" / "config.yml") == {"blank_issues_enabled": False}
    assert "repository-code" not in load(folder / "CITATION.cff")


def test_the_repository_is_named(project):
    folder = project("https://github.com/ada/soundcloud-sdk")

    assert repository_files.main(folder) == 0
    assert repository_files.main(folder) == 0
    assert (folder / ".github" / "CODEOWNERS").read_text(encoding="utf-8") == "* @ada\n"
    links = load(folder / ".github" / "ISSUE_TEMPLATE" / "config.yml")["contact_links"]
    assert links[0]["url"] == "https://github.com/ada/soundcloud-sdk/security/advisories/new"
    assert load(folder / "CITATION.cff")["repository-code"] == "https://github.com/ada/soundcloud-sdk"


def test_a_wrong_repository_is_refused(project, capsys):
    assert repository_files.main(project("github.com/ada")) == 2
    assert "use a URL such as https://github.com/owner/name" in capsys.readouterr().err


# Release notes


def test_the_notes_of_a_release_are_its_section_of_the_changelog(project):
    folder = project("https://github.com/ada/soundcloud-sdk")

    assert release_notes.main(["v1.2.0", "--output", str(folder / "build" / "notes.md")], root=folder) == 0
    assert (folder / "build" / "notes.md").read_text(encoding="utf-8") == (
        "### Added\n\n- A thing, see [versions](https://github.com/ada/soundcloud-sdk/blob/v1.2.0/docs/versions.md#numbers) "
        "and [that page](https://example.com/x).\n"
    )


@pytest.mark.parametrize(
    ("tag", "problem"), [("v1.3.0", "no section '1.3.0'"), ("v1.1.0", "'1.1.0' of CHANGELOG.md is empty")]
)
def test_a_release_without_notes_fails(project, tag, problem, capsys):
    folder = project("")

    assert release_notes.main([tag, "--output", str(folder / "notes.md")], root=folder) == 2
    assert problem in capsys.readouterr().err
    assert not (folder / "notes.md").exists()


def test_the_changelog_has_notes_for_the_first_release():
    assert release_notes.notes_of((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), "v0.1.0")


# Versions


def test_pre_commit_uses_the_pinned_versions():
    lines = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.partition(";")[0] for line in lines]
    hooks = [hook for repo in load(ROOT / ".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    named = [name for hook in hooks for name in hook.get("additional_dependencies", [])]

    assert named
    assert [name for name in named if name not in pins] == []


# Programs


def docker_program(folder, *, health):
    """Write a `docker` that records its arguments, and return a PATH that finds it."""
    program = folder / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$*" >> {folder}/arguments\ncase $1 in run) echo box ;; inspect) echo {health} ;; esac\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.slow
@posix_only
@pytest.mark.parametrize(("health", "status"), [("healthy", 0), ("unhealthy", 1)])
def test_an_image_is_checked_and_its_container_removed(tmp_path, health, status):
    path = docker_program(tmp_path, health=health)
    done = subprocess.run(
        [ROOT / ".ci" / "check-image", "img"], env={"PATH": path}, capture_output=True, text=True, check=False
    )

    assert done.returncode == status
    assert (tmp_path / "arguments").read_text(encoding="utf-8").splitlines()[-1] == "rm --force box"


@pytest.mark.slow
@posix_only
def test_an_image_is_pushed_with_its_version(tmp_path):
    path = docker_program(tmp_path, health="healthy")
    push = ROOT / ".ci" / "push-image"
    done = subprocess.run([push, "ghcr.io/Ada/box", "v1.2.3"], env={"PATH": path}, check=False)
    refused = subprocess.run([push, "", ""], env={"PATH": path}, capture_output=True, text=True, check=False)

    assert (done.returncode, refused.returncode) == (0, 2)
    assert "--tag ghcr.io/ada/box:1.2.3 --tag ghcr.io/ada/box:latest --push ." in (tmp_path / "arguments").read_text(
        encoding="utf-8"
    )


@pytest.mark.slow
@posix_only
def test_missing_programs_are_installed_one_by_one(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("id", "env", "sh"):
        (programs / name).symlink_to(shutil.which(name))
    fake = f'#!/bin/sh\necho "$*" >> {tmp_path}/arguments\ncase $* in *ffmpeg) exit 1 ;; esac\n'
    here = ("mpv", "zsh", "fish", "mandoc", "google-chrome")
    present = {"apt-get": fake, "sudo": '#!/bin/sh\nexec "$@"\n', **dict.fromkeys(here, "")}
    for name, content in present.items():
        (programs / name).write_text(content, encoding="utf-8")
        (programs / name).chmod(0o755)
    done = subprocess.run(
        [ROOT / ".ci" / "packages"], env={"PATH": str(programs)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == "installing redis-server ffmpeg ...\n"
    assert done.stderr == "ffmpeg cannot be installed here: the tests that need it are skipped\n"
    asked = (tmp_path / "arguments").read_text(encoding="utf-8").splitlines()
    assert [line.split()[-1] for line in asked] == ["-qq", "redis-server", "ffmpeg"]
