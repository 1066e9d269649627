"""`soundcloud like`, `repost`, `follow`, their opposites, and `comment`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from soundcloud.cli.framework.bulk import apply_to_each
from soundcloud.cli.framework.commands import Command, Example, command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import USAGE, CommandError
from soundcloud.cli.framework.options import (
    argument,
    deleting_options,
    failed_option,
    output_options,
    resource_argument,
    writing_options,
)
from soundcloud.cli.framework.param_types import PositionType
from soundcloud.cli.framework.resolver import resolve
from soundcloud.cli.framework.stdin import read_items
from soundcloud.cli.output.columns import COMMENTS

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient


def _make_action(verb: str, running: str, done: str, text: str, *examples: Example) -> Command:
    """Make a command that likes, reposts or follows each item, or does the opposite; `text` is its help."""
    is_for_users, is_undo = verb.endswith("follow"), verb.startswith("un")

    def change_each(
        context: CommandContext, items: tuple[str, ...], failed: Path | None, playlists: bool = False
    ) -> int:
        names = read_items(items)
        if is_undo and len(names) > 1:
            context.confirm(f"{verb.capitalize()} {len(names)} {'users' if is_for_users else 'items'}?")
        with context.client() as client:

            def change(item: str) -> str:
                is_id = item.strip().isdigit()
                kind = "users" if is_for_users else "playlists" if playlists and is_id else "tracks" if is_id else None
                found = resolve(client, item, kind)
                _method_for(client, verb, found.kind)(found.urn)
                return found.urn

            return apply_to_each(context, names, change, verbs=(running, done), failed_path=failed)

    function = failed_option((deleting_options if is_undo else writing_options)(change_each))
    if not is_for_users:
        function = click.option(
            "--playlists", is_flag=True, help="Treat ids as ids of playlists; default ids of tracks."
        )(function)
    argument = resource_argument("user" if is_for_users else "track|playlist", "items", many=True, required=False)
    return command(*examples, name=verb, help=text)(argument(function))


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
        other = "soundcloud unfollow" if verb.startswith("un") else "soundcloud follow"
        raise CommandError(f"{verb} takes tracks and playlists, not {kind}", f"for a user: {other}", code=USAGE)
    return methods[verb, kind]


like = _make_action(
    "like",
    "liking",
    "liked",
    "Like tracks and playlists.\n\nName them on the command line, or pass them on standard input, one per line.",
    ("Like a track", "soundcloud like https://soundcloud.com/forss/flickermood"),
    ("Show the request without sending it", "soundcloud like 308946187 --dry-run"),
    ("Like all tracks that a user likes", "soundcloud likes 51366024 --all --jsonl | soundcloud like"),
)
unlike = _make_action(
    "unlike",
    "unliking",
    "unliked",
    "Unlike tracks and playlists; asks for confirmation if there are several.",
    ("Unlike a track", "soundcloud unlike 308946187"),
    ("Unlike all tracks", "soundcloud likes --all --jsonl | soundcloud unlike --yes"),
)
repost = _make_action(
    "repost",
    "reposting",
    "reposted",
    "Repost tracks and playlists to your followers.",
    ("Repost a track", "soundcloud repost 308946187"),
    ("Repost a playlist", "soundcloud repost --playlists 1212781357"),
)
unrepost = _make_action(
    "unrepost",
    "removing reposts of",
    "removed repost of",
    "Remove reposts; asks for confirmation if there are several.",
    ("Remove a repost", "soundcloud unrepost 308946187"),
)
follow = _make_action(
    "follow",
    "following",
    "followed",
    "Follow users.",
    ("Follow a user", "soundcloud follow https://soundcloud.com/forss"),
    ("Follow all users in a file", "soundcloud follow - --failed failed.txt < users.txt"),
)
unfollow = _make_action(
    "unfollow",
    "unfollowing",
    "unfollowed",
    "Unfollow users; asks for confirmation if there are several.",
    ("Unfollow a user", "soundcloud unfollow 51366024"),
)


@command(
    ("Comment at a position", 'soundcloud comment 308946187 "That bass!" --at 0:45'),
    ("Read the comment from a file", "soundcloud comment 308946187 - < text.txt"),
    views=[COMMENTS],
)
@resource_argument("track")
@argument("text", help="The comment; - reads standard input.")
@click.option("--at", type=PositionType(), help="The position in the track: seconds, or minutes and seconds.")
@output_options
@writing_options
def comment(context: CommandContext, track: str, text: str, at: int | None) -> None:
    """Comment on a track; pass `-` to read the text from standard input.

    SoundCloud's API has no way to delete a comment.
    """
    body = sys.stdin.read().strip() if text == "-" else text
    if not body.strip():
        raise click.UsageError("the comment is empty")
    with context.client() as client:
        urn = resolve(client, track, "tracks").urn
        created = context.change(f"commented on {urn}", lambda: client.tracks.create_comment(urn, body, at))
        if created is not None and context.format != "table":
            context.show(created, COMMENTS)
