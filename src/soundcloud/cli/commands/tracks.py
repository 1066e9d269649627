"""`soundcloud track`, and what belongs to a track: related ones, comments, streams."""

import click

from soundcloud.cli.context import CommandContext
from soundcloud.cli.definitions import command, group, subcommand
from soundcloud.cli.options import list_options, output_options


@group(
    "track",
    default="show",
    examples=[
        ("Show one, by its number", "soundcloud track 308946187"),
        ("Or by its link", "soundcloud track https://soundcloud.com/forss/flickermood"),
        ("One field of it", "soundcloud track 308946187 --json --fields title"),
    ],
)
def track() -> None:
    """Show a track."""


@subcommand(
    track,
    "show",
    examples=[
        ("What people see", "soundcloud track show 308946187"),
        ("All that SoundCloud tells", "soundcloud track show soundcloud:tracks:308946187 --json"),
    ],
)
@click.argument("track")
@output_options
def show(context: CommandContext, track: str) -> None:
    """Show a track; a share link shows a private one."""
    from soundcloud.cli.locating import locate
    from soundcloud.cli.shapes import TRACKS

    with context.client() as client:
        found = locate(client, track, "tracks")
        context.show(client.tracks.get_track(found.urn, secret_token=found.secret_token), TRACKS)


@command(
    "related",
    examples=[
        ("What sounds like it", "soundcloud related 308946187"),
        ("All of them, for a program", "soundcloud related 308946187 --all --jsonl"),
    ],
)
@click.argument("track")
@list_options
def related(context: CommandContext, track: str) -> None:
    """List tracks that are like one."""
    from soundcloud.cli.locating import locate
    from soundcloud.cli.shapes import TRACKS

    with context.client() as client:
        context.show_list(client.tracks.get_related(locate(client, track, "tracks").urn, context.page_size), TRACKS)


@command(
    "comments",
    examples=[
        ("What people say", "soundcloud comments 308946187"),
        ("All of it, with the moments", "soundcloud comments 308946187 --all --csv --fields timestamp,body"),
    ],
)
@click.argument("track")
@list_options
def comments(context: CommandContext, track: str) -> None:
    """List the comments on a track."""
    from soundcloud.cli.locating import locate
    from soundcloud.cli.shapes import COMMENTS

    with context.client() as client:
        context.show_list(client.tracks.get_comments(locate(client, track, "tracks").urn, context.page_size), COMMENTS)


@command(
    "streams",
    examples=[
        ("Which there are", "soundcloud streams 308946187"),
        ("One of the addresses", "soundcloud streams 308946187 --json --fields hls_aac_160_url"),
    ],
)
@click.argument("track")
@output_options
def streams(context: CommandContext, track: str) -> None:
    """Show the addresses that a track is streamed from.

    They are opened with an access token in the Authorization header, and lead to links that expire.
    """
    from soundcloud.cli.locating import locate
    from soundcloud.cli.shapes import Column, Shape

    with context.client() as client:
        found = locate(client, track, "tracks")
        shown = client.tracks.get_streams(found.urn, secret_token=found.secret_token)
        lines = tuple(Column(name.removesuffix("_url"), name, link=name) for name in shown.raw)
        context.show(shown.raw, Shape("streams", (), lines))
