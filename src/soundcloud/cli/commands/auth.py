"""`soundcloud login`, `logout` and `whoami`."""

import os
import sys
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from soundcloud._protocol.environment import environment_settings
from soundcloud._protocol.printable import to_printable
from soundcloud.cli.auth.credentials import (
    MEMORY,
    default_place,
    delete_profile,
    delete_secrets,
    describe_store,
    open_store,
    profile_account,
    store_secret,
)
from soundcloud.cli.auth.profiles import DEFAULT, Place, Profile, check_name, read_profiles, write_profiles
from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import FAILED, NOT_SIGNED_IN, USAGE, CommandError
from soundcloud.cli.framework.options import output_options
from soundcloud.cli.framework.param_types import IntegerType, NumberType
from soundcloud.cli.output.columns import WHOAMI
from soundcloud.cli.output.formatting import format_seconds
from soundcloud.cli.output.terminal import write_message

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient

DEFAULT_REDIRECT_URI = "http://127.0.0.1:8765/callback"


@command(
    ("Sign in with the browser; asks for the app's id and secret once", "soundcloud login"),
    ("On a machine without a browser", "soundcloud login --paste"),
    ("With a second account", "soundcloud login --profile work"),
)
@click.option(
    "--paste", is_flag=True, help="Sign in with a browser on any machine, then paste the URL from its address bar."
)
@click.option("--browser/--no-browser", default=True, help="Open the browser, or only print the URL.")
@click.option("--client-id", metavar="ID", help="The app's id; by default the command asks for it.")
@click.option(
    "--redirect-uri",
    metavar="URI",
    help=f"The app's redirect URI, exactly as registered; default {DEFAULT_REDIRECT_URI}.",
)
@click.option(
    "--port",
    metavar="PORT",
    type=IntegerType(0, 65_535),
    help="The local port to listen on, if it differs from the redirect URI's, for example with port forwarding.",
)
@click.option(
    "--wait",
    metavar="SECONDS",
    type=NumberType(min=0, min_open=True),
    default=300.0,
    help="Seconds to wait for the sign-in in the browser; default 300, which is 5 minutes.",
)
@click.option(
    "--keep-in",
    type=click.Choice(["keyring", "file"]),
    help="Where to store the secrets; default the keyring if there is one, else a file that only you can read.",
)
def login(
    context: CommandContext,
    paste: bool,
    browser: bool,
    client_id: str | None,
    redirect_uri: str | None,
    port: int | None,
    wait: float,
    keep_in: Place | None,
) -> None:
    """Sign in to SoundCloud with the browser.

    You need an app of your own, from soundcloud.com/you/apps. Enter its id and its secret, or set SOUNDCLOUD_CLIENT_ID and
    SOUNDCLOUD_CLIENT_SECRET. On a machine without a browser, use --paste. The secret and the tokens are stored in the keyring, or
    in a file that only you can read.
    """
    arguments: dict[str, Any] = {"paste": paste, "open_browser": browser, "port": port, "timeout": wait}
    arguments |= {"show": write_message if paste else partial(_show_url, wait), "ask": _ask}
    has_environment_app = (
        context.profile is None and client_id is None and "client_id" in environment_settings(os.environ)
    )
    if context.sandbox or has_environment_app:
        if keep_in is not None:
            where = "a sandbox" if context.sandbox else "SOUNDCLOUD_CLIENT_ID"
            raise click.UsageError(f"--keep-in is for the secrets of a profile, and the app comes from {where}")
        given: dict[str, Any] = {} if redirect_uri is None else {"redirect_uri": redirect_uri}
        with context.client(**given) as client:
            client.auth.login(**arguments)
            name = client.me.get_me().username
        place = "memory: every command signs in to the sandbox" if context.sandbox else context.account.place
        context.note(f"signed in as {name}; tokens are stored in {place}")
        return
    _log_in_to_profile(context, arguments, client_id, redirect_uri, keep_in)


def _log_in_to_profile(
    context: CommandContext,
    arguments: dict[str, Any],
    client_id: str | None,
    redirect_uri: str | None,
    keep_in: Place | None,
) -> None:
    """Sign in with the app of a profile; save the profile after success."""
    from soundcloud import SoundCloudClient

    profiles = read_profiles()
    name = check_name(context.profile or (profiles.current if profiles.by_name else DEFAULT))
    known = profiles.by_name.get(name)
    # The settings come from the profile, else from the environment, else from the user.
    environment: dict[str, Any] = environment_settings(os.environ)
    found: dict[str, Any] = environment if known is None else profile_account(name, known).settings
    if client_id not in {None, found.get("client_id")}:
        # A secret of the environment belongs to the app of --client-id, unless the environment names another app.
        is_same_app = environment.get("client_id", client_id) == client_id
        kept = {"client_secret", "redirect_uri"} if is_same_app else set[str]()
        found = {argument: value for argument, value in found.items() if argument in {"base_url", "auth_url"}}
        found |= {argument: value for argument, value in environment.items() if argument in kept}
    app = str(
        client_id
        or found.get("client_id")
        or _ask_for("The app's id", "set SOUNDCLOUD_CLIENT_ID and SOUNDCLOUD_CLIENT_SECRET")
    )
    secret = found.get("client_secret") or _ask_for("The app's secret", "set SOUNDCLOUD_CLIENT_SECRET", hide=True)
    profile = Profile(
        app,
        redirect_uri or found.get("redirect_uri") or DEFAULT_REDIRECT_URI,
        keep_in or (known.place if known else default_place()),
        found.get("base_url"),
        found.get("auth_url"),
    )
    store = open_store(profile.place)
    # An unusable store fails here, before the user signs in.
    store.for_user(f"profile:{name}").get()
    urls = {argument: found[argument] for argument in ("base_url", "auth_url") if argument in found}
    with SoundCloudClient(
        app, secret, profile.redirect_uri, token_store=store.for_user(f"profile:{name}"), **urls
    ) as client:
        client.auth.login(**arguments)
        if known is not None and known.place != profile.place:
            delete_secrets(name, known)
        store_secret(name, profile.place, secret)
        write_profiles(profiles.with_profile(name, profile))
        username = client.me.get_me().username
    context.note(f"signed in as {username}, profile {name}; secrets are stored in {describe_store(store)}")


