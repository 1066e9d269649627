"""The settings of a sandbox that may change while it runs."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any, TypedDict

from soundcloud.sandbox.errors import WrongSettingError

_LONGEST_SECONDS = 10**9


class SandboxSettings(TypedDict, total=False):
    """Settings that `Sandbox.change_settings` and `Sandbox.reset` accept; `Sandbox` describes them.

    Attributes:
        media_lifetime: Seconds for which an audio URL is valid.
        processing_seconds: Seconds for which an upload is processed.
        quotas: Whether app tokens are limited.
        local_links: Whether `permalink_url` leads to pages of the sandbox.
        token_cors: Whether pages in a browser may call the token endpoint.
        public_client: Whether users can sign in without the client secret.
    """

    media_lifetime: float
    processing_seconds: float
    quotas: bool
    local_links: bool
    token_cors: bool
    public_client: bool


@dataclass(slots=True)
class Settings:
    """The current settings; see `SandboxSettings`."""

    media_lifetime: float = 300.0
    processing_seconds: float = 0.5
    quotas: bool = True
    local_links: bool = False
    token_cors: bool = False
    public_client: bool = False

    def change(self, changes: Mapping[str, Any]) -> None:
        """Change some settings, or none if one is invalid."""
        for name, value in changes.items():
            if name not in SETTINGS:
                raise WrongSettingError(name, f"unknown setting: use {', '.join(SETTINGS)}")
            SETTINGS[name](name, value)
        for name, value in changes.items():
            setattr(self, name, value)

    def to_json(self) -> dict[str, Any]:
        """Return all settings by name."""
        return asdict(self)


def check_types(values: Mapping[str, object], kind: Any, expected: str) -> None:
    """Check the types of arguments; True and False are not numbers."""
    for name, value in values.items():
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise WrongSettingError(name, f"a value of type {type(value).__name__}: pass {expected}")


def check_range(name: str, value: int, lowest: int, highest: int) -> None:
    """Check that a number is in an inclusive range."""
    if not lowest <= value <= highest:
        raise WrongSettingError(name, f"{value} is out of range: use {lowest} to {highest:,}")


def _check_seconds(name: str, value: object) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= _LONGEST_SECONDS:
        raise WrongSettingError(name, f"{value!r} is not a number of seconds up to {_LONGEST_SECONDS:,}")


def _check_switch(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise WrongSettingError(name, f"{value!r} is neither true nor false")


# What each setting does, for the help and the OpenAPI document.
SETTING_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "media_lifetime": "Seconds for which new audio URLs are valid; with 0 or less they have already expired; default 300.",
        "processing_seconds": "Seconds for which an upload has no duration and no streams; default 0.5.",
        "quotas": "Limit the number of app tokens as SoundCloud does; on by default.",
        "local_links": "Let permalink_url lead to pages of the sandbox instead of soundcloud.com.",
        "token_cors": "Let pages in a browser call the token endpoint; SoundCloud refuses them.",
        "public_client": "Let users sign in without the client secret; SoundCloud demands the secret.",
    }
)

# The settings by name, with the functions that check their values.
SETTINGS: Mapping[str, Callable[[str, object], None]] = MappingProxyType(
    {field.name: _check_switch if field.type is bool else _check_seconds for field in fields(Settings)}
)
