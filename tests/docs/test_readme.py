"""The README: snippets run in order against the sandbox; linked files and make targets exist."""

import re
from pathlib import Path

import pytest

from soundcloud import errors
from soundcloud_api.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
LINKS = [
    (path.name, link)
    for path in sorted(ROOT.glob("*.md"))
    for link in re.findall(r"\]\((?!https?://)([^)#]+)", path.read_text(encoding="utf-8"))
]


def test_every_snippet_runs(retrying, capsys):
    namespace = {}
    try:
        for snippet in SNIPPETS:
            exec(compile(snippet, "README.md", "exec"), namespace)
    finally:
        for name in ("client", "sandbox"):
            if name in namespace:
                namespace[name].close()
    printed = capsys.readouterr().out

    assert len(SNIPPETS) >= 6
    assert "HTTP 404" in printed
    assert "retry 2 after HTTP 503\n/me 200 sent\n/me 200 from the cache\n" in printed
    assert "200" in printed


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_linked_files_exist(page, link):
    assert (ROOT / link).exists(), f"{page} links to {link}"


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    named = {name for path in pages for name in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8"))}

    assert named
    assert {name for name in named if f"\n{name}:" not in makefile} == set()


def test_the_numbers_of_the_table_are_right():
    classes = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, Exception)]

    assert f"with a typed method | {len(OPERATIONS)} of {len(OPERATIONS)} |" in README
    assert f"with what to do | {len(classes)} |" in README
