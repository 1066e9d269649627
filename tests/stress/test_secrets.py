"""No secret appears in reprs, errors, tracebacks, logs, events or pickles: one run that uses every kind of secret."""

import io
import json
import logging
import os
import pickle
import socket
import traceback
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, quote, urlsplit
from urllib.request import urlopen

import anyio
import attrs
import httpx
import pytest
from rich.pretty import pretty_repr

import soundcloud
from soundcloud import AsyncSoundCloudClient, SoundCloudClient, SoundCloudError, Token
from soundcloud._wire_log import TRACE
from soundcloud.loopback import LoopbackReceiver
from soundcloud.pkce import generate_code_challenge, generate_code_verifier, generate_state
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.sound import tone
from soundcloud.stores import FileTokenStore, MemoryTokenStore
from soundcloud_api.api.tracks import get_tracks_track_urn
from tests.helpers.servers import free_port
from tests.stress.workers import settings_of

pytestmark = pytest.mark.slow

PACKAGE = Path(soundcloud.__file__).parent
CLIENT_SECRET = "kept-to-itself-0123456789abcdef"
WRONG_SECRET = "mistyped-but-nearly-right-9876543210"


class SecretDetector:
    """Knows the secrets and collects everything that a user may see."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.secrets: dict[str, str] = {}
        self.seen: list[tuple[str, str]] = []
        self.errors = 0
        self.add_secret("client secret", CLIENT_SECRET)
        self.add_secret("wrong client secret", WRONG_SECRET)
        for secret in (CLIENT_SECRET, WRONG_SECRET):
            self.add_secret("Basic", b64encode(f"{sandbox.client_id}:{secret}".encode()).decode())

    def add_secret(self, kind: str, *secrets: str | None) -> None:
        for secret in filter(None, secrets):
            assert len(secret) > 8
            self.secrets[secret] = kind
            self.secrets[quote(secret, safe="")] = kind

    def add_token(self, token: Token | None) -> Token | None:
        if token is not None:
            self.add_secret("access token", token.access_token)
            self.add_secret("refresh token", token.refresh_token)
        return token

    def inspect(self, what: str, value: object) -> None:
        """Collect the string forms and pickles of a value."""
        for how in (repr, str, "{}".format, "{!r:}".format, ascii, pretty_repr):
            self.seen.append((f"{how} of {what}", how(value)))
        for protocol in (0, pickle.HIGHEST_PROTOCOL):
            try:
                pickled = pickle.dumps(value, protocol)
            except Exception as error:
                self.inspect_error(f"the pickle of {what}", error)
            else:
                if not what.endswith(("operation", " call")):  # a pickled request contains its token
                    self.seen.append((f"the pickle of {what}", pickled.decode("latin-1")))

    def inspect_error(self, what: str, error: BaseException, *, pickled: bool = True) -> None:
        """Collect an error, its traceback with local variables, its attributes and its causes."""
        self.errors += 1
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
        self._remove_frames_of_the_caller(trace)
        self.seen.append((f"traceback of {what}", "".join(trace.format())))
        while error is not None:
            self.seen.append((f"error of {what}", f"{error!r} {error} {error.args}"))
            if isinstance(error, SoundCloudError) and pickled:
                self.seen.append((f"fields of {what}", repr(vars(error))))
                self.seen.append((f"pickle of {what}", pickle.dumps(error).decode("latin-1")))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)

    def _remove_frames_of_the_caller(self, trace: traceback.TracebackException | None) -> None:
        """Remove the locals of this test, which hold secrets, and the arguments of the called method."""
        if trace is None:
            return
        frames = list(trace.stack)
        first = next((number for number, frame in enumerate(frames) if is_in_package(frame)), len(frames))
        for number, frame in enumerate(frames):
            if not is_in_package(frame) and number < first:
                frame.locals = None
            elif frame.locals and (number == first or frame.filename.endswith("raw.py")):
                for name in ("token", "secret_token", "access_token", "refresh_token", "code", "code_verifier", "path"):
                    frame.locals.pop(name, None)
        self._remove_frames_of_the_caller(trace.__cause__)
        self._remove_frames_of_the_caller(trace.__context__)

    def leaks(self) -> list[str]:
        found = []
        for what, text in self.seen:
            for secret, kind in self.secrets.items():
                if secret in text:
                    place = text.index(secret)
                    around = text[max(0, place - 300) : place] + f"<{kind}>"
                    found.append(f"{kind} in {what}: ...{around}")
        return found


def is_in_package(frame: traceback.FrameSummary) -> bool:
    return Path(frame.filename).is_relative_to(PACKAGE)


@pytest.fixture
def detector():
    with Sandbox(client_secret=CLIENT_SECRET) as sandbox:
        yield SecretDetector(sandbox)


@pytest.fixture
def logs(detector):
    """The output of all loggers."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)s"))
    root = logging.getLogger()
    before = root.level
    root.setLevel(TRACE)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)
    handler.close()


