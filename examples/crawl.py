r"""Fetches many tracks by URN and counts the requests. For 5,000 tracks it sends 25 requests.

    pip install ".[sandbox]"
    printf '2210312132\n2193441036\n' | python examples/with_sandbox.py examples/crawl.py - tracks.jsonl

Output, on standard error:

    2 tracks, 0 already fetched
    2 of 2, 0 failed; 1 request (1 with 200), 0 retries, p50 ... ms, p95 ... ms, p99 ... ms

The first argument is a file with one URN, id or API URL per line, or `-` for standard input. The example adds a line to
`tracks.jsonl` for each track, with the URN and the response. If you run it again, it fetches only the tracks that are missing in
this file. The exit status is 0 if it has fetched all tracks, 1 if some failed, and 2 for wrong arguments.

To use soundcloud.com instead, set the environment variables of docs/examples.md, and start the example without
`examples/with_sandbox.py`.
"""

import argparse
import asyncio
import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from soundcloud import AsyncSoundCloudClient
from soundcloud.errors import InvalidGrantError, MissingTokenError, RateLimitError, UnauthorizedError
from soundcloud.events import RequestTelemetry
from soundcloud.results import Failure
from soundcloud.urn import to_urn

BATCH = 200  # tracks per request of client.map
FATAL = (
    InvalidGrantError,
    MissingTokenError,
    RateLimitError,
    UnauthorizedError,
)  # the next request would fail too


class Metrics:
    """Statistics of requests: an `on_request` hook."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.retries = 0
        self.durations: list[float] = []

    def __call__(self, request: RequestTelemetry) -> None:
        """Count a request."""
        self.statuses[str(request.status or type(request.error).__name__)] += 1
        self.retries += request.retry_count
        self.durations.append(request.duration)

    def percentile(self, share: float) -> float:
        """Return the seconds within which this share of the requests ended."""
        ordered = sorted(self.durations)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    def __str__(self) -> str:
        if not self.durations:
            return "no requests"
        statuses = ", ".join(f"{count} with {status}" for status, count in sorted(self.statuses.items()))
        times = ", ".join(f"p{share} {self.percentile(share / 100) * 1000:.0f} ms" for share in (50, 95, 99))
        requests = "1 request" if len(self.durations) == 1 else f"{len(self.durations)} requests"
        retries = "1 retry" if self.retries == 1 else f"{self.retries} retries"
        return f"{requests} ({statuses}), {retries}, {times}"


def read_urns(text: str) -> list[str]:
    """Return the URNs of a list in order, without duplicates and empty lines."""
    return list(dict.fromkeys(to_urn(line.strip(), "tracks") for line in text.splitlines() if line.strip()))


def read_done(path: Path) -> set[str]:
    """Return the URNs in the file. An incomplete last line of a killed program is removed."""
    path.touch()
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        path.write_bytes(whole)
    return {json.loads(line)["urn"] for line in whole.splitlines()}


async def crawl(urns: Sequence[str], path: Path, *, concurrency: int, metrics: Metrics) -> list[Failure[str]]:
    """Fetch the tracks and append them to the file.

    Returns:
        The failed tracks.
    """
    failed: list[Failure[str]] = []
    size = BATCH * concurrency
    async with AsyncSoundCloudClient.from_env(on_request=metrics) as client:
        with path.open("a", encoding="utf-8") as file:
            for start in range(0, len(urns), size):
                outcomes = await client.map(
                    client.tracks.get_track, urns[start : start + size], concurrency=concurrency
                )
                for outcome in outcomes:
                    if outcome.ok:
                        line = {"urn": outcome.item, "track": outcome.value.raw}
                        file.write(json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()
                failed += [outcome for outcome in outcomes if isinstance(outcome, Failure)]
                log(f"{start + len(outcomes)} of {len(urns)}, {len(failed)} failed; {metrics}")
                if any(isinstance(outcome.error, FATAL) for outcome in outcomes):
                    log("stopped: the rest would fail in the same way")
                    break
    return failed


def log(text: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{text}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(description="fetch many tracks by URN")
    parser.add_argument("urns", help="a file with a URN per line; - for standard input")
    parser.add_argument("out", type=Path, help="a JSON lines file to append the tracks to")
    parser.add_argument("--concurrency", type=int, default=8, help="concurrent requests, 1 to 50 (8)")
    options = parser.parse_args(arguments)
    if not 1 <= options.concurrency <= 50:
        parser.error("--concurrency must be from 1 to 50")
    try:
        urns = read_urns(sys.stdin.read() if options.urns == "-" else Path(options.urns).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:  # ValueError: not a URN, or not UTF-8
        parser.error(f"{options.urns}: {problem}")
    try:
        done = read_done(options.out)
    except OSError as problem:
        parser.error(str(problem))
    except (ValueError, KeyError, TypeError):
        parser.error(f"{options.out} was not written by this program")
    wanted = [urn for urn in urns if urn not in done]
    log(f"{len(urns)} tracks, {len(urns) - len(wanted)} already fetched")
    failed = asyncio.run(crawl(wanted, options.out, concurrency=options.concurrency, metrics=Metrics()))
    for outcome in failed:
        log(f"{outcome.item}: {outcome.error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
