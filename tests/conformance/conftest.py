"""Fixtures for running third-party programs against the sandbox."""

import os
import shutil
import sys
from collections.abc import Iterator

import pytest

from soundcloud.sandbox import Sandbox

FULL = os.environ.get("SOUNDCLOUD_CONFORMANCE") == "1"


def require(*programs: str) -> None:
    """Skip the test with a message on stderr if a program is missing."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        sys.__stderr__.write(f"\n*** {', '.join(missing)} not installed: a conformance test IS SKIPPED ***\n")
        pytest.skip(f"{', '.join(missing)} not installed")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def environment(sandbox: Sandbox) -> dict[str, str]:
    """The environment variables that `python -m soundcloud.sandbox --print-env` prints."""
    return {
        "SOUNDCLOUD_API_URL": sandbox.api_url,
        "SOUNDCLOUD_AUTH_URL": sandbox.auth_url,
        "SOUNDCLOUD_CLIENT_ID": sandbox.client_id,
        "SOUNDCLOUD_CLIENT_SECRET": sandbox.client_secret,
        "SOUNDCLOUD_REDIRECT_URI": sandbox.redirect_uri,
    }
