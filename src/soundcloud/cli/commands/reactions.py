"""`soundcloud like`, `repost`, `follow`, what takes them back, and `comment`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.items import failed_option
from soundcloud.cli.framework.options import deleting_options, output_options, writing_options
from soundcloud.cli.framework.ranges import MomentType

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def _things(function: Decorated) -> Decorated:
    playlists = click.option("--playlists", is_flag=True, help="Numbers are those of playlists, not of tracks.")
    return click.argument("items", nargs=-1, metavar="TRACK|PLAYLIST...")(playlists(failed_option(function)))


def _users(function: Decorated) -> Decorated:
    return click.argument("items", nargs=-1, metavar="USER...")(failed_option(function))


@command(
    "like",
    examples=[
        ("Like a track", "soundcloud like https://soundcloud.com/forss/flickermood"),
        ("See what would be sent", "soundcloud like 308946187 --dry-run"),
        ("Like what somebody else likes", "soundcloud likes 51366024 --all --jsonl | soundcloud like"),
    ],
)
@_things
@writing_options
def like(context: CommandContext, items: tuple[str, ...], playlists: bool, failed: Path | None) -> int:
    """Like tracks and playlists.

    They are named on the command line, or one per line on standard input.
    """
    return _react(context, items, failed, ("like", "liking", "liked"), playlists=playlists)


@command(
    "unlike",
    examples=[
        ("Stop liking a track", "soundcloud unlike 308946187"),
        ("Stop liking all tracks", "soundcloud likes --all --jsonl | soundcloud unlike --yes"),
    ],
)
@_things
@deleting_options
def unlike(context: CommandContext, items: tuple[str, ...], playlists: bool, failed: Path | None) -> int:
    """Stop liking tracks and playlists; it asks where there are several."""
    return _react(context, items, failed, ("unlike", "unliking", "unliked"), playlists=playlists)


@command(
    "repost",
    examples=[
        ("Repost a track", "soundcloud repost 308946187"),
        ("Repost a playlist", "soundcloud repost --playlists 1212781357"),
    ],
)
@_things
@writing_options
def repost(context: CommandContext, items: tuple[str, ...], playlists: bool, failed: Path | None) -> int:
    """Repost tracks and playlists to the people who follow you."""
    return _react(context, items, failed, ("repost", "reposting", "reposted"), playlists=playlists)


@command("unrepost", examples=[("Take a repost back", "soundcloud unrepost 308946187")])
@_things
@deleting_options
def unrepost(context: CommandContext, items: tuple[str, ...], playlists: bool, failed: Path | None) -> int:
    """Take reposts back; it asks where there are several."""
    return _react(context, items, failed, ("unrepost", "taking back", "took back"), playlists=playlists)


@command(
    "follow",
    examples=[
        ("Follow somebody", "soundcloud follow https://soundcloud.com/forss"),
        ("Follow those of a list", "soundcloud follow - --failed again.txt < people.txt"),
    ],
)
@_users
@writing_options
def follow(context: CommandContext, items: tuple[str, ...], failed: Path | None) -> int:
    """Follow users."""
    return _react(context, items, failed, ("follow", "following", "followed"))


@command("unfollow", examples=[("Stop following somebody", "soundcloud unfollow 51366024")])
@_users
@deleting_options
def unfollow(context: CommandContext, items: tuple[str, ...], failed: Path | None) -> int:
    """Stop following users; it asks where there are several."""
    return _react(context, items, failed, ("unfollow", "unfollowing", "unfollowed"))


@command(
    "comment",
    examples=[
        ("Say something about a moment", 'soundcloud comment 308946187 "That bass!" --at 0:45'),
        ("A longer text", "soundcloud comment 308946187 - < text.txt"),
    ],
)
@click.argument("track")
@click.argument("text")
@click.option("--at", type=MomentType(), help="The moment of the track: seconds, or minutes and seconds.")
@output_options
@writing_options
def comment(context: CommandContext, track: str, text: str, at: int | None) -> None:
    """Comment on a track; - reads the text from standard input.

    SoundCloud offers no way to take a comment back.
    """
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import COMMENTS

    words = sys.stdin.read().strip() if text == "-" else text
    with context.client() as client:
        urn = locate(client, track, "tracks").urn
        made = context.change(f"commented on {urn}", lambda: client.tracks.create_comment(urn, words, at))
        if made is not None and context.format != "table":
            context.show(made, COMMENTS)


def _react(
    context: CommandContext,
    arguments: tuple[str, ...],
    failed: Path | None,
    words: tuple[str, str, str],
    *,
    playlists: bool = False,
) -> int:
    from soundcloud.cli.framework.bulk import change_each
    from soundcloud.cli.framework.items import read_items
    from soundcloud.cli.framework.resources import locate

    items = read_items(arguments)
    verb, doing, done = words
    people = verb in {"follow", "unfollow"}
    if verb.startswith("un") and len(items) > 1:
        context.confirm(f"{verb.capitalize()} {len(items)} {'users' if people else 'things'}?")
    with context.client() as client:

        def call(item: str) -> str:
            number = item.strip().isdigit()
            kind = "users" if people else "playlists" if playlists and number else "tracks" if number else None
            found = locate(client, item, kind)
            _method(client, verb, found.kind)(found.urn)
            return found.urn

        return change_each(context, items, call, words=(doing, done), failed_path=failed)


def _method(client: "SoundCloudClient", verb: str, kind: str) -> Callable[[str], None]:
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
        from soundcloud.cli.framework.errors import USAGE, CommandError

        raise CommandError(f"{verb} is not for {kind}", f"soundcloud {verb} --help", code=USAGE)
    return methods[verb, kind]
