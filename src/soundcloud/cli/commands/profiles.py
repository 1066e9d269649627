"""`soundcloud profiles`: lists, selects and deletes profiles."""

import attrs

from soundcloud.cli.auth.credentials import delete_profile, profile_account
from soundcloud.cli.auth.profiles import Profiles, read_profiles, write_profiles
from soundcloud.cli.framework.commands import group
from soundcloud.cli.framework.completion import complete_profiles
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import NOT_FOUND, CommandError
from soundcloud.cli.framework.options import argument, deleting_options, output_options
from soundcloud.cli.output.columns import PROFILES
from soundcloud.cli.output.terminal import write_output


@group(
    ("List the profiles", "soundcloud profiles list"),
    ("Create another one", "soundcloud login --profile work"),
    ("Use it for one command", "soundcloud me --profile work"),
    ("Make it the current profile", "soundcloud profiles use work"),
    default="list",
    no_args_is_help=False,
)
def profiles() -> None:
    """List, select and delete the accounts you signed in with."""


@profiles.subcommand(
    ("List the profiles", "soundcloud profiles list"),
    name="list",
    views=[PROFILES],
)
@output_options
def list_profiles(context: CommandContext) -> None:
    """List the profiles, without their secrets."""
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


@profiles.subcommand(("Use another account", "soundcloud profiles use work"))
@argument("name", help="The name of the profile.", shell_complete=complete_profiles)
def use(context: CommandContext, name: str) -> None:
    """Set the current profile."""
    write_profiles(attrs.evolve(_profiles_with(name), current=name))
    context.note(f"switched to profile {name!r}")


@profiles.subcommand(("Delete a profile", "soundcloud profiles remove work"))
@argument("name", help="The name of the profile.", shell_complete=complete_profiles)
@deleting_options
def remove(context: CommandContext, name: str) -> None:
    """Delete a profile and its secrets on this machine.

    The tokens are not revoked. To revoke them too, use `soundcloud logout --forget --profile NAME` instead.
    """
    _profiles_with(name)
    context.confirm(f"Delete profile {name!r}, its app's secret and its tokens?")
    if context.dry_run:
        write_output(f"would delete profile {name!r}, its app's secret and its tokens\n")
        return
    current = delete_profile(name)
    context.note(f"deleted profile {name!r}" + (f"; the current profile is now {current!r}" if current else ""))


def _profiles_with(name: str) -> Profiles:
    """Return the profiles, of which one has that name."""
    profiles = read_profiles()
    if name not in profiles.by_name:
        known = f"available profiles: {', '.join(profiles.names)}"
        hint = known if profiles.names else f"soundcloud login --profile {name} creates it"
        raise CommandError(f"there is no profile {name!r}", hint, code=NOT_FOUND)
    return profiles
