"""A web app without a server of its own: a page on another port signs in, searches, likes, uploads and plays."""

import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.sound import tone
from tests.helpers.browser import needs_browser, open_browser

pytestmark = [pytest.mark.slow, needs_browser]

# The sign-in with PKCE, with the means of a browser only.
BEGIN = """async ([authUrl, clientId]) => {
    const encode = bytes => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const verifier = encode(crypto.getRandomValues(new Uint8Array(48)));
    sessionStorage.verifier = verifier;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    const query = new URLSearchParams({
        client_id: clientId, redirect_uri: location.origin + "/callback", response_type: "code",
        code_challenge: encode(new Uint8Array(digest)), code_challenge_method: "S256", state: "here",
    });
    location.href = `${authUrl}/authorize?${query}`;
}"""
EXCHANGE = """async ([authUrl, clientId]) => {
    const body = new URLSearchParams({
        grant_type: "authorization_code", client_id: clientId, redirect_uri: location.origin + "/callback",
        code: new URLSearchParams(location.search).get("code"), code_verifier: sessionStorage.verifier,
    });
    const response = await fetch(`${authUrl}/oauth/token`, { method: "POST", body });
    const tokens = await response.json();
    sessionStorage.token = tokens.access_token;
    return [response.status, Object.keys(tokens).sort()];
}"""
USE = """async ([apiUrl, sound]) => {
    const headers = { Authorization: `OAuth ${sessionStorage.token}` };
    const call = (path, options = {}) => fetch(path.startsWith("http") ? path : apiUrl + path, { headers, ...options });
    const found = await (await call("/tracks?q=lofi&limit=1&linked_partitioning=true&access=playable")).json();
    const [track] = found.collection;
    const liked = await call(`/likes/tracks/${track.urn}`, { method: "POST" });
    const form = new FormData();
    form.set("track[title]", "From a page");
    form.set("track[asset_data]", new Blob([Uint8Array.from(atob(sound), letter => letter.charCodeAt(0))]), "tone.wav");
    const uploaded = await call("/tracks", { method: "POST", body: form });
    const { urn } = await uploaded.json();
    const renamed = await call(`/tracks/${urn}`, {
        method: "PUT", body: JSON.stringify({ track: { title: "Renamed" } }),
        headers: { ...headers, "Content-Type": "application/json" },
    });
    const missing = await call("/tracks/1");
    const streams = await (await call(`/tracks/${track.urn}/streams`)).json();
    const preview = await call(streams.preview_mp3_128_url);
    const audio = new Audio(preview.url);
    audio.muted = true;
    await audio.play();
    while (audio.currentTime < 0.05) await new Promise(done => setTimeout(done, 20));
    return {
        me: (await (await call("/me")).json()).permalink, liked: liked.status, uploaded: uploaded.status,
        title: (await renamed.json()).title, missing: (await missing.json()).code, played: audio.currentTime > 0,
        limit: missing.headers.get("x-ratelimit-limit"),
    };
}"""


class EmptyPage(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>App</title><link rel=icon href=data:,>")

    def log_message(self, *arguments):
        pass


@pytest.fixture
def origin():
    server = ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page():
    with open_browser() as browser:
        page = browser.new_page()
        page.set_default_timeout(60_000)
        yield page


def sign_in(page, sandbox, origin):
    page.goto(f"{origin}/")
    page.evaluate(BEGIN, [sandbox.auth_url, sandbox.client_id])
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{origin}/callback?*")


def test_with_both_switches(origin, page):
    switches = {"token_cors": True, "public_client": True}
    with Sandbox(redirect_uri=f"{origin}/callback", processing_seconds=0, **switches) as sandbox:
        sign_in(page, sandbox, origin)
        status, names = page.evaluate(EXCHANGE, [sandbox.auth_url, sandbox.client_id])
        assert (status, names) == (200, ["access_token", "expires_in", "refresh_token", "scope", "token_type"])
        result = page.evaluate(USE, [sandbox.api_url, b64encode(tone(1)).decode()])

    assert result == {
        "me": "ada-night",
        "liked": 200,
        "uploaded": 201,
        "title": "Renamed",
        "missing": 404,
        "played": True,
        "limit": "-1",
    }


def test_the_token_endpoint_and_the_control_api_refuse_pages(origin, page):
    with Sandbox(redirect_uri=f"{origin}/callback") as sandbox:
        sign_in(page, sandbox, origin)
        refused = "error => error.message"
        failed = page.evaluate(
            f"values => ({EXCHANGE})(values).catch({refused})", [sandbox.auth_url, sandbox.client_id]
        )
        assert failed == "Failed to fetch"
        # Neither a read nor a simple request without a preflight, whose response the page cannot see.
        assert page.evaluate(f"url => fetch(url).catch({refused})", f"{sandbox.api_url}/-/faults") == "Failed to fetch"
        before = sandbox.export_data()
        options = (
            '{ method: "POST", mode: "no-cors", headers: { "Content-Type": "text/plain" }, body: "{\\"seed\\": 3}" }'
        )
        page.evaluate(f"url => fetch(url, {options}).then(() => null)", f"{sandbox.api_url}/-/reset")
        assert sandbox.export_data() == before
