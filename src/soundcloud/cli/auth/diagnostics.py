"""The checks of `soundcloud doctor`. Secrets are checked and never shown."""

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

from soundcloud.cli.auth.credentials import MEMORY
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import CommandError, describe_error
from soundcloud.cli.output.formatting import with_noun
from soundcloud.errors import InvalidInputError, SoundCloudError

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.cli.auth.credentials import Account

_TIMEOUT = 10.0
_MAXIMUM_CLOCK_SKEW = 60
_EXTRAS = {
    "sandbox": "starlette",
    "audio": "m3u8",
    "keyring": "keyring",
    "redis": "redis",
    "otel": "opentelemetry",
    "notebook": "anywidget",
    "tui": "textual",
    "web": "itsdangerous",
}
_PLAYERS = ("mpv", "ffplay", "afplay")
_AUTH_URL = "https://secure.soundcloud.com"


@attrs.frozen
class CheckResult:
    """The result of one check."""

    check: str
    ok: bool
    detail: str
    to_do: str | None = None

    @classmethod
    def from_error(cls, check: str, error: BaseException) -> "CheckResult":
        """Return the result of a check that raised an error."""
        message = describe_error(error)
        return cls(check, False, message.text, message.hint)


def run_checks(context: CommandContext) -> Iterator[CheckResult]:
    """Run all checks, and yield each result as soon as it is there."""
    yield from _check_packages()
    account: Account | None = None
    if not context.sandbox:
        yield from _check_files()
        try:
            account = context.account
        except (CommandError, SoundCloudError) as error:
            yield CheckResult.from_error("account", error)
    with ExitStack() as stack:
        settings: dict[str, Any] = {}
        if context.sandbox or account is not None:
            try:
                settings = stack.enter_context(context.client_settings())
            except (CommandError, ImportError, RuntimeError) as error:
                yield CheckResult.from_error("sandbox", error)
                return
            yield from _check_credentials(settings, account, context)
        yield from _check_hosts(settings.get("base_url", context.base_url), settings.get("auth_url", _AUTH_URL))
        if settings:
            yield from _check_tokens(settings, account)


def _check_packages() -> Iterator[CheckResult]:
    python = ".".join(map(str, sys.version_info[:3]))
    packages = ", ".join(f"{name} {_version(name)}" for name in ("httpx", "httptools", "click", "rich"))
    yield CheckResult("installed", True, f"soundcloud-sdk {_version('soundcloud-sdk')}, Python {python}, {packages}")
    missing = [name for name, module in _EXTRAS.items() if find_spec(module) is None]
    installed = _join([name for name in _EXTRAS if name not in missing])
    to_do = f"optional: pip install 'soundcloud-sdk[{','.join(missing)}]'" if missing else None
    detail = f"{installed}; not installed: {', '.join(missing)}" if missing else installed
    yield CheckResult("extras", True, detail, to_do)
    players = [name for name in _PLAYERS if shutil.which(name)]
    yield CheckResult("players", True, _join(players), None if players else "install mpv to play tracks")


