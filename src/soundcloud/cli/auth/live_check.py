"""The live check as a check of `soundcloud doctor`."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from soundcloud._live_check.check import DEFAULT_REPORT, PAUSE_SECONDS, run_live_check
from soundcloud._live_check.runner import Result, StoppedError
from soundcloud._protocol.http.urls import is_loopback
from soundcloud.cli.auth.diagnostics import CheckResult
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.framework.errors import CommandError
from soundcloud.cli.output.formatting import with_noun
from soundcloud.errors import SoundCloudError

_NAME = "live check"


def check_live(context: CommandContext, report: Path | None, *, writes: bool) -> Iterator[CheckResult]:
    """Run the live check, write its report, and yield the result of the whole."""
    from soundcloud import SoundCloudClient

    path = report or DEFAULT_REPORT

    def show(number: int, total: int, result: Result) -> None:
        context.hint(f"{number} of {total}: {result.id}: {result.skipped or result.status or result.error}")

    try:
        with context.client_settings() as settings, SoundCloudClient(**settings) as client:
            local = is_loopback(urlsplit(str(settings.get("base_url", ""))).hostname or "")
            made = run_live_check(
                client,
                path,
                writes=writes,
                media=str(settings.get("web_url", "")) if local else "",
                pause=0 if local else PAUSE_SECONDS,
                on_result=show,
            )
    except StoppedError as error:
        later = "" if error.seconds is None else f" in {with_noun(max(1, round(error.seconds)), 'second')}"
        yield CheckResult(_NAME, False, str(error), f"run the command again{later}: it continues where it stopped")
    except (CommandError, SoundCloudError) as error:
        yield CheckResult.from_error(_NAME, error)
    except (OSError, ValueError) as error:
        yield CheckResult(_NAME, False, str(error), "choose another file with --report")
    else:
        detail = f"{with_noun(made.sent, 'response')}, {made.differing} with a difference; the report is {path}"
        lacking = f"{with_noun(len(made.unanswered), 'request')} had no answer: run the command again"
        yield CheckResult(_NAME, not made.unanswered, detail, lacking if made.unanswered else "attach it to an issue")
