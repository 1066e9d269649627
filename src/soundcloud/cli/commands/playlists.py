"""`soundcloud playlist`: a playlist and its tracks, read and changed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soundcloud.cli.framework.commands import group, subcommand
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.items import failed_option
from soundcloud.cli.framework.options import deleting_options, list_options, output_options, writing_options

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.models import Playlist


@group(
    "playlist",
    default="show",
    examples=[
        ("Show one", "soundcloud playlist 1212781357"),
        ("By its link", "soundcloud playlist https://soundcloud.com/forss/sets/soulhack"),
        ("List its tracks", "soundcloud playlist tracks 1212781357 --all"),
        (
            "Make one of what a search finds",
            'soundcloud search tracks lofi --jsonl | soundcloud playlist create "Lofi" -',
        ),
    ],
)
def playlist() -> None:
    """Show a playlist and its tracks, make one, change it, delete it."""


@subcommand(
    playlist,
    "show",
    examples=[
        ("What people see", "soundcloud playlist show 1212781357"),
        ("All that SoundCloud tells", "soundcloud playlist show 1212781357 --json"),
    ],
)
@click.argument("playlist")
@output_options
def show(context: CommandContext, playlist: str) -> None:
    """Show a playlist; a share link shows a private one."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import PLAYLISTS

    with context.client() as client:
        found = locate(client, playlist, "playlists")
        tracks = context.format != "table"
        shown = client.playlists.get_playlist(found.urn, secret_token=found.secret_token, show_tracks=tracks)
        context.show(shown, PLAYLISTS)


