"""What many users on many workers need, and what breaks first: `python -m benchmarks.scale [--users N] [--workers N] ...`.

It prints what was measured with a real Redis, what was simulated with a fake clock, and the arithmetic on both. docs/scale.md
explains the figures. It takes about 15 seconds of CPU time.
"""

import argparse
import dataclasses
import math
import sys
from collections.abc import Iterable, Sequence

from benchmarks import redis_stores
from benchmarks.redis_stores import Measured
from benchmarks.simulation import HOUR, LEEWAY, LIFETIME, Result, Settings, Simulation
from soundcloud._protocol.token_lifecycle import HALF_DAY, LOCK_POLL_SECONDS, QUOTAS

PLAYS_PER_DAY = 15_000  # per app, by https://developers.soundcloud.com/docs/api/rate-limits
(HOURLY_WINDOW, HOURLY_TOKENS), (WINDOW, APP_TOKENS) = QUOTAS
MEASURED = ("refresh", "redis", "overhead")
SIZES = (0.5, 0.9, 1.0, 1.2)  # of the capacity by arithmetic
QUARTER = 0.25
GIGABYTE = 1e9


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, simulate and print everything; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="Simulate many users and workers.")
    for field in dataclasses.fields(Settings):
        name, text = f"--{field.name.replace('_', '-')}", field.metadata["help"]
        if field.type is bool:
            parser.add_argument(name, action=argparse.BooleanOptionalAction, default=field.default, help=text)
        else:
            default = None if field.name in MEASURED else field.default
            parser.add_argument(name, type=field.type, default=default, help=text)
    parser.add_argument("--tokens", type=int, default=10_000, help="tokens that are stored in Redis to measure it")
    parser.add_argument(
        "--token-characters", type=int, default=redis_stores.TOKEN_CHARACTERS, help="length of an access token"
    )
    options = vars(parser.parse_args(arguments))
    tokens, characters = options.pop("tokens"), options.pop("token_characters")
    for name, value in options.items():
        if value is not None and name not in {"app_share", "seed", *MEASURED} and name != "shared" and value <= 0:
            parser.error(f"--{name.replace('_', '-')} must be more than 0")
    if not 0 <= options["app_share"] <= 1:
        parser.error("--app-share must be from 0 to 1")
    try:
        measured = redis_stores.measure(tokens, characters)
    except FileNotFoundError as problem:
        print(problem, file=sys.stderr)
        return 1
    defaults = {
        "refresh": options["latency"] + 1 / measured.refresh.median,
        "redis": measured.command,
        "overhead": measured.forked,
    }
    settings = Settings(**{name: defaults[name] if value is None else value for name, value in options.items()})
    table(f"Measured here, with Redis {measured.version}", measured_lines(measured, tokens, characters))
    result = Simulation(settings).run()
    table(f"Simulated: {describe(settings)}", simulated_lines(settings, result))
    capacity = users_of_workers(settings, result)
    table(
        "Simulated: a quarter of an hour with other numbers of users",
        (
            (f"{size:,.0f} users, {size / capacity:.0%} of the capacity", load_of(settings, size))
            for size in (round(part * capacity) for part in SIZES)
        ),
    )
    table(
        "Simulated: app tokens in the memory of each worker",
        ((f"{workers} workers", app_tokens_of(settings, workers)) for workers in workers_to_try(settings)),
    )
    table("Arithmetic", arithmetic_lines(settings, result, measured))
    table("What breaks first, by arithmetic", limit_lines(settings, result, measured))
    return 0


def table(title: str, lines: Iterable[tuple[str, str]]) -> None:
    """Print lines of two columns below a title."""
    print(f"\n{title}\n")
    for name, value in lines:
        print(f"  {name:<66} {value}", flush=True)


def describe(settings: Settings) -> str:
    """Return the settings in one line."""
    jobs = f"{settings.jobs} job{'s' * (settings.jobs != 1)} of {settings.requests} requests"
    return (
        f"{settings.users:,} users, {settings.workers} workers with {settings.slots} at once, {settings.hours:g} h; "
        f"each user every {settings.interval:g} h, {jobs}; {'shared' if settings.shared else 'own'} app tokens"
    )


