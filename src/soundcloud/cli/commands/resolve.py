"""`soundcloud resolve` and `soundcloud open`: show any resource, or open it in the browser."""

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import output_options, resource_argument, web_option
from soundcloud.cli.framework.show import show_each
from soundcloud.cli.output.columns import PLAYLISTS, STATIONS, TRACKS, USERS


@command(
    ("Show the resource", "soundcloud resolve https://soundcloud.com/forss/flickermood"),
    ("Print its URN", "soundcloud resolve forss/flickermood --csv --fields urn"),
    views=[TRACKS, USERS, PLAYLISTS, STATIONS],
)
@resource_argument("resource", many=True, forms="a URN, a name, artist/title or a URL")
@web_option
@output_options
def resolve(context: CommandContext, resources: tuple[str, ...], web: bool) -> int:
    """Show the track, user, playlist or station of a URL or a name."""
    return show_each(context, resources, None, web=web)


@command(
    ("Open a user", "soundcloud open forss"),
    ("Your own profile", "soundcloud open me"),
    ("A track, by id", "soundcloud open 308946187"),
    ("A playlist, by id", "soundcloud open 1212781357 --kind playlist"),
    ("The first result of a search", "soundcloud search lofi --limit 1 --jsonl | soundcloud open -"),
)
@resource_argument("resource", many=True)
@click.option(
    "--kind",
    type=click.Choice(["track", "playlist", "user"]),
    default="track",
    help="The kind of resource that an id names; default track.",
)
def open(context: CommandContext, resources: tuple[str, ...], kind: str) -> int:  # noqa: A001 - the name of the command
    """Open tracks, users and playlists in the browser; `me` is your own profile."""
    named = [f"soundcloud:{kind}s:{each.strip()}" if each.strip().isdigit() else each for each in resources]
    if "me" in named:
        with context.client() as client:
            own = client.me.get_me().permalink_url or ""
        named = [own if each == "me" else each for each in named]
    return show_each(context, named, None, web=True)
