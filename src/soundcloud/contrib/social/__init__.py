"""SoundCloud for python-social-auth, whose own backend cannot sign in: it has old URLs and no PKCE.

Put `soundcloud.contrib.social.SoundCloudOAuth2` into `AUTHENTICATION_BACKENDS` instead of
`social_core.backends.soundcloud.SoundcloudOAuth2`. The name of the backend is the same: settings, URLs and accounts stay.
`soundcloud.contrib.social.django` has the clients of signed-in users, for Django.
"""

from typing import Any

from social_core.backends.oauth import BaseOAuth2PKCE
from social_core.exceptions import AuthResponseError

from soundcloud.contrib._origins import origins

__all__ = ["SoundCloudOAuth2"]


class SoundCloudOAuth2(BaseOAuth2PKCE):
    """Signs in with SoundCloud.

    | setting | meaning |
    | --- | --- |
    | `SOCIAL_AUTH_SOUNDCLOUD_KEY`, `SOCIAL_AUTH_SOUNDCLOUD_SECRET` | the id and the secret of the app |
    | `SOCIAL_AUTH_SOUNDCLOUD_OPTIONS` | the arguments `base_url` and `auth_url` of the clients, for a sandbox |
    """

    name = "soundcloud"
    title = "SoundCloud"
    ACCESS_TOKEN_METHOD = "POST"  # noqa: S105 - the name of a method
    REDIRECT_STATE = False
    STATE_PARAMETER = True
    # The stock backend stores the number too, in the same columns.
    ID_KEY = "id"
    EXTRA_DATA = [  # noqa: RUF012 - the type of the base class
        ("id", "id"),
        ("urn", "urn"),
        ("refresh_token", "refresh_token", True),
        ("expires_in", "expires_in"),
    ]

    def authorization_url(self) -> str:
        """Return the URL of the consent page."""
        return self.setting("AUTHORIZATION_URL") or f"{self._origins()[1]}/authorize"

    def access_token_url(self) -> str:
        """Return the URL of the token endpoint."""
        return self.setting("ACCESS_TOKEN_URL") or f"{self._origins()[1]}/oauth/token"

    def get_user_details(self, response: dict[str, Any]) -> dict[str, Any]:
        """Return the details of the user. SoundCloud has no e-mail addresses."""
        return {"username": response.get("username"), "email": "", "fullname": response.get("full_name")}

    def user_data(self, access_token: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Fetch the user.

        Raises:
            AuthResponseError: SoundCloud returned a user without a number.
        """
        url, headers = f"{self._origins()[0]}/me", {"Authorization": f"OAuth {access_token}"}
        found: Any = self.get_json(url, headers=headers)
        # Accounts are stored by number. SoundCloud has deprecated the field `id` in favour of the URN, which ends with it.
        number = str(found.get("urn") or found.get("id") or "").rpartition(":")[2] if isinstance(found, dict) else ""
        if not number.isdecimal():
            raise AuthResponseError(self, "SoundCloud returned a user without a URN")
        return {**found, "id": int(number)}

    def _origins(self) -> tuple[str, str]:
        return origins(self.setting("OPTIONS", {}))
