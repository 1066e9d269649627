"""`soundcloud doctor`: checks the installation, the credentials and the network."""

from typing import TYPE_CHECKING

import attrs

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import FAILED
from soundcloud.cli.framework.options import output_options
from soundcloud.cli.output.columns import CHECK_RESULTS

if TYPE_CHECKING:
    from soundcloud.cli.auth.diagnostics import CheckResult


@command(
    ("Run all checks", "soundcloud doctor"),
    ("With the sandbox", "soundcloud doctor --sandbox"),
    ("As JSON", "soundcloud doctor --json"),
)
@output_options
def doctor(context: CommandContext) -> int:
    """Check the installation, the credentials, the hosts, the tokens, the clock and the file modes.

    No secret is shown. The exit code is 1 if a check fails.
    """
    from soundcloud.cli.auth.diagnostics import run_checks

    context.given["limit"] = None
    results: list[CheckResult] = []
    for result in run_checks(context):
        results.append(result)
        if context.format == "table":
            _print_result(context, result)
    if context.format != "table":
        context.show_list([attrs.asdict(result) for result in results], CHECK_RESULTS)
    return FAILED if any(not result.ok for result in results) else 0


def _print_result(context: CommandContext, result: "CheckResult") -> None:
    from rich.text import Text

    from soundcloud.cli.output.tables import print_wrapped

    mark = Text("ok      ", "green") if result.ok else Text("not ok  ", "bold red")
    detail = Text(f"{result.check}: {to_printable(result.detail)}")
    print_wrapped(context.console, mark, detail, width=context.width)
    if result.to_do:
        to_do = Text(f"to do: {to_printable(result.to_do)}", "" if result.ok else "bold")
        print_wrapped(context.console, Text(" " * 8), to_do, width=context.width)
