"""The views, the clients and the token store of `soundcloud.contrib.django`."""

import asyncio
import re
import subprocess
import sys
import types
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import ANY

import attrs
import pytest

from soundcloud import InvalidInputError, MissingTokenError, SoundCloudClient, Token, TokenStoreError
from soundcloud.sandbox import Faults
from soundcloud.stores import LockingTokenStore
from tests.helpers import django_site
from tests.web.conftest import ORIGIN, sentences

django = pytest.importorskip("django", reason="SKIPPED: pip install Django")

PAGE = Path(__file__).parents[2] / "docs" / "django.md"
HTML = {"accept": "text/html"}
NOT_IMPORTED = (
    *("soundcloud.contrib", "soundcloud.notebook", "soundcloud.web"),
    *("django", "allauth", "social_", "anywidget", "ipywidgets", "starlette"),
)
NEW = Token("new", "newer", grant="user")


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return django_site.sqlite(tmp_path_factory.mktemp("django") / "site.db")


@pytest.fixture(scope="module")
def site(database):
    """Configure Django, and create the tables."""
    templates = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [], "APP_DIRS": True}
    django_site.configure(DATABASES=database, TEMPLATES=[templates], ALLOWED_HOSTS=["site.test"])
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@pytest.fixture
def settings(site, sandbox):
    """Django's settings, with the views at /soundcloud and empty tables."""
    from django.contrib.auth import get_user_model
    from django.http import HttpResponse
    from django.test import override_settings
    from django.urls import include, path

    from soundcloud.contrib.django import client_for
    from soundcloud.contrib.django.models import StoredToken

    def name(request):
        with client_for(request.user) as client:
            return HttpResponse(client.me.get_me().permalink)

    StoredToken.objects.all().delete()
    get_user_model().objects.all().delete()
    urls = types.ModuleType("urls")
    soundcloud = django_site.soundcloud_settings(sandbox, f"{ORIGIN}/soundcloud/callback")
    secure = dict.fromkeys(["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"], True)
    with override_settings(ROOT_URLCONF=urls, SOUNDCLOUD=soundcloud, **secure):
        urls.urlpatterns = [path("soundcloud/", include("soundcloud.contrib.django.urls")), path("name", name)]
        from django.conf import settings

        yield settings


class Browser:
    """Django's test client on https."""

    def __init__(self, sandbox):
        from django.test import Client

        self.http = Client(enforce_csrf_checks=True, headers={"host": "site.test", "origin": ORIGIN, **HTML})
        self.sandbox = sandbox

    def get(self, path, **options):
        return self.http.get(path.removeprefix(ORIGIN), secure=True, **options)

    def post(self, path, fields=None, **options):
        return self.http.post(
            path, {"csrfmiddlewaretoken": self.csrf_token(), **(fields or {})}, secure=True, **options
        )

    def csrf_token(self):
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/soundcloud/logout").content.decode())
        return found[1] if found else ""

    def depart(self, target="/name"):
        return self.get(f"/soundcloud/login?next={target}").headers["Location"]

    def sign_in(self, target="/name", **options):
        return self.get(self.sandbox.approve(self.depart(target), **options))


@pytest.fixture
def browser(settings, sandbox):
    return Browser(sandbox)


@pytest.fixture
def store(settings):
    from soundcloud.contrib.django import DjangoTokenStore

    return DjangoTokenStore().for_user("ada")


def text(response):
    """Return the visible text of a page."""
    return sentences(types.SimpleNamespace(headers=response.headers, text=response.content.decode()))


def names(sandbox):
    """Return the permalinks of some users of the sandbox."""
    with SoundCloudClient(**sandbox.client_settings()) as client:
        return [user.permalink for user in client.search.users("a", limit=5).collection]


def users():
    from django.contrib.auth import get_user_model

    return list(get_user_model().objects.order_by("pk"))


def test_sign_in_and_sign_out(browser, store):
    there = browser.depart()
    before = browser.http.cookies["sessionid"].value
    back = browser.get(browser.sandbox.approve(there))

    assert back.headers["Location"] == "/name"
    assert browser.http.cookies["sessionid"].value != before
    assert browser.get("/name").content == b"ada-night"
    (user,) = users()
    assert user.get_username() == "ada-night"
    assert not user.has_usable_password()
    me = browser.get("/soundcloud/me").json()
    assert me == {"user": ANY, "csrf_token": ANY}
    assert me["user"]["urn"] == user.soundcloud_account.urn

    assert browser.http.post("/soundcloud/logout", secure=True).status_code == 403
    assert "end this site's access" in browser.get("/soundcloud/logout").content.decode().replace("&#x27;", "'")
    out = browser.post("/soundcloud/logout")

    assert out.headers["Location"] == "/"
    assert browser.get("/name").status_code == 401
    assert store.for_user(user.soundcloud_account.urn).get() is not None, "background tasks go on"
    assert text(browser.get("/soundcloud/logout")) == "You are signed out To the start page"


