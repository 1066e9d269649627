"""Starts the web app and a sandbox, as `make example-web` does.

    pip install ".[sandbox,web]"
    python -m examples.web

Output:

    Open http://127.0.0.1:8000/ in a browser, and sign in as ada-night; no password is needed. Stop with Ctrl-C.

To use soundcloud.com instead, register the redirect URI `http://127.0.0.1:8000/soundcloud/callback` for your app. Set
`SOUNDCLOUD_CLIENT_ID`, `SOUNDCLOUD_CLIENT_SECRET` and `SOUNDCLOUD_REDIRECT_URI`, and pass `--soundcloud`.

To use a sandbox that already runs, set the environment variables with its URLs. compose.yaml in the clone starts such a sandbox and
the web app. If you set `REDIS_URL`, the web app stores sessions and tokens in Redis. They are still valid after a restart with the
same `SECRET_KEY`.
"""

import argparse
import os
import secrets
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any

import uvicorn

from examples.web.app import WebApp
from soundcloud import AsyncSoundCloudClient
from soundcloud.sandbox import Sandbox
from soundcloud.stores import AsyncRedisTokenStore, MemoryTokenStore
from soundcloud.web import RedisSessionStore, Sessions

SOUNDCLOUD_PLAYER = "https://w.soundcloud.com/player/"
SOUNDCLOUD_PICTURES = "https://*.sndcdn.com"
SANDBOX_HINT = (
    "This is a sandbox: a SoundCloud on this computer with invented users and tracks. "
    "Sign in as ada-night, or choose another user. No password is needed, and everything is deleted at the end."
)


def sandbox_app(sandbox: Sandbox, sessions: Sessions, token_store: Any) -> WebApp:
    """Create the app for a sandbox."""

    def client(store: Any) -> AsyncSoundCloudClient:
        return AsyncSoundCloudClient(
            sandbox.client_id,
            sandbox.client_secret,
            sandbox.redirect_uri,
            base_url=sandbox.api_url,
            auth_url=sandbox.auth_url,
            token_store=store,
        )

    player = f"{sandbox.media_url}/player/"
    return WebApp(
        client, sessions=sessions, token_store=token_store, player=player, pictures=sandbox.media_url, hint=SANDBOX_HINT
    )


def soundcloud_app(sessions: Sessions, token_store: Any) -> WebApp:
    """Create the app for SoundCloud, or for the sandbox that the environment names."""
    media = os.environ.get("SOUNDCLOUD_MEDIA_URL")
    return WebApp(
        lambda store: AsyncSoundCloudClient.from_env(token_store=store),
        sessions=sessions,
        token_store=token_store,
        player=f"{media}/player/" if media else SOUNDCLOUD_PLAYER,
        pictures=media or SOUNDCLOUD_PICTURES,
        hint=SANDBOX_HINT if media else "",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.web", description="a web app that signs in with SoundCloud"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on; 0.0.0.0 in a container (127.0.0.1)"
    )
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on; 0 for a free port (8000)")
    parser.add_argument("--soundcloud", action="store_true", help="start no sandbox; see the top of this file")
    options = parser.parse_args(arguments)
    redis = os.environ.get("REDIS_URL")
    sessions = Sessions(
        os.environ.get("SECRET_KEY") or secrets.token_urlsafe(48),
        store=RedisSessionStore.from_url(redis) if redis else None,
    )
    token_store = AsyncRedisTokenStore.from_url(redis) if redis else MemoryTokenStore()
    with ExitStack() as stack:
        try:
            listener = stack.enter_context(socket.create_server((options.host, options.port)))
        except OSError as problem:
            sys.stderr.write(
                f"cannot listen on {options.host}, port {options.port}: {problem.strerror}: use another --port\n"
            )
            return 1
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        if options.soundcloud:
            app = soundcloud_app(sessions, token_store)
        else:
            sandbox = stack.enter_context(Sandbox(redirect_uri=f"{origin}/soundcloud/callback", local_links=True))
            app = sandbox_app(sandbox, sessions, token_store)
        who = "" if options.soundcloud else ", and sign in as ada-night; no password is needed"
        sys.stdout.write(f"Open {origin}/ in a browser{who}. Stop with Ctrl-C.\n")
        sys.stdout.flush()
        # uvicorn stops at Ctrl-C and raises it again.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(uvicorn.Config(app.asgi(), log_level="warning")).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
