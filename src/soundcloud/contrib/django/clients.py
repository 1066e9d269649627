"""Clients of the users of a Django site."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from soundcloud import AsyncSoundCloudClient, SoundCloudClient
from soundcloud.contrib._clients import open_async_client
from soundcloud.contrib.django.models import Account
from soundcloud.contrib.django.settings import load
from soundcloud.contrib.django.stores import AsyncDjangoTokenStore, DjangoTokenStore
from soundcloud.errors import InvalidInputError, MissingTokenError


def client_for(user: Any) -> SoundCloudClient:
    """Return a client of a user's SoundCloud account.

    Args:
        user: A user of the site, such as `request.user`.

    Returns:
        The client. Use it in a `with` block. It refreshes the user's tokens and stores them in the database.

    Raises:
        MissingTokenError: The user has not signed in with SoundCloud, or has disconnected the account.
        TokenStoreError: The tokens cannot be read.
        InvalidInputError: The argument is not a user.
        ImproperlyConfigured: The setting `SOUNDCLOUD` is missing or wrong.

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


def app_client() -> SoundCloudClient:
    """Return a client with the app's own token, which the database shares between processes: for pages without a sign-in.

    Raises:
        ImproperlyConfigured: The setting `SOUNDCLOUD` is missing or wrong.

    Example:
        >>> with app_client() as client:
        ...     page = client.search.tracks("lofi")
    """
    settings = load()
    return SoundCloudClient(**settings.client_settings(), token_store=DjangoTokenStore(using=settings.database))


def async_app_client() -> AsyncSoundCloudClient:
    """Return an async client with the app's own token; see `app_client`.

    Example:
        >>> async with async_app_client() as client:
        ...     page = await client.search.tracks("lofi")
    """
    settings = load()
    store = AsyncDjangoTokenStore(DjangoTokenStore(using=settings.database))
    return AsyncSoundCloudClient(**settings.client_settings(), token_store=store)


def store_for(user: Any) -> DjangoTokenStore:
    """Return the store of a user's tokens.

    Raises:
        MissingTokenError: There are none. A client would use the app's token instead.
        InvalidInputError: The argument is not a user.
    """
    if not hasattr(user, "pk"):
        raise InvalidInputError(f"user={user!r}: pass a user of the site, such as request.user")
    urn = Account.objects.filter(user_id=user.pk).values_list("urn", flat=True).first() if user.pk else None
    if urn is not None:
        store = DjangoTokenStore(using=load().database).for_user(urn)
        if store.get() is not None:
            return store
    what = f"the user {str(user)!r} has not signed in with SoundCloud"
    raise MissingTokenError(what, hint="send the user to the view soundcloud:login")


def _settings_for(user: Any) -> dict[str, Any]:
    return {**load().client_settings(), "token_store": store_for(user)}
