"""soundcloud.js with TypeScript, React and htmx from npm, as docs/web.md shows it: `make conformance`."""

import re
import subprocess
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path

import pytest

from tests.conformance.conftest import FULL, require
from tests.helpers.browser import needs_browser, open_browser
from tests.helpers.web_site import open_site

PACKAGES = (
    "@types/react@19.2.0",
    "esbuild@0.28.2",
    "htmx2@npm:htmx.org@2.0.8",
    "htmx4@npm:htmx.org@4.0.1",
    "react-dom@19.3.1",
    "react@19.3.1",
    "typescript@7.0.2",
)
USAGE = Path(__file__).with_name("soundcloud_js.ts")
STATIC = files("soundcloud.web") / "static"
PAGE = (Path(__file__).parents[2] / "docs" / "web.md").read_text(encoding="utf-8")
# In StrictMode React runs each effect twice.
ENTRY = """
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SoundCloudPlayer } from "./player.jsx";

const { src } = document.body.dataset;
createRoot(document.querySelector("main")).render(<StrictMode><SoundCloudPlayer src={src} title="Night" /></StrictMode>);
"""


def snippet(language, words):
    """Return the one block of a language in docs/web.md that contains some words."""
    (found,) = [block for block in re.findall(rf"```{language}\n(.+?)```", PAGE, re.DOTALL) if words in block]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not FULL:
        pytest.skip(f"{', '.join(PACKAGES)} are installed from npm: make conformance")
    require("node", "npm")
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    run(folder, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES)
    return folder


def run(folder, *command):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture
def open_page(folder):
    """Opens a page of a site that has some files."""
    with ExitStack() as stack:

        def open_page(site_files, user=None):
            site = stack.enter_context(open_site(site_files))
            page = stack.enter_context(open_browser()).new_page()
            page.problems = []
            page.on("pageerror", lambda error: page.problems.append(str(error)))
            page.on("console", lambda line: page.problems.append(line.text) if line.type == "error" else None)
            if user is not None:
                page.goto(f"{site.url}/soundcloud/login?next=/page")
                page.get_by_label("Sign in as").select_option(user)
                page.get_by_role("button", name="Allow").click()
            page.goto(f"{site.url}/page")
            return page, site

        yield open_page


def test_typescript_accepts_the_types(folder):
    for name in ("soundcloud.js", "soundcloud.d.ts"):
        (folder / name).write_text((STATIC / name).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / USAGE.name).write_bytes(USAGE.read_bytes())
    options = ("--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--lib", "es2024,dom,dom.iterable")
    run(folder, "node_modules/.bin/tsc", *options, USAGE.name)


@needs_browser
def test_react(folder, open_page):
    (folder / "player.jsx").write_text(snippet("jsx", "useSyncExternalStore"), encoding="utf-8")
    (folder / "entry.jsx").write_text(ENTRY, encoding="utf-8")
    options = ("--bundle", "--format=esm", "--jsx=automatic", "--external:/soundcloud/*", "--outfile=app.js")
    run(folder, "node_modules/.bin/esbuild", "entry.jsx", *options)
    html = '<!doctype html><html lang="en"><title>React</title><link rel="icon" href="data:,"><body><main></main>'
    script = '<script type="module" src="/app.js"></script>'
    site_files = {"page": html + script, "app.js": (folder / "app.js").read_text(encoding="utf-8")}
    page, site = open_page(site_files)
    with site.as_user() as client:
        track = next(each for each in client.search.tracks("lofi") if each.access == "playable")
    src = f"{site.player}?url=https://api.soundcloud.com/tracks/{track.urn.rsplit(':')[-1]}"
    site.files["page"] = html.replace("<body>", f'<body data-src="{src}">') + script
    page.problems.clear()
    page.reload()
    page.get_by_role("button", name=f"Play {track.title}").click()
    page.get_by_role("button", name=f"Pause {track.title}").click()
    page.get_by_role("button", name=f"Play {track.title}").wait_for()

    assert page.problems == []


@needs_browser
@pytest.mark.parametrize("version", ["htmx2", "htmx4"])
def test_htmx(folder, open_page, version):
    button = snippet("html", "hx-post").replace("{{ session.csrf_token }}", "{csrf}")
    settings = re.search(r"<meta name=\"htmx-config\"[^>]+>", PAGE)[0]
    script = (folder / "node_modules" / version / "dist" / "htmx.min.js").read_text(encoding="utf-8")
    html = f'<!doctype html><html lang="en"><title>htmx</title><link rel="icon" href="data:,">{settings}'
    page, site = open_page(
        {"page": f'{html}<script src="/htmx.js"></script><body>{button}</body>', "htmx.js": script}, "ada-night"
    )
    track = re.search(r"likes/tracks/(\d+)", button)[1]
    with site.as_user() as client:
        assert track not in {each.urn.rsplit(":")[-1] for each in client.me.get_likes_tracks()}
        with page.expect_response("**/likes/tracks/*") as caught:
            page.get_by_role("button", name="Like").click()
        assert caught.value.status == 204
        assert track in {each.urn.rsplit(":")[-1] for each in client.me.get_likes_tracks()}

    assert page.get_by_role("button", name="Like").count() == 1
    assert page.problems == []
