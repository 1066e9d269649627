"""Formats the coverage of a document as text for a terminal, Markdown for a pull request, JSON or HTML."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.coverage_report.announced import AnnouncedRecord
from tools.coverage_report.arguments import Unsent
from tools.coverage_report.evidence import REPORT_MARK
from tools.coverage_report.records import COLUMNS, Coverage, Record
from tools.openapi_diff.report import code, printable

Format = Literal["text", "markdown", "json", "html"]
FORMATS: tuple[Format, ...] = ("text", "markdown", "json", "html")
"""The formats of a report."""

_BAR = 30
_TEMPLATES = Path(__file__).with_name("templates")
_MARKS = {True: "yes", False: "no", None: "?"}


def render(coverage: Coverage, format: Format) -> str:  # noqa: A002 - the option's name
    """Return a report."""
    return {"text": _text, "markdown": _markdown, "json": _json, "html": _html}[format](coverage)


def _text(coverage: Coverage) -> str:
    lines = [f"{len(coverage.records)} operations in {printable(coverage.document)}", _summary(coverage), ""]
    for column in COLUMNS:
        count, percent = coverage.count(column), coverage.percent(column)
        if count is None or percent is None:
            lines.append(f"  {column:<14} {'?' * _BAR}  unknown, see the notes")
            continue
        bar = "#" * (_BAR * count // len(coverage.records))
        lines.append(f"  {column:<14} {bar:.<{_BAR}}  {percent:5.1f} %  {count} of {len(coverage.records)}")
    lines.append(f"  {'parameters':<14} {_parameters(coverage)}")
    rows = [_row(record) for record in coverage.records]
    head = ["operation", "gen", "facade", "sandbox", "cassette", "docs"]
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines.append("")
    lines += [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, ["-" * width for width in widths], *rows)
    ]
    missing = [f"{printable(_where(record))} -> {_advice(coverage, record)}" for record in coverage.missing]
    for title, entries in [("Missing in the facade", missing), *_sections(coverage, printable)]:
        lines += ["", f"{title} ({len(entries)})"] if entries else ["", f"{title}: none"]
        lines += [f"  {entry}" for entry in entries]
    for record in coverage.missing:
        if record.suggestion is not None and not _announced_as(coverage, record):
            lines += ["", f"Stub for {printable(_where(record))}: {record.suggestion.name}", ""]
            lines += [f"    {line}".rstrip() for line in record.stub.splitlines()]
    for record, part in _unsent(coverage):
        lines += ["", f"Stub for the {part.kind} {printable(part.name)} of {printable(_where(record))}", ""]
        lines += [f"    {printable(line)}" for line in part.stub.splitlines()]
    return "\n".join(lines) + "\n"


def _summary(coverage: Coverage) -> str:
    """Return the sentence that counts announced entries apart."""
    total, announced = len(coverage.records), len(coverage.announced) - len(coverage.obsolete)
    return f"The facade has {coverage.count('facade')} of {total} documented, {announced} announced."


def _row(record: Record) -> list[str]:
    path = f"{record.method:<6} {printable(record.path)}{' *' if record.deprecated else ''}"
    marks = [_MARKS[record.has(column)] for column in COLUMNS]
    return [path, marks[0], _facade(record), *marks[2:]]


def _facade(record: Record) -> str:
    if not record.methods:
        return "MISSING"
    names = ", ".join(record.methods)
    return names if record.facade else f"{names} ({_difference(record)})"


def _difference(record: Record) -> str:
    return "different on each" if record.sync and record.asynchronous else "sync only" if record.sync else "async only"


def _where(record: Record) -> str:
    return f"{record.method} {record.path}"


def _sections(coverage: Coverage, quote: Callable[[str], str]) -> list[tuple[str, list[str]]]:
    """Return the lists below the table, with a function that formats names."""
    unknown = [
        f"{quote(id_)}, implemented by {', '.join(map(quote, names))}" for id_, names in coverage.unknown.items()
    ]
    beyond = [
        f"{quote(name)}: {', '.join(map(quote, what)) or 'a request without an operation'}"
        f"{' (no operation of the document)' if name in coverage.outside else ''}"
        for name, what in coverage.beyond.items()
    ]
    not_sent = [
        f"{quote(_where(record))}: {part.kind} {quote(part.name)}, of {', '.join(map(quote, record.methods))}"
        for record, part in _unsent(coverage)
    ]
    announced = [
        f"{quote(record.title)}: {', '.join(map(quote, record.methods)) or 'no method'} ({record.date}, {record.certainty})"
        for record in coverage.announced
        if not record.documented
    ]
    obsolete = [
        f"{quote(record.id)}: the document has {quote(record.documented)}"
        + ("" if record.along else f"; run {quote(f'make scaffold OPERATION={record.id}')}")
        for record in coverage.obsolete
    ]
    return [
        ("Not sent by the facade", not_sent),
        ("Unknown to the document", unknown),
        ("Announced by SoundCloud, not in the document (with date and certainty)", announced),
        ("Announced and now documented: the entry goes", obsolete),
        ("Deprecated by the document (*)", [quote(_where(record)) for record in coverage.deprecated]),
        ("Beyond the document", beyond),
        ("Notes", [quote(note) for note in coverage.notes]),
    ]


def _unsent(coverage: Coverage) -> Iterator[tuple[Record, Unsent]]:
    for record in coverage.records:
        for part in record.unsent:
            yield record, part


def _parameters(coverage: Coverage) -> str:
    sent, total = coverage.parameters
    return f"the facade sends {sent} of {total} parameters and request fields"


def _advice(coverage: Coverage, record: Record, quote: Callable[[str], str] = str) -> str:
    if (announced := _announced_as(coverage, record)) is not None:
        command = quote(f"make scaffold OPERATION={announced.id}")
        return f"{', '.join(map(quote, announced.methods))} sends it already, as announced; run {command}"
    if record.suggestion is not None:
        return f"write {quote(record.suggestion.name)}"
    return f"{', '.join(record.methods)} is {_difference(record)}; run `make sync-client`"


def _announced_as(coverage: Coverage, record: Record) -> AnnouncedRecord | None:
    """Return the announced entry that an operation without a method has replaced, if the entry has methods."""
    entries = [entry for entry in coverage.obsolete if entry.methods and not entry.along and record.suggestion]
    return next((entry for entry in entries if entry.documented == _where(record)), None)


def _markdown(coverage: Coverage) -> str:
    lines = [REPORT_MARK, "", "## API coverage", ""]
    lines += [f"{len(coverage.records)} operations in {code(coverage.document)}. {_summary(coverage)}", ""]
    lines += ["| column | share | operations |", "| --- | ---: | ---: |"]
    for column in COLUMNS:
        count, percent = coverage.count(column), coverage.percent(column)
        share = "unknown" if percent is None else f"{percent:.1f} %"
        lines.append(f"| {column} | {share} | {'?' if count is None else count} of {len(coverage.records)} |")
    lines += ["", f"{_parameters(coverage).capitalize()}."]
    for record in coverage.missing:
        new = record.suggestion is not None and not _announced_as(coverage, record)
        advice = f"{_advice(coverage, record, code)}{', for example:' if new else ''}"
        lines += ["", f"**Missing** {code(_where(record))}: {advice}"]
        lines += ["", "```python", record.stub.rstrip(), "```"] if new else []
    for record, part in _unsent(coverage):
        lines += [
            "",
            f"**Not sent** {code(_where(record))}: the {part.kind} {code(part.name)}; add to {code(record.methods[0])}:",
        ]
        lines += ["", "```python", "\n".join(map(printable, part.stub.splitlines())), "```"]
    for title, entries in _sections(coverage, code):
        lines += ["", f"**{title}**", "", *(f"- {entry}" for entry in entries)] if entries else []
    lines += ["", "<details>", f"<summary>All {len(coverage.records)} operations</summary>", ""]
    lines += [f"| operation | {' | '.join(COLUMNS)} |", "| --- " * (1 + len(COLUMNS)) + "|"]
    for record in coverage.records:
        marks = [_MARKS[record.has(column)] for column in COLUMNS]
        marks[1] = ", ".join(map(code, record.methods)) + ("" if record.facade else f" ({_difference(record)})")
        marks[1] = marks[1] if record.methods else "**missing**"
        where = code(_where(record)) + (" (deprecated)" if record.deprecated else "")
        cells = [cell.replace("|", "\\|") for cell in (where, *marks)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", "</details>", ""])


def _json(coverage: Coverage) -> str:
    report: dict[str, Any] = {
        "document": coverage.document,
        "operations": len(coverage.records),
        "implemented": coverage.count("facade"),
        "percent": coverage.percent("facade"),
        "columns": {
            column: {"count": coverage.count(column), "percent": coverage.percent(column)} for column in COLUMNS
        },
        "parameters": dict(zip(("sent", "documented"), coverage.parameters, strict=True)),
        "missing": [record.id for record in coverage.missing],
        "unknown": list(coverage.unknown),
        "unknown_methods": coverage.unknown,
        "beyond": [
            {"name": name, "sends": what, "operation": name not in coverage.outside}
            for name, what in coverage.beyond.items()
        ],
        "announced": [asdict(record) for record in coverage.announced],
        "announced_and_documented": [record.id for record in coverage.obsolete],
        "deprecated": [record.id for record in coverage.deprecated],
        "notes": list(coverage.notes),
        "records": [_record(record) for record in coverage.records],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _record(record: Record) -> dict[str, Any]:
    values = asdict(record)
    for name in ("namespace", "facade", "suggestion", "stub"):
        del values[name]
    values["async"] = values.pop("asynchronous")
    if record.suggestion is not None:
        values["suggestion"] = {**asdict(record.suggestion), "name": record.suggestion.name, "stub": record.stub}
    return values


def _html(coverage: Coverage) -> str:
    """Return one page without external files."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.get_template("coverage.html.jinja")
    return template.render(
        coverage=coverage, columns=COLUMNS, namespaces=list(_namespaces(coverage)), known=_known, explorer=_explorer
    )


def _namespaces(coverage: Coverage) -> Iterator[dict[str, Any]]:
    for name in sorted({record.namespace for record in coverage.records}):
        records = [record for record in coverage.records if record.namespace == name]
        yield {"name": name, "records": records, "implemented": sum(record.facade for record in records)}


def _known(record: Record) -> int:
    """Return in how many columns a record is covered, which is the height of its bar."""
    return sum(record.has(column) is True for column in COLUMNS)


def _explorer(record: Record) -> str:
    """Return the URL of an operation in SoundCloud's API explorer, whose ids are made of method and path."""
    place = re.sub(r"\W", "_", f"{record.method.lower()}{record.path}")
    return f"https://developers.soundcloud.com/docs/api/explorer/open-api#/{quote(record.tag)}/{place}"