def test_a_second_sign_in_is_the_same_user(browser):
    browser.sign_in()
    other = Browser(browser.sandbox)
    other.sign_in()
    browser.sign_in()  # also while signed in

    assert [user.get_username() for user in users()] == ["ada-night"]


def test_a_user_name_that_is_taken(browser):
    from django.contrib.auth import get_user_model

    get_user_model().objects.create_user("Ada-Night")
    browser.sign_in()

    assert re.fullmatch(r"ada-night-\d+", users()[1].get_username())


def test_sessions_are_renewed_and_other_states_refused(browser):
    back = browser.sandbox.approve(browser.depart("//evil.test"))

    assert browser.get(back.replace("state=", "state=x")).status_code == 400
    assert Browser(browser.sandbox).get(back).status_code == 400
    assert browser.get(back).headers["Location"] == "/"
    assert browser.get(back).status_code == 400, "the sign-in is over"
    refused = browser.get(browser.sandbox.refuse(browser.depart()))
    assert refused.status_code == 400
    assert text(refused).startswith("You are not signed in You did not give this site access, so nothing was stored.")
    assert 'href="/soundcloud/login?next=/name"' in refused.content.decode()


def test_a_redirect_that_is_a_form(browser):
    path, _, query = browser.sandbox.approve(browser.depart()).removeprefix(ORIGIN).partition("?")
    answer = browser.http.post(path, query, content_type="application/x-www-form-urlencoded", secure=True)

    assert answer.status_code == 303
    assert browser.get(answer.headers["Location"]).headers["Location"] == "/name"


def test_a_failing_profile(browser):
    browser.sandbox.set_faults(Faults(error_rate={"unavailable_text": 1.0}, paths="/me"))
    failed = browser.sign_in()

    assert failed.status_code == 502
    assert text(failed).startswith("SoundCloud has a problem Try again later.")
    assert users() == []


def test_connecting_needs_a_click(browser):
    from django.contrib.auth import get_user_model

    browser.http.force_login(get_user_model().objects.create_user("bo", password="secret"))
    asked = browser.get("/soundcloud/login?next=/name")

    assert text(asked).startswith("Connect your SoundCloud account? You are signed in as bo.")
    there = browser.post("/soundcloud/login?next=/name").headers["Location"]
    assert browser.get(browser.sandbox.approve(there)).headers["Location"] == "/name"
    assert browser.get("/name").content == b"ada-night"
    assert [user.get_username() for user in users()] == ["bo"]

    another = next(name for name in names(browser.sandbox) if name != "ada-night")
    refused = browser.sign_in(user=another)
    assert "You have connected another SoundCloud account" in text(refused)


def test_the_user_changed_during_the_sign_in(browser):
    from django.contrib.auth import get_user_model

    back = browser.sandbox.approve(browser.depart())
    session = dict(browser.http.session)
    browser.http.force_login(get_user_model().objects.create_user("bo"))
    changed = browser.http.session
    changed.update({"soundcloud_sign_ins": session["soundcloud_sign_ins"]})
    changed.save()
    refused = browser.get(back)

    assert refused.status_code == 400
    assert "another user has signed in" in refused.content.decode().lower()


def test_an_account_of_another_user(browser):
    from django.contrib.auth import get_user_model

    browser.sign_in()
    other = Browser(browser.sandbox)
    other.http.force_login(get_user_model().objects.create_user("bo"))
    there = other.post("/soundcloud/login").headers["Location"]
    refused = other.get(browser.sandbox.approve(there))

    assert refused.status_code == 400
    assert "This SoundCloud account belongs to another user of this site" in refused.content.decode()


def test_a_disabled_user(browser):
    browser.sign_in()
    (user,) = users()
    user.is_active = False
    user.save()

    assert "is disabled" in text(Browser(browser.sandbox).sign_in())


def test_no_new_users(browser, settings):
    from django.test import override_settings

    with override_settings(SOUNDCLOUD={**settings.SOUNDCLOUD, "CREATE_USERS": False}):
        refused = browser.sign_in()

    assert refused.status_code == 400
    assert "not connected to a user of this site" in text(refused)
    assert users() == []


