"""examples/new_tracks_bot.py"""

import http.server
import json
import re
import subprocess
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from examples import new_tracks_bot
from soundcloud import SoundCloudClient
from soundcloud.sandbox import Faults, RateLimitFault
from soundcloud.sandbox.media.sound import tone

NOTHING = ([], 0, "no new tracks since ...\n")


@pytest.fixture
def publish(sandbox):
    """Upload tracks of bo, whom ada follows."""
    with SoundCloudClient(**sandbox.client_settings("bo")) as uploader:
        yield lambda title: uploader.tracks.upload(tone(), title=title, sharing="public", filename="a.wav")


@pytest.fixture
def look(sandbox, tmp_path, capsys):
    """Run the bot once; return its reports, exit status and errors."""

    def look(*arguments):
        status = new_tracks_bot.main(["--once", "--state", str(tmp_path / "state.json"), *arguments])
        output = capsys.readouterr()
        errors = re.sub(r"since \d{4}-\d\d-\d\d \d\d:\d\d UTC", "since ...", output.err)
        return [line.partition(" by ")[0] for line in output.out.splitlines()], status, errors

    return look


class Hook:
    """A webhook that returns these statuses, then 200; None means no response."""

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
                """Log nothing."""

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/very-secret"
            finally:
                self.ended.set()
                server.shutdown()
                thread.join()


def test_the_bot_reports_each_new_track_once(look, publish):
    assert look() == NOTHING
    publish("New 1")
    publish("New 2")

    reported, status, _ = look()
    assert (sorted(reported), status) == (["New 1", "New 2"], 0)
    assert look() == NOTHING


def test_the_first_check_goes_back_by_days(look):
    reported, _, _ = look("--days", "3650")

    # The oldest first, and what bo has only reposted is none of them.
    assert reported == ["Jazz 1", "Jazz 2", "House 1", "Jazz 3", "Jazz 4", "By hand"]
    assert look() == NOTHING


def test_days_are_ignored_with_a_message_if_there_is_a_state_file(look, tmp_path):
    look()

    ignored = f"--days is ignored, because {tmp_path / 'state.json'} exists; to use --days, delete the file\n"
    assert look("--days", "3650") == ([], 0, ignored + NOTHING[2])


