"""soundcloud.js in a real browser, on a page with a strict policy: users, visitors, CSRF, errors, and the sandbox's player."""

import json
import re
from pathlib import Path

import pytest

from soundcloud.sandbox.media.sound import tone
from soundcloud.widget import player_url
from tests.helpers.browser import needs_browser, open_browser
from tests.helpers.web_site import LIMIT, open_site

pytestmark = [pytest.mark.slow, needs_browser]

# The two scripts of docs/web.md, and pages with the elements that they use.
SCRIPTS = re.findall(
    r"```js\n(import .+?)```", (Path(__file__).parents[2] / "docs/web.md").read_text("utf-8"), re.DOTALL
)
HEAD = '<!doctype html><html lang="en"><title>Plain</title><link rel="icon" href="data:,">'
FORM = '<button id="sign-in">Sign in</button><form id="search"><input name="q"><button>Search</button></form><p id="found">'
PLAIN = {
    "search": f'{HEAD}{FORM}</p><script type="module" src="/search.js"></script>',
    "search.js": SCRIPTS[0],
    "player": f'{HEAD}<iframe allow="autoplay"></iframe><button id="toggle">Play</button>',
    "player.js": SCRIPTS[1],
}


@pytest.fixture(scope="module")
def running():
    with open_site(PLAIN) as site:
        yield site


@pytest.fixture
def site(running):
    running.sandbox.reset()
    running.clock.advance(60)  # for the limit of visitors
    return running


@pytest.fixture(scope="module")
def chromium():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def open_page(chromium, site):
    """Opens pages, each in its own browser context, and checks that the console stays empty."""
    pages = []

    def open_page(path="/", context=None, **settings):
        page = (context or chromium.new_context(**settings)).new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda line: page.problems.append(line.text) if line.type in {"error", "warning"} else None)
        pages.append(page)
        visit(page, f"{site.url}{path}")
        return page

    yield open_page
    problems = [problem for page in pages for problem in page.problems]
    for page in pages:
        page.context.close()
    assert problems == []


def visit(page, url):
    page.goto(url)
    load(page)


def load(page):
    page.evaluate("async () => { window.sc = await import('/soundcloud/soundcloud.js'); window.api = sc.connect(); }")


def run(page, script, *arguments):
    """Run the body of an async function; an error becomes an object with its fields."""
    return page.evaluate(
        "async ([script, values]) => { try {"
        f"  return await (async (...given) => {{ {script} }})(...values);"
        "} catch (error) { return { name: error.name, status: error.status, code: error.code, message: error.message }; } }",
        [None, list(arguments)],
    )


def wait(page, condition):
    page.wait_for_function(f"() => {condition}", timeout=15_000)


