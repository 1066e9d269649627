"""Writes what was measured: results.md and results.svg, with the facts about the machine that a figure needs."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.against import LANES, WORK
from benchmarks.peer import NAME, VERSION
from benchmarks.plot import draw
from benchmarks.rows import Row, markdown_table

FOLDER = Path(__file__).parent

TEXT = f"""\
# What was measured

Made by `make bench` on {{date}}: {{facts}}.

Only ratios within one run mean something. A figure is the median of interleaved rounds, ± half of its interquartile range; a
ratio is the median of the rounds' ratios, and *spread* goes from its lower to its upper quartile. Nothing fails when a target
is missed: it says so.

{{table}}

![the ratios of the table](results.svg)

- *peer* is {NAME} {VERSION} from npm; *httpx* is `httpx.Client` or `httpx.AsyncClient` with `.json()`, as a script would use
  them. All run against one nginx on the same machine, with the same data, in turns, each in a process of its own that is
  started, signed in and warm before it is timed.
- Ours is typed throughout, with a session that keeps itself signed in, and without a cache. Every call asks for another track,
  also when {LANES} are made at once: joining equal requests saves nothing here.
- Walkers read one field of each item. The server sends 200 tracks a page whatever is asked for: the peer's search has no
  setting for it and asks for 10.
- In the cases that are 50 ms late, a relay in front of nginx holds back every request, for all alike; the list is shorter, to
  keep the run short. An idle walker reads the one field. The work of {WORK} us an item is a fixed amount of hashing that was
  timed beforehand, not a wait: it takes longer when a thread that fetches ahead takes the interpreter.
- Own CPU is time of the process, not of the clock, over `httpx.Client.send` of a ready request, with a transport that answers
  from memory.
- Memory is resident memory at item 200,000, less that at item 20,000, of one walk; its spread is the least and the most on
  the way.

## What holds a target that is missed

Each was looked at with profilers on 2026-11-27, on the machine of the table.

- **Pages, 1.5 of the peer.** That would leave 1.2 ms for a page of 200 tracks. Its 500 kB take 0.1 ms to come, and 1.2 ms, of
  1.7 in all, to become objects: msgspec makes 400 objects of attrs classes with 14,000 attributes, one by one (0.7 ms), moments
  are read from SoundCloud's form of them (0.2 ms), and each object learns where its `raw` is (0.1 ms). msgspec's own classes
  are made in less than half of the time, but the models are attrs classes. Larger reads, reads into one buffer, and a run without
  garbage collection brought nothing that lasts.
- **Idle walker with prefetch.** The link to a page is known when the page before it has come, so a walker that does nothing leaves
  nothing to do meanwhile. With the work of the next row, about 1.4 can be reached.
"""


def facts(nginx: str, node: str) -> str:
    """What the figures hang on, without the name of the machine; a program that was not met is left out."""
    programs = {
        "Python": platform.python_version(),
        "httpx": version("httpx"),
        "Node": node.removeprefix("v"),
        "nginx": nginx,
    }
    parts = [f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()})"]
    return ", ".join([*parts, *(f"{name} {number}" for name, number in programs.items() if number)])


def write(rows: Sequence[Row], about: str) -> None:
    """Write both files."""
    date = datetime.now(UTC).date().isoformat()
    text = TEXT.format(date=date, facts=about, table=markdown_table(rows))
    (FOLDER / "results.md").write_text(text, encoding="utf-8")
    draw(rows, FOLDER / "results.svg")
