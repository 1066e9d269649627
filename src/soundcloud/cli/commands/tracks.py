"""`soundcloud track`, and what belongs to a track: related ones, comments, streams."""

from pathlib import Path
from typing import Any

import click

from soundcloud.cli.framework.commands import command, group, subcommand
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.items import failed_option
from soundcloud.cli.framework.options import deleting_options, list_options, output_options, writing_options
from soundcloud.cli.upload.track_fields import CLEARABLE, field_options

_LONGEST = 60


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
    """Show a track, change it, delete it."""


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
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import TRACKS

    with context.client() as client:
        found = locate(client, track, "tracks")
        context.show(client.tracks.get_track(found.urn, secret_token=found.secret_token), TRACKS)


@subcommand(
    track,
    "edit",
    examples=[
        ("A new title, and no description", 'soundcloud track edit 308946187 --title "Night II" --clear description'),
        ("Hide several", "soundcloud track edit 308946187 308946188 --private"),
    ],
)
@click.argument("tracks", nargs=-1, metavar="TRACK...")
@field_options
@click.option("--clear", multiple=True, type=click.Choice(CLEARABLE), help="Leave this empty.")
@failed_option
@writing_options
def edit(
    context: CommandContext, /, tracks: tuple[str, ...], clear: tuple[str, ...], failed: Path | None, **given: Any
) -> int:
    """Change tracks of your own; what is not given stays as it is."""
    from soundcloud.cli.framework.bulk import change_each
    from soundcloud.cli.framework.items import read_items
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.upload.track_fields import fields_of

    changes: dict[str, Any] = {**fields_of(given), **dict.fromkeys(clear)}
    if not changes:
        raise click.UsageError("nothing is to be changed: give at least one field")
    items = read_items(tracks)
    with context.client() as client:

        def call(item: str) -> str:
            urn = locate(client, item, "tracks").urn
            before = client.tracks.get_track(urn)
            for name, value in changes.items():
                old = f"{_shown(getattr(before, name, None))} -> " if name != "artwork" else ""
                context.note(f"{urn}: {name}: {old}{_shown(value)}")
            client.tracks.update(urn, **changes)
            return urn

        return change_each(context, items, call, words=("changing", "changed"), failed_path=failed)


def _shown(value: Any) -> str:
    """A value of a field, cut where it is long."""
    text = str(value) if isinstance(value, Path) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


@subcommand(
    track,
    "delete",
    examples=[
        ("Delete one of yours", "soundcloud track delete 308946187"),
        ("Without being asked", "soundcloud track delete 308946187 --yes"),
    ],
)
@click.argument("tracks", nargs=-1, metavar="TRACK...")
@failed_option
@deleting_options
def delete(context: CommandContext, tracks: tuple[str, ...], failed: Path | None) -> int:
    """Delete tracks of your own; there is no way back."""
    from soundcloud.cli.framework.bulk import change_each, confirm_deleting
    from soundcloud.cli.framework.items import read_items
    from soundcloud.cli.framework.resources import locate

    items = read_items(tracks)
    with context.client() as client:
        confirm_deleting(
            context, items, lambda item: client.tracks.get_track(locate(client, item, "tracks").urn).title or ""
        )

        def call(item: str) -> str:
            urn = locate(client, item, "tracks").urn
            client.tracks.delete(urn)
            return urn

        return change_each(context, items, call, words=("deleting", "deleted"), failed_path=failed)


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
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import TRACKS

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
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import COMMENTS

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
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import Column, Shape

    with context.client() as client:
        found = locate(client, track, "tracks")
        shown = client.tracks.get_streams(found.urn, secret_token=found.secret_token)
        lines = tuple(Column(name.removesuffix("_url"), name, link=name) for name in shown.raw)
        context.show(shown.raw, Shape("streams", (), lines))
