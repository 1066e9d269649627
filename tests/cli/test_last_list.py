"""Rows of the last list of a terminal, such as `:3`."""

import json
import shlex
import stat
import sys

import pytest

from soundcloud.cli.framework import last_list
from soundcloud.cli.output.columns import get_field
from tests.cli.conftest import COMMAND

TRACKS = ["soundcloud:tracks:1", "soundcloud:tracks:2", "soundcloud:tracks:3", None]


@pytest.fixture
def path(tmp_path, monkeypatch):
    path = tmp_path / "lists" / "terminal.json"
    monkeypatch.setattr(last_list, "_list_path", lambda: path)
    return path


@pytest.fixture
def recorded(path):
    rows = last_list.RecordedList(TRACKS, lambda item: item)
    assert [row.row_number for row in rows] == [1, 2, 3, 4]
    rows.write()
    return path


def test_numbered_rows_of_plain_values(path):
    """The rows of stations are dicts, and not models."""
    rows = [*last_list.RecordedList([{"urn": TRACKS[0], "title": "Night"}], lambda item: item["urn"])]

    assert [(get_field(row, "row_number"), get_field(row, "title")) for row in rows] == [(1, "Night")]


@pytest.mark.parametrize(
    ("argument", "found"),
    [
        (":1", TRACKS[:1]),
        (" :3 ", TRACKS[2:3]),
        (":1-3", TRACKS[:3]),
        (":2-:3", TRACKS[1:3]),
        ("3", ["3"]),
        (":x", [":x"]),
        ("-", ["-"]),
    ],
)
def test_rows_become_urns(recorded, argument, found):
    assert last_list.expand_rows([argument]) == found


@pytest.mark.parametrize("argument", [":0", ":5", ":3-1", ":2-9", ":" + "9" * 5000])
def test_a_row_that_is_not_there(recorded, argument):
    with pytest.raises(last_list.CommandError, match="the last list has no such row") as caught:
        last_list.expand_row(argument)

    assert caught.value.code == 2
    assert ":1 to :4" in caught.value.hint


def test_a_row_without_an_id(recorded):
    with pytest.raises(last_list.CommandError, match="has no id"):
        last_list.expand_row(":4")


@pytest.mark.parametrize("content", ["{", "{}", "[" * 100_000])
def test_a_broken_file(recorded, content):
    recorded.write_text(content)

    with pytest.raises(last_list.CommandError, match="cannot be read"):
        last_list.expand_row(":1")


def test_only_urns_are_stored_and_only_the_owner_reads_them(path):
    url = "https://soundcloud.com/a/b/s-secret"
    rows = last_list.RecordedList([url, TRACKS[0]], lambda item: item)
    list(rows)
    rows.write()

    assert json.loads(path.read_text()) == [None, TRACKS[0]]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_list_keeps_the_last_one(recorded):
    rows = last_list.RecordedList([], lambda item: item)
    list(rows)
    rows.write()

    assert json.loads(recorded.read_text()) == TRACKS


def test_without_a_list_nothing_is_sent(shell, sandbox):
    done = shell.run_in_process("like", ":1")

    assert done.code == 2
    assert "there is no list in this terminal yet" in done.errors
    assert not sandbox.requests.matching(method="POST")


def test_a_pipe_records_no_list(shell, home):
    assert shell.run_in_process("search", "lofi").code == 0
    assert not list(home.rglob("lists"))


@pytest.mark.slow
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_list_and_the_next_command_in_one_terminal(shell, sandbox, columns):
    soundcloud = shlex.join(COMMAND)
    commands = ("search lofi", "like :1-2", "track :2 --json --fields urn | cat", "user :1")
    script = "; ".join(f"{soundcloud} {command}" for command in commands)
    done = shell.run_in_terminal("-c", script, command=("/bin/sh",), columns=columns)

    liked = [request.path for request in sandbox.requests.matching(method="POST")]
    lines = done.lines
    assert lines[0].split()[:2] == ["#", "Title"]
    assert len(liked) == 2
    assert liked[1].rpartition("/")[2] in done.text
    assert "liked 2 of 2" in done.text
    assert "is a track, not a user" in " ".join(done.text.split())
    assert max(map(len, lines[:5])) <= columns
