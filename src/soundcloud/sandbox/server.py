"""The sandbox: three origins on this machine, served by one thread."""

from contextlib import ExitStack
from dataclasses import replace
from os import PathLike
from typing import NoReturn, Self, cast
from urllib.parse import parse_qsl, urlsplit

from soundcloud.sandbox.client_settings import SandboxClientSettings
from soundcloud.sandbox.command_option import parse_text, parse_uri
from soundcloud.sandbox.controls import SandboxControls
from soundcloud.sandbox.data.custom_dataset import DatasetSource
from soundcloud.sandbox.data.database import Database
from soundcloud.sandbox.data.datasets import choose_dataset, open_dataset
from soundcloud.sandbox.errors import SandboxError, WrongSettingError, require_extra
from soundcloud.sandbox.faults.settings import Faults
from soundcloud.sandbox.handlers import load_handlers
from soundcloud.sandbox.http.app import SandboxApp
from soundcloud.sandbox.http.background_server import BackgroundServer, listen
from soundcloud.sandbox.http.control import Control
from soundcloud.sandbox.http.messages import ResponseError
from soundcloud.sandbox.http.middleware import SandboxMiddleware
from soundcloud.sandbox.http.request_log import DEFAULT_SIZE, RequestLog
from soundcloud.sandbox.oauth import consent
from soundcloud.sandbox.settings import Settings, check_range, check_types
from soundcloud.sandbox.state import App, State

# The addresses that mean "all interfaces", and those that a client on this machine uses instead.
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


_CLOSED = "the sandbox is closed: start another one"


class _ClosedDatabase:
    """Stands for the database of a closed sandbox, whose counts can still be read."""

    def __init__(self, database: Database) -> None:
        self.lock = database.lock

    def __getattr__(self, name: str) -> NoReturn:
        raise SandboxError(_CLOSED)


