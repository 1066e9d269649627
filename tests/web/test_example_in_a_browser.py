"""The example in a real browser: sign-in, refusal, ended sessions, two users, other sites, uploads, sign-out."""

import json
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pytest

from examples.web.__main__ import sandbox_app
from soundcloud import SoundCloudClient
from soundcloud._sign_in import local_path
from soundcloud.sandbox import Faults, Sandbox
from soundcloud.sandbox.media.sound import tone
from soundcloud.stores import MemoryTokenStore
from soundcloud.web import Sessions
from tests.helpers.asgi_server import serve
from tests.helpers.browser import needs_browser, open_browser, take_picture
from tests.web.conftest import SECRET_KEY, Clock

pytestmark = [pytest.mark.slow, needs_browser]


class Example:
    """The example with its sandbox."""

    def __init__(self, url):
        self.url, self.clock, self.token_store = url, Clock(), MemoryTokenStore()
        self.sandbox = Sandbox(redirect_uri=f"{url}/soundcloud/callback")
        self.sessions = Sessions(SECRET_KEY, clock=self.clock)
        self.app = sandbox_app(self.sandbox, self.sessions, self.token_store).asgi()

    def tracks_of(self, username):
        with SoundCloudClient(**self.sandbox.client_settings(username)) as client:
            return [track.title for track in client.me.get_tracks()]


@pytest.fixture(scope="module")
def running():
    examples = []

    def make(url):
        examples.append(Example(url))
        return examples[0].app

    with serve(make):
        yield examples[0]
    examples[0].sandbox.close()


@pytest.fixture
def example(running):
    running.sandbox.reset()
    return running


