"""`--pick`: choosing rows of a list with the arrow keys, in a real pseudo-terminal."""

import os
import re
import shutil

import pytest

from soundcloud.cli.framework.errors import CancelledError
from soundcloud.cli.framework.picker import Picker, _read_keys
from tests.cli.conftest import COMMAND, ESCAPES
from tests.helpers.platforms import posix_only

LINES = ["Night drive  Ada", "Morning  Bo", "Night walk  Bo", "Noon  Cy"]


def press(*keys, page=3):
    picker = Picker(LINES, LINES)
    for key in keys[:-1]:
        assert picker.press(key, page) is None
    return picker.press(keys[-1], page)


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["choose"], [0]),
        (["down", "down", "up", "choose"], [1]),
        (["up", "choose"], [0]),
        (["last", "down", "choose"], [3]),
        (["page down", "choose"], [3]),
        (["page down", "page up", "choose"], [0]),
        ([*"NIGHT", "down", "choose"], [2]),
        ([*"bo night", "choose"], [2]),
        ([*"xyz", "choose", "clear", "down", "choose"], [1]),
        ([*"noone", "erase", "erase", "choose"], [3]),
        (["mark", "down", "mark", "choose"], [0, 2]),
        (["mark", "up", "mark", "last", "choose"], [3]),
        (["mark", *"noon", "mark", "choose"], [0, 3]),
        (["down", "n", "choose"], [0]),
        (["\u0130", "clear", "choose"], [0]),
    ],
)
def test_keys(keys, chosen):
    assert press(*keys) == chosen


def test_nothing_found_cannot_be_chosen():
    assert press(*"xyz", "mark", "choose") is None
    with pytest.raises(CancelledError):
        press("cancel")


def test_screen_has_the_height_of_the_terminal():
    lines = [f"row {number}" for number in range(100)]
    picker = Picker(lines, lines)
    for _ in range(60):
        picker.press("down", 8)
    shown = picker.draw(10).plain.split("\n")

    assert len(shown) == 10
    assert "100 of 100" in shown[0]
    assert "  row 60" in shown
    assert Picker([], []).draw(10).plain.count("\n") == 9


def test_keys_are_read_from_bytes():
    reader, writer = os.pipe()
    os.write(writer, b"a\x1b[B\x1bOA\x1b[5~\xc3\xa9\x7f\t\r\x01")
    assert list(_read_keys(reader)) == ["a", "down", "up", "page up", "\u00e9", "erase", "mark", "choose", "\x01"]
    os.write(writer, b"\x1b")
    assert list(_read_keys(reader)) == ["cancel"]
    os.write(writer, b"\x1b[17~")
    assert list(_read_keys(reader)) == []
    os.write(writer, b"\xf0\x9f")
    os.write(writer, b"\x8e\xb5")
    assert list(_read_keys(reader)) == ["\U0001f3b5"]
    os.close(writer)
    with pytest.raises(CancelledError):
        list(_read_keys(reader))
    os.close(reader)


def test_a_terminal_is_needed(shell):
    done = shell.run_piped("search", "night", "--pick")

    assert (done.code, done.output) == (2, "")
    assert done.errors == "error: --pick needs a terminal\n  what to do: leave out --pick\n"


def after_choice(done):
    """Return the lines that were printed after the choice."""
    return ESCAPES.sub("", done.output.partition("\x1b[?1049l")[2]).splitlines()


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_picked_rows_are_the_last_list(shell, columns):
    steps = (("esc: cancel", "\x1b[B\t\r"),)
    done = shell.run_in_terminal("search", "users", "a", "--pick", "--limit", "5", answers=steps, columns=columns)
    rows = after_choice(done)

    assert done.code == 0
    assert rows[0].split()[:2] == ["#", "Name"]
    assert rows[1].split()[0] == "1"
    assert len(rows) == 2
    assert max(map(len, rows)) <= columns


@posix_only
@pytest.mark.slow
def test_picked_urns_in_a_pipe(shell):
    line = f"{' '.join(COMMAND)} search users a --pick | cat; echo end"
    done = shell.run_in_terminal(command=("/bin/sh", "-c", line), answers=(("esc: cancel", "\t\t\r"),))
    urns = [text for text in done.lines if text.startswith("soundcloud:users:")]

    assert len(urns) == 2
    assert done.lines[-1] == "end"


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize(("key", "code"), [("\x1b", 1), ("\x03", 130)])
def test_cancelled(shell, key, code):
    done = shell.run_in_terminal("search", "users", "a", "--pick", answers=(("esc: cancel", key),))

    assert done.code == code
    assert "\x1b[?1049l" in done.output
    assert "\x1b[?25h" in done.output


@posix_only
@pytest.mark.slow
def test_hostile_titles_are_drawn_as_text(sandbox, shell):
    sandbox.reset(
        dataset={
            "users": [{"permalink": "ada"}],
            "tracks": [{"user": "ada", "title": "evil \x1b]0;x\x07 \u202e night", "id": 5}],
        }
    )
    token = sandbox.user_token()
    steps = (("esc: cancel", "\r"),)
    done = shell.run_in_terminal("search", "night", "--pick", answers=steps, SOUNDCLOUD_ACCESS_TOKEN=token)

    assert done.code == 0
    assert "\x1b]0" not in done.output
    assert "\u202e" not in done.output


@posix_only
@pytest.mark.slow
def test_keys_work_after_a_stop(shell):
    steps = (
        ("$ ", f"{' '.join(COMMAND)} search users a --pick\n"),
        ("esc: cancel", "\x1a"),
        ("Stopped", "fg; echo co''de $?\n"),
        (re.compile(rb"Stopped.*esc: cancel", re.DOTALL), "\x1b"),
        ("code 1\r", "exit\n"),
    )
    done = shell.run_in_terminal(command=(shutil.which("bash"), "--norc", "-i"), answers=steps, PS1="$ ")

    assert "code 1" in done.lines
