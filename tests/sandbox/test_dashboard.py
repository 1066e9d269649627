"""The dashboard and the consent page, as HTML and in a browser."""

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
def hostile_sandbox():
    """A sandbox whose data contains HTML."""
    with Sandbox() as sandbox, SoundCloudClient(**sandbox.client_settings()) as client:
        track = client.tracks.upload(io.BytesIO(tone(40)), title=EVIL, sharing="private", genre=EVIL)
        client.playlists.create(title=EVIL, tracks=[track])
        client.tracks.create_comment(track, "so good")
        yield sandbox


def get(sandbox, path):
    return httpx.get(f"{sandbox.api_url}{path}", trust_env=False, verify=False)


def authorization_query(sandbox):
    return {
        "client_id": sandbox.client_id,
        "redirect_uri": sandbox.redirect_uri,
        "response_type": "code",
        "code_challenge": generate_code_challenge(generate_code_verifier()),
        "code_challenge_method": "S256",
        "state": EVIL,
    }


def consent_url(sandbox, **changes):
    return str(httpx.URL(f"{sandbox.auth_url}/authorize", params={**authorization_query(sandbox), **changes}))


def test_values_are_escaped():
    assert fill("<p>$a$b</p>", a="<&\"'>", b=Html("<i>")) == "<p>&lt;&amp;&quot;&#x27;&gt;<i></p>"
    assert isinstance(fill("$a", a=1), Html)
    with pytest.raises(KeyError):
        fill("$a", b=1)


def test_the_dashboard(hostile_sandbox):
    response = get(hostile_sandbox, "/")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert f"media-src 'self' {hostile_sandbox.media_url}" in policy
    assert "script" not in policy
    assert "<script" not in response.text
    assert "<img" not in response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert hostile_sandbox.client_secret not in response.text
    for expected in ("Tracks", "the newest 25 of 601", "the newest 25 of 61", "the newest 25 of 40"):
        assert expected in response.text


def test_the_search(hostile_sandbox):
    found = get(hostile_sandbox, "/?q=ALERT%201").text
    assert found.count("<audio") == 1
    assert ">None.</p>" not in get(hostile_sandbox, "/?q=ada-night").text
    nothing = get(hostile_sandbox, "/?q=" + "%3Cscript%3Ezzz").text
    assert nothing.count(">None.</p>") == 3
    assert 'value="&lt;script&gt;zzz"' in nothing


def test_recent_requests(hostile_sandbox):
    def request(path, status, **query):
        return SimpleNamespace(method="GET", path=path, query=query, status=status)

    def render(*requests):
        state = replace(hostile_sandbox._state, last_requests=lambda: requests)
        return re.findall(r'<tr class="(\w*)"><td>([^<]*)</td><td><code>([^<]*)', dashboard.show(state, {}).content)

    assert render() == []
    assert "Recent requests" not in dashboard.show(replace(hostile_sandbox._state, last_requests=list), {}).content
    assert render(request("/me", 200), request("/<x>", None, q="&", page_size="5")) == [
        ("failed", "no response", "GET /&lt;x&gt;?q=&amp;&amp;page_size=5"),
        ("", "200", "GET /me"),
    ]
    many = render(*(request(f"/{number}", 404) for number in range(30)))
    assert [line[2] for line in many] == [f"GET /{number}" for number in range(29, 19, -1)]


def test_a_dataset_with_one_user():
    with Sandbox(dataset={"users": [{"permalink": "solo"}]}) as sandbox:
        text = get(sandbox, "/").text
        assert text.count(">None.</p>") == 2
        assert "solo" in text
        page = httpx.get(consent_url(sandbox), trust_env=False, verify=False).text
        assert '<option value="solo" selected>solo</option>' in page


def test_playback_on_the_dashboard(hostile_sandbox):
    dataset = {
        "users": [{"permalink": "a"}],
        "tracks": [
            {"user": "a", "title": "open", "id": 1},
            {"user": "a", "title": "secret", "id": 2, "sharing": "private"},
            {"user": "a", "title": "shut", "id": 3, "access": "blocked"},
        ],
    }
    with Sandbox(dataset=dataset) as sandbox:
        for number in (1, 2):
            response = get(sandbox, f"/-/listen/{number}")
            assert response.status_code == 302
            sound = httpx.get(response.headers["location"], trust_env=False, verify=False)
            assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/mpeg")
        for name in ("3", "4", "x"):
            assert get(sandbox, f"/-/listen/{name}").status_code == 404
        text = get(sandbox, "/").text
        assert "<mark>blocked</mark>" in text
        assert "/-/listen/2" in text
        assert "/-/listen/3" not in text
        # The dashboard does not count plays.
        assert "0 plays" in text


