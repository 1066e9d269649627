"""`--template`: a line of text for each object."""

import re

import pytest

from soundcloud.cli.output.template import RowTemplate

TRACK = {"title": "Night", "user": {"username": "ada"}, "bpm": None, "tags": ["a", "b"], "streamable": True, "likes": 3}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{title} - {user.username}", "Night - ada"),
        ("{title}{{x}}", "Night{x}"),
        (r"{title}\t{bpm}\n\\t\x", "Night\t\n\\t\\x"),
        ("{likes} {streamable} {tags} {user}", '3 true ["a", "b"] {"username": "ada"}'),
        ("{missing}<{user.nope.more}>", "<>"),
    ],
)
def test_values_are_those_of_json(text, expected):
    assert "".join(RowTemplate.parse(text).format(TRACK)) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{title", "has no partner"),
        ("title}", "has no partner"),
        ("title", "has no field"),
        ("{{title}}", "has no field"),
        ("{}", "{} is not the name of a field"),
        ("{0}", "{0} is not the name of a field"),
        ("{user[username]}", "is not the name of a field"),
        ("{title.__class__}", "is not the name of a field"),
        ("{__init__}", "is not the name of a field"),
        ("{title!r}", "{title!r} has a format"),
        ("{title:>{likes}}", "{title:>{likes}} has a format"),
        ("{likes:99999999999}", "has a format; use the name of the field only: {likes}"),
    ],
)
def test_malformed_template(bare_shell, text, problem):
    done = bare_shell.run_in_process("search", "lofi", "--template", text)

    assert done.code == 2
    assert problem in done.errors.splitlines()[0]
    assert done.errors.splitlines()[1] == "  what to do: soundcloud search tracks --help"


def test_attributes_of_python_objects_are_out_of_reach():
    template = RowTemplate.parse("{title.upper}{user.keys}{tags.append}")

    assert "".join(template.format(TRACK)) == ""


def test_list(shell):
    done = shell.run_in_process("search", "lofi", "--limit", "3", "--template", r"{title}\t{user.username} {duration}")
    rows = shell.run_in_process("search", "lofi", "--limit", "3", "--json").data

    assert done.code == 0
    assert done.output.splitlines() == [f"{row['title']}\t{row['user']['username']} {row['duration']}" for row in rows]


def test_single_objects(shell):
    one = shell.run_in_process("user", "ada-night", "--template", "{username} {id}")
    two = shell.run_in_process("user", "ada-night", "51366024", "--template", "{username}")

    assert one.output == "ada-night 51366024\n"
    assert two.output == "ada-night\nada-night\n"


def test_own_objects(shell):
    done = shell.run_in_process("search", "stations", "lofi", "--limit", "1", "--template", "{urn} {user.username}")

    assert re.fullmatch(r"soundcloud:system-playlists:\S+ .+\n", done.output)


@pytest.mark.parametrize(
    "command",
    [
        ["search", "lofi"],
        ["search", "users", "ada"],
        ["search", "playlists", "tape"],
        ["track", "1"],
        ["user", "ada-night"],
        ["playlist", "1"],
        ["resolve", "ada-night"],
        ["likes"],
        ["likes", "--playlists"],
        ["feed"],
        ["me"],
        ["whoami"],
        ["doctor"],
        ["comments", "1"],
        ["streams", "1"],
        ["playlist", "tracks", "1"],
        ["followers"],
        ["comment", "1", "hello"],
    ],
)
@pytest.mark.parametrize("option", [["--template", "{titel} {nope}"], ["--fields", "nope"]])
def test_unknown_field_is_found_before_any_request(sandbox, shell, command, option):
    done = shell.run_in_process(*command, *option)

    assert done.code == 2
    assert done.errors.startswith("error: there is no field '")
    assert "what to do: available fields: " in done.errors
    assert sandbox.requests == []


def test_suggestion(shell):
    first = shell.run_in_process("search", "lofi", "--template", "{titel}").errors
    below = shell.run_in_process("search", "lofi", "--fields", "user.usernam").errors
    other = shell.run_in_process("likes", "--playlists", "--fields", "track.title").errors

    assert first.startswith("error: there is no field 'titel'; did you mean title?\n")
    assert below.startswith("error: there is no field 'usernam' in 'user'; did you mean user.username?\n")
    assert other.startswith("error: there is no field 'track'; did you mean tracks?\n")


@pytest.mark.parametrize("other", ["--json", "--jsonl", "--csv", "--csv-safe"])
def test_one_format_only(shell, other):
    for arguments in ([other, "--template", "{title}"], ["--template", "{title}", other]):
        done = shell.run_in_process("search", "lofi", *arguments)

        assert done.code == 2
        assert "use either --" in done.errors


def test_not_with_fields(shell):
    for arguments in (["--fields", "id", "--template", "{title}"], ["--template", "{title}", "--fields", "id"]):
        done = shell.run_in_process("search", "lofi", *arguments)

        assert done.code == 2
        assert done.errors.startswith("error: use either --fields or --template, not both\n")


def test_control_characters_do_not_reach_the_terminal(sandbox, shell):
    title = "a\x1b]0;b\x07\x9b31m\nc\u202ed"
    made = shell.run_in_process("playlist", "create", title, "--json", "--fields", "id").data["id"]
    in_terminal = shell.run_in_terminal("playlist", str(made), "--template", r"<{title}>\t\x1b[31m", TERM="dumb")
    in_pipe = shell.run_in_process("playlist", str(made), "--template", "<{title}>")

    assert in_terminal.code == 0
    assert not set("\x1b\x07\x9b\u202e") & set(in_terminal.output)
    assert in_terminal.output.count("\n") == 1
    assert in_pipe.output == f"<{title}>\n"


def test_dry_run_shows_the_request(shell):
    done = shell.run_in_process("playlist", "create", "x", "--dry-run", "--template", "{urn}")

    assert done.output.startswith("POST http://")


def test_response_of_any_request(shell):
    done = shell.run_in_process("api", "GET", "/me", "--template", "{username}")
    lists = shell.run_in_process("api", "GET", "/me/followings", "--paginate", "--limit", "2", "--template", "{id}")

    assert done.output == "ada-night\n"
    assert re.fullmatch(r"(\d+\n){2}", lists.output)
