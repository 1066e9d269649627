"""The option `--sandbox`: uses the sandbox that runs on this machine, or starts one for the command."""

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from soundcloud._protocol.environment import environment_settings
from soundcloud.cli.framework.errors import LOOPBACK_HOSTS, CommandError

if TYPE_CHECKING:
    from soundcloud.raw import RawResponse

DEFAULT_URL = "http://127.0.0.1:8700"
# Of a sandbox that does not return its settings, such as one in a container.
_DEFAULTS = {
    "client_id": "sandbox-client-id",
    "client_secret": "sandbox-client-secret",
    "redirect_uri": "http://127.0.0.1:8765/callback",
    "auth_url": "http://127.0.0.1:8701",
    "web_url": "http://127.0.0.1:8702",
}
_TIMEOUT = 5.0


@contextmanager
def sandbox_settings(note: Callable[[str], None]) -> Generator[dict[str, Any], None, None]:
    """Find the running sandbox, or start one and `note` it; yield client settings of its first user."""
    tried: list[str] = []
    for url, given in _possible_sandboxes():
        tried.append(url)
        if _is_running(url):
            yield _sign_in(_settings_of(url, given))
            return
    from soundcloud.sandbox import Sandbox

    with Sandbox() as sandbox:
        note(
            f"started a sandbox for this command only, because none runs at {' or '.join(tried)}; to keep its data, run"
            " `soundcloud sandbox` in another terminal; to use one at another URL, set SOUNDCLOUD_API_URL to that URL"
        )
        yield dict(sandbox.client_settings())


def _possible_sandboxes() -> Generator[tuple[str, Mapping[str, str]], None, None]:
    """Yield the URL in the environment, the default one and the one in the background, each with the settings given for it."""
    environment = environment_settings(os.environ)
    if "base_url" in environment:
        yield environment["base_url"], environment
    # Without its URL, the app of the environment can be a real one.
    yield DEFAULT_URL, {}
    from soundcloud.sandbox import background
    from soundcloud.sandbox.errors import SandboxError

    with suppress(SandboxError):  # the state folder cannot be created, so there is none
        running = background.list_running()
        if len(running) == 1:
            yield running[0].api_url, {}


def _settings_of(url: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Return client settings: those given, else the sandbox's own ones."""
    response = _send(url, "GET", "/-/environment")
    if not response.ok and url != DEFAULT_URL and "auth_url" not in given:
        raise CommandError(
            f"SOUNDCLOUD_AUTH_URL is not set, and the sandbox at {url} does not return it (status {response.status})",
            "set the environment variables that it prints: soundcloud sandbox --print-env",
        )
    own = environment_settings(response.data) if response.ok else {}
    return {"base_url": url, **{name: given.get(name) or own.get(name, value) for name, value in _DEFAULTS.items()}}


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
