"""SoundCloud for django-allauth, whose own provider cannot sign in: it has old URLs, no PKCE, and puts the token into a URL.

Put `soundcloud.contrib.allauth` into `INSTALLED_APPS` instead of `allauth.socialaccount.providers.soundcloud`, and add
`soundcloud.contrib.django` for the locks of the tokens. The id of the provider is the same: apps, URLs and accounts stay.
`SOCIALACCOUNT_PROVIDERS["soundcloud"]["OPTIONS"]` has further arguments of the clients, such as `{"timeout": 10}`.
"""

from typing import TYPE_CHECKING

from soundcloud_api.imports import lazy_names

if TYPE_CHECKING:
    from soundcloud.contrib.allauth.tokens import SocialTokenStore, async_client_for, client_for
else:
    # Django imports this package before its models can be imported.
    lazy_names(__name__, {"SocialTokenStore": "tokens", "async_client_for": "tokens", "client_for": "tokens"})

__all__ = ["SocialTokenStore", "async_client_for", "client_for"]
