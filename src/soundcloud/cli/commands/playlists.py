"""`soundcloud playlist`: shows and changes playlists and their tracks."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soundcloud.cli.framework.bulk import apply_to_each, delete_each
from soundcloud.cli.framework.commands import group
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import (
    argument,
    deleting_options,
    failed_option,
    list_options,
    output_options,
    resource_argument,
    web_option,
    writing_options,
)
from soundcloud.cli.framework.param_types import IntegerType
from soundcloud.cli.framework.resolver import resolve
from soundcloud.cli.framework.show import show_each
from soundcloud.cli.framework.stdin import read_items
from soundcloud.cli.output.columns import PLAYLISTS, STATIONS, TRACKS
from soundcloud.cli.output.formatting import with_noun
from soundcloud.cli.upload.track_fields import (
    LICENSES,
    Decorated,
    artwork_option,
    check_file,
    sharing_option,
    tag_option,
)

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.models import Playlist


@group(
    ("Show a playlist", "soundcloud playlist 1212781357"),
    ("By name", "soundcloud playlist forss/sets/soulhack"),
    ("List its tracks", "soundcloud playlist tracks 1212781357 --all"),
    (
        "Create one from the results of a search",
        'soundcloud search tracks lofi --jsonl | soundcloud playlist create "Lofi" -',
    ),
    default="show",
)
def playlist() -> None:
    """Show, create, change and delete playlists."""


@playlist.subcommand(
    ("Show a playlist", "soundcloud playlist show 1212781357"),
    ("All fields, with the tracks", "soundcloud playlist show 1212781357 --json"),
    views=[PLAYLISTS, STATIONS],
)
@resource_argument("playlist", many=True)
@web_option
@output_options
def show(context: CommandContext, playlists: tuple[str, ...], web: bool) -> int:
    """Show playlists or stations. To show a private playlist of another user, pass its share link."""
    return show_each(context, playlists, "playlists", web=web)


@playlist.subcommand(
    ("All tracks", "soundcloud playlist tracks 1212781357 --all"),
    ("Their ids", "soundcloud playlist tracks 1212781357 --all --csv --fields id"),
    views=[TRACKS],
)
@resource_argument("playlist")
@list_options
def tracks(context: CommandContext, playlist: str) -> None:
    """List the tracks of a playlist or of a station, in order."""
    with context.client() as client:
        found = resolve(client, playlist, "playlists")
        if found.is_station:
            context.show_list(client.playlists.get_station(found.urn).tracks or [], TRACKS)
            return
        page = client.playlists.get_tracks(found.urn, context.page_size, secret_token=found.secret_token)
        context.show_list(page, TRACKS)


@playlist.subcommand(
    ("An empty playlist", 'soundcloud playlist create "Night drive"'),
    ("A private playlist with tracks", 'soundcloud playlist create "Night drive" 308946187 308946188 --private'),
    ("From the results of a search", 'soundcloud search tracks lofi --jsonl | soundcloud playlist create "Lofi" -'),
    ("Print the id of the new playlist", 'soundcloud playlist create "Night drive" --json --fields id'),
    views=[PLAYLISTS],
)
@argument("title", help="The title of the new playlist.")
@resource_argument("track", many=True, required=False)
@click.option("--description", metavar="TEXT", help="The description.")
@click.option("--genre", metavar="TEXT", help="The genre.")
@tag_option
@sharing_option
@click.option("--album", is_flag=True, help="Create an album.")
@artwork_option
@output_options
@writing_options
def create(
    context: CommandContext,
    /,
    title: str,
    tracks: tuple[str, ...],
    tags: tuple[str, ...],
    private: bool | None,
    album: bool,
    **options: Any,
) -> None:
    """Create a playlist; pass `-` to read its tracks from standard input."""
    from soundcloud import Tags

    if not title.strip():
        raise click.UsageError("the title is empty")
    fields = {name: value for name, value in options.items() if value is not None}
    if "artwork" in fields:
        check_file(fields["artwork"])
    if tags:
        fields["tag_list"] = Tags(tags).with_commas()
    if private is not None:
        fields["sharing"] = "private" if private else "public"
    if album:
        fields["set_type"] = "album"
    items = read_items(tracks, unique=False) if tracks else []
    with context.client() as client:
        urns = _resolve_tracks(client, items)
        created = context.change(None, lambda: client.playlists.create(title=title, tracks=urns or None, **fields))
        if created is not None:
            context.note(f"created {created.urn} with {with_noun(len(urns), 'track')}")
            if context.format != "table":
                context.show(created, PLAYLISTS)


_TEXT_FIELDS = {
    "title": "The title.",
    "description": "The description.",
    "genre": "The genre.",
    "permalink": "The last part of the playlist's URL.",
    "label_name": "The label.",
    "ean": "The European Article Number.",
    "release": "The release number.",
    "release_date": "The release date, for example 2026-11-23.",
    "purchase_title": "The text of the link to a shop.",
    "purchase_url": "The URL of a shop that sells it.",
}
_CLEARABLE = ("description", "genre", "tag_list", *list(_TEXT_FIELDS)[4:])


def _text_options(function: Decorated) -> Decorated:
    """Add an option for each text field."""
    for name, text in reversed(_TEXT_FIELDS.items()):
        option = f"--{name.removesuffix('_name').replace('_', '-')}"
        function = click.option(option, name, metavar="TEXT", help=text)(function)
    return function


@playlist.subcommand(
    ("Change the title", 'soundcloud playlist edit 1212781357 --title "Night drive II"'),
    ("Make it public, and clear the description", "soundcloud playlist edit 1212781357 --public --clear description"),
    ("Show the request only", "soundcloud playlist edit 1212781357 --genre ambient --dry-run"),
)
@resource_argument("playlist", many=True, required=False)
@_text_options
@tag_option
@sharing_option
@click.option("--license", type=click.Choice(LICENSES), metavar="LICENSE", help=f"The license: {', '.join(LICENSES)}.")
@click.option("--album/--no-album", "album", default=None, help="Whether it is an album.")
@click.option(
    "--clear",
    multiple=True,
    type=click.Choice(_CLEARABLE),
    metavar="FIELD",
    help=f"Clear a field: {', '.join(_CLEARABLE)}; repeatable.",
)
@failed_option
@writing_options
def edit(
    context: CommandContext,
    /,
    playlists: tuple[str, ...],
    tags: tuple[str, ...],
    private: bool | None,
    album: bool | None,
    clear: tuple[str, ...],
    failed: Path | None,
    **options: Any,
) -> int:
    """Change your playlists; only the given fields change. SoundCloud cannot change the artwork of a playlist."""
    from soundcloud import Tags

    changes: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    if tags:
        changes["tag_list"] = Tags(tags).with_commas()
    if private is not None:
        changes["sharing"] = "private" if private else "public"
    if album is not None:
        changes["set_type"] = "album" if album else "playlist"
    if both := [name for name in clear if name in changes]:
        raise click.UsageError(f"{both[0]} is both set and cleared")
    changes |= dict.fromkeys(clear)
    if not changes:
        raise click.UsageError("there is nothing to change: use at least one option for a field")
    if "title" in changes and not changes["title"].strip():
        raise click.UsageError("the title is empty")
    items = read_items(playlists)
    with context.client() as client:

        def change(item: str) -> str:
            urn = resolve(client, item, "playlists").urn
            client.playlists.update(urn, **changes)
            return urn

        return apply_to_each(context, items, change, verbs=("changing", "changed"), failed_path=failed)


@playlist.subcommand(
    ("At the end", "soundcloud playlist add 1212781357 308946187 308946188"),
    ("At the start, without duplicates", "soundcloud playlist add 1212781357 308946187 --at 1 --no-duplicates"),
)
@resource_argument("playlist")
@resource_argument("track", many=True, required=False)
@click.option(
    "--at", type=IntegerType(min=1), metavar="POSITION", help="The position of the first new track; 1 is the start."
)
@click.option("--no-duplicates", is_flag=True, help="Skip tracks that are in the playlist already.")
@writing_options
def add(context: CommandContext, playlist: str, tracks: tuple[str, ...], at: int | None, no_duplicates: bool) -> None:
    """Add tracks to one of your playlists.

    Name them on the command line, or pass them on standard input, one per line.
    """
    position = None if at is None else at - 1

    def add_tracks(client: "SoundCloudClient", urn: str, urns: list[str]) -> "Playlist":
        if position:
            number = client.playlists.get_playlist(urn, show_tracks=False).track_count or 0
            if position > number:
                raise click.UsageError(f"--at {at} is after the end: the playlist has {with_noun(number, 'track')}")
        return client.playlists.add_tracks(urn, urns, position=position, duplicates=not no_duplicates)

    _change_tracks(context, playlist, tracks, add_tracks)


@playlist.subcommand(("Remove a track", "soundcloud playlist remove 1212781357 308946187"))
@resource_argument("playlist")
@resource_argument("track", many=True, required=False)
@writing_options
def remove(context: CommandContext, playlist: str, tracks: tuple[str, ...]) -> None:
    """Remove tracks from one of your playlists, all occurrences of each."""
    _change_tracks(context, playlist, tracks, lambda client, urn, urns: client.playlists.remove_tracks(urn, urns))


@playlist.subcommand(
    ("Move two tracks to the start", "soundcloud playlist reorder 1212781357 308946188 308946187"),
    (
        "Reverse the order",
        "soundcloud playlist tracks 1212781357 --all --jsonl | tac | soundcloud playlist reorder 1212781357",
    ),
)
@resource_argument("playlist")
@resource_argument("track", many=True, required=False)
@writing_options
def reorder(context: CommandContext, playlist: str, tracks: tuple[str, ...]) -> None:
    """Move tracks of one of your playlists to the start, in the given order."""

    def move_to_start(client: "SoundCloudClient", urn: str, urns: list[str]) -> "Playlist":
        page = client.playlists.get_tracks(urn, 200, access=("playable", "preview", "blocked"))
        current = [track.urn or "" for track in page]
        # A track can occur twice: named once, all its occurrences move. `reorder` rejects a track that is not in the playlist.
        first = [track for track in urns for _ in range(max(1, current.count(track)) if urns.count(track) == 1 else 1)]
        return client.playlists.reorder(urn, [*first, *(track for track in current if track not in set(urns))])

    _change_tracks(context, playlist, tracks, move_to_start)


@playlist.subcommand(
    ("Delete a playlist", "soundcloud playlist delete 1212781357"),
    ("Without confirmation", "soundcloud playlist delete 1212781357 --yes"),
)
@resource_argument("playlist", many=True, required=False)
@failed_option
@deleting_options
def delete(context: CommandContext, playlists: tuple[str, ...], failed: Path | None) -> int:
    """Delete your playlists permanently. Their tracks are kept."""
    return delete_each(
        context,
        playlists,
        "playlists",
        get_title=lambda client, urn: client.playlists.get_playlist(urn, show_tracks=False).title,
        delete=lambda client, urn: client.playlists.delete(urn),
        failed_path=failed,
    )


def _resolve_tracks(client: "SoundCloudClient", items: list[str]) -> list[str]:
    return [resolve(client, item, "tracks").urn for item in items]


def _change_tracks(
    context: CommandContext,
    playlist: str,
    tracks: tuple[str, ...],
    change: "Callable[[SoundCloudClient, str, list[str]], Playlist]",
) -> None:
    """Change the tracks of a playlist; `change` takes the client, the URN of the playlist and those of the tracks."""
    items = read_items(tracks, unique=False)
    with context.client() as client:
        urn, urns = resolve(client, playlist, "playlists").urn, _resolve_tracks(client, items)
        changed = context.change(None, lambda: change(client, urn, urns))
        if changed is not None:
            context.note(f"{urn} now has {with_noun(changed.track_count or 0, 'track')}")
