"""The settings [tool.project-site]: the long description of the package, its URLs, badges and install lines."""

import re
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from readme_renderer.clean import clean

from soundcloud import __version__
from tools.packaging.project_site import ProjectSite

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.com/example/soundcloud-sdk"
BASES = {f"{REPOSITORY}/{kind}/v{__version__}/" for kind in ("blob", "raw")}


def build(folder, repository):
    """Build the wheel with a repository and return its metadata."""
    project = folder / "project"
    project.mkdir()
    for name in ("src", "generated", "tools"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, project)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    settings = re.sub(r'^repository = ".*?"', f'repository = "{repository}"', settings, count=1, flags=re.MULTILINE)
    (project / "pyproject.toml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def render(metadata):
    """Return the long description as a package index shows it: rendered, and without the HTML that it does not allow."""
    text = metadata.get_payload(decode=True).decode()
    return clean(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def links_of(html):
    return re.findall(r'(?:href|src|srcset)="([^"]+)"', html)


@pytest.mark.slow
def test_every_link_of_the_long_description_is_absolute_and_leads_to_a_file(tmp_path):
    metadata = build(tmp_path, REPOSITORY)
    html = render(metadata)
    links = links_of(html)
    ours = {link: base for link in links for base in BASES if link.startswith(base)}

    assert len(ours) > 15
    assert [link for link in links if urlsplit(link).scheme != "https"] == []
    assert [
        link for link, base in ours.items() if not (ROOT / link.removeprefix(base).partition("#")[0]).exists()
    ] == []
    assert sum(link.endswith(".webp") and "/raw/" in link for link in links) == 1  # PyPI removes <source>
    assert f'srcset="{REPOSITORY}/raw/v{__version__}/docs/images/product-dark.webp"' in str(metadata.get_payload())
    assert "<!--" not in html
    assert {line.partition(", ")[0] for line in metadata.get_all("Project-URL")} == {
        "Homepage",
        "Documentation",
        "Changelog",
        "Issues",
    }
    assert f"Homepage, {REPOSITORY}" in metadata.get_all("Project-URL")


@pytest.mark.slow
def test_without_a_repository_the_long_description_has_text_in_place_of_links(tmp_path):
    metadata = build(tmp_path, "")
    html = render(metadata)

    assert links_of(html) == []
    assert "Find the method for a path." in html
    assert "<img" not in html
    assert metadata.get_all("Project-URL") is None


def test_links_in_code_stay():
    text = "[a](b.md)\n\n```md\n[a](b.md)\n```\n"

    assert ProjectSite(REPOSITORY, published=True).long_description(text, "1.0") == (
        f"[a]({REPOSITORY}/blob/v1.0/b.md)\n\n```md\n[a](b.md)\n```\n"
    )


def test_an_anchor_leads_to_the_readme():
    text = ProjectSite(REPOSITORY, published=True).long_description("[a](#b) ![c](./d.png) [e](https://e.org)", "1.0")

    assert text == f"[a]({REPOSITORY}/blob/v1.0/README.md#b) ![c]({REPOSITORY}/raw/v1.0/d.png) [e](https://e.org)"


@pytest.mark.parametrize(
    ("line", "before", "after"),
    [
        ('pip install "soundcloud-sdk[web]" fastapi', 'pip install "/path/to/clone[web]" fastapi', None),
        (
            "pip install '.[cli,sandbox]'",
            'pip install "/path/to/clone[cli,sandbox]"',
            'pip install "soundcloud-sdk[cli,sandbox]"',
        ),
        (r"pip install \"soundcloud-sdk[web]\"", r"pip install \"/path/to/clone[web]\"", None),
        ("`pip install soundcloud-sdk`", "`pip install /path/to/clone`", None),
        ("pip install -e '.[web]'", "pip install -e '.[web]'", None),
        ("pip install soundcloud-sdk-extras", "pip install soundcloud-sdk-extras", None),
    ],
)
def test_the_install_lines_follow_the_setting(line, before, after):
    assert ProjectSite("", published=False).apply(line) == before
    assert ProjectSite("", published=True).apply(before) == (after or line)
    assert ProjectSite("", published=False).apply(line, ".") == before.replace("/path/to/clone", ".")


def test_the_install_block_and_the_badges_follow_the_settings():
    text = "<!-- badges -->\nold\n<!-- /badges -->\n<!-- install -->\nold\n<!-- /install -->\n"
    before = ProjectSite("", published=False).apply(text)
    clone = ProjectSite(REPOSITORY, published=False).apply(text)
    published = ProjectSite(REPOSITORY, published=True).apply(text)

    assert before.startswith("<!-- badges -->\n<!-- /badges -->\n")
    assert "not on PyPI yet" in before
    assert '\npip install ".[sandbox]"\n' in before
    assert f'\ngit clone {REPOSITORY}\ncd soundcloud-sdk\npip install ".[sandbox]"\n' in clone
    assert "actions/workflows/ci.yml/badge.svg" in clone
    assert "pypi" not in clone.lower().replace("not on pypi", "")
    assert '\npip install "soundcloud-sdk[sandbox]"\n' in published
    assert "![PyPI](https://img.shields.io/pypi/v/soundcloud-sdk)" in published
    assert ProjectSite(REPOSITORY, published=True).apply(published) == published


def test_the_site_is_on_github_pages_or_nowhere():
    assert ProjectSite(REPOSITORY, published=False).documentation == "https://example.github.io/soundcloud-sdk/"
    elsewhere = ProjectSite("https://code.example.com/a/b", published=False)
    assert elsewhere.documentation == ""
    assert elsewhere.urls()["Documentation"] == "https://code.example.com/a/b/blob/main/docs/index.md"
    assert elsewhere.badges() == ""
    assert ProjectSite("", published=False).urls() == {}


@pytest.mark.parametrize("repository", ["example/soundcloud-sdk", "http://github.com/a/b", "https://github.com"])
def test_a_repository_that_is_not_an_https_url_is_an_error(repository, tmp_path):
    (tmp_path / "pyproject.toml").write_text(f'[tool.project-site]\nrepository = "{repository}"\npublished = false\n')

    with pytest.raises(ValueError, match=re.escape(repr(repository))):
        ProjectSite.read(tmp_path)