@pytest.fixture(scope="module")
def chromium():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def open_page(chromium):
    """Opens pages, each in its own browser context."""
    contexts = []

    def open_page(*, players=False, **settings):
        context = chromium.new_context(**{"viewport": {"width": 1000, "height": 800}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        if not players:  # a dozen of them take their time
            page.route("**/player/**", lambda route: route.abort())
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page, example, username="ada-night"):
    page.goto(example.url)
    page.get_by_role("link", name="Sign in with SoundCloud").click()
    page.get_by_label("Sign in as").select_option(username)
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{example.url}/")
    page.get_by_role("button", name="Sign out").wait_for()


def test_sign_in_likes_players_sign_out(example, open_page):
    page = open_page(players=True)
    page.goto(example.url)
    page.get_by_role("link", name="Sign in with SoundCloud").wait_for()
    take_picture(page, "example-welcome")
    sign_in(page, example)
    page.locator("#likes li").first.wait_for()
    with SoundCloudClient(**example.sandbox.client_settings("ada-night")) as client:
        liked = [track.title for track in client.me.get_likes_tracks(limit=12).collection]

    assert page.locator("#name").inner_text() == "ada-night"
    frames = page.locator("#likes iframe").all()
    assert [frame.get_attribute("title") for frame in frames] == [f"Player: {title}" for title in liked]
    frames[0].scroll_into_view_if_needed()
    player = page.frame_locator("#likes iframe >> nth=0")
    player.get_by_role("button").first.wait_for()
    # The player shows the title once, and the card does not repeat it.
    assert page.locator("#likes li").first.get_by_text(liked[0], exact=True).count() == 0
    take_picture(page, "example-likes")
    page.locator("#likes").scroll_into_view_if_needed()
    page.mouse.wheel(0, 500)
    page.frame_locator("#likes iframe >> nth=3").get_by_role("button").first.wait_for()
    take_picture(page, "example-players")

    # No script of the page can read the cookies, and none is there that is not ours.
    assert page.evaluate("document.cookie") == ""
    (cookie,) = page.context.cookies(example.url)
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == ("sid", True, "Lax", -1)
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in with SoundCloud").wait_for()

    assert page.context.cookies(example.url) == []
    assert page.locator("#likes li").count() == 0
    page.reload()
    page.get_by_role("link", name="Sign in with SoundCloud").wait_for()
    assert page.locator("#likes li").count() == 0
    assert page.problems == []


def test_more_of_the_users_tracks(example, open_page):
    page = open_page()
    sign_in(page, example)
    page.locator("#tracks li").first.wait_for()
    while page.get_by_role("button", name="More").is_visible():
        count = page.locator("#tracks li").count()
        page.get_by_role("button", name="More").click()
        page.locator("#tracks li").nth(count).wait_for()

    assert page.locator("#tracks li > :first-child").all_inner_texts() == example.tracks_of("ada-night")
    # The tracks of a sandbox have no page at soundcloud.com.
    assert page.locator("#tracks a").count() == 0


def likes_of(example, username):
    with SoundCloudClient(**example.sandbox.client_settings(username)) as client:
        return {track.title for track in client.me.get_likes_tracks()}


def test_the_welcome_page_says_whom_to_sign_in_as(example, open_page):
    page = open_page()
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.goto(example.url)
    page.get_by_text("Sign in as ada-night, or choose another user. No password is needed").wait_for()

    # Without a session, nothing is requested that a console would report.
    assert page.problems == []


@pytest.mark.parametrize("colors", ["light", "dark"])
def test_search_like_and_unlike_on_a_phone(example, open_page, colors):
    page = open_page(viewport={"width": 390, "height": 844}, color_scheme=colors, players=True)
    page.goto(example.url)
    page.get_by_role("link", name="Sign in with SoundCloud").wait_for()
    take_picture(page, f"example-phone-welcome-{colors}")
    sign_in(page, example)
    page.get_by_label("Tracks").fill("lofi")
    page.get_by_role("button", name="Search").click()
    page.locator("#found").get_by_text("Tracks for “lofi”").wait_for()
    like = page.locator("#search").get_by_role("button", name="Like ").first
    title = like.get_attribute("aria-label").removeprefix("Like ")
    assert title not in likes_of(example, "ada-night")
    page.frame_locator("#search iframe >> nth=0").get_by_role("button").first.wait_for()
    take_picture(page, f"example-phone-search-{colors}")

    like.click()
    found = page.locator("#search").get_by_role("button", name=f"Unlike {title}")
    found.wait_for()
    page.locator("#likes").get_by_role("button", name=f"Unlike {title}").wait_for()
    assert title in likes_of(example, "ada-night")
    found.click()
    page.locator("#search").get_by_role("button", name=f"Like {title}", exact=True).wait_for()
    assert title not in likes_of(example, "ada-night")
    page.locator("#tracks li").first.wait_for()
    width = page.evaluate("document.documentElement.scrollWidth")
    page.locator("#upload").scroll_into_view_if_needed()
    take_picture(page, f"example-phone-upload-{colors}")
    assert width <= 390
    assert page.problems == []


def test_visitors_search_and_the_next_track_starts_by_itself(example, open_page):
    page = open_page(viewport={"width": 390, "height": 844}, players=True)
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.goto(example.url)
    page.get_by_label("Tracks").fill("lofi")
    page.get_by_role("button", name="Search").click()
    page.locator("#search li").first.wait_for()
    with SoundCloudClient(**example.sandbox.client_settings()) as client:
        found = [track for track in client.search.tracks("lofi", limit=6).collection if track.access != "blocked"]
    assert page.get_by_role("button", name="Like ").count() == 0
    first = page.frame_locator(f"#search iframe[title='Player: {found[0].title}']")
    first.get_by_role("button", name="Play").click()
    bar = page.get_by_role("region", name="Now playing")
    bar.get_by_text(f"{found[0].title} by {found[0].user.username}").wait_for()
    bar.get_by_role("button", name="Pause").click()
    bar.get_by_role("button", name="Play").click()
    bar.get_by_role("button", name="Pause").wait_for()
    bar.get_by_role("button", name="Next").click()
    bar.get_by_text(found[1].title).wait_for()
    take_picture(page, "example-phone-visitor")
    # The slider of the player; its last step is the end of the track.
    second = page.frame_locator(f"#search iframe[title='Player: {found[1].title}']")
    second.get_by_role("slider").press("End")
    bar.get_by_text(found[2].title).wait_for()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.problems == []


@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="no axe: pip install axe-playwright-python")
@pytest.mark.parametrize(("width", "colors"), [(390, "dark"), (1280, "light")])
def test_axe_has_no_findings(example, open_page, width, colors):
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    page = open_page(viewport={"width": width, "height": 844}, color_scheme=colors, bypass_csp=True)
    found = []

    def look():
        page.evaluate(axe)
        found.extend((rule["id"], rule["nodes"][0]["target"]) for rule in page.evaluate("axe.run()")["violations"])

    page.goto(example.url)
    page.get_by_role("link", name="Sign in with SoundCloud").wait_for()
    look()
    sign_in(page, example)
    page.locator("#likes li").first.wait_for()
    page.locator("#tracks li").first.wait_for()
    look()
    page.goto(f"{example.url}/soundcloud/logout")
    look()
    page.goto(f"{example.url}/soundcloud/api/me")
    look()

    assert found == []


