"""Who acts: the app and the person, from the environment or from a profile, and where their secrets are kept.

In the order in which they are looked for:

1. the profile that `--profile` names,
2. the environment, where it names an app or a token: `SOUNDCLOUD_CLIENT_ID` and so on,
3. the current profile.
"""

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from soundcloud._protocol.environment import environment_settings
from soundcloud.cli.auth.profiles import Place, Profile, profiles_path, read_profiles, write_profiles
from soundcloud.cli.framework.errors import NOT_SIGNED_IN, CommandError
from soundcloud.tokens import Token

if TYPE_CHECKING:
    from soundcloud.stores import FileTokenStore, KeyringTokenStore, MemoryTokenStore

    Store: TypeAlias = FileTokenStore | KeyringTokenStore | MemoryTokenStore

_NAMING = {"client_id", "access_token", "refresh_token", "token_store"}


@attrs.frozen
class Account:
    """Who acts.

    Attributes:
        name: The profile's name; None for the environment.
        source: Where the app's id and secret come from, in words.
        settings: Arguments of the client.
        store: Where the tokens are kept.
        place: The same in words.
    """

    name: str | None
    source: str
    settings: dict[str, Any] = attrs.field(repr=False)
    store: "Store" = attrs.field(repr=False)
    place: str


def find_account(profile: str | None) -> Account:
    """Find out who acts.

    Args:
        profile: The profile that was named, or None.

    Returns:
        The account.

    Raises:
        CommandError: There is none, or none of that name.
        TokenStoreError: The secrets cannot be read.
    """
    if profile is None:
        settings = environment_settings(os.environ)
        if settings.keys() & _NAMING:
            return _environment_account(settings)
    profiles = read_profiles()
    name = profile or profiles.current
    found = profiles.by_name.get(name)
    if found is None and profile is not None:
        known = f"there are: {', '.join(profiles.names)}; or" if profiles.names else "make it with"
        raise CommandError(
            f"there is no profile {name!r}", f"{known} soundcloud login --profile {name}", code=NOT_SIGNED_IN
        )
    if found is None:
        raise CommandError(
            "nobody is signed in, and no app is named",
            "soundcloud login; or try it without an account: --sandbox",
            code=NOT_SIGNED_IN,
        )
    return profile_account(name, found)


def profile_account(name: str, profile: Profile) -> Account:
    """Read the account of a profile, its app's secret too.

    Raises:
        TokenStoreError: The secret cannot be read.
    """
    store = open_store(profile.place)
    settings: dict[str, Any] = attrs.asdict(
        profile, filter=lambda field, value: value is not None and field.name != "place"
    )
    secret = _secret_store(store, name).get()
    if secret is not None:
        settings["client_secret"] = secret.access_token
    return Account(
        name, f"profile {name} of {profiles_path()}", settings, store.for_user(f"profile:{name}"), place_of(store)
    )


def keep_secret(name: str, place: Place, client_secret: str) -> None:
    """Keep the secret of a profile's app.

    Args:
        name: The profile's name.
        place: Where.
        client_secret: The secret.

    Raises:
        TokenStoreError: It cannot be kept.
    """
    # Kept as a token is: it does not show itself, and the file or the keyring is the same.
    _secret_store(open_store(place), name).set(Token(client_secret))


def forget_secrets(name: str, profile: Profile) -> None:
    """Forget the secret of a profile's app, and its tokens.

    Args:
        name: The profile's name.
        profile: The profile.

    Raises:
        TokenStoreError: They cannot be removed.
    """
    store = open_store(profile.place)
    store.for_user(f"profile:{name}").clear()
    store.for_app(profile.client_id).clear()
    _secret_store(store, name).clear()


def forget_profile(name: str) -> None:
    """Forget a profile and its secrets.

    Args:
        name: The profile's name.

    Raises:
        TokenStoreError: They cannot be removed.
    """
    profiles = read_profiles()
    forget_secrets(name, profiles.by_name[name])
    write_profiles(profiles.without(name))


def usable_place() -> Place:
    """The keyring where there is one that works, else the file."""
    from soundcloud.errors import TokenStoreError

    try:
        open_store("keyring").for_user("profile:").get()
    except TokenStoreError:
        return "file"
    return "keyring"


def open_store(place: Place) -> "FileTokenStore | KeyringTokenStore":
    """Open the keyring or the token file.

    Raises:
        TokenStoreError: The keyring is asked for, and its package is not installed.
    """
    from soundcloud.stores import FileTokenStore, KeyringTokenStore

    return KeyringTokenStore() if place == "keyring" else FileTokenStore()


def place_of(store: "Store") -> str:
    """Where a store keeps its tokens, in words."""
    from soundcloud.stores import FileTokenStore, KeyringTokenStore

    match store:
        case KeyringTokenStore():
            return "the keyring"
        case FileTokenStore():
            return str(store.path)
        case _:
            return "memory, until the command ends"


def _secret_store(store: "FileTokenStore | KeyringTokenStore", name: str) -> "FileTokenStore | KeyringTokenStore":
    return store.for_user(f"client-secret:{name}")


def _environment_account(settings: dict[str, Any]) -> Account:
    """The account of the environment.

    Its tokens are kept under a key of what the environment says: another app, or another refresh token, begins anew.
    """
    from soundcloud.stores import FileTokenStore, MemoryTokenStore

    path = settings.pop("token_store", None)
    renewable = {"client_id", "client_secret"} <= settings.keys()
    store: Store
    if path is not None:
        store = FileTokenStore(path)
    elif renewable and ("refresh_token" in settings or "access_token" not in settings):
        named = [settings.get(name, "") for name in ("client_id", "base_url", "refresh_token")]
        store = FileTokenStore().for_user(f"environment:{sha256(repr(named).encode()).hexdigest()[:16]}")
    else:
        # One access token, and nothing to renew it with: the environment is where it is kept.
        store = MemoryTokenStore()
    return Account(None, "the environment", settings, store, place_of(store))
