"""The commands of the pages docs/sandbox*.md, pasted into a shell in a new folder, in order.

A command that runs until Ctrl-C gets a SIGINT when it is ready. The documented ports are replaced by free ones.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.platforms import posix_only
from tests.helpers.servers import free_port
from tests.helpers.snippets import FENCE

pytestmark = [
    pytest.mark.slow,
    posix_only,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]

PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[2] / "docs").glob("sandbox*.md"))
}
PORTS = {"--port": "8700", "--auth-port": "8701", "--media-port": "8702"}
SITE_PORT = "5173"
# Runs a program in place of `python` or `soundcloud`; installed in the folder `bin` under these names.
PROGRAM = """#!{python}
import os, signal, subprocess, sys, urllib.request
arguments = sys.argv[1:]
if os.path.basename(sys.argv[0]) == "soundcloud":
    arguments = ["-m", "soundcloud.cli", *arguments]
sandbox = arguments[:2] == ["-m", "soundcloud.sandbox"] or arguments[:3] == ["-m", "soundcloud.cli", "sandbox"]
starts = sandbox and not {{"--stop", "--status"}} & set(arguments)
if starts and "--port" not in arguments:
    arguments += {ports!r}
command = [{python!r}, *arguments]
if not (starts and "--background" not in arguments or "http.server" in arguments):
    os.execv(command[0], command)
program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
for line in program.stdout:
    print(line, end="")
    if "Serving HTTP" in line:
        # It handles a SIGINT only from its first answer on.
        urllib.request.urlopen(line[line.index("(") + 1 : line.index(")")], timeout=60).close()
    if "Press Ctrl-C" in line or "Serving HTTP" in line:
        program.send_signal(signal.SIGINT)
sys.exit(program.wait())
"""


def blocks(page):
    """Yield the shell blocks of a page, without prompts, and the words after their language."""
    for language, words, code in FENCE.findall(PAGES[page]):
        if language in {"sh", "bash", "console"}:
            yield code.replace("$ ", "") if language == "console" else code, words.strip()


def test_only_commands_of_docker_are_not_run():
    marked = {(page, code.split()[0]) for page in PAGES for code, words in blocks(page) if words == "no-run"}

    assert marked == {("sandbox-containers.md", "docker")}
    assert {words for page in PAGES for _, words in blocks(page)} == {"", "no-run"}


@pytest.mark.parametrize("page", [page for page in PAGES if page != "sandbox-containers.md"])
def test_the_commands_of_the_page_run(page, tmp_path):
    code = "".join(code for code, words in blocks(page) if not words)
    assert "soundcloud" in code
    free = {port: str(free_port()) for port in (*PORTS.values(), SITE_PORT)}
    for port, other in free.items():
        code = code.replace(f":{port}", f":{other}").replace(f" {port} ", f" {other} ")
    ports = [word for option, port in PORTS.items() for word in (option, free[port])]
    programs, folder = tmp_path / "bin", tmp_path / "folder"
    programs.mkdir()
    folder.mkdir()
    for name, text in {
        "python": PROGRAM.format(python=sys.executable, ports=ports),
        "soundcloud": PROGRAM.format(python=sys.executable, ports=ports),
        # The package is installed.
        "pip": '#!/bin/sh\n[ "$1" = install ]\n',
    }.items():
        (programs / name).write_text(text, encoding="utf-8")
        (programs / name).chmod(0o755)
    environment = {
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONUNBUFFERED": "1",
        "no_proxy": "*",
    }

    def run(script):
        return subprocess.run(
            ["sh", "-c", script],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    done = run(f"set -e\n{code}")
    left = run(f"{shlex.quote(str(programs / 'python'))} -m soundcloud.sandbox --stop")

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    # Only the page whose programs need a sandbox to the end leaves one.
    assert (left.returncode == 0) == (page == "sandbox-languages.md"), left.stdout + left.stderr
