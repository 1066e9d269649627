"""The lock of `DjangoTokenStore` in MariaDB."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.compat.token_locks import check_locks
from tests.helpers.waiting import wait_until

SERVER, INSTALL = shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin"), shutil.which("mariadb-install-db")


@pytest.fixture
def mariadb():
    """Start a MariaDB server; return `DATABASES`."""
    if SERVER is None or INSTALL is None:
        pytest.skip("SKIPPED: MariaDB is not installed; on Debian: apt-get install mariadb-server")
    with tempfile.TemporaryDirectory() as name:  # the path of a socket must be short
        folder = Path(name)
        options = ["--no-defaults", f"--datadir={folder / 'data'}", *(["--user=root"] if os.geteuid() == 0 else [])]
        installing = [INSTALL, *options, "--auth-root-authentication-method=normal", "--skip-test-db"]
        done = subprocess.run(installing, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (folder / "create.sql").write_text("CREATE DATABASE site CHARACTER SET utf8mb4;")
        socket, log = folder / "socket", folder / "log"
        serving = [SERVER, *options, "--skip-networking", f"--socket={socket}", f"--init-file={folder / 'create.sql'}"]
        with log.open("w") as errors, subprocess.Popen(serving, stdout=errors, stderr=errors) as server:
            try:
                wait_until(lambda: server.poll() is not None or socket.exists())
                assert server.poll() is None, log.read_text()
                connection = {"NAME": "site", "USER": "root", "HOST": str(socket)}
                yield {"default": {"ENGINE": "django.db.backends.mysql", **connection}}
            finally:
                server.terminate()


def test_processes_refresh_once_in_mariadb(mariadb):
    check_locks(mariadb)
