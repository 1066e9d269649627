"""The lock of `DjangoTokenStore` in PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.compat.token_locks import check_locks

PG_CTL = shutil.which("pg_ctl") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")), None)


@pytest.fixture(scope="module")
def postgresql():
    """Start a PostgreSQL server; return `DATABASES`."""
    if PG_CTL is None:
        pytest.skip("SKIPPED: PostgreSQL is not installed; on Debian: apt-get install postgresql")
    # Not in pytest's folder, which other users cannot enter: the server does not run as root. The path of a socket must be short.
    folder = Path(tempfile.mkdtemp())
    user = {"user": "postgres"} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def run(*arguments):
        command = [PG_CTL, *arguments, "-D", str(data)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **user)
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-o", "-A trust -U tester -N")
        try:
            # Without a port.
            run("start", "-w", "-l", str(folder / "log"), "-o", f"-c listen_addresses='' -k {folder}")
            connection = {"NAME": "postgres", "USER": "tester", "HOST": str(folder)}
            yield {"default": {"ENGINE": "django.db.backends.postgresql", **connection}}
        finally:
            run("stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


def test_processes_refresh_once_in_postgresql(postgresql):
    check_locks(postgresql)
