"""Turns announced entries into documented operations, when SoundCloud's document has them; see tools/scaffold.py."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.coverage_report.announced import AnnouncedRecord
from tools.coverage_report.records import Coverage, Record

ENTRIES = "src/soundcloud/_protocol/announced/entries.py"
OPERATIONS = "src/soundcloud/_protocol/announced/operations.py"
_NAMESPACES = "src/soundcloud/_async/namespaces"
_HANDLERS = "src/soundcloud/sandbox/handlers"
_READ = (("src", "*.py"), ("tests", "*.py"), ("docs", "*.md"))
_GENERATED = re.compile(r"/_sync/|/docs/operations\.md|/tests/cassettes/")


def caught_up(coverage: Coverage, name: str) -> list[AnnouncedRecord]:
    """Return the entries that go, for the id of an entry or of the operation that has replaced it; the entry itself first.

    Entries that come with an operation, such as likes of stations, go with it.
    """
    places = {f"{record.method} {record.path}" for record in coverage.records if record.id == name}
    places |= {entry.documented for entry in coverage.obsolete if entry.id == name and not entry.along}
    found = [entry for entry in coverage.obsolete if entry.id == name or entry.documented in places]
    return sorted(found, key=lambda entry: (bool(entry.along), entry.id != name))


def move(root: Path, entries: Sequence[AnnouncedRecord], record: Record | None) -> tuple[set[Path], list[str]]:
    """Remove entries, and register their methods and handlers for the operation of the document.

    Returns:
        The files that were changed, and the names of the methods that are registered now (`playlists.get_station`).
    """
    ids = {entry.id for entry in entries}
    own = {entry.id for entry in entries if not entry.along} if record else set[str]()
    changed = {path for path in (root / ENTRIES,) if _edit(path, _without_entries(path, ids))}
    methods: list[str] = []
    for path in sorted((root / _NAMESPACES).glob("*.py")):
        text, named = _registered(path, ids, own, record)
        methods += named
        if _edit(path, text):
            changed.add(path)
    if record is not None:
        for path in sorted((root / _HANDLERS).glob("*.py")):
            if _edit(path, _handled(path, own, record)):
                changed.add(path)
        path = root / OPERATIONS
        text = path.read_text(encoding="utf-8")
        for id_ in own:
            text = text.replace(f'"{id_}"', f'"{record.id}"')
        if _edit(path, text):
            changed.add(path)
    return changed, methods


def mentions(root: Path, entries: Sequence[AnnouncedRecord]) -> Iterator[str]:
    """Yield the places that still name an entry, as `tests/x.py:12: line`."""
    texts = "|".join(re.escape(text) for entry in entries for text in (entry.id, entry.title))
    wanted = re.compile(rf"(?<!\w)({texts})(?!\w)")
    for folder, pattern in _READ:
        for path in sorted((root / folder).rglob(pattern)):
            if _GENERATED.search(path.as_posix()):
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if wanted.search(line):
                    yield f"{path.relative_to(root).as_posix()}:{number}: {line.strip()[:100]}"


def _edit(path: Path, text: str) -> bool:
    if text == path.read_text(encoding="utf-8"):
        return False
    path.write_text(text, encoding="utf-8")
    return True


def _without_entries(path: Path, ids: set[str]) -> str:
    text = path.read_text(encoding="utf-8")
    lines: list[str | None] = [*text.splitlines()]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Announcement":
            first = node.args[0]
            if isinstance(first, ast.Constant) and first.value in ids:
                lines[node.lineno - 1 : node.end_lineno] = [None] * ((node.end_lineno or 0) - node.lineno + 1)
    return "".join(f"{line}\n" for line in lines if line is not None)


def _registered(path: Path, ids: set[str], own: set[str], record: Record | None) -> tuple[str, list[str]]:
    """Return a module of methods without the marks of the entries, and the methods that implement the operation instead."""
    text = path.read_text(encoding="utf-8")
    lines, methods = text.splitlines(), list[str]()
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in sorted(functions, key=lambda node: -node.lineno):
        marks = {_decorator(node): node for node in function.decorator_list}
        mark = marks.get("uses_announced")
        if not isinstance(mark, ast.Call):
            continue
        names = [str(node.value) for node in mark.args if isinstance(node, ast.Constant)]
        left = [name for name in names if name not in ids]
        if left == names:
            continue
        new = [f"    @uses_announced({_quoted(left)})"] if left else []
        if record is not None and own & {*names} and "implements" not in marks:
            new.append(f'    @implements("{record.id}")')
            methods.append(f"{path.stem}.{function.name}")
        lines[mark.lineno - 1 : mark.end_lineno] = new
    return "\n".join(lines) + "\n", methods


def _handled(path: Path, own: set[str], record: Record) -> str:
    """Return a module of the sandbox whose handler of the entry handles the operation."""
    text = path.read_text(encoding="utf-8")
    parameters = re.findall(r"\{(\w+)\}", record.path)
    lines = text.splitlines()
    for function in ast.parse(text).body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in function.decorator_list:
            if _decorator(node) == "handles_announced" and isinstance(node, ast.Call):
                (name,) = (each.value for each in node.args if isinstance(each, ast.Constant))
                if name in own:
                    lines[node.lineno - 1] = f'@handles("{record.id}")'
                    for number in range(function.lineno, function.end_lineno or 0):
                        if parameters:
                            lines[number] = lines[number].replace('"urn"', f'"{parameters[0]}"')
    changed = "\n".join(lines) + "\n"
    return changed if changed == text else _import_of_handles(changed)


def _import_of_handles(text: str) -> str:
    return text.replace(
        "from soundcloud.sandbox.http.routing import ", "from soundcloud.sandbox.http.routing import handles, ", 1
    )


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _decorator(node: ast.expr) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ast.unparse(node)
