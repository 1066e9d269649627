"""`soundcloud play`: plays tracks, playlists, users, likes, the feed and searches with a player of this machine."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from soundcloud.cli.framework.bulk import combine_exit_codes
from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import USAGE, CommandError, ErrorMessage, describe_error, print_error
from soundcloud.cli.framework.options import resource_argument
from soundcloud.cli.framework.param_types import IntegerType, ParsedType
from soundcloud.cli.framework.resolver import ResolvedResource, resolve
from soundcloud.cli.framework.stdin import read_items
from soundcloud.cli.output.terminal import write_output
from soundcloud.cli.player.queue import LOOPS, Loop, PlayQueue
from soundcloud.cli.player.session import PlaybackSession, QueuedTrack

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient

_PAGE = 50
_FORMAT = re.compile(r"[a-z]+_[a-z0-9]+_[0-9]+(_url)?")


def _parse_format(value: str) -> str:
    if not _FORMAT.fullmatch(value):
        raise ValueError(f"{value!r} is not a stream format; examples: hls_aac_160, hls_mp3_128")
    return value


@command(
    ("Play a track", "soundcloud play 308946187"),
    ("A playlist, by URL", "soundcloud play https://soundcloud.com/forss/sets/soulhack"),
    ("The tracks of a user, in random order", "soundcloud play @forss --shuffle"),
    ("What a search finds", 'soundcloud play --search "lofi beats"'),
    ("Your likes, quietly", "soundcloud play --likes --volume 40"),
    ("The station of a track", "soundcloud play forss/flickermood --station"),
    ("A list from another command", "soundcloud me recently-played --jsonl | soundcloud play -"),
    ("With another player", "vlc $(soundcloud play 308946187 --url)"),
)
@resource_argument("resource", "items", many=True, required=False)
@click.option("--likes", is_flag=True, help="Play the tracks that you like, newest first.")
@click.option("--feed", is_flag=True, help="Play the tracks of your feed, newest first.")
@click.option("--search", "query", metavar="WORDS", help="Play the tracks that a search finds.")
@click.option("--station", is_flag=True, help="Play the stations of the named tracks and users instead.")
@click.option("--shuffle", is_flag=True, help="Play in random order.")
@click.option(
    "--loop",
    type=click.Choice(LOOPS),
    default="off",
    help="Repeat all tracks, or each track until you press n; default off.",
)
@click.option("--volume", type=IntegerType(0, 100), default=100, metavar="PERCENT", help="0 to 100; default 100.")
@click.option("--player", type=click.Choice(["mpv", "ffplay"]), help="The player; default the first that is installed.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=ParsedType(_parse_format),
    metavar="NAME",
    help="A stream format, for example hls_mp3_128; repeat it for alternatives.",
)
@click.option(
    "--url",
    "only_url",
    is_flag=True,
    help="Print the stream URLs instead of playing them; they expire after some minutes.",
)
def play(
    context: CommandContext,
    items: tuple[str, ...],
    likes: bool,
    feed: bool,
    query: str | None,
    station: bool,
    shuffle: bool,
    loop: Loop,
    volume: int,
    player: str | None,
    formats: tuple[str, ...],
    only_url: bool,
) -> int:
    """Play tracks, playlists, stations, users, likes, the feed or a search, one after the other.

    Press ? for the keys: pause, seek, volume, next, previous, shuffle, loop, like. ffplay cannot
    pause, seek or mute. Previews are marked. Streams are never saved: SoundCloud's terms do not allow it.
    """
    if not (items or likes or feed or query):
        raise click.UsageError("name what to play, or use --likes, --feed or --search")
    if station and not items:
        raise click.UsageError("--station needs a track or a user")
    if only_url and (shuffle or loop != "off"):
        raise click.UsageError("--shuffle and --loop are for playing, not for --url")
    prefer: dict[str, Any] = {"prefer": formats} if formats else {}
    # A track that is named twice is played twice.
    names = read_items(items, unique=False) if "-" in items else items
    with context.client(spinner=False) as client:
        lists: list[Iterable[QueuedTrack]] = [_tracks_of(client, name, station=station) for name in names]
        if likes:
            lists.append(_queue(client.me.get_likes_tracks(limit=_PAGE)))
        if feed:
            lists.append(_queue(activity.origin for activity in client.me.get_feed_tracks(limit=_PAGE)))
        if query:
            lists.append(_queue(client.search.tracks(query, limit=_PAGE)))
        queued = chain.from_iterable(lists)
        if only_url:
            return _print_urls(context, client, queued, prefer)
        queue = PlayQueue(queued, shuffle=shuffle, loop=loop)
        if not queue:
            context.note("no tracks to play")
            return 0
        return _play_queue(client, queue, player, volume, prefer)


def _print_urls(
    context: CommandContext, client: "SoundCloudClient", queued: Iterable[QueuedTrack], prefer: dict[str, Any]
) -> int:
    from soundcloud import NotFoundError, NotPlayableError

    errors: list[ErrorMessage] = []
    is_empty = True
    for item in queued:
        is_empty = False
        try:
            stream = client.tracks.get_stream(item.urn, secret_token=item.secret_token, **prefer)
        except (NotPlayableError, NotFoundError) as error:
            errors.append(describe_error(error).with_subject(item.urn))
            print_error(errors[-1])
            continue
        if stream.is_preview:
            context.note(f"{item.urn}: this is a preview of 30 seconds")
        write_output(f"{stream.url}\n")
    if is_empty:
        context.note("no tracks to play")
    return combine_exit_codes(errors)


def _play_queue(
    client: "SoundCloudClient",
    queue: PlayQueue[QueuedTrack],
    player_name: str | None,
    volume: int,
    prefer: dict[str, Any],
) -> int:
    from soundcloud.cli.player.backends import find_player
    from soundcloud.cli.player.keyboard import open_keyboard
    from soundcloud.cli.player.screen import create_screen

    screen, player = create_screen(), find_player(player_name)
    player.set_volume(volume)
    try:
        with open_keyboard() as keyboard, keyboard.drawn(lambda: None, screen.close):
            session = PlaybackSession(client, queue, player, keyboard, screen, prefer=prefer)
            session.run()
    finally:
        player.close()
    return combine_exit_codes(session.errors)


def _tracks_of(client: "SoundCloudClient", name: str, *, station: bool) -> Iterator[QueuedTrack]:
    """Return the track that an argument names, or the tracks of the playlist, the station or the user."""
    found = resolve(client, name, "tracks" if name.strip().isdigit() else None)
    urn, secret = found.urn, found.secret_token
    if station and not found.is_station:
        urn = _find_station(client, found)
    if station or found.is_station:
        yield from _queue(client.playlists.get_station(urn).tracks or ())
    elif found.kind == "tracks":
        yield QueuedTrack(urn, secret)
    elif found.kind == "users":
        yield from _queue(client.users.get_tracks(urn, limit=_PAGE))
    else:
        yield from _queue(client.playlists.get_tracks(urn, _PAGE, secret_token=secret))


def _find_station(client: "SoundCloudClient", seed: ResolvedResource) -> str:
    """Return the URN of the station of a track or a user."""
    if seed.kind == "playlists":
        raise CommandError("a playlist has no station", "name a track or a user, or leave out --station", code=USAGE)
    if seed.kind == "tracks":
        found: Any = client.tracks.get_track(seed.urn, secret_token=seed.secret_token)
    else:
        found = client.users.get_user(seed.urn)
    if not found.station_urn:
        raise CommandError(f"{seed.urn} has no station", "leave out --station")
    return str(found.station_urn)


def _queue(tracks: Iterable[Any]) -> Iterator[QueuedTrack]:
    """Return the tracks of a list; a feed can have other things."""
    return (QueuedTrack(track.urn, None, track) for track in tracks if getattr(track, "kind", None) == "track")
