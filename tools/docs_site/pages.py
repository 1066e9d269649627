"""Collects the pages of the site: those of docs/, those of the root, the files that they link to, and the menu.

Three marks in a page are for the site only; a code host does not show them:

    <!-- site: text -->               the text is shown
    <!-- tabs --> ... <!-- /tabs -->  each line in bold letters starts a tab
    <picture>                         follows the site's switch between light and dark, not the system's
"""

import json
import posixpath
import re
import textwrap
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path

from soundcloud import __version__
from tools.docs_site.diagrams import draw
from tools.docs_site.reference import FOLDER, reference_descriptions, reference_pages
from tools.packaging.project_site import BRANCH, PACKAGE, ProjectSite

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SOURCE = "source"
COVERAGE = "coverage.html"
LARGE = 60_000
"""A linked file above this many bytes is copied instead of shown as a page."""

_LINK = re.compile(r"(\]\()(?!https?://|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")
_FENCE = re.compile(r"^ *```(\S*)[^\n]*\n.*?^ *```$", re.MULTILINE | re.DOTALL)
_SITE_ONLY = re.compile(r"<!-- site: (.*?) -->", re.DOTALL)
_BLOCK_MARK = re.compile(r"<!-- /?(?:badges|install|results) -->\n")
_TABS = re.compile(r"<!-- tabs -->\n(.*?)<!-- /tabs -->\n?", re.DOTALL)
_PICTURE = re.compile(
    r'<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="(?P<dark>[^"]+)">\s*'
    r'<img (?P<before>[^>]*)src="(?P<light>[^"]+)"(?P<after>[^>]*)>\s*</picture>'
)
_COPIED = {".css", ".js", ".png", ".svg", ".webp"}
_LANGUAGES = {".py": "python", ".toml": "toml", ".json": "json", ".yml": "yaml", ".mjs": "javascript"}


class SiteError(Exception):
    """The site cannot be built; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the menu; a section with a tab is a group within that tab."""

    title: str
    pages: list[str]
    tab: str | None = None


def sections() -> list[Section]:
    """Return the sections of the menu."""
    menu = tomllib.loads((DOCS / "navigation.toml").read_text(encoding="utf-8"))
    found = [Section(**section) for section in menu["section"]]
    if missing := [page for section in found for page in section.pages if not page_file(page).is_file()]:
        raise SiteError(f"docs/navigation.toml names missing pages: {', '.join(missing)}")
    return found


def page_file(page: str) -> Path:
    """Return the path of a page: in docs/, or in the root if its name is in capital letters."""
    return (ROOT if page.partition(".")[0].isupper() else DOCS) / page


def description_of(text: str) -> str:
    """Return the first sentence of a page, which describes it in search results, in link previews and in llms.txt."""
    for paragraph in re.split(r"\n{2,}", text.strip()):
        plain = " ".join(re.sub(r"<!--.*?-->", "", paragraph, flags=re.DOTALL).split())
        if plain and not plain.startswith(("```", "|", "#", "<", "---", "!", ":::", "- ")):
            plain = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", plain)
            sentence = re.split(r"(?<=[.:!?]) (?=[A-Z`])", plain)[0]
            return sentence.rstrip(":.").replace("`", "").replace("**", "") + "."
    return ""


def stage(folder: Path, project: ProjectSite | None = None) -> Path:
    """Write the sources of the site to an empty folder, and return the path of zensical's configuration file.

    Args:
        folder: The empty folder.
        project: Settings other than those of pyproject.toml.

    Raises:
        SiteError: A page is missing, or a link is broken.
    """
    project = project or ProjectSite.read()
    pages = folder / "docs"
    pages.mkdir(parents=True)
    menu = sections()
    wanted: dict[str, Path] = {}
    for page in [page for section in menu for page in section.pages]:
        file = page_file(page)
        text = _rewrite(file, wanted)
        head = {"source": file.relative_to(ROOT).as_posix(), "description": description_of(text)}
        (pages / page.lower()).write_text(_front_matter(head, home=page == "index.md") + text, encoding="utf-8")
    reference = reference_pages()
    described = reference_descriptions()
    for name, text in reference.items():
        target = pages / FOLDER / name
        target.parent.mkdir(exist_ok=True)
        head = {"description": described.get(name) or description_of(text)}
        target.write_text(_front_matter(head) + text, encoding="utf-8")
    for place, file in wanted.items():
        _show(file, pages / place)
    for file in DOCS.rglob("*"):
        if file.suffix in _COPIED:
            target = pages / file.relative_to(DOCS)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    config = folder / "zensical.toml"
    config.write_text(_settings(menu, [*reference], project), encoding="utf-8")
    return config


def _front_matter(values: dict[str, str], *, home: bool = False) -> str:
    """Write the front matter of a page; JSON strings are YAML too. The theme writes the values into HTML as they are."""
    lines = [f"{name}: {json.dumps(escape(value))}" for name, value in values.items()]
    if home:
        lines.append("hide: [navigation, toc]")
    return "\n".join(["---", *lines, "---", "", ""])


