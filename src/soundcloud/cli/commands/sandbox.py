"""`soundcloud demo` and `soundcloud sandbox`, which need no account."""

from typing import Any

import click

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import FAILED, USAGE, CommandError
from soundcloud.cli.framework.options import SectionOption
from soundcloud.cli.framework.param_types import ParsedType
from soundcloud.sandbox.command_line import OPTIONS, run
from soundcloud.sandbox.command_option import CommandOption


@command(("Watch the demonstration", "soundcloud demo"))
def demo(context: CommandContext) -> int:  # noqa: ARG001 - every command takes it
    """Watch a demonstration on the sandbox: sign in, search, like, upload.

    Needs no account and no network.
    """
    from soundcloud.sandbox.errors import require_extra

    require_extra()
    from soundcloud.sandbox.demo import main

    return main()


def _make_option(option: CommandOption) -> click.Option:
    settings: dict[str, Any] = {"is_flag": True}
    if option.parse is not None:
        settings = {"type": ParsedType(option.parse), "metavar": option.metavar, "default": option.default}
    return SectionOption([option.flag, option.name], section=option.section, help=option.help, **settings)


@command(
    ("Run the sandbox until Ctrl-C", "soundcloud sandbox"),
    ("Use it from another terminal", "soundcloud search lofi --sandbox"),
    ("Keep the data between runs", "soundcloud sandbox --data sandbox.db"),
    ("Start in the background", "soundcloud sandbox --background --env-file sandbox.env"),
    ("End it", "soundcloud sandbox --stop"),
    params=[_make_option(option) for option in OPTIONS],
)
def sandbox(context: CommandContext, /, **options: Any) -> int:  # noqa: ARG001 - every command takes it
    """Run the sandbox, a local copy of SoundCloud's API, until Ctrl-C or in the background.

    Open the URL of the API in a browser to see the data.
    """
    from soundcloud.sandbox.errors import SandboxError, WrongSettingError

    try:
        return run(options)
    except SandboxError as error:
        code = USAGE if isinstance(error, WrongSettingError) else FAILED
        raise CommandError(str(error), "soundcloud sandbox --help", code=code) from None
