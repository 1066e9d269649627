"""soundcloud-api-ts, the client for TypeScript, as its authors published it: `make conformance`.

It knows SoundCloud's addresses only. They are rewritten where it calls `fetch`; nothing else of it is touched.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conformance.conftest import FULL, need

PACKAGE = "soundcloud-api-ts@1.13.4"
PROGRAM = Path(__file__).with_name("soundcloud_api_ts.mjs")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not FULL:
        pytest.skip(f"{PACKAGE} is fetched from its registry: make conformance")
    need("node", "npm")
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    options = ("--no-audit", "--no-fund", "--ignore-scripts")
    result = subprocess.run(["npm", "install", *options, PACKAGE], cwd=folder, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()
    (folder / PROGRAM.name).write_bytes(PROGRAM.read_bytes())
    return folder


def test_it_works_against_the_sandbox(folder, environment):
    result = subprocess.run(
        ["node", PROGRAM.name],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)

    # The program asserts as it goes; this is how far it went.
    assert said["done"] == ["sign-in", "search", "paging", "likes", "comments", "playlists", "errors", "sign-out"]
    assert said["calls"] > 40