def test_a_search_without_results(example, open_page):
    page = open_page()
    sign_in(page, example)
    page.get_by_label("Tracks").fill("nothing is called <b>like this</b>")
    page.get_by_role("button", name="Search").click()
    page.get_by_text("Nothing was found for “nothing is called <b>like this</b>”. Try other words.").wait_for()

    assert page.locator("#search li").count() == 0


def test_problems_are_explained(example, open_page):
    page = open_page()
    sign_in(page, example)
    page.locator("#likes li").first.wait_for()
    button = page.locator("#likes").get_by_role("button", name="Unlike ").first
    example.sandbox.set_faults(Faults(error_rate={"rate_limited_gateway": 1}))
    button.click()
    page.get_by_role("alert").get_by_text("SoundCloud asks you to wait").wait_for()
    take_picture(page, "example-problem")
    example.sandbox.clear_faults()
    page.route("**/likes/tracks/*", lambda route: route.abort())
    button.click()
    page.get_by_role("alert").get_by_text("The site cannot be reached. Try again later.").wait_for()

    assert button.get_attribute("aria-label").startswith("Unlike ")


def test_a_refused_sign_in(example, open_page):
    page = open_page()
    page.goto(example.url)
    page.get_by_role("link", name="Sign in with SoundCloud").click()
    page.get_by_role("button", name="Refuse").click()
    page.get_by_role("heading", name="You are not signed in").wait_for()
    take_picture(page, "example-refused")

    assert "You did not give this site access" in page.inner_text("main")
    assert page.context.cookies(example.url) == []
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Allow").wait_for()


def test_a_session_ends_while_the_page_is_open(example, open_page):
    page = open_page()
    sign_in(page, example)
    page.locator("#likes li").first.wait_for()
    example.clock.now += 1800
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.get_by_text("Your session has ended").wait_for()
    take_picture(page, "example-expired")

    assert page.locator("#likes li").count() == 0
    assert page.context.cookies(example.url) == []
    page.goto(f"{example.url}/soundcloud/me")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Allow").click()
    page.get_by_role("button", name="Sign out").wait_for()


def test_two_users_in_two_browsers(example, open_page):
    one, other = open_page(), open_page()
    sign_in(one, example, "ada-night")
    sign_in(other, example, "marlow-finch")
    for page, name in ((one, "ada-night"), (other, "Marlow Finch")):
        page.reload()
        page.locator("#likes li").first.wait_for()
        assert page.locator("#name").inner_text() == name

    one.get_by_role("button", name="Sign out").click()
    one.get_by_role("link", name="Sign in with SoundCloud").wait_for()
    other.reload()
    other.get_by_role("button", name="Sign out").wait_for()
    assert other.locator("#name").inner_text() == "Marlow Finch"


