"""`soundcloud man`: the manual page."""

import re
import shutil
import subprocess

import pytest

from tests.cli.test_framework import COMMANDS


@pytest.fixture
def page(bare_shell):
    done = bare_shell.run_in_process("man")
    assert (done.code, done.errors) == (0, "")
    return done.output


def test_page_has_all_commands_and_sections(page):
    headings = re.findall(r"^\.SH (.+)$", page, re.MULTILINE)
    commands = re.findall(r"^\.SS ([a-z ]+)", page.replace("\\-", "-"), re.MULTILINE)

    assert headings[:3] == ["NAME", "SYNOPSIS", "DESCRIPTION"]
    assert headings[-3:] == ["SHARED OPTIONS", "EXIT STATUS", "ENVIRONMENT"]
    assert len(commands) == len(COMMANDS)
    assert "SOUNDCLOUD_LIMIT" in page
    assert "130 Ctrl\\-C." in page.partition(".SH EXIT STATUS")[2].partition(".SH")[0]
    assert re.search(r"^\\fB\\-\\-template TEXT\\fR$", page, re.MULTILINE)
    # No line is a request of roff by accident.
    assert set(re.findall(r"^[.'](\w+)", page, re.MULTILINE)) <= {
        *("TH", "nh", "ad", "SH", "SS", "PP", "TP", "B", "I", "nf", "fi")
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["man", "--warnings", "-l", "-"],
        ["mandoc", "-T", "lint", "-W", "warning"],
        ["groff", "-ww", "-man", "-Tutf8", "-z"],
    ],
    ids=lambda command: command[0],
)
def test_programs_show_it_without_warnings(page, bare_shell, command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]}")
    done = subprocess.run(
        command,
        input=page.encode(),
        capture_output=True,
        env=bare_shell.variables(MANWIDTH="80"),
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr.decode()) == (0, "")
    if command[0] == "man":
        assert "soundcloud search tracks [WORD...]" in done.stdout.decode()
    else:
        assert done.stdout == b""
