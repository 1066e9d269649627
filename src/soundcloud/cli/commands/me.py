"""`soundcloud me` and `soundcloud feed`: the signed-in user and their feed."""

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import list_options, output_options
from soundcloud.cli.output.columns import ACTIVITIES, ME


@command(
    ("Show your profile", "soundcloud me"),
    ("All fields", "soundcloud me --json"),
)
@output_options
def me(context: CommandContext) -> None:
    """Show the profile of the signed-in user."""
    with context.client() as client:
        context.show(client.me.get_me(), ME)


@command(
    ("Show your feed", "soundcloud feed"),
    ("100 tracks, without playlists", "soundcloud feed --tracks --limit 100"),
)
@click.option("--tracks", is_flag=True, help="List tracks only, without playlists.")
@list_options
def feed(context: CommandContext, tracks: bool) -> None:
    """List posts and reposts of the users you follow."""
    with context.client() as client:
        method = client.me.get_feed_tracks if tracks else client.me.get_feed
        context.show_list(method(limit=context.page_size), ACTIVITIES)
