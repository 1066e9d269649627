"""The options that commands share, as decorators; what they were given is remembered in the `CommandContext`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from soundcloud.cli.framework.context import CommandContext

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

FORMATS = ("json", "jsonl", "csv")
DEFAULT_LIMIT = 20
OUTPUT, CHANGES, EVERYWHERE = "Output", "Before it changes anything", "Every command"


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep a value where `CommandContext` finds it. What was said on the command line wins over the environment."""
    if ctx.resilient_parsing:
        # Something is completed: there is no command that would want to know.
        return
    name = parameter.name or ""
    source = ctx.get_parameter_source(name)
    context: CommandContext = ctx.obj
    if source is ParameterSource.COMMANDLINE or (source is ParameterSource.ENVIRONMENT and name not in context.given):
        context.given[name] = value


def _remember_format(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if ctx.resilient_parsing:
        return
    context: CommandContext = ctx.obj
    if value and context.given.setdefault("format", parameter.name) != parameter.name:
        raise click.UsageError(f"--{context.given['format']} and --{parameter.name} exclude each other", ctx)


def _remember_fields(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is None or ctx.resilient_parsing:
        return
    fields = tuple(field.strip() for field in value.split(","))
    if not all(all(part for part in field.split(".")) for field in fields):
        raise click.BadParameter("give names with commas between them, such as title,user.username", ctx, parameter)
    ctx.obj.given["fields"] = fields


def _remember_limit(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    if ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE and not ctx.resilient_parsing:
        if "limit" in ctx.obj.given:
            raise click.UsageError("--limit and --all exclude each other", ctx)
        ctx.obj.given["limit"] = None if value is True else value


def _complete_profiles(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from soundcloud.cli.auth.profiles import read_profiles

    return [name for name in read_profiles().names if name.startswith(incomplete)]


class SharedOption(click.Option):
    """An option that many commands have; the help shows it in a section of its own."""

    def __init__(self, *arguments: Any, section: str, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.section = section


def _option(*names: str, section: str, **settings: Any) -> SharedOption:
    return SharedOption(names, section=section, expose_value=False, **{"callback": _remember, **settings})


def common_options() -> list[click.Parameter]:
    """The options of every command."""
    return [
        _option(
            "--profile",
            section=EVERYWHERE,
            metavar="NAME",
            envvar="SOUNDCLOUD_PROFILE",
            help="Act with the account of this name; see `soundcloud profiles`.",
            shell_complete=_complete_profiles,
        ),
        _option(
            "--sandbox",
            section=EVERYWHERE,
            is_flag=True,
            help="Use the sandbox that runs here, or one for this command.",
        ),
        _option(
            "--debug",
            section=EVERYWHERE,
            is_flag=True,
            help="Show the requests, and where an error comes from.",
        ),
    ]


def _decorate(options: list[SharedOption]) -> Callable[[Decorated], Decorated]:
    def decorate(function: Decorated) -> Decorated:
        # click keeps what decorators add in reverse, as they are applied from the last to the first.
        found: list[click.Parameter] = function.__dict__.setdefault("__click_params__", [])
        found.extend(reversed(options))
        return function

    return decorate


def output_options(function: Decorated) -> Decorated:
    """Add `--json`, `--jsonl`, `--csv` and `--fields`."""
    helps = {
        "json": "Print SoundCloud's own objects as one JSON document.",
        "jsonl": "Print one JSON object per line, as they come.",
        "csv": "Print comma-separated values, with a heading.",
    }
    formats = [
        _option(f"--{name}", section=OUTPUT, is_flag=True, callback=_remember_format, help=helps[name])
        for name in FORMATS
    ]
    fields = _option(
        "--fields",
        section=OUTPUT,
        metavar="A,B.C",
        callback=_remember_fields,
        help="Print these fields only.",
    )
    return _decorate([*formats, fields])(function)


def list_options(function: Decorated) -> Decorated:
    """Add `--limit` and `--all`, and the options of the output."""
    limits = [
        _option(
            "--limit",
            section=OUTPUT,
            type=click.IntRange(min=1),
            metavar="N",
            callback=_remember_limit,
            help=f"Print at most this many; {DEFAULT_LIMIT} when not given.",
        ),
        _option("--all", section=OUTPUT, is_flag=True, callback=_remember_limit, help="Print all there are."),
    ]
    return _decorate(limits)(output_options(function))


def writing_options(function: Decorated) -> Decorated:
    """Add `--dry-run`."""
    return _decorate(
        [_option("--dry-run", section=CHANGES, is_flag=True, help="Show what would be sent, and send nothing.")]
    )(function)


def deleting_options(function: Decorated) -> Decorated:
    """Add `--yes` and `--dry-run`, for what cannot be undone."""
    yes = _option("--yes", "-y", section=CHANGES, is_flag=True, help="Do not ask.")
    return _decorate([yes])(writing_options(function))
