"""The way of a person through a sign-in and out again.

`login` makes state and verifier, keeps both in a signed cookie and sends the person to SoundCloud. `callback` takes the code only
from the browser that was sent away, exchanges it, asks whose token that is, and keeps it under that person's URN.
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
from soundcloud._protocol.redirect import read_redirect
from soundcloud._protocol.secrets import Secret
from soundcloud.errors import SignInError, SoundCloudError, TokenStoreError, UnexpectedResponseError
from soundcloud.pkce import generate_code_challenge, generate_code_verifier, generate_state
from soundcloud.stores import MemoryTokenStore
from soundcloud.tokens import Token
from soundcloud.web.cookies import Cookies, SignIn, local_path
from soundcloud.web.errors import Told, explain
from soundcloud.web.responses import SAFE_HEADERS, page
from soundcloud.web.sessions import Session, Sessions
from soundcloud.web.site import Site

_FORM = "application/x-www-form-urlencoded"
_LARGEST_FORM = 16 * 1024
_MOST_FIELDS = 64
_SIGN_OUT = """<form method="post" action="{action}"><input type="hidden" name="csrf_token" value="{token}">
<button>Sign out</button></form>"""

logger = logging.getLogger("soundcloud.web")


class SignInFlow:
    """Signs people in and out.

    Args:
        site: Where the site is.
        sessions: How sessions work.
        cookies: What is kept in the browser.
        client_factory: Makes a client that keeps its token in a store.
        token_store: Where people's tokens are kept.
    """

    def __init__(
        self,
        site: Site,
        sessions: Sessions,
        cookies: Cookies,
        client_factory: Callable[[Any], AsyncSoundCloudClient],
        token_store: Any,
    ) -> None:
        """Nothing is sent."""
        self._site, self._sessions, self._cookies = site, sessions, cookies
        self._client_factory, self._token_store = client_factory, token_store

    async def login(self, request: Request) -> Response:
        """Send a person to SoundCloud."""
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
        """Take a person back from SoundCloud."""
        if request.method == "POST":
            # A form from another site comes without cookies (SameSite=Lax), the redirect that follows it brings them.
            fields = urlencode(parse_qsl(request.url.query) + await _read_form(request))
            return RedirectResponse(f"{self._site.path('callback')}?{fields}", 303, SAFE_HEADERS)
        query = Secret(request.url.query)
        states = request.query_params.getlist("state")
        sign_ins = self._cookies.read_sign_ins(request)
        sign_in = sign_ins.pop(states[0], None) if len(states) == 1 else None
        try:
            if sign_in is None and ("state" in request.query_params or "error" not in request.query_params):
                raise self._unknown()
            code = Secret(read_redirect(query, state=states[0] if states else generate_state()))
            assert sign_in is not None  # noqa: S101 - a redirect without a state is an error, which was raised
            response = await self._enter(request, code, sign_in)
        except SoundCloudError as error:
            again = self._site.path("login")
            if sign_in is not None:
                again += f"?{urlencode({'next': sign_in.target}, safe='/')}"
            links = {"Try again": again, "To the start page": self._site.home}
            response = page(explain(error), links)
        self._cookies.write_sign_ins(response, sign_ins)
        return response

    def _unknown(self) -> SignInError:
        return SignInError(
            "this sign-in was not started in this browser, or more than ten minutes ago",
            hint=f"begin at {self._site.origin}{self._site.path('login')}, and allow cookies",
        )

    async def _enter(self, request: Request, code: str, sign_in: SignIn) -> Response:
        async with self._client_factory(MemoryTokenStore()) as visitor:
            token = await visitor.auth.get_user_token(code, sign_in.verifier)
            user = (await visitor.me.get_me(token=token.access_token)).urn
        if not user:
            raise UnexpectedResponseError("SoundCloud does not say who this is")
        store = self._token_store.for_user(user)
        async with self._client_factory(store) as client:
            await client.set_token(token)
        if await stored_token(store) is None:
            raise RuntimeError("client_factory makes clients that do not keep their tokens in the store they are given")
        browser = request.headers.get("user-agent", "")
        before = await self._sessions.find(self._cookies.session_id(request), browser)
        session_id, _ = await self._sessions.start(user, browser)
        if before is not None:
            await self.end(before)
        response = RedirectResponse(sign_in.target, 303, SAFE_HEADERS)
        self._cookies.set_session(response, session_id)
        return response

    def ask_to_sign_out(self, session: Session | None) -> Response:
        """Make the page with the button."""
        if session is None:
            return page(Told(200, "You are signed out"), {"To the start page": self._site.home})
        form = _SIGN_OUT.format(action=escape(self._site.path("logout")), token=escape(session.csrf_token))
        return page(Told(200, "Sign out?"), {"Stay signed in": self._site.home}, form)

    def signed_out(self, *, page: bool, clear: bool) -> Response:
        """Make the answer to a sign-out."""
        response = RedirectResponse(self._site.home, 303, SAFE_HEADERS) if page else Response(None, 204, SAFE_HEADERS)
        if clear:
            self._cookies.clear_session(response)
        return response

    async def end(self, session: Session, *, everywhere: bool = False) -> None:
        """End a session, and with the last one of a person the tokens."""
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
            # The person is signed out here whatever SoundCloud says to it.
            logger.warning("SoundCloud was not told of the sign-out of %s: %s", session.user, error)
            await async_call_user_function(store.clear, blocking=_is_blocking(store))


async def stored_token(store: Any) -> Token | None:
    """Read the token that a store of any kind holds."""
    token: Token | None = await async_call_user_function(store.get, blocking=_is_blocking(store))
    return token


def _is_blocking(store: Any) -> bool:
    return bool(getattr(store, "blocking", False))


async def _read_form(request: Request) -> list[tuple[str, str]]:
    """The fields that SoundCloud sends as a form; anything larger or other is none of its."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415, "only a form can be received here")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_FORM:
            raise HTTPException(413, "this is too large to come from SoundCloud")
    try:
        return parse_qsl(body.decode("ascii", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(413, "this has too many fields to come from SoundCloud") from None
