"""Reads the setting `SOUNDCLOUD` of a Django site."""

from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import attrs
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from soundcloud import SoundCloudClient
from soundcloud._protocol.http.urls import is_loopback
from soundcloud._protocol.secrets import Secret
from soundcloud._sign_in import local_path
from soundcloud.errors import InvalidInputError

NAME = "SOUNDCLOUD"
_EXAMPLE = {
    "CLIENT_ID": "the id of the app, from soundcloud.com/you/apps",
    "CLIENT_SECRET": "the secret of the app, best from the environment",
    "REDIRECT_URI": "the URL of the callback view as it is registered, such as https://your.site/soundcloud/callback",
}
_KEYS = (*_EXAMPLE, "HOME", "CREATE_USERS", "DATABASE", "OPTIONS")
# The app and the user decide about these.
_RESERVED = {
    "client_id",
    "client_secret",
    "redirect_uri",
    "access_token",
    "refresh_token",
    "token_store",
    "token_provider",
}


@attrs.frozen
class Settings:
    """The values of `SOUNDCLOUD`; see `soundcloud.contrib.django`."""

    client_id: str
    client_secret: str = attrs.field(repr=False)
    redirect_uri: str
    home: str
    create_user: Callable[[Any, Any], Any] | bool
    database: str
    options: dict[str, Any] = attrs.field(repr=False)

    def client_settings(self) -> dict[str, Any]:
        """Return the arguments of the clients, without a token store."""
        app = {"client_id": self.client_id, "client_secret": self.client_secret, "redirect_uri": self.redirect_uri}
        return {**self.options, **app}


def load() -> Settings:
    """Return the settings of the site.

    Raises:
        ImproperlyConfigured: A key is missing, unknown, or has a wrong value. The error names the key.
    """
    given: Any = getattr(settings, NAME, None)
    if given is None:
        raise ImproperlyConfigured(f"{NAME} is missing in the settings: set it to a dict with {', '.join(_EXAMPLE)}")
    if not isinstance(given, Mapping):
        raise ImproperlyConfigured(f"{NAME} is of type {type(given).__name__}: set it to a dict")
    values = cast("Mapping[str, Any]", given)
    for key in values:
        if key not in _KEYS:
            raise ImproperlyConfigured(f"{NAME}[{key!r}] is not a known key: use {', '.join(_KEYS)}")
    for key, meaning in _EXAMPLE.items():
        if not isinstance(values.get(key), str) or not values[key]:
            raise ImproperlyConfigured(f"{NAME}[{key!r}] is {_shown(values, key)}: set it to {meaning}")
    _check_redirect_uri(values["REDIRECT_URI"])
    home = values.get("HOME", "/")
    if not isinstance(home, str) or local_path(home) is None:
        raise ImproperlyConfigured(f"{NAME}['HOME'] is {home!r}: set it to a path of this site, such as /")
    database = values.get("DATABASE", "default")
    if database not in settings.DATABASES:
        known = ", ".join(settings.DATABASES)
        raise ImproperlyConfigured(f"{NAME}['DATABASE'] is {database!r}: set it to a name in DATABASES ({known})")
    return Settings(
        values["CLIENT_ID"],
        Secret(values["CLIENT_SECRET"]),
        values["REDIRECT_URI"],
        home,
        _create_user(values.get("CREATE_USERS", True)),
        database,
        _options(values.get("OPTIONS", {})),
    )


def check() -> None:
    """Check the settings, and that a client accepts them.

    Raises:
        ImproperlyConfigured: See `load`.
    """
    loaded = load()
    try:
        with SoundCloudClient(**loaded.client_settings()) as client:
            client.auth.get_authorization_url()
    except (InvalidInputError, TypeError) as error:
        problem = str(error).replace("SoundCloudClient.__init__() got an", "it has an")
    else:
        return
    raise ImproperlyConfigured(f"{NAME} has a value that a client does not accept: {problem}")


def _shown(values: Mapping[str, Any], key: str) -> str:
    """Describe a wrong value, which may be a secret."""
    if key not in values:
        return "missing"
    return "empty" if values[key] in {"", None} else f"of type {type(values[key]).__name__}"


def _check_redirect_uri(uri: str) -> None:
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or parts.fragment:
        problem = "not the URL of this site's callback"
    elif parts.scheme == "http" and not is_loopback(host):
        problem = "not https, which protects the sessions of the users"
    else:
        return
    raise ImproperlyConfigured(f"{NAME}['REDIRECT_URI'] is {problem}: set it to {_EXAMPLE['REDIRECT_URI']}")


def _options(options: Any) -> dict[str, Any]:
    if not isinstance(options, Mapping):
        raise ImproperlyConfigured(f"{NAME}['OPTIONS'] is of type {type(options).__name__}: set it to a dict")
    known = cast("Mapping[str, Any]", options)
    if reserved := _RESERVED.intersection(known):
        raise ImproperlyConfigured(
            f"{NAME}['OPTIONS'] has {', '.join(sorted(reserved))}: remove it, the app sets it itself"
        )
    return dict(known)


def _create_user(value: Any) -> Callable[[Any, Any], Any] | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            value = import_string(value)
        except ImportError as error:
            raise ImproperlyConfigured(f"{NAME}['CREATE_USERS'] cannot be imported: {error}") from None
    if not callable(value):
        raise ImproperlyConfigured(f"{NAME}['CREATE_USERS'] is {value!r}: set it to True, False or a function")
    return cast("Callable[[Any, Any], Any]", value)
