"""Fixtures and options shared by all tests."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from soundcloud import retries_off
from tests.helpers.recording import (
    CASSETTES,
    LabelledSerializer,
    RefusedRecordingError,
    Scrubber,
    Source,
    check_source,
    live_source,
    played_source,
    sandbox_source,
)

collect_ignore = ["compat"]  # `make test-integrations` runs them in environments of their own

# A busy machine must not fail a test.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# A shell lets its background jobs ignore SIGINT, which their children inherit. The tests of Ctrl-C need programs that do not.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-from", choices=("sandbox", "live"), default="sandbox", help="where cassettes are recorded from"
    )
    parser.addoption(
        "--record-writes", choices=("yes", "no"), help="whether to record tests that change a live account"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: starts browsers, type checkers, generators or other programs")
    config.addinivalue_line("markers", "writes: changes the account that its cassette is recorded with")
    try:
        check_source(config.getoption("--record-from"), config.getoption("--record-writes"), os.environ)
    except RefusedRecordingError as problem:
        raise pytest.UsageError(str(problem)) from None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--record-from") == "live" and config.getoption("--record-writes") == "no":
        writing = [item for item in items if item.get_closest_marker("writes")]
        config.hook.pytest_deselected(items=writing)
        items[:] = [item for item in items if item not in writing]
    if sys.platform == "win32":
        for item in items:
            call = getattr(item, "callspec", None)
            if call is not None and "uvloop" in call.params.values():
                item.add_marker(pytest.mark.skip(reason="uvloop does not run on Windows"))


def pytest_recording_configure(config: pytest.Config, vcr: Any) -> None:
    vcr.register_serializer("yaml", LabelledSerializer(config.getoption("--record-from")))


@pytest.fixture
def retrying() -> None:
    """Turn retries on; without this fixture they are off, so that no test waits for a retry."""


@pytest.fixture(autouse=True)
def _retries(request: pytest.FixtureRequest) -> Iterator[None]:
    with nullcontext() if "retrying" in request.fixturenames else retries_off():
        yield


@pytest.fixture(scope="session")
def scrubber() -> Scrubber:
    return Scrubber()


@pytest.fixture(scope="session")
def vcr_config(scrubber: Scrubber) -> dict[str, Any]:
    return {
        "serializer": "yaml",
        # Functions, not bound methods: a copy of a bound method would copy the scrubber too.
        "before_record_request": lambda request: scrubber.request(request),
        "before_record_response": lambda response: scrubber.response(response),
        "match_on": ["method", "scheme", "host", "path", "query"],
        "decode_compressed_response": True,
    }


@pytest.fixture
def vcr_cassette_dir() -> str:
    return str(CASSETTES)


@pytest.fixture
def default_cassette_name(request: pytest.FixtureRequest) -> str:
    """Return the name of the cassette: `test_tracks` plays `tracks.yaml` in both variants."""
    return request.node.originalname.removeprefix("test_")


@pytest.fixture
def source(request: pytest.FixtureRequest, record_mode: str, scrubber: Scrubber) -> Iterator[Source]:
    """The source of responses: a cassette, or the server that it is recorded from."""
    if record_mode == "none":
        yield played_source()
    elif request.config.getoption("--record-from") == "live":
        yield live_source(scrubber, os.environ, request.config)
    else:
        with sandbox_source(scrubber) as source:
            yield source


@pytest.fixture
def settings(source: Source) -> dict[str, Any]:
    """The settings of a client."""
    return source.settings


@pytest.fixture
def approve(source: Source) -> Callable[[str], str]:
    """A function that approves a sign-in like a user at the consent page."""
    return source.approve


@pytest.fixture(autouse=True)
def check_cassette_is_used(request: pytest.FixtureRequest, record_mode: str) -> Iterator[None]:
    """Check that a test plays all of its cassette."""
    cassette = request.getfixturevalue("vcr") if request.node.get_closest_marker("vcr") else None
    yield
    if cassette is not None and record_mode == "none":
        assert cassette.play_count == len(cassette) > 0
