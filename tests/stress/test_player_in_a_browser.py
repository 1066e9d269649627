"""The player in a real browser: two players on one page, playback, seeking, events and errors."""

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

import httpx
import pytest

from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.sound import tone
from tests.helpers.browser import needs_browser, open_browser, take_picture
from tests.helpers.servers import Response, ScriptedServer

PAGE = """<!doctype html><html lang="en"><head><meta name="color-scheme" content="light dark"><title>Two players</title>
<style>body {{ margin: 12px; }} iframe {{ display: block; width: 100%; border: 0; margin-bottom: 8px; }}</style></head><body>
<iframe id="one" height="166" allow="autoplay" src="{one}"></iframe>
<iframe id="two" height="360" allow="autoplay" src="{two}"></iframe>
<script src="{api}"></script>
<script>
  const heard = [];
  const widgets = {{}};
  for (const name of ["one", "two"]) {{
    const widget = (widgets[name] = SC.Widget(document.getElementById(name)));
    for (const event of Object.values(SC.Widget.Events)) widget.bind(event, (value) => heard.push([name, event, value]));
  }}
  const ask = (name, question) => new Promise((answer) => widgets[name][question](answer));
  const count = (name, event) => heard.filter((entry) => entry[0] === name && entry[1] === event).length;
</script></body></html>"""

