"""The option `--sandbox`: uses the sandbox that runs on this machine, or starts one for the command."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from soundcloud._protocol.environment import environment_settings
from soundcloud.cli.framework.errors import LOOPBACK_HOSTS, CommandError

if TYPE_CHECKING:
    from soundcloud.raw import RawResponse

DEFAULT_URLS = ("http://127.0.0.1:8700", "http://127.0.0.1:8701")
DEFAULT_WEB_URL = "http://127.0.0.1:8702"
_DEFAULT_APP = {
    "client_id": "sandbox-client-id",
    "client_secret": "sandbox-client-secret",
    "redirect_uri": "http://127.0.0.1:8765/callback",
}
_TIMEOUT = 5.0


@contextmanager
def sandbox_settings(note: Callable[[str], None]) -> Generator[dict[str, Any], None, None]:
    """Find the running sandbox, or start one and `note` it; yield client settings of its first user."""
    environment = environment_settings(os.environ)
    has_urls = {"base_url", "auth_url"} <= environment.keys()
    urls = (environment["base_url"], environment["auth_url"]) if has_urls else DEFAULT_URLS
    if _is_running(urls[0]):
        defaults = {**_DEFAULT_APP, "web_url": DEFAULT_WEB_URL}
        given = environment if urls != DEFAULT_URLS else {}
        settings = {name: given.get(name, value) for name, value in defaults.items()}
        yield _sign_in({**settings, "base_url": urls[0], "auth_url": urls[1]})
        return
    in_background = _find_in_background()
    if in_background is not None:
        # Not the app of the environment: without the sandbox's URLs, it can be a real one.
        yield _sign_in({**_DEFAULT_APP, **in_background})
        return
    from soundcloud.sandbox import Sandbox

    with Sandbox() as sandbox:
        note("started a sandbox for this command only; to keep its data, run `soundcloud sandbox` in another terminal")
        yield dict(sandbox.client_settings())


def _find_in_background() -> dict[str, str] | None:
    """Return the URLs of the sandbox that `soundcloud sandbox --background` started on other ports; None unless there is one."""
    from soundcloud.sandbox import background
    from soundcloud.sandbox.errors import SandboxError

    try:
        running = background.list_running()
    except SandboxError:
        # The state folder cannot be created, so there is none.
        return None
    if len(running) != 1 or not _is_running(running[0].api_url):
        return None
    return {"base_url": running[0].api_url, "auth_url": running[0].auth_url, "web_url": running[0].media_url}


def _is_running(api_url: str) -> bool:
    """Return whether a sandbox of this machine answers at a URL."""
    parts = urlsplit(api_url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK_HOSTS:
        return False
    from soundcloud.errors import SoundCloudError

    try:
        response = _send(api_url, "GET", "/-/health")
    except SoundCloudError:
        return False
    health: Any = response.data
    return response.ok and isinstance(health, dict) and "status" in health


def _send(url: str, method: str, path: str, form: dict[str, str] | None = None) -> "RawResponse":
    from soundcloud import SoundCloudClient

    # These requests need no token, but a client does.
    with SoundCloudClient(access_token="none", base_url=url, timeout=_TIMEOUT) as client:  # noqa: S106
        return client.raw.request(method, path, form=form)


def _sign_in(settings: dict[str, Any]) -> dict[str, Any]:
    """Sign the first user in by submitting the form of the consent page.

    Without `client.auth`, which loads much that no other command needs.
    """
    from soundcloud import SoundCloudClient
    from soundcloud._protocol import oauth
    from soundcloud.errors import ConnectionFailedError
    from soundcloud.pkce import generate_code_challenge, generate_code_verifier, generate_state

    app = {name: settings[name] for name in ("client_id", "redirect_uri")}
    verifier, state = generate_code_verifier(), generate_state()
    challenge = {"code_challenge": generate_code_challenge(verifier), "code_challenge_method": "S256"}
    form = {**app, **challenge, "response_type": "code", "state": state, "decision": "allow"}
    try:
        location = _send(settings["auth_url"], "POST", "/authorize", form).headers.get("location", "")
    except ConnectionFailedError as error:
        raise CommandError(f"the sandbox does not respond: {error}", "restart it: soundcloud sandbox") from None
    query = parse_qs(urlsplit(location).query)
    if query.get("state") != [state] or "code" not in query:
        raise CommandError(
            f"the sandbox at {settings['base_url']} does not know this app",
            "set the environment variables that it prints: soundcloud sandbox --print-env",
        )
    request = oauth.authorization_code(
        settings["auth_url"],
        settings["client_id"],
        settings["client_secret"],
        settings["redirect_uri"],
        query["code"][0],
        verifier,
    )
    with SoundCloudClient(**settings) as client:
        token = client._pipeline.token_manager.request_token(request, "user")  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    return {**settings, "access_token": token.access_token, "refresh_token": token.refresh_token}
