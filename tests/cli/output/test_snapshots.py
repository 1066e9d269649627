"""The help of all commands and the tables, compared with the files of `snapshots`.

To accept a change, run the tests with `UPDATE_SNAPSHOTS=1` and look at the difference in git.
"""

import os
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.cli.test_framework import COMMANDS

FOLDER = Path(__file__).parents[1] / "snapshots"
DATE = re.compile(r"\b20\d\d-\d\d-\d\d\b")
TABLES = {
    "search": ("search", "lofi", "--limit", "5"),
    "users": ("search", "users", "night", "--limit", "5"),
    "playlists": ("search", "playlists", "tape", "--limit", "5"),
    "playlist": ("playlist", "207899532"),
    "track": ("track", "2287190367"),
    "fields": ("search", "lofi", "--limit", "3", "--fields", "title,user.username,bpm,playback_count"),
}


def compare(name, text):
    """Compare a text with its snapshot, or write it."""
    path = FOLDER / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "if the change is intended: UPDATE_SNAPSHOTS=1"


@pytest.mark.skipif(version("click") < "8.5", reason="older versions of click word some lines in another way")
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_help(bare_shell, columns):
    texts = []
    for path, _ in [((), None), *COMMANDS]:
        done = bare_shell.run_in_process(*path, "--help", COLUMNS=str(columns))
        assert (done.code, done.errors) == (0, ""), path
        texts.append(f"$ {' '.join(('soundcloud', *path, '--help'))}\n{done.output}")

    compare(f"help-{columns}.txt", "\n".join(texts))


@pytest.mark.slow
@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("name", TABLES)
def test_tables(shell, name, columns):
    done = shell.run_in_terminal(*TABLES[name], columns=columns)

    assert done.code == 0
    # The dates of the generated data are relative to today.
    compare(f"{name}-{columns}.txt", DATE.sub("2026-01-01", "".join(f"{line.rstrip()}\n" for line in done.lines)))
