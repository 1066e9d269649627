"""The `auth` namespace."""

import threading
from collections.abc import Callable
from contextlib import suppress

from soundcloud._async.namespaces.base import AsyncNamespace
from soundcloud._callbacks import async_call_user_function
from soundcloud._checks import check_string
from soundcloud._protocol import oauth
from soundcloud._protocol.announced import operations as announced
from soundcloud._protocol.decoding import Drifts, decode
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.http.messages import Request
from soundcloud._protocol.redirect import read_redirect
from soundcloud._protocol.secrets import Secret, masked
from soundcloud.errors import InvalidGrantError, InvalidInputError, MissingTokenError, UnauthorizedError
from soundcloud.pkce import generate_code_challenge, generate_code_verifier, generate_state
from soundcloud.registry import implements, uses_announced
from soundcloud.tokens import Token


class AsyncAuthNamespace(AsyncNamespace):
    """`client.auth`: obtain, refresh and revoke tokens by OAuth 2.1.

    `login` sets the client's token. The other methods only return a token; pass it to `client.set_token()`.

    Raises:
        InvalidInputError: The client lacks a setting such as `client_id`, or an argument is invalid; nothing was sent.
        SoundCloudError: The request failed.
    """

    __slots__ = ()

    def get_authorization_url(self, *, state: str | None = None, code_challenge: str | None = None) -> str:
        """Return the URL of SoundCloud's sign-in page.

        SoundCloud shows a blank page if the redirect URI differs from the registered one.

        Args:
            state: A random value from `generate_state()`, which the redirect repeats. Compare both, to reject a redirect that
                belongs to another sign-in.
            code_challenge: The result of `generate_code_challenge(verifier)`; SoundCloud requires it.

        Example:
            >>> verifier = generate_code_verifier()
            >>> url = client.auth.get_authorization_url(state="s", code_challenge=generate_code_challenge(verifier))

        Source:
            https://developers.soundcloud.com/docs/api/guide#auth-code
        """
        token_manager = self._pipeline.token_manager
        return oauth.authorization_url(
            self._pipeline.auth_url,
            oauth.needed("client_id", token_manager.client_id, "signing in"),
            oauth.needed("redirect_uri", token_manager.redirect_uri, "signing in"),
            code_challenge,
            state,
        )

    async def get_client_token(self) -> Token:
        """Request an app token (client credentials), which can search, resolve and read public resources.

        A client without a token requests one automatically. SoundCloud allows an app 50 app tokens in 12 hours, and an IP address
        30 in an hour. The client therefore counts its requests, and shares the token through the token store.

        Raises:
            UnauthorizedError: The client id or the client secret is wrong.
            RateLimitError: The quota of app tokens is used up.

        Example:
            >>> token = await client.auth.get_client_token()

        Source:
            https://developers.soundcloud.com/docs/api/guide#client-creds
        """
        self._pipeline.check_open()
        return await self._pipeline.token_manager.request_app_token()

    async def get_user_token(self, code: str, code_verifier: str | None = None) -> Token:
        """Exchange the authorization code of the redirect for a user token.

        Args:
            code: The code, which works once.
            code_verifier: The PKCE verifier whose challenge is in the authorization URL.

        Returns:
            The token, with a refresh token.

        Raises:
            InvalidGrantError: The code was used or has expired, or the verifier or redirect URI does not match.

        Example:
            >>> await client.set_token(await client.auth.get_user_token(code, verifier))

        Source:
            https://developers.soundcloud.com/docs/api/guide#auth-code
        """
        code, code_verifier = masked(code), masked(code_verifier)
        self._pipeline.check_open()
        check_string("code_verifier", code_verifier)
        if not check_string("code", code, none=False):
            raise InvalidInputError("code is an empty string: pass the code of the redirect")
        client_id, client_secret = self._credentials("a user token")
        redirect_uri = oauth.needed("redirect_uri", self._pipeline.token_manager.redirect_uri, "a user token")
        request = oauth.authorization_code(
            self._pipeline.auth_url, client_id, client_secret, redirect_uri, code, code_verifier
        )
        return await self._pipeline.token_manager.request_token(request, "user")

    async def refresh_user_token(self, refresh_token: str | None = None) -> Token:
        """Exchange a refresh token for a new access token and refresh token.

        A refresh token works once: store the new token before you use it.

        Args:
            refresh_token: The refresh token; default the client's own.

        Returns:
            The token, with the next refresh token.

        Raises:
            InvalidGrantError: The refresh token was used before; the user has to sign in again.

        Example:
            >>> await client.set_token(await client.auth.refresh_user_token())

        Source:
            https://developers.soundcloud.com/docs/api/guide#refresh-token
        """
        refresh_token = masked(refresh_token)
        self._pipeline.check_open()
        old = oauth.needed("refresh_token", refresh_token or self._own("refresh_token"), "a refresh")
        request = oauth.refresh(self._pipeline.auth_url, *self._credentials("a refresh"), old)
        return await self._pipeline.token_manager.request_token(request, "user")

    async def login(
        self,
        *,
        open_browser: bool = True,
        port: int | None = None,
        timeout: float = 300.0,
        paste: bool = False,
        show: Callable[[str], object] = print,
        ask: Callable[[str], str] = input,
    ) -> Token:
        """Sign in the user at this terminal in a browser, with PKCE and state.

        A local server receives the redirect, so the redirect URI must be on this machine. With `paste=True`, the user copies the
        redirected URL from the browser instead.

        Args:
            open_browser: Whether to open the browser; default True. The URL is shown in any case.
            port: The port to listen on; default that of the redirect URI.
            timeout: Seconds to wait for the user, more than 0; default 300.
            paste: Whether to ask for the redirected URL instead of receiving it; default False.
            show: A function that shows a message; default `print`.
            ask: A function that asks for the redirected URL; default `input`.

        Returns:
            The token, which the client uses and stores from now on.

        Raises:
            SignInError: The user refused or took too long, or the port is in use.
            InvalidGrantError: SoundCloud rejected the code.

        Example:
            >>> token = await client.auth.login()

        Source:
            https://developers.soundcloud.com/docs/api/guide#auth-code
        """
        token_manager = self._pipeline.token_manager
        self._pipeline.check_open()
        self._credentials("signing in")
        verifier, state = Secret(generate_code_verifier()), Secret(generate_state())
        url = Secret(self.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier)))
        redirect_uri = oauth.needed("redirect_uri", token_manager.redirect_uri, "signing in")
        message = Secret(
            f"Sign in to SoundCloud at this URL:\n\n    {url}\n\n"
            f"If the page is blank, the redirect URI differs from the registered one: {redirect_uri}"
        )
        if paste:
            show(str(message))
            pasted = Secret(
                await async_call_user_function(
                    ask, "After signing in, paste the URL from the browser's address bar: ", blocking=True, abandon=True
                )
            )
            return await self._exchange(Secret(read_redirect(pasted, state=state)), verifier)
        # Here, as only programs on a user's machine need them.
        import webbrowser

        from soundcloud.loopback import LoopbackReceiver

        with LoopbackReceiver(redirect_uri, state=state, port=port) as receiver:
            show(str(message))
            if open_browser:
                # In a thread: `open` of a text browser returns when the user quits, who waits for the page of the receiver.
                threading.Thread(target=webbrowser.open, args=(str(url),), daemon=True).start()
            code = Secret(await async_call_user_function(receiver.wait, timeout, blocking=True, abandon=True))
            # Inside the block, so that the browser's page shows whether the exchange succeeded.
            return await self._exchange(code, verifier)

    async def _exchange(self, code: str, verifier: str) -> Token:
        token = await self.get_user_token(code, verifier)
        await self._pipeline.token_manager.set(token)
        return token

    async def is_signed_in(self) -> bool:
        """Return whether the client has a token of a user, in memory or in its store; nothing is sent to SoundCloud.

        An app token does not count. The result is True even if the user has signed out elsewhere since. With a `token_provider`, it
        is True if the provider has a token.

        Returns:
            True or False.

        Raises:
            TokenStoreError: The store cannot be read.

        Example:
            >>> if not await client.auth.is_signed_in():
            ...     await client.auth.login()
        """
        return await self._pipeline.token_manager.has_user_token()

    @implements("post_sign_out", beyond=("body",))
    async def sign_out(self, access_token: str | None = None) -> None:
        """End the session of an access token at SoundCloud.

        Without an argument, the client's own tokens are also deleted from the client and its store. SoundCloud's guide and its
        OpenAPI document describe different requests. This method sends that of the guide; `client.send(post_sign_out())` sends that
        of the document, without a body.

        Args:
            access_token: The token; default the client's own.

        Raises:
            MissingTokenError: The client has no token.
            UnauthorizedError: The session of the given token has already ended.

        Example:
            >>> await client.auth.sign_out()

        Source:
            https://developers.soundcloud.com/docs/api/guide#sign-out
        """
        access_token = masked(access_token)
        pipeline, token_manager = self._pipeline, self._pipeline.token_manager
        if access_token is not None:
            given = oauth.needed("access_token", access_token, "signing out")
            request = oauth.sign_out(pipeline.auth_url, given)
            response = await pipeline.fetch(request)
            if response.status >= 400:
                raise error_from_response(response, request=request)
            return
        own = await token_manager.own_access_token(oauth.sign_out(pipeline.auth_url, ""))
        request = oauth.sign_out(pipeline.auth_url, own)
        try:
            response = await pipeline.fetch(request)
            if response.status == 401 and (other := await token_manager.refresh_after_401(request, own)) is not None:
                request = oauth.sign_out(pipeline.auth_url, other)
                response = await pipeline.fetch(request)
            if response.status >= 400 and response.status != 401:
                raise error_from_response(response, request=request)
        except (InvalidGrantError, MissingTokenError):
            pass  # the session has already ended, as after a 401 that follows a refresh
        await token_manager.clear()

    @uses_announced("post_disconnect")
    async def disconnect(self, access_token: str | None = None) -> None:
        """End the app's access to the account of the user, in all sessions. SoundCloud has announced this but not documented it.

        To end one session only, use `sign_out`. Without an argument, a success deletes the client's own tokens from the client and
        its store. So does a 401 to a token that was just refreshed, because that token is revoked already. After any other error
        the tokens are kept, so that you can call the method again.

        Args:
            access_token: The access token of the user; default the client's own. A given token is not refreshed, and no token
                is deleted.

        Raises:
            MissingTokenError: The client has no user token; nothing was sent.
            UnauthorizedError: SoundCloud rejects the given token.
            ForbiddenError: SoundCloud refuses; the tokens are kept.

        Example:
            >>> await client.auth.disconnect()

        Source:
            https://github.com/soundcloud/api/releases/tag/2026-09-30
        """
        access_token = masked(access_token)
        base_url, token_manager = self._pipeline.base_url, self._pipeline.token_manager
        if access_token is not None:
            given = oauth.needed("access_token", access_token, "disconnecting")
            await self._disconnect(announced.disconnect(base_url, given))
            return
        own = await token_manager.own_user_token(announced.disconnect(base_url))
        request = announced.disconnect(base_url, own)
        try:
            await self._disconnect(request)
        except UnauthorizedError:
            try:
                other = await token_manager.refresh_after_401(request, own)
            except (InvalidGrantError, MissingTokenError):
                other = None  # a token that cannot be renewed is revoked already
            if other is not None:
                with suppress(UnauthorizedError):
                    await self._disconnect(announced.disconnect(base_url, other))
        await token_manager.clear()

    async def _disconnect(self, request: Request) -> None:
        """Send the request once; raise the error of a response that is not a success."""
        response = await self._pipeline.fetch(request)
        if response.status >= 400:
            raise error_from_response(response, request=request)
        decode(response, {response.status: None}, Drifts())

    def _credentials(self, what_for: str) -> tuple[str, str]:
        return (
            oauth.needed("client_id", self._pipeline.token_manager.client_id, what_for),
            oauth.needed("client_secret", self._pipeline.token_manager.client_secret, what_for),
        )

    def _own(self, name: str) -> str | None:
        return getattr(self._pipeline.token_manager.token, name, None)
