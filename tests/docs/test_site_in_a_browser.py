"""The documentation site in Chromium: accessibility, the size of the first load, and the search."""

import functools
import http.server
import re
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.helpers.browser import needs_browser, open_browser, take_picture
from tools.docs_site import build
from tools.packaging.project_site import ProjectSite

pytestmark = [pytest.mark.slow, needs_browser]

PAGES = ("index", "signing-in", "operations", "design", "reference/client")
FIRST_LOAD = 500_000
SERIOUS = {"serious", "critical"}
# The links of the search's dialog, which is in a shadow root.
RESULTS = """() => [...document.querySelectorAll("*")].flatMap((element) =>
    [...(element.shadowRoot?.querySelectorAll("dialog a[href*='h=']") ?? [])].map((link) => link.href))"""

ENTRIES = """() => [...document.querySelectorAll("*")].flatMap((element) =>
    [...(element.shadowRoot?.querySelectorAll("dialog a[href*='h=']") ?? [])].map((link) => [link.href, link.innerText]))"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a log."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site, serve it and return its URL."""
    folder = tmp_path_factory.mktemp("site") / "built"
    build.build(folder, ProjectSite("", published=False))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser():
    with open_browser() as found:
        yield found


@pytest.fixture
def page(browser):
    """Open a page in a wide window; it may log no error."""
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    problems = []
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    opened.close()
    assert problems == []


@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="no axe: pip install axe-playwright-python")
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light"), (1440, "dark")])
def test_axe_has_no_serious_findings(width, scheme, site, browser):
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    found = []
    for name in PAGES:
        page.goto(f"{site}/{name}.html")
        take_picture(page, f"site-{name.replace('/', '-')}-{width}-{scheme}")
        page.evaluate(axe)
        violations = page.evaluate("axe.run()")["violations"]
        found += [(name, rule["id"], rule["nodes"][0]["target"]) for rule in violations if rule["impact"] in SERIOUS]
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [(name, "overflow", overflow)] if overflow > 0 else []
    page.close()

    assert found == []


@pytest.mark.parametrize("name", ["index", "signing-in", "errors"])
def test_the_first_load_is_small(name, site, page):
    session = page.context.new_cdp_session(page)
    sizes = []
    session.on("Network.dataReceived", lambda event: sizes.append(event["dataLength"]))
    session.send("Network.enable")
    page.goto(f"{site}/{name}.html", wait_until="networkidle")

    assert 100_000 < sum(sizes) < FIRST_LOAD


def search(page, words, least, first=""):
    """Search with the keyboard and return the pages of the first results.

    Results for the beginning of the words may be shown before, so this waits for the page that should be the first.
    """
    from playwright.sync_api import TimeoutError as NotFoundInTime

    with page.expect_response("**/search.json"):
        page.keyboard.press("Control+k")
    page.get_by_role("combobox").wait_for()
    page.keyboard.type(words)
    with suppress(NotFoundInTime):  # the caller compares the results
        page.wait_for_function(
            f"(first) => ({RESULTS})().length >= {least} && ({RESULTS})()[0].includes(first)", arg=first
        )
    return [link.partition("?")[0].removeprefix("http://").partition("/")[2] for link in page.evaluate(RESULTS)]


@pytest.mark.parametrize(("words", "first"), [("retry", "errors-and-retries.html"), ("upload", "uploads.html")])
def test_the_search_shows_guides_first(words, first, site, page):
    page.goto(f"{site}/index.html")
    found = search(page, words, 10, first)

    assert found[0] == first
    assert [name for name in found if name.startswith("reference/")] == []


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("429", "errors-and-retries.html"),
        ("token store", "token-stores.html"),
        ("pytest", "testing.html"),
        ("report a bug", "contributing.html"),
        ("proxy", "proxies-and-tls.html"),
        ("pandas", "data.html"),
        ("fastapi", "web.html"),
        ("rate limit", "errors-and-retries.html"),
        ("redis", "token-stores.html"),
    ],
)
def test_the_search_finds_the_guide_for_a_task(words, first, site, page):
    page.goto(f"{site}/index.html")

    assert search(page, words, 2, first)[0] == first


def test_the_search_shows_the_reference_after_the_guides(site, page):
    page.goto(f"{site}/index.html")
    search(page, "generate state", 2)
    # Results for the beginning of the words may be shown before.
    page.wait_for_function(f"() => ({RESULTS})().some(link => link.includes('/reference/'))")
    found = ["/reference/" in link for link in page.evaluate(RESULTS)]

    assert found == sorted(found)
    assert found[-1]


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        ("get_stream", ["TracksNamespace.get_stream"]),
        ("client.tracks.get_stream()", ["TracksNamespace.get_stream"]),
        ("like_track", ["LikesNamespace.like_track"]),
        ("fetch_all", ["AsyncSoundCloudClient.fetch_all", "soundcloud.SoundCloudClient.fetch_all"]),
        ("FileTokenStore", ["stores.FileTokenStore"]),
        ("from_env", ["AsyncSoundCloudClient.from_env", "soundcloud.SoundCloudClient.from_env"]),
    ],
)
def test_the_search_shows_the_entry_of_an_identifier_first(words, ends, site, page):
    page.goto(f"{site}/index.html")
    search(page, words, len(ends), ends[0])
    found = page.evaluate(RESULTS)[: len(ends)]

    assert [link.endswith(end) for link, end in zip(found, ends, strict=True)] == [True] * len(ends), found


def test_the_search_shows_each_result_of_the_theme_once(site, page):
    page.goto(f"{site}/index.html")
    search(page, "get_stream", 10, "TracksNamespace.get_stream")
    found = scroll_through(page)
    page.route("**/search-order.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    with page.expect_response("**/search.json"):
        page.reload()
    page.locator("body").press("Control+k")
    page.get_by_role("combobox").fill("get_stream")
    without_script = scroll_through(page)

    assert len(without_script) > 20
    # Also with the same text, in which the words are highlighted.
    assert sorted(found) == sorted(without_script)


def scroll_through(page):
    """Scroll to the end of the results, and return the link and the text of each."""
    total = int(page.get_by_text(re.compile(r"^\d+ results$")).inner_text().split()[0])
    while (shown := len(page.evaluate(ENTRIES))) < total:
        page.get_by_role("option").last.scroll_into_view_if_needed()
        page.get_by_role("option").last.hover()
        page.mouse.wheel(0, 10_000)
        page.wait_for_function(f"(shown) => ({ENTRIES})().length > shown", arg=shown)
    return page.evaluate(ENTRIES)


def test_tables_that_scroll_can_be_reached_with_the_keyboard(site, browser):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{site}/operations.html")
    table = page.locator("[tabindex='0']:has(table), table[tabindex='0']").first
    first = page.locator("article table").first.locator("tbody tr").first.locator("td").first

    assert table.count() == 1
    assert first.inner_text() == "likes.like_playlist"
    assert first.bounding_box()["x"] + first.bounding_box()["width"] < 390
    page.close()
