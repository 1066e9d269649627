"""The links to the next page: where they may lead."""

from urllib.parse import urlsplit

from soundcloud.errors import PaginationError

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


def next_href_of(page: object) -> str | None:
    """Return the link of a page model; absent, null and empty all mean that there is none."""
    link = getattr(page, "next_href", None)
    return link if isinstance(link, str) and link.strip() else None
