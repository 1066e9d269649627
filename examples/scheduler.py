"""A scheduler for the workers of workers.py. It enqueues one job per user and interval, for any number of users.

    pip install ".[redis,sandbox]" rq
    python -m examples.scheduler add users.db ada-night
    python -m examples.scheduler run users.db --every 43200

Output of the first command:

    1 user added

Before the second command, start Redis, sign the users in and run the workers, as workers.py describes. `run` enqueues jobs for the
workers until you press Ctrl-C.

A SQLite database contains the users and the times of their next jobs. The queue in Redis contains only the jobs that are due now.
If the queue has `--most` jobs, the scheduler adds no more. So after an outage, the waiting jobs fill the database and not the
memory of Redis. Each user has only one job at a time, so that no job waits until another one unlocks the token of this user.

Run only one scheduler. If it crashes, a job may run twice. To use another database than SQLite, change `open_database` and the SQL.
"""

import argparse
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from typing import Any

from redis import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from examples.workers import QUEUE, connect

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, due REAL NOT NULL);
CREATE INDEX IF NOT EXISTS users_by_due ON users (due);
"""


def open_database(path: str) -> sqlite3.Connection:
    """Open the database of the users, and create it if there is none."""
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    return database


def add_users(database: sqlite3.Connection, names: Iterable[str], *, now: float) -> None:
    """Add users, whose first jobs are due at once. A web app does this after the sign-in."""
    with database:
        database.executemany("INSERT OR IGNORE INTO users (name, due) VALUES (?, ?)", [(name, now) for name in names])


def enqueue_due(database: sqlite3.Connection, queue: Any, *, now: float, every: float, most: int) -> int:
    """Enqueue a job for each user whose time has come, and set the next time.

    Args:
        database: The database of the users.
        queue: The queue of RQ. Its types are incomplete.
        now: The time in seconds.
        every: Seconds between two jobs of a user.
        most: Most jobs in the queue.

    Returns:
        The number of jobs that were enqueued.
    """
    added, room = 0, max(0, most - queue.count)
    due = "SELECT id, name, due FROM users WHERE due <= ? ORDER BY due LIMIT ?"
    with database:
        for number, name, since in database.execute(due, (now, room)).fetchall():
            with suppress(DuplicateJobError):  # the user's last job is not done, or has failed not long ago
                # A failed job is kept for half of the interval, so that its error can be read.
                queue.enqueue(
                    "examples.workers.count_tracks",
                    name,
                    job_id=f"user-{number}",
                    unique=True,
                    result_ttl=0,
                    failure_ttl=max(1, int(every / 2)),
                )
                added += 1
            # Whole intervals: the jobs of all users stay spread as they were, also after an outage.
            following = since + every * (int((now - since) / every) + 1)
            database.execute("UPDATE users SET due = ? WHERE id = ?", (following, number))
    return added


def run(database: sqlite3.Connection, *, every: float, most: int, once: bool, pause: float = 1.0) -> int:
    """Enqueue what is due, again and again until Ctrl-C, or once."""
    with connect() as redis:
        queue: Any = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
        with suppress(KeyboardInterrupt):
            while True:
                added = enqueue_due(database, queue, now=time.time(), every=every, most=most)
                if added or once:
                    sys.stdout.write(f"{added} job{'s' * (added != 1)} enqueued, {queue.count} in the queue\n")
                    sys.stdout.flush()
                if once:
                    break
                time.sleep(pause)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m examples.scheduler", description="one job per user and interval")
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add", help="add users, whose tokens are in Redis")
    adding.add_argument("database", help="the file of the database")
    adding.add_argument("user", nargs="+", help="your names for the users")
    running = commands.add_parser("run", help="enqueue the jobs that are due, until Ctrl-C")
    running.add_argument("database", help="the file of the database")
    running.add_argument("--every", type=float, default=43_200, help="seconds between two jobs of a user (43200)")
    running.add_argument("--most", type=int, default=1000, help="most jobs in the queue (1000)")
    running.add_argument("--once", action="store_true", help="enqueue once and exit, for cron")
    options = parser.parse_args(arguments)
    for name in ("every", "most"):
        if getattr(options, name, 1) <= 0:
            parser.error(f"--{name} must be more than 0")
    try:
        with closing(open_database(options.database)) as database:
            if options.command == "add":
                before = database.total_changes
                add_users(database, options.user, now=time.time())
                added = database.total_changes - before
                sys.stdout.write(f"{added} user{'' if added == 1 else 's'} added\n")
                return 0
            return run(database, every=options.every, most=options.most, once=options.once)
    except (RedisError, sqlite3.Error) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