def test_own_users(browser, settings):
    from django.contrib.auth import get_user_model
    from django.test import override_settings

    def create(request, me):
        return get_user_model().objects.create_user(f"sc-{me.permalink}")

    with override_settings(SOUNDCLOUD={**settings.SOUNDCLOUD, "CREATE_USERS": create}):
        browser.sign_in()

    assert users()[0].get_username() == "sc-ada-night"


def test_disconnect(browser, store):
    browser.sign_in()
    (user,) = users()
    browser.post("/soundcloud/logout", {"disconnect": "yes"})

    assert store.for_user(user.soundcloud_account.urn).get() is None
    assert browser.get("/soundcloud/me", headers={"accept": "*/*"}).json()["error"]["code"] == "not_signed_in"
    browser.sign_in()
    assert users() == [user]


def test_errors_of_views(browser):
    page = browser.get("/name?x=1")

    assert page.status_code == 401
    assert 'href="/soundcloud/login?next=/name%3Fx%3D1"' in page.content.decode()
    browser.sign_in()
    browser.sandbox.set_faults(Faults(error_rate={"unavailable_text": 1.0}, paths="/me"))
    assert browser.get("/name").status_code == 502
    assert browser.get("/name", headers={"accept": "*/*"}).json()["error"]["code"] == "unavailable"
    browser.sandbox.clear_faults()
    browser.sandbox.reset()  # all tokens are revoked
    assert browser.get("/name").status_code == 401
    assert browser.get("/soundcloud/me").status_code == 401


def test_a_template_of_the_site(browser, tmp_path):
    from django.test import override_settings

    folder = tmp_path / "soundcloud"
    folder.mkdir()
    (folder / "error.html").write_text("our page: {{ title }} {% for link in links %}{{ link.url }} {% endfor %}")
    backend = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [str(tmp_path)]}
    with override_settings(TEMPLATES=[backend]):
        page = browser.get("/soundcloud/callback?error=access_denied")

    assert page.content.decode().split() == [
        "our",
        "page:",
        "You",
        "are",
        "not",
        "signed",
        "in",
        "/soundcloud/login",
        "/",
    ]


def test_refreshed_tokens_survive_a_rollback(browser, sandbox, settings):
    from django.db import connection, transaction

    from soundcloud.contrib.django import client_for

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
    browser.sign_in()
    sandbox.expire_tokens()
    (user,) = users()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        with client_for(user) as client:
            client.me.get_me()
        raise ZeroDivisionError

    assert sandbox.token_requests()["refresh_token"] == 1
    with client_for(user) as client:
        assert client.me.get_me().permalink == "ada-night"
    assert sandbox.token_requests()["refresh_token"] == 1


def test_a_transaction_of_sqlite(browser, sandbox, site):
    from django.db import connections, transaction

    from soundcloud.contrib.django import client_for

    browser.sign_in()
    sandbox.expire_tokens()
    (user,) = users()
    old, connections["default"].settings_dict["OPTIONS"]["timeout"] = 20, 0
    try:
        with transaction.atomic(), client_for(user) as client:
            user.first_name = "Ada"
            user.save()
            with pytest.raises(TokenStoreError, match="the SQLite database is locked") as caught:
                client.me.get_me()
    finally:
        connections["default"].settings_dict["OPTIONS"]["timeout"] = old

    assert "do not use a client inside of a transaction" in caught.value.hint
    assert sandbox.token_requests()["refresh_token"] == 0, "the old token still works"


def test_async_clients(browser, sandbox, settings):
    from soundcloud.contrib.django import async_app_client, async_client_for

    browser.sign_in()
    sandbox.expire_tokens()
    (user,) = users()

    async def visit():
        async with async_client_for(user) as client:
            name = (await client.me.get_me()).permalink
        async with async_app_client() as client:
            return name, len((await client.search.tracks("night", limit=2)).collection)

    assert asyncio.run(visit()) == ("ada-night", 2)
    assert sandbox.token_requests() == {"authorization_code": 1, "refresh_token": 1, "client_credentials": 1}


def test_the_app_token_is_shared(settings, sandbox):
    from soundcloud.contrib.django import app_client

    for _ in range(2):
        with app_client() as client:
            client.search.tracks("night")

    assert sandbox.token_requests()["client_credentials"] == 1


