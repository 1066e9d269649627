"""Measurements of the sandbox: start, reset, snapshot and restore, in memory and in a file."""

import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from httpx import Client

from benchmarks.measuring import figure, in_turns, interleaved, ratio
from benchmarks.rows import Row, Target
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.data import searching
from soundcloud.sandbox.data.datasets import Dataset

STARTS, ROUNDS = 9, 100
TRACKS, WORDS = 100_000, ("lofi", "felt rain", "window part 2", "no. 77", "nothing-has-this")

# All imports come first, also those that uvicorn imports by name, so that only the start is measured.
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
    """Measure everything with the default dataset, 40 users and 600 tracks, and searches in a large one."""
    with TemporaryDirectory() as folder:
        return [*_starting(Path(folder)), *_resets(Path(folder)), *_searches()]


def _starting(folder: Path) -> list[Row]:
    """Measure starts, each in its own process."""
    kept = folder / "kept.db"
    with Sandbox(data=kept):
        pass
    settings = {"in memory": "{}", "with data that is there": f"{{'data': {str(kept)!r}}}"}
    times = in_turns({name: partial(_first_start, text) for name, text in settings.items()}, rounds=STARTS)
    rows = [
        Row(
            f"start of a sandbox, {name}",
            result=figure(values, " ms"),
            of="beyond imports",
            asked=Target("under", 300, " ms"),
        )
        for name, values in times.items()
    ]
    again = in_turns({"again": _start_again}, rounds=STARTS)["again"]
    return [*rows, Row("start of another sandbox in the same program", result=figure(again, " ms"))]


def _first_start(settings: str) -> float:
    code = _START.replace("{settings}", settings)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout) * 1e3


def _start_again() -> float:
    start = time.perf_counter()
    with Sandbox():
        return (time.perf_counter() - start) * 1e3


def _resets(folder: Path) -> list[Row]:
    rows: list[Row] = []
    size = f"{len(Dataset().image()) / 1e6:.1f} MB"
    for name, data in (("in memory", None), ("in a file", folder / "dataset.db")):
        with Sandbox(data=data) as sandbox:
            times = interleaved(
                {
                    "reset": sandbox.reset,
                    "reset and sign in": partial(_reset_and_sign_in, sandbox),
                    "snapshot": sandbox.snapshot,
                    "restore": partial(sandbox.restore, sandbox.snapshot()),
                },
                rounds=ROUNDS,
            )
        # A test resets and signs in with a sandbox in memory.
        asked = {"reset"} if data else {"reset", "reset and sign in"}
        rows += [
            Row(
                f"{what} of a dataset of {size}, {name}",
                result=figure([value * 1e3 for value in values], " ms"),
                asked=Target("under", 5, " ms") if what in asked else None,
            )
            for what, values in times.items()
        ]
    return rows


def _reset_and_sign_in(sandbox: Sandbox) -> None:
    sandbox.reset()
    sandbox.client_settings()


def _searches() -> list[Row]:
    """Measure the generation of a large dataset, and requests that search in it, each with all words."""
    start = time.perf_counter()
    sandbox = Sandbox(tracks=TRACKS)
    generated = time.perf_counter() - start
    headers = {"Authorization": f"OAuth {sandbox.user_token()}"}
    with sandbox, Client(base_url=sandbox.api_url, headers=headers, trust_env=False, timeout=60) as client:
        times = interleaved(
            {"with the index": partial(_search, client), "without the index": partial(_search_without_index, client)},
            rounds=ROUNDS // 10,
            calls=2,
        )
    searches = {name: [value * 1e3 / len(WORDS) for value in values] for name, values in times.items()}
    found = searches["with the index"]
    return [
        Row(
            f"generation of {TRACKS:,} tracks and {10 * TRACKS:,} likes",
            result=figure([generated], " s"),
            asked=Target("under", 60, " s"),
        ),
        Row(
            f"search in {TRACKS:,} tracks, a page of 50", result=figure(found, " ms"), asked=Target("under", 50, " ms")
        ),
        Row(
            f"search in {TRACKS:,} tracks without a full-text index",
            result=ratio(searches["without the index"], found),
            of="of the time with it",
        ),
    ]


def _search(client: Client) -> None:
    for words in WORDS:
        client.get("/tracks", params={"q": words, "linked_partitioning": 1}).raise_for_status()


def _search_without_index(client: Client) -> None:
    with patch.object(searching, "has_full_text_search", return_value=False):
        _search(client)