@subcommand(
    playlist,
    "tracks",
    examples=[
        ("What is on it", "soundcloud playlist tracks 1212781357 --all"),
        ("Their numbers", "soundcloud playlist tracks 1212781357 --all --csv --fields id"),
    ],
)
@click.argument("playlist")
@list_options
def tracks(context: CommandContext, playlist: str) -> None:
    """List the tracks of a playlist, in its order."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import TRACKS

    with context.client() as client:
        found = locate(client, playlist, "playlists")
        page = client.playlists.get_tracks(found.urn, context.page_size, secret_token=found.secret_token)
        context.show_list(page, TRACKS)


@subcommand(
    playlist,
    "create",
    examples=[
        ("An empty one", 'soundcloud playlist create "Night drive"'),
        ("With tracks, hidden", 'soundcloud playlist create "Night drive" 308946187 308946188 --private'),
        ("Of what a search finds", 'soundcloud search tracks lofi --jsonl | soundcloud playlist create "Lofi" -'),
        ("Its number, for a program", 'soundcloud playlist create "Night drive" --json --fields id'),
    ],
)
@click.argument("title")
@click.argument("tracks", nargs=-1, metavar="[TRACK...]")
@click.option("--description", metavar="TEXT", help="The text below it.")
@click.option("--genre", metavar="TEXT", help="The genre.")
@click.option("--tag", "tags", multiple=True, metavar="TEXT", help="A tag; give it again for more.")
@click.option("--private/--public", "private", default=None, help="Who can see it.")
@click.option("--album", is_flag=True, help="Make it an album.")
@click.option(
    "--artwork",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A picture: gif, jpeg or png.",
)
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
    **given: Any,
) -> None:
    """Make a playlist; - reads its tracks from standard input."""
    from soundcloud import Tags
    from soundcloud.cli.framework.items import read_items
    from soundcloud.cli.output.columns import PLAYLISTS

    fields = {name: value for name, value in given.items() if value is not None}
    if tags:
        fields["tag_list"] = Tags(tags).with_commas()
    if private is not None:
        fields["sharing"] = "private" if private else "public"
    if album:
        fields["set_type"] = "album"
    items = read_items(tracks) if tracks else []
    with context.client() as client:
        urns = _urns(client, items)
        made = context.change(None, lambda: client.playlists.create(title=title, tracks=urns or None, **fields))
        if made is not None:
            context.note(f"created {made.urn} with {len(urns)} tracks")
            if context.format != "table":
                context.show(made, PLAYLISTS)


@subcommand(
    playlist,
    "add",
    examples=[
        ("To the end", "soundcloud playlist add 1212781357 308946187 308946188"),
        ("To the front, unless it is there", "soundcloud playlist add 1212781357 308946187 --at 1 --no-duplicates"),
    ],
)
@click.argument("playlist")
@click.argument("tracks", nargs=-1, metavar="TRACK...")
@click.option(
    "--at", type=click.IntRange(min=1), metavar="PLACE", help="Which place the first of them gets; 1 is the front."
)
@click.option("--no-duplicates", is_flag=True, help="Leave out what is in the playlist already.")
@writing_options
def add(context: CommandContext, playlist: str, tracks: tuple[str, ...], at: int | None, no_duplicates: bool) -> None:
    """Add tracks to a playlist of your own.

    They are named on the command line, or one per line on standard input.
    """
    from soundcloud.cli.framework.items import read_items
    from soundcloud.cli.framework.resources import locate

    items = read_items(tracks)
    position = None if at is None else at - 1
    with context.client() as client:
        urn, urns = locate(client, playlist, "playlists").urn, _urns(client, items)
        changed = context.change(
            None, lambda: client.playlists.add_tracks(urn, urns, position=position, duplicates=not no_duplicates)
        )
        _tell_length(context, urn, changed)


@subcommand(
    playlist,
    "remove",
    examples=[("Take a track out", "soundcloud playlist remove 1212781357 308946187")],
)
@click.argument("playlist")
@click.argument("tracks", nargs=-1, metavar="TRACK...")
@writing_options
def remove(context: CommandContext, playlist: str, tracks: tuple[str, ...]) -> None:
    """Remove tracks from a playlist of your own, each as often as it is in it."""
    from soundcloud.cli.framework.items import read_items
    from soundcloud.cli.framework.resources import locate

    items = read_items(tracks)
    with context.client() as client:
        urn, urns = locate(client, playlist, "playlists").urn, _urns(client, items)
        _tell_length(context, urn, context.change(None, lambda: client.playlists.remove_tracks(urn, urns)))


@subcommand(
    playlist,
    "reorder",
    examples=[
        ("Bring two tracks to the front", "soundcloud playlist reorder 1212781357 308946188 308946187"),
        (
            "Turn it round",
            "soundcloud playlist tracks 1212781357 --all --jsonl | tac | soundcloud playlist reorder 1212781357",
        ),
    ],
)
@click.argument("playlist")
@click.argument("tracks", nargs=-1, metavar="TRACK...")
@writing_options
def reorder(context: CommandContext, playlist: str, tracks: tuple[str, ...]) -> None:
    """Give the tracks of a playlist of your own another order: those that are named come first, in the order given."""
    from soundcloud.cli.framework.items import read_items
    from soundcloud.cli.framework.resources import locate

    items = read_items(tracks)
    with context.client() as client:
        urn, urns = locate(client, playlist, "playlists").urn, _urns(client, items)
        there = [
            each.urn or "" for each in client.playlists.get_tracks(urn, 200, access=("playable", "preview", "blocked"))
        ]
        # A track that is in it twice comes to the front twice; one that is not in it is refused by the call.
        front = [name for name in urns for _ in range(max(1, there.count(name)))]
        order = [*front, *(name for name in there if name not in set(urns))]
        _tell_length(context, urn, context.change(None, lambda: client.playlists.reorder(urn, order)))


@subcommand(
    playlist,
    "delete",
    examples=[
        ("Delete one of yours", "soundcloud playlist delete 1212781357"),
        ("Without being asked", "soundcloud playlist delete 1212781357 --yes"),
    ],
)
@click.argument("playlists", nargs=-1, metavar="PLAYLIST...")
@failed_option
@deleting_options
def delete(context: CommandContext, playlists: tuple[str, ...], failed: Path | None) -> int:
    """Delete playlists of your own; there is no way back. Their tracks stay."""
    from soundcloud.cli.framework.bulk import change_each, confirm_deleting
    from soundcloud.cli.framework.items import read_items
    from soundcloud.cli.framework.resources import locate

    items = read_items(playlists)
    with context.client() as client:

        def title_of(item: str) -> str:
            urn = locate(client, item, "playlists").urn
            return client.playlists.get_playlist(urn, show_tracks=False).title or ""

        def call(item: str) -> str:
            urn = locate(client, item, "playlists").urn
            client.playlists.delete(urn)
            return urn

        confirm_deleting(context, items, title_of)
        return change_each(context, items, call, words=("deleting", "deleted"), failed_path=failed)


def _urns(client: "SoundCloudClient", items: list[str]) -> list[str]:
    from soundcloud.cli.framework.resources import locate

    return [locate(client, item, "tracks").urn for item in items]


def _tell_length(context: CommandContext, urn: str, changed: "Playlist | None") -> None:
    if changed is not None:
        context.note(f"{urn} has {changed.track_count} tracks now")
