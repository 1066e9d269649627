"""Plays one track: fetches a new stream URL when the old one expires, handles keys, shows a status line."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.framework.errors import CommandError
from soundcloud.cli.output.formatting import format_duration
from soundcloud.cli.output.terminal import write_message, write_status
from soundcloud.cli.player.backends import Player
from soundcloud.cli.player.keyboard import Keyboard

if TYPE_CHECKING:
    from soundcloud import Stream
    from soundcloud.models import Track

Outcome: TypeAlias = Literal["ended", "next", "previous", "quit"]

_TICK = 0.25
_SEEK = 10.0
_TOLERANCE = 3.0
_MAXIMUM_ATTEMPTS = 3
_SKEW = timedelta(seconds=30)


def play_track(
    player: Player, keyboard: Keyboard, stream: "Stream", show: Callable[[Player], None], *, seconds: float = 0.0
) -> Outcome:
    """Play one track until it ends or a key ends it; `seconds` is its length, for players that do not report it."""
    player.load(stream.url)
    attempts, reached = 0, 0.0
    while True:
        player.wait(_TICK, keyboard.handle)
        for action in keyboard.read():
            match action:
                case "quit" | "next":
                    return action
                case "previous" if player.position < _TOLERANCE:
                    return "previous"
                case "previous":
                    # Restart the track, as players do, with a new URL: the old one may have expired.
                    stream = stream.refresh()
                    player.load(stream.url)
                case "pause":
                    player.toggle_pause()
                case _:
                    player.seek(_SEEK if action == "forward" else -_SEEK)
        if player.ended == "quit":
            return "quit"
        if player.ended == "eof" and not _ended_early(player, stream, seconds):
            return "ended"
        if player.ended is not None:
            # The URL expired, and the rest of the stream could not be fetched.
            attempts = 1 if player.position > reached + _TOLERANCE else attempts + 1
            if attempts > _MAXIMUM_ATTEMPTS:
                raise CommandError(
                    f"{player.name} cannot play the track beyond {format_duration(reached * 1000)}",
                    "check the network, or use another --player",
                )
            reached = player.position
            stream = stream.refresh()
            player.load(stream.url, reached)
            continue
        show(player)


def _ended_early(player: Player, stream: "Stream", seconds: float) -> bool:
    """Return whether the stream ended early because its URL expired: players skip what they cannot fetch."""
    left = (player.duration or seconds) - player.position
    return left > _TOLERANCE and stream.expires_at is not None and stream.expires_at <= datetime.now(UTC) + _SKEW


class StatusLine:
    """The line with the current track and position; without a terminal, one line per track."""

    def __init__(self, width: int, *, ascii_only: bool) -> None:
        self._at_terminal = sys.stderr.isatty()
        self._width = width
        self._symbols = (">", "||", " - ", "...") if ascii_only else ("\u25b6", "\u2016", " \u2014 ", "\u2026")
        self._shown = ""

    def begin(self, track: "Track", *, preview: bool, number: int, total: int) -> Callable[[Player], None]:
        """Show track `number` of `total`, and return a function that shows the position of the player."""
        artist = track.metadata_artist or getattr(getattr(track, "user", None), "username", "")
        dash = self._symbols[2]
        name = to_printable(f"{track.title}{dash}{artist}" if artist else f"{track.title}")
        place = f"[{number}/{total}] " if total > 1 else ""
        suffix = " [preview]" if preview else ""
        if not self._at_terminal:
            write_message(f"{place}{name} ({format_duration(track.duration)}){suffix}")
            return lambda _: None

        def show(player: Player) -> None:
            length = player.duration * 1000 if preview or not track.duration else track.duration
            times = f" {format_duration(player.position * 1000)} / {format_duration(length)}{suffix}"
            self._write(f"{self._symbols[player.paused]} {place}", name, times)

        return show

    def _write(self, head: str, name: str, tail: str) -> None:
        from rich.cells import cell_len, set_cell_size

        room = self._width - 1 - cell_len(head) - cell_len(tail)
        if cell_len(name) > room:
            ellipsis = self._symbols[3]
            name = set_cell_size(name, max(0, room - len(ellipsis))).rstrip() + ellipsis
        line = head + name + tail
        if line != self._shown:
            self._shown = line
            write_status(line)

    def end(self) -> None:
        """End the line, so that other output starts on a new one."""
        if self._at_terminal and self._shown:
            write_message()
            self._shown = ""
