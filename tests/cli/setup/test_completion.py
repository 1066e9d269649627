"""Completion of values in real shells, and without any request."""

import re
import shutil
import sys

import pytest

from soundcloud.cli.framework.options import FORMATS

PROMPT = "p1> "
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@pytest.fixture
def complete(shell):
    """Return a function that completes words as bash does: the last one is incomplete."""

    def run(*words, **changes):
        line = " ".join(("soundcloud", *words))
        done = shell.run_in_process(COMP_WORDS=line, _SOUNDCLOUD_COMPLETE="bash_complete", **changes)
        assert done.code == 0
        assert done.errors == ""
        return [each.partition(",")[2] for each in done.output.splitlines() if each]

    return run


@pytest.fixture
def last_list(shell, monkeypatch):
    """A list of this session: two users, a row without an id, a playlist and two tracks."""
    monkeypatch.setattr("soundcloud.cli.framework.last_list._read_list", lambda: ROWS)


ROWS = [
    "soundcloud:users:51366024",
    "soundcloud:users:2",
    None,
    "soundcloud:playlists:207899532",
    "soundcloud:tracks:2287190367",
    "soundcloud:tracks:4",
]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("conf",), ["config"]),
        (("config", "get", "li"), ["limit"]),
        (("config", "set", "output", ""), [*FORMATS]),
        (("config", "set", "player", ""), ["mpv", "ffplay"]),
        (("config", "set", "nope", ""), []),
        (("help", "sea"), ["search"]),
        (("help", "search", "us"), ["users"]),
        (("api", "P"), ["POST", "PUT"]),
        (("export", "li"), ["likes", "liked-playlists"]),
        (("login", "--keep-in", "k"), ["keyring"]),
        (("search", "tracks", "--access", "p"), ["playable", "preview"]),
        (("search", "tracks", "--fields", "playb"), ["playback_count"]),
        (("search", "users", "--fields", "id,usern"), ["id,username"]),
        (("search", "--fields", "user.usern"), ["user.username"]),
        (("me", "connections", "--fields", "a"), []),
        (("track", "--web", "--no-p"), ["--no-pager"]),
        (("track", "--no-p"), ["--no-pager"]),
        (("track", "ed"), ["edit"]),
    ],
)
def test_values(complete, words, expected):
    assert complete(*words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("user", "show", ":"), [":1", ":2"]),
        (("user", ":"), [":1", ":2"]),
        (("like", ":"), [":4", ":5", ":6"]),
        (("playlist", "add", "x", ":"), [":5", ":6"]),
        (("upload", "--playlist", ":"), [":4"]),
        (("play", ":"), [":1", ":2", ":4", ":5", ":6"]),
        (("track", "show", "@mon"), []),
    ],
)
def test_rows_of_the_last_list(complete, last_list, words, expected):
    assert complete(*words) == expected


def test_no_completion_sends_a_request(sandbox, complete, last_list):
    for words in (("like", ""), ("user", "a"), ("playlist", "add", ":"), ("upload", "--playlist", ""), ("config", "")):
        complete(*words)

    assert sandbox.requests == []


def test_profiles(complete, home):
    path = home / ".config" / "soundcloud-sdk" / "profiles.json"
    path.parent.mkdir(parents=True)
    profile = '{"client_id": "x", "redirect_uri": "http://127.0.0.1:1/", "place": "file"}'
    path.write_text(f'{{"version": 1, "current": "work", "profiles": {{"work": {profile}, "play": {profile}}}}}')

    assert complete("profiles", "use", "") == ["play", "work"]
    assert complete("profiles", "remove", "w") == ["work"]
    assert complete("me", "--profile", "p") == ["play"]


def test_nothing_without_a_list_and_with_broken_files(complete, home):
    path = home / ".config" / "soundcloud-sdk" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("limit = = 3")
    path.with_name("profiles.json").write_text("{")

    assert complete("like", ":") == complete("profiles", "use", "") == []
    assert complete("config", "get", "limi") == ["limit"]


START = {
    "bash": (["--norc", "--noprofile", "-i"], "PS1='p\\#> '; eval \"$(soundcloud completion bash)\"\n"),
    "zsh": (
        ["-f", "-i"],
        "unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -D; "
        "eval \"$(soundcloud completion zsh)\"; HISTSIZE=9; setopt prompt_subst; N=1; PS1='p$((N++))> '\n",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", START)
def test_real_shell(shell, tmp_path, name):
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"needs {name}")
    command = tmp_path / "bin" / "soundcloud"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m soundcloud.cli "$@"\n')
    command.chmod(0o755)
    options, start = START[name]
    done = shell.run_in_terminal(
        command=(program, *options),
        answers=(
            (re.compile(rb"[$%#] "), start),
            (re.compile(rb"p[12]> "), "soundcloud search users ada-night --limit 1\n"),
            (re.compile(rb"51366024[^\n]*\n"), "soundcloud config get lim\t"),
            (re.compile(rb"get limit(?:\x1b\[\d*m)* "), "\n"),
            (re.compile(rb"[\r\n]20\r?\n"), "soundcloud user show :\t"),
            (re.compile(rb"show :1(?:\x1b\[\d*m)* "), "--csv --fields usern\t\n"),
            (re.compile(rb"username\r?\nada-night\r?\n"), "soundcloud user show --template '<{id}>' :\t\n"),
            (re.compile(rb"[\r\n]<51366024>\r?\n"), "exit\n"),
        ),
        PATH=f"{command.parent}:{shell.environment['PATH']}",
        columns=150,
    )

    assert done.code == 0
    assert "<51366024>" in done.text


@pytest.mark.slow
def test_fish(shell, tmp_path):
    program = shutil.which("fish")
    if program is None:
        pytest.skip("needs fish")
    command = tmp_path / "bin" / "soundcloud"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m soundcloud.cli "$@"\n')
    command.chmod(0o755)
    script = (
        "soundcloud completion fish | source; soundcloud search users ada-night --limit 1;"
        "complete -C 'soundcloud config get lim'; complete -C 'soundcloud follow :';"
        "complete -C 'soundcloud search users --fields id,usern'"
    )
    done = shell.run_in_terminal(
        command=(program, "--no-config", "-c", script), PATH=f"{command.parent}:{shell.environment['PATH']}"
    )

    assert done.lines[2:] == [
        "limit\t--limit: the number of items that a list prints",
        ":1\tsoundcloud:users:51366024",
        "id,username",
    ]
