"""Formats a list of changes as text for a terminal, Markdown for an issue, or JSON for a program."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from tools.openapi.interface import HTTP_METHODS
from tools.openapi_diff.document_changes import Change

Format = Literal["text", "markdown", "json"]
FORMATS: tuple[Format, ...] = ("text", "markdown", "json")

# A list of more than _MANY_NAMES is cut to _SHOWN_NAMES.
_MANY_NAMES = 6
_SHOWN_NAMES = 3


def render(changes: Sequence[Change], form: Format, *, hint: str | None = None) -> str:
    """Return a report of changes, breaking ones first, with the next step (`hint`) as its last line."""
    if form == "json":
        return _json(changes, hint)
    return _markdown(changes, hint) if form == "markdown" else _text(changes, hint)


def _json(changes: Sequence[Change], hint: str | None) -> str:
    breaking = sum(change.breaking for change in changes)
    report = {
        "summary": {"changes": len(changes), "breaking": breaking, "other": len(changes) - breaking},
        "changes": [asdict(change) for change in changes],
        "hint": hint,
    }
    return json.dumps(report, indent=2) + "\n"


def _text(changes: Sequence[Change], hint: str | None) -> str:
    lines = [_summary(changes)]
    for title, group in _groups(changes):
        lines += ["", title]
        for change in group:
            lines += ["", f"  {printable(change.where)}", f"    {printable(change.what)}{_values(change)}"]
            if _names_operations(change):
                lines.append(f"    touches {_counted(change.operations, 'operation')}")
            if change.methods:
                lines.append(f"    methods: {_listed(change.methods)}")
    lines += ["", hint] if hint else []
    return "\n".join(lines) + "\n"


def _markdown(changes: Sequence[Change], hint: str | None) -> str:
    lines = [f"**{_summary(changes)}**"]
    for title, group in _groups(changes):
        lines += ["", f"### {title}", ""]
        for change in group:
            values = " → ".join(_code(value) for value in (change.before, change.after) if value is not None)
            line = f"- {_code(change.where)}: {printable(change.what)}{': ' if values else ''}{values}"
            if _names_operations(change):
                line += f"; touches {_counted(change.operations, 'operation')}"
            if change.methods:
                line += f"; methods {_listed([_code(name) for name in change.methods])}"
            lines.append(line)
    lines += ["", hint] if hint else []
    return "\n".join(lines) + "\n"


def _summary(changes: Sequence[Change]) -> str:
    if not changes:
        return "No changes."
    breaking = sum(change.breaking for change in changes)
    noun = "change" if len(changes) == 1 else "changes"
    return f"{len(changes)} {noun}: {breaking} breaking, {len(changes) - breaking} not breaking"


def _groups(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    breaking = [change for change in changes if change.breaking]
    other = [change for change in changes if not change.breaking]
    return [(title, group) for title, group in (("Breaking", breaking), ("Not breaking", other)) if group]


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


def _code(text: str) -> str:
    return f"`{printable(text).replace('`', chr(39))}`"
