"""Secrets stay where they belong: one run that uses every kind of them, and a look at everything that a program may see."""

import io
import json
import logging
import os
import pickle
import socket
import traceback
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, quote, urlsplit
from urllib.request import urlopen

import anyio
import attrs
import httpx
import pytest

import soundcloud
from soundcloud import AsyncSoundCloudClient, SoundCloudClient, SoundCloudError, Token
from soundcloud.loopback import LoopbackReceiver
from soundcloud.pkce import generate_code_challenge, generate_code_verifier, generate_state
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.sound import tone
from soundcloud.stores import FileTokenStore, MemoryTokenStore
from soundcloud_api.api.tracks import get_tracks_track_urn
from tests.stress.crowd import settings_of

pytestmark = pytest.mark.slow

PACKAGE = Path(soundcloud.__file__).parent
CLIENT_SECRET = "kept-to-itself-0123456789abcdef"
WRONG_SECRET = "mistyped-but-nearly-right-9876543210"


class Witness:
    """Knows the secrets, and keeps everything that was seen."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.secrets: dict[str, str] = {}
        self.seen: list[tuple[str, str]] = []
        self.errors = 0
        self.know("client secret", CLIENT_SECRET)
        self.know("wrong client secret", WRONG_SECRET)
        for secret in (CLIENT_SECRET, WRONG_SECRET):
            self.know("Basic", b64encode(f"{sandbox.client_id}:{secret}".encode()).decode())

    def know(self, kind: str, *secrets: str | None) -> None:
        for secret in filter(None, secrets):
            assert len(secret) > 8
            self.secrets[secret] = kind
            self.secrets[quote(secret, safe="")] = kind

    def know_token(self, token: Token | None) -> Token | None:
        if token is not None:
            self.know("access token", token.access_token)
            self.know("refresh token", token.refresh_token)
        return token

    def see(self, what: str, value: object) -> None:
        """Look at a value in the ways that end up in logs and reports."""
        for how in (repr, str, "{}".format, "{!r:}".format, ascii):
            self.seen.append((f"{how} of {what}", how(value)))
        for protocol in (0, pickle.HIGHEST_PROTOCOL):
            try:
                pickled = pickle.dumps(value, protocol)
            except Exception as error:
                self.see_error(f"the pickle of {what}", error)
            else:
                if not what.endswith(("operation", " call")):  # these are the request itself
                    self.seen.append((f"the pickle of {what}", pickled.decode("latin-1")))

    def see_error(self, what: str, error: BaseException, *, pickled: bool = True) -> None:
        """Look at an error, at its traceback with all local variables, and at whatever it carries."""
        self.errors += 1
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
        self._leave_out_frames_of_the_caller(trace)
        self.seen.append((f"traceback of {what}", "".join(trace.format())))
        while error is not None:
            self.seen.append((f"error of {what}", f"{error!r} {error} {error.args}"))
            if isinstance(error, SoundCloudError) and pickled:
                self.seen.append((f"fields of {what}", repr(vars(error))))
                self.seen.append((f"pickle of {what}", pickle.dumps(error).decode("latin-1")))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)

    def _leave_out_frames_of_the_caller(self, trace: traceback.TracebackException | None) -> None:
        """This test holds the secrets in its own frames; and the method that it calls shows what it was called with."""
        if trace is None:
            return
        frames = list(trace.stack)
        first = next((number for number, frame in enumerate(frames) if inside(frame)), len(frames))
        for number, frame in enumerate(frames):
            if not inside(frame) and number < first:
                frame.locals = None
            elif frame.locals and (number == first or frame.filename.endswith("raw.py")):
                for name in ("token", "secret_token", "access_token", "refresh_token", "code", "code_verifier", "path"):
                    frame.locals.pop(name, None)
        self._leave_out_frames_of_the_caller(trace.__cause__)
        self._leave_out_frames_of_the_caller(trace.__context__)

    def leaks(self) -> list[str]:
        found = []
        for what, text in self.seen:
            for secret, kind in self.secrets.items():
                if secret in text:
                    place = text.index(secret)
                    around = text[max(0, place - 300) : place] + f"<{kind}>"
                    found.append(f"{kind} in {what}: ...{around}")
        return found


def inside(frame: traceback.FrameSummary) -> bool:
    return Path(frame.filename).is_relative_to(PACKAGE)


@pytest.fixture
def witness():
    with Sandbox(client_secret=CLIENT_SECRET) as sandbox:
        yield Witness(sandbox)


@pytest.fixture
def logs(witness):
    """Everything that any logger says."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)s"))
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)
    handler.close()


