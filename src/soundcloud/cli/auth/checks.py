"""What `soundcloud doctor` looks at. Values of secrets are looked at, never told."""

import os
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import attrs

from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import CommandError, problem_of
from soundcloud.errors import InvalidInputError, SoundCloudError

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.cli.auth.accounts import Account

_SECONDS = 10.0
_CLOCK_SECONDS = 60
_EXTRAS = {
    "sandbox": "starlette",
    "audio": "m3u8",
    "keyring": "keyring",
    "aiohttp": "aiohttp",
    "redis": "redis",
    "otel": "opentelemetry",
}
_PLAYERS = ("mpv", "ffplay", "afplay")
_AUTH_URL = "https://secure.soundcloud.com"


@attrs.frozen
class Finding:
    """One thing that was looked at.

    Attributes:
        check: What.
        ok: Whether it is as it should be.
        detail: How it is.
        to_do: What to do about it, or None.
    """

    check: str
    ok: bool
    detail: str
    to_do: str | None = None


def examine(context: CommandContext) -> Iterator[Finding]:
    """Look at everything, one after the other.

    Args:
        context: The command line: which account, or a sandbox.

    Returns:
        What was found, as it is found.
    """
    yield from _installed()
    account: Account | None = None
    if not context.sandbox:
        yield from _files()
        try:
            account = context.account
        except (CommandError, SoundCloudError) as error:
            problem = problem_of(error)
            yield Finding("account", False, problem.message, problem.hint)
    with ExitStack() as opened:
        settings: dict[str, Any] = {}
        if context.sandbox or account is not None:
            try:
                settings = opened.enter_context(context.settings())
            except (CommandError, ImportError, RuntimeError) as error:
                problem = problem_of(error)
                yield Finding("sandbox", False, problem.message, problem.hint)
                return
            yield from _credentials(settings, account, context)
        yield from _hosts(settings.get("base_url", context.base_url), settings.get("auth_url", _AUTH_URL))
        if settings:
            yield from _tokens(settings, account)


def _installed() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    packages = ", ".join(f"{name} {_version(name)}" for name in ("httpx", "httptools", "click", "rich"))
    yield Finding("installed", True, f"soundcloud-sdk {_version('soundcloud-sdk')}, Python {python}, {packages}")
    missing = [name for name, module in _EXTRAS.items() if find_spec(module) is None]
    there = [name for name in _EXTRAS if name not in missing]
    add = f"if you need one: pip install 'soundcloud-sdk[{','.join(missing)}]'" if missing else None
    detail = f"{_listed(there)}; not installed: {', '.join(missing)}" if missing else _listed(there)
    yield Finding("extras", True, detail, add)
    players = [name for name in _PLAYERS if shutil.which(name)]
    yield Finding("players", True, _listed(players), None if players else "to hear something: install mpv")


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        from soundcloud import __version__

        return __version__ if name == "soundcloud-sdk" else "?"


def _files() -> Iterator[Finding]:
    from soundcloud.cli.auth.profiles import profiles_path
    from soundcloud.stores import FileTokenStore

    for check, path, secret in (
        ("profiles", profiles_path(), False),
        ("token file", Path(os.environ.get("SOUNDCLOUD_TOKEN_FILE", "").strip() or FileTokenStore().path), True),
    ):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:
            yield Finding(check, True, f"{path} is not there yet")
            continue
        except OSError as error:
            yield Finding(check, False, f"{path}: {error.strerror}", "let yourself read it")
            continue
        if secret and os.name == "posix" and mode & 0o077:
            yield Finding(
                check, False, f"{path} can be read by others, mode {mode:04o}", f"chmod 600 {path}, then sign in again"
            )
        elif not secret and os.name == "posix" and mode & 0o022:
            yield Finding(check, False, f"{path} can be changed by others, mode {mode:04o}", f"chmod 644 {path}")
        else:
            yield Finding(check, True, f"{path}, mode {mode:04o}")