class Sandbox(SandboxControls):
    """A local SoundCloud: stateful, seeded, and without a trace after `close` unless `data` names a file.

    It listens as soon as it is constructed. Several can run side by side, in one process too.

    Args:
        host: The address to listen on.
        port: The port of the API; 0 picks a free one.
        auth_port: The port of the sign-in host; 0 picks a free one.
        media_port: The port of audio, images, oEmbed and the player; 0 picks a free one.
        media_lifetime: Seconds for which an audio URL is valid; URLs with 0 or less have expired when they are made.
        processing_seconds: Seconds for which an upload has neither a duration nor streams, as with SoundCloud.
        public_host: The host name in URLs, for clients that reach this machine by another name; default `host`.
        seed: The seed of the generated dataset, default 7. The same seed gives the same data.
        tracks: The number of tracks of the generated dataset, 600 (the default) to 100,000. With more tracks there are more
            users, playlists and comments, and ten likes for each track. 100,000 tracks take up to a minute and 1 GB of memory.
        dataset: A custom dataset: a JSON file or its content; see `soundcloud.sandbox.data.custom_dataset`. The seed
            determines the values that it leaves out.
        data: A file that keeps the data, except uploaded files; a later sandbox continues with it. By default all data is in
            memory.
        client_id: The registered app's id.
        client_secret: The registered app's secret.
        redirect_uri: The URI that users return to after signing in; compared literally.
        quotas: Whether app tokens are limited as SoundCloud limits them: 30 per hour for an IP address, 50 per 12 hours for
            the app. Refreshes do not count.
        local_links: Whether `permalink_url` leads to pages of the sandbox, at `media_url`, instead of soundcloud.com.
        token_cors: Whether pages in a browser may call the token endpoint. The real one refuses them.
        public_client: Whether users can sign in without the client secret, with PKCE alone. The real API demands the secret.
        faults: The faults to inject from the start and after each reset; by default none.
        request_log_size: How many requests `requests` keeps, 0 or more.
        open_control: Whether other machines may use the paths below `/-/`, as a container needs it.

    Attributes:
        api_url: The API's origin.
        auth_url: The sign-in host's origin.
        media_url: The origin of audio, images, oEmbed and the player.
        client_id: The registered app's id.
        client_secret: The registered app's secret.
        redirect_uri: The URI that users return to after signing in.

    Raises:
        SandboxError: A port is taken, the data file is in use or not a sandbox's, or a setting or an entry of the dataset is
            invalid.
        ImportError: The extra `sandbox` is not installed.

    Example:
        >>> with Sandbox() as sandbox:
        ...     token = sandbox.user_token()
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        auth_port: int = 0,
        media_port: int = 0,
        media_lifetime: float = 300.0,
        processing_seconds: float = 0.5,
        public_host: str | None = None,
        seed: int | None = None,
        tracks: int | None = None,
        dataset: DatasetSource | None = None,
        data: str | PathLike[str] | None = None,
        client_id: str = "sandbox-client-id",
        client_secret: str = "sandbox-client-secret",  # noqa: S107 - it opens nothing but this sandbox
        redirect_uri: str = "http://127.0.0.1:8765/callback",
        quotas: bool = True,
        local_links: bool = False,
        token_cors: bool = False,
        public_client: bool = False,
        faults: Faults | None = None,
        request_log_size: int = DEFAULT_SIZE,
        open_control: bool = False,
    ) -> None:
        require_extra()
        wanted = {"port": port, "auth_port": auth_port, "media_port": media_port}
        check_types({**wanted, "request_log_size": request_log_size}, int, "a whole number")
        texts = {"client_id": client_id, "client_secret": client_secret, "redirect_uri": redirect_uri}
        check_types({"host": host, **texts}, str, "a string")
        check_types({"public_host": public_host}, str | None, "a string")
        check_types({"data": data}, str | PathLike | None, "the path of a file")
        for name, number in wanted.items():
            check_range(name, number, 0, 65_535)
        for name, parse in (("client_id", parse_text), ("client_secret", parse_text), ("redirect_uri", parse_uri)):
            try:
                parse(texts[name])
            except ValueError as error:
                raise WrongSettingError(name, str(error)) from None
        self._initial_settings = {
            "media_lifetime": media_lifetime,
            "processing_seconds": processing_seconds,
            "quotas": quotas,
            "local_links": local_links,
            "token_cors": token_cors,
            "public_client": public_client,
        }
        settings = Settings()
        settings.change(self._initial_settings)
        self._request_log = RequestLog(request_log_size)
        self._snapshots = {}
        with ExitStack() as on_failure:
            sockets = [on_failure.enter_context(listen(host, number, name)) for name, number in wanted.items()]
            ports = [listener.getsockname()[1] for listener in sockets]
            name = public_host or _LOOPBACK.get(host, host)
            origins = [f"http://[{name}]:{number}" if ":" in name else f"http://{name}:{number}" for number in ports]
            self.api_url, self.auth_url, self.media_url = origins
            self.client_id, self.client_secret, self.redirect_uri = client_id, client_secret, redirect_uri
            app = App("Sandbox app", client_id, client_secret, redirect_uri)
            database = open_dataset(choose_dataset(seed, dataset, tracks), data)
            on_failure.callback(database.close)
            self._state = State(database, app, self.api_url, self.auth_url, self.media_url, settings)
            routes = load_handlers().routes()
            self._middleware = SandboxMiddleware(
                SandboxApp(self._state, routes, (ports[0], ports[1], ports[2])),
                self._state,
                routes,
                ports,
                control=Control(self, self._request_log, self.api_url, open_to_all=open_control),
                request_log=self._request_log,
                expire_tokens=self.expire_tokens,
                faults=Faults() if faults is None else faults,
            )
            self._server = BackgroundServer(self._middleware)
            self._server.start(sockets)
            on_failure.pop_all()
        self._closed = False

    def __enter__(self) -> Self:
        if self._closed:
            raise SandboxError(_CLOSED)
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Sandbox api_url={self.api_url!r} auth_url={self.auth_url!r}>"

    def close(self) -> None:
        """Stop the server and close the data. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        self._middleware.close()
        self._request_log.close()
        self._server.stop()
        self._state.database.close()
        self._state.uploads.clear()
        self._state = replace(self._state, database=cast("Database", _ClosedDatabase(self._state.database)))

    def approve(self, authorization_url: str, *, user: str | None = None) -> str:
        """Allow the app on the consent page, as a user.

        Args:
            authorization_url: The URL that the app would redirect the user to.
            user: The username or permalink of the user; default `ada-night`, or the first user of a custom dataset.

        Returns:
            The URL that the user is redirected to, with `code` and `state`, or with `error`. It is not requested.

        Raises:
            SandboxError: The URL is not this sandbox's, the page would show an error, or there is no such user.
        """
        return self._decide(authorization_url, user, allow=True)

    def refuse(self, authorization_url: str) -> str:
        """Deny the app on the consent page, as a user; see `approve`."""
        return self._decide(authorization_url, None, allow=False)

    def _decide(self, authorization_url: str, user: str | None, *, allow: bool) -> str:
        page = f"{self.auth_url}/authorize"
        check_types({"authorization_url": authorization_url}, str, "the URL of the consent page")
        if not authorization_url.startswith(f"{page}?"):
            # Without the query: a callback URL that was passed by mistake contains a code.
            wrong = authorization_url.partition("?")[0]
            raise SandboxError(f"{wrong!r} is not the sandbox's consent page: use a URL that begins with {page}?")
        query = dict(parse_qsl(urlsplit(authorization_url).query, keep_blank_values=True))
        with self._state.database.transaction():
            try:
                response = consent.decide(self._state, query, user, allow=allow)
            except ResponseError as error:
                response = error.response
        location = response.headers.get("Location")
        if location is None:
            raise SandboxError(
                "the consent page rejects this URL: use the sandbox's"
                f" client_id {self.client_id!r} and redirect_uri {self.redirect_uri!r}"
            )
        return location

    def client_settings(self, user: str | None = None) -> SandboxClientSettings:
        """Sign a user in and return the arguments for a client: `SoundCloudClient(**sandbox.client_settings())`.

        Args:
            user: The user; see `user_token`.

        Returns:
            The app's id, secret and redirect URI, the URLs, and both tokens.

        Raises:
            SandboxError: There is no such user.
        """
        tokens = self.create_tokens(user)
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uri": self.redirect_uri,
            "base_url": self.api_url,
            "auth_url": self.auth_url,
            "web_url": self.media_url,
            "access_token": str(tokens["access_token"]),
            "refresh_token": str(tokens["refresh_token"]),
        }
