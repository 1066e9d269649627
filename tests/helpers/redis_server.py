"""A Redis of its own for tests: on a free port, in a folder that goes away, keeping nothing."""

import shutil
import socket
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Self

PROGRAM = shutil.which("redis-server")
_SECONDS = 10.0


class RedisServer:
    """Runs `redis-server` as long as a `with` block."""

    def __init__(self, password: str | None = None) -> None:
        self.password = password
        self.port = 0

    def __enter__(self) -> Self:
        assert PROGRAM is not None
        self._folder = tempfile.TemporaryDirectory(prefix="redis-")
        # Between finding the port and taking it somebody else may take it; then the server ends at once.
        for _ in range(5):
            self.port = free_port()
            command = [PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._folder.name]
            command += ["--save", "", "--appendonly", "no"]
            if self.password is not None:
                command += ["--requirepass", self.password]
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self._answers():
                return self
            self._stop()
        self._folder.cleanup()
        raise RuntimeError("redis-server does not start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()
        self._folder.cleanup()

    @property
    def url(self) -> str:
        """Where it is, with its password."""
        return f"redis://{'' if self.password is None else f':{self.password}@'}127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                    connection.sendall(b"PING\r\n")
                    return connection.recv(16).startswith((b"+PONG", b"-NOAUTH"))
            except OSError:
                time.sleep(0.02)
        return False

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
