"""The commands that change something: single and bulk changes, errors, confirmations, dry runs."""

import json
import signal
import socket
import subprocess
from io import StringIO
from pathlib import Path

import click
import pytest

from soundcloud import SoundCloudClient, errors
from soundcloud.cli.framework.bulk import apply_to_each
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.stdin import read_items, write_failed
from soundcloud.sandbox import Faults, RateLimitFault
from tests.cli.conftest import COMMAND
from tests.helpers.platforms import posix_only

pytestmark = pytest.mark.slow

TRACK, TRACKS = "2287190367", ["2278468681", "2262592376", "2260751738"]
OTHER, PLAYLIST = "371661927", "207899532"


@pytest.fixture
def client(sandbox):
    with SoundCloudClient(**sandbox.client_settings()) as client:
        yield client


def numbers(page):
    return [item.urn.rpartition(":")[2] for item in page]


@pytest.fixture
def own(client):
    """The ids of the tracks of ada-night."""
    return numbers(client.me.get_tracks())


@pytest.mark.parametrize(
    ("do", "undo", "item", "asked", "path"),
    [
        (("like",), ("unlike",), TRACK, "likes", f"/likes/tracks/soundcloud:tracks:{TRACK}"),
        (("repost",), ("unrepost",), TRACK, "reposts", f"/reposts/tracks/soundcloud:tracks:{TRACK}"),
        (("follow",), ("unfollow",), OTHER, "followings", f"/me/followings/soundcloud:users:{OTHER}"),
        (
            ("like", "--playlists"),
            ("unlike", "--playlists"),
            PLAYLIST,
            "likes",
            f"/likes/playlists/soundcloud:playlists:{PLAYLIST}",
        ),
        (
            ("repost", "--playlists"),
            ("unrepost", "--playlists"),
            PLAYLIST,
            "reposts",
            f"/reposts/playlists/soundcloud:playlists:{PLAYLIST}",
        ),
    ],
)
def test_change_and_undo(sandbox, shell, do, undo, item, asked, path):
    done = shell.run_in_process(*do, item)
    listing = [asked, *do[1:], "--all", "--csv", "--fields", "urn"]
    there = shell.run_in_process(*listing).output
    undone = shell.run_in_process(*undo, item)
    gone = shell.run_in_process(*listing).output

    assert (done.code, done.output, undone.code) == (0, "", 0)
    assert f":{item}\n" in there
    assert f":{item}\n" not in gone
    assert item in done.errors
    assert [request.method for request in sandbox.requests.matching(path=path)][-1] == "DELETE"


def test_urls_and_urns_determine_the_kind(shell):
    done = shell.run_in_process(
        "like", "soundcloud.com/ada-night/sets/warm-tape-1", f"soundcloud:tracks:{TRACK}", TRACKS[0]
    )
    wrong = shell.run_in_process("like", "https://soundcloud.com/ada-night")

    assert (done.code, done.errors) == (0, "liking 3 items\nliked 3 of 3\n")
    assert wrong.code == 2
    assert wrong.errors.startswith("error: like takes tracks and playlists, not users")


def test_items_from_stdin(sandbox, shell, client):
    likes = shell.run_in_process("likes", "--limit", "5", "--jsonl").output
    for text in (likes, "\n".join(json.loads(line)["urn"] for line in likes.splitlines()), "id\n\n# a list\n5\n"):
        asked = len(sandbox.requests.matching(method="POST", path="/reposts/*"))
        shell.run_piped("repost", stdin=text)
        assert len(sandbox.requests.matching(method="POST", path="/reposts/*")) - asked == (1 if "# a" in text else 5)
    assert shell.run_piped("like", "-", stdin="").errors.startswith("error: standard input is empty")
    assert shell.run_piped("like", "-", "5", stdin="").code == 2
    assert shell.run_piped("like", stdin='{"title": "x"}\n').errors.startswith("error: this line has no urn")
    assert shell.run_piped("like", stdin="{nonsense\n").code == 2
    assert shell.run_in_terminal("like").text.startswith("error: name at least one")


