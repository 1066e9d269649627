"""The connections as transports of httpx."""

import logging
import ssl

import anyio
import httpx
import pytest

from soundcloud import Limits, SoundCloudClient
from soundcloud.transports import AsyncFastTransport, FastTransport
from tests.helpers.servers import FixedServer


def test_a_client_of_httpx_sends_over_our_connections():
    with FixedServer() as server, httpx.Client(transport=FastTransport(limits=Limits(max_connections=2))) as client:
        responses = [client.get(f"{server.url}/users/1", params={"q": "a b"}) for _ in range(3)]

        assert [response.json()["urn"] for response in responses] == ["soundcloud:users:1"] * 3
        assert server.connections == 1
    assert b"GET /users/1?q=a" in server.requests[0]


def test_an_async_client_of_httpx_sends_over_our_connections():
    async def main(server):
        async with httpx.AsyncClient(transport=AsyncFastTransport()) as client:
            return [(await client.post(server.url, json={"a": 1})).status_code for _ in range(3)]

    with FixedServer() as server:
        assert anyio.run(main, server) == [200] * 3
        assert server.connections == 1
    assert server.requests[0].endswith(b'{"a":1}')


def test_errors_are_those_of_httpx():
    with FixedServer() as server:
        url = server.url
    with httpx.Client(transport=FastTransport()) as client, pytest.raises(httpx.ConnectError) as caught:
        client.get(url)

    assert caught.value.request.url == url


def test_the_context_of_the_caller_is_used():
    context = ssl.create_default_context()

    assert FastTransport(ssl_context=context)._tls.context() is context


def test_our_client_takes_it_as_a_transport():
    with (
        FixedServer() as server,
        SoundCloudClient(access_token="own", base_url=server.url, transport=FastTransport()) as client,
    ):
        assert client.users.get_user(1).urn == "soundcloud:users:1"


def test_the_log_of_httpx_shows_no_secret_of_a_url(caplog):
    caplog.set_level(logging.INFO, "httpx")
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"urn": "soundcloud:tracks:1"}))
    with httpx.Client(transport=transport) as http, SoundCloudClient(access_token="own", http_client=http) as client:
        client.tracks.get_track(1, secret_token="s-HUSH")
        http.get("https://a.example/?secret_token=s-HUSH")
    logging.getLogger("httpx").info("without arguments")
    logging.getLogger("httpx").info("%(name)s", {"name": "a mapping"})

    assert "a.example" in caplog.text
    assert caplog.messages[-2:] == ["without arguments", "a mapping"]
    assert "HUSH" not in caplog.text
