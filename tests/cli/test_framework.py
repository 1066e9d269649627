"""The parts that all commands share: imports, help, errors, exit codes, Ctrl-C, broken pipes, dry runs, completion."""

import io
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import warnings

import click
import pytest

from soundcloud import __version__, errors
from soundcloud.cli import __main__ as entry
from soundcloud.cli.framework.command_index import MODULES, SECTIONS, SUMMARIES
from soundcloud.cli.framework.commands import Command, Group
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import CommandError, describe_error
from soundcloud.cli.framework.options import Argument
from soundcloud.cli.main import root
from soundcloud.sandbox import Faults, RateLimitFault
from tests.cli.conftest import COMMAND
from tests.helpers.platforms import posix_only

HEAVY = ["httpx", "httpcore", "soundcloud._sync", "soundcloud_api", "rich", "msgspec", "starlette"]


class FixedResponseServer:
    """A server that sends the same response to every request."""

    def __init__(self, status, body, headers=""):
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n"
        self.response = head.encode() + body

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
                connection.sendall(self.response)


def every_command(group=root, path=()):
    """Yield all commands with their paths."""
    context = click.Context(group, info_name="soundcloud")
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        yield (*path, name), found
        if isinstance(found, Group):
            yield from every_command(found, (*path, name))


COMMANDS = list(every_command())


