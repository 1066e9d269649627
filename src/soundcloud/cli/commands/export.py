"""`soundcloud export`: a whole list of yours in a file."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.cli.output.columns import Shape

_PAGE = 200
_LISTS = ("likes", "liked-playlists", "playlists", "tracks", "followings", "followers")


@command(
    "export",
    examples=[
        ("Your likes, an object per line", "soundcloud export likes"),
        ("Whom you follow, as a table", "soundcloud export followings --output people.csv"),
        ("Some fields only", "soundcloud export likes --output likes.csv --fields urn,title,user.username"),
    ],
)
@click.argument("what", type=click.Choice(_LISTS), metavar="|".join(_LISTS))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to: .jsonl for an object per line, .csv for a table; WHAT.jsonl when not given.",
)
@click.option("--fields", metavar="A,B.C", help="The columns of a .csv file.")
@click.option("--restart", is_flag=True, help="Begin anew, and replace what is there.")
def export(context: CommandContext, what: str, output: Path | None, fields: str | None, restart: bool) -> None:
    """Write all of a list of yours to a file.

    When it breaks off, run the same command again: it goes on where it was. The file can be read by you only: the objects are
    SoundCloud's own, and those of private things hold the secrets of their share links.
    """
    from soundcloud.cli.output.export import Export, Wanted

    path = output or Path(f"{what}.jsonl")
    kind = path.suffix.lower().removeprefix(".")
    if kind not in {"jsonl", "csv"}:
        raise click.UsageError("--output ends in .jsonl or in .csv")
    if fields is not None and kind != "csv":
        raise click.UsageError("--fields are the columns of a .csv file")
    with context.client() as client:
        first, shape = _list(client, what)
        columns = tuple(column.path for column in shape.columns)
        if fields is not None:
            columns = tuple(field.strip() for field in fields.split(",") if field.strip())
        me = client.me.get_me().urn
        work = Export(path, Wanted(what, f"{context.base_url} {me}", kind, columns if kind == "csv" else ()))
        with work.locked(), _told(context, path) as tell:
            state = work.begun(restart=restart)
            if state.rows:
                context.note(f"{state.rows:,} are there already; it goes on from there")
            number = work.run(state, first, tell)
    context.note(f"{number:,} {what} in {path}")


@contextmanager
def _told(context: CommandContext, path: Path) -> Generator[Callable[[int], None], None, None]:
    """Show how many there are so far, and how to go on when it breaks off."""
    at_terminal = sys.stderr.isatty()

    def tell(number: int) -> None:
        if at_terminal:
            sys.stderr.write(f"\r{number:,} so far")
            sys.stderr.flush()

    try:
        yield tell
    except BaseException:
        if at_terminal:
            sys.stderr.write("\n")
        if path.with_name(f"{path.name}.state").exists():
            context.note("what was written is kept: run the same command again, and it goes on")
        raise
    if at_terminal:
        sys.stderr.write("\r\x1b[K")


def _list(client: "SoundCloudClient", what: str) -> "tuple[Callable[[], Any], Shape]":
    from soundcloud.cli.output.columns import PLAYLISTS, TRACKS, USERS

    lists: dict[str, tuple[Callable[[], Any], Shape]] = {
        "likes": (partial(client.me.get_likes_tracks, limit=_PAGE), TRACKS),
        "liked-playlists": (partial(client.me.get_likes_playlists, limit=_PAGE), PLAYLISTS),
        "playlists": (partial(client.me.get_playlists, limit=_PAGE), PLAYLISTS),
        "tracks": (partial(client.me.get_tracks, limit=_PAGE), TRACKS),
        "followings": (partial(client.me.get_followings, limit=_PAGE), USERS),
        "followers": (partial(client.me.get_followers, limit=_PAGE), USERS),
    }
    return lists[what]
