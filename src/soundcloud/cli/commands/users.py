"""`soundcloud user`: a user, and what they made."""

import click

from soundcloud.cli.framework.commands import group, subcommand
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import list_options, output_options


@group(
    "user",
    default="show",
    examples=[
        ("Show somebody", "soundcloud user 51366024"),
        ("By their link", "soundcloud user https://soundcloud.com/forss"),
        ("List what they made", "soundcloud user tracks https://soundcloud.com/forss"),
    ],
)
def user() -> None:
    """Show a user, their tracks, their playlists."""


@subcommand(
    user,
    "show",
    examples=[
        ("What people see", "soundcloud user show 51366024"),
        ("How many follow them", "soundcloud user show 51366024 --json --fields followers_count"),
    ],
)
@click.argument("user")
@output_options
def show(context: CommandContext, user: str) -> None:
    """Show a user."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import USERS

    with context.client() as client:
        context.show(client.users.get_user(locate(client, user, "users").urn), USERS)


@subcommand(
    user,
    "tracks",
    examples=[
        ("The newest", "soundcloud user tracks 51366024"),
        ("Your own, for a program", "soundcloud user tracks --all --jsonl"),
    ],
)
@click.argument("user", required=False)
@list_options
def tracks(context: CommandContext, user: str | None) -> None:
    """List the tracks of a user; your own, where none is named."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import TRACKS

    with context.client() as client:
        size = context.page_size
        if user is None:
            page = client.me.get_tracks(limit=size)
        else:
            page = client.users.get_tracks(locate(client, user, "users").urn, limit=size)
        context.show_list(page, TRACKS)


@subcommand(
    user,
    "playlists",
    examples=[
        ("What they put together", "soundcloud user playlists 51366024"),
        ("Your own, the private ones too", "soundcloud user playlists --all"),
    ],
)
@click.argument("user", required=False)
@list_options
def playlists(context: CommandContext, user: str | None) -> None:
    """List the playlists of a user; your own, where none is named."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import PLAYLISTS

    with context.client() as client:
        size = context.page_size
        if user is None:
            page = client.me.get_playlists(limit=size, show_tracks=False)
        else:
            page = client.users.get_playlists(locate(client, user, "users").urn, limit=size, show_tracks=False)
        context.show_list(page, PLAYLISTS)


@subcommand(user, "related", examples=[("Who is like them", "soundcloud user related 51366024")])
@click.argument("user")
@list_options
def related(context: CommandContext, user: str) -> None:
    """List artists who are like a user."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import USERS

    with context.client() as client:
        context.show_list(client.users.get_related(locate(client, user, "users").urn, context.page_size), USERS)
