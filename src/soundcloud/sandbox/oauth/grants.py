"""Signing in, after OAuth 2.1: which grant wants what where, what is single-use, and the answers when it is wrong.

| grant | credentials | answers when wrong |
| --- | --- | --- |
| client_credentials | HTTP Basic only | 401 invalid_client; 400 invalid_request in the body |
| authorization_code | in the body, no Authorization header | 401 invalid_client; 400 invalid_grant |
| refresh_token | in the body, no Authorization header | 401 invalid_client; 400 invalid_grant |

Codes and refresh tokens work once. App tokens are limited, 30 in an hour for an address and 50 in 12 hours for an app; beyond
that the answer is 429. A session is what a sign-in starts and a sign-out ends, with every token in it.
"""

import hmac
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from secrets import token_urlsafe
from time import gmtime, strftime, time
from typing import TYPE_CHECKING

from soundcloud.sandbox.http.messages import JsonObject, Response, Viewer

if TYPE_CHECKING:
    from soundcloud.sandbox.data.database import Database
    from soundcloud.sandbox.state import App, State

EXPIRES_IN = 3599
_CODE_SECONDS = 600
_HOUR, _HALF_DAY = 3600, 12 * 3600
_MOST_OF_ADDRESS, _MOST_OF_APP = 30, 50
_NO_STORE = {"Cache-Control": "no-store"}


def oauth_error(name: str, status: int = 400) -> Response:
    """Make the answer of the sign-in host that names what is wrong, and no more."""
    return Response({"error": name}, status, _NO_STORE)


def start_session(database: "Database", user_id: int | None) -> JsonObject:
    """Sign somebody in: a person, or the app itself.

    Args:
        database: The data.
        user_id: The person; None for the app's own token.

    Returns:
        The reply of the token endpoint.
    """
    return _mint(database, database.insert("sessions", {"user_id": user_id}))


def _mint(database: "Database", session: int) -> JsonObject:
    # About as long as SoundCloud's: what keeps tokens in short columns breaks here.
    access_token, refresh_token = token_urlsafe(675), token_urlsafe(30)
    expires_at = time() + EXPIRES_IN
    database.insert("access_tokens", {"token": access_token, "session_id": session, "expires_at": expires_at})
    database.insert("refresh_tokens", {"token": refresh_token, "session_id": session})
    return {
        "access_token": access_token,
        "expires_in": EXPIRES_IN,
        "refresh_token": refresh_token,
        "scope": "",
        "token_type": "Bearer",
    }


def find_viewer(database: "Database", access_token: str) -> Viewer | None:
    """Find whose token it is; None where it is unknown or has expired."""
    row = database.row(
        "SELECT sessions.id, user_id FROM access_tokens JOIN sessions ON sessions.id = session_id"
        " WHERE token = ? AND expires_at > ?",
        access_token,
        time(),
    )
    return None if row is None else Viewer(row["id"], row["user_id"])


def parse_authorization(header: str | None) -> str | None:
    """Read the token of an Authorization header: `OAuth TOKEN` or `Bearer TOKEN`."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme.lower() in {"oauth", "bearer"} else None


def issue_code(database: "Database", user_id: int, challenge: str) -> str:
    """Make the code that a person's consent sends to the app; it works once, for ten minutes."""
    code = token_urlsafe(24)
    fields = {"code": code, "user_id": user_id, "challenge": challenge, "expires_at": time() + _CODE_SECONDS}
    database.insert("codes", fields)
    return code


def sign_out(database: "Database", access_token: str | None) -> Response:
    """End the session of a token, as the sign-in host does: 400 without one, 401 when it is gone already."""
    if not access_token:
        return oauth_error("bad_request")
    viewer = find_viewer(database, access_token)
    if viewer is None:
        return oauth_error("unauthorized", 401)
    end_session(database, viewer.session)
    return Response(None)


def end_session(database: "Database", session: int) -> None:
    """End a session, with every token of it."""
    database.change("DELETE FROM sessions WHERE id = ?", session)


def handle_token_request(state: "State", authorization: str | None, form: Mapping[str, str], address: str) -> Response:
    """Answer the token endpoint, and note it down.

    Args:
        state: The sandbox.
        authorization: The Authorization header, if there is one.
        form: The fields of the body.
        address: Where the request came from.

    Returns:
        Tokens, or what is wrong.
    """
    answer = _answer_grant(state, authorization, form, address)
    refused = "rate_limit_exceeded" if answer.status == 429 else answer.content.get("error")
    state.token_log.requests[refused or form["grant_type"]] += 1
    return answer


