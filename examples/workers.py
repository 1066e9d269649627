"""RQ workers that share tokens in Redis. If a token expires while several workers use it, only one of them refreshes it.

    pip install ".[redis,sandbox]" rq
    redis-server --port 6379
    python examples/with_sandbox.py examples.workers demo

Run `redis-server` in a second terminal.

Output:

    ada-night is signed in
    16 jobs: ada-night has 31 tracks
    ... workers took part

`demo` stores the token that it gets from `with_sandbox.py`, enqueues jobs, and runs workers until the jobs are done. If Redis is
not at `redis://127.0.0.1:6379/0`, set the environment variable `REDIS_URL`.

To use soundcloud.com instead, set the environment variables of docs/examples.md and run:

    python -m examples.workers sign-in me        # opens the browser, and stores the token in Redis by this name
    python -m examples.workers work --workers 4  # until Ctrl-C, on as many machines as you like
    python -m examples.workers ask me --jobs 16

A job contains a user name, never a token. It creates a client with the token store of this user, and closes the client at the end.
If a job fails, `ask` has exit status 1. If the user must sign in again, its message says so.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from redis import Redis, RedisError
from rq import Queue
from rq.results import Result
from rq.serializers import JSONSerializer
from rq.worker_pool import WorkerPool

from soundcloud import SoundCloudClient
from soundcloud.errors import SoundCloudError
from soundcloud.stores import RedisTokenStore

QUEUE = "soundcloud-example"


def connect() -> Any:
    """Return a client for the Redis with the jobs and the tokens. Its types are incomplete, as are those of RQ."""
    redis: Any = Redis
    return redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))


def client_of(user: str, redis: Redis) -> SoundCloudClient:
    """Return a client with the user's token, which all workers share."""
    return SoundCloudClient.from_env(token_store=RedisTokenStore(redis).for_user(user))


def count_tracks(user: str) -> dict[str, Any]:
    """Count a user's tracks: the job of a worker."""
    with connect() as redis, client_of(user, redis) as client:
        me = client.me.get_me()
        return {"user": me.permalink, "tracks": len(client.fetch_all(client.me.get_tracks(limit=200)))}


def sign_in(user: str) -> int:
    """Sign a user in with the browser and store the token in Redis. A web app does this in its callback."""
    with connect() as redis, client_of(user, redis) as client:
        client.auth.login(show=lambda text: sys.stderr.write(f"{text}\n"))
        sys.stdout.write(f"{user} is signed in as {client.me.get_me().permalink}\n")
    return 0


def work(workers: int, *, burst: bool = False) -> int:
    """Run workers until Ctrl-C or SIGTERM; with `burst`, until no job is left."""
    with connect() as redis:
        redis.ping()  # without Redis the pool would restart its workers forever
        # With pickle, RQ's default, write access to Redis would allow to run any code here.
        queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        pool = WorkerPool([queue], connection=redis, num_workers=workers, serializer=JSONSerializer)
        pool.start(burst=burst, logging_level="WARNING" if burst else "INFO")
    return 0


def enqueue(user: str, jobs: int) -> list[Any]:
    """Enqueue jobs for a user and return them."""
    with connect() as redis:
        queue: Any = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        # By name: this module may run as __main__, which a worker cannot import.
        return [queue.enqueue("examples.workers.count_tracks", user, result_ttl=3600) for _ in range(jobs)]


def report(jobs: Sequence[Any], seconds: int) -> int:
    """Wait for the results of jobs and print them."""
    results = [job.latest_result(timeout=seconds) for job in jobs]
    answers: Counter[str] = Counter(describe(result) for result in results)
    for answer, count in answers.most_common():
        sys.stdout.write(f"{counted(count, 'job')}: {answer}\n")
    names = {result.worker_name for result in results if result is not None}
    sys.stdout.write(f"{counted(len(names), 'worker')} took part\n")
    return 0 if all(result is not None and result.type is Result.Type.SUCCESSFUL for result in results) else 1


def ask(user: str, jobs: int, seconds: int) -> int:
    """Enqueue jobs for a user and print their results."""
    return report(enqueue(user, jobs), seconds)


def demo(user: str, jobs: int, workers: int) -> int:
    """Store the token of the environment for a user, enqueue jobs, run workers until they are done, and print the results."""
    token = os.environ.pop("SOUNDCLOUD_ACCESS_TOKEN", None)  # the workers find it in Redis
    refresh_token = os.environ.pop("SOUNDCLOUD_REFRESH_TOKEN", None)
    if token is None:
        sys.stderr.write(
            "SOUNDCLOUD_ACCESS_TOKEN is not set: run python examples/with_sandbox.py examples.workers demo\n"
        )
        return 2
    with connect() as redis, client_of(user, redis) as client:
        client.set_token(token, refresh_token)
        sys.stdout.write(f"{client.me.get_me().permalink} is signed in\n")
    enqueued = enqueue(user, jobs)
    work(workers, burst=True)
    return report(enqueued, seconds=60)


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, such as "1 job"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def describe(result: Result | None) -> str:
    """Return the result of a job in one line."""
    if result is None:
        return "no result in time: is a worker running?"
    if result.type is Result.Type.SUCCESSFUL:
        answer: Any = result.return_value
        return f"{answer['user']} has {answer['tracks']} tracks"
    return (result.exc_string or result.type.name).strip().splitlines()[-1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.workers", description="workers that share one token store"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    signing = commands.add_parser("sign-in", help="sign a user in and store the token in Redis")
    signing.add_argument("user", help="your name for the user")
    working = commands.add_parser("work", help="start workers, until Ctrl-C")
    working.add_argument("--workers", type=int, default=4, help="number of processes (4)")
    showing = commands.add_parser("demo", help="store the token of the environment, and run jobs until they are done")
    showing.add_argument("--user", default="ada", help="your name for the user (ada)")
    showing.add_argument("--jobs", type=int, default=16, help="number of jobs (16)")
    showing.add_argument("--workers", type=int, default=4, help="number of processes (4)")
    asking = commands.add_parser("ask", help="enqueue jobs for a user")
    asking.add_argument("user", help="your name for the user")
    asking.add_argument("--jobs", type=int, default=16, help="number of jobs (16)")
    asking.add_argument("--seconds", type=int, default=60, help="seconds to wait for each (60)")
    options = parser.parse_args(arguments)
    for name in ("workers", "jobs", "seconds"):
        if getattr(options, name, 1) < 1:
            parser.error(f"--{name} must be 1 or more")
    try:
        if options.command == "sign-in":
            return sign_in(options.user)
        if options.command == "work":
            return work(options.workers)
        if options.command == "demo":
            return demo(options.user, options.jobs, options.workers)
        return ask(options.user, options.jobs, options.seconds)
    except (RedisError, SoundCloudError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
