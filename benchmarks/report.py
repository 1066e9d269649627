"""Writes results.md and results.svg."""

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
RESULTS = FOLDER / "results.md"

TEXT = f"""\
# Benchmark results

Created by `make bench` on {{date}}: {{facts}}.

Only ratios within one run are meaningful. A figure is the median of interleaved rounds, ± half of its interquartile range; a
ratio is the median of the rounds' ratios, and *spread* goes from its lower to its upper quartile. A missed target
is marked and is not an error.

{{table}}

![the ratios of the table](results.svg)

- *peer* is {NAME} {VERSION} from npm; *httpx* is `httpx.Client` or `httpx.AsyncClient` with `.json()`, as a script would use
  them. All run against one nginx on the same machine, with the same data, in turns, each in its own process that is
  started, signed in and warmed up before it is timed.
- *ours* decodes models, refreshes its token and has no cache. Each request fetches another track, also when {LANES} are
  concurrent, so that request deduplication saves nothing here.
- The loops read one field of each item. The server sends 200 tracks per page for any page size: the peer's search has no
  option for it and requests 10.
- In the cases with 50 ms of latency, a relay in front of nginx delays each request equally; the list is shorter, to keep the run
  short. The work of {WORK} us per item is a fixed amount of hashing that was timed beforehand, not a wait: it takes longer when
  a prefetching thread holds the interpreter lock.
- CPU time is process time minus that of `httpx.Client.send` with a prepared request, with a transport that answers from
  memory.
- Memory is resident memory at item 1,000,000 minus that at item 100,000 of one loop; its spread is from the minimum to the
  maximum in between.
- In the cases with 80 ms, the relay is in front of a server with TLS. HTTP/2 is measured with httpx and h2, if that is installed.
- A new process is started in an environment that holds the wheel and its dependencies only; the time is that of its first line.

## Missed targets

Each was analysed with profilers on 2026-11-28, on the machine of the table.

- **First track, async.** asyncio and anyio take 20 ms to import, which plain Node does not need.
- **Import of the client, half of httpx.** attrs and msgspec, which the models need, take half of the time of `import httpx`
  alone. The models, operations and namespaces are imported at their first use; `ssl` and `logging` are the next largest.
- **Pages, 1.5 of the peer.** Of the 1.9 ms for a page of 200 tracks, decoding takes 1.2 ms: msgspec creates 400 attrs objects with
  14,000 attributes (0.8 ms); dates, presence checks, classes and the positions for `raw` take the rest. msgspec's own classes take
  less than half of the time, but the models are attrs classes. Decoding in a thread while the socket waits gains nothing here,
  because the next page is only known after this one. In a new process the first pages also create the decoders.
- **Decoding.** In a process that does nothing else the ratios are 0.60 and 0.55; garbage collection and caches make the difference.
- **HTTP/2** does not halve a time: `map` with httpx and HTTP/2 is faster than httpx with HTTP/1.1, and slower than this client.
- **Prefetching without work per item.** The URL of a page is only known after the previous page, so that a loop without work
  leaves no time to use. With the work of the next row, about 1.4 can be reached.
- **First track, sync, and sync uploads.** The results are on both sides of the target: in several runs on one day, the ratio of the
  first track was 0.99 to 1.06, and that of uploads 0.85 to 1.50.

## Slower on purpose

- **Refreshes.** Before a token request, the client checks that the token store can be written, so that a full disk signs no user
  out. With a file this takes 0.3 ms per refresh, that is, about once an hour.
- **Async uploads.** Files are read in a thread, so that a slow disk does not block the event loop. If the event loop itself read
  the file, an upload from the disk cache to a server on the same machine would be two to three times as fast.
"""


def facts(nginx: str, node: str) -> str:
    """Return the versions and the machine type of a run; programs that were not used are omitted."""
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
    RESULTS.write_text(text, encoding="utf-8")
    draw(rows, FOLDER / "results.svg")