def measured_lines(measured: Measured, tokens: int, characters: int) -> list[tuple[str, str]]:
    """Return what was measured."""
    return [
        (f"memory of a token of {characters} characters, of {tokens:,}", f"{measured.signed_in:,.0f} bytes"),
        ("the same after a refresh, with its fencing numbers", f"{measured.refreshed:,.0f} bytes"),
        ("memory of a job in the queue of RQ", f"{measured.job:,.0f} bytes"),
        ("time to enqueue a job, with examples/scheduler.py", f"{measured.enqueued * 1e3:.2f} ms"),
        (
            "commands of a client that uses a token, that refreshes it",
            f"{measured.read_commands}, {measured.refresh_commands}",
        ),
        ("time of a command to read a token", f"{measured.command * 1e6:,.0f} us"),
        (
            "time of Redis's thread: read, refresh, failed attempt to lock",
            " us, ".join(f"{value * 1e6:.0f}" for value in (measured.read_cpu, measured.refresh_cpu, measured.poll_cpu))
            + " us",
        ),
        (
            "refreshes one after another, server in memory (sessions.py)",
            f"{measured.refresh}, {1e3 / measured.refresh.median:.1f} ms each",
        ),
        (
            "time of an empty job of RQ: with a fork, without",
            f"{measured.forked * 1e3:.1f} ms, {measured.simple * 1e3:.1f} ms",
        ),
    ]


