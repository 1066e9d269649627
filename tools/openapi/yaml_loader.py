"""Reads YAML 1.2 text into plain JSON values: no dates, no duplicate keys, no alias bombs.

The general loaders do not fit a document that must equal its JSON edition: they turn timestamps into dates, which JSON
does not have, and numbers used as keys (`200:`) into integers. So the values are built here, from the parser's events,
by the core schema of YAML 1.2 and nothing else.
"""

import re
from collections.abc import Iterator
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

_TAG = "tag:yaml.org,2002:"
_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class YamlTextError(Exception):
    """The text is not YAML that JSON could say as well; the message tells where and why."""


def read_yaml(text: str, *, max_nodes: int, max_depth: int) -> Any:
    """Read one YAML document.

    Args:
        text: The whole text.
        max_nodes: How many values the document may hold once its aliases are written out.
        max_depth: How deep the values may be nested.

    Raises:
        YamlTextError: The text is not such a document, or exceeds a bound.
    """
    parser = cast("Any", YAML(typ="safe", pure=True))
    try:
        return _Reader(parser.parse(text), max_nodes, max_depth).document()
    except YAMLError as error:
        raise YamlTextError(" ".join(str(error).split())) from None
    except (ValueError, RecursionError) as error:
        raise YamlTextError(f"it cannot be read: {error}") from None


class _Reader:
    """Builds values from a stream of parser events."""

    def __init__(self, events: Iterator[Any], max_nodes: int, max_depth: int) -> None:
        self._events = events
        self._max_nodes = max_nodes
        self._max_depth = max_depth
        self._nodes = 0
        # Anchor -> its value and how many nodes that holds; None while the anchored value is still being read.
        self._anchors: dict[str, tuple[Any, int] | None] = {}

    def document(self) -> Any:
        """Read the only document of the stream."""
        value: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise YamlTextError(f"it holds more than one document, the second at {_place(event)}")
                value = self._value(next(self._events), 1)
            elif not isinstance(event, StreamStartEvent | StreamEndEvent | DocumentEndEvent):
                raise YamlTextError(f"unexpected content at {_place(event)}")
        return value

    def _value(self, event: Any, depth: int) -> Any:
        if depth > self._max_depth:
            raise YamlTextError(f"it is nested deeper than {self._max_depth} levels at {_place(event)}")
        before = self._nodes
        self._count(1, event)
        if isinstance(event, AliasEvent):
            return self._aliased(event)
        anchor = cast("str | None", event.anchor)
        if anchor is not None:
            self._anchors[anchor] = None
        if isinstance(event, ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, SequenceStartEvent):
            value = self._sequence(event, depth)
        else:
            value = self._mapping(event, depth)
        if anchor is not None:
            self._anchors[anchor] = (value, self._nodes - before)
        return value

    def _aliased(self, event: Any) -> Any:
        found = self._anchors.get(event.anchor)
        if found is None:
            raise YamlTextError(f"alias *{event.anchor} at {_place(event)} has no anchor before it, or is part of it")
        value, nodes = found
        self._count(nodes, event)
        return _copied(value)

    def _sequence(self, event: Any, depth: int) -> list[Any]:
        _only_tags(event, {None, "!", f"{_TAG}seq"})
        values: list[Any] = []
        for item in self._events:
            if isinstance(item, SequenceEndEvent):
                break
            values.append(self._value(item, depth + 1))
        return values

    def _mapping(self, event: MappingStartEvent, depth: int) -> dict[str, Any]:
        _only_tags(event, {None, "!", f"{_TAG}map"})
        values: dict[str, Any] = {}
        merged: list[Any] = []
        for key in self._events:
            if isinstance(key, MappingEndEvent):
                break
            if not isinstance(key, ScalarEvent):
                raise YamlTextError(f"a key that is not text at {_place(key)}")
            name, plain = _said(key)
            value = self._value(next(self._events), depth + 1)
            if name == "<<" and plain:
                merged.extend(cast("list[Any]", value) if isinstance(value, list) else [value])
            elif name in values:
                raise YamlTextError(f"key {name!r} occurs twice, the second time at {_place(key)}")
            else:
                values[name] = value
        for base in merged:
            if not isinstance(base, dict):
                raise YamlTextError(f"a merge key (<<) without a mapping in the mapping at {_place(event)}")
            values = {**cast("dict[str, Any]", base), **values}
        return values

    def _count(self, nodes: int, event: Any) -> None:
        self._nodes += nodes
        if self._nodes > self._max_nodes:
            raise YamlTextError(f"it holds more than {self._max_nodes} values at {_place(event)}")


def _scalar(event: ScalarEvent) -> str | int | float | bool | None:
    text, plain = _said(event)
    tag = _only_tags(event, {None, "!", *(f"{_TAG}{name}" for name in ("str", "null", "bool", "int", "float"))})
    if tag in {"!", f"{_TAG}str"} or (tag is None and not plain):
        return text
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return text.lower() == "true"
    if _OCTAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _said(event: Any) -> tuple[str, bool]:
    """Return the text of a scalar and whether it stands there plain, without quotes."""
    return cast("str", event.value), not event.style


def _only_tags(event: Any, known: set[str | None]) -> str | None:
    tag = cast("str | None", event.tag)
    if tag not in known:
        raise YamlTextError(f"tag {tag} at {_place(event)} says something that JSON cannot")
    return tag


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_copied(item) for item in cast("list[Any]", value)]
    return value


def _place(event: Any) -> str:
    return f"line {event.start_mark.line + 1}, column {event.start_mark.column + 1}"
