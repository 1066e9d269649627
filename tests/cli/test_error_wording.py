"""Errors are two lines in terms of commands and options; the request is shown with --debug only."""

import errno
import re
import socket
import subprocess
from pathlib import Path

import pytest

from soundcloud import errors
from soundcloud.cli.framework.errors import describe_error
from soundcloud.errors import ConnectionFailedError
from tests.cli.conftest import COMMAND

TRACK, PLAYLIST = "2287190367", "207899532"
PYTHON = re.compile(r"\w\(|client\.|\w+=(\s|[,;:)]|$)|\bNone\b|\[(GET|POST|PUT|DELETE) ")


@pytest.mark.parametrize(
    ("arguments", "code", "what", "to_do"),
    [
        (("track", "1"), 4, "track 1 not found", "it may be deleted"),
        (("like", "5"), 4, "track 5 not found", "it may be deleted"),
        (("follow", "5"), 4, "user 5 not found", "it may be deleted"),
        (("related", "5"), 4, "track 5 not found", "it may be deleted"),
        (("user", "1"), 4, "user 1 not found", "it may be deleted"),
        (("user", "nobody-of-that-name"), 4, "'nobody-of-that-name' not found", "it may be deleted"),
        (("track", "https://example.com/x"), 2, "'https://example.com/x' is not a track", "use an id, a URN, artist/"),
        (("track", ""), 2, "'' is not a track", "use an id, a URN, artist/title or a URL"),
        (("resolve", "a b"), 2, "'a b' is not a track, user or playlist", "use an id, a URN, a name, artist/title"),
        (("resolve", "5"), 2, "the id 5 could be that of a track, a user or a playlist", "use its URN, such"),
        (("playlist", "ada-night"), 2, "'ada-night' is not a playlist", "use an id, a URN, artist/sets/title or a URL"),
        (("embed", "https://on.soundcloud.com/x"), 2, "'https://on.soundcloud.com/x' cannot be embedded", "use an id"),
        (("embed", "nix"), 2, "'nix' cannot be embedded", "use an id, a URN, @name, artist/title"),
        (("embed", TRACK, "--color", "red"), 2, "invalid value for --color: 'red': ", "soundcloud embed --help"),
        (("playlist", "add", PLAYLIST, TRACK, "--at", "99"), 2, "--at 99 is after the end: the playlist has ", "sound"),
        (
            ("search", "lofi", "--bpm", "nan-"),
            2,
            "Invalid value for '--bpm': 'nan-' is not a range of integers",
            "sound",
        ),
        (
            ("search", "lofi", "--bpm", "99.5"),
            2,
            "Invalid value for '--bpm': '99.5' is not a range of integers",
            "sound",
        ),
        (("search", "lofi", "--timeout", "nan"), 2, "Invalid value for '--timeout': 'nan' is not a valid num", "sound"),
        (("track", "wait", TRACK, "--for", "nan"), 2, "Invalid value for '--for': 'nan' is not a valid num", "sound"),
        (("login", "--wait", "inf"), 2, "Invalid value for '--wait': 'inf' is not a valid number", "soundcloud login"),
        (("api", "GET", "/nix"), 4, "HTTP 404: Not Found", "it may be deleted"),
        (
            ("play", TRACK, "--url", "--format", "hls_opus_64"),
            1,
            "soundcloud:tracks:",
            "use another --format; available: hls",
        ),
        (("like", "ada-night"), 2, "like takes tracks and playlists, not users", "for a user: soundcloud follow"),
    ],
)
def test_errors_speak_of_commands_and_options(shell, arguments, code, what, to_do):
    done = shell.run_in_process(*arguments)

    assert done.code == code
    first, second = done.errors.splitlines()
    assert first.startswith(f"error: {what}")
    assert second.startswith(f"  what to do: {to_do}")
    assert PYTHON.search(done.errors) is None


@pytest.mark.parametrize("arguments", [("whoami",), ("search", "lofi"), ("login",)])
def test_app_without_its_secret(bare_shell, arguments):
    done = bare_shell.run_in_process(*arguments, SOUNDCLOUD_CLIENT_ID="x")

    assert (done.code, done.errors) == (
        3,
        "error: SOUNDCLOUD_CLIENT_ID is set, but SOUNDCLOUD_CLIENT_SECRET is not\n"
        "  what to do: set both, or unset the first and run: soundcloud login\n",
    )


def test_request_with_debug_only(sandbox, shell):
    plain, debug = shell.run_in_process("track", "1"), shell.run_in_process("track", "1", "--debug")

    assert "/tracks" not in plain.errors
    assert f"GET {sandbox.api_url}/tracks/soundcloud:tracks:1 " in debug.errors


def test_stopped_sandbox(shell):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    local = shell.run_in_process("search", "lofi", "--retries", "0", SOUNDCLOUD_API_URL=url)
    reason = ConnectionFailedError("no response (ConnectError): [Errno -2] Name or service not known")

    assert local.code == 1
    assert local.errors.startswith("error: no response: ")
    assert f"what to do: start the sandbox at {url} again, or " in local.errors
    assert "Error" not in local.errors.removeprefix("error")
    assert "Errno" not in local.errors
    assert describe_error(reason) == (
        "no response: Name or service not known",
        "check the network, then run: soundcloud doctor",
        1,
    )
    assert describe_error(errors.RequestTimeoutError("no response in time (ReadTimeout)")).text == "no response in time"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "arguments", [("--help",), ("search", "lofi"), ("search", "lofi", "--jsonl"), ("completion", "zsh")]
)
def test_full_output(shell, arguments):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, env=shell.variables(), check=False
        )

    assert (done.returncode, done.stderr) == (
        1,
        "error: the output cannot be written: No space left on device\n"
        "  what to do: free some space, or send the output elsewhere\n",
    )


@pytest.mark.parametrize(
    ("arguments", "file"),
    [(("export", "likes", "-o", "l.jsonl"), "l.jsonl.partial"), (("config", "set", "limit", "3"), "config.toml")],
)
def test_full_disk_names_the_file(shell, monkeypatch, tmp_path, arguments, file):
    def fail(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.fsync", fail)
    done = shell.run_in_process(*arguments)

    assert done.code == 1
    assert f"{file}: No space left on device\n  what to do: free some space\n" in done.errors


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    ("arguments", "code"), [(("track", "waveform", TRACK, "--svg"), 1), (("like", "1", "--failed"), 4)]
)
def test_full_disk_names_the_file_of_an_option(sandbox, shell, arguments, code):
    done = shell.run_in_process(*arguments, "/dev/full", SOUNDCLOUD_WEB_URL=sandbox.media_url)

    assert done.code == code
    assert "/dev/full: No space left on device\n  what to do: free some space\n" in done.errors


def test_share_link_is_redacted_in_errors(shell):
    for arguments in (("playlist", "https://soundcloud.com/a/b/s-Geheim"), ("track", "https://x.y/a/b/s-Geheim")):
        done = shell.run_in_process(*arguments)
        assert done.code in {2, 4}
        assert "Geheim" not in done.errors


def every_error_class(kind=errors.SoundCloudError):
    yield kind
    for each in kind.__subclasses__():
        yield from every_error_class(each)


@pytest.mark.parametrize("kind", [*every_error_class()], ids=lambda kind: kind.__name__)
def test_default_hints(kind):
    if kind.__module__ != "soundcloud.errors":
        return
    message = describe_error(kind("failed"))

    assert message.hint
    assert PYTHON.search(message.hint) is None
