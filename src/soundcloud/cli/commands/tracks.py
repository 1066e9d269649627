"""`soundcloud track`, `related`, `comments` and `streams`."""

import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from soundcloud._atomic_file import naming_file
from soundcloud.cli.framework.bulk import apply_to_each, delete_each
from soundcloud.cli.framework.commands import command, group
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import NOT_FOUND, CommandError
from soundcloud.cli.framework.options import (
    deleting_options,
    failed_option,
    list_options,
    output_options,
    resource_argument,
    web_option,
    writing_options,
)
from soundcloud.cli.framework.param_types import NumberType
from soundcloud.cli.framework.resolver import resolve
from soundcloud.cli.framework.show import show_each
from soundcloud.cli.framework.stdin import read_items
from soundcloud.cli.output.columns import COMMENTS, STREAMS, TRACKS, WAVEFORM, Column
from soundcloud.cli.output.formatting import format_value
from soundcloud.cli.output.terminal import write_output
from soundcloud.cli.upload.track_fields import CLEARABLE, field_options, fields_of

if TYPE_CHECKING:
    from soundcloud.waveforms import Waveform

_LONGEST_VALUE = 60


@group(
    ("Show a track, by id", "soundcloud track 308946187"),
    ("By name", "soundcloud track forss/flickermood"),
    ("One field", "soundcloud track 308946187 --json --fields title"),
    default="show",
)
def track() -> None:
    """Show, change and delete tracks."""


@track.subcommand(
    ("Show a track", "soundcloud track show 308946187"),
    ("All fields, by URN", "soundcloud track show soundcloud:tracks:308946187 --json"),
    ("Open it in the browser", "soundcloud track forss/flickermood --web"),
    views=[TRACKS],
)
@resource_argument("track", many=True)
@web_option
@output_options
def show(context: CommandContext, tracks: tuple[str, ...], web: bool) -> int:
    """Show tracks. To show a private track of another user, pass its share link."""
    return show_each(context, tracks, "tracks", web=web)


@track.subcommand(
    (
        "Change the title, and clear the description",
        'soundcloud track edit 308946187 --title "Night II" --clear description',
    ),
    ("Make several tracks private", "soundcloud track edit 308946187 308946188 --private"),
)
@resource_argument("track", many=True, required=False)
@field_options
@click.option(
    "--clear",
    multiple=True,
    type=click.Choice(CLEARABLE),
    metavar="FIELD",
    help=f"Clear a field: {', '.join(CLEARABLE)}; repeatable.",
)
@failed_option
@writing_options
def edit(
    context: CommandContext, /, tracks: tuple[str, ...], clear: tuple[str, ...], failed: Path | None, **options: Any
) -> int:
    """Change your tracks; only the given fields change."""
    changes: dict[str, Any] = {**fields_of(options), **dict.fromkeys(clear)}
    if not changes:
        raise click.UsageError("there is nothing to change: use at least one option for a field")
    items = read_items(tracks)
    with context.client() as client:

        def change(item: str) -> str:
            urn = resolve(client, item, "tracks").urn
            before = client.tracks.get_track(urn)
            for name, value in changes.items():
                # SoundCloud does not return every field that can be changed.
                old = f"{_shorten(getattr(before, name))} -> " if name != "artwork" and hasattr(before, name) else ""
                context.note(f"{urn}: {name}: {old}{_shorten(value)}")
            client.tracks.update(urn, **changes)
            return urn

        return apply_to_each(context, items, change, verbs=("changing", "changed"), failed_path=failed)


