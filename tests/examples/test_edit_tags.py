"""examples/edit_tags.py"""

import pytest

from examples import edit_tags
from soundcloud.sandbox import Faults, RateLimitFault
from soundcloud.tags import Tags

EDIT = ["--add", "night bus", "--remove", "demo", "--rename", "LOFI", "lo-fi"]
EDITED = {"One": 'lo-fi "night bus"', "Two": '"late night" "night bus"', "Three": '"night bus"'}


@pytest.fixture
def tags(client):
    return lambda: {track.title: track.tag_list for track in client.me.get_tracks()}


def test_edit_tags_shows_the_changes(writes, sandbox, tags, capsys):
    before = tags()
    assert edit_tags.main(EDIT) == 0
    output = capsys.readouterr().out

    assert [line for line in output.splitlines() if not line.startswith("'")] == [
        *["  + night bus"],
        *["  - Demo", "  + night bus"],
        *["  - lofi", "  - demo", "  + lo-fi", "  + night bus"],
        "3 tracks would change: --write writes them and removes their machine tags, which are not shown",
    ]
    assert "'One'  soundcloud:tracks:" in output
    assert tags() == before
    assert writes() == 0


def test_edit_tags_writes_the_changes(writes, sandbox, tags, capsys):
    assert edit_tags.main([*EDIT, "--write"]) == 0
    assert tags() == EDITED

    assert edit_tags.main([*EDIT, "--write"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 tracks changed"
    assert writes() == 3


def test_edit_tags_continues_after_a_failure(sandbox, tags, capsys):
    sandbox.set_faults(Faults(error_rate={"unavailable_text": 1}, times=1, paths=["/tracks/*"]))
    assert edit_tags.main([*EDIT, "--write"]) == 1
    output = capsys.readouterr()

    assert output.err.startswith("failed: 'Three'  soundcloud:tracks:")
    assert output.err.count("\n") == 1
    assert output.out.splitlines()[-1] == "2 tracks changed"
    assert tags() == {**EDITED, "Three": ""}
    # The next run does the rest.
    assert edit_tags.main([*EDIT, "--write"]) == 0
    assert tags() == EDITED


def test_edit_tags_stops_at_a_rate_limit(sandbox, tags, capsys):
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(requests=2, seconds=600)))
    assert edit_tags.main([*EDIT, "--write"]) == 1
    sandbox.clear_faults()
    errors = capsys.readouterr().err.splitlines()

    assert [line.split("'")[1] for line in errors] == ["Two", "One"]
    assert errors[1].endswith(": not attempted")
    assert tags() == {"One": "lofi demo", "Two": 'Demo "late night"', "Three": '"night bus"'}


def test_edit_tags_cannot_list_the_tracks(sandbox, capsys):
    sandbox.expire_tokens()

    assert edit_tags.main(EDIT) == 1
    assert capsys.readouterr().err.startswith("failed: ")


@pytest.mark.parametrize(
    ("arguments", "before", "after"),
    [
        ({"rename": [["a", "B"]]}, "a b c", ["B", "c"]),
        ({"rename": [["a", "b"]], "remove": ["b"]}, "a c", ["c"]),
        ({"add": ["C", "d"]}, "c", ["c", "d"]),
        ({"rename": [["late  night", "Late Night"]]}, '"late night"', ["Late Night"]),
        ({"remove": ["A"]}, "a", []),
    ],
)
def test_an_edit_of_tags(arguments, before, after):
    edit = edit_tags.Edit.create(**{"add": [], "remove": [], "rename": [], **arguments})

    assert list(edit.apply(Tags.parse(before))) == after


@pytest.mark.parametrize("wrong", [[], ["--add", " "], ["--rename", "a", 'b"c'], ["--write"]])
def test_edit_tags_refuses_wrong_arguments(sandbox, wrong, capsys):
    with pytest.raises(SystemExit, match="2"):
        edit_tags.main(wrong)
    assert not sandbox.requests


def test_edit_tags_as_a_program(run, tags):
    editor = run("edit_tags.py", *EDIT, "--write")

    assert (editor.returncode, editor.stderr) == (0, "")
    assert tags() == EDITED
