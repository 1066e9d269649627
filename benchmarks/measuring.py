"""Interleaved measuring: noise that comes and goes meets every candidate alike."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping

Job = Callable[[], object]


def interleaved(jobs: Mapping[str, Job], *, rounds: int, calls: int = 1) -> dict[str, float]:
    """Time jobs in turn.

    Args:
        jobs: What to run, by name.
        rounds: How often each is timed.
        calls: How often it is called each time.

    Returns:
        The median of each, in seconds for one call.
    """
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():
        for _ in range(max(3, calls // 2)):
            job()
    gc.collect()
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            for _ in range(calls):
                job()
            times[name].append((time.perf_counter() - start) / calls)
    return {name: statistics.median(values) for name, values in times.items()}
