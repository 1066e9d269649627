"""`--sandbox`: the sandbox that runs on this machine, or one for this command only."""

import json
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from soundcloud._protocol.environment import environment_settings
from soundcloud.cli.framework.errors import CommandError

DEFAULT_URLS = ("http://127.0.0.1:8700", "http://127.0.0.1:8701")
DEFAULT_WEB_URL = "http://127.0.0.1:8702"
_LOCAL = {"127.0.0.1", "localhost", "::1"}
_SECONDS = 5.0


@contextmanager
def sandbox_settings(note: Callable[[str], None]) -> Generator[dict[str, Any], None, None]:
    """Find the running sandbox, or run one; its first person is signed in.

    Args:
        note: Tells people something.

    Returns:
        Arguments of the client.

    Raises:
        CommandError: The sandbox cannot be used.
        ImportError: The extra `sandbox` is not installed.
    """
    named = environment_settings(os.environ)
    urls = (named["base_url"], named["auth_url"]) if {"base_url", "auth_url"} <= named.keys() else DEFAULT_URLS
    if _runs(urls[0]):
        defaults = {
            "client_id": "sandbox-client-id",
            "client_secret": "sandbox-client-secret",
            "redirect_uri": "http://127.0.0.1:8765/callback",
        }
        chosen = named if urls != DEFAULT_URLS else {}
        app = {name: chosen.get(name, value) for name, value in defaults.items()}
        web = {"web_url": chosen["web_url"]} if "web_url" in chosen else {"web_url": DEFAULT_WEB_URL}
        yield _signed_in({**app, **web, "base_url": urls[0], "auth_url": urls[1]})
        return
    from soundcloud.sandbox import Sandbox

    with Sandbox() as sandbox:
        note("a sandbox for this command only; to keep what you do: soundcloud sandbox, in another window")
        yield dict(sandbox.client_settings())


def _runs(api_url: str) -> bool:
    """Whether a sandbox of this machine answers there."""
    parts = urlsplit(api_url)
    if parts.scheme != "http" or parts.hostname not in _LOCAL:
        return False
    connection = HTTPConnection(parts.hostname, parts.port or 80, timeout=_SECONDS)
    try:
        connection.request("GET", "/-/health")
        reply = connection.getresponse()
        return reply.status == 200 and json.loads(reply.read(10_000)).get("status") == "ok"
    except (OSError, HTTPException, ValueError, AttributeError):
        return False
    finally:
        connection.close()


def _signed_in(settings: dict[str, Any]) -> dict[str, Any]:
    """Sign the first person in, as they would at the consent page."""
    from soundcloud import SoundCloudClient, generate_code_challenge, generate_code_verifier, generate_state

    verifier, state = generate_code_verifier(), generate_state()
    with SoundCloudClient(**settings) as client:
        url = urlsplit(client.auth.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier)))
        form = {**{name: values[0] for name, values in parse_qs(url.query).items()}, "decision": "allow"}
        connection = HTTPConnection(url.hostname or "", url.port or 80, timeout=_SECONDS)
        try:
            connection.request("POST", url.path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
            location = connection.getresponse().getheader("Location") or ""
        except (OSError, HTTPException) as error:
            raise CommandError(
                f"the sandbox does not answer: {type(error).__name__}", "start it anew: soundcloud sandbox"
            ) from None
        finally:
            connection.close()
        answer = parse_qs(urlsplit(location).query)
        if answer.get("state") != [state] or "code" not in answer:
            raise CommandError(
                f"the sandbox at {settings['base_url']} does not know this app",
                "take over the environment that it prints: soundcloud sandbox --print-env",
            )
        token = client.auth.get_user_token(answer["code"][0], verifier)
    return {**settings, "access_token": token.access_token, "refresh_token": token.refresh_token}