def test_users_without_an_account(settings):
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import AnonymousUser

    from soundcloud.contrib.django import client_for

    with pytest.raises(InvalidInputError, match="user=None: pass a user of the site"):
        client_for(None)
    for user in (AnonymousUser(), get_user_model().objects.create_user("bo")):
        with pytest.raises(MissingTokenError, match="has not signed in with SoundCloud"):
            client_for(user)


def test_the_store(store):
    assert isinstance(store, LockingTokenStore)
    assert store.get() is None
    store.set(NEW)
    assert store.get() == NEW
    assert store.for_user("bo").get() is None
    store.clear()
    assert store.get() is None
    assert "new" not in repr(store)


@pytest.mark.parametrize("others", [("Ada", "ada"), ("ada ", "ada"), ("é", "e"), ("x" * 500, "x" * 501)])
def test_keys_that_a_database_may_confuse(store, others):
    one, other = others
    store.for_user(one).set(NEW)

    assert store.for_user(other).get() is None
    assert store.for_user(one).get() == NEW
    assert len(store.for_user(one)._row_key().casefold().strip()) <= 200
    assert store.for_user(one)._row_key().casefold().strip() != store.for_user(other)._row_key().casefold().strip()


def test_the_lock(store):
    lease = store.try_lock()

    assert store.try_lock() is None
    assert store.for_user("bo").try_lock() is not None
    lease.set(NEW)
    lease.release()
    lease.release()
    assert store.get() == NEW
    assert store.try_lock() is not None


def test_a_lock_that_expired(store):
    from soundcloud.contrib.django import DjangoTokenStore

    short = DjangoTokenStore(lock_seconds=-1).for_user("ada")
    first = short.try_lock()
    second = short.try_lock()
    first.set(attrs.evolve(NEW, access_token="first"))
    second.set(NEW)

    with pytest.raises(TokenStoreError, match="was replaced or deleted"):
        first.set(attrs.evolve(NEW, access_token="late"))
    first.release()
    assert store.get() == NEW


def test_a_token_that_was_deleted_during_a_refresh(store):
    store.set(NEW)
    lease = store.try_lock()
    store.clear()
    store.set(attrs.evolve(NEW, access_token="of the next sign-in"))

    with pytest.raises(TokenStoreError, match="was replaced or deleted"):
        lease.set(NEW)
    assert store.get().access_token == "of the next sign-in"


def test_what_the_database_refuses(store):
    from django.db import connection

    from soundcloud.contrib.django.models import StoredToken

    store.set(NEW)
    StoredToken.objects.update(token="{}")
    with pytest.raises(TokenStoreError, match="is not a token"):
        store.get()
    with connection.schema_editor() as editor:
        editor.alter_db_table(StoredToken, "soundcloud_django_storedtoken", "elsewhere")
    try:
        with pytest.raises(TokenStoreError, match="cannot be read or stored: OperationalError") as caught:
            store.set(NEW)
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(StoredToken, "elsewhere", "soundcloud_django_storedtoken")

    assert "migrate" in caught.value.hint
    assert caught.value.__context__ is None


def test_no_token_is_shown(store):
    from soundcloud.contrib.django.models import StoredToken

    store.set(NEW)
    row = StoredToken.objects.get()

    assert "new" not in f"{row!r} {row}"
    assert find_spec("soundcloud.contrib.django.admin") is None


def test_processes_refresh_once(settings, sandbox, database, store):
    """Two processes that find the same expired token send one refresh request."""
    store.set(django_site.expired_token(sandbox))
    results = django_site.refresh_in_processes(3, databases=database, soundcloud=dict(settings.SOUNDCLOUD), key="ada")

    assert results == ["ada-night"] * 3
    assert sandbox.token_requests()["refresh_token"] == 1
    assert store.get().expires_at > datetime.now(UTC)


