"""`soundcloud play`: real players without a sound card, with and without a terminal; stream URLs that expire."""

import os
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from soundcloud import SoundCloudClient
from soundcloud.cli.framework.errors import CommandError
from soundcloud.cli.player.backends import FfplayPlayer, MpvPlayer, find_player
from soundcloud.cli.player.keyboard import Keyboard
from soundcloud.cli.player.playback import play_track
from soundcloud.cli.player.queue import PlayQueue
from soundcloud.cli.player.session import PlaybackSession, QueuedTrack, run_in_background
from tests.cli.conftest import COMMAND
from tests.helpers.platforms import posix_only

pytestmark = pytest.mark.slow

DATASET = {
    "users": [{"permalink": "ada"}, {"permalink": "bo", "username": "Bo"}, {"permalink": "cy"}],
    "tracks": [
        {"user": "bo", "title": "Two seconds", "duration": 2000, "id": 5},
        {"user": "bo", "title": "A minute", "duration": 60_000, "id": 6},
        {"user": "bo", "title": "Long", "duration": 600_000, "id": 7},
        {"user": "bo", "title": "Blocked", "duration": 2000, "access": "blocked", "id": 8},
        {"user": "bo", "title": "Snippet", "duration": 90_000, "access": "preview", "id": 9},
        {"user": "cy", "title": "First", "duration": 2000, "id": 10},
        {"user": "cy", "title": "Second", "duration": 2000, "id": 11},
    ],
    "playlists": [{"user": "bo", "title": "Short ones", "tracks": ["bo/two-seconds", "bo/two-seconds"], "id": 20}],
}
needs_mpv = pytest.mark.skipif(shutil.which("mpv") is None, reason="mpv is not installed")
needs_ffplay = pytest.mark.skipif(shutil.which("ffplay") is None, reason="ffplay is not installed")


@pytest.fixture
def player_sandbox(sandbox):
    sandbox.reset(dataset=DATASET)
    return sandbox


@pytest.fixture
def shell(player_sandbox, shell, home):
    settings = home / ".config" / "mpv" / "mpv.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text("ao=null\n")
    environment = {
        **shell.environment,
        "SOUNDCLOUD_ACCESS_TOKEN": player_sandbox.user_token(),
        "SDL_AUDIODRIVER": "dummy",
    }
    return type(shell)(environment)


@pytest.fixture
def client(player_sandbox):
    with SoundCloudClient(**player_sandbox.client_settings()) as client:
        yield client


@pytest.fixture
def player(monkeypatch, tmp_path):
    if shutil.which("mpv") is None:
        pytest.skip("mpv is not installed")
    (tmp_path / "mpv.conf").write_text("ao=null\n")
    monkeypatch.setenv("MPV_HOME", str(tmp_path))
    player = find_player("mpv")
    yield player
    player.close()


@needs_mpv
def test_mpv_plays_a_track(shell):
    done = shell.run_piped("play", "5", "soundcloud:tracks:5")

    assert (done.code, done.output) == (0, "")
    assert done.errors == "[1/2] Two seconds \u2014 Bo (0:02)\n[2/2] Two seconds \u2014 Bo (0:02)\n"


@needs_ffplay
def test_ffplay_plays_a_track(shell):
    done = shell.run_piped("play", "5", "--player", "ffplay")

    assert (done.code, done.errors) == (0, "Two seconds \u2014 Bo (0:02)\n")


@posix_only
@needs_ffplay
def test_ffplay_without_an_audio_device(shell):
    # ffplay opens this file as its audio device, and exits with status 0 if it cannot.
    shell.environment.update(SDL_AUDIODRIVER="disk", SDL_DISKAUDIOFILE="/nowhere/sound")
    done = shell.run_piped("play", "6", "7", "--player", "ffplay")

    assert done.code == 1
    assert (
        "error: ffplay cannot open the audio device\n"
        "  what to do: connect one, or print the URL: soundcloud play --url\n"
    ) in done.errors


