"""The commands that change something: one thing, many at once, what fails, what is asked, what is only shown."""

import json

import pytest

from soundcloud import SoundCloudClient
from soundcloud.cli.framework.items import read_items, write_failed
from soundcloud.sandbox import Faults, RateLimit

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
    """Tracks of ada-night's."""
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
def test_doing_and_taking_back(sandbox, shell, do, undo, item, asked, path):
    done = shell.here(*do, item)
    listing = [asked, *do[1:], "--all", "--csv", "--fields", "urn"]
    there = shell.here(*listing).output
    undone = shell.here(*undo, item)
    gone = shell.here(*listing).output

    assert (done.code, done.output, undone.code) == (0, "", 0)
    assert f":{item}\n" in there
    assert f":{item}\n" not in gone
    assert item in done.errors
    assert [request.method for request in sandbox.requests.matching(path=path)][-1] == "DELETE"


def test_links_and_urns_name_their_kind_themselves(shell):
    done = shell.here("like", "soundcloud.com/ada-night/sets/warm-tape-1", f"soundcloud:tracks:{TRACK}", TRACKS[0])
    wrong = shell.here("like", "https://soundcloud.com/ada-night")

    assert (done.code, done.errors) == (0, "liking 3\nliked 3 of 3\n")
    assert wrong.code == 2
    assert wrong.errors.startswith("error: like is not for users")


def test_many_from_standard_input(sandbox, shell, client):
    likes = shell.here("likes", "--limit", "5", "--jsonl").output
    for text in (likes, "\n".join(json.loads(line)["urn"] for line in likes.splitlines()), "id\n\n# a list\n5\n"):
        asked = len(sandbox.requests.matching(method="POST", path="/reposts/*"))
        shell.pipe("repost", stdin=text)
        assert len(sandbox.requests.matching(method="POST", path="/reposts/*")) - asked == (1 if "# a" in text else 5)
    assert shell.pipe("like", "-", stdin="").errors.startswith("error: there is nothing on standard input")
    assert shell.pipe("like", "-", "5", stdin="").code == 2
    assert shell.pipe("like", stdin='{"title": "x"}\n').errors.startswith("error: this line names nothing")
    assert shell.pipe("like", stdin="{nonsense\n").code == 2
    assert shell.terminal("like").told.startswith("error: name at least one")


def test_what_failed_can_be_given_again(sandbox, shell, tmp_path):
    failed = tmp_path / "failed.txt"
    first = shell.here("like", TRACKS[0], "5", TRACKS[1], "99", "--failed", str(failed))
    lines = failed.read_text().splitlines()
    sandbox.clear_requests()
    again = shell.pipe("like", stdin=failed.read_text())

    assert first.code == 4
    assert first.errors.splitlines()[-2:] == ["liked 2 of 4; 2 failed", f"what was not done is in {failed}"]
    assert [line.split(" # ")[0] for line in lines] == ["5", "99"]
    assert "HTTP 404" in lines[0]
    assert again.code == 4
    assert "--failed FILE writes" in again.errors
    assert [request.path.rpartition(":")[2] for request in sandbox.requests.matching(method="POST")] == ["5", "99"]
    assert shell.here("like", TRACKS[0], "--failed", str(failed)).code == 0
    assert failed.read_text() == ""


def test_a_limit_ends_it_and_the_rest_is_kept(sandbox, shell, tmp_path):
    failed = tmp_path / "failed.txt"
    sandbox.set_faults(Faults(rate_limit=RateLimit(2, 3600), paths="POST /likes/*"))
    try:
        done = shell.here("like", TRACK, *TRACKS, "--failed", str(failed))
    finally:
        sandbox.clear_faults()

    assert done.code == 5
    assert "liked 2 of 4; 1 failed; 1 not begun" in done.errors
    assert "go on after 2" in done.errors
    assert [line.split(" # ")[0] for line in failed.read_text().splitlines()] == TRACKS[1:]
    assert failed.read_text().endswith(" # not begun\n")


