"""`soundcloud completion`: what a shell needs to complete commands and options."""

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext

SHELLS = ("bash", "zsh", "fish")


@command(
    "completion",
    examples=[
        ("For bash 4.4 and newer, from ~/.bashrc", 'eval "$(soundcloud completion bash)"'),
        ("For zsh, from ~/.zshrc after compinit", 'eval "$(soundcloud completion zsh)"'),
        ("For fish", "soundcloud completion fish > ~/.config/fish/completions/soundcloud.fish"),
    ],
)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(context: CommandContext, shell: str) -> None:  # noqa: ARG001 - every command is given it
    """Print what a shell reads to complete commands, options and profiles."""
    from click.shell_completion import get_completion_class

    from soundcloud.cli.main import COMPLETION_VARIABLE, PROGRAM

    kind = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if kind is not None:
        click.echo(kind(root, {}, PROGRAM, COMPLETION_VARIABLE).source())
