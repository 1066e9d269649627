"""The documentation site: it has no problems, and problems are found."""

import tomllib
from pathlib import Path

import pytest

from soundcloud import errors
from tests.docs.site_checks import find_problems, undocumented
from tools.docs_site import build, generated_pages
from tools.docs_site import pages as pages_module
from tools.docs_site.diagrams import draw
from tools.docs_site.pages import SiteError, sections, stage
from tools.docs_site.public_names import homes
from tools.docs_site.reference import reference_pages

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DIAGRAM = """
sequenceDiagram
    participant A as one & all
    actor B as two
    A->>B: a question
    B-->>A: an answer that is so long that it takes two lines
    B->>B: a thought
    Note over A,B: both know
"""


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """Replace docs/ by a folder with one page."""
    docs = tmp_path / "project" / "docs"
    docs.mkdir(parents=True)
    (docs / "navigation.toml").write_text('[[section]]\ntitle = "Start"\npages = ["index.md"]\n')
    (docs / "zensical.toml").write_text((ROOT / "docs" / "zensical.toml").read_text(encoding="utf-8"))
    (docs / "index.md").write_text("# Start\n")
    monkeypatch.setattr(pages_module, "ROOT", docs.parent)
    monkeypatch.setattr(pages_module, "DOCS", docs)
    return docs


@pytest.fixture
def built(tmp_path):
    """Return a function that writes a page of a site and returns its problems, apart from the missing reference."""
    folder = tmp_path / "site"
    folder.mkdir()

    def write(name="index.html", body=""):
        (folder / name).write_text(f"<html><body><p id='here'>{body}</p></body></html>")
        return [problem for problem in find_problems(folder) if "in the reference" not in problem]

    return write


def test_the_site_has_no_problems(tmp_path):
    build.build(tmp_path / "built")
    assert find_problems(tmp_path / "built") == []

    text = (tmp_path / "built" / "signing-in.html").read_text(encoding="utf-8")
    assert '<figure class="sequence">' in text
    assert "mermaid" not in text
    assert "no-run" not in text
    # The name of a page in a docstring is a link on the site.
    reference = (tmp_path / "built" / "reference" / "soundcloud.errors.html").read_text(encoding="utf-8")
    assert 'href="../errors.html#notfounderror"' in reference


def test_every_page_is_in_the_menu_once():
    menu = tomllib.loads((ROOT / "docs" / "navigation.toml").read_text(encoding="utf-8"))["section"]
    named = [page for section in menu for page in section["pages"]]

    assert len(named) == len(set(named))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} <= {*named}


def test_a_missing_page_of_the_menu_is_an_error(pages):
    assert sections() == [("Start", ["index.md"])]

    (pages / "navigation.toml").write_text('[[section]]\ntitle = "Start"\npages = ["index.md", "gone.md"]\n')
    with pytest.raises(SiteError, match=r"missing pages: gone\.md"):
        sections()


@pytest.mark.parametrize("link", ["gone.md", "../gone.py", "../../outside"])
def test_a_link_to_a_missing_file_is_an_error(link, pages, tmp_path):
    (pages / "index.md").write_text(f"# Start\n[there]({link})\n")

    with pytest.raises(SiteError, match=r"index\.md links to"):
        stage(tmp_path / "staged")


def test_a_link_to_a_missing_anchor_is_an_error(pages, tmp_path):
    (pages / "index.md").write_text("# Start\n[there](#nowhere)\n")

    with pytest.raises(SiteError, match="anchor does not exist"):
        build.build(tmp_path / "built")


def test_a_link_to_a_file_of_the_project_leads_to_a_page_with_its_content(pages, tmp_path):
    (pages.parent / "code.py").write_text("print()\n")
    (pages.parent / "large.json").write_text(" " * 100_000)
    (pages.parent / "folder").mkdir()
    (pages.parent / "folder" / "inside.txt").write_text("")
    (pages / "index.md").write_text("[a](../code.py) [b](../large.json) [c](../folder)\n```python\n[d](../gone)\n```\n")
    stage(tmp_path / "staged")
    staged = tmp_path / "staged" / "docs"

    text = (staged / "index.md").read_text()
    assert text.startswith("[a](source/code.py.md) [b](source/large.json) [c](source/folder.md)\n")
    assert "[d](../gone)" in text  # code is left alone
    assert "print()" in (staged / "source" / "code.py.md").read_text()
    assert "- inside.txt" in (staged / "source" / "folder.md").read_text()


def test_broken_links_and_loaded_files_are_found(built):
    assert built() == []
    assert built(body="<a href='other.html'>x</a>") == ["index.html links to other.html, which does not exist"]
    assert built(body="<a href='#here'>x</a><a href='https://example.com/#x'>y</a>") == []
    assert built(body="<a href='index.html#gone'>x</a>") == [
        "index.html links to index.html#gone, but that page has no such anchor"
    ]
    assert built(body="<script src='https://cdn.example.com/a.js'></script>") == [
        "index.html loads https://cdn.example.com/a.js from another host"
    ]
    assert built(body="<img src='gone.png'>") == ["index.html loads gone.png, which does not exist"]


def test_a_name_without_an_entry_in_the_reference_is_found(tmp_path):
    (tmp_path / "index.html").write_text("<p>nothing</p>")

    problems = find_problems(tmp_path)
    assert "soundcloud.NotFoundError has no entry in the reference" in problems
    assert "client.tracks.get_track has no entry in the reference" in problems


def test_every_public_name_has_a_docstring(monkeypatch):
    assert undocumented() == []

    monkeypatch.setattr(errors.NotFoundError, "__doc__", None)
    assert undocumented() == ["soundcloud.NotFoundError", "soundcloud.errors.NotFoundError"]


def test_every_public_name_is_described_once():
    text = "\n".join(reference_pages().values())

    for place in set(homes().values()):
        assert text.count(f"::: {place}\n") + text.count(f"{{ #{place} }}") == 1, place


def test_a_diagram_becomes_svg():
    drawn = draw(DIAGRAM)

    assert "\n\n" not in drawn  # one block for Markdown
    assert "one &amp; all" in drawn
    assert drawn.count('class="call"') == 2
    assert drawn.count('class="answer"') == 1
    assert drawn.count('class="life"') == 2
    assert "both know" in drawn


def test_an_unknown_line_of_a_diagram_is_an_error():
    with pytest.raises(ValueError, match="'loop every night'"):
        draw("sequenceDiagram\nloop every night")


def test_the_generated_pages_are_up_to_date(capsys):
    assert generated_pages.main(["--check"]) == 0, capsys.readouterr().err


def test_stale_generated_pages_are_named(tmp_path, capsys):
    (tmp_path / "docs").mkdir()
    assert generated_pages.main(["--check"], root=tmp_path) == 1
    assert (
        "out of date: docs/operations.md, docs/command-line.md, llms.txt, llms-full.txt; run `make docs-pages`"
        in capsys.readouterr().err
    )
    assert not (tmp_path / "llms.txt").exists()

    assert generated_pages.main([], root=tmp_path) == 0
    assert generated_pages.main(["--check"], root=tmp_path) == 0
    assert (tmp_path / "llms.txt").read_text(encoding="utf-8").startswith("# soundcloud-sdk\n\n> ")
