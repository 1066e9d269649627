"""The first response and the imports of a new process, in an environment that holds a wheel and its dependencies only."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.against import NEVER, Field
from benchmarks.measuring import figure, in_turns, ratio
from benchmarks.rows import Row, Target
from benchmarks.server import PAGES, PER_PAGE, ROOT
from benchmarks.worker import STATM
from benchmarks.workers import Candidate
from tools.packaging.wheel_test import build_wheel, create_environment, install

# Each prints the title of a track, then its resident memory in bytes.
MEMORY = """
import os
with open("/proc/self/statm") as file:
    print(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
"""
OURS = """
import sys
from soundcloud import SoundCloudClient
client = SoundCloudClient(access_token="token", base_url=sys.argv[1])
print(client.tracks.get_track(1).title, flush=True)
"""
OURS_ASYNC = """
import asyncio, sys
from soundcloud import AsyncSoundCloudClient
async def main():
    client = AsyncSoundCloudClient(access_token="token", base_url=sys.argv[1])
    print((await client.tracks.get_track(1)).title, flush=True)
asyncio.run(main())
"""
HTTPX = """
import httpx, sys
client = httpx.Client(headers={"Authorization": "OAuth token"})
print(client.get(sys.argv[1] + "/tracks/1").json()["title"], flush=True)
"""


def python(environment: Path, program: str, url: str) -> list[str]:
    """Return the command that runs a program in the environment."""
    return [str(environment), "-c", program + (MEMORY if STATM.exists() else ""), url]


def first(command: list[str]) -> float:
    """Return the seconds from the start of a process to its first line."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT / "benchmarks") as process:
        assert process.stdout
        line = process.stdout.readline()
        seconds = time.perf_counter() - start
        if not line.strip() or process.stdout.read() is None or process.wait():
            raise RuntimeError(f"{command[:2]} printed nothing, or failed")
    return seconds


def memory_of(command: list[str]) -> float:
    """Return the resident memory in bytes that a process prints after the first response."""
    return float(
        subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT / "benchmarks", check=True).stdout.split()[-1]
    )


def measure(field: Field) -> list[Row]:
    """Measure everything in a new environment."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        interpreter = create_environment(folder / "environment")
        install(interpreter, [build_wheel(folder / "wheel").partition("[")[0]])
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        subprocess.run([interpreter, "-m", "compileall", "-q", folder / "environment"], env=environment, check=False)
        return [*_first_responses(field, interpreter), *_imports(field, interpreter), *_pages(field)]


def _first_responses(field: Field, interpreter: Path) -> list[Row]:
    url = field.server.direct
    commands = {
        "ours": python(interpreter, OURS, url),
        "ours-async": python(interpreter, OURS_ASYNC, url),
        "httpx": python(interpreter, HTTPX, url),
    }
    if field.package is not None:
        commands["peer"] = ["node", str(ROOT / "benchmarks" / "first.mjs"), str(field.package), url]
    times = in_turns({label: partial(first, command) for label, command in commands.items()}, rounds=_rounds(field))
    figures = {label: figure([seconds * 1e3 for seconds in values], " ms") for label, values in times.items()}
    one = Target("at most", 1)
    rows = [
        Row(
            "new process to the first track, sync, plain install",
            figures["ours"],
            figures.get("peer"),
            figures["httpx"],
            ratio(times["ours"], times["httpx"]),
            "of the time of httpx",
            one,
        ),
        Row(
            "new process to the first track, async, plain install",
            figures["ours-async"],
            figures.get("peer"),
            result=ratio(times["ours-async"], times["peer"]) if "peer" in times else field.no_peer,
            of="of the time of the peer",
            asked=one,
        ),
    ]
    if STATM.exists():
        sizes = {label: figure([memory_of(command) / 1e6], " MB") for label, command in commands.items()}
        rows.append(
            Row("memory after the first track", sizes["ours"], sizes.get("peer"), sizes["httpx"], result=sizes["ours"])
        )
    return rows


def _imports(field: Field, interpreter: Path) -> list[Row]:
    """Compare the time of imports, minus the start of an interpreter."""

    def job(statement: str) -> Callable[[], float]:
        return partial(first, [str(interpreter), "-c", f"{statement}\nprint('done', flush=True)"])

    statements = {"import soundcloud": 0.5, "from soundcloud import SoundCloudClient": 0.5}
    jobs = {statement: job(statement) for statement in ("pass", "import httpx", *statements)}
    times = in_turns(jobs, rounds=_rounds(field))
    # The median of all rounds, because the difference of two small times varies too much.
    base = figure(times["pass"]).median
    cost = {statement: [seconds - base for seconds in values] for statement, values in times.items()}
    figures = {statement: figure([seconds * 1e3 for seconds in values], " ms") for statement, values in cost.items()}
    return [
        Row(
            statement,
            figures[statement],
            httpx=figures["import httpx"],
            result=ratio(cost[statement], cost["import httpx"]),
            of="of import httpx",
            asked=Target("at most", asked),
        )
        for statement, asked in statements.items()
    ]


def _pages(field: Field) -> list[Row]:
    """Measure the pagination of 10,000 tracks by processes that are new in each round."""
    url, items = field.server.direct, PAGES * PER_PAGE
    names = [name for name in ("peer", "ours", "httpx") if name != "peer" or field.package]

    def speed(name: str) -> float:
        with Candidate(name, url).start(field.package) as worker:
            outcome = worker.run({"job": "walk", "every": NEVER})
        if outcome["count"] != items:
            raise RuntimeError(f"{name} processed {outcome['count']}, not {items}")
        return items / float(outcome["seconds"])

    measures: Mapping[str, Callable[[], float]] = {name: partial(speed, name) for name in names}
    speeds = in_turns(measures, rounds=3 if field.quick else 7)
    asked = {"peer": Target("at least", 1.5), "httpx": Target("over", 1.0)}
    return field.rows(f"{items:,} tracks through pages, sync, typed, new process", speeds, asked, " items/s")


def _rounds(field: Field) -> int:
    return 5 if field.quick else 11