def test_upload_with_progress(example, open_page, tmp_path):
    sound = tmp_path / "Nächtlich \U0001f319.wav"
    size = sound.write_bytes(tone(seconds=30))
    page = open_page()
    page.add_init_script(
        "window.steps = []; new MutationObserver(() => { const bar = document.querySelector('#bar');"
        " if (bar) window.steps.push([document.querySelector('#progress label').textContent, bar.value]); })"
        ".observe(document, { attributes: true, childList: true, subtree: true });"
    )
    sign_in(page, example)
    page.locator("#tracks li").first.wait_for()
    page.get_by_label("Title").fill("Night <b>drive</b>")
    page.get_by_label("Sound").set_input_files(sound)
    with page.expect_response("**/upload") as caught:
        page.get_by_role("button", name="Upload").click()
    page.get_by_text("Uploaded:").wait_for()
    lines = [json.loads(line) for line in caught.value.text().splitlines()]
    page.get_by_text("Night <b>drive</b>", exact=True).nth(1).wait_for()
    take_picture(page, "example-uploaded")
    steps = page.evaluate("window.steps")

    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert {text for text, _ in steps} - {""} == {"To the server", "To SoundCloud", "Done"}
    # Every chunk sent to SoundCloud is reported.
    sent = [line["sent"] for line in lines[:-1]]
    assert sent == sorted({*sent})
    assert len(sent) > 3
    assert sent[-1] == size
    assert {line["total"] for line in lines[:-1]} == {size}
    assert lines[-1].keys() == {"track"}
    assert example.tracks_of("ada-night")[0] == "Night <b>drive</b>"
    assert page.locator("#tracks b").count() == 0
    assert page.problems == []


def test_a_refused_upload(example, open_page, tmp_path):
    sound = tmp_path / "text.wav"
    sound.write_bytes(b"this is no sound")
    page = open_page()
    sign_in(page, example)
    before = example.tracks_of("ada-night")
    page.get_by_label("Title").fill("Text")
    page.get_by_label("Sound").set_input_files(sound)
    page.get_by_role("button", name="Upload").click()
    page.locator("#outcome:not(:empty)").wait_for()

    assert page.inner_text("#outcome") == (
        "SoundCloud cannot read this file as audio. Choose an MP3, FLAC, WAV, OGG or AIFF file."
    )
    assert example.tracks_of("ada-night") == before


@pytest.fixture
def evil():
    """Another site with pages that attack the example."""
    pages = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = pages.get(self.path, "").encode()
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    # By this name it is another site than 127.0.0.1, for browsers.
    server.pages, server.url = pages, f"http://localhost:{server.server_address[1]}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_other_sites_can_neither_read_nor_change_anything(example, open_page, evil):
    page = open_page()
    sign_in(page, example)
    tracks = example.tracks_of("ada-night")
    evil.pages["/sign-out"] = _form(f"{example.url}/soundcloud/logout", "everywhere")
    evil.pages["/upload"] = _form(f"{example.url}/upload", "title")
    evil.pages["/frame"] = f'<iframe src="{example.url}/" width="600" height="400"></iframe>'
    evil.pages["/read"] = f"""<script>
      const options = [{{ credentials: "include" }}, {{ credentials: "include", mode: "no-cors" }}];
      const read = (option) => fetch("{example.url}/soundcloud/me", option).then((answer) => answer.text(), () => "refused");
      Promise.all(options.map(read)).then((texts) => {{ document.body.textContent = "got " + JSON.stringify(texts); }});
    </script><body></body>"""

    for path in ("/sign-out", "/upload"):
        page.goto(evil.url + path)
        page.wait_for_url(f"{example.url}/**")
        # SameSite=Lax: the browser did not send the cookie.
        assert page.locator("h1").inner_text() in {"Sign in first", "Likes and uploads"}
    page.goto(evil.url + "/read")
    page.get_by_text("got").wait_for()
    assert page.inner_text("body") == 'got ["refused","refused"]'
    page.goto(evil.url + "/frame")
    assert "Likes and uploads" not in page.frames[1].content()

    page.goto(example.url)
    page.get_by_role("button", name="Sign out").wait_for()
    assert example.tracks_of("ada-night") == tracks


