"""The code of the README, the documentation and the examples has no errors in pyright strict and mypy --strict."""

import ast
import json
import sys
from pathlib import Path

import pytest

from tests.helpers.snippets import notebook_module, page_module, snippets
from tests.helpers.type_checkers import ROOT, mypy, pyright, run

pytestmark = pytest.mark.slow

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
# Packages that are not in the development set, or that have no types: blocks that import one of them are not checked.
UNCHECKED_PACKAGES = {
    "a2wsgi",
    "authlib",
    "django",
    "flask",
    "logfire",
    "opentelemetry.instrumentation.httpx",
    "pook",
    "pytest_httpx",
    "pytest_socket",
    "respx",
    "sentry_sdk",
    "soundcloud.contrib",
    "testcontainers",
    "vcr",
}
# The program for the package of 2015, which was called `soundcloud` too.
OTHER_PROGRAM = "client = soundcloud.Client("


def imported(code: str) -> set[str]:
    """Return the modules that code imports."""
    nodes = [*ast.walk(ast.parse(code))]
    modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return modules | {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}


def is_unchecked(code: str) -> bool:
    modules = imported(code)
    return OTHER_PROGRAM in code or any(
        module == package or module.startswith(f"{package}.") for module in modules for package in UNCHECKED_PACKAGES
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Write the code of each page, notebook and example to a file of its own, with the line numbers of the page."""
    folder = tmp_path_factory.mktemp("code")
    texts = {page.name: page_module(page.read_text(encoding="utf-8"), is_unchecked) for page in PAGES}
    texts |= {notebook.name: notebook_module(notebook) for notebook in NOTEBOOKS}
    for name, text in texts.items():
        if text.strip():
            (folder / f"{module_name(name)}.py").write_text(text, encoding="utf-8")
    return sorted(folder.glob("*.py"))


def module_name(file: str) -> str:
    return file.lower().replace("-", "_").replace(".", "_")


def test_pyright_finds_no_errors(files, tmp_path):
    report = pyright(tmp_path, *files)
    # In place, because the modules of the web app import each other.
    examples = json.loads(run("pyright", "--pythonpath", sys.executable, "--outputjson", *EXAMPLES).stdout)
    problems = [
        f"{Path(problem['file']).name}:{problem['range']['start']['line'] + 1}: {problem['message']}"
        for problem in [*report["generalDiagnostics"], *examples["generalDiagnostics"]]
    ]

    assert report["summary"]["filesAnalyzed"] == len(files)
    assert examples["summary"]["filesAnalyzed"] == len(EXAMPLES)
    assert problems == []


def test_mypy_finds_no_errors(files, tmp_path):
    lines = mypy(tmp_path, *files, *EXAMPLES)
    problems = [
        f"{Path(line.partition(':')[0]).name}:{line.partition(':')[2]}" for line in lines if ": error: " in line
    ]

    assert lines[-1] in {"exit status 0", "exit status 1"}
    assert problems == []
    assert problems or lines == ["exit status 0"]


def test_no_code_ignores_an_error():
    texts = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
    code = {name: "".join(found for _, found, _ in snippets(text)) for name, text in texts.items()}
    code |= {notebook.name: notebook_module(notebook) for notebook in NOTEBOOKS}
    code |= {example.name: example.read_text(encoding="utf-8") for example in EXAMPLES}

    assert [name for name, text in code.items() if "type: ignore" in text or "pyright: " in text] == []


def test_every_unchecked_package_is_used():
    blocks = [code for page in PAGES for _, code, _ in snippets(page.read_text(encoding="utf-8"))]
    modules = {module for code in blocks for module in imported(code)}

    assert {
        package
        for package in UNCHECKED_PACKAGES
        if not any(module == package or module.startswith(f"{package}.") for module in modules)
    } == set()
    assert sum(OTHER_PROGRAM in code for code in blocks) == 1