def test_several_are_asked_about_before_they_are_taken_back(sandbox, shell):
    refused = shell.here("unfollow", OTHER, "379671422")
    assert shell.here("like", *TRACKS).code == 0
    no = shell.terminal("unlike", *TRACKS, answers=(("[y/N]", "n\n"),))
    yes = shell.terminal("unlike", *TRACKS, answers=(("[y/N]", "y\n"),))

    assert refused.code == 2
    assert "Nobody can be asked here" in refused.errors
    assert (no.code, yes.code) == (1, 0)
    assert "Unlike 3 things?" in no.told
    assert len(sandbox.requests.matching(method="DELETE")) == 3
    assert shell.here("unfollow", OTHER, "379671422", "--yes").code == 0


def test_a_bar_for_people_only(shell):
    at_terminal = shell.terminal("like", TRACK, *TRACKS)
    narrow = shell.terminal("like", TRACK, *TRACKS, columns=40)

    assert at_terminal.code == narrow.code == 0
    assert "liking" in at_terminal.told
    assert "\x1b[?25" in at_terminal.output  # the cursor is hidden while there is a bar, and comes back
    assert at_terminal.output.rindex("\x1b[?25h") > at_terminal.output.rindex("\x1b[?25l")
    assert "liked 4 of 4" in at_terminal.told
    assert "\x1b" not in shell.pipe("like", TRACK, *TRACKS).errors


def test_comments(sandbox, shell):
    said = shell.here("comment", TRACK, "That bass!", "--at", "0:45", "--json")
    piped = shell.pipe("comment", TRACK, "-", stdin="a longer\ntext\n")
    refused = shell.here("comment", TRACK, "x", "--at", "soon")

    assert said.code == piped.code == 0
    assert (said.data["body"], said.data["timestamp"]) == ("That bass!", 45_000)
    assert f"commented on soundcloud:tracks:{TRACK}" in piped.errors
    assert piped.output == ""
    assert "a longer\ntext" in [each["body"] for each in shell.here("comments", TRACK, "--all", "--json").data]
    assert refused.code == 2
    assert "should look like 1:30" in refused.errors


