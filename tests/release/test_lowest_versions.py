"""The tests that run with the lowest and the newest versions have all that they import: tools/packaging/minimal_test.py."""

import ast
import sys
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.packaging.minimal_test import TESTS, TOOLS

ROOT = Path(__file__).parents[2]
OWN = {"benchmarks", "examples", "soundcloud", "soundcloud_api", "tests", "tools"}


def imported(file):
    """Return the packages that a module imports when it is imported."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).partition(".")[0]


def with_dependencies(name, extra, found):
    """Add a distribution and all that it needs here to `found`."""
    if name in found:
        return
    found.add(name)
    for text in distribution(name).requires or ():
        needed = Requirement(text)
        if needed.marker is None or any(needed.marker.evaluate({"extra": each}) for each in {"", *extra}):
            with_dependencies(canonicalize_name(needed.name), needed.extras, found)


def test_tests_import_nothing_else():
    extras = distribution("soundcloud-sdk").metadata.get_all("Provides-Extra")
    installed = {canonicalize_name(tool) for tool in TOOLS}
    with_dependencies("soundcloud-sdk", extras, installed)
    files = [file for folder in (*TESTS, "tests/helpers") for file in (ROOT / folder).rglob("*.py")]
    packages = {package for file in [*files, ROOT / "tests" / "conftest.py"] for package in imported(file)}
    origins = packages_distributions()
    third_party = packages - OWN - set(sys.stdlib_module_names)

    assert {"attrs", "httpx", "pytest"} <= third_party
    missing = {name for name in third_party if not installed & {canonicalize_name(each) for each in origins[name]}}
    assert missing == set()