@needs_mpv
def test_mpv_without_an_audio_device(shell, tmp_path):
    (tmp_path / "mpv.conf").write_text("ao=pcm\nao-pcm-file=/nowhere/sound\n")
    shell.environment["MPV_HOME"] = str(tmp_path)
    done = shell.run_piped("play", "6", "7", "--player", "mpv")

    assert done.code == 1
    assert (
        "error: mpv cannot open the audio device\n  what to do: connect one, or print the URL: soundcloud play --url\n"
    ) in done.errors


@needs_mpv
def test_playlist_at_terminal(shell):
    done = shell.run_in_terminal("play", "https://soundcloud.com/bo/sets/short-ones", columns=60)

    assert done.code == 0
    assert re.search("\u25b6 Two seconds \u2014 Bo +\\[1/2\\]\n.*\n0:00 / 0:02  -0:02", done.text)
    assert re.search("Two seconds \u2014 Bo +\\[2/2\\]", done.text)
    assert "0:01 / 0:02  -0:0" in done.text
    assert done.lines[-1] == ""  # the drawing is removed at the end


@needs_mpv
def test_mpv_keys(shell):
    # Press each key when the effect of the previous one is shown. The first "p" restarts the track after three seconds.
    seen = [
        r"0:0[1-9] / 1:00",
        r"0:1[1-9] / 1:00",
        "\u2016",
        "\u2016.*\u25b6",
        "Long",
        "Long.*A minute.* \u2014 Bo.*0:0[1-9] /",
    ]
    keys = ("\x1b[C", " ", " ", "n", "pp", "q")
    answers = tuple((re.compile(pattern.encode(), re.DOTALL), key) for pattern, key in zip(seen, keys, strict=True))
    done = shell.run_in_terminal("play", "6", "7", answers=answers, columns=70)

    assert done.code == 0
    assert done.text.index("\u2016") < done.text.index("Long \u2014 Bo") < done.text.rindex("A minute \u2014 Bo")


@needs_ffplay
def test_ffplay_keys(shell):
    keys = (("0:01 / 1:00", " +m"), ("cannot mute", "n"), ("Long", "q"))
    done = shell.run_in_terminal("play", "6", "7", "--player", "ffplay", answers=keys)

    assert done.code == 0
    assert (
        "volume 100 % from the next track on" not in done.text
    )  # + at 100 % changes nothing, and m replaces its message
    assert re.search(r"Long \u2014 Bo +\[2/2\]", done.text)


@needs_ffplay
def test_ffplay_starts_at_position(client, monkeypatch):
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    player = find_player("ffplay")
    begun = time.monotonic()
    player.load(client.tracks.get_stream(6, prefer=("hls_aac_160",)).url, 58.0)
    while player.ended is None and time.monotonic() < begun + 20:
        player.wait(0.1, None)
    player.close()

    assert player.ended == "eof"
    # It played the remaining two seconds: not nothing, and not the whole minute.
    assert 1.5 < time.monotonic() - begun < 15


@needs_mpv
def test_terminal_settings_are_restored(shell):
    program = (
        "import sys, termios; before = termios.tcgetattr(0);"
        "from soundcloud.cli.__main__ import main; code = main(sys.argv[1:]);"
        "print('same' if termios.tcgetattr(0) == before else 'other', code)"
    )
    for key, code in (("q", 0), ("\x03", 130)):
        done = shell.run_in_terminal(
            "play", "6", command=(sys.executable, "-c", program), answers=(("0:01 / 1:00", key),)
        )
        assert done.lines[-1] == f"same {code}"


@needs_mpv
@posix_only
def test_terminal_settings_are_restored_after_a_signal(shell):
    program = (
        "import os, sys, threading, termios; before = termios.tcgetattr(0)\n"
        "from soundcloud.cli.__main__ import main; from soundcloud.cli.player.screen import TerminalScreen as Screen\n"
        "show = Screen.show\n"
        "def end(self, session):\n"
        "    show(self, session)\n"
        "    if session.player.position > 1:\n"
        "        os.kill(os.getpid(), 15)\n"
        "Screen.show = end\n"
        "code = main(sys.argv[1:])\n"
        "print('same' if termios.tcgetattr(0) == before else 'other', code)\n"
    )
    done = shell.run_in_terminal("play", "6", command=(sys.executable, "-c", program))

    assert done.lines[-1] == "same 143"
    assert "\x1b[?25h" in done.output


