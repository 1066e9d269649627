"""The links to the next page: where they may lead."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from soundcloud._protocol.http.urls import encode_query, fill_template
from soundcloud._protocol.secrets import masked
from soundcloud.errors import InvalidInputError, PaginationError
from soundcloud_api.types import redact

MAX_LINK_LENGTH = 8192
MAX_EMPTY_PAGES = 100
"""This many empty pages in a row end an iteration with an error: SoundCloud has sent such links without end."""


def next_page_url(next_href: str, base_url: str) -> str:
    """Return the URL to fetch for a link to the next page, on the origin of the API.

    Raises:
        PaginationError: The link leads to another host, which must not receive the token.
    """
    try:
        link, base = urlsplit(next_href), urlsplit(base_url)
        plain = next_href.isprintable() and " " not in next_href and len(next_href) < MAX_LINK_LENGTH
        if link.scheme not in {"", "http", "https"} or not plain:
            raise ValueError
        host = (link.hostname, link.port if link.port not in {80, 443} else None)
    except ValueError:
        raise PaginationError(
            "the link to the next page is not a URL", hint="the items so far are all that are available"
        ) from None
    if link.netloc and host != (base.hostname, base.port if base.port not in {80, 443} else None):
        raise PaginationError(
            f"the link to the next page leads to {link.hostname} instead of {base.hostname}, which must not receive the token; "
            "it was not followed",
            hint="the items so far are all that are available; SoundCloud has sent such links before",
        )
    # Always with the scheme of the API: legacy links are plain http.
    path = link.path if link.netloc or link.path.startswith("/") else f"{base.path}/{link.path}"
    return link._replace(scheme=base.scheme, netloc=base.netloc, path=path, fragment="").geturl()


def fill_path(base_url: str, path: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
    """Return the URL and the path of a path template, or of a URL of the API such as a `next_href`.

    Args:
        base_url: The origin of the API.
        path: The template, whose braces the parameters fill; or the URL.
        parameters: The values of the braces, and additions to the query.

    Raises:
        InvalidInputError: The path is not one of the API, or the URL leads to another host.
    """
    path = masked(path)  # the frame of this function is in the traceback of an error about the path
    if not isinstance(path, str) or "://" not in path.partition("?")[0]:  # pyright: ignore[reportUnnecessaryIsInstance]
        return fill_template(base_url, path, parameters)
    try:
        url = next_page_url(path, base_url)
    except PaginationError:
        shown = redact(path.partition("?")[0])[:100]
        raise InvalidInputError(
            f"{shown!r} is not a URL of {base_url}, and no other server may receive the token: pass a path or a next_href"
        ) from None
    base, parts = urlsplit(base_url), urlsplit(url)
    if not parts.path.startswith(f"{base.path}/"):
        raise InvalidInputError(
            f"{redact(parts.path)!r} is not below {base_url}: pass a path of the API or a next_href"
        )
    added = encode_query(parameters)
    return f"{url}{'&' if parts.query else '?'}{added}" if added else url, parts.path.removeprefix(base.path)


def next_href_of(page: object) -> str | None:
    """Return the link of a page model; absent, null and empty all mean that there is none."""
    link = getattr(page, "next_href", None)
    return link if isinstance(link, str) and link.strip() else None