def simulated_lines(settings: Settings, result: Result) -> list[tuple[str, str]]:
    """Return the counts of a simulation."""
    seconds = settings.hours * HOUR
    queued = sorted(result.queued)
    in_window = most_within(result.app_tokens, WINDOW.total_seconds())
    return [
        (
            "jobs: succeeded, failed, running, in the queue",
            f"{result.succeeded:,}, {result.failed:,}, {result.running:,}, {result.waiting:,}",
        ),
        ("share of the workers' time in jobs", f"{result.busy:.1%}"),
        (
            "wait for a worker: median, 99 %, longest",
            ", ".join(
                f"{value:.2f} s" for value in (queued[len(queued) // 2], queued[len(queued) * 99 // 100], queued[-1])
            ),
        ),
        (
            "refreshes of user tokens: all, per second, in the busiest second",
            f"{result.refreshes:,}, {result.refreshes / seconds:.1f}, {result.busiest_refreshes}",
        ),
        ("renewals that found a held lock", f"{result.contended:,}"),
        ("failed attempts to lock", f"{result.polls:,}"),
        ("most renewals that waited for locks at one time", f"{result.most_waiting}"),
        (
            "commands of the token stores: per second, in the busiest second",
            f"{result.commands / seconds:,.0f}, {result.busiest_commands:,}",
        ),
        (
            "requests for an app token: all, most in 12 hours, refused",
            f"{len(result.app_tokens)}, {in_window}, {result.refused}",
        ),
    ]


def most_within(times: Sequence[float], seconds: float) -> int:
    """Return the most of these times that lie within a window of this length."""
    return max((sum(start <= time < start + seconds for time in times) for start in times), default=0)


def users_of_workers(settings: Settings, result: Result) -> float:
    """Return the number of users whose jobs keep all workers busy: arithmetic on a simulated duration of a job."""
    slots = settings.workers * settings.slots
    job_seconds = result.busy * slots * settings.hours * HOUR / (result.succeeded + result.failed)
    return slots * settings.interval * HOUR / (settings.jobs * job_seconds)


def load_of(settings: Settings, users: int) -> str:
    """Simulate another number of users and return the load."""
    result = Simulation(dataclasses.replace(settings, users=users, hours=min(QUARTER, settings.hours))).run()
    return f"{result.busy:.0%} busy, {result.waiting:,} jobs wait, the last for {result.queued[-1]:.1f} s"


def workers_to_try(settings: Settings) -> list[int]:
    """Return the largest number of workers that stays in the quota with app tokens of their own, one more, and all."""
    most = APP_TOKENS // tokens_in_window()
    return sorted({most, most + 1, settings.workers})


def tokens_in_window() -> int:
    """Return the most app tokens that a program in constant use requests in 12 hours."""
    return math.floor(HALF_DAY.total_seconds() / (LIFETIME - LEEWAY)) + 1


def app_tokens_of(settings: Settings, workers: int) -> str:
    """Simulate workers that keep app tokens of their own, with jobs for the app only."""
    visits = 20_000
    own = dataclasses.replace(
        settings, users=visits, workers=workers, hours=12.0, interval=12.0, jobs=1, app_share=1.0, shared=False
    )
    result = Simulation(own).run()
    failed = result.failed / result.enqueued
    return f"{len(result.app_tokens):,} requests, {result.refused:,} refused, {failed:.0%} of the jobs failed"


def arithmetic_lines(settings: Settings, result: Result, measured: Measured) -> list[tuple[str, str]]:
    """Return what follows from the settings, the simulation and the measurements."""
    usual, most = settings.users / (settings.interval * HOUR), settings.users / (LIFETIME - LEEWAY)
    refresh_rate = result.refreshes / (settings.hours * HOUR)
    memory = settings.users * measured.refreshed / GIGABYTE
    return [
        ("refreshes per second: each user once per interval, all users always", f"{usual:.1f}, {most:.0f}"),
        ("memory of all tokens", f"{memory:.2f} GB"),
        ("load of Redis's thread by the token stores", f"{redis_seconds(settings, result, measured) * usual:.2%}"),
        (
            "app tokens in 12 hours: shared, one for each worker",
            f"{tokens_in_window()}, {tokens_in_window() * settings.workers}",
        ),
        (
            "users who lose their session if Redis loses 1 second, 1 hour",
            f"{math.ceil(refresh_rate):,}, {refresh_rate * HOUR:,.0f}",
        ),
        (
            "chance that a worker is refreshing when it is killed",
            f"{refresh_rate * settings.refresh / settings.workers:.1%}",
        ),
    ]


def redis_seconds(settings: Settings, result: Result, measured: Measured) -> float:
    """Return the seconds of Redis's thread for all commands of one visit."""
    visits = result.enqueued / settings.jobs
    reads = (result.succeeded + result.failed) * measured.read_cpu
    # `refresh_cpu` includes one read, which `reads` has counted.
    refreshes = result.refreshes * (measured.refresh_cpu - measured.read_cpu)
    return (reads + refreshes + result.polls * measured.poll_cpu) / visits


def limit_lines(settings: Settings, result: Result, measured: Measured) -> list[tuple[str, str]]:
    """Return the limits in the order in which a growing app reaches them."""
    usual = 1 / (redis_seconds(settings, result, measured) / (settings.interval * HOUR))
    waiting = 1 / (measured.poll_cpu / LOCK_POLL_SECONDS)
    return [
        (
            "app tokens without a shared store",
            f"{APP_TOKENS // tokens_in_window() + 1} workers ({APP_TOKENS} in 12 hours)",
        ),
        (
            "app tokens without a shared store, all started within an hour",
            f"{HOURLY_TOKENS + 1} processes of one IP address",
        ),
        ("plays, at one per user and day", f"{PLAYS_PER_DAY:,} users ({PLAYS_PER_DAY:,} in 24 hours)"),
        (
            f"workers, {settings.workers} with {settings.slots} at once",
            f"{users_of_workers(settings, result):,.0f} users",
        ),
        ("tokens in a Redis with 16 GB", f"{16 * GIGABYTE / measured.refreshed:,.0f} users"),
        ("Redis's thread, token stores only", f"{usual:,.0f} users"),
        ("Redis's thread, by attempts to lock one token", f"{waiting:,.0f} clients that wait at once"),
    ]


if __name__ == "__main__":
    sys.exit(main())
