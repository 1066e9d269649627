"""A temporary Redis server on a free port, without persistence."""

import shutil
import socket
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Self

from tests.helpers.servers import free_port

PROGRAM = shutil.which("redis-server")
_TIMEOUT = 10.0


class RedisServer:
    """Runs `redis-server`; a context manager."""

    def __init__(self, password: str | None = None) -> None:
        self.password = password
        self.port = 0

    def __enter__(self) -> Self:
        assert PROGRAM is not None
        self._folder = tempfile.TemporaryDirectory(prefix="redis-")
        # Another process may take the port before the server does; then the server exits at once.
        for _ in range(5):
            self.port = free_port()
            command = [PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._folder.name]
            command += ["--save", "", "--appendonly", "no"]
            if self.password is not None:
                command += ["--requirepass", self.password]
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self._is_ready():
                return self
            self._stop()
        self._folder.cleanup()
        raise RuntimeError("redis-server did not start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()
        self._folder.cleanup()

    @property
    def url(self) -> str:
        """The URL, with the password."""
        return f"redis://{'' if self.password is None else f':{self.password}@'}127.0.0.1:{self.port}/0"

    def _is_ready(self) -> bool:
        deadline = time.monotonic() + _TIMEOUT
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
            self._process.wait(_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
