"""Collects for each operation of a document where it is covered."""

import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tools.coverage_report.announced import AnnouncedRecord, announced_records
from tools.coverage_report.arguments import Unsent, documented, fields, unsent
from tools.coverage_report.evidence import Evidence, cassettes, documentation, one_line, sandbox
from tools.coverage_report.stubs import package, stub
from tools.coverage_report.suggestions import Suggestion, suggest
from tools.openapi.operation_index import Operation, operations, path_items
from tools.openapi.schema_text import items_of, mapping

if TYPE_CHECKING:
    from soundcloud.registry import Implementation

COLUMNS = ("generated", "facade", "sandbox", "cassette", "documentation")
"""Where an operation can be covered, in the order of the report."""


class CoverageError(Exception):
    """The report cannot be created; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """The coverage of one operation. A column is None if it cannot be determined."""

    id: str
    method: str
    path: str
    tag: str
    namespace: str  # of its method, or the suggested one
    deprecated: bool
    methods: tuple[str, ...]  # on either client
    sync: bool
    asynchronous: bool
    facade: bool  # whether both clients have the same method
    generated: bool | None
    sandbox: bool | None
    cassette: bool | None
    documentation: bool | None
    suggestion: Suggestion | None  # of a missing method
    stub: str
    parameters: int = 0  # documented query parameters and fields of the request
    unsent: tuple[Unsent, ...] = ()  # those that no method sends

    def has(self, column: str) -> bool | None:
        """Return the value of a column of `COLUMNS`."""
        return getattr(self, column)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The records of a document, sorted by path, and the methods that do not belong to one."""

    document: str
    records: tuple[Record, ...]
    unknown: dict[str, list[str]]  # methods by an operation that the document lacks
    beyond: dict[str, list[str]]  # what methods send that the document does not list
    outside: tuple[str, ...]  # the methods of `beyond` without an operation
    notes: tuple[str, ...]
    announced: tuple[AnnouncedRecord, ...] = ()  # what SoundCloud announced beyond the document

    @property
    def obsolete(self) -> list[AnnouncedRecord]:
        """The announced entries that the document has caught up with."""
        return [record for record in self.announced if record.documented]

    @property
    def missing(self) -> list[Record]:
        """The operations without a method on both clients."""
        return [record for record in self.records if not record.facade]

    @property
    def deprecated(self) -> list[Record]:
        """The operations that the document calls deprecated."""
        return [record for record in self.records if record.deprecated]

    @property
    def parameters(self) -> tuple[int, int]:
        """How many query parameters and fields of requests the facade sends, of how many in operations with a method."""
        records = [record for record in self.records if record.methods]
        total = sum(record.parameters for record in records)
        return total - sum(len(record.unsent) for record in records), total

    def count(self, column: str) -> int | None:
        """Return how many operations a column covers; None if that is unknown."""
        values = [record.has(column) for record in self.records]
        return None if None in values else values.count(True)

    def percent(self, column: str) -> float | None:
        """Return the percentage of a column, rounded down to a tenth so that 100 means all; None if it is unknown."""
        count = self.count(column)
        return None if count is None else math.floor(1000 * count / len(self.records)) / 10

    def reaches(self, share: float) -> bool:
        """Return whether the facade covers at least this percentage of the operations."""
        return 100 * (self.count("facade") or 0) >= share * len(self.records)


