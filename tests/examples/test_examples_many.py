"""examples/crawl.py, plays.ipynb, workers.py and scheduler.py"""

import io
import json
import os
import signal
import subprocess
import sys
import webbrowser
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import matplotlib as mpl
import pytest
import rq
from matplotlib import pyplot
from matplotlib.dates import num2date
from rq.job import Job
from rq.serializers import JSONSerializer

from examples import crawl
from soundcloud import SoundCloudClient
from soundcloud.events import RequestTelemetry
from soundcloud.sandbox import Faults, RateLimitFault, Sandbox
from soundcloud.stores import RedisTokenStore
from tests.helpers import redis_server
from tests.helpers.platforms import posix_only
from tests.helpers.redis_server import RedisServer
from tests.helpers.servers import free_port
from tests.helpers.waiting import wait_until

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "plays.ipynb"
WORKERS = 4


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(redirect_uri=f"http://127.0.0.1:{free_port()}/callback") as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def environment(sandbox, monkeypatch):
    """Set the environment of an app without a token."""
    sandbox.reset(seed=7)
    sandbox.clear_faults()
    sandbox.clear_requests()
    for name in [name for name in os.environ if name.startswith("SOUNDCLOUD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOUNDCLOUD_API_URL", sandbox.api_url)
    monkeypatch.setenv("SOUNDCLOUD_AUTH_URL", sandbox.auth_url)
    monkeypatch.setenv("SOUNDCLOUD_WEB_URL", sandbox.media_url)
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_ID", sandbox.client_id)
    monkeypatch.setenv("SOUNDCLOUD_CLIENT_SECRET", sandbox.client_secret)
    monkeypatch.setenv("SOUNDCLOUD_REDIRECT_URI", sandbox.redirect_uri)


@pytest.fixture
def opened_urls(sandbox, monkeypatch):
    """A browser that approves the app."""
    opened = []

    def open_page(url):
        opened.append(url)
        httpx.get(sandbox.approve(url))

    monkeypatch.setattr(webbrowser, "open", open_page)
    return opened


# crawl.py


def numbered_tracks(sandbox, count):
    tracks = [{"user": "ada", "title": f"Night {number}", "id": 1000 + number} for number in range(count)]
    sandbox.reset(dataset={"users": [{"permalink": "ada"}], "tracks": tracks})
    return [f"soundcloud:tracks:{1000 + number}" for number in range(count)]


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def asked_for_tracks(sandbox):
    return [request for request in sandbox.requests if request.path.startswith("/tracks")]


def test_a_crawl_of_5000_tracks_is_25_requests(sandbox, tmp_path, capsys):
    urns = numbered_tracks(sandbox, 5000)
    (tmp_path / "urns.txt").write_text("\n".join(urns) + "\n", encoding="utf-8")
    out = tmp_path / "tracks.jsonl"

    assert crawl.main([str(tmp_path / "urns.txt"), str(out)]) == 0

    lines = lines_of(out)
    assert [line["urn"] for line in lines] == [line["track"]["urn"] for line in lines] == urns
    assert lines[7]["track"]["title"] == "Night 7"
    assert len(asked_for_tracks(sandbox)) == 25
    said = capsys.readouterr()
    assert said.out == ""
    progress = said.err.splitlines()
    assert progress[0] == "5000 tracks, 0 already fetched"
    assert [line.split(";")[0] for line in progress[1:]] == [
        "1600 of 5000, 0 failed",
        "3200 of 5000, 0 failed",
        "4800 of 5000, 0 failed",
        "5000 of 5000, 0 failed",
    ]
    assert "with 200" in progress[-1]
    assert "0 retries, p50 " in progress[-1]


def test_a_second_crawl_fetches_the_missing_tracks(sandbox, tmp_path, capsys, monkeypatch):
    urns = numbered_tracks(sandbox, 6)
    out = tmp_path / "tracks.jsonl"
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join([*urns[:3], urns[0], "999"])))

    assert crawl.main(["-", str(out)]) == 1
    assert "soundcloud:tracks:999: HTTP 404" in capsys.readouterr().err.splitlines()[-1]

    # Killed in the middle of a line.
    whole = out.read_bytes()
    out.write_bytes(whole[:-20])
    sandbox.clear_requests()
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n\n".join(urns)))
    assert crawl.main(["-", str(out)]) == 0

    assert [line["urn"] for line in lines_of(out)] == urns
    assert out.read_bytes().startswith(whole)
    assert "6 tracks, 2 already fetched" in capsys.readouterr().err
    [request] = asked_for_tracks(sandbox)
    assert [urn for urn in urns if urn in request.query["urns"]] == urns[2:]