class Caller:
    """Makes the same calls with both clients."""

    def __init__(self, detector: SecretDetector) -> None:
        self.detector = detector

    async def __call__(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        value = function(*arguments, **named)
        return await value if hasattr(value, "__await__") else value

    async def fails(self, what: str, function: Callable[..., Any], *arguments: Any, **named: Any) -> Exception:
        try:
            await self(function, *arguments, **named)
        except SoundCloudError as error:
            self.detector.inspect_error(what, error)
            return error
        raise AssertionError(f"{what} did not fail")


async def run(
    detector: SecretDetector, make: Callable[..., Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox, settings = detector.sandbox, settings_of(detector.sandbox)
    store = FileTokenStore(folder / "tokens.json")
    events: list[Any] = []

    def client_of(**changes: Any) -> Any:
        return make(**{**settings, "on_event": events.append, **changes})

    # Sign in: code, verifier, state.
    client = client_of(token_store=store, on_token_stored=fail_with_token)
    call = Caller(detector)
    verifier, state = generate_code_verifier(), generate_state()
    detector.add_secret("verifier", verifier)
    detector.add_secret("state", state)
    url = client.auth.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier))
    redirected = sandbox.approve(url)
    code = parse_qs(urlsplit(redirected).query)["code"][0]
    detector.add_secret("code", code)
    await read_redirects(detector, state, code)
    token = detector.add_token(await call(client.auth.get_user_token, code, verifier))
    detector.inspect("a token", token)
    await call.fails("a used code", client.auth.get_user_token, code, verifier)
    other = parse_qs(urlsplit(sandbox.approve(url)).query)["code"][0]
    detector.add_secret("code", other)
    await call.fails("another verifier", client.auth.get_user_token, other, verifier[::-1])
    detector.add_secret("verifier", verifier[::-1])
    await call(client.set_token, token)
    await login_fails(detector, client_of, sandbox)

    # Calls, token refresh, share links.
    await call(client.me.get_me)
    sandbox.expire_tokens()
    await call(client.me.get_me)
    old_token, token = token, detector.add_token(store.get())
    assert old_token.refresh_token != token.refresh_token
    await call.fails("a used refresh token", client.auth.refresh_user_token, old_token.refresh_token)
    uploaded = await call(client.tracks.upload, tone(0.02), title="a private one", sharing="private")
    raw = (await call(client.raw.get, "/tracks/{urn}", {"urn": uploaded.urn})).data
    secret_token = next(
        (value for value in (parse_qs(urlsplit(raw.get("secret_uri") or "").query).get("secret_token") or [None])), None
    )
    assert secret_token, raw
    detector.add_secret("secret share token", secret_token)
    track = await call(client.tracks.get_track, uploaded.urn, secret_token=secret_token)
    operation = get_tracks_track_urn(uploaded.urn, secret_token=secret_token)
    page = await call(client.me.get_tracks)
    for what, value in {
        "a track": track,
        "a track's uri": track.uri,
        "an operation": operation,
        "a page": page,
        "a client": client,
        "a token manager": client._pipeline.token_manager,
        "a pipeline": client._pipeline,
        "a store": store,
        "another key": store.for_user("ada"),
        "a memory store": MemoryTokenStore(token),
        "a raw response": await call(client.raw.get, "/me"),
        "an authorization call": soundcloud._protocol.oauth.refresh(
            "http://127.0.0.1", "id", CLIENT_SECRET, token.refresh_token
        ),
        "an api call": soundcloud._protocol.http.messages.build_request(operation, sandbox.api_url, token.access_token),
    }.items():
        if what != "a track's uri":
            detector.inspect(what, value) if what not in {"a track", "a page"} else detector.seen.append(
                (what, repr(value))
            )
    await call.fails(
        "another share link", client.tracks.get_track, uploaded.urn, secret_token="s-abcdefghijk", token="x" * 30
    )
    await call.fails("a page elsewhere", client.send, operation, token=old_token.access_token)
    await call.fails("a raw path", client.raw.get, f"/tracks?secret_token={secret_token}#", {})

    # Transport errors of a request and of a token refresh.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        nowhere = f"http://127.0.0.1:{free_port()}"
        for what, changes in {
            "no connection": {"base_url": nowhere},
            "no connection for a refresh": {"auth_url": nowhere, "clock": tomorrow},
            "no response": {"timeout": 0.1, "base_url": silent(listening)},
            "no response for a refresh": {"timeout": 0.1, "auth_url": silent(listening), "clock": tomorrow},
        }.items():
            failing = client_of(token_store=MemoryTokenStore(token), **changes)
            await call.fails(what, failing.tracks.get_track, uploaded.urn, secret_token=secret_token)
            if "auth_url" in changes:
                await call.fails(what + ", sign out", failing.auth.sign_out)
                await call.fails(what + ", code", failing.auth.get_user_token, code, verifier)
            await close(failing)
    for what, response in {
        "HTML": {"text": f"<html><title>{token.refresh_token}</title></html>", "status": 200},
        "no access token": {"text": json.dumps({"refresh_token": token.refresh_token}), "status": 200},
        "a server error": {"text": "", "status": 500},
    }.items():
        transport = httpx.MockTransport(
            lambda request, response=response: httpx.Response(response["status"], text=response["text"])
        )
        failing = client_of(token_store=MemoryTokenStore(token), clock=tomorrow, transport=transport)
        await call.fails(what, failing.me.get_me)
        await close(failing)
    for what, transport in broken_transports().items():
        failing = client_of(token_store=MemoryTokenStore(token), transport=transport)
        await call.fails(what, failing.tracks.get_track, uploaded.urn, secret_token=secret_token)
        await call.fails(what + ", refresh", failing.auth.refresh_user_token)
        await close(failing)

    # Wrong settings.
    wrong = client_of(client_secret=WRONG_SECRET, token_store=MemoryTokenStore())
    detector.inspect("a client with a wrong secret", wrong)
    await call.fails("a wrong secret", wrong.search.tracks, "lofi")
    await call.fails("a wrong secret, code", wrong.auth.get_user_token, code, verifier)
    await call.fails("a wrong secret, refresh", wrong.auth.refresh_user_token, token.refresh_token)
    await call.fails("a line break", wrong.set_token, token.access_token + "\n")
    await call.fails("a line break in a call", wrong.me.get_me, token=token.access_token + "\n")
    await call.fails("a revoked access token", wrong.me.get_me, token=old_token.access_token)
    await close(wrong)
    broken = client_of(client_secret=CLIENT_SECRET + "\n", token_store=MemoryTokenStore(token), clock=tomorrow)
    await call.fails("a line break in the secret", broken.me.get_me)
    await close(broken)

    # Token stores that fail.
    path = folder / "open.json"
    path.write_bytes(store.path.read_bytes())
    path.chmod(0o644)
    await store_fails(call, client_of, "a file that others read", FileTokenStore(path), token)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-9])
    await store_fails(call, client_of, "a damaged file", FileTokenStore(path), token)
    path.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_space)
        await store_fails(call, client_of, "a full disk", FileTokenStore(path), token)
        full = client_of(token_store=store, clock=tomorrow)
        await call.fails("a full disk at a refresh", full.me.get_me)
        await close(full)
    provided = client_of(token_provider=Provider(token))
    await call.fails("a provider that has nothing", provided.me.get_me)
    await close(provided)

    detector.add_token(store.get())
    await call(client.set_token, token)
    client_error = await call.fails("signed out already", client.auth.sign_out, old_token.access_token)
    detector.inspect("an error", client_error)
    for event in events:
        detector.inspect("an event", event)
    await close(client)
    await call.fails("a closed client", client.me.get_me)
    for file in folder.iterdir():
        if file not in {store.path, path} and file.suffix != ".new":
            detector.seen.append((f"the file {file.name}", file.read_bytes().decode("latin-1")))
        assert file.stat().st_mode & 0o077 == 0


