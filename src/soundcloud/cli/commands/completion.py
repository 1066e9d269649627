"""`soundcloud completion`: shell completion."""

import click

from soundcloud.cli.framework.commands import COMPLETION_VARIABLE, PROGRAM, command
from soundcloud.cli.framework.completion import register
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.options import argument
from soundcloud.cli.output.terminal import write_output

SHELLS = ("bash", "zsh", "fish")


@command(
    ("For bash 4.4 and newer, in ~/.bashrc", 'eval "$(soundcloud completion bash)"'),
    ("For zsh, in ~/.zshrc after compinit", 'eval "$(soundcloud completion zsh)"'),
    ("For fish", "soundcloud completion fish > ~/.config/fish/completions/soundcloud.fish"),
)
@argument("shell", type=click.Choice(SHELLS), metavar="SHELL", help=f"One of {', '.join(SHELLS)}.")
def completion(context: CommandContext, shell: str) -> None:  # noqa: ARG001 - every command takes it
    """Print the completion script of a shell.

    It completes commands, options and their values, fields, profiles, settings, and the rows of the last list in this terminal. No
    completion sends a request.
    """
    register()
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if kind is not None:
        write_output(f"{kind(root, {}, PROGRAM, COMPLETION_VARIABLE).source()}\n")