def test_a_crawl_stops_at_a_fatal_error(sandbox, tmp_path, capsys, monkeypatch):
    urns = numbered_tracks(sandbox, 401)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(urns)))
    sandbox.set_faults(Faults(rate_limit=RateLimitFault(1, 3600)))
    out = tmp_path / "tracks.jsonl"

    assert crawl.main(["-", str(out), "--concurrency", "1"]) == 1

    said = capsys.readouterr().err
    assert "400 of 401, 200 failed" in said
    assert "stopped" in said
    assert "401 of 401" not in said
    assert [line["urn"] for line in lines_of(out)] == urns[:200]


@pytest.mark.parametrize(
    ("urns", "written", "more", "problem"),
    [
        ("https://example.com/x\n", None, [], "example.com"),
        ("\udcff\n", None, [], "can't decode"),
        (None, None, [], "No such file"),
        ("1\n", "something else\n", [], "was not written by this program"),
        ("1\n", '{"id": 1}\n', [], "was not written by this program"),
        ("1\n", None, ["--concurrency", "0"], "1 to 50"),
    ],
)
def test_a_crawl_refuses_wrong_arguments(urns, written, more, problem, tmp_path, capsys):
    for name, text in (("urns.txt", urns), ("out.jsonl", written)):
        if text is not None:
            (tmp_path / name).write_text(text, encoding="utf-8", errors="surrogateescape")

    with pytest.raises(SystemExit) as ended:
        crawl.main([str(tmp_path / "urns.txt"), str(tmp_path / "out.jsonl"), *more])

    assert ended.value.code == 2
    assert problem in capsys.readouterr().err


def test_a_crawl_that_cannot_write(sandbox, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("1"))
    with pytest.raises(SystemExit):
        crawl.main(["-", str(tmp_path / "nowhere" / "out.jsonl")])

    assert "No such file" in capsys.readouterr().err
    assert not asked_for_tracks(sandbox)


def test_the_metrics_of_a_crawl():
    metrics = crawl.Metrics()
    assert str(metrics) == "no requests"
    for number in range(100, 0, -1):
        metrics(RequestTelemetry("GET", "/tracks", number / 1000, 200 if number < 99 else 503, number // 100))
    metrics(RequestTelemetry("GET", "/tracks", 0.0005, None, 0, TimeoutError()))

    assert str(metrics) == (
        "101 requests (98 with 200, 2 with 503, 1 with TimeoutError), 1 retry, p50 50 ms, p95 95 ms, p99 99 ms"
    )


# plays.ipynb


def run_notebook():
    """Run the cells in order, as Jupyter does, and return their variables."""
    names = {"__name__": "__main__"}
    for place, cell in enumerate(json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{NOTEBOOK.name}[{place}]", "exec"), names)
    return names


def played_world(first, second):
    tracks = [
        {"user": "ada", "title": "Day", "created_at": "2026-03-02T00:00:00Z", "playback_count": second},
        {"user": "ada", "title": "Night", "created_at": "2026-01-05T00:00:00Z", "playback_count": first},
    ]
    return {"users": [{"permalink": "ada", "username": "Ada"}], "tracks": tracks}


@pytest.fixture
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with mpl.rc_context({"backend": "Agg"}):
        yield
        pyplot.close("all")


def test_the_notebook_is_stored_without_results():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))

    assert notebook["nbformat"] == 4
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)


