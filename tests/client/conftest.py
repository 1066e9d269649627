"""Fixtures of the client tests: a mock server and a sandbox that is reset before each test."""

from collections.abc import Iterator

import httpx
import pytest

from soundcloud.sandbox import Sandbox
from tests.helpers.servers import ScriptedServer


class MockServer:
    """A mock transport that returns the given responses in order, the last one again and again.

    Attributes:
        requests: The received requests.
    """

    def __init__(self, *responses: httpx.Response | Exception) -> None:
        self.responses = list(responses)
        self.requests: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._respond)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        response = self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]
        if isinstance(response, Exception):
            raise response
        return httpx.Response(response.status_code, headers=response.headers, content=response.content)

    @property
    def request(self) -> httpx.Request:
        """The only request."""
        assert len(self.requests) == 1
        return self.requests[0]


@pytest.fixture
def mock_server() -> type[MockServer]:
    return MockServer


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    with Sandbox(processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def api() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def cdn() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server
