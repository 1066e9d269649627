"""Fetches very many tracks by URN, and counts what that took: 5,000 tracks are 25 requests.

    python -m soundcloud.sandbox --env-file sandbox.env &   # or your app's id and secret in the environment
    until [ -e sandbox.env ]; do sleep 0.1; done; . ./sandbox.env
    python -m examples.crawl urns.txt tracks.jsonl

`urns.txt` holds a URN, a number or an API address per line; `-` reads standard input. `tracks.jsonl` gets a line for each track:
what was asked for, and what SoundCloud sent. Progress and counts go to standard error. Start it again to go on: what the file has
is not fetched again, what failed is. The exit status is 0 when all is there, 1 when something is missing, 2 for wrong arguments.
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
from soundcloud.models import Track
from soundcloud.results import Outcome
from soundcloud.urn import to_urn

BATCH = 200  # tracks that the client asks for with one request
HOPELESS = (
    InvalidGrantError,
    MissingTokenError,
    RateLimitError,
    UnauthorizedError,
)  # what the next request would fail with, too


class Metrics:
    """Counts the calls that ended: given to the client as `on_request`."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.retries = 0
        self.durations: list[float] = []

    def __call__(self, call: RequestTelemetry) -> None:
        """Take what the client tells of a call."""
        self.calls[str(call.status or type(call.error).__name__)] += 1
        self.retries += call.retry_count
        self.durations.append(call.duration)

    def percentile(self, share: float) -> float:
        """The seconds within which this share of the calls ended."""
        ordered = sorted(self.durations)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    def __str__(self) -> str:
        if not self.durations:
            return "no calls"
        statuses = ", ".join(f"{count} with {status}" for status, count in sorted(self.calls.items()))
        times = ", ".join(f"p{share} {self.percentile(share / 100) * 1000:.0f} ms" for share in (50, 95, 99))
        return f"{len(self.durations)} calls ({statuses}), {self.retries} retries, {times}"


def read_urns(text: str) -> list[str]:
    """The URNs of a list, each once, in its order; empty lines are left out."""
    return list(dict.fromkeys(to_urn(line.strip(), "tracks") for line in text.splitlines() if line.strip()))


def read_done(path: Path) -> set[str]:
    """What the file has already. A last line that was cut off, when the program was killed, is taken away."""
    path.touch()
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        path.write_bytes(whole)
    return {json.loads(line)["asked"] for line in whole.splitlines()}


async def crawl(urns: Sequence[str], path: Path, *, concurrency: int, metrics: Metrics) -> list[Outcome[str, Track]]:
    """Fetch the tracks, and append them to the file as they come.

    Returns:
        What failed.
    """
    failed: list[Outcome[str, Track]] = []
    size = BATCH * concurrency
    async with AsyncSoundCloudClient.from_env(on_request=metrics) as client:
        with path.open("a", encoding="utf-8") as file:
            for start in range(0, len(urns), size):
                outcomes = await client.map(
                    client.tracks.get_track, urns[start : start + size], concurrency=concurrency
                )
                for outcome in outcomes:
                    if outcome.ok:
                        line = {"asked": outcome.item, "track": outcome.result().raw}
                        file.write(json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()
                failed += [outcome for outcome in outcomes if not outcome.ok]
                tell(f"{start + len(outcomes)} of {len(urns)}, {len(failed)} failed; {metrics}")
                if any(isinstance(outcome.error, HOPELESS) for outcome in outcomes):
                    tell("stopped: the rest would fail in the same way")
                    break
    return failed


def tell(text: str) -> None:
    """Tell the person something; standard output stays free."""
    sys.stderr.write(f"{text}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Crawl, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m examples.crawl", description="fetch many tracks by URN")
    parser.add_argument("urns", help="a file with a URN per line; - for standard input")
    parser.add_argument("out", type=Path, help="where the tracks go, as JSON lines; it is added to")
    parser.add_argument("--concurrency", type=int, default=8, help="how many requests at a time, 1 to 50 (8)")
    options = parser.parse_args(arguments)
    if not 1 <= options.concurrency <= 50:
        parser.error("--concurrency is a number from 1 to 50")
    try:
        urns = read_urns(sys.stdin.read() if options.urns == "-" else Path(options.urns).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:  # ValueError: no URN, or no text
        parser.error(f"{options.urns}: {problem}")
    try:
        done = read_done(options.out)
    except OSError as problem:
        parser.error(str(problem))
    except (ValueError, KeyError, TypeError):
        parser.error(f"{options.out} was not written by this program")
    wanted = [urn for urn in urns if urn not in done]
    tell(f"{len(urns)} tracks, {len(urns) - len(wanted)} of them there already")
    failed = asyncio.run(crawl(wanted, options.out, concurrency=options.concurrency, metrics=Metrics()))
    for outcome in failed:
        tell(f"{outcome.item}: {outcome.error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