def _credentials(settings: dict[str, Any], account: "Account | None", context: CommandContext) -> Iterator[Finding]:
    source = account.source if account is not None else f"the sandbox at {settings['base_url']}"
    place = account.place if account is not None else "memory, until the command ends"
    yield Finding("account", True, f"from {source}; tokens are kept in {place}")
    named = {"client_id": "the app's id", "client_secret": "the app's secret"}
    missing = [words for name, words in named.items() if not settings.get(name)]
    odd = [words for name, words in named.items() if _is_odd(settings.get(name) or "")]
    if missing:
        yield Finding(
            "app",
            False,
            f"not known: {' and '.join(missing)}",
            "soundcloud login, or SOUNDCLOUD_CLIENT_ID and ..._SECRET",
        )
    elif odd:
        yield Finding("app", False, f"a blank or a quote is in {' and '.join(odd)}", "copy them again, without it")
    else:
        yield Finding("app", True, "its id and its secret are known")
    yield _redirect_uri(settings.get("redirect_uri"), context)


def _is_odd(text: str) -> bool:
    return any(letter.isspace() or letter in "\"'`" for letter in text)


def _redirect_uri(redirect_uri: str | None, context: CommandContext) -> Finding:
    from soundcloud._protocol.redirect import loopback_address

    check = "redirect URI"
    if not redirect_uri:
        return Finding(check, False, "not known", "soundcloud login --redirect-uri URI, or SOUNDCLOUD_REDIRECT_URI")
    try:
        loopback_address(redirect_uri)
    except InvalidInputError as error:
        fine = urlsplit(redirect_uri).scheme == "https" and bool(urlsplit(redirect_uri).hostname)
        to_do = "sign in with: soundcloud login --paste" if fine else error.hint
        return Finding(check, fine, error.message, to_do)
    literal = None if context.sandbox else "it has to be the registered one literally, at soundcloud.com/you/apps"
    return Finding(check, True, f"{redirect_uri} can be received here", literal)


def _hosts(base_url: str, auth_url: str) -> Iterator[Finding]:
    import httpx

    moment: datetime | None = None
    for check, url in (("API", base_url), ("sign-in", auth_url)):
        started = time.monotonic()
        try:
            # Nothing is sent but the question: no token, no id.
            reply = httpx.head(url, timeout=_SECONDS, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            what = f"{url} does not answer: {error or type(error).__name__}"
            yield Finding(
                check, False, what, "look at the network, at a proxy or a firewall, then at status.soundcloud.com"
            )
            continue
        yield Finding(check, True, f"{url} answers, in {time.monotonic() - started:.2f} s")
        moment = moment or _moment_of(reply.headers.get("Date", ""))
    if moment is None:
        return
    seconds = abs((datetime.now(UTC) - moment).total_seconds())
    if seconds <= _CLOCK_SECONDS:
        yield Finding("clock", True, "agrees with SoundCloud's to the minute")
    else:
        yield Finding(
            "clock", False, f"is {int(seconds)} seconds off", "set the clock: tokens would be taken for expired"
        )


def _moment_of(date: str) -> datetime | None:
    try:
        return parsedate_to_datetime(date)
    except ValueError:
        return None


def _tokens(settings: dict[str, Any], account: "Account | None") -> Iterator[Finding]:
    from soundcloud import Retry, SoundCloudClient
    from soundcloud.stores import MemoryTokenStore

    once = Retry(max_retries=1)
    personal = {"access_token", "refresh_token", "token_store"}
    app = {name: value for name, value in settings.items() if name not in personal}
    if app.get("client_id") and app.get("client_secret"):
        # Under a key without a person the app's own token is used: the shared one, so that no quota is spent on looking.
        store = MemoryTokenStore() if account is None else account.store.for_user("doctor")
        with SoundCloudClient(**app, token_store=store, retry=once, timeout=_SECONDS) as client:
            yield _tried("app token", client, person=False)
    if account is not None and not personal & account.settings.keys() and account.store.get() is None:
        yield Finding("person", True, "nobody is signed in: what is public can be read", "soundcloud login")
        return
    with SoundCloudClient(**settings, retry=once, timeout=_SECONDS) as client:
        yield _tried("person", client, person=True)


def _tried(check: str, client: "SoundCloudClient", *, person: bool) -> Finding:
    try:
        if person:
            return Finding(check, True, f"signed in as {client.me.get_me().username}")
        client.search.tracks("a", limit=1)
    except SoundCloudError as error:
        problem = problem_of(error)
        return Finding(check, False, problem.message, problem.hint)
    return Finding(check, True, "works: what is public can be read")