def test_failed_file_can_be_retried(sandbox, shell, tmp_path):
    failed = tmp_path / "failed.txt"
    first = shell.run_in_process("like", TRACKS[0], "5", TRACKS[1], "99", "--failed", str(failed))
    lines = failed.read_text().splitlines()
    sandbox.clear_requests()
    again = shell.run_piped("like", stdin=failed.read_text())

    assert first.code == 4
    assert first.errors.splitlines()[-2:] == ["liked 2 of 4; 2 failed", f"the remaining items are in {failed}"]
    assert [line.split(" # ")[0] for line in lines] == ["5", "99"]
    assert "track 5 not found" in lines[0]
    assert again.code == 4
    assert "use --failed FILE" in again.errors
    assert [request.path.rpartition(":")[2] for request in sandbox.requests.matching(method="POST")] == ["5", "99"]
    assert shell.run_in_process("like", TRACKS[0], "--failed", str(failed)).code == 0
    assert failed.read_text() == ""


@posix_only
def test_a_batch_that_is_terminated_saves_the_rest(shell, tmp_path):
    failed = tmp_path / "failed.txt"
    with socket.create_server(("127.0.0.1", 0)) as server:
        environment = shell.variables(SOUNDCLOUD_API_URL=f"http://127.0.0.1:{server.getsockname()[1]}")
        program = subprocess.Popen(
            [*COMMAND, "like", *TRACKS, "--failed", str(failed)], stderr=subprocess.PIPE, env=environment
        )
        connection, _ = server.accept()
        with connection:
            assert connection.recv(10_000).startswith(b"POST ")
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            assert connection.recv(10_000).startswith(b"POST ")
            program.send_signal(signal.SIGTERM)
            program.send_signal(signal.SIGHUP)
            _, errors = program.communicate(timeout=30)

    assert program.returncode in {143, 129}
    assert errors.decode().splitlines()[-4:-2] == ["liked 1 of 3; 2 left", f"the remaining items are in {failed}"]
    assert [line.split(" # ")[0] for line in failed.read_text().splitlines()] == TRACKS[1:]


@posix_only
@pytest.mark.parametrize("name", ["missing/failed.txt", "/proc/failed"])
def test_a_failed_file_that_cannot_be_written_is_noticed_before_the_first_change(sandbox, shell, tmp_path, name):
    path = tmp_path / name
    sandbox.requests.clear()
    done = shell.run_in_process("like", *TRACKS, "--failed", str(path))

    assert (done.code, done.errors.splitlines()[0].partition(": ")[0]) == (1, "error")
    assert done.errors.startswith(f"error: {path}: ")
    assert sandbox.requests.matching(method="POST") == []


@posix_only
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_batch_is_reported_if_its_failed_file_cannot_be_written(shell):
    done = shell.run_in_process("like", TRACK, "5", TRACKS[0], "--failed", "/dev/full")

    assert done.code == 4
    assert "error: /dev/full: " in done.errors
    assert "track 5 not found" in done.errors
    assert "liked 2 of 3; 1 failed" in done.errors
    assert "the remaining items are in" not in done.errors


def test_a_field_that_soundcloud_does_not_return_has_no_old_value(shell, own):
    done = shell.run_in_process("track", "edit", own[0], "--permalink", "new-name", "--genre", "Ambient", "--dry-run")

    assert ": permalink: 'new-name'" in done.errors
    assert ": genre: " in done.errors
    assert "-> 'Ambient'" in done.errors


def test_json_that_is_not_lines(shell):
    done = shell.run_piped("like", stdin=shell.run_in_process("search", "lofi", "--json").output)

    assert done.code == 2
    assert "use the output of --jsonl" in done.errors


def test_a_single_item_that_failed_is_saved_with_its_error(shell, tmp_path):
    failed = tmp_path / "failed.txt"

    assert shell.run_in_process("like", "5", "--failed", str(failed)).code == 4
    assert failed.read_text().startswith("5 # ")
    assert "not started" not in failed.read_text()


