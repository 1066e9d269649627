"""The options of the sandbox's command line, and what runs it: `python -m soundcloud.sandbox` and `soundcloud sandbox`."""

import shlex
import signal
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from soundcloud._atomic_file import replace_file
from soundcloud.sandbox.command_option import CommandOption, parse_integer, parse_number, parse_switch
from soundcloud.sandbox.errors import SandboxError, require_extra
from soundcloud.sandbox.faults.command_line import FAULT_OPTIONS, read_faults
from soundcloud.sandbox.http.request_log import DEFAULT_SIZE
from soundcloud.sandbox.settings import SETTING_TEXTS, SETTINGS

if TYPE_CHECKING:
    from soundcloud.sandbox.server import Sandbox

_MEDIA_PORT = 8702
_SANDBOX_ARGUMENTS = {
    *("host", "port", "auth_port", "media_port", "public_host", "seed", "dataset", "data", "request_log_size"),
    *("client_id", "client_secret", "redirect_uri", "open_control", *SETTINGS),
}


def run(options: Mapping[str, Any]) -> None:
    """Run a sandbox with the values of `OPTIONS` until Ctrl-C or SIGTERM.

    Raises:
        ImportError: The extra `sandbox` is not installed.
        SandboxError: The sandbox cannot start with these options.
    """
    settings = {name: value for name, value in options.items() if name in _SANDBOX_ARGUMENTS}
    if options["media_port"] is None:
        # A fixed default, which a container can publish, unless free ports are wanted.
        settings["media_port"] = _MEDIA_PORT if options["port"] else 0
    stop = Event()
    require_extra()
    from soundcloud.sandbox.server import Sandbox

    with (
        _set_by_signals(stop),
        Sandbox(**settings, faults=read_faults(options)) as sandbox,
        _environment_file(options["env_file"], sandbox),
    ):
        sys.stdout.write(_environment_lines(sandbox) if options["print_env"] else _summary(sandbox))
        sys.stdout.flush()
        # Short waits: on Windows a signal does not interrupt a wait.
        while not stop.wait(0.5):
            pass


@contextmanager
def _set_by_signals(stop: Event) -> Generator[None, None, None]:
    """Set an event on SIGINT and SIGTERM, and on Windows on Ctrl-Break; restore the handlers at the end."""

    def handle(*_: object) -> None:
        stop.set()

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    previous = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def _environment_file(path: Path | None, sandbox: "Sandbox") -> Generator[None, None, None]:
    """Write a file for a shell, and delete it when the sandbox stops."""
    if path is None:
        yield
        return
    try:
        replace_file(path, _environment_lines(sandbox).encode())
    except OSError as error:
        raise SandboxError(f"cannot write {path}: {error.strerror}") from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _environment_lines(sandbox: "Sandbox") -> str:
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sandbox.environment().items())


def _summary(sandbox: "Sandbox") -> str:
    names = sandbox.usernames()
    users = f"{', '.join(names[:6])} and {len(names) - 6} more" if len(names) > 6 else ", ".join(names)
    return f"""A local SoundCloud is running. Press Ctrl-C to stop it.
  API            {sandbox.api_url}  (open it in a browser to see the data)
  sign-in        {sandbox.auth_url}
  oEmbed         {sandbox.media_url}/oembed
  player         {sandbox.media_url}/player/
  client id      {sandbox.client_id}
  client secret  {sandbox.client_secret}
  redirect URI   {sandbox.redirect_uri}
  users          {users}
"""


def _port(value: str) -> int:
    if not (value.isdecimal() and int(value) <= 65_535):
        raise ValueError(f"{value!r} is not a port: use 0 to 65535")
    return int(value)


_NETWORK, _DATA, _BEHAVIOUR, _APP, _OUTPUT = "Network", "Data", "Behavior", "App", "Output"
OPTIONS = (
    CommandOption("host", _NETWORK, "Address to listen on; default 127.0.0.1.", metavar="ADDRESS", default="127.0.0.1"),
    *(
        CommandOption(
            name,
            _NETWORK,
            f"Port of the {origin}; 0 picks a free one; default {default}.",
            metavar="PORT",
            parse=_port,
            default=default,
        )
        for name, default, origin in (("port", 8700, "API"), ("auth_port", 8701, "sign-in host"))
    ),
    CommandOption(
        "media_port",
        _NETWORK,
        f"Port of audio, images, oEmbed and the player; default {_MEDIA_PORT}, or a free one with --port 0.",
        metavar="PORT",
        parse=_port,
    ),
    CommandOption(
        "public_host", _NETWORK, "Host name in URLs, if clients reach this machine by another name.", metavar="NAME"
    ),
    CommandOption("seed", _DATA, "Seed of the generated dataset; default 7.", metavar="N", parse=parse_integer),
    CommandOption("dataset", _DATA, "JSON file with a custom dataset to use instead.", metavar="FILE"),
    CommandOption("data", _DATA, "File that keeps the data; by default the data is lost at exit.", metavar="PATH"),
    CommandOption(
        "request_log_size",
        _DATA,
        f"How many requests are recorded; default {DEFAULT_SIZE:,}.",
        metavar="N",
        parse=parse_integer,
        default=DEFAULT_SIZE,
    ),
    *(
        CommandOption(name, _BEHAVIOUR, SETTING_TEXTS[name], metavar="SECONDS", parse=parse_number, default=default)
        for name, default in (("media_lifetime", 300.0), ("processing_seconds", 0.5))
    ),
    CommandOption("quotas", _BEHAVIOUR, SETTING_TEXTS["quotas"], metavar="on|off", parse=parse_switch, default=True),
    *(
        CommandOption(name, _BEHAVIOUR, SETTING_TEXTS[name], parse=None)
        for name in ("local_links", "token_cors", "public_client")
    ),
    *(
        CommandOption(name, _APP, f"{text}; default {default}.", metavar=metavar, default=default)
        for name, text, metavar, default in (
            ("client_id", "Client id", "ID", "sandbox-client-id"),
            ("client_secret", "Client secret, an invented one", "SECRET", "sandbox-client-secret"),
            ("redirect_uri", "Redirect URI", "URI", "http://127.0.0.1:8765/callback"),
        )
    ),
    CommandOption("print_env", _OUTPUT, "Print export lines for a shell instead of a summary.", parse=None),
    CommandOption(
        "env_file", _OUTPUT, "Write the export lines to a file, deleted at exit.", metavar="FILE", parse=Path
    ),
    *FAULT_OPTIONS,
)
"""All options, in the order of the help."""
