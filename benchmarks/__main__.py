"""Runs every measurement and prints one table: `make bench`.

What is asked of each is in the last column. Nothing fails here: a slow day is no defect, and only ratios
within one run count.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks import sessions
from benchmarks.measuring import interleaved
from benchmarks.pages import page
from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud._core.decode import Drifts, read
from soundcloud._core.request import Reply
from soundcloud_api.models import Tracks
from tools.document import OPENAPI_JSON
from tools.sync_spec import main as sync

Row = tuple[str, str, str]
TRACK = json.dumps(json.loads(page(1))["collection"][0]).encode()
ADDRESS = "https://api.soundcloud.com/tracks/soundcloud:tracks:1"
HEADERS = {"content-type": "application/json; charset=utf-8"}


def decoding() -> list[Row]:
    """A page of 200 tracks from bytes to objects, against json.loads on the same bytes."""
    rows: list[Row] = []
    good, odd = page(), page(drifted=True)
    replies = {200: Tracks}
    for name, content, asked in (("a page", good, "0.8"), ("a drifted page", odd, "3")):
        reply = Reply(200, {}, content)

        def typed(reply: Reply = reply) -> object:
            return read(reply, replies, Drifts())

        def plain(content: bytes = content) -> object:
            return json.loads(content)

        medians = interleaved({"plain": plain, "typed": typed}, rounds=150)
        ratio = medians["typed"] / medians["plain"]
        detail = f"{medians['typed'] * 1e6:,.0f} us, json.loads {medians['plain'] * 1e6:,.0f} us"
        rows.append((f"decode {name} of 200 tracks", f"{ratio:.2f} of json.loads ({detail})", f"at most {asked}"))
    return rows


def importing() -> list[Row]:
    """`import soundcloud` against `import httpx`, each in its own interpreter, over an empty one."""

    def job(statement: str) -> object:
        return subprocess.run([sys.executable, "-c", statement], check=True)

    medians = interleaved(
        {
            "nothing": lambda: job("pass"),
            "httpx": lambda: job("import httpx"),
            "soundcloud": lambda: job("import soundcloud"),
            "client": lambda: job("from soundcloud import SoundCloudClient"),
        },
        rounds=21,
    )
    base = medians.pop("nothing")
    cost = {name: median - base for name, median in medians.items()}
    detail = f"{cost['soundcloud'] * 1e3:.0f} ms, httpx {cost['httpx'] * 1e3:.0f} ms"
    return [
        ("import soundcloud", f"{cost['soundcloud'] / cost['httpx']:.2f} of import httpx ({detail})", "at most 1.2"),
        (
            "from soundcloud import SoundCloudClient",
            f"{cost['client'] / cost['httpx']:.2f} of import httpx ({cost['client'] * 1e3:.0f} ms)",
            "-",
        ),
    ]


class Memory(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers from memory, so that what is left is the clients' own work."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with a track."""
        return httpx.Response(200, headers=HEADERS, content=TRACK)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with a track."""
        return httpx.Response(200, headers=HEADERS, content=TRACK)


def calling() -> list[Row]:
    """A typed call against `httpx.Client.send` of a ready request, both twins."""
    token = "x" * 900
    asked = "at most 60 us"
    headers = {"Authorization": f"OAuth {token}"}
    client, http = SoundCloudClient(access_token=token, transport=Memory()), httpx.Client(transport=Memory())
    ready = httpx.Request("GET", ADDRESS, headers=headers)
    with client, http:
        medians = interleaved(
            {"ready": lambda: http.send(ready), "ours": lambda: client.tracks.get_track(1)}, rounds=60, calls=50
        )
    rows = [("own cost of a call, SoundCloudClient", f"{(medians['ours'] - medians['ready']) * 1e6:.0f} us", asked)]

    async def main() -> dict[str, float]:
        async with (
            AsyncSoundCloudClient(access_token=token, transport=Memory()) as client,
            httpx.AsyncClient(transport=Memory()) as http,
        ):
            ready = httpx.Request("GET", ADDRESS, headers=headers)
            times: dict[str, list[float]] = {"ready": [], "ours": []}
            for _ in range(60):
                start = time.perf_counter()
                for _ in range(50):
                    await http.send(ready)
                middle = time.perf_counter()
                for _ in range(50):
                    await client.tracks.get_track(1)
                times["ready"].append((middle - start) / 50)
                times["ours"].append((time.perf_counter() - middle) / 50)
            return {name: sorted(values)[len(values) // 2] for name, values in times.items()}

    medians = asyncio.run(main())
    cost = (medians["ours"] - medians["ready"]) * 1e6
    return [*rows, ("own cost of a call, AsyncSoundCloudClient", f"{cost:.0f} us", asked)]


def syncing() -> list[Row]:
    """`make openapi-sync` from a local file, regeneration included, into a copy."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "openapi.json"
        target.write_bytes(OPENAPI_JSON.read_bytes())
        start = time.perf_counter()
        status = sync(["--source", str(OPENAPI_JSON)], openapi_json=target, generated=Path(folder) / "soundcloud_api")
        took = time.perf_counter() - start
    return [("openapi-sync from a local file", f"{took:.1f} s" if status == 0 else "failed", "under 20 s")]


def main() -> None:
    """Run everything and print the table."""
    rows = [*decoding(), *importing(), *calling(), *sessions.measure(), *syncing()]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print(f"\nPython {sys.version.split()[0]}, medians of interleaved runs\n")
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
