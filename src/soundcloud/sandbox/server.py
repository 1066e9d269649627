"""A sandbox that runs: three sockets, one server in a thread of its own."""

import asyncio
import socket
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from os import PathLike
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from uvicorn import Config, Server

from soundcloud.sandbox.data.custom_dataset import DatasetSource
from soundcloud.sandbox.data.datasets import Dataset, choose_dataset, open_dataset
from soundcloud.sandbox.errors import SandboxError, WrongSettingError, require_extra
from soundcloud.sandbox.faults.connections import Protocol
from soundcloud.sandbox.faults.settings import Faults
from soundcloud.sandbox.handlers import load_handlers
from soundcloud.sandbox.http.app import SandboxApp
from soundcloud.sandbox.http.control import Control
from soundcloud.sandbox.http.messages import Response, ResponseError
from soundcloud.sandbox.http.middleware import SandboxMiddleware
from soundcloud.sandbox.http.request_log import DEFAULT_SIZE, RecordedRequests
from soundcloud.sandbox.oauth import consent, grants
from soundcloud.sandbox.state import App, MediaSettings, State

_START_SECONDS = 10
_STOP_SECONDS = 5
_LONGEST_SECONDS = 10**9
_GRACE_SECONDS = 0.3
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a sandbox held at one moment; see `Sandbox.snapshot`."""

    image: bytes = field(repr=False)
    requests: Mapping[str, int] = field(repr=False)
    mints: tuple[tuple[float, str], ...] = field(repr=False)


class Sandbox:
    """A SoundCloud of your own on this machine: stateful, seeded, gone when it is closed unless `data` keeps it.

    It listens as soon as it is made. Several can run side by side, in one process too.

    Args:
        host: The address to listen at.
        port: The API's port; 0 takes a free one.
        auth_port: The sign-in host's port; 0 takes a free one.
        media_port: The port of the host that serves sound, pictures, oEmbed and the player; 0 takes a free one.
        media_lifetime: How long a link to sound works, in seconds; with 0 or less it is expired when it is given.
        processing_seconds: How long an upload has neither a duration nor streams, as with SoundCloud.
        public_host: What links call this machine, for clients that see it by another name; by default what `host` says.
        seed: What the catalogue is made from: the same seed gives the same one; by default 7.
        catalogue: Your own world instead of the invented one: a JSON file, or what such a file holds, as
            `soundcloud.sandbox.data.custom_dataset` describes it. The seed decides what it leaves open.
        data: A file that keeps everything but the files of uploads: a sandbox that is made with it later goes on from
            there, with what it was started from. By default everything is in memory.
        client_id: The registered app's id.
        client_secret: The registered app's secret.
        redirect_uri: Where people are sent back to after signing in; compared literally.
        quotas: Whether app tokens are limited as SoundCloud limits them: 30 in an hour for an address, 50 in 12 hours for
            the app. Refreshes do not count.
        faults: How to fail on purpose from the start, and again after each reset; by default not at all.
        journal_size: How many requests `requests` keeps, 0 or more.
        open_control: Whether the addresses below `/-/` answer to other machines too, as a container needs it.

    Attributes:
        api_url: The API's origin.
        auth_url: The sign-in host's origin.
        media_url: The origin that serves sound, pictures, oEmbed and the player.
        client_id: The registered app's id.
        client_secret: The registered app's secret.
        redirect_uri: Where people are sent back to.

    Raises:
        SandboxError: A port is taken, the file is used by another sandbox or is none, or a setting or an entry of the catalogue
            is wrong.
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
        catalogue: DatasetSource | None = None,
        data: str | PathLike[str] | None = None,
        client_id: str = "sandbox-client-id",
        client_secret: str = "sandbox-client-secret",  # noqa: S107 - it opens nothing but this sandbox
        redirect_uri: str = "http://127.0.0.1:8765/callback",
        quotas: bool = True,
        faults: Faults | None = None,
        journal_size: int = DEFAULT_SIZE,
        open_control: bool = False,
    ) -> None:
        require_extra()
        with ExitStack() as on_failure:
            sockets = [_listen(host, wanted, on_failure) for wanted in (port, auth_port, media_port)]
            ports = [found.getsockname()[1] for found in sockets]
            name = public_host or _EVERYWHERE.get(host, host)
            origins = [f"http://[{name}]:{number}" if ":" in name else f"http://{name}:{number}" for number in ports]
            self.api_url, self.auth_url, self.media_url = origins
            self.client_id, self.client_secret, self.redirect_uri = client_id, client_secret, redirect_uri
            app = App("Sandbox app", client_id, client_secret, redirect_uri)
            self._media_settings = (
                _seconds("media_lifetime", media_lifetime),
                _seconds("processing_seconds", processing_seconds),
            )
            media = MediaSettings(*self._media_settings)
            database = open_dataset(choose_dataset(seed, catalogue), data)
            on_failure.callback(database.close)
            urls = (self.api_url, self.auth_url, self.media_url)
            self._state = State(database, app, *urls, quotas, last_requests=lambda: self.requests, media=media)
            routes = load_handlers().routes()
            self._front = SandboxMiddleware(
                SandboxApp(self._state, routes, (ports[0], ports[1], ports[2])),
                self._state,
                routes,
                ports,
                control=Control(self, open_to_all=open_control),
                expire_tokens=self.expire_tokens,
                faults=Faults() if faults is None else faults,
                journal_size=journal_size,
            )
            self._server = _Server(self._front)
            self._thread = Thread(
                target=self._server.serve_until_closed, args=(sockets,), name="soundcloud-sandbox", daemon=True
            )
            self._thread.start()
            if not self._server.ready.wait(_START_SECONDS):
                raise SandboxError(f"the sandbox did not start within {_START_SECONDS} seconds")
            on_failure.pop_all()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Sandbox api_url={self.api_url!r} auth_url={self.auth_url!r}>"

    def close(self) -> None:
        """Stop listening, end the thread and let go of the data; closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        self._front.close()
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        self._state.database.close()
        self._state.uploads.forget()

    def reset(self, *, seed: int | None = None, catalogue: DatasetSource | None = None) -> None:
        """Put everything back to the start: the catalogue as it was, no tokens, no codes, no quota used, no files.

        The journal is empty again, and the faults are those that the sandbox was made with.

        Args:
            seed: With it or a catalogue, start from another world: this one, from now on.
            catalogue: See `Sandbox`.

        Raises:
            SandboxError: The catalogue cannot be read, or an entry is wrong.
        """
        wanted = choose_dataset(seed, catalogue)
        with self._state.database.lock:
            world = wanted or Dataset(*self._state.database.origin)
            self._state.database.restore(world.image())
            self._state.book.forget()
            self._state.uploads.forget()
            self._state.media.lifetime, self._state.media.processing_seconds = self._media_settings
        self._front.reset()

    @property
    def faults(self) -> Faults:
        """How the sandbox fails on purpose at the moment."""
        return self._front.faults

    def set_faults(self, faults: Faults) -> None:
        """Fail in another way from the next request on; what is not set does not happen.

        Args:
            faults: The settings, in the place of all that there were.
        """
        self._front.set_faults(faults)

    def clear_faults(self) -> None:
        """Fail no more, whatever the sandbox was made with."""
        self._front.set_faults(Faults())

    @property
    def requests(self) -> RecordedRequests:
        """What was requested so far, a copy: the last 10,000 requests, or as many as `journal_size` says, without secrets.

        Requests to the sandbox's own page and below `/-/` are not among them.
        """
        return self._front.request_log.read()

    def clear_requests(self) -> None:
        """Forget what was requested."""
        self._front.request_log.clear()

    @property
    def media_lifetime(self) -> float:
        """How long the links to sound work that are given from now on, in seconds; may be set, `reset` puts it back."""
        return self._state.media.lifetime

    @media_lifetime.setter
    def media_lifetime(self, seconds: float) -> None:
        self._state.media.lifetime = _seconds("media_lifetime", seconds)

    @property
    def processing_seconds(self) -> float:
        """How long what is uploaded from now on is processed; may be set, `reset` puts it back."""
        return self._state.media.processing_seconds

    @processing_seconds.setter
    def processing_seconds(self, seconds: float) -> None:
        self._state.media.processing_seconds = _seconds("processing_seconds", seconds)

    def snapshot(self) -> Snapshot:
        """Remember everything as it is now: the world, tokens, codes and used quotas, but not the files of uploads.

        Returns:
            What `restore` takes, as often as you like.
        """
        book = self._state.book
        with self._state.database.lock:
            return Snapshot(self._state.database.image(), Counter(book.requests), tuple(book.mints))

    def restore(self, snapshot: Snapshot) -> None:
        """Put everything back to what it was at a snapshot. The faults and the journal stay as they are.

        Args:
            snapshot: What `snapshot` gave, of this sandbox or another one.
        """
        book = self._state.book
        with self._state.database.lock:
            self._state.database.restore(snapshot.image)
            book.forget()
            book.requests.update(snapshot.requests)
            book.mints.extend(snapshot.mints)

    def approve(self, authorization_url: str, *, username: str | None = None) -> str:
        """Play a person who lets the app in at the consent page.

        Args:
            authorization_url: The address that the app would send the person to.
            username: Who answers; by default `ada-night`, or the first of your own catalogue.

        Returns:
            The address that the person is sent back to, with `code` and `state`, or with `error`. It is not opened.

        Raises:
            SandboxError: The address is not this sandbox's, the page would show an error, or nobody has that name.
        """
        return self._decide(authorization_url, username, allow=True)

    def refuse(self, authorization_url: str) -> str:
        """Play a person who does not let the app in; see `approve`."""
        return self._decide(authorization_url, None, allow=False)

    def _decide(self, authorization_url: str, username: str | None, *, allow: bool) -> str:
        if not authorization_url.startswith(f"{self.auth_url}/authorize?"):
            raise SandboxError(f"the sandbox asks people at {self.auth_url}/authorize, this is another address")
        query = dict(parse_qsl(urlsplit(authorization_url).query, keep_blank_values=True))
        with self._state.database.transaction():
            try:
                answer: Response = consent.decide(self._state, query, username, allow=allow)
            except ResponseError as problem:
                answer = problem.response
        location = answer.headers.get("Location")
        if location is None:
            raise SandboxError(
                "the consent page refuses this: client_id and redirect_uri must be those of the sandbox,"
                f" {self.client_id!r} and {self.redirect_uri!r}"
            )
        return location

    def user_token(self, username: str | None = None) -> str:
        """Sign a person in without asking.

        Args:
            username: Who it is; by default `ada-night`, or the first of your own catalogue.

        Returns:
            An access token.

        Raises:
            SandboxError: Nobody has that name.
        """
        with self._state.database.transaction():
            person = consent.find_user(self._state, username)
            return str(grants.start_session(self._state.database, person)["access_token"])

    def client_settings(self, username: str | None = None) -> dict[str, str]:
        """Sign a person in, and give what a client is made with: `SoundCloudClient(**sandbox.client_settings())`.

        Args:
            username: Who it is; see `user_token`.

        Returns:
            The app's id, secret and redirect URI, the addresses, and both tokens.

        Raises:
            SandboxError: Nobody has that name.
        """
        with self._state.database.transaction():
            tokens = grants.start_session(self._state.database, consent.find_user(self._state, username))
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

    def expire_tokens(self) -> None:
        """Make every access token invalid at once; refresh tokens go on working."""
        with self._state.database.transaction():
            self._state.database.change("UPDATE access_tokens SET expires_at = 0")

    def token_requests(self) -> Mapping[str, int]:
        """Count what the token endpoint was asked since the start or the last `reset`.

        Returns:
            How often tokens were given, by grant (`client_credentials`, `authorization_code`, `refresh_token`), and refused,
            by the error's name (`invalid_grant`, `rate_limit_exceeded`). Each request counts once; what never was is 0.
        """
        with self._state.database.lock:
            return Counter(self._state.book.requests)

    def usernames(self) -> list[str]:
        """List the permalinks of the people in the sandbox; each can sign in."""
        with self._state.database.lock:
            return [row["permalink"] for row in self._state.database.rows("SELECT permalink FROM users ORDER BY id")]


class _Server(Server):
    """Uvicorn, which tells when it listens and leaves signals and logs to the program that it runs in."""

    def __init__(self, app: SandboxMiddleware) -> None:
        super().__init__(
            Config(
                app,
                access_log=False,
                http=Protocol,
                interface="asgi3",
                lifespan="off",
                log_config=None,
                loop="asyncio",
                server_header=False,
                timeout_graceful_shutdown=1,
                # Longer than clients keep a connection: else one is closed now and then just as it is used again.
                timeout_keep_alive=75,
                ws="none",
            )
        )
        self.ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._hang_up)
        await super().shutdown(sockets)

    def _hang_up(self) -> None:
        """Leave those who are not done by now: half a request, or an answer that somebody delays."""
        for connection in self.server_state.connections:
            connection.transport.abort()
        for task in self.server_state.tasks:
            task.cancel()

    def serve_until_closed(self, sockets: list[socket.socket]) -> None:
        asyncio.run(self.serve(sockets))


def _seconds(name: str, value: float) -> float:
    if not abs(value) <= _LONGEST_SECONDS:
        raise WrongSettingError(name, f"{value!r} is no number of seconds up to {_LONGEST_SECONDS:,}")
    return value


def _listen(host: str, port: int, on_failure: ExitStack) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named: asyncio turns Nagle's algorithm off for such sockets only, and with it 40 ms go.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    on_failure.callback(found.close)
    try:
        if sys.platform != "win32":
            # There it would let two programs share a port; elsewhere it ends the wait after a stop.
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(128)
    except OSError as problem:
        raise SandboxError(
            f"cannot listen at {host}, port {port}: {problem.strerror}; choose another port, or 0 for a free one"
        ) from problem
    return found
