"""benchmarks/simulation.py: the laws that it keeps, that it notices when they are broken, and that it agrees with the clients."""

import dataclasses
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from benchmarks import redis_stores, scale, sessions, simulation
from benchmarks.simulation import HOUR, LEEWAY, LIFETIME, BrokenModelError, Settings, Simulation
from soundcloud import Token
from soundcloud._protocol import token_lifecycle
from soundcloud.stores import RedisTokenStore
from tests.helpers.redis_server import RedisServer

# Each user comes every 10 minutes with three jobs at once, so that jobs wait for locks and for workers.
BUSY = Settings(users=200, workers=8, hours=30, interval=1 / 6, jobs=3, latency=0.4, refresh=0.5, seed=7)
needs_redis = pytest.mark.skipif(redis_stores.PROGRAM is None, reason="redis-server is not installed")


class Recorder(simulation.SoundCloud):
    """Records what arrives, and accepts everything."""

    def __init__(self, users, result):
        super().__init__(users, result)
        self.refreshes, self.requests = {}, []

    def receive_refresh(self, user, number, now):
        self.refreshes.setdefault(user, []).append([now, number])
        self._valid[user] += 1

    def answer_refresh(self, user):
        return self._valid[user]

    def receive_request(self, expires, now):
        self.requests.append((expires, now))


@pytest.fixture
def recorded(monkeypatch):
    """Run a simulation and return its result and the recorder."""

    def run(settings):
        monkeypatch.setattr(simulation, "SoundCloud", Recorder)
        simulated = Simulation(settings)
        return simulated.run(), simulated._soundcloud

    return run


def most_within(times, seconds):
    """Count by brute force, from each of the times."""
    return max(sum(0 <= later - first < seconds for later in times) for first in times)


def overlapping(recorder, seconds):
    """Return the users with a refresh that began before the one before it ended."""
    return [
        user
        for user, moments in recorder.refreshes.items()
        if any(later[0] - first[0] < seconds for first, later in pairwise(moments))
    ]


def test_the_laws_hold(recorded):
    result, soundcloud = recorded(BUSY)

    # There was something to get wrong.
    assert result.refreshes > 30 * BUSY.users * 0.8
    assert result.contended > 1000
    assert max(result.queued) > BUSY.latency
    assert result.enqueued == BUSY.jobs * BUSY.users * 30 * 6
    # No user is refreshed twice at once, and no refresh token is used twice.
    assert overlapping(soundcloud, BUSY.refresh) == []
    for moments in soundcloud.refreshes.values():
        assert [number for _, number in moments] == list(range(len(moments)))
    # Every token is valid when it is used, and none is renewed long before its end.
    assert all(now < expires for expires, now in soundcloud.requests)
    assert len(result.app_tokens) in {30, 31}
    assert result.refreshes <= BUSY.users * (30 * HOUR / (LIFETIME - LEEWAY) + 1)
    # There are no more than 50 app tokens in any 12 hours, and none is refused.
    assert most_within(result.app_tokens, 12 * HOUR) <= 50
    assert most_within(result.app_tokens, HOUR) <= 30
    assert result.refused == 0
    # No job is lost, and none fails.
    assert result.succeeded + result.running + result.waiting == result.enqueued
    assert result.failed == 0


def test_a_seed_repeats_a_simulation():
    first, again = (dataclasses.asdict(Simulation(BUSY).run()) for _ in range(2))

    assert first == again
    assert dataclasses.asdict(Simulation(dataclasses.replace(BUSY, seed=8)).run()) != first


def test_only_users_with_a_visit_are_simulated():
    part = Simulation(Settings(users=12_000, hours=1, interval=12, app_share=0)).run()

    assert part.enqueued == 2 * 1000
    assert part.refreshes == pytest.approx(1000, abs=1)


def test_the_capacity_of_the_workers():
    settings = Settings(users=100_000, workers=5, hours=1)
    capacity = scale.users_of_workers(settings, Simulation(settings).run())
    below, above = (
        Simulation(dataclasses.replace(settings, users=round(capacity * part))).run() for part in (0.9, 1.2)
    )

    # In a short queue the jobs of a visit start apart and wait less for locks, so that the real capacity is a little larger.
    assert below.waiting < 10
    assert 0.8 < below.busy < 0.91
    assert above.busy == pytest.approx(1, abs=0.01)
    assert 0 < above.waiting < above.enqueued / 6
    assert above.running == 5
    assert above.succeeded + above.running + above.waiting == above.enqueued
    # The jobs that wait are those of the last minutes.
    assert max(above.queued) == pytest.approx(HOUR * above.waiting / above.enqueued, rel=0.1)


def test_a_simulation_without_locks_is_refused(monkeypatch):
    monkeypatch.setattr(Simulation, "_lock_is_free", lambda self, key: True)

    with pytest.raises(BrokenModelError, match="is refreshed twice at once"):
        Simulation(BUSY).run()


