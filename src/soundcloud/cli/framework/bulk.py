"""Bulk changes: a progress bar, a summary, and a file of the items that failed."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from soundcloud import errors
from soundcloud.cli.framework.errors import FAILED, CommandError, ErrorMessage, describe_error, print_error, shorten
from soundcloud.cli.framework.resolver import resolve
from soundcloud.cli.framework.stdin import check_writable, read_items, write_failed
from soundcloud.cli.output.formatting import with_noun
from soundcloud.cli.output.progress import item_progress

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.cli.framework.context import CommandContext

_MAXIMUM_PRINTED_ERRORS = 20


def apply_to_each(
    context: "CommandContext",
    items: Sequence[str],
    change: "Callable[[str], str]",
    *,
    verbs: tuple[str, str],
    failed_path: Path | None,
) -> int:
    """Change each item and return the exit code. An error stops the batch only if all later items would fail too.

    `change` changes one item and returns its URN; `verbs` are, for example, `("liking", "liked")`.
    """
    running, done = verbs
    failures: list[tuple[str, ErrorMessage]] = []
    rest, stopped_by, lost = items, None, None
    if context.dry_run:
        failed_path = None
    if failed_path is not None:
        check_writable(failed_path)
    if len(items) > 1:
        context.note(f"{running} {len(items)} items")
    try:
        with item_progress(running, len(items), shown=not context.dry_run) as advance:
            for number, item in enumerate(items, start=1):
                try:
                    urn = context.change(None, partial(change, item))
                    if urn is not None and len(items) == 1:
                        context.note(f"{done} {urn}")
                except (errors.SoundCloudError, CommandError) as error:
                    failures.append((item, describe_error(error)))
                    rest = items[number:]
                    if len(items) == 1:
                        raise
                    if stops_batch(error):
                        stopped_by = error
                        break
                rest = items[number:]
                advance()
    except KeyboardInterrupt:
        context.note(_count(items, failures, rest, done, "left"))
        _name_the_rest(context, failed_path, can_repeat=True)
        raise
    finally:
        # After Ctrl-C the current item may be changed already; changing it again is harmless.
        if failed_path is not None:
            failed = [(item, message.text) for item, message in failures]
            reason = "not started" if stopped_by is None else f"not started: {failures[-1][1].text}"
            try:
                write_failed(failed_path, [*failed, *((item, reason) for item in rest)])
            except OSError as error:
                lost = error
                print_error(describe_error(error))
    code = _summarize(context, items, failures, rest, done)
    if failures and not context.dry_run:
        can_repeat = not isinstance(stopped_by, errors.SpamWarningError)
        _name_the_rest(context, None if lost else failed_path, can_repeat=can_repeat)
    return code or (FAILED if lost else 0)


def delete_each(
    context: "CommandContext",
    arguments: Sequence[str],
    kind: str,
    *,
    get_title: "Callable[[SoundCloudClient, str], str | None]",
    delete: "Callable[[SoundCloudClient, str], object]",
    failed_path: Path | None,
) -> int:
    """Delete the resources that the arguments name, after confirmation; `get_title` and `delete` take a URN."""
    items = read_items(arguments)
    with context.client(spinner=False) as client:

        def change(item: str) -> str:
            urn = resolve(client, item, kind).urn
            delete(client, urn)
            return urn

        if len(items) > 1:
            context.confirm(f"Delete {len(items)} items permanently?")
        elif not context.yes and not context.dry_run:
            title = get_title(client, resolve(client, items[0], kind).urn) if sys.stdin.isatty() else None
            name = shorten(items[0])
            context.confirm(f"Delete {title!r} ({name}) permanently?" if title else f"Delete {name} permanently?")
        return apply_to_each(context, items, change, verbs=("deleting", "deleted"), failed_path=failed_path)


def stops_batch(error: Exception) -> bool:
    """Return whether the next items would fail as well, or would put the account at risk.

    These are the errors that stop `client.map`, and those of a missing sign-in and of the token store.
    """
    from soundcloud._sync.batching import STOPPING

    kinds = (errors.ClosedClientError, errors.MissingTokenError, errors.TokenStoreError)
    return isinstance(error, (*STOPPING, *kinds, errors.UnauthorizedError))


def combine_exit_codes(messages: Sequence[ErrorMessage]) -> int:
    """Return the exit code that all messages share, or 1 if they differ, or 0 if there are none."""
    codes = {message.code for message in messages}
    return codes.pop() if len(codes) == 1 else FAILED if codes else 0


def _summarize(
    context: "CommandContext",
    items: Sequence[str],
    failures: Sequence[tuple[str, ErrorMessage]],
    rest: Sequence[str],
    done: str,
) -> int:
    if len(items) == 1:
        return 0
    # The last one is printed in any case: it may have stopped the batch.
    printed = [*failures[:_MAXIMUM_PRINTED_ERRORS], *failures[_MAXIMUM_PRINTED_ERRORS:][-1:]]
    for number, (item, message) in enumerate(printed):
        if number == _MAXIMUM_PRINTED_ERRORS and len(failures) > len(printed):
            context.note(f"and {with_noun(len(failures) - len(printed), 'more error')}")
        print_error(message.with_subject(item))
    if context.dry_run:
        return combine_exit_codes([message for _, message in failures])
    context.note(_count(items, failures, rest, done, "not started, because of the last error"))
    # If items are left, the last error stopped the batch.
    return failures[-1][1].code if rest else combine_exit_codes([message for _, message in failures])


def _count(items: Sequence[str], failures: Sequence[object], rest: Sequence[str], done: str, label: str) -> str:
    """Return how many items were changed, failed, and are left."""
    parts = [f"{done} {len(items) - len(failures) - len(rest)} of {len(items)}"]
    parts += [f"{len(failures)} failed"] if failures else []
    parts += [f"{len(rest)} {label}"] if rest else []
    return "; ".join(parts)


def _name_the_rest(context: "CommandContext", failed_path: Path | None, *, can_repeat: bool) -> None:
    """Say where the items are that were not changed, or how to save them for another run."""
    if failed_path is not None:
        context.note(f"the remaining items are in {failed_path}")
    elif can_repeat:
        context.note("use --failed FILE to save the remaining items for another run")
