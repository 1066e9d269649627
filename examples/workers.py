"""RQ workers that share tokens in Redis: when a token expires in all of them at once, only one refreshes it.

    pip install rq 'soundcloud-sdk[redis]'; redis-server &
    python -m soundcloud.sandbox --env-file sandbox.env &   # or your app's id, secret and redirect URI
    until [ -e sandbox.env ]; do sleep 0.1; done; . ./sandbox.env
    python -m examples.workers sign-in ada-night            # stores the token in Redis by this name
    python -m examples.workers work --workers 4 &
    python -m examples.workers ask ada-night --jobs 16

`REDIS_URL` is the URL of Redis, by default `redis://127.0.0.1:6379/0`. `work` can run on several machines. Each job creates a
client with the store of its user and closes it. A job contains a user name, never a token. The exit status of `ask` is 1 after a
failed job; the message says if the user must sign in again.
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


def work(workers: int) -> int:
    """Run workers until Ctrl-C or SIGTERM."""
    with connect() as redis:
        redis.ping()  # without Redis the pool would restart its workers forever
        # With pickle, RQ's default, write access to Redis would allow to run any code here.
        queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        WorkerPool([queue], connection=redis, num_workers=workers, serializer=JSONSerializer).start()
    return 0


def ask(user: str, jobs: int, seconds: int) -> int:
    """Enqueue jobs for a user and print their results."""
    with connect() as redis:
        queue: Any = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        # By name: this module may run as __main__, which a worker cannot import.
        waiting = [queue.enqueue("examples.workers.count_tracks", user, result_ttl=3600) for _ in range(jobs)]
        results = [job.latest_result(timeout=seconds) for job in waiting]
    answers: Counter[str] = Counter(describe(result) for result in results)
    for answer, count in answers.most_common():
        sys.stdout.write(f"{count} jobs: {answer}\n")
    names = {result.worker_name for result in results if result is not None}
    sys.stdout.write(f"{len(names)} workers took part\n")
    return 0 if all(result is not None and result.type is Result.Type.SUCCESSFUL for result in results) else 1


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
        return ask(options.user, options.jobs, options.seconds)
    except (RedisError, SoundCloudError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
