"""Calls SoundCloud's reading operations and compares the responses with the document, the models and the sandbox.

    python -m tools.live_check [--writes] [--output PATH] [--pause SECONDS]

The credentials come from the environment: `SOUNDCLOUD_CLIENT_ID`, `SOUNDCLOUD_CLIENT_SECRET` and `SOUNDCLOUD_ACCESS_TOKEN`, or
`SOUNDCLOUD_TOKEN_FILE`; for a sandbox `SOUNDCLOUD_API_URL`, `SOUNDCLOUD_AUTH_URL` and `SOUNDCLOUD_WEB_URL` too. `--writes` also
creates a private track and private playlists, changes and likes them, and deletes them. Nothing else is changed.

The report is Markdown for an issue: it has names, types and counts of fields, and neither tokens nor personal data. A run that
stops at a limit keeps its progress beside the report, and the next run continues.

Exit status: 0 the report has no difference, 1 it has some, 2 failed, 3 stopped early: run the command again.
"""

import argparse
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from soundcloud import SoundCloudClient, SoundCloudError
from soundcloud._live_check.check import DEFAULT_REPORT, PAUSE_SECONDS, run_live_check
from soundcloud._live_check.runner import Result, StoppedError
from soundcloud._protocol.http.urls import is_loopback

_MAX_PAUSE = 3600.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.live_check",
        description="Compare SoundCloud's responses with the document, the models and the sandbox.",
    )
    parser.add_argument("--writes", action="store_true", help="also create, change and delete objects of its own")
    parser.add_argument(
        "--output", type=Path, metavar="PATH", default=DEFAULT_REPORT, help="the report; default live-check.md"
    )
    parser.add_argument(
        "--pause", type=_seconds, metavar="SECONDS", default=PAUSE_SECONDS, help="pause between requests; default 1"
    )
    options = parser.parse_args(arguments)
    # A sandbox has its pictures on a host of its own.
    local = is_loopback(urlsplit(os.environ.get("SOUNDCLOUD_API_URL", "")).hostname or "")
    media = os.environ.get("SOUNDCLOUD_WEB_URL", "") if local else ""
    try:
        with SoundCloudClient.from_env() as client:
            made = run_live_check(
                client, options.output, writes=options.writes, media=media, pause=options.pause, on_result=_print
            )
    except StoppedError as error:
        later = "later" if error.seconds is None else f"in {error.seconds:.0f} s"
        print(f"live_check: {error}; run the command again {later}: it continues where it stopped", file=sys.stderr)
        return 3
    except (SoundCloudError, ValueError, OSError) as error:
        print(f"live_check: {error}", file=sys.stderr)
        return 2
    print(f"{made.sent} responses, {made.differing} with a difference; wrote {options.output}")
    if made.unanswered:
        print(f"live_check: {len(made.unanswered)} without an answer: run the command again", file=sys.stderr)
        return 3
    return 1 if made.differing else 0


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _MAX_PAUSE:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to {_MAX_PAUSE:.0f}")
    return seconds


def _print(number: int, total: int, result: Result) -> None:
    print(f"{number} of {total}: {result.id}: {result.skipped or result.status or result.error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
