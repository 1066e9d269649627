"""A bot that tells the new tracks of the people you follow, at a webhook or on standard output.

    python examples/new_tracks_bot.py --once                       # one look, for cron; exit status 1 if it failed
    python examples/new_tracks_bot.py --every 600                  # looks every ten minutes
    BOT_WEBHOOK=https://... python examples/new_tracks_bot.py --every 600

The app, the signed-in person and the sandbox come from the environment: docs/examples.md shows how. What was told is kept in a
file (`--state`), which is written before a track is told: a bot that is killed and started again tells nothing twice, and
can at most leave out the one that it was about to tell. What the webhook surely has not got is told at the next look.
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

# The feed can be late, and clocks differ: each look goes back this far before the one before.
OVERLAP = timedelta(days=1)


class Memory:
    """What was told, with the time of each, and since when tracks are new; in a file."""

    def __init__(self, file: Path, first: datetime) -> None:
        self.file = file
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            self.since = datetime.fromisoformat(kept["since"]).astimezone(UTC)
            self.told = {str(urn): datetime.fromisoformat(when).astimezone(UTC) for urn, when in kept["told"].items()}
        except FileNotFoundError:
            self.since, self.told = first, {}
            self.write()
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SystemExit(f"{file} is damaged: repair or delete it; without it the bot begins anew") from None

    def write(self) -> None:
        """Write the file. It is replaced at once: whoever kills the bot leaves the old one or the new one."""
        self.told = {urn: when for urn, when in self.told.items() if when >= self.since}
        told = {urn: when.isoformat() for urn, when in self.told.items()}
        draft = self.file.with_name(f"{self.file.name}.draft")
        with draft.open("w", encoding="utf-8") as file:
            json.dump({"since": self.since.isoformat(), "told": told}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.file)


class NotToldError(Exception):
    """The webhook surely has not got it."""


def print_line(text: str) -> None:
    """Tell on standard output, in one line and without what would steer a terminal."""
    print("".join(letter if letter.isprintable() else "?" for letter in text), flush=True)


def webhook(url: str) -> Callable[[str], None]:
    """Tell at an address that takes `{"text": ...}`, as Slack and Mattermost do. The address is a secret, and in no message."""

    def post(text: str) -> None:
        try:
            reply = httpx.post(url, json={"text": text}, timeout=10)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as problem:
            raise NotToldError(f"the webhook cannot be reached: {type(problem).__name__}") from None
        except httpx.HTTPError as problem:
            print(f"the webhook may not have got it: {type(problem).__name__}: {text!r}", file=sys.stderr)
            return
        if not reply.is_success:
            raise NotToldError(f"the webhook answers {reply.status_code}")

    return post


def find_new(client: SoundCloudClient, memory: Memory) -> list[tuple[datetime, Track]]:
    """Walk the feed, the newest first, back to where everything is known; reposts are no new tracks. The oldest comes first."""
    found: dict[str, tuple[datetime, Track]] = {}
    for item in client.me.get_feed_tracks(50):
        track = item.origin
        if item.type != "track" or not isinstance(track, Track):
            continue
        when = item.created_at or track.created_at
        if when and when < memory.since:
            break
        if when and track.urn and track.urn not in memory.told:
            found[track.urn] = (when, track)
    return sorted(found.values(), key=lambda pair: pair[0])


def describe(track: Track) -> str:
    """Name a track with the credit that SoundCloud asks for."""
    try:
        return get_attribution(track).text
    except InvalidInputError:  # the feed does not say whose it is
        return f"{track.title}: {track.permalink_url or track.urn}"


def look(client: SoundCloudClient, memory: Memory, tell: Callable[[str], None]) -> None:
    """Look once, and tell what is new."""
    started = datetime.now(UTC)
    for when, track in find_new(client, memory):
        urn = str(track.urn)
        memory.told[urn] = when
        memory.write()
        try:
            tell(describe(track))
        except NotToldError:
            del memory.told[urn]
            memory.write()
            raise
    memory.since = max(memory.since, started - OVERLAP)
    memory.write()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot."""
    parser = argparse.ArgumentParser(description="Tell the new tracks of the people you follow.")
    often = parser.add_mutually_exclusive_group(required=True)
    often.add_argument("--once", action="store_true", help="look once")
    often.add_argument("--every", type=float, metavar="SECONDS", help="look again and again; 60 or more is polite")
    parser.add_argument("--state", type=Path, default=Path("new_tracks.json"), help="the file; default %(default)s")
    parser.add_argument("--days", type=float, default=0, help="how far back the very first look goes; default 0")
    options = parser.parse_args(arguments)
    if (options.every is not None and not 1 <= options.every <= 1e6) or not 0 <= options.days <= 3650:
        parser.error("--every takes seconds from 1 to 1000000, --days a number from 0 to 3650")

    try:
        memory = Memory(options.state, datetime.now(UTC).replace(microsecond=0) - timedelta(days=options.days))
    except OSError as error:
        raise SystemExit(f"{options.state} cannot be used: {error.strerror}") from None
    url = os.environ.get("BOT_WEBHOOK")
    tell = webhook(url) if url else print_line
    with SoundCloudClient.from_env() as client:
        while True:
            wait, failed = options.every or 0, False
            try:
                look(client, memory, tell)
            except (UnauthorizedError, MissingTokenError, InvalidGrantError) as error:
                raise SystemExit(f"nobody is signed in, or not any more: {error}") from None
            except (SoundCloudError, NotToldError) as error:
                failed = True
                print(f"this look failed: {error}", file=sys.stderr, flush=True)
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
