"""Interleaved measurements, so that temporary noise affects all candidates equally."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

Job = Callable[[], object]
Measure = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of some measurements, between their quartiles.

    Attributes:
        median: Half of them are below.
        low: A quarter of them is below.
        high: A quarter of them is above.
        unit: What is counted, written behind the number.
    """

    median: float
    low: float
    high: float
    unit: str = ""

    @property
    def spread(self) -> str:
        """The lower and the upper quartile."""
        return f"{shown(self.low)} to {shown(self.high)}"

    def __str__(self) -> str:
        return f"{shown(self.median)}{self.unit}"


def shown(value: float) -> str:
    """Format a number with its significant digits."""
    if isinstance(value, int):
        return f"{value:,}"
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def figure(values: Sequence[float], unit: str = "") -> Figure:
    """Return the median and quartiles of measurements."""
    if len(values) == 1:
        return Figure(values[0], values[0], values[0], unit)
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Figure(median, low, high, unit)


def ratio(over: Sequence[float], under: Sequence[float]) -> Figure:
    """Divide round by round, so that a slow moment affects both sides of a ratio."""
    return figure([one / other for one, other in zip(over, under, strict=True)])


def difference(of: Sequence[float], less: Sequence[float], *, scale: float, unit: str) -> Figure:
    """Subtract round by round."""
    return figure([(one - other) * scale for one, other in zip(of, less, strict=True)], unit)


def in_turns(measures: Mapping[str, Measure], *, rounds: int) -> dict[str, list[float]]:
    """Measure several things in turn.

    Args:
        measures: What to measure, by name; each call gives one measurement.
        rounds: How often each is measured; every second round goes backwards.

    Returns:
        All measurements of each, in the order of the rounds.
    """
    values: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds):
        for name in list(measures) if number % 2 == 0 else reversed(list(measures)):
            values[name].append(measures[name]())
    return values


def interleaved(
    jobs: Mapping[str, Job], *, rounds: int, calls: int = 1, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Time jobs of this process in turn.

    Args:
        jobs: What to run, by name.
        rounds: How often each is timed.
        calls: How often it is called each time.
        clock: What tells the time: `time.process_time` counts this process's own work only.

    Returns:
        The times of each, in seconds for one call.
    """

    def measure(job: Job) -> float:
        start = clock()
        for _ in range(calls):
            job()
        return (clock() - start) / calls

    for job in jobs.values():
        for _ in range(max(3, calls // 2)):
            job()
    gc.collect()
    gc.freeze()  # what earlier cases left must not be looked at by each collection
    try:
        return in_turns({name: partial(measure, job) for name, job in jobs.items()}, rounds=rounds)
    finally:
        gc.unfreeze()
