"""The origins that the backends of sign-in frameworks use."""

from collections.abc import Mapping
from typing import Any


def origins(options: Mapping[str, Any]) -> tuple[str, str]:
    """Return the origins of the API and of the sign-in page, from the arguments of a client."""
    return (
        options.get("base_url", "https://api.soundcloud.com"),
        options.get("auth_url", "https://secure.soundcloud.com"),
    )
