"""The routes of the sign-in, and the clients of signed-in users for the app's own routes."""

import hmac
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from soundcloud import AsyncSoundCloudClient
from soundcloud._checks import check_callable, check_type
from soundcloud._sign_in import PROFILE, local_path
from soundcloud.caches.base import AsyncAnyCache
from soundcloud.errors import (
    InvalidClientError,
    InvalidGrantError,
    InvalidInputError,
    MissingTokenError,
    SoundCloudError,
    UnauthorizedError,
)
from soundcloud.stores import LockingTokenStore, MemoryTokenStore
from soundcloud.stores.base import AsyncAnyTokenStore
from soundcloud.web.actions import action_routes
from soundcloud.web.bodies import is_form
from soundcloud.web.cookies import Cookies
from soundcloud.web.errors import CsrfError, NotSignedInError, handle_by_framework, message_for
from soundcloud.web.events import Endpoint, RouteFinishedEvent, measure_route
from soundcloud.web.limits import visitor_address
from soundcloud.web.proxy import AllowList
from soundcloud.web.public import PublicReads
from soundcloud.web.responses import JSON, cacheable_response, encode_json, error_response, json_response, wants_page
from soundcloud.web.sessions import Session, Sessions
from soundcloud.web.sign_in import SignInFlow, stored_token
from soundcloud.web.site import Site
from soundcloud.web.static import STATIC_FILES, static_file

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class HasScope(Protocol):
    """A request of any ASGI framework."""

    @property
    def scope(self) -> Any:
        """The ASGI scope."""
        ...


