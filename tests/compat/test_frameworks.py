"""Sign-in with django-allauth and python-social-auth against the sandbox."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from soundcloud.sandbox import Faults, Sandbox
from tests.helpers import django_site
from tests.helpers.browser import needs_browser, open_browser, take_picture

ROOT = Path(__file__).parents[2]
CALLBACKS = {
    "django": "/accounts/callback",
    "allauth": "/accounts/soundcloud/login/callback/",
    "social": "/accounts/complete/soundcloud/",
}
TABLES = (
    *("soundcloud_django_storedtoken", "soundcloud_django_account", "socialaccount_socialtoken"),
    *("socialaccount_socialaccount", "social_auth_usersocialauth", "auth_user"),
)
ACCOUNTS = {
    "django": "SELECT id, urn FROM soundcloud_django_account",
    "allauth": "SELECT id, uid FROM socialaccount_socialaccount",
    "social": "SELECT id, uid FROM social_auth_usersocialauth",
}
TOKENS = {
    "django": "SELECT token ->> 'access_token', token ->> 'refresh_token' FROM soundcloud_django_storedtoken",
    "allauth": "SELECT token, token_secret FROM socialaccount_socialtoken",
    "social": "SELECT extra_data ->> 'access_token', extra_data ->> 'refresh_token' FROM social_auth_usersocialauth",
}


class Site:
    """A running site, its sandbox and its database."""

    def __init__(self, framework, url, sandbox, database):
        self.framework, self.url, self.sandbox, self.database = framework, url, sandbox, database

    def sql(self, statement, *values):
        with closing(sqlite3.connect(self.database, timeout=20)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    @property
    def accounts(self):
        return self.sql(ACCOUNTS[self.framework])

    @property
    def tokens(self):
        return self.sql(TOKENS[self.framework])


@contextmanager
def serve(variant, folder):
    """Start a site and its sandbox."""
    framework, database = variant.removeprefix("stock-"), folder / f"{variant}.db"
    command = [sys.executable, "-m", "tests.compat.sign_in_site", variant, str(database)]
    path = os.pathsep.join([str(ROOT), str(ROOT / "src"), str(ROOT / "generated")])
    errors = (folder / f"{variant}.log").open("w")
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )
    try:
        url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        with Sandbox(redirect_uri=url + CALLBACKS[framework]) as sandbox:
            process.stdin.write(json.dumps(sandbox.client_settings()) + "\n")
            process.stdin.flush()
            assert process.stdout.readline() == "ready\n", (folder / f"{variant}.log").read_text()
            yield Site(framework, url, sandbox, database)
    finally:
        process.communicate(timeout=20)
        errors.close()


@pytest.fixture(scope="module")
def chromium():
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module", params=list(CALLBACKS))
def running(request, tmp_path_factory):
    with serve(request.param, tmp_path_factory.mktemp(request.param)) as site:
        yield site


@pytest.fixture
def site(running):
    running.sandbox.reset()
    known = {name for (name,) in running.sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in TABLES:
        if table in known:
            running.sql(f"DELETE FROM {table}")
    return running


@pytest.fixture
def page(chromium):
    context = chromium.new_context()
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def start(page, site):
    """Go to SoundCloud's consent page."""
    page.goto(site.url)
    if site.framework == "allauth":
        page.get_by_role("link", name="Sign in").click()
        page.get_by_role("button", name="Continue").click()
    else:
        page.get_by_role("link" if site.framework == "django" else "button", name="Sign in").click()


