"""The tokens that django-allauth stores, and clients that use and refresh them."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC
from typing import Any, cast

from allauth.socialaccount import app_settings
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.contrib._clients import open_async_client
from soundcloud.contrib.django.stores import AccountStore
from soundcloud.errors import MissingTokenError
from soundcloud.tokens import Token

_ID = "soundcloud"


class SocialTokenStore(AccountStore):
    """The token store of an account of django-allauth: reads and writes its `SocialToken`.

    Its lock holds across processes; see `soundcloud.contrib.django.DjangoTokenStore`.

    Args:
        account: The `SocialAccount`, or its primary key.
        using: The name of the database in `DATABASES`; default `default`.
        lock_seconds: See `DjangoTokenStore`.

    Raises:
        ImproperlyConfigured: `soundcloud.contrib.django` is not in `INSTALLED_APPS`.

    Example:
        >>> account = SocialAccount.objects.get(user=user, provider="soundcloud")
        >>> client = SoundCloudClient("id", "secret", token_store=SocialTokenStore(account))
    """

    _kind = "allauth"

    def _read(self) -> Token | bool | None:
        row = self._tokens().first()
        if row is None or not row.token:
            return None
        expires_at = row.expires_at
        if expires_at is not None and timezone.is_naive(expires_at):
            expires_at = timezone.make_aware(expires_at)
        return Token(row.token, row.token_secret or None, expires_at, grant="user")

    def _write(self, token: Token) -> None:
        row = self._tokens().first()
        if row is None:
            SocialToken.objects.using(self._using).create(account_id=self._account, **to_row(token))
        else:
            self._tokens().filter(pk=row.pk).update(**to_row(token))

    def _delete_token(self) -> None:
        self._tokens().delete()

    def _tokens(self) -> Any:
        return SocialToken.objects.using(self._using).filter(account_id=self._account).order_by("-pk")


def client_for(user: Any) -> SoundCloudClient:
    """Return a client of the SoundCloud account that a user has connected with django-allauth.

    Args:
        user: A user of the site, such as `request.user`.

    Returns:
        The client. Use it in a `with` block. It refreshes the tokens and writes them to the `SocialToken`.

    Raises:
        MissingTokenError: The user has no SoundCloud account, or no tokens are stored.
        ImproperlyConfigured: `SOCIALACCOUNT_STORE_TOKENS` is not set, or an app is missing.

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


def client_options() -> dict[str, Any]:
    """Return the further arguments of the clients: `SOCIALACCOUNT_PROVIDERS["soundcloud"]["OPTIONS"]`.

    Raises:
        ImproperlyConfigured: They are not a dict.
    """
    options: Any = cast("Any", app_settings).PROVIDERS.get(_ID, {}).get("OPTIONS", {})
    if not isinstance(options, Mapping):
        what = f"SOCIALACCOUNT_PROVIDERS['soundcloud']['OPTIONS'] is of type {type(options).__name__}: set it to a dict"
        raise ImproperlyConfigured(what)
    return dict(cast("Mapping[str, Any]", options))


def to_row(token: Token) -> dict[str, Any]:
    """Return the columns of a `SocialToken`."""
    expires_at = token.expires_at
    if expires_at is not None and not settings.USE_TZ:
        expires_at = timezone.make_naive(expires_at.astimezone(UTC))
    return {"token": token.access_token, "token_secret": token.refresh_token or "", "expires_at": expires_at}


def _settings_for(user: Any) -> dict[str, Any]:
    if not cast("Any", app_settings).STORE_TOKENS:
        what = "SOCIALACCOUNT_STORE_TOKENS is False: set it to True, otherwise django-allauth does not keep the tokens"
        raise ImproperlyConfigured(what)
    account = SocialAccount.objects.filter(user_id=user.pk, provider=_ID).first() if user.pk else None
    store = None if account is None else SocialTokenStore(account)
    if store is None or store.get() is None:
        what = f"the user {str(user)!r} has no SoundCloud account with tokens"
        raise MissingTokenError(what, hint="send the user to the view soundcloud_login")
    try:
        app: Any = get_adapter().get_app(None, provider=_ID)
    except SocialApp.DoesNotExist:
        what = "django-allauth has no app for SoundCloud: add one to SOCIALACCOUNT_PROVIDERS['soundcloud']['APPS']"
        raise ImproperlyConfigured(what) from None
    return {**client_options(), "client_id": app.client_id, "client_secret": app.secret, "token_store": store}
