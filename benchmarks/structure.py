"""Measures the code base: sizes, frames of one call, imported modules, and the requests of the contract tests.

python -m benchmarks.structure counts            lines, docstring lines, files per folder, frames, modules, as JSON
python -m benchmarks.structure frames            the frames of ours between `client.tracks.get_track` and the socket
python -m benchmarks.structure requests FILE     write every request of the contract tests, one JSON object per line
"""

import argparse
import ast
import asyncio
import json
import re
import socket
import subprocess
import sys
import traceback
from asyncio import selector_events
from collections import Counter
from pathlib import Path
from typing import Any

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent
SOURCE = str(ROOT / "src")
LIBRARIES = ("httpx", "httpcore", "anyio", "asyncio")


def python_files(folder: str) -> list[Path]:
    """List the Python files of a folder that are written by hand."""
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "_sync" not in path.parts]


def lines_of(paths: list[Path]) -> int:
    """Count the lines of some files."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def docstring_lines(paths: list[Path]) -> int:
    """Count the lines of all docstrings in some files."""
    total = 0
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(
                node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
            ) and ast.get_docstring(node):
                text = node.body[0]
                total += (text.end_lineno or text.lineno) - text.lineno + 1
    return total


def modules_after(code: str) -> dict[str, Any]:
    """Run code in a fresh interpreter; return how many modules it imports, and which of the large libraries."""
    program = (
        f"import sys, json; before = set(sys.modules)\n{code}\nnew = set(sys.modules) - before\n"
        f"print(json.dumps([len(new), len([m for m in new if m.startswith('soundcloud')]), "
        f"[m for m in {LIBRARIES!r} if m in new]]))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    total, own, libraries = json.loads(done.stdout.splitlines()[-1])
    return {"modules": total, "of soundcloud": own, "libraries": libraries}


def own_frames() -> list[str]:
    """List the frames of the package on the current stack, outermost first."""
    return [
        f"{Path(frame.filename).relative_to(SOURCE)}:{frame.name}"
        for frame in traceback.extract_stack()
        if frame.filename.startswith(SOURCE)
    ]


def frames() -> dict[str, list[str]]:
    """Record the frames of ours that are on the stack when the request of `get_track` is written to the socket."""
    found: dict[str, list[str]] = {}
    send, sendall = socket.socket.send, socket.socket.sendall
    transport: Any = selector_events._SelectorSocketTransport  # type: ignore[attr-defined] # noqa: SLF001
    write = transport.write

    def note(name: str, data: bytes) -> None:
        if bytes(data).startswith(b"GET /tracks/"):
            found.setdefault(name, own_frames())

    def noted_send(self: socket.socket, data: Any, *rest: Any) -> int:
        note("sync", data)
        return send(self, data, *rest)

    def noted_sendall(self: socket.socket, data: Any, *rest: Any) -> None:
        note("sync", data)
        return sendall(self, data, *rest)

    def noted_write(self: Any, data: Any) -> None:
        note("async", data)
        write(self, data)

    with Sandbox() as sandbox:
        settings: Any = sandbox.client_settings()
        try:
            setattr(socket.socket, "send", noted_send)  # noqa: B010
            setattr(socket.socket, "sendall", noted_sendall)  # noqa: B010
            transport.write = noted_write
            with SoundCloudClient(**settings) as client:
                track = next(iter(client.search.tracks("a"))).urn
                client.tracks.get_track(track)

            async def call() -> None:
                async with AsyncSoundCloudClient(**settings) as other:
                    await other.tracks.get_track(track)

            found.pop("async", None)
            asyncio.run(call())
        finally:
            setattr(socket.socket, "send", send)  # noqa: B010
            setattr(socket.socket, "sendall", sendall)  # noqa: B010
            transport.write = write
    return found


def counts() -> dict[str, Any]:
    """Measure everything that is a number."""
    result: dict[str, Any] = {}
    for folder in ("src", "tools", "tests"):
        paths = python_files(folder)
        result[folder] = {"lines": lines_of(paths), "docstring lines": docstring_lines(paths), "files": len(paths)}
    folders = Counter(
        str(path.parent.relative_to(ROOT)) for each in ("src", "tools", "tests") for path in python_files(each)
    )
    result["files per folder"] = dict(folders.most_common())
    for name, found in frames().items():
        result[f"frames, {name}"] = len(found)
        result[f"files on the way, {name}"] = len({frame.split(":")[0] for frame in found})
    result["import of the client"] = modules_after("from soundcloud import SoundCloudClient")
    result["first call"] = modules_after(FIRST_CALL)
    return result


FIRST_CALL = """
import http.server, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'{"kind": "track", "urn": "soundcloud:tracks:1", "title": "a"}'
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
    def log_message(self, *a): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
before = set(sys.modules)
from soundcloud import SoundCloudClient
with SoundCloudClient(access_token="t", base_url=f"http://127.0.0.1:{server.server_address[1]}") as client:
    client.tracks.get_track(1)
server.shutdown()
"""


def request_lines() -> list[str]:
    """Send every call of the contract tests and write down each request."""
    from tests.spec import test_contract as contract

    lines: list[str] = []
    for entry in contract.IN_DOCUMENT:
        for arguments in (contract.least(entry), *contract.every(entry)):
            for client, send in (("sync", contract.sync_request), ("async", contract.async_request)):
                request = send(entry, arguments)
                content = request.content.decode("latin-1")
                headers = [(name.decode(), value.decode("latin-1")) for name, value in request.headers.raw]
                boundary = re.search(r"boundary=(\S+)", request.headers.get("Content-Type", ""))
                if boundary is not None:
                    content = content.replace(boundary[1], "BOUNDARY")
                    headers = [(name, value.replace(boundary[1], "BOUNDARY")) for name, value in headers]
                lines.append(
                    json.dumps(
                        {
                            "call": f"{entry.name} {entry.operation} {client}",
                            "arguments": sorted(arguments),
                            "method": request.method,
                            "url": str(request.url),
                            "headers": headers,
                            "body": content,
                        }
                    )
                )
    return lines


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.structure", description="Measure the code base.")
    parser.add_argument("what", choices=("counts", "frames", "requests"))
    parser.add_argument("file", nargs="?", type=Path, help="where the requests are written")
    options = parser.parse_args(arguments)
    if options.what == "counts":
        print(json.dumps(counts(), indent=2))
    elif options.what == "frames":
        for name, found in frames().items():
            print(f"{name}: {len(found)} frames", *found, sep="\n  ")
    elif options.file is None:
        parser.error("requests needs the name of a file")
    else:
        lines = request_lines()
        options.file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{len(lines)} requests")


if __name__ == "__main__":
    main()
