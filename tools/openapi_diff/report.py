"""Formats a list of changes as text for a terminal, Markdown for an issue, or JSON for a program."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tools.openapi.interface import HTTP_METHODS
from tools.openapi_diff.document_changes import LEVELS, Change
from tools.openapi_diff.wording import Rewording

Format = Literal["text", "markdown", "json"]
FORMATS: tuple[Format, ...] = ("text", "markdown", "json")

# A list of more than _MANY_NAMES is cut to _SHOWN_NAMES.
_MANY_NAMES = 6
_SHOWN_NAMES = 3
_SHOWN_DETAILS = 20
_STALE = "Corrections that are no longer needed"


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported of two documents."""

    changes: Sequence[Change]
    wording: Sequence[Rewording] = ()
    stale: Sequence[str] = ()  # corrections that do not apply to the new document
    notes: Sequence[str] = ()  # the lines at the beginning
    hint: str | None = None  # the next step, the last line


def render(report: Report, form: Format) -> str:
    """Return a report of changes, breaking ones first."""
    return {"text": _text, "markdown": _markdown, "json": _json}[form](report)


def summary(changes: Sequence[Change]) -> str:
    """Return the numbers of the changes at each level; accepted ones are counted apart."""
    if not changes:
        return "No changes."
    numbers = [f"{count} {name}" for name, count in _counts(changes).items() if count or name != "accepted"]
    return f"{len(changes)} {'change' if len(changes) == 1 else 'changes'}: {', '.join(numbers)}"


def _counts(changes: Sequence[Change]) -> dict[str, int]:
    counts = {level: sum(change.level == level and not change.accepted for change in changes) for level in LEVELS}
    return {**counts, "accepted": sum(bool(change.accepted) for change in changes)}


def _json(report: Report) -> str:
    counts = {name.replace(" ", "_"): count for name, count in _counts(report.changes).items()}
    values = {
        "summary": {"changes": len(report.changes), **counts},
        "changes": [{"level": change.level, **asdict(change)} for change in report.changes],
        "wording": [asdict(rewording) for rewording in report.wording],
        "stale_corrections": list(report.stale),
        "notes": list(report.notes),
        "hint": report.hint,
    }
    return json.dumps(values, indent=2) + "\n"


def from_json(text: str) -> Report:
    """Return the report that was written as JSON."""
    values: dict[str, Any] = json.loads(text)
    changes: list[Change] = []
    for change in values["changes"]:
        given: dict[str, Any] = {name: value for name, value in change.items() if name != "level"}
        given |= {name: tuple(change[name]) for name in ("operations", "methods", "details")}
        changes.append(Change(**given))
    wording = [Rewording(**rewording) for rewording in values["wording"]]
    return Report(changes, wording, values["stale_corrections"], values["notes"], values["hint"])


def _text(report: Report) -> str:
    lines = [*map(printable, report.notes), *([""] if report.notes else []), summary(report.changes)]
    for title, group in _groups(report.changes):
        lines += ["", title]
        for change in group:
            lines += ["", f"  {printable(change.where)}", f"    {printable(change.what)}{_values(change)}"]
            lines += [f"      {printable(detail)}" for detail in _cut(change.details)]
            if _names_operations(change):
                lines.append(f"    touches {_counted(change.operations, 'operation')}")
            if change.methods:
                lines.append(f"    methods: {_listed(change.methods)}")
            if change.accepted:
                lines.append(f"    accepted: {printable(change.accepted)}")
    if report.stale:
        lines += ["", f"{_STALE} ({len(report.stale)})", "", *(f"  {printable(entry)}" for entry in report.stale)]
    if report.wording:
        lines += ["", f"Wording changed ({_places(report.wording)})"]
        for place in report.wording:
            lines += ["", f"  {printable(place.where)}"]
            lines += [
                f"    {sign} {printable(text)}" for sign, text in (("-", place.before), ("+", place.after)) if text
            ]
    lines += ["", report.hint] if report.hint else []
    return "\n".join(lines) + "\n"


def _markdown(report: Report) -> str:
    lines = [line for note in report.notes for line in (printable(note), "")]
    lines.append(f"**{summary(report.changes)}**")
    for title, group in _groups(report.changes):
        lines += ["", f"### {title}", ""]
        for change in group:
            values = " → ".join(code(value) for value in (change.before, change.after) if value is not None)
            line = f"- {code(change.where)}: {printable(change.what)}{': ' if values else ''}{values}"
            if _names_operations(change):
                line += f"; touches {_counted(change.operations, 'operation')}"
            if change.methods:
                line += f"; methods {_listed([code(name) for name in change.methods])}"
            if change.accepted:
                line += f"; accepted: {printable(change.accepted)}"
            lines += [line, *(f"  - {code(detail)}" for detail in _cut(change.details))]
    if report.stale:
        lines += ["", f"### {_STALE} ({len(report.stale)})", "", *(f"- {code(entry)}" for entry in report.stale)]
    if report.wording:
        lines += ["", f"### Wording changed ({_places(report.wording)})", ""]
        for place in report.wording:
            lines.append(f"- {code(place.where)}")
            lines += [
                f"  - {name}: {code(text)}" for name, text in (("old", place.before), ("new", place.after)) if text
            ]
    lines += ["", report.hint] if report.hint else []
    return "\n".join(lines) + "\n"


def _groups(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    groups = [
        (level.capitalize(), [change for change in changes if change.level == level and not change.accepted])
        for level in LEVELS
    ]
    groups.append(("Accepted", [change for change in changes if change.accepted]))
    return [(title, group) for title, group in groups if group]


def _places(wording: Sequence[Rewording]) -> str:
    return f"{len(wording)} {'place' if len(wording) == 1 else 'places'}"


def _cut(details: Sequence[str]) -> list[str]:
    more = [f"and {len(details) - _SHOWN_DETAILS} more"] if len(details) > _SHOWN_DETAILS else []
    return [*details[:_SHOWN_DETAILS], *more]


def _values(change: Change) -> str:
    values = " -> ".join(printable(value) for value in (change.before, change.after) if value is not None)
    return f": {values}" if values else ""


def _names_operations(change: Change) -> bool:
    """Return whether to list the operations: not if `where` is the only one."""
    at_operation = change.where.partition(" ")[0].lower() in HTTP_METHODS
    return bool(change.operations) and not (at_operation and len(change.operations) == 1)


def _counted(names: Sequence[str], noun: str) -> str:
    return f"{len(names)} {noun}{'' if len(names) == 1 else 's'}: {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _MANY_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN_NAMES])} and {len(names) - _SHOWN_NAMES} more"


def printable(text: str) -> str:
    """Escape control characters, because the text comes from the network."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def code(text: str) -> str:
    """Format a string as code, even if it has backticks; `none` for an empty one."""
    if not text:
        return "none"
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in text else ""
    return f"{fence}{space}{printable(text)}{space}{fence}"
