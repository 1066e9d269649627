"""The lock of `DjangoTokenStore` in PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from soundcloud.sandbox import Sandbox
from tests.helpers import django_site

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
    with Sandbox() as sandbox:
        soundcloud = django_site.soundcloud_settings(sandbox, sandbox.redirect_uri)
        django_site.configure(DATABASES=postgresql, SOUNDCLOUD=soundcloud)
        from django.core.management import call_command
        from django.db import connections, transaction

        from soundcloud import SoundCloudClient
        from soundcloud.contrib.django import DjangoTokenStore
        from soundcloud.contrib.django.settings import load

        call_command("migrate", verbosity=0)
        store = DjangoTokenStore().for_user("ada")
        store.set(django_site.expired_token(sandbox))
        results = django_site.refresh_in_processes(3, databases=postgresql, soundcloud=soundcloud, key="ada")

        assert results == ["ada-night"] * 3
        assert sandbox.token_requests()["refresh_token"] == 1

        sandbox.expire_tokens()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            store.for_user("other").get()
            with SoundCloudClient(**load().client_settings(), token_store=store) as client:
                client.me.get_me()
            raise ZeroDivisionError
        assert sandbox.token_requests()["refresh_token"] == 2
        sandbox.clear_requests()
        with SoundCloudClient(**load().client_settings(), token_store=store) as client:
            assert client.me.get_me().permalink == "ada-night"
        assert sandbox.token_requests()["refresh_token"] == 2, "the rollback did not undo the refresh"
        assert store.try_lock() is not None, "the lock was released"
        connections.close_all()
