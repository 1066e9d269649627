"""Environment variables with the settings of a client."""

from collections.abc import Mapping
from typing import Any

from soundcloud._protocol.secrets import masked

NAMES = {
    "SOUNDCLOUD_CLIENT_ID": "client_id",
    "SOUNDCLOUD_CLIENT_SECRET": "client_secret",
    "SOUNDCLOUD_REDIRECT_URI": "redirect_uri",
    "SOUNDCLOUD_ACCESS_TOKEN": "access_token",
    "SOUNDCLOUD_REFRESH_TOKEN": "refresh_token",
    "SOUNDCLOUD_TOKEN_FILE": "token_store",
    "SOUNDCLOUD_API_URL": "base_url",
    "SOUNDCLOUD_AUTH_URL": "auth_url",
    "SOUNDCLOUD_WEB_URL": "web_url",
}


SECRET_SETTINGS = frozenset({"client_secret", "access_token", "refresh_token"})


def environment_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments of a client that environment variables set; an empty variable counts as unset."""
    return {
        argument: environment[name].strip() for name, argument in NAMES.items() if environment.get(name, "").strip()
    }


def masked_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments of a client with the `repr` of its secrets masked."""
    return {name: masked(value) if name in SECRET_SETTINGS else value for name, value in settings.items()}
