"""The programs of docs/sandbox-languages.md, in each language that is installed, against a sandbox of their own."""

import os
import re
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from soundcloud.sandbox import Faults, Sandbox
from soundcloud.sandbox.media.sound import tone
from tests.helpers.browser import needs_browser, open_browser
from tests.helpers.snippets import FENCE

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox-languages.md").read_text(encoding="utf-8")
OUTPUT = re.search(
    r"^Every program prints this, except .*:\n\n```text no-run\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
)[1]
# What the page says to run for each file.
COMMANDS = {
    "app.mjs": ["node app.mjs"],
    "client.mjs": ["npm install soundcloud-api-ts", "node client.mjs"],
    "app.php": ["php app.php"],
    "main.go": ["go run main.go"],
    "app.rb": ["ruby app.rb"],
    "App.swift": ["swiftc -parse-as-library App.swift", "./App"],
}
LANGUAGES = {"mjs": "js", "html": "html", "php": "php", "go": "go", "rb": "ruby", "swift": "swift"}


def program(name):
    """Return the code of a file: the first block of its language after the file's name."""
    after = PAGE.partition(f"`{name}`")[2]
    language = LANGUAGES[name.partition(".")[2]]
    return next(code for found, _, code in FENCE.findall(after) if found == language)


def test_the_commands_are_those_of_the_page():
    assert [command for commands in COMMANDS.values() for command in commands if f"`{command}`" not in PAGE] == []
    named = set(re.findall(r"`(\w+\.\w+)`", PAGE))
    assert named == {*COMMANDS, "index.html"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_program_prints_what_the_page_shows(name, tmp_path):
    for command in COMMANDS[name]:
        tool = command.split()[0]
        if not tool.startswith("./") and shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    (tmp_path / name).write_text(program(name), encoding="utf-8")
    (tmp_path / "tone.wav").write_bytes(tone())
    version = re.search(r"\[soundcloud-api-ts\]\(\S+\) \| version ([\d.]+)", PAGE)[1]

    with Sandbox() as sandbox:
        for command in COMMANDS[name]:
            done = subprocess.run(
                command.replace(
                    "install soundcloud-api-ts", f"install --ignore-scripts soundcloud-api-ts@{version}"
                ).split(),
                cwd=tmp_path,
                env={**os.environ, **sandbox.environment(), "NO_PROXY": "*"},
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == 0, done.stderr
        titles = [item["title"] for item in sandbox.list_data("tracks", q="Tone", limit=1)["items"]]

    assert (done.stdout, done.stderr) == (OUTPUT, "")
    assert titles == ["Tone"]


@pytest.fixture
def origin(tmp_path):
    """A server of the files in a folder; the value is its origin."""

    class Files(SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@needs_browser
def test_the_page_in_a_browser_does_the_same(tmp_path, origin):
    with Sandbox(token_cors=True, public_client=True, redirect_uri=f"{origin}/") as sandbox, open_browser() as browser:
        code = program("index.html")
        for documented, url in (("8700", sandbox.api_url), ("8701", sandbox.auth_url)):
            assert f"http://127.0.0.1:{documented}" in code
            code = code.replace(f"http://127.0.0.1:{documented}", url)
        (tmp_path / "index.html").write_text(code, encoding="utf-8")
        (tmp_path / "tone.wav").write_bytes(tone())
        sandbox.set_faults(Faults(error_rate={"rate_limited_text": 1}, paths="/tracks/*", times=1))

        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{origin}/")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Allow").click()
        page.get_by_text("the first is").wait_for()
        page.get_by_label("Audio").set_input_files(tmp_path / "tone.wav")
        page.get_by_role("button", name="Upload").click()
        page.get_by_text("uploaded").wait_for()
        lines = page.locator("#log").inner_text().splitlines()

    expected = OUTPUT.splitlines()
    assert lines == [expected[0], expected[3], expected[1], expected[2]]
