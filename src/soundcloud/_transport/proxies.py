"""Which proxy the environment names for a server."""

from urllib.parse import urlsplit

from soundcloud._protocol.http.messages import is_loopback


def proxy_of(origin: str) -> str | None:
    """Look up the proxy for a server in the environment: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` and their like.

    Args:
        origin: The server's address.

    Returns:
        The proxy's address, or None to connect directly.
    """
    from urllib.request import getproxies, proxy_bypass  # slow to import, and not needed before a client is made

    parts = urlsplit(origin)
    if is_loopback(parts.hostname or ""):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
