"""What is measured against others, on one server: calls, calls at once, pages, pages that are late, memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.measuring import Figure, figure, ratio
from benchmarks.rows import Row, Target
from benchmarks.server import DELAYED_PAGES, LONG_PAGES, PAGES, PER_PAGE, Server
from benchmarks.worker import STATM, times_of
from benchmarks.workers import Candidate, Job, race

LANES = 50
WORK = 100  # microseconds for each item, of whoever walks
NOWHERE = 1_000_000_000  # so that memory is not looked at
NAMES = {"peer": "the peer", "httpx": "httpx"}


@dataclass(frozen=True, slots=True)
class Field:
    """What the candidates meet.

    Attributes:
        server: The server.
        package: Where the peer is.
        no_peer: Why there is no peer, if so.
        quick: Whether fewer rounds and calls will do.
    """

    server: Server
    package: Path | None
    no_peer: str
    quick: bool

    def race(
        self, candidates: Mapping[str, Candidate], job: Job, *, expected: int, rounds: int = 9
    ) -> dict[str, list[float]]:
        """Run the candidates that are here."""
        here = {label: candidate for label, candidate in candidates.items() if label != "peer" or self.package}
        return race(here, job, rounds=3 if self.quick else rounds, package=self.package, expected=expected)

    def rows(
        self, case: str, speeds: Mapping[str, list[float]], asked: Mapping[str, Target | None], unit: str
    ) -> list[Row]:
        """One row for each whom ours is compared with; the figures stand in the first."""
        figures = {label: figure(values, unit) for label, values in speeds.items()}
        rows: list[Row] = []
        for label, target in asked.items():
            result: Figure | str = ratio(speeds["ours"], speeds[label]) if label in speeds else self.no_peer
            rows.append(Row(case, result=result, of=f"of {NAMES[label]}", asked=target))
        first = replace(rows[0], ours=figures["ours"], peer=figures.get("peer"), httpx=figures["httpx"])
        return [first, *rows[1:]]


def sequential(field: Field) -> list[Row]:
    """One call after another, sync."""
    count = 200 if field.quick else 800
    address = field.server.direct
    candidates = {name: Candidate(name, address) for name in ("peer", "ours", "httpx")}
    speeds = field.race(candidates, {"job": "sequential", "first": 1, "count": count}, expected=count)
    asked = {"peer": Target("at least", 1.4), "httpx": None}
    return field.rows("tracks one after another, sync, typed", speeds, asked, "/s")


def concurrent(field: Field) -> list[Row]:
    """50 concurrent calls of the async client."""
    count = 200 if field.quick else 600
    address = field.server.direct
    candidates = {
        "peer": Candidate("peer", address),
        "ours": Candidate("ours-async", address),
        "httpx": Candidate("httpx-async", address),
    }
    job = {"job": "concurrent", "first": 1, "count": count, "lanes": LANES}
    speeds = field.race(candidates, job, expected=count)
    asked = {"peer": Target("at least", 1.0), "httpx": Target("at least", 3)}
    return field.rows(f"tracks {LANES} at once, async, plain install", speeds, asked, "/s")


def pages(field: Field) -> list[Row]:
    """10,000 tracks through pages, sync."""
    address, items = field.server.direct, PAGES * PER_PAGE
    candidates = {name: Candidate(name, address) for name in ("peer", "ours", "httpx")}
    speeds = field.race(candidates, {"job": "walk", "every": NOWHERE}, expected=items)
    asked = {"peer": Target("at least", 1.5), "httpx": Target("over", 1.0)}
    return field.rows(f"{items:,} tracks through pages, sync, typed", speeds, asked, " items/s")


def latency(field: Field) -> list[Row]:
    """The same with every request late, with and without the next page fetched ahead, for two kinds of walkers."""
    address, items = field.server.delayed, DELAYED_PAGES * PER_PAGE
    candidates = {name: Candidate(name, address) for name in ("peer", "ours", "httpx")}
    working = {"times": times_of(WORK)}
    candidates["working"] = Candidate("ours", address, working)
    candidates["ours ahead"] = Candidate("ours", address, {"prefetch": True})
    candidates["working ahead"] = Candidate("ours", address, {"prefetch": True, **working})
    speeds = field.race(candidates, {"job": "walk", "every": NOWHERE}, expected=items, rounds=7)
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
    """What resident memory grows by while 200,000 items are walked, after the first 20,000; once, without rounds."""
    case, asked = "memory grown while walking 200,000 tracks", Target("under", 20, " MB")
    if not STATM.exists():
        return [Row(case, result="no /proc here", asked=asked)]
    items = LONG_PAGES * PER_PAGE
    grown: dict[str, Figure] = {}
    for name in ("peer", "ours", "httpx"):
        if name == "peer" and field.package is None:
            continue
        with Candidate(name, field.server.long).start(field.package) as worker:
            outcome = worker.run({"job": "walk", "every": items // 10})
        first, *others = outcome["memory"]
        changes = [(size - first) / 1e6 for size in others]
        # The last counts; the quartiles' place is taken by the extremes on the way.
        grown[name] = Figure(changes[-1], min(changes), max(changes), " MB")
    last = {name: figure([change.median], change.unit) for name, change in grown.items()}
    return [Row(case, last["ours"], last.get("peer"), last["httpx"], result=grown["ours"], asked=asked)]


CASES: Mapping[str, Callable[[Field], list[Row]]] = {
    "sequential": sequential,
    "concurrent": concurrent,
    "pages": pages,
    "latency": latency,
    "memory": memory,
}
