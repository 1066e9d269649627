"""`soundcloud demo` and `soundcloud sandbox`: what can be had without an account."""

from typing import TYPE_CHECKING, Any

import click

from soundcloud.cli.framework.commands import Command, command
from soundcloud.cli.framework.context import CommandContext

if TYPE_CHECKING:
    from argparse import ArgumentParser

_PROGRAM = "soundcloud sandbox"


@command("demo", examples=[("See what the library does", "soundcloud demo")])
def demo(context: CommandContext) -> int:  # noqa: ARG001 - every command is given it
    """Sign in, search, like and upload on a sandbox, told as it happens.

    No account and no network are needed. It is what `make demo` shows.
    """
    from soundcloud.sandbox.errors import require_extra

    require_extra()
    from soundcloud.sandbox.demo import main

    return main()


class _SandboxCommand(Command):
    """The command line of the sandbox itself: its options, its help."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params = []

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave everything to the sandbox."""
        ctx.args = args
        return []

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click gives it
        """Show its help."""
        return _parser().format_help()


def _parser() -> "ArgumentParser":
    from soundcloud.sandbox.__main__ import make_parser

    return make_parser(_PROGRAM)


@click.command(
    "sandbox",
    cls=_SandboxCommand,
    examples=[
        ("A SoundCloud until Ctrl-C", "soundcloud sandbox"),
        ("Use it from another window", "soundcloud search tracks lofi --sandbox"),
    ],
)
@click.pass_context
def sandbox(context: click.Context) -> int:
    """Run a SoundCloud of your own until Ctrl-C."""
    from soundcloud.sandbox.__main__ import main

    return main(context.args, program=_PROGRAM)