def gather(document: dict[str, Any], *, name: str, root: Path) -> Coverage:
    """Return the coverage of a normalised document.

    Args:
        document: The document.
        name: Its name in the report.
        root: The project's folder, with `tests/cassettes`, `docs` and `README.md`.

    Raises:
        CoverageError: The facade cannot be imported, or the document has no operations.
    """
    items = sorted(path_items(document).items())
    found = [operation for path, item in items for operation in operations(path, item).values()]
    if not found:
        raise CoverageError(f"{name}: no operations in it; use an OpenAPI document with paths")
    implemented = _implementations()
    ids = {operation.name for operation in found}
    unknown: dict[str, list[str]] = {}
    for entry in implemented:
        if entry.operation is not None and entry.operation not in ids:
            unknown.setdefault(entry.operation, []).append(entry.name)
    made, made_note = _generated()
    handled = sandbox()
    played = cassettes(root / "tests" / "cassettes", found, _prefixes(document))
    named, unread = documentation(root, {entry.name for entry in implemented})
    # A removed operation's name is free again.
    taken = {entry.name for entry in implemented if entry.operation is None or entry.operation in ids}
    namespaces = {entry.namespace for entry in implemented}
    records: list[Record] = []
    for operation in found:
        entries = [entry for entry in implemented if entry.operation == operation.name]
        tags = items_of(operation.value.get("tags"))
        tag = str(tags[0]) if tags else (made or {}).get(operation.name, "default")
        suggestion = None
        if not entries:
            suggestion = suggest(operation.method, operation.path, tag, namespaces=namespaces, taken=taken)
            taken.add(suggestion.name)
        records.append(
            Record(
                id=operation.name,
                method=operation.method,
                path=operation.path,
                tag=tag,
                namespace=(suggestion or entries[0]).namespace,
                deprecated=operation.value.get("deprecated") is True,
                methods=tuple(entry.name for entry in entries),
                sync=any(entry.sync for entry in entries),
                asynchronous=any(entry.asynchronous for entry in entries),
                facade=any(entry.sync and entry.asynchronous for entry in entries),
                generated=None if made is None else operation.name in made,
                sandbox=_in(handled, operation),
                cassette=_in(played, operation),
                documentation=any(entry.name in named for entry in entries),
                suggestion=suggestion,
                stub=stub(document, operation, tag, suggestion) if suggestion else "",
                parameters=len(documented(document, operation)) + len(fields(document, operation)),
                unsent=tuple(unsent(document, operation, tag, [entry.name for entry in entries])) if entries else (),
            )
        )
    unexpected = sorted((handled.found or frozenset[str]()) - ids)
    notes = [
        *made_note,
        *handled.reasons,
        *([f"the sandbox handles what the document lacks: {', '.join(unexpected)}"] if unexpected else []),
        *played.reasons,
        *unread,
    ]
    beyond = {entry.name: list(entry.beyond) for entry in implemented if entry.beyond or entry.operation is None}
    outside = tuple(entry.name for entry in implemented if entry.operation is None)
    return Coverage(name, tuple(records), unknown, beyond, outside, tuple(notes), announced_records(document))


def _implementations() -> Sequence["Implementation"]:
    try:
        registry = importlib.import_module("soundcloud.registry")
        return registry.implementations()
    except Exception as error:
        raise CoverageError(
            f"the facade cannot be imported ({one_line(error)}); it may not fit the generated code: run `make types`"
        ) from error


def _generated() -> tuple[dict[str, str] | None, list[str]]:
    """Return the tags of the operations with a generated function, or None; and notes."""
    try:
        table: dict[str, Any] = importlib.import_module("soundcloud_api.operations").OPERATIONS
        made: dict[str, str] = {}
        for id_, info in table.items():
            module = importlib.import_module(f"soundcloud_api.api.{package(info.tag)}")
            if callable(getattr(module, id_, None)):
                made[id_] = info.tag
    except Exception as error:
        return None, [f"soundcloud_api cannot be imported: {one_line(error)}"]
    return made, [f"in the table of operations, but without a function: {id_}" for id_ in table if id_ not in made]


def _in(evidence: Evidence, operation: Operation) -> bool | None:
    return None if evidence.found is None else operation.name in evidence.found


def _prefixes(document: dict[str, Any]) -> list[str]:
    return [urlsplit(str(mapping(server).get("url", ""))).path for server in items_of(document.get("servers"))]
