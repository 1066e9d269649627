"""`soundcloud profiles`: the accounts of the command line."""

import attrs
import click

from soundcloud.cli.framework.commands import group, subcommand
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import deleting_options, output_options


@group(
    "profiles",
    default="list",
    no_args_is_help=False,
    examples=[
        ("Which there are", "soundcloud profiles list"),
        ("Make another", "soundcloud login --profile work"),
        ("Act with it once", "soundcloud me --profile work"),
        ("Act with it from now on", "soundcloud profiles use work"),
    ],
)
def profiles() -> None:
    """List the accounts that you signed in with; choose or remove one."""


@subcommand(profiles, "list", examples=[("Which there are", "soundcloud profiles list")])
@output_options
def list_profiles(context: CommandContext) -> None:
    """List the profiles; no secret is shown."""
    from soundcloud.cli.auth.accounts import profile_account
    from soundcloud.cli.auth.profiles import read_profiles
    from soundcloud.cli.output.columns import PROFILES

    found = read_profiles()
    rows: list[dict[str, object]] = []
    for name in found.names:
        account = profile_account(name, found.by_name[name])
        rows.append(
            {
                "name": name,
                "current": name == found.current,
                "signed_in": account.store.get() is not None,
                "client_id": found.by_name[name].client_id,
                "secrets_kept_in": account.place,
            }
        )
    context.given["limit"] = None
    context.show_list(rows, PROFILES)


@subcommand(profiles, "use", examples=[("Act with it from now on", "soundcloud profiles use work")])
@click.argument("name")
def use(context: CommandContext, name: str) -> None:
    """Make a profile the one that is used when none is named."""
    from soundcloud.cli.auth.accounts import find_account
    from soundcloud.cli.auth.profiles import read_profiles, write_profiles

    find_account(name)
    write_profiles(attrs.evolve(read_profiles(), current=name))
    context.note(f"{name} is used from now on")


@subcommand(
    profiles,
    "remove",
    examples=[("Forget an app and its person here", "soundcloud profiles remove work")],
)
@click.argument("name")
@deleting_options
def remove(context: CommandContext, name: str) -> None:
    """Forget a profile with its secrets; SoundCloud is not told, `soundcloud logout` does that."""
    from soundcloud.cli.auth.accounts import find_account, forget_profile

    find_account(name)
    context.confirm(f"Forget the profile {name}, its app's secret and its tokens?")
    if context.dry_run:
        click.echo(f"would forget the profile {name}, its app's secret and its tokens")
        return
    forget_profile(name)
    context.note(f"{name} is forgotten")
