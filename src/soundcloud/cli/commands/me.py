"""`soundcloud me` and `soundcloud feed`: who is signed in, and what those that they follow do."""

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import list_options, output_options


@command(
    "me",
    examples=[("Your profile", "soundcloud me"), ("All that SoundCloud tells", "soundcloud me --json")],
)
@output_options
def me(context: CommandContext) -> None:
    """Show who is signed in, as SoundCloud sees them."""
    from soundcloud.cli.output.columns import ME

    with context.client() as client:
        context.show(client.me.get_me(), ME)


@command(
    "feed",
    examples=[
        ("What is new", "soundcloud feed"),
        ("Tracks only, a hundred of them", "soundcloud feed --tracks --limit 100"),
    ],
)
@click.option("--tracks", is_flag=True, help="Tracks only, without playlists.")
@list_options
def feed(context: CommandContext, tracks: bool) -> None:
    """List what those whom you follow post and repost."""
    from soundcloud.cli.output.columns import ACTIVITIES

    with context.client() as client:
        method = client.me.get_feed_tracks if tracks else client.me.get_feed
        context.show_list(method(limit=context.page_size), ACTIVITIES)
