"""Output at a terminal: colors, the pager, the spinner, and the modules that a search loads."""

import subprocess
import sys
from threading import Event as Flag

import pytest

from soundcloud.cli.output.spinner import Spinner
from soundcloud.events import RequestFinishedEvent, RequestStartedEvent

SEARCH = ("search", "tracks", "lofi")
PAGER = f"{sys.executable} -c \"import sys; print('PAGED', len(sys.stdin.read().splitlines()))\""


def test_search_in_a_pipe_loads_no_rich_console(shell):
    code = (
        "import sys; from soundcloud.cli.__main__ import main; main(sys.argv[1:]);"
        "print([name for name in ('rich.console', 'httpx', 'http.client', 'subprocess') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *SEARCH], env=shell.environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_long_output_goes_to_the_pager(shell):
    # The terminal of the tests has 40 lines.
    paged = shell.run_in_terminal(*SEARCH, "--all", "--jsonl", "--genre", "ambient", SOUNDCLOUD_PAGER="")
    assert "PAGED" not in paged.text
    for arguments, changes, expected in (
        (("likes", "--limit", "60"), {"PAGER": PAGER}, True),
        (("likes", "--limit", "60"), {"PAGER": "cat", "SOUNDCLOUD_PAGER": PAGER}, True),
        (("likes", "--limit", "60"), {"PAGER": PAGER, "SOUNDCLOUD_PAGER": ""}, False),
        (("likes", "--limit", "60", "--no-pager"), {"PAGER": PAGER}, False),
        (("likes", "--limit", "60"), {"PAGER": "cat"}, False),
        (("likes", "--limit", "5"), {"PAGER": PAGER}, False),
        (("likes", "--limit", "60"), {"PAGER": "no-such-program"}, False),
    ):
        done = shell.run_in_terminal(*arguments, **changes)
        assert (done.code, "PAGED 61" in done.text) == (0, expected), (arguments, changes, done.text)


def test_quitting_the_pager_is_no_error(shell):
    done = shell.run_in_terminal("likes", "--all", PAGER=f"{sys.executable} -c pass")

    assert (done.code, "error" in done.text) == (0, False)


def test_json_is_colored_at_a_terminal_only(shell):
    colored = shell.run_in_terminal("me", "--json", PAGER="cat").output

    assert '\x1b[36m"username"\x1b[0m: \x1b[32m' in colored
    assert "\x1b" not in shell.run_in_terminal("me", "--json", PAGER="cat", NO_COLOR="1").output
    assert "\x1b" not in shell.run_piped("me", "--json").output


def test_errors_are_wrapped_at_words(shell):
    done = shell.run_in_terminal("track", "1", columns=40)

    assert max(map(len, done.lines)) <= 40
    assert "or hidden from this app" in " ".join(line.strip() for line in done.lines)


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 200])
def test_ids_and_numbers_are_on_the_right(shell, columns):
    lines = shell.run_in_terminal(*SEARCH, columns=columns, PAGER="cat").lines
    rows = [line for line in lines if line.split()[-1].isdigit()]

    assert len(rows) == 20
    assert len({*map(len, rows), len(lines[0])}) == 1 or columns == 30


def test_spinner_appears_late_and_leaves_no_trace():
    written, shown = [], Flag()

    def write(text):
        written.append(text)
        shown.set()

    spinner = Spinner(write)
    started = RequestStartedEvent(id=1, method="GET", path="/me", template="/me", operation=None, url="https://x")
    ended = RequestFinishedEvent(
        id=1, method="GET", path="/me", template="/me", operation=None, status=200, duration=1.0, retry_count=0
    )
    spinner.on_event(started)
    spinner.on_event(ended)
    assert written == []  # the response came before the delay
    spinner.on_event(started)
    assert shown.wait(30)
    spinner.on_event(ended)
    assert written[0].endswith("loading")
    assert written[-1] == ""
