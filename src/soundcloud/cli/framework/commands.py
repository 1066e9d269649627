"""Command classes and decorators: a root that loads commands on demand, groups with a default, help with examples."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeAlias

import click
from click.shell_completion import CompletionItem

from soundcloud.cli.framework.command_index import MODULES, SECTIONS, SUMMARIES
from soundcloud.cli.framework.errors import CommandError, describe_error
from soundcloud.cli.framework.help import HelpContext, HelpFormatter
from soundcloud.cli.framework.options import COMMON, COMMON_OPTIONS, OUTPUT, WRITING, Argument, SectionOption

if TYPE_CHECKING:
    from soundcloud.cli.framework.completion import Completion
    from soundcloud.cli.framework.context import CommandContext
    from soundcloud.cli.output.columns import View

P = ParamSpec("P")

Function: TypeAlias = "Callable[Concatenate[CommandContext, P], int | None]"
Example: TypeAlias = tuple[str, str]
"""A purpose and the command line for it."""

PROGRAM = "soundcloud"
COMPLETION_VARIABLE = "_SOUNDCLOUD_COMPLETE"
_LONGEST_SUMMARY = 200


class Command(click.Command):
    """A command with the common options, and with examples in its help.

    `views` are those of the objects that it prints. Fields that none of them has are rejected before the command runs.
    """

    context_class = HelpContext

    def __init__(
        self, *arguments: Any, examples: Sequence[Example] = (), views: "Sequence[View]" = (), **settings: Any
    ) -> None:
        super().__init__(*arguments, **settings)
        self.examples, self.views = tuple(examples), tuple(views)
        self.params = [*self.params, *COMMON_OPTIONS]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an invalid value is described here, where the options are known."""
        ctx.obj.check_fields(*self.views)
        try:
            return super().invoke(ctx)
        except ValueError as error:
            from soundcloud.errors import InvalidInputError

            if not isinstance(error, InvalidInputError):
                raise
            message = describe_error(error)
            raise CommandError(message.text, message.hint, code=message.code) from error

    def get_short_help_str(self, limit: int = _LONGEST_SUMMARY) -> str:
        """Return the first sentence without cutting it; the help wraps it."""
        return super().get_short_help_str(max(limit, _LONGEST_SUMMARY))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the arguments, then the options by section: the command's own first, then the shared ones."""
        parameters = self.get_params(ctx)
        arguments = [each for each in parameters if isinstance(each, Argument)]
        sections = {
            "Arguments": [(each.human_readable_name, each.description) for each in arguments],
            "Options": [],
        }
        for option in parameters:
            if isinstance(option, click.Option) and (record := option.get_help_record(ctx)) is not None:
                sections.setdefault(_section_of(option), []).append(record)
        shared = (OUTPUT, WRITING, COMMON)
        for title in [*(title for title in sections if title not in shared), *shared]:
            if rows := sections.get(title):
                with formatter.section(title):
                    formatter.write_dl(rows)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        super().format_epilog(ctx, formatter)
        if self.examples and isinstance(formatter, HelpFormatter):
            with formatter.section("Examples"):
                for number, (purpose, line) in enumerate(self.examples):
                    if number:
                        formatter.write_paragraph()
                    formatter.write_example(purpose, line)


def _section_of(option: click.Option) -> str:
    if isinstance(option, SectionOption):
        return option.section
    return COMMON if "--help" in option.opts else "Options"


class Group(Command, click.Group):
    """A command with subcommands. `default` is the one that runs if none is named: `track 293` runs `track show 293`."""

    def __init__(self, *arguments: Any, default: str | None = None, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.default = default

    def subcommand(self, *examples: Example, **settings: Any) -> "Callable[[Function[P]], Command]":
        """Make a subcommand; see `command`."""

        def decorate(function: "Function[P]") -> Command:
            made = command(*examples, **settings)(function)
            self.add_command(made)
            return made

        return decorate

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the description, and the default subcommand."""
        super().format_help_text(ctx, formatter)
        if self.default is not None:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(f"The default subcommand is `{self.default}`.")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the named subcommand, or the default one."""
        if self.default is not None and args and self.get_command(ctx, args[0]) is None:
            return self.default, self.get_command(ctx, self.default), args
        known = not args or args[0].startswith("-") or self.get_command(ctx, args[0]) is not None
        if not known and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=3)
            suggestion = f"; did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"there is no command {args[0]!r}{suggestion}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["Completion"]:
        """Complete a subcommand, or an argument or an option of the default one."""
        found = super().shell_complete(ctx, incomplete)
        default = self.get_command(ctx, self.default) if self.default is not None else None
        if default is not None:
            below = default.make_context(self.default, [], parent=ctx, resilient_parsing=True)
            first = [each for each in default.params if isinstance(each, click.Argument)][:1]
            complete = (
                default.shell_complete if incomplete.startswith("-") else first[0].shell_complete if first else None
            )
            values = {item.value for item in found}
            found += [item for item in (complete(below, incomplete) if complete else []) if item.value not in values]
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert the default subcommand before options that are not the group's own: `track --json 293`."""
        own = {option for parameter in self.params for option in parameter.opts} | {*self.get_help_option_names(ctx)}
        if self.default is not None:
            options = bool(args) and args[0].startswith("-") and args[0].partition("=")[0] not in own
            named = self.commands.keys() | {*self.get_help_option_names(ctx)}
            if options or (not self.no_args_is_help and named.isdisjoint(args)):
                args = [self.default, *args]
        return super().parse_args(ctx, args)


class Root(Group):
    """The command `soundcloud`. It imports a command when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return [*MODULES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in MODULES:
            return None
        found: click.Command = getattr(import_module(f"soundcloud.cli.commands.{MODULES[cmd_name]}"), cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section."""
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, SUMMARIES[name]) for name in names], col_max=14)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["Completion"]:
        """Complete an option or the name of a command, without importing the commands."""
        found = [name for name in SUMMARIES if name.startswith(incomplete)]
        return [CompletionItem(name, help=SUMMARIES[name]) for name in found] + click.Command.shell_complete(
            self, ctx, incomplete
        )


def command(*examples: Example, **settings: Any) -> "Callable[[Function[P]], Command]":
    """Make a command of a function, with its name. Its first argument is the `CommandContext`; it may return an exit code."""

    def decorate(function: "Function[P]") -> Command:
        made: Command = click.command(cls=Command, examples=examples, **settings)(click.pass_obj(function))
        return made

    return decorate


def group(*examples: Example, default: str | None = None, **settings: Any) -> Callable[[Callable[[], None]], Group]:
    """Make a command with subcommands of a function that has a docstring and no body."""

    def decorate(function: Callable[[], None]) -> Group:
        made: Group = click.group(cls=Group, examples=examples, default=default, **settings)(function)
        return made

    return decorate
