"""The dashboard and the consent page, as HTML and in a browser."""

import io
import json
import os
import re
import subprocess
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image

from soundcloud import SoundCloudClient, generate_code_challenge, generate_code_verifier
from soundcloud.sandbox import Faults, Sandbox
from soundcloud.sandbox.media.sound import tone
from soundcloud.sandbox.pages.html import Html, fill
from tests.helpers.browser import needs_browser, open_browser, take_picture

pytestmark = pytest.mark.slow

SCRIPT = files("soundcloud.sandbox") / "pages" / "dashboard.js"

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


def test_the_files_of_the_dashboard(hostile_sandbox):
    response = get(hostile_sandbox, "/")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    for path in re.findall(r'(?:src|href)="(/-/assets/[^"]+)"', response.text):
        assert get(hostile_sandbox, path).status_code == 200
    assert httpx.head(f"{hostile_sandbox.api_url}/", trust_env=False, verify=False).status_code == 200
    assert httpx.post(f"{hostile_sandbox.api_url}/", trust_env=False, verify=False).status_code == 404
    assert get(hostile_sandbox, "/-/assets/none.js").status_code == 404
    # Nothing inline, which the policy would block.
    assert not re.search(r"<style|<script(?![^>]* src=)| style=| on\w+=", response.text)


