"""Marks the changes that maintainers have accepted, by tools/accepted_changes.toml, and decides whether changes fail a run."""

import fnmatch
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast

from tools.openapi.document import load_entries
from tools.openapi_diff.document_changes import LEVELS, Change

ACCEPTED = Path(__file__).parents[1] / "accepted_changes.toml"
"""The file of accepted changes."""

FailOn = Literal["any", "possibly-breaking", "breaking", "never"]
FAIL_ON: tuple[FailOn, ...] = ("any", "possibly-breaking", "breaking", "never")
"""The lowest level of a change that fails a run."""


def accept(changes: Sequence[Change], path: Path = ACCEPTED) -> list[Change]:
    """Return the changes, the accepted ones with the reason.

    Raises:
        DocumentError: The file cannot be read, or an entry lacks a key.
    """
    entries = load_entries(path, "accepted", {"where", "what", "why"})
    return [replace(change, accepted=_reason(change, entries)) for change in changes]


def _reason(change: Change, entries: list[dict[str, Any]]) -> str | None:
    for entry in entries:
        where = fnmatch.fnmatchcase(change.where, entry["where"].replace("[", "[[]"))
        values = all(entry.get(key) in {None, getattr(change, key)} for key in ("before", "after"))
        if where and values and change.what == entry["what"]:
            return str(entry["why"])
    return None


def fails(changes: Sequence[Change], fail_on: FailOn) -> bool:
    """Return whether a change that is not accepted has at least this level."""
    if fail_on == "never":
        return False
    worst = LEVELS if fail_on == "any" else LEVELS[: LEVELS.index(cast("Any", fail_on.replace("-", " "))) + 1]
    return any(change.level in worst and not change.accepted for change in changes)
