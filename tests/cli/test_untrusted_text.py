"""Text of a server in terminals, pipes and files: control characters, halves of surrogate pairs, formulas of spreadsheets."""

import csv
import json
import re
from io import StringIO
from pathlib import Path

import pytest

import soundcloud.cli
from soundcloud.cli.output.formatting import format_csv_row, is_formula
from tests.cli.conftest import COMMAND
from tests.cli.test_framework import FixedResponseServer
from tests.helpers.platforms import posix_only

UNSAFE = [
    *map(chr, (*range(9), *range(11, 32), *range(0x7F, 0xA0))),
    *"\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
]
EVIL = "start " + "x".join(UNSAFE) + " end"
HALF = "\ud800 half"
# What rich and the command themselves write to a terminal: colors, the cursor, links to known URLs.
OWN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\|\r\n|\r(?=\x1b\[K)")
LISTS = (("user", "tracks"), ("comments", "5"))
OBJECTS = (("track", "5"),)


def item(text):
    user = {"urn": "soundcloud:users:5", "username": text, "full_name": text, "city": text}
    track = {"urn": "soundcloud:tracks:5", "title": text, "user": user, "genre": text, "description": f"{text}\n{text}"}
    return {**user, **track, "body": text, "permalink_url": f"https://soundcloud.com/{text}", "kind": "track"}


def serve(text, **more):
    """Serve the same object, which is an item, a list and an error, to every request."""
    content = {**item(text), "collection": [item(text)], "next_href": None, **more}
    return FixedResponseServer(
        more.pop("status", 200), json.dumps(content).encode(), "Content-Type: application/json\r\n"
    )


def urls(url):
    return {"SOUNDCLOUD_API_URL": url, "SOUNDCLOUD_AUTH_URL": url}


def unsafe_in(output):
    return sorted({letter for letter in OWN.sub("", output) if letter in UNSAFE})


@pytest.mark.parametrize("arguments", [*LISTS, *OBJECTS], ids=" ".join)
@pytest.mark.parametrize(
    "form",
    [(), ("--json",), ("--csv",), ("--fields", "user.username,user"), ("--template", "{user.username} {user}")],
    ids=" ".join,
)
def test_results_do_not_steer_a_terminal(shell, arguments, form):
    with serve(EVIL) as url:
        done = shell.run_in_terminal(*arguments, *form, columns=200, **urls(url))

    assert done.code == 0, done.output
    assert unsafe_in(done.output) == []
    assert "start" in done.output
    if form == ("--json",):
        shown = json.loads("\n".join(done.lines))
        assert (shown if isinstance(shown, dict) else shown[0])["title"] == EVIL


@pytest.mark.parametrize("options", [(), ("--debug",)])
def test_errors_do_not_steer_a_terminal(shell, options):
    content = json.dumps({"code": 404, "message": EVIL, "errors": [{"error_message": EVIL}]}).encode()
    with FixedResponseServer(404, content, f"X-Request-Id: {'a' * 8}\r\n") as url:
        done = shell.run_in_terminal("user", "1", *options, **urls(url))

    assert done.code == 4
    assert unsafe_in(done.output) == []
    assert "start" in done.output
    assert ("Traceback" in done.output) == bool(options)


def test_plain_text_and_requests_do_not_steer_a_terminal(shell):
    with FixedResponseServer(200, EVIL.encode()) as url:
        plain = shell.run_in_terminal("api", "GET", "/x", **urls(url))
    with serve(EVIL) as url:
        dry = shell.run_in_terminal("track", "edit", "5", "--title", "a\u202eb", "--dry-run", **urls(url))

    for done in (plain, dry):
        assert done.code == 0
        assert unsafe_in(done.output) == []
    assert "start" in plain.output
    assert "\\u202e" in dry.output


def test_logs_and_warnings_do_not_steer_a_terminal(bare_shell):
    code = (
        "import logging, sys, warnings\n"
        "from soundcloud.cli import main\n"
        f"evil = {EVIL.replace(chr(0), '')!r}\n"
        "def invoke(arguments, context):\n"
        "    logging.getLogger('soundcloud').warning('%s', evil)\n"
        "    warnings.warn(evil)\n"
        "    raise ValueError(evil)\n"
        "main._invoke = invoke\n"
        "sys.exit(main.run([]))\n"
    )
    done = bare_shell.run_in_terminal(command=(COMMAND[0], "-c", code))

    assert done.code == 1
    assert done.output.count("start") == 3
    assert "UserWarning: start" in done.output
    assert unsafe_in(done.output) == []


def test_data_in_a_pipe_is_not_changed(shell):
    with serve(EVIL) as url:
        data = shell.run_piped("track", "5", "--json", **urls(url)).data
        rows = list(csv.reader(shell.run_piped("track", "5", "--csv", "--fields", "title", **urls(url)).output))

    assert data["title"] == EVIL
    assert rows


@pytest.mark.parametrize(
    ("arguments", "form"),
    [
        *((LISTS[0], form) for form in ((), ("--json",), ("--jsonl",), ("--csv",))),
        *((OBJECTS[0], form) for form in (("--debug",), ("--jsonl",))),
    ],
)
def test_halves_of_surrogate_pairs_are_printed(shell, arguments, form):
    with serve(HALF) as url:
        piped = shell.run_piped(*arguments, *form, **urls(url))
        shown = shell.run_in_terminal(*arguments, *form, columns=200, **urls(url))

    assert (piped.code, shown.code) == (0, 0), piped.errors + shown.output
    assert "half" in shown.output
    if form in {("--json",), ("--jsonl",)}:
        assert (piped.data if isinstance(piped.data, dict) else piped.data[0])["title"] == HALF
    elif form == ("--csv",):
        assert "\ufffd half" in piped.output


@posix_only
def test_halves_of_surrogate_pairs_in_errors_and_files(shell, tmp_path):
    failed = tmp_path / "failed.txt"
    with FixedResponseServer(404, json.dumps({"message": HALF}).encode()) as url:
        for done in (
            shell.run_piped("user", "1", "--debug", **urls(url)),
            shell.run_piped("like", "1", "2", "--failed", str(failed), **urls(url)),
        ):
            assert done.code == 4
            assert "half" in done.errors
    assert [line.partition(" ")[0] for line in failed.read_text().splitlines()] == ["1", "2"]
    assert failed.stat().st_mode & 0o777 == 0o600


def test_halves_of_surrogate_pairs_are_exported(shell, tmp_path):
    with serve(HALF) as url:
        for name in ("likes.jsonl", "likes.csv"):
            done = shell.run_in_process("export", "likes", "-o", str(tmp_path / name), **urls(url))
            assert done.code == 0, done.errors
    line = (tmp_path / "likes.jsonl").read_text(encoding="utf-8")

    assert "\\ud800 half" in line
    assert json.loads(line)["title"] == HALF
    assert "\ufffd half" in (tmp_path / "likes.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "=cmd|'/c calc'!A1",
            "+1+1",
            "-2+3",
            "@SUM(1)",
            "\tx",
            "\rx",
            "\nx",
            " =1",
            '"=1',
            "'=1",
            " \"' -x",
            "-",
            "+49 30 1",
        ),
        *("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "\u00a0=1"),
    ],
)
def test_formulas(cell):
    assert is_formula(cell)
    for safe, expected in ((True, f"'{cell}"), (False, cell)):
        assert next(csv.reader(StringIO(format_csv_row([cell], safe=safe), newline=""))) == [expected]


