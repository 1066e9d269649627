"""The published TypeScript client soundcloud-api-ts against the sandbox: `make conformance`.

Its URLs are rewritten in a replacement of `fetch`; the client itself is unchanged.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conformance.conftest import FULL, require

PACKAGE = "soundcloud-api-ts@1.13.4"
PROGRAM = Path(__file__).with_name("soundcloud_api_ts.mjs")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not FULL:
        pytest.skip(f"{PACKAGE} is installed from npm: make conformance")
    require("node", "npm")
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    options = ("--no-audit", "--no-fund", "--ignore-scripts")
    result = subprocess.run(["npm", "install", *options, PACKAGE], cwd=folder, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()
    (folder / PROGRAM.name).write_bytes(PROGRAM.read_bytes())
    return folder


def test_the_typescript_client(folder, environment):
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
    output = json.loads(result.stdout)

    assert output["done"] == ["sign-in", "search", "paging", "likes", "comments", "playlists", "errors", "sign-out"]
    assert output["calls"] > 40
