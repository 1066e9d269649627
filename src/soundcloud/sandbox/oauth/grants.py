"""The token endpoint, after OAuth 2.1: grants, tokens and sessions.

| grant | credentials | errors |
| --- | --- | --- |
| client_credentials | HTTP Basic only | 401 invalid_client; 400 invalid_request for credentials in the body |
| authorization_code | in the body, no Authorization header | 401 invalid_client; 400 invalid_grant |
| refresh_token | in the body, no Authorization header | 401 invalid_client; 400 invalid_grant |

Codes and refresh tokens are single-use. App tokens are limited to 30 per hour and IP address, and to 50 per 12 hours and app. Above
that, the response is 429. With the setting `public_client`, the second and third grant work without the client secret, which
SoundCloud does not allow. A sign-in starts a session. A sign-out ends it with all its tokens.
"""

import hmac
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from secrets import token_urlsafe
from time import time

from soundcloud.sandbox.data.database import Database
from soundcloud.sandbox.http.messages import JsonObject, Response, Viewer, rate_limit_object
from soundcloud.sandbox.state import App, State

EXPIRES_IN = 3599
_CODE_SECONDS = 600
_HOUR, _HALF_DAY = 3600, 12 * 3600
_LIMIT_PER_ADDRESS, _LIMIT_PER_APP = 30, 50
_NO_STORE = {"Cache-Control": "no-store"}


def oauth_error(name: str, status: int = 400) -> Response:
    """Return an error response of the sign-in host; it has no description."""
    return Response({"error": name}, status, _NO_STORE)


def start_session(database: Database, user_id: int | None, expires_in: int = EXPIRES_IN) -> JsonObject:
    """Sign a user in, or the app if `user_id` is None, and return the body of a token response."""
    return _issue_tokens(database, database.insert("sessions", {"user_id": user_id}), expires_in)


def _issue_tokens(database: Database, session: int, expires_in: int = EXPIRES_IN) -> JsonObject:
    # As long as SoundCloud's tokens, to catch clients with short database columns.
    access_token, refresh_token = token_urlsafe(675), token_urlsafe(30)
    expires_at = database.clock.time() + expires_in
    database.insert("access_tokens", {"token": access_token, "session_id": session, "expires_at": expires_at})
    database.insert("refresh_tokens", {"token": refresh_token, "session_id": session})
    return {
        "access_token": access_token,
        "expires_in": expires_in,
        "refresh_token": refresh_token,
        "scope": "",
        "token_type": "Bearer",
    }


def find_viewer(database: Database, access_token: str) -> Viewer | None:
    """Return the owner of an access token; None if it is unknown or has expired."""
    row = database.row(
        "SELECT sessions.id, user_id FROM access_tokens JOIN sessions ON sessions.id = session_id"
        " WHERE token = ? AND expires_at > ?",
        access_token,
        database.clock.time(),
    )
    return None if row is None else Viewer(row["id"], row["user_id"])


