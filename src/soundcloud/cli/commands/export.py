"""`soundcloud export`: writes a whole list to a file."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.framework.options import CSV_SAFE, argument, file_option, parse_fields
from soundcloud.cli.output.columns import PLAYLISTS, TRACKS, USERS
from soundcloud.cli.output.export import Export, ExportSettings
from soundcloud.cli.output.fields import check_fields
from soundcloud.cli.output.progress import Counter

if TYPE_CHECKING:
    from soundcloud import Page

_PAGE_SIZE = 200
_LISTS = {
    "likes": ("get_likes_tracks", TRACKS),
    "liked-playlists": ("get_likes_playlists", PLAYLISTS),
    "playlists": ("get_playlists", PLAYLISTS),
    "tracks": ("get_tracks", TRACKS),
    "followings": ("get_followings", USERS),
    "followers": ("get_followers", USERS),
}
"""The lists by name: the method of `client.me`, and the view of the items."""
_TO_STDOUT = {
    "liked-playlists": "soundcloud likes --playlists",
    "playlists": "soundcloud user playlists",
    "tracks": "soundcloud user tracks",
}
"""The commands that print a list, if their names differ from it."""


@command(
    ("Export your likes as JSON lines", "soundcloud export likes"),
    ("The users you follow, as CSV", "soundcloud export followings --output users.csv"),
    ("Selected fields", "soundcloud export likes --output likes.csv --fields urn,title,user.username"),
)
@argument("what", type=click.Choice(_LISTS), metavar="LIST", help=f"One of {', '.join(_LISTS)}.")
@file_option(
    "-o",
    "--output",
    help="The file: .jsonl for JSON lines, .csv for CSV; default the name of the list and .jsonl.",
)
@click.option("--fields", metavar="A,B.C", help="The columns of a .csv file.")
@click.option("--csv-safe", is_flag=True, help=f"In a .csv file, {CSV_SAFE}.")
@click.option("--restart", is_flag=True, help="Start over, and replace an existing file.")
def export(
    context: CommandContext, what: str, output: Path | None, fields: str | None, csv_safe: bool, restart: bool
) -> None:
    """Write one of your lists to a file: likes, liked-playlists, playlists, tracks, followings or followers.

    Run the same command again, with the same options, to resume an interrupted export. Only you can read the file: private tracks
    and playlists in it have the secrets of their share links.
    """
    path = output or Path(f"{what}.jsonl")
    if str(path) == "-":
        command = _TO_STDOUT.get(what, f"soundcloud {what}")
        raise CommandError("export writes files only", f"for standard output: {command} --all --jsonl", code=USAGE)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in {"jsonl", "csv"}:
        raise click.UsageError("--output must end in .jsonl or .csv")
    if fields is not None and kind != "csv":
        raise click.UsageError("--fields needs an --output that ends in .csv")
    if csv_safe and kind != "csv":
        raise click.UsageError("--csv-safe needs an --output that ends in .csv")
    if not path.parent.is_dir():
        raise CommandError(f"no such folder: {path.parent}", "create it, or use another --output", code=USAGE)
    method, view = _LISTS[what]
    columns = (
        parse_fields(fields)
        if fields is not None
        else tuple(column.path for column in view.columns if not column.marks)
    )
    check_fields(columns, view)
    with context.client(spinner=False) as client:
        first: Callable[[], Page[Any]] = partial(getattr(client.me, method), limit=_PAGE_SIZE)
        me = client.me.get_me().urn
        settings = ExportSettings(what, f"{context.base_url} {me}", kind, columns if kind == "csv" else (), csv_safe)
        work, counter = Export(path, settings), Counter()
        with work.locked():
            checkpoint = work.load_checkpoint(restart=restart)
            if checkpoint.rows:
                context.note(f"resuming after {checkpoint.rows:,} rows")
            try:
                number = work.run(checkpoint, first, counter.show)
            except BaseException:
                counter.clear()
                if work.is_started:
                    context.note("the pages so far are saved: run the same command again to resume")
                raise
            counter.clear()
    context.note(f"exported {number:,} {what} to {path}")
