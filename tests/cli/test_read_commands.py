"""Every command that reads, with pipes and in narrow and wide terminals, in UTF-8 and in the C locale."""

import csv
import io
import json
import re

import pytest
from rich.cells import cell_len

pytestmark = pytest.mark.slow

TRACK, USER, PLAYLIST = "2287190367", "51366024", "207899532"
STATION = f"soundcloud:system-playlists:track-stations:{TRACK}"

# The command, a word in its table, and a field of its objects.
LISTS = [
    (("search", "tracks", "lofi"), "Garden", "title"),
    (("search", "users", "night"), "ada-night", "username"),
    (("search", "playlists", "tape"), "Warm tape", "title"),
    (("user", "tracks", USER), "Early Rooftop", "title"),
    (("user", "playlists"), "Warm tape 1", "title"),
    (("user", "related", USER), "ID", "username"),
    (("playlist", "tracks", PLAYLIST), "ID", "title"),
    (("playlist", "tracks", STATION), "Garden", "title"),
    (("related", TRACK), "Low Moth", "title"),
    (("comments", TRACK), "genau mein Ding", "body"),
    (("feed",), "Garden: lofi", "type"),
    (("likes", "--playlists"), "New this month 3", "title"),
    (("reposts",), "Soft Harbour", "title"),
    (("followers",), "Marlow Finch", "username"),
    (("followings", USER), "Elmstreet Dub", "username"),
]
SINGLE = [
    (("track", "https://soundcloud.com/monsoon-desk/garden-lofi-for-empty-kitchens"), "Monsoon Desk", "title"),
    (("user", USER), "ada-night", "username"),
    (("playlist", PLAYLIST), "Warm tape 1", "title"),
    (("resolve", "https://soundcloud.com/ada-night/sets/warm-tape-1"), "Warm tape 1", "title"),
    (("playlist", STATION), "Station: Garden", "title"),
    (("resolve", f"https://soundcloud.com/discover/sets/track-stations:{TRACK}"), "Station: Garden", "title"),
    (("me",), "confirmed", "username"),
    (("streams", TRACK), "hls_mp3_128", "hls_mp3_128_url"),
]
ALL = [*LISTS, *SINGLE]
VARIATIONS = [
    *ALL,
    (("user", "tracks"), "Early Rooftop", "title"),
    (("user", "playlists", USER), "Warm tape 1", "title"),
    (("feed", "--tracks"), "Garden: lofi", "type"),
    (("likes",), "ID", "title"),
    (("likes", USER), "ID", "title"),
    (("likes", USER, "--playlists"), "New this month 3", "title"),
    (("reposts", USER), "Soft Harbour", "title"),
    (("reposts", "--playlists"), "ID", "title"),
    (("reposts", USER, "--playlists"), "ID", "title"),
    (("followers", USER), "Marlow Finch", "username"),
    (("followings",), "Elmstreet Dub", "username"),
    (("track", TRACK), "2:15", "title"),
    (("track", "show", f"soundcloud:tracks:{TRACK}"), "2:15", "title"),
    (("user", "soundcloud.com/ada-night"), "Ada Nightingill", "username"),
    (("resolve", "https://soundcloud.com/ada-night"), "ada-night", "username"),
    (("resolve", "https://soundcloud.com/monsoon-desk/garden-lofi-for-empty-kitchens"), "Garden", "title"),
]


def names(cases):
    return [" ".join(case[0]) for case in cases]


@pytest.mark.parametrize(("arguments", "word", "field"), VARIATIONS, ids=names(VARIATIONS))
def test_table_json_jsonl_and_csv(shell, arguments, word, field):
    table = shell.run_in_process(*arguments)
    document = shell.run_in_process(*arguments, "--json")
    lines = shell.run_in_process(*arguments, "--jsonl")
    cells = shell.run_in_process(*arguments, "--csv")

    assert [each.code for each in (table, document, lines, cells)] == [0, 0, 0, 0]
    assert word in table.output
    objects = document.data if isinstance(document.data, list) else [document.data]
    assert objects[0][field]
    assert [json.loads(line) for line in lines.output.splitlines()] == objects
    assert len(list(csv.reader(io.StringIO(cells.output)))) == len(objects) + 1


@pytest.mark.parametrize(("arguments", "word", "field"), ALL, ids=names(ALL))
def test_table_in_pipe(shell, arguments, word, field):
    table = shell.run_piped(*arguments)

    assert (table.code, table.errors) == (0, "")
    assert word in table.output
    assert "\x1b" not in table.output
    assert "\u2026" not in table.output


