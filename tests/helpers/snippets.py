"""The Python code of Markdown pages and of notebooks."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

FENCE = re.compile(r"^```(\S+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def snippets(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the Python blocks of a page: the words after the language, the code and the number of lines before it."""
    for found in FENCE.finditer(text):
        if found[1].startswith("python"):
            yield found[2].strip(), found[3], text.count("\n", 0, found.start(3))


def page_module(text: str, excluded: Callable[[str], bool] = lambda code: False) -> str:
    """Return the Python blocks of a page as one module, with the line numbers of the page, without the excluded blocks."""
    lines = [""] * text.count("\n")
    for _, code, before in snippets(text):
        if not excluded(code):
            found = code.splitlines()
            lines[before : before + len(found)] = found
    return "\n".join(lines) + "\n"


def notebook_module(path: Path) -> str:
    """Return the code cells of a notebook as one module."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return "\n\n".join(code) + "\n"
