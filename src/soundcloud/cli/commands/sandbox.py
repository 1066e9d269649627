"""`soundcloud demo` and `soundcloud sandbox`, which need no account."""

from typing import Any

import click

from soundcloud.cli.framework.commands import Command, command
from soundcloud.cli.framework.context import CommandContext

_PROGRAM = "soundcloud sandbox"


@command(("Watch the demonstration", "soundcloud demo"))
def demo(context: CommandContext) -> int:  # noqa: ARG001 - every command takes it
    """Watch a demonstration on the sandbox: sign in, search, like, upload.

    Needs no account and no network.
    """
    from soundcloud.sandbox.errors import require_extra

    require_extra()
    from soundcloud.sandbox.demo import main

    return main()


class _SandboxCommand(Command):
    """A command whose options are parsed by the sandbox itself, with argparse."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params = []

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Pass all arguments to the sandbox."""
        ctx.args = args
        return []

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return the help of the sandbox."""
        from soundcloud.sandbox.__main__ import make_parser

        return make_parser(_PROGRAM).format_help()


@click.command(
    "sandbox",
    cls=_SandboxCommand,
    examples=[
        ("Run the sandbox until Ctrl-C", "soundcloud sandbox"),
        ("Use it from another terminal", "soundcloud search tracks lofi --sandbox"),
    ],
)
@click.pass_context
def sandbox(context: click.Context) -> int:
    """Run the sandbox, a local copy of SoundCloud's API, until Ctrl-C."""
    from soundcloud.sandbox.__main__ import main

    return main(context.args, program=_PROGRAM)
