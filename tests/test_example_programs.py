"""The examples for one account, each against a sandbox: the bot, the curator and the editor of tags, and what goes wrong."""

import http.server
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from examples import edit_tags, new_tracks_bot, playlist_curator
from soundcloud import PlaylistChangedError, SoundCloudClient
from soundcloud.sandbox import Faults, RateLimit, Sandbox
from soundcloud.sandbox.sound import tone
from soundcloud.tags import Tags

ROOT = Path(__file__).parent.parent
CATALOGUE = {
    "users": [{"permalink": name, "username": name.title(), "plan": "Pro Unlimited"} for name in ("ada", "bo", "cy")],
    "tracks": [
        {"user": "bo", "title": "Jazz 1", "genre": "Jazz", "created_at": "2026-01-01T00:00:00Z"},
        {"user": "bo", "title": "Jazz 2", "genre": "jazz ", "created_at": "2026-01-02T00:00:00Z"},
        {"user": "bo", "title": "House 1", "genre": "House", "created_at": "2026-01-03T00:00:00Z"},
        {"user": "bo", "title": "Jazz 3", "genre": "JAZZ", "created_at": "2026-01-04T00:00:00Z"},
        {"user": "bo", "title": "Jazz 4", "genre": "Jazz", "created_at": "2026-01-05T00:00:00Z"},
        {"user": "bo", "title": "By hand", "created_at": "2026-01-06T00:00:00Z"},
        {"user": "bo", "title": "Blocked", "genre": "Jazz", "access": "blocked", "created_at": "2026-01-07T00:00:00Z"},
        {"user": "cy", "title": "Reposted", "created_at": "2026-01-08T00:00:00Z"},
        {"user": "ada", "title": "One", "tag_list": "lofi demo", "created_at": "2026-01-01T00:00:00Z"},
        {"user": "ada", "title": "Two", "tag_list": 'Demo "late night"', "created_at": "2026-01-02T00:00:00Z"},
        {"user": "ada", "title": "Three", "tag_list": "", "created_at": "2026-01-03T00:00:00Z"},
    ],
    "playlists": [{"user": "ada", "title": "Mine", "tracks": ["bo/by-hand", "bo/blocked"]}],
    "follows": [{"user": "ada", "follows": "bo"}],
    "likes": [{"user": "ada", "track": f"bo/{name}"} for name in ("jazz-1", "jazz-2", "blocked", "house-1", "jazz-3")],
    "reposts": [{"user": "bo", "track": "cy/reposted"}],
}


