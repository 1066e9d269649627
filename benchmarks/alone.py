"""Measurements without nginx: decoding, imports, CPU time of a request, uploads, and the sync of the document."""

import asyncio
import gc
import json
import pickle
import shutil
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path

import httpx

from benchmarks import commands, sandbox, sessions, uploads
from benchmarks.measuring import difference, figure, interleaved, ratio
from benchmarks.pages import page
from benchmarks.rows import Row, Target
from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud._protocol.decoding import Drifts, decode
from soundcloud._protocol.http.messages import Response
from soundcloud._transport.compat import patched_library
from soundcloud_api.models import Track, Tracks
from soundcloud_api.types import TIMESTAMPS
from tools.openapi.document import OPENAPI_JSON
from tools.sync_spec import main as sync

URL = "https://api.soundcloud.com/tracks/soundcloud:tracks:1"
HEADERS = {"content-type": "application/json; charset=utf-8"}
CALLS = 50


def decoding() -> list[Row]:
    """Compare decoding a page of 200 tracks with json.loads of the same bytes."""
    rows: list[Row] = []
    types = {200: Tracks}
    content = page()

    def job(content: bytes = content, *, keep_raw: bool = True, new_dates: bool = False) -> Callable[[], object]:
        response = Response(200, {}, content)

        def typed() -> object:
            if new_dates:
                TIMESTAMPS.clear()
            return decode(response, types, Drifts(), keep_raw=keep_raw)

        return typed

    for name, typed, plain, asked in (
        ("a page", job(), content, 0.62),
        ("a page, with dates that were not seen before,", job(new_dates=True), content, None),
        ("a page, keep_raw=False,", job(keep_raw=False), content, 0.55),
        ("a drifted page", job(page(drifted=True)), page(drifted=True), 3),
    ):
        times = interleaved({"plain": partial(json.loads, plain), "typed": typed}, rounds=150)
        ours = figure([seconds * 1e6 for seconds in times["typed"]], " us")
        result = ratio(times["typed"], times["plain"])
        target = None if asked is None else Target("at most", asked)
        rows.append(Row(f"decode {name} of 200 tracks", ours, result=result, of="of json.loads", asked=target))
    return rows


def blocking() -> list[Row]:
    """Measure how long a large page keeps the event loop from other tasks."""
    content = page(2_000)
    response = Response(200, {}, content)
    times = interleaved({"typed": lambda: decode(response, {200: Tracks}, Drifts())}, rounds=30)
    result = figure([seconds * 1e3 for seconds in times["typed"]], " ms")
    size = f"{len(content) / 1e6:.1f} MB"
    return [Row(f"event loop blocked by a page of {size}", result=result, asked=Target("at most", 100, " ms"))]


def keeping() -> list[Row]:
    """Measure what objects that a program keeps take: in pickles, and in memory."""
    content = page()

    def decoded(*, keep_raw: bool = True) -> list[Track]:
        tracks: Tracks = decode(
            Response(200, {}, bytes(bytearray(content))), {200: Tracks}, Drifts(), keep_raw=keep_raw
        )
        return tracks.collection

    def kept(keep: Callable[[], Track]) -> float:
        keep()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            tracks = [keep() for _ in range(50)]
            gc.collect()
            return (tracemalloc.get_traced_memory()[0] - before) / 1e6 if tracks else 0.0
        finally:
            tracemalloc.stop()

    pickles = sum(len(pickle.dumps(track)) for track in decoded()) / 1e6
    rows = [
        Row(
            "200 tracks of a page, pickled one by one",
            result=figure([pickles], " MB"),
            asked=Target("under", 1.5, " MB"),
        )
    ]
    ways: dict[str, tuple[Callable[[], Track], Target | None]] = {
        "": (lambda: decoded()[0], None),
        ", detached": (lambda: decoded()[0].detach(), Target("under", 0.5, " MB")),
        ", keep_raw=False": (lambda: decoded(keep_raw=False)[0], Target("under", 0.5, " MB")),
    }
    for name, (keep, asked) in ways.items():
        rows.append(Row(f"memory of 50 tracks of 50 pages{name}", result=figure([kept(keep)], " MB"), asked=asked))
    return rows


class MemoryTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers from memory, so that only the clients' own work is measured."""

    def __init__(self) -> None:
        self.content = json.dumps(json.loads(page(1))["collection"][0]).encode()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return a track."""
        return httpx.Response(200, headers=HEADERS, content=self.content)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return a track."""
        return self.handle_request(request)


def calling() -> list[Row]:
    """Compare the CPU time of a typed request with `httpx.Client.send` of a prepared one, sync and async."""
    token = "x" * 900
    ready = httpx.Request("GET", URL, headers={"Authorization": f"OAuth {token}"})
    client, http = (
        SoundCloudClient(access_token=token, transport=MemoryTransport()),
        httpx.Client(transport=MemoryTransport()),
    )

    def repeated(call: Callable[[], object]) -> Callable[[], None]:
        def calls() -> None:
            for _ in range(CALLS):
                call()

        return calls

    with client, http:
        jobs = {"ready": repeated(lambda: http.send(ready)), "ours": repeated(lambda: client.tracks.get_track(1))}
        rows = [_own(SoundCloudClient, interleaved(jobs, rounds=60, clock=time.process_time))]

    async_client = AsyncSoundCloudClient(access_token=token, transport=MemoryTransport())
    async_http = httpx.AsyncClient(transport=MemoryTransport())

    async def awaited(call: Callable[[], Awaitable[object]]) -> None:
        for _ in range(CALLS):
            await call()

    with asyncio.Runner() as runner:
        jobs = {
            "ready": lambda: runner.run(awaited(lambda: async_http.send(ready))),
            "ours": lambda: runner.run(awaited(lambda: async_client.tracks.get_track(1))),
        }
        rows.append(_own(AsyncSoundCloudClient, interleaved(jobs, rounds=60, clock=time.process_time)))
        runner.run(async_client.aclose())
        runner.run(async_http.aclose())
    return rows


def _own(client: type, times: Mapping[str, list[float]]) -> Row:
    ours, ready = (figure([seconds / CALLS * 1e6 for seconds in times[name]], " us") for name in ("ours", "ready"))
    result = difference(times["ours"], times["ready"], scale=1e6 / CALLS, unit=" us")
    case = f"own CPU of a call, {client.__name__}"
    return Row(case, ours, httpx=ready, result=result, of="over httpx", asked=Target("at most", 60, " us"))


def checking() -> list[Row]:
    """Measure the check of whether httpx is patched, which precedes each request."""
    import_module("httpcore")  # the check looks at its pools if httpx is imported too
    times = interleaved({"check": patched_library}, rounds=60, calls=2_000, clock=time.process_time)
    result = figure([seconds * 1e6 for seconds in times["check"]], " us")
    return [Row("check whether httpx is patched, per request", result=result, asked=Target("under", 0.5, " us"))]


def syncing() -> list[Row]:
    """`make openapi-sync` from a local file, regeneration included, into a copy."""
    case, asked = "openapi-sync from a local file", Target("under", 20, " s")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "openapi.json"
        for file in (*OPENAPI_JSON.parent.glob("openapi*.*"), OPENAPI_JSON.with_name("corrections.toml")):
            shutil.copy2(file, folder)
        start = time.perf_counter()
        status = sync(["--source", str(OPENAPI_JSON)], openapi_json=target, generated=Path(folder) / "soundcloud_api")
        took = time.perf_counter() - start
    return [Row(case, result=figure([took], " s") if status == 0 else "failed", asked=asked)]


CASES: Mapping[str, Callable[[], list[Row]]] = {
    "decode": decoding,
    "block": blocking,
    "keep": keeping,
    "call": calling,
    "check": checking,
    "sessions": sessions.measure,
    "sandbox": sandbox.measure,
    "upload": uploads.measure,
    "command": commands.measure,
    "openapi-sync": syncing,
}