@needs_mpv
@posix_only
def test_keys_work_after_a_stop(shell):
    steps = (
        ("$ ", f"{' '.join(COMMAND)} play 7\n"),
        ("0:01 / 10:00", "\x1a"),
        ("Stopped", "fg; echo co''de $?\n"),
        (re.compile(rb"Stopped.*\d / 10:00", re.DOTALL), "q"),
        ("code 0\r", "exit\n"),
    )
    done = shell.run_in_terminal(command=(shutil.which("bash"), "--norc", "-i"), answers=steps, PS1="$ ")

    assert "code 0" in done.lines


@needs_mpv
def test_preview_is_marked(shell):
    played = shell.run_in_terminal("play", "9", answers=(("[preview]", "q"),), columns=40)
    link = shell.run_in_process("play", "9", "--url")

    assert "Snippet \u2014 Bo [preview]" in played.text
    assert link.code == 0
    assert link.errors == "soundcloud:tracks:9: this is a preview of 30 seconds\n"


def test_print_stream_url(player_sandbox, shell):
    done = shell.run_in_process("play", "5", "6", "--url")
    worse = shell.run_in_process("play", "5", "--url", "--format", "hls_mp3_128")

    assert (done.code, done.errors) == (0, "")
    assert [line.startswith(player_sandbox.media_url) for line in done.output.splitlines()] == [True, True]
    assert "mp3_128" in worse.output
    assert shell.environment["SOUNDCLOUD_ACCESS_TOKEN"] not in done.output


@needs_mpv
def test_debug_hides_secrets(player_sandbox, shell):
    done = shell.run_piped("play", "5", "--debug")

    assert done.code == 0
    assert f"debug: GET {player_sandbox.api_url}/tracks/soundcloud:tracks:5/streams" in done.errors
    assert "signature" not in done.output + done.errors
    assert shell.environment["SOUNDCLOUD_ACCESS_TOKEN"] not in done.output + done.errors


@needs_mpv
def test_unplayable_tracks_are_skipped(shell):
    alone = shell.run_in_process("play", "8", "--url")
    one = shell.run_piped("play", "8")
    among = shell.run_piped("play", "8", "999", "5")
    urls = shell.run_in_process("play", "8", "5", "--url")

    assert (alone.code, one.code, among.code, urls.code) == (1, 1, 1, 1)
    assert len(urls.output.splitlines()) == 1
    assert "error: soundcloud:tracks:8: HTTP 403: " in urls.errors
    assert "error: HTTP 403: " in one.errors
    assert "error: soundcloud:tracks:8: HTTP 403: " in among.errors
    assert "[3/3] Two seconds" in among.errors


def test_tracks_of_a_user(shell):
    by_name = shell.run_in_process("play", "@cy", "--url")
    without = shell.run_in_process("play", "https://soundcloud.com/ada", "--url")

    assert (by_name.code, len(by_name.output.splitlines())) == (0, 2)
    assert (without.code, without.output, without.errors) == (0, "", "no tracks to play\n")
    assert shell.run_in_process("play").code == 2
    assert shell.run_in_process("play", "--station").code == 2


def count_urls(done):
    assert done.code == 0, done.errors
    return len(done.output.splitlines())


def test_other_lists(player_sandbox, shell, client):
    client.likes.like_track(5)
    client.likes.like_track(6)
    client.me.follow(client.resolve.user("https://soundcloud.com/cy"))
    station = client.tracks.get_track(5).station_urn
    playlist = shell.run_in_process("play", "bo/sets/short-ones", "--station", "--url")

    assert count_urls(shell.run_in_process("play", "--likes", "--url")) == 2
    assert count_urls(shell.run_in_process("play", "--feed", "--url")) == 2
    assert count_urls(shell.run_in_process("play", "--search", "seconds", "--url")) == 1
    assert count_urls(shell.run_in_process("play", "10", "--likes", "--url")) == 3
    of_track = count_urls(shell.run_in_process("play", "5", "--station", "--url"))
    assert count_urls(shell.run_in_process("play", station, "--url")) == of_track > 0
    assert count_urls(shell.run_in_process("play", "@cy", "--station", "--url")) > 0
    assert playlist.code == 2
    assert playlist.errors.startswith("error: a playlist has no station\n")


