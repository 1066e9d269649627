"""The container image of the sandbox and compose.yaml. Docker is not needed; the workflow `ci` builds and starts the image."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.__main__ import make_parser
from tests.helpers.snippets import FENCE

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COPIED = [
    source for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE) for source in line.split()[:-1]
]
COMMAND = json.loads(DOCKERFILE.partition("ENTRYPOINT ")[2])
COMPOSE = YAML(typ="safe").load(ROOT / "compose.yaml")["services"]
PROGRAMS = Path(sys.executable).parent


def test_the_image_starts_a_sandbox_with_the_default_ports():
    options = make_parser().parse_args(COMMAND[3:])

    assert COMMAND[:3] == ["python", "-m", "soundcloud.sandbox"]
    assert (options.host, options.open_control) == ("0.0.0.0", True)
    assert (options.port, options.auth_port, options.media_port) == (8700, 8701, 8702)
    assert f"\nEXPOSE {options.port} {options.auth_port} {options.media_port}\n" in DOCKERFILE
    assert re.search(r"^USER \d+:\d+$", DOCKERFILE, re.MULTILINE)
    # The health check of an image is the same for all options.
    check = json.loads(re.search(r"^HEALTHCHECK .* CMD (.*)$", DOCKERFILE, re.MULTILINE)[1])
    assert f"http://127.0.0.1:{options.port}/-/health" in check[-1]


def test_the_base_image_is_pinned():
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+-slim@sha256:[0-9a-f]{64}", bases[0])


def test_every_dependency_of_the_image_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    pins = (ROOT / "requirements-image.txt").read_text(encoding="utf-8").splitlines()
    named = [re.match(r"[\w.-]+", text)[0] for text in [*project["dependencies"], *extras["sandbox"], *extras["web"]]]

    pinned = {line.partition("==")[0] for line in pins if not line.startswith("#")}
    assert {name.lower().replace("_", "-") for name in named} <= pinned
    assert all("==" in line for line in pins if not line.startswith("#"))


@pytest.mark.slow
def test_the_image_copies_all_files_of_the_build(tmp_path):
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert allowed[0] == "*"
    assert {f"!{source}" for source in COPIED} == {line for line in allowed if line.startswith("!")}

    for source in COPIED:
        (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, tmp_path / source)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    done = subprocess.run(build, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("dist/*.whl")
    assert {
        "soundcloud/sandbox/__main__.py",
        "soundcloud_api/__init__.py",
        "soundcloud/_live_check/openapi.json",
    } <= set(zipfile.ZipFile(wheel).namelist())


def test_compose_starts_the_app_after_the_sandbox_with_its_settings():
    sandbox, app = COMPOSE["sandbox"], COMPOSE["app"]
    options = make_parser().parse_args([*COMMAND[3:], *sandbox["command"]])

    assert app["depends_on"] == {"sandbox": {"condition": "service_healthy"}}
    assert app["network_mode"] == "service:sandbox"
    # Only this machine reaches the ports, because the control API is open.
    assert all(port.startswith("127.0.0.1:") for port in sandbox["ports"])
    with Sandbox() as started:
        names = started.environment().keys()
    assert app["environment"] == {
        "SOUNDCLOUD_API_URL": f"http://127.0.0.1:{options.port}",
        "SOUNDCLOUD_AUTH_URL": f"http://127.0.0.1:{options.auth_port}",
        "SOUNDCLOUD_WEB_URL": f"http://127.0.0.1:{options.media_port}",
        "SOUNDCLOUD_MEDIA_URL": f"http://127.0.0.1:{options.media_port}",
        "SOUNDCLOUD_CLIENT_ID": options.client_id,
        "SOUNDCLOUD_CLIENT_SECRET": options.client_secret,
        "SOUNDCLOUD_REDIRECT_URI": options.redirect_uri,
    }
    assert app["environment"].keys() == names


def run_check(program, *arguments):
    """Run a program of the development set on files of the project, and skip the test if it is not installed."""
    if not (PROGRAMS / program).exists():
        pytest.skip(f"{program} is not installed: run make env")
    done = subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_hadolint_has_no_findings():
    run_check("hadolint", "Dockerfile")


@pytest.mark.slow
@pytest.mark.parametrize("schema", ["compose-spec", "github-workflows"])
def test_the_files_and_the_blocks_of_the_page_follow_their_schema(schema, tmp_path):
    page = (ROOT / "docs" / "sandbox-containers.md").read_text(encoding="utf-8")
    compose, workflow = (code for language, _, code in FENCE.findall(page) if language == "yaml")
    block = tmp_path / "block.yaml"
    block.write_text(compose if schema == "compose-spec" else workflow, encoding="utf-8")
    files = [block, *([ROOT / "compose.yaml"] if schema == "compose-spec" else [])]

    run_check("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)