def test_a_lock_that_expires_before_the_refresh_ends_is_refused():
    assert Simulation(dataclasses.replace(BUSY, users=5, refresh=25)).run().refreshes

    with pytest.raises(BrokenModelError, match="is refreshed twice at once"):
        Simulation(dataclasses.replace(BUSY, users=5, refresh=31)).run()


def test_a_simulation_without_renewals_is_refused(monkeypatch):
    monkeypatch.setattr(Simulation, "_needs_renewal", lambda self, expires: False)

    with pytest.raises(BrokenModelError, match="after its expiry"):
        Simulation(BUSY).run()


def test_a_lost_job_is_noticed(monkeypatch):
    simulated = Simulation(BUSY)
    simulated.result.enqueued = 1

    with pytest.raises(BrokenModelError, match="jobs were enqueued, but"):
        simulated.run()


def test_the_clients_keep_the_quota_of_app_tokens(monkeypatch):
    # App tokens that live for 5 minutes would take 180 in 12 hours.
    monkeypatch.setattr(simulation, "LIFETIME", 300.0)
    settings = dataclasses.replace(BUSY, users=50, app_share=0.5)

    result = Simulation(settings).run()

    assert most_within(result.app_tokens, 12 * HOUR) == 50
    assert most_within(result.app_tokens, HOUR) <= 30
    assert result.refused == 0
    assert result.failed > 0

    monkeypatch.setattr(token_lifecycle, "check_quota", lambda times, *, now: None)
    careless = Simulation(settings).run()

    assert most_within(careless.app_tokens, 12 * HOUR) > 50
    assert careless.refused > 0


@pytest.mark.parametrize(("workers", "refused"), [(3, False), (4, True)])
def test_app_tokens_in_the_memory_of_each_worker(workers, refused):
    settings = dataclasses.replace(BUSY, workers=workers, hours=12, app_share=1, jobs=1, shared=False)
    result = Simulation(settings).run()

    assert (result.refused > 0) is refused
    assert len(result.app_tokens) - result.refused <= 50
    assert result.commands == 0


@pytest.mark.parametrize("left", [LEEWAY - 1, LEEWAY, LEEWAY + 1, LIFETIME])
def test_the_model_renews_when_the_clients_do(left):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    token = Token("access", "refresh", now + timedelta(seconds=left), grant="user")
    sources = token_lifecycle.TokenSources(credentials=True, callback=False)
    step = token_lifecycle.next_step(token, sources, now=now, leeway=timedelta(seconds=LEEWAY))

    assert Simulation(Settings(users=1))._needs_renewal(left) is (step == "renew")


@needs_redis
def test_the_model_sends_the_commands_that_the_clients_send():
    def simulated(*, app, valid):
        model = Simulation(Settings(users=1, jobs=1, app_share=float(app), hours=12, interval=12))
        model._expires[0] = model._expires[1] = model._visits[0] + LIFETIME if valid else 0.0
        return model.run().commands

    with RedisServer() as server, redis_stores.CountingRedis.from_url(server.url) as client:
        store = RedisTokenStore(client)
        read, refresh = redis_stores.count_commands(client, store.for_user("ada"))
        before, endpoint = client.commands, sessions.Endpoint()
        counts = []
        for _ in range(2):
            with sessions.client_of(endpoint, token_store=store) as app:
                app.me.get_me()
            counts.append(client.commands - before)
            before = client.commands

    assert (read, refresh) == (simulated(app=False, valid=True), simulated(app=False, valid=False))
    assert counts == [simulated(app=True, valid=False), simulated(app=True, valid=True)]


def test_the_arithmetic_of_app_tokens():
    assert scale.tokens_in_window() == 13
    assert scale.workers_to_try(Settings()) == [3, 4, 50]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [(["--workers", "0"], "--workers must be more than 0"), (["--app-share", "2"], "--app-share must be from 0 to 1")],
)
def test_wrong_options_are_refused(arguments, problem, capsys):
    with pytest.raises(SystemExit) as ended:
        scale.main(arguments)

    assert ended.value.code == 2
    assert problem in capsys.readouterr().err


@needs_redis
@pytest.mark.slow
def test_the_program_prints_everything():
    options = ["--users", "2000", "--workers", "5", "--tokens", "200"]
    program = subprocess.run(
        [sys.executable, "-m", "benchmarks.scale", *options], capture_output=True, text=True, timeout=300
    )

    assert program.returncode == 0, program.stderr
    titles = [line.split(":")[0] for line in program.stdout.splitlines() if line and not line.startswith(" ")]
    assert [title.split(",")[0] for title in titles] == [
        "Measured here",
        "Simulated",
        "Simulated",
        "Simulated",
        "Arithmetic",
        "What breaks first",
    ]
    assert "requests for an app token: all, most in 12 hours, refused" in program.stdout


def test_without_redis_the_program_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(redis_stores, "PROGRAM", None)

    assert scale.main([]) == 1
    assert "apt-get install redis-server" in capsys.readouterr().err
