"""`soundcloud resolve`: shows the resource of a soundcloud.com URL."""

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import output_options
from soundcloud.cli.framework.resolver import resolve as resolve_resource
from soundcloud.cli.output.columns import PLAYLISTS, STATIONS, TRACKS, USERS


@command(
    ("Show the resource", "soundcloud resolve https://soundcloud.com/forss/flickermood"),
    ("Print its URN", "soundcloud resolve https://soundcloud.com/forss/flickermood --csv --fields urn"),
)
@click.argument("url")
@output_options
def resolve(context: CommandContext, url: str) -> None:
    """Show the track, user, playlist or station of a URL."""
    with context.client() as client:
        found = resolve_resource(client, url, None)
        match found.kind:
            case "tracks":
                context.show(client.tracks.get_track(found.urn, secret_token=found.secret_token), TRACKS)
            case "users":
                context.show(client.users.get_user(found.urn), USERS)
            case _ if found.is_station:
                context.show(client.playlists.get_station(found.urn), STATIONS)
            case _:
                context.show(client.playlists.get_playlist(found.urn, secret_token=found.secret_token), PLAYLISTS)
