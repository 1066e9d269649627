"""Finds the traces of operations outside the client: in the sandbox, in recorded cassettes, in the documentation."""

import importlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tools.coverage_report.suggestions import is_parameter
from tools.openapi.operation_index import Operation
from tools.openapi.schema_text import items_of, mapping

REPORT_MARK = "<!-- Made by `python -m tools.coverage`; do not edit. -->"
"""How a report in Markdown starts."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The operations that were found in one place.

    Attributes:
        found: Ids of operations; None if nobody can tell.
        reasons: Why nobody can tell, or what could not be used.
    """

    found: frozenset[str] | None
    reasons: tuple[str, ...] = ()


def sandbox() -> Evidence:
    """Ask the sandbox which operations it handles."""
    try:
        module = importlib.import_module("soundcloud.sandbox")
        handled = cast("Callable[[], Iterable[str]] | None", getattr(module, "handled_operations", None))
        if handled is None:
            return Evidence(None, ("soundcloud.sandbox has no handled_operations()",))
        return Evidence(frozenset(handled()))
    except Exception as error:
        # The sandbox is an extra: what it needs may be missing, and the report is about more than it.
        return Evidence(None, (f"soundcloud.sandbox cannot be used: {one_line(error)}",))


def cassettes(folder: Path, operations: Iterable[Operation], prefixes: Iterable[str] = ()) -> Evidence:
    """Collect the operations that the cassettes of a folder play.

    Args:
        folder: Where the cassettes are, at any depth.
        operations: The operations of the document.
        prefixes: Paths of the document's servers, which stand before the templates.
    """
    match = matcher(operations, prefixes)
    found = set[str]()
    reasons: list[str] = []
    for path in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"))):
        try:
            recorded: Any = YAML(typ="safe").load(path)  # pyright: ignore[reportUnknownMemberType]
        except (OSError, UnicodeError, YAMLError, ValueError) as error:
            reasons.append(f"{path.relative_to(folder).as_posix()} cannot be read: {one_line(error)}")
            continue
        for interaction in items_of(mapping(recorded).get("interactions")):
            request = mapping(mapping(interaction).get("request"))
            operation = match(str(request.get("method", "")), str(request.get("uri", "")))
            if operation is not None:
                found.add(operation)
    return Evidence(frozenset(found), tuple(reasons))


def matcher(operations: Iterable[Operation], prefixes: Iterable[str] = ()) -> Callable[[str, str], str | None]:
    """Make a function that names the operation of a method and a URI, or None.

    A word in a template beats a value at the same place: `/me/followings/tracks` is not `/me/followings/{user_urn}`.
    """
    templates = sorted(
        ([operation.method, *operation.path.strip("/").split("/")], operation.name) for operation in operations
    )
    # From the left, words before values: the first that fits is the most specific.
    templates.sort(key=lambda template: [is_parameter(segment) for segment in template[0]])
    starts = sorted({prefix.strip("/") for prefix in prefixes} - {""}, key=len, reverse=True)

    def match(method: str, uri: str) -> str | None:
        try:
            path = urlsplit(uri).path.strip("/")
        except ValueError:
            return None
        start = next((start for start in starts if path.startswith(f"{start}/")), "")
        given = [method.upper(), *path.removeprefix(start).strip("/").split("/")]
        for template, name in templates:
            if len(template) == len(given) and all(map(_fits, template, given)):
                return name
        return None

    return match


def _fits(segment: str, given: str) -> bool:
    parts = re.split(r"\{[^{}]*\}", segment)
    return re.fullmatch("[^/]+".join(re.escape(part) for part in parts), given) is not None


def documentation(root: Path, methods: Iterable[str]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Find the pages that show a method at work: in a Python block that the tests run, so not in one that is marked.

    Args:
        root: The project's folder, with `README.md` and `docs`.
        methods: Names such as `tracks.get_track`.

    Returns:
        The pages of each method that has any, by their paths from the root; and what could not be read.
    """
    wanted = frozenset(methods)
    shown: dict[str, tuple[str, ...]] = {}
    reasons: list[str] = []
    for path in (root / "README.md", *sorted((root / "docs").rglob("*.md"))):
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeError) as error:
            reasons.append(f"{path.relative_to(root).as_posix()} cannot be read: {one_line(error)}")
            continue
        code = "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
        # All names of the form a.b at once: a search per method would read every page sixty times.
        named = set(re.findall(r"(?<!\w)(?=(\w+\.\w+)(?!\w))", code))
        for name in wanted & named:
            shown[name] = (*shown.get(name, ()), path.relative_to(root).as_posix())
    return shown, tuple(reasons)


def one_line(error: Exception) -> str:
    """Return the first line of what an error says, or its name."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
