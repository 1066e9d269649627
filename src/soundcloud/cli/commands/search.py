"""`soundcloud search`: tracks, users and playlists, by words and filters."""

from typing import Any

import click

from soundcloud.cli.framework.commands import group, subcommand
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import list_options
from soundcloud.cli.framework.ranges import DateRangeType, DurationRangeType, NumberRangeType

ACCESS = ("playable", "preview", "blocked")


@group(
    "search",
    examples=[
        ("Find tracks", "soundcloud search tracks lofi"),
        ("Find people", "soundcloud search users forss --limit 5"),
        ("Find playlists, for a program", "soundcloud search playlists study --json"),
    ],
)
def search() -> None:
    """Find tracks, users or playlists."""


def _access_option(function: Any) -> Any:
    return click.option(
        "--access",
        "access",
        multiple=True,
        type=click.Choice(ACCESS),
        help="Only tracks that are so; may be given more than once. SoundCloud takes playable and preview.",
    )(function)


@subcommand(
    search,
    "tracks",
    examples=[
        ("The first twenty", "soundcloud search tracks lofi"),
        ("Slow ones of two genres", "soundcloud search tracks night --genre ambient --genre lofi --bpm 60-90"),
        ("Short ones of this year", "soundcloud search tracks --tag tape --duration -3:00 --created 2026-01-01.."),
        (
            "Titles and artists for a spreadsheet",
            "soundcloud search tracks lofi --csv --fields title,user.username,urn",
        ),
    ],
)
@click.argument("query", required=False)
@click.option("--genre", "genres", multiple=True, metavar="GENRE", help="Of this genre; more than one: of any of them.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="With this tag; more than one: with any of them.")
@click.option("--bpm", type=NumberRangeType(), help="Beats per minute, such as 120-130.")
@click.option("--duration", type=DurationRangeType(), help="Length, such as 2:00-5:00.")
@click.option("--created", "created_at", type=DateRangeType(), help="Days, such as 2026-01-01..2026-06-30.")
@_access_option
@list_options
def tracks(
    context: CommandContext,
    query: str | None,
    genres: tuple[str, ...],
    tags: tuple[str, ...],
    bpm: Any,
    duration: Any,
    created_at: Any,
    access: Any,
) -> None:
    """Find tracks by words and filters, all of which must hold."""
    from soundcloud.cli.output.columns import TRACKS

    with context.client() as client:
        page = client.search.tracks(
            query,
            genres=genres or None,
            tags=tags or None,
            bpm=bpm,
            duration=duration,
            created_at=created_at,
            access=access or None,
            limit=context.page_size,
        )
        context.show_list(page, TRACKS)


@subcommand(
    search,
    "users",
    examples=[
        ("Find people", "soundcloud search users night"),
        ("Their names only", "soundcloud search users night --csv --fields username,permalink_url"),
    ],
)
@click.argument("query")
@list_options
def users(context: CommandContext, query: str) -> None:
    """Find users by words."""
    from soundcloud.cli.output.columns import USERS

    with context.client() as client:
        context.show_list(client.search.users(query, limit=context.page_size), USERS)


@subcommand(
    search,
    "playlists",
    examples=[
        ("Find playlists", "soundcloud search playlists study"),
        ("One per line, as they come", "soundcloud search playlists study --limit 100 --jsonl"),
    ],
)
@click.argument("query")
@_access_option
@list_options
def playlists(context: CommandContext, query: str, access: Any) -> None:
    """Find playlists by words."""
    from soundcloud.cli.output.columns import PLAYLISTS

    with context.client() as client:
        page = client.search.playlists(query, access=access or None, show_tracks=False, limit=context.page_size)
        context.show_list(page, PLAYLISTS)
