"""Does one thing to many items: a bar, a summary, and what was not done in a form that can be given again."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from soundcloud.cli.framework.errors import FAILED, CommandError, Problem, problem_of, tell
from soundcloud.cli.framework.items import write_failed
from soundcloud.cli.output.progress import count_bar

if TYPE_CHECKING:
    from soundcloud.cli.framework.context import CommandContext

_MOST_TOLD = 20


def change_each(
    context: "CommandContext",
    items: Sequence[str],
    call: "Callable[[str], str]",
    *,
    words: tuple[str, str],
    failed_path: Path | None,
) -> int:
    """Do something to each item. What fails does not keep the rest from being done, unless the rest would fail as well.

    Args:
        context: The command's.
        items: What to do it to.
        call: Does it to one, and says what it was.
        words: What is being done, and what was done: `liking`, `liked`.
        failed_path: Where to write what was not done; None for nowhere.

    Returns:
        The exit code.

    Raises:
        SoundCloudError: There is only one item, and it failed.
    """
    from soundcloud.errors import SoundCloudError

    doing, done = words
    failures: list[tuple[str, Problem]] = []
    rest = items
    if len(items) > 1:
        context.note(f"{doing} {len(items)}")
    try:
        with count_bar(doing, len(items), shown=not context.dry_run) as advance:
            for number, item in enumerate(items, start=1):
                try:
                    name = context.change(None, partial(call, item))
                    if name is not None and len(items) == 1:
                        context.note(f"{done} {name}")
                except (SoundCloudError, CommandError) as error:
                    if len(items) == 1:
                        raise
                    failures.append((item, problem_of(error)))
                    if ends_everything(error):
                        rest = items[number:]
                        break
                rest = items[number:]
                advance()
    finally:
        # After Ctrl-C the one that was under way may be done: it is harmless to do it again.
        if failed_path is not None and not context.dry_run:
            told = [(item, problem.message) for item, problem in failures]
            write_failed(failed_path, [*told, *((item, "not begun") for item in rest)])
    return _summarize(context, items, failures, len(rest), done, failed_path)


def confirm_deleting(context: "CommandContext", items: Sequence[str], title_of: "Callable[[str], str]") -> None:
    """Ask before something is deleted, and say what it is.

    Args:
        context: The command's.
        items: What is to be deleted.
        title_of: Finds out what one is called; asked only where there is somebody to tell.

    Raises:
        CommandError: The answer is no, or nobody can be asked.
    """
    if context.yes or context.dry_run:
        return
    if len(items) > 1:
        context.confirm(f"Delete {len(items)} of your own for good?")
        return
    title = title_of(items[0]) if sys.stdin.isatty() else ""
    context.confirm(f"Delete {title!r} ({items[0]}) for good?" if title else f"Delete {items[0]} for good?")


def ends_everything(error: Exception) -> bool:
    """Whether what comes after would fail as well: nobody is signed in, or it is too fast."""
    from soundcloud.errors import (
        ClosedClientError,
        InvalidGrantError,
        MissingTokenError,
        RateLimitError,
        TokenStoreError,
        UnauthorizedError,
    )

    kinds = (
        ClosedClientError,
        InvalidGrantError,
        MissingTokenError,
        RateLimitError,
        TokenStoreError,
        UnauthorizedError,
    )
    return isinstance(error, kinds)


def code_of(problems: Sequence[Problem]) -> int:
    """The exit code of several problems: that of all of them, or that of failing."""
    codes = {problem.code for problem in problems}
    return codes.pop() if len(codes) == 1 else FAILED if codes else 0


def _summarize(
    context: "CommandContext",
    items: Sequence[str],
    failures: Sequence[tuple[str, Problem]],
    rest: int,
    done: str,
    failed_path: Path | None,
) -> int:
    if len(items) == 1:
        return 0
    for item, problem in failures[:_MOST_TOLD]:
        tell(Problem(f"{item}: {problem.message}", problem.hint, problem.code))
    if len(failures) > _MOST_TOLD:
        context.note(f"and {len(failures) - _MOST_TOLD} more")
    if context.dry_run:
        return code_of([problem for _, problem in failures])
    number = len(items) - len(failures) - rest
    parts = [f"{done} {number} of {len(items)}"]
    parts += [f"{len(failures)} failed"] if failures else []
    parts += [f"{rest} not begun"] if rest else []
    context.note("; ".join(parts))
    if failures and failed_path is not None:
        context.note(f"what was not done is in {failed_path}")
    elif failures:
        context.note("--failed FILE writes what was not done to a file that can be given again")
    # The last one ended everything, if there is a rest.
    return failures[-1][1].code if rest else code_of([problem for _, problem in failures])
