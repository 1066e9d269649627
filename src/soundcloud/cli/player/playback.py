"""Plays one track after the other: fetches the link, fetches it again when it has expired, obeys the keys, shows a line."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from soundcloud.cli.framework.errors import CommandError
from soundcloud.cli.output.formatting import clock, printable
from soundcloud.cli.player.keys import Keyboard
from soundcloud.cli.player.programs import Player

if TYPE_CHECKING:
    from soundcloud import Stream
    from soundcloud.models import Track

Outcome: TypeAlias = Literal["ended", "next", "previous", "quit"]

_TICK = 0.25
_SEEK = 10.0
_NEAR = 3.0
_TRIES = 3
_SKEW = timedelta(seconds=30)


def play_track(
    player: Player, keys: Keyboard, link: "Stream", show: Callable[[Player], None], *, seconds: float = 0.0
) -> Outcome:
    """Play one track to its end, or until a key ends it.

    Args:
        player: Plays.
        keys: Typed meanwhile.
        link: What is played.
        show: Shows where it is.
        seconds: How long it is, for players that do not say so.

    Returns:
        What ended it.

    Raises:
        CommandError: The player cannot play it, with a new link neither.
        SoundCloudError: There is no new link.
    """
    player.load(link.url)
    tries, reached = 0, 0.0
    while True:
        player.wait(_TICK, keys.handle)
        for key in keys.read():
            match key:
                case "quit" | "next":
                    return key
                case "previous" if player.position < _NEAR:
                    return "previous"
                case "previous":
                    # From its beginning, as players do; with a new link, the old one may have expired.
                    link = link.refresh()
                    player.load(link.url)
                case "pause":
                    player.toggle_pause()
                case _:
                    player.seek(_SEEK if key == "forward" else -_SEEK)
        if player.ended == "quit":
            return "quit"
        if player.ended == "eof" and not _broke_off(player, link, seconds):
            return "ended"
        if player.ended is not None:
            # The link has expired: what is left could not be fetched.
            tries = 1 if player.position > reached + _NEAR else tries + 1
            if tries > _TRIES:
                raise CommandError(
                    f"{player.name} cannot play it beyond {clock(reached * 1000)}",
                    "look at the network, or take another player",
                )
            reached = player.position
            link = link.refresh()
            player.load(link.url, reached)
            continue
        show(player)


def _broke_off(player: Player, link: "Stream", seconds: float) -> bool:
    """Whether the end came early because the link had expired: players pass over what they cannot fetch."""
    left = (player.duration or seconds) - player.position
    return left > _NEAR and link.expires_at is not None and link.expires_at <= datetime.now(UTC) + _SKEW


class Screen:
    """The line that says what is playing; where nobody looks, one line per track.

    Args:
        window: How many cells it may have.
        plain: Whether only ASCII can be shown.
    """

    def __init__(self, window: int, *, plain: bool) -> None:
        self._live = sys.stderr.isatty()
        self._window = window
        self._marks = (">", "||", " - ", "...") if plain else ("\u25b6", "\u2016", " \u2014 ", "\u2026")
        self._shown = ""

    def begin(self, track: "Track", *, preview: bool, number: int, total: int) -> Callable[[Player], None]:
        """Show a track that begins.

        Args:
            track: The track.
            preview: Whether it is only a snippet of it.
            number: Which of them it is, from 1.
            total: How many there are.

        Returns:
            Shows where the player is.
        """
        artist = track.metadata_artist or (track.user.username if track.user is not None else None) or ""
        dash = self._marks[2]
        name = printable(f"{track.title}{dash}{artist}" if artist else f"{track.title}")
        place = f"[{number}/{total}] " if total > 1 else ""
        kind = " [preview]" if preview else ""
        if not self._live:
            sys.stderr.write(f"{place}{name} ({clock(track.duration)}){kind}\n")
            sys.stderr.flush()
            return lambda _: None

        def show(player: Player) -> None:
            length = player.duration * 1000 if preview or not track.duration else track.duration
            times = f" {clock(player.position * 1000)} / {clock(length)}{kind}"
            self._write(f"{self._marks[player.paused]} {place}", name, times)

        return show

    def _write(self, head: str, name: str, tail: str) -> None:
        from rich.cells import cell_len, set_cell_size

        room = self._window - 1 - cell_len(head) - cell_len(tail)
        if cell_len(name) > room:
            end = self._marks[3]
            name = set_cell_size(name, max(0, room - len(end))).rstrip() + end
        line = head + name + tail
        if line != self._shown:
            self._shown = line
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._live and self._shown:
            sys.stderr.write("\n")
            sys.stderr.flush()
            self._shown = ""


def move(outcome: Outcome, position: int, queue: Sequence[object]) -> int | None:
    """Which of the queue comes next; None when it is over."""
    following = max(0, position - 1) if outcome == "previous" else position + 1
    return None if outcome == "quit" or following >= len(queue) else following
