"""The live check, against a sandbox in the place of SoundCloud: with drift, faults, limits and a subscription wall."""

import json
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from soundcloud import InvalidGrantError, MissingTokenError, RateLimitError, SoundCloudClient, Token
from soundcloud._live_check import check, plan, runner
from soundcloud._live_check.check import progress_path, run_live_check
from soundcloud._live_check.document import Document
from soundcloud._live_check.plan import make_plan, not_called
from soundcloud._live_check.runner import Progress, Result, Runner, StoppedError
from soundcloud._live_check.shapes import Observer, Shape, name_of
from soundcloud._protocol import error_mapping
from soundcloud.registry import ANNOUNCED
from soundcloud.sandbox import Faults, RateLimitFault, Sandbox
from soundcloud_api.operations import OPERATIONS
from tools import live_check

USER = {
    "permalink": "zebedee-quux",
    "username": "Zebedee Quux",
    "first_name": "Zebedee",
    "last_name": "Quux",
    "city": "Splottington",
    "plan": "Pro Unlimited",
}


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    """A sandbox whose default user has names that are nowhere else."""
    with Sandbox(seed=11, processing_seconds=0) as sandbox:
        with sandbox._state.database.transaction():
            owner = sandbox._state.database.rows("SELECT id FROM users WHERE permalink = 'ada-night'")[0]["id"]
            sandbox._state.database.update("users", owner, USER)
            sandbox._state.database.change("UPDATE origin SET default_user = ?", USER["permalink"])
        yield sandbox


@pytest.fixture(scope="module")
def expected() -> dict[bool, dict[str, Result]]:
    """The results of the sandbox that a live check compares with, by whether it writes."""
    return {writes: check._sandbox_results(writes=writes) for writes in (False, True)}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch, expected: dict[bool, dict[str, Result]]) -> None:
    monkeypatch.setitem(plan._QUERY, "limit", 5)
    monkeypatch.setattr(check, "_sandbox_results", lambda *, writes: expected[writes])


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    running.clear_requests()
    before = running.snapshot()
    yield running
    running.clear_faults()
    running.restore(before)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[SoundCloudClient]:
    with SoundCloudClient(**sandbox.client_settings()) as client:
        yield client


def run(client: SoundCloudClient, sandbox: Sandbox, path: Path, **options: Any):
    return run_live_check(client, path, media=sandbox.media_url, pause=0, **options)


def run_some(
    client: SoundCloudClient, *names: str, progress: Progress | None = None, sleep: Any = None, **options: Any
):
    """Run some of the checks, and return the results by id."""
    chosen = [each for each in make_plan(writes=True) if each.id in {"get_me", "get_tracks", *names}]
    started = Runner(client, progress or Progress(None, "here"), pause=0, sleep=sleep or pytest.fail, **options)
    return {result.id: result for result in started.run(chosen)}


def section(report: str, title: str) -> str:
    return report.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_operation_is_called_or_named():
    known = {*OPERATIONS, *(entry.id for entry in ANNOUNCED if entry.operation and not entry.along)}
    reads = {check.id for check in make_plan(writes=False) if check.kind != "error"}
    every = {check.id for check in make_plan(writes=True) if check.kind != "error"}

    assert reads | not_called(writes=False).keys() == every | not_called(writes=True).keys() == known
    assert not reads & not_called(writes=False).keys()
    assert {check.method for check in make_plan(writes=False)} == {"GET"}
    assert {name for name, reason in not_called(writes=True).items() if reason != plan.NO_REQUEST} == {
        *("post_sign_out", "post_disconnect", "put_me_followings_user_urn", "delete_me_followings_user_urn")
    }


def test_a_complete_run_changes_nothing(client, sandbox, tmp_path):
    before = {path: client.raw.get(path).data for path in ("/me", "/me/tracks", "/me/playlists", "/me/likes/tracks")}
    report = run(client, sandbox, tmp_path / "report.md", writes=True)
    after = {path: client.raw.get(path).data for path in before}
    text = (tmp_path / "report.md").read_text()

    assert after == before
    assert report.sent == len(make_plan(writes=True))
    assert report.left == 0
    assert (
        "- field that the document does not have: " in section(text, "Differences").partition("### document: known")[2]
    )
    assert "`track.station_urn`" not in section(text, "Differences")
    assert "### sandbox: status" not in text
    assert "### models" not in text
    assert re.search(r"^- `permalink_url` (\d+)/0/0/0 string soundcloud.com/..$", section(text, "Fields"), re.MULTILINE)
    assert "post_disconnect: it would end the app's access to the account" in section(text, "Not called")
    assert not progress_path(tmp_path / "report.md").exists()