pytestmark = [pytest.mark.slow, needs_browser]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox):
    headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
    with httpx.Client(base_url=sandbox.api_url, headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def serve():
    """Serve an HTML page on an origin of its own and return its URL."""
    with ExitStack() as stack:

        def start(content: str) -> str:
            server = stack.enter_context(ScriptedServer())
            server.set_responses("/", Response(200, content.encode(), {"Content-Type": "text/html; charset=utf-8"}))
            server.set_responses("/favicon.ico", Response(204))
            return f"{server.url}/"

        yield start


@pytest.fixture
def tracks(client):
    found = client.get("/tracks", params={"access": "playable", "q": "lofi", "limit": 20}).json()
    return [item for item in found if item["embeddable_by"] == "all"]


def player(sandbox, track, **flags):
    query = "".join(f"&{name}={quote(value)}" for name, value in flags.items())
    return f"{sandbox.media_url}/player/?url={quote(track['permalink_url'], safe='')}{query}"


def two_players(sandbox, serve, one, two, **flags):
    return serve(PAGE.format(one=player(sandbox, one, **flags), two=two, api=f"{sandbox.media_url}/player/api.js"))


def watch(page):
    """Collect the errors of a page and its frames."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return errors


def test_a_page_controls_two_players(sandbox, client, browser, serve, tracks):
    playlist = client.get("/playlists", params={"q": "a"}).json()[0]
    # The third track is blocked and will be skipped.
    listed = client.get(f"/playlists/{playlist['urn']}/tracks?access=playable,preview,blocked").json()
    assert [item["access"] for item in listed][:4] == ["playable", "playable", "blocked", "playable"]
    page = browser.new_page(viewport={"width": 720, "height": 600})
    errors = watch(page)
    page.goto(two_players(sandbox, serve, tracks[0], player(sandbox, playlist, color="#0066cc")))
    page.wait_for_function('count("one", "ready") === 1 && count("two", "ready") === 1')

    assert page.evaluate('ask("one", "getDuration")') == tracks[0]["duration"]
    assert page.evaluate('ask("one", "getPosition")') == 0
    assert page.evaluate('ask("one", "isPaused")') is True
    assert page.evaluate('ask("one", "getCurrentSound")')["title"] == tracks[0]["title"]
    sounds = page.evaluate('ask("two", "getSounds")')
    assert len(sounds) == playlist["track_count"]

    # Play and receive events.
    page.evaluate("widgets.one.play(), widgets.one.setVolume(30)")
    page.wait_for_function('count("one", "play") === 1 && count("one", "playProgress") > 1')
    assert page.evaluate('ask("one", "isPaused")') is False
    assert page.evaluate('ask("one", "getVolume")') == 30
    progress = page.evaluate('heard.filter((entry) => entry[1] === "playProgress").at(-1)[2]')
    assert set(progress) == {"soundId", "loadedProgress", "currentPosition", "relativePosition"}
    assert progress["soundId"] == tracks[0]["id"]
    assert 0 < progress["currentPosition"] < 20_000

    # Seek during playback.
    page.evaluate("widgets.one.seekTo(60000)")
    page.wait_for_function('count("one", "seek") === 1')
    page.wait_for_function('heard.at(-1)[1] === "playProgress" && heard.at(-1)[2].currentPosition > 60000')
    assert 60_000 < page.evaluate('ask("one", "getPosition")') < 80_000
    take_picture(page, "player-two")

    # Starting the second player pauses the first.
    page.evaluate("widgets.two.skip(1)")
    page.wait_for_function('count("two", "play") === 1 && count("one", "pause") === 1')
    assert page.evaluate('ask("two", "getCurrentSoundIndex")') == 1
    assert page.evaluate('ask("one", "isPaused")') is True
    page.evaluate("widgets.two.toggle()")
    page.wait_for_function('count("two", "pause") >= 1')
    assert page.evaluate('ask("two", "isPaused")') is True
    page.evaluate("widgets.two.next()")
    page.wait_for_function('count("two", "play") === 2')
    assert page.evaluate('ask("two", "getCurrentSoundIndex")') == 3
    page.evaluate("widgets.two.pause().prev()")
    page.wait_for_function('count("two", "play") === 3')
    assert page.evaluate('ask("two", "getCurrentSound")')["id"] == sounds[1]["id"]

    # An unbound event is not received, and another sound can be loaded.
    page.evaluate("widgets.one.unbind(SC.Widget.Events.PLAY)")
    page.evaluate(
        "(url) => widgets.one.load(url, { auto_play: true, callback: () => heard.push(['one', 'loaded']) })",
        tracks[1]["permalink_url"],
    )
    page.wait_for_function(
        'count("one", "loaded") === 1 && heard.at(-1)[0] === "one" && heard.at(-1)[1] === "playProgress"'
    )
    assert page.evaluate('ask("one", "getCurrentSound")')["id"] == tracks[1]["id"]
    assert page.evaluate('count("one", "play")') == 1
    assert errors == []


def test_players_play_together_without_single_active(sandbox, browser, serve, tracks):
    page = browser.new_page()
    page.goto(
        two_players(sandbox, serve, tracks[0], player(sandbox, tracks[1], single_active="false"), single_active="false")
    )
    page.wait_for_function('count("one", "ready") === 1 && count("two", "ready") === 1')
    page.evaluate("widgets.one.play(), widgets.two.play()")
    page.wait_for_function('count("one", "playProgress") > 2 && count("two", "playProgress") > 2')

    assert page.evaluate('Promise.all([ask("one", "isPaused"), ask("two", "isPaused")])') == [False, False]


def test_playback_reaches_the_end(sandbox, client, browser, serve, tracks):
    files = {"track[asset_data]": ("tone.wav", tone(1.5), "audio/wav")}
    short = client.post("/tracks", data={"track[title]": "Short"}, files=files).json()
    page = browser.new_page()
    page.goto(two_players(sandbox, serve, short, player(sandbox, tracks[0])))
    page.wait_for_function('count("one", "ready") === 1')
    page.evaluate("widgets.one.play()")
    page.wait_for_function('count("one", "finish") === 1')

    assert abs(page.evaluate('ask("one", "getDuration")') - 1500) <= 1
    # Play again from the start.
    page.evaluate("widgets.one.play()")
    page.wait_for_function('count("one", "finish") === 2')


def test_a_seek_right_after_play(sandbox, browser, serve, tracks):
    page = browser.new_page()
    page.goto(two_players(sandbox, serve, tracks[0], player(sandbox, tracks[1])))
    page.wait_for_function('count("one", "ready") === 1')
    page.evaluate("widgets.one.play().seekTo(30000)")
    page.wait_for_function('count("one", "playProgress") > 1')

    assert page.evaluate('ask("one", "getPosition")') > 30_000
    assert page.evaluate('ask("one", "isPaused")') is False


def test_an_expired_url_is_fetched_again(sandbox, browser, serve, tracks):
    refused: list[str] = []

    def refuse_the_first(route):
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=403, body="The URL has expired.")

    page = browser.new_page()
    # Playwright cannot intercept the target of a redirect, so the request before it is refused.
    page.route("**/player/sounds/**", refuse_the_first)
    page.goto(two_players(sandbox, serve, tracks[0], player(sandbox, tracks[1])))
    page.wait_for_function('count("one", "ready") === 1')
    page.evaluate("widgets.one.seekTo(30000).play()")
    page.wait_for_function('count("one", "playProgress") > 1')

    assert len(refused) == 1
    assert page.evaluate('ask("one", "getPosition")') > 30_000
    assert page.evaluate('count("one", "error")') == 0


def test_a_url_that_stays_expired_is_an_error(sandbox, browser, serve, tracks):
    page = browser.new_page()
    page.goto(two_players(sandbox, serve, tracks[0], player(sandbox, tracks[1])))
    page.wait_for_function('count("one", "ready") === 1')
    sandbox.change_settings(media_lifetime=-60)
    page.evaluate("widgets.one.play()")
    page.wait_for_function('count("one", "error") === 1')
    assert page.frame_locator("#one").get_by_role("status").inner_text() == "Playback failed"
    sandbox.change_settings(media_lifetime=60)
    page.evaluate("widgets.one.play()")
    page.wait_for_function('count("one", "playProgress") > 1')
    assert page.frame_locator("#one").locator("#status").text_content() == ""


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_the_player_on_a_phone(sandbox, client, browser, tracks, color_scheme):
    playlist = client.get("/playlists", params={"q": "a"}).json()[0]
    page = browser.new_page(viewport={"width": 360, "height": 420}, color_scheme=color_scheme)
    errors = watch(page)
    page.goto(player(sandbox, playlist))
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    page.get_by_role("slider", name="Position").focus()
    page.keyboard.press("End")
    # At the end the next track starts.
    page.locator("#list [aria-current=true]", has_text="2. ").wait_for()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    # The artwork may load after the sound.
    page.wait_for_function("document.getElementById('picture').naturalWidth === 500")
    take_picture(page, f"player-phone-{color_scheme}")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(255, 255, 255)" if color_scheme == "light" else "rgb(28, 28, 30)")
    page.get_by_role("button", name="4. ").click()
    page.locator("#list [aria-current=true]", has_text="4. ").wait_for()
    assert errors == []


# An HLS player in a page: it fetches the segments and appends them to a source buffer, here with a gap.
PLAY_FRAGMENTS = """async (playlist) => {
  const text = await (await fetch(playlist)).text();
  const url = (name) => new URL(name, playlist).href;
  const segments = text.split("\\n").filter((line) => line && !line.startsWith("#"));
  const source = new MediaSource();
  const audio = document.createElement("audio");
  audio.src = URL.createObjectURL(source);
  await new Promise((opened) => (source.onsourceopen = opened));
  const buffer = source.addSourceBuffer('audio/mp4; codecs="mp4a.40.2"');
  for (const name of [text.match(/URI="([^"]+)"/)[1], segments[0], segments[1], segments[5]]) {
    const part = await (await fetch(url(name))).arrayBuffer();
    await new Promise((done, failed) => {
      buffer.onupdateend = done;
      buffer.onerror = failed;
      buffer.appendBuffer(part);
    });
  }
  audio.currentTime = 9.5;
  await audio.play();
  await new Promise((later) => (audio.ontimeupdate = () => audio.currentTime > 10.2 && later()));
  const ranges = [...Array(buffer.buffered.length).keys()];
  return ranges.map((range) => [buffer.buffered.start(range), buffer.buffered.end(range)]);
}"""


def test_the_browser_plays_the_fragments(sandbox, client, browser, serve, tracks):
    streams = client.get(f"/tracks/{tracks[0]['urn']}/streams").json()
    location = client.get(streams["hls_aac_160_url"]).headers["location"]
    page = browser.new_page()
    page.goto(serve("<!doctype html><title>HLS player</title>"))
    ranges = page.evaluate(PLAY_FRAGMENTS, location)

    # The first two segments without a gap, and the sixth in its place.
    assert [[round(place, 2) for place in part] for part in ranges] == [[0, 19.97], [49.92, 59.9]]


def test_a_blocked_track_shows_a_message(sandbox, client, browser):
    found = client.get("/tracks", params={"access": "blocked", "limit": 20}).json()
    page = browser.new_page(viewport={"width": 360, "height": 180})
    page.goto(player(sandbox, found[0]))

    assert page.get_by_role("status").inner_text() == "Not available"
    assert page.get_by_role("button", name="Play").is_disabled()
    page.goto(f"{sandbox.media_url}/player/?url=https://api.soundcloud.com/tracks/{found[0]['urn']}")
    assert "does not accept URNs" in page.get_by_role("alert").inner_text()
    take_picture(page, "player-refused")


def test_keys_volume_and_heading(browser, sandbox, tracks):
    from playwright.sync_api import expect

    # The page's policy forbids the functions that Playwright waits for.
    page = browser.new_page(viewport={"width": 390, "height": 130}, color_scheme="dark", bypass_csp=True)
    page.goto(player(sandbox, tracks[0]))

    def value(expression):
        return page.evaluate(f"document.getElementById('audio').{expression}")

    assert page.get_by_role("heading", level=1).inner_text() == tracks[0]["title"]
    # The picture fills its column, also in a frame that is not square.
    assert page.evaluate("(() => { const box = picture.getBoundingClientRect(); return box.bottom; })()") >= 128
    take_picture(page, "player-phone")
    page.keyboard.press("m")
    expect(page.get_by_label("Mute")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowDown")
    assert (value("muted"), round(value("volume"), 2)) == (False, 0.9)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert value("volume") == 1
    page.keyboard.press(" ")
    page.wait_for_function(
        "!document.getElementById('audio').paused && document.getElementById('audio').currentTime > 0"
    )
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.getElementById('audio').currentTime > 4.9")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.getElementById('audio').currentTime < 4.9")
    # Space presses the button that has the focus, and does so once.
    page.get_by_role("button", name="Pause").focus()
    page.keyboard.press(" ")
    page.wait_for_function("document.getElementById('audio').paused")
    page.set_viewport_size({"width": 900, "height": 166})
    page.get_by_label("Volume").fill("40")
    assert round(value("volume"), 2) == 0.4
    take_picture(page, "player-desktop")
