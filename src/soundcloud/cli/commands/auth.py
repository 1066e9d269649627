"""`soundcloud login`, `logout` and `whoami`."""

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from soundcloud._protocol.environment import environment_settings
from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import FAILED, NOT_SIGNED_IN, USAGE, CommandError
from soundcloud.cli.framework.options import output_options

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.cli.auth.profiles import Place

DEFAULT_REDIRECT_URI = "http://127.0.0.1:8765/callback"


@command(
    "login",
    examples=[
        ("Sign in with the browser; the app's id and secret are asked once", "soundcloud login"),
        ("On a machine without a browser", "soundcloud login --paste"),
        ("A second account", "soundcloud login --profile work"),
    ],
)
@click.option("--paste", is_flag=True, help="Paste the address that the browser ends at, on any machine.")
@click.option("--browser/--no-browser", default=True, help="Open the browser, or only show the address.")
@click.option("--client-id", metavar="ID", help="The app's id; asked when not given.")
@click.option(
    "--redirect-uri",
    metavar="URI",
    help=f"The app's redirect URI, literally as it is registered; {DEFAULT_REDIRECT_URI} when not given.",
)
@click.option(
    "--port",
    metavar="PORT",
    type=click.IntRange(0, 65_535),
    help="Another port to listen on, where one leads to the other.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=300.0,
    help="How long to wait; 300 when not given.",
)
@click.option(
    "--keep-in",
    type=click.Choice(["keyring", "file"]),
    help="Where the secrets are kept; the keyring where there is one, else a file for you only.",
)
def login(
    context: CommandContext,
    paste: bool,
    browser: bool,
    client_id: str | None,
    redirect_uri: str | None,
    port: int | None,
    timeout: float,
    keep_in: "Place | None",
) -> None:
    """Sign in to SoundCloud, with the browser.

    You need an app of your own, from soundcloud.com/you/apps. Its id and its secret are asked without being shown, or taken from
    SOUNDCLOUD_CLIENT_ID and SOUNDCLOUD_CLIENT_SECRET. The secret and the tokens are kept in the keyring or in a file that only
    you can read.
    """
    found = _environment_app(context, client_id)
    arguments: dict[str, Any] = {"paste": paste, "open_browser": browser, "port": port, "timeout": timeout}
    arguments |= {"show": _tell, "ask": _ask}
    if context.sandbox or found:
        with context.client() as client:
            client.auth.login(**arguments)
            name = client.me.get_me().username
        place = "memory: the sandbox signs in by itself" if context.sandbox else context.account.place
        context.note(f"signed in as {name}; the tokens are kept in {place}")
        return
    _log_in_to_profile(context, arguments, client_id, redirect_uri, keep_in)


def _environment_app(context: CommandContext, client_id: str | None) -> bool:
    """Whether the app is that of the environment."""
    return context.profile is None and client_id is None and "client_id" in environment_settings(os.environ)


def _log_in_to_profile(
    context: CommandContext,
    arguments: dict[str, Any],
    client_id: str | None,
    redirect_uri: str | None,
    keep_in: "Place | None",
) -> None:
    """Sign in with the app of a profile, and keep what was new of it once that worked."""
    from soundcloud import SoundCloudClient
    from soundcloud.cli.auth.accounts import (
        forget_secrets,
        keep_secret,
        open_store,
        place_of,
        profile_account,
        usable_place,
    )
    from soundcloud.cli.auth.profiles import DEFAULT, Profile, checked_name, read_profiles, write_profiles

    profiles = read_profiles()
    name = checked_name(context.profile or (profiles.current if profiles.by_name else DEFAULT))
    known = profiles.by_name.get(name)
    # What is known of the profile, else what the environment says, else what the person does.
    found: dict[str, Any] = environment_settings(os.environ) if known is None else profile_account(name, known).settings
    if client_id not in {None, found.get("client_id")}:
        found = {argument: value for argument, value in found.items() if argument in {"base_url", "auth_url"}}
    app = str(client_id or found.get("client_id") or _ask_secret("The app's id"))
    secret = found.get("client_secret") or _ask_secret("The app's secret")
    profile = Profile(
        app,
        redirect_uri or found.get("redirect_uri") or DEFAULT_REDIRECT_URI,
        keep_in or (known.place if known else usable_place()),
        found.get("base_url"),
        found.get("auth_url"),
    )
    store = open_store(profile.place)
    # What cannot be kept is said before the person signs in, not after.
    store.for_user(f"profile:{name}").get()
    urls = {argument: found[argument] for argument in ("base_url", "auth_url") if argument in found}
    with SoundCloudClient(
        app, secret, profile.redirect_uri, token_store=store.for_user(f"profile:{name}"), **urls
    ) as client:
        client.auth.login(**arguments)
        if known is not None and known.place != profile.place:
            forget_secrets(name, known)
        keep_secret(name, profile.place, secret)
        write_profiles(profiles.with_profile(name, profile))
        username = client.me.get_me().username
    context.note(f"signed in as {username}, profile {name}; its secrets are kept in {place_of(store)}")