@pytest.mark.parametrize("arguments", [(TRACK, TRACKS[0], TRACK), ("-",)])
def test_a_playlist_may_have_a_track_twice(shell, client, arguments):
    ids = [TRACK, TRACKS[0], TRACK]
    stdin = "".join(f"{item}\n" for item in ids)
    created = shell.run_piped("playlist", "create", "Twice", *arguments, "--json", stdin=stdin)
    playlist = created.data["urn"]
    assert numbers(client.playlists.get_tracks(playlist)) == ids

    again = [TRACK, TRACK, TRACKS[0]]
    assert shell.run_in_process("playlist", "reorder", playlist, *again).code == 0
    assert numbers(client.playlists.get_tracks(playlist)) == again


def test_the_secret_of_a_share_link_is_not_printed(shell, client):
    link = "https://soundcloud.com/a/b/s-QWERTY123"
    batch = shell.run_in_process("like", link, f"{link}x", TRACK)
    track = client.me.get_tracks().collection[0]
    private = client.tracks.update(track, sharing="private")
    try:
        question = shell.run_piped("track", "delete", private.secret_uri or link, stdin="")
    finally:
        client.tracks.update(track, sharing="public")

    assert "https://soundcloud.com/a/b/s-***" in batch.errors
    assert "permanently?" in question.errors
    for secret in ("QWERTY", (private.secret_uri or "secret_token=QWERTY").rpartition("=")[2]):
        assert secret not in batch.errors + question.errors


@pytest.mark.parametrize(("item", "shown"), [("\x01", r"error: '\x01' is not"), ("x" * 5000 + "/", "error: xxx")])
def test_odd_items_are_shown_in_short(shell, item, shown):
    done = shell.run_in_process("like", item, TRACK)

    assert shown in done.errors
    assert len(done.errors) < 500


def test_rate_limit_stops_the_batch(sandbox, shell, tmp_path):
    failed = tmp_path / "failed.txt"
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(2, 3600), paths="POST /likes/*"))
    try:
        done = shell.run_in_process("like", TRACK, *TRACKS, "--failed", str(failed))
    finally:
        sandbox.clear_faults()

    assert done.code == 5
    assert "liked 2 of 4; 1 failed; 1 not started" in done.errors
    assert "try again after 2" in done.errors
    assert [line.split(" # ")[0] for line in failed.read_text().splitlines()] == TRACKS[1:]
    assert failed.read_text().splitlines()[-1].split(" # ")[1].startswith("not started: HTTP 429")


@pytest.mark.parametrize("with_file", [False, True])
def test_spam_warning_stops_the_batch(sandbox, shell, tmp_path, with_file):
    items, failed = [TRACK, *TRACKS], tmp_path / "failed.txt"
    path = f"POST /likes/tracks/soundcloud:tracks:{items[1]}"
    sandbox.set_faults(Faults(error_rate={"spam_warning": 1.0}, paths=path))
    try:
        done = shell.run_in_process("like", *items, *(("--failed", str(failed)) if with_file else ()))
    finally:
        sandbox.clear_faults()

    assert done.code == 5
    assert "SoundCloud warned you of spam" in done.errors
    assert "what to do: do not repeat this" in done.errors
    assert "wait a minute" not in done.errors
    assert "liked 1 of 4; 1 failed; 2 not started, because of the last error" in done.errors
    assert ("another run" in done.errors) is False
    if with_file:
        rows = [line.split(" # ") for line in failed.read_text().splitlines()]
        assert [row[0] for row in rows] == items[1:]
        assert rows[-1][1].startswith("not started: SoundCloud warned you of spam")


def test_missing_subscription_stops_the_batch(sandbox, shell):
    items = TRACKS
    sandbox.set_faults(Faults(error_rate={"subscription_wall": 1.0}, paths="POST /likes/*"))
    try:
        done = shell.run_in_process("like", *items)
    finally:
        sandbox.clear_faults()

    assert done.code == 1
    assert "liked 0 of 3; 1 failed; 2 not started, because of the last error" in done.errors


