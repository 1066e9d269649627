"""`soundcloud embed`: the HTML of SoundCloud's player."""

from typing import TYPE_CHECKING, Any, cast

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.framework.options import resource_argument
from soundcloud.cli.framework.param_types import IntegerType
from soundcloud.cli.framework.resolver import web_url
from soundcloud.cli.framework.stdin import read_item
from soundcloud.cli.output.terminal import write_output

if TYPE_CHECKING:
    from soundcloud.widget import PlayerOptions

# A name without @ needs --kind user.
_FORMS = "an id, a URN, @name, artist/title or a URL"


@command(
    ("Embed a track", "soundcloud embed https://soundcloud.com/forss/flickermood"),
    ("By id, with the artwork", "soundcloud embed 308946187 --visual"),
    ("A playlist, with your own color", "soundcloud embed 1212781357 --kind playlist --color '#0066cc'"),
    ("Print the URL for your own iframe", "soundcloud embed 308946187 --url"),
)
@resource_argument("resource", forms=_FORMS)
@click.option(
    "--kind",
    type=click.Choice(["track", "playlist", "user"]),
    default="track",
    help="The kind of resource that an id names; default track.",
)
@click.option("--visual", is_flag=True, help="Fill the player with the artwork.")
@click.option("--color", metavar="#RRGGBB", help="The color of the play button and of the played part.")
@click.option("--auto-play", is_flag=True, help="Start automatically, if the browser allows it.")
@click.option("--hide-related", is_flag=True, help="Show no related tracks at the end.")
@click.option("--width", default="100%", metavar="SIZE", help="The width in pixels or percent; default 100%.")
@click.option(
    "--height", type=IntegerType(min=1), metavar="PIXELS", help="The height; the default depends on the resource."
)
@click.option("--title", help="The title of the player, for screen readers.")
@click.option("--url", is_flag=True, help="Print only the URL of the player.")
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
    """Print the HTML of SoundCloud's player.

    Sends no request and needs no account. The HTML of a share link contains its secret: every visitor of the page can read it.
    """
    from soundcloud._protocol.media.embeds import PLAYER
    from soundcloud.errors import InvalidInputError
    from soundcloud.widget import iframe, player_url
    from soundcloud_api.types import redact

    resource = read_item(resource)
    resource = web_url(resource, f"{kind}s") or resource
    # Only an id needs --kind; a URN or a URL names its kind.
    resource_kind: Any = f"{kind}s" if resource.strip().isdigit() else None
    chosen = cast("PlayerOptions", {name: value for name, value in options.items() if value})
    player = PLAYER
    if context.sandbox:
        with context.client_settings() as settings:
            player = f"{settings['web_url']}/player/"
    try:
        player_url(resource, kind=resource_kind, player=player)
    except InvalidInputError as error:
        raise CommandError(
            f"{redact(resource)!r} cannot be embedded",
            f"use {_FORMS}; for a short link, the URL that it leads to",
            code=USAGE,
        ) from error
    if url:
        write_output(f"{player_url(resource, kind=resource_kind, player=player, **chosen)}\n")
        return
    size = int(width) if width.isdigit() else width
    html = iframe(resource, kind=resource_kind, title=title, width=size, height=height, player=player, **chosen)
    write_output(f"{html}\n")
