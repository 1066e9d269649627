"""Reports new tracks of the users you follow, to a webhook or on standard output.

    pip install ".[sandbox]"
    python examples/with_sandbox.py examples/new_tracks_bot.py --once --days 3650

Output:

    Lighthouse: lofi for falling asleep by Copper Moth on SoundCloud: http://127.0.0.1:.../copper-moth/...
    Rainy Station (lofi) by Tape Orchard on SoundCloud: http://127.0.0.1:.../tape-orchard/rainy-station-lofi
    ...

The links lead to the pages of the sandbox. `--once` checks once, for example from cron, and has exit status 1 after an error.
`--every 600` checks every ten minutes until you press Ctrl-C. To send the reports to a webhook, set the environment variable
`BOT_WEBHOOK` to its URL.

To use soundcloud.com instead, set the environment variables of docs/examples.md, and start the example without
`examples/with_sandbox.py`.

Before each report, the bot stores the track in a file (`--state`). So a bot that was killed reports no track twice after a restart,
and misses at most one track. If the webhook did not receive a report, the next check sends it again. With a sandbox, the bot uses
no file unless you pass `--state`.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from soundcloud import InvalidInputError, RateLimitError, SoundCloudClient, SoundCloudError
from soundcloud.attribution import get_attribution
from soundcloud.errors import InvalidGrantError, MissingTokenError, UnauthorizedError
from soundcloud.models import Track

# The feed may be delayed and clocks differ, so that each check overlaps the previous one.
OVERLAP = timedelta(days=1)


class State:
    """The reported tracks with their times, and the time since which tracks are new; stored in a file, if there is one."""

    def __init__(self, file: Path | None, first: datetime) -> None:
        self.file = file
        self.is_restored = False
        self.since = first
        self.reported: dict[str, datetime] = {}
        if file is None:
            return
        try:
            state = json.loads(file.read_text(encoding="utf-8"))
            self.since = datetime.fromisoformat(state["since"]).astimezone(UTC)
            self.reported = {
                str(urn): datetime.fromisoformat(when).astimezone(UTC) for urn, when in state["reported"].items()
            }
            self.is_restored = True
        except FileNotFoundError:
            self.write()
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SystemExit(
                f"{file} is damaged: repair or delete it; without it the bot starts from the beginning"
            ) from None

    def write(self) -> None:
        """Replace the file atomically."""
        self.reported = {urn: when for urn, when in self.reported.items() if when >= self.since}
        reported = {urn: when.isoformat() for urn, when in self.reported.items()}
        if self.file is None:
            return
        draft = self.file.with_name(f"{self.file.name}.draft")
        with draft.open("w", encoding="utf-8") as file:
            json.dump({"since": self.since.isoformat(), "reported": reported}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.file)


class DeliveryError(Exception):
    """The webhook did not receive the report."""


def print_line(text: str) -> None:
    """Print one line without control characters."""
    print("".join(letter if letter.isprintable() else "?" for letter in text), flush=True)


def webhook(url: str) -> Callable[[str], None]:
    """Return a function that posts `{"text": ...}`, as for Slack and Mattermost. The URL is a secret and never printed."""

    def post(text: str) -> None:
        try:
            response = httpx.post(url, json={"text": text}, timeout=10)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as problem:
            raise DeliveryError(f"the webhook cannot be reached: {type(problem).__name__}") from None
        except httpx.HTTPError as problem:
            print(f"the webhook may not have received a report: {type(problem).__name__}: {text!r}", file=sys.stderr)
            return
        if not response.is_success:
            raise DeliveryError(f"the webhook returned {response.status_code}")

    return post


def find_new(client: SoundCloudClient, state: State) -> list[tuple[datetime, Track]]:
    """Return the new tracks in the feed without reposts, the oldest first."""
    found: dict[str, tuple[datetime, Track]] = {}
    for item in client.me.get_feed_tracks(50):
        track = getattr(item, "origin", None)  # it may be missing, or an object that is not documented
        if item.type != "track" or not isinstance(track, Track):
            continue
        when = item.created_at
        if when < state.since:
            break
        if track.urn not in state.reported:
            found[track.urn] = (when, track)
    return sorted(found.values(), key=lambda pair: pair[0])


def describe(track: Track) -> str:
    """Return a track's attribution, which SoundCloud requires."""
    try:
        return get_attribution(track).text
    except InvalidInputError:  # the feed omits the uploader
        return f"{track.title}: {track.permalink_url or track.urn}"


def check(client: SoundCloudClient, state: State, report: Callable[[str], None]) -> int:
    """Check the feed once, report new tracks, and return their number."""
    started = datetime.now(UTC)
    found = find_new(client, state)
    for when, track in found:
        urn = str(track.urn)
        state.reported[urn] = when
        state.write()
        try:
            report(describe(track))
        except DeliveryError:
            del state.reported[urn]
            state.write()
            raise
    state.since = max(state.since, started - OVERLAP)
    state.write()
    return len(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot."""
    parser = argparse.ArgumentParser(description="Report new tracks of the users you follow.")
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--once", action="store_true", help="check once")
    mode.add_argument("--every", type=float, metavar="SECONDS", help="check repeatedly; use 60 or more")
    parser.add_argument("--state", type=Path, help="the state file; default new_tracks.json, with a sandbox none")
    parser.add_argument("--days", type=float, help="days that the first check goes back; default 0")
    options = parser.parse_args(arguments)
    days = options.days or 0
    if (options.every is not None and not 1 <= options.every <= 1e6) or not 0 <= days <= 3650:
        parser.error("--every takes seconds from 1 to 1000000, --days a number from 0 to 3650")

    # What a sandbox returned must not count as reported for soundcloud.com.
    file = options.state or (None if os.environ.get("SOUNDCLOUD_API_URL") else Path("new_tracks.json"))
    try:
        state = State(file, datetime.now(UTC).replace(microsecond=0) - timedelta(days=days))
    except OSError as error:
        raise SystemExit(f"{file} cannot be used: {error.strerror}") from None
    if state.is_restored and options.days is not None:
        print(f"--days is ignored, because {file} exists; to use --days, delete the file", file=sys.stderr, flush=True)
    url = os.environ.get("BOT_WEBHOOK")
    report = webhook(url) if url else print_line
    with SoundCloudClient.from_env() as client:
        while True:
            wait, failed = options.every or 0, False
            since = state.since
            try:
                if not check(client, state, report) and options.once:
                    print(f"no new tracks since {since:%Y-%m-%d %H:%M} UTC", file=sys.stderr)
            except (UnauthorizedError, MissingTokenError, InvalidGrantError) as error:
                raise SystemExit(f"not signed in: {error}") from None
            except (SoundCloudError, DeliveryError) as error:
                failed = True
                print(f"the check failed: {error}", file=sys.stderr, flush=True)
                if isinstance(error, RateLimitError):
                    wait = max(wait, error.retry_after or 0)
            if options.once:
                return int(failed)
            time.sleep(wait)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
