"""Measurements of tokens and jobs in a real Redis: memory, time, and the time of Redis's own thread."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from rq import Queue, SimpleWorker, Worker
from rq.serializers import JSONSerializer
from rq.worker.base import BaseWorker

from benchmarks import sessions
from benchmarks.measuring import Figure, figure, in_turns
from examples import scheduler
from soundcloud import Token
from soundcloud.stores import RedisTokenStore

PROGRAM = shutil.which("redis-server")
TOKEN_CHARACTERS = 900  # the sandbox's access tokens; SoundCloud's are JWTs, and it states no length
REFRESH_TOKEN_CHARACTERS = 40  # as in the sandbox
QUEUED_JOBS, ROUNDS, JOBS = 1000, 5, 10


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured.

    Attributes:
        version: The version of Redis.
        signed_in: Bytes of a stored token.
        refreshed: Bytes of a token after a refresh, with its fencing numbers.
        read_commands: Commands of a client that uses a stored token.
        refresh_commands: Commands of a client that also refreshes it.
        command: Seconds for a command, as the client sees it.
        read_cpu: Seconds of Redis's thread to read a token.
        refresh_cpu: Seconds of Redis's thread for all commands of a refresh.
        poll_cpu: Seconds of Redis's thread for an attempt to lock a locked token.
        refresh: Refreshes per second of one client, with a server that answers from memory.
        job: Bytes of a job in the queue of RQ.
        enqueued: Seconds that examples/scheduler.py needs for a job, with the database in memory.
        forked: Seconds for an empty job with `rq.Worker`, which forks for each job.
        simple: Seconds for an empty job with `rq.SimpleWorker`, which does not.
    """

    version: str
    signed_in: float
    refreshed: float
    read_commands: int
    refresh_commands: int
    command: float
    read_cpu: float
    refresh_cpu: float
    poll_cpu: float
    refresh: Figure
    job: float
    enqueued: float
    forked: float
    simple: float


class CountingRedis(redis.Redis):
    """Counts commands."""

    commands = 0

    def execute_command(self, *arguments: Any, **options: Any) -> Any:
        """Count a command and send it."""
        self.commands += 1
        return super().execute_command(*arguments, **options)


@contextmanager
def serving() -> Generator[CountingRedis]:
    """Start a Redis without a port, at a socket in a temporary folder, and connect to it.

    Raises:
        FileNotFoundError: `redis-server` is not installed.
    """
    if PROGRAM is None:
        raise FileNotFoundError("redis-server is not installed; on Debian: apt-get install redis-server")
    with TemporaryDirectory(prefix="redis-") as folder:
        path = str(Path(folder) / "redis.sock")
        command = [PROGRAM, "--port", "0", "--unixsocket", path, "--dir", folder, "--save", "", "--appendonly", "no"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            errors = (redis.ConnectionError, FileNotFoundError)
            retry = Retry(ConstantBackoff(0.05), 200, supported_errors=errors)
            with CountingRedis(unix_socket_path=path, retry=retry) as client:
                client.ping()
                yield client
        finally:
            process.terminate()
            process.wait()


def measure(tokens: int = 10_000, characters: int = TOKEN_CHARACTERS) -> Measured:
    """Measure everything.

    Args:
        tokens: Number of tokens to store, each of another user.
        characters: Length of an access token.
    """
    with serving() as client:
        store = RedisTokenStore(client)
        users = [store.for_user(f"soundcloud:users:{100_000_000 + number}") for number in range(tokens)]
        token = _token(characters)
        empty = _memory(client)
        for user in users:
            user.set(token)
        signed_in = (_memory(client) - empty) / tokens
        refresh_cpu = _cpu(client, partial(_refresh, token=token), users)
        refreshed = (_memory(client) - empty) / tokens
        commands = count_commands(client, store.for_user("counted"))
        some = users[:2000]
        lease = users[0].try_lock()
        assert lease is not None
        poll_cpu = _cpu(client, RedisTokenStore.try_lock, [users[0]] * len(some))
        lease.release()
        start = time.perf_counter()
        read_cpu = _cpu(client, RedisTokenStore.get, some)
        command = (time.perf_counter() - start) / len(some)
        refreshes = sessions.refreshes("RedisTokenStore", store.for_user("refreshed")).result
        assert isinstance(refreshes, Figure)
        version = client.info("server")["redis_version"]
        return Measured(
            version,
            signed_in,
            refreshed,
            *commands,
            command,
            read_cpu,
            refresh_cpu,
            poll_cpu,
            refreshes,
            *_jobs(client),
        )


def _token(characters: int) -> Token:
    secrets = token_hex(characters)[:characters], token_hex(REFRESH_TOKEN_CHARACTERS)[:REFRESH_TOKEN_CHARACTERS]
    return Token(*secrets, datetime.now(UTC) + timedelta(hours=1), "", "bearer", "user")


def _refresh(store: RedisTokenStore, token: Token) -> None:
    """Send the commands of a refresh, with a new token of the same size."""
    store.get()
    lease = store.try_lock()
    assert lease is not None
    store.get()
    lease.set(token)
    lease.release()


def count_commands(client: CountingRedis, store: RedisTokenStore) -> tuple[int, int]:
    """Return the commands of a client that uses a stored token, and of one that refreshes it first."""
    endpoint, counts = sessions.Endpoint(), list[int]()
    for expires_at in (datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC)):
        store.set(attrs.evolve(sessions.first(), expires_at=expires_at))
        before = client.commands
        with sessions.client_of(endpoint, token_store=store) as sdk:
            sdk.me.get_me()
        counts.append(client.commands - before)
    return counts[0], counts[1]


def _memory(client: CountingRedis) -> int:
    return client.info("memory")["used_memory"]


def _cpu(client: CountingRedis, command: Callable[[RedisTokenStore], Any], stores: list[RedisTokenStore]) -> float:
    """Return the seconds of Redis's thread for one of these commands."""

    def used() -> float:
        cpu = client.info("cpu")
        return cpu["used_cpu_user_main_thread"] + cpu["used_cpu_sys_main_thread"]

    before = used()
    for store in stores:
        command(store)
    return (used() - before) / len(stores)


def _jobs(client: CountingRedis) -> tuple[float, float, float, float]:
    """Return the bytes of a job, the seconds to enqueue it, and the seconds for an empty one: with a fork, without."""
    queue = Queue("empty", connection=client, serializer=JSONSerializer)

    with closing(scheduler.open_database(":memory:")) as database:
        scheduler.add_users(database, (f"soundcloud:users:{number}" for number in range(QUEUED_JOBS)), now=0)
        before, start = _memory(client), time.perf_counter()
        scheduler.enqueue_due(database, queue, now=0, every=43_200, most=QUEUED_JOBS)
        enqueued = (time.perf_counter() - start) / QUEUED_JOBS
    size = (_memory(client) - before) / QUEUED_JOBS
    queue.empty()

    def seconds(kind: type[BaseWorker]) -> float:
        jobs = [queue.enqueue("time.time", result_ttl=60) for _ in range(JOBS)]
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        kind([queue], connection=client, serializer=JSONSerializer).work(burst=True, logging_level="ERROR")
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for job in jobs:
            job.refresh()
        # From one end to the next: without the start and the end of the worker.
        return (jobs[-1].ended_at - jobs[0].ended_at).total_seconds() / (JOBS - 1)

    times = in_turns({kind.__name__: partial(seconds, kind) for kind in (Worker, SimpleWorker)}, rounds=ROUNDS)
    return size, enqueued, figure(times["Worker"]).median, figure(times["SimpleWorker"]).median
