"""Requests to the token endpoint, and the authorization URL."""

import base64
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote

import msgspec

from soundcloud._checks import check_string
from soundcloud._protocol.error_mapping import unexpected_response_error
from soundcloud._protocol.http.messages import Request, Response
from soundcloud._protocol.secrets import Secret
from soundcloud.errors import InvalidInputError
from soundcloud.tokens import Grant, Token

TOKEN_PATH = "/oauth/token"  # noqa: S105


def needed(name: str, value: str | None, what_for: str) -> str:
    """Return a setting of the client; raise InvalidInputError if it is missing or malformed."""
    check_string(name, value)
    if value and name not in {"client_id", "redirect_uri"}:
        value = Secret(value)
    if not value:
        raise InvalidInputError(f"{what_for} needs {name}: pass it to the client")
    if not value.isascii() or not value.isprintable():
        raise InvalidInputError(
            f"{name} contains characters that are not allowed: check it for a line break or a typographic quote"
        )
    return value


def authorization_url(
    auth_url: str, client_id: str, redirect_uri: str, code_challenge: str | None, state: str | None
) -> str:
    """Return the URL of the sign-in page."""
    check_string("code_challenge", code_challenge)
    check_string("state", state)
    query = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "code_challenge": code_challenge,
        "code_challenge_method": "S256" if code_challenge else None,
        "state": state,
    }
    encoded = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items() if value is not None)
    return f"{auth_url}/authorize?{encoded}"


def client_credentials(auth_url: str, client_id: str, client_secret: str) -> Request:
    """Return the request for an app token, with the credentials in the header."""
    basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode("ascii")
    return _call(auth_url, {"grant_type": "client_credentials"}, {"Authorization": f"Basic {basic}"})


def authorization_code(
    auth_url: str, client_id: str, client_secret: str, redirect_uri: str, code: str, code_verifier: str | None
) -> Request:
    """Return the request for a user token, with the credentials in the body and no Authorization header."""
    form = {"grant_type": "authorization_code", "client_id": client_id, "client_secret": Secret(client_secret)}
    form |= {"redirect_uri": redirect_uri, "code": Secret(code)}
    if code_verifier is not None:
        form["code_verifier"] = Secret(code_verifier)
    return _call(auth_url, form, {})


def refresh(auth_url: str, client_id: str, client_secret: str, refresh_token: str) -> Request:
    """Return the request for a refresh, with the credentials in the body and no Authorization header."""
    form = {"grant_type": "refresh_token", "client_id": client_id, "client_secret": Secret(client_secret)}
    return _call(auth_url, form | {"refresh_token": Secret(refresh_token)}, {})


def sign_out(auth_url: str, access_token: str) -> Request:
    """Return the request that ends a session, with the token in the body as in SoundCloud's guide."""
    return Request(
        "POST",
        f"{auth_url}/sign-out",
        "/sign-out",
        "post_sign_out",
        authorize=False,
        json={"access_token": str(access_token)},
    )


def _call(auth_url: str, form: dict[str, str], headers: dict[str, str]) -> Request:
    return Request(
        "POST",
        auth_url + TOKEN_PATH,
        TOKEN_PATH,
        authorize=False,
        form=form,
        headers={"Accept": "application/json", **headers},
    )


def read_token(response: Response, *, now: datetime, grant: Grant | None) -> Token:
    """Read a response of the token endpoint, in which only the access token is required."""
    data: Any = None
    try:
        data = msgspec.json.decode(response.content)
        return Token.from_response(cast("dict[str, Any]", data) if isinstance(data, dict) else {}, now=now, grant=grant)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        pass
    # The body may contain a token: neither the error, nor this frame, nor the frames of a context keep it.
    data = None
    response = Response(response.status, response.headers, b"")
    raise unexpected_response_error(response, "the response of the token endpoint has no access token")