def test_the_error_that_stops_a_long_batch_is_printed(capsys):
    def change(item):
        if item == "30":
            raise errors.SpamWarningError("HTTP 429", status=429)
        raise errors.NotFoundError("HTTP 404", status=404)

    code = apply_to_each(
        CommandContext(), [str(each) for each in range(60)], change, verbs=("liking", "liked"), failed_path=None
    )
    printed = capsys.readouterr().err

    assert code == 5
    assert "and 10 more errors\nerror: 30: SoundCloud warned you of spam" in printed
    assert "liked 0 of 60; 31 failed; 29 not started, because of the last error" in printed


def test_an_interrupted_batch_says_how_far_it_came(capsys, tmp_path):
    def change(item):
        if item == "2":
            raise KeyboardInterrupt
        return item

    items, failed = [str(each) for each in range(5)], tmp_path / "failed.txt"
    with pytest.raises(KeyboardInterrupt):
        apply_to_each(CommandContext(), items, change, verbs=("liking", "liked"), failed_path=failed)

    assert "liked 2 of 5; 3 left\nthe remaining items are in " in capsys.readouterr().err
    assert failed.read_text().splitlines() == [f"{item} # not started" for item in items[2:]]


def test_confirmation_before_bulk_undo(sandbox, shell):
    refused = shell.run_in_process("unfollow", OTHER, "379671422")
    assert shell.run_in_process("like", *TRACKS).code == 0
    no = shell.run_in_terminal("unlike", *TRACKS, answers=(("[y/N]", "n\n"),))
    yes = shell.run_in_terminal("unlike", *TRACKS, answers=(("[y/N]", "y\n"),))

    assert refused.code == 2
    assert "standard input is not a terminal" in refused.errors
    assert (no.code, yes.code) == (1, 0)
    assert "Unlike 3 items?" in no.text
    assert len(sandbox.requests.matching(method="DELETE")) == 3
    assert shell.run_in_process("unfollow", OTHER, "379671422", "--yes").code == 0


def test_progress_bar_at_terminal(shell):
    at_terminal = shell.run_in_terminal("like", TRACK, *TRACKS)
    narrow = shell.run_in_terminal("like", TRACK, *TRACKS, columns=40)

    assert at_terminal.code == narrow.code == 0
    assert "liking" in at_terminal.text
    assert "\x1b[?25" in at_terminal.output  # rich hides the cursor while it shows a bar
    assert at_terminal.output.rindex("\x1b[?25h") > at_terminal.output.rindex("\x1b[?25l")
    assert "liked 4 of 4" in at_terminal.text
    assert "\x1b" not in shell.run_piped("like", TRACK, *TRACKS).errors


def test_comments(sandbox, shell):
    said = shell.run_in_process("comment", TRACK, "That bass!", "--at", "0:45", "--json")
    piped = shell.run_piped("comment", TRACK, "-", stdin="a longer\ntext\n")
    refused = shell.run_in_process("comment", TRACK, "x", "--at", "soon")

    assert said.code == piped.code == 0
    assert (said.data["body"], said.data["timestamp"]) == ("That bass!", 45_000)
    assert f"commented on soundcloud:tracks:{TRACK}" in piped.errors
    assert piped.output == ""
    assert "a longer\ntext" in [
        each["body"] for each in shell.run_in_process("comments", TRACK, "--all", "--json").data
    ]
    assert refused.code == 2
    assert "'soon' is not a position in a track" in refused.errors


