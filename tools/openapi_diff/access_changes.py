"""Compares where two documents say to call, and with what credentials."""

from collections.abc import Iterator
from typing import Any

from tools.openapi.interface import canonical, is_mapping
from tools.openapi.schema_text import items_of, mapping, strings_of, value_text
from tools.openapi_diff.schema_changes import Difference


def servers(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    """Compare the servers of a document, a path or an operation; one that is gone breaks."""
    if canonical(old.get("servers")) != canonical(new.get("servers")):
        before, after = (
            [str(mapping(server).get("url", "")) for server in items_of(side.get("servers"))] for side in (old, new)
        )
        breaks = not set(before) <= set(after)
        yield Difference("", "servers changed", ", ".join(before) or "none", ", ".join(after) or "none", breaks)


def schemes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Difference]:
    """Compare alternatives of credentials; it breaks when one that was enough is not enough any more.

    Args:
        old: The alternatives before: scheme -> scopes, all of them together.
        new: The alternatives after.
    """
    if {canonical(option) for option in old} == {canonical(option) for option in new}:
        return
    breaks = not all(any(_is_enough(given, asked) for asked in new) for given in old)
    yield Difference("", "security changed", _alternatives(old), _alternatives(new), breaks)


def leaves(old: Any, new: Any, path: str) -> Iterator[Difference]:
    """Compare a security scheme value by value; what is gone or different breaks, what is new does not."""
    if is_mapping(old) and is_mapping(new):
        for key in sorted(old.keys() | new.keys()):
            deeper = f"{path}.{key}" if path else key
            if key not in new:
                yield Difference(deeper, "removed", _leaf(old[key]), None, breaks_request=True)
            elif key not in old:
                yield Difference(deeper, "added", None, _leaf(new[key]))
            else:
                yield from leaves(old[key], new[key], deeper)
    elif canonical(old) != canonical(new):
        yield Difference(path, "changed", _leaf(old), _leaf(new), breaks_request=True)


def _leaf(value: Any) -> str | None:
    """Say what stands there; a scope has no text, because that is prose."""
    return None if value == "" else value_text(value)


def _is_enough(given: dict[str, Any], asked: dict[str, Any]) -> bool:
    return all(name in given and strings_of(scopes) <= strings_of(given[name]) for name, scopes in asked.items())


def _alternatives(options: list[dict[str, Any]]) -> str:
    return " or ".join(
        " and ".join(
            f"{name} ({', '.join(sorted(strings_of(scopes)))})" if strings_of(scopes) else name
            for name, scopes in sorted(option.items())
        )
        or "no credentials"
        for option in options
    )