def _answer_grant(state: "State", authorization: str | None, form: Mapping[str, str], address: str) -> Response:
    match form.get("grant_type"):
        case None | "":
            return oauth_error("invalid_request")
        case "client_credentials":
            return _client_credentials(state, authorization, address)
        case "authorization_code" | "refresh_token" as grant:
            refused = _check_body_credentials(state.app, authorization, form)
            if refused is not None:
                return refused
            return _refresh(state, form) if grant == "refresh_token" else _exchange(state, form)
        case _:
            return oauth_error("unsupported_grant_type")


def _client_credentials(state: "State", authorization: str | None, address: str) -> Response:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return oauth_error("invalid_request")
    try:
        client_id, _, client_secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return oauth_error("invalid_client", 401)
    if not _known(state.app, client_id, client_secret):
        return oauth_error("invalid_client", 401)
    refused = _check_quotas(state, address)
    if refused is not None:
        return refused
    state.token_log.app_tokens.append((time(), address))
    return Response(start_session(state.database, None), headers=_NO_STORE)


def _check_quotas(state: "State", address: str) -> Response | None:
    """Refuse the app token that would be one too many; both answers have forms of their own."""
    if not state.quotas:
        return None
    moment = time()
    recent = state.token_log.app_tokens[:] = [
        mint for mint in state.token_log.app_tokens if mint[0] > moment - _HALF_DAY
    ]
    of_address = [minted for minted, to in recent if to == address and minted > moment - _HOUR]
    if len(of_address) >= _MOST_OF_ADDRESS:
        limit = {
            "bucket": "by-ip",
            "max_nr_of_requests": _MOST_OF_ADDRESS,
            "time_window": "PT1H",
            "name": "client-credentials-exchange",
        }
        reset_time = strftime("%Y/%m/%d %H:%M:%S +0000", gmtime(of_address[0] + _HOUR))
        meta = {"rate_limit": limit, "remaining_requests": 0, "reset_time": reset_time}
        return Response({"errors": [{"meta": meta}]}, 429, _NO_STORE)
    if len(recent) >= _MOST_OF_APP:
        return Response({"error": "rate_limit_exceeded"}, 429, {**_NO_STORE, "WWW-Authenticate": "Basic"})
    return None


def _check_body_credentials(app: "App", authorization: str | None, form: Mapping[str, str]) -> Response | None:
    if authorization is not None:
        # A header outweighs the body: Basic is in the wrong place, a token is none of the app's credentials.
        return oauth_error("invalid_request" if authorization.lower().startswith("basic") else "invalid_grant")
    if not _known(app, form.get("client_id", ""), form.get("client_secret", "")):
        return oauth_error("invalid_client", 401)
    return None


def _known(app: "App", client_id: str, client_secret: str) -> bool:
    same_id = hmac.compare_digest(client_id.encode(), app.client_id.encode())
    return hmac.compare_digest(client_secret.encode(), app.client_secret.encode()) and same_id


def _exchange(state: "State", form: Mapping[str, str]) -> Response:
    code = form.get("code", "")
    row = state.database.row("SELECT * FROM codes WHERE code = ?", code)
    # A code is spent with the first try, successful or not.
    state.database.change("DELETE FROM codes WHERE code = ?", code)
    if row is None or row["expires_at"] < time() or form.get("redirect_uri") != state.app.redirect_uri:
        return oauth_error("invalid_grant")
    verifier = form.get("code_verifier", "")
    if not hmac.compare_digest(_challenge(verifier).encode(), row["challenge"].encode()):
        return oauth_error("invalid_grant")
    return Response(start_session(state.database, row["user_id"]), headers=_NO_STORE)


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def _refresh(state: "State", form: Mapping[str, str]) -> Response:
    token, database = form.get("refresh_token", ""), state.database
    row = database.row("SELECT session_id FROM refresh_tokens WHERE token = ?", token)
    if row is None:
        return oauth_error("invalid_grant")
    database.change("DELETE FROM refresh_tokens WHERE token = ?", token)
    return Response(_mint(database, row["session_id"]), headers=_NO_STORE)
