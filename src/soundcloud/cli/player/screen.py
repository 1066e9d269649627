"""Shows what is played: the title, the waveform as progress bar, times, volume, shuffle and loop, and the keys."""

import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.framework.errors import ErrorMessage, print_error
from soundcloud.cli.output.formatting import format_duration
from soundcloud.cli.output.progress import error_console
from soundcloud.cli.output.terminal import write_message

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

    from soundcloud.cli.player.session import PlaybackSession, PlayingTrack

KEYS_HELP = (
    ("space", "pause"),
    ("left, right", "seek 10 s"),
    ("up, down", "volume"),
    ("m", "mute"),
    ("n, p", "next, previous"),
    ("s", "shuffle"),
    ("l", "loop"),
    ("L", "like"),
    ("o", "open in browser"),
    ("?", "keys"),
    ("q", "quit"),
)
_BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_ASCII_BLOCKS = "._-=+*##"
_GAP = 3


class LineScreen:
    """Writes one line per track, for pipes and simple terminals."""

    def __init__(self) -> None:
        self._shown: PlayingTrack | None = None

    def show(self, session: "PlaybackSession") -> None:
        """Write the line of a track when it begins."""
        playing = session.playing
        if playing is None or playing is self._shown:
            return
        self._shown = playing
        write_message(f"{place_in_queue(session)}{describe(playing)} ({format_duration(playing.track.duration)})")

    def show_error(self, error: ErrorMessage) -> None:
        """Write why a track is skipped."""
        print_error(error)

    def close(self) -> None:
        """Do nothing: there is nothing to remove."""