def test_no_secret_and_no_personal_data_is_in_the_report(client, sandbox, tmp_path):
    settings = sandbox.client_settings()
    kept = []

    def keep(number, total, result):
        kept.append(progress_path(tmp_path / "report.md").read_text() if number > 1 else "")

    run(client, sandbox, tmp_path / "report.md", writes=True, on_result=keep)
    text = (tmp_path / "report.md").read_text()
    personal = [*USER.values()][:5] + [word for name in ("username",) for word in USER[name].split()]
    tracks = client.me.get_tracks().collection + client.search.tracks("a").collection

    assert len(tracks) > 20
    for secret in (client.access_token, client.refresh_token, settings["client_secret"], "not-a-token"):
        assert secret not in text
        assert not any(secret in progress for progress in kept)
    for word in [*personal, *(track.title for track in tracks), *(track.user.username for track in tracks)]:
        assert word.lower() not in text.lower(), word
    assert not re.search(r"\d{6,}", text)
    assert "s-" not in re.findall(r"/(s-\w+)", text)


def test_the_progress_is_private(client, tmp_path):
    progress = Progress(tmp_path / "progress", "here")
    run_some(client, progress=progress)

    assert stat.S_IMODE((tmp_path / "progress").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("drift", "against", "kind"),
    [
        ("unknown_field", "document", "field that the document does not have"),
        ("removed_field", "sandbox", "field that only the sandbox sends"),
        ("changed_type", "sandbox", "type that differs from the sandbox"),
        ("null", "document", "null that the document does not allow"),
    ],
)
def test_drift_is_reported(client, sandbox, tmp_path, drift, against, kind):
    plain = run(client, sandbox, tmp_path / "plain.md")
    sandbox.set_faults(Faults(drift=drift, paths="/users/*", seed=3))
    drifting = run(client, sandbox, tmp_path / "drift.md")
    found, before = ({each.id: lists for each, _, lists in report.compared} for report in (drifting, plain))
    changed = [name for name in found if found[name] != before[name]]

    assert changed
    assert all(name.startswith("get_users_") for name in changed)
    assert any(kind in found[name][against] for name in changed)
    assert f"### {against}: {kind}" in (tmp_path / "drift.md").read_text()
    if drift == "changed_type":
        assert any("drift" in found[name]["models"] for name in changed)


def test_an_unknown_field_with_a_name_of_the_account_is_not_shown():
    observer = Observer("https://api.soundcloud.com", hidden=frozenset({"ada"}))
    shape = observer.shape({"ada_night": 1, "metadata_artist": 2, "of_ada": 3, "Ada Night": 4, "new": 5}, "track")

    assert set(shape.kinds["track"].fields) == {"(another name)", "metadata_artist", "new"}
    assert shape.kinds["track"].fields["(another name)"].present == 3


def test_the_names_of_the_account_are_hidden_from_its_first_response(sandbox):
    me = {"kind": "user", "username": "Zebedee Quux", "permalink": "zed-9", "of_quux": 1, "new": 2, "full_name": None}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=me))
    with SoundCloudClient(access_token="own", transport=transport) as client:
        progress = Progress(None, "here")
        found = run_some(client, progress=progress)

    assert progress.hidden == ["quux", "zebedee", "zed"]
    assert {"(another name)", "new", "username"} <= found["get_me"].shape.kinds["me"].fields.keys()
    assert "of_quux" not in found["get_me"].shape.kinds["me"].fields


def test_a_dead_token_ends_the_check(sandbox, tmp_path):
    settings = sandbox.client_settings() | {"refresh_token": "used"}
    with SoundCloudClient(**settings, clock=lambda: datetime(2100, 1, 1, tzinfo=UTC)) as client:
        client.set_token(Token(settings["access_token"], "used", datetime(2026, 1, 1, tzinfo=UTC), grant="user"))
        with pytest.raises(InvalidGrantError):
            run(client, sandbox, tmp_path / "report.md")


def test_a_response_that_cannot_be_read_is_named(client, sandbox, tmp_path):
    sandbox.set_faults(Faults(error_rate={"broken_gzip": 1}, paths="/me/feed"))
    report = run(client, sandbox, tmp_path / "report.md")

    assert [(result.id, result.error) for result in report.unanswered] == [("get_me_feed", "UnexpectedResponseError")]
    assert (
        "- Without an answer of the API: get_me_feed (UnexpectedResponseError)." in (tmp_path / "report.md").read_text()
    )


