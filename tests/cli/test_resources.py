"""How tracks, users and playlists are named, several at once, in the browser, and from standard input; and `search` with words."""

import json

import pytest

from soundcloud.cli.framework.resolver import web_url

TRACK, USER, PLAYLIST = "2287190367", "51366024", "207899532"
TRACK_NAME = "monsoon-desk/garden-lofi-for-empty-kitchens"


@pytest.mark.parametrize(
    ("arguments", "urn"),
    [
        (("user", "ada-night"), f"soundcloud:users:{USER}"),
        (("user", "@ada-night"), f"soundcloud:users:{USER}"),
        (("user", "soundcloud.com/ada-night"), f"soundcloud:users:{USER}"),
        (("user", USER), f"soundcloud:users:{USER}"),
        (("track", TRACK_NAME), f"soundcloud:tracks:{TRACK}"),
        (("track", f"soundcloud.com/{TRACK_NAME}"), f"soundcloud:tracks:{TRACK}"),
        (("track", f"soundcloud:tracks:{TRACK}"), f"soundcloud:tracks:{TRACK}"),
        (("playlist", "ada-night/sets/warm-tape-1"), f"soundcloud:playlists:{PLAYLIST}"),
        (("playlist", "ada-night/warm-tape-1"), f"soundcloud:playlists:{PLAYLIST}"),
        (("resolve", "@ada-night"), f"soundcloud:users:{USER}"),
    ],
)
def test_names_urls_ids_and_urns(shell, arguments, urn):
    done = shell.run_in_process(*arguments, "--json")

    assert (done.code, done.errors) == (0, "")
    assert done.data["urn"] == urn


@pytest.mark.parametrize(
    ("argument", "kind", "url"),
    [
        ("123", "users", None),
        ("@123", "users", "https://soundcloud.com/123"),
        ("name", "tracks", None),
        ("a b", "users", None),
        ("a/b/c/d/e", None, None),
        ("/a", None, None),
        ("soundcloud:tracks:1", None, None),
        ("https://api.soundcloud.com/tracks/1", "tracks", None),
        ("on.soundcloud.com/x", "tracks", "https://on.soundcloud.com/x"),
        ("a/b/s-secret", "tracks", "https://soundcloud.com/a/b/s-secret"),
    ],
)
def test_what_is_a_name(argument, kind, url):
    assert web_url(argument, kind) == url


def test_follow_by_name(shell, sandbox):
    done = shell.run_in_process("follow", "monsoon-desk", "@northline")

    assert (done.code, done.errors.splitlines()[-1]) == (0, "followed 2 of 2")
    assert len(sandbox.requests.matching(method="PUT")) == 2


def test_several_objects(shell):
    table = shell.run_in_process("user", "ada-night", "monsoon-desk")
    document = shell.run_in_process("user", "ada-night", "monsoon-desk", "--json", "--fields", "username")
    lines = shell.run_in_process("user", "ada-night", "monsoon-desk", "--jsonl", "--fields", "username")

    assert [each.code for each in (table, document, lines)] == [0, 0, 0]
    first, second = table.output.split("\n\n")
    assert first.startswith("Name ")
    assert "Monsoon Desk" in second
    assert document.data == [{"username": "ada-night"}, {"username": "Monsoon Desk"}]
    assert [json.loads(line) for line in lines.output.splitlines()] == document.data


def test_one_of_several_objects_is_missing(shell):
    done = shell.run_in_process("track", "1", TRACK, "nix", "--jsonl", "--fields", "id")

    assert (done.code, done.output) == (1, f'{{"id": {TRACK}}}\n')
    assert done.errors.splitlines()[::2] == ["error: track 1 not found", "error: 'nix' is not a track"]
    assert shell.run_in_process("track", "1", "2", TRACK).code == 4


def test_standard_input_names_objects(shell):
    found = shell.run_piped("search", "users", "ada-night", "--limit", "1", "--jsonl").output

    assert shell.run_piped("user", "-", "--json", stdin=found).data["username"] == "ada-night"
    tracks = shell.run_piped("user", "tracks", "-", "--jsonl", "--limit", "2", stdin=found)
    assert len(tracks.output.splitlines()) == 2
    shown = shell.run_piped("track", "-", "--jsonl", stdin=tracks.output)
    assert len(shown.output.splitlines()) == 2
    assert shell.run_piped("embed", "-", "--url", stdin=f"{TRACK}\n").output.startswith(
        "https://w.soundcloud.com/player/"
    )
    refused = shell.run_piped("related", "-", stdin=tracks.output)
    assert refused.code == 2
    assert refused.errors.startswith("error: standard input has 2 items, and this command takes one")


