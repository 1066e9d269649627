"""`soundcloud browse`: a full-screen browser with a player."""

import sys
from typing import TYPE_CHECKING

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.framework.param_types import IntegerType

if TYPE_CHECKING:
    from soundcloud.events import RetryInfo


@command(
    ("Search, browse and play", "soundcloud browse"),
    ("With the sandbox, without an account", "soundcloud browse --sandbox"),
)
@click.option("--volume", type=IntegerType(0, 100), default=100, metavar="PERCENT", help="0 to 100; default 100.")
@click.option("--player", type=click.Choice(["mpv", "ffplay"]), help="The player; default the first that is installed.")
def browse(context: CommandContext, volume: int, player: str | None) -> int:
    """Search, browse and play on a full screen, by keyboard or mouse.

    It shows search results, your feed, likes, playlists and tracks, the users you follow and what you played last, with the player
    below. Press ? for the keys. It needs the extra `tui`.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CommandError("browse needs a terminal", "run it without pipes, or use `soundcloud play`", code=USAGE)
    try:
        from soundcloud.cli.browse.app import Browser
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] != "textual":
            raise
        raise CommandError(
            "browse needs Textual, which is not installed", "pip install 'soundcloud-sdk[cli,tui]'"
        ) from error
    waits: list[RetryInfo] = []
    with context.client(spinner=False, on_retry=waits.append) as client:
        browser = Browser(client, player=player, volume=volume, waits=waits)
        browser.run()
    if browser.failure is not None:
        raise browser.failure
    return browser.return_code or 0