@pytest.mark.usefixtures("_folder")
def test_the_notebook_plots_plays_over_time(sandbox, opened_urls, monkeypatch, capsys):
    sandbox.reset(dataset=played_world(100, 20))
    run_notebook()
    assert len(opened_urls) == 1
    assert "signed in as Ada\n2 tracks, 120 plays" in capsys.readouterr().out

    # The same user later, who is signed in already.
    sandbox.reset(dataset=played_world(150, 70))
    monkeypatch.setenv("SOUNDCLOUD_ACCESS_TOKEN", sandbox.user_token())
    with Path("plays.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"user": "another", "at": "2026-01-01T00:00:00Z", "plays": {"x": 9}}) + "\n")
    names = run_notebook()

    assert len(opened_urls) == 1
    by_track, over_time = names["figure"].axes
    [steps] = by_track.get_lines()
    assert [f"{num2date(day):%m-%d}" for day in steps.get_xdata(orig=False)] == ["01-05", "03-02"]
    assert list(steps.get_ydata()) == [150, 220]
    assert [list(segment[:, 1]) for segment in by_track.collections[0].get_segments()] == [[0, 150], [0, 70]]
    estimate, growth = over_time.get_lines()
    assert list(growth.get_ydata()) == [120, 220]
    # At the first track's date nothing was played, now everything; between them it grows.
    assert estimate.get_ydata()[0] == 0
    assert 0 < estimate.get_ydata()[1] < estimate.get_ydata()[2] == pytest.approx(220)
    assert over_time.get_title() == "All plays over time, 2 readings"
    names["figure"].savefig("plays.png")
    assert Path("plays.png").stat().st_size > 10_000


@pytest.mark.usefixtures("_folder")
def test_the_notebook_of_a_user_without_tracks(sandbox, monkeypatch, capsys):
    sandbox.reset(dataset={"users": [{"permalink": "bo"}]})
    monkeypatch.setenv("SOUNDCLOUD_ACCESS_TOKEN", sandbox.user_token())
    names = run_notebook()

    assert "0 tracks, 0 plays" in capsys.readouterr().out
    names["figure"].savefig("plays.png")


# workers.py


@pytest.fixture(scope="module")
def redis_url():
    if redis_server.PROGRAM is None:
        sys.__stderr__.write("\n*** redis-server is not installed: THE EXAMPLE WITH WORKERS IS NOT RUN ***\n")
        pytest.skip("redis-server is not installed; on Debian: apt-get install redis-server")
    with RedisServer() as server:
        yield server.url


@pytest.fixture
def workers(redis_url, monkeypatch):
    """The program with a Redis in its environment."""
    from examples import workers

    monkeypatch.setenv("REDIS_URL", redis_url)
    with workers.connect() as connection:
        connection.flushall()
    return workers


@contextmanager
def working(workers):
    """Run workers until the end of the block; all of them are ready at its start."""
    command = [sys.executable, "-m", "examples.workers", "work", "--workers", str(WORKERS)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    program = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, **pipes)

    def are_idle(connection):
        assert program.poll() is None, program.stdout.read().decode()
        found = rq.Worker.all(connection)
        return len(found) == WORKERS and all(worker.get_state() == "idle" for worker in found)

    try:
        with workers.connect() as connection:
            wait_until(lambda: are_idle(connection), timeout=60)
            yield program
            # RQ misses a signal between the end of a job and the wait for the next one.
            wait_until(lambda: are_idle(connection), timeout=60)
        program.send_signal(signal.SIGTERM)
        program.said, _ = program.communicate(timeout=60)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


@posix_only  # RQ forks
def test_workers_refresh_a_token_once(workers, sandbox, opened_urls, capsys):
    assert workers.main(["sign-in", "ada"]) == 0
    assert capsys.readouterr().out == "ada is signed in as ada-night\n"
    assert len(opened_urls) == 1
    with working(workers) as program:
        sandbox.expire_tokens()
        before = RedisTokenStore.from_url(os.environ["REDIS_URL"]).for_user("ada").get()
        assert workers.main(["ask", "ada"]) == 0
        answer, part = capsys.readouterr().out.splitlines()

        # There is no token for this user: each job fails with a message, and the workers continue.
        assert workers.main(["ask", "bo", "--jobs", "2"]) == 1
        refused = capsys.readouterr().out
        assert workers.main(["ask", "ada", "--jobs", "1"]) == 0

    assert program.returncode == 0
    assert answer == "16 jobs: ada-night has 31 tracks"
    assert int(part.split()[0]) > 1
    assert "2 jobs: soundcloud.errors.UnauthorizedError: HTTP 401" in refused
    assert "sign in with auth.login()" in refused
    assert sandbox.token_requests()["refresh_token"] == 1
    assert sandbox.token_requests()["invalid_grant"] == 0
    with workers.connect() as connection:
        after = RedisTokenStore(connection).for_user("ada").get()
        assert after.refresh_token != before.refresh_token
        queue = rq.Queue(workers.QUEUE, connection=connection, serializer=JSONSerializer)
        done = queue.finished_job_registry.get_job_ids() + queue.failed_job_registry.get_job_ids()
        jobs = [queue.fetch_job(name) for name in done]
        held = [(job.data, job.description, job.latest_result().exc_string, job.return_value()) for job in jobs]
    assert len(jobs) == 19
    for secret in (before.access_token, before.refresh_token, after.access_token, after.refresh_token):
        assert secret not in f"{held}{program.said}"


def test_ask_without_workers(workers, capsys):
    assert workers.main(["ask", "ada", "--jobs", "1", "--seconds", "1"]) == 1
    assert capsys.readouterr().out == "1 job: no result in time: is a worker running?\n0 workers took part\n"


@pytest.mark.parametrize("arguments", [["work"], ["ask", "ada"], ["sign-in", "ada"]])
def test_workers_without_redis(arguments, workers, opened_urls, monkeypatch, capsys):
    monkeypatch.setenv("REDIS_URL", f"redis://:very-secret@127.0.0.1:{free_port()}/0")

    assert workers.main(arguments) == 1
    said = capsys.readouterr().err
    assert "127.0.0.1" in said or "Redis cannot be reached" in said
    assert "very-secret" not in said


@pytest.mark.parametrize("arguments", [["work", "--workers", "0"], ["ask", "ada", "--jobs", "-1"], []])
def test_workers_refuse_wrong_arguments(arguments, workers, capsys):
    with pytest.raises(SystemExit) as ended:
        workers.main(arguments)

    assert ended.value.code == 2
    assert capsys.readouterr().err


# scheduler.py

USERS = ("ada-night", "marlow-finch", "kiri-lane")
HALF_DAY = 43_200


@pytest.fixture
def database(tmp_path):
    from examples import scheduler

    with closing(scheduler.open_database(str(tmp_path / "users.db"))) as database:
        yield database


@pytest.fixture
def enqueue(workers, database):
    """Enqueue what is due at a time, and return the number of jobs."""
    from examples import scheduler

    with workers.connect() as connection:
        queue = rq.Queue(workers.QUEUE, connection=connection, serializer=JSONSerializer)

        def enqueue(now, most=1000):
            return scheduler.enqueue_due(database, queue, now=now, every=HALF_DAY, most=most)

        enqueue.queue = queue
        yield enqueue


def due_times(database):
    return dict(database.execute("SELECT name, due FROM users"))


def test_a_scheduled_user_has_one_job_per_interval(workers, sandbox, database, enqueue):
    from examples import scheduler

    with workers.connect() as connection:
        for name in USERS:
            with SoundCloudClient(**sandbox.client_settings(name)) as client:
                RedisTokenStore(connection).for_user(name).set(client.auth.refresh_user_token())
        sandbox.expire_tokens()
        before = sandbox.token_requests()["refresh_token"]
        scheduler.add_users(database, USERS, now=0)
        scheduler.add_users(database, USERS, now=100)  # users that are known keep their times
        failed = enqueue.queue.failed_job_registry

        assert enqueue(0) == 3
        jobs = enqueue.queue.get_job_ids()
        assert enqueue(1) == 0
        with working(workers):
            # A job that succeeded is deleted at once, as `result_ttl` is 0.
            wait_until(lambda: failed.count or not any(Job.exists(job, connection) for job in jobs), timeout=60)
        assert failed.count == 0
        assert sandbox.token_requests()["refresh_token"] - before == 3
        assert sandbox.token_requests()["invalid_grant"] == 0
        assert enqueue(HALF_DAY - 1) == 0
        assert enqueue(HALF_DAY) == 3


def test_a_user_whose_job_waits_gets_no_other_one(database, enqueue):
    from examples import scheduler

    scheduler.add_users(database, USERS, now=0)

    assert enqueue(0) == 3
    assert enqueue(HALF_DAY) == 0
    assert enqueue.queue.count == 3
    assert due_times(database) == dict.fromkeys(USERS, 2 * HALF_DAY)


def test_a_full_queue_leaves_the_backlog_in_the_database(database, enqueue):
    from examples import scheduler

    for number, name in enumerate(USERS):
        scheduler.add_users(database, [name], now=number)

    assert enqueue(10, most=2) == 2
    assert enqueue(10, most=2) == 0
    assert due_times(database) == {"ada-night": HALF_DAY, "marlow-finch": HALF_DAY + 1, "kiri-lane": 2}
    enqueue.queue.empty()
    # After three missed days the users have one job each, and are spread as before.
    assert enqueue(6 * HALF_DAY + 0.5) == 3
    assert due_times(database) == {
        "ada-night": 7 * HALF_DAY,
        "marlow-finch": 6 * HALF_DAY + 1,
        "kiri-lane": 6 * HALF_DAY + 2,
    }


def test_the_scheduler_as_a_program(workers, tmp_path, capsys):
    from examples import scheduler

    path = str(tmp_path / "users.db")

    assert scheduler.main(["add", path, *USERS]) == 0
    assert scheduler.main(["run", path, "--once", "--most", "2"]) == 0
    assert capsys.readouterr().out == "3 users added\n2 jobs enqueued, 2 in the queue\n"


def test_the_scheduler_without_redis_or_a_database(tmp_path, monkeypatch, capsys):
    from examples import scheduler

    monkeypatch.setenv("REDIS_URL", f"redis://:very-secret@127.0.0.1:{free_port()}/0")

    assert scheduler.main(["run", str(tmp_path / "users.db"), "--once"]) == 1
    assert "very-secret" not in capsys.readouterr().err
    assert scheduler.main(["add", str(tmp_path / "missing" / "users.db"), "ada"]) == 1
    assert "unable to open database file" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        scheduler.main(["run", "users.db", "--every", "0"])
    assert ended.value.code == 2
    assert "--every must be more than 0" in capsys.readouterr().err
