"""Uploads against httpx, which streams the same file without a form, and the memory that they take."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import figure, ratio
from benchmarks.rows import Row, Target
from benchmarks.server import ROOT
from benchmarks.worker import STATM
from benchmarks.workers import Candidate, race

SIZE, ROUNDS = 256 * 2**20, 9
LARGE = 2**30
MEGABYTES = f"{SIZE / 2**20:.0f} MB"
ASKED = Target("at least", 0.9)


def measure() -> list[Row]:
    """Measure everything with a server that discards uploads."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "night.flac"
        path.write_bytes(b"fLaC" + bytes(SIZE - 4))
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sink"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as sink:
            assert sink.stdout
            try:
                url = f"http://127.0.0.1:{sink.stdout.readline().strip()}"
                speeds = _speeds(url, path)
                with path.open("r+b") as file:
                    file.truncate(LARGE)  # sparse: the memory does not depend on the content
                return [*speeds, *_memory(url, path)]
            finally:
                sink.terminate()


def _speeds(url: str, path: Path) -> list[Row]:
    names = ["ours", "httpx", "ours-async", "httpx-async"]
    candidates = {name: Candidate(name, url) for name in names}
    job = {"job": "upload", "path": str(path)}
    speeds = race(candidates, job, rounds=ROUNDS, package=None, expected=SIZE)
    rows: list[Row] = []
    for ours, httpx, how in (
        ("ours", "httpx", "sync"),
        ("ours-async", "httpx-async", "async"),
    ):
        case = f"upload of {MEGABYTES}, {how}"
        figures = [figure([speed / 1e6 for speed in speeds[name]], " MB/s") for name in (ours, httpx)]
        result = ratio(speeds[ours], speeds[httpx])
        rows.append(Row(case, figures[0], httpx=figures[1], result=result, of="of httpx, raw", asked=ASKED))
    return rows


def _memory(url: str, path: Path) -> list[Row]:
    asked = Target("under", 20, " MB")
    rows: list[Row] = []
    for name, how in (("ours", "sync"), ("ours-async", "async")):
        case = f"memory grown while uploading 1 GB, {how}"
        if not STATM.exists():
            rows.append(Row(case, result="no /proc here", asked=asked))
            continue
        with Candidate(name, url).start(None) as worker:
            worker.run({"job": "upload", "path": str(path)})
            sizes = worker.run({"job": "upload", "path": str(path), "watched": True})["memory"]
        grown = figure([(max(sizes) - sizes[0]) / 1e6], " MB")
        rows.append(Row(case, grown, result=grown, asked=asked))
    return rows
