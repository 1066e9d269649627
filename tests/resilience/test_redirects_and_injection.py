"""Tokens stay at the API's origin, arguments cannot change the path, the query or the headers, and responses have a size limit."""

import anyio
import pytest

from soundcloud import (
    AsyncSoundCloudClient,
    InvalidInputError,
    PaginationError,
    ResponseTooLargeError,
    SoundCloudClient,
    SoundCloudError,
    UnexpectedResponseError,
)
from tests.resilience.calls import settings_of, transport_of, urn
from tests.resilience.server import FaultyServer, digest

SEPARATORS = ["\r\nX-Evil: 1", "\n", "\r", "\0", "\u2028", "\x85", "\x0b", " "]


def call(settings, make, client):
    """Make a call with a client; return its result or its SoundCloudError."""
    if client == "sync":
        with SoundCloudClient(**settings) as sync_client:
            try:
                return make(sync_client)
            except SoundCloudError as error:
                return error

    async def main():
        async with AsyncSoundCloudClient(**settings, **transport_of(client)) as async_client:
            try:
                return await make(async_client)
            except SoundCloudError as error:
                return error

    return anyio.run(main)


@pytest.fixture(params=["sync", "asyncio", "httpx"])
def client_kind(request):
    return request.param


@pytest.fixture(params=["sync", "httpx"])
def any_client(request):
    """A client kind, for tests whose result does not depend on the backend."""
    return request.param


@pytest.fixture
def other_server():
    with FaultyServer() as other_server:
        yield other_server
        assert other_server.requests == []


@pytest.mark.parametrize(
    "make",
    [
        lambda client: client.tracks.get_track(1, secret_token="fault-redirect-elsewhere"),
        lambda client: client.raw.get("/tracks/1", {"fault": "redirect-elsewhere"}),
        lambda client: client.tracks.delete(1),
        lambda client: client.playlists.create(title="a"),
        lambda client: client.fetch_all(lambda: client.users.get_tracks(1)),
    ],
    ids=["get", "raw", "delete", "post", "page"],
)
def test_a_redirect_to_another_origin_is_not_followed(server, other_server, client_kind, make):
    server.elsewhere = other_server.url.replace("127.0.0.1", "localhost")
    for path in (f"/tracks/{urn(1)}", "/playlists", "/users/soundcloud:users:1/tracks"):
        server.script(path, "redirect-elsewhere")
    result = call(settings_of(server, "ada"), make, client_kind)

    assert len(server.requests) == 1
    if isinstance(result, SoundCloudError):
        assert isinstance(result, UnexpectedResponseError)
        assert "localhost" in str(result)
    else:
        assert result.status == 302


