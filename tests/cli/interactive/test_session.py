"""A session of a new user in one terminal: sign in, search, pick, play, like, make a playlist, upload, export, sign out."""

import re
import shutil
import sys

import pytest

from soundcloud import SoundCloudClient
from soundcloud.sandbox import Faults
from tests.cli.conftest import Shell, app_settings
from tests.cli.process_control import kill_when
from tests.cli.test_auth import browser_shell, free_port, loopback, sign_in  # noqa: F401 - fixtures
from tests.cli.test_upload import states_of, write_large
from tests.helpers.platforms import posix_only

pytestmark = [
    pytest.mark.slow,
    posix_only,
    pytest.mark.skipif(shutil.which("mpv") is None, reason="mpv is not installed"),
]

FUNCTION = f'soundcloud() {{ {sys.executable} -m soundcloud.cli "$@"; }}'


class Script:
    """Lines to type into a shell; each is typed when the one before has ended."""

    def __init__(self):
        self.answers, self._count = [("$ ", f"{FUNCTION}; echo rea''dy-0\n")], 0

    def run(self, line, *keys):
        """Type a line, then keys after expected texts."""
        self.answers.append((f"ready-{self._count}", f"{line}; echo code $?; echo rea''dy-{self._count + 1}\n"))
        self.answers += keys
        self._count += 1

    def end(self):
        """Leave the shell, and return what to type when."""
        return (*self.answers, (f"ready-{self._count}", "exit\n"))


def test_session(loopback, browser_shell, home, tmp_path):  # noqa: F811 - fixtures
    (home / ".config" / "mpv").mkdir(parents=True)
    (home / ".config" / "mpv" / "mpv.conf").write_text("ao=null\n")
    shell = Shell({**browser_shell.environment, **app_settings(loopback), "PS1": "$ "})
    album = tmp_path / "album"
    album.mkdir()
    for number in range(1, 5):
        write_large(album / f"{number:02}.wav", number)

    first = Script()
    first.run("soundcloud login")
    first.run("soundcloud search lofi beats")
    first.run("soundcloud search lofi --pick", ("esc: cancel", "\t\t\t\r"))
    first.run("soundcloud play :1", ("0:10 / ", "q"))
    first.run("soundcloud like :1 :2")
    first.run('soundcloud playlist create "Evening" :1-3')
    done = sign_in(loopback, home)
    one = shell.run_in_terminal(command=("/bin/sh",), answers=first.end())
    done()

    # The sandbox waits before it reads each file; the kill comes at that time.
    loopback.set_faults(Faults(latency=0.4, paths="POST /tracks"))
    kill_when(
        shell,
        ("upload", album, "--private"),
        lambda: list(home.rglob("uploads/*.json")) and states_of(home) == {"done": 2, "begun": 1},
    )
    loopback.clear_faults()

    second = Script()
    second.run(f"soundcloud upload {album} --private")
    second.run(f"soundcloud export likes --output {tmp_path}/likes.jsonl")
    second.run("soundcloud logout --disconnect")
    second.run("soundcloud whoami")
    two = shell.run_in_terminal(command=("/bin/sh",), answers=second.end())

    assert re.findall(r"^code (\d+)", one.text, re.MULTILINE) == ["0"] * 6, one.text
    assert re.findall(r"^code (\d+)", two.text, re.MULTILINE) == ["0", "0", "0", "3"], two.text
    with SoundCloudClient(**loopback.client_settings()) as client:
        (playlist,) = (each for each in client.me.get_playlists() if each.title == "Evening")
        likes = [track.urn for track in client.me.get_likes_tracks(limit=200)]
        uploaded = sorted(
            track.title for track in client.me.get_tracks(limit=200) if track.title in {"01", "02", "03", "04"}
        )
        assert [track.urn for track in playlist.tracks][:2] == likes[1::-1]
    assert len(playlist.tracks) == 3
    assert uploaded == ["01", "02", "03", "04"]
    assert len((tmp_path / "likes.jsonl").read_text().splitlines()) == len(likes)
