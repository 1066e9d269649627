"""The OAuth flow of a web app: sign-in and sign-out.

`login` generates state and PKCE verifier, stores both in a signed cookie and redirects the user to SoundCloud. `callback` accepts
the code only from the same browser, exchanges it for tokens, fetches the user and stores the tokens by the user's URN.
"""

import logging
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from soundcloud import AsyncSoundCloudClient
from soundcloud._callbacks import async_call_user_function
from soundcloud._protocol.printable import to_printable
from soundcloud._sign_in import ErrorMessage, SignIn, local_path, read_code
from soundcloud.errors import SoundCloudError, TokenStoreError, UnexpectedResponseError
from soundcloud.pkce import generate_code_challenge, generate_code_verifier, generate_state
from soundcloud.stores import MemoryTokenStore
from soundcloud.stores.base import AsyncAnyTokenStore
from soundcloud.tokens import Token
from soundcloud.web.bodies import FORM, read_body
from soundcloud.web.cookies import Cookies
from soundcloud.web.errors import message_for
from soundcloud.web.responses import SAFE_HEADERS, page
from soundcloud.web.sessions import Session, Sessions
from soundcloud.web.site import Site

_MAX_FIELDS = 64
_SIGN_OUT = """<form method="post" action="{action}"><input type="hidden" name="csrf_token" value="{token}">
<button>Sign out</button> <button name="disconnect" value="yes">Sign out and end this site's access to your account</button>
</form>"""

logger = logging.getLogger("soundcloud.web")


class SignInFlow:
    """Signs users in and out."""

    def __init__(
        self,
        site: Site,
        sessions: Sessions,
        cookies: Cookies,
        client_factory: Callable[[AsyncAnyTokenStore], AsyncSoundCloudClient],
        token_store: Any,
    ) -> None:
        self._site, self._sessions, self._cookies = site, sessions, cookies
        self._client_factory, self._token_store = client_factory, token_store

    async def login(self, request: Request) -> Response:
        """Redirect a user to SoundCloud."""
        verifier, state = generate_code_verifier(), generate_state()
        target = local_path(request.query_params.get("next")) or self._site.home
        async with self._client_factory(MemoryTokenStore()) as visitor:
            url = visitor.auth.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier))
        response = RedirectResponse(url, 303, SAFE_HEADERS)
        sign_ins = self._cookies.read_sign_ins(request)
        sign_ins[state] = SignIn(verifier, target, self._sessions.clock())
        self._cookies.write_sign_ins(response, sign_ins)
        return response

    async def callback(self, request: Request) -> Response:
        """Handle the redirect from SoundCloud."""
        if request.method == "POST":
            # Browsers send no SameSite=Lax cookies with a cross-site POST, but with the GET after this redirect.
            fields = urlencode(parse_qsl(request.url.query) + await _read_form(request))
            return RedirectResponse(f"{self._site.path('callback')}?{fields}", 303, SAFE_HEADERS)
        states = request.query_params.getlist("state")
        sign_ins = self._cookies.read_sign_ins(request)
        sign_in = sign_ins.pop(states[0], None) if len(states) == 1 else None
        try:
            code = read_code(
                request.url.query,
                states=states,
                errors=request.query_params.getlist("error"),
                sign_in=sign_in,
                login_url=f"{self._site.origin}{self._site.path('login')}",
            )
            assert sign_in is not None  # noqa: S101 - read_code raises an error without one
            response = await self._start_session(request, code, sign_in)
        except SoundCloudError as error:
            again = self._site.path("login")
            if sign_in is not None:
                again += f"?{urlencode({'next': sign_in.target}, safe='/')}"
            links = {"Try again": again, "To the start page": self._site.home}
            response = page(message_for(error, quote=sign_in is not None), links)
        self._cookies.write_sign_ins(response, sign_ins)
        return response

    async def _start_session(self, request: Request, code: str, sign_in: SignIn) -> Response:
        async with self._client_factory(MemoryTokenStore()) as visitor:
            token = await visitor.auth.get_user_token(code, sign_in.verifier)
            user = getattr(await visitor.me.get_me(token=token.access_token), "urn", None)
        if not user:
            raise UnexpectedResponseError("SoundCloud returned a user without a URN")
        store = self._token_store.for_user(user)
        async with self._client_factory(store) as client:
            await client.set_token(token)
        if await stored_token(store) is None:
            raise RuntimeError("client_factory returned a client that does not use the given token store")
        browser = request.headers.get("user-agent", "")
        previous = await self._sessions.find(self._cookies.session_id(request), browser)
        session_id, _ = await self._sessions.start(user, browser)
        if previous is not None:
            await self.end(previous)
        response = RedirectResponse(sign_in.target, 303, SAFE_HEADERS)
        self._cookies.set_session(response, session_id)
        return response

    def sign_out_page(self, session: Session | None) -> Response:
        """Return the page with the sign-out button."""
        if session is None:
            return page(ErrorMessage(200, "You are signed out"), {"To the start page": self._site.home})
        form = _SIGN_OUT.format(action=escape(self._site.path("logout")), token=escape(session.csrf_token))
        return page(ErrorMessage(200, "Sign out?"), {"Stay signed in": self._site.home}, form)

    def signed_out_response(self, *, page: bool, clear: bool) -> Response:
        """Return the response to a sign-out."""
        response = RedirectResponse(self._site.home, 303, SAFE_HEADERS) if page else Response(None, 204, SAFE_HEADERS)
        if clear:
            self._cookies.clear_session(response)
        return response

    async def end(self, session: Session, *, everywhere: bool = False) -> None:
        """End a session; after the user's last session, revoke and delete the tokens."""
        if everywhere:
            await self._sessions.end_all(session.user)
        else:
            await self._sessions.end(session)
        if await self._sessions.count(session.user):
            return
        store = self._token_store.for_user(session.user)
        if await stored_token(store) is None:
            return
        try:
            async with self._client_factory(store) as client:
                await client.auth.sign_out()
        except TokenStoreError:
            raise
        except SoundCloudError as error:
            # The sign-out from this site does not depend on SoundCloud.
            logger.warning("the tokens of %s could not be revoked: %s", session.user, to_printable(str(error)))
            await async_call_user_function(store.clear, blocking=_is_blocking(store))


async def stored_token(store: Any) -> Token | None:
    """Return the token of a store, sync or async."""
    token: Token | None = await async_call_user_function(store.get, blocking=_is_blocking(store))
    return token


def _is_blocking(store: Any) -> bool:
    return bool(getattr(store, "blocking", False))


async def _read_form(request: Request) -> list[tuple[str, str]]:
    """Return the fields of a form; reject a body that SoundCloud would not send."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415, "the body is not a form")
    body = await read_body(request)
    try:
        return parse_qsl(body.decode("ascii", "replace"), max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise HTTPException(413, "the form has too many fields") from None
