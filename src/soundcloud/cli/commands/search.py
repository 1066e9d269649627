"""`soundcloud search`: finds tracks, users, playlists and stations."""

from typing import TYPE_CHECKING, Any

import click

from soundcloud.cli.framework.commands import group
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import argument, list_options
from soundcloud.cli.framework.param_types import DateRangeType, DurationRangeType, IntegerRangeType
from soundcloud.cli.output.columns import PLAYLISTS, STATIONS_OF_TRACKS, TRACKS, USERS

if TYPE_CHECKING:
    from soundcloud.models import Track

ACCESS = ("playable", "preview", "blocked")


@group(
    ("Find tracks", "soundcloud search lofi beats"),
    ("Find users", "soundcloud search users forss --limit 5"),
    ("Find playlists, as JSON", "soundcloud search playlists study --json"),
    default="tracks",
)
def search() -> None:
    """Find tracks, users, playlists or stations. Words need no quotes."""


def _join_words(ctx: click.Context, parameter: click.Parameter, words: tuple[str, ...]) -> str:
    query = " ".join(words).strip()
    if words and not query and not ctx.resilient_parsing:
        raise click.BadParameter("it is empty", ctx, parameter)
    return query


_words_argument = argument(
    "query", nargs=-1, required=True, metavar="WORD...", help="The words to find.", callback=_join_words
)
_optional_words_argument = argument(
    "query", nargs=-1, metavar="[WORD...]", help="The words to find.", callback=_join_words
)
_access_option = click.option(
    "--access",
    multiple=True,
    type=click.Choice(ACCESS),
    help="Filter by access; repeatable. SoundCloud's default is playable and preview.",
)


@search.subcommand(
    ("The first 20 tracks", "soundcloud search tracks lofi"),
    ("Slow tracks of two genres", "soundcloud search tracks night --genre ambient --genre lofi --bpm 60-90"),
    (
        "Short tracks since the start of 2026",
        "soundcloud search tracks --tag tape --duration -3:00 --created 2026-01-01..",
    ),
    (
        "Titles and artists as CSV",
        "soundcloud search tracks lofi --csv --fields title,user.username,urn",
    ),
    views=[TRACKS],
)
@_optional_words_argument
@click.option(
    "--genre",
    "genres",
    multiple=True,
    metavar="GENRE",
    help="Filter by genre; repeat it to find tracks of any of these genres.",
)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="TAG",
    help="Filter by tag; repeat it to find tracks with any of these tags.",
)
@click.option("--bpm", type=IntegerRangeType(), help="Beats per minute, for example 120, 120-130 or 120-.")
@click.option("--duration", type=DurationRangeType(), help="Length, for example 3:00, 2:00-5:00 or -5:00.")
@click.option(
    "--created", "created_at", type=DateRangeType(), help="Date of creation, for example 2026-06-30 or 2026-01-01.."
)
@_access_option
@list_options
def tracks(
    context: CommandContext,
    query: str,
    genres: tuple[str, ...],
    tags: tuple[str, ...],
    bpm: Any,
    duration: Any,
    created_at: Any,
    access: Any,
) -> None:
    """Find tracks that match the words and all filters."""
    if not (query or genres or tags or bpm or duration or created_at or access):
        raise click.UsageError("name words to find, or use a filter such as --genre")
    for option, values in (("--genre", genres), ("--tag", tags)):
        if not all(map(str.strip, values)):
            raise click.UsageError(f"{option} is empty: name a {option[2:]}, or leave the option out")
    with context.client() as client:
        page = client.search.tracks(
            query or None,
            genres=genres or None,
            tags=tags or None,
            bpm=bpm,
            duration=duration,
            created_at=created_at,
            access=access or None,
            limit=context.page_size,
        )
        context.show_list(page, TRACKS)


@search.subcommand(
    ("Find users", "soundcloud search users night"),
    ("Names and URLs as CSV", "soundcloud search users night --csv --fields username,permalink_url"),
    views=[USERS],
)
@_words_argument
@list_options
def users(context: CommandContext, query: str) -> None:
    """Find users that match the words."""
    with context.client() as client:
        context.show_list(client.search.users(query, limit=context.page_size), USERS)


@search.subcommand(
    ("Find playlists", "soundcloud search playlists study"),
    ("As JSON lines", "soundcloud search playlists study --limit 100 --jsonl"),
    views=[PLAYLISTS],
)
@_words_argument
@_access_option
@list_options
def playlists(context: CommandContext, query: str, access: Any) -> None:
    """Find playlists that match the words."""
    with context.client() as client:
        page = client.search.playlists(query, access=access or None, show_tracks=False, limit=context.page_size)
        context.show_list(page, PLAYLISTS)


@search.subcommand(
    ("Find stations", "soundcloud search stations lofi"),
    ("Their URNs, as CSV", "soundcloud search stations lofi --csv --fields urn,title"),
    views=[STATIONS_OF_TRACKS],
)
@_words_argument
@list_options
def stations(context: CommandContext, query: str) -> None:
    """Find the stations of tracks that match the words.

    SoundCloud has no search for stations. This command searches tracks, and lists the station of each: a mix that starts from the
    track. Tracks without a station are left out.
    """
    with context.client() as client:
        page = client.search.tracks(query, limit=context.page_size)
        context.show_list((_describe_station(track) for track in page if track.station_urn), STATIONS_OF_TRACKS)


def _describe_station(track: "Track") -> dict[str, Any]:
    return {
        "urn": track.station_urn,
        "title": track.title,
        "user": {"username": track.user.username if track.user else None},
        "permalink_url": track.permalink_url,
        "track_urn": track.urn,
    }
