"""Web servers that run as programs of their own."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.helpers.waiting import wait_until

SECONDS = 60.0
_END_SECONDS = 20.0
_FOLDERS = ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR")


@contextmanager
def running(folder: Path, *command: str, url: str) -> Generator[None]:
    """Run a module of Python with arguments until the end of the block; enter it when `url` answers."""
    variables = {**os.environ, **{name: str(folder / name.lower()) for name in _FOLDERS}}
    variables.pop("PYTEST_CURRENT_TEST")  # NiceGUI would start its own tests
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", *command], cwd=folder, env=variables, stdout=log, stderr=log)
        try:
            wait_until(lambda: process.poll() is not None or _answers(url), SECONDS)
            assert process.poll() is None, (folder / "server.log").read_text()
            yield
        finally:
            process.terminate()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except HTTPError as error:
        error.close()
    except OSError:
        pass
    return False
