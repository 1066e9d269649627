"""Compares the prose of two documents, which is not part of their interface: SoundCloud announces some changes only there."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from tools.openapi.interface import is_mapping, is_sequence
from tools.openapi.schema_text import mapping
from tools.openapi_diff.document_changes import place

_PROSE = ("description", "summary")
_DATA = frozenset({"example", "examples", "default", "enum", "const"})


@dataclass(frozen=True, slots=True)
class Rewording:
    """A text that has changed: the sentences that only one side has."""

    where: str
    before: str
    after: str


def wording(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the descriptions and summaries of a document as it was published, by their places."""
    return dict(sorted(_texts(document, ())))


def topics(document: Mapping[str, Any]) -> set[str]:
    """Return the operations, schemas and other places of a document, also those without a text."""
    groups = {("paths",): mapping(document.get("paths"))}
    groups |= {("components", kind): mapping(group) for kind, group in mapping(document.get("components")).items()}
    paths = [
        (*head, name, key) for head, group in groups.items() for name in group for key in ("", *mapping(group[name]))
    ]
    return {"the document", *(_topic(place(path)) for path in paths)}


def reworded(old: Mapping[str, str], new: Mapping[str, str], shared: Set[str]) -> list[Rewording]:
    """Compare the texts of two documents at the places that both have; a document without any text is not compared."""
    found: list[Rewording] = []
    if not old or not new:
        return found
    for where in sorted(old.keys() | new.keys()):
        before, after = _sentences(old.get(where, "")), _sentences(new.get(where, ""))
        if before != after and _topic(where) in shared:
            gone = [sentence for sentence in before if sentence not in after]
            come = [sentence for sentence in after if sentence not in before]
            if gone or come:
                found.append(Rewording(where, " ".join(gone), " ".join(come)))
    return found


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if is_mapping(value):
        for key, child in value.items():
            if key in _PROSE and isinstance(child, str) and child.strip():
                yield place((*path, key)), " ".join(child.split())
            elif not key.startswith("x-") and (key not in _DATA or path[-1:] == ("properties",)):
                yield from _texts(child, (*path, key))
    elif is_sequence(value):
        for number, child in enumerate(value, 1):
            named = child.get("name", number) if is_mapping(child) else number
            yield from _texts(child, (*path, str(named)))


def _topic(where: str) -> str:
    return where.partition(" > ")[0]


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=[.!?])\s+", text) if sentence]