def test_help_imports_no_heavy_modules(bare_shell):
    for arguments in (["--help"], ["search", "tracks", "--help"], ["--version"], ["login", "--help"], ["bla"]):
        code = (
            "import sys; from soundcloud.cli.__main__ import main; main(sys.argv[1:]);"
            f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env=bare_shell.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr.splitlines()[-1] == "[]", arguments


def test_command_imports_only_its_own_module(bare_shell):
    code = (
        "import sys; from soundcloud.cli.__main__ import main; main(['track', '--help']);"
        "print(sorted(name for name in sys.modules if name.startswith('soundcloud.cli.commands.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=bare_shell.environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "['soundcloud.cli.commands.tracks']"


def test_missing_extra(bare_shell, monkeypatch, capsys):
    monkeypatch.setattr(entry, "find_spec", lambda name: None)

    assert entry.main(["--help"]) == 1
    assert capsys.readouterr().err == (
        "error: the soundcloud command needs click and rich, which are not installed\n"
        "  what to do: pip install 'soundcloud-sdk[cli]'\n"
    )
    hidden = "import sys; sys.modules['click'] = sys.modules['rich'] = None\n"
    check = "import soundcloud.cli.__main__; print('fine')"
    done = subprocess.run(
        [sys.executable, "-c", hidden + check], env=bare_shell.environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "fine\n"


WITHOUT_THE_EXTRA = """
import importlib.util as util
find_spec = util.find_spec
util.find_spec = lambda name: None if name in ("click", "rich") else find_spec(name)
"""


@pytest.mark.parametrize("extra", [True, False])
def test_the_package_runs_the_command(bare_shell, extra):
    code = f"{'' if extra else WITHOUT_THE_EXTRA}import runpy; runpy.run_module('soundcloud', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code, "help"],
        env=bare_shell.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    if extra:
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Usage: soundcloud ")
    else:
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("error: the soundcloud command needs click and rich, which are not installed\n")


@pytest.mark.parametrize("arguments", [["-V"], ["--version"], ["version"], ["version", "--debug"]])
def test_version(bare_shell, arguments):
    code = "import sys; from soundcloud.cli.__main__ import main; main(sys.argv[1:]); print('click' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=bare_shell.environment, capture_output=True, text=True, check=True
    )

    # Alone, it is printed without loading the command.
    assert done.stdout == f"soundcloud {__version__}\n{len(arguments) > 1}\n"


def test_help_of_a_command(bare_shell):
    assert (
        bare_shell.run_in_process("help", "search", "tracks").output
        == bare_shell.run_in_process("search", "tracks", "-h").output
    )
    assert bare_shell.run_in_process("help").output == bare_shell.run_in_process("--help").output
    unknown = bare_shell.run_in_process("help", "search", "nope")
    assert (unknown.code, unknown.errors.splitlines()[0]) == (2, "error: there is no command 'soundcloud search nope'")


def test_summaries_are_the_first_sentences_of_the_help():
    context = click.Context(root, info_name="soundcloud")
    assert {name: root.get_command(context, name).get_short_help_str() for name in MODULES} == SUMMARIES


def test_help_loads_no_command(bare_shell):
    code = (
        "import sys; from soundcloud.cli.__main__ import main; main(['--help']);"
        "print(sorted(name for name in sys.modules if name.startswith(('soundcloud.cli.commands', 'attr', 'soundcloud.errors'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=bare_shell.environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_lists_every_command(bare_shell):
    result = bare_shell.run_piped("--help")

    assert result.code == 0
    assert len(MODULES) == sum(map(len, SECTIONS.values()))
    assert [name for name in MODULES if f"\n  {name} " not in result.output] == []
    assert "..." not in result.output.replace("[ARGS]...", "")
    assert bare_shell.run_piped().output == result.output
    assert bare_shell.run_piped("-h").output == result.output


@pytest.mark.parametrize(("path", "found"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS])
def test_every_command_has_help_with_examples(path, found, bare_shell):
    result = bare_shell.run_in_process(*path, "--help")

    assert result.code == 0
    assert isinstance(found, Command | Group)
    assert (found.help or "").split("\n")[0].endswith(".")
    assert found.examples
    output = result.output.replace(" \\\n      ", " ")
    for what, line in found.examples:
        assert f"{what}:\n    {line}" in output


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_help_fits_the_terminal_and_describes_everything(bare_shell, columns):
    for path, found in [((), root), *COMMANDS]:
        lines = bare_shell.run_in_process(*path, "--help", COLUMNS=columns).output.splitlines()

        long = [line for line in lines if len(line) > min(int(columns), 100)]
        # One word, such as a URL, stays whole.
        assert [line for line in long if len(shlex.split(line.rstrip("\\"))) > 1] == [], path
        described = [each for each in found.params if not isinstance(each, click.Argument)]
        assert all(isinstance(each, Argument) and each.description for each in found.params if each not in described)
        sections = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
        lines = lines[lines.index(sections[0]) :]
        # A term without a description, beside it or below it, would be a blank row.
        terms = [number for number, line in enumerate(lines) if re.match(r"  -\S", line)]
        assert terms
        for number in terms:
            below = "\n".join(lines[number + 1 : number + 3])
            assert re.search(r"\S  +\S", lines[number]) or re.search("^    ", below, re.MULTILINE), lines[number]


def test_help_has_colors_at_a_terminal_only(bare_shell):
    in_color = bare_shell.run_in_terminal("search", "tracks", "--help", columns=80)
    plain = bare_shell.run_piped("search", "tracks", "--help")

    assert "\x1b[33m\x1b[1mUsage: \x1b[0m" in in_color.output
    assert "\x1b[36m--genre\x1b[0m GENRE" in in_color.output
    assert "\x1b" not in plain.output
    assert in_color.lines == plain.lines
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in bare_shell.run_in_terminal("search", "--help", **variables).output
    assert "\x1b[36mtracks\x1b[0m" in bare_shell.run_in_terminal("search").output


def test_arguments_are_checked_like_those_of_other_commands(bare_shell):
    for arguments, message in (
        (("--port", "99999"), "Invalid value for '--port': '99999' is not a port: use 0 to 65535"),
        (("--error-rate", "x=2"), "Invalid value for '--error-rate': "),
        (("--tracks", "5"), "Invalid value for '--tracks': '5' is out of range: use 600 to 100,000"),
        (("--request-log-size", "-1"), "Invalid value for '--request-log-size': '-1' is out of range: use 0 or more"),
        (("--media-lifetime", "nan"), "Invalid value for '--media-lifetime': 'nan' is not a number"),
        (("--redirect-uri", "x"), "Invalid value for '--redirect-uri': 'x' is not a URI: use one such as http://"),
        (("--public-host", "http://a"), "Invalid value for '--public-host': 'http://a' is not the name of a host"),
        (("--client-id", ""), "Invalid value for '--client-id': it is empty"),
        (("--nix",), "No such option"),
    ):
        done = bare_shell.run_in_process("sandbox", *arguments)
        assert (done.code, done.output) == (2, "")
        first, second = done.errors.splitlines()
        assert first.startswith(f"error: {message}")
        assert second == "  what to do: soundcloud sandbox --help"
    missing = bare_shell.run_in_process(
        "sandbox", "--debug", "--data", "/nix/sandbox.db", "--port", "0", "--auth-port", "0"
    )
    assert missing.code == 1
    assert "error: cannot store data in /nix/sandbox.db: there is no folder /nix" in missing.errors


@pytest.mark.parametrize(
    ("arguments", "code", "what", "to_do"),
    [
        (("serch",), 2, "there is no command 'serch'; did you mean search", "soundcloud --help"),
        (
            ("playlist", "tarcks"),
            2,
            "'tarcks' is not a playlist",
            "use an id, a URN, artist/sets/title or a URL",
        ),
        (("track",), 0, "", ""),
        (("track", "show"), 2, "Missing argument 'TRACK...'.", "soundcloud track show --help"),
        (("track", "--nix", "5"), 2, "No such option", "soundcloud track show --help"),
        (
            ("likes", "--limit", "0"),
            2,
            "Invalid value for '-n' / '--limit': 0 is not in the range x>=1.",
            "soundcloud likes --help",
        ),
        (
            ("likes", "--limit", "x"),
            2,
            "Invalid value for '-n' / '--limit': 'x' is not a valid integer.",
            "soundcloud likes",
        ),
        (
            ("likes", "--timeout", "x"),
            2,
            "Invalid value for '--timeout': 'x' is not a valid number.",
            "soundcloud likes",
        ),
        (("search", ""), 2, "Invalid value for '[WORD...]': it is empty", "soundcloud search tracks --help"),
        (("search", "users", " ", ""), 2, "Invalid value for 'WORD...': it is empty", "soundcloud search users --help"),
        (("play", "5", "--url", "--loop", "all"), 2, "--shuffle and --loop are for playing", "soundcloud play --help"),
        (("likes", "--limit", "5", "--all"), 2, "use either --limit or --all, not both", "soundcloud likes --help"),
        (("likes", "--json", "--csv"), 2, "use either --json or --csv, not both", "soundcloud likes --help"),
        (
            ("likes", "--fields", "a,,b"),
            2,
            "Invalid value for '--fields': separate field names with commas",
            "soundcloud likes",
        ),
        (
            ("search", "tracks", "--bpm", "fast"),
            2,
            "Invalid value for '--bpm': 'fast' is not a range",
            "soundcloud search tr",
        ),
        (
            ("search", "tracks", "--created", "2026"),
            2,
            "Invalid value for '--created': '2026' is not a range",
            "soundcloud",
        ),
        (
            ("track", "nix"),
            2,
            "'nix' is not a track",
            "use an id, a URN, artist/title or a URL",
        ),
        (("track", "soundcloud:users:5"), 2, "'soundcloud:users:5' is a user, not a track", "soundcloud user"),
        (
            ("track", "https://soundcloud.com/ada-night"),
            2,
            "'https://soundcloud.com/ada-night' is a user, not a track",
            "soundcloud user 'https://",
        ),
        (("track", "1"), 4, "track 1 not found", "it may be deleted, private"),
        (("track", "https://soundcloud.com/no/body"), 4, "'https://soundcloud.com/no/body' not found", "it may be"),
        (("me", "--profile", "nix"), 3, "there is no profile 'nix'", "create it: soundcloud login --profile nix"),
        (("api", "BREW", "/me"), 2, "invalid value for METHOD: 'BREW': use one of", "soundcloud api --help"),
    ],
)
def test_error_lines_and_exit_codes(shell, arguments, code, what, to_do):
    done = shell.run_in_process(*arguments)

    assert done.code == code
    if code:
        assert done.output == ""
        first, second = done.errors.splitlines()
        assert first.startswith(f"error: {what}")
        assert second.startswith(f"  what to do: {to_do}")


def test_error_color_at_terminal(shell):
    assert "\x1b[31m" in shell.run_in_terminal("track", "1").output
    assert "\x1b" not in shell.run_in_terminal("track", "1", NO_COLOR="1").output


def test_not_signed_in(bare_shell, app_shell):
    for done in (bare_shell.run_in_process("me"), bare_shell.run_in_process("search", "tracks", "x")):
        assert done.code == 3
        assert done.errors == (
            "error: you are not signed in\n"
            "  what to do: soundcloud login; or use the sandbox, without an account: --sandbox\n"
        )
    with_app = app_shell.run_in_process("me")
    assert with_app.code == 3
    assert "soundcloud login" in with_app.errors.splitlines()[1]
    assert app_shell.run_in_process("search", "tracks", "lofi").code == 0
    # Another app has no token in the store, and cannot obtain one with this secret.
    wrong = app_shell.run_in_process("search", "tracks", "lofi", SOUNDCLOUD_CLIENT_ID="other")
    assert wrong.code == 3
    assert "compare the app's id and secret with soundcloud.com/you/apps" in wrong.errors


def test_rate_limit(sandbox, shell):
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(1, 3600)))
    try:
        first, second = shell.run_in_process("me", "--json"), shell.run_in_process("me", "--json")
    finally:
        sandbox.clear_faults()

    assert (first.code, second.code) == (0, 5)
    assert re.search(r"  what to do: try again after 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d; ", second.errors)


def test_retry_message_at_terminal_and_in_a_pipe(sandbox, shell):
    sandbox.set_faults(Faults(error_rate={"unavailable_text": 1}, times=1))
    try:
        result = shell.run_in_terminal("me", "--fields", "username")
        sandbox.set_faults(Faults(error_rate={"unavailable_text": 1}, times=1))
        piped = shell.run_piped("me", "--fields", "username")
    finally:
        sandbox.clear_faults()

    message = r"HTTP 503.*: retrying in \d s, at \d\d:\d\d:\d\d$"
    assert (result.code, piped.code) == (0, 0)
    assert re.match(message, result.lines[0])
    assert re.match(message, piped.errors.strip())


@posix_only
def test_progress_at_terminal_with_redirected_output(shell):
    import pty

    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [*COMMAND, "likes", "--all", "--jsonl"], stdout=subprocess.PIPE, stderr=theirs, env=shell.variables()
    )
    output, _ = program.communicate(timeout=60)
    os.close(theirs)
    result = os.read(ours, 10_000).decode()
    os.close(ours)

    number = len(output.splitlines())
    assert number > 100
    assert result == f"\r\x1b[K{number:,} so far\r\x1b[K"