def _show_url(wait: float, text: str) -> None:
    write_message(
        f"{text}\n\nWaiting for the sign-in in the browser, at most {format_seconds(wait)}. "
        "Without a browser on this machine, press Ctrl-C and run: soundcloud login --paste"
    )


def _ask(question: str) -> str:
    try:
        return str(click.prompt(to_printable(question.rstrip(": ")), err=True))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        write_message()
        raise CommandError("no URL was pasted", "run the command in a terminal and paste the URL") from None


def _ask_for(label: str, option: str, *, hide: bool = False) -> str:
    """Ask for a value; a secret is not echoed."""
    if not sys.stdin.isatty():
        raise CommandError(f"{label.lower()} is missing, and standard input is not a terminal", option, code=USAGE)
    return str(click.prompt(label, hide_input=hide, err=True)).strip()


def _has_user(context: CommandContext, client: "SoundCloudClient") -> bool:
    """Return whether there is a token of a user on this machine."""
    given = context.sandbox or client.access_token or client.refresh_token
    return bool(given) or context.account.store.get() is not None


@command(
    ("Sign out", "soundcloud logout"),
    ("End the app's access to your account, on all devices", "soundcloud logout --disconnect"),
    ("Delete the app's id and secret as well", "soundcloud logout --forget"),
)
@click.option("--disconnect", is_flag=True, help="End the app's access to your account, on all devices.")
@click.option("--forget", is_flag=True, help="Delete the profile and its app's id and secret as well.")
def logout(context: CommandContext, disconnect: bool, forget: bool) -> None:
    """Sign out of SoundCloud, and delete the tokens on this machine.

    If SoundCloud refuses --disconnect, nothing is deleted, so that you can try again.
    """
    from soundcloud import SoundCloudError

    if forget and not context.sandbox and context.account.name is None:
        raise click.UsageError("--forget deletes a profile, and the app comes from the environment variables")
    problem: SoundCloudError | None = None
    current: str | None = None
    with context.client() as client:
        signed_in = _has_user(context, client)
        if signed_in and disconnect:
            _disconnect(client)
        elif signed_in:
            try:
                client.auth.sign_out()
            except SoundCloudError as error:
                problem = error
                client.clear_token()
    if forget and not context.sandbox and (name := context.account.name) is not None:
        current = delete_profile(name)
    if problem is not None:
        raise CommandError(
            f"the tokens on this machine are deleted, but SoundCloud could not revoke them: {problem.message}",
            "they expire within an hour; to revoke them now, disconnect the app at soundcloud.com/settings/connections",
            code=FAILED,
        )
    if not signed_in and not forget:
        raise CommandError("you are not signed in", "there is nothing to do", code=NOT_SIGNED_IN)
    done = "disconnected the app from your account and signed out" if disconnect else "signed out"
    done = done if signed_in else "deleted the profile"
    context.note(done + (f"; the current profile is now {current!r}" if current else ""))


def _disconnect(client: "SoundCloudClient") -> None:
    """End the app's access to the account; the tokens are kept if SoundCloud refuses."""
    from soundcloud import SoundCloudError

    try:
        client.auth.disconnect()
    except SoundCloudError as error:
        raise CommandError(
            f"the app is still connected to your account, and you are still signed in: {error.message}",
            "run the command again later, or disconnect the app at soundcloud.com/settings/connections",
            code=FAILED,
        ) from error


@command(
    ("Show the signed-in user", "soundcloud whoami"),
    ("As JSON", "soundcloud whoami --json"),
    views=[WHOAMI],
)
@output_options
def whoami(context: CommandContext) -> None:
    """Show the signed-in user, their plan and quota, and where the tokens are stored."""
    from soundcloud.errors import MissingTokenError

    with context.client() as client:
        if not _has_user(context, client):
            raise MissingTokenError("you are not signed in")
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
            "tokens_kept_in": MEMORY if context.sandbox else context.account.place,
            "token_expires_at": expires_at.isoformat() if expires_at else None,
            "token_seconds_left": int((expires_at - datetime.now(UTC)).total_seconds()) if expires_at else None,
            "token_renewable": bool(token and token.refresh_token) if token else None,
        },
        WHOAMI,
    )
