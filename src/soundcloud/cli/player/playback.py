"""Plays one track: fetches a new stream URL when the old one expires, and handles keys."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from soundcloud.cli.framework.errors import CommandError
from soundcloud.cli.output.formatting import format_duration
from soundcloud.cli.player.backends import Player
from soundcloud.cli.player.keyboard import Keyboard

if TYPE_CHECKING:
    from soundcloud import Stream

Outcome: TypeAlias = Literal["ended", "next", "previous", "quit"]

_TICK = 0.25
_SEEK = 10.0
_TOLERANCE = 3.0
_MAXIMUM_ATTEMPTS = 3
_SKEW = timedelta(seconds=30)


def play_track(
    player: Player,
    keyboard: Keyboard,
    stream: "Stream",
    show: Callable[[Player], None],
    *,
    seconds: float = 0.0,
    act: Callable[[str], None],
) -> Outcome:
    """Play one track until it ends or a key ends it.

    `seconds` is its length, for players that do not report it. `act` is called with the actions that do not concern the position.
    """
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
                case "forward" | "back":
                    player.seek(_SEEK if action == "forward" else -_SEEK)
                case _:
                    act(action)
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