def test_rate_limit_hints():
    limited = errors.RateLimitError("HTTP 429", status=429, retry_after=90.0)
    unknown = errors.QuotaExceededError("HTTP 429", status=429)

    assert describe_error(limited).code == describe_error(unknown).code == 5
    assert describe_error(limited).hint.startswith("try again after 2")
    assert describe_error(unknown).hint.startswith("SoundCloud does not say when the limit ends; wait a few hours")


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
def test_every_error_has_a_hint(error, code):
    message = describe_error(error)

    assert message.code == code
    assert message.text
    assert message.hint
    assert "\n" not in message.text + message.hint
    assert "()" not in message.hint


def test_debug_hides_tokens(sandbox, shell):
    token = shell.environment["SOUNDCLOUD_ACCESS_TOKEN"]
    for done in (shell.run_piped("--debug", "track", "1"), shell.run_piped("track", "1", "--debug")):
        assert done.code == 4
        lines = done.errors.splitlines()
        assert lines[0].startswith(
            f"debug: GET {sandbox.api_url}/tracks/soundcloud:tracks:1 (Authorization: ***) -> 404"
        )
        assert "NotFoundError" in done.errors
        assert lines[-1].startswith("  what to do: ")
        assert token not in done.errors
        assert sandbox.client_secret not in done.errors


