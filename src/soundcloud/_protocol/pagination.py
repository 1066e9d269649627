"""Where a link to the next page may lead."""

from urllib.parse import urlsplit

from soundcloud.errors import PaginationError

LONGEST_LINK = 8192
MAXIMUM_EMPTY_PAGES = 100
"""As many empty pages in a row end a walk with an error: SoundCloud has sent such links without end."""


def next_url(next_href: str, base_url: str) -> str:
    """The URL to fetch for a link to the next page.

    Args:
        next_href: The link as it came; opaque but for its host.
        base_url: The API's origin.

    Returns:
        The link on the API's own origin.

    Raises:
        PaginationError: The link leads to another host, which must not see the token.
    """
    try:
        link, base = urlsplit(next_href), urlsplit(base_url)
        plain = next_href.isprintable() and " " not in next_href and len(next_href) < LONGEST_LINK
        if link.scheme not in {"", "http", "https"} or not plain:
            raise ValueError
        host = (link.hostname, link.port if link.port not in {80, 443} else None)
    except ValueError:
        raise PaginationError(
            "the link to the next page is no address", hint="the items so far are all that can be had"
        ) from None
    if link.netloc and host != (base.hostname, base.port if base.port not in {80, 443} else None):
        raise PaginationError(
            f"the link to the next page leads to {link.hostname}, not to {base.hostname}; it was not followed: "
            "the token stays here",
            hint="the items so far are all that can be had; SoundCloud has sent such links before",
        )
    # On the API's own scheme, whatever the link says: legacy links are plain http.
    path = link.path if link.netloc or link.path.startswith("/") else f"{base.path}/{link.path}"
    return link._replace(scheme=base.scheme, netloc=base.netloc, path=path, fragment="").geturl()


def next_link(page: object) -> str | None:
    """The link of a page object; absent, null and empty all mean that there is none."""
    link = getattr(page, "next_href", None)
    return link if isinstance(link, str) and link.strip() else None
