"""`soundcloud embed`: the HTML of SoundCloud's player."""

from typing import TYPE_CHECKING, Any, cast

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext

if TYPE_CHECKING:
    from soundcloud.widget import PlayerOptions


@command(
    "embed",
    examples=[
        ("A track", "soundcloud embed https://soundcloud.com/forss/flickermood"),
        ("By its number, with the picture", "soundcloud embed 308946187 --visual"),
        ("A playlist, in colours of your own", "soundcloud embed 1212781357 --kind playlist --color '#0066cc'"),
        ("The address alone, for an iframe of your own", "soundcloud embed 308946187 --url"),
    ],
)
@click.argument("resource")
@click.option(
    "--kind",
    type=click.Choice(["track", "playlist", "user"]),
    default="track",
    help="What a number is; a track if not said.",
)
@click.option("--visual", is_flag=True, help="Let the picture fill the player.")
@click.option("--color", metavar="#RRGGBB", help="The colour of the play button and of what was played.")
@click.option("--auto-play", is_flag=True, help="Begin by itself, where the browser lets it.")
@click.option("--hide-related", is_flag=True, help="Show no other tracks at the end.")
@click.option("--width", default="100%", metavar="SIZE", help="Pixels, or a share such as 100%.")
@click.option("--height", type=click.IntRange(min=1), metavar="PIXELS", help="What suits the kind, when not given.")
@click.option("--title", help="What the player is called, for those who hear the page.")
@click.option("--url", is_flag=True, help="Print the player's address alone.")
def embed(
    context: CommandContext,
    /,
    resource: str,
    kind: str,
    width: str,
    height: int | None,
    title: str | None,
    url: bool,
    **options: Any,
) -> None:
    """Print the HTML that shows SoundCloud's player.

    Nothing is sent, and no account is needed. A share link stays what it is: whoever sees the page can read it.
    """
    from soundcloud._protocol.media.embeds import PLAYER
    from soundcloud.widget import iframe, player_url

    # A number has no kind, and everything else says its own.
    of: Any = f"{kind}s" if resource.strip().isdigit() else None
    chosen = cast("PlayerOptions", {name: value for name, value in options.items() if value})
    player = PLAYER
    if context.sandbox:
        with context.settings() as settings:
            player = f"{settings['web_url']}/player/"
    if url:
        click.echo(player_url(resource, kind=of, player=player, **chosen))
        return
    size = int(width) if width.isdigit() else width
    click.echo(iframe(resource, kind=of, title=title, width=size, height=height, player=player, **chosen))
