"""`soundcloud playlist`: a playlist and its tracks."""

import click

from soundcloud.cli.context import CommandContext
from soundcloud.cli.definitions import group, subcommand
from soundcloud.cli.options import list_options, output_options


@group(
    "playlist",
    default="show",
    examples=[
        ("Show one", "soundcloud playlist 1212781357"),
        ("By its link", "soundcloud playlist https://soundcloud.com/forss/sets/soulhack"),
        ("List its tracks", "soundcloud playlist tracks 1212781357 --all"),
    ],
)
def playlist() -> None:
    """Show a playlist and its tracks."""


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
    from soundcloud.cli.locating import locate
    from soundcloud.cli.shapes import PLAYLISTS

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
    from soundcloud.cli.locating import locate
    from soundcloud.cli.shapes import TRACKS

    with context.client() as client:
        found = locate(client, playlist, "playlists")
        page = client.playlists.get_tracks(found.urn, context.page_size, secret_token=found.secret_token)
        context.show_list(page, TRACKS)