def test_shapes_have_no_values():
    user = {"kind": "user", "urn": "soundcloud:users:5", "username": "Ada", "city": None, "plan": "Free", "bio": ""}
    track = {
        "kind": "track",
        "urn": "soundcloud:tracks:308946187",
        "uri": "https://api.soundcloud.com/tracks/soundcloud:tracks:308946187?secret_token=s-secret",
        "permalink_url": "https://soundcloud.com/ada/night/s-secret",
        "artwork_url": "https://i1.sndcdn.com/artworks-1.jpg",
        "purchase_url": "https://ada.example/buy",
        "created_at": "2019/01/15 15:40:49 +0000",
        "sharing": "private",
        "user": user,
    }
    shape = Observer("https://api.soundcloud.com").shape({"collection": [track, track], "next_href": None})
    fields = shape.kinds["track"].fields

    assert {name: sorted(field.forms) for name, field in fields.items() if field.forms} == {
        "kind": ['"track"'],
        "urn": ["sc:tracks:N"],
        "uri": ["API/tracks/sc:tracks:N?secret_token"],
        "permalink_url": ["soundcloud.com/.."],
        "artwork_url": ["CDN/.."],
        "purchase_url": ["another URL"],
        "created_at": ["Y/M/D H:M:S +0000"],
        "sharing": ['"private"'],
    }
    assert list(shape.places) == [
        "$",
        "$.collection",
        "$.collection[]",
        "$.collection[]{track}",
        "$.collection[]{track}.user",
        "$.collection[]{track}.user{user}",
    ]
    counts = shape.kinds["user"].fields
    assert [(field.present, field.null, field.empty) for field in (counts["city"], counts["bio"])] == [
        (2, 2, 0),
        (2, 0, 2),
    ]
    assert Shape.from_json(json.loads(json.dumps(shape.to_json()))) == shape
    assert not re.search(r"secret(?!_token)|ada|308946187", json.dumps(shape.to_json()), re.IGNORECASE)
    assert name_of("$.collection[]{track}.user{user}", "city") == "user.city"
    assert name_of("$.collection[]{user}.subscriptions[]", "product") == "user.subscriptions[].product"
    assert name_of("$", "next_href") == "$.next_href"


def test_comparison_with_a_document():
    schema = {
        "oneOf": [
            {"$ref": "#/components/schemas/Page"},
            {"type": "array", "items": {"$ref": "#/components/schemas/Track"}},
        ]
    }
    track = {
        "allOf": [
            {"$ref": "#/components/schemas/Thing"},
            {"properties": {"bpm": {"type": "number"}, "any": {}, "old": {"type": "string"}}},
        ]
    }
    document = Document(
        {
            "paths": {
                "/a": {
                    "get": {"responses": {"200": {"content": {"application/json; charset=utf-8": {"schema": schema}}}}}
                }
            },
            "components": {
                "schemas": {
                    "Page": {"properties": {"collection": {"items": {"$ref": "#/components/schemas/Track"}}}},
                    "Thing": {
                        "properties": {
                            "title": {"type": "string", "nullable": True},
                            "n": {"type": ["integer", "null"]},
                        }
                    },
                    "Track": track,
                }
            },
        }
    )
    item = {"kind": "track", "title": None, "n": None, "bpm": 120, "any": [1], "new": 1}
    observer = Observer("https://api.soundcloud.com")
    differences = {
        "field that the document does not have": ["track.kind", "track.new"],
        "documented field that was not received": ["track.old"],
    }
    for body in ([item], {"collection": [item]}):
        assert document.compare("GET", "/a", 200, "application/json", observer.shape(body)) == differences
    wrong = {**item, "title": 5, "bpm": None, "old": "x"}
    found = document.compare("GET", "/a", 200, "application/json", observer.shape([wrong]))

    assert found["type that differs from the document"] == ["track.title (string documented, integer received)"]
    assert found["null that the document does not allow"] == ["track.bpm"]
    assert document.compare("GET", "/a", 404, "application/json", Shape()) == {
        "status that the document does not have": ["404"]
    }
    assert document.compare("GET", "/a", 200, "text/html", Shape()) == {
        "media type that the document does not have": ["text/html"]
    }
    assert document.compare("GET", "/b", 200, "application/json", Shape()) == {}


