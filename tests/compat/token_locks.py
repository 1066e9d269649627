"""The test of `DjangoTokenStore` with the server of a database."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from soundcloud.sandbox import Sandbox
from tests.helpers import django_site


def check_locks(databases):
    """Refresh a token in several processes, and in a transaction that is rolled back."""
    with Sandbox() as sandbox:
        soundcloud = django_site.soundcloud_settings(sandbox, sandbox.redirect_uri)
        django_site.configure(DATABASES=databases, SOUNDCLOUD=soundcloud)
        from django.core.management import call_command
        from django.db import connections, transaction

        from soundcloud import SoundCloudClient, Token
        from soundcloud.contrib.django import DjangoTokenStore
        from soundcloud.contrib.django.settings import load

        call_command("migrate", verbosity=0)
        store = DjangoTokenStore().for_user("ada")
        store.set(django_site.expired_token(sandbox))
        results = django_site.refresh_in_processes(3, databases=databases, soundcloud=soundcloud, key="ada")

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

        def write_often(name):
            try:
                for number in range(100):
                    lease = store.for_user("many").try_lock()
                    if lease is not None:
                        lease.set(Token(f"{name} {number}", grant="user"))
                        lease.release()
            finally:
                connections.close_all()

        # A deadlock of the database would be an error here.
        with ThreadPoolExecutor(4) as executor:
            list(executor.map(write_often, "abcd"))
        assert store.for_user("many").get() is not None
        connections.close_all()
