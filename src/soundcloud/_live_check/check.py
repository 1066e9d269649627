"""Runs a live check: the requests at SoundCloud, the same at a sandbox of this machine, and the report."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from soundcloud import SoundCloudClient
from soundcloud._live_check.document import Document
from soundcloud._live_check.plan import make_plan
from soundcloud._live_check.report import Report
from soundcloud._live_check.runner import Progress, Result, Runner

DEFAULT_REPORT = Path("live-check.md")
PAUSE_SECONDS = 1.0


def progress_path(report: Path) -> Path:
    """Return the path of the progress that belongs to a report."""
    return report.with_name(f"{report.name}.progress")


def run_live_check(
    client: SoundCloudClient,
    report: Path,
    *,
    writes: bool = False,
    media: str = "",
    pause: float = PAUSE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
    on_result: Callable[[int, int, Result], object] | None = None,
) -> Report:
    """Run a live check, write the report, and return it.

    Args:
        client: The client, with a user token.
        report: The file to write. The progress is kept beside it, so that a run that stopped early can be continued.
        writes: Whether to create, change and delete objects too: a private track and private playlists.
        media: The origin of the pictures of a sandbox; empty for SoundCloud.
        pause: Seconds between two requests; default 1.
        sleep: Waits; for tests.
        on_result: Receives the number of the check, the number of all checks, and the result.

    Raises:
        StoppedError: A limit was reached, or SoundCloud does not answer; a later run continues.
        MissingTokenError: The client has no token.
        ValueError: The progress file is that of something else.
        OSError: A file cannot be written.
    """
    plan = make_plan(writes=writes)
    host = client._pipeline.base_url  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    progress = Progress.load(progress_path(report), host)
    runner = Runner(
        client,
        progress,
        media=media,
        pause=pause,
        sleep=sleep,
        report=None if on_result is None else lambda number, result: on_result(number, len(plan), result),
    )
    results = runner.run(plan)
    day = datetime.now(UTC).date()
    made = Report(
        host, day, plan, results, _sandbox_results(writes=writes), Document.load(), writes, len(progress.created)
    )
    report.write_text(made.markdown(), encoding="utf-8")
    if not made.unanswered:
        progress.delete()
    return made


def _sandbox_results(*, writes: bool) -> dict[str, Result]:
    """Return the results of the same checks at a sandbox; none if it is not installed."""
    try:
        from soundcloud.sandbox import Sandbox

        sandbox = Sandbox(processing_seconds=0)
    except ImportError:
        return {}
    with sandbox, SoundCloudClient(**sandbox.client_settings()) as client:
        runner = Runner(client, Progress(None, sandbox.api_url), media=sandbox.media_url, pause=0)
        return {result.id: result for result in runner.run(make_plan(writes=writes))}
