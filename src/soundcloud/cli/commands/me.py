"""`soundcloud me` and `soundcloud feed`: the signed-in user and their feed."""

import click

from soundcloud.cli.framework.commands import command, group
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import list_options, output_options, web_option
from soundcloud.cli.framework.show import open_in_browser
from soundcloud.cli.output.columns import ACTIVITIES, CONNECTIONS, ME, TRACKS, WEB_PROFILES


@group(
    ("Show your profile", "soundcloud me"),
    ("Open it in the browser", "soundcloud me --web"),
    ("What you played last", "soundcloud me recently-played"),
    default="show",
    no_args_is_help=False,
)
def me() -> None:
    """Show your profile, what you played last, and your links."""


@me.subcommand(
    ("Show your profile", "soundcloud me"),
    ("All fields", "soundcloud me --json"),
    ("Open it in the browser", "soundcloud me --web"),
    views=[ME],
)
@web_option
@output_options
def show(context: CommandContext, web: bool) -> None:
    """Show the profile of the signed-in user."""
    with context.client() as client:
        found = client.me.get_me()
        if web:
            open_in_browser(context, found.permalink_url or "")
        else:
            context.show(found, ME)


@me.subcommand(
    ("The last 25 tracks", "soundcloud me recently-played --all"),
    ("Like the last one", "soundcloud me recently-played --limit 1 --jsonl | soundcloud like -"),
    name="recently-played",
    views=[TRACKS],
)
@list_options
def recently_played(context: CommandContext) -> None:
    """List the tracks that you played last, newest first. SoundCloud has at most 25 of them."""
    with context.client() as client:
        context.show_list(client.me.get_recently_played_tracks(), TRACKS)


@me.subcommand(
    ("Your links", "soundcloud me web-profiles"),
    ("Only the URLs", "soundcloud me web-profiles --csv --fields url"),
    name="web-profiles",
    views=[WEB_PROFILES],
)
@list_options
def web_profiles(context: CommandContext) -> None:
    """List the links on your profile."""
    with context.client() as client:
        urn = client.me.get_me().urn or ""
        context.show_list(client.users.get_web_profiles(urn, limit=context.page_size), WEB_PROFILES)


@me.subcommand(
    ("The linked accounts", "soundcloud me connections"),
    ("As JSON", "soundcloud me connections --json"),
    views=[CONNECTIONS],
)
@list_options
def connections(context: CommandContext) -> None:
    """List the accounts of other services that are linked to yours. SoundCloud does not document this list."""
    with context.client() as client:
        context.show_list(client.me.get_connections(), CONNECTIONS)


@command(
    ("Show your feed", "soundcloud feed"),
    ("100 tracks, without playlists", "soundcloud feed --tracks --limit 100"),
    views=[ACTIVITIES],
)
@click.option("--tracks", is_flag=True, help="List tracks only, without playlists.")
@list_options
def feed(context: CommandContext, tracks: bool) -> None:
    """List posts and reposts of the users you follow."""
    with context.client() as client:
        method = client.me.get_feed_tracks if tracks else client.me.get_feed
        context.show_list(method(limit=context.page_size), ACTIVITIES)