def test_a_same_site_request_without_the_csrf_token_changes_nothing(example, open_page):
    page = open_page()
    sign_in(page, example)
    status = page.evaluate("fetch('/soundcloud/logout', { method: 'POST' }).then((answer) => answer.status)")

    assert status == 403
    page.reload()
    page.get_by_role("button", name="Sign out").wait_for()


def test_the_redirect_of_another_users_sign_in_is_refused(example, open_page):
    attacker, victim = open_page(), open_page()
    # The attacker stops before the redirect, and sends its address to the victim.
    attacker.route("**/soundcloud/callback**", lambda route: route.abort())
    attacker.goto(f"{example.url}/soundcloud/login")
    attacker.get_by_label("Sign in as").select_option("marlow-finch")
    with attacker.expect_request("**/soundcloud/callback**") as caught:
        attacker.get_by_role("button", name="Allow").click()
    victim.goto(caught.value.url)
    take_picture(victim, "example-foreign")

    assert "was not started in this browser" in victim.inner_text("main")
    assert victim.context.cookies(example.url) == []


@pytest.mark.parametrize("target", ["//{evil}", "/\\{evil}", "/\t/{evil}", "http://{evil}", "/%09/{evil}"])
def test_a_sign_in_does_not_redirect_to_another_site(example, open_page, evil, target):
    evil.pages["/"] = "gotcha"
    page = open_page()
    where = target.format(evil=evil.url.removeprefix("http://"))
    page.goto(f"{example.url}/soundcloud/login?next={quote(where)}")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{example.url}/**")

    assert "gotcha" not in page.content()


def test_browsers_resolve_accepted_paths_to_this_site(example, open_page):
    chance = random.Random(7)
    pieces = ["/", "/", "\\", ".", "..", "@", ":", "evil.test", "%2f", "%5c", "%09", "\t", "\n", " "]
    pieces += ["?", "#", ";", "http:", "\uff0f", "a"]
    targets = {"".join(chance.choices(pieces, k=chance.randint(1, 8))) for _ in range(50_000)}
    taken = [target for target in targets if local_path(target)]
    page = open_page()
    page.goto(example.url)
    elsewhere = page.evaluate("(all) => all.filter((one) => new URL(one, location).origin !== location.origin)", taken)

    assert len(taken) > 500
    assert elsewhere == []


def test_a_cross_site_form_post_to_the_callback(example, open_page):
    """SoundCloud may post a form, with which browsers send no SameSite=Lax cookies."""
    page = open_page()
    page.goto(f"{example.url}/soundcloud/login")
    back = example.sandbox.approve(page.url)
    fields = "".join(
        f'<input name="{name}" value="{value}">'
        for name, _, value in (pair.partition("=") for pair in back.partition("?")[2].split("&"))
    )
    page.evaluate(
        "([action, fields]) => { document.body.innerHTML = `<form method=post action=${action}>${fields}</form>`; }",
        [back.partition("?")[0], fields],
    )
    page.evaluate("document.forms[0].submit()")
    page.wait_for_url(f"{example.url}/")
    page.get_by_role("button", name="Sign out").wait_for()


@pytest.mark.parametrize("settings", [{"color_scheme": "dark"}, {"viewport": {"width": 380, "height": 780}}])
def test_dark_mode_and_small_screens(example, open_page, settings):
    page = open_page(players=True, **settings)
    sign_in(page, example)
    page.locator("#likes li").first.wait_for()
    take_picture(page, f"example-{'small' if 'viewport' in settings else 'dark'}")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _form(action, field):
    form = f'<form method="post" action="{action}"><input name="{field}" value="yes"></form>'
    return f"{form}<script>document.forms[0].submit()</script>"