def sign_in(page, site, username="ada-night"):
    page.evaluate("api.login()")
    page.get_by_label("Sign in as").select_option(username)
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{site.url}/**")
    load(page)


def expect_problems(page, count):
    """The browser reports each response with an error status; forget these lines."""
    lines = [line for line in page.problems if "the server responded with a status of" in line]
    assert len(lines) == count, page.problems
    page.problems[:] = [line for line in page.problems if line not in lines]


def test_a_signed_in_user(site, open_page):
    page = open_page("/?here=1&x=%C3%A4")
    assert run(page, "return await api.me()") is None
    sign_in(page, site)

    assert page.url == f"{site.url}/?here=1&x=%C3%A4"
    assert run(page, "return (await api.me()).username") == "ada-night"
    assert run(page, "return [document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    with site.as_user() as client:
        liked = [track.urn for track in client.me.get_likes_tracks()]
        other = next(track.urn for track in client.search.tracks("") if track.urn not in liked)
    pages = "const sizes = []; for await (const page of api.pages('/me/likes/tracks', { limit: 5, q: null })) "
    sizes = run(page, pages + "sizes.push(page.collection.length); return sizes;")
    items = "const found = []; for await (const track of api.items('me/likes/tracks', { limit: 50 })) found.push(track.urn);"
    assert run(page, items + "return found;") == liked
    assert (sum(sizes), max(sizes)) == (len(liked), 5)
    # A list without pages is one page.
    assert (
        run(page, f"for await (const page of api.pages('/users/{user_urn(site)}/web-profiles')) return page.next_href")
        is None
    )

    like = f"/likes/tracks/{other}"
    assert run(page, "return await api.send('POST', given[0])", like) is None
    with site.as_user() as client:
        assert other in {track.urn for track in client.me.get_likes_tracks()}
    assert run(page, "return await api.send('DELETE', given[0])", like) is None
    with site.as_user() as client:
        assert other not in {track.urn for track in client.me.get_likes_tracks()}
    comment = run(
        page, "return await api.send('POST', given[0], { body: 'Good', timestamp: 1500 })", f"/comments/tracks/{other}"
    )
    assert (comment["body"], comment["timestamp"]) == ("Good", 1500)

    assert run(page, "return await api.logout()") is None
    assert run(page, "return await api.me()") is None
    refused = run(page, "return await api.send('POST', given[0])", like)
    assert refused == {"name": "SoundCloudError", "status": 401, "code": "not_signed_in", "message": "Sign in first"}
    expect_problems(page, 1)


def user_urn(site):
    with site.as_user() as client:
        return client.me.get_me().urn


def test_a_visitor(site, open_page):
    page = open_page()
    search = "return (await api.get('/tracks', { q: 'lofi', access: ['playable', 'preview'], limit: 3, x: undefined })).length"
    assert run(page, search) == 3
    request = next(request for request in site.sandbox.requests if request.path == "/tracks")
    assert dict(request.query) == {"q": "lofi", "access": "playable,preview", "limit": "3"}

    private = run(page, "return await api.get('/me/likes/tracks')")
    absent = run(page, "return await api.get('/playlists')")
    assert (private["status"], private["code"]) == (401, "not_signed_in")
    assert absent == {"name": "SoundCloudError", "status": 404, "code": "not_found", "message": "Page not found"}
    # The browser has the responses of repeated requests in its cache.
    flood = (
        f"for (let each = 0; each < {LIMIT} + 1; each += 1) await api.get('/tracks', {{ q: 'lofi', limit: 1, each }});"
    )
    limited = run(page, flood)
    assert (limited["status"], limited["code"]) == (429, "too_many_requests")
    assert limited["message"].startswith("Too many requests. Wait ")
    expect_problems(page, 3)


def test_refused_changes(site, open_page):
    page = open_page()
    sign_in(page, site)
    run(page, "await api.me()")
    # The script of a page of another site could not do more than this one.
    assert run(page, "return (await fetch('/soundcloud/likes/tracks/1', { method: 'POST' })).status") == 403
    other = open_page(context=page.context)
    sign_in(other, site, "marlow-finch")
    # The page still shows ada-night, so it must not act for Marlow.
    refused = run(page, "return await api.send('POST', '/likes/tracks/1')")
    assert (refused["status"], refused["code"]) == (403, "csrf")
    assert run(page, "return (await api.me()).username") == "Marlow Finch"
    expect_problems(page, 2)
    site.clock.advance(1800)
    ended = run(page, "return await api.send('POST', '/likes/tracks/1')")
    assert (ended["status"], ended["code"]) == (401, "session_ended")
    expect_problems(page, 1)


def test_two_users_in_two_browsers(site, open_page):
    ada, marlow = open_page(), open_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    sign_in(ada, site)
    sign_in(marlow, site, "marlow-finch")

    assert run(ada, "return (await api.me()).username") == "ada-night"
    assert run(marlow, "return (await api.me()).username") == "Marlow Finch"
    run(ada, "return await api.logout({ everywhere: true })")
    assert run(marlow, "return (await api.me()).username") == "Marlow Finch"


def test_disconnect(site, open_page):
    page, other = open_page(), open_page()
    sign_in(page, site)
    sign_in(other, site)
    assert run(page, "return await api.logout({ disconnect: true })") is None

    assert run(other, "return await api.me()") is None


def test_the_routes_of_the_app(site, open_page):
    page = open_page()
    sign_in(page, site)
    bodies = {
        "{ a: [1] }": ("application/json", '{"a":[1]}'),
        "['x']": ("application/json", '["x"]'),
        "new URLSearchParams({ a: 'b' })": ("application/x-www-form-urlencoded", {"a": "b"}),
        "Object.entries({ a: 'b' }).reduce((form, pair) => (form.set(...pair), form), new FormData())": (
            "multipart/form-data",
            {"a": "b"},
        ),
    }
    for body, (kind, text) in bodies.items():
        answer = run(page, f"return await api.send('POST', new URL('/echo', location), {body})")
        assert (answer["type"], answer["body"]) == (kind, text)

    assert run(page, "return (await sc.connect('/soundcloud').me()).username") == "ada-night"
    assert run(page, "return await sc.connect(new URL('/', location)).get(new URL('/text', location))") == {
        "name": "SoundCloudError",
        "status": 500,
        "code": "http",
        "message": "HTTP 500",
    }
    expect_problems(page, 1)


@pytest.mark.parametrize("path", ["new URL('https://evil.test/x')", "new URL('//evil.test/x', location)"])
def test_the_csrf_token_stays_on_this_site(site, open_page, path):
    page = open_page()
    sign_in(page, site)
    requested = []
    page.on("request", lambda request: requested.append(request.url))
    problem = run(page, f"return await api.send('POST', {path})")

    assert (problem["name"], requested) == ("TypeError", [])


def test_paths_lead_to_the_routes_only(site, open_page):
    page = open_page()
    requested = []
    page.on("request", lambda request: requested.append(request.url))
    for path in ("https://evil.test/x", "//evil.test/x", "/tracks/1"):
        run(page, "return await api.get(given[0])", path)

    assert [url.removeprefix(site.url) for url in requested] == [
        "/soundcloud/api/https://evil.test/x",
        "/soundcloud/api//evil.test/x",
        "/soundcloud/api/tracks/1",
    ]
    expect_problems(page, 3)


def test_aborted_requests_and_a_site_that_cannot_be_reached(site, open_page):
    page = open_page()
    assert run(page, "return await api.get('/tracks', {}, { signal: AbortSignal.abort() })")["name"] == "AbortError"
    page.route("**/api/tracks*", lambda route: None)  # no response
    assert (
        run(page, "return await api.get('/tracks', {}, { signal: AbortSignal.timeout(50) })")["name"] == "TimeoutError"
    )
    reason = "const stop = new AbortController(); const all = api.items('/tracks', {}, { signal: stop.signal });"
    stopped = "const first = all.next(); stop.abort(new RangeError('enough')); await first;"
    assert run(page, reason + stopped)["name"] == "RangeError"
    page.unroute("**/api/tracks*")
    page.route("**/api/tracks*", lambda route: route.abort())
    assert run(page, "return await api.get('/tracks')") == {
        "name": "SoundCloudError",
        "status": 0,
        "code": "network",
        "message": "The site cannot be reached. Try again later.",
    }
    assert run(page, "return await api.get(new URL('/broken', location))")["code"] == "network"
    page.problems[:] = [line for line in page.problems if "net::ERR_FAILED" not in line]


