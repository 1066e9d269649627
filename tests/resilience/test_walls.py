"""What must not get out, and what must not get in: tokens, links, redirects, plain http, sizes, and what would end a line."""

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
from tests.resilience.calls import settings_of, urn
from tests.resilience.server import WeatherServer, digest

ENDS_OF_LINES = ["\r\nX-Evil: 1", "\n", "\r", "\0", "\u2028", "\x85", "\x0b", " "]


def call(settings, make, client):
    """Make a call with one of the clients, and give back what it raised."""
    if client == "sync":
        with SoundCloudClient(**settings) as made:
            try:
                made_of = make(made)
            except SoundCloudError as error:
                return error
            return made_of

    async def main():
        async with AsyncSoundCloudClient(**settings, engine=client) as made:
            try:
                return await make(made)
            except SoundCloudError as error:
                return error

    return anyio.run(main)


@pytest.fixture(params=["sync", "httpx", "aiohttp"])
def which(request):
    return request.param


@pytest.fixture(params=["sync", "aiohttp"])
def either(request):
    """Which of the two clients, where nothing is sent, or what is sent is of interest: the one that checks more and less."""
    return request.param


@pytest.fixture
def somebody_else():
    with WeatherServer() as server:
        yield server
        assert server.journal == []


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
def test_a_redirect_elsewhere_is_not_followed(weather, somebody_else, which, make):
    weather.elsewhere = somebody_else.url.replace("127.0.0.1", "localhost")
    for path in (f"/tracks/{urn(1)}", "/playlists", "/users/soundcloud:users:1/tracks"):
        weather.script(path, "redirect-elsewhere")
    came = call(settings_of(weather, "ada"), make, which)

    assert len(weather.journal) == 1
    if isinstance(came, SoundCloudError):
        assert isinstance(came, UnexpectedResponseError)
        assert "localhost" in str(came)
    else:
        assert came.status == 302


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
def test_a_link_elsewhere_is_not_followed(weather, somebody_else, which, link):
    other = somebody_else.url.replace("127.0.0.1", "localhost")
    href = link.format(other=other, host=other.removeprefix("http://"), own=weather.url.removeprefix("http://"))
    body = b'{"collection": [], "next_href": "%b"}' % href.encode()
    path = "/users/soundcloud:users:1/tracks"
    weather.script(path, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    error = call(
        settings_of(weather, "ada"), lambda client: client.fetch_all(lambda: client.users.get_tracks(1)), which
    )

    assert isinstance(error, PaginationError)
    assert ("localhost" in str(error)) or ("evil.example" in str(error)) or link.startswith("ftp")
    assert len(weather.journal) == 1


def test_what_a_link_resolves_to_elsewhere_is_not_followed(weather, somebody_else, which):
    location = somebody_else.url.replace("127.0.0.1", "localhost") + "/tracks/1"
    reply = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    weather.script("/resolve", reply.encode())
    error = call(
        settings_of(weather, "ada"), lambda client: client.resolve.resolve("https://soundcloud.com/a/b"), which
    )

    assert isinstance(error, UnexpectedResponseError)
    assert "localhost" in str(error)


def test_the_token_goes_to_the_api_only(weather, which):
    settings = settings_of(weather, "ada", base_url=weather.url)
    with WeatherServer() as auth:
        settings["auth_url"] = auth.url
        pair = auth.sign_in("ada")
        weather.users[pair["access_token"]] = "ada"
        settings |= {"refresh_token": pair["refresh_token"]}
        weather.expire("ada")
        call(settings, lambda client: client.me.get_me(), which)
        seen = [entry.token for entry in auth.journal]

    assert seen == [""]
    assert digest(settings["access_token"]) in {entry.token for entry in weather.journal}


@pytest.mark.parametrize("name", ["base_url", "auth_url"])
@pytest.mark.parametrize(
    "url",
    ["http://api.soundcloud.com", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://[::2]"],
)
@pytest.mark.parametrize("client", [SoundCloudClient, AsyncSoundCloudClient])
def test_plain_http_is_for_this_machine(client, name, url):
    with pytest.raises(InvalidInputError, match="plain http"):
        client(**{name: url})


def test_a_reply_has_a_size(weather, which):
    body = b'{"title": "%b"}' % (b"x" * 5000)
    path = f"/tracks/{urn(1)}"
    heads = [b"Content-Length: %d\r\n\r\n%b" % (len(body), body), b"Connection: close\r\n\r\n" + body]
    heads.append(b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    for head in heads:
        weather.script(path, b"HTTP/1.1 200 OK\r\n" + head)
        settings = settings_of(weather, "ada", max_response_bytes=4999)
        assert isinstance(call(settings, lambda client: client.tracks.get_track(1), which), ResponseTooLargeError)
        weather.script(path, b"HTTP/1.1 200 OK\r\n" + head)
        settings = settings_of(weather, "ada", max_response_bytes=5020)
        assert call(settings, lambda client: client.tracks.get_track(1), which).title == "x" * 5000


def test_the_head_of_a_large_reply_is_no_large_reply(weather, which):
    weather.script("/tracks/1", b"HTTP/1.1 200 OK\r\nContent-Length: 123456789\r\nContent-Encoding: gzip\r\n\r\n")
    settings = settings_of(weather, "ada", max_response_bytes=5000)
    reply = call(settings, lambda client: client.raw.request("HEAD", "/tracks/1"), which)

    assert reply.headers["content-length"] == "123456789"


@pytest.mark.parametrize("end", [*ENDS_OF_LINES, "/../../me", "?a=b", "#a", "/..", "%0d%0aX-Evil: 1"])
def test_a_resource_is_one_segment_of_the_path(weather, either, end):
    for text in (f"soundcloud:tracks:1{end}2", f"{weather.url}/tracks/soundcloud:tracks:1{end}2"):
        came = call(settings_of(weather, "ada"), lambda client, text=text: client.tracks.get_track(text), either)
        if isinstance(came, SoundCloudError):
            assert isinstance(came, InvalidInputError)
    assert {entry.path for entry in weather.journal} <= {f"/tracks/{urn(1)}"}


@pytest.mark.parametrize("end", [*ENDS_OF_LINES, "&a=b", "#a", "?"])
def test_a_secret_token_is_one_value_of_the_query(weather, either, end):
    came = call(
        settings_of(weather, "ada"), lambda client: client.tracks.get_track(1, secret_token=f"s-{end}x"), either
    )

    assert came.title == f"ada {urn(1)}"
    [entry] = weather.journal
    assert entry.target.count("?") == 1
    assert "&" not in entry.target
    assert "#" not in entry.target
    assert entry.label == f"GET /tracks/{urn(1)}"


@pytest.mark.parametrize("end", ENDS_OF_LINES)
def test_a_token_is_one_header(weather, either, end):
    if end == " ":
        return
    came = call(settings_of(weather, "ada"), lambda client: client.me.get_me(token=f"a{end}b"), either)

    assert isinstance(came, InvalidInputError)
    assert weather.journal == []


@pytest.mark.parametrize(
    "path",
    ["//evil.example/a", "tracks", "http://evil.example/", "/a b", "/a\r\nX: 1", "/../a", "/a#b", "/\u00e9", "", "\\a"],
)
def test_a_raw_path_stays_on_the_api(weather, either, path):
    came = call(settings_of(weather, "ada"), lambda client: client.raw.get(path), either)

    assert isinstance(came, InvalidInputError)
    assert weather.journal == []


@pytest.mark.parametrize("value", ["..", ".", "", "a/../b", "a?b", "a#b", "a\r\nb", "a%2fb"])
def test_a_raw_value_is_one_segment(weather, either, value):
    came = call(settings_of(weather, "ada"), lambda client: client.raw.get("/things/{id}", {"id": value}), either)

    if value in {"..", ".", ""}:
        assert isinstance(came, InvalidInputError)
        assert weather.journal == []
    else:
        assert weather.journal[0].target.removeprefix("/things/").count("/") == 0
        assert weather.journal[0].path == f"/things/{value}"


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
def test_raw_headers_add_what_they_say_only(weather, either, headers):
    came = call(
        settings_of(weather, "ada"), lambda client: client.raw.request("POST", "/things/1", headers=headers), either
    )

    assert isinstance(came, InvalidInputError)
    assert weather.journal == []