@pytest.mark.parametrize(
    "link",
    [
        "{other}/users/1/tracks?cursor=1",
        "//{host}/users/1/tracks",
        "https://evil.example/tracks",
        "http://{own}@evil.example/tracks",
        "ftp://evil.example/tracks",
    ],
)
def test_a_next_link_to_another_origin_is_not_followed(server, other_server, client_kind, link):
    other = other_server.url.replace("127.0.0.1", "localhost")
    href = link.format(other=other, host=other.removeprefix("http://"), own=server.url.removeprefix("http://"))
    body = b'{"collection": [], "next_href": "%b"}' % href.encode()
    path = "/users/soundcloud:users:1/tracks"
    server.script(path, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    error = call(
        settings_of(server, "ada"), lambda client: client.fetch_all(lambda: client.users.get_tracks(1)), client_kind
    )

    assert isinstance(error, PaginationError)
    assert ("localhost" in str(error)) or ("evil.example" in str(error)) or link.startswith("ftp")
    assert len(server.requests) == 1


def test_resolve_does_not_follow_another_origin(server, other_server, client_kind):
    location = other_server.url.replace("127.0.0.1", "localhost") + "/tracks/1"
    response = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    server.script("/resolve", response.encode())
    error = call(
        settings_of(server, "ada"), lambda client: client.resolve.resolve("https://soundcloud.com/a/b"), client_kind
    )

    assert isinstance(error, UnexpectedResponseError)
    assert "localhost" in str(error)


def test_the_token_is_sent_to_the_api_only(server, client_kind):
    settings = settings_of(server, "ada", base_url=server.url)
    with FaultyServer() as auth:
        settings["auth_url"] = auth.url
        tokens = auth.issue_tokens("ada")
        server.users[tokens["access_token"]] = "ada"
        settings |= {"refresh_token": tokens["refresh_token"]}
        server.expire("ada")
        call(settings, lambda client: client.me.get_me(), client_kind)
        sent = [request.token for request in auth.requests]

    assert sent == [""]
    assert digest(settings["access_token"]) in {request.token for request in server.requests}


@pytest.mark.parametrize("name", ["base_url", "auth_url"])
@pytest.mark.parametrize(
    "url",
    ["http://api.soundcloud.com", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://[::2]"],
)
@pytest.mark.parametrize("client", [SoundCloudClient, AsyncSoundCloudClient])
def test_plain_http_is_for_loopback_only(client, name, url):
    with pytest.raises(InvalidInputError, match="plain http"):
        client(**{name: url})


def test_max_response_bytes(server, client_kind):
    body = b'{"title": "%b"}' % (b"x" * 5000)
    path = f"/tracks/{urn(1)}"
    heads = [b"Content-Length: %d\r\n\r\n%b" % (len(body), body), b"Connection: close\r\n\r\n" + body]
    heads.append(b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    for head in heads:
        server.script(path, b"HTTP/1.1 200 OK\r\n" + head)
        settings = settings_of(server, "ada", max_response_bytes=4999)
        assert isinstance(call(settings, lambda client: client.tracks.get_track(1), client_kind), ResponseTooLargeError)
        server.script(path, b"HTTP/1.1 200 OK\r\n" + head)
        settings = settings_of(server, "ada", max_response_bytes=5020)
        assert call(settings, lambda client: client.tracks.get_track(1), client_kind).title == "x" * 5000


def test_a_head_request_ignores_the_content_length(server, client_kind):
    server.script("/tracks/1", b"HTTP/1.1 200 OK\r\nContent-Length: 123456789\r\nContent-Encoding: gzip\r\n\r\n")
    settings = settings_of(server, "ada", max_response_bytes=5000)
    response = call(settings, lambda client: client.raw.request("HEAD", "/tracks/1"), client_kind)

    assert response.headers["content-length"] == "123456789"


@pytest.mark.parametrize("end", [*SEPARATORS, "/../../me", "?a=b", "#a", "/..", "%0d%0aX-Evil: 1"])
def test_a_resource_cannot_change_the_path(server, any_client, end):
    for value in (f"soundcloud:tracks:1{end}2", f"{server.url}/tracks/soundcloud:tracks:1{end}2"):
        result = call(
            settings_of(server, "ada"), lambda client, value=value: client.tracks.get_track(value), any_client
        )
        if isinstance(result, SoundCloudError):
            assert isinstance(result, InvalidInputError)
    assert {request.path for request in server.requests} <= {f"/tracks/{urn(1)}"}


@pytest.mark.parametrize("end", [*SEPARATORS, "&a=b", "#a", "?"])
def test_a_secret_token_cannot_change_the_query(server, any_client, end):
    result = call(
        settings_of(server, "ada"), lambda client: client.tracks.get_track(1, secret_token=f"s-{end}x"), any_client
    )

    assert result.title == f"ada {urn(1)}"
    [request] = server.requests
    assert request.target.count("?") == 1
    assert "&" not in request.target
    assert "#" not in request.target
    assert request.label == f"GET /tracks/{urn(1)}"


@pytest.mark.parametrize("end", SEPARATORS)
def test_a_token_cannot_add_headers(server, any_client, end):
    if end == " ":
        return
    result = call(settings_of(server, "ada"), lambda client: client.me.get_me(token=f"a{end}b"), any_client)

    assert isinstance(result, InvalidInputError)
    assert server.requests == []


@pytest.mark.parametrize(
    "path",
    ["//evil.example/a", "tracks", "http://evil.example/", "/a b", "/a\r\nX: 1", "/../a", "/a#b", "/\u00e9", "", "\\a"],
)
def test_a_raw_path_cannot_leave_the_api(server, any_client, path):
    result = call(settings_of(server, "ada"), lambda client: client.raw.get(path), any_client)

    assert isinstance(result, InvalidInputError)
    assert server.requests == []


@pytest.mark.parametrize("value", ["..", ".", "", "a/../b", "a?b", "a#b", "a\r\nb", "a%2fb"])
def test_a_raw_value_cannot_change_the_path(server, any_client, value):
    result = call(settings_of(server, "ada"), lambda client: client.raw.get("/things/{id}", {"id": value}), any_client)

    if value in {"..", ".", ""}:
        assert isinstance(result, InvalidInputError)
        assert server.requests == []
    else:
        assert server.requests[0].target.removeprefix("/things/").count("/") == 0
        assert server.requests[0].path == f"/things/{value}"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Good\r\nX-Evil": "1"},
        {"X-Evil: 1\r\nX": "1"},
        {"X-Good": "1\r\nX-Evil: 1"},
        {"X-Good": "1\nX-Evil: 1"},
        {"X-Good: X": "1"},
        {"X Good": "1"},
        {"": "1"},
        {"X-\u00e9": "1"},
        {"X-Good": "\u00e9"},
        {"Host": "evil.example"},
        {"host": "evil.example"},
        {"Content-Length": "5"},
        {"Transfer-Encoding": "chunked"},
        {"Authorization": "OAuth x"},
    ],
)
def test_invalid_raw_headers_are_refused(server, any_client, headers):
    result = call(
        settings_of(server, "ada"), lambda client: client.raw.request("POST", "/things/1", headers=headers), any_client
    )

    assert isinstance(result, InvalidInputError)
    assert server.requests == []
