"""The public URL of the site, taken from the redirect URI, as a reverse proxy may hide it from this server."""

from urllib.parse import parse_qs, urlsplit

import attrs

from soundcloud.errors import InvalidInputError

_LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}


@attrs.frozen
class Site:
    """The site that users sign in to. `prefix` is the path of the mounted routes, `home` the default path to redirect to."""

    origin: str
    prefix: str
    home: str
    secure: bool

    @classmethod
    def from_authorization_url(cls, authorization_url: str, home: str) -> "Site":
        """Create a site from the redirect URI in an authorization URL, which these routes must be able to serve."""
        redirect_uri = parse_qs(urlsplit(authorization_url).query)["redirect_uri"][0]
        parts = urlsplit(redirect_uri)
        if parts.query or parts.fragment or not parts.path.endswith("/callback"):
            raise InvalidInputError(
                f"redirect_uri={redirect_uri!r} does not end in /callback, after the path of the mounted routes",
                hint="for routes mounted at /soundcloud register https://your.site/soundcloud/callback",
            )
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL_HOSTS):
            raise InvalidInputError(
                f"redirect_uri={redirect_uri!r} is not https, which protects the sessions of the users",
                hint="use https; only 127.0.0.1, localhost and [::1] may use http",
            )
        origin = f"{parts.scheme}://{parts.netloc}"
        return cls(origin, parts.path.removesuffix("/callback"), home, parts.scheme == "https")

    def path(self, name: str) -> str:
        """Return the path of a route such as `login`."""
        return f"{self.prefix}/{name}"