def test_options_before_and_after_the_command(shell):
    assert shell.run_in_process("--profile", "one", "me", "--profile", "two").errors.startswith(
        "error: there is no profile 'two'"
    )
    assert shell.run_in_process("--profile", "one", "me").errors.startswith("error: there is no profile 'one'")
    assert shell.run_in_process("me", SOUNDCLOUD_PROFILE="env").errors.startswith("error: there is no profile 'env'")
    assert shell.run_in_process("--profile", "one", "me", SOUNDCLOUD_PROFILE="env").errors.startswith(
        "error: there is no profile 'one'"
    )
    assert shell.run_in_process("track", "--json", "2287190367").data["title"]


@pytest.mark.parametrize("form", [(), ("--jsonl",), ("--csv",)])
def test_broken_pipe(shell, form):
    environment = shell.variables()
    reader, writer = os.pipe()
    program = subprocess.Popen(
        [*COMMAND, "likes", "--all", *form], stdout=writer, stderr=subprocess.PIPE, env=environment
    )
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    _, result = program.communicate(timeout=60)

    assert program.returncode == 0
    assert result == b""


@posix_only
@pytest.mark.parametrize(
    ("arguments", "number", "code", "line"),
    [
        (("likes",), "SIGINT", 130, b"interrupted"),
        (("likes", "--json"), "SIGINT", 130, b"interrupted"),
        (("doctor",), "SIGINT", 130, b"interrupted"),
        (("likes",), "SIGTERM", 143, b"terminated"),
        (("likes",), "SIGHUP", 129, b"terminated"),
    ],
)
def test_ctrl_c_and_termination(shell, arguments, number, code, line):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        environment = shell.variables(SOUNDCLOUD_API_URL=url, SOUNDCLOUD_AUTH_URL=url)
        program = subprocess.Popen(
            [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        connection, _ = server.accept()
        with connection:
            assert connection.recv(10)
            program.send_signal(getattr(signal, number))
            output, result = program.communicate(timeout=30)

    assert program.returncode == code
    assert result == b"\n%b\n" % line
    assert b"Traceback" not in output


def test_dry_run_sends_nothing(sandbox, shell):
    arguments = ("api", "POST", "/playlists", "-d", '{"playlist": {"title": "Neu"}}')
    done = shell.run_in_process(*arguments, "--dry-run")

    assert done.code == 0
    assert done.output.splitlines()[0] == f"POST {sandbox.api_url}/playlists"
    assert '"title": "Neu"' in done.output
    assert shell.environment["SOUNDCLOUD_ACCESS_TOKEN"] not in done.output
    assert len(sandbox.requests.matching(method="POST", path="/playlists")) == 0
    assert shell.run_in_process("api", "GET", "/me", "--dry-run").data["username"] == "ada-night"


def test_deprecation_warnings_are_hidden(shell, monkeypatch):
    def get_me(self):
        warnings.warn("get_me is deprecated", DeprecationWarning, stacklevel=2)
        return {"username": "ada-night"}

    monkeypatch.setattr("soundcloud._sync.namespaces.me.MeNamespace.get_me", get_me)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        done = shell.run_in_process("me", "--jsonl")

    assert (done.code, done.output, done.errors) == (0, '{"username": "ada-night"}\n', "")
    assert caught == []


def test_confirm(monkeypatch):
    context = CommandContext()
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError) as refused:
        context.confirm("Delete it?")
    assert (refused.value.code, refused.value.hint) == (2, "use --yes to confirm")
    for name in ("yes", "dry_run"):
        context.given = {name: True}
        context.confirm("Delete it?")


def test_completion(bare_shell):
    for shell in ("bash", "zsh", "fish"):
        result = bare_shell.run_in_process("completion", shell)
        assert result.code == 0
        assert "_SOUNDCLOUD_COMPLETE" in result.output
    assert bare_shell.run_in_process("completion", "tcsh").code == 2
    completed = bare_shell.run_piped(
        _SOUNDCLOUD_COMPLETE="bash_complete", COMP_WORDS="soundcloud search tr", COMP_CWORD="2"
    )
    assert completed.output.split() == ["plain,tracks"]
    unknown = bare_shell.run_piped(
        _SOUNDCLOUD_COMPLETE="bash_complete", COMP_WORDS="soundcloud serch tr", COMP_CWORD="2"
    )
    assert unknown.errors == ""
    for words in ("--debug --sandbox me --json --f", "likes --all --limit 5 --f"):
        completed = bare_shell.run_piped(
            _SOUNDCLOUD_COMPLETE="bash_complete",
            COMP_WORDS=f"soundcloud {words}",
            COMP_CWORD=str(len(words.split())),
        )
        assert completed.output.split() == ["plain,--fields"], completed.errors


def test_url_without_scheme(shell):
    assert shell.run_in_process("user", "soundcloud.com/ada-night", "--json").data["username"] == "ada-night"
