"""The requests of the token endpoint: which grant wants its credentials where."""

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
    """Give back a credential that a call cannot do without.

    Raises:
        InvalidInputError: The client was made without it.
    """
    if value and name not in {"client_id", "redirect_uri"}:
        value = Secret(value)
    if not value:
        raise InvalidInputError(f"{what_for} needs {name}: pass it to the client, or set it there")
    if not value.isascii() or not value.isprintable():
        raise InvalidInputError(
            f"{name} holds characters that none has: look for a line break or a quote that was copied along"
        )
    return value


def authorization_url(
    auth_url: str, client_id: str, redirect_uri: str, code_challenge: str | None, state: str | None
) -> str:
    """The address to send a person to."""
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
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items() if value is not None)
    return f"{auth_url}/authorize?{text}"


def client_credentials(auth_url: str, client_id: str, client_secret: str) -> Request:
    """An app's own token: the credentials go into the header, nothing else into the body."""
    basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode("ascii")
    return _call(auth_url, {"grant_type": "client_credentials"}, {"Authorization": f"Basic {basic}"})


def authorization_code(
    auth_url: str, client_id: str, client_secret: str, redirect_uri: str, code: str, code_verifier: str | None
) -> Request:
    """A person's token for a code: the credentials go into the body, no Authorization header."""
    form = {"grant_type": "authorization_code", "client_id": client_id, "client_secret": Secret(client_secret)}
    form |= {"redirect_uri": redirect_uri, "code": Secret(code)}
    if code_verifier is not None:
        form["code_verifier"] = Secret(code_verifier)
    return _call(auth_url, form, {})


def refresh(auth_url: str, client_id: str, client_secret: str, refresh_token: str) -> Request:
    """A new pair for a refresh token: the credentials go into the body, no Authorization header."""
    form = {"grant_type": "refresh_token", "client_id": client_id, "client_secret": Secret(client_secret)}
    return _call(auth_url, form | {"refresh_token": Secret(refresh_token)}, {})


def sign_out(auth_url: str, access_token: str) -> Request:
    """End the session of a token, in the form that SoundCloud's guide gives: the token in the body, no header."""
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
    """Read what the token endpoint answered; only the access token is required.

    Raises:
        UnexpectedResponseError: There is no access token in the reply.
    """
    data: Any = None
    try:
        data = msgspec.json.decode(response.content)
        return Token.from_response(cast("dict[str, Any]", data) if isinstance(data, dict) else {}, now=now, grant=grant)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        # Without the body, here and in this frame: whatever it is, it may hold a token.
        data = None
        raise unexpected_response_error(
            Response(response.status, response.headers, b""), "the token endpoint answered without an access token"
        ) from None