def test_playlists(shell, client, own):
    made = shell.run_in_process(
        *(
            "playlist",
            "create",
            "Night",
            *own[:2],
            "--private",
            "--tag",
            "late",
            "--tag",
            "hip hop",
            "--album",
            "--json",
        )
    )
    number = made.data["urn"].rpartition(":")[2]
    added = shell.run_in_process("playlist", "add", number, own[2], own[0], "--at", "1", "--no-duplicates")
    order = numbers(client.playlists.get_tracks(number))
    moved = shell.run_in_process("playlist", "reorder", number, own[1])
    after = numbers(client.playlists.get_tracks(number))
    removed = shell.run_in_process("playlist", "remove", number, own[2])
    wrong = shell.run_in_process("playlist", "remove", number, own[3])

    assert (made.data["title"], made.data["sharing"]) == ("Night", "private")
    assert made.errors.endswith("with 2 tracks\n")
    assert (added.code, added.errors) == (0, f"soundcloud:playlists:{number} now has 3 tracks\n")
    assert order == [own[2], own[0], own[1]]
    assert (moved.code, after) == (0, [own[1], own[2], own[0]])
    assert removed.code == 0
    assert numbers(client.playlists.get_tracks(number)) == [own[1], own[0]]
    assert wrong.code == 2
    asked = shell.run_in_terminal("playlist", "delete", number, answers=(("[y/N]", "n\n"),))
    assert "Delete 'Night'" in asked.text
    assert numbers(client.playlists.get_tracks(number)) == [own[1], own[0]]
    assert (
        shell.run_in_process("playlist", "delete", number, "--yes").errors == f"deleted soundcloud:playlists:{number}\n"
    )
    assert shell.run_in_process("playlist", number).code == 4


def test_playlist_from_stdin(shell):
    found = shell.run_in_process("search", "tracks", "lofi", "--limit", "4", "--jsonl").output
    made = shell.run_piped("playlist", "create", "Lofi", "-", "--jsonl", stdin=found)

    assert (made.code, made.data["track_count"]) == (0, 4)
    assert (
        shell.run_piped(
            "playlist",
            "reorder",
            made.data["urn"],
            stdin="\n".join(reversed([json.loads(line)["urn"] for line in found.splitlines()])),
        ).code
        == 0
    )
    listed = shell.run_in_process("playlist", "tracks", made.data["urn"], "--csv", "--fields", "urn").output
    assert listed.splitlines()[1:] == [json.loads(line)["urn"] for line in reversed(found.splitlines())]


def test_track_edit(shell, client, own):
    done = shell.run_in_process(
        "track", "edit", own[0], "--title", "Night II", "--clear", "description", "--not-commentable"
    )
    track = client.tracks.get_track(own[0])

    assert done.code == 0
    assert f"soundcloud:tracks:{own[0]}: title: 'Amber Meadow" in done.errors
    assert "-> 'Night II'" in done.errors
    assert done.errors.endswith(f"changed soundcloud:tracks:{own[0]}\n")
    assert (track.title, track.description or None, track.commentable) == ("Night II", None, False)
    assert shell.run_in_process("track", "edit", own[0]).code == 2
    many = shell.run_in_process(
        "track", "edit", own[0], own[1], "5", "--private", "--tag", "two words", "--license", "cc-by"
    )
    assert many.code == 4
    assert "changed 2 of 3; 1 failed" in many.errors
    assert client.tracks.get_track(own[1]).tag_list == '"two words"'
    assert client.tracks.get_track(own[1]).sharing == "private"


def test_track_edit_artwork(shell, client, own, tmp_path):
    picture = tmp_path / "cover.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    before = client.tracks.get_track(own[0]).artwork_url

    assert shell.run_in_process("track", "edit", own[0], "--artwork", str(picture)).code == 0
    assert client.tracks.get_track(own[0]).artwork_url != before
    assert shell.run_in_process("track", "edit", own[0], "--artwork", str(tmp_path / "none.png")).code == 2


def test_track_delete(shell, client, own):
    piped = shell.run_piped("track", "delete", own[0])
    asked = shell.run_in_terminal("track", "delete", own[0], answers=(("[y/N]", "y\n"),))
    many = shell.run_in_terminal("track", "delete", own[1], own[2], answers=(("[y/N]", "n\n"),))

    assert (piped.code, asked.code, many.code) == (2, 0, 1)
    assert "Delete 'Amber Meadow" in asked.text
    assert f"deleted soundcloud:tracks:{own[0]}" in asked.text
    assert "Delete 2 items permanently?" in many.text
    assert numbers(client.me.get_tracks()) == own[1:]


