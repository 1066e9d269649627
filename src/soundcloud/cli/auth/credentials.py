"""Finds the account of a command: app and tokens, from the environment or a profile, and the store of its secrets.

The order of the search:

1. the profile that `--profile` names,
2. the environment, if it has an app or a token: `SOUNDCLOUD_CLIENT_ID` and so on,
3. the current profile.
"""

import os
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from soundcloud._protocol.environment import environment_settings
from soundcloud.cli.auth.profiles import Place, Profile, profiles_path, read_profiles, write_profiles
from soundcloud.cli.framework.errors import NOT_SIGNED_IN, CommandError
from soundcloud.tokens import Token

if TYPE_CHECKING:
    from soundcloud.stores import FileTokenStore, KeyringTokenStore, MemoryTokenStore

    SecretStore: TypeAlias = FileTokenStore | KeyringTokenStore
    Store: TypeAlias = SecretStore | MemoryTokenStore

_ACCOUNT_SETTINGS = {"client_id", "access_token", "refresh_token", "token_store"}
MEMORY = "memory, until the command ends"


@attrs.frozen
class Account:
    """An app and a user. `name` is the profile, None for the environment; `source` and `place` are for messages."""

    name: str | None
    source: str
    settings: dict[str, Any] = attrs.field(repr=False)
    store: "Store" = attrs.field(repr=False)
    place: str


def find_account(profile: str | None) -> Account:
    """Return the account to use: of a profile, of the environment, or of the current profile."""
    if profile is None:
        settings = environment_settings(os.environ)
        if settings.keys() & _ACCOUNT_SETTINGS == {"client_id"} and "client_secret" not in settings:
            raise CommandError(
                "SOUNDCLOUD_CLIENT_ID is set, but SOUNDCLOUD_CLIENT_SECRET is not",
                "set both, or unset the first and run: soundcloud login",
                code=NOT_SIGNED_IN,
            )
        if settings.keys() & _ACCOUNT_SETTINGS:
            return _environment_account(settings)
    profiles = read_profiles()
    name = profile or profiles.current
    found = profiles.by_name.get(name)
    if found is None and profile is not None:
        known = f"use one of {', '.join(profiles.names)}, or create it:" if profiles.names else "create it:"
        raise CommandError(
            f"there is no profile {name!r}", f"{known} soundcloud login --profile {name}", code=NOT_SIGNED_IN
        )
    if found is None and profiles.by_name:
        raise CommandError(
            f"the current profile {name!r} does not exist",
            f"soundcloud profiles use {profiles.names[0]}",
            code=NOT_SIGNED_IN,
        )
    if found is None:
        raise CommandError(
            "you are not signed in",
            "soundcloud login; or use the sandbox, without an account: --sandbox",
            code=NOT_SIGNED_IN,
        )
    return profile_account(name, found)


def profile_account(name: str, profile: Profile) -> Account:
    """Return the account of a profile, with the app's secret."""
    store = open_store(profile.place)
    settings: dict[str, Any] = attrs.asdict(
        profile, filter=lambda field, value: value is not None and field.name != "place"
    )
    secret = _secret_store(store, name).get()
    if secret is not None:
        settings["client_secret"] = secret.access_token
    return Account(
        name, f"profile {name} of {profiles_path()}", settings, store.for_user(f"profile:{name}"), describe_store(store)
    )


def store_secret(name: str, place: Place, client_secret: str) -> None:
    """Store the secret of a profile's app."""
    # Stored like a token: its repr is hidden, and it is in the same file or keyring.
    _secret_store(open_store(place), name).set(Token(client_secret))


def delete_secrets(name: str, profile: Profile) -> None:
    """Delete the secret of a profile's app, and its tokens."""
    store = open_store(profile.place)
    store.for_user(f"profile:{name}").clear()
    store.for_app(profile.client_id).clear()
    _secret_store(store, name).clear()


def delete_profile(name: str) -> str | None:
    """Delete a profile and its secrets; return the name of the current profile if it is another one now."""
    profiles = read_profiles()
    delete_secrets(name, profiles.by_name[name])
    rest = profiles.without(name)
    write_profiles(rest)
    return rest.current if rest.by_name and rest.current != profiles.current else None


def default_place() -> Place:
    """Return the keyring if there is one that works, else the file."""
    from soundcloud.errors import TokenStoreError

    try:
        open_store("keyring").for_user("profile:").get()
    except TokenStoreError:
        return "file"
    return "keyring"


def open_store(place: Place) -> "SecretStore":
    """Open the keyring or the token file."""
    from soundcloud.stores import FileTokenStore, KeyringTokenStore

    return KeyringTokenStore() if place == "keyring" else FileTokenStore()


def describe_store(store: "Store") -> str:
    """Return where a store keeps its tokens, for messages."""
    from soundcloud.stores import FileTokenStore, KeyringTokenStore

    match store:
        case KeyringTokenStore():
            return "the keyring"
        case FileTokenStore():
            return str(store.path)
        case _:
            return MEMORY


def _secret_store(store: "SecretStore", name: str) -> "SecretStore":
    return store.for_user(f"client-secret:{name}")


def _environment_account(settings: dict[str, Any]) -> Account:
    """Return the account of the environment."""
    from hashlib import sha256

    from soundcloud.stores import FileTokenStore, MemoryTokenStore

    path = settings.pop("token_store", None)
    can_refresh = {"client_id", "client_secret"} <= settings.keys()
    store: Store
    if path is not None:
        store = FileTokenStore(path)
    elif can_refresh and ("refresh_token" in settings or "access_token" not in settings):
        # A key for each app and refresh token: another one starts with an empty store.
        values = [settings.get(name, "") for name in ("client_id", "base_url", "refresh_token")]
        store = FileTokenStore().for_user(f"environment:{sha256(repr(values).encode()).hexdigest()[:16]}")
    else:
        # An access token that cannot be refreshed: the environment is its store.
        store = MemoryTokenStore()
    return Account(None, "the environment", settings, store, describe_store(store))
