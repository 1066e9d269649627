"""Proxy settings: from environment variables, and `proxy=`."""

import sys

import pytest

from soundcloud import AsyncSoundCloudClient, InvalidInputError, SoundCloudClient
from soundcloud._transport.proxies import check_proxy, proxy_for

API = "https://api.soundcloud.com"
NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("names", "origin", "proxy"),
    [
        ({}, API, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, API, "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, API, "http://proxy:3128"),
        ({"ALL_PROXY": "http://proxy:1"}, API, "http://proxy:1"),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".soundcloud.com"}, API, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "*"}, API, None),
        ({"HTTP_PROXY": "http://proxy:3128"}, API, None),
        ({"HTTP_PROXY": "http://proxy:3128"}, "http://127.0.0.1:8080", None),
    ],
)
def test_proxy_from_environment_variables(environment, names, origin, proxy):
    for name, value in names.items():
        environment.setenv(name, value)

    assert proxy_for(origin) == proxy


@pytest.mark.parametrize("proxy", ["gopher://user:hush@proxy", "http://user:hush@proxy:abc"])
def test_an_unsupported_proxy_is_refused_without_showing_its_password(environment, proxy):
    environment.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(InvalidInputError, match="proxy") as caught:
        SoundCloudClient()

    assert "hush" not in str(caught.value)


def test_a_socks_proxy_without_the_package_for_it(environment):
    environment.setitem(sys.modules, "socksio", None)  # an import then fails
    environment.setenv("HTTPS_PROXY", "socks5://user:hush@proxy")
    with pytest.raises(InvalidInputError, match=r'is a SOCKS proxy: run pip install "httpx\[socks\]"$') as caught:
        SoundCloudClient()

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["http://host:3128", "https://host", "socks5://host:1080", "socks5h://user:p@host"])
def test_proxies_of_every_scheme(proxy):
    assert check_proxy(proxy) == proxy


@pytest.mark.parametrize("proxy", ["", "host:3128", "ftp://hush@host", "http://", "http://hush@", "http://[hush", 5])
@pytest.mark.parametrize("cls", [SoundCloudClient, AsyncSoundCloudClient])
def test_a_value_that_is_not_the_url_of_a_proxy(cls, proxy):
    with pytest.raises(InvalidInputError, match="proxy= is not the URL of a proxy") as caught:
        cls(proxy=proxy)

    assert "hush" not in str(caught.value)