class SoundCloudRoutes:
    """Sign-in with SoundCloud for a web app, as an ASGI app to mount.

    | route | effect |
    | --- | --- |
    | `GET /login?next=/path` | redirects the user to SoundCloud, and to that path of this site after the sign-in |
    | `GET`, `POST /callback` | handles the redirect from SoundCloud |
    | `GET /logout` | shows a page with a sign-out button |
    | `POST /logout` | ends this session, or all sessions with `everywhere=yes`; deletes the tokens with the last session |
    | `POST /logout` with `disconnect=yes` | ends the app's access to the user's account, and all sessions of the user |
    | `GET /me` | returns the user and the CSRF token as JSON; `/me?optional=yes` returns nulls instead of a 401 |
    | `GET /api/...` | returns a response of an allowed API path as JSON |
    | `POST`, `DELETE /likes/tracks/{urn}` and others | likes, reposts, follows or comments for the user; see `actions` |
    | `GET /soundcloud.js` | returns a JavaScript module for these routes and for SoundCloud's player |
    | `GET /soundcloud.d.ts` | returns its types for TypeScript |

    Args:
        client_factory: A function that returns a client of your app for a token store:
            `lambda store: AsyncSoundCloudClient(..., token_store=store)`. It is called for each request; let the clients
            share connections with `http_client=`.
        session: The settings of sessions.
        token_store: The store of the users' tokens by URN: a store of `soundcloud.stores`.
        api: The API paths that scripts may read with the user's token, such as `/me/likes/tracks`; default none.
        public: The API paths that everyone may read, with the app's token, such as `/tracks/{track_urn}`; default none. If a
            path is in `api` too, requests of signed-in users use the user's token.
        public_cache: The cache of public responses: a cache of `soundcloud.caches`; default a `MemoryCache`.
        public_ttl: Seconds for which the server and browsers cache public responses; default 60.
        public_limit: The maximum number of public requests per minute for each session, or for each IP address of visitors
            without a session; default 60. Each process counts on its own.
        actions: What scripts may do for the user, with CSRF protection: `likes`, `reposts`, `follows`, `comments`; default none.
        home: The path after a sign-in without `next`, and after a sign-out; default `/`.
        on_route: A function that receives a `RouteFinishedEvent` for each request to a route; default none.

    Raises:
        InvalidInputError: A setting is wrong, the client has its own token, or its redirect URI is not a route of this app.

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
        client_factory: Callable[[AsyncAnyTokenStore], AsyncSoundCloudClient],
        *,
        session: Sessions,
        token_store: LockingTokenStore,
        api: Iterable[str] = (),
        public: Iterable[str] = (),
        public_cache: AsyncAnyCache | None = None,
        public_ttl: float = 60.0,
        public_limit: int = 60,
        actions: Iterable[str] = (),
        home: str = "/",
        on_route: Callable[[RouteFinishedEvent], object] | None = None,
    ) -> None:
        if not isinstance(token_store, LockingTokenStore):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError("token_store holds the tokens of one user only: use a store of soundcloud.stores")
        check_type("session", session, Sessions, "Sessions(secret)")
        check_callable("client_factory", client_factory, none=False)
        if local_path(home) is None:
            raise InvalidInputError(f"home={home!r}: pass a path of this site, such as /")
        visitor = client_factory(MemoryTokenStore())
        if not isinstance(visitor, AsyncSoundCloudClient):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidInputError(
                f"client_factory returned a {type(visitor).__name__}: return an AsyncSoundCloudClient"
            )
        if visitor.access_token is not None or visitor.refresh_token is not None:
            raise InvalidInputError(
                "client_factory returned a client with its own token, which every visitor would use",
                hint="omit access_token= and refresh_token=; from_env() also reads SOUNDCLOUD_ACCESS_TOKEN",
            )
        self.site = Site.from_authorization_url(visitor.auth.get_authorization_url(), home)
        self.sessions = session
        self._cookies = Cookies(session, secure=self.site.secure)
        self.token_store = token_store
        self._client_factory = client_factory
        self._allowed = AllowList(api)
        self._public = PublicReads(
            public,
            client_factory=client_factory,
            token_store=token_store,
            cache=public_cache,
            seconds=public_ttl,
            per_minute=public_limit,
            clock=session.clock,
        )
        measured = partial(measure_route, refuse=self._refuse, hook=check_callable("on_route", on_route))
        self._flow = flow = SignInFlow(self.site, session, self._cookies, client_factory, token_store)
        endpoints: list[tuple[str, list[str], Endpoint]] = [
            ("/login", ["GET"], flow.login),
            ("/callback", ["GET", "POST"], flow.callback),
            ("/logout", ["GET"], self._sign_out_page),
            ("/logout", ["POST"], self._sign_out),
            ("/me", ["GET"], self._me),
            ("/api/{path:path}", ["GET"], self._api),
            *((f"/{name}", ["GET"], static_file(name)) for name in STATIC_FILES),
            *action_routes(actions, self.client),
        ]
        self._app = Starlette(
            routes=[
                Route(path, measured(path.replace(":path", ""), run), methods=methods)
                for path, methods, run in endpoints
            ],
            exception_handlers={HTTPException: self._refuse, SoundCloudError: self._refuse},
        )
        self._app.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; called by the ASGI server."""
        # Litestar appends a slash to the paths of mounted apps.
        if scope["type"] == "http" and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await self._app(scope, receive, send)

    def login_url(self, target: str | None = None) -> str:
        """Return the path of the sign-in, for a link.

        Args:
            target: The path of this site to redirect to after the sign-in; a URL of another site is ignored.

        Example:
            >>> routes.login_url("/upload")
            '/soundcloud/login?next=/upload'
        """
        target = local_path(target)
        return self.site.path("login") + (f"?{urlencode({'next': target}, safe='/')}" if target else "")

    async def find_session(self, request: HasScope) -> Session | None:
        """Return the session of a request of any ASGI framework, or None.

        A session does not mean that the user's tokens still work.

        Raises:
            TokenStoreError: The session store cannot be read.
        """
        connection = HTTPConnection(request.scope)
        browser = connection.headers.get("user-agent", "")
        return await self.sessions.find(self._cookies.session_id(connection), browser)

    async def current_session(self, request: Request) -> Session:
        """Return the session of a request: a FastAPI dependency, `Depends(routes.current_session)`.

        Raises:
            NotSignedInError: There is no session.
            CsrfError: The request changes data and may come from another site.
        """
        return await self._required(request, None)

    async def current_client(self, request: Request) -> AsyncGenerator[AsyncSoundCloudClient]:
        """Yield a client of the signed-in user, as `client` does: a FastAPI dependency, `Depends(routes.current_client)`."""
        async with self.client(request) as client:
            yield client

    @asynccontextmanager
    async def client(
        self, request: HasScope, *, csrf_token: str | None = None
    ) -> AsyncGenerator[AsyncSoundCloudClient]:
        """Yield a client of the signed-in user.

        A request that changes data (any but GET, HEAD and OPTIONS) must come from a page of this site, according to its
        `Sec-Fetch-Site` or `Origin` header, and must carry the session's CSRF token in the header `X-CSRF-Token` or the
        form field `csrf_token`.

        Args:
            request: The request, of any ASGI framework. The form field is read from requests of Starlette and FastAPI only.
            csrf_token: The CSRF token, if you have read it yourself.

        Yields:
            The client. At the end of the block the files of a form are closed. If SoundCloud rejects the user's tokens, the
            session ends, and the exception in the block becomes a `NotSignedInError`.

        Raises:
            NotSignedInError: There is no session.
            CsrfError: The request may come from another site.
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
        # Without a user's token the client would use the app's.
        if await stored_token(store) is None:
            await self.sessions.end(session)
            raise self._not_signed_in(ended=True)
        try:
            async with self._client_factory(cast("AsyncAnyTokenStore", store)) as client:
                yield client
        except InvalidClientError:
            raise  # the app's credentials are wrong, which a new sign-in does not fix
        except (InvalidGrantError, MissingTokenError, UnauthorizedError) as error:
            await self.sessions.end(session)
            raise self._not_signed_in(ended=True) from error

    async def check_csrf(self, request: HasScope, session: Session, csrf_token: str | None = None) -> None:
        """Check that a request was sent from a page of this site. `client` and `current_session` call it.

        Args:
            request: The request, of any ASGI framework.
            session: The session of the request.
            csrf_token: The CSRF token, if you have read it yourself.

        Raises:
            CsrfError: The request may come from another site.
        """
        headers = HTTPConnection(request.scope).headers
        # Scripts cannot set these headers (forbidden header names, Fetch standard). Old browsers send Origin only.
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site != "same-origin":
            raise CsrfError("its Sec-Fetch-Site header names another site")
        if site is None and origin is not None and origin != self.site.origin:
            raise CsrfError("its Origin header names another site")
        given = csrf_token or headers.get("x-csrf-token")
        if given is None and isinstance(request, Request) and is_form(headers):
            field = (await request.form()).get("csrf_token")
            given = field if isinstance(field, str) else None
        if given is None:
            raise CsrfError("it has no CSRF token")
        if not hmac.compare_digest(given.encode(), session.csrf_token.encode()):
            raise CsrfError("its CSRF token is wrong")

    async def sign_out(self, session: Session, *, everywhere: bool = False, disconnect: bool = False) -> None:
        """End a session; after the user's last session, revoke and delete the tokens.

        Args:
            session: The session.
            everywhere: Whether to end the user's sessions in all browsers; default False.
            disconnect: Whether to end the app's access to the user's account first, see `auth.disconnect`; this ends the sessions
                in all browsers too. Default False.

        Raises:
            NotSignedInError: `disconnect` is set, and SoundCloud rejects the user's tokens; the session has ended.
            TokenStoreError: Sessions or tokens cannot be read or stored.
            SoundCloudError: `disconnect` is set, and SoundCloud refuses it; sessions and tokens are kept.
        """
        if disconnect:
            async with self._client_of(session) as client:
                await client.auth.disconnect()
        await self._flow.end(session, everywhere=everywhere or disconnect)

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Return the response to an error of this package, as a page or as JSON: an exception handler for Starlette and FastAPI.

        Register it for the three classes of the example. If it is registered for a wider class, such as `HTTPException`, the
        framework's own handler returns the response to every other error.

        Args:
            request: The request.
            error: A `NotSignedInError`, a `CsrfError` or a `SoundCloudError`.

        Returns:
            The response; for a `NotSignedInError` with a link to the sign-in that returns to the requested page.

        Raises:
            Exception: `error` itself, if it is not of this package and the framework has no handler for it.

        Example:
            >>> handlers = dict.fromkeys([NotSignedInError, CsrfError, SoundCloudError], routes.refuse)
            >>> app = Starlette(routes=[Mount("/soundcloud", routes)], exception_handlers=handlers)
        """
        if not isinstance(error, NotSignedInError | CsrfError | SoundCloudError):
            return await handle_by_framework(request, error)
        # After the sign-in only a GET can be repeated.
        here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return self._refusal(request, error, here if request.scope.get("method") == "GET" else None)

    async def _refuse(self, request: Request, error: Exception) -> Response:
        return self._refusal(request, error, None)

    def _refusal(self, request: Request, error: Exception, here: str | None) -> Response:
        links = {"To the start page": self.site.home}
        if isinstance(error, NotSignedInError):
            links = {"Sign in": self.login_url(here)} | links
        # Everyone can make a link to a page, with any values in it; the page must not repeat them.
        is_link = wants_page(request) and request.scope.get("method") in _SAFE_METHODS
        return error_response(request, message_for(error, quote=not is_link), links)

    def _not_signed_in(self, *, ended: bool) -> NotSignedInError:
        headers = {"Cache-Control": "no-store"}
        return NotSignedInError(ended=ended, headers=headers | (self._cookies.clearing_headers() if ended else {}))

    def _without_session(self, request: HasScope) -> NotSignedInError:
        return self._not_signed_in(ended=self._cookies.session_id(HTTPConnection(request.scope)) is not None)

    async def _required(self, request: HasScope, csrf_token: str | None) -> Session:
        session = await self.find_session(request)
        if session is None:
            raise self._without_session(request)
        if request.scope.get("method") not in _SAFE_METHODS:
            await self.check_csrf(request, session, csrf_token)
        return session

    async def _sign_out_page(self, request: Request) -> Response:
        return self._flow.sign_out_page(await self.find_session(request))

    async def _sign_out(self, request: Request) -> Response:
        session = await self.find_session(request)
        if session is not None:
            await self.check_csrf(request, session)
            form = await request.form()
            chosen = {name: form.get(name) == "yes" for name in ("everywhere", "disconnect")}
            await self.sign_out(session, **chosen)
        # A cross-site form is sent without the cookie: the response must not delete it.
        clear = self._cookies.session_id(request) is not None
        return self._flow.signed_out_response(page=wants_page(request), clear=clear)

    async def _me(self, request: Request) -> Response:
        try:
            session = await self.current_session(request)
            async with self._client_of(session) as client:
                me = (await client.me.get_me()).raw
        except NotSignedInError as error:
            # A browser writes each 401 to its console. This page asks whether there is a session.
            if request.query_params.get("optional") != "yes":
                raise
            return json_response({"user": None, "csrf_token": None}, headers=error.headers)
        return json_response({"user": {name: me.get(name) for name in PROFILE}, "csrf_token": session.csrf_token})

    async def _api(self, request: Request) -> Response:
        wanted = f"/{request.path_params['path']}", request.query_params.multi_items()
        own, public = self._allowed.operation(*wanted), self._public.allowed.operation(*wanted)
        operation = own or public
        if operation is None:
            raise HTTPException(404, "this path is not on the allow list")
        request.state.route = f"/api{operation.path_template}"
        session, prefix = await self.find_session(request), self.site.path("api")
        if own is not None and session is not None:
            async with self._client_of(session) as client:
                data = await client.send(own)
            return json_response(self._allowed.with_local_links(data, prefix))
        if public is None:
            raise self._without_session(request)
        data = await self._public.read(public, visitor_address(request) if session is None else session.key)
        content = encode_json(self._public.allowed.with_local_links(data, prefix))
        # With a session the same URL has the user's data; URLs of streams expire.
        same = own is None and not public.path_template.endswith("/streams")
        cache_control = f"public, max-age={self._public.seconds:.0f}" if same else "no-store"
        return cacheable_response(request, content, JSON, cache_control)