def test_the_subscription_wall_stops_the_writes_only(client, sandbox, tmp_path):
    walled = ["POST *", "PUT *", "DELETE /likes/*", "DELETE /reposts/*", "/tracks/*/streams"]
    sandbox.set_faults(Faults(error_rate={"subscription_wall": 1}, paths=walled))
    report = run(client, sandbox, tmp_path / "report.md", writes=True)
    text = (tmp_path / "report.md").read_text()
    writes = (
        [(method, path) for method, path in sandbox.requests.lines if method != "GET"]
        if False
        else [request.path for request in sandbox.requests if request.method != "GET"]
    )

    assert writes == ["/playlists"]
    assert "| post_playlists | 403 SubscriptionRequiredError |" in text
    assert "| get_tracks_track_urn_streams | 403 SubscriptionRequiredError |" in text
    assert "- post_tracks: the app needs a subscription to write" in section(text, "Not called")
    assert "- delete_tracks_track_urn: there is no own track" in section(text, "Not called")
    assert "`403; in the sandbox 200`: get_tracks_track_urn_streams" in section(text, "Differences")
    assert report.unanswered == []


@pytest.mark.parametrize("kind", ["rate_limited_gateway", "rate_limited_text"])
def test_a_short_limit_is_waited_for(client, sandbox, monkeypatch, kind):
    real = error_mapping.error_from_response
    monkeypatch.setattr(runner, "error_from_response", lambda *given, **named: with_wait(real(*given, **named)))
    sandbox.set_faults(Faults(error_rate={kind: 1}, paths="/users/*", times=1))
    waits = []
    found = run_some(client, "get_users_user_urn", sleep=waits.append)

    assert found["get_users_user_urn"].status == 200
    assert waits == [7.0]


def with_wait(error):
    """Return a rate limit error as if SoundCloud had named the time to wait."""
    if isinstance(error, RateLimitError):
        error.retry_after = 7.0
    return error


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        (Faults(rate_limit=RateLimitFault(8, 3600)), "a rate limit of SoundCloud is reached"),
        (Faults(error_rate={"rate_limited_text": 1}, paths="/users/*"), "a rate limit of SoundCloud is reached"),
        (Faults(error_rate={"unavailable_html": 1}, paths="/users/*"), "3 requests in a row had no answer of the API"),
        (Faults(error_rate={"reset_before": 1}, paths="/users/*"), "3 requests in a row had no answer of the API"),
        (Faults(error_rate={"spam_warning": 1}, paths="POST /likes/*"), "takes the requests for spam"),
    ],
)
def test_a_run_that_stopped_is_resumed(client, sandbox, tmp_path, faults, message):
    path = tmp_path / "report.md"
    sandbox.set_faults(faults)
    with pytest.raises(StoppedError, match=message):
        run(client, sandbox, path, writes=True)
    stored = progress_path(path).read_text().split("\n")[1:]
    first = [request.path for request in sandbox.requests]
    sandbox.clear_faults()
    sandbox.clear_requests()
    report = run(client, sandbox, path, writes=True)
    second = [request.path for request in sandbox.requests if request.method == "GET"]

    assert 0 < len(stored) < len(make_plan(writes=True))
    assert "/me" in first
    # Only with the invalid token, unless that was sent before.
    assert second.count("/me") <= 1
    assert report.sent == len(make_plan(writes=True))
    assert report.left == 0
    assert not progress_path(path).exists()
    assert not [track for track in client.me.get_tracks() if "Live check" in track.title]
    assert not [playlist for playlist in client.me.get_playlists() if "Live check" in playlist.title]


def test_requests_without_an_answer_are_sent_again(client, sandbox, tmp_path):
    path = tmp_path / "report.md"
    sandbox.set_faults(Faults(error_rate={"bad_gateway_html": 1}, paths="/me/feed*", times=2))
    report = run(client, sandbox, path)
    sandbox.clear_requests()
    again = run(client, sandbox, path)

    assert [result.id for result in report.unanswered] == ["get_me_feed", "get_me_feed_tracks"]
    assert [request.path for request in sandbox.requests] == ["/me/feed", "/me/feed/tracks"]
    assert again.unanswered == []


def test_what_was_created_is_deleted_after_an_interruption(client, sandbox, tmp_path):
    path = tmp_path / "report.md"

    def interrupt(number, total, result):
        if result.id == "post_me_playlists":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(client, sandbox, path, writes=True, on_result=interrupt)

    deleted = [request.path.split("/")[1] for request in sandbox.requests if request.method == "DELETE"]
    assert sorted(deleted) == ["playlists", "playlists", "tracks"]
    assert json.loads(progress_path(path).read_text().split("\n")[0])["created"] == []


