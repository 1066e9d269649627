"""The profiles: which accounts there are, which one is used, and where the secrets of each are kept.

The file holds no secret. The app's secret and the person's tokens are in the keyring or in the token file, see `accounts.py`.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import attrs

from soundcloud.cli.framework.errors import USAGE, CommandError

Place: TypeAlias = Literal["keyring", "file"]

_VERSION = 1
DEFAULT = "default"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@attrs.frozen
class Profile:
    """An account of the command line.

    Attributes:
        client_id: The app's id.
        redirect_uri: The app's redirect URI.
        place: Where its secrets are kept.
        base_url: The API's address, where it is not SoundCloud's.
        auth_url: The address of the sign-in, where it is not SoundCloud's.
    """

    client_id: str
    redirect_uri: str
    place: Place
    base_url: str | None = None
    auth_url: str | None = None


@attrs.frozen
class Profiles:
    """All profiles.

    Attributes:
        current: The name of the one that is used when none is named.
        by_name: The profiles by their names.
    """

    current: str = DEFAULT
    by_name: Mapping[str, Profile] = attrs.field(factory=dict[str, Profile])

    @property
    def names(self) -> list[str]:
        """The names, sorted."""
        return sorted(self.by_name)

    def with_profile(self, name: str, profile: Profile) -> "Profiles":
        """The same with a profile more; the first one becomes the current one."""
        current = self.current if self.current in self.by_name else name
        return Profiles(current, {**self.by_name, name: profile})

    def without(self, name: str) -> "Profiles":
        """The same without a profile."""
        return attrs.evolve(self, by_name={key: value for key, value in self.by_name.items() if key != name})


def profiles_path() -> Path:
    """Where the profiles are kept."""
    from platformdirs import user_config_path

    return user_config_path("soundcloud-sdk", appauthor=False) / "profiles.json"


def checked_name(name: str) -> str:
    """Check the name of a profile.

    Raises:
        CommandError: It is no name.
    """
    if not _NAME.fullmatch(name):
        raise CommandError(
            f"{name!r} is no name of a profile", "take letters, digits, dots and dashes, at most 64", code=USAGE
        )
    return name


def read_profiles() -> Profiles:
    """Read the profiles; there are none where there is no file.

    Raises:
        CommandError: The file is damaged.
    """
    path = profiles_path()
    try:
        data = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        if data["version"] != _VERSION:
            raise ValueError
        found = {name: Profile(**entry) for name, entry in data["profiles"].items()}
        return Profiles(str(data["current"]), found)
    except FileNotFoundError:
        return Profiles()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CommandError(f"{path} holds no profiles of this version", "move it away and sign in again") from None


def write_profiles(profiles: Profiles) -> None:
    """Write the profiles; the file is replaced as a whole."""
    path = profiles_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    entries = {
        name: attrs.asdict(profile, filter=lambda _, value: value is not None)
        for name, profile in profiles.by_name.items()
    }
    text = json.dumps({"version": _VERSION, "current": profiles.current, "profiles": entries}, indent=1)
    try:
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
