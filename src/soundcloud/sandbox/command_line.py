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
from soundcloud.sandbox.command_option import CommandOption, parse_integer, parse_number
from soundcloud.sandbox.errors import SandboxError, require_extra
from soundcloud.sandbox.faults.command_line import FAULT_OPTIONS, read_faults

if TYPE_CHECKING:
    from soundcloud.sandbox.server import Sandbox

_MEDIA_PORT = 8702
_SANDBOX_ARGUMENTS = {
    *("host", "port", "auth_port", "media_port", "media_lifetime", "processing_seconds", "public_host", "seed"),
    *("catalogue", "data", "redirect_uri", "open_control"),
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
    environment = {
        "SOUNDCLOUD_API_URL": sandbox.api_url,
        "SOUNDCLOUD_AUTH_URL": sandbox.auth_url,
        "SOUNDCLOUD_WEB_URL": sandbox.media_url,
        "SOUNDCLOUD_MEDIA_URL": sandbox.media_url,
        "SOUNDCLOUD_CLIENT_ID": sandbox.client_id,
        "SOUNDCLOUD_CLIENT_SECRET": sandbox.client_secret,
        "SOUNDCLOUD_REDIRECT_URI": sandbox.redirect_uri,
    }
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())


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


_NETWORK, _DATA, _OUTPUT = "Network", "Data", "Output"
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
    CommandOption("catalogue", _DATA, "JSON file with a custom dataset to use instead.", metavar="FILE"),
    CommandOption("data", _DATA, "File that keeps the data; by default the data is lost at exit.", metavar="PATH"),
    CommandOption(
        "media_lifetime",
        _DATA,
        "How long audio URLs are valid; with 0 or less they have already expired; default 300.",
        metavar="SECONDS",
        parse=parse_number,
        default=300.0,
    ),
    CommandOption(
        "processing_seconds",
        _DATA,
        "How long an upload has no duration and no streams; default 0.5.",
        metavar="SECONDS",
        parse=parse_number,
        default=0.5,
    ),
    CommandOption(
        "redirect_uri",
        _DATA,
        "Redirect URI of the app; default http://127.0.0.1:8765/callback.",
        metavar="URI",
        default="http://127.0.0.1:8765/callback",
    ),
    CommandOption("print_env", _OUTPUT, "Print export lines for a shell instead of a summary.", parse=None),
    CommandOption(
        "env_file", _OUTPUT, "Write the export lines to a file, deleted at exit.", metavar="FILE", parse=Path
    ),
    *FAULT_OPTIONS,
)
"""All options, in the order of the help."""
