"""The generated part of docs/command-line.md, and the examples of the help."""

import re
import shlex
from pathlib import Path
from typing import get_args

import click
import pytest

from soundcloud._protocol.request_bodies import LicenseName
from soundcloud.cli.framework import errors
from soundcloud.cli.main import root
from soundcloud.cli.upload.track_fields import LICENSES
from tools.docs_site import cli_page

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
COMMANDS = list(cli_page.every_command())
EXAMPLES = [
    (path, what, line)
    for path, found in [("soundcloud", root), *COMMANDS]
    for what, line in found.examples
    if line.startswith("soundcloud ")
]
# What needs a browser or a terminal, or runs until it is stopped; and the numbers that stand for a track, a user and a playlist.
NOT_RUN = ("open", "login", "logout", "demo", "sandbox", "profiles", "completion", "play", "browse", "export")
# Commands that change something or need files: test_write_commands.py and test_upload.py run them.
NOT_RUN += ("like", "unlike", "repost", "unrepost", "follow", "unfollow", "comment", "upload")
CHANGING = {f"playlist {name}" for name in ("create", "add", "remove", "reorder", "delete")} | {
    "playlist edit",
    "track edit",
    "track delete",
    "track publish",
    "track unpublish",
    "track wait",
    "track waveform",
}
# Ids and URLs of the examples, and what replaces them on the sandbox.
KNOWN = {"308946187": "2287190367", "1212781357": "207899532"}
LINKS = {
    "https://soundcloud.com/forss/flickermood": "https://soundcloud.com/monsoon-desk/garden-lofi-for-empty-kitchens",
    "https://soundcloud.com/forss/sets/soulhack": "https://soundcloud.com/ada-night/sets/warm-tape-1",
    "https://soundcloud.com/forss": "https://soundcloud.com/ada-night",
    "forss/flickermood": "monsoon-desk/garden-lofi-for-empty-kitchens",
    "forss/sets/soulhack": "ada-night/sets/warm-tape-1",
    "forss": "ada-night",
}


def test_page_is_up_to_date():
    assert cli_page.write_page(PAGE) == PAGE, "run `make docs-pages`"


def test_outdated_page_is_updated():
    page = cli_page.write_page(f"# Title\n\n{cli_page.MARK}\nold\n")

    assert page.startswith("# Title\n\n<!--")
    assert "### `soundcloud search tracks [WORD...]`" in page
    assert "old\n" not in page
    assert cli_page.write_page(page) == page
    with pytest.raises(ValueError, match="has no line"):
        cli_page.write_page("no mark")


def test_page_lists_every_command():
    assert [path for path, _ in COMMANDS if f"\n### `{path}" not in PAGE] == []
    assert "| 5 | rate limit reached; the second line says when to try again |" in PAGE
    table = re.findall(r"^\| \d+ \|.*$", errors.__doc__, re.MULTILINE)
    assert len(table) == 7
    assert "\n".join(table) in PAGE


@pytest.mark.parametrize(("path", "what", "line"), EXAMPLES, ids=[line for _, _, line in EXAMPLES])
def test_every_example_can_be_parsed(path, what, line):
    for part in re.split(r" && | \| ", line):
        words = shlex.split(re.split(r" [<>] ", part)[0])
        if words.pop(0) != "soundcloud":
            continue
        group, context = root, click.Context(root, info_name="soundcloud", **root.context_settings)
        # Parse the options and arguments without running the command.
        while isinstance(group, click.Group):
            words = words or [group.default]
            name, group, words = group.resolve_command(context, words)
            assert group is not None, (path, name)
        group.make_context("soundcloud", [*words], parent=context, obj=type("Given", (), {"given": {}})())


@pytest.mark.parametrize(("path", "what", "line"), EXAMPLES, ids=[line for _, _, line in EXAMPLES])
def test_every_example_works_on_the_sandbox(shell, tmp_path, monkeypatch, path, what, line):
    monkeypatch.chdir(tmp_path)  # some write a file
    for before, after in [*LINKS.items(), *KNOWN.items()]:
        line = re.sub(rf"{re.escape(before)}(?![\w/])", after, line)
    # Run only the first command of a pipeline.
    arguments = shlex.split(line.partition(" | ")[0])[1:]
    if (
        arguments[0] in NOT_RUN
        or " ".join(arguments[:2]) in CHANGING
        or {"--sandbox", "--web"} & {*arguments}
        or "--profile" in arguments
    ):
        return
    done = shell.run_in_process(*arguments)

    assert (done.code, done.errors) in {(0, ""), (0, "no tracks\n"), (0, "no playlists\n"), (0, "no users\n")}


def test_licenses_match_the_library():
    # The command has its own list so that the help does not load the library.
    assert set(LICENSES) == set(get_args(LicenseName))
