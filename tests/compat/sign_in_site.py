"""A Django site that signs in with a framework or with `soundcloud.contrib.django`, for the tests in `test_frameworks.py`.

Its arguments are a variant and the file of a database. It prints its port, reads the settings of a sandbox as JSON from stdin,
prints "ready" and serves until stdin is closed.
The stock variants have the backends of the frameworks, with the URLs of the sandbox.
"""

import json
import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

VARIANT, DATABASE = sys.argv[1:3]
FRAMEWORK = VARIANT.removeprefix("stock-")
STOCK = VARIANT.startswith("stock-")
APPS = [
    *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"),
    "soundcloud.contrib.django",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
CONTEXT = ["request", "django.contrib.auth.context_processors.auth"]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Handler(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def framework_settings(sandbox):
    """Return the settings of the framework for a sandbox."""
    options = {"base_url": sandbox["base_url"], "auth_url": sandbox["auth_url"], "max_retries": 0}
    if FRAMEWORK == "django":
        app = {name.upper(): sandbox[name] for name in ("client_id", "client_secret", "redirect_uri")}
        return {"INSTALLED_APPS": APPS, "MIDDLEWARE": MIDDLEWARE, "SOUNDCLOUD": {**app, "OPTIONS": options}}
    if FRAMEWORK == "allauth":
        provider = "allauth.socialaccount.providers.soundcloud" if STOCK else "soundcloud.contrib.allauth"
        app = {"client_id": sandbox["client_id"], "secret": sandbox["client_secret"]}
        return {
            "INSTALLED_APPS": [*APPS, "allauth", "allauth.account", "allauth.socialaccount", provider],
            "MIDDLEWARE": [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"],
            "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
            "ACCOUNT_EMAIL_VERIFICATION": "none",
            "SOCIALACCOUNT_STORE_TOKENS": True,
            "SOCIALACCOUNT_PROVIDERS": {"soundcloud": {"APPS": [app], "OPTIONS": options}},
        }
    stock = "social_core.backends.soundcloud.SoundcloudOAuth2"
    return {
        "INSTALLED_APPS": [*APPS, "social_django"],
        "MIDDLEWARE": [*MIDDLEWARE, "social_django.middleware.SocialAuthExceptionMiddleware"],
        "AUTHENTICATION_BACKENDS": [stock if STOCK else "soundcloud.contrib.social.SoundCloudOAuth2"],
        "SOCIAL_AUTH_SOUNDCLOUD_KEY": sandbox["client_id"],
        "SOCIAL_AUTH_SOUNDCLOUD_SECRET": sandbox["client_secret"],
        "SOCIAL_AUTH_SOUNDCLOUD_OPTIONS": options,
    }


def use_sandbox_in_stock(sandbox):
    """Give the stock backend the URLs of the sandbox."""
    api, authorize, token = (
        sandbox["base_url"],
        f"{sandbox['auth_url']}/authorize",
        f"{sandbox['auth_url']}/oauth/token",
    )
    if FRAMEWORK == "allauth":
        from allauth.socialaccount.providers.soundcloud.views import SoundCloudOAuth2Adapter as Adapter

        Adapter.authorize_url, Adapter.access_token_url, Adapter.profile_url = authorize, token, f"{api}/me"
    else:
        from social_core.backends.soundcloud import SoundcloudOAuth2 as Backend

        Backend.AUTHORIZATION_URL, Backend.ACCESS_TOKEN_URL = authorize, token


def home(request):
    """Show who is signed in, on the site and at SoundCloud."""
    from asgiref.sync import async_to_sync
    from django.http import HttpResponse
    from django.middleware.csrf import get_token
    from django.urls import reverse

    if FRAMEWORK == "django":
        from soundcloud.contrib.django import async_client_for, client_for

        start = (
            f'<a href="{reverse("soundcloud:login")}">Sign in</a> <a href="{reverse("soundcloud:logout")}">Sign out</a>'
        )
    elif FRAMEWORK == "allauth":
        from soundcloud.contrib.allauth import async_client_for, client_for

        start = f'<a href="{reverse("soundcloud_login")}">Sign in</a>'
    else:
        from soundcloud.contrib.social.django import async_client_for, client_for

        action, token = reverse("social:begin", args=["soundcloud"]), get_token(request)
        field = f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        start = f'<form method="post" action="{action}">{field}<button>Sign in</button></form>'
    if not request.user.is_authenticated:
        return HttpResponse(f"<title>Home</title><p>Nothing here</p>{start}")

    async def ask():
        async with async_client_for(request.user) as client:
            return (await client.me.get_me()).permalink

    with client_for(request.user) as client:
        name = client.me.get_me().permalink
    assert async_to_sync(ask)() == name
    return HttpResponse(f"<title>Home</title><p>{request.user.pk} is {name}</p>{start}")


def leave(request):
    """Sign out."""
    from django.contrib import auth
    from django.http import HttpResponseRedirect

    auth.logout(request)
    return HttpResponseRedirect("/")


def configure(sandbox):
    """Configure Django and create the tables."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    templates = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [f"django.template.context_processors.{CONTEXT[0]}", *CONTEXT[1:]]},
    }
    settings.configure(
        SECRET_KEY="not-very-secret-but-of-forty-characters!",
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        LOGIN_REDIRECT_URL="/",
        ROOT_URLCONF="tests.compat.sign_in_urls",
        TEMPLATES=[templates],
        **framework_settings(sandbox),
    )
    django.setup()
    call_command("migrate", verbosity=0)
    if STOCK:
        use_sandbox_in_stock(sandbox)


def main():
    """Serve the site."""
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    configure(json.loads(sys.stdin.readline()))
    from django.core.wsgi import get_wsgi_application

    sys.modules.setdefault("tests.compat.sign_in_site", sys.modules["__main__"])
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
