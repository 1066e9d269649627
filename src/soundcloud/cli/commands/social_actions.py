"""`soundcloud like`, `repost`, `follow`, their opposites, and `comment`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from soundcloud.cli.framework.bulk import apply_to_each
from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.framework.options import deleting_options, failed_option, output_options, writing_options
from soundcloud.cli.framework.param_types import PositionType
from soundcloud.cli.framework.resolver import resolve
from soundcloud.cli.framework.stdin import read_items
from soundcloud.cli.output.columns import COMMENTS

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def _track_or_playlist_arguments(function: Decorated) -> Decorated:
    playlists = click.option("--playlists", is_flag=True, help="Ids are ids of playlists, not of tracks.")
    return click.argument("items", nargs=-1, metavar="TRACK|PLAYLIST...")(playlists(failed_option(function)))


def _user_arguments(function: Decorated) -> Decorated:
    return click.argument("items", nargs=-1, metavar="USER...")(failed_option(function))


@command(
    ("Like a track", "soundcloud like https://soundcloud.com/forss/flickermood"),
    ("Show the request without sending it", "soundcloud like 308946187 --dry-run"),
    ("Like all tracks that a user likes", "soundcloud likes 51366024 --all --jsonl | soundcloud like"),
)
@_track_or_playlist_arguments
@writing_options
def like(context: CommandContext, items: tuple[str, ...], playlists: bool, failed: Path | None) -> int:
    """Like tracks and playlists.

    Name them on the command line, or pass them on standard input, one per line.
    """
    return _change_each(context, items, failed, ("like", "liking", "liked"), playlists=playlists)


@command(
    ("Unlike a track", "soundcloud unlike 308946187"),
    ("Unlike all tracks", "soundcloud likes --all --jsonl | soundcloud unlike --yes"),
)
@_track_or_playlist_arguments
@deleting_options
def unlike(context: CommandContext, items: tuple[str, ...], playlists: bool, failed: Path | None) -> int:
    """Unlike tracks and playlists; asks for confirmation if there are several."""
    return _change_each(context, items, failed, ("unlike", "unliking", "unliked"), playlists=playlists)


@command(
    ("Repost a track", "soundcloud repost 308946187"),
    ("Repost a playlist", "soundcloud repost --playlists 1212781357"),
)
@_track_or_playlist_arguments
@writing_options
def repost(context: CommandContext, items: tuple[str, ...], playlists: bool, failed: Path | None) -> int:
    """Repost tracks and playlists to your followers."""
    return _change_each(context, items, failed, ("repost", "reposting", "reposted"), playlists=playlists)


@command(("Remove a repost", "soundcloud unrepost 308946187"))
@_track_or_playlist_arguments
@deleting_options
def unrepost(context: CommandContext, items: tuple[str, ...], playlists: bool, failed: Path | None) -> int:
    """Remove reposts; asks for confirmation if there are several."""
    verbs = ("unrepost", "removing reposts of", "removed repost of")
    return _change_each(context, items, failed, verbs, playlists=playlists)


@command(
    ("Follow a user", "soundcloud follow https://soundcloud.com/forss"),
    ("Follow all users in a file", "soundcloud follow - --failed failed.txt < users.txt"),
)
@_user_arguments
@writing_options
def follow(context: CommandContext, items: tuple[str, ...], failed: Path | None) -> int:
    """Follow users."""
    return _change_each(context, items, failed, ("follow", "following", "followed"))


@command(("Unfollow a user", "soundcloud unfollow 51366024"))
@_user_arguments
@deleting_options
def unfollow(context: CommandContext, items: tuple[str, ...], failed: Path | None) -> int:
    """Unfollow users; asks for confirmation if there are several."""
    return _change_each(context, items, failed, ("unfollow", "unfollowing", "unfollowed"))


@command(
    ("Comment at a position", 'soundcloud comment 308946187 "That bass!" --at 0:45'),
    ("Read the comment from a file", "soundcloud comment 308946187 - < text.txt"),
)
@click.argument("track")
@click.argument("text")
@click.option("--at", type=PositionType(), help="The position in the track: seconds, or minutes and seconds.")
@output_options
@writing_options
def comment(context: CommandContext, track: str, text: str, at: int | None) -> None:
    """Comment on a track; - reads the text from standard input.

    SoundCloud's API has no way to delete a comment.
    """
    body = sys.stdin.read().strip() if text == "-" else text
    with context.client() as client:
        urn = resolve(client, track, "tracks").urn
        created = context.change(f"commented on {urn}", lambda: client.tracks.create_comment(urn, body, at))
        if created is not None and context.format != "table":
            context.show(created, COMMENTS)


def _change_each(
    context: CommandContext,
    arguments: tuple[str, ...],
    failed: Path | None,
    verbs: tuple[str, str, str],
    *,
    playlists: bool = False,
) -> int:
    """Like, repost or follow each item, or the opposite."""
    items = read_items(arguments)
    verb, running, done = verbs
    is_for_users = verb in {"follow", "unfollow"}
    if verb.startswith("un") and len(items) > 1:
        context.confirm(f"{verb.capitalize()} {len(items)} {'users' if is_for_users else 'items'}?")
    with context.client() as client:

        def change(item: str) -> str:
            is_id = item.strip().isdigit()
            kind = "users" if is_for_users else "playlists" if playlists and is_id else "tracks" if is_id else None
            found = resolve(client, item, kind)
            _method_for(client, verb, found.kind)(found.urn)
            return found.urn

        return apply_to_each(context, items, change, verbs=(running, done), failed_path=failed)


def _method_for(client: "SoundCloudClient", verb: str, kind: str) -> Callable[[str], None]:
    from soundcloud_api.api.reposts import delete_reposts_tracks_track_urn

    methods: dict[tuple[str, str], Callable[[str], None]] = {
        ("like", "tracks"): client.likes.like_track,
        ("like", "playlists"): client.likes.like_playlist,
        ("unlike", "tracks"): client.likes.unlike_track,
        ("unlike", "playlists"): client.likes.unlike_playlist,
        ("repost", "tracks"): client.reposts.repost_track,
        ("repost", "playlists"): client.reposts.repost_playlist,
        # Not reposts.unrepost_track, which warns that SoundCloud deprecates this operation; it names no replacement.
        ("unrepost", "tracks"): lambda urn: client.send(delete_reposts_tracks_track_urn(urn)),
        ("unrepost", "playlists"): client.reposts.unrepost_playlist,
        ("follow", "users"): client.me.follow,
        ("unfollow", "users"): client.me.unfollow,
    }
    if (verb, kind) not in methods:
        raise CommandError(f"{verb} does not support {kind}", f"soundcloud {verb} --help", code=USAGE)
    return methods[verb, kind]
