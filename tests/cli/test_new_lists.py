"""Lists and changes beyond searches: stations, links, the last played tracks, playlist edit, publish, wait, waveform."""

from xml.etree import ElementTree

import pytest

TRACK, USER, PLAYLIST = "2287190367", "51366024", "207899532"


def test_stations_of_found_tracks(shell, sandbox):
    done = shell.run_in_process("search", "stations", "lofi", "--jsonl", "--limit", "3")

    assert (done.code, done.errors) == (0, "")
    assert f'"urn": "soundcloud:system-playlists:track-stations:{TRACK}"' in done.output
    assert len(done.lines) == 3
    assert shell.run_in_process("playlist", f"soundcloud:system-playlists:track-stations:{TRACK}").code == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("me", "recently-played"), "Artist"),
        (("me", "web-profiles"), "https://"),
        (("me", "connections"), "Service"),
        (("user", "web-profiles", "ada-night"), "https://"),
        (("me",), "ada-night"),
    ],
)
def test_lists(shell, arguments, expected):
    done = shell.run_in_process(*arguments)

    assert (done.code, expected in done.output) == (0, True)
    assert shell.run_in_process(*arguments, "--json").data


@pytest.mark.parametrize(
    "arguments",
    [
        ("me", "recently-played"),
        ("me", "web-profiles"),
        ("user", "web-profiles", USER),
        ("search", "stations", "lofi"),
        ("track", "wait", TRACK),
        ("track", "waveform", TRACK),
    ],
)
def test_an_unknown_field_is_found_before_a_request(shell, sandbox, arguments):
    done = shell.run_in_process(*arguments, "--fields", "nope")

    assert (done.code, "there is no field 'nope'" in done.errors) == (2, True)
    assert not sandbox.requests


def test_edit_a_playlist(shell, sandbox):
    done = shell.run_in_process(
        *(
            "playlist",
            "edit",
            PLAYLIST,
            "--title",
            "Tape II",
            "--private",
            "--tag",
            "a b",
            "--label",
            "L",
            "--clear",
            "genre",
        )
    )
    shown = shell.run_in_process("playlist", PLAYLIST, "--json").data

    assert (done.code, done.errors) == (0, f"changed soundcloud:playlists:{PLAYLIST}\n")
    assert (shown["title"], shown["sharing"], shown["label_name"]) == ("Tape II", "private", "L")
    assert not shown["genre"]
    assert "a b" in shown["tag_list"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ((), "there is nothing to change"),
        (("--title", " "), "the title is empty"),
        (("--genre", "x", "--clear", "genre"), "genre is both set and cleared"),
        (("--clear", "title"), "'title' is not one of"),
    ],
)
def test_a_wrong_edit_sends_nothing(shell, sandbox, options, problem):
    done = shell.run_in_process("playlist", "edit", PLAYLIST, *options)

    assert (done.code, problem in done.errors) == (2, True)
    assert not sandbox.requests


def test_publish_and_unpublish(shell, sandbox):
    own = shell.run_in_process("user", "tracks", "--limit", "1", "--json", "--fields", "urn").data[0]["urn"]
    for command, sharing in (("unpublish", "private"), ("publish", "public")):
        done = shell.run_in_process("track", command, own)

        assert (done.code, done.errors) == (0, f"{command}ed {own}\n")
        assert shell.run_in_process("track", own, "--json").data["sharing"] == sharing


def test_wait_for_a_track(shell):
    done = shell.run_in_process("track", "wait", TRACK, "--json")

    assert (done.code, done.data["urn"]) == (0, f"soundcloud:tracks:{TRACK}")
    assert "waiting until" in done.errors
    assert shell.run_in_process("track", "wait", TRACK, "--quiet").errors == ""


@pytest.mark.slow
def test_waveform(bare_shell):
    drawn = bare_shell.run_piped("track", "waveform", TRACK, "--sandbox")
    printed = bare_shell.run_piped("track", "waveform", TRACK, "--json", "--sandbox", "--quiet")
    assert printed.code == 0
    samples = printed.data

    assert (len(drawn.lines[0]), len(drawn.lines)) == (80, 1)
    assert set(drawn.lines[0]) <= set("▁▂▃▄▅▆▇█")
    assert len(samples["samples"]) == samples["width"]
    assert max(samples["samples"]) <= samples["height"]


@pytest.mark.slow
def test_waveform_as_a_picture(bare_shell, tmp_path):
    path = tmp_path / "a.svg"
    printed = bare_shell.run_piped("track", "waveform", TRACK, "--sandbox", "--svg")
    written = bare_shell.run_piped("track", "waveform", TRACK, "--sandbox", "--svg", str(path))
    refused = bare_shell.run_piped("track", "waveform", TRACK, "--svg", "--json")

    assert ElementTree.fromstring(printed.output).tag == "{http://www.w3.org/2000/svg}svg"
    assert 'stroke="currentColor"' in printed.output
    assert (written.output, path.read_text()) == ("", printed.output)
    assert f"wrote {path}" in written.errors
    assert refused.code == 2
    assert refused.errors.startswith("error: use either --svg or --json, not both\n")


def test_me_in_the_browser(shell, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)

    assert shell.run_in_process("me", "--web").code == 0
    assert opened == ["https://soundcloud.com/ada-night"]


@pytest.mark.parametrize(
    ("option", "value"), [("--timeout", "0"), ("--retries", "-1"), ("--retries", "x"), ("--timeout", "nan")]
)
def test_wrong_values_of_shared_options(shell, sandbox, option, value):
    assert shell.run_in_process("me", option, value).code == 2
    assert not sandbox.requests