def test_the_plain_page_of_the_docs(site, open_page):
    page = open_page("/search")
    page.get_by_role("textbox").fill("lofi")
    page.get_by_role("button", name="Search").click()
    wait(page, "document.querySelector('#found').textContent")
    with site.as_user() as client:
        found = client.search.tracks("lofi", limit=5).collection
        liked = {track.urn for track in client.me.get_likes_tracks()}
    assert page.locator("#found").inner_text() == ", ".join(track.title for track in found)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Sign in as").select_option("ada-night")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{site.url}/")
    visit(page, f"{site.url}/search")
    page.get_by_role("button", name="Sign in").wait_for(state="hidden")
    page.get_by_role("textbox").fill("lofi")
    with page.expect_response("**/likes/tracks/*") as caught:
        page.get_by_role("button", name="Search").click()

    assert caught.value.status == 204
    with site.as_user() as client:
        assert {track.urn for track in client.me.get_likes_tracks()} == liked | {found[0].urn}


# The player.


def test_the_player_of_the_docs(site, open_page, playlist):
    _, (track, *_) = playlist
    page = open_page("/player")
    run(page, "document.querySelector('iframe').src = given[0]", f"{site.player}?url={api_url(track)}")
    run(page, "await import('/player.js')")
    page.get_by_role("button", name=f"Play {track.title}").click()
    page.get_by_role("button", name=f"Pause {track.title}").wait_for()
    with page.expect_event("framenavigated", lambda frame: "2287190367" in frame.url):
        page.frame_locator("iframe").get_by_role("slider").press("End")
    page.get_by_role("button", name="Pause").wait_for()


@pytest.fixture
def playlist(site):
    """A playlist of at least 3 tracks, all playable, and its tracks."""
    with site.as_user() as client:
        for found in client.search.playlists(""):
            tracks = list(client.playlists.get_tracks(found.urn))
            if len(tracks) == found.track_count > 2 and all(track.access == "playable" for track in tracks):
                return found, tracks
    raise AssertionError("no such playlist")


def api_url(model):
    kind, number = model.urn.split(":")[1:]
    return f"https://api.soundcloud.com/{kind}/{number}"


def open_player(open_page, model, script=""):
    page = open_page(f"/?player={api_url(model)}")
    run(
        page,
        "window.events = []; window.states = [];"
        "window.player = new sc.Player(document.querySelector('iframe'));"
        "player.addEventListener('change', () => states.push(player.state));"
        "for (const name of ['ready', 'play', 'pause', 'finish', 'seek', 'playProgress', 'loadProgress', 'error',"
        " 'buyClicked', 'downloadClicked', 'sharePanelOpened'])"
        " player.addEventListener(name, (event) => events.push([name, event.detail]));" + script,
    )
    return page