def test_health(hostile_sandbox):
    response = get(hostile_sandbox, "/-/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "users": 40})
    assert httpx.head(f"{hostile_sandbox.api_url}/-/health", trust_env=False, verify=False).status_code == 200
    assert httpx.post(f"{hostile_sandbox.api_url}/-/health", trust_env=False, verify=False).status_code == 405


def test_the_consent_page(hostile_sandbox):
    response = httpx.get(consent_url(hostile_sandbox), trust_env=False, verify=False)
    assert response.status_code == 200
    assert "Let Sandbox app in?" in response.text
    assert "including private ones" in response.text
    assert f"<code>{hostile_sandbox.redirect_uri}</code>" in response.text
    assert response.text.count("<option") == 40
    assert '<option value="ada-night" selected>' in response.text
    assert "<script" not in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture(
    params=[("light", 1100), ("light", 390), ("dark", 1100), ("dark", 390)], ids=lambda param: f"{param[0]}-{param[1]}"
)
def page(request, browser):
    """A page with a color scheme and a width, without errors or requests to other hosts."""
    scheme, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, hosts, errors = context.new_page(), set(), []
    page.on("request", lambda sent: hosts.add(urlsplit(sent.url).hostname))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.scheme, page.kind = scheme, f"{scheme}-{width}"
    yield page
    context.close()
    assert hosts == {"127.0.0.1"}
    assert errors == []


def check_layout(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"
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
def test_the_dashboard_in_a_browser(hostile_sandbox, page):
    page.goto(f"{hostile_sandbox.api_url}/")
    take_picture(page, f"dashboard-{page.kind}")
    check_layout(page)
    text = page.inner_text("main")
    assert text.count(EVIL.split(" $")[0]) >= 2
    assert page.locator("audio").first.is_visible()
    duration, error = page.locator("audio").first.evaluate(PLAY)
    assert 29 < duration < 31
    assert error is None
    page.get_by_text("Show tracks").first.click()
    assert page.locator("ol li").first.inner_text().startswith("<script>")
    page.get_by_label("Search").fill("marlow")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/?q=marlow")
    assert "Marlow Finch" in page.inner_text("main")
    assert page.locator("section").last.locator("li").count() == 1
    check_layout(page)


@needs_browser
@pytest.mark.parametrize("decision", ["Allow", "Refuse"])
def test_the_consent_page_in_a_browser(page, decision):
    with Sandbox() as app_server:
        # The redirect URI must exist: use the dashboard of another sandbox.
        with Sandbox(redirect_uri=f"{app_server.api_url}/") as sandbox:
            page.goto(consent_url(sandbox))
            take_picture(page, f"consent-{page.kind}")
            check_layout(page)
            buttons = [page.get_by_role("button", name=name) for name in ("Refuse", "Allow")]
            assert all(button.bounding_box()["height"] >= 44 for button in buttons)
            page.get_by_label("Sign in as").select_option("marlow-finch")
            page.get_by_role("button", name=decision).click()
            page.wait_for_url(f"{app_server.api_url}/?*")
            callback = parse_qs(urlsplit(page.url).query)
            assert callback["state"] == [EVIL]
            if decision == "Refuse":
                assert callback["error"] == ["access_denied"]
            else:
                code = sandbox._state.database.row("SELECT user_id FROM codes WHERE code = ?", callback["code"][0])
                user = sandbox._state.database.row("SELECT permalink FROM users WHERE id = ?", code["user_id"])
                assert user["permalink"] == "marlow-finch"


@needs_browser
def test_an_invalid_authorization_url_in_a_browser(browser, hostile_sandbox):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(consent_url(hostile_sandbox, redirect_uri=f"https://{'very-' * 30}long.example/{EVIL}"))
    take_picture(page, "consent-refused")
    assert "redirect_uri_mismatch" in page.inner_text("main")
    assert "<script>" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
