"""Formats the coverage of a document as one HTML page without external files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.coverage_report.records import COLUMNS, Coverage, Record

_TEMPLATES = Path(__file__).with_name("templates")


def page(coverage: Coverage) -> str:
    """Return the page."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.get_template("coverage.html.jinja")
    return template.render(coverage=coverage, columns=COLUMNS, namespaces=list(_namespaces(coverage)), known=_known)


def _namespaces(coverage: Coverage) -> Iterator[dict[str, Any]]:
    for name in sorted({record.namespace for record in coverage.records}):
        records = [record for record in coverage.records if record.namespace == name]
        yield {"name": name, "records": records, "implemented": sum(record.facade for record in records)}


def _known(record: Record) -> int:
    """Return in how many columns a record is covered, which is the height of its bar."""
    return sum(record.has(column) is True for column in COLUMNS)
