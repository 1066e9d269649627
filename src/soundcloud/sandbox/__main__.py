"""The sandbox from the command line: `python -m soundcloud.sandbox`."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from threading import Event
from types import FrameType

from soundcloud.sandbox.fault_flags import add_fault_flags, faults_of
from soundcloud.sandbox.problems import SandboxError, require_extra


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sandbox until Ctrl-C or SIGTERM.

    Args:
        arguments: The command line; by default the program's own.

    Returns:
        The exit code: 0 when it was stopped, 1 when it could not start.
    """
    options = _parser().parse_args(arguments)
    try:
        require_extra()
        from soundcloud.sandbox.server import Sandbox

        sandbox = Sandbox(
            host=options.host,
            port=options.port,
            auth_port=options.auth_port,
            seed=options.seed,
            redirect_uri=options.redirect_uri,
            faults=faults_of(options),
            open_control=options.open_control,
        )
    except (ImportError, SandboxError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    stop = Event()
    previous = {number: signal.signal(number, _stopper(stop)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with sandbox:
            environment = {
                "SOUNDCLOUD_API_URL": sandbox.api_url,
                "SOUNDCLOUD_AUTH_URL": sandbox.auth_url,
                "SOUNDCLOUD_CLIENT_ID": sandbox.client_id,
                "SOUNDCLOUD_CLIENT_SECRET": sandbox.client_secret,
                "SOUNDCLOUD_REDIRECT_URI": sandbox.redirect_uri,
            }
            if options.print_env:
                lines = [f"export {name}={value}" for name, value in environment.items()]
            else:
                lines = [
                    "A SoundCloud of your own is listening; Ctrl-C stops it.",
                    f"  API            {sandbox.api_url}",
                    f"  sign-in        {sandbox.auth_url}",
                    f"  client id      {sandbox.client_id}",
                    f"  client secret  {sandbox.client_secret}",
                    f"  redirect URI   {sandbox.redirect_uri}",
                    f"  people         {', '.join(sandbox.usernames()[:6])} and others",
                ]
            sys.stdout.write("\n".join([*lines, ""]))
            sys.stdout.flush()
            # In short waits: on Windows a signal does not end a wait.
            while not stop.wait(0.5):
                pass
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 0


def _stopper(stop: Event) -> Callable[[int, FrameType | None], None]:
    def handler(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signals give both
        stop.set()

    return handler


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m soundcloud.sandbox", description="Run a SoundCloud of your own.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (%(default)s)")
    parser.add_argument("--port", type=int, default=8700, help="the API's port; 0 takes a free one (%(default)s)")
    parser.add_argument("--auth-port", type=int, default=8701, help="the sign-in host's port (%(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="what the catalogue is made from (%(default)s)")
    parser.add_argument(
        "--redirect-uri", default="http://127.0.0.1:8765/callback", help="the app's redirect URI (%(default)s)"
    )
    parser.add_argument("--print-env", action="store_true", help="print lines for a shell to evaluate")
    add_fault_flags(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
