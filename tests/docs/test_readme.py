"""The README: snippets run in order against the sandbox; linked files and make targets exist."""

import re
import tomllib
from pathlib import Path

import pytest

from soundcloud import errors
from soundcloud_api.operations import OPERATIONS
from tools.docs_site.generated_pages import benchmarks_page

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
LINKS = [
    (path.name, link)
    for path in sorted(ROOT.glob("*.md"))
    for pattern in (r"\]\((?!https?://)([^)#]+)", r'(?:src|srcset)="([^"]+)"')
    for link in re.findall(pattern, path.read_text(encoding="utf-8"))
]


def test_every_snippet_runs(capsys):
    namespace = {}
    try:
        for snippet in SNIPPETS:
            exec(compile(snippet, "README.md", "exec"), namespace)
    finally:
        for name in ("client", "sandbox"):
            if name in namespace:
                namespace[name].close()
    printed = capsys.readouterr().out.splitlines()

    assert len(SNIPPETS) == 3
    assert [" by " in line for line in printed[:3]] == [True] * 3
    assert [re.sub(r"\d+", "N", line) for line in printed[3:]] == [
        "N tracks on the first page, N on all pages",
        "ada-night found N users",
    ]


def test_the_first_screen_is_short():
    lines = README.splitlines()

    assert len(lines) <= 120
    assert len(SNIPPETS[0].strip().splitlines()) == 7  # six of code and a blank one


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_linked_files_exist(page, link):
    assert (ROOT / link).exists(), f"{page} links to {link}"


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    named = {name for path in pages for name in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8"))}

    assert named
    assert {name for name in named if f"\n{name}:" not in makefile} == set()


def test_the_numbers_are_right():
    classes = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, Exception)]
    comparison = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert f"All {len(OPERATIONS)} operations" in README
    assert f"with a method | {len(OPERATIONS)} of {len(OPERATIONS)} |" in README
    assert f"with a typed method | {len(OPERATIONS)} of {len(OPERATIONS)} |" in comparison
    assert f"Each of the {len(classes)} error classes" in README
    assert f"with what to do | {len(classes)} |" in comparison
    assert f"(this package has {len(project['dependencies'])})" in README
    assert f"This package has {len(project['dependencies'])}." in comparison


def test_the_results_of_the_benchmarks_are_those_of_the_stored_run():
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    stored = (ROOT / "benchmarks" / "results.md").read_text(encoding="utf-8")
    long_lists = re.search(r"^\| read 10,000 tracks page by page, sync \| ([\d.]+) of the peer \|$", page, re.MULTILINE)

    assert benchmarks_page(page, stored) == page
    # The README, docs/benchmarks.md and docs/comparison.md say so.
    assert 0.9 < float(long_lists[1]) < 1.1


def test_a_missing_result_is_an_error():
    with pytest.raises(ValueError, match="no result 'of the peer' for 'tracks one after another, sync, typed'"):
        benchmarks_page("", "| case | ours |\n")
