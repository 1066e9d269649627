"""`soundcloud config`: the user's own defaults of options."""

import os
from typing import Any

import click
from click.shell_completion import CompletionItem

from soundcloud.cli.framework.commands import group
from soundcloud.cli.framework.completion import Completion
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import CommandError
from soundcloud.cli.framework.options import argument, output_options
from soundcloud.cli.output.columns import SETTINGS as SETTINGS_VIEW
from soundcloud.cli.output.formatting import format_value
from soundcloud.cli.output.terminal import write_output


@group(
    ("Show all settings, and where each value comes from", "soundcloud config list"),
    ("Print 50 items of a list by default", "soundcloud config set limit 50"),
    ("Go back to the built-in default", "soundcloud config unset limit"),
    default="list",
    no_args_is_help=False,
)
def config() -> None:
    """Set the defaults of options. An option on the command line and an environment variable override them.

    The environment variable of `limit` is SOUNDCLOUD_LIMIT, and so on. Secrets are not stored here: `soundcloud login` keeps them.
    """


def _complete_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Completion]:  # noqa: ARG001 - click's signature
    from soundcloud.cli.framework.settings import SETTINGS

    return [CompletionItem(name, help=each.meaning) for name, each in SETTINGS.items() if name.startswith(incomplete)]


def _complete_values(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Completion]:
    from soundcloud.cli.framework.settings import SETTINGS, type_of

    name = ctx.params.get("name")
    return type_of(name).shell_complete(ctx, parameter, incomplete) if name in SETTINGS else []


_name_argument = argument("name", help="The setting, for example limit.", shell_complete=_complete_names)


@config.subcommand(
    ("Show all settings", "soundcloud config list"),
    ("As JSON", "soundcloud config list --json"),
    name="list",
    views=[SETTINGS_VIEW],
)
@output_options
def list_settings(context: CommandContext) -> None:
    """List the settings, their values, and where each value comes from."""
    from soundcloud.cli.framework.settings import SETTINGS, Value, find_setting, read_config, variable_of

    file, rows, invalid = read_config(), list[dict[str, Any]](), list[CommandError]()
    for name, setting in SETTINGS.items():
        variable = variable_of(name)
        try:
            found = find_setting(name, file)
        except CommandError as error:
            invalid.append(error)
            found = Value(os.environ[variable], f"{variable}, invalid")
        row = {"name": name, "value": found.value, "source": found.source, "default": setting.default}
        rows.append({**row, "variable": variable, "meaning": setting.meaning})
    context.given["limit"] = None
    context.show_list(rows, SETTINGS_VIEW)
    if invalid:
        raise invalid[0]


@config.subcommand(("The number of items that a list prints", "soundcloud config get limit"))
@_name_argument
def get(context: CommandContext, name: str) -> None:  # noqa: ARG001 - every command takes the context
    """Print the value of a setting, from the environment, the config file or the built-in default."""
    from soundcloud.cli.framework.settings import check_name, find_setting

    write_output(f"{format_value(find_setting(check_name(name)).value)}\n")


@config.subcommand(
    ("Print 50 items of a list by default", "soundcloud config set limit 50"),
    ("Print JSON lines by default", "soundcloud config set output jsonl"),
    ("Without a pager", "soundcloud config set pager cat"),
    # `-5` is a value, which the setting's type refuses.
    context_settings={"ignore_unknown_options": True},
)
@_name_argument
@argument("value", help="The value, in the form that the option takes.", shell_complete=_complete_values)
def set(context: CommandContext, name: str, value: str) -> None:  # noqa: A001 - the name of the command
    """Set a default in the config file."""
    from soundcloud.cli.framework.settings import change_config, check_name, config_path, convert, variable_of

    check_name(name)
    try:
        converted = convert(name, value)
    except click.BadParameter as error:
        raise click.BadParameter(error.message, param_hint=f"'{name}'") from None
    change_config(name, converted)
    context.note(f"set {name} to {format_value(converted)} in {config_path()}")
    if os.environ.get(variable_of(name), "").strip():
        context.note(f"the environment variable {variable_of(name)} overrides it")


@config.subcommand(("Go back to the built-in default", "soundcloud config unset limit"))
@_name_argument
def unset(context: CommandContext, name: str) -> None:
    """Remove a default from the config file."""
    from soundcloud.cli.framework.settings import SETTINGS, change_config, check_name, config_path, read_unchecked

    if name not in read_unchecked():
        check_name(name)
        context.note(f"{name} is not set in {config_path()}")
        return
    change_config(name)
    default = f"; the default is {format_value(SETTINGS[name].default)}" if name in SETTINGS else ""
    context.note(f"removed {name} from {config_path()}{default}")
