"""`soundcloud user`, and the lists of users: likes, reposts, followers, followings."""

from typing import Any

import click

from soundcloud.cli.framework.commands import command, group
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import list_options, output_options, resource_argument, web_option
from soundcloud.cli.framework.resolver import resolve
from soundcloud.cli.framework.show import show_each
from soundcloud.cli.output.columns import PLAYLISTS, TRACKS, USERS, WEB_PROFILES


@group(
    ("Show a user", "soundcloud user 51366024"),
    ("By name", "soundcloud user forss"),
    ("List their tracks", "soundcloud user tracks forss"),
    default="show",
)
def user() -> None:
    """Show a user, their tracks and their playlists."""


@user.subcommand(
    ("Show the public profile", "soundcloud user show 51366024"),
    ("Print the number of followers", "soundcloud user show 51366024 --json --fields followers_count"),
    views=[USERS],
)
@resource_argument("user", many=True)
@web_option
@output_options
def show(context: CommandContext, users: tuple[str, ...], web: bool) -> int:
    """Show users."""
    return show_each(context, users, "users", web=web)


@user.subcommand(
    ("The newest tracks", "soundcloud user tracks 51366024"),
    ("All of your own, as JSON lines", "soundcloud user tracks --all --jsonl"),
    views=[TRACKS],
)
@resource_argument("user", required=False)
@list_options
def tracks(context: CommandContext, user: str | None) -> None:
    """List the tracks of a user; your own by default."""
    _show_list_of(context, user, "tracks")


@user.subcommand(
    ("The playlists of a user", "soundcloud user playlists 51366024"),
    ("Your own, private ones included", "soundcloud user playlists --all"),
    views=[PLAYLISTS],
)
@resource_argument("user", required=False)
@list_options
def playlists(context: CommandContext, user: str | None) -> None:
    """List the playlists of a user; your own by default."""
    _show_list_of(context, user, "playlists", show_tracks=False)


@user.subcommand(
    ("Find similar artists", "soundcloud user related 51366024"),
    views=[USERS],
)
@resource_argument("user")
@list_options
def related(context: CommandContext, user: str) -> None:
    """List artists who are similar to a user."""
    _show_list_of(context, user, "related")


@user.subcommand(
    ("The links of a user", "soundcloud user web-profiles forss"),
    ("Only the URLs", "soundcloud user web-profiles forss --csv --fields url"),
    name="web-profiles",
    views=[WEB_PROFILES],
)
@resource_argument("user")
@list_options
def web_profiles(context: CommandContext, user: str) -> None:
    """List the links on the profile of a user; `soundcloud me web-profiles` lists your own."""
    with context.client() as client:
        urn = resolve(client, user, "users").urn
        context.show_list(client.users.get_web_profiles(urn, limit=context.page_size), WEB_PROFILES)


_playlists_option = click.option("--playlists", is_flag=True, help="List playlists instead of tracks.")


@command(
    ("Your own", "soundcloud likes"),
    ("The liked playlists of a user", "soundcloud likes 51366024 --playlists"),
    ("All of your own, as JSON lines", "soundcloud likes --all --jsonl"),
    views=[TRACKS, PLAYLISTS],
)
@resource_argument("user", required=False)
@_playlists_option
@list_options
def likes(context: CommandContext, user: str | None, playlists: bool) -> None:
    """List the liked tracks or playlists of a user; your own by default."""
    _show_list_of(context, user, "likes_playlists" if playlists else "likes_tracks")


@command(
    ("Your own", "soundcloud reposts"),
    ("The reposted playlists of a user", "soundcloud reposts 51366024 --playlists"),
    views=[TRACKS, PLAYLISTS],
)
@resource_argument("user", required=False)
@_playlists_option
@list_options
def reposts(context: CommandContext, user: str | None, playlists: bool) -> None:
    """List the reposted tracks or playlists of a user; your own by default."""
    _show_list_of(context, user, "reposts_playlists" if playlists else "reposts_tracks")


@command(
    ("Your own", "soundcloud followers"),
    ("The followers of a user", "soundcloud followers https://soundcloud.com/forss --limit 50"),
    views=[USERS],
)
@resource_argument("user", required=False)
@list_options
def followers(context: CommandContext, user: str | None) -> None:
    """List the followers of a user; your own by default."""
    _show_list_of(context, user, "followers")


@command(
    ("The users you follow", "soundcloud followings"),
    ("The users that another user follows", "soundcloud followings 51366024 --all --csv"),
    views=[USERS],
)
@resource_argument("user", required=False)
@list_options
def followings(context: CommandContext, user: str | None) -> None:
    """List the users that a user follows; by default those you follow."""
    _show_list_of(context, user, "followings")


def _show_list_of(context: CommandContext, user: str | None, name: str, **arguments: Any) -> None:
    """Print a list of a user; without a user, the same list of the signed-in user."""
    view = {"tracks": TRACKS, "playlists": PLAYLISTS}.get(name.rpartition("_")[2], USERS)
    context.check_fields(view)
    with context.client() as client:
        arguments["limit"] = context.page_size
        if user is None:
            page = getattr(client.me, f"get_{name}")(**arguments)
        else:
            page = getattr(client.users, f"get_{name}")(resolve(client, user, "users").urn, **arguments)
        context.show_list(page, view)
