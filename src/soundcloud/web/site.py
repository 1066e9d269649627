"""Where the site is, as browsers see it: what the redirect URI says, whatever stands between them and this server."""

from urllib.parse import parse_qs, urlsplit

import attrs

from soundcloud.errors import InvalidInputError

_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


@attrs.frozen
class Site:
    """The site that people sign in to.

    Attributes:
        origin: Its scheme, host and port.
        prefix: The path that the routes are mounted at; empty for the root.
        home: The path to go to when nothing else is asked for.
        secure: Whether it is on https.
    """

    origin: str
    prefix: str
    home: str
    secure: bool

    @classmethod
    def of(cls, authorization_url: str, home: str) -> "Site":
        """Read it off the address that people are sent away to.

        Args:
            authorization_url: What `auth.get_authorization_url()` made.
            home: The path to go to when nothing else is asked for.

        Raises:
            InvalidInputError: The redirect URI is none that these routes can serve.
        """
        redirect_uri = parse_qs(urlsplit(authorization_url).query)["redirect_uri"][0]
        parts = urlsplit(redirect_uri)
        if parts.query or parts.fragment or not parts.path.endswith("/callback"):
            raise InvalidInputError(
                f"redirect_uri={redirect_uri!r} has to end in /callback, after the path that the routes are mounted at",
                hint="for a mount at /soundcloud register https://your.site/soundcloud/callback",
            )
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _THIS_MACHINE):
            raise InvalidInputError(
                f"redirect_uri={redirect_uri!r}: a site that people sign in to needs https, or it gives their sessions away",
                hint="only 127.0.0.1, localhost and [::1] may be http",
            )
        origin = f"{parts.scheme}://{parts.netloc}"
        return cls(origin, parts.path.removesuffix("/callback"), home, parts.scheme == "https")

    def path(self, name: str) -> str:
        """The path of a route, such as `login`."""
        return f"{self.prefix}/{name}"
