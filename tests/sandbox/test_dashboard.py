"""The pages for people: the world at the API's address and the consent page, as text and in a browser."""

import io
import re
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from soundcloud import SoundCloudClient, generate_code_challenge, generate_code_verifier
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.sound import tone
from soundcloud.sandbox.pages import dashboard
from soundcloud.sandbox.pages.html import Html, fill
from tests.helpers.browser import needs_browser, open_browser, take_picture

pytestmark = pytest.mark.slow

EVIL = '<script>alert(1)</script><img src="https://elsewhere.example/x"> & $more "quoted"'


@pytest.fixture(scope="module")
def world():
    """A sandbox whose people have written what they should not."""
    with Sandbox() as sandbox, SoundCloudClient(**sandbox.client_settings()) as client:
        track = client.tracks.upload(io.BytesIO(tone(40)), title=EVIL, sharing="private", genre=EVIL)
        client.playlists.create(title=EVIL, tracks=[track])
        client.tracks.create_comment(track, "so good")
        yield sandbox


def get(sandbox, path):
    return httpx.get(f"{sandbox.api_url}{path}", trust_env=False, verify=False)


def wish_of(sandbox):
    return {
        "client_id": sandbox.client_id,
        "redirect_uri": sandbox.redirect_uri,
        "response_type": "code",
        "code_challenge": generate_code_challenge(generate_code_verifier()),
        "code_challenge_method": "S256",
        "state": EVIL,
    }


def consent_address(sandbox, **changes):
    return str(httpx.URL(f"{sandbox.auth_url}/authorize", params={**wish_of(sandbox), **changes}))


def test_what_is_filled_in_is_escaped():
    assert fill("<p>$a$b</p>", a="<&\"'>", b=Html("<i>")) == "<p>&lt;&amp;&quot;&#x27;&gt;<i></p>"
    assert isinstance(fill("$a", a=1), Html)
    with pytest.raises(KeyError):
        fill("$a", b=1)


def test_the_world(world):
    reply = get(world, "/")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert f"media-src 'self' {world.media_url}" in policy
    assert "script" not in policy
    assert "<script" not in reply.text
    assert "<img" not in reply.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in reply.text
    assert world.client_secret not in reply.text
    for told in ("Tracks", "the newest 25 of 601", "the newest 25 of 61", "the newest 25 of 40"):
        assert told in reply.text


def test_the_search(world):
    found = get(world, "/?q=ALERT%201").text
    assert found.count("<audio") == 1
    assert ">None.</p>" not in get(world, "/?q=ada-night").text
    nothing = get(world, "/?q=" + "%3Cscript%3Ezzz").text
    assert nothing.count(">None.</p>") == 3
    assert 'value="&lt;script&gt;zzz"' in nothing


def test_the_last_requests(world):
    def request(path, status, **query):
        return SimpleNamespace(method="GET", path=path, query=query, status=status)

    def shown(*requests):
        state = replace(world._state, last_requests=lambda: requests)
        return re.findall(r'<tr class="(\w*)"><td>([^<]*)</td><td><code>([^<]*)', dashboard.page(state, {}).content)

    assert shown() == []
    assert "Last requests" not in dashboard.page(replace(world._state, last_requests=list), {}).content
    assert shown(request("/me", 200), request("/<x>", None, q="&", page_size="5")) == [
        ("failed", "no reply", "GET /&lt;x&gt;?q=&amp;&amp;page_size=5"),
        ("", "200", "GET /me"),
    ]
    many = shown(*(request(f"/{number}", 404) for number in range(30)))
    assert [line[2] for line in many] == [f"GET /{number}" for number in range(29, 19, -1)]


def test_the_smallest_world():
    with Sandbox(catalogue={"users": [{"permalink": "solo"}]}) as sandbox:
        text = get(sandbox, "/").text
        assert text.count(">None.</p>") == 2
        assert "solo" in text
        page = httpx.get(consent_address(sandbox), trust_env=False, verify=False).text
        assert '<option value="solo" selected>solo</option>' in page


def test_listening(world):
    catalogue = {
        "users": [{"permalink": "a"}],
        "tracks": [
            {"user": "a", "title": "open", "id": 1},
            {"user": "a", "title": "secret", "id": 2, "sharing": "private"},
            {"user": "a", "title": "shut", "id": 3, "access": "blocked"},
        ],
    }
    with Sandbox(catalogue=catalogue) as sandbox:
        for number in (1, 2):
            reply = get(sandbox, f"/-/listen/{number}")
            assert reply.status_code == 302
            sound = httpx.get(reply.headers["location"], trust_env=False, verify=False)
            assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/mpeg")
        for name in ("3", "4", "x"):
            assert get(sandbox, f"/-/listen/{name}").status_code == 404
        text = get(sandbox, "/").text
        assert "<mark>blocked</mark>" in text
        assert "/-/listen/2" in text
        assert "/-/listen/3" not in text
        # Looking is no listening: no play is counted.
        assert "0 plays" in text


