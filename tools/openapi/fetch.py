"""Reads the bytes of a document from a URL or a file, with a limit of size and time."""

import asyncio
import ipaddress
from pathlib import Path

import httpx

MAX_BYTES = 10 * 1024 * 1024
"""The largest document; SoundCloud's is a hundredth of it."""

_MAX_REDIRECTS = 5


class DocumentError(Exception):
    """The document cannot be used; the message says why and what to do."""


def fetch(source: str, *, timeout: float = 30.0, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a document from a URL or a local path.

    Redirects are followed to https only, or from one loopback address to another.

    Args:
        source: An http or https URL, or the path of a file.
        timeout: Seconds for the whole fetch, redirects included; default 30.
        max_bytes: The largest document to accept; default 10 MiB.

    Raises:
        DocumentError: The file or the server cannot be read, or the document is too slow, too large or not a 200 response.
    """
    if not source.lower().startswith(("http://", "https://")):
        return _read_file(source, max_bytes)
    try:
        return asyncio.run(_download_within(source, timeout, max_bytes))
    except TimeoutError:
        raise DocumentError(f"{source}: not received within {timeout:g} seconds; try again or use --source") from None
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
    # httpx's timeouts apply to each read, so a server that sends single bytes would keep the connection open forever.
    async with asyncio.timeout(timeout):
        url = httpx.URL(source)
        # A proxy cannot reach the loopback addresses of this machine.
        async with httpx.AsyncClient(timeout=timeout, trust_env=not _is_loopback(url)) as client:
            for _ in range(_MAX_REDIRECTS + 1):
                if not url.host or not 0 < (url.port or 80) < 65536:
                    raise httpx.InvalidURL(f"no such host and port: {url.netloc.decode()}")
                async with client.stream("GET", url) as response:
                    if not response.has_redirect_location:
                        return await _read_response(response, source, max_bytes)
                    url = _redirected(url, response, source)
    raise DocumentError(f"{source}: redirected more than {_MAX_REDIRECTS} times")


async def _read_response(response: httpx.Response, source: str, max_bytes: int) -> bytes:
    if response.status_code != 200:
        raise DocumentError(f"{source}: answered {response.status_code}, not 200; check the URL or use --source")
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > max_bytes:
            raise DocumentError(f"{source}: larger than {max_bytes} bytes")
    return bytes(content)


def _redirected(url: httpx.URL, response: httpx.Response, source: str) -> httpx.URL:
    target = url.join(response.headers["location"])
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
