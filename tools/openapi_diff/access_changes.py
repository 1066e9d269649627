"""Compares the servers and the security of two documents."""

from collections.abc import Iterator
from typing import Any

from tools.openapi.interface import canonical, is_mapping
from tools.openapi.schema_text import mapping, strings_of, value_text
from tools.openapi_diff.schema_changes import Difference


def servers(old: list[Any], new: list[Any]) -> Iterator[Difference]:
    """Compare the servers that operations use; a removed server breaks callers."""
    if canonical(old) != canonical(new):
        before, after = ([str(mapping(server).get("url", "")) for server in side] for side in (old, new))
        breaks = not set(before) <= set(after)
        yield Difference("", "servers changed", ", ".join(before) or "none", ", ".join(after) or "none", breaks)


def schemes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Difference]:
    """Compare security requirements; it breaks callers if credentials that satisfied the old ones do not satisfy the new ones."""
    if {canonical(option) for option in old} == {canonical(option) for option in new}:
        return
    breaks = not all(any(_satisfies(before, after) for after in new) for before in old)
    yield Difference("", "security changed", _alternatives(old), _alternatives(new), breaks)


def leaves(old: Any, new: Any, path: str) -> Iterator[Difference]:
    """Compare a security scheme value by value; removed and changed values break callers, added ones do not."""
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
    """Format a value; the value of a scope is empty in a normalised document."""
    return None if value == "" else value_text(value)


def _satisfies(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return all(name in old and strings_of(scopes) <= strings_of(old[name]) for name, scopes in new.items())


def _alternatives(options: list[dict[str, Any]]) -> str:
    return " or ".join(
        " and ".join(
            f"{name} ({', '.join(sorted(strings_of(scopes)))})" if strings_of(scopes) else name
            for name, scopes in sorted(option.items())
        )
        or "no credentials"
        for option in options
    )
