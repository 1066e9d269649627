"""Comparisons over TLS with the latency of a distant server: many tracks by their ids, and the pages of a list."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec

from benchmarks.against import NEVER, Field
from benchmarks.measuring import figure, ratio
from benchmarks.rows import Row, Target
from benchmarks.server import DISTANCE, FAR_PAGES, PER_PAGE
from benchmarks.workers import Candidate, run_in_turns

LANES = 100
ROUNDS = 2
WHERE = f"{DISTANCE * 1000:.0f} ms away, TLS"


def many(field: Field) -> list[Row]:
    """Measure `map` over ids with the async client."""
    count = 500 if field.quick else 5_000
    candidates = {
        "peer": Candidate("peer", field.server.far),
        "ours": Candidate("ours-async", field.server.far, {"job": "mapped"}),
        "httpx": Candidate("httpx-async", field.server.far),
    }
    if find_spec("h2"):
        candidates["http2"] = Candidate("httpx-http2", field.server.far)
    outcomes = _outcomes(field, candidates, {"job": "concurrent", "first": 1, "count": count, "lanes": LANES})
    speeds = {label: [count / each["seconds"] for each in values] for label, values in outcomes.items()}
    case = f"map over {count:,} ids, {LANES} at once, {WHERE}"
    rows = field.rows(case, speeds, {"peer": None, "httpx": None}, "/s")
    if "http2" in speeds:
        result = ratio(speeds["http2"], speeds["httpx"])
        rows.append(Row(f"{case}, httpx with HTTP/2", figure(speeds["http2"], "/s"), result=result, of="of httpx"))
    return rows


def pages(field: Field) -> list[Row]:
    """Measure an iteration over pages, with prefetching: the time to the first item, and all items."""
    candidates = {
        "peer": Candidate("peer", field.server.far),
        "ours": Candidate("ours", field.server.far, {"prefetch": True}),
        "httpx": Candidate("httpx", field.server.far),
    }
    outcomes = _outcomes(field, candidates, {"job": "walk", "every": NEVER})
    items = FAR_PAGES * PER_PAGE
    speeds = {label: [items / each["seconds"] for each in values] for label, values in outcomes.items()}
    rows = field.rows(f"{items:,} tracks through pages, {WHERE}", speeds, {"peer": None, "httpx": None}, " items/s")
    waits = {label: [each["first"] for each in values] for label, values in outcomes.items()}
    shown = {label: figure([seconds * 1e3 for seconds in values], " ms") for label, values in waits.items()}
    return [
        *rows,
        Row(
            f"the first of these tracks, {WHERE}",
            shown["ours"],
            shown.get("peer"),
            shown["httpx"],
            result=ratio(waits["ours"], waits["httpx"]),
            of="of the time of httpx",
            asked=Target("at most", 1.1),
        ),
    ]


def _outcomes(
    field: Field, candidates: Mapping[str, Candidate], job: Mapping[str, object]
) -> dict[str, list[dict[str, float]]]:
    """Run the available candidates, after a round that connects."""
    available = {label: each for label, each in candidates.items() if label != "peer" or field.package}
    connecting = {"count": LANES} if "count" in job else None
    return run_in_turns(
        available,
        job,
        rounds=ROUNDS,
        package=field.package,
        authority=field.server.authority,
        connecting=connecting,
    )


CASES: Mapping[str, Callable[[Field], list[Row]]] = {"distant map": many, "distant pages": pages}
