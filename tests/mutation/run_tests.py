"""Tests the mutant in the current folder, a copy of the project: runs the fast tests that run the mutated line or read the code.

Exit status: 0 if none of them fails.
"""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from coverage import CoverageData

from tests.mutation.run import TESTS

ORIGINAL = Path(os.environ["MUTATION_ORIGINAL"])
FOLDERS = [f"{folder}/" for folder in TESTS]
EVERY_LINE = range(10**6)
# They read the source code: a signature or a decorator is noticed here, although the tests do not run its line.
READERS = ("tests/typing/test_public_api.py", "tests/unit/test_signatures.py")


class Selection:
    """A pytest plugin that runs some tests, and those that read the source code."""

    def __init__(self, tests: set[str]) -> None:
        self._tests = tests

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Deselect the other tests."""
        config.hook.pytest_deselected(items=[item for item in items if not self._includes(item.nodeid)])
        items[:] = [item for item in items if self._includes(item.nodeid)]

    def _includes(self, test: str) -> bool:
        return test in self._tests or test.startswith(READERS)


def find_mutation() -> tuple[str, int]:
    """Return the file that differs from the original and the first line that does."""
    for path in sorted(Path("src").rglob("*.py")):
        before, after = ((root / path).read_text(encoding="utf-8").splitlines() for root in (ORIGINAL, Path()))
        if before != after and "_sync" not in path.parts:
            _, start, end, *_ = next(
                code for code in SequenceMatcher(None, before, after, False).get_opcodes() if code[0] != "equal"
            )
            return str(path), min(start, end) + 1
    raise SystemExit("nothing differs from the original")


def lines_of_statement(source: str, line: int) -> range:
    """Return the lines that show which tests run a line.

    These are the lines of its statement: of an `if` or a loop the head, of a function all. A statement outside of functions runs
    when the module is imported, by any test: for it these are all lines, as a test may use what attrs makes of a field.
    """
    found, inside = EVERY_LINE, False
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.stmt | ast.excepthandler):
            continue
        end = node.end_lineno or node.lineno
        start = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        if start <= line <= end:  # the innermost one comes last
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = True
                found = range(start, end + 1)
            elif inside:
                found = range(start, max(start + 1, node.body[0].lineno) if hasattr(node, "body") else end + 1)
    return found


def tests_of(path: str, line: int) -> set[str]:
    """Return the tests that run a line."""
    data = CoverageData(os.environ["COVERAGE_FILE"])
    data.read()
    lines = lines_of_statement((ORIGINAL / path).read_text(encoding="utf-8"), line)
    files = {path, path.replace("_async", "_sync")}

    def tests(files: Iterable[str], lines: range) -> set[str]:
        found = [names for file in files for each, names in data.contexts_by_lineno(file).items() if each in lines]
        return {name.rpartition("|")[0] for names in found for name in names if name}

    # A class without functions runs when the module is imported: it is used in the other modules of its folder.
    imported = any("" in data.contexts_by_lineno(file).get(each, ()) for file in files for each in lines)
    return tests(files, lines) or (tests(map(str, Path(path).parent.glob("*.py")), EVERY_LINE) if imported else set())


def main() -> int:
    """Run the command and return its exit status."""
    for folder in ("src/soundcloud", "src/soundcloud/_transport"):
        shutil.rmtree(f"{folder}/_sync")
        shutil.copytree(ORIGINAL / folder / "_sync", f"{folder}/_sync", ignore=shutil.ignore_patterns("__pycache__"))
    path, line = find_mutation()
    tests = tests_of(path, line)
    if "_async" in path:
        subprocess.run([sys.executable, "-m", "tools.codegen.unasync"], stdout=subprocess.DEVNULL, check=False)
    order = {name: next(index for index, folder in enumerate(FOLDERS) if name.startswith(folder)) for name in tests}
    files = list(dict.fromkeys(name.partition("::")[0] for name in sorted(tests, key=lambda name: (order[name], name))))
    options = ("-x", "-q", "--no-header", "--timeout=60", "-p", "no:cacheprovider", "--no-cov")
    status = pytest.main([*options, *files, *READERS], plugins=[Selection(tests)])
    print(f"{path}:{line}: {len(tests)} tests" if tests else f"{path}:{line}: no test runs this line")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
