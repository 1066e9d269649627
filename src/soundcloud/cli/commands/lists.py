"""Likes, reposts, followers and followings: your own, or those of a user who is named."""

from typing import Any

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import list_options


def _playlists_option(function: Any) -> Any:
    return click.option("--playlists", is_flag=True, help="Playlists in place of tracks.")(function)


@command(
    "likes",
    examples=[
        ("Your own", "soundcloud likes"),
        ("Somebody's liked playlists", "soundcloud likes 51366024 --playlists"),
        ("All of yours, one per line", "soundcloud likes --all --jsonl"),
    ],
)
@click.argument("user", required=False)
@_playlists_option
@list_options
def likes(context: CommandContext, user: str | None, playlists: bool) -> None:
    """List liked tracks or playlists: your own, or a user's."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import PLAYLISTS, TRACKS

    with context.client() as client:
        size = context.page_size
        if user is None:
            page: Any = client.me.get_likes_playlists(size) if playlists else client.me.get_likes_tracks(limit=size)
        else:
            urn = locate(client, user, "users").urn
            method: Any = client.users.get_likes_playlists if playlists else client.users.get_likes_tracks
            page = method(urn, size)
        context.show_list(page, PLAYLISTS if playlists else TRACKS)


@command(
    "reposts",
    examples=[
        ("Your own", "soundcloud reposts"),
        ("Somebody's reposted playlists", "soundcloud reposts 51366024 --playlists"),
    ],
)
@click.argument("user", required=False)
@_playlists_option
@list_options
def reposts(context: CommandContext, user: str | None, playlists: bool) -> None:
    """List reposted tracks or playlists: your own, or a user's."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import PLAYLISTS, TRACKS

    with context.client() as client:
        size = context.page_size
        if user is None:
            method: Any = client.me.get_reposts_playlists if playlists else client.me.get_reposts_tracks
            page: Any = method(limit=size)
        else:
            urn = locate(client, user, "users").urn
            method = client.users.get_reposts_playlists if playlists else client.users.get_reposts_tracks
            page = method(urn, limit=size)
        context.show_list(page, PLAYLISTS if playlists else TRACKS)


@command(
    "followers",
    examples=[
        ("Your own", "soundcloud followers"),
        ("Somebody's", "soundcloud followers https://soundcloud.com/forss --limit 50"),
    ],
)
@click.argument("user", required=False)
@list_options
def followers(context: CommandContext, user: str | None) -> None:
    """List the people who follow you, or a user."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import USERS

    with context.client() as client:
        size = context.page_size
        if user is None:
            page = client.me.get_followers(size)
        else:
            page = client.users.get_followers(locate(client, user, "users").urn, size)
        context.show_list(page, USERS)


@command(
    "followings",
    examples=[
        ("Whom you follow", "soundcloud followings"),
        ("Whom somebody follows", "soundcloud followings 51366024 --all --csv"),
    ],
)
@click.argument("user", required=False)
@list_options
def followings(context: CommandContext, user: str | None) -> None:
    """List the people whom you follow, or whom a user follows."""
    from soundcloud.cli.framework.resources import locate
    from soundcloud.cli.output.columns import USERS

    with context.client() as client:
        size = context.page_size
        if user is None:
            page = client.me.get_followings(limit=size)
        else:
            page = client.users.get_followings(locate(client, user, "users").urn, size)
        context.show_list(page, USERS)
