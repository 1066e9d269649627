"""A simulation of workers that act for many users, with a fake clock.

Each job is a generator that yields the seconds until its next step, and a heap orders the steps. The rules of the clients come from
`soundcloud._protocol.token_lifecycle`: the quotas of app tokens, the poll interval of a lock, the backoff after a failure. Two
parts check each other: `Jobs` decides as the clients do, `SoundCloud` knows what works and raises `BrokenModelError` otherwise.

The model has no Redis failures, no lost responses and no killed workers. docs/scale.md treats them with arithmetic.
"""

import math
import random
from array import array
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from soundcloud._protocol import token_lifecycle
from soundcloud.errors import RateLimitError
from soundcloud.stores.redis_keys import LOCK_SECONDS

HOUR = 3600.0
LIFETIME = 3599.0  # `expires_in` of SoundCloud's tokens
LEEWAY = 60.0  # the default of `leeway=`
START = datetime(2026, 1, 1, tzinfo=UTC)

Steps = Generator[float, None, bool]
"""The steps of a job; it returns whether the job succeeded."""


class BrokenModelError(Exception):
    """The simulation did what SoundCloud does not allow."""


def option(default: float, text: str) -> Any:
    """Return a field of `Settings`, which is also an option of `python -m benchmarks.scale`."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, slots=True)
class Settings:
    """What is simulated; the help of each field describes it."""

    users: int = option(1_000_000, "number of users")
    workers: int = option(50, "number of workers")
    slots: int = option(1, "jobs that a worker runs at once: 1 for a process of RQ, more for threads or tasks")
    hours: float = option(12.0, "simulated hours")
    interval: float = option(12.0, "hours between two visits of a user")
    jobs: int = option(2, "jobs that a visit enqueues at once")
    requests: int = option(3, "requests of a job, one after another")
    app_share: float = option(0.1, "share of the jobs that use the app token, from 0 to 1")
    latency: float = option(0.08, "seconds for a request to SoundCloud; an assumption")
    refresh: float = option(
        0.09, "seconds for a token request; default: latency, and what the client was measured to need"
    )
    redis: float = option(0.0005, "seconds for a command to Redis; default: measured")
    overhead: float = option(0.01, "seconds that the queue needs for a job; default: measured with RQ")
    shared: bool = option(True, "store app tokens in Redis; otherwise each worker keeps its own in memory")
    seed: int = option(1, "seed of the random numbers")


@dataclass(slots=True)
class Result:
    """What happened.

    Attributes:
        enqueued: Jobs that were enqueued.
        succeeded: Jobs that succeeded.
        failed: Jobs that got no app token, or waited too long for a lock.
        running: Jobs in a worker at the end.
        waiting: Jobs in the queue at the end.
        refreshes: Refreshes of user tokens.
        contended: Renewals that found their lock held, of users and of the app.
        polls: Attempts to lock that failed.
        most_waiting: Most renewals that waited for locks at one time.
        commands: Commands to Redis by the token stores.
        busiest_refreshes: Refreshes in the busiest second.
        busiest_commands: Commands to Redis in the busiest second.
        busy: Share of the slots' time in jobs.
        queued: Seconds that each job waited for a worker, in the order of their starts.
        app_tokens: Times of the token requests for an app token, in seconds.
        refused: How many of them SoundCloud refused.
    """

    enqueued: int = 0
    succeeded: int = 0
    failed: int = 0
    running: int = 0
    waiting: int = 0
    refreshes: int = 0
    contended: int = 0
    polls: int = 0
    most_waiting: int = 0
    commands: int = 0
    busiest_refreshes: int = 0
    busiest_commands: int = 0
    busy: float = 0.0
    queued: "array[float]" = field(default_factory=lambda: array("f"))
    app_tokens: list[float] = field(default_factory=list[float])
    refused: int = 0


class SoundCloud:
    """The server: knows which tokens are valid, and counts app tokens.

    Raises:
        BrokenModelError: A request that SoundCloud would answer with 400 or 401.
    """

    def __init__(self, users: int, result: Result) -> None:
        self._valid = array("Q", bytes(8 * users))  # the number of the refresh token that works
        self._refreshing: set[int] = set()
        self._result = result
        self._granted: list[float] = []

    def receive_refresh(self, user: int, number: int, now: float) -> None:
        """Use up a refresh token."""
        if user in self._refreshing:
            raise BrokenModelError(f"user {user} is refreshed twice at once, at {now:.3f} s")
        if number != self._valid[user]:
            raise BrokenModelError(f"refresh token {number} of user {user} is used again, at {now:.3f} s")
        self._refreshing.add(user)
        self._valid[user] += 1

    def answer_refresh(self, user: int) -> int:
        """Return the number of the new refresh token."""
        self._refreshing.remove(user)
        return self._valid[user]

    def receive_request(self, expires: float, now: float) -> None:
        """Check the access token of a request."""
        if now >= expires:
            raise BrokenModelError(f"an access token is used {now - expires:.3f} s after its expiry")

    def grants_app_token(self, now: float) -> bool:
        """Count a request for an app token, and return whether it is within the quotas."""
        self._result.app_tokens.append(now)
        for window, most in token_lifecycle.QUOTAS:
            if sum(now - moment < window.total_seconds() for moment in self._granted) >= most:
                self._result.refused += 1
                return False
        self._granted.append(now)
        return True


class Simulation:
    """Runs the jobs of all users, and counts."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.result, self.now = settings, Result(), 0.0
        self._random = random.Random(settings.seed)
        self._interval = settings.interval * HOUR
        # The others have no visit in the simulated time.
        self._users = max(1, round(settings.users * min(1.0, settings.hours / settings.interval)))
        keys = self._users + settings.workers  # app tokens follow those of the users
        self._soundcloud = SoundCloud(self._users, self.result)
        self._expires = array("d", bytes(8 * keys))
        self._numbers = array("Q", bytes(8 * keys))
        self._locked_until = array("d", bytes(8 * keys))
        self._app_requests: dict[int, tuple[datetime, ...]] = {}
        self._failures: dict[int, tuple[int, float]] = {}
        self._waiting_for_locks = 0
        seconds = math.ceil(settings.hours * HOUR) + 1
        self._refreshes, self._commands = array("Q", bytes(8 * seconds)), array("Q", bytes(8 * seconds))
        until = min(settings.hours, settings.interval) * HOUR
        self._visits = array("d", sorted(self._random.random() * until for _ in range(self._users)))
        for user, first in enumerate(self._visits):
            # As if the users had been there before: at their last visit, or at some time within the last hour.
            since = first - self._interval if self._interval > LIFETIME else -self._random.random() * LIFETIME
            self._expires[user] = since + LIFETIME

    def run(self) -> Result:
        """Run until the end of the simulated time and return the counts.

        Raises:
            BrokenModelError: A job did what SoundCloud does not allow, or a job was lost.
        """
        settings, result = self.settings, self.result
        end, arrivals = settings.hours * HOUR, self._arrivals()
        steps: list[tuple[float, int, int, Steps]] = []
        queue: deque[tuple[float, int]] = deque()
        free = deque(worker for _ in range(settings.slots) for worker in range(settings.workers))
        order, busy = count(), 0.0
        arrival, user = next(arrivals)
        while True:
            if steps and steps[0][0] <= arrival:
                if steps[0][0] > end:
                    break
                self.now, _, worker, job = heappop(steps)
                try:
                    heappush(steps, (self.now + next(job), next(order), worker, job))
                except StopIteration as stopped:
                    result.succeeded += stopped.value
                    result.failed += not stopped.value
                    busy += self.now
                    free.append(worker)
            else:
                if arrival > end:
                    break
                self.now = arrival
                queue.extend([(arrival, user)] * settings.jobs)
                result.enqueued += settings.jobs
                arrival, user = next(arrivals)
            while queue and free:
                enqueued, who = queue.popleft()
                worker = free.popleft()
                result.queued.append(self.now - enqueued)
                busy -= self.now
                job = self._job(who, worker)
                heappush(steps, (self.now + next(job), next(order), worker, job))
        result.running, result.waiting = len(steps), len(queue)
        result.busy = (busy + end * len(steps)) / (settings.workers * settings.slots * end)
        result.busiest_refreshes, result.busiest_commands = max(self._refreshes), max(self._commands)
        result.refreshes, result.commands = sum(self._refreshes), sum(self._commands)
        self._check_counts()
        return result

    def _check_counts(self) -> None:
        """Check that no job is lost, and that each refresh gave one user one new token."""
        result = self.result
        known = result.succeeded + result.failed + result.running + result.waiting
        if known != result.enqueued:
            raise BrokenModelError(f"{result.enqueued} jobs were enqueued, but {known} are known")
        stored = sum(self._numbers[: self._users])
        if not 0 <= result.refreshes - stored <= self.settings.workers * self.settings.slots:
            raise BrokenModelError(f"{result.refreshes} refreshes gave {stored} stored tokens")

    def _arrivals(self) -> Iterator[tuple[float, int]]:
        """Yield the time and the user of each visit, in the order of time. A user comes again after the interval."""
        for visit in count():
            later = visit * self._interval
            for user, first in enumerate(self._visits):
                yield first + later, user

    def _job(self, user: int, worker: int) -> Steps:
        """Read the token, renew it when necessary, and send the requests: a client that is created for the job."""
        settings = self.settings
        key = user
        if settings.app_share and self._random.random() < settings.app_share:
            key = self._users + (0 if settings.shared else worker)
        # Without a user token, the client reads the store of the app, too.
        yield settings.overhead + self._commands_for(key, 1 if key == user else 2)
        remaining, expires = settings.requests, self._expires[key]
        while remaining:
            if self._needs_renewal(expires):
                renewed = yield from self._renew(key)
                if not renewed:
                    return False
                expires = self._expires[key]
            # The requests until the next renewal are one step: nothing else happens to them.
            lasting = max(1, min(remaining, math.ceil((expires - LEEWAY - self.now) / settings.latency)))
            self._soundcloud.receive_request(expires, self.now + (lasting - 1) * settings.latency)
            yield lasting * settings.latency
            remaining -= lasting
        return True

    def _needs_renewal(self, expires: float) -> bool:
        """Decide as `token_lifecycle.next_step` does."""
        return expires <= self.now + LEEWAY

    def _renew(self, key: int) -> Steps:
        """Lock the token, read it again, request a new one, store it, release the lock."""
        settings, result = self.settings, self.result
        gives_up_at = self.now + token_lifecycle.LOCK_WAIT_SECONDS
        if not self._lock_is_free(key):
            result.contended += 1
            self._waiting_for_locks += 1
            result.most_waiting = max(result.most_waiting, self._waiting_for_locks)
            while not self._lock_is_free(key):
                # All attempts before this one fail: the holder releases the lock at a known time.
                polls = max(1, math.ceil((self._locked_until[key] - self.now) / token_lifecycle.LOCK_POLL_SECONDS))
                result.polls += polls
                self._commands_for(key, polls)
                yield polls * token_lifecycle.LOCK_POLL_SECONDS
            self._waiting_for_locks -= 1
            if self.now > gives_up_at:
                return False
        if not self._needs_renewal(self._expires[key]):
            seconds = self._commands_for(key, 3)  # lock, read, release
            self._hold(key, seconds)
            yield seconds
            return True
        is_user, number = key < self._users, self._numbers[key]
        if not is_user and not self._may_request_app_token(key):
            return False
        before, after = self._commands_for(key, 2), self._commands_for(key, 2)  # lock and read; write and release
        self._hold(key, before + settings.refresh + after)
        yield before
        granted = True
        if is_user:
            self._soundcloud.receive_refresh(key, number, self.now)
            self._refreshes[int(self.now)] += 1
        else:
            granted = self._soundcloud.grants_app_token(self.now)
        yield settings.refresh
        if is_user:
            self._numbers[key] = self._soundcloud.answer_refresh(key)
        elif granted:
            self._count_app_token(key)
        else:
            self._fail(key)
            return False
        self._expires[key] = self.now + LIFETIME
        yield after
        return True

    def _lock_is_free(self, key: int) -> bool:
        return self._locked_until[key] <= self.now

    def _hold(self, key: int, seconds: float) -> None:
        """Acquire a lock for as long as its holder needs it, or until it expires."""
        self._locked_until[key] = self.now + min(seconds, LOCK_SECONDS)

    def _may_request_app_token(self, key: int) -> bool:
        """Ask the client's own count of app tokens; after a failure, keep to the backoff."""
        if self._failures.get(key, (0, 0.0))[1] > self.now:
            return False
        try:
            token_lifecycle.check_quota(self._app_requests.get(key, ()), now=self._clock())
        except RateLimitError:
            return False
        return True

    def _count_app_token(self, key: int) -> None:
        """Count an app token when it arrives, as the clients do."""
        recent = (time for time in self._app_requests.get(key, ()) if self._clock() - time < token_lifecycle.HALF_DAY)
        self._app_requests[key] = (*recent, self._clock())
        self._failures.pop(key, None)

    def _fail(self, key: int) -> None:
        """Begin the backoff of a client. A request that failed is not in its count."""
        failures = self._failures.get(key, (0, 0.0))[0] + 1
        self._failures[key] = failures, self.now + token_lifecycle.refresh_backoff(failures)

    def _clock(self) -> datetime:
        return START + timedelta(seconds=self.now)

    def _commands_for(self, key: int, commands: int) -> float:
        """Count commands to Redis and return the seconds that they take; a store in memory has none."""
        if key >= self._users and not self.settings.shared:
            return 0.0
        self._commands[int(self.now)] += commands
        return commands * self.settings.redis
