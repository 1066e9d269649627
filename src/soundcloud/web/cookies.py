"""The two cookies: the session's id, and the sign-ins that are under way in a browser.

| cookie | holds | ends |
| --- | --- | --- |
| `sid` | the id of a session | with the browser, and with the session |
| `sid-start` | of each sign-in under way: state, PKCE verifier, where to go then; signed | after ten minutes |

Neither is for scripts, for other hosts or for plain http, unless the site is on this machine. `SameSite=Lax` and not `Strict`: a
person who comes back from SoundCloud comes from another site.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, cast

import attrs
from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from soundcloud._protocol.secrets import Secret
from soundcloud.web.sessions import Sessions

SIGN_IN_SECONDS = 600
_MOST_SIGN_INS = 4  # in one browser at once: as many tabs; a cookie has 4 kB
_LONGEST_PATH = 400


@attrs.frozen
class SignIn:
    """A sign-in that is under way.

    Attributes:
        verifier: The PKCE verifier.
        target: Where the person wants to go then: a path of this site.
        started: When it began, in seconds since 1970.
    """

    verifier: str = attrs.field(repr=False)
    target: str
    started: float


class Cookies:
    """Reads and writes the cookies of a site.

    Args:
        sessions: Their name, the keys to sign with, the clock.
        secure: Whether the site is on https.
    """

    def __init__(self, sessions: Sessions, *, secure: bool) -> None:
        """Make their names."""
        # Browsers take a cookie of such a name only over https, for this host alone, and for all of its paths.
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
        """What a browser says is the id of its session."""
        given = connection.cookies.get(self.session)
        return None if given is None else Secret(given)

    def set_session(self, response: Response, session_id: str) -> None:
        """Give a browser the id of its session, until it is closed."""
        self._set(response, self.session, session_id, None)

    def clear_session(self, response: Response) -> None:
        """Make a browser forget the id of its session."""
        self._set(response, self.session, "", 0)

    def clearing_headers(self) -> dict[str, str]:
        """The same as headers, for an answer that is still to be made."""
        response = Response()
        self.clear_session(response)
        return {"Set-Cookie": response.headers["set-cookie"]}

    def read_sign_ins(self, connection: HTTPConnection) -> dict[str, SignIn]:
        """The sign-ins under way in a browser, by their state; none where the cookie is not ours."""
        try:
            found: Any = self._serializer.loads(connection.cookies.get(self.sign_ins, ""))
            sign_ins = {state: SignIn(*fields) for state, fields in cast("dict[str, list[Any]]", found).items()}
        except (BadData, TypeError, AttributeError):
            return {}
        oldest = self._clock() - SIGN_IN_SECONDS
        return {state: sign_in for state, sign_in in sign_ins.items() if sign_in.started > oldest}

    def write_sign_ins(self, response: Response, sign_ins: Mapping[str, SignIn]) -> None:
        """Keep the sign-ins under way in the browser, the last few of them."""
        if not sign_ins:
            self._set(response, self.sign_ins, "", 0)
            return
        last = sorted(sign_ins.items(), key=lambda item: item[1].started)[-_MOST_SIGN_INS:]
        fields = {state: [sign_in.verifier, sign_in.target, sign_in.started] for state, sign_in in last}
        value = self._serializer.dumps(fields)
        self._set(response, self.sign_ins, value.decode() if isinstance(value, bytes) else value, SIGN_IN_SECONDS)

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax")


def local_path(target: str | None) -> str | None:
    """Check that an address is a path of this site, whoever gave it.

    Args:
        target: What somebody wants to be redirected to.

    Returns:
        The same; None for anything that a browser could take for another site, or that is too long.
    """
    # Browsers take \ for /, and leave out line breaks and tabs before they look for a host.
    if not target or len(target) > _LONGEST_PATH or not target.isascii() or not target.isprintable():
        return None
    if not target.startswith("/") or target.startswith("//") or "\\" in target or " " in target:
        return None
    return target
