"""The provider, which django-allauth looks for in this module."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.soundcloud.provider import SoundCloudProvider as StockProvider

from soundcloud.contrib.allauth.views import SoundCloudOAuth2Adapter


class SoundCloudProvider(StockProvider):
    """Signs in with SoundCloud."""

    pkce_enabled_default = True
    oauth2_adapter_class = SoundCloudOAuth2Adapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the URN of the user, or the number if an account of before django-allauth 65.10 was stored under it.

        Raises:
            OAuth2Error: The response has no URN.
        """
        urn = data.get("urn")
        if not isinstance(urn, str) or not urn:
            raise OAuth2Error("SoundCloud returned a user without a URN")
        number = urn.rpartition(":")[2]
        accounts = SocialAccount.objects.filter(provider=self.sub_id, uid__in=[urn, number])
        known = set(accounts.values_list("uid", flat=True))
        return number if number in known and urn not in known else urn


provider_classes = [SoundCloudProvider]