def sign_in(page, site):
    start(page, site)
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{site.url}/**")


@needs_browser
def test_a_user_signs_in_twice(page, site):
    sign_in(page, site)
    page.get_by_text("is ada-night").wait_for()
    first = site.accounts
    page.goto(f"{site.url}/leave")
    page.get_by_text("Nothing here").wait_for()
    sign_in(page, site)
    page.get_by_text("is ada-night").wait_for()

    assert site.accounts == first
    assert re.fullmatch(r"\d+" if site.framework == "social" else r"soundcloud:users:\d+", first[0][1])
    assert site.sandbox.token_requests() == {"authorization_code": 2}


@needs_browser
def test_an_account_of_an_older_release_is_kept(page, site):
    """django-allauth before 65.10 and python-social-auth before 6 stored the number."""
    if site.framework == "django":
        pytest.skip("there is no older release")
    sign_in(page, site)
    page.get_by_text("is ada-night").wait_for()
    page.goto(f"{site.url}/leave")
    if site.framework == "allauth":
        site.sql("UPDATE socialaccount_socialaccount SET uid = replace(uid, 'soundcloud:users:', '')")
    else:
        site.sql("UPDATE social_auth_usersocialauth SET id_key = ''")
    old = site.accounts
    sign_in(page, site)
    page.get_by_text("is ada-night").wait_for()

    assert site.accounts == old
    assert old[0][1].isdecimal()
    assert site.sql("SELECT count(*) FROM auth_user") == [(1,)]


@needs_browser
def test_tokens_are_refreshed_and_stored(page, site):
    sign_in(page, site)
    page.get_by_text("is ada-night").wait_for()
    old = site.tokens
    site.sandbox.expire_tokens()
    page.goto(site.url)
    page.get_by_text("is ada-night").wait_for()
    page.goto(site.url)

    assert site.sandbox.token_requests()["refresh_token"] == 1
    assert site.tokens != old
    assert all(len(token) > 20 for row in site.tokens for token in row)


@needs_browser
def test_a_refusal(page, site):
    start(page, site)
    with page.expect_navigation(url=f"{site.url}/**") as navigation:
        page.get_by_role("button", name="Refuse").click()
    page.wait_for_load_state()
    take_picture(page, f"{site.framework}-refusal")

    assert navigation.value.status < 500
    assert re.search("cancel|declined|did not give", page.locator("body").inner_text(), re.IGNORECASE)
    assert site.accounts == []


@needs_browser
@pytest.mark.parametrize(
    "fault", ["unavailable_text", "empty_500", "reset_before", "error_object_200", "not_found_text"]
)
def test_a_failing_profile(page, site, fault):
    site.sandbox.set_faults(Faults(error_rate={fault: 1.0}, paths="/me"))
    answers = []
    page.on("response", lambda response: answers.append(response.status))
    sign_in(page, site)
    take_picture(page, f"{site.framework}-failing-profile")

    assert 500 not in answers
    assert answers[-1] in {200, 401, 403, 404, 502, 503}
    assert re.search(
        "fail|error|problem|cannot|not signed in|refused", page.locator("body").inner_text(), re.IGNORECASE
    )
    assert site.accounts == []


@needs_browser
def test_a_failing_token_endpoint(page, site):
    start(page, site)
    site.sandbox.set_faults(Faults(error_rate={"unavailable_text": 1.0}, paths="/oauth/token"))
    answers = []
    page.on("response", lambda response: answers.append(response.status))
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{site.url}/**")

    assert 500 not in answers
    assert site.accounts == []


@needs_browser
def test_the_pages_of_the_views(page, site):
    """A signed-in user of the site connects an account with a click, and disconnects it."""
    if site.framework != "django":
        pytest.skip("these pages are those of soundcloud.contrib.django")
    sign_in(page, site)
    page.get_by_text("is ada-night").wait_for()
    site.sql("DELETE FROM soundcloud_django_account")
    page.goto(f"{site.url}/accounts/login")
    page.get_by_role("button", name="Connect").wait_for()
    for name, width, scheme in (("phone", 360, "dark"), ("desktop", 1280, "light")):
        page.set_viewport_size({"width": width, "height": 700})
        page.emulate_media(color_scheme=scheme)
        take_picture(page, f"connect-{name}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Connect").click()
    page.get_by_role("button", name="Allow").click()
    page.get_by_text("is ada-night").wait_for()
    page.get_by_role("link", name="Sign out").click()
    page.set_viewport_size({"width": 360, "height": 700})
    take_picture(page, "logout-phone")
    page.get_by_role("button", name="end this site's access").click()
    page.get_by_text("Nothing here").wait_for()

    assert site.tokens == []


def test_processes_refresh_the_token_of_a_framework_once(site):
    """Real processes share the row of the framework, and its lock."""
    if site.framework == "django":
        pytest.skip("tests/web/test_django.py has this test")
    token = django_site.expired_token(site.sandbox)
    site.sql("INSERT INTO auth_user VALUES (7, '', NULL, 0, 'ada', '', '', 0, 1, '2026-01-01', '')")
    columns = "id, provider, uid, user_id, extra_data"
    if site.framework == "allauth":
        store = "soundcloud.contrib.allauth.SocialTokenStore"
        apps = ["allauth", "allauth.account", "allauth.socialaccount"]
        dates = "last_login, date_joined"
        site.sql(
            f"INSERT INTO socialaccount_socialaccount ({columns}, {dates}) VALUES (7, 'soundcloud', '1', 7, '{{}}', ?, ?)",
            *["2026-01-01"] * 2,
        )
        site.sql(
            "INSERT INTO socialaccount_socialtoken (account_id, token, token_secret, expires_at) VALUES (7, ?, ?, ?)",
            *(token.access_token, token.refresh_token, "2020-01-01"),
        )
    else:
        store, apps = "soundcloud.contrib.social.django.SocialAuthTokenStore", ["social_django"]
        data = {
            "access_token": token.access_token,
            "refresh_token": token.refresh_token,
            "expires_in": 1,
            "auth_time": 1,
        }
        dates = "created, modified, id_key"
        site.sql(
            f"INSERT INTO social_auth_usersocialauth ({columns}, {dates}) VALUES (7, 'soundcloud', '1', 7, ?, ?, ?, 'id')",
            *(json.dumps(data), *["2026-01-01"] * 2),
        )
    results = django_site.refresh_in_processes(
        3,
        databases=django_site.sqlite(site.database),
        soundcloud=django_site.soundcloud_settings(site.sandbox, site.sandbox.redirect_uri),
        store=store,
        account=7,
        more={
            "INSTALLED_APPS": [*django_site.APPS, *apps],
            "MIDDLEWARE": ["allauth.account.middleware.AccountMiddleware"],
        },
    )

    assert results == ["ada-night"] * 3
    assert site.sandbox.token_requests()["refresh_token"] == 1
    assert site.tokens[0][1] != token.refresh_token


@needs_browser
@pytest.mark.parametrize("framework", ["allauth", "social"])
def test_the_stock_backends_fail(page, tmp_path, framework):
    """If this fails, a release of the framework signs in by itself: say so in docs/django.md."""
    with serve(f"stock-{framework}", tmp_path) as site:
        start(page, site)
        page.wait_for_load_state()
        # SoundCloud refuses an authorization without PKCE, by a redirect with an error.
        page.wait_for_url(re.compile("error=invalid_request"))

        assert page.get_by_role("button", name="Allow").count() == 0
        assert site.accounts == []
        assert site.sandbox.token_requests() == {}


def test_the_stock_backends_have_old_urls():
    """If this fails, see above."""
    code = (
        "from allauth.socialaccount.providers.soundcloud import views;"
        "from social_core.backends.soundcloud import SoundcloudOAuth2 as Backend;"
        "print(views.SoundCloudOAuth2Adapter.authorize_url, Backend.AUTHORIZATION_URL)"
    )
    setup = (
        "import django; from django.conf import settings;"
        "settings.configure(INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes',"
        "'allauth', 'allauth.account', 'allauth.socialaccount', 'social_django'],"
        "MIDDLEWARE=['allauth.account.middleware.AccountMiddleware']); django.setup();"
    )
    done = subprocess.run([sys.executable, "-c", setup + code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["https://soundcloud.com/connect"] * 2