@pytest.mark.parametrize(("arguments", "word", "field"), ALL, ids=names(ALL))
def test_narrow_terminal(shell, arguments, word, field):
    result = shell.run_in_terminal(*arguments, columns=40)

    assert result.code == 0
    assert len(result.lines) > 1
    # URLs and URNs that are longer than the line are not cut, so that they can be copied.
    too_long = [line.split()[-1] for line in result.lines if cell_len(line) > 40]
    assert [word for word in too_long if not word.startswith(("http", "soundcloud:"))] == []


@pytest.mark.parametrize(("arguments", "word", "field"), ALL[::3], ids=names(ALL[::3]))
def test_wide_terminal(shell, arguments, word, field):
    result = shell.run_in_terminal(*arguments, columns=200)

    assert result.code == 0
    assert word in result.text
    assert max(map(cell_len, result.lines)) <= 200


def test_cut_values_have_ellipsis_and_id_is_kept(shell):
    result = shell.run_in_terminal("search", "tracks", "lofi", columns=40).lines

    assert result[0].split() == ["#", "Title", "ID"]
    assert any("\u2026" in line for line in result)
    assert all(line.split()[-1].isdigit() for line in result[1:21])
    assert " ".join(result[21:]) == "showing the first 20; use --limit N or --all for more"


def test_links_and_colors_at_terminal(shell):
    at_terminal = shell.run_in_terminal("search", "tracks", "lofi")
    without_color = shell.run_in_terminal("search", "tracks", "lofi", NO_COLOR="1")

    assert "\x1b]8;" in at_terminal.output
    assert "soundcloud.com/monsoon-desk/garden" in at_terminal.output
    assert "\x1b[3" not in without_color.output


@pytest.mark.parametrize("changes", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}])
def test_locales_without_unicode(sandbox, shell, changes):
    dataset = {
        "users": [{"permalink": "bo", "username": "B\u00f8 \u97f3\u697d"}],
        "tracks": [{"user": "bo", "title": "Caf\u00e9 \U0001f3b5 \u591c"}],
    }
    sandbox.reset(dataset=dataset)
    token = sandbox.user_token()
    arguments = ("user", "tracks")
    result = shell.run_in_terminal(*arguments, SOUNDCLOUD_ACCESS_TOKEN=token, **changes)
    document = shell.run_piped(*arguments, "--json", SOUNDCLOUD_ACCESS_TOKEN=token, **changes)
    lines = shell.run_piped(*arguments, "--csv", "--fields", "title", SOUNDCLOUD_ACCESS_TOKEN=token, **changes)

    assert result.code == 0
    assert "Caf" in result.text
    assert document.data[0]["title"] == "Caf\u00e9 \U0001f3b5 \u591c"
    assert lines.output == "title\nCaf\u00e9 \U0001f3b5 \u591c\n"


def test_wide_characters_are_aligned(sandbox, shell):
    sandbox.reset(
        dataset={
            "users": [{"permalink": "bo"}],
            "tracks": [{"user": "bo", "title": "\u591c" * 60}, {"user": "bo", "title": "short"}],
        }
    )
    result = shell.run_in_terminal("user", "tracks", columns=60, SOUNDCLOUD_ACCESS_TOKEN=sandbox.user_token()).lines

    assert max(map(cell_len, result)) <= 60
    starts = {cell_len(line[: line.rindex(" ")]) for line in result[1:3]}
    assert len(starts) == 1


def test_escape_sequences_in_titles_are_neutralized(sandbox, shell):
    evil = "a\x1b]0;owned\x07\x9b31m\u202e\nb"
    sandbox.reset(dataset={"users": [{"permalink": "bo"}], "tracks": [{"user": "bo", "title": evil, "id": 5}]})
    token = sandbox.user_token()
    for arguments in (
        ("user", "tracks"),
        ("track", "5"),
        ("user", "tracks", "--json"),
        ("track", "5", "--jsonl"),
        ("track", "5", "--csv"),
    ):
        output = shell.run_in_terminal(*arguments, SOUNDCLOUD_ACCESS_TOKEN=token).output
        assert "\x1b]0;" not in output
        assert "\x9b" not in output
        assert "owned" in output
    assert json.loads(shell.run_piped("track", "5", "--json", SOUNDCLOUD_ACCESS_TOKEN=token).output)["title"] == evil


def test_limit_and_all(shell):
    every = shell.run_in_process("likes", "--all", "--jsonl")
    some = shell.run_in_process("likes", "--limit", "7", "--jsonl")
    usual = shell.run_in_process("likes", "--json")

    assert len(every.output.splitlines()) > 100
    assert some.output == "".join(f"{line}\n" for line in every.output.splitlines()[:7])
    assert len(usual.data) == 20


