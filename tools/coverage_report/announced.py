"""Compares what SoundCloud has announced with the document: an entry goes when the document has it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tools.openapi.operation_index import operations, path_items
from tools.openapi.schema_text import mapping

if TYPE_CHECKING:
    from soundcloud.registry import Announcement


@dataclass(frozen=True, slots=True)
class AnnouncedRecord:
    """An announced entry, its methods on both clients, and the place of the document that has it (else empty)."""

    id: str
    title: str
    meaning: str
    source: str
    date: str
    certainty: str
    unknown: str
    methods: tuple[str, ...]
    documented: str
    along: str = ""  # the announced operation that brings it into the document


def announced_records(document: dict[str, Any]) -> tuple[AnnouncedRecord, ...]:
    """Return all announced entries, compared with a normalised document."""
    from soundcloud.registry import ANNOUNCED, methods_by_announcement

    methods = methods_by_announcement()
    return tuple(
        AnnouncedRecord(
            id=entry.id,
            title=entry.title,
            meaning=entry.meaning,
            source=entry.source,
            date=entry.date.isoformat(),
            certainty=entry.certainty,
            unknown=entry.unknown,
            methods=tuple(methods[entry.id]),
            documented=next(_places(entry, document), ""),
            along=entry.along,
        )
        for entry in ANNOUNCED
    )


def _places(entry: "Announcement", document: dict[str, Any]) -> Iterator[str]:
    """Yield the places of the document that have an entry; the names of path parameters do not matter."""
    if entry.field:
        for name, schema in mapping(mapping(document.get("components")).get("schemas")).items():
            fits = any(fnmatchcase(name, pattern) for pattern in entry.schemas)
            if fits and entry.field in mapping(mapping(schema).get("properties")):
                yield f"{name}.{entry.field}"
        return
    wanted = _shape(entry.along or entry.operation)
    for path, item in path_items(document).items():
        for operation in operations(path, item).values():
            if _shape(str(operation)) == wanted:
                yield str(operation)


def _shape(operation: str) -> str:
    return re.sub(r"\{[^{}]*\}", "{}", operation)
