"""The lock of `DjangoTokenStore` in PostgreSQL."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from soundcloud.sandbox import Sandbox
from tests.helpers import django_site

PG_CTL = shutil.which("pg_ctl") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")), None)


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory):
    """Start a PostgreSQL server; return `DATABASES`."""
    if PG_CTL is None:
        pytest.skip("SKIPPED: PostgreSQL is not installed; on Debian: apt-get install postgresql")
    folder = tmp_path_factory.mktemp("postgresql")
    # The server does not run as root.
    user = {"user": "postgres"} if os.name == "posix" and os.geteuid() == 0 else {}
    if user:
        for parent in (folder, *folder.parents[:3]):
            parent.chmod(parent.stat().st_mode | 0o011)
        shutil.chown(folder, "postgres")
    bin_folder, data = Path(PG_CTL).resolve().parent, folder / "data"

    def run(*command):
        done = subprocess.run([*map(str, command)], cwd=folder, capture_output=True, text=True, check=False, **user)
        assert done.returncode == 0, done.stderr

    run(PG_CTL, "initdb", "-D", data, "-o", "-A trust -U tester -N")
    # A socket in the folder: no port is needed.
    run(PG_CTL, "start", "-w", "-D", data, "-l", folder / "log", "-o", f"-c listen_addresses='' -k {folder}")
    assert bin_folder.exists()
    try:
        yield {
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": "postgres",
                "USER": "tester",
                "HOST": str(folder),
            }
        }
    finally:
        run(PG_CTL, "stop", "-m", "immediate", "-D", data)


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
