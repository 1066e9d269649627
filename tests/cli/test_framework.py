"""What all commands share: a fast start, help, errors of two lines, exit codes, Ctrl-C, pipes that break, dry runs."""

import io
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading

import click
import pytest

from soundcloud import errors
from soundcloud.cli import __main__ as entry
from soundcloud.cli.framework.command_index import HOMES, SECTIONS
from soundcloud.cli.framework.commands import Command, Group
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import CommandError, problem_of
from soundcloud.cli.main import root
from soundcloud.sandbox import Faults, RateLimit
from tests.cli.conftest import COMMAND

HEAVY = ["httpx", "httpcore", "soundcloud._sync", "soundcloud_api", "rich", "msgspec", "starlette"]


class Answering:
    """A server that answers everything with the same."""

    def __init__(self, status, body, headers=""):
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n"
        self.reply = head.encode() + body

    def __enter__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        self.address = self.server.getsockname()
        return f"http://127.0.0.1:{self.address[1]}"

    def __exit__(self, *error):
        self.over = True
        socket.create_connection(self.address).close()
        self.thread.join()
        self.server.close()

    over = False

    def serve(self):
        while True:
            connection, _ = self.server.accept()
            with connection:
                if self.over:
                    return
                connection.recv(65_536)
                connection.sendall(self.reply)


def every_command(group=root, path=()):
    """All commands with what is typed for them."""
    context = click.Context(group, info_name="soundcloud")
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        yield (*path, name), found
        if isinstance(found, Group):
            yield from every_command(found, (*path, name))


COMMANDS = list(every_command())


def test_the_help_loads_nothing_that_it_does_not_need(nobody):
    for arguments in (["--help"], ["search", "tracks", "--help"], ["--version"], ["login", "--help"], ["bla"]):
        code = (
            "import sys; from soundcloud.cli.__main__ import main; main(sys.argv[1:]);"
            f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], env=nobody.environment, capture_output=True, text=True, check=True
        )
        assert done.stderr.splitlines()[-1] == "[]", arguments