# The volume is asked for at the same time.
SET_VOLUME = "player.addEventListener('ready', () => player.setVolume(30));"


def test_a_player_plays_pauses_and_seeks(site, open_page, playlist):
    _, (track, *_) = playlist
    page = open_player(open_page, track, "player.seek(5000); player.play();" + SET_VOLUME)  # before it is ready
    wait(page, "player.state.playing && player.state.position > 5000 && player.state.sound")
    state = run(page, "return player.state")

    assert (state["ready"], state["index"], state["volume"], state["duration"]) == (True, 0, 30, track.duration)
    assert state["sound"] == {
        "id": int(track.urn.rsplit(":")[-1]),
        "urn": track.urn,
        "title": track.title,
        "duration": track.duration,
        "artwork_url": state["sound"]["artwork_url"],
        "permalink_url": track.permalink_url,
        "user": {"username": track.user.username, "permalink_url": track.user.permalink_url},
    }
    assert run(page, "return await player.ask('getVolume')") == 30
    run(page, "player.pause()")
    wait(page, "!player.state.playing")
    run(page, "player.toggle()")
    wait(page, "player.state.playing")
    names = run(page, "return events.map(([name]) => name)")
    assert names[0] == "ready"
    assert {"play", "pause", "seek", "playProgress", "loadProgress"} <= {*names}
    assert "error" not in names
    progress = run(page, "return events.find(([name]) => name === 'playProgress')[1]")
    assert progress.keys() == {"soundId", "loadedProgress", "currentPosition", "relativePosition"}

    # States are frozen and replaced, as React's useSyncExternalStore requires.
    assert run(page, "return states.every((state, place) => Object.isFrozen(state) && state !== states[place + 1])")
    assert run(page, "return player.state === player.state")
    assert run(page, "const { state } = player; player.state = {}; return player.state === state")


def test_a_list_is_played_to_its_end(site, open_page, playlist):
    found, tracks = playlist
    page = open_player(open_page, found, "player.skip(given[0]);".replace("given[0]", str(len(tracks) - 2)))
    wait(page, f"player.state.playing && player.state.index === {len(tracks) - 2} && player.state.sound")
    assert run(page, "return player.state.sound.title") == tracks[-2].title
    run(page, "player.previous()")
    wait(page, f"player.state.playing && player.state.sound.title === {json.dumps(tracks[-3].title)}")
    run(page, "player.next()")
    wait(page, f"player.state.playing && player.state.sound.title === {json.dumps(tracks[-2].title)}")
    # The next track starts by itself, and its duration and sound are asked for again.
    run(page, "player.seek(player.state.duration - 300)")
    wait(page, f"player.state.playing && player.state.sound.title === {json.dumps(tracks[-1].title)}")
    wait(page, f"player.state.duration === {tracks[-1].duration} && player.state.index === {len(tracks) - 1}")
    run(page, "player.seek(player.state.duration - 300)")
    wait(page, "events.filter(([name]) => name === 'finish').length === 2 && !player.state.playing")

    assert [sound["title"] for sound in run(page, "return await player.ask('getSounds')")] == [
        each.title for each in tracks
    ]
    assert run(page, "return await player.ask('isPaused')") is True


def test_another_track_is_loaded(site, open_page, playlist):
    _, (track, other, *_) = playlist
    page = open_player(open_page, track, "player.load(given[0]);".replace("given[0]", json.dumps(api_url(other))))
    wait(page, f"player.state.sound?.title === {json.dumps(other.title)}")
    entries = run(page, "return history.length")
    run(page, "player.setVolume(20); player.play()")
    wait(page, "player.state.playing")
    run(
        page, "window.asked = player.ask('getCurrentSound'); player.load(given[0], { auto_play: true })", api_url(track)
    )
    loading = run(page, "return states.findLast((state) => !state.ready)")
    wait(page, f"player.state.playing && player.state.sound?.title === {json.dumps(track.title)}")

    assert (loading["playing"], loading["position"], loading["sound"], loading["volume"]) == (False, 0, None, 20)
    assert run(page, "return (await asked).title") in {track.title, other.title}
    assert run(page, "return await player.ask('getVolume')") == 20
    assert run(page, "return events.filter(([name]) => name === 'ready').length") == 2
    assert run(page, "return history.length") == entries
    # A frame that the page itself reloads is followed too.
    run(page, "document.querySelector('iframe').src = given[0]", f"{site.player}?url={api_url(other)}&auto_play=true")
    wait(page, f"player.state.playing && player.state.sound?.title === {json.dumps(other.title)}")


