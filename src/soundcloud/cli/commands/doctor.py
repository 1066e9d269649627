"""`soundcloud doctor`: whether all that a sign-in and a call need is there."""

from typing import Any

from soundcloud.cli.framework.commands import command
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import FAILED
from soundcloud.cli.framework.options import output_options


@command(
    "doctor",
    examples=[
        ("What is wrong here?", "soundcloud doctor"),
        ("The same against a sandbox", "soundcloud doctor --sandbox"),
        ("For a program", "soundcloud doctor --json"),
    ],
)
@output_options
def doctor(context: CommandContext) -> int:
    """Check what is installed, the credentials, the hosts, the tokens, the clock and the file modes.

    No secret is shown. It ends with 1 if anything is not ok.
    """
    from soundcloud.cli.auth.checks import Finding, examine
    from soundcloud.cli.output.columns import FINDINGS

    context.given["limit"] = None
    findings: list[Finding] = []
    if context.format == "table":
        for finding in examine(context):
            findings.append(finding)
            _print(context, finding)
    else:
        findings += examine(context)
        context.show_list([_plain(finding) for finding in findings], FINDINGS)
    return FAILED if any(not finding.ok for finding in findings) else 0


def _plain(finding: Any) -> dict[str, Any]:
    import attrs

    return attrs.asdict(finding)


def _print(context: CommandContext, finding: Any) -> None:
    from rich.text import Text

    from soundcloud.cli.output.formatting import printable
    from soundcloud.cli.output.tables import print_wrapped

    mark = Text("ok      ", "green") if finding.ok else Text("not ok  ", "bold red")
    print_wrapped(context.console, mark, Text(f"{finding.check}: {printable(finding.detail)}"), window=context.window)
    if finding.to_do:
        to_do = Text(f"to do: {printable(finding.to_do)}", "" if finding.ok else "bold")
        print_wrapped(context.console, Text(" " * 8), to_do, window=context.window)