def browse(url: str) -> str:
    """Open a URL like a browser; return the page, of an error too."""
    try:
        with urlopen(url, timeout=10) as response:
            return response.read().decode()
    except HTTPError as error:
        with error:
            return error.read().decode()


async def close(client: Any) -> None:
    if isinstance(client, AsyncSoundCloudClient):
        await client.aclose()
    else:
        client.close()


async def store_fails(call: Caller, client_of: Callable[..., Any], what: str, store: Any, token: Token) -> None:
    client = client_of(token_store=store)
    await call.fails(what + ", set", client.set_token, token.access_token, token.refresh_token)
    await call.fails(what + ", set a token", client.set_token, token)
    given = client_of(token_store=store, access_token=token.access_token, refresh_token=token.refresh_token)
    await call.fails(what + ", given", given.me.get_me)
    await close(client)
    await close(given)


async def read_redirects(detector: SecretDetector, state: str, code: str) -> None:
    """Send redirects that the loopback receiver refuses."""
    receiver = LoopbackReceiver("http://127.0.0.1:8765/callback", state=state, port=0)
    detector.inspect("a receiver", repr(receiver))
    with receiver:
        for query in (f"code={code}&state={code}", f"code={code}&error=access_denied&state={state}"):
            page = await anyio.to_thread.run_sync(lambda query=query: browse(f"{receiver.redirect_uri}?{query}"))
            detector.seen.append(("the page", page))
        try:
            receiver.wait(1)
        except SoundCloudError as error:
            detector.inspect_error("a refused redirect", error)


