"""`soundcloud play`: tracks and playlists, with a player of this machine."""

from typing import TYPE_CHECKING, Any

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient, Stream
    from soundcloud.cli.framework.resources import Located

_WIDTH = 80


@command(
    "play",
    examples=[
        ("A track", "soundcloud play 308946187"),
        ("A playlist, by its link", "soundcloud play https://soundcloud.com/forss/sets/soulhack"),
        ("With another player", "vlc $(soundcloud play 308946187 --url)"),
    ],
)
@click.argument("items", nargs=-1, required=True, metavar="TRACK|PLAYLIST...")
@click.option(
    "--player", type=click.Choice(["mpv", "ffplay"]), help="Which player; the first that is there when not given."
)
@click.option(
    "--format", "formats", multiple=True, metavar="NAME", help="A format such as hls_mp3_128; again for the next best."
)
@click.option("--url", "only_url", is_flag=True, help="Print the link, and play nothing; it works for minutes.")
def play(
    context: CommandContext, items: tuple[str, ...], player: str | None, formats: tuple[str, ...], only_url: bool
) -> int:
    """Play tracks and playlists, one after the other.

    Keys, with mpv: space pauses, the arrows move by 10 seconds, n is the next track, p the one before, q ends it. ffplay knows
    n, p and q. What is only a preview says so. Nothing that is streamed is kept: SoundCloud's terms forbid it.
    """
    prefer: dict[str, Any] = {"prefer": formats} if formats else {}
    with context.client() as client:
        queue = [each for item in items for each in _tracks_of(client, item)]
        if not queue:
            context.note("there is nothing in it")
            return 0
        if only_url:
            for each in queue:
                stream = client.tracks.get_stream(each.urn, secret_token=each.secret_token, **prefer)
                if stream.is_preview:
                    context.note(f"{each.urn}: this is a preview of 30 seconds")
                click.echo(stream.url)
            return 0
        return _play_all(client, queue, player, prefer)


def _play_all(
    client: "SoundCloudClient",
    queue: "list[Located]",
    wanted: str | None,
    prefer: dict[str, Any],
) -> int:
    from soundcloud import NotFoundError, NotPlayableError
    from soundcloud.cli.framework.bulk import code_of
    from soundcloud.cli.framework.errors import Problem, problem_of, tell
    from soundcloud.cli.output.progress import error_console
    from soundcloud.cli.player.keys import keyboard
    from soundcloud.cli.player.playback import Outcome, Screen, move, play_track
    from soundcloud.cli.player.programs import find_player

    console = error_console()
    screen = Screen(console.width if console.is_terminal else _WIDTH, plain=not console.encoding.startswith("utf"))
    position: int | None = 0
    problems: list[Problem] = []
    player = find_player(wanted)
    try:
        with keyboard() as keys:
            while position is not None:
                each = queue[position]
                outcome: Outcome = "ended"
                try:
                    track = client.tracks.get_track(each.urn, secret_token=each.secret_token)
                    stream: Stream = client.tracks.get_stream(each.urn, secret_token=each.secret_token, **prefer)
                    show = screen.begin(track, preview=stream.is_preview, number=position + 1, total=len(queue))
                    seconds = 0.0 if stream.is_preview else (track.duration or 0) / 1000
                    outcome = play_track(player, keys, stream, show, seconds=seconds)
                except (NotPlayableError, NotFoundError) as error:
                    if len(queue) == 1:
                        raise
                    screen.end()
                    problems.append(problem_of(error))
                    tell(problems[-1])
                finally:
                    screen.end()
                position = move(outcome, position, queue)
    finally:
        player.close()
    return code_of(problems)


def _tracks_of(client: "SoundCloudClient", item: str) -> "list[Located]":
    """The tracks that an argument names: itself, or those of the playlist."""
    from soundcloud.cli.framework.resources import Located, locate

    found = locate(client, item, "tracks" if item.strip().isdigit() else None)
    if found.kind == "tracks":
        return [found]
    if found.kind != "playlists":
        from soundcloud.cli.framework.errors import USAGE, CommandError

        raise CommandError(f"{found.kind} cannot be played", f"soundcloud user tracks {item}", code=USAGE)
    tracks = client.playlists.get_tracks(found.urn, 200, secret_token=found.secret_token)
    return [Located(track.urn, "tracks") for track in tracks if track.urn is not None]
