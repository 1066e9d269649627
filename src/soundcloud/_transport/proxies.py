"""The proxy settings of the environment."""

import os
import sys
from urllib.parse import urlsplit

from soundcloud._protocol.http.urls import is_loopback
from soundcloud.errors import InvalidInputError


def proxy_for(origin: str) -> str | None:
    """Return the URL of the proxy that the environment names for a server, or None to connect directly.

    The variables are `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` and their variants, as in urllib.
    """
    parts = urlsplit(origin)
    if is_loopback(parts.hostname or ""):
        return None
    if sys.platform not in {"darwin", "win32"} and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None  # only these systems have settings besides the environment; the next import is slow
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def check_proxy(url: str) -> str:
    """Check the URL of a proxy; its password does not appear in the error.

    Raises:
        InvalidInputError: It is not the URL of an HTTP or SOCKS proxy.
    """
    try:
        parts = urlsplit(url) if isinstance(url, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        valid = parts is not None and parts.scheme in {"http", "https", "socks5", "socks5h"} and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid:
        raise InvalidInputError(
            "proxy= is not the URL of a proxy: pass one such as http://host:3128 or socks5://host:1080"
        )
    return url