def _join(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        from soundcloud import __version__

        return __version__ if name == "soundcloud-sdk" else "?"


def _check_files() -> Iterator[CheckResult]:
    from soundcloud.cli.auth.profiles import profiles_path
    from soundcloud.stores import FileTokenStore

    for check, path, has_secrets in (
        ("profiles", profiles_path(), False),
        ("token file", Path(os.environ.get("SOUNDCLOUD_TOKEN_FILE", "").strip() or FileTokenStore().path), True),
    ):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:
            yield CheckResult(check, True, f"{path} does not exist yet")
            continue
        except OSError as error:
            yield CheckResult(check, False, f"{path}: {error.strerror}", "make the file readable")
            continue
        if has_secrets and os.name == "posix" and mode & 0o077:
            to_do = f"chmod 600 {path}, then sign in again"
            yield CheckResult(check, False, f"other users can read {path}, mode {mode:04o}", to_do)
        elif not has_secrets and os.name == "posix" and mode & 0o022:
            yield CheckResult(check, False, f"other users can change {path}, mode {mode:04o}", f"chmod 644 {path}")
        else:
            yield CheckResult(check, True, f"{path}, mode {mode:04o}")


def _check_credentials(
    settings: dict[str, Any], account: "Account | None", context: CommandContext
) -> Iterator[CheckResult]:
    source = account.source if account is not None else f"the sandbox at {settings['base_url']}"
    place = account.place if account is not None else MEMORY
    yield CheckResult("account", True, f"from {source}; tokens are stored in {place}")
    names = {"client_id": "the app's id", "client_secret": "the app's secret"}
    missing = [label for name, label in names.items() if not settings.get(name)]
    malformed = [label for name, label in names.items() if _is_malformed(settings.get(name) or "")]
    if missing:
        to_do = "soundcloud login, or set SOUNDCLOUD_CLIENT_ID and SOUNDCLOUD_CLIENT_SECRET"
        yield CheckResult("app", False, f"missing: {' and '.join(missing)}", to_do)
    elif malformed:
        detail = f"{' and '.join(malformed)} {'contain' if malformed[1:] else 'contains'} a space or a quote"
        yield CheckResult("app", False, detail, "copy the value again, without spaces and quotes")
    else:
        yield CheckResult("app", True, "id and secret are set")
    yield _check_redirect_uri(settings.get("redirect_uri"), context)


def _is_malformed(value: str) -> bool:
    return any(letter.isspace() or letter in "\"'`" for letter in value)


def _check_redirect_uri(redirect_uri: str | None, context: CommandContext) -> CheckResult:
    from soundcloud._protocol.redirect import loopback_address

    check = "redirect URI"
    if not redirect_uri:
        return CheckResult(check, False, "missing", "soundcloud login --redirect-uri URI, or SOUNDCLOUD_REDIRECT_URI")
    try:
        loopback_address(redirect_uri)
    except InvalidInputError as error:
        is_https = urlsplit(redirect_uri).scheme == "https" and bool(urlsplit(redirect_uri).hostname)
        to_do = "sign in with: soundcloud login --paste" if is_https else error.hint
        return CheckResult(check, is_https, error.message, to_do)
    to_do = None if context.sandbox else "it must match the URI registered at soundcloud.com/you/apps exactly"
    return CheckResult(check, True, f"{redirect_uri} can be received on this machine", to_do)


def _check_hosts(base_url: str, auth_url: str) -> Iterator[CheckResult]:
    import httpx

    server_time: datetime | None = None
    for check, url in (("API", base_url), ("sign-in", auth_url)):
        started = time.monotonic()
        try:
            # A HEAD request without a token and without the app's id.
            response = httpx.head(url, timeout=_TIMEOUT, follow_redirects=False)
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            OSError,
            ValueError,
        ) as error:  # ValueError: an unknown scheme of a proxy
            detail = f"{url} does not respond: {error or type(error).__name__}"
            yield CheckResult(
                check, False, detail, "check the network, the proxy, the firewall and status.soundcloud.com"
            )
            continue
        yield CheckResult(check, True, f"{url} responds in {time.monotonic() - started:.2f} s")
        server_time = server_time or _parse_date(response.headers.get("Date", ""))
    if server_time is None:
        return
    skew = int(abs((datetime.now(UTC) - server_time).total_seconds()))
    if skew <= _MAXIMUM_CLOCK_SKEW:
        yield CheckResult("clock", True, "within a minute of SoundCloud's clock")
    else:
        to_do = "set the clock: a wrong clock makes valid tokens look expired"
        yield CheckResult("clock", False, f"wrong by {with_noun(skew, 'second')}", to_do)


def _parse_date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return None


def _check_tokens(settings: dict[str, Any], account: "Account | None") -> Iterator[CheckResult]:
    from soundcloud import Retry, SoundCloudClient
    from soundcloud.stores import MemoryTokenStore

    retry = Retry(max_retries=1)
    user_settings = {"access_token", "refresh_token", "token_store"}
    app = {name: value for name, value in settings.items() if name not in user_settings}
    if app.get("client_id") and app.get("client_secret"):
        # A key without a user token, so that the shared app token is checked: requesting another one would use up quota.
        store = MemoryTokenStore() if account is None else account.store.for_user("doctor")
        with SoundCloudClient(**app, token_store=store, retry=retry, timeout=_TIMEOUT) as client:
            yield _check_app_token(client)
    if account is not None and not user_settings & account.settings.keys() and account.store.get() is None:
        yield CheckResult("user", True, "not signed in: only public data can be read", "soundcloud login")
        return
    with SoundCloudClient(**settings, retry=retry, timeout=_TIMEOUT) as client:
        yield _check_user(client)


def _check_app_token(client: "SoundCloudClient") -> CheckResult:
    try:
        client.search.tracks("a", limit=1)
    except SoundCloudError as error:
        return CheckResult.from_error("app token", error)
    return CheckResult("app token", True, "valid: public data can be read")


def _check_user(client: "SoundCloudClient") -> CheckResult:
    try:
        return CheckResult("user", True, f"signed in as {client.me.get_me().username}")
    except SoundCloudError as error:
        return CheckResult.from_error("user", error)
