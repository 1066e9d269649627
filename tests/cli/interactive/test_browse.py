"""`soundcloud browse`: driven by Textual's pilot, in a pseudo-terminal, and through tmux."""

import asyncio
import gc
import os
import select
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
from contextlib import asynccontextmanager

import pytest
from textual.events import Key

from soundcloud import SoundCloudClient
from soundcloud.cli.browse.app import Browser, Waveform
from soundcloud.cli.browse.lists import SECTIONS, LoadedList
from soundcloud.cli.output.columns import TRACKS
from tests.cli.conftest import COMMAND
from tests.helpers.platforms import posix_only

pytestmark = pytest.mark.slow
needs_mpv = pytest.mark.skipif(shutil.which("mpv") is None, reason="mpv is not installed")

TITLES = ["[bold]Not markup[/]", "evil \x1b]0;x\x07 \u202e end", *(f"Night {number:03}" for number in range(118))]
DATASET = {
    "users": [{"permalink": "ada"}, {"permalink": "bo", "username": "Bo"}],
    "tracks": [
        {"user": "bo", "title": title, "duration": 60_000, "id": number} for number, title in enumerate(TITLES, 1)
    ],
    "playlists": [{"user": "ada", "title": "Evening", "tracks": ["bo/night-001", "bo/night-002"], "id": 20}],
}


@pytest.fixture
def browse_sandbox(sandbox):
    sandbox.reset(dataset=DATASET)
    return sandbox


@pytest.fixture
def client(browse_sandbox, monkeypatch, tmp_path):
    (tmp_path / "mpv.conf").write_text("ao=null\n")
    monkeypatch.setenv("MPV_HOME", str(tmp_path))
    with SoundCloudClient(**browse_sandbox.client_settings()) as client:
        yield client


@asynccontextmanager
async def running(client, size=(80, 24)):
    app = Browser(client, waits=[])
    async with app.run_test(size=size, notifications=True) as pilot:
        yield app, pilot
        assert app.failure is None
    assert not app._playback.is_playing


