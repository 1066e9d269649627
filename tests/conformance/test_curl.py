"""The curl commands of docs/sandbox.md, run in one shell."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conformance.conftest import require

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## Use the sandbox with curl\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)


def test_the_documented_commands(tmp_path):
    require("sh", "curl", "sed", "grep")
    folder = tmp_path / "bin"
    folder.mkdir()
    # A link to the Python of a virtual environment would be another Python.
    (folder / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    (folder / "python").chmod(0o755)
    path = os.pathsep.join((str(folder), os.environ["PATH"]))
    # A marker after each block separates the output.
    stop = "trap 'python -m soundcloud.sandbox --stop > stopped 2>&1 || :' EXIT\n"
    script = f"set -eu\n{stop}" + "".join(f"{block}echo; echo @@@\n" for block in BLOCKS)
    result = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": path,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "NO_PROXY": "*",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    started, token, search, me, playlist, upload, stopped = result.stdout.split("@@@\n")[:-1]
    liked, deleted, missing, status = playlist.replace("}{", "}\n{").strip().splitlines()

    assert "export SOUNDCLOUD_API_URL=" in started
    assert stopped.startswith("stopped ")
    assert json.loads(token)["user"] == "marlow-finch"
    assert len(json.loads(search)["collection"]) == 2
    assert json.loads(me)["permalink"] == "ada-night"
    assert json.loads(liked)["status"].startswith("20")
    assert json.loads(deleted)["status"] == "200 - OK"
    assert (json.loads(missing)["code"], status) == (404, "404")
    assert (json.loads(upload)["title"], json.loads(upload)["sharing"]) == ("From curl", "private")