@pytest.fixture(scope="module")
def world():
    with Sandbox(catalogue=CATALOGUE) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(world, monkeypatch):
    """The world as it was at the start, in the environment, with ada signed in."""
    world.reset()
    world.clear_faults()
    world.clear_requests()
    for name in [name for name in os.environ if name.startswith(("SOUNDCLOUD_", "BOT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOUNDCLOUD_API_URL", world.api_url)
    monkeypatch.setenv("SOUNDCLOUD_AUTH_URL", world.auth_url)
    monkeypatch.setenv("SOUNDCLOUD_WEB_URL", world.media_url)
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_ID", world.client_id)
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_SECRET", world.client_secret)
    monkeypatch.setenv("SOUNDCLOUD_ACCESS_TOKEN", world.user_token("ada"))
    return world


@pytest.fixture
def client(sandbox):
    with SoundCloudClient(**sandbox.client_settings("ada")) as client:
        yield client


@pytest.fixture
def publish(sandbox):
    """Uploads tracks of bo, whom ada follows."""
    with SoundCloudClient(**sandbox.client_settings("bo")) as uploader:
        yield lambda title: uploader.tracks.upload(tone(), title=title, sharing="public", filename="a.wav")


def arguments_of(name, *arguments):
    return [sys.executable, str(ROOT / "examples" / name), *map(str, arguments)]


def run(name, *arguments):
    """Run an example as a program."""
    return subprocess.run(arguments_of(name, *arguments), cwd=ROOT, capture_output=True, text=True, timeout=60)


# The bot.


@pytest.fixture
def look(sandbox, tmp_path, capsys):
    """Lets the bot look once; what it tells, its exit status and its errors."""

    def look(*arguments):
        status = new_tracks_bot.main(["--once", "--state", str(tmp_path / "told.json"), *arguments])
        output = capsys.readouterr()
        return [line.partition(" by ")[0] for line in output.out.splitlines()], status, output.err

    return look


class Hook:
    """Receives what the bot posts, and answers with these statuses, then with 200; None stands for never."""

    def __init__(self, *statuses):
        self.texts = []
        self.arrived = threading.Event()
        self.ended = threading.Event()
        self.statuses = [*statuses]

    @contextmanager
    def listening(self):
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                hook.texts.append(body["text"].partition(" by ")[0])
                hook.arrived.set()
                status = hook.statuses.pop(0) if hook.statuses else 200
                if status is None:
                    hook.ended.wait()
                    return
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Be silent."""

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/very-secret"
            finally:
                self.ended.set()
                server.shutdown()
                thread.join()


def test_the_bot_tells_each_new_track_once(look, publish):
    assert look() == ([], 0, "")
    publish("New 1")
    publish("New 2")

    told, status, _ = look()
    assert (sorted(told), status) == (["New 1", "New 2"], 0)
    assert look() == ([], 0, "")


def test_the_first_look_of_the_bot_goes_back_as_far_as_it_is_told(look):
    told, _, _ = look("--days", "3650")

    # The oldest first, and what bo has only reposted is none of them.
    assert told == ["Jazz 1", "Jazz 2", "House 1", "Jazz 3", "Jazz 4", "By hand"]
    assert look() == ([], 0, "")


def test_the_file_of_the_bot_is_whole_and_does_not_grow(look, publish, tmp_path):
    look("--days", "3650")
    # What is older than a look goes back is not kept.
    assert json.loads((tmp_path / "told.json").read_text())["told"] == {}
    new = publish("New 1")
    look()
    assert [*json.loads((tmp_path / "told.json").read_text())["told"]] == [new.urn]
    assert [file.name for file in tmp_path.iterdir()] == ["told.json"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"since": 1, "told": {}}', '{"since": "2026-01-01", "told": []}'])
def test_the_bot_refuses_a_damaged_file(look, tmp_path, text):
    (tmp_path / "told.json").write_text(text)

    with pytest.raises(SystemExit, match=r"told\.json is damaged"):
        look()
    assert (tmp_path / "told.json").read_text() == text


def test_the_bot_says_when_it_cannot_write(sandbox, tmp_path):
    with pytest.raises(SystemExit, match=r"gone.told\.json cannot be used: No such file"):
        new_tracks_bot.main(["--once", "--state", str(tmp_path / "gone" / "told.json")])


def test_what_a_webhook_refuses_is_told_at_the_next_look(look, publish, monkeypatch):
    look()
    publish("New 1")
    hook = Hook(503)
    with hook.listening() as url:
        monkeypatch.setenv("BOT_WEBHOOK", url)
        assert look() == ([], 1, "this look failed: the webhook answers 503\n")
        assert look() == ([], 0, "")
        assert look() == ([], 0, "")
    told, status, errors = look()  # nobody listens any more; and nothing is new

    assert hook.texts == ["New 1", "New 1"]
    assert (told, status, errors) == ([], 0, "")


def test_a_webhook_that_is_not_there_is_not_named(look, publish, monkeypatch):
    look()
    publish("New 1")
    with Hook().listening() as url:
        pass
    monkeypatch.setenv("BOT_WEBHOOK", url)
    told, status, errors = look()
    assert (told, status, errors) == ([], 1, "this look failed: the webhook cannot be reached: ConnectError\n")

    monkeypatch.delenv("BOT_WEBHOOK")
    assert look()[0] == ["New 1"]


def test_what_a_webhook_may_have_got_is_not_told_again(look, publish, monkeypatch):
    look()
    publish("New 1")

    def post(url, **_):
        raise httpx.ReadTimeout(url)

    monkeypatch.setenv("BOT_WEBHOOK", "https://hooks.example/very-secret")
    monkeypatch.setattr(new_tracks_bot.httpx, "post", post)
    told, status, errors = look()
    monkeypatch.delenv("BOT_WEBHOOK")

    assert (told, status) == ([], 0)
    assert errors.startswith("the webhook may not have got it: ReadTimeout: 'New 1 by Bo")
    assert "very-secret" not in errors
    assert look() == ([], 0, "")


def test_a_bot_that_is_killed_and_started_again_tells_nothing_twice(sandbox, publish, tmp_path, monkeypatch):
    state = tmp_path / "told.json"
    assert run("new_tracks_bot.py", "--once", "--state", state).returncode == 0
    publish("New 1")
    publish("New 2")
    hook = Hook(None)
    with hook.listening() as url:
        monkeypatch.setenv("BOT_WEBHOOK", url)
        command = arguments_of("new_tracks_bot.py", "--every", 600, "--state", state)
        with subprocess.Popen(command, cwd=ROOT) as program:
            assert hook.arrived.wait(60)
            program.kill()
        again = run("new_tracks_bot.py", "--once", "--state", state)
        once_more = run("new_tracks_bot.py", "--once", "--state", state)

    assert (again.returncode, once_more.returncode) == (0, 0)
    assert sorted(hook.texts) == ["New 1", "New 2"]


def test_the_bot_waits_as_long_as_a_rate_limit_says_and_goes_on(sandbox, publish, tmp_path, monkeypatch, capsys):
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        sandbox.clear_faults()
        if len(waits) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(new_tracks_bot.time, "sleep", sleep)
    sandbox.set_faults(Faults(rate_limit=RateLimit(requests=1, seconds=600)))
    publish("New 1")  # uses the only call up
    with pytest.raises(KeyboardInterrupt):
        new_tracks_bot.main(["--every", "60", "--days", "1", "--state", str(tmp_path / "told.json")])
    output = capsys.readouterr()

    assert waits[0] > 60
    assert waits[1] == 60
    assert output.out.startswith("New 1 by Bo")
    assert output.err.count("this look failed: ") == 1


def test_the_bot_ends_when_nobody_is_signed_in(sandbox, look, monkeypatch):
    sandbox.expire_tokens()
    with pytest.raises(SystemExit, match="nobody is signed in, or not any more"):
        look()
    monkeypatch.delenv("SOUNDCLOUD_ACCESS_TOKEN")
    with pytest.raises(SystemExit, match="nobody is signed in, or not any more"):
        look()


def test_the_bot_takes_what_the_feed_leaves_out(tmp_path):
    whole = {"kind": "track", "urn": "soundcloud:tracks:1", "title": "A", "created_at": "2026/01/01 00:00:00 +0000"}
    timeless = {"kind": "track", "urn": "soundcloud:tracks:2", "title": "B"}
    page = {"collection": [{"type": "track", "origin": origin} for origin in (None, timeless, whole)]}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=page))
    memory, told = new_tracks_bot.Memory(tmp_path / "told.json", datetime(2025, 1, 1, tzinfo=UTC)), []
    with SoundCloudClient(access_token="very-secret", transport=transport) as client:
        new_tracks_bot.look(client, memory, told.append)

    # Without a time nobody knows whether it is new.
    assert told == ["A: soundcloud:tracks:1"]


def test_the_bot_prints_nothing_that_steers_a_terminal(capsys):
    new_tracks_bot.print_line("a\x1b[2J\nb é")

    assert capsys.readouterr().out == "a?[2J?b é\n"


@pytest.mark.parametrize("wrong", [[], ["--every", "0"], ["--every", "nan"], ["--once", "--days", "-1"]])
def test_the_bot_refuses_wrong_arguments(wrong, capsys):
    with pytest.raises(SystemExit, match="2"):
        new_tracks_bot.main(wrong)


# The curator.


@pytest.fixture
def playlist(client):
    return client.me.get_playlists().collection[0].urn


@pytest.fixture
def titles(client, playlist):
    return lambda: [track.title for track in client.playlists.get_tracks(playlist, access=("playable", "blocked"))]


def track_of(client, title):
    found = client.search.tracks(title, access=("playable", "blocked"))
    return next(track for track in found if track.title == title)


def writes(sandbox):
    return len(sandbox.requests.matching(method="PUT"))


def test_the_curator_adds_likes_and_removes_what_is_blocked(sandbox, playlist, titles, capsys):
    assert playlist_curator.main([playlist, "--genre", "jazz"]) == 0

    assert titles() == ["Jazz 3", "Jazz 2", "Jazz 1", "By hand"]
    assert capsys.readouterr().out.splitlines()[-1] == "3 added, 1 removed"
    before = writes(sandbox)
    assert playlist_curator.main([playlist, "--genre", "jazz"]) == 0
    assert capsys.readouterr().out == "0 added, 0 removed\n"
    assert writes(sandbox) == before


def test_the_curator_keeps_so_many_and_the_newest_likes(client, playlist, titles):
    curate = [playlist, "--genre", " Jazz", "--most", "3"]
    playlist_curator.main(curate)
    assert titles() == ["Jazz 3", "Jazz 2", "Jazz 1"]

    client.likes.like_track(track_of(client, "Jazz 4"))
    playlist_curator.main(curate)
    assert titles() == ["Jazz 4", "Jazz 3", "Jazz 2"]
    playlist_curator.main(curate)
    assert titles() == ["Jazz 4", "Jazz 3", "Jazz 2"]


def test_a_dry_run_of_the_curator_writes_nothing(sandbox, playlist, titles, capsys):
    assert playlist_curator.main([playlist, "--genre", "Jazz", "--genre", "House", "--dry-run"]) == 0

    assert "4 added, 1 removed (dry run: nothing was)" in capsys.readouterr().out
    assert titles() == ["By hand", "Blocked"]
    assert writes(sandbox) == 0


def test_the_curator_drops_what_is_hidden(sandbox, client, playlist, titles):
    with SoundCloudClient(**sandbox.client_settings("bo")) as owner:
        owner.tracks.update(track_of(client, "By hand"), sharing="private")
    playlist_curator.main([playlist, "--genre", "Jazz"])

    assert titles() == ["Jazz 3", "Jazz 2", "Jazz 1"]
    assert client.playlists.get_playlist(playlist).track_count == 3


@contextmanager
def meddled(sandbox, client, playlist, lists):
    """A client during whose readings, counted from 1, somebody else writes these lists."""
    count = 0

    def meddle(request):
        nonlocal count
        if request.path.endswith("/tracks") and request.path.startswith("/playlists"):
            count += 1
            if count in lists:
                client.playlists.update(playlist, tracks=lists[count])

    with SoundCloudClient(**sandbox.client_settings("ada"), on_request=meddle) as watched:
        yield watched


def test_the_curator_decides_again_when_somebody_was_faster(sandbox, client, playlist, titles, capsys):
    theirs = [track_of(client, title) for title in ("House 1", "Blocked", "Jazz 2")]
    with meddled(sandbox, client, playlist, {2: theirs}) as watched:
        done = playlist_curator.curate(watched, playlist, {"jazz"}, 50)

    assert titles() == ["Jazz 3", "Jazz 1", "House 1", "Jazz 2"]
    assert [track.title for track in done.add] == ["Jazz 3", "Jazz 1"]
    assert [track.title for track in done.remove] == ["Blocked"]
    assert "a second try: the playlist was changed meanwhile" in capsys.readouterr().err


def test_the_curator_decides_again_when_somebody_removed_it_already(sandbox, client, playlist, titles):
    with meddled(sandbox, client, playlist, {1: [track_of(client, "House 1")]}) as watched:
        done = playlist_curator.curate(watched, playlist, {"jazz"}, 50)

    assert titles() == ["Jazz 3", "Jazz 2", "Jazz 1", "House 1"]
    assert done.remove == []


def test_the_curator_tries_twice_only(sandbox, client, playlist, titles):
    one, two = ([track_of(client, title), track_of(client, "Blocked")] for title in ("House 1", "Jazz 4"))
    with meddled(sandbox, client, playlist, {2: one, 5: two}) as watched, pytest.raises(PlaylistChangedError):
        playlist_curator.curate(watched, playlist, {"jazz"}, 50)

    assert titles() == ["Jazz 4", "Blocked"]


def test_the_curator_says_what_failed(sandbox, playlist, titles, capsys):
    assert playlist_curator.main(["soundcloud:playlists:1", "--genre", "Jazz"]) == 1
    assert playlist_curator.main(["no playlist", "--genre", "Jazz"]) == 1
    sandbox.set_faults(Faults(rate_limit=RateLimit(requests=2, seconds=600)))
    assert playlist_curator.main([playlist, "--genre", "Jazz"]) == 1
    sandbox.clear_faults()

    assert [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()] == ["failed"] * 3
    assert titles() == ["By hand", "Blocked"]
    with pytest.raises(SystemExit, match="2"):
        playlist_curator.main([playlist, "--genre", "Jazz", "--most", "501"])


# The editor of tags.

EDIT = ["--add", "night bus", "--remove", "demo", "--rename", "LOFI", "lo-fi"]
EDITED = {"One": 'lo-fi "night bus"', "Two": '"late night" "night bus"', "Three": '"night bus"'}


@pytest.fixture
def tags(client):
    return lambda: {track.title: track.tag_list for track in client.me.get_tracks()}


def test_the_editor_shows_what_it_would_do(sandbox, tags, capsys):
    before = tags()
    assert edit_tags.main(EDIT) == 0
    output = capsys.readouterr().out

    assert [line for line in output.splitlines() if not line.startswith("'")] == [
        *["  + night bus"],
        *["  - Demo", "  + night bus"],
        *["  - lofi", "  - demo", "  + lo-fi", "  + night bus"],
        "3 tracks would change: --write writes them, and drops their machine tags, which are not shown",
    ]
    assert "'One'  soundcloud:tracks:" in output
    assert tags() == before
    assert writes(sandbox) == 0


def test_the_editor_writes(sandbox, tags, capsys):
    assert edit_tags.main([*EDIT, "--write"]) == 0
    assert tags() == EDITED

    assert edit_tags.main([*EDIT, "--write"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 tracks changed"
    assert writes(sandbox) == 3


def test_the_editor_goes_on_after_a_failure_and_lists_it(sandbox, tags, capsys):
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


def test_the_editor_stops_at_a_rate_limit_and_lists_the_rest(sandbox, tags, capsys):
    sandbox.set_faults(Faults(rate_limit=RateLimit(requests=2, seconds=600)))
    assert edit_tags.main([*EDIT, "--write"]) == 1
    sandbox.clear_faults()
    errors = capsys.readouterr().err.splitlines()

    assert [line.split("'")[1] for line in errors] == ["Two", "One"]
    assert errors[1].endswith(": not tried")
    assert tags() == {"One": "lofi demo", "Two": 'Demo "late night"', "Three": '"night bus"'}


def test_the_editor_says_when_the_tracks_cannot_be_listed(sandbox, capsys):
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
    edit = edit_tags.Edit.make(**{"add": [], "remove": [], "rename": [], **arguments})

    assert list(edit.apply(Tags.parse(before))) == after


@pytest.mark.parametrize("wrong", [[], ["--add", " "], ["--rename", "a", 'b"c'], ["--write"]])
def test_the_editor_refuses_wrong_arguments(sandbox, wrong, capsys):
    with pytest.raises(SystemExit, match="2"):
        edit_tags.main(wrong)
    assert not sandbox.requests


def test_they_run_as_programs(sandbox, playlist, titles, tags):
    curator = run("playlist_curator.py", playlist, "--genre", "Jazz")
    editor = run("edit_tags.py", *EDIT, "--write")

    assert (curator.returncode, curator.stderr) == (0, "")
    assert (editor.returncode, editor.stderr) == (0, "")
    assert titles() == ["Jazz 3", "Jazz 2", "Jazz 1", "By hand"]
    assert tags() == EDITED
