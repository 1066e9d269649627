"""The cookies of a session and of the pending sign-ins of a browser.

| cookie | content | expiry |
| --- | --- | --- |
| `sid` | the session id | with the browser or the session |
| `sid-start` | state, PKCE verifier and target path of each pending sign-in; signed | after ten minutes |

Both are hidden from scripts and other hosts, and are sent over https only, except for a site on localhost. They are
`SameSite=Lax` instead of `Strict`, because the redirect from SoundCloud is a cross-site navigation.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, cast

from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from soundcloud._protocol.secrets import Secret
from soundcloud._sign_in import MAX_SIGN_INS, SIGN_IN_SECONDS, SignIn
from soundcloud.web.sessions import Sessions


class Cookies:
    """Reads and writes the cookies of a site."""

    def __init__(self, sessions: Sessions, *, secure: bool) -> None:
        # Browsers accept a __Host- cookie only over https, without a Domain, and with Path=/ (RFC 6265bis section 4.1.3.2).
        prefix = "__Host-" if secure else ""
        self.session = prefix + sessions.cookie
        self.sign_ins = f"{prefix}{sessions.cookie}-start"
        self._secure = secure
        self._clock: Callable[[], float] = sessions.clock
        self._serializer = URLSafeSerializer(
            [str(key) for key in sessions.secret_keys],
            salt="soundcloud.web sign-in",
            signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
        )

    def session_id(self, connection: HTTPConnection) -> str | None:
        """Return the session id in a browser's cookie, or None without one."""
        given = connection.cookies.get(self.session)
        return None if given is None else Secret(given)

    def set_session(self, response: Response, session_id: str) -> None:
        """Set the cookie with the session id, until the browser is closed."""
        self._set(response, self.session, session_id, None)

    def clear_session(self, response: Response) -> None:
        """Delete the cookie with the session id."""
        self._set(response, self.session, "", 0)

    def clearing_headers(self) -> dict[str, str]:
        """Return the headers that delete the cookie with the session id."""
        response = Response()
        self.clear_session(response)
        return {"Set-Cookie": response.headers["set-cookie"]}

    def read_sign_ins(self, connection: HTTPConnection) -> dict[str, SignIn]:
        """Return the pending sign-ins of a browser by state; none if the signature is wrong."""
        try:
            found: Any = self._serializer.loads(connection.cookies.get(self.sign_ins, ""))
            sign_ins = {state: SignIn(*fields) for state, fields in cast("dict[str, list[Any]]", found).items()}
        except (BadData, TypeError, AttributeError):
            return {}
        oldest = self._clock() - SIGN_IN_SECONDS
        return {state: sign_in for state, sign_in in sign_ins.items() if sign_in.started > oldest}

    def write_sign_ins(self, response: Response, sign_ins: Mapping[str, SignIn]) -> None:
        """Set the cookie with the newest pending sign-ins, or delete it without any."""
        if not sign_ins:
            self._set(response, self.sign_ins, "", 0)
            return
        last = sorted(sign_ins.items(), key=lambda item: item[1].started)[-MAX_SIGN_INS:]  # a cookie is limited to 4 kB
        fields = {state: [sign_in.verifier, sign_in.target, sign_in.started] for state, sign_in in last}
        value = self._serializer.dumps(fields)
        self._set(response, self.sign_ins, value.decode() if isinstance(value, bytes) else value, SIGN_IN_SECONDS)

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax")