def test_a_sandbox_does_not_share_the_default_state_file_with_soundcloud(sandbox, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    runs = []
    for _ in range(2):
        assert new_tracks_bot.main(["--once", "--days", "3650"]) == 0
        runs.append(capsys.readouterr())

    assert runs[0] == runs[1]
    assert len(runs[0].out.splitlines()) == 6
    assert [*tmp_path.iterdir()] == []
    # With soundcloud.com there is a file.
    monkeypatch.delenv("SOUNDCLOUD_API_URL")
    monkeypatch.setattr(new_tracks_bot, "check", lambda *_: 1)
    assert new_tracks_bot.main(["--once"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["new_tracks.json"]


def test_the_state_file_is_complete_and_does_not_grow(look, publish, tmp_path):
    look("--days", "3650")
    # What is older than a look goes back is not kept.
    assert json.loads((tmp_path / "state.json").read_text())["reported"] == {}
    new = publish("New 1")
    look()
    assert [*json.loads((tmp_path / "state.json").read_text())["reported"]] == [new.urn]
    assert [file.name for file in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"since": 1, "reported": {}}', '{"since": "2026-01-01", "reported": []}']
)
def test_the_bot_refuses_a_damaged_state_file(look, tmp_path, text):
    (tmp_path / "state.json").write_text(text)

    with pytest.raises(SystemExit, match=r"state\.json is damaged"):
        look()
    assert (tmp_path / "state.json").read_text() == text


def test_the_bot_cannot_write_its_state(sandbox, tmp_path):
    with pytest.raises(SystemExit, match=r"gone.state\.json cannot be used: No such file"):
        new_tracks_bot.main(["--once", "--state", str(tmp_path / "gone" / "state.json")])


def test_a_refused_report_is_repeated_at_the_next_check(look, publish, monkeypatch):
    look()
    publish("New 1")
    hook = Hook(503)
    with hook.listening() as url:
        monkeypatch.setenv("BOT_WEBHOOK", url)
        assert look() == ([], 1, "the check failed: the webhook returned 503\n")
        assert look() == ([], 0, "")
        assert look() == NOTHING
    reported, status, errors = look()  # the webhook is closed, and there is no new track

    assert hook.texts == ["New 1", "New 1"]
    assert (reported, status, errors) == NOTHING


def test_an_unreachable_webhook_is_reported_without_its_url(look, publish, monkeypatch):
    look()
    publish("New 1")
    with Hook().listening() as url:
        pass
    monkeypatch.setenv("BOT_WEBHOOK", url)
    reported, status, errors = look()
    assert (reported, status, errors) == ([], 1, "the check failed: the webhook cannot be reached: ConnectError\n")

    monkeypatch.delenv("BOT_WEBHOOK")
    assert look()[0] == ["New 1"]


def test_a_report_that_may_have_arrived_is_not_repeated(look, publish, monkeypatch):
    look()
    publish("New 1")

    def post(url, **_):
        raise httpx.ReadTimeout(url)

    monkeypatch.setenv("BOT_WEBHOOK", "https://hooks.example/very-secret")
    monkeypatch.setattr(new_tracks_bot.httpx, "post", post)
    reported, status, errors = look()
    monkeypatch.delenv("BOT_WEBHOOK")

    assert (reported, status) == ([], 0)
    assert errors.startswith("the webhook may not have received a report: ReadTimeout: 'New 1 by Bo")
    assert "very-secret" not in errors
    assert look() == NOTHING


def test_a_killed_and_restarted_bot_reports_nothing_twice(command, run, sandbox, publish, tmp_path, monkeypatch):
    state = tmp_path / "state.json"
    assert run("new_tracks_bot.py", "--once", "--state", state).returncode == 0
    publish("New 1")
    publish("New 2")
    hook = Hook(None)
    with hook.listening() as url:
        monkeypatch.setenv("BOT_WEBHOOK", url)
        bot = command("new_tracks_bot.py", "--every", 600, "--state", state)
        with subprocess.Popen(bot) as program:
            assert hook.arrived.wait(60)
            program.kill()
        again = run("new_tracks_bot.py", "--once", "--state", state)
        once_more = run("new_tracks_bot.py", "--once", "--state", state)

    assert (again.returncode, once_more.returncode) == (0, 0)
    assert sorted(hook.texts) == ["New 1", "New 2"]


def test_the_bot_waits_for_a_rate_limit(sandbox, publish, tmp_path, monkeypatch, capsys):
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        sandbox.clear_faults()
        if len(waits) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(new_tracks_bot.time, "sleep", sleep)
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(requests=1, seconds=600)))
    publish("New 1")  # uses the only call up
    with pytest.raises(KeyboardInterrupt):
        new_tracks_bot.main(["--every", "60", "--days", "1", "--state", str(tmp_path / "state.json")])
    output = capsys.readouterr()

    assert waits[0] > 60
    assert waits[1] == 60
    assert output.out.startswith("New 1 by Bo")
    assert output.err.count("the check failed: ") == 1


def test_the_bot_ends_without_a_token(sandbox, look, monkeypatch):
    sandbox.expire_tokens()
    with pytest.raises(SystemExit, match="not signed in"):
        look()
    monkeypatch.delenv("SOUNDCLOUD_ACCESS_TOKEN")
    with pytest.raises(SystemExit, match="not signed in"):
        look()


def test_the_bot_handles_missing_fields_in_the_feed(tmp_path):
    short = {"kind": "track", "urn": "soundcloud:tracks:1", "title": "A"}
    station = {"kind": "system-playlist", "urn": "soundcloud:system-playlists:track-stations:1"}
    at = "2026/01/01 00:00:00 +0000"
    page = {"collection": [{"type": "track", "origin": origin, "created_at": at} for origin in (None, station, short)]}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=page))
    state, reported = new_tracks_bot.State(tmp_path / "state.json", datetime(2025, 1, 1, tzinfo=UTC)), []
    with SoundCloudClient(access_token="very-secret", transport=transport) as client:
        new_tracks_bot.check(client, state, reported.append)

    assert reported == ["A: soundcloud:tracks:1"]


def test_the_bot_prints_no_control_characters(capsys):
    new_tracks_bot.print_line("a\x1b[2J\nb é")

    assert capsys.readouterr().out == "a?[2J?b é\n"


@pytest.mark.parametrize("wrong", [[], ["--every", "0"], ["--every", "nan"], ["--once", "--days", "-1"]])
def test_the_bot_refuses_wrong_arguments(wrong, capsys):
    with pytest.raises(SystemExit, match="2"):
        new_tracks_bot.main(wrong)