@needs_mpv
def test_keys_of_the_queue_and_the_sound(shell, client):
    urn = client.tracks.get_track(7).urn
    steps = (
        ("0:00 / 10:00", "?"),
        ("seek 10 s", "?s"),
        ("shuffle", "l"),
        ("loop all", "\x1b[B\x1b[B"),
        ("vol 30%", "m"),
        ("muted", "m"),
        ("vol 30%", "L"),
        ("added to your likes", "l"),
        ("loop one", "q"),
    )
    done = shell.run_in_terminal("play", "7", "6", "--volume", "40", answers=steps, columns=80)

    assert done.code == 0
    assert "liked" in done.text
    assert urn in {track.urn for track in client.me.get_likes_tracks()}


@needs_mpv
@posix_only
def test_keys_while_standard_input_is_a_list(shell):
    command = ("/bin/sh", "-c", f"echo 7 | {' '.join(COMMAND)} play -; echo code $?")
    done = shell.run_in_terminal(command=command, answers=(("0:01 / 10:00", "q"),))

    assert done.lines[-1] == "code 0"


@needs_mpv
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_drawing_fits_the_terminal(shell, columns):
    done = shell.run_in_terminal("play", "7", "6", answers=(("0:01 / 10:00", "?"), ("quit", "q")), columns=columns)
    shown = done.text[done.text.index("\u25b6 Long") :].splitlines()[:3]

    assert done.code == 0
    assert [len(line) for line in shown[:2]] == [columns - 1] * 2
    assert set(shown[1]) <= set("\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588")
    assert shown[2].startswith("0:00 / 10:00  -10:00   vol 100%")
    assert max(map(len, done.lines)) < columns


@needs_mpv
def test_simple_terminals_get_lines(shell):
    dumb = shell.run_in_terminal("play", "5", TERM="dumb")
    ascii_only = shell.run_in_terminal(
        "play", "7", answers=(("0:01 / 10:00", "q"),), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"
    )

    assert dumb.lines == ["Two seconds \u2014 Bo (0:02)"]
    assert "> Long - Bo" in ascii_only.text
    assert ascii_only.text.isascii()


@needs_mpv
def test_loop_of_unplayable_tracks_ends(shell):
    done = shell.run_piped("play", "8", "999", "--loop", "all")

    assert done.code == 1
    assert done.errors.count("error: ") == 2


def test_no_player_installed(shell):
    done = shell.run_in_process("play", "5", PATH="/nonexistent")
    other = shell.run_in_process("play", "5", "--player", "mpv", PATH="/nonexistent")

    assert (done.code, other.code) == (1, 1)
    assert done.errors == (
        "error: mpv or ffplay is not installed\n"
        "  what to do: install mpv, or print the URL for another player: soundcloud play --url\n"
    )


def ignore(action):
    """Ignore a key."""


class ExpiringStream:
    """A stream whose first URLs are invalid."""

    def __init__(self, stream, invalid):
        self.stream, self.invalid, self.fetched = stream, invalid, 0
        self.is_preview, self.expires_at = False, stream.expires_at

    @property
    def url(self):
        return self.stream.url.replace("signature=", "signature=x") if self.fetched < self.invalid else self.stream.url

    def refresh(self):
        self.fetched += 1
        return self


def test_expired_url_is_refreshed(client, player):
    link = ExpiringStream(client.tracks.get_stream(5), invalid=2)
    outcome = play_track(player, Keyboard(None), link, lambda _: None, act=ignore)

    assert (outcome, link.fetched) == ("ended", 2)


