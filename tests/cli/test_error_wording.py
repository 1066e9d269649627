"""Errors are two lines in terms of commands and options; the request is shown with --debug only."""

import re

import pytest

from soundcloud import errors
from soundcloud.cli.framework.errors import describe_error

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
        (("playlist", "ada-night"), 2, "'ada-night' is not a playlist", "use an id, a URN, artist/sets/title or a URL"),
        (("embed", "https://on.soundcloud.com/x"), 2, "'https://on.soundcloud.com/x' cannot be embedded", "use an id"),
        (("embed", "x y"), 2, "'x y' cannot be embedded", "use an id"),
        (("embed", TRACK, "--color", "red"), 2, "invalid value for --color: 'red': ", "soundcloud embed --help"),
        (("playlist", "add", PLAYLIST, TRACK, "--at", "99"), 2, "--at 99 is after the end: the playlist has ", "sound"),
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
