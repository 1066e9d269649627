"""Comparisons on one server: sequential and concurrent requests, pages, pages with latency, and memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.measuring import Figure, figure, ratio
from benchmarks.rows import Row, Target
from benchmarks.server import DELAYED_PAGES, LONG_PAGES, PAGES, PER_PAGE, Server
from benchmarks.worker import STATM, times_of
from benchmarks.workers import Candidate, Job, race, run_in_turns

LANES, CROWD = 50, 200
WORK = 100  # microseconds of work per item
NEVER = 1_000_000_000  # memory is not measured
NAMES = {"peer": "the peer", "httpx": "httpx"}


@dataclass(frozen=True, slots=True)
class Field:
    """The conditions of a comparison.

    Attributes:
        server: The server.
        package: The folder of the peer, or None.
        no_peer: Why there is no peer, or an empty string.
        quick: Whether to run fewer rounds and requests.
    """

    server: Server
    package: Path | None
    no_peer: str
    quick: bool

    def race(
        self, candidates: Mapping[str, Candidate], job: Job, *, expected: int, rounds: int = 9
    ) -> dict[str, list[float]]:
        """Run the available candidates."""
        available = {label: candidate for label, candidate in candidates.items() if label != "peer" or self.package}
        return race(available, job, rounds=3 if self.quick else rounds, package=self.package, expected=expected)

    def rows(
        self, case: str, speeds: Mapping[str, list[float]], asked: Mapping[str, Target | None], unit: str
    ) -> list[Row]:
        """Return a row for each comparison; the first one has the figures."""
        figures = {label: figure(values, unit) for label, values in speeds.items()}
        rows: list[Row] = []
        for label, target in asked.items():
            result: Figure | str = ratio(speeds["ours"], speeds[label]) if label in speeds else self.no_peer
            rows.append(Row(case, result=result, of=f"of {NAMES[label]}", asked=target))
        first = replace(rows[0], ours=figures["ours"], peer=figures.get("peer"), httpx=figures["httpx"])
        return [first, *rows[1:]]


def sequential(field: Field) -> list[Row]:
    """Measure sequential sync requests."""
    count = 200 if field.quick else 800
    url = field.server.direct
    candidates = {name: Candidate(name, url) for name in ("peer", "ours", "httpx")}
    speeds = field.race(candidates, {"job": "sequential", "first": 1, "count": count}, expected=count)
    asked = {"peer": Target("at least", 1.4), "httpx": None}
    return field.rows("tracks one after another, sync, typed", speeds, asked, "/s")


def concurrent(field: Field) -> list[Row]:
    """Measure 50 concurrent async requests."""
    count = 200 if field.quick else 600
    url = field.server.direct
    candidates = {
        "peer": Candidate("peer", url),
        "ours": Candidate("ours-async", url),
        "httpx": Candidate("httpx-async", url),
    }
    job = {"job": "concurrent", "first": 1, "count": count, "lanes": LANES}
    speeds = field.race(candidates, job, expected=count)
    asked = {"peer": Target("at least", 1.0), "httpx": Target("at least", 3)}
    return field.rows(f"tracks {LANES} at once, async, plain install", speeds, asked, "/s")


def crowd(field: Field) -> list[Row]:
    """Measure 200 concurrent async requests, and the event loops of the async client."""
    count = 400 if field.quick else 2_000
    names = {"peer": "peer", "ours": "ours-async", "httpx": "httpx-async", "uvloop": "ours-uvloop", "trio": "ours-trio"}
    candidates = {
        label: Candidate(name, field.server.direct) for label, name in names.items() if field.package or label != "peer"
    }
    job = {"job": "concurrent", "first": 1, "count": count, "lanes": CROWD}
    outcomes = run_in_turns(candidates, job, rounds=3 if field.quick else 5, package=field.package)
    speeds = {label: [count / each["seconds"] for each in values] for label, values in outcomes.items()}
    rows = field.rows(f"tracks {CROWD} at once, async", speeds, {"peer": Target("at least", 1.0), "httpx": None}, "/s")
    slowest = figure([each["slowest"] / each["median"] for each in outcomes["ours"]])
    rows.append(Row(f"slowest of {CROWD} tasks", result=slowest, of="of the median", asked=Target("at most", 3)))
    for name in ("uvloop", "trio"):
        result = ratio(speeds[name], speeds["ours"])
        rows.append(Row(f"tracks {CROWD} at once, {name}", figure(speeds[name], "/s"), result=result, of="of asyncio"))
    return rows


def pages(field: Field) -> list[Row]:
    """Measure the pagination of 10,000 tracks, sync."""
    url, items = field.server.direct, PAGES * PER_PAGE
    candidates = {name: Candidate(name, url) for name in ("peer", "ours", "httpx")}
    speeds = field.race(candidates, {"job": "walk", "every": NEVER}, expected=items)
    asked = {"peer": Target("at least", 1.5), "httpx": Target("over", 1.0)}
    return field.rows(f"{items:,} tracks through pages, sync, typed", speeds, asked, " items/s")


def latency(field: Field) -> list[Row]:
    """Measure pagination with latency, with and without prefetching and work per item."""
    url, items = field.server.delayed, DELAYED_PAGES * PER_PAGE
    candidates = {name: Candidate(name, url) for name in ("peer", "ours", "httpx")}
    working = {"times": times_of(WORK)}
    candidates["working"] = Candidate("ours", url, working)
    candidates["ours ahead"] = Candidate("ours", url, {"prefetch": True})
    candidates["working ahead"] = Candidate("ours", url, {"prefetch": True, **working})
    speeds = field.race(candidates, {"job": "walk", "every": NEVER}, expected=items, rounds=7)
    late, unit = f"{items:,} tracks, 50 ms late", " items/s"
    idle, busy = f"{late}, idle walker", f"{late}, {WORK} us of work an item"
    rows = field.rows(idle, speeds, {"peer": None, "httpx": None}, unit)
    rows.append(Row(busy, figure(speeds["working"], unit)))
    for case, label in ((idle, "ours"), (busy, "working")):
        fast = speeds[f"{label} ahead"]
        rows.append(
            Row(
                f"{case}, prefetch",
                figure(fast, unit),
                result=ratio(fast, speeds[label]),
                of="of without prefetch",
                asked=Target("at least", 1.3),
            )
        )
    return rows


def memory(field: Field) -> list[Row]:
    """Measure the growth of resident memory during a pagination of 1,000,000 items, after the first 100,000; one round."""
    case, asked = "memory grown while walking 1,000,000 tracks", Target("under", 20, " MB")
    if not STATM.exists():
        return [Row(case, result="no /proc here", asked=asked)]
    items = LONG_PAGES * PER_PAGE
    with Candidate("ours", field.server.long).start(None) as worker:
        outcome = worker.run({"job": "walk", "every": items // 10})
    first, *others = outcome["memory"]
    changes = [(size - first) / 1e6 for size in others]
    # The result is the last value; the extremes replace the quartiles.
    grown = Figure(changes[-1], min(changes), max(changes), " MB")
    return [Row(case, figure([grown.median], " MB"), result=grown, asked=asked)]


CASES: Mapping[str, Callable[[Field], list[Row]]] = {
    "sequential": sequential,
    "concurrent": concurrent,
    "crowd": crowd,
    "pages": pages,
    "latency": latency,
    "memory": memory,
}
