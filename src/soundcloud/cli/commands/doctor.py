"""`soundcloud doctor`: checks the installation, the credentials and the network."""

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import FAILED, USAGE, CommandError
from soundcloud.cli.framework.options import output_options
from soundcloud.cli.output.columns import CHECK_RESULTS

if TYPE_CHECKING:
    from soundcloud.cli.auth.diagnostics import CheckResult


@command(
    ("Run all checks", "soundcloud doctor"),
    ("With the sandbox", "soundcloud doctor --sandbox"),
    ("As JSON", "soundcloud doctor --json"),
    ("Compare SoundCloud's responses with what this package expects", "soundcloud doctor --live"),
    views=[CHECK_RESULTS],
)
@click.option("--live", is_flag=True, help="Call every reading operation too, and write a report for an issue.")
@click.option(
    "--writes", is_flag=True, help="With --live: also create, change and delete a private track and playlists."
)
@click.option(
    "--report",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --live: the report; default live-check.md.",
)
@output_options
def doctor(context: CommandContext, live: bool, writes: bool, report: Path | None) -> int:
    """Check the installation, the credentials, the hosts, the tokens, the clock and the file modes.

    No secret is shown. The exit code is 1 if a check fails.

    --live calls every reading operation once, one request per second, and writes a report. The report has names, types and counts
    of fields, and no personal data. If SoundCloud's rate limit ends the run, run the same command again later: it continues.
    """
    if not live and (writes or report is not None):
        raise CommandError(
            f"{'--writes' if writes else '--report'} needs --live", "soundcloud doctor --live --help", code=USAGE
        )
    from soundcloud.cli.auth.diagnostics import run_checks

    context.given["limit"] = None
    results: list[CheckResult] = []
    checks = run_checks(context)
    if live:
        from soundcloud.cli.auth.live_check import check_live

        checks = chain(checks, check_live(context, report, writes=writes))
    for result in checks:
        results.append(result)
        if context.format == "table":
            _print_result(context, result)
    if context.format != "table":
        context.show_list([attrs.asdict(result) for result in results], CHECK_RESULTS)
    return FAILED if any(not result.ok for result in results) else 0


def _print_result(context: CommandContext, result: "CheckResult") -> None:
    from rich.text import Text

    from soundcloud.cli.output.details import print_wrapped

    mark = Text("ok      ", "green") if result.ok else Text("not ok  ", "bold red")
    detail = Text(f"{result.check}: {to_printable(result.detail)}")
    print_wrapped(context.console, mark, detail, width=context.width)
    if result.to_do:
        to_do = Text(f"to do: {to_printable(result.to_do)}", "" if result.ok else "bold")
        print_wrapped(context.console, Text(" " * 8), to_do, width=context.width)
