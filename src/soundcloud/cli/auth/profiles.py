"""Profiles: the accounts of the command line, and the current one.

The file of the profiles contains no secrets. `credentials.py` stores the app's secret and the user's tokens in the keyring or
in the token file.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import attrs

from soundcloud._atomic_file import replace_file
from soundcloud.cli.framework.errors import USAGE, CommandError

Place: TypeAlias = Literal["keyring", "file"]

_VERSION = 1
DEFAULT = "default"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@attrs.frozen
class Profile:
    """An account of the command line; the URLs are set if they are not SoundCloud's."""

    client_id: str
    redirect_uri: str
    place: Place
    base_url: str | None = None
    auth_url: str | None = None


@attrs.frozen
class Profiles:
    """All profiles; `current` is used without `--profile`."""

    current: str = DEFAULT
    by_name: Mapping[str, Profile] = attrs.field(factory=dict[str, Profile])

    @property
    def names(self) -> list[str]:
        """The names, sorted."""
        return sorted(self.by_name)

    def with_profile(self, name: str, profile: Profile) -> "Profiles":
        """Return a copy with another profile; the first profile becomes the current one."""
        current = self.current if self.current in self.by_name else name
        return Profiles(current, {**self.by_name, name: profile})

    def without(self, name: str) -> "Profiles":
        """Return a copy without a profile; if it was the current one, `default` or the first of the rest becomes it."""
        rest = {key: value for key, value in self.by_name.items() if key != name}
        current = self.current if self.current in rest else DEFAULT if DEFAULT in rest else min(rest, default=DEFAULT)
        return Profiles(current, rest)


def profiles_path() -> Path:
    """Return the path of the profiles."""
    from platformdirs import user_config_path

    return user_config_path("soundcloud-sdk", appauthor=False) / "profiles.json"


def check_name(name: str) -> str:
    """Check the name of a profile and return it."""
    if not _NAME.fullmatch(name):
        raise CommandError(
            f"{name!r} is not a valid profile name",
            "use letters, digits, dots, dashes and underscores, at most 64",
            code=USAGE,
        )
    return name


def read_profiles() -> Profiles:
    """Read the profiles; without a file there are none."""
    path = profiles_path()
    try:
        data = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        if data["version"] != _VERSION:
            raise ValueError
        found = {name: Profile(**entry) for name, entry in data["profiles"].items()}
        return Profiles(str(data["current"]), found)
    except FileNotFoundError:
        return Profiles()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CommandError(f"{path} has no profiles of this version", "remove it and sign in again") from None


def write_profiles(profiles: Profiles) -> None:
    """Replace the file of the profiles."""
    path = profiles_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = {
        name: attrs.asdict(profile, filter=lambda _, value: value is not None)
        for name, profile in profiles.by_name.items()
    }
    text = json.dumps({"version": _VERSION, "current": profiles.current, "profiles": entries}, indent=1)
    replace_file(path, f"{text}\n".encode())
