"""`soundcloud embed`: the HTML of SoundCloud's player."""

from typing import Any

import click

from soundcloud.cli.context import CommandContext
from soundcloud.cli.definitions import command


@command(
    "embed",
    examples=[
        ("An iframe for a page", "soundcloud embed 308946187"),
        ("With the picture, in your colour", 'soundcloud embed 308946187 --visual --color "#0066cc"'),
        ("A playlist", "soundcloud embed https://soundcloud.com/forss/sets/soulhack"),
    ],
)
@click.argument("item", metavar="TRACK|PLAYLIST|USER")
@click.option("--visual", is_flag=True, default=None, help="Fill the player with the picture.")
@click.option("--color", metavar="#RRGGBB", help="The colour of the play button.")
@click.option("--auto-play", is_flag=True, default=None, help="Begin by itself, where browsers allow it.")
@click.option("--width", metavar="PIXELS|PERCENT", default="100%", show_default=True, help="How wide it is.")
@click.option("--height", type=click.IntRange(min=1), metavar="PIXELS", help="How high it is.")
@click.option("--only-url", is_flag=True, help="Print the player's address alone.")
def embed(context: CommandContext, /, item: str, width: str, height: int | None, only_url: bool, **given: Any) -> None:
    """Print the HTML that shows SoundCloud's player.

    A share link shows what is private to whoever sees the page: its secret is in the HTML.
    """
    from soundcloud.cli.locating import locate
    from soundcloud.widget import iframe, player_url

    options = {name: value for name, value in given.items() if value is not None}
    with context.client() as client:
        found = locate(client, item, "tracks" if item.strip().isdigit() else None)
        if only_url:
            click.echo(player_url(found.urn, secret_token=found.secret_token, **options))
            return
        shown: Any = found.urn
        if found.kind == "tracks":
            shown = client.tracks.get_track(found.urn, secret_token=found.secret_token)
        elif found.kind == "users":
            shown = client.users.get_user(found.urn)
        else:
            shown = client.playlists.get_playlist(found.urn, secret_token=found.secret_token, show_tracks=False)
        size = int(width) if width.isdigit() else width
        click.echo(iframe(shown, secret_token=found.secret_token, width=size, height=height, **options))
