"""A Django site for tests, and a process of it that makes a request after a line on stdin.

python -m tests.helpers.django_site '{"databases": ..., "soundcloud": ..., "key": ...}'
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from soundcloud import SoundCloudClient, generate_code_challenge, generate_code_verifier
from soundcloud.tokens import Token

ROOT = Path(__file__).parents[2]
SECRET_KEY = "not-very-secret-but-of-forty-characters!"
APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "soundcloud.contrib.django"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "soundcloud.contrib.django.middleware.SoundCloudErrorMiddleware",
]


def sqlite(path: Path) -> dict[str, Any]:
    """Return `DATABASES` with a SQLite file."""
    return {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {"timeout": 20}}}


def configure(**settings: Any) -> None:
    """Configure Django, which is possible once per process."""
    import django
    from django.conf import settings as site

    if not site.configured:
        defaults = {"SECRET_KEY": SECRET_KEY, "INSTALLED_APPS": APPS, "MIDDLEWARE": MIDDLEWARE, "USE_TZ": True}
        defaults["DEFAULT_AUTO_FIELD"] = "django.db.models.BigAutoField"
        site.configure(**(defaults | settings))
        django.setup()


def soundcloud_settings(sandbox: Any, redirect_uri: str) -> dict[str, Any]:
    """Return the setting `SOUNDCLOUD` for a sandbox."""
    return {
        "CLIENT_ID": sandbox.client_id,
        "CLIENT_SECRET": sandbox.client_secret,
        "REDIRECT_URI": redirect_uri,
        "OPTIONS": {"base_url": sandbox.api_url, "auth_url": sandbox.auth_url, "max_retries": 0},
    }


def expired_token(sandbox: Any) -> Token:
    """Return a token of a user whose access token has expired, with a valid refresh token."""
    verifier = generate_code_verifier()
    settings = {name: value for name, value in sandbox.client_settings().items() if not name.endswith("_token")}
    with SoundCloudClient(**settings) as client:
        url = client.auth.get_authorization_url(state="s", code_challenge=generate_code_challenge(verifier))
        code = sandbox.approve(url).partition("code=")[2].partition("&")[0]
        token = client.auth.get_user_token(code, verifier)
    sandbox.expire_tokens()
    return attrs.evolve(token, expires_at=datetime(2020, 1, 1, tzinfo=UTC))


def refresh_in_processes(count: int, **arguments: Any) -> list[str]:
    """Make a request with the same expired token in several processes at once; return what they printed."""
    command = [sys.executable, "-m", "tests.helpers.django_site", json.dumps(arguments)]
    path = os.pathsep.join([str(ROOT), str(ROOT / "src"), str(ROOT / "generated")])
    processes = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(count)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[0].strip() for process in processes]


def main(arguments: dict[str, Any]) -> None:
    """Load the client, print "ready", wait for a line, and print the name of the user."""
    configure(DATABASES=arguments["databases"], SOUNDCLOUD=arguments["soundcloud"], **arguments.get("more", {}))
    from django.utils.module_loading import import_string

    from soundcloud.contrib.django.settings import load

    store = import_string(arguments.get("store", "soundcloud.contrib.django.DjangoTokenStore"))
    store = store(arguments["account"]) if "account" in arguments else store().for_user(arguments["key"])
    with SoundCloudClient(**load().client_settings(), token_store=store) as client:
        store.get()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        sys.stdout.write(client.me.get_me().permalink or "")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