def test_playlists(shell, client, own):
    made = shell.here(
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
    added = shell.here("playlist", "add", number, own[2], own[0], "--at", "1", "--no-duplicates")
    order = numbers(client.playlists.get_tracks(number))
    moved = shell.here("playlist", "reorder", number, own[1])
    after = numbers(client.playlists.get_tracks(number))
    removed = shell.here("playlist", "remove", number, own[2])
    wrong = shell.here("playlist", "remove", number, own[3])

    assert (made.data["title"], made.data["sharing"]) == ("Night", "private")
    assert made.errors.endswith("with 2 tracks\n")
    assert (added.code, added.errors) == (0, f"soundcloud:playlists:{number} has 3 tracks now\n")
    assert order == [own[2], own[0], own[1]]
    assert (moved.code, after) == (0, [own[1], own[2], own[0]])
    assert removed.code == 0
    assert numbers(client.playlists.get_tracks(number)) == [own[1], own[0]]
    assert wrong.code == 2
    asked = shell.terminal("playlist", "delete", number, answers=(("[y/N]", "n\n"),))
    assert "Delete 'Night'" in asked.told
    assert numbers(client.playlists.get_tracks(number)) == [own[1], own[0]]
    assert shell.here("playlist", "delete", number, "--yes").errors == f"deleted soundcloud:playlists:{number}\n"
    assert shell.here("playlist", number).code == 4


def test_a_playlist_of_a_list(shell):
    found = shell.here("search", "tracks", "lofi", "--limit", "4", "--jsonl").output
    made = shell.pipe("playlist", "create", "Lofi", "-", "--jsonl", stdin=found)

    assert (made.code, made.data["track_count"]) == (0, 4)
    assert (
        shell.pipe(
            "playlist",
            "reorder",
            made.data["urn"],
            stdin="\n".join(reversed([json.loads(line)["urn"] for line in found.splitlines()])),
        ).code
        == 0
    )
    listed = shell.here("playlist", "tracks", made.data["urn"], "--csv", "--fields", "urn").output
    assert listed.splitlines()[1:] == [json.loads(line)["urn"] for line in reversed(found.splitlines())]


def test_editing_a_track_says_what_changes(shell, client, own):
    done = shell.here("track", "edit", own[0], "--title", "Night II", "--clear", "description", "--not-commentable")
    track = client.tracks.get_track(own[0])

    assert done.code == 0
    assert f"soundcloud:tracks:{own[0]}: title: 'Amber Meadow" in done.errors
    assert "-> 'Night II'" in done.errors
    assert done.errors.endswith(f"changed soundcloud:tracks:{own[0]}\n")
    assert (track.title, track.description or None, track.commentable) == ("Night II", None, False)
    assert shell.here("track", "edit", own[0]).code == 2
    many = shell.here("track", "edit", own[0], own[1], "5", "--private", "--tag", "two words", "--license", "cc-by")
    assert many.code == 4
    assert "changed 2 of 3; 1 failed" in many.errors
    assert client.tracks.get_track(own[1]).tag_list == '"two words"'
    assert client.tracks.get_track(own[1]).sharing == "private"


def test_a_new_picture(shell, client, own, tmp_path):
    picture = tmp_path / "cover.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    before = client.tracks.get_track(own[0]).artwork_url

    assert shell.here("track", "edit", own[0], "--artwork", str(picture)).code == 0
    assert client.tracks.get_track(own[0]).artwork_url != before
    assert shell.here("track", "edit", own[0], "--artwork", str(tmp_path / "none.png")).code == 2


def test_deleting_a_track(shell, client, own):
    nobody = shell.pipe("track", "delete", own[0])
    asked = shell.terminal("track", "delete", own[0], answers=(("[y/N]", "y\n"),))
    many = shell.terminal("track", "delete", own[1], own[2], answers=(("[y/N]", "n\n"),))

    assert (nobody.code, asked.code, many.code) == (2, 0, 1)
    assert "Delete 'Amber Meadow" in asked.told
    assert f"deleted soundcloud:tracks:{own[0]}" in asked.told
    assert "Delete 2 of your own for good?" in many.told
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
def test_a_dry_run_shows_the_request(sandbox, shell, arguments, request_line):
    done = shell.here(*arguments, "--dry-run")

    assert done.code == 0
    assert done.output.splitlines()[0] == request_line.format(sandbox.api_url)
    assert {request.method for request in sandbox.requests} <= {"GET"}


def test_a_dry_run_of_many(sandbox, shell, tmp_path):
    failed = tmp_path / "failed.txt"
    done = shell.here("like", *TRACKS, "--dry-run", "--failed", str(failed))
    partly = shell.here("like", *TRACKS, "https://soundcloud.com/no/body", "--dry-run")

    assert (done.code, partly.code) == (0, 4)
    assert "error: https://soundcloud.com/no/body: HTTP 404" in partly.errors
    assert done.output.count("POST ") == 3
    assert "liked" not in done.errors
    assert not failed.exists()
    assert {request.method for request in sandbox.requests} == {"GET"}


def test_items_are_each_taken_once(monkeypatch, tmp_path):
    assert read_items(["5", "6", "5"]) == ["5", "6"]
    write_failed(tmp_path / "failed", [("https://soundcloud.com/a#b", "two\nlines")])
    with (tmp_path / "failed").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert read_items([]) == ["https://soundcloud.com/a#b"]


def test_no_secret_is_printed(sandbox, shell, own):
    link = "s-abcdef12345"
    sandbox.reset(
        catalogue={
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
        done = shell.here(*arguments, SOUNDCLOUD_ACCESS_TOKEN=token)
        assert done.code == 0, done.errors
        assert link not in done.output + done.errors
        assert token not in done.output + done.errors
