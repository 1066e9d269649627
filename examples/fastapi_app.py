"""A FastAPI app: users sign in with SoundCloud, see their likes as JSON, and like tracks.

    pip install 'soundcloud-sdk[web]' fastapi uvicorn
    SECRET_KEY=... uvicorn --factory examples.fastapi_app:create_app

The app and the sandbox are set by environment variables: see docs/examples.md. The redirect URI is the URL of this site with
`/soundcloud/callback`. `/docs` shows the operations.
"""

import os
from pathlib import Path
from typing import Annotated

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
