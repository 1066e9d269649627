"""The command line of the sandbox: `python -m soundcloud.sandbox`."""

import argparse
import shlex
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from soundcloud._atomic_file import replace_file
from soundcloud.sandbox.errors import SandboxError, require_extra
from soundcloud.sandbox.faults.command_line import add_fault_options, read_faults

if TYPE_CHECKING:
    from soundcloud.sandbox.server import Sandbox

_PROGRAM = "python -m soundcloud.sandbox"
_MEDIA_PORT = 8702

_EXAMPLES = """
examples:
  Run until Ctrl-C; open http://127.0.0.1:8700/ in a browser to see the data:
    python -m soundcloud.sandbox

  Keep the data between runs, starting from a custom dataset:
    python -m soundcloud.sandbox --data sandbox.db --catalogue dataset.json

  Run in a script on free ports; the file exists while the sandbox listens:
    python -m soundcloud.sandbox --port 0 --auth-port 0 --env-file sandbox.env &
    until [ -e sandbox.env ]; do sleep 0.1; done; . ./sandbox.env
    curl "$SOUNDCLOUD_API_URL/-/health"; kill $!

exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 could not start, 2 invalid command line
"""


def main(arguments: Sequence[str] | None = None, *, program: str = _PROGRAM) -> int:
    """Run a sandbox until Ctrl-C or SIGTERM."""
    options = make_parser(program).parse_args(arguments)
    if options.media_port is None:
        # A fixed default, which a container can publish, unless free ports are wanted.
        options.media_port = _MEDIA_PORT if options.port else 0
    stop = Event()
    try:
        require_extra()
        from soundcloud.sandbox.server import Sandbox

        with (
            _set_by_signals(stop),
            Sandbox(
                host=options.host,
                port=options.port,
                auth_port=options.auth_port,
                media_port=options.media_port,
                media_lifetime=options.media_lifetime,
                processing_seconds=options.processing_seconds,
                public_host=options.public_host,
                seed=options.seed,
                catalogue=options.catalogue,
                data=options.data,
                redirect_uri=options.redirect_uri,
                faults=read_faults(options),
                open_control=options.open_control,
            ) as sandbox,
            _environment_file(options.env_file, sandbox),
        ):
            sys.stdout.write(_environment_lines(sandbox) if options.print_env else _summary(sandbox))
            sys.stdout.flush()
            # Short waits: on Windows a signal does not interrupt a wait.
            while not stop.wait(0.5):
                pass
    except (ImportError, SandboxError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


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
        raise argparse.ArgumentTypeError(f"{value!r} is not a port: use 0 to 65535")
    return int(value)


def make_parser(program: str = _PROGRAM) -> argparse.ArgumentParser:
    """Build the argument parser."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="Run a local SoundCloud for demos and tests.",
        epilog=_EXAMPLES.replace(_PROGRAM, program),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    network = parser.add_argument_group("network")
    network.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    for option, default, origin in (("--port", 8700, "API"), ("--auth-port", 8701, "sign-in host")):
        text = f"port of the {origin}; 0 picks a free one (default %(default)s)"
        network.add_argument(option, type=_port, default=default, metavar="PORT", help=text)
    network.add_argument(
        "--media-port",
        type=_port,
        metavar="PORT",
        help=f"port of audio, images, oEmbed and the player (default {_MEDIA_PORT}, or a free one with --port 0)",
    )
    network.add_argument(
        "--public-host", metavar="NAME", help="host name in URLs, if clients reach this machine by another name"
    )
    data = parser.add_argument_group("data")
    data.add_argument("--seed", type=int, metavar="N", help="seed of the generated dataset (default 7)")
    data.add_argument("--catalogue", metavar="FILE", help="JSON file with a custom dataset to use instead")
    data.add_argument("--data", metavar="PATH", help="file that keeps the data; by default the data is lost at exit")
    data.add_argument(
        "--media-lifetime",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="how long audio URLs are valid; with 0 or less they have already expired (default %(default)g)",
    )
    data.add_argument(
        "--processing-seconds",
        type=float,
        default=0.5,
        metavar="SECONDS",
        help="how long an upload has no duration and no streams (default %(default)g)",
    )
    data.add_argument(
        "--redirect-uri",
        default="http://127.0.0.1:8765/callback",
        metavar="URI",
        help="redirect URI of the app (default %(default)s)",
    )
    output = parser.add_argument_group("output")
    output.add_argument("--print-env", action="store_true", help="print export lines for a shell instead of a summary")
    output.add_argument(
        "--env-file", type=Path, metavar="FILE", help="write the export lines to a file, deleted at exit"
    )
    add_fault_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
