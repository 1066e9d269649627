"""Malformed and unusual responses, compared with httpx, aiohttp and curl.

Each response is followed by a second request with the same client, which must get its own response. Whatever the client cannot
read becomes a SoundCloudError. `unusual_responses.json` records what the client reads, and each difference of another client with
its reason; `python -m tests.resilience.test_unusual_responses` writes it. With SOUNDCLOUD_STRESS=1 the other clients get all
responses, else a fifth of them.
"""

import asyncio
import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest

from soundcloud import AsyncSoundCloudClient, SoundCloudClient, SoundCloudError, Timeout
from soundcloud.raw import decode_raw_response
from tests.helpers.load import FULL, report
from tests.helpers.servers import JSON, SocketServer, http_response, read_head
from tests.helpers.waiting import async_wait_until, wait_until
from tests.resilience.unusual_responses import GZIP, MUTATED, UnusualResponse, hand_made, mutated

IDLE_SECONDS = 0.06  # how long the server waits for the next request before it closes the connection
LATE_SECONDS = 0.01  # how long the server waits before it sends further bytes
WORKERS = 8
REFUSED = "refused"
TABLE = Path(__file__).with_name("unusual_responses.json")
CASES = [*hand_made(), *mutated(MUTATED)]
MORE = mutated(3_000 if FULL else MUTATED + 60)[MUTATED:]
SETTINGS: dict[str, Any] = {
    "access_token": "own",
    "max_retries": 0,
    "max_response_bytes": 1_000_000,
    "timeout": Timeout(total=20, read=5),
}

REASONS = {
    "strict": "The head or the framing is malformed. The client refuses it, as RFC 9112 section 2.2 allows: it could hide where "
    "the response ends.",
    "lengths": "Content-Length is not a number, contradicts itself, or meets Transfer-Encoding. Refused against response "
    "splitting (RFC 9112 section 6.3).",
    "chunks": "A chunk line is malformed, or ends with LF alone. Refused: it could hide a chunk (RFC 9112 section 7.1).",
    "truncated": "The connection ended before the response did. An incomplete response is an error (RFC 9112 section 8).",
    "compressed": "A compressed body that is incomplete or corrupt is an error.",
    "not requested": "The content coding was not requested: the client sends Accept-Encoding: gzip.",
    "limits": "The client limits the size of a head and of a body.",
    "upgrade": "The client never asks for another protocol.",
    "status": "The status is not one of HTTP (RFC 9110 section 15).",
    "members": "All members of a gzip body belong to it (RFC 1952 section 2.2), and garbage after them is ignored.",
    "no body": "A response of this status has no body (RFC 9110 section 6.4.1). Bytes after it end the use of the connection.",
    "other decoding": "Both read the response. The other client does not decode it, or finds its end in another way.",
    "lenient": "The client reads it, as browsers or another of the three do, and the other client does not. The connection is "
    "not used again where bytes follow.",
}
ERRORS = {
    "max_response_bytes|too long": "limits",
    "not requested": "not requested",
    "decompressed": "compressed",
    "Content-Length|Transfer-Encoding": "lengths",
    "chunk": "chunks",
    "another protocol": "upgrade",
    "is not an HTTP status": "status",
    "disconnected": "truncated",
    "no response": "strict",
}
"""The reason for refusing a response, by a part of the error; the first one that is found counts."""


def reason_for(case: UnusualResponse, own: str, error: str, client: str, other: str) -> str:
    """Return why another client reads a response differently, as a key of `REASONS`."""
    if own == REFUSED:
        return next(reason for pattern, reason in ERRORS.items() if re.search(pattern, error))
    if own.startswith(("204", "304")):
        return "no body"
    if client != "aiohttp" and case.data.count(GZIP[:2]) > 0 and case.name != "encoded.x-gzip":
        return "members"
    return "lenient" if other == REFUSED else "other decoding"


