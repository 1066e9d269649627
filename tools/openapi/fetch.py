"""Gets the bytes of a document from an address or a file, within bounds of size and time."""

import asyncio
import ipaddress
from pathlib import Path

import httpx

from tools.openapi.errors import DocumentError

_MAX_REDIRECTS = 5


def fetch(source: str, *, timeout: float = 30.0, max_bytes: int = 10 * 1024 * 1024) -> bytes:
    """Read a document from a URL or a local path.

    Redirects are followed to https only, or from one loopback address to another.

    Args:
        source: An http or https URL, or the path of a file.
        timeout: Seconds for the whole fetch, redirects included; default 30.
        max_bytes: The largest document to accept; default 10 MiB.

    Raises:
        DocumentError: It cannot be had: no such file, unreachable, too slow, too large, or not a 200 reply.
    """
    if not source.lower().startswith(("http://", "https://")):
        return _read_file(source, max_bytes)
    try:
        return asyncio.run(_download_within(source, timeout, max_bytes))
    except TimeoutError:
        raise DocumentError(f"{source}: not there within {timeout:g} seconds; try again or use --source") from None
    except httpx.InvalidURL as error:
        raise DocumentError(f"{source}: not a URL ({error})") from None
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise DocumentError(f"{source}: cannot be fetched ({reason}); check the network or use --source") from None


def _read_file(source: str, max_bytes: int) -> bytes:
    try:
        with Path(source).open("rb") as file:
            content = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DocumentError(f"{source}: cannot be read ({reason}); give a path or an http(s) URL") from None
    if len(content) > max_bytes:
        raise DocumentError(f"{source}: larger than {max_bytes} bytes")
    return content


async def _download_within(source: str, timeout: float, max_bytes: int) -> bytes:
    # httpx's own timeouts bound one read each, so a server that drips could hold the job for ever.
    async with asyncio.timeout(timeout):
        url = httpx.URL(source)
        # A proxy has no business with this machine's own addresses.
        async with httpx.AsyncClient(timeout=timeout, trust_env=not _is_loopback(url)) as client:
            for _ in range(_MAX_REDIRECTS + 1):
                if not url.host or not 0 < (url.port or 80) < 65536:
                    raise httpx.InvalidURL(f"no such host and port: {url.netloc.decode()}")
                async with client.stream("GET", url) as reply:
                    if not reply.has_redirect_location:
                        return await _read_reply(reply, source, max_bytes)
                    url = _redirected(url, reply, source)
    raise DocumentError(f"{source}: redirected more than {_MAX_REDIRECTS} times")


async def _read_reply(reply: httpx.Response, source: str, max_bytes: int) -> bytes:
    if reply.status_code != 200:
        raise DocumentError(f"{source}: answered {reply.status_code}, not 200; check the address or use --source")
    content = bytearray()
    async for chunk in reply.aiter_bytes():
        content += chunk
        if len(content) > max_bytes:
            raise DocumentError(f"{source}: larger than {max_bytes} bytes")
    return bytes(content)


def _redirected(url: httpx.URL, reply: httpx.Response, source: str) -> httpx.URL:
    target = url.join(reply.headers["location"])
    stays = target.scheme == url.scheme and _is_loopback(url) and _is_loopback(target)
    if target.scheme != "https" and not stays:
        raise DocumentError(f"{source}: redirected to {target}, which is not https")
    return target


def _is_loopback(url: httpx.URL) -> bool:
    if url.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(url.host).is_loopback
    except ValueError:
        return False