class Runner:
    """Calls the one client or the other in the same words."""

    def __init__(self, witness: Witness, client: Any, wait: Callable[..., Any]) -> None:
        self.witness, self.client, self.wait = witness, client, wait

    async def __call__(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        value = function(*arguments, **named)
        return await value if hasattr(value, "__await__") else value

    async def fails(self, what: str, function: Callable[..., Any], *arguments: Any, **named: Any) -> Exception:
        try:
            await self(function, *arguments, **named)
        except SoundCloudError as error:
            self.witness.see_error(what, error)
            return error
        raise AssertionError(f"{what} did not fail")


async def run(witness: Witness, make: Callable[..., Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox, settings = witness.sandbox, settings_of(witness.sandbox)
    store = FileTokenStore(folder / "tokens.json")
    events: list[Any] = []

    def client_of(**changes: Any) -> Any:
        return make(**{**settings, "on_event": events.append, **changes})

    # Signing in: code, verifier, state.
    client = client_of(token_store=store, on_token_stored=fail_with_token)
    call = Runner(witness, client, None)
    verifier, state = generate_code_verifier(), generate_state()
    witness.know("verifier", verifier)
    witness.know("state", state)
    url = client.auth.get_authorization_url(state=state, code_challenge=generate_code_challenge(verifier))
    redirected = sandbox.approve(url)
    code = parse_qs(urlsplit(redirected).query)["code"][0]
    witness.know("code", code)
    await read_redirects(witness, state, code)
    token = witness.know_token(await call(client.auth.get_user_token, code, verifier))
    witness.see("a token", token)
    await call.fails("a spent code", client.auth.get_user_token, code, verifier)
    other = parse_qs(urlsplit(sandbox.approve(url)).query)["code"][0]
    witness.know("code", other)
    await call.fails("another verifier", client.auth.get_user_token, other, verifier[::-1])
    witness.know("verifier", verifier[::-1])
    await call(client.set_token, token)
    await login_fails(witness, client_of, sandbox)

    # Calling, renewing, share links.
    await call(client.me.get_me)
    sandbox.expire_tokens()
    await call(client.me.get_me)
    spent, token = token, witness.know_token(store.get())
    assert spent.refresh_token != token.refresh_token
    await call.fails("a spent refresh token", client.auth.refresh_user_token, spent.refresh_token)
    uploaded = await call(client.tracks.upload, tone(0.02), title="a private one", sharing="private")
    raw = (await call(client.raw.get, "/tracks/{urn}", {"urn": uploaded.urn})).data
    secret_token = next(
        (value for value in (parse_qs(urlsplit(raw.get("secret_uri") or "").query).get("secret_token") or [None])), None
    )
    assert secret_token, raw
    witness.know("secret share token", secret_token)
    track = await call(client.tracks.get_track, uploaded.urn, secret_token=secret_token)
    operation = get_tracks_track_urn(uploaded.urn, secret_token=secret_token)
    page = await call(client.me.get_tracks)
    for what, value in {
        "a track": track,
        "a track's uri": track.uri,
        "an operation": operation,
        "a page": page,
        "a client": client,
        "a session": client._pipeline.token_manager,
        "a pipeline": client._pipeline,
        "a store": store,
        "another key": store.for_user("ada"),
        "a memory store": MemoryTokenStore(token),
        "means": client._pipeline.token_manager.sources,
        "a raw response": await call(client.raw.get, "/me"),
        "an authorization call": soundcloud._protocol.oauth.refresh(
            "http://127.0.0.1", "id", CLIENT_SECRET, token.refresh_token
        ),
        "an api call": soundcloud._protocol.http.messages.build_request(operation, sandbox.api_url, token.access_token),
    }.items():
        if what != "a track's uri":
            witness.see(what, value) if what not in {"a track", "a page"} else witness.seen.append((what, repr(value)))
    await call.fails(
        "another share link", client.tracks.get_track, uploaded.urn, secret_token="s-abcdefghijk", token="x" * 30
    )
    await call.fails("a page elsewhere", client.send, operation, token=spent.access_token)
    await call.fails("a raw path", client.raw.get, f"/tracks?secret_token={secret_token}#", {})

    # What goes wrong on the way, for a call and for a renewal.
    with socket.socket() as closed, socket.create_server(("127.0.0.1", 0)) as listening:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
        for what, changes in {
            "no connection": {"base_url": nowhere},
            "no connection for a renewal": {"auth_url": nowhere, "clock": tomorrow},
            "no reply": {"timeout": 0.1, "base_url": silent(listening)},
            "no reply for a renewal": {"timeout": 0.1, "auth_url": silent(listening), "clock": tomorrow},
        }.items():
            failing = client_of(token_store=MemoryTokenStore(token), **changes)
            await call.fails(what, failing.tracks.get_track, uploaded.urn, secret_token=secret_token)
            if "auth_url" in changes:
                await call.fails(what + ", sign out", failing.auth.sign_out)
                await call.fails(what + ", code", failing.auth.get_user_token, code, verifier)
            await close(failing)
    for what, reply in {
        "HTML": {"text": f"<html><title>{token.refresh_token}</title></html>", "status": 200},
        "no access token": {"text": json.dumps({"refresh_token": token.refresh_token}), "status": 200},
        "a server error": {"text": "", "status": 500},
    }.items():
        transport = httpx.MockTransport(
            lambda request, reply=reply: httpx.Response(reply["status"], text=reply["text"])
        )
        failing = client_of(token_store=MemoryTokenStore(token), clock=tomorrow, transport=transport)
        await call.fails(what, failing.me.get_me)
        await close(failing)
    for what, transport in broken_transports().items():
        failing = client_of(token_store=MemoryTokenStore(token), transport=transport)
        await call.fails(what, failing.tracks.get_track, uploaded.urn, secret_token=secret_token)
        await call.fails(what + ", renewal", failing.auth.refresh_user_token)
        await close(failing)

    # Wrong settings.
    wrong = client_of(client_secret=WRONG_SECRET, token_store=MemoryTokenStore())
    witness.see("a client with a wrong secret", wrong)
    await call.fails("a wrong secret", wrong.search.tracks, "lofi")
    await call.fails("a wrong secret, code", wrong.auth.get_user_token, code, verifier)
    await call.fails("a wrong secret, refresh", wrong.auth.refresh_user_token, token.refresh_token)
    await call.fails("a line break", wrong.set_token, token.access_token + "\n")
    await call.fails("a line break in a call", wrong.me.get_me, token=token.access_token + "\n")
    await call.fails("a dead access token", wrong.me.get_me, token=spent.access_token)
    await close(wrong)
    broken = client_of(client_secret=CLIENT_SECRET + "\n", token_store=MemoryTokenStore(token), clock=tomorrow)
    await call.fails("a line break in the secret", broken.me.get_me)
    await close(broken)

    # A store that fails.
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
        await call.fails("a full disk at a renewal", full.me.get_me)
        await close(full)
    provided = client_of(token_provider=Provider(token))
    await call.fails("a provider that has nothing", provided.me.get_me)
    await close(provided)

    witness.know_token(store.get())
    await call(client.set_token, token)
    client_error = await call.fails("signed out already", client.auth.sign_out, spent.access_token)
    witness.see("an error", client_error)
    for event in events:
        witness.see("an event", event)
    await close(client)
    await call.fails("a closed client", client.me.get_me)
    for neighbour in folder.iterdir():
        if neighbour not in {store.path, path} and neighbour.suffix != ".new":
            witness.seen.append((f"the file {neighbour.name}", neighbour.read_bytes().decode("latin-1")))
        assert neighbour.stat().st_mode & 0o077 == 0


def browse(url: str) -> str:
    """Open an address as a browser does: a refusal has a page, too."""
    try:
        with urlopen(url, timeout=10) as reply:
            return reply.read().decode()
    except HTTPError as refusal:
        with refusal:
            return refusal.read().decode()


async def close(client: Any) -> None:
    if isinstance(client, AsyncSoundCloudClient):
        await client.aclose()
    else:
        client.close()


async def store_fails(call: Runner, client_of: Callable[..., Any], what: str, store: Any, token: Token) -> None:
    client = client_of(token_store=store)
    await call.fails(what + ", set", client.set_token, token.access_token, token.refresh_token)
    await call.fails(what + ", set a token", client.set_token, token)
    given = client_of(token_store=store, access_token=token.access_token, refresh_token=token.refresh_token)
    await call.fails(what + ", given", given.me.get_me)
    await close(client)
    await close(given)


async def read_redirects(witness: Witness, state: str, code: str) -> None:
    """Redirects that are refused; the receiver shows nothing of them."""
    receiver = LoopbackReceiver("http://127.0.0.1:8765/callback", state=state, port=0)
    witness.see("a receiver", repr(receiver))
    with receiver:
        for query in (f"code={code}&state={code}", f"code={code}&error=access_denied&state={state}"):
            page = await anyio.to_thread.run_sync(lambda query=query: browse(f"{receiver.redirect_uri}?{query}"))
            witness.seen.append(("the page", page))
        try:
            receiver.wait(1)
        except SoundCloudError as error:
            witness.see_error("a refused redirect", error)


async def login_fails(witness: Witness, client_of: Callable[..., Any], sandbox: Sandbox) -> None:
    """A sign-in at the terminal, with what does not belong to it."""
    client = client_of(token_store=MemoryTokenStore())
    states: list[str] = []

    def answer(question: str) -> str:
        return f"{sandbox.redirect_uri}?code=a-code-that-is-secret&state={states[0] if len(states) > 1 else 'another-state'}"

    def show(text: str) -> None:
        url = next(word for word in text.split() if "/authorize?" in word)
        states.append(parse_qs(urlsplit(url).query)["state"][0])
        witness.know("state", states[-1])

    def right(question: str) -> str:
        return f"{sandbox.redirect_uri}?code=a-code-that-is-secret&state={states[-1]}"

    witness.know("code", "a-code-that-is-secret")
    call = Runner(witness, client, None)
    await call.fails("login with another state", client.auth.login, paste=True, show=show, ask=answer)
    await call.fails("login with a made-up code", client.auth.login, paste=True, show=show, ask=right)
    await close(client)


def fail_with_token(token: Token) -> None:
    raise RuntimeError(f"the program's own callback fails with {token}")


def no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


def tomorrow() -> Any:
    from datetime import UTC, datetime, timedelta

    return datetime.now(UTC) + timedelta(days=1)


def silent(listening: socket.socket) -> str:
    """An address that takes connections and says nothing."""
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
def test_no_secret_is_seen(witness, logs, make, tmp_path, monkeypatch):
    anyio.run(run, witness, make, tmp_path, monkeypatch)

    witness.seen.append(("the logs", logs.getvalue()))
    assert len(logs.getvalue()) > 1000
    assert witness.errors > 40
    assert {"client secret", "access token", "refresh token", "code", "verifier", "state", "secret share token"} <= set(
        witness.secrets.values()
    )
    leaks = witness.leaks()
    assert not leaks, f"{len(leaks)} leaks\n" + "\n\n".join(leaks[:200])