class UnusualServer(SocketServer):
    """Sends the unusual response whose number is in the path, and else a response that names the path."""

    def __init__(self, cases: list[UnusualResponse]) -> None:
        super().__init__()
        self.cases = cases
        self.sent_late: set[int] = set()

    def serve_requests(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while received := read_head(connection):
            path = received.split(b" ", 2)[1].decode("ascii")
            if not path.startswith("/case/"):
                connection.sendall(http_response(200, json.dumps(path).encode(), JSON))
                continue
            number = int(path.removeprefix("/case/"))
            case = self.cases[number]
            connection.sendall(case.data)
            if case.late:
                time.sleep(LATE_SECONDS)
                connection.sendall(case.late)
                self.sent_late.add(number)
            if case.closes:
                return
            connection.settimeout(IDLE_SECONDS)


def outcome(status: int, content: Any) -> str:
    """Return what a client read, in a comparable form."""
    text = content if isinstance(content, str) else json.dumps(content)
    return f"{status} {text if len(text) < 60 else f'{len(text)} characters'}"


def decoded(status: int, content: bytes) -> str:
    return outcome(status, decode_raw_response(status, {}, content).data)


Results = dict[str, str]
"""What a client read, by the names of the cases: a status and a body, or `refused`."""


async def in_workers(count: int, work: Callable[[Any], Awaitable[None]]) -> None:
    numbers = iter(range(count))
    async with asyncio.TaskGroup() as group:
        for _ in range(WORKERS):
            group.create_task(work(numbers))  # type: ignore[arg-type]


async def keep_busy() -> None:
    """Block the event loop for 3 ms again and again."""
    while True:
        time.sleep(0.003)
        await asyncio.sleep(0)


def run_async_client(server: UnusualServer, *, busy: bool, errors: Results | None = None) -> Results:
    """Send each request with the async client, each followed by a second one; return the results of the first ones."""
    results: Results = {}

    async def work(numbers: Any) -> None:
        async with AsyncSoundCloudClient(base_url=server.url, **SETTINGS) as client:
            for number in numbers:
                case = server.cases[number]
                try:
                    response = await client.raw.get(f"/case/{number}")
                    results[case.name] = outcome(response.status, response.data)
                except SoundCloudError as error:
                    results[case.name] = REFUSED
                    if errors is not None:
                        errors[case.name] = f"{type(error).__name__} {error}"
                if case.late:
                    await async_wait_until(lambda: number in server.sent_late)  # noqa: B023
                assert (await client.raw.get(f"/second/{number}")).data == f"/second/{number}", case

    async def main() -> None:
        blocker = asyncio.create_task(keep_busy()) if busy else None
        await in_workers(len(server.cases), work)
        if blocker is not None:
            blocker.cancel()

    asyncio.run(main())
    return results


def run_in_threads(count: int, work: Callable[[Any], None]) -> None:
    numbers = iter(range(count))
    with ThreadPoolExecutor(WORKERS) as executor:
        for future in [executor.submit(work, numbers) for _ in range(WORKERS)]:
            future.result()


def run_sync_client(server: UnusualServer) -> Results:
    """Do the same with the sync client."""
    results: Results = {}

    def work(numbers: Any) -> None:
        with SoundCloudClient(base_url=server.url, **SETTINGS) as client:
            for number in numbers:
                case = server.cases[number]
                try:
                    response = client.raw.get(f"/case/{number}")
                    results[case.name] = outcome(response.status, response.data)
                except SoundCloudError:
                    results[case.name] = REFUSED
                if case.late:
                    wait_until(lambda: number in server.sent_late)  # noqa: B023
                assert client.raw.get(f"/second/{number}").data == f"/second/{number}", case

    run_in_threads(len(server.cases), work)
    return results


def run_httpx(server: UnusualServer) -> Results:
    results: Results = {}

    def work(numbers: Any) -> None:
        for number in numbers:
            with httpx.Client(timeout=5, trust_env=False, verify=False) as client:
                try:
                    response = client.get(f"{server.url}/case/{number}")
                    results[server.cases[number].name] = decoded(response.status_code, response.content)
                except Exception:
                    results[server.cases[number].name] = REFUSED

    run_in_threads(len(server.cases), work)
    return results


def run_aiohttp(server: UnusualServer) -> Results:
    results: Results = {}

    async def work(numbers: Any) -> None:
        for number in numbers:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as session:
                try:
                    async with session.get(f"{server.url}/case/{number}", allow_redirects=False) as response:
                        results[server.cases[number].name] = decoded(response.status, await response.read())
                except Exception:
                    results[server.cases[number].name] = REFUSED
            await asyncio.sleep(0)

    asyncio.run(in_workers(len(server.cases), work))
    return results


def run_curl(server: UnusualServer) -> Results:
    results: Results = {}

    def work(numbers: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            body = Path(folder) / "body"
            for number in numbers:
                command = ["curl", "-q", "-s", "-m", "5", "--compressed", "--noproxy", "*", "-o", str(body)]
                command += ["-w", "%{http_code}", f"{server.url}/case/{number}"]
                body.write_bytes(b"")
                done = subprocess.run(command, capture_output=True, check=False)
                read = done.returncode == 0
                results[server.cases[number].name] = decoded(int(done.stdout), body.read_bytes()) if read else REFUSED

    run_in_threads(len(server.cases), work)
    return results


OTHERS: dict[str, Callable[[UnusualServer], Results]] = {"httpx": run_httpx, "aiohttp": run_aiohttp}
if shutil.which("curl"):
    OTHERS["curl"] = run_curl


def compare(cases: list[UnusualResponse], own: Results, errors: Results, others: dict[str, Results]) -> dict[str, Any]:
    """Return the differences by case: the outcome of the client, those of the other clients that differ, and the reasons."""
    table: dict[str, Any] = {}
    for case in cases:
        mine = own[case.name]
        entry: dict[str, Any] = {"soundcloud": mine}
        for client, results in others.items():
            if (theirs := results.get(case.name, mine)) != mine:
                entry[client] = theirs
                entry.setdefault("reasons", {})[client] = reason_for(
                    case, mine, errors.get(case.name, ""), client, theirs
                )
        table[case.name] = entry
    return table


def versions() -> Results:
    """Return the versions of the other clients, whose outcomes the table records."""
    found = {"httpx": httpx.__version__, "aiohttp": aiohttp.__version__}
    if "curl" in OTHERS:
        found["curl"] = subprocess.run(
            ["curl", "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[1]
    return found


def write_table() -> None:
    """Run all clients and write the table."""
    errors: Results = {}
    with UnusualServer(CASES) as server:
        own = run_async_client(server, busy=False, errors=errors)
        others = {name: run(server) for name, run in OTHERS.items()}
    entries = compare(CASES, own, errors, others)
    lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items()]
    head = f'"versions": {json.dumps(versions())},\n"cases": {{\n'
    TABLE.write_text("{" + head + ",\n".join(lines) + "\n}}\n", encoding="utf-8")


def recorded() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def check_own(cases: list[UnusualResponse], results: Results) -> None:
    table = recorded()["cases"]
    assert results == {case.name: table[case.name]["soundcloud"] for case in cases}


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_the_async_client_never_confuses_responses(busy: bool) -> None:
    cases = CASES if FULL or not busy else CASES[::5]
    with UnusualServer(cases) as server:
        check_own(cases, run_async_client(server, busy=busy))


def test_the_sync_client_never_confuses_responses() -> None:
    with UnusualServer(CASES) as server:
        check_own(CASES, run_sync_client(server))


def test_the_table_is_complete() -> None:
    table = recorded()["cases"]

    assert list(table) == [case.name for case in CASES]
    assert len(CASES) >= 300
    used = Counter(reason for entry in table.values() for reason in entry.get("reasons", {}).values())
    assert set(used) == set(REASONS)
    for entry in table.values():
        assert set(entry.get("reasons", {})) == set(entry) - {"soundcloud", "reasons"}
    # What all the others accept is refused for one of these reasons only.
    for name, entry in table.items():
        if entry["soundcloud"] == REFUSED and all(entry.get(client, REFUSED) != REFUSED for client in table_clients()):
            assert set(entry["reasons"].values()) <= {"limits", "not requested", "compressed"}, name


def table_clients() -> list[str]:
    return list(recorded()["versions"])


@pytest.mark.parametrize("client", ["httpx", "aiohttp", "curl"])
def test_differences_from_other_clients_have_a_reason(client: str) -> None:
    if client not in OTHERS:
        assert client == "curl"  # the only one that is not in the development set
        return
    table, cases = recorded(), CASES if FULL else CASES[::5]
    with UnusualServer(cases) as server:
        results = OTHERS[client](server)
    differences = {
        case.name: results[case.name] for case in cases if results[case.name] != table["cases"][case.name]["soundcloud"]
    }
    if versions()[client] == table["versions"][client]:
        assert differences == {
            case.name: table["cases"][case.name][client] for case in cases if client in table["cases"][case.name]
        }
    report(f"{client}: {len(differences)} of {len(cases)} responses differ")


def test_more_mutated_responses() -> None:
    errors: Results = {}
    with UnusualServer(MORE) as server:
        own = run_async_client(server, busy=False, errors=errors)
        assert run_async_client(server, busy=True) == run_sync_client(server) == own
        others = {name: run(server) for name, run in OTHERS.items()}
    table = compare(MORE, own, errors, others)
    reasons = Counter(reason for entry in table.values() for reason in entry.get("reasons", {}).values())
    report(f"{len(MORE)} more responses, differences by reason: {dict(reasons)}")


if __name__ == "__main__":
    write_table()