def test_url_that_stays_invalid(client, player):
    link = ExpiringStream(client.tracks.get_stream(5), invalid=100)
    with pytest.raises(CommandError, match="mpv cannot play the track beyond 0:00"):
        play_track(player, Keyboard(None), link, lambda _: None, act=ignore)

    assert link.fetched == 3


def test_playback_resumes_after_expiry(client, player):
    link = ExpiringStream(client.tracks.get_stream(6), invalid=0)
    seen = []

    def show(player):
        seen.append(player.position)
        if link.fetched == 0 and player.position > 1.0:
            # Simulate that the rest of the stream could not be fetched.
            link.expires_at = datetime.now(UTC)
            player.ended = "eof"
            player.seen = player.position
        if link.fetched == 1 and player.position > player.seen + 0.5:
            player.ended = "quit"

    outcome = play_track(player, Keyboard(None), link, show, act=ignore)

    assert (outcome, link.fetched) == ("quit", 1)
    assert [after for before, after in pairwise(seen) if after < before - 1] == []


class FakePlayer:
    """A player whose positions and ends come from a list."""

    name = "fake"

    def __init__(self, *ends, duration=100.0):
        self.ends, self.duration = list(ends), duration
        self.position, self.paused, self.ended = 0.0, False, None
        self.loaded = []

    def load(self, url, start=0.0):
        self.loaded.append(start)
        self.position, self.ended = start, None

    def wait(self, seconds, keys):
        self.position, self.ended = self.ends.pop(0)


def stream(expires_at):
    link = SimpleNamespace(url="https://cf.sndcdn.example/x", expires_at=expires_at)
    link.refresh = lambda: link
    return link


@pytest.mark.parametrize(
    ("expires_in", "ends", "loaded"),
    [
        (timedelta(minutes=-1), [(40.0, "eof"), (99.0, "eof")], [0.0, 40.0]),
        (timedelta(minutes=-1), [(40.0, "error"), (40.0, "error"), (99.0, "eof")], [0.0, 40.0, 40.0]),
        (timedelta(minutes=5), [(40.0, "eof")], [0.0]),
        (None, [(40.0, "eof")], [0.0]),
        (timedelta(minutes=5), [(40.0, "error"), (99.0, "eof")], [0.0, 40.0]),
    ],
)
def test_early_end_with_expired_url_reloads(expires_in, ends, loaded):
    player = FakePlayer(*ends)
    link = stream(None if expires_in is None else datetime.now(UTC) + expires_in)

    assert play_track(player, Keyboard(None), link, lambda _: None, act=ignore) == "ended"
    assert player.loaded == loaded


def test_reload_attempts_are_limited():
    # Each attempt takes a moment and plays nothing.
    player = FakePlayer(*((40.0 + each / 3, "eof") for each in range(20)), duration=0.0)
    with pytest.raises(CommandError, match="fake cannot play the track beyond 0:40"):
        play_track(player, Keyboard(None), stream(datetime.now(UTC)), lambda _: None, seconds=100.0, act=ignore)

    assert len(player.loaded) == 4


def test_keyboard_reads_keys():
    reader, writer = os.pipe()
    keys = Keyboard(reader)

    assert keys.read() == []
    os.write(writer, b" x\x1b[C\x1bOD\x1b[A\x1b[Bnpq\xc3\xa4+-mslLo?")
    assert keys.read() == [
        *("pause", "forward", "back", "louder", "quieter", "next", "previous", "quit"),
        *("louder", "quieter", "mute", "shuffle", "loop", "like", "open", "help"),
    ]
    os.close(writer)
    assert keys.read() == ["quit"]
    assert keys.read() == []
    os.close(reader)
    assert Keyboard(None).read() == []


STOPPED_WHILE_DRAWING = """
import os, pty, signal, sys

# A new session: the kernel ignores the SIGTSTP of a process that nothing could continue.
os.setsid()
sys.stdin = os.fdopen(pty.openpty()[1])

from soundcloud.cli.player.keyboard import open_keyboard

def stop():
    os.kill(os.getpid(), signal.SIGTSTP)

with open_keyboard() as keyboard, keyboard.drawn(lambda: print("show"), lambda: print("erase")):
    with keyboard.drawing():
        stop()
        stop()
        print("draw")
    print("wait")
    stop()
    print("wait")
"""