def test_one_command_loads_its_own_module_only(nobody):
    code = (
        "import sys; from soundcloud.cli.__main__ import main; main(['track', '--help']);"
        "print(sorted(name for name in sys.modules if name.startswith('soundcloud.cli.commands.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=nobody.environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "['soundcloud.cli.commands.tracks']"


def test_without_the_extra_it_says_what_to_install(nobody, monkeypatch, capsys):
    monkeypatch.setattr(entry, "find_spec", lambda name: None)

    assert entry.main(["--help"]) == 1
    assert capsys.readouterr().err == (
        "error: the soundcloud command needs click and rich, which is not installed\n"
        "  what to do: pip install 'soundcloud-sdk[cli]'\n"
    )
    hidden = "import sys; sys.modules['click'] = sys.modules['rich'] = None\n"
    check = "import soundcloud.cli.__main__; print('fine')"
    done = subprocess.run(
        [sys.executable, "-c", hidden + check], env=nobody.environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "fine\n"


def test_every_command_is_in_the_help(nobody):
    told = nobody.pipe("--help")

    assert told.code == 0
    assert len(HOMES) == sum(map(len, SECTIONS.values()))
    assert [name for name in HOMES if f"\n  {name} " not in told.output] == []
    assert "..." not in told.output.replace("[ARGS]...", "")
    assert nobody.pipe().output == told.output
    assert nobody.pipe("-h").output == told.output


@pytest.mark.parametrize(("path", "found"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS])
def test_every_command_has_help_with_examples(path, found, nobody):
    told = nobody.here(*path, "--help")

    assert told.code == 0
    assert isinstance(found, Command | Group)
    assert (found.help or "").split("\n")[0].endswith(".")
    assert found.examples or path == ("sandbox",)
    if path == ("sandbox",):
        assert told.output.startswith("usage: soundcloud sandbox [-h]")
        assert "soundcloud sandbox --data world.db" in told.output
        return
    for what, line in found.examples:
        assert f"{what}:\n    {line}" in told.output


@pytest.mark.parametrize(
    ("arguments", "code", "what", "to_do"),
    [
        (("serch",), 2, "there is no command 'serch'; did you mean search", "soundcloud --help"),
        (
            ("search", "trakcs", "x"),
            2,
            "there is no command 'trakcs'; did you mean tracks?",
            "soundcloud search --help",
        ),
        (("track",), 0, "", ""),
        (("track", "show"), 2, "Missing argument 'TRACK'.", "soundcloud track show --help"),
        (("track", "--nix", "5"), 2, "No such option", "soundcloud track show --help"),
        (
            ("likes", "--limit", "0"),
            2,
            "Invalid value for '--limit': 0 is not in the range x>=1.",
            "soundcloud likes --help",
        ),
        (("likes", "--limit", "5", "--all"), 2, "--limit and --all exclude each other", "soundcloud likes --help"),
        (("likes", "--json", "--csv"), 2, "--json and --csv exclude each other", "soundcloud likes --help"),
        (("likes", "--fields", "a,,b"), 2, "Invalid value for '--fields': give names with commas", "soundcloud likes"),
        (
            ("search", "tracks", "--bpm", "fast"),
            2,
            "Invalid value for '--bpm': 'fast' is no range",
            "soundcloud search tr",
        ),
        (
            ("search", "tracks", "--created", "2026"),
            2,
            "Invalid value for '--created': '2026' is no range",
            "soundcloud",
        ),
        (
            ("track", "nix"),
            2,
            "'nix' is not the URN of a track: use for example soundcloud:tracks:123",
            "look at the arg",
        ),
        (("track", "soundcloud:users:5"), 2, "a track is needed here", "look at the arguments"),
        (("track", "https://soundcloud.com/ada-night"), 2, "this names one of the users", "soundcloud user https://"),
        (("track", "1"), 4, "HTTP 404: Not Found [GET /tracks/soundcloud:tracks:1]", "it may be deleted, private"),
        (("track", "https://soundcloud.com/no/body"), 4, "HTTP 404", "it may be deleted"),
        (("me", "--profile", "nix"), 3, "there is no profile 'nix'", "make it with soundcloud login --profile nix"),
        (("api", "BREW", "/me"), 2, "method='BREW': use one of", "look at the arguments"),
    ],
)
def test_errors_are_two_lines_and_a_code(shell, arguments, code, what, to_do):
    done = shell.here(*arguments)

    assert done.code == code
    if code:
        assert done.output == ""
        first, second = done.errors.splitlines()
        assert first.startswith(f"error: {what}")
        assert second.startswith(f"  what to do: {to_do}")


def test_an_error_at_a_terminal(shell):
    assert "\x1b[31m" in shell.terminal("track", "1").output
    assert "\x1b" not in shell.terminal("track", "1", NO_COLOR="1").output


def test_nobody_is_signed_in(nobody, stranger):
    for done in (nobody.here("me"), nobody.here("search", "tracks", "x")):
        assert done.code == 3
        assert done.errors == (
            "error: nobody is signed in, and no app is named\n"
            "  what to do: soundcloud login; or try it without an account: --sandbox\n"
        )
    with_app = stranger.here("me")
    assert with_app.code == 3
    assert "soundcloud login" in with_app.errors.splitlines()[1]
    assert stranger.here("search", "tracks", "lofi").code == 0
    # Another app has no token yet, and this secret gets it none.
    wrong = stranger.here("search", "tracks", "lofi", SOUNDCLOUD_CLIENT_ID="other")
    assert wrong.code == 3
    assert "compare the app's id and secret with soundcloud.com/you/apps" in wrong.errors


def test_a_limit_that_is_met(sandbox, shell):
    sandbox.set_faults(Faults(rate_limit=RateLimit(1, 3600)))
    try:
        first, second = shell.here("me", "--json"), shell.here("me", "--json")
    finally:
        sandbox.clear_faults()

    assert (first.code, second.code) == (0, 5)
    assert re.search(r"  what to do: go on after 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d; ", second.errors)


def test_a_wait_is_explained_at_a_terminal(sandbox, shell):
    sandbox.set_faults(Faults(error_rate={"unavailable_text": 1}, times=1))
    try:
        told = shell.terminal("me", "--fields", "username")
        sandbox.set_faults(Faults(error_rate={"unavailable_text": 1}, times=1))
        piped = shell.pipe("me", "--fields", "username")
    finally:
        sandbox.clear_faults()

    assert (told.code, piped.code, piped.errors) == (0, 0, "")
    assert re.match(r"HTTP 503.*: again in \d s$", told.lines[0])


def test_progress_is_for_people_whose_output_goes_elsewhere(shell):
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [*COMMAND, "likes", "--all", "--jsonl"], stdout=subprocess.PIPE, stderr=theirs, env=shell.variables()
    )
    output, _ = program.communicate(timeout=60)
    os.close(theirs)
    told = os.read(ours, 10_000).decode()
    os.close(ours)

    number = len(output.splitlines())
    assert number > 100
    assert told == f"\r{number:,} so far\r\x1b[K"


def test_too_many_requests_say_when():
    limited = errors.RateLimitError("HTTP 429", status=429, retry_after=90.0)
    unknown = errors.QuotaExceededError("HTTP 429", status=429)

    assert problem_of(limited).code == problem_of(unknown).code == 5
    assert problem_of(limited).hint.startswith("go on after 2")
    assert problem_of(unknown).hint.startswith("SoundCloud does not say when; wait some hours")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.MissingTokenError("x"), 3),
        (errors.InvalidGrantError("x", status=400), 3),
        (errors.InvalidClientError("x", status=401), 3),
        (errors.UnauthorizedError("x", status=401), 3),
        (errors.ForbiddenError("x", status=403), 1),
        (errors.NotFoundError("x", status=404), 4),
        (errors.EdgeError("x", status=404), 1),
        (errors.RequestTimeoutError("x"), 1),
        (errors.ServerError("x", status=500), 1),
        (errors.InvalidInputError("x"), 2),
        (FileNotFoundError(2, "No such file or directory", "a.mp3"), 1),
        (ImportError("the sandbox needs starlette"), 1),
        (ZeroDivisionError("x"), 1),
        (CommandError("x", "y", code=4), 4),
    ],
)
def test_every_error_has_something_to_do(error, code):
    problem = problem_of(error)

    assert problem.code == code
    assert problem.message
    assert problem.hint
    assert "\n" not in problem.message + problem.hint
    assert "()" not in problem.hint


