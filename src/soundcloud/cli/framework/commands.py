"""What commands are made of: the root that loads them when they are needed, and what all of them have."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeAlias

import click

from soundcloud.cli.framework.options import CHANGES, EVERYWHERE, OUTPUT, SharedOption, common_options

if TYPE_CHECKING:
    from soundcloud.cli.framework.context import CommandContext

P = ParamSpec("P")

Function: TypeAlias = "Callable[Concatenate[CommandContext, P], int | None]"
Examples: TypeAlias = Sequence[tuple[str, str]]
"""What somebody wants, and the command line that does it."""

_LONGEST_SENTENCE = 200


class _Explained(click.Command):
    """A command with examples in its help, and with the options that all commands have."""

    def __init__(self, *arguments: Any, examples: Examples = (), **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.examples = tuple(examples)
        self.params = [*self.params, *common_options()]

    def get_short_help_str(self, limit: int = _LONGEST_SENTENCE) -> str:
        """The first sentence, whole: it is wrapped, not cut."""
        return super().get_short_help_str(max(limit, _LONGEST_SENTENCE))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options first, then those that others have too."""
        for title in ("Options", OUTPUT, CHANGES, EVERYWHERE):
            parameters = [each for each in self.get_params(ctx) if _section_of(each) == title]
            records = [record for each in parameters if (record := each.get_help_record(ctx)) is not None]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for number, (what, line) in enumerate(self.examples):
                    if number:
                        formatter.write_paragraph()
                    formatter.write_text(f"{what}:")
                    formatter.write(f"{'':{formatter.current_indent + 2}}{line}\n")


def _section_of(parameter: click.Parameter) -> str:
    if isinstance(parameter, SharedOption):
        return parameter.section
    return EVERYWHERE if parameter.name == "help" else "Options"


class Command(_Explained):
    """A command."""


class Group(_Explained, click.Group):
    """A command with commands of its own. Where none is named, `default` is meant: `track 293` is `track show 293`."""

    def __init__(self, *arguments: Any, default: str | None = None, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.default = default

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it is for, and which command is the default."""
        super().format_help_text(ctx, formatter)
        if self.default is not None:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(f"Where no command is named, `{self.default}` is meant.")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named, or the default one."""
        if self.default is not None and args and self.get_command(ctx, args[0]) is None:
            return self.default, self.get_command(ctx, self.default), args
        known = not args or args[0].startswith("-") or self.get_command(ctx, args[0]) is not None
        if not known and not ctx.resilient_parsing:
            near = get_close_matches(args[0], self.list_commands(ctx), n=3)
            more = f"; did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"there is no command {args[0]!r}{more}", ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give options that come before any command, and nothing at all, to the default one: `track --json 293`."""
        own = {option for parameter in self.params for option in parameter.opts} | {*self.get_help_option_names(ctx)}
        if self.default is not None:
            options = bool(args) and args[0].startswith("-") and args[0].partition("=")[0] not in own
            if options or (not args and not self.no_args_is_help):
                args = [self.default, *args]
        return super().parse_args(ctx, args)


class Root(Group):
    """`soundcloud` itself. A command is loaded when it is named, all are for the help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        from soundcloud.cli.framework.command_index import HOMES

        return [*HOMES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        from soundcloud.cli.framework.command_index import HOMES

        if cmd_name not in HOMES:
            return None
        module = import_module(f"soundcloud.cli.commands.{HOMES[cmd_name]}")
        found: click.Command = getattr(module, cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section."""
        from soundcloud.cli.framework.command_index import SECTIONS

        for title, names in SECTIONS.items():
            commands = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(title):
                formatter.write_dl(
                    [(name, found.get_short_help_str()) for name, found in commands if found is not None],
                    col_max=14,
                )


def command(name: str, *, examples: Examples, **settings: Any) -> "Callable[[Function[P]], Command]":
    """Make a command of a function whose first argument is the `CommandContext`. It may return an exit code.

    Args:
        name: What it is called.
        examples: What somebody wants, and the command line that does it: one at least.
        settings: Further arguments of `click.command`.
    """

    def decorate(function: "Function[P]") -> Command:
        made: Command = click.command(name, cls=Command, examples=examples, **settings)(click.pass_obj(function))
        return made

    return decorate


def group(
    name: str, *, examples: Examples, default: str | None = None, **settings: Any
) -> Callable[[Callable[[], None]], Group]:
    """Make a command that has commands of its own, of a function that has a docstring and does nothing.

    Args:
        name: What it is called.
        examples: What somebody wants, and the command line that does it: one at least.
        default: Which of its commands is meant where none is named.
        settings: Further arguments of `click.group`.
    """

    def decorate(function: Callable[[], None]) -> Group:
        made: Group = click.group(name, cls=Group, examples=examples, default=default, **settings)(function)
        return made

    return decorate


def subcommand(of: Group, name: str, *, examples: Examples, **settings: Any) -> "Callable[[Function[P]], Command]":
    """Make a command of a group; see `command`."""

    def decorate(function: "Function[P]") -> Command:
        made = command(name, examples=examples, **settings)(function)
        of.add_command(made)
        return made

    return decorate