@posix_only
def test_a_stop_waits_for_the_end_of_a_drawing():
    program = [sys.executable, "-c", STOPPED_WHILE_DRAWING]
    done = subprocess.run(program, capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.stdout.split() == ["show", "draw", "erase", "show", "wait", "erase", "show", "wait", "erase"]


class RecordingScreen:
    """A screen that records what is shown."""

    def __init__(self):
        self.seen = []

    def show(self, session):
        self.seen.append((session.playing.track.title, session.message, session._next is not None))

    def show_error(self, error):
        self.seen.append(error)


def keys(pressed=()):
    """Return a keyboard that reads its keys from a list."""
    keyboard = Keyboard(None)
    keyboard.read = lambda: [pressed.pop(0)] if pressed else []
    return keyboard


def test_next_track_is_requested_before_the_end(client, player):
    screen, queue = (
        RecordingScreen(),
        PlayQueue([QueuedTrack("soundcloud:tracks:5"), QueuedTrack("soundcloud:tracks:10")]),
    )
    PlaybackSession(client, queue, player, keys(), screen, prefer={}).run()

    assert ("Two seconds", "", True) in screen.seen
    assert screen.seen[-1][0] == "First"


def test_failed_actions_are_messages(player_sandbox, player, monkeypatch):
    monkeypatch.setattr("webbrowser.open", lambda url: False)
    screen, queue, pressed = RecordingScreen(), PlayQueue([QueuedTrack("soundcloud:tracks:7")]), ["like"]
    settings = player_sandbox.client_settings()
    del settings["access_token"], settings["refresh_token"]
    with SoundCloudClient(**settings) as client:
        playing = run_in_background(PlaybackSession(client, queue, player, keys(pressed), screen, prefer={}).run)
        while not any(message for _, message, _ in screen.seen):
            assert not playing.done()
            time.sleep(0.01)
        pressed += ["open", "open", "quit"]
        playing.result(60)

    messages = list(dict.fromkeys(message for _, message, _ in screen.seen if message))
    assert messages[0].startswith("HTTP 401: Unauthorized: soundcloud login; ")
    assert messages[1:] == ["there is no browser"]


@posix_only
@needs_mpv
def test_mpv_exits_when_the_command_is_killed(shell):
    program = subprocess.Popen([*COMMAND, "play", "7"], stderr=subprocess.PIPE, env=shell.variables())
    assert program.stderr.readline().startswith(b"Long")
    (mpv,) = (Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text()).split()
    program.kill()
    program.communicate()
    ends = time.monotonic() + 30
    while (
        Path(f"/proc/{mpv}/cmdline").exists() and Path(f"/proc/{mpv}/cmdline").read_bytes() and time.monotonic() < ends
    ):
        time.sleep(0.05)

    assert time.monotonic() < ends


@posix_only
def test_mpv_fails_to_start(tmp_path):
    program = tmp_path / "mpv"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(CommandError, match="mpv does not start"):
        MpvPlayer(str(program)).wait(10.0, None)


@pytest.mark.parametrize("end", ["quit", "terminate"])
def test_mpv_quits(player, end):
    while not player._has_responded:
        player.wait(5.0, None)
    player._send("quit") if end == "quit" else player._process.terminate()
    player._process.wait()
    while player.ended is None:
        player.wait(5.0, None)
    # The end of the connection, which follows the message.
    player.wait(5.0, None)

    assert player.ended == "quit"


def test_mpv_exits_unexpectedly(player):
    while not player._has_responded:
        player.wait(5.0, None)
    player._process.kill()
    player._process.wait()
    with pytest.raises(CommandError, match="mpv ended unexpectedly, with status -9"):
        while player.ended is None:
            player.wait(5.0, None)

    assert player.ended == "quit"
    assert player.seek(5.0)
    assert not FfplayPlayer("ffplay").seek(5.0)
    assert not FfplayPlayer("ffplay").toggle_pause()