async def login_fails(detector: SecretDetector, client_of: Callable[..., Any], sandbox: Sandbox) -> None:
    """Sign in at the terminal with a wrong state and with a wrong code."""
    client = client_of(token_store=MemoryTokenStore())
    states: list[str] = []

    def answer(question: str) -> str:
        return f"{sandbox.redirect_uri}?code=a-code-that-is-secret&state={states[0] if len(states) > 1 else 'another-state'}"

    def show(text: str) -> None:
        url = next(word for word in text.split() if "/authorize?" in word)
        states.append(parse_qs(urlsplit(url).query)["state"][0])
        detector.add_secret("state", states[-1])

    def right(question: str) -> str:
        return f"{sandbox.redirect_uri}?code=a-code-that-is-secret&state={states[-1]}"

    detector.add_secret("code", "a-code-that-is-secret")
    call = Caller(detector)
    await call.fails("login with another state", client.auth.login, paste=True, show=show, ask=answer)
    await call.fails("login with an invalid code", client.auth.login, paste=True, show=show, ask=right)
    await close(client)


def fail_with_token(token: Token) -> None:
    raise RuntimeError(f"the callback fails with {token}")


def no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def silent(listening: socket.socket) -> str:
    """Return the URL of a server that accepts connections and never responds."""
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def broken_transports() -> dict[str, httpx.MockTransport]:
    def broken(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
        def answer(request: httpx.Request) -> httpx.Response:
            raise error

        return answer

    return {
        "a lost connection": httpx.MockTransport(broken(httpx.ReadError("connection lost"))),
        "a body that cannot be read": httpx.MockTransport(
            lambda request: httpx.Response(
                200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")
            )
        ),
    }


@attrs.define
class Provider:
    token: Token

    def get_access_token(self) -> None:
        return None

    def set_tokens(self, access_token: str, refresh_token: str | None = None) -> None:
        raise AssertionError

    def refresh_if_needed(self, client: object) -> None:
        return None


@pytest.mark.parametrize("make", [SoundCloudClient, AsyncSoundCloudClient])
def test_no_secret_is_visible(detector, logs, make, tmp_path, monkeypatch):
    anyio.run(run, detector, make, tmp_path, monkeypatch)

    detector.seen.append(("the logs", logs.getvalue()))
    assert len(logs.getvalue()) > 1000
    assert detector.errors > 40
    assert {"client secret", "access token", "refresh token", "code", "verifier", "state", "secret share token"} <= set(
        detector.secrets.values()
    )
    leaks = detector.leaks()
    assert not leaks, f"{len(leaks)} leaks\n" + "\n\n".join(leaks[:200])
