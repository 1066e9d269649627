"""examples/two_players.html in a real browser, with the sandbox's player."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from soundcloud import widget
from soundcloud.sandbox import Sandbox
from tests.helpers.browser import needs_browser, open_browser, take_picture

pytestmark = pytest.mark.slow

FILE = Path(__file__).parents[2] / "examples" / "two_players.html"
PAGE = FILE.read_text(encoding="utf-8")
PLAYER = "https://w.soundcloud.com/player/"
# Those whom the page names, with sounds of a length that a test can wait for.
WORLD = {
    "users": [{"permalink": "forss", "username": "Forss"}],
    "tracks": [
        {"user": "forss", "title": "Flickermood", "duration": 90_000},
        {"user": "forss", "title": "Journeyman", "duration": 120_000},
    ],
}
FIRST, SECOND = "Flickermood by Forss", "Tracks by Forss"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(dataset=WORLD, processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def address(sandbox):
    """Serve the page with the URL of the sandbox's player."""
    content = PAGE.replace(PLAYER, f"{sandbox.media_url}/player/").encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser, address):
    problems: list[str] = []
    page = browser.new_page(viewport={"width": 720, "height": 900})
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(address)
    for name in (FIRST, SECOND):
        said(page, f"{name}: ready")
    page.wait_for_function("players.every((player) => Number(player.slider.max) > 0)")
    yield page
    page.close()

    assert problems == []


def said(page, line):
    """Wait until the page has received an event of a player."""
    page.locator("#heard li").get_by_text(line, exact=True).first.wait_for(state="attached")


def part(page, name):
    return page.get_by_role("region", name=name)


def position(page, name):
    return float(part(page, name).get_by_role("slider").input_value())


def test_the_iframes_equal_those_of_this_package():
    first = widget.iframe("https://soundcloud.com/forss/flickermood", title=FIRST, lazy=False, color="#cc4400")
    second = widget.iframe("https://soundcloud.com/forss", title=SECOND, lazy=False, height=300, visual=True)

    assert PAGE.count("<iframe") == 2
    assert f"\n{first}\n" in PAGE
    assert f"\n{second}\n" in PAGE
    # Nothing else is loaded from elsewhere.
    assert PAGE.count("https://") == PAGE.count(PLAYER) + PAGE.count("https://soundcloud.com/ada-night") == 5


@needs_browser
def test_one_script_controls_both(page):
    first, second = part(page, "First player"), part(page, "Second player")
    first.get_by_role("status").get_by_text("0:00 / 1:30", exact=True).wait_for()

    # Play, seek, pause.
    first.get_by_role("button", name="Play").click()
    said(page, f"{FIRST}: play")
    first.get_by_role("button", name="Pause").wait_for()
    first.get_by_role("slider", name=f"Position in {FIRST}").fill("60000")
    said(page, f"{FIRST}: seek to 1:00")
    page.wait_for_function("players[0].slider.valueAsNumber > 60000")
    first.get_by_role("button", name="Pause").click()
    said(page, f"{FIRST}: pause")
    first.get_by_role("button", name="Play").wait_for()
    assert 60_000 <= position(page, "First player") < 90_000
    assert position(page, "Second player") == 0

    # Seek while nothing plays, then play from there.
    second.get_by_role("slider").fill("30000")
    said(page, f"{SECOND}: seek to 0:30")
    assert second.get_by_role("button").inner_text() == "Play"
    second.get_by_role("button", name="Play").click()
    said(page, f"{SECOND}: play")
    page.wait_for_function("players[1].slider.valueAsNumber > 30000")
    take_picture(page, "two-players")


@needs_browser
def test_only_one_player_plays(page):
    part(page, "First player").get_by_role("button", name="Play").click()
    said(page, f"{FIRST}: play")
    part(page, "Second player").get_by_role("button", name="Play").click()
    said(page, f"{SECOND}: play")
    said(page, f"{FIRST}: pause")
    part(page, "First player").get_by_role("button", name="Play").wait_for()


@needs_browser
def test_the_second_player_starts_after_the_first(page):
    first = part(page, "First player")
    first.get_by_role("slider").fill("88000")
    said(page, f"{FIRST}: seek to 1:28")
    first.get_by_role("button", name="Play").click()
    said(page, f"{FIRST}: finish")
    said(page, f"{SECOND}: play")
    part(page, "Second player").get_by_role("button", name="Pause").wait_for()


@needs_browser
def test_the_page_on_a_phone(browser, address):
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.goto(address)
    said(page, f"{SECOND}: ready")
    width = page.evaluate("document.documentElement.scrollWidth")
    take_picture(page, "two-players-phone")
    page.close()

    assert width <= 360


@pytest.fixture
def trial(browser):
    """Return a function that opens the file with a query, without a network; it returns the page."""
    opened = []

    def open_file(query):
        page = browser.new_page(viewport={"width": 720, "height": 900})
        page.route("https://**", lambda route: route.abort())
        page.goto(f"{FILE.as_uri()}{query}")
        opened.append(page)
        return page

    yield open_file
    for page in opened:
        page.close()


@needs_browser
def test_the_file_with_a_sandbox(trial):
    with Sandbox(processing_seconds=0) as sandbox:
        page = trial(f"?player={sandbox.media_url}/player/")
        said(page, "First player: ready")
        said(page, "Second player: ready")
        part(page, "First player").get_by_role("button", name="Play").click()
        said(page, "First player: play")
        page.wait_for_function("players[0].slider.valueAsNumber > 0")
        take_picture(page, "two-players-sandbox")


@needs_browser
@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("", "cannot be loaded. Is there a network, or a running sandbox?"),
        ("?player=https://evil.example/player/", "takes the player of a sandbox on this machine"),
        ("?player=http://127.0.0.1.evil.example/player/", "takes the player of a sandbox on this machine"),
        ("?player=javascript:alert(1)", "takes the player of a sandbox on this machine"),
    ],
)
def test_a_player_that_cannot_be_used_is_explained(trial, query, problem):
    page = trial(query)

    page.get_by_role("alert").get_by_text(problem).wait_for()
    assert page.locator("script[src^='https://evil']").count() == 0
