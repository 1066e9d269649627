"""`soundcloud resolve`: what a link names."""

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import output_options


@command(
    "resolve",
    examples=[
        ("What is it?", "soundcloud resolve https://soundcloud.com/forss/flickermood"),
        ("Its URN", "soundcloud resolve https://soundcloud.com/forss/flickermood --csv --fields urn"),
    ],
)
@click.argument("url")
@output_options
def resolve(context: CommandContext, url: str) -> None:
    """Show the track, user or playlist that a link names."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import PLAYLISTS, TRACKS, USERS

    with context.client() as client:
        found = locate(client, url, None)
        match found.kind:
            case "tracks":
                context.show(client.tracks.get_track(found.urn, secret_token=found.secret_token), TRACKS)
            case "users":
                context.show(client.users.get_user(found.urn), USERS)
            case _:
                context.show(client.playlists.get_playlist(found.urn, secret_token=found.secret_token), PLAYLISTS)
