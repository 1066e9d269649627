"""A FastAPI app: users sign in with SoundCloud, see their likes as JSON, and like tracks.

    pip install ".[sandbox,web]" fastapi
    python examples/with_sandbox.py --signed-out --redirect-uri http://127.0.0.1:8000/soundcloud/callback examples.fastapi_app

Output:

    Open http://127.0.0.1:8000/soundcloud/login in a browser, and sign in as ada-night. Stop with Ctrl-C.

After the sign-in, the browser shows the likes. The page `/docs` shows the operations of the app.

To use soundcloud.com instead, register the redirect URI `https://YOUR-SITE/soundcloud/callback` for your app. Set the environment
variables of docs/examples.md, and `SECRET_KEY` to a long random string. Then run
`uvicorn --factory examples.fastapi_app:create_app`.
"""

import argparse
import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI

from soundcloud import AsyncSoundCloudClient, SoundCloudError
from soundcloud.models import Track
from soundcloud.stores import FileTokenStore
from soundcloud.web import CsrfError, NotSignedInError, Sessions, SoundCloudRoutes


def create_app(tokens: Path = Path("tokens.json")) -> FastAPI:
    """Return the app.

    Args:
        tokens: The file with the tokens of the users.
    """
    routes = SoundCloudRoutes(
        lambda store: AsyncSoundCloudClient.from_env(token_store=store),
        session=Sessions(os.environ["SECRET_KEY"]),
        token_store=FileTokenStore(tokens),
        home="/likes",
    )
    app = FastAPI(
        title="Likes",
        exception_handlers={
            NotSignedInError: routes.refuse,
            CsrfError: routes.refuse,
            SoundCloudError: routes.refuse,
        },
    )
    app.mount("/soundcloud", routes)
    # FastAPI reads the annotations of the functions below, which name this class.
    client_of_user = Depends(routes.current_client)

    @app.get("/likes")
    async def list_likes(client: Annotated[AsyncSoundCloudClient, client_of_user], limit: int = 20) -> list[Track]:
        """List the tracks that the user likes, the newest first."""
        return (await client.me.get_likes_tracks(limit=limit)).collection

    @app.post("/likes/{track}", status_code=204)
    async def like(client: Annotated[AsyncSoundCloudClient, client_of_user], track: int) -> None:
        """Like a track. The request needs the CSRF token of `/soundcloud/me` in the header `X-CSRF-Token`."""
        await client.likes.like_track(track)

    # They are called by the app only.
    _ = (list_likes, like)
    return app


def main() -> None:
    """Serve the app on this machine until Ctrl-C."""
    parser = argparse.ArgumentParser(description="serve the app on this machine")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on; 0 for a free port (8000)")
    options = parser.parse_args()
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(48))
    with socket.create_server(("127.0.0.1", options.port)) as listener, suppress(KeyboardInterrupt):
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        print(f"Open {url}/soundcloud/login in a browser, and sign in as ada-night. Stop with Ctrl-C.", flush=True)
        uvicorn.Server(uvicorn.Config(create_app(), log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main()