def test_what_could_not_be_deleted_is_deleted_by_the_next_run(client, sandbox, tmp_path):
    path = tmp_path / "report.md"
    sandbox.set_faults(Faults(error_rate={"error_object_500": 1}, paths="DELETE *"))
    report = run(client, sandbox, path, writes=True)
    text = path.read_text()
    left = len(json.loads(progress_path(path).read_text().split("\n")[0])["created"])
    sandbox.clear_faults()
    again = run(client, sandbox, path, writes=True)

    assert (report.left, left) == (3, 3)
    assert "- Objects that could not be deleted: 3." in text
    assert again.left == 0
    assert not [track for track in client.me.get_tracks() if "Live check" in track.title]


def test_an_app_token_reads_public_operations_only(sandbox, tmp_path):
    settings = {name: value for name, value in sandbox.client_settings().items() if "token" not in name}
    with SoundCloudClient(**settings) as client:
        report = run(client, sandbox, tmp_path / "report.md")
    skipped = {result.id for result in report.results if result.skipped == "it needs a user token"}

    assert {result.id for result in report.results if result.status == 401} == {"get_me", "error: invalid token"}
    assert skipped >= {"get_me_feed", "get_me_likes_tracks", "get_me_likes_system_playlists"}
    assert next(result.status for result in report.results if result.id == "get_tracks_track_urn") == 200


def test_a_progress_of_something_else_is_refused(client, sandbox, tmp_path):
    path = tmp_path / "report.md"
    for content in ("", "[]", '{"version": 1, "host": "https://api.soundcloud.com"}'):
        progress_path(path).write_text(content)
        with pytest.raises(ValueError, match="delete it to start anew"):
            run(client, sandbox, path)

    assert sandbox.requests == []


def test_the_pause_is_between_requests(client):
    waits = []
    chosen = [each for each in make_plan(writes=False) if each.id in {"get_me", "get_tracks", "get_users"}]
    Runner(client, Progress(None, "here"), pause=2.5, sleep=waits.append).run(chosen)

    assert waits == [2.5] * (len(chosen) - 1)


def test_without_a_token_nothing_is_sent(sandbox, tmp_path):
    with SoundCloudClient(base_url=sandbox.api_url) as client, pytest.raises(MissingTokenError):
        run(client, sandbox, tmp_path / "report.md")


class TestCommand:
    @pytest.fixture
    def environment(self, sandbox, monkeypatch, tmp_path):
        settings = sandbox.client_settings()
        for name, value in {
            "SOUNDCLOUD_API_URL": settings["base_url"],
            "SOUNDCLOUD_AUTH_URL": settings["auth_url"],
            "SOUNDCLOUD_WEB_URL": settings["web_url"],
            "SOUNDCLOUD_ACCESS_TOKEN": settings["access_token"],
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        return monkeypatch

    def test_a_report_with_differences(self, environment, capsys, tmp_path):
        status = live_check.main(["--pause", "0", "--output", "found.md"])
        printed = capsys.readouterr()

        assert status == 1
        assert re.fullmatch(r"\d+ responses, \d+ with a difference; wrote found\.md\n", printed.out)
        assert printed.err.startswith("1 of ")
        assert (tmp_path / "found.md").read_text().startswith("# Live check of SoundCloud's API\n")

    def test_a_limit(self, environment, sandbox, capsys):
        sandbox.set_faults(Faults(rate_limit=RateLimitFault(4, 3600)))

        assert live_check.main(["--pause", "0"]) == 3
        assert re.search(
            r"a rate limit of SoundCloud is reached; run the command again in \d+ s: it continues where it stopped$",
            capsys.readouterr().err,
        )

    def test_without_a_token(self, environment, capsys):
        environment.delenv("SOUNDCLOUD_ACCESS_TOKEN")

        assert live_check.main(["--pause", "0"]) == 2
        assert "this request needs an access token" in capsys.readouterr().err

    @pytest.mark.parametrize("value", ["x", "-1", "nan", "4000"])
    def test_a_wrong_pause(self, value, capsys):
        with pytest.raises(SystemExit):
            live_check.main(["--pause", value])
        assert "is not a number of seconds from 0 to 3600" in capsys.readouterr().err
