"""The published TypeScript client soundcloud-api-ts against the sandbox: `make conformance`.

Its URLs are rewritten in a replacement of `fetch`; the client itself is unchanged.
"""

import json
import os
import subprocess
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from soundcloud.sandbox import Sandbox
from tests.conformance.conftest import FULL, require
from tests.helpers.browser import needs_browser, open_browser

PACKAGE, BUNDLER = "soundcloud-api-ts@1.13.4", "esbuild@0.28.2"
PROGRAM = Path(__file__).with_name("soundcloud_api_ts.mjs")
PAGE = Path(__file__).with_name("soundcloud_api_ts_browser.js")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not FULL:
        pytest.skip(f"{PACKAGE} is installed from npm: make conformance")
    require("node", "npm")
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    options = ("--no-audit", "--no-fund", "--ignore-scripts")
    result = subprocess.run(
        ["npm", "install", *options, PACKAGE, BUNDLER], cwd=folder, capture_output=True, check=False
    )
    assert result.returncode == 0, result.stderr.decode()
    for file in (PROGRAM, PAGE):
        (folder / file.name).write_bytes(file.read_bytes())
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


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves the files of a folder, without a log."""

    def log_message(self, *arguments):
        """Write nothing."""


@needs_browser
def test_the_typescript_client_in_a_browser(folder):
    site = folder / "site"
    site.mkdir()
    bundle = ("node_modules/.bin/esbuild", PAGE.name, "--bundle", "--format=esm", "--outfile=site/page.js")
    subprocess.run(bundle, cwd=folder, capture_output=True, check=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=site)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        with Sandbox(redirect_uri=url, token_cors=True, public_client=True) as sandbox, open_browser() as browser:
            settings = (
                f'data-api="{sandbox.api_url}" data-auth="{sandbox.auth_url}" data-client-id="{sandbox.client_id}"'
            )
            head = '<!doctype html><html lang="en"><title>Page</title><link rel="icon" href="data:,">'
            html = f'{head}<body {settings}><main></main><script type="module" src="/page.js"></script></body>'
            (site / "index.html").write_text(html, encoding="utf-8")
            page = browser.new_page()
            page.goto(url)
            page.get_by_label("Sign in as").select_option("ada-night")
            page.get_by_role("button", name="Allow").click()
            page.wait_for_function("document.querySelector('main')?.textContent")
            shown = page.locator("main").inner_text()
        server.shutdown()

    assert not shown.startswith("failed"), shown
    found = json.loads(shown)
    assert found["user"] == "ada-night"
    assert found["track"] in found["liked"]
