"""The Django views of docs/sign-in-by-hand.md."""

import re
import types
from pathlib import Path

import pytest

from soundcloud import SoundCloudClient
from soundcloud.stores import MemoryTokenStore
from tests.web.conftest import ORIGIN, SECRET_KEY

django = pytest.importorskip("django", reason="SKIPPED: pip install Django")

PAGE = Path(__file__).parent.parent.parent / "docs" / "sign-in-by-hand.md"


@pytest.fixture(scope="module")
def client_class():
    """Django's test client. Django can be configured once per process."""
    from django.conf import settings

    settings.configure(
        SECRET_KEY=SECRET_KEY,
        ALLOWED_HOSTS=["site.test"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        SESSION_COOKIE_SECURE=True,
        CSRF_COOKIE_SECURE=True,
        SESSION_COOKIE_SAMESITE="Lax",
        USE_TZ=True,
    )
    django.setup()
    from django.test import Client

    return Client


@pytest.fixture
def views(sandbox, client_class):
    """Return the module of the snippet, with its settings."""
    (code,) = re.findall(
        r"```python no-run\n(import hmac\n.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    views = types.ModuleType("views")
    views.app = {
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "redirect_uri": sandbox.redirect_uri,
        "base_url": sandbox.api_url,
        "auth_url": sandbox.auth_url,
    }
    views.store = MemoryTokenStore()
    exec(compile(code, str(PAGE), "exec"), views.__dict__)
    return views


@pytest.fixture
def browser(views, client_class):
    from django.http import HttpResponse
    from django.middleware.csrf import get_token
    from django.test import override_settings
    from django.urls import path

    def name(request):
        with SoundCloudClient(**views.app, token_store=views.store.for_user(request.session["user"])) as client:
            return HttpResponse(f"{client.me.get_me().permalink} {get_token(request)}")

    urls = types.ModuleType("urls")
    urls.urlpatterns = [
        path("soundcloud/login", views.login),
        path("soundcloud/callback", views.callback),
        path("soundcloud/logout", views.logout),
        path("name", name),
    ]
    with override_settings(ROOT_URLCONF=urls):
        yield client_class(enforce_csrf_checks=True, headers={"host": "site.test", "origin": ORIGIN})


def get(browser, path):
    return browser.get(path.removeprefix(ORIGIN), secure=True)


def test_sign_in_and_sign_out(views, browser, sandbox):
    there = get(browser, "/soundcloud/login?next=/name").headers["Location"]
    before = browser.cookies["sessionid"].value
    back = get(browser, sandbox.approve(there))

    assert back.headers["Location"] == "/name"
    assert browser.cookies["sessionid"].value != before
    name, csrf_token = get(browser, "/name").content.decode().split()
    assert name == "ada-night"

    user = browser.session["user"]
    assert browser.post("/soundcloud/logout", secure=True).status_code == 403
    out = browser.post("/soundcloud/logout", {"csrfmiddlewaretoken": csrf_token}, secure=True)

    assert out.headers["Location"] == "/"
    assert "user" not in browser.session
    assert views.store.for_user(user).get() is None


def test_refused_requests(browser, sandbox):
    there = get(browser, "/soundcloud/login?next=//evil.test").headers["Location"]
    back = sandbox.approve(there)

    assert get(browser, back.replace("state=", "state=x")).status_code == 400
    assert get(browser, back).status_code == 400  # the sign-in is over
    there = get(browser, "/soundcloud/login?next=//evil.test").headers["Location"]
    assert get(browser, sandbox.refuse(there)).content == b"You did not allow this app."
    there = get(browser, "/soundcloud/login?next=//evil.test").headers["Location"]
    assert get(browser, sandbox.approve(there)).headers["Location"] == "/"