@pytest.mark.parametrize(
    "cell", ["", "a=1", "-2.5", "+3", "-1e-5", "0", "1-2", "{}", '["=1"]', "https://x/?a=-1", "a\t=1"]
)
def test_other_cells_stay_as_they_are(cell):
    assert not is_formula(cell)
    assert format_csv_row([cell, "x"], safe=True) == format_csv_row([cell, "x"])


def test_safe_csv(shell, tmp_path):
    with serve("=1+1", playback_count=-2.5) as url:
        plain, safe, implied = (
            shell.run_piped("track", "5", *form, "--fields", "title,playback_count", **urls(url))
            for form in (("--csv",), ("--csv", "--csv-safe"), ("--csv-safe",))
        )
        shown = shell.run_in_terminal("track", "5", "--csv-safe", "--fields", "title", **urls(url))
        both = shell.run_piped("track", "5", "--json", "--csv-safe", **urls(url))
    assert plain.lines == ["title,playback_count", "=1+1,-2.5"]
    assert safe.lines == implied.lines == ["title,playback_count", "'=1+1,-2.5"]
    assert shown.lines == ["title", "'=1+1"]
    assert (both.code, "use either --json or --csv-safe, not both" in both.errors) == (2, True)


def test_safe_export_is_not_mixed_with_another(shell, tmp_path):
    path = tmp_path / "likes.csv"
    next_page = {"next_href": "https://elsewhere.test/x"}
    arguments = ("export", "likes", "-o", str(path), "--fields", "title")
    for first, second in (((), ("--csv-safe",)), (("--csv-safe",), ())):
        with serve("=1", **next_page) as url:
            # The link to the next page is refused: the export can be resumed.
            assert shell.run_in_process(*arguments, *first, "--restart", **urls(url)).code == 1
            other = shell.run_in_process(*arguments, *second, **urls(url))
            assert (other.code, "belongs to another export" in other.errors) == (2, True)
            assert shell.run_in_process(*arguments, *second, "--restart", **urls(url)).code == 1
        partial = Path(f"{path}.partial").read_text()
        assert partial == ("title\n'=1\n" if second else "title\n=1\n")
    refused = shell.run_in_process("export", "likes", "--csv-safe")
    assert (refused.code, "--csv-safe needs an --output" in refused.errors) == (2, True)


def test_only_the_output_layer_writes():
    """Text that reaches a terminal in another way would not be escaped."""
    folder = Path(soundcloud.cli.__file__).parent
    writes = re.compile(r"click\.(?:echo|secho)\(|\bprint\(|std(?:out|err)\.(?:write|buffer)|print_exc")
    allowed = {"output/terminal.py", "__main__.py"}
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if writes.search(path.read_text(encoding="utf-8").replace("console.print(", ""))
    }

    assert found <= allowed