def test_limit_fetches_no_extra_page(sandbox, shell):
    assert len(shell.run_in_process("likes", "--limit", "5", "--json").data) == 5
    assert len(sandbox.requests.matching(path="/me/likes/tracks")) == 1


def test_fields(shell):
    document = shell.run_in_process(
        "search", "tracks", "lofi", "--limit", "2", "--json", "--fields", "title,user.username"
    )
    table = shell.run_in_process("search", "tracks", "lofi", "--limit", "2", "--fields", "title,user.username")
    rows = list(
        csv.reader(io.StringIO(shell.run_in_process("search", "tracks", "lofi", "--limit", "2", "--csv").output))
    )
    wrong = shell.run_in_process("search", "tracks", "lofi", "--fields", "title,titel")
    asked = "title,genre,urn,duration,license,sharing,access,user.username"
    narrow = shell.run_in_terminal("search", "tracks", "lofi", "--limit", "2", "--fields", asked, columns=60)

    assert document.data[0] == {"title": "Garden: lofi for empty kitchens", "user.username": "Monsoon Desk"}
    assert table.lines[0].split() == ["title", "user.username"]
    assert table.lines[1].split("  ")[0] == "Garden: lofi for empty kitchens"
    assert rows[0][:3] == ["title", "user.username", "duration"]
    assert rows[1][:3] == ["Garden: lofi for empty kitchens", "Monsoon Desk", "135913"]
    # Fields that the user asked for are never hidden.
    assert len(re.split("  +", narrow.lines[0])) == 8
    assert wrong.code == 2
    assert "there is no field 'titel'" in wrong.errors
    assert wrong.output == ""


def test_empty_result(shell):
    table = shell.run_in_process("search", "tracks", "zzzzzzzz")

    assert (table.code, table.output, table.errors) == (0, "", "no tracks\n")
    assert shell.run_in_process("search", "tracks", "zzzzzzzz", "--json").output == "[]\n"
    assert shell.run_in_process("search", "tracks", "zzzzzzzz", "--jsonl").output == ""


def test_search_filters_are_sent(sandbox, shell):
    done = shell.run_in_process(
        *(
            "search",
            "tracks",
            "night",
            "--genre",
            "ambient",
            "--genre",
            "lofi",
            "--bpm",
            "60-90",
            "--duration",
            "2:00-1:00:05",
        ),
        *("--created", "2020-01-01..2026-01-01", "--access", "playable", "--tag", "tape"),
    )
    assert done.code == 0
    (asked,) = sandbox.requests.matching(path="/tracks")
    query = dict(asked.query)
    assert query["genres"] == "ambient,lofi"
    assert query["tags"] == "tape"
    assert (query["bpm[from]"], query["bpm[to]"]) == ("60", "90")
    assert (query["duration[from]"], query["duration[to]"]) == ("120000", "3605999")
    assert query["created_at[to]"].startswith("2026-01-01 23:59:59")
    assert query["access"] == "playable"


def test_share_link_shows_private_track(sandbox, shell):
    sandbox.reset(
        dataset={
            "users": [{"permalink": "ada"}, {"permalink": "bo"}],
            "tracks": [
                {"user": "bo", "title": "Hidden", "sharing": "private", "secret_token": "s-abcdef12345", "id": 9}
            ],
        }
    )
    token = sandbox.user_token("ada")
    link = "https://soundcloud.com/bo/hidden/s-abcdef12345"
    refused = shell.run_in_process("track", "9", SOUNDCLOUD_ACCESS_TOKEN=token)
    shown = shell.run_in_terminal("track", link, SOUNDCLOUD_ACCESS_TOKEN=token)
    streams = shell.run_in_process("streams", link, SOUNDCLOUD_ACCESS_TOKEN=token)

    assert refused.code == 4
    assert "Hidden" in shown.text
    assert "s-abcdef12345" not in shown.output
    assert streams.code == 0
    assert "s-abcdef12345" not in shell.run_in_process("track", link, "--debug", SOUNDCLOUD_ACCESS_TOKEN=token).errors


def test_a_playlist_shows_its_tracks(shell):
    done = shell.run_in_terminal("playlist", PLAYLIST, columns=100)
    plain = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", done.output)
    listed = shell.run_piped("playlist", "tracks", PLAYLIST, "--all", "--csv", "--fields", "title").output.splitlines()[
        1:
    ]

    assert done.code == 0
    assert re.search(rf"^ *1 +{re.escape(listed[0][:12])}", plain, re.MULTILINE)
    assert plain.index("URN") < plain.index("Artist")
    assert "--all" not in plain or len(listed) > 20
