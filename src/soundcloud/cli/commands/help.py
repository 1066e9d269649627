"""`soundcloud help`, `man` and `version`."""

import click

from soundcloud import __version__
from soundcloud.cli.framework.commands import PROGRAM, command
from soundcloud.cli.framework.completion import complete_commands
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import argument
from soundcloud.cli.output.terminal import write_help, write_output


@command(
    ("List all commands", "soundcloud help"),
    ("Show the help of a command", "soundcloud help search tracks"),
)
@argument(
    "words",
    nargs=-1,
    metavar="[COMMAND...]",
    help="The command, for example search tracks.",
    shell_complete=complete_commands,
)
def help(context: CommandContext, words: tuple[str, ...]) -> None:  # noqa: A001, ARG001 - its name; every command takes the context
    """Show the help of a command."""
    found = click.get_current_context().find_root()
    for word in words:
        group = found.command
        below = group.get_command(found, word) if isinstance(group, click.Group) else None
        if below is None:
            raise click.UsageError(f"there is no command {f'{found.command_path} {word}'!r}", found)
        found = below.context_class(below, parent=found, info_name=word)
    write_help(found.get_help())


@command(
    ("Read it", "soundcloud man | man -l -"),
    (
        "Install it for yourself",
        "mkdir -p ~/.local/share/man/man1 && soundcloud man > ~/.local/share/man/man1/soundcloud.1",
    ),
)
def man(context: CommandContext) -> None:  # noqa: ARG001 - every command takes it
    """Print the manual page, for man and mandoc."""
    from soundcloud.cli.output.manual import manual_page

    write_output(manual_page(click.get_current_context().find_root()))


@command(("Show the version", "soundcloud version"))
def version(context: CommandContext) -> None:  # noqa: ARG001 - every command takes it
    """Show the version."""
    write_output(f"{PROGRAM} {__version__}\n")
