"""Servers of their own on this machine, which keep every request: two of them are two origins."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import attrs


@attrs.frozen
class Answer:
    """What a server answers with."""

    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Request:
    """What a server was sent."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def token(self) -> str | None:
        return self.headers.get("authorization")


def answer_json(value: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


def redirect(location: str | None, status: int = 302) -> Answer:
    """A redirect as SoundCloud sends it: the address stands in the header and in the body."""
    if location is None:
        return answer_json({"status": "302 - Found"}, status)
    return answer_json({"status": "302 - Found", "location": location}, status, Location=location)


class Origin:
    """One server: a path has one answer, or several in turn, of which the last stays; others are 404."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.answers: dict[str, list[Answer]] = {}
        self.requests: list[Request] = []

    def answer(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def take(self, request: Request) -> Answer:
        self.requests.append(request)
        answers = self.answers.get(request.path)
        if answers is None:
            return answer_json({"code": 404, "message": "404 - Not Found"}, 404)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def tokens(self, path: str | None = None) -> list[str | None]:
        """The Authorization headers that it was sent, in order."""
        return [request.token for request in self.requests if path in {None, request.path}]


@contextmanager
def serving() -> Iterator[Origin]:
    """A server that runs until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = origin.take(Request(self.command, self.path, headers))
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    origin = Origin(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
