"""soundcloud.js as it is served: size, headers, types. tests/web/test_soundcloud_js_in_a_browser.py runs it."""

import gzip
import re
from importlib.resources import files

import pytest

pytestmark = pytest.mark.anyio

FOLDER = files("soundcloud.web") / "static"
SCRIPT = (FOLDER / "soundcloud.js").read_text(encoding="utf-8")
TYPES = (FOLDER / "soundcloud.d.ts").read_text(encoding="utf-8")


def test_the_script_is_small_and_needs_nothing_else():
    assert len(gzip.compress(SCRIPT.encode(), 9)) <= 3000
    assert re.findall(r"^import\b|\bimport\(|https?://\w", SCRIPT, re.MULTILINE) == []
    # A strict Content-Security-Policy forbids these.
    assert re.findall(r"\beval\b|new Function|innerHTML|\.style\b", SCRIPT) == []


def test_the_types_name_every_export():
    exports = re.compile(r"^export (?:class|function) (\w+)", re.MULTILINE)

    assert sorted(exports.findall(SCRIPT)) == sorted(exports.findall(TYPES)) == ["Player", "SoundCloudError", "connect"]
    events = re.search(r'EVENTS = "([^"]+)"', SCRIPT)[1].split()
    typed = re.search(r"interface PlayerEvents \{(.+?)\}", TYPES, re.DOTALL)[1]
    assert {*re.findall(r"(\w+): ", typed)} == {*events, "change", "ready"}


@pytest.mark.parametrize(
    ("name", "media_type", "text"),
    [("soundcloud.js", "text/javascript", SCRIPT), ("soundcloud.d.ts", "text/plain", TYPES)],
    ids=["script", "types"],
)
async def test_the_routes_serve_them(site, name, media_type, text):
    async with site.browser() as browser:
        first = await browser.get(f"/soundcloud/{name}")
        head = await browser.send("HEAD", f"/soundcloud/{name}")
        again = await browser.get(f"/soundcloud/{name}", headers={"If-None-Match": first.headers["etag"]})
        changed = await browser.get(f"/soundcloud/{name}", headers={"If-None-Match": '"other"'})

    assert (first.status_code, first.text) == (200, text)
    assert first.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert (first.headers["cache-control"], first.headers["x-content-type-options"]) == ("no-cache", "nosniff")
    assert (head.status_code, head.headers["etag"]) == (200, first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