def _settings(menu: list[Section], reference: list[str], project: ProjectSite) -> str:
    """Return the content of zensical.toml with the menu, the version and the URLs."""
    own = [f"nav = [{', '.join(_navigation(menu, reference))}]", f'site_name = "{PACKAGE} {__version__}"']
    if project.repository:
        own += [f'repo_url = "{project.repository}"', 'repo_name = "Source"', f'edit_uri = "edit/{BRANCH}"']
    if project.documentation:
        own.append(f'site_url = "{project.documentation}"')
    theme = json.dumps(str(Path(__file__).parent / "theme"))
    extension = json.dumps(str(Path(__file__).parent / "griffe_extension.py"))
    paths = json.dumps([str(ROOT / "src"), str(ROOT / "generated")])
    settings = (DOCS / "zensical.toml").read_text(encoding="utf-8")
    settings = settings.replace("[project]\n", "\n".join(["[project]", *own, ""]), 1)
    settings = settings.replace("[project.theme]\n", f"[project.theme]\ncustom_dir = {theme}\n", 1)
    return f"{settings}extensions = [{extension}]\n\n[project.plugins.mkdocstrings.handlers.python]\npaths = {paths}\n"


def _navigation(menu: list[Section], reference: list[str]) -> list[str]:
    """Write the menu in TOML: a tab for each section or group of sections; a section of one page is that page."""
    tabs: dict[str, list[str]] = {}
    for section in menu:
        pages = [json.dumps(page.lower()) for page in section.pages]
        if section.title == "Reference":
            pages += [f"{{ Coverage = {json.dumps(COVERAGE)} }}", *_reference_menu(reference)]
        if section.tab is None:
            tabs[section.title] = pages
        else:
            tabs.setdefault(section.tab, []).append(_entry(section.title, pages))
    return [
        f"{{ {json.dumps(title)} = {items[0]} }}" if len(items) == 1 else _entry(title, items)
        for title, items in tabs.items()
    ]


def _entry(title: str, items: list[str]) -> str:
    """Write a section of the menu in TOML, in which a JSON string is a string too."""
    return f"{{ {json.dumps(title)} = [{', '.join(items)}] }}"


def _reference_menu(names: list[str]) -> list[str]:
    methods = [name for name in names if name.startswith("client.") and name != "client.md"]
    modules = [name for name in names if name.startswith("soundcloud")]
    first = [name for name in names if name not in methods and name not in modules]
    paths = {name: json.dumps(f"{FOLDER}/{name}") for name in names}
    groups = {"Methods": methods, "Modules": modules}
    folded = [_entry(title, [paths[name] for name in group]) for title, group in groups.items()]
    return [*(paths[name] for name in first), *folded]


def _rewrite(file: Path, wanted: dict[str, Path]) -> str:
    """Return a page with its diagrams as SVG and its links as on the site; add the linked files to `wanted`."""
    text = _TABS.sub(_tabs, _BLOCK_MARK.sub("", _SITE_ONLY.sub(r"\1", file.read_text(encoding="utf-8"))))
    text = _PICTURE.sub(_picture, text)

    def replace(found: re.Match[str]) -> str:
        return f"{found[1]}{_target(file, found[2], wanted)}{found[3] or ''})"

    parts: list[str] = []
    end = 0
    for fence in _FENCE.finditer(text):
        parts.append(_LINK.sub(replace, text[end : fence.start()]))
        diagram = fence[0].split("\n", 1)[1].rpartition("\n")[0]
        # Words after the language (`no-run`) are for tests/docs.
        code = re.sub(r"^( *```\w+) .*", r"\1", fence[0])
        parts.append(draw(diagram) if fence[1] == "mermaid" else code)
        end = fence.end()
    return "".join([*parts, _LINK.sub(replace, text[end:])])


def _tabs(found: re.Match[str]) -> str:
    """Return a block of tabs in the syntax of pymdownx.tabbed."""
    _, *parts = re.split(r"^\*\*(.+)\*\*\n", found[1], flags=re.MULTILINE)
    tabs = [
        f'=== "{title}"\n\n{textwrap.indent(body.strip(), "    ")}\n'
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    ]
    return "\n".join(tabs)


def _picture(found: re.Match[str]) -> str:
    """Return both images of a `<picture>`; the theme hides one. It is lazy, so that a browser does not load the hidden one."""
    images = [("light", found["light"]), ("dark", found["dark"])]
    return "\n".join(
        f'<img loading="lazy" {found["before"]}src="{path}#only-{scheme}"{found["after"]}>' for scheme, path in images
    )


def _target(file: Path, link: str, wanted: dict[str, Path]) -> str:
    if link == COVERAGE:
        return link  # built with the site
    path = (file.parent / link).resolve()
    if not path.exists() or not path.is_relative_to(ROOT):
        raise SiteError(f"{file.relative_to(ROOT)} links to {link}, which does not exist")
    if path.parent == DOCS and path.suffix == ".md":
        return path.name
    if path.is_file() and path.is_relative_to(DOCS):
        return path.relative_to(DOCS).as_posix()  # a picture
    # Zensical ignores folders whose names start with a dot.
    place = posixpath.join(SOURCE, path.relative_to(ROOT).as_posix().removeprefix("."))
    if path.suffix in _COPIED - {".js"}:
        wanted[place] = path
        return place
    if path == ROOT / "README.md":
        return "index.md"
    if path.parent == ROOT and path.suffix == ".md":
        return path.name.lower()
    if path.is_dir() or path.stat().st_size <= LARGE:
        place += ".md"
    wanted[place] = path
    return place


def _show(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix != ".md":
        target.write_bytes(file.read_bytes())
        return
    title = file.relative_to(ROOT).as_posix()
    head = f"---\nsearch:\n  exclude: true\n---\n\n# {title}\n\n"
    if file.is_dir():
        names = sorted(path.name for path in file.iterdir() if not path.name.startswith(("__pycache__", ".")))
        body = "\n".join(f"- {name}" for name in names)
    else:
        body = f"`````{_LANGUAGES.get(file.suffix, 'text')}\n{file.read_text(encoding='utf-8').rstrip()}\n`````"
    target.write_text(f"{head}{body}\n", encoding="utf-8")