@pytest.fixture
def browser(tmp_path):
    """Return a browser's command, and the file of the URLs that it opened."""
    opened, script = tmp_path / "opened", tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    script.chmod(0o700)
    return f"{script} %s", opened


def test_open_names_without_a_request(bare_shell, browser):
    command, opened = browser
    share_link = f"https://soundcloud.com/{TRACK_NAME}/s-Geheim"
    done = bare_shell.run_piped("open", "ada-night", TRACK_NAME, share_link, BROWSER=command)

    assert (done.code, done.output) == (0, "")
    assert opened.read_text().splitlines() == [
        "https://soundcloud.com/ada-night",
        f"https://soundcloud.com/{TRACK_NAME}",
        share_link,
    ]
    assert done.errors.splitlines()[0] == "opening https://soundcloud.com/ada-night"
    assert "Geheim" not in done.errors


def test_open_own_profile(shell, browser):
    command, opened = browser
    done = shell.run_piped("open", "me", BROWSER=command)

    assert (done.code, done.errors) == (0, "opening https://soundcloud.com/ada-night\n")
    assert opened.read_text() == "https://soundcloud.com/ada-night\n"


def test_open_ids_and_web_option(shell, browser):
    command, opened = browser
    assert shell.run_piped("open", TRACK, BROWSER=command).code == 0
    assert shell.run_piped("open", PLAYLIST, "--kind", "playlist", BROWSER=command).code == 0
    assert shell.run_piped("track", TRACK, "1", "--web", BROWSER=command).code == 4
    assert shell.run_piped("user", "ada-night", "-w", BROWSER=command).code == 0

    assert [line.partition("soundcloud.com/")[2] for line in opened.read_text().splitlines()] == [
        TRACK_NAME,
        "ada-night/sets/warm-tape-1",
        TRACK_NAME,
        "ada-night",
    ]


def test_open_without_a_browser(bare_shell, tmp_path):
    done = bare_shell.run_piped("open", "ada-night", BROWSER="/nix/browser %s", PATH=str(tmp_path))

    assert (done.code, done.output) == (0, "https://soundcloud.com/ada-night\n")
    assert done.errors.splitlines()[-1] == "there is no browser; open the URL yourself"


def test_open_keeps_secrets_of_share_links(shell, browser, tmp_path):
    command, opened = browser
    share_link = f"https://soundcloud.com/{TRACK_NAME}/s-Geheim"
    mixed = shell.run_piped("open", TRACK, share_link, BROWSER=command)
    without = shell.run_piped("open", share_link, BROWSER="/nix/browser %s", PATH=str(tmp_path))

    assert (mixed.code, without.code) == (0, 0)
    assert opened.read_text().splitlines()[-1] == share_link
    assert "Geheim" not in mixed.errors + without.output + without.errors


def test_all_objects_are_missing(shell):
    done = shell.run_in_process("track", "1", "2", "--json")

    assert (done.code, done.data) == (4, [])


def test_search_joins_words(shell, sandbox):
    done = shell.run_in_process("search", "garden", "lofi", "--json", "--fields", "kind,title")

    assert done.code == 0
    assert {each["kind"] for each in done.data} == {"track"}
    assert sandbox.requests.matching(path="/tracks")[-1].query["q"] == "garden lofi"
    assert (
        shell.run_in_process("search", "tracks", "garden", "lofi", "--json", "--fields", "kind,title").data == done.data
    )
    for kind in ("users", "playlists"):
        assert shell.run_in_process("search", kind, "warm", "tape").code == 0
        assert sandbox.requests.matching(path=f"/{kind}")[-1].query["q"] == "warm tape"
    assert shell.run_in_process("search", "--genre", "ambient", "--limit", "1").code == 0
    refused = shell.run_in_process("search", "--limit", "1")
    assert (refused.code, refused.errors.splitlines()[0]) == (
        2,
        "error: name words to find, or use a filter such as --genre",
    )
