"""The type of `Sandbox.client_settings()`."""

from typing import TypedDict


class SandboxClientSettings(TypedDict):
    """The arguments of a client of a sandbox with a user signed in; see `Sandbox.client_settings`.

    Attributes:
        client_id: The app's id.
        client_secret: The app's secret.
        redirect_uri: The app's redirect URI.
        base_url: The API's origin.
        auth_url: The sign-in host's origin.
        web_url: The origin of audio, images, oEmbed and the player.
        access_token: The user's access token.
        refresh_token: The user's refresh token.
    """

    client_id: str
    client_secret: str
    redirect_uri: str
    base_url: str
    auth_url: str
    web_url: str
    access_token: str
    refresh_token: str
