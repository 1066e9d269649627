"""The options of the sandbox's command line, and what runs it: `python -m soundcloud.sandbox` and `soundcloud sandbox`."""

import shlex
import signal
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from soundcloud.sandbox import background, environment_file
from soundcloud.sandbox.command_option import (
    CommandOption,
    integer_between,
    parse_host,
    parse_integer,
    parse_number,
    parse_switch,
    parse_text,
    parse_uri,
)
from soundcloud.sandbox.console import write_output
from soundcloud.sandbox.errors import WrongSettingError, require_extra
from soundcloud.sandbox.faults.command_line import FAULT_OPTIONS, read_faults
from soundcloud.sandbox.http.request_log import DEFAULT_SIZE
from soundcloud.sandbox.settings import SETTING_TEXTS, SETTINGS

if TYPE_CHECKING:
    from soundcloud.sandbox.server import Sandbox

_PORTS = {"port": 8700, "auth_port": 8701, "media_port": 8702}
_SANDBOX_ARGUMENTS = {
    *("host", "port", "auth_port", "media_port", "public_host", "seed", "tracks", "dataset", "data"),
    *("request_log_size", "client_id", "client_secret", "redirect_uri", "open_control", *SETTINGS),
}


def run(options: Mapping[str, Any]) -> int:
    """Run a sandbox with the values of `OPTIONS` until Ctrl-C or SIGTERM, or start, show or end one in the background.

    Returns:
        The exit status: 1 if `--status` finds no sandbox, else 0.

    Raises:
        ImportError: The extra `sandbox` is not installed.
        SandboxError: The sandbox cannot start with these options, or there is none to end.
    """
    modes = [name for name in ("background", "stop", "status") if options[name]]
    if len(modes) > 1:
        raise WrongSettingError(f"--{modes[0]}", f"cannot be combined with --{modes[1]}")
    if options["name"] is not None and not modes:
        raise WrongSettingError("--name", "needs --background, --status or --stop")
    match modes:
        case ["background"]:
            require_extra()
            write_output(background.start(_with_ports(options)))
        case ["stop"]:
            running = background.find(options["name"], options["port"])
            background.stop(running)
            write_output(f"stopped {running}\n")
        case ["status"]:
            return _show_status(options)
        case _:
            with _run_sandbox(_with_ports(options)) as sandbox:
                write_output(_environment_lines(sandbox) if options["print_env"] else _summary(sandbox))
    return 0


def _show_status(options: Mapping[str, Any]) -> int:
    running = [
        one
        for one in background.list_running()
        if options["name"] in {None, one.name} and options["port"] in {None, one.port}
    ]
    lines = [f"{one}\n  sign-in {one.auth_url}\n  media {one.media_url}\n" for one in running] or [
        "no sandbox runs in the background\n"
    ]
    write_output("".join(lines))
    return 0 if running else 1


def run_in_background(options: Mapping[str, Any]) -> None:
    """Run a sandbox in this process, which `--background` started; see `run` for the errors."""
    # The registration ends last, because `--stop` waits for it.
    with ExitStack() as stack, _run_sandbox(options) as sandbox:
        urls = {"api_url": sandbox.api_url, "auth_url": sandbox.auth_url, "media_url": sandbox.media_url}
        name = stack.enter_context(background.registered(options["name"], urls, options["env_file"]))
        background.announce(name, _environment_lines(sandbox))


