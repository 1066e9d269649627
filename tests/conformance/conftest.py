"""Other people's programs against the sandbox: a sandbox to point them at, and a loud word where they are missing."""

import os
import shutil
import sys
from collections.abc import Iterator

import pytest

from soundcloud.sandbox import Sandbox

FULL = os.environ.get("SOUNDCLOUD_CONFORMANCE") == "1"


def need(*programs: str) -> None:
    """Skip, and say so where it is seen, if a program is missing."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        sys.__stderr__.write(f"\n*** {', '.join(missing)} not installed: a conformance run IS LEFT OUT ***\n")
        pytest.skip(f"{', '.join(missing)} not installed")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def environment(sandbox: Sandbox) -> dict[str, str]:
    """The addresses and the app, as `python -m soundcloud.sandbox --print-env` gives them."""
    return {
        "SOUNDCLOUD_API_URL": sandbox.api_url,
        "SOUNDCLOUD_AUTH_URL": sandbox.auth_url,
        "SOUNDCLOUD_CLIENT_ID": sandbox.client_id,
        "SOUNDCLOUD_CLIENT_SECRET": sandbox.client_secret,
        "SOUNDCLOUD_REDIRECT_URI": sandbox.redirect_uri,
    }
