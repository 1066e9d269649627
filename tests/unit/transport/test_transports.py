"""The connections as transports of httpx."""

import logging
import ssl

import anyio
import httpx
import pytest

from soundcloud import Limits, SoundCloudClient
from soundcloud._transport.httpx_support import async_stream_class, client_headers, stream_class
from soundcloud._transport.tls import TlsSettings
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
            return [(await client.post(server.url, content=b'{"a":1}')).status_code for _ in range(3)]

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


@pytest.mark.parametrize(
    ("given", "agents"), [({}, [b"ours/1"]), ({"User-Agent": "theirs/1"}, [b"theirs/1"])], ids=["default", "own"]
)
def test_the_headers_of_a_callers_client(given, agents):
    own = {"X-Own": "1", "Authorization": "Basic hush", "Accept": "text/html", "X-Ours": "theirs"}
    ours = [(b"User-Agent", b"ours/1"), (b"X-Ours", b"ours")]
    with httpx.Client(headers=own | given) as client:
        added = client_headers(client, ours)

    headers = [(name.lower(), value) for name, value in ours + added]
    assert [value for name, value in headers if name == b"user-agent"] == agents
    assert sorted(header for header in headers if header[0] != b"user-agent") == [
        (b"x-ours", b"ours"),
        (b"x-own", b"1"),
    ]


def test_the_certificates_for_httpx():
    context = ssl.create_default_context()

    assert TlsSettings(True).for_httpx("https://a.example") is True
    assert TlsSettings(context).for_httpx("https://a.example") is context
    assert TlsSettings(False).for_httpx("https://a.example").verify_mode == ssl.CERT_NONE
    assert TlsSettings(False).for_httpx("http://a.example") is True


def test_there_is_one_stream_class_of_each_kind():
    assert stream_class(httpx) is stream_class(httpx) is not async_stream_class(httpx) is async_stream_class(httpx)