def _shorten(value: Any) -> str:
    """Return a value of a field, cut if it is long."""
    if value is None:
        return "empty"
    text = repr(value) if isinstance(value, str) else format_value(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."


@track.subcommand(
    ("Make a track public", "soundcloud track publish 308946187"),
    ("Rows 1 to 3 of the last list", "soundcloud track publish :1-3"),
)
@resource_argument("track", many=True, required=False)
@failed_option
@writing_options
def publish(context: CommandContext, tracks: tuple[str, ...], failed: Path | None) -> int:
    """Make your tracks public."""
    items = read_items(tracks)
    with context.client() as client:

        def change(item: str) -> str:
            urn = resolve(client, item, "tracks").urn
            client.tracks.publish(urn)
            return urn

        return apply_to_each(context, items, change, verbs=("publishing", "published"), failed_path=failed)


@track.subcommand(("Make a track private", "soundcloud track unpublish 308946187"))
@resource_argument("track", many=True, required=False)
@failed_option
@writing_options
def unpublish(context: CommandContext, tracks: tuple[str, ...], failed: Path | None) -> int:
    """Make your tracks private."""
    items = read_items(tracks)
    with context.client() as client:

        def change(item: str) -> str:
            urn = resolve(client, item, "tracks").urn
            client.tracks.unpublish(urn)
            return urn

        return apply_to_each(context, items, change, verbs=("unpublishing", "unpublished"), failed_path=failed)


@track.subcommand(
    ("Wait for an upload", "soundcloud track wait 308946187"),
    ("At most a minute, then play it", "soundcloud track wait 308946187 --for 60 && soundcloud play 308946187"),
    views=[TRACKS],
)
@resource_argument("track")
@click.option(
    "--for",
    "seconds",
    type=NumberType(min=0, min_open=True, max=86_400),
    default=600.0,
    metavar="SECONDS",
    help="Fail after this time; default 600.",
)
@output_options
def wait(context: CommandContext, track: str, seconds: float) -> None:
    """Wait until SoundCloud has processed an uploaded track, then show it."""
    with context.client() as client:
        urn = resolve(client, track, "tracks").urn
        context.note(f"waiting until {urn} can be played, at most {seconds:g} s")
        context.show(client.tracks.wait_until_playable(urn, timeout=seconds), TRACKS)


_BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_ASCII_BLOCKS = ".:-=+*#@"
_DEFAULT_WIDTH = 80


@track.subcommand(
    ("Draw it", "soundcloud track waveform 308946187"),
    ("The samples", "soundcloud track waveform 308946187 --json --fields samples"),
    ("As a picture for a web page", "soundcloud track waveform 308946187 --svg waveform.svg"),
    views=[WAVEFORM],
)
@resource_argument("track")
@click.option(
    "--svg",
    is_flag=False,
    flag_value="-",
    metavar="[FILE]",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True),
    help="Write the waveform as SVG to FILE, or to standard output.",
)
@output_options
def waveform(context: CommandContext, track: str, svg: str | None) -> None:
    """Draw the waveform of a track; --json prints its samples, and --svg a picture.

    Pasted into HTML, the picture has the color of the text around it. As a file or an image, it follows the system's dark mode.
    """
    if svg is not None and "format" in context.given:
        raise click.UsageError(f"use either --svg or --{context.format}, not both")
    with context.client() as client:
        found = resolve(client, track, "tracks")
        samples = client.tracks.get_waveform(found.urn, secret_token=found.secret_token)
    if samples is None:
        raise CommandError(f"{found.urn} has no waveform", "a new upload gets one when it is processed", code=NOT_FOUND)
    if svg is not None:
        picture = f"{samples.to_svg()}\n"
        if svg == "-":
            write_output(picture)
            return
        with naming_file(Path(svg)):
            Path(svg).write_text(picture, encoding="utf-8")
        context.note(f"wrote {svg}")
        return
    if context.format == "table" and not context.given.get("fields"):
        is_utf8 = sys.stdout.encoding.lower().startswith("utf")
        bars = draw_bars(samples, context.width or _DEFAULT_WIDTH, _BLOCKS if is_utf8 else _ASCII_BLOCKS)
        write_output(f"{bars}\n")
        return
    values = {"urn": found.urn, "samples": [*samples.samples], "width": samples.width, "height": samples.height}
    context.show(values, WAVEFORM)


def draw_bars(waveform: "Waveform", width: int, blocks: str) -> str:
    """Return a waveform as at most `width` characters, one for the loudest sample of each part."""
    samples, count = waveform.samples, min(width, len(waveform.samples))
    edges = [len(samples) * number // count for number in range(count + 1)] if count else []
    peaks = [max(samples[start:end]) for start, end in pairwise(edges)]
    top = max(1, waveform.height)
    return "".join(blocks[min(len(blocks) - 1, peak * len(blocks) // top)] for peak in peaks)


@track.subcommand(
    ("Delete a track", "soundcloud track delete 308946187"),
    ("Without confirmation", "soundcloud track delete 308946187 --yes"),
)
@resource_argument("track", many=True, required=False)
@failed_option
@deleting_options
def delete(context: CommandContext, tracks: tuple[str, ...], failed: Path | None) -> int:
    """Delete your tracks permanently."""
    return delete_each(
        context,
        tracks,
        "tracks",
        get_title=lambda client, urn: client.tracks.get_track(urn).title,
        delete=lambda client, urn: client.tracks.delete(urn),
        failed_path=failed,
    )


@command(
    ("Find similar tracks", "soundcloud related 308946187"),
    ("All of them, as JSON lines", "soundcloud related 308946187 --all --jsonl"),
    views=[TRACKS],
)
@resource_argument("track")
@list_options
def related(context: CommandContext, track: str) -> None:
    """List tracks that are similar to a track."""
    with context.client() as client:
        context.show_list(client.tracks.get_related(resolve(client, track, "tracks").urn, context.page_size), TRACKS)


@command(
    ("List the comments", "soundcloud comments 308946187"),
    (
        "All of them, with their positions, as CSV",
        "soundcloud comments 308946187 --all --csv --fields timestamp,body",
    ),
    views=[COMMENTS],
)
@resource_argument("track")
@list_options
def comments(context: CommandContext, track: str) -> None:
    """List the comments on a track."""
    with context.client() as client:
        context.show_list(client.tracks.get_comments(resolve(client, track, "tracks").urn, context.page_size), COMMENTS)


@command(
    ("List the streams", "soundcloud streams 308946187"),
    ("Print one URL", "soundcloud streams 308946187 --json --fields hls_aac_160_url"),
    views=[STREAMS],
)
@resource_argument("track")
@output_options
def streams(context: CommandContext, track: str) -> None:
    """Show the stream URLs of a track.

    A request to one of them needs an access token in the Authorization header; the response redirects to a URL that expires.
    """
    with context.client() as client:
        found = resolve(client, track, "tracks")
        found_streams = client.tracks.get_streams(found.urn, secret_token=found.secret_token)
        details = tuple(Column(name.removesuffix("_url"), name, link=name) for name in found_streams.raw)
        context.show(found_streams.raw, attrs.evolve(STREAMS, details=details))
