"""SoundCloud for Django: sign-in views, a token store in the database, and clients of signed-in users.

Add `soundcloud.contrib.django` to `INSTALLED_APPS`, include `soundcloud.contrib.django.urls`, and set `SOUNDCLOUD`:

| key of `SOUNDCLOUD` | default | meaning |
| --- | --- | --- |
| `CLIENT_ID` | required | the id of the app |
| `CLIENT_SECRET` | required | the secret of the app |
| `REDIRECT_URI` | required | the URL of the callback view, exactly as it is registered |
| `HOME` | `"/"` | the path after a sign-in without `next`, and after a sign-out |
| `CREATE_USERS` | `True` | whether a sign-in creates a user of the site; or the dotted path of a function that returns one |
| `DATABASE` | `"default"` | the database of the tokens |
| `OPTIONS` | `{}` | further arguments of the clients, such as `{"timeout": 10}` |
"""

from typing import TYPE_CHECKING

from soundcloud_api.imports import lazy_names

if TYPE_CHECKING:
    from soundcloud.contrib.django.clients import app_client, async_app_client, async_client_for, client_for
    from soundcloud.contrib.django.stores import AsyncDjangoTokenStore, DjangoTokenStore
else:
    # Django imports this package before its models can be imported.
    lazy_names(
        __name__,
        {
            "AsyncDjangoTokenStore": "stores",
            "DjangoTokenStore": "stores",
            "app_client": "clients",
            "async_app_client": "clients",
            "async_client_for": "clients",
            "client_for": "clients",
        },
    )

__all__ = [
    "AsyncDjangoTokenStore",
    "DjangoTokenStore",
    "app_client",
    "async_app_client",
    "async_client_for",
    "client_for",
]
