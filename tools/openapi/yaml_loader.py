"""Reads YAML 1.2 into plain JSON values.

ruamel.yaml parses, resolves aliases and bounds the depth. Its own constructors do not fit a document that must equal its JSON
edition: they turn timestamps into dates, and numbers that are keys (`200:`) into integers. So the values are built here from its
nodes, by the core schema of YAML 1.2 (section 10.3.2).
"""

import re
from collections.abc import Callable
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver

_TAG = "tag:yaml.org,2002:"
_CORE_SCHEMA = [
    (f"{_TAG}null", re.compile(r"(null|Null|NULL|~|)$")),
    (f"{_TAG}bool", re.compile(r"(true|True|TRUE|false|False|FALSE)$")),
    (f"{_TAG}int", re.compile(r"([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$")),
    (f"{_TAG}float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")),
]
_SCALARS: dict[str, Callable[[str], Any]] = {
    f"{_TAG}null": lambda text: None,  # noqa: ARG005 - the others need it
    f"{_TAG}bool": lambda text: text.lower() == "true",
    f"{_TAG}int": lambda text: int(text, 0 if text[:2] in {"0o", "0x"} else 10),
    f"{_TAG}float": float,
    f"{_TAG}str": str,
}


class YamlTextError(Exception):
    """The text is not YAML, or holds what JSON cannot; the message says where and why."""


class _CoreResolver(VersionedResolver):
    """Resolves plain scalars by the core schema only."""

    @property
    def versioned_resolver(self) -> Any:
        """Return the patterns by first character; None stands for any."""
        return {None: _CORE_SCHEMA}


def read_yaml(text: str, *, max_nodes: int, max_depth: int) -> Any:
    """Read one YAML document.

    Args:
        text: The whole text.
        max_nodes: How many values the document may hold, those of its aliases included.
        max_depth: How deep the values may be nested.

    Raises:
        YamlTextError: The text is not such a document, or exceeds a bound.
    """
    yaml = cast("Any", YAML(typ="safe", pure=True))
    yaml.Resolver = _CoreResolver
    yaml.max_depth = max_depth
    yaml.composer.warn_double_anchors = False
    try:
        node = yaml.compose(text)
        return None if node is None else _Builder(max_nodes, max_depth).value(node, 1)
    except MaxDepthExceededError:
        raise YamlTextError(f"it is nested deeper than {max_depth} levels") from None
    except YAMLError as error:
        raise YamlTextError(" ".join(str(error).split())) from None
    except ValueError as error:
        raise YamlTextError(f"it cannot be read: {error}") from None


class _Builder:
    """Builds values from nodes. A node with several aliases is built and counted each time, so that the values are a tree."""

    def __init__(self, max_nodes: int, max_depth: int) -> None:
        self._max_nodes = max_nodes
        self._max_depth = max_depth
        self._nodes = 0

    def value(self, node: Any, depth: int) -> Any:
        self._nodes += 1
        if self._nodes > self._max_nodes:
            raise YamlTextError(f"it holds more than {self._max_nodes} values at {_place(node.start_mark)}")
        # The composer counts an alias as one level, whatever is in it; an anchor inside itself ends here too.
        if depth > self._max_depth:
            raise YamlTextError(f"it is nested deeper than {self._max_depth} levels")
        if node.id == "scalar":
            return _tagged(node, _SCALARS)(node.value)
        if node.id == "sequence":
            _tagged(node, {f"{_TAG}seq": None})
            return [self.value(item, depth + 1) for item in node.value]
        _tagged(node, {f"{_TAG}map": None})
        return self._mapping(node, depth)

    def _mapping(self, node: Any, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        merged: list[Any] = []
        for key, item in node.value:
            if key.id != "scalar":
                raise YamlTextError(f"a key that is not text at {_place(key.start_mark)}")
            value = self.value(item, depth + 1)
            if key.value == "<<" and not key.style:
                merged.extend(cast("list[Any]", value) if isinstance(value, list) else [value])
            elif key.value in values:
                raise YamlTextError(f"key {key.value!r} occurs twice, the second time at {_place(key.start_mark)}")
            else:
                values[key.value] = value
        for base in merged:
            if not isinstance(base, dict):
                raise YamlTextError(f"a merge key (<<) without a mapping in the mapping at {_place(node.start_mark)}")
            values = {**cast("dict[str, Any]", base), **values}
        return values


def _tagged(node: Any, known: dict[str, Any]) -> Any:
    if node.tag not in known:
        raise YamlTextError(f"tag {node.tag} at {_place(node.start_mark)} has no equal in JSON")
    return known[node.tag]


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}"