def test_the_defaults_of_the_script_are_those_of_the_faults():
    (text,) = re.findall(r"^const DEFAULTS = \{(.*?)^\};", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    shown = json.loads("{" + re.sub(r"(\w+): ", r'"\1": ', text).strip().rstrip(",") + "}")

    assert shown == Faults().to_json()


def test_a_dataset_with_one_user():
    with Sandbox(dataset={"users": [{"permalink": "solo"}]}) as sandbox:
        page = httpx.get(consent_url(sandbox), trust_env=False, verify=False).text
        assert '<option value="solo" selected>solo</option>' in page


def test_health(hostile_sandbox):
    response = get(hostile_sandbox, "/-/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "users": 40})
    assert httpx.head(f"{hostile_sandbox.api_url}/-/health", trust_env=False, verify=False).status_code == 200
    assert httpx.post(f"{hostile_sandbox.api_url}/-/health", trust_env=False, verify=False).status_code == 405


def test_the_consent_page(hostile_sandbox):
    response = httpx.get(consent_url(hostile_sandbox), trust_env=False, verify=False)
    assert response.status_code == 200
    assert "Let Sandbox app use your account?" in response.text
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
    # The browser reports each refused request; a test names those that it expects.
    page.refused = 0
    page.scheme, page.kind = scheme, f"{scheme}-{width}"
    yield page
    context.close()
    assert hosts == {"127.0.0.1"}
    assert [error for error in errors if "status of 422" not in error] == []
    assert len(errors) == page.refused


def check_layout(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"
    channels = [
        sum(map(int, page.evaluate(f"getComputedStyle(document.body).{name}").strip("rgb()").split(",")))
        for name in ("backgroundColor", "color")
    ]
    assert (channels[0] < channels[1]) == (page.scheme == "dark")


def open_dashboard(page, sandbox, view="requests"):
    page.goto(f"{sandbox.api_url}/#{view}")
    page.get_by_text("live", exact=True).wait_for()


def check_accessibility(page):
    axe_playwright_python = pytest.importorskip("axe_playwright_python")
    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(axe)
    violations = page.evaluate("axe.run()")["violations"]

    assert [(found["id"], found["nodes"][0]["html"][:200]) for found in violations] == []


@pytest.fixture
def board():
    with Sandbox(processing_seconds=0) as sandbox, SoundCloudClient(**sandbox.client_settings()) as client:
        yield SimpleNamespace(sandbox=sandbox, client=client)


@needs_browser
def test_the_live_list(board, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_dashboard(page, board.sandbox)
    assert "No requests yet" in page.locator("#request-count").inner_text()
    track = board.client.search.tracks("lofi", limit=1).collection[0]
    board.client.tracks.create_comment(track, "It's <b>lovely</b>", 1500)
    rows = page.locator("#request-list > li")
    rows.nth(1).wait_for()
    row = rows.first.locator("button.row")
    assert row.inner_text().split()[:3] == ["201", "POST", f"/tracks/{track.urn}/comments"]
    assert "ada-night · " in row.inner_text()
    row.focus()
    page.keyboard.press("Enter")
    detail = rows.first.locator(".detail")
    detail.get_by_text("Response body").wait_for()
    assert row.get_attribute("aria-expanded") == "true"
    assert "It's <b>lovely</b>" in detail.inner_text()
    assert "authorization: OAuth ***" in detail.inner_text()
    detail.get_by_role("button", name="Copy as curl").click()
    page.get_by_text("Copied the command").wait_for()
    command = page.evaluate("navigator.clipboard.readText()")
    result = subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, "TOKEN": board.sandbox.user_token(), "no_proxy": "*"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(result.stdout)["body"] == "It's <b>lovely</b>"
    take_picture(page, f"dashboard-requests-{page.kind}")
    check_layout(page)
    check_accessibility(page)


@needs_browser
def test_the_list_is_filtered_and_cleared(board, page):
    open_dashboard(page, board.sandbox)
    board.sandbox.set_faults(Faults(error_rate={"timeout_text": 1}, paths="/me", times=1))
    with httpx.Client(base_url=board.sandbox.api_url, trust_env=False, verify=False) as client:
        for path in ("/me", "/me", "/tracks?q=x"):
            client.get(path)
    rows = page.locator("#request-list > li:not([hidden])")
    page.locator("#request-list > li").nth(2).wait_for()
    page.get_by_text("3 requests, latest first").wait_for()
    heights = {
        each.bounding_box()["height"]
        for each in page.locator(".toolbar :is(input, select, button)").all()
        if each.is_visible()
    }
    assert heights == {44}
    page.get_by_label("Filter").fill("timeout_text /me")
    assert page.get_by_text("1 of 3 requests").is_visible()
    assert rows.locator(".status").all_inner_texts() == ["504"]
    page.get_by_label("Filter").fill("")
    page.get_by_label("Status").select_option("4")
    assert rows.locator(".status").all_inner_texts() == ["401", "401"]
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("No requests yet").wait_for()
    assert board.sandbox.requests == []
    # What the dashboard itself loads is not in the list.
    page.locator("nav a[href='#data']").click()
    page.locator("#data-list > li").first.wait_for()
    assert board.sandbox.requests == []


@needs_browser
def test_the_data_browser(board, page):
    open_dashboard(page, board.sandbox, "data")
    page.get_by_text("1 to 25 of 600, newest first").wait_for()
    take_picture(page, f"dashboard-data-{page.kind}")
    check_layout(page)
    check_accessibility(page)
    page.get_by_role("button", name="Next").click()
    page.get_by_text("26 to 50 of 600, newest first").wait_for()
    page.get_by_label("Search").fill("ada-night part")
    page.get_by_text(re.compile(r"^1 to \d+ of \d+, newest first$")).wait_for()
    page.get_by_role("button", name="Add").click()
    page.get_by_label("user (permalink of a user)").fill("nobody")
    page.get_by_label("title").fill(EVIL)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text('user: there is no user "nobody"').wait_for()
    page.refused = 1
    check_accessibility(page)
    take_picture(page, f"dashboard-editor-{page.kind}")
    page.get_by_label("user (permalink of a user)").fill("ada-night")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved").wait_for()
    page.get_by_label("Search").fill("alert(1) elsewhere")
    page.get_by_text("1 to 1 of 1, newest first").wait_for()
    assert page.locator("#data-list a").inner_text() == EVIL
    page.get_by_role("button", name=f"Edit: {EVIL}").click()
    page.get_by_label("genre").fill("Ambient")
    page.get_by_label("sharing").select_option("private")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Ambient · private").wait_for()
    (entry,) = board.sandbox.list_data("tracks", q="alert(1)")["items"]
    assert (entry["genre"], entry["sharing"], entry["title"]) == ("Ambient", "private", EVIL)
    page.locator("#data-list a").click()
    page.wait_for_url(f"{board.sandbox.media_url}/ada-night/**")
    assert page.locator("h1").inner_text() == EVIL
    page.go_back()
    page.get_by_label("Search").fill("alert(1)")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=f"Delete: {EVIL}").click()
    page.get_by_text("Nothing was found.").wait_for()
    assert board.sandbox.list_data("tracks", q="alert(1)")["total"] == 0


@needs_browser
def test_a_second_click_does_not_save_again(board, browser):
    page, sent = browser.new_page(), []
    page.on("request", lambda request: sent.append(request.method))
    open_dashboard(page, board.sandbox, "data")
    page.get_by_role("button", name="Add").click()
    page.get_by_label("user (permalink of a user)").fill("ada-night")
    page.get_by_label("title").fill("Only once")
    page.get_by_role("button", name="Save", exact=True).evaluate("button => { button.click(); button.click(); }")
    page.get_by_text("Saved").wait_for()
    page.close()

    assert sent.count("POST") == 1
    assert board.sandbox.list_data("tracks", q="Only once")["total"] == 1


@needs_browser
def test_the_url_keeps_the_search(board, browser):
    page = browser.new_page()
    open_dashboard(page, board.sandbox, "data")
    page.get_by_label("Kind").select_option("playlists")
    page.get_by_label("Search").fill("tape & rain")
    page.get_by_text("Nothing was found.").wait_for()
    page.reload()
    page.get_by_text("Nothing was found.").wait_for()
    shown = [page.get_by_label(name).input_value() for name in ("Kind", "Search")]
    page.get_by_role("link", name="Users").click()
    page.get_by_text("1 to 25 of 40, newest first").wait_for()
    users = [page.get_by_label(name).input_value() for name in ("Kind", "Search")]
    page.go_back()
    page.get_by_text("Nothing was found.").wait_for()
    back = [page.get_by_label(name).input_value() for name in ("Kind", "Search")]
    page.close()

    assert shown == back == ["playlists", "tape & rain"]
    assert users == ["users", ""]


@needs_browser
def test_back_closes_the_editor(board, browser):
    page = browser.new_page()
    open_dashboard(page, board.sandbox)
    page.get_by_role("link", name="Data").click()
    page.get_by_role("button", name="Edit: ").first.click()
    page.get_by_role("heading", name="Edit a track").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Requests").wait_for()

    assert page.locator("dialog[open]").count() == 0
    page.close()


@needs_browser
def test_what_destroys_data_asks_first(board, browser):
    board.sandbox.snapshot("before")
    board.client.playlists.create(title="Later")
    page, questions = browser.new_page(), []
    page.on("dialog", lambda dialog: (questions.append(dialog.message), dialog.dismiss()))
    open_dashboard(page, board.sandbox, "controls")
    for name in ("Restore before", "Delete before", "Reset everything"):
        page.get_by_role("button", name=name).click()
    page.close()

    assert questions == [
        "Restore before? It replaces the data, the tokens and the used quotas.",
        "Delete before?",
        "Reset everything? Your changes and all tokens are lost.",
    ]
    assert "Later" in [playlist.title for playlist in board.client.me.get_playlists()]
    assert [*board.sandbox.snapshots] == ["before"]


@needs_browser
@pytest.mark.parametrize("kind", ["users", "playlists", "comments", "likes", "reposts", "follows"])
def test_every_kind_is_shown(hostile_sandbox, browser, kind):
    page = browser.new_page()
    open_dashboard(page, hostile_sandbox, "data")
    page.get_by_label("Kind").select_option(kind)
    total = hostile_sandbox.list_data(kind)["total"]
    page.get_by_text(f"1 to 25 of {total:,}, newest first").wait_for()
    urls = page.locator("#data-list a").evaluate_all("links => links.slice(0, 3).map(link => link.href)")
    assert [httpx.get(url, trust_env=False, verify=False).status_code for url in urls] == [200] * 3
    page.close()


@needs_browser
def test_tokens(board, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_dashboard(page, board.sandbox, "users")
    page.get_by_label("Search").fill("marlow")
    page.get_by_role("button", name="Token: Marlow Finch").click()
    page.get_by_text("Token of marlow-finch").wait_for()
    check_accessibility(page)
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_text("Copied the token").wait_for()
    board.client.set_token(page.evaluate("navigator.clipboard.readText()"))
    assert board.client.me.get_me().permalink == "marlow-finch"


@needs_browser
def test_the_controls(board, page):
    open_dashboard(page, board.sandbox, "controls")
    page.get_by_text("App tokens: 0 of 50").wait_for()
    check_layout(page)
    check_accessibility(page)
    page.get_by_role("button", name="10 % errors").click()
    page.get_by_text("The faults were changed").wait_for()
    assert board.sandbox.faults == Faults(error_rate=0.1)
    assert page.get_by_role("button", name="10 % errors").get_attribute("aria-pressed") == "true"
    page.get_by_label("All settings, as JSON").fill('{"latency": -1}')
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("latency: give a number from 0 to 3600, not -1").wait_for()
    page.refused = 1
    page.get_by_role("button", name="No faults").click()
    page.get_by_text("The faults were changed").wait_for()
    page.get_by_label("Name").fill("before")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Restore before").wait_for()
    take_picture(page, f"dashboard-controls-{page.kind}")
    board.client.playlists.create(title="Later")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Restore before").click()
    page.get_by_text("Restored before").wait_for()
    assert "Later" not in [playlist.title for playlist in board.client.me.get_playlists()]
    page.get_by_role("button", name="+1 hour").click()
    page.get_by_text("(3,600 seconds ahead)").wait_for()
    assert board.sandbox.clock_offset == 3600
    page.get_by_label("Permalinks lead to this sandbox").check()
    page.get_by_text("The setting was changed").wait_for()
    assert board.sandbox.settings["local_links"] is True
    page.get_by_label("Seed").fill("3")
    page.get_by_role("button", name="Reset everything").click()
    page.get_by_text("Everything was reset").wait_for()
    assert (board.sandbox.clock_offset, board.sandbox.settings["local_links"]) == (0, False)
    with page.expect_download() as download:
        page.get_by_text("Export the data").click()
    exported = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert exported == board.sandbox.export_data()
    file = {"name": "small.json", "mimeType": "application/json", "buffer": b'{"users": [{"permalink": "solo"}]}'}
    page.get_by_label("Import a dataset").set_input_files(file)
    page.get_by_text("Imported small.json").wait_for()
    assert board.sandbox.usernames() == ["solo"]


@needs_browser
def test_the_dashboard_by_keyboard(board, browser):
    page = browser.new_page()
    open_dashboard(page, board.sandbox)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    for name in ("Requests", "Data"):
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == name
    page.keyboard.press("Enter")
    page.locator("#data-list > li").first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("name") == "kind"
    page.close()


@needs_browser
def test_a_lost_connection(browser):
    page = browser.new_page()
    with Sandbox() as sandbox:
        open_dashboard(page, sandbox)
        port = int(sandbox.api_url.rpartition(":")[2])
    page.get_by_text("connection lost").wait_for()
    with Sandbox(port=port) as sandbox:
        page.get_by_text("live", exact=True).wait_for()
        httpx.get(f"{sandbox.api_url}/me", trust_env=False, verify=False)
        page.locator("#request-list > li").first.wait_for()
    page.close()


@needs_browser
def test_the_page_of_a_permalink(hostile_sandbox, page):
    (track,) = hostile_sandbox.list_data("tracks", q="alert(1)")["items"]
    page.goto(f"{hostile_sandbox.media_url}/ada-night/{track['permalink']}/{track['secret_token']}")
    take_picture(page, f"permalink-{page.kind}")
    check_layout(page)
    assert page.locator("h1").inner_text() == EVIL
    assert page.get_by_text("so good").is_visible()
    page.wait_for_function("document.querySelector('img.wave').naturalWidth > 0")
    darkest, lightest = Image.open(io.BytesIO(page.locator("img.wave").screenshot())).convert("L").getextrema()
    assert lightest - darkest > 128
    player = page.frame_locator("iframe")
    player.get_by_text(EVIL).first.wait_for()
    check_accessibility(page)
    page.get_by_text("Show the JSON").click()
    assert json.loads(page.locator("pre").inner_text())["title"] == EVIL
    page.get_by_role("link", name="ada-night").first.click()
    page.wait_for_url(f"{hostile_sandbox.media_url}/ada-night")
    take_picture(page, f"permalink-user-{page.kind}")
    check_layout(page)
    check_accessibility(page)
    page.locator("h2:has-text('Playlists') + ul a").first.click()
    page.wait_for_url(f"{hostile_sandbox.media_url}/ada-night/sets/*")
    take_picture(page, f"permalink-playlist-{page.kind}")
    check_layout(page)
    check_accessibility(page)


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
def test_the_consent_page_for_an_app_with_its_own_scheme(page):
    with Sandbox(redirect_uri="myapp://callback") as sandbox:
        page.goto(consent_url(sandbox))
        page.get_by_label("Find a user").fill("marlow")
        page.keyboard.press("Enter")
        page.wait_for_url("**find=marlow**")
        assert page.locator("option").all_inner_texts() == ["Marlow Finch (Bristol)"]
        take_picture(page, f"consent-search-{page.kind}")
        check_layout(page)
        page.get_by_role("button", name="Allow").click()
        address = page.get_by_label("URL").input_value()
        take_picture(page, f"consent-away-{page.kind}")
        check_layout(page)
        check_accessibility(page)

        code = sandbox._state.database.rows("SELECT code, permalink FROM codes JOIN users ON users.id = user_id")[0]
        assert code["permalink"] == "marlow-finch"
        assert parse_qs(urlsplit(address).query)["code"] == [code["code"]]
        assert page.get_by_role("link", name="Open the URL").get_attribute("href") == address


@needs_browser
def test_an_invalid_authorization_url_in_a_browser(browser, hostile_sandbox):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(consent_url(hostile_sandbox, redirect_uri=f"https://{'very-' * 30}long.example/{EVIL}"))
    take_picture(page, "consent-refused")
    assert "redirect_uri_mismatch" in page.inner_text("main")
    assert "<script>" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