def _with_ports(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options with default ports: fixed ones, which a container can publish, or free ones with `--port 0`."""
    port = _PORTS["port"] if options["port"] is None else options["port"]
    defaults = _PORTS if port else dict.fromkeys(_PORTS, 0)
    given = {name: options[name] if options[name] is not None else default for name, default in defaults.items()}
    return {**options, **given}


@contextmanager
def _run_sandbox(options: Mapping[str, Any]) -> Generator["Sandbox", None, None]:
    """Start a sandbox, and wait after the block for Ctrl-C or SIGTERM."""
    settings = {name: value for name, value in options.items() if name in _SANDBOX_ARGUMENTS}
    stop = Event()
    require_extra()
    from soundcloud.sandbox.server import Sandbox

    with (
        _set_by_signals(stop),
        Sandbox(**settings, faults=read_faults(options)) as sandbox,
        _environment_file(options["env_file"], sandbox),
    ):
        yield sandbox
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
def _environment_file(file: Path | str | None, sandbox: "Sandbox") -> Generator[None, None, None]:
    """Write a file for a shell, and delete it when the sandbox stops."""
    if file is None:
        yield
        return
    path = Path(file)
    environment_file.write(path, _environment_lines(sandbox))
    try:
        yield
    finally:
        environment_file.delete(path)


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


_NETWORK, _DATA, _BEHAVIOUR, _APP, _OUTPUT, _PROCESS = "Network", "Data", "Behavior", "App", "Output", "Background"
OPTIONS = (
    CommandOption("host", _NETWORK, "Address to listen on; default 127.0.0.1.", metavar="ADDRESS", default="127.0.0.1"),
    CommandOption(
        "port",
        _NETWORK,
        f"Port of the API; 0 picks a free one; default {_PORTS['port']}.",
        metavar="PORT",
        parse=_port,
    ),
    *(
        CommandOption(
            name,
            _NETWORK,
            f"Port of {what}; default {_PORTS[name]}, or a free one with --port 0.",
            metavar="PORT",
            parse=_port,
        )
        for name, what in (("auth_port", "the sign-in host"), ("media_port", "audio, images, oEmbed and the player"))
    ),
    CommandOption(
        "public_host",
        _NETWORK,
        "Host name in URLs, if clients reach this machine by another name.",
        metavar="NAME",
        parse=parse_host,
    ),
    CommandOption("seed", _DATA, "Seed of the generated dataset; default 7.", metavar="N", parse=parse_integer),
    CommandOption(
        "tracks",
        _DATA,
        "Number of tracks of the generated dataset, 600 to 100,000; default 600.",
        metavar="N",
        parse=integer_between(600, 100_000),
    ),
    CommandOption("dataset", _DATA, "JSON file with a custom dataset to use instead.", metavar="FILE"),
    CommandOption("data", _DATA, "File that keeps the data; by default the data is lost at exit.", metavar="PATH"),
    CommandOption(
        "request_log_size",
        _DATA,
        f"How many requests are recorded; default {DEFAULT_SIZE:,}.",
        metavar="N",
        parse=integer_between(0),
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
        CommandOption(name, _APP, f"{text}; default {default}.", metavar=metavar, default=default, parse=parse)
        for name, text, metavar, default, parse in (
            ("client_id", "Client id", "ID", "sandbox-client-id", parse_text),
            ("client_secret", "Client secret, an invented one", "SECRET", "sandbox-client-secret", parse_text),
            ("redirect_uri", "Redirect URI", "URI", "http://127.0.0.1:8765/callback", parse_uri),
        )
    ),
    CommandOption("print_env", _OUTPUT, "Print export lines for a shell instead of a summary.", parse=None),
    CommandOption(
        "env_file", _OUTPUT, "Write the export lines to a file, deleted at exit.", metavar="FILE", parse=Path
    ),
    CommandOption(
        "background", _PROCESS, "Start in the background; print the export lines when it listens.", parse=None
    ),
    CommandOption(
        "status", _PROCESS, "Show the sandboxes in the background; exit code 1 if there are none.", parse=None
    ),
    CommandOption(
        "stop", _PROCESS, "End the sandbox in the background; if there are several, add --name or --port.", parse=None
    ),
    CommandOption("name", _PROCESS, "Name of a sandbox in the background; default its port.", metavar="NAME"),
    *FAULT_OPTIONS,
)
"""All options, in the order of the help."""
