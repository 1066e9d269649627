"""The routes, and what routes of the app's own need of them: who is signed in, with a client that acts for that person."""

import hmac
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Protocol
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from soundcloud import AsyncSoundCloudClient
from soundcloud.errors import (
    InvalidClientError,
    InvalidGrantError,
    InvalidInputError,
    MissingTokenError,
    SoundCloudError,
    UnauthorizedError,
)
from soundcloud.stores import LockingTokenStore, MemoryTokenStore
from soundcloud.web.cookies import Cookies, local_path
from soundcloud.web.errors import CsrfError, NotSignedInError, explain
from soundcloud.web.proxy import AllowList
from soundcloud.web.responses import json_answer, problem_answer, wants_page
from soundcloud.web.sessions import Session, Sessions
from soundcloud.web.sign_in import SignInFlow, stored_token
from soundcloud.web.site import Site

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_FACE = ("urn", "username", "full_name", "permalink", "permalink_url", "avatar_url", "city", "country", "plan")


class HasScope(Protocol):
    """A request of any ASGI framework."""

    @property
    def scope(self) -> Any:
        """The ASGI scope."""
        ...


class SoundCloudRoutes:
    """Sign-in with SoundCloud for a web app, as an ASGI app to mount.

    | route | what |
    | --- | --- |
    | `GET /login?next=/path` | sends the person to SoundCloud, and to that path of this site afterwards |
    | `GET`, `POST /callback` | what SoundCloud sends the person back to |
    | `GET /logout` | asks whether to sign out |
    | `POST /logout` | signs out here; `everywhere=yes` in all browsers; with the last session the tokens go, too |
    | `GET /me` | who is signed in, and the CSRF token, as JSON |
    | `GET /api/...` | what the allow list lets scripts read of SoundCloud, as JSON |

    Args:
        client_factory: Makes a client of your app that keeps its token in the store that it is given:
            `lambda store: AsyncSoundCloudClient(..., token_store=store)`. One is made for each request; let them share
            connections with `http_client=`.
        session: How sessions work, and where they are kept.
        token_store: Where people's tokens are kept, under their URNs: a store of `soundcloud.stores`.
        api: What `/api` may read: paths of SoundCloud's document, such as `/me/likes/tracks`; nothing by default.
        home: The path to go to after a sign-in that says no other, and after a sign-out.

    Raises:
        InvalidInputError: A setting is wrong, the client has a token of its own, or its redirect URI does not lead here.

    Example:
        >>> routes = SoundCloudRoutes(
        ...     lambda store: AsyncSoundCloudClient.from_env(token_store=store),
        ...     session=Sessions(os.environ["SECRET_KEY"]),
        ...     token_store=FileTokenStore("tokens.json"),
        ... )
        >>> app = Starlette(routes=[Mount("/soundcloud", routes)])
    """

    def __init__(
        self,
        client_factory: Callable[[Any], AsyncSoundCloudClient],
        *,
        session: Sessions,
        token_store: LockingTokenStore,
        api: Iterable[str] = (),
        home: str = "/",
    ) -> None:
        """Check the settings; nothing is sent."""
        if not isinstance(token_store, LockingTokenStore):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError("token_store has to keep the tokens of many people: use one of soundcloud.stores")
        if local_path(home) is None:
            raise InvalidInputError(f"home={home!r}: give a path of this site, such as /")
        visitor = client_factory(MemoryTokenStore())
        if not isinstance(visitor, AsyncSoundCloudClient):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(f"client_factory makes a {type(visitor).__name__}; use AsyncSoundCloudClient")
        if visitor.access_token is not None or visitor.refresh_token is not None:
            raise InvalidInputError(
                "client_factory makes a client with a token of its own: everybody would act as that person",
                hint="leave out access_token= and refresh_token=; from_env() reads SOUNDCLOUD_ACCESS_TOKEN too",
            )
        self.site = Site.of(visitor.auth.get_authorization_url(), home)
        self.sessions = session
        self._cookies = Cookies(session, secure=self.site.secure)
        self.token_store = token_store
        self._client_factory = client_factory
        self._allowed = AllowList(api)
        flow = SignInFlow(self.site, session, self._cookies, client_factory, token_store)
        self._flow = flow
        self._app = Starlette(
            routes=[
                Route("/login", flow.login),
                Route("/callback", flow.callback, methods=["GET", "POST"]),
                Route("/logout", self._ask_to_sign_out, methods=["GET"]),
                Route("/logout", self._sign_out, methods=["POST"]),
                Route("/me", self._me),
                Route("/api/{path:path}", self._api),
            ],
            exception_handlers={HTTPException: self._refuse, SoundCloudError: self._refuse},
        )
        self._app.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; for the ASGI server."""
        # Litestar puts a slash after the path of what is mounted.
        if scope["type"] == "http" and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await self._app(scope, receive, send)

    def login_url(self, target: str | None = None) -> str:
        """The path that signs somebody in.

        Args:
            target: The path of this site to go to then; an address of another site is ignored.

        Returns:
            The path, for a link.

        Example:
            >>> routes.login_url("/upload")
            '/soundcloud/login?next=/upload'
        """
        target = local_path(target)
        return self.site.path("login") + (f"?{urlencode({'next': target}, safe='/')}" if target else "")

    async def find_session(self, request: HasScope) -> Session | None:
        """Find out who is signed in with the browser that sends a request.

        Args:
            request: The request, of any ASGI framework.

        Returns:
            The session, or None. Whether its person's tokens still work only a call of SoundCloud tells.

        Raises:
            TokenStoreError: The session store cannot be read.
        """
        connection = HTTPConnection(request.scope)
        return await self.sessions.find(self._cookies.session_id(connection), _browser(connection))

    async def current_session(self, request: Request) -> Session:
        """The session of the browser that sends a request: a dependency for FastAPI, `Depends(routes.current_session)`.

        Args:
            request: The request.

        Returns:
            The session.

        Raises:
            NotSignedInError: There is none.
            CsrfError: The request changes something, and may come from somebody else's page.
        """
        return await self._required(request, None)

    async def current_client(self, request: Request) -> AsyncGenerator[AsyncSoundCloudClient]:
        """A client that acts for the signed-in person: a dependency for FastAPI, `Depends(routes.current_client)`.

        Args:
            request: The request.

        Yields:
            The client; see `client`.
        """
        async with self.client(request) as client:
            yield client

    @asynccontextmanager
    async def client(
        self, request: HasScope, *, csrf_token: str | None = None
    ) -> AsyncGenerator[AsyncSoundCloudClient]:
        """Get a client that acts for the person who is signed in with the browser that sends a request.

        A request that changes something (any but GET, HEAD and OPTIONS) has to show that it comes from a page of this site:
        the browser says so, and it carries the session's CSRF token in the header `X-CSRF-Token` or the form field
        `csrf_token`.

        Args:
            request: The request, of any ASGI framework. The form is only read of one of Starlette's or FastAPI's.
            csrf_token: The token, where you have read it yourself.

        Yields:
            The client, until the block ends; then the files of a form that was read are closed. When SoundCloud does not
            know the person's tokens any more, the session is ended too, and the error of the block becomes a
            `NotSignedInError`.

        Raises:
            NotSignedInError: Nobody is signed in.
            CsrfError: The request may come from somebody else's page.
            TokenStoreError: Sessions or tokens cannot be read.

        Example:
            >>> async with routes.client(request) as client:
            ...     me = await client.me.get_me()
        """
        try:
            session = await self._required(request, csrf_token)
            async with self._client_of(session) as client:
                yield client
        finally:
            if isinstance(request, Request):
                await request.close()

    @asynccontextmanager
    async def _client_of(self, session: Session) -> AsyncGenerator[AsyncSoundCloudClient]:
        store = self.token_store.for_user(session.user)
        # Without a person's token the client would act as the app.
        if await stored_token(store) is None:
            await self.sessions.end(session)
            raise self._not_signed_in(ended=True)
        try:
            async with self._client_factory(store) as client:
                yield client
        except InvalidClientError:
            raise  # the app's own credentials are wrong, no person can help that
        except (InvalidGrantError, MissingTokenError, UnauthorizedError) as error:
            await self.sessions.end(session)
            raise self._not_signed_in(ended=True) from error

    async def check_csrf(self, request: HasScope, session: Session, csrf_token: str | None = None) -> None:
        """Check that a request was sent from a page of this site. `client` and `current_session` do it by themselves.

        Args:
            request: The request.
            session: The session of its browser.
            csrf_token: The token that it carries, where you have read it yourself.

        Raises:
            CsrfError: It may come from somebody else's page.
        """
        headers = HTTPConnection(request.scope).headers
        # Both are written by the browser, and no page can change them. Old browsers send the second one only.
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site != "same-origin":
            raise CsrfError("the browser says that it comes from another site")
        if site is None and origin is not None and origin != self.site.origin:
            raise CsrfError("its Origin header names another site")
        given = csrf_token or headers.get("x-csrf-token")
        if given is None and isinstance(request, Request) and headers.get("content-type", "").startswith(_FORMS):
            field = (await request.form()).get("csrf_token")
            given = field if isinstance(field, str) else None
        if given is None:
            raise CsrfError("it carries no CSRF token")
        if not hmac.compare_digest(given.encode(), session.csrf_token.encode()):
            raise CsrfError("its CSRF token is another one")

    async def sign_out(self, session: Session, *, everywhere: bool = False) -> None:
        """End a session; with the last one of a person the tokens are given back to SoundCloud and forgotten.

        Args:
            session: The session.
            everywhere: Whether to end the person's sessions in all other browsers, too.

        Raises:
            TokenStoreError: Sessions or tokens cannot be read or kept.
        """
        await self._flow.end(session, everywhere=everywhere)

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Answer an error as a page for a person and as JSON for a script: for the exception handlers of your app.

        Args:
            request: The request.
            error: A `NotSignedInError`, a `CsrfError` or another `HTTPException`, or a `SoundCloudError`.

        Returns:
            The answer; for a `NotSignedInError` it offers to sign in, and to come back to where the person was.

        Example:
            >>> handlers = {HTTPException: routes.refuse, SoundCloudError: routes.refuse}
            >>> app = Starlette(routes=[Mount("/soundcloud", routes)], exception_handlers=handlers)
        """
        # Only what was to be read can be asked for again.
        here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return self._refusal(request, error, here if request.method == "GET" else None)

    async def _refuse(self, request: Request, error: Exception) -> Response:
        return self._refusal(request, error, None)

    def _refusal(self, request: Request, error: Exception, here: str | None) -> Response:
        links = {"To the start page": self.site.home}
        if isinstance(error, NotSignedInError):
            links = {"Sign in": self.login_url(here)} | links
        return problem_answer(request, explain(error), links)

    def _not_signed_in(self, *, ended: bool) -> NotSignedInError:
        headers = {"Cache-Control": "no-store"}
        return NotSignedInError(ended=ended, headers=headers | (self._cookies.clearing_headers() if ended else {}))

    async def _required(self, request: HasScope, csrf_token: str | None) -> Session:
        session = await self.find_session(request)
        if session is None:
            raise self._not_signed_in(ended=self._cookies.session_id(HTTPConnection(request.scope)) is not None)
        if request.scope.get("method") not in _SAFE_METHODS:
            await self.check_csrf(request, session, csrf_token)
        return session

    async def _ask_to_sign_out(self, request: Request) -> Response:
        return self._flow.ask_to_sign_out(await self.find_session(request))

    async def _sign_out(self, request: Request) -> Response:
        session = await self.find_session(request)
        if session is not None:
            await self.check_csrf(request, session)
            everywhere = (await request.form()).get("everywhere") == "yes"
            await self._flow.end(session, everywhere=everywhere)
        # A form of another site comes without the cookie: the answer to it must not take the cookie away.
        return self._flow.signed_out(page=wants_page(request), clear=self._cookies.session_id(request) is not None)

    async def _me(self, request: Request) -> Response:
        session = await self.current_session(request)
        async with self._client_of(session) as client:
            me = (await client.me.get_me()).raw
        return json_answer({"user": {name: me.get(name) for name in _FACE}, "csrf_token": session.csrf_token})

    async def _api(self, request: Request) -> Response:
        operation = self._allowed.operation(f"/{request.path_params['path']}", request.query_params.multi_items())
        if operation is None:
            raise HTTPException(404, "this is not on the list of what may be read")
        async with self.client(request) as client:
            data = await client.send(operation)
        return json_answer(self._allowed.localized(data, self.site.path("api")))


def _browser(connection: HTTPConnection) -> str:
    return connection.headers.get("user-agent", "")
