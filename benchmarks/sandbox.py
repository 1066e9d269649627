"""What the sandbox costs its users: a start, a fresh world for each test, a snapshot, in memory and in a file."""

import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import interleaved
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.worlds import World

Row = tuple[str, str, str]
STARTS = 9

# Everything that a start imports comes first, what uvicorn names by text too: what is left is the work of the start.
_START = """
import time
import uvicorn.lifespan.off, uvicorn.loops.asyncio, uvicorn.protocols.http.h11_impl
from soundcloud.sandbox.handlers import load_handlers
from soundcloud.sandbox.server import Sandbox
load_handlers().routes()
start = time.perf_counter()
sandbox = Sandbox(**{settings})
print(time.perf_counter() - start)
sandbox.close()
"""


def measure() -> list[Row]:
    """Measure all of it, in the default world: 40 people, 600 tracks."""
    with TemporaryDirectory() as folder:
        return [*_starting(Path(folder)), *_world_by_world(Path(folder))]


def _starting(folder: Path) -> list[Row]:
    """Each start is in a process of its own, as the first one of a program is."""
    kept = folder / "kept.db"
    with Sandbox(data=kept):
        pass
    kinds = {"in memory": "{}", "with data that is there": f"{{'data': {str(kept)!r}}}"}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(STARTS):
        for name, settings in kinds.items():
            times[name].append(_first_start(settings))
    rows = [
        (f"start of a sandbox, {name}", f"{statistics.median(values) * 1e3:.0f} ms beyond imports", "under 300 ms")
        for name, values in times.items()
    ]
    again: list[float] = []
    for _ in range(STARTS):
        start = time.perf_counter()
        with Sandbox():
            again.append(time.perf_counter() - start)
    rows.append(("start of another one in the same program", f"{statistics.median(again) * 1e3:.0f} ms", "-"))
    return rows


def _first_start(settings: str) -> float:
    code = _START.replace("{settings}", settings)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def _world_by_world(folder: Path) -> list[Row]:
    rows: list[Row] = []
    size = len(World().image()) / 1e6
    for name, data in (("in memory", None), ("in a file", folder / "world.db")):
        with Sandbox(data=data) as sandbox:
            snapshot = sandbox.snapshot()
            medians = interleaved(
                {
                    "reset": sandbox.reset,
                    "reset and sign in": lambda: (sandbox.reset(), sandbox.client_settings()),
                    "snapshot": sandbox.snapshot,
                    "restore": partial(sandbox.restore, snapshot),
                },
                rounds=100,
            )
        asked = {"reset": "under 5 ms", "reset and sign in": "under 5 ms"}
        rows += [
            (f"{what} {name}, {size:.1f} MB", f"{median * 1e3:.2f} ms", asked.get(what, "-"))
            for what, median in medians.items()
        ]
    return rows