def _tell(text: str) -> None:
    click.echo(text, err=True)


def _ask(question: str) -> str:
    try:
        return str(click.prompt(question.rstrip(": "), err=True))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        raise CommandError("nothing was pasted", "run it where somebody can paste the address") from None


def _ask_secret(what: str) -> str:
    """Ask for something that is not to be seen."""
    if not sys.stdin.isatty():
        raise CommandError(
            f"{what.lower()} is not known, and nobody can be asked here",
            "set SOUNDCLOUD_CLIENT_ID, SOUNDCLOUD_CLIENT_SECRET and SOUNDCLOUD_REDIRECT_URI",
            code=USAGE,
        )
    return str(click.prompt(what, hide_input=True, err=True)).strip()


def _somebody(context: CommandContext, client: "SoundCloudClient") -> bool:
    """Whether a person is signed in, as far as this machine knows."""
    given = context.sandbox or client.access_token or client.refresh_token
    return bool(given) or context.account.store.get() is not None


@command(
    "logout",
    examples=[
        ("End the session", "soundcloud logout"),
        ("And forget the app's id and secret", "soundcloud logout --forget"),
    ],
)
@click.option("--forget", is_flag=True, help="Forget the app of the profile, too.")
def logout(context: CommandContext, forget: bool) -> None:
    """Sign out at SoundCloud, and remove the tokens from this machine."""
    from soundcloud import SoundCloudError
    from soundcloud.cli.auth.accounts import forget_profile

    problem: SoundCloudError | None = None
    with context.client() as client:
        signed_in = _somebody(context, client)
        if signed_in:
            try:
                client.auth.sign_out()
            except SoundCloudError as error:
                problem = error
                client.clear_token()
    if forget and not context.sandbox and (name := context.account.name) is not None:
        forget_profile(name)
    if problem is not None:
        raise CommandError(
            f"the tokens are removed here, but SoundCloud was not told: {problem.message}",
            "they end by themselves within the hour; to be sure, disconnect the app at soundcloud.com/settings/connections",
            code=FAILED,
        )
    if not signed_in and not forget:
        raise CommandError("nobody is signed in", "there is nothing to do", code=NOT_SIGNED_IN)
    context.note("signed out" if signed_in else "the app is forgotten")


@command(
    "whoami",
    examples=[("Who is signed in", "soundcloud whoami"), ("For a program", "soundcloud whoami --json")],
)
@output_options
def whoami(context: CommandContext) -> None:
    """Show who is signed in, their plan and quota, and where the tokens are kept."""
    from soundcloud.cli.output.columns import WHOAMI
    from soundcloud.errors import MissingTokenError

    with context.client() as client:
        if not _somebody(context, client):
            raise MissingTokenError("nobody is signed in")
        me = client.me.get_me()
    token = None if context.sandbox else context.account.store.get()
    expires_at = token.expires_at if token is not None else None
    quota = me.quota
    context.show(
        {
            "username": me.username,
            "urn": me.urn,
            "permalink_url": me.permalink_url,
            "plan": me.plan,
            "upload_unlimited": quota.unlimited_upload_quota if quota else None,
            "upload_seconds_left": quota.upload_seconds_left if quota else None,
            "profile": None if context.sandbox else context.account.name,
            "app_from": f"the sandbox at {context.base_url}" if context.sandbox else context.account.source,
            "tokens_kept_in": "memory, until the command ends" if context.sandbox else context.account.place,
            "token_expires_at": expires_at.isoformat() if expires_at else None,
            "token_seconds_left": int((expires_at - datetime.now(UTC)).total_seconds()) if expires_at else None,
            "token_renewable": bool(token and token.refresh_token) if token else None,
        },
        WHOAMI,
    )