class TerminalScreen:
    """Draws three lines at a terminal, and replaces them."""

    def __init__(self) -> None:
        self._console = error_console()
        self._ascii = not self._console.encoding.startswith("utf")
        self._live: Live | None = None
        self._shown: object = None

    def show(self, session: "PlaybackSession") -> None:
        """Draw the state of a session."""
        from rich.live import Live

        lines = draw_player(session, self._console.width - 1, ascii_only=self._ascii)
        if lines == self._shown:
            return
        self._shown = lines
        if self._live is None:
            self._live = Live(
                console=self._console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._live.start()
        self._live.update(lines, refresh=True)

    def show_error(self, error: ErrorMessage) -> None:
        """Write why a track is skipped, above the drawing."""
        self.close()
        print_error(error)

    def close(self) -> None:
        """Remove the drawing."""
        if self._live is not None:
            self._live.stop()
            self._live, self._shown = None, None


def draw_player(session: "PlaybackSession", width: int, *, ascii_only: bool = False) -> "Text":
    """Return the lines of the player, each at most `width` cells wide; nothing before the first track."""
    from rich.text import Text

    if session.playing is None:
        return Text()
    lines = [
        _title(session, width, ascii_only),
        draw_waveform(session, width, ascii_only=ascii_only),
        _details(session, width),
    ]
    if session.message:
        lines.append(Text(to_printable(session.message), "yellow"))
    if session.shows_help:
        lines += keys_help(width)
    for line in lines:
        line.truncate(width, overflow="crop" if ascii_only else "ellipsis")
    return Text("\n").join(lines)


def create_screen() -> "LineScreen | TerminalScreen":
    """Return the screen for standard error."""
    if not sys.stderr.isatty() or error_console().is_dumb_terminal:
        return LineScreen()
    return TerminalScreen()


def describe(playing: "PlayingTrack", dash: str = " \u2014 ") -> str:
    """Return the title, the artist, and a mark for a preview."""
    track = playing.track
    artist = track.metadata_artist or getattr(track.user, "username", None)
    name = to_printable(f"{track.title}{dash}{artist}" if artist else f"{track.title}")
    return f"{name} [preview]" if playing.stream.is_preview else name


def place_in_queue(session: "PlaybackSession") -> str:
    """Return the number of the track and of all tracks; empty for a single track."""
    queue = session.queue
    if len(queue) == 1 and queue.is_complete:
        return ""
    return f"[{queue.index + 1}/{len(queue)}{'' if queue.is_complete else '+'}] "


def times(session: "PlaybackSession") -> tuple[float, float]:
    """Return the position and the length in milliseconds; the length is 0 while it is unknown."""
    player = session.player
    length = (session.playing.milliseconds if session.playing else 0.0) or player.duration * 1000
    return min(player.position * 1000, length or float("inf")), length


def draw_waveform(session: "PlaybackSession", width: int, *, ascii_only: bool = False) -> "Text":
    """Return a bar of the waveform, whose played part has a color; a plain bar until the waveform is there."""
    from rich.text import Text

    position, length = times(session)
    played = round(width * position / length) if length else 0
    blocks = _ASCII_BLOCKS if ascii_only else _BLOCKS
    waveform = session.playing.waveform if session.playing else None
    found = waveform.result() if waveform is not None and waveform.done() and waveform.exception() is None else None
    if found is None or not found.samples:
        bar = blocks[3] * width
    else:
        count, samples = len(found.samples), found.samples
        starts = [cell * count // width for cell in range(width + 1)]
        means = [
            sum(part) / len(part) for start, end in pairwise(starts) if (part := samples[start : max(start + 1, end)])
        ]
        low, high = min(means) / 2, max(means)
        bar = "".join(blocks[int((mean - low) / (high - low or 1) * (len(blocks) - 1))] for mean in means)
    text = Text(bar, "dim", no_wrap=True)
    text.stylize("not dim bold cyan", 0, played)
    return text


def keys_help(width: int) -> "list[Text]":
    """Return the keys in lines of at most `width` cells."""
    from rich.text import Text

    lines: list[Text] = []
    line = Text()
    for key, meaning in KEYS_HELP:
        entry = Text.assemble((key, "bold"), f" {meaning}")
        if line and line.cell_len + _GAP + entry.cell_len > width:
            lines.append(line)
            line = Text()
        if line:
            line.append(" " * _GAP)
        line.append_text(entry)
    return [*lines, line]


def _title(session: "PlaybackSession", width: int, ascii_only: bool) -> "Text":
    from rich.text import Text

    assert session.playing is not None  # noqa: S101 - for the type checker
    symbols, dash = ((">", "="), " - ") if ascii_only else (("\u25b6", "\u2016"), " \u2014 ")
    place = place_in_queue(session).strip()
    track = session.playing.track
    artist = to_printable(track.metadata_artist or getattr(track.user, "username", None) or "")
    name = Text.assemble(
        (f"{symbols[session.player.paused]} ", "cyan"),
        (to_printable(track.title or ""), "bold"),
        f"{dash}{artist}" if artist else "",
        (" [preview]", "yellow") if session.playing.stream.is_preview else "",
        no_wrap=True,
    )
    room = width - (len(place) + 1 if place else 0)
    name.truncate(room, overflow="crop" if ascii_only else "ellipsis", pad=bool(place))
    return name.append(f" {place}", "dim") if place else name


def _details(session: "PlaybackSession", width: int) -> "Text":
    """Return the times and the settings; those that do not fit are left out."""
    from rich.text import Text

    position, length = times(session)
    player, queue = session.player, session.queue
    line = Text(format_duration(position), no_wrap=True)
    if length:
        line.append(f" / {format_duration(length)}").append(f"  -{format_duration(length - position)}", "dim")
    parts = [
        Text("muted", "yellow") if player.muted else Text(f"vol {player.volume}%"),
        Text("liked", "red") if session.is_liked else None,
        Text("shuffle", "green") if queue.shuffle else None,
        Text(f"loop {queue.loop}", "green") if queue.loop != "off" else None,
        None if session.shows_help else Text("? keys", "dim"),
    ]
    for part in parts:
        if part is not None and line.cell_len + _GAP + part.cell_len <= width:
            line.append(" " * _GAP).append_text(part)
    return line