def parse_authorization(header: str | None) -> str | None:
    """Return the token of an Authorization header `OAuth TOKEN` or `Bearer TOKEN`."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme.lower() in {"oauth", "bearer"} else None


def issue_code(database: Database, user_id: int, challenge: str) -> str:
    """Issue an authorization code; it is single-use and expires after ten minutes."""
    code = token_urlsafe(24)
    expires_at = database.clock.time() + _CODE_SECONDS
    fields = {"code": code, "user_id": user_id, "challenge": challenge, "expires_at": expires_at}
    database.insert("codes", fields)
    return code


def sign_out(database: Database, access_token: str | None) -> Response:
    """End the session of a token; answer 400 without a token and 401 for an unknown one, as the sign-in host does."""
    if not access_token:
        return oauth_error("bad_request")
    viewer = find_viewer(database, access_token)
    if viewer is None:
        return oauth_error("unauthorized", 401)
    end_session(database, viewer.session)
    return Response(None)


def end_session(database: Database, session: int) -> None:
    """End a session; its tokens are deleted by ON DELETE CASCADE."""
    database.change("DELETE FROM sessions WHERE id = ?", session)


def end_sessions(database: Database, user_id: int) -> None:
    """End all sessions of a user."""
    database.change("DELETE FROM sessions WHERE user_id = ?", user_id)


def handle_token_request(
    state: State, authorization: str | None, fields: Mapping[str, str], ip_address: str
) -> Response:
    """Answer a request to the token endpoint and log it."""
    response = _handle_grant(state, authorization, fields, ip_address)
    error = "rate_limit_exceeded" if response.status == 429 else response.content.get("error")
    state.token_log.requests[error or fields["grant_type"]] += 1
    return response


def _handle_grant(state: State, authorization: str | None, fields: Mapping[str, str], ip_address: str) -> Response:
    match fields.get("grant_type"):
        case None | "":
            return oauth_error("invalid_request")
        case "client_credentials":
            return _handle_client_credentials(state, authorization, ip_address)
        case "authorization_code" | "refresh_token" as grant:
            error = _check_body_credentials(state, authorization, fields)
            if error is not None:
                return error
            return _handle_refresh(state, fields) if grant == "refresh_token" else _handle_code(state, fields)
        case _:
            return oauth_error("unsupported_grant_type")


def _handle_client_credentials(state: State, authorization: str | None, ip_address: str) -> Response:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return oauth_error("invalid_request")
    try:
        client_id, _, client_secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return oauth_error("invalid_client", 401)
    if not _is_registered(state.app, client_id, client_secret):
        return oauth_error("invalid_client", 401)
    error = _check_quotas(state, ip_address)
    if error is not None:
        return error
    state.token_log.app_tokens.append((state.clock.time(), ip_address))
    return Response(start_session(state.database, None), headers=_NO_STORE)


def _check_quotas(state: State, ip_address: str) -> Response | None:
    """Return SoundCloud's 429 response if a quota of app tokens is used up; the two quotas have different bodies."""
    if not state.settings.quotas:
        return None
    now = state.clock.time()
    tokens = state.token_log.app_tokens
    tokens[:] = [token for token in tokens if token[0] > now - _HALF_DAY]
    of_address = [issued_at for issued_at, address in tokens if address == ip_address and issued_at > now - _HOUR]
    if len(of_address) >= _LIMIT_PER_ADDRESS:
        limit = {
            "bucket": "by-ip",
            "max_nr_of_requests": _LIMIT_PER_ADDRESS,
            "time_window": "PT1H",
            "name": "client-credentials-exchange",
        }
        # In the time of this machine, which is the client's: the sandbox's clock may be ahead.
        reset_at = time() + of_address[0] + _HOUR - now
        return Response(rate_limit_object(limit, reset_at), 429, _NO_STORE)
    if len(tokens) >= _LIMIT_PER_APP:
        return Response({"error": "rate_limit_exceeded"}, 429, {**_NO_STORE, "WWW-Authenticate": "Basic"})
    return None


def quota_usage(state: State) -> JsonObject:
    """Return how many app tokens count against the quotas; see `Sandbox.quota_usage`."""
    now = state.clock.time()
    recent = [token for token in state.token_log.app_tokens if token[0] > now - _HALF_DAY]
    addresses = Counter(address for issued_at, address in recent if issued_at > now - _HOUR)
    return {
        "app": {"used": len(recent), "limit": _LIMIT_PER_APP, "seconds": _HALF_DAY},
        "addresses": {
            address: {"used": used, "limit": _LIMIT_PER_ADDRESS, "seconds": _HOUR}
            for address, used in addresses.items()
        },
    }


def _check_body_credentials(state: State, authorization: str | None, fields: Mapping[str, str]) -> Response | None:
    if authorization is not None:
        # SoundCloud checks the header before the body: Basic is not allowed here, and a token is not a credential of the app.
        return oauth_error("invalid_request" if authorization.lower().startswith("basic") else "invalid_grant")
    client_id, client_secret = fields.get("client_id", ""), fields.get("client_secret", "")
    if state.settings.public_client and not client_secret:
        # A public client (RFC 6749 section 2.1) has no secret; the code verifier or the refresh token proves who it is.
        client_secret = state.app.client_secret
    return None if _is_registered(state.app, client_id, client_secret) else oauth_error("invalid_client", 401)


def _is_registered(app: App, client_id: str, client_secret: str) -> bool:
    same_id = hmac.compare_digest(client_id.encode(), app.client_id.encode())
    return hmac.compare_digest(client_secret.encode(), app.client_secret.encode()) and same_id


def _handle_code(state: State, fields: Mapping[str, str]) -> Response:
    code = fields.get("code", "")
    row = state.database.row("SELECT * FROM codes WHERE code = ?", code)
    # A code is single-use, even if the exchange fails.
    state.database.change("DELETE FROM codes WHERE code = ?", code)
    if row is None or row["expires_at"] < state.clock.time() or fields.get("redirect_uri") != state.app.redirect_uri:
        return oauth_error("invalid_grant")
    digest = sha256(fields.get("code_verifier", "").encode()).digest()
    challenge = urlsafe_b64encode(digest).decode().rstrip("=")
    if not hmac.compare_digest(challenge.encode(), row["challenge"].encode()):
        return oauth_error("invalid_grant")
    return Response(start_session(state.database, row["user_id"]), headers=_NO_STORE)


def _handle_refresh(state: State, fields: Mapping[str, str]) -> Response:
    token, database = fields.get("refresh_token", ""), state.database
    row = database.row("SELECT session_id FROM refresh_tokens WHERE token = ?", token)
    if row is None:
        return oauth_error("invalid_grant")
    database.change("DELETE FROM refresh_tokens WHERE token = ?", token)
    return Response(_issue_tokens(database, row["session_id"]), headers=_NO_STORE)
