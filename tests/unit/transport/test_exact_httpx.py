"""Sending through httpx, at exact values: its clients, headers, errors, and whether something has patched it."""

import logging
from types import SimpleNamespace

import httpcore
import httpx
import pytest

from soundcloud import InvalidInputError, SoundCloudClient
from soundcloud._transport import base, compat
from soundcloud._transport._sync import httpx_transport
from soundcloud._transport._sync.selector import TransportSelector
from soundcloud._transport.httpx_support import (
    client_headers,
    given_library,
    is_mock_error,
    map_httpx_error,
    redact_log,
    url_with_params,
)
from soundcloud._transport.proxies import proxy_for
from soundcloud.options import Limits, Timeout

API = "https://api.soundcloud.com"
DEFAULTS = {
    "http_client": None,
    "transport": None,
    "limits": Limits(max_connections=7, max_keepalive=3, keepalive_seconds=11),
    "proxy": None,
    "verify": True,
}


def selector(**changes):
    return TransportSelector((), **{**DEFAULTS, **changes})


def test_our_client_of_httpx_ignores_the_environment_and_has_our_limits(monkeypatch):
    made = []
    original = httpx.Client

    def client(**settings):
        made.append(settings)
        return original(**settings)

    monkeypatch.setattr(httpx, "Client", client)
    selector(proxy="http://127.0.0.1:1")._httpx_transport("httpx", API, "http://127.0.0.1:1")
    monkeypatch.undo()
    given = selector(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    limits = made[0]["limits"]

    assert (limits.max_connections, limits.max_keepalive_connections, limits.keepalive_expiry) == (7, 3, 11)
    assert (made[0]["trust_env"], made[0]["proxy"], made[0]["verify"]) == (False, "http://127.0.0.1:1", True)
    assert given._given._client.trust_env is False
    given.close()


def test_what_is_closed_with_the_client():
    own, given = httpx.Client(), httpx.MockTransport(lambda request: httpx.Response(200))
    passed, ours = selector(http_client=own), selector(transport=given)
    client = ours._given._client
    passed.close()
    ours.close()

    assert not own.is_closed
    assert client.is_closed
    own.close()


@pytest.mark.parametrize("settings", [{"proxy": "http://a:1"}, {"verify": False}])
def test_the_settings_of_a_given_client_are_its_own(settings):
    with httpx.Client() as client, pytest.raises(InvalidInputError, match="proxy= and verify= are settings"):
        selector(http_client=client, **settings)
    with httpx.Client() as client, pytest.raises(InvalidInputError, match="are both set"):
        selector(http_client=client, transport=httpx.HTTPTransport())


def test_each_server_has_one_pool_and_each_proxy_one_client(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    direct, proxied = selector(), selector(proxy="http://127.0.0.1:1")

    assert direct.select(API) is direct.select(API)
    assert direct.select(API) is not direct.select("https://other.example")
    assert proxied.select(API) is proxied.select("https://other.example")
    assert proxy_for(API) is None
    direct.close()
    proxied.close()


def test_a_redirect_is_not_followed_by_a_given_client():
    server = httpx.MockTransport(lambda request: httpx.Response(301, headers={"location": "https://evil.example"}))
    requests = []

    def note(request):
        requests.append(request)

    with httpx.Client(transport=server, follow_redirects=True, event_hooks={"request": [note]}) as http_client:
        client = SoundCloudClient(access_token="t", http_client=http_client)
        assert client.raw.get("/x").status == 301

    assert len(requests) == 1


def headers_of(given, ours):
    client = SimpleNamespace(headers=httpx.Headers(given))
    return client_headers(client, ours), ours


@pytest.mark.parametrize(
    ("given", "found", "left"),
    [
        ({"X-A": "1"}, [(b"X-A", b"1")], [(b"User-Agent", b"ours")]),
        ({"User-Agent": "python-httpx/1"}, [], [(b"User-Agent", b"ours")]),
        ({"User-Agent": "mine"}, [(b"User-Agent", b"mine")], []),
        ({"Authorization": "x"}, [], [(b"User-Agent", b"ours")]),
        ({"Accept": "x", "Host": "x", "Connection": "x"}, [], [(b"User-Agent", b"ours")]),
    ],
)
def test_the_headers_of_a_given_client(given, found, left):
    assert headers_of(given, [(b"User-Agent", b"ours")]) == (found, left)
    assert headers_of({"X-A": "1"}, [(b"x-a", b"2")]) == ([], [(b"x-a", b"2")])


@pytest.mark.parametrize(
    ("params", "url", "expected"),
    [
        ({}, "https://a/b", "https://a/b"),
        ({"c": 1}, "https://a/b", "https://a/b?c=1"),
        ({"c": 1}, "https://a/b?d", "https://a/b?d&c=1"),
    ],
)
def test_the_params_of_a_given_client(params, url, expected):
    assert url_with_params(SimpleNamespace(params=httpx.QueryParams(params)), url) == expected


@pytest.mark.parametrize(
    ("error", "mapped"),
    [
        (httpx.PoolTimeout("m"), base.PoolTimeout),
        (httpx.ConnectTimeout("m"), base.ConnectTimeout),
        (httpx.ReadTimeout("m"), base.ReadTimeout),
        (httpx.WriteTimeout("m"), base.WriteTimeout),
        (httpx.ConnectError("m"), base.ConnectError),
        (httpx.ProxyError("m"), base.ProxyError),
        (httpx.ReadError("m"), base.ReadError),
        (httpx.WriteError("m"), base.WriteError),
        (httpx.TimeoutException("m"), base.ReadTimeout),
        (TimeoutError("m"), base.ReadTimeout),
        (httpx.RemoteProtocolError("m"), base.ProtocolError),
        (httpx.CloseError("m"), base.ReadError),
        (OSError("m"), base.ReadError),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_errors_of_httpx(error, mapped):
    found = map_httpx_error(httpx, error)

    assert (type(found), str(found)) == (mapped, "m")
    assert is_mock_error(httpx, error) is (type(error) is httpx.TimeoutException)


def test_the_library_of_a_client_or_transport():
    with httpx.Client() as client, httpx.Client(auth=("a", "b")) as other:
        assert given_library("Client", "BaseTransport", client, None) is httpx
        assert given_library("Client", "BaseTransport", None, httpx.HTTPTransport()) is httpx
        with pytest.raises(InvalidInputError, match="the http_client= has auth="):
            given_library("Client", "BaseTransport", other, None)
        with pytest.raises(InvalidInputError, match=r"for example httpx\.AsyncClient\(\)"):
            given_library("AsyncClient", "AsyncBaseTransport", client, None)
        with pytest.raises(InvalidInputError, match=r"for example httpx\.HTTPTransport\(\)"):
            given_library("Client", "BaseTransport", None, 5)


def test_the_log_of_a_library_is_redacted_once():
    redact_log("a_library")
    redact_log("a_library")
    (added,) = logging.getLogger("a_library").filters
    record = logging.LogRecord("a", 10, "f", 1, "%s %d", ("https://soundcloud.com/a/b/s-HUSH", 5), None)

    assert added.filter(record) is True
    assert record.args[1] == 5
    assert "HUSH" not in record.args[0]


@pytest.mark.parametrize("given", [None, 0.5, 86_400])
def test_the_timeouts_of_a_request_of_httpx(given):
    request = httpx.Request("GET", API, extensions={"timeout": {"connect": given, "read": 1, "write": 2, "pool": 3}})
    found = httpx_transport._timeout_of(request)

    assert found == Timeout(connect=86_400 if given is None else given, read=1, write=2, pool=3)
    assert httpx_transport._timeout_of(httpx.Request("GET", API)).read == 86_400


def paths():
    return compat._SendingPath("httpx", "httpcore", "", "handle_request"), compat._SendingPath(
        "httpx", "httpcore", "Async", "handle_async_request"
    )


@pytest.mark.parametrize("known", [True, False], ids=["seen before", "new"])
@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (httpx, "Client"),
        (httpx, "HTTPTransport"),
        (httpx.Client, "send"),
        (httpx.Client, "_send_single_request"),
        (httpx.Client, "_transport_for_url"),
        (httpx.HTTPTransport, "handle_request"),
        (httpcore, "ConnectionPool"),
        (httpcore, "HTTPConnection"),
        (httpcore.ConnectionPool, "handle_request"),
        (httpcore.HTTPConnection, "handle_request"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_every_replaced_function_is_noticed(monkeypatch, owner, name, known):
    path, other = paths()
    if known:
        assert not path.is_patched()
        assert not path.is_patched()
    monkeypatch.setattr(owner, name, lambda *arguments: None)

    assert path.is_patched()
    assert not other.is_patched()
    monkeypatch.undo()
    assert not path.is_patched()


@pytest.mark.parametrize("name", ["send", "_transport_for_url"])
def test_a_function_that_was_deleted_or_wrapped_is_noticed(monkeypatch, name):
    path, _ = paths()
    assert not path.is_patched()
    monkeypatch.delattr(httpx.Client, name)
    assert path.is_patched()
    monkeypatch.undo()
    monkeypatch.setattr(getattr(httpx.Client, name), "__wrapped__", print, raising=False)

    assert compat._SendingPath("httpx", "httpcore", "", "handle_request").is_patched()


def test_a_library_that_is_not_imported_is_not_patched():
    path = compat._SendingPath("no_such_httpx", "httpcore", "", "handle_request")

    assert not path.is_patched()
    assert not compat._SendingPath("httpx", "no_such_httpcore", "", "handle_request").is_patched()


def test_the_name_of_the_patched_library(monkeypatch):
    assert (compat.patched_library(), compat.async_patched_library()) == (None, None)
    monkeypatch.setattr(httpx.Client, "send", lambda *arguments: None)

    assert (compat.patched_library(), compat.async_patched_library()) == ("httpx", None)