def test_no_pending_model_changes(site):
    from django.core.management import call_command

    call_command("makemigrations", "soundcloud_django", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (None, "SOUNDCLOUD is missing in the settings"),
        ([], "SOUNDCLOUD is of type list: set it to a dict"),
        ({"CLIENT_ID": ""}, r"SOUNDCLOUD\['CLIENT_ID'\] is empty: set it to the id of the app"),
        ({"CLIENT_SECRET": b"hush"}, r"SOUNDCLOUD\['CLIENT_SECRET'\] is of type bytes: set it to the secret"),
        ({"REDIRECT_URI": None}, r"SOUNDCLOUD\['REDIRECT_URI'\] is empty"),
        (
            {"REDIRECT_URI": "x"},
            r"SOUNDCLOUD\['REDIRECT_URI'\] is not the URL of this site's callback: set it to the URL",
        ),
        ({"REDIRECT_URI": "ftp://a.test/b"}, "not the URL of this site's callback"),
        ({"REDIRECT_URI": "https://u:hush@a.test/b"}, "not the URL of this site's callback"),
        ({"REDIRECT_URI": "https://[/b"}, "not the URL of this site's callback"),
        ({"REDIRECT_URI": "http://a.test/b"}, "not https, which protects the sessions"),
        ({"REDIRECT_URL": "x"}, r"SOUNDCLOUD\['REDIRECT_URL'\] is not a known key"),
        ({"HOME": "https://evil.test"}, r"SOUNDCLOUD\['HOME'\] is 'https://evil.test': set it to a path"),
        ({"DATABASE": "other"}, r"SOUNDCLOUD\['DATABASE'\] is 'other': set it to a name in DATABASES \(default\)"),
        ({"CREATE_USERS": "no.such.function"}, r"SOUNDCLOUD\['CREATE_USERS'\] cannot be imported"),
        ({"CREATE_USERS": 1}, r"SOUNDCLOUD\['CREATE_USERS'\] is 1"),
        ({"OPTIONS": {"token_store": 1}}, r"SOUNDCLOUD\['OPTIONS'\] has token_store: remove it"),
        ({"OPTIONS": []}, r"SOUNDCLOUD\['OPTIONS'\] is of type list"),
        (
            {"OPTIONS": {"timeoud": 1}},
            "a value that a client does not accept: it has an unexpected keyword argument 'timeoud'",
        ),
        ({"OPTIONS": {"timeout": -1}}, "a value that a client does not accept: timeout"),
    ],
)
def test_settings_are_checked(settings, change, message):
    from django.core.exceptions import ImproperlyConfigured
    from django.test import override_settings

    from soundcloud.contrib.django.apps import check_settings
    from soundcloud.contrib.django.settings import check

    value = {**settings.SOUNDCLOUD, **change} if isinstance(change, dict) else change
    with override_settings(SOUNDCLOUD=value):
        with pytest.raises(ImproperlyConfigured, match=message) as caught:
            check()

        assert "hush" not in str(caught.value)
        assert [error.id for error in check_settings(None)] == ["soundcloud.E001"]


def test_the_app_is_needed(site, settings):
    from django.core.exceptions import ImproperlyConfigured
    from django.test import override_settings

    from soundcloud.contrib.django import DjangoTokenStore

    without = [app for app in settings.INSTALLED_APPS if app != "soundcloud.contrib.django"]
    with override_settings(INSTALLED_APPS=without):
        with pytest.raises(ImproperlyConfigured, match=r"'soundcloud\.contrib\.django' is not in INSTALLED_APPS"):
            DjangoTokenStore()


def test_the_client_uses_the_store(settings, sandbox, store):
    store.set(django_site.expired_token(sandbox))
    with SoundCloudClient(
        sandbox.client_id, sandbox.client_secret, base_url=sandbox.api_url, auth_url=sandbox.auth_url, token_store=store
    ) as client:
        assert client.me.get_me().permalink == "ada-night"
        client.auth.sign_out()

    assert store.get() is None


def test_the_settings_of_the_docs(settings, monkeypatch):
    from django.test import override_settings
    from django.utils.module_loading import import_string

    from soundcloud.contrib.django.settings import check

    for name in ("SOUNDCLOUD_CLIENT_ID", "SOUNDCLOUD_CLIENT_SECRET"):
        monkeypatch.setenv(name, "some")
    (code,) = re.findall(r"^# settings.py\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    names = {}
    exec(compile(code, str(PAGE), "exec"), names)

    assert names["INSTALLED_APPS"] == django_site.APPS
    assert names["MIDDLEWARE"] == django_site.MIDDLEWARE
    assert [import_string(middleware) for middleware in names["MIDDLEWARE"]]
    with override_settings(SOUNDCLOUD=names["SOUNDCLOUD"]):
        check()
        assert names["urlpatterns"][0].url_patterns[0].name == "login"


def test_nothing_is_imported_by_the_package():
    code = (
        "import sys, soundcloud, soundcloud.stores, soundcloud.widget, soundcloud.cli.__main__, soundcloud.cli.main;"
        f"print([name for name in sys.modules if name.startswith({NOT_IMPORTED})])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
