"""The documentation site: it has no problems, and problems are found."""

import re
import shutil
from pathlib import Path

import pytest

import soundcloud
from soundcloud import errors
from tests.docs.site_checks import find_problems, undocumented
from tools.docs_site import build, generated_pages
from tools.docs_site import pages as pages_module
from tools.docs_site.diagrams import draw
from tools.docs_site.pages import Section, SiteError, description_of, sections, stage
from tools.docs_site.public_names import homes
from tools.docs_site.reference import reference_pages
from tools.packaging.project_site import ProjectSite

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.com/example/soundcloud-sdk"
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


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site with the URL of a repository that does not exist."""
    folder = tmp_path_factory.mktemp("site") / "built"
    build.build(folder, ProjectSite(REPOSITORY, published=False))
    return folder


def read(site, page):
    return (site / page).read_text(encoding="utf-8")


def test_the_site_has_no_problems(site):
    assert find_problems(site) == []

    text = read(site, "signing-in.html")
    assert '<figure class="sequence">' in text
    assert "mermaid" not in text
    assert "no-run" not in text
    # The name of a page in a docstring is a link on the site.
    assert 'href="../errors.html#notfounderror"' in read(site, "reference/soundcloud.errors.html")


def test_the_home_page_has_tabs_and_both_pictures(site):
    text = read(site, "index.html")

    assert re.findall(r'<label for="__tabbed_1_\d">([^<]+)', text) == ["Sync", "Async", "Command line"]
    assert re.findall(r'src="images/product-(\w+)\.webp#only-(\w+)"', text) == [("light", "light"), ("dark", "dark")]
    assert f"soundcloud-sdk {soundcloud.__version__}" in text
    assert "<!-- site:" not in text


def test_every_page_has_a_description_and_a_preview(site):
    pages = {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    written = {name: text for name, text in pages.items() if not name.startswith(("source/", "404", "coverage"))}
    descriptions = {
        name: re.search(r'<meta name="description" content="([^"]+)"', text)[1] for name, text in written.items()
    }

    assert [
        name for name, text in written.items() if f'og:description" content="{descriptions[name]}"' not in text
    ] == []
    guides = {name: text for name, text in descriptions.items() if "/" not in name}
    assert [name for name, text in guides.items() if not 20 < len(text) < 200] == []
    assert len({*guides.values()}) == len(guides)
    address = "https://example.github.io/soundcloud-sdk"
    assert f'<meta property="og:image" content="{address}/images/product-light.webp">' in pages["uploads.html"]
    assert f'<link rel="canonical" href="{address}/uploads.html">' in pages["uploads.html"]
    assert f"<loc>{address}/uploads.html</loc>" in read(site, "sitemap.xml")


def test_every_edit_link_leads_to_its_file(site):
    links = {
        path.name: re.search(
            rf'href="{REPOSITORY}/edit/main/([^"]+)"[^>]* rel="edit"', path.read_text(encoding="utf-8")
        )
        for path in site.glob("*.html")
    }

    assert links.pop("404.html") is None
    assert links.pop("coverage.html") is None
    assert {name for name, link in links.items() if link is None} == set()
    assert {name for name, link in links.items() if Path(link[1]).stem.lower() != Path(name).stem} == set()
    assert [link[1] for link in links.values() if not (ROOT / link[1]).is_file()] == []


def test_the_texts_for_language_models_are_built_with_the_site(site):
    index, everything = read(site, "llms.txt"), read(site, "llms-full.txt")

    links = re.findall(r"\]\(([^)]+)\)", index)
    assert len(links) > 30
    assert [link for link in links if not (site / link).is_file()] == []
    assert "<!-- docs/uploads.md -->\n\n# " in everything
    assert not (ROOT / "llms-full.txt").exists()


def test_without_a_repository_nothing_links_to_one(tmp_path):
    config = stage(tmp_path / "staged", ProjectSite("", published=False)).read_text(encoding="utf-8")

    assert "repo_url" not in config
    assert "edit_uri" not in config
    assert "site_url" not in config


@pytest.mark.parametrize(
    ("page", "description"),
    [
        ("# T\n\nUse `a` to [do](b.md) it. More.\n", "Use a to do it."),
        ("# T\n\n<!-- a mark -->\n\n```sh\nx\n```\n\nAfter the code\nin two lines:\n", "After the code in two lines."),
        ("# T\n\nVersion 0.1 of it. More.\n", "Version 0.1 of it."),
        ("# T\n", ""),
    ],
)
def test_the_first_sentence_describes_a_page(page, description):
    assert description_of(page) == description


def test_every_page_is_in_the_menu_once():
    named = [page for section in sections() for page in section.pages]

    assert len(named) == len(set(named))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} <= {*named}


def test_a_missing_page_of_the_menu_is_an_error(pages):
    assert sections() == [Section("Start", ["index.md"])]

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

    text = (staged / "index.md").read_text().partition("\n---\n\n")[2]
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
    for name in ("docs", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "README.md", tmp_path)
    page = tmp_path / "docs" / "get-started.md"
    page.write_text(page.read_text(encoding="utf-8").replace('install ".[', 'install "soundcloud-sdk['))
    (tmp_path / "docs" / "operations.md").unlink()
    stale = "out of date: docs/get-started.md, docs/operations.md, llms.txt; run `make docs-pages`"
    assert generated_pages.main(["--check"], root=tmp_path) == 1
    assert stale in capsys.readouterr().err
    assert not (tmp_path / "llms.txt").exists()

    assert generated_pages.main([], root=tmp_path) == 0
    assert generated_pages.main(["--check"], root=tmp_path) == 0
    assert (tmp_path / "llms.txt").read_text(encoding="utf-8").startswith("# soundcloud-sdk\n\n> ")
