"""Proof Key for Code Exchange (PKCE, RFC 7636) and the state parameter."""

import base64
import hashlib
import re
import secrets

from soundcloud.errors import InvalidInputError

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


def generate_code_verifier() -> str:
    """Return a code verifier of 43 random characters; pass it to `auth.get_user_token` with the code.

    Source:
        https://datatracker.ietf.org/doc/html/rfc7636#section-4.1
    """
    return secrets.token_urlsafe(32)


def generate_code_challenge(verifier: str) -> str:
    """Return the S256 challenge of a verifier, for `auth.get_authorization_url(code_challenge=...)`.

    Args:
        verifier: 43 to 128 characters of `A-Z a-z 0-9 - . _ ~`.

    Raises:
        InvalidInputError: The verifier is too short, too long or has invalid characters.

    Example:
        >>> generate_code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

    Source:
        https://datatracker.ietf.org/doc/html/rfc7636#section-4.2
    """
    if not isinstance(verifier, str) or not _VERIFIER.fullmatch(verifier):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidInputError(
            "a code verifier has 43 to 128 characters of A-Z a-z 0-9 - . _ ~: use generate_code_verifier()"
        )
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def generate_state() -> str:
    """Return a random state for the authorization URL.

    Compare it with the state of the redirect, to reject the redirect of another sign-in.

    Source:
        https://datatracker.ietf.org/doc/html/rfc6749#section-10.12
    """
    return secrets.token_urlsafe(32)
