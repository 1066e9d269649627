"""Signing in: tokens for the app and for people."""

import threading
import webbrowser
from collections.abc import Callable

from soundcloud._sync.namespaces.base import Namespace
from soundcloud._callbacks import call_user_function
from soundcloud._protocol import oauth
from soundcloud._protocol.error_mapping import error_from_response
from soundcloud._protocol.redirect import read_redirect
from soundcloud._protocol.secrets import Secret
from soundcloud.errors import InvalidGrantError, MissingTokenError
from soundcloud.loopback import LoopbackReceiver
from soundcloud.pkce import generate_code_challenge, generate_code_verifier, generate_state
from soundcloud.registry import implements
from soundcloud.tokens import Token


class AuthNamespace(Namespace):
    """`client.auth`: the calls of OAuth 2.1. Only `login` sets the client's token; else `client.set_token(token)` does."""

    __slots__ = ()

    def get_authorization_url(self, *, state: str | None = None, code_challenge: str | None = None) -> str:
        """Make the address to send a person to, so that they let the app in.

        SoundCloud shows a blank page when the redirect URI is not literally the registered one.

        Args:
            state: Any value; it comes back with the redirect. Make one with `generate_state()` and compare.
            code_challenge: What `generate_code_challenge(verifier)` made; SoundCloud demands it.

        Returns:
            The address.

        Raises:
            InvalidInputError: The client has no `client_id` or `redirect_uri`.

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

    def get_client_token(self) -> Token:
        """Get a new token for the app itself: enough to search, resolve and read what is public.

        A client without another token gets one by itself. SoundCloud gives an app 50 of these in 12 hours, and an address
        30 in an hour: this client counts them, and shares them through the token store.

        Returns:
            The token.

        Raises:
            InvalidInputError: The client has no `client_id` or `client_secret`.
            UnauthorizedError: SoundCloud does not know the app, or the secret is wrong.
            RateLimitError: The quota is used up.
            SoundCloudError: The call failed.

        Example:
            >>> token = client.auth.get_client_token()

        Source:
            https://developers.soundcloud.com/docs/api/guide#client-creds
        """
        return self._pipeline.token_manager.request_app_token()

    def get_user_token(self, code: str, code_verifier: str | None = None) -> Token:
        """Get a person's token for the code that came with the redirect.

        Args:
            code: The code; it can be used once.
            code_verifier: The verifier that the challenge of the authorization URL was made from.

        Returns:
            The token, with a refresh token.

        Raises:
            InvalidInputError: The client has no `client_id`, `client_secret` or `redirect_uri`.
            BadRequestError: The code was used or is old, the verifier or the redirect URI is another (`invalid_grant`).
            SoundCloudError: The call failed.

        Example:
            >>> client.set_token(client.auth.get_user_token(code, verifier))

        Source:
            https://developers.soundcloud.com/docs/api/guide#auth-code
        """
        client_id, client_secret = self._credentials("a user token")
        redirect_uri = oauth.needed("redirect_uri", self._pipeline.token_manager.redirect_uri, "a user token")
        request = oauth.authorization_code(
            self._pipeline.auth_url, client_id, client_secret, redirect_uri, code, code_verifier
        )
        return self._pipeline.token_manager.request_token(request, "user")

    def refresh_user_token(self, refresh_token: str | None = None) -> Token:
        """Get a new pair of tokens for a refresh token.

        A refresh token works once: store the new pair before you use it.

        Args:
            refresh_token: The refresh token; the client's own when not given.

        Returns:
            The token, with the next refresh token.

        Raises:
            InvalidInputError: There is no refresh token, or the client has no `client_id` or `client_secret`.
            BadRequestError: The refresh token was used before (`invalid_grant`): the person has to sign in again.
            SoundCloudError: The call failed.

        Example:
            >>> client.set_token(client.auth.refresh_user_token())

        Source:
            https://developers.soundcloud.com/docs/api/guide#refresh-token
        """
        spent = oauth.needed("refresh_token", refresh_token or self._own("refresh_token"), "a refresh")
        request = oauth.refresh(self._pipeline.auth_url, *self._credentials("a refresh"), spent)
        return self._pipeline.token_manager.request_token(request, "user")

    def login(
        self,
        *,
        open_browser: bool = True,
        port: int | None = None,
        timeout: float = 300.0,
        paste: bool = False,
        show: Callable[[str], object] = print,
        ask: Callable[[str], str] = input,
    ) -> Token:
        """Sign in a person who sits at this terminal: browser, PKCE, state, redirect, token, store.

        Where the redirect URI leads to this machine it is received here, for one redirect. Elsewhere, or with `paste`, the
        person pastes the address that the browser ends at.

        Args:
            open_browser: Whether to open the browser; the address is shown in any case.
            port: Another port to listen on than that of the redirect URI, where one is forwarded to the other.
            timeout: Seconds to wait for the person, more than 0.
            paste: Whether to ask for the redirected address instead of receiving it.
            show: What tells the person something; `print` by default.
            ask: What asks the person for the redirected address; `input` by default.

        Returns:
            The token. The client acts with it from now on, and it is in the store.

        Raises:
            InvalidInputError: The client has no `client_id`, `client_secret` or `redirect_uri`, or this machine cannot receive
                that redirect URI.
            SignInError: The person refused, took too long, or the port is taken; the message says what to do.
            InvalidGrantError: SoundCloud does not take the code.
            SoundCloudError: A call failed.

        Example:
            >>> token = client.auth.login()

        Source:
            https://developers.soundcloud.com/docs/api/guide#auth-code
        """
        token_manager = self._pipeline.token_manager
        self._credentials("signing in")
        verifier, state = Secret(generate_code_verifier()), Secret(generate_state())
        url = Secret(self.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier)))
        redirect_uri = oauth.needed("redirect_uri", token_manager.redirect_uri, "signing in")
        told = Secret(
            f"Sign in to SoundCloud at this address:\n\n    {url}\n\n"
            f"A blank page there means that the redirect URI is not literally the registered one: {redirect_uri}"
        )
        if paste:
            show(str(told))
            text = call_user_function(
                ask, "Paste the address that the browser ends at: ", blocking=True, abandon=True
            )
            text = Secret(text)
            return self._exchange(Secret(read_redirect(text, state=state)), verifier)
        with LoopbackReceiver(redirect_uri, state=state, port=port) as receiver:
            show(str(told))
            if open_browser:
                # In a thread: `open` of a text browser returns when the user quits, who waits for the page of the receiver.
                threading.Thread(target=webbrowser.open, args=(str(url),), daemon=True).start()
            code = Secret(call_user_function(receiver.wait, timeout, blocking=True, abandon=True))
            # Inside the block, so that the browser's page shows whether the exchange succeeded.
            return self._exchange(code, verifier)

    def _exchange(self, code: str, verifier: str) -> Token:
        token = self.get_user_token(code, verifier)
        self._pipeline.token_manager.set(token)
        return token

    @implements("post_sign_out", beyond=("body",))
    def sign_out(self, access_token: str | None = None) -> None:
        """End the session of an access token at SoundCloud, in the form that its guide describes.

        The client's own token is forgotten too, in the store as well.

        The document describes another form, without a body; it is `client.send(post_sign_out())`.

        Args:
            access_token: The token; the client's own when not given.

        Raises:
            MissingTokenError: There is no token.
            UnauthorizedError: The session of the given token is over already; for the own token that is no error.
            SoundCloudError: The call failed.

        Example:
            >>> client.auth.sign_out()

        Source:
            https://developers.soundcloud.com/docs/api/guide#sign-out
        """
        pipeline, token_manager = self._pipeline, self._pipeline.token_manager
        if access_token is not None:
            given = oauth.needed("access_token", access_token, "signing out")
            request = oauth.sign_out(pipeline.auth_url, given)
            response = pipeline.fetch(request)
            if response.status >= 400:
                raise error_from_response(response, request=request)
            return
        own = token_manager.own_access_token(oauth.sign_out(pipeline.auth_url, ""))
        request = oauth.sign_out(pipeline.auth_url, own)
        try:
            response = pipeline.fetch(request)
            if response.status == 401 and (other := token_manager.refresh_after_401(request, own)) is not None:
                request = oauth.sign_out(pipeline.auth_url, other)
                response = pipeline.fetch(request)
            if response.status >= 400 and response.status != 401:
                raise error_from_response(response, request=request)
        except (InvalidGrantError, MissingTokenError):
            pass  # the session is over, which is what was wanted; so is a 401 after a refresh
        token_manager.clear()

    def _credentials(self, what_for: str) -> tuple[str, str]:
        return (
            oauth.needed("client_id", self._pipeline.token_manager.client_id, what_for),
            oauth.needed("client_secret", self._pipeline.token_manager.client_secret, what_for),
        )

    def _own(self, name: str) -> str | None:
        return getattr(self._pipeline.token_manager.token, name, None)
