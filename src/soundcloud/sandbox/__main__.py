"""The sandbox from the command line: `python -m soundcloud.sandbox`."""

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

from soundcloud.sandbox.errors import SandboxError, require_extra
from soundcloud.sandbox.faults.command_line import add_fault_options, read_faults

if TYPE_CHECKING:
    from soundcloud.sandbox.server import Sandbox

_PROGRAM = "python -m soundcloud.sandbox"
_MEDIA_PORT = 8702

_EXAMPLES = """
examples:
  a SoundCloud until Ctrl-C; look at http://127.0.0.1:8700/ in a browser:
    python -m soundcloud.sandbox

  one that is there again tomorrow, with a world of your own:
    python -m soundcloud.sandbox --data world.db --catalogue world.json

  for a script, on free ports: the file is written as soon as it listens, and deleted when it stops:
    python -m soundcloud.sandbox --port 0 --auth-port 0 --env-file sandbox.env &
    until [ -e sandbox.env ]; do sleep 0.1; done; . ./sandbox.env
    curl "$SOUNDCLOUD_API_URL/-/health"; kill $!

exit codes: 0 it was stopped by Ctrl-C or SIGTERM, 1 it could not start, 2 the command line is wrong
"""


def main(arguments: Sequence[str] | None = None, *, program: str = _PROGRAM) -> int:
    """Run a sandbox until Ctrl-C or SIGTERM.

    Args:
        arguments: The command line; by default the program's own.
        program: What was typed to come here.

    Returns:
        The exit code: 0 when it was stopped, 1 when it could not start.
    """
    options = make_parser(program).parse_args(arguments)
    stop = Event()
    try:
        require_extra()
        from soundcloud.sandbox.server import Sandbox

        with (
            _stopped_by_signals(stop),
            Sandbox(
                host=options.host,
                port=options.port,
                auth_port=options.auth_port,
                media_port=_media_port(options),
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
            sys.stdout.write(_exports(sandbox) if options.print_env else _greeting(sandbox))
            sys.stdout.flush()
            # In short waits: on Windows a signal does not end a wait.
            while not stop.wait(0.5):
                pass
    except (ImportError, SandboxError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


@contextmanager
def _stopped_by_signals(stop: Event) -> Generator[None, None, None]:
    previous = {number: signal.signal(number, _stopper(stop)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _stopper(stop: Event) -> Callable[[int, FrameType | None], None]:
    def handler(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signals give both
        stop.set()

    return handler


@contextmanager
def _environment_file(path: Path | None, sandbox: "Sandbox") -> Generator[None, None, None]:
    """Keep a file for a shell to read, from when the sandbox listens until it stops."""
    if path is None:
        yield
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_text(_exports(sandbox), encoding="utf-8")
        # Whoever waits for the file finds a whole one.
        draft.replace(path)
    except OSError as problem:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise SandboxError(f"cannot write {path}: {problem.strerror}") from problem
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _exports(sandbox: "Sandbox") -> str:
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


def _greeting(sandbox: "Sandbox") -> str:
    names = sandbox.usernames()
    people = f"{', '.join(names[:6])} and others" if len(names) > 6 else ", ".join(names)
    return f"""A SoundCloud of your own is listening; Ctrl-C stops it.
  API            {sandbox.api_url}  (a browser shows what is in it)
  sign-in        {sandbox.auth_url}
  oEmbed         {sandbox.media_url}/oembed
  player         {sandbox.media_url}/player/
  client id      {sandbox.client_id}
  client secret  {sandbox.client_secret}
  redirect URI   {sandbox.redirect_uri}
  people         {people}
"""


def _media_port(options: argparse.Namespace) -> int:
    """Choose a port that one can publish, except where free ones are wanted."""
    if options.media_port is not None:
        return int(options.media_port)
    return _MEDIA_PORT if options.port else 0


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise argparse.ArgumentTypeError(f"{number} is no port: 0 to 65535")
    return number


def make_parser(program: str = _PROGRAM) -> argparse.ArgumentParser:
    """Describe the command line.

    Args:
        program: What is typed to come here.

    Returns:
        The parser, with the help.
    """
    parser = argparse.ArgumentParser(
        prog=program,
        description="Run a SoundCloud of your own.",
        epilog=_EXAMPLES.replace(_PROGRAM, program),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = parser.add_argument_group("where it listens")
    where.add_argument("--host", default="127.0.0.1", help="the address to listen at (%(default)s)")
    where.add_argument("--port", type=_port, default=8700, help="the API's port; 0 takes a free one (%(default)s)")
    where.add_argument("--auth-port", type=_port, default=8701, help="the sign-in host's port (%(default)s)")
    where.add_argument(
        "--media-port",
        type=_port,
        help=f"the port of sound, pictures, oEmbed and the player ({_MEDIA_PORT}; free where --port is 0)",
    )
    where.add_argument(
        "--public-host", metavar="NAME", help="what links call this machine, where clients see another name"
    )
    what = parser.add_argument_group("what is in it")
    what.add_argument("--seed", type=int, metavar="N", help="what the invented catalogue is made from (7)")
    what.add_argument("--catalogue", metavar="FILE", help="a world of your own instead of the invented one, as JSON")
    what.add_argument("--data", metavar="PATH", help="a file that keeps everything; without it, it is gone at the end")
    what.add_argument(
        "--media-lifetime",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="how long links to sound work; 0 and less: they are expired when they are given (%(default)s)",
    )
    what.add_argument(
        "--processing-seconds",
        type=float,
        default=0.5,
        metavar="SECONDS",
        help="how long an upload has no duration and no streams (%(default)s)",
    )
    what.add_argument(
        "--redirect-uri",
        default="http://127.0.0.1:8765/callback",
        metavar="URI",
        help="the app's redirect URI (%(default)s)",
    )
    told = parser.add_argument_group("what it says")
    told.add_argument("--print-env", action="store_true", help="print lines for a shell, then serve: use > FILE &")
    told.add_argument("--env-file", type=Path, metavar="FILE", help="keep the same lines in a file while it listens")
    add_fault_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