def test_debug_shows_requests_and_no_token(sandbox, shell):
    token = shell.environment["SOUNDCLOUD_ACCESS_TOKEN"]
    for done in (shell.pipe("--debug", "track", "1"), shell.pipe("track", "1", "--debug")):
        assert done.code == 4
        lines = done.errors.splitlines()
        assert lines[0].startswith(
            f"debug: GET {sandbox.api_url}/tracks/soundcloud:tracks:1 (Authorization: ***) -> 404"
        )
        assert "NotFoundError" in done.errors
        assert lines[-1].startswith("  what to do: ")
        assert token not in done.errors
        assert sandbox.client_secret not in done.errors


def test_options_may_stand_before_and_after_the_command(shell):
    assert shell.here("--profile", "one", "me", "--profile", "two").errors.startswith(
        "error: there is no profile 'two'"
    )
    assert shell.here("--profile", "one", "me").errors.startswith("error: there is no profile 'one'")
    assert shell.here("me", SOUNDCLOUD_PROFILE="env").errors.startswith("error: there is no profile 'env'")
    assert shell.here("--profile", "one", "me", SOUNDCLOUD_PROFILE="env").errors.startswith(
        "error: there is no profile 'one'"
    )
    assert shell.here("track", "--json", "2287190367").data["title"]


@pytest.mark.parametrize("form", [(), ("--jsonl",), ("--csv",)])
def test_a_broken_pipe_is_quiet(shell, form):
    environment = shell.variables()
    reader, writer = os.pipe()
    program = subprocess.Popen(
        [*COMMAND, "likes", "--all", *form], stdout=writer, stderr=subprocess.PIPE, env=environment
    )
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    _, told = program.communicate(timeout=60)

    assert program.returncode == 0
    assert told == b""


@pytest.mark.parametrize("arguments", [("likes",), ("likes", "--json"), ("doctor",)])
def test_ctrl_c_ends_cleanly(shell, arguments):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        environment = shell.variables(SOUNDCLOUD_API_URL=url, SOUNDCLOUD_AUTH_URL=url)
        program = subprocess.Popen(
            [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        connection, _ = server.accept()
        with connection:
            assert connection.recv(10)
            program.send_signal(signal.SIGINT)
            output, told = program.communicate(timeout=30)

    assert program.returncode == 130
    assert told == b"\n"
    assert b"Traceback" not in output


def test_a_dry_run_sends_nothing(sandbox, shell):
    arguments = ("api", "POST", "/playlists", "-d", '{"playlist": {"title": "Neu"}}')
    done = shell.here(*arguments, "--dry-run")

    assert done.code == 0
    assert done.output.splitlines()[0] == f"POST {sandbox.api_url}/playlists"
    assert '"title": "Neu"' in done.output
    assert shell.environment["SOUNDCLOUD_ACCESS_TOKEN"] not in done.output
    assert len(sandbox.requests.matching(method="POST", path="/playlists")) == 0
    assert shell.here("api", "GET", "/me", "--dry-run").data["username"] == "ada-night"


def test_confirming(monkeypatch):
    context = CommandContext()
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError) as refused:
        context.confirm("Delete it?")
    assert (refused.value.code, refused.value.hint) == (2, "say --yes on the command line")
    for name in ("yes", "dry_run"):
        context.given = {name: True}
        context.confirm("Delete it?")


def test_completion(nobody):
    for shell in ("bash", "zsh", "fish"):
        told = nobody.here("completion", shell)
        assert told.code == 0
        assert "_SOUNDCLOUD_COMPLETE" in told.output
    assert nobody.here("completion", "tcsh").code == 2
    completed = nobody.pipe(_SOUNDCLOUD_COMPLETE="bash_complete", COMP_WORDS="soundcloud search tr", COMP_CWORD="2")
    assert completed.output.split() == ["plain,tracks"]
    unknown = nobody.pipe(_SOUNDCLOUD_COMPLETE="bash_complete", COMP_WORDS="soundcloud serch tr", COMP_CWORD="2")
    assert unknown.errors == ""
    for words in ("--debug --sandbox me --json --f", "likes --all --limit 5 --f"):
        completed = nobody.pipe(
            _SOUNDCLOUD_COMPLETE="bash_complete",
            COMP_WORDS=f"soundcloud {words}",
            COMP_CWORD=str(len(words.split())),
        )
        assert completed.output.split() == ["plain,--fields"], completed.errors


def test_a_name_without_a_scheme_is_a_link(shell):
    assert shell.here("user", "soundcloud.com/ada-night", "--json").data["username"] == "ada-night"
