"""Mocks see every request, and their own errors reach the caller."""

import httpx
import pook
import pytest
import respx
from pytest_httpx import HTTPXMock
from pytest_socket import (
    SocketBlockedError,
    SocketConnectBlockedError,
    disable_socket,
    socket_allow_hosts,
)

from soundcloud import RequestTimeoutError
from tests.compat.conftest import ALL, RESPONSES


@pytest.mark.parametrize("using", ["httpcore", "httpx"])
class TestRespx:
    def test_every_request_is_seen(self, calls, server, using):
        with respx.mock(using=using, base_url=server.url) as mock:
            for (method, path), (status, value) in RESPONSES.items():
                if path != "/oauth/token":
                    mock.request(method, path).respond(status, json=value)
            assert calls.all() == ALL
            requests = [call.request for call in mock.calls]

        assert [request.method for request in requests] == ["POST", "GET", "PUT", "POST"]
        assert {request.headers["authorization"] for request in requests} == {"OAuth own"}
        assert b"soundsound" in requests[-1].content
        assert server.received == []

    def test_an_unknown_request_raises_its_error(self, calls, server, using):
        with respx.mock(using=using, assert_all_called=False):
            with pytest.raises(respx.models.AllMockedAssertionError, match="not mocked"):
                calls.read()
            with pytest.raises(respx.models.AllMockedAssertionError, match="not mocked"):
                calls.like()

        assert server.received == []

    def test_its_network_errors_are_ours(self, calls, server, using):
        with respx.mock(using=using) as mock:
            mock.get(f"{server.url}/users/soundcloud:users:1").mock(side_effect=httpx.ReadTimeout("slow"))
            with pytest.raises(RequestTimeoutError):
                calls.read()

        assert server.received == []

    def test_a_token_request_is_seen(self, open_calls, server, using):
        calls = open_calls(client_id="id", client_secret="secret")
        assert calls.client
        with respx.mock(using=using, base_url=server.url) as mock:
            for method, path in (("POST", "/oauth/token"), ("GET", "/users/soundcloud:users:1")):
                mock.request(method, path).respond(json=RESPONSES[method, path][1])
            assert calls.read() == "ada"

        assert server.received == []

    def test_the_request_after_it_is_sent(self, calls, server, using):
        with respx.mock(using=using, assert_all_called=False), pytest.raises(respx.models.AllMockedAssertionError):
            calls.read()
        assert calls.read() == "ada"

        assert len(server.received) == 1

    @pytest.mark.parametrize("library", ["transport", "http_client"])
    def test_a_transport_or_client_of_the_caller(self, open_calls, server, using, library, variant):
        name = {"transport": "HTTPTransport", "http_client": "Client"}[library]
        passed = getattr(httpx, f"Async{name}" if variant == "async" else name)()
        calls = open_calls(**{library: passed})
        with respx.mock(using=using, assert_all_called=False), pytest.raises(respx.models.AllMockedAssertionError):
            calls.read()
        calls.run(passed.aclose() if variant == "async" else passed.close())

        assert server.received == []


class TestPytestHttpx:
    """The mock patches httpx when its fixture is requested: `getfixturevalue` does so after the client is created."""

    def test_every_request_is_seen(self, calls, server, request):
        mock: HTTPXMock = request.getfixturevalue("httpx_mock")
        for (method, path), (status, value) in RESPONSES.items():
            if path != "/oauth/token":
                mock.add_response(method=method, url=f"{server.url}{path}", status_code=status, json=value)

        assert calls.all() == ALL
        assert [request.method for request in mock.get_requests()] == ["POST", "GET", "PUT", "POST"]
        assert b"soundsound" in mock.get_requests()[-1].content
        assert server.received == []

    @pytest.mark.httpx_mock(assert_all_requests_were_expected=False)
    def test_an_unknown_request_raises_its_error(self, calls, server, request):
        request.getfixturevalue("httpx_mock")
        with pytest.raises(httpx.TimeoutException, match="No response can be found for GET request on") as caught:
            calls.read()

        assert type(caught.value) is httpx.TimeoutException
        assert server.received == []

    def test_its_network_errors_are_ours(self, calls, server, request):
        request.getfixturevalue("httpx_mock").add_exception(httpx.ReadTimeout("slow"))
        with pytest.raises(RequestTimeoutError):
            calls.read()

        assert server.received == []

    def test_a_token_request_is_seen(self, open_calls, server, httpx_mock):
        for method, path in (("POST", "/oauth/token"), ("GET", "/users/soundcloud:users:1")):
            httpx_mock.add_response(method=method, url=f"{server.url}{path}", json=RESPONSES[method, path][1])

        assert open_calls(client_id="id", client_secret="secret").read() == "ada"
        assert server.received == []


class TestPook:
    def test_every_request_is_seen(self, calls, server):
        with pook.use():
            mocks = [
                pook.mock(f"{server.url}{path}", method=method, reply=status, response_json=value)
                for (method, path), (status, value) in RESPONSES.items()
                if path != "/oauth/token"
            ]
            assert calls.all() == ALL
            assert [mock.calls for mock in mocks] == [1, 1, 1, 1]

        assert server.received == []

    def test_an_unknown_request_raises_its_error(self, calls, server):
        with pook.use(), pytest.raises(pook.exceptions.PookNoMatches, match="Cannot match any mock"):
            pook.get("https://api.soundcloud.com/other")
            calls.read()

        assert server.received == []

    @pytest.mark.parametrize("library", ["transport", "http_client"])
    def test_a_transport_or_client_of_the_caller(self, open_calls, server, library, variant):
        name = {"transport": "HTTPTransport", "http_client": "Client"}[library]
        passed = getattr(httpx, f"Async{name}" if variant == "async" else name)()
        calls = open_calls(**{library: passed})
        with pook.use(), pytest.raises(pook.exceptions.PookNoMatches):
            pook.get("https://api.soundcloud.com/other")
            calls.read()
        calls.run(passed.aclose() if variant == "async" else passed.close())

        assert server.received == []


@pytest.mark.filterwarnings("ignore:A test tried to use")
class TestPytestSocket:
    """The plugin restores the sockets after each test. It does not see a request on a connection that is already open."""

    def test_blocked_sockets_raise_its_error(self, open_calls, server):
        calls = open_calls()
        disable_socket()
        with pytest.raises(SocketBlockedError, match="A test tried to use socket"):
            calls.read()

        assert server.received == []

    def test_a_created_client_is_blocked_too(self, open_calls, server):
        calls = open_calls()
        assert calls.client
        disable_socket()
        with pytest.raises(SocketBlockedError):
            calls.read()

        assert server.received == []

    def test_a_host_that_is_not_allowed_raises_its_error(self, open_calls, server):
        calls = open_calls()
        socket_allow_hosts(["10.0.0.1"])
        with pytest.raises(SocketConnectBlockedError, match=r"127\.0\.0\.1"):
            calls.read()

        assert server.received == []

    def test_an_allowed_host_is_reached(self, calls, server):
        socket_allow_hosts(["127.0.0.1"])

        assert calls.read() == "ada"
        assert len(server.received) == 1