@pytest.mark.parametrize(
    ("arguments", "request_line"),
    [
        (("like", TRACK), f"POST {{}}/likes/tracks/soundcloud:tracks:{TRACK}"),
        (("unfollow", OTHER), f"DELETE {{}}/me/followings/soundcloud:users:{OTHER}"),
        (("comment", TRACK, "x"), f"POST {{}}/tracks/soundcloud:tracks:{TRACK}/comments"),
        (("playlist", "create", "x"), "POST {}/playlists"),
        (("playlist", "add", PLAYLIST, TRACK), f"PUT {{}}/playlists/soundcloud:playlists:{PLAYLIST}"),
        (("playlist", "delete", PLAYLIST), f"DELETE {{}}/playlists/soundcloud:playlists:{PLAYLIST}"),
        (("track", "edit", TRACK, "--title", "x"), f"PUT {{}}/tracks/soundcloud:tracks:{TRACK}"),
        (("track", "delete", TRACK), f"DELETE {{}}/tracks/soundcloud:tracks:{TRACK}"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_dry_run_prints_the_request(sandbox, shell, arguments, request_line):
    done = shell.run_in_process(*arguments, "--dry-run")

    assert done.code == 0
    assert done.output.splitlines()[0] == request_line.format(sandbox.api_url)
    assert {request.method for request in sandbox.requests} <= {"GET"}


@pytest.mark.parametrize(("encoding", "title"), [("utf-8", '"N\u00e4chte"'), ("ascii", '"N\\u00e4chte"')])
def test_dry_run_in_an_encoding_without_all_characters(sandbox, shell, encoding, title):
    arguments = ("playlist", "create", "N\u00e4chte", "--dry-run")
    done = shell.run_piped(*arguments, SOUNDCLOUD_ACCESS_TOKEN=sandbox.user_token(), PYTHONIOENCODING=encoding)

    assert title in done.output


def test_bulk_dry_run(sandbox, shell, tmp_path):
    failed = tmp_path / "failed.txt"
    done = shell.run_in_process("like", *TRACKS, "--dry-run", "--failed", str(failed))
    partly = shell.run_in_process("like", *TRACKS, "https://soundcloud.com/no/body", "--dry-run")

    assert (done.code, partly.code) == (0, 4)
    assert "error: 'https://soundcloud.com/no/body' not found" in partly.errors
    assert done.output.count("POST ") == 3
    assert "liked" not in done.errors
    assert not failed.exists()
    assert {request.method for request in sandbox.requests} == {"GET"}


def test_items_are_deduplicated(monkeypatch, tmp_path):
    assert read_items(["5", "6", "5"]) == ["5", "6"]
    monkeypatch.setattr("sys.stdin", StringIO("\ufeffid\n5\n"))
    assert read_items([]) == ["5"]
    monkeypatch.setattr("sys.stdin", StringIO('{"urn": ' * 50_000))
    with pytest.raises(click.UsageError, match="this line has no urn"):
        read_items([])
    write_failed(tmp_path / "failed", [("https://soundcloud.com/a#b", "two\nlines")])
    with (tmp_path / "failed").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert read_items([]) == ["https://soundcloud.com/a#b"]


def test_secrets_are_not_printed(sandbox, shell, own):
    link = "s-abcdef12345"
    sandbox.reset(
        dataset={
            "users": [{"permalink": "ada"}],
            "tracks": [{"user": "ada", "title": "Hidden", "sharing": "private", "secret_token": link, "id": 9}],
        }
    )
    token = sandbox.user_token()
    for arguments in (
        ("like", f"https://soundcloud.com/ada/hidden/{link}", "--debug"),
        ("like", f"https://soundcloud.com/ada/hidden/{link}", "--dry-run"),
        ("track", "edit", f"https://soundcloud.com/ada/hidden/{link}", "--title", "x", "--debug"),
        ("track", "edit", "9", "--title", "y", "--dry-run", "--debug"),
    ):
        done = shell.run_in_process(*arguments, SOUNDCLOUD_ACCESS_TOKEN=token)
        assert done.code == 0, done.errors
        assert link not in done.output + done.errors
        assert token not in done.output + done.errors
