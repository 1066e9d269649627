"""Workers of RQ that act for people and share one Redis: when a token expires in all of them at once, one refreshes it.

    pip install rq 'soundcloud-sdk[redis]'; redis-server &
    python -m soundcloud.sandbox --env-file sandbox.env &   # or your app's id, secret and redirect URI
    until [ -e sandbox.env ]; do sleep 0.1; done; . ./sandbox.env
    python -m examples.workers sign-in ada-night            # keeps the token in Redis, under this name
    python -m examples.workers work --workers 4 &
    python -m examples.workers ask ada-night --jobs 16

`REDIS_URL` names the Redis, `redis://127.0.0.1:6379/0` by default. Start `work` on as many machines as you like; each job makes a
client over the store of its person, and closes it. A job holds a name, never a token. The exit status of `ask` is 1 when a job
failed; one whose person has to sign in again says so.
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


def connect() -> Redis:
    """Connect to the Redis that holds both the jobs and the tokens."""
    return Redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))


def client_of(user: str, redis: Redis) -> SoundCloudClient:
    """A client that acts for a person, with the token that all workers share."""
    return SoundCloudClient.from_env(token_store=RedisTokenStore(redis).for_user(user))


def count_tracks(user: str) -> dict[str, Any]:
    """The job: what a worker does for a person."""
    with connect() as redis, client_of(user, redis) as client:
        me = client.me.get_me()
        return {"user": me.permalink, "tracks": len(client.fetch_all(client.me.get_tracks(limit=200)))}


def sign_in(user: str) -> int:
    """Sign a person in with the browser; the token is in Redis then. A web app does this in its callback."""
    with connect() as redis, client_of(user, redis) as client:
        client.auth.login(show=lambda text: sys.stderr.write(f"{text}\n"))
        sys.stdout.write(f"{user} is signed in as {client.me.get_me().permalink}\n")
    return 0


def work(workers: int) -> int:
    """Work until Ctrl-C or SIGTERM."""
    with connect() as redis:
        redis.ping()  # without Redis the pool would start workers again and again
        # JSON, not pickle, RQ's default: who can write to Redis could run anything here.
        queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        WorkerPool([queue], connection=redis, num_workers=workers, serializer=JSONSerializer).start()
    return 0


def ask(user: str, jobs: int, seconds: int) -> int:
    """Give the workers jobs for a person, all at once, and print what came of them."""
    with connect() as redis:
        queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        # By its name: run as a program, this module is called __main__, which no worker can import.
        waiting = [queue.enqueue("examples.workers.count_tracks", user, result_ttl=3600) for _ in range(jobs)]
        results = [job.latest_result(timeout=seconds) for job in waiting]
    answers: Counter[str] = Counter(explain(result) for result in results)
    for answer, count in answers.most_common():
        sys.stdout.write(f"{count} jobs: {answer}\n")
    names = {result.worker_name for result in results if result is not None}
    sys.stdout.write(f"{len(names)} workers took part\n")
    return 0 if all(result is not None and result.type is Result.Type.SUCCESSFUL for result in results) else 1


def explain(result: Result | None) -> str:
    """What came of a job, in a line."""
    if result is None:
        return "no answer in time: does a worker run?"
    if result.type is Result.Type.SUCCESSFUL:
        answer: Any = result.return_value
        return f"{answer['user']} has {answer['tracks']} tracks"
    return (result.exc_string or result.type.name).strip().splitlines()[-1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.workers", description="workers that share one token store"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    signing = commands.add_parser("sign-in", help="sign a person in, and keep the token in Redis")
    signing.add_argument("user", help="what you call the person")
    working = commands.add_parser("work", help="start workers, until Ctrl-C")
    working.add_argument("--workers", type=int, default=4, help="how many processes (4)")
    asking = commands.add_parser("ask", help="give the workers jobs for a person")
    asking.add_argument("user", help="what you call the person")
    asking.add_argument("--jobs", type=int, default=16, help="how many jobs (16)")
    asking.add_argument("--seconds", type=int, default=60, help="how long to wait for each (60)")
    options = parser.parse_args(arguments)
    for name in ("workers", "jobs", "seconds"):
        if getattr(options, name, 1) < 1:
            parser.error(f"--{name} is 1 or more")
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
