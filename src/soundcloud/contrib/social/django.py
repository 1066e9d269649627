"""The tokens that social-auth-app-django stores, and clients that use and refresh them.

Add `soundcloud.contrib.django` to `INSTALLED_APPS` for the locks of the tokens.
"""

import time
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import F
from social_django.models import UserSocialAuth
from social_django.utils import load_backend, load_strategy

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.contrib._clients import open_async_client
from soundcloud.contrib.django.stores import AccountStore
from soundcloud.errors import MissingTokenError
from soundcloud.tokens import Token

__all__ = ["SocialAuthTokenStore", "async_client_for", "client_for"]

_NAME = "soundcloud"


class SocialAuthTokenStore(AccountStore):
    """The token store of an account of social-auth-app-django: reads and writes the `extra_data` of its `UserSocialAuth`.

    Its lock holds across processes; see `soundcloud.contrib.django.DjangoTokenStore`.

    Args:
        account: The `UserSocialAuth`, or its primary key.
        using: The name of the database in `DATABASES`; default `default`.
        lock_seconds: See `DjangoTokenStore`.

    Raises:
        ImproperlyConfigured: `soundcloud.contrib.django` is not in `INSTALLED_APPS`.

    Example:
        >>> account = user.social_auth.get(provider="soundcloud")
        >>> client = SoundCloudClient("id", "secret", token_store=SocialAuthTokenStore(account))
    """

    _kind = "social"

    def _read(self) -> Token | bool | None:
        stored: Any = self._accounts().values_list("extra_data", flat=True).first()
        data = cast("dict[str, Any]", stored) if isinstance(stored, dict) else {}
        access_token, refresh_token = data.get("access_token"), data.get("refresh_token")
        if not isinstance(access_token, str) or not access_token:
            return None
        expires_at = None
        seconds, since = data.get("expires_in"), data.get("auth_time")
        if isinstance(seconds, int | float) and isinstance(since, int | float):
            expires_at = datetime.fromtimestamp(since + seconds, UTC)
        return Token(access_token, refresh_token if isinstance(refresh_token, str) else None, expires_at, grant="user")

    def _write(self, token: Token) -> None:
        now = int(time.time())
        seconds = None if token.expires_at is None else int(token.expires_at.timestamp()) - now
        self._change(
            {
                "access_token": token.access_token,
                "refresh_token": token.refresh_token,
                "expires_in": seconds,
                "auth_time": now,
            }
        )

    def _delete_token(self) -> None:
        self._change(dict.fromkeys(["access_token", "refresh_token", "expires_in"]))

    def _change(self, fields: dict[str, Any]) -> None:
        """Change fields of `extra_data`; the others stay as they are."""
        with transaction.atomic(using=self._using):
            # The first statement writes, so that the row is locked before it is read; see `RowStore`.
            self._accounts().update(uid=F("uid"))
            for account in self._accounts():
                self._accounts().update(extra_data={**account.extra_data, **fields})

    def _accounts(self) -> Any:
        return UserSocialAuth.objects.using(self._using).filter(pk=self._account)


def client_for(user: Any) -> SoundCloudClient:
    """Return a client of the SoundCloud account that a user has connected with python-social-auth.

    Args:
        user: A user of the site, such as `request.user`.

    Returns:
        The client. Use it in a `with` block. It refreshes the tokens and writes them to the `UserSocialAuth`.

    Raises:
        MissingTokenError: The user has no SoundCloud account with tokens.
        ImproperlyConfigured: `soundcloud.contrib.django` is not in `INSTALLED_APPS`.

    Example:
        >>> with client_for(request.user) as client:
        ...     likes = client.me.get_likes_tracks()
    """
    return SoundCloudClient(**_settings_for(user))


def async_client_for(user: Any) -> AbstractAsyncContextManager[AsyncSoundCloudClient]:
    """Return an async client of a user's SoundCloud account; see `client_for`.

    Args:
        user: A user of the site, such as `await request.auser()` (Django 5.0 or newer).

    Returns:
        The client, in an `async with` block.

    Example:
        >>> async with async_client_for(await request.auser()) as client:
        ...     likes = await client.me.get_likes_tracks()
    """
    return open_async_client(_settings_for, user)


def _settings_for(user: Any) -> dict[str, Any]:
    account = UserSocialAuth.objects.filter(user_id=user.pk, provider=_NAME).first() if user.pk else None
    store = None if account is None else SocialAuthTokenStore(account)
    if store is None or store.get() is None:
        what = f"the user {str(user)!r} has no SoundCloud account with tokens"
        raise MissingTokenError(what, hint="send the user to the view social:begin of the backend soundcloud")
    backend: Any = load_backend(load_strategy(), _NAME, redirect_uri=None)
    client_id, client_secret = backend.get_key_and_secret()
    options: dict[str, Any] = backend.setting("OPTIONS", {})
    return {**options, "client_id": client_id, "client_secret": client_secret, "token_store": store}
