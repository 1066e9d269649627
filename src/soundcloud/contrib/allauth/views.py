"""The views of the provider, which django-allauth looks for in this module."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from allauth.utils import get_request_param
from django.http import HttpRequest

from soundcloud import SoundCloudClient
from soundcloud._protocol.printable import to_printable
from soundcloud.contrib._origins import origins
from soundcloud.contrib.allauth.tokens import client_options, to_row
from soundcloud.errors import SoundCloudError
from soundcloud.tokens import Token

logger = logging.getLogger("soundcloud.web")


class SoundCloudOAuth2Adapter(OAuth2Adapter):
    """Exchanges the code and fetches the user with a `SoundCloudClient`. Its errors become django-allauth's error page."""

    provider_id = "soundcloud"

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        _, auth_url = origins(client_options())
        self.authorize_url = f"{auth_url}/authorize"
        self.access_token_url = f"{auth_url}/oauth/token"

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> Token:
        """Exchange the code of a redirect for tokens."""
        code = get_request_param(request, "code")
        redirect_uri = self.get_callback_url(request, app)
        with _own_errors(), SoundCloudClient(app.client_id, app.secret, redirect_uri, **client_options()) as soundcloud:
            token = soundcloud.auth.get_user_token(code, pkce_code_verifier)
        self.did_fetch_access_token = True
        return token

    def parse_token(self, data: Token) -> SocialToken:
        """Return the tokens as a row, which django-allauth stores if SOCIALACCOUNT_STORE_TOKENS is set."""
        return SocialToken(**to_row(data))

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> Any:
        """Fetch the user and return the login."""
        with _own_errors(), SoundCloudClient(access_token=token.token, **client_options()) as client:
            profile = client.me.get_me().raw
        return self.get_provider().sociallogin_from_response(request, dict(profile))


@contextmanager
def _own_errors() -> Generator[None]:
    """Map the errors of this package to one that django-allauth shows on its error page."""
    try:
        yield
    except SoundCloudError as error:
        logger.warning("the sign-in failed: %s", to_printable(str(error)))
        raise OAuth2Error(error.message) from None


oauth2_login = OAuth2LoginView.adapter_view(SoundCloudOAuth2Adapter)
oauth2_callback = OAuth2CallbackView.adapter_view(SoundCloudOAuth2Adapter)
