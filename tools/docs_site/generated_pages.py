"""Makes the pages that are made: docs/operations.md from the registry, llms.txt and llms-full.txt from the documentation.

    python -m tools.docs_site.generated_pages [--check]

With --check nothing is written, and the exit status is 1 when a file is not as it would be made. See llmstxt.org for the
two files for machines: an index with a line for each page, and all pages in one.
"""

import argparse
import inspect
import posixpath
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from soundcloud.sandbox.handlers import load_handlers
from tools.coverage_report.evidence import documentation
from tools.coverage_report.records import Coverage, Record, gather
from tools.docs_site.pages import ROOT, page_file, sections
from tools.openapi.document import OPENAPI_JSON, load

OPERATIONS = "docs/operations.md"
_THEMES = "What SoundCloud has"
"""The section of the menu whose pages are about calls."""
_MOST = 2
_INTRODUCTION = """# Operations

<!-- Made by `make docs-pages`; do not edit. -->

Every operation of SoundCloud's document, in the order of its paths: the method that calls it, the handler of the sandbox that
answers it, and pages that show it in code that the tests run, two at most. `make openapi-coverage` has the same at a terminal,
with what is recorded.
"""
_SUMMARY = """# soundcloud-sdk

> A typed SoundCloud client for Python 3.11 and newer, sync and async, made from SoundCloud's own OpenAPI document, with a local
> SoundCloud (the sandbox) to develop and test against. Unofficial.

- Install from a clone with `pip install '.[sandbox]'`; import `soundcloud`.
- `SoundCloudClient` and `AsyncSoundCloudClient` have the same methods in the namespaces auth, tracks, users, playlists, search, me,
  likes, reposts, resolve and raw.
- Lists are pages: iterate them to walk all items; `collection` is the first page only.
- Without SoundCloud credentials use `SoundCloudClient(**Sandbox().client_settings())`; `Sandbox` is in `soundcloud.sandbox`.
- There is no help here to download streams: SoundCloud's terms forbid it.
"""


def made() -> dict[str, str]:
    """Make all of them.

    Returns:
        Texts by path from the root.
    """
    pages = {OPERATIONS: operations_page(gather(load(str(OPENAPI_JSON)), name="tools/openapi.json", root=ROOT))}
    return {**pages, "llms.txt": _index(pages), "llms-full.txt": _everything(pages)}


def operations_page(coverage: Coverage) -> str:
    """Write the table of operations, by namespace of the method."""
    table = load_handlers()
    handlers = {route.operation: route.handler for route in table.routes()}
    shown, _ = documentation(ROOT, {name for record in coverage.records for name in record.methods})
    themes = {
        page_file(name).relative_to(ROOT).as_posix()
        for title, names in sections()
        for name in names
        if title == _THEMES
    }
    menu = [page_file(name).relative_to(ROOT).as_posix() for _, names in sections() for name in names]
    # A page about the theme says more than one that only makes use of the call.
    order = sorted([*menu, "README.md"], key=lambda page: page not in themes)
    lines = [_INTRODUCTION, f"{len(coverage.records)} operations: " + ", ".join(_shares(coverage)) + ".", ""]
    lines += ["| operation | method | sandbox | shown on |", "| --- | --- | --- | --- |"]
    for record in coverage.records:
        methods = ", ".join(f"`{name}`" for name in record.methods) or "none"
        handler = handlers.get(record.id)
        pages = sorted({page for name in record.methods for page in shown.get(name, ())}, key=order.index)
        cells = [_operation(record), methods, _handler(handler), ", ".join(map(_page, pages[:_MOST])) or "nowhere"]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "A star marks what SoundCloud's document calls deprecated.", "", "## Beyond the document", ""]
    lines += [f"- `{name}`: {', '.join(what) or 'a call of its own'}" for name, what in coverage.beyond.items()]
    return "\n".join([*lines, ""])


def _shares(coverage: Coverage) -> list[str]:
    total = len(coverage.records)
    words = {
        "facade": "have a method on both clients",
        "sandbox": "are answered by the sandbox",
        "cassette": "are recorded from it and played in the tests",
        "documentation": "are shown on a page",
    }
    counts = {column: coverage.count(column) for column in words}
    return [f"{'all' if counts[column] == total else counts[column]} {text}" for column, text in words.items()]


def _operation(record: Record) -> str:
    star = " \\*" if record.deprecated else ""
    return f"`{record.method} {record.path}`{star}"


def _handler(handler: object) -> str:
    if handler is None:
        return "none"
    module = inspect.getmodule(handler)
    assert module is not None  # noqa: S101 - a handler stands in a module
    name = module.__name__.rpartition(".")[2]
    return f"[{name}](../src/{module.__name__.replace('.', '/')}.py) `{getattr(handler, '__name__', '')}`"


def _page(path: str) -> str:
    title = "README" if path == "README.md" else title_of((ROOT / path).read_text(encoding="utf-8"))
    return f"[{title}]({posixpath.relpath(path, 'docs')})"


def title_of(text: str) -> str:
    """Return the title of a page."""
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found[1] if found else ""


def _first_paragraph(text: str) -> str:
    paragraphs = re.split(r"\n{2,}", text.strip())
    for paragraph in paragraphs[1:]:
        if not paragraph.startswith(("<!--", "```", "|", "#")):
            plain = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", " ".join(paragraph.split()))
            return plain.partition(". ")[0].rstrip(":.") + "."
    return ""


def _texts(pages: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The sections of the menu, with the path and text of each page."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for title, names in sections():
        entries: list[tuple[str, str]] = []
        for name in names:
            path = page_file(name).relative_to(ROOT).as_posix()
            text = pages.get(path) or page_file(name).read_text(encoding="utf-8")
            entries.append((path, text))
        found.append((title, entries))
    return found


def _index(pages: dict[str, str]) -> str:
    lines = [_SUMMARY]
    for title, entries in _texts(pages):
        lines += [f"## {title}", ""]
        lines += [f"- [{title_of(text)}]({path}): {_first_paragraph(text)}" for path, text in entries]
        lines.append("")
    return "\n".join(lines)


def _everything(pages: dict[str, str]) -> str:
    parts = [_SUMMARY]
    for _, entries in _texts(pages):
        parts += [f"<!-- {path} -->\n\n{text.strip()}\n" for path, text in entries if path != "CHANGELOG.md"]
    return "\n".join(parts)


def main(arguments: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.docs_site.generated_pages", description="Make the pages that are made."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something would change")
    options = parser.parse_args(arguments)
    stale: list[str] = []
    for path, text in made().items():
        file = root / path
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if not options.check:
            file.write_text(text, encoding="utf-8")
            print(f"made_pages: wrote {path}", file=sys.stderr)
    if options.check and stale:
        print(f"made_pages: not as they would be made: {', '.join(stale)}; run `make docs-pages`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
