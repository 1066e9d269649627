"""Draws the picture of the README and the home page: its first code, what it prints, and the sandbox that it runs against.

    python -m tools.docs_site.product_picture

The code is that of the README. It runs, and Chromium draws the result and the sandbox's player, in light and in dark. Exit
status: 0 both pictures are in docs/images, 1 Chromium is missing.
"""

import contextlib
import io
import re
import shutil
import sys
from html import escape
from importlib import import_module
from typing import Any, cast
from urllib.parse import unquote, urlencode

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from pygments import highlight
from pygments.formatters import HtmlFormatter

from soundcloud import SoundCloudClient
from soundcloud.sandbox import Sandbox
from soundcloud.widget import iframe
from tools.docs_site.pages import ROOT

PICTURES = {
    "light": ROOT / "docs" / "images" / "product-light.webp",
    "dark": ROOT / "docs" / "images" / "product-dark.webp",
}
_WIDTH = 1120
_SCALE = 1.5
_STYLE = """
* { box-sizing: border-box; margin: 0; }
body { background: transparent; font: 15px/1.55 system-ui, "DejaVu Sans", sans-serif; }
main { display: grid; grid-template-columns: 690px 1fr; gap: 14px; }
section { border: 1px solid var(--line); border-radius: 10px; background: var(--surface); overflow: hidden; }
section.code { grid-row: span 2; }
h1 { font-size: 13px; font-weight: 600; padding: 9px 16px; color: var(--faint); border-bottom: 1px solid var(--line); }
pre { font: 14px/1.6 "DejaVu Sans Mono", monospace; padding: 14px 16px; white-space: pre-wrap; }
pre.output { border-top: 1px solid var(--line); color: var(--text); }
pre.requests { font-size: 12px; color: var(--text); word-break: break-all; }
pre.requests b { color: var(--good); font-weight: 600; }
iframe { display: block; margin: -1px -1px 0; width: calc(100% + 2px); }
"""
_COLOURS = {
    "light": "--surface: #fff; --line: #d0d7de; --text: #1f2328; --faint: #59636e; --good: #116329",
    "dark": "--surface: #161b22; --line: #3d444d; --text: #e6edf3; --faint: #9198a1; --good: #56d364",
}
_HIGHLIGHTING = {"light": "default", "dark": "github-dark"}


def first_code(readme: str) -> str:
    """Return the first Python block of the README.

    Raises:
        ValueError: The README has no Python block.
    """
    found = re.search(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError("README.md has no block that starts with ```python")
    return found[1]


def run(code: str) -> tuple[str, dict[str, Any]]:
    """Run code and return what it prints, and its variables."""
    variables: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), variables)  # noqa: S102 - our own README
    return printed.getvalue(), variables


def request_lines(sandbox: Sandbox) -> str:
    """Return the requests that the sandbox has received, as HTML."""
    return "\n".join(
        f"<b>{request.status}</b>  {request.method} {escape(request.path)}?{escape(unquote(urlencode(request.query)))}"
        for request in sandbox.requests
    )


def picture_page(code: str, output: str, requests: str, player: str, scheme: str) -> str:
    """Return the HTML of the picture."""
    # nowrap leaves out the element that `pre` below replaces. pygments has only partial types.
    options = {"noclasses": True, "nowrap": True, "style": _HIGHLIGHTING[scheme]}
    lexer = cast("Any", import_module("pygments.lexers")).get_lexer_by_name("python")
    highlighted = highlight(code, lexer, cast("Any", HtmlFormatter)(**options))
    return f"""<!doctype html><meta charset="utf-8"><style>:root {{ {_COLOURS[scheme]} }} {_STYLE}</style>
<main>
<section class="code"><h1>Python</h1><pre>{highlighted}</pre><pre class="output">{escape(output.rstrip())}</pre></section>
<section><h1>The sandbox plays the first one</h1>{player}</section>
<section><h1>What the sandbox received</h1><pre class="requests">{requests}</pre></section>
</main>"""


def draw(browser: Browser, html: str, scheme: Any) -> bytes:
    """Return the picture of a page as WebP."""
    page = browser.new_page(color_scheme=scheme, device_scale_factor=_SCALE, viewport={"width": _WIDTH, "height": 400})
    page.set_content(html, wait_until="networkidle")
    picture = page.locator("main").screenshot(omit_background=True, animations="disabled")
    page.close()
    # WebP, because a PNG of this size would be a third of the home page.
    file = io.BytesIO()
    Image.open(io.BytesIO(picture)).save(file, "WEBP", quality=88, method=6)
    return file.getvalue()


def main() -> int:
    """Run the command and return its exit status."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("product_picture: no Chromium found: apt-get install chromium", file=sys.stderr)
        return 1
    code = first_code((ROOT / "README.md").read_text(encoding="utf-8"))
    output, variables = run(code)
    sandbox: Sandbox = variables["sandbox"]
    client: SoundCloudClient = variables["client"]
    with sandbox, client, sync_playwright() as engine:
        requests = request_lines(sandbox)
        track = client.search.tracks("lofi", max_items=1).collection[0]
        browser = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        player = iframe(track, player=f"{sandbox.media_url}/player/")
        for scheme, path in PICTURES.items():
            path.write_bytes(draw(browser, picture_page(code, output, requests, player, scheme), scheme))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