async def until(pilot, condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        await pilot.pause(0.02)


def rows(app):
    return [str(option.prompt) for option in app.query_one("#rows").options]


def notes(app):
    return [f"{note.title}: {note.message}" for note in app._notifications]


async def open_section(app, pilot, title):
    app._open_section(next(section for section in SECTIONS if section.title == title))
    await until(pilot, lambda: app._opened and app._opened[-1].is_complete)
    await pilot.pause()


async def search(app, pilot, words="night"):
    app.query_one("#words").value = ""
    app.action_search()
    await pilot.press(*words, "enter")
    await until(pilot, lambda: rows(app) and app._opened[-1].title.endswith(words))


def drive(test):
    asyncio.run(test())


def test_slash_in_the_empty_search_box(client):
    async def test():
        async with running(client) as (app, pilot):
            await pilot.press("/", "a", "/", "b")
            assert app.query_one("#words").value == "a/b"

    drive(test)


def test_list_of_keys_in_a_low_window(client):
    async def test():
        async with running(client, (40, 12)) as (app, pilot):
            await pilot.press("tab", "?")
            await until(pilot, lambda: app.screen.query("#keys-box"))
            box = app.screen.query_one("#keys-box")
            await until(pilot, lambda: box.max_scroll_y)
            assert box.region.height == 12
            await pilot.press("end")
            await until(pilot, lambda: box.scroll_y == box.max_scroll_y)
            await pilot.press("x")
            await until(pilot, lambda: len(app.screen_stack) == 1)

    drive(test)


def test_keys_typed_ahead_close_the_list_of_keys_once(client):
    async def test():
        async with running(client) as (app, pilot):
            await pilot.press("tab", "?")
            await until(pilot, lambda: app.screen.query("#keys"))
            screen = app.screen
            for key in "xyz":
                screen.post_message(Key(key, key))
            await until(pilot, lambda: len(app.screen_stack) == 1)
            await pilot.pause()
            assert app.is_running

    drive(test)


@posix_only
def test_ctrl_z_suspends(browse_sandbox, shell):
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(COMMAND[0], [*COMMAND, "browse"], shell.variables())
    try:
        shown = b""
        while b"words to find" not in shown:
            shown += os.read(terminal, 65_536)
        os.write(terminal, b"\x1a")
        deadline = time.monotonic() + 30
        while not os.WIFSTOPPED(status := os.waitpid(pid, os.WNOHANG | os.WUNTRACED)[1]):
            assert time.monotonic() < deadline
            assert not os.WIFEXITED(status) or not status
            if select.select([terminal], [], [], 0.05)[0]:
                shown += os.read(terminal, 65_536)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


@needs_mpv
def test_search_and_play(client):
    async def test():
        async with running(client) as (app, pilot):
            await search(app, pilot)
            await pilot.press("down", "enter")
            await until(pilot, lambda: app._playback.session and app._playback.session.player.position > 0.5)
            session = app._playback.session
            playing = session.playing.track.title
            await until(pilot, lambda: any(row.startswith("\u25b6") and playing in row for row in rows(app)))
            await pilot.press("right")
            await until(pilot, lambda: session.player.position > 10)
            await pilot.click(Waveform, offset=(30, 2))
            await until(pilot, lambda: session.player.position > 20)
            await pilot.press("minus", "minus", "l", "s", "L")
            await until(pilot, lambda: session.is_liked)
            assert (session.player.volume, session.queue.loop, session.queue.shuffle) == (90, "all", True)
            await pilot.press("n")
            await until(pilot, lambda: session.playing.track.title != playing)
            await pilot.press("space")
            await until(pilot, lambda: session.player.paused)
            mpv = session.player._process
            await pilot.press("q")
        assert mpv.poll() is not None

    drive(test)
    assert len(list(client.me.get_likes_tracks())) == 1


@needs_mpv
def test_another_track_replaces_the_first(client):
    async def test():
        async with running(client) as (app, pilot):
            await search(app, pilot)
            seen = []
            for _ in range(3):
                await pilot.press("down", "enter")
                await until(pilot, lambda: (new := app._playback.session) and new not in seen and new.playing)
                seen.append(app._playback.session)
            assert len({session.playing.track.urn for session in seen}) == 3
            assert len({session.player._process.pid for session in seen}) == 1

    drive(test)


def test_lists_load_page_by_page(client):
    async def test():
        async with running(client) as (app, pilot):
            await search(app, pilot)
            assert len(rows(app)) == 50
            await pilot.press("end")
            await until(pilot, lambda: len(rows(app)) == 100)
            await pilot.press("end")
            await until(pilot, lambda: len(rows(app)) == 118)
            assert app._opened[-1].is_complete

    drive(test)


def test_the_queue_goes_on_after_the_loaded_rows(client):
    loaded = LoadedList("Night", TRACKS, lambda: client.search.tracks("night", limit=50))
    loaded.load_page()

    assert len(loaded.items) == 50
    assert len({track.urn for track in loaded.rest(10)}) == 108
    loaded.load_page()
    assert len({track.urn for track in loaded.rest(99)}) == 19


def test_sections_open_and_go_back(client):
    client.me.follow(client.resolve.user("https://soundcloud.com/bo"))
    client.likes.like_track(3)

    async def test():
        async with running(client) as (app, pilot):
            await open_section(app, pilot, "Likes")
            assert len(rows(app)) == 1
            await open_section(app, pilot, "Following")
            await pilot.press("enter")
            await until(pilot, lambda: len(rows(app)) == 50)
            assert "Following / Bo" in str(app.query_one("#title").render())
            await pilot.press("escape")
            await until(pilot, lambda: len(rows(app)) == 1)
            await open_section(app, pilot, "Playlists")
            await pilot.press("enter")
            await until(pilot, lambda: len(rows(app)) == 2)
            await open_section(app, pilot, "Your tracks")
            assert "no tracks" in str(app.query_one("#title").render())
            app._open_section(SECTIONS[3])
            await until(pilot, lambda: len(rows(app)) == 50)
            assert "Feed" in str(app.query_one("#title").render())

    drive(test)


def test_text_of_the_server_is_not_interpreted(client):
    async def test():
        async with running(client, size=(120, 30)) as (app, pilot):
            await search(app, pilot, "end")
            assert "\x1b" not in rows(app)[0]
            assert "\u202e" not in rows(app)[0]
            await search(app, pilot, "markup")
            assert "[bold]Not markup[/]" in rows(app)[0]

    drive(test)


def test_errors_are_shown(client, browse_sandbox):
    async def test():
        async with running(client) as (app, pilot):
            browse_sandbox.reset(dataset=DATASET)  # the token is not valid any more
            app._open_section(SECTIONS[-1])
            await until(pilot, lambda: notes(app))
            assert "soundcloud login" in notes(app)[0]
            assert "could not be loaded" in str(app.query_one("#title").render())
            app._open_section(SECTIONS[-1])
            await until(pilot, lambda: app._opened[-1].has_failed)
            assert len(notes(app)) == 1

    drive(test)


def test_without_a_player(client, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")

    async def test():
        async with running(client) as (app, pilot):
            await search(app, pilot)
            await pilot.press("enter")
            await until(pilot, lambda: notes(app))
            assert notes(app)[0].startswith("mpv or ffplay is not installed: install mpv")

    drive(test)


def test_keys_are_listed_and_resizing_keeps_the_rows(client):
    async def test():
        async with running(client) as (app, pilot):
            await search(app, pilot)
            narrow = rows(app)[0]
            await pilot.press("question_mark")
            await until(pilot, lambda: len(app.screen_stack) == 2)
            assert "Open in browser" in str(app.screen.query_one("#keys").render())
            await pilot.press("x")
            await until(pilot, lambda: len(app.screen_stack) == 1)
            await pilot.resize_terminal(160, 40)
            await until(pilot, lambda: len(rows(app)[0]) > len(narrow))
            await pilot.resize_terminal(20, 8)
            await pilot.press("down", "q")

    drive(test)


def test_memory_stays_flat(client, browse_sandbox):
    async def test():
        async with running(client) as (app, pilot):
            await search(app, pilot)
            sizes, shown = [], app.query_one("#rows")
            for _ in range(6):
                for step in range(175):
                    (shown.action_cursor_up if step % 3 else shown.action_page_down)()
                    if step % 25 == 0:
                        app._open_section(SECTIONS[0])
                        await until(pilot, lambda: rows(app))
                await until(pilot, lambda: not any(worker.is_running for worker in app.workers))
                browse_sandbox.clear_requests()  # they have the bodies
                gc.collect()
                sizes.append(tracemalloc.get_traced_memory()[0])
            # Threads of other tests are counted too. If the lists were kept, each round would add three megabytes.
            assert min(sizes[3:]) - sizes[1] < 1_000_000, sizes

    tracemalloc.start()
    try:
        drive(test)
    finally:
        tracemalloc.stop()


def test_a_terminal_and_the_extra_are_needed(shell):
    piped = shell.run_piped("browse")
    program = "import sys; sys.modules['textual'] = None; from soundcloud.cli.__main__ import main; sys.exit(main(['browse']))"
    without = shell.run_in_terminal(command=(sys.executable, "-c", program))

    assert (piped.code, piped.output) == (2, "")
    assert "browse needs a terminal" in piped.errors
    assert without.code == 1
    assert "pip install 'soundcloud-sdk[cli,tui]'" in without.text


@posix_only
@pytest.mark.parametrize(("end", "code"), [("\x03", 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_the_terminal_is_restored(shell, end, code):
    program = (
        "import os, sys; from soundcloud.cli.browse.app import Browser;"
        "Browser._open_section = lambda self, section: os.kill(os.getpid(), int(sys.argv[1]));"
        "from soundcloud.cli.__main__ import main; sys.exit(main(['browse']))"
    )
    number = 0 if isinstance(end, str) else int(end)
    done = shell.run_in_terminal(
        command=(sys.executable, "-c", program, str(number)), answers=(("words to find", end if not number else "x\r"),)
    )

    assert done.code == code
    assert done.output.rindex("\x1b[?1049l") > done.output.index("\x1b[?1049h")
    assert "\x1b[?25h" in done.output


@posix_only
@needs_mpv
def test_the_default_volume_of_the_settings(shell, browse_sandbox, tmp_path):
    (tmp_path / "mpv.conf").write_text("ao=null\n")
    changes = {"MPV_HOME": str(tmp_path), "SOUNDCLOUD_ACCESS_TOKEN": browse_sandbox.user_token()}
    shell.run_in_process("config", "set", "volume", "35")
    steps = (("words to find", "night\r"), ("Night 117", "\r"), ("vol 35%", "q"))

    assert shell.run_in_terminal("browse", answers=steps, **changes).code == 0


@posix_only
def test_a_bug_shows_no_secrets(shell):
    program = (
        "import sys; from soundcloud.cli.browse.app import Browser;"
        "Browser._open_section = lambda self, section: 1 / 0;"
        "from soundcloud.cli.__main__ import main; sys.exit(main(['browse']))"
    )
    done = shell.run_in_terminal(command=(sys.executable, "-c", program), answers=(("words to find", "x\r"),))

    assert done.code == 1
    assert "ZeroDivisionError" in done.text
    assert shell.environment["SOUNDCLOUD_ACCESS_TOKEN"] not in done.output
    assert "locals" not in done.text


@posix_only
@needs_mpv
@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_in_tmux(shell, browse_sandbox, tmp_path):
    token = browse_sandbox.user_token()
    (tmp_path / "mpv.conf").write_text("ao=null\n")
    tmux = ["tmux", "-L", f"browse-{tmp_path.name}", "-f", "/dev/null"]
    environment = {
        **shell.variables(),
        "SOUNDCLOUD_ACCESS_TOKEN": token,
        "TERM": "xterm-256color",
        "MPV_HOME": str(tmp_path),
    }

    def run(*arguments):
        return subprocess.run([*tmux, *arguments], env=environment, capture_output=True, text=True, check=True).stdout

    def wait_for(text):
        deadline = time.monotonic() + 30
        while text not in (shown := run("capture-pane", "-p")):
            assert time.monotonic() < deadline, shown
            time.sleep(0.05)
        return shown

    run("new-session", "-d", "-x", "80", "-y", "24", " ".join([*COMMAND, "browse"]))
    try:
        wait_for("words to find")
        run("send-keys", "night", "Enter")
        shown = wait_for("Night 117")
        assert max(map(len, shown.splitlines())) <= 80
        run("send-keys", "Enter")
        wait_for("0:02 / 1:00")
        run("send-keys", "q")
        deadline = time.monotonic() + 30
        while subprocess.run([*tmux, "has-session"], env=environment, capture_output=True, check=False).returncode == 0:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        subprocess.run([*tmux, "kill-server"], env=environment, capture_output=True, check=False)