def test_health(world):
    reply = get(world, "/-/health")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok", "users": 40})
    assert httpx.head(f"{world.api_url}/-/health", trust_env=False, verify=False).status_code == 200
    assert httpx.post(f"{world.api_url}/-/health", trust_env=False, verify=False).status_code == 405


def test_the_consent_page_says_who_asks_for_what(world):
    reply = httpx.get(consent_address(world), trust_env=False, verify=False)
    assert reply.status_code == 200
    assert "Let Sandbox app in?" in reply.text
    assert "private ones included" in reply.text
    assert f"<code>{world.redirect_uri}</code>" in reply.text
    assert reply.text.count("<option") == 40
    assert '<option value="ada-night" selected>' in reply.text
    assert "<script" not in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture(
    params=[("light", 1100), ("light", 390), ("dark", 1100), ("dark", 390)], ids=lambda param: f"{param[0]}-{param[1]}"
)
def page(request, browser):
    """A page of a scheme and a width; nothing fails in it, and it asks no other host."""
    scheme, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, hosts, problems = context.new_page(), set(), []
    page.on("request", lambda sent: hosts.add(urlsplit(sent.url).hostname))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.scheme, page.kind = scheme, f"{scheme}-{width}"
    yield page
    context.close()
    assert hosts == {"127.0.0.1"}
    assert problems == []


def check_looks(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is wider than the screen"
    channels = [
        sum(map(int, page.evaluate(f"getComputedStyle(document.body).{name}").strip("rgb()").split(",")))
        for name in ("backgroundColor", "color")
    ]
    assert (channels[0] < channels[1]) == (page.scheme == "dark")


PLAY = """async audio => {
    await audio.play();
    while (audio.currentTime < 0.05) await new Promise(done => setTimeout(done, 20));
    audio.pause();
    return [audio.duration, audio.error];
}"""


@needs_browser
def test_the_world_in_a_browser(world, page):
    page.goto(f"{world.api_url}/")
    take_picture(page, f"world-{page.kind}")
    check_looks(page)
    text = page.inner_text("main")
    assert text.count(EVIL.split(" $")[0]) >= 2
    assert page.locator("audio").first.is_visible()
    duration, error = page.locator("audio").first.evaluate(PLAY)
    assert 29 < duration < 31
    assert error is None
    page.get_by_text("what is in it").first.click()
    assert page.locator("ol li").first.inner_text().startswith("<script>")
    page.get_by_label("Search").fill("marlow")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/?q=marlow")
    assert "Marlow Finch" in page.inner_text("main")
    assert page.locator("section").last.locator("li").count() == 1
    check_looks(page)


@needs_browser
@pytest.mark.parametrize("decision", ["Allow", "Refuse"])
def test_the_consent_page_in_a_browser(page, decision):
    with Sandbox() as app_server:
        # Where the person is sent back to shall answer; another sandbox's world page does.
        with Sandbox(redirect_uri=f"{app_server.api_url}/") as world:
            page.goto(consent_address(world))
            take_picture(page, f"consent-{page.kind}")
            check_looks(page)
            buttons = [page.get_by_role("button", name=name) for name in ("Refuse", "Allow")]
            assert all(button.bounding_box()["height"] >= 44 for button in buttons)
            page.get_by_label("Answer as").select_option("marlow-finch")
            page.get_by_role("button", name=decision).click()
            page.wait_for_url(f"{app_server.api_url}/?*")
            answer = parse_qs(urlsplit(page.url).query)
            assert answer["state"] == [EVIL]
            if decision == "Refuse":
                assert answer["error"] == ["access_denied"]
            else:
                code = world._state.database.row("SELECT user_id FROM codes WHERE code = ?", answer["code"][0])
                person = world._state.database.row("SELECT permalink FROM users WHERE id = ?", code["user_id"])
                assert person["permalink"] == "marlow-finch"


@needs_browser
def test_a_wish_that_cannot_be_granted_in_a_browser(browser, world):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(consent_address(world, redirect_uri=f"https://{'very-' * 30}long.example/{EVIL}"))
    take_picture(page, "consent-refused")
    assert "redirect_uri_mismatch" in page.inner_text("main")
    assert "<script>" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