def test_a_player_that_was_loaded_before(site, open_page, playlist):
    _, (track, *_) = playlist
    page = open_page(f"/?player={api_url(track)}")
    page.frame_locator("iframe").get_by_role("button", name="Play").wait_for()
    run(page, "window.player = new sc.Player(document.querySelector('iframe'))")
    wait(page, "player.state.ready && player.state.sound")

    assert run(page, "return player.state.sound.title") == track.title


def test_a_player_that_does_not_repeat_that_it_is_ready(site, open_page):
    # SoundCloud's own script expects that "ready" is sent once, when the player has loaded.
    page = open_page("/?player=x")
    expect_problems(page, 1)
    run(
        page,
        "const frame = document.querySelector('iframe');"
        "const loaded = new Promise((resolve) => addEventListener('message', resolve, { once: true }));"
        "frame.src = '/fake?' + encodeURIComponent(JSON.stringify({ id: 5, title: 'x' })); await loaded;"
        "window.player = new sc.Player(frame);",
    )
    wait(page, "player.state.ready && player.state.sound")

    assert run(page, "return player.state.sound.title") == "x"


def test_a_closed_player_and_messages_of_others(site, open_page, playlist):
    _, (track, *_) = playlist
    page = open_player(open_page, track)
    wait(page, "player.state.sound")
    # Only the frame is listened to, and only if its page is the player's.
    run(
        page,
        "for (const data of ['null', '5', '{', JSON.stringify({ method: 'play' })]) window.postMessage(data, '*');",
    )
    forged = {"data": json.dumps({"method": "play"}), "origin": "https://evil.test"}
    run(page, "dispatchEvent(new MessageEvent('message', { ...given[0], source: frames[0] }))", forged)
    for data in ("null", "5", "{", '{"method":"constructor"}'):
        event = "new MessageEvent('message', { data: given[0], origin: given[1], source: frames[0] })"
        run(page, f"dispatchEvent({event})", data, site.sandbox.media_url)
    run(page, "await player.ask('getVolume')")
    assert run(page, "return [player.state.playing, events.map(([name]) => name).includes('play')]") == [False, False]

    closing = "const asked = player.ask('getPosition'); player.close(); await asked;"
    assert run(page, closing)["name"] == "AbortError"
    assert run(page, "await player.ask('getPosition')")["name"] == "AbortError"
    count = run(page, "player.play(); return events.length")
    page.frame_locator("iframe").get_by_role("button", name="Pause").wait_for()
    assert run(page, "return [events.length, player.state.playing]") == [count, False]


def test_the_secret_of_a_private_track_is_not_in_the_state(site, open_page):
    with site.as_user() as client:
        track = client.tracks.upload(tone(), title="Secret", filename="a.wav", sharing="private")
        track = client.tracks.wait_until_playable(track.urn)
        secret = client.tracks.get_track(track.urn).secret_uri.partition("secret_token=")[2]
        url = player_url(client.tracks.get_track(track.urn), player=site.player)
    assert secret in url
    page = open_page("/?player=x")
    expect_problems(page, 1)
    run(page, "document.querySelector('iframe').src = given[0]", url)
    run(page, "window.player = new sc.Player(document.querySelector('iframe'))")
    wait(page, "player.state.sound")

    assert run(page, "return player.state.sound.title") == "Secret"
    assert secret not in json.dumps(run(page, "return player.state"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://soundcloud.com/ada/night/s-1a2B", "https://soundcloud.com/ada/night"),
        ("https://soundcloud.com/ada/sets/nights/s-1a2B?x=1#y", "https://soundcloud.com/ada/sets/nights"),
        ("https://soundcloud.com/ada/night?secret_token=s-1a2B", "https://soundcloud.com/ada/night"),
        ("https://soundcloud.com/ada/s-klasse", "https://soundcloud.com/ada/s-klasse"),
        (None, None),
    ],
)
def test_share_links_lose_their_secret(open_page, url, shown):
    page = open_page("/?player=x")
    expect_problems(page, 1)
    sound = {
        "id": 5,
        "title": "x",
        "permalink_url": url,
        "secret_token": "s-1a2B",
        "secret_uri": "https://a.test/s-1a2B",
    }
    run(page, "document.querySelector('iframe').src = '/fake?' + encodeURIComponent(given[0])", json.dumps(sound))
    run(page, "window.player = new sc.Player(document.querySelector('iframe'))")
    wait(page, "player.state.sound")
    state = run(page, "return player.state")

    assert state["sound"].get("permalink_url") == shown
    assert "s-1a2B" not in json.dumps(state)
