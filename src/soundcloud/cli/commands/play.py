"""`soundcloud play`: plays tracks, playlists and users with a player of this machine."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from soundcloud.cli.framework.bulk import combine_exit_codes
from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import ErrorMessage, describe_error, print_error
from soundcloud.cli.framework.options import resource_argument
from soundcloud.cli.framework.param_types import ParsedType
from soundcloud.cli.framework.resolver import ResolvedResource, resolve
from soundcloud.cli.framework.stdin import read_items
from soundcloud.cli.output.progress import error_console
from soundcloud.cli.output.terminal import write_output
from soundcloud.cli.player.queue import Loop, PlayQueue

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient, Stream

_DEFAULT_WIDTH = 80
_MAXIMUM_FAILURES = 5  # in a row
_FORMAT = re.compile(r"[a-z]+_[a-z0-9]+_[0-9]+(_url)?")


def _parse_format(value: str) -> str:
    if not _FORMAT.fullmatch(value):
        raise ValueError(f"{value!r} is not a stream format; examples: hls_aac_160, hls_mp3_128")
    return value


@command(
    ("Play a track", "soundcloud play 308946187"),
    ("A playlist, by URL", "soundcloud play https://soundcloud.com/forss/sets/soulhack"),
    ("The tracks of a user, in random order", "soundcloud play @forss --shuffle"),
    ("What a search finds", "soundcloud search lofi --jsonl | soundcloud play -"),
    ("With another player", "vlc $(soundcloud play 308946187 --url)"),
)
@resource_argument("resource", "items", many=True)
@click.option("--player", type=click.Choice(["mpv", "ffplay"]), help="The player; default the first that is installed.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=ParsedType(_parse_format),
    metavar="NAME",
    help="A stream format, for example hls_mp3_128; repeat it for alternatives.",
)
@click.option("--shuffle", is_flag=True, help="Play in random order.")
@click.option(
    "--loop",
    type=click.Choice(["off", "all", "one"]),
    default="off",
    help="Repeat all tracks, or each track until you press n; default off.",
)
@click.option("--url", "only_url", is_flag=True, help="Print the stream URL instead; it expires after some minutes.")
def play(
    context: CommandContext,
    items: tuple[str, ...],
    player: str | None,
    formats: tuple[str, ...],
    shuffle: bool,
    loop: Loop,
    only_url: bool,
) -> int:
    """Play tracks, playlists and the tracks of users, one after the other.

    Keys in mpv: space pauses, the arrow keys seek by 10 seconds, n is the next track, p the previous one, q quits. ffplay
    supports n, p and q. Previews are marked. Streams are never saved: SoundCloud's terms do not allow it.
    """
    prefer: dict[str, Any] = {"prefer": formats} if formats else {}
    with context.client(spinner=False) as client:
        queue = [track for item in _names(items) for track in _tracks_of(client, item)]
        if not queue:
            context.note("no tracks to play")
            return 0
        if only_url:
            for track in queue:
                stream = client.tracks.get_stream(track.urn, secret_token=track.secret_token, **prefer)
                if stream.is_preview:
                    context.note(f"{track.urn}: this is a preview of 30 seconds")
                write_output(f"{stream.url}\n")
            return 0
        return _play_queue(client, PlayQueue(queue, shuffle=shuffle, loop=loop), player, prefer)


def _names(items: tuple[str, ...]) -> Sequence[str]:
    """Return the arguments, or those of standard input; an argument may be repeated."""
    return read_items(items) if "-" in items else items


def _play_queue(
    client: "SoundCloudClient",
    queue: PlayQueue[ResolvedResource],
    player_name: str | None,
    prefer: dict[str, Any],
) -> int:
    from soundcloud import NotFoundError, NotPlayableError
    from soundcloud.cli.player.backends import find_player
    from soundcloud.cli.player.keyboard import open_keyboard
    from soundcloud.cli.player.playback import Outcome, StatusLine, play_track

    console = error_console()
    width = console.width if console.is_terminal else _DEFAULT_WIDTH
    status_line = StatusLine(width, ascii_only=not console.encoding.startswith("utf"))
    failures_in_row = 0
    errors: list[ErrorMessage] = []
    player = find_player(player_name)
    try:
        with open_keyboard() as keyboard:
            while True:
                item = queue.current
                outcome: Outcome = "ended"
                failed = False
                try:
                    track = client.tracks.get_track(item.urn, secret_token=item.secret_token)
                    stream: Stream = client.tracks.get_stream(item.urn, secret_token=item.secret_token, **prefer)
                    show = status_line.begin(track, preview=stream.is_preview, number=queue.index + 1, total=len(queue))
                    seconds = 0.0 if stream.is_preview else (track.duration or 0) / 1000
                    outcome = play_track(player, keyboard, stream, show, seconds=seconds)
                    failures_in_row = 0
                except (NotPlayableError, NotFoundError) as error:
                    if len(queue) == 1:
                        raise
                    status_line.end()
                    errors.append(describe_error(error).with_subject(item.urn))
                    print_error(errors[-1])
                    failed = True
                    failures_in_row += 1
                finally:
                    status_line.end()
                if failures_in_row >= min(len(queue), _MAXIMUM_FAILURES) or not queue.advance(outcome, failed=failed):
                    break
    finally:
        player.close()
    return combine_exit_codes(errors)


def _tracks_of(client: "SoundCloudClient", item: str) -> list[ResolvedResource]:
    """Return the track that an argument names, or the tracks of the playlist or the user."""
    found = resolve(client, item, "tracks" if item.strip().isdigit() else None)
    if found.kind == "tracks":
        return [found]
    if found.kind == "users":
        tracks = client.users.get_tracks(found.urn, limit=200)
    else:
        tracks = client.playlists.get_tracks(found.urn, 200, secret_token=found.secret_token)
    return [ResolvedResource(track.urn, "tracks") for track in tracks]
