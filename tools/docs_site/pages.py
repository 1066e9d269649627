"""Collects the pages of the site: those of docs/, those of the root, the files that they link to, and the menu."""

import json
import posixpath
import re
import tomllib
from pathlib import Path

from tools.docs_site.diagrams import draw
from tools.docs_site.reference import FOLDER, reference_pages

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SOURCE = "source"
LARGE = 60_000
"""A linked file above this many bytes is copied instead of shown as a page."""

_LINK = re.compile(r"(\]\()(?!https?://|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")
_FENCE = re.compile(r"^```(\S*)[^\n]*\n.*?^```$", re.MULTILINE | re.DOTALL)
_LANGUAGES = {".py": "python", ".toml": "toml", ".json": "json", ".yml": "yaml", ".mjs": "javascript"}


class SiteError(Exception):
    """The site cannot be built; the message says why and what to do."""


def sections() -> list[tuple[str, list[str]]]:
    """Return the sections of the menu: title and pages."""
    menu = tomllib.loads((DOCS / "navigation.toml").read_text(encoding="utf-8"))
    found: list[tuple[str, list[str]]] = [(section["title"], section["pages"]) for section in menu["section"]]
    if missing := [page for _, pages in found for page in pages if not page_file(page).is_file()]:
        raise SiteError(f"docs/navigation.toml names missing pages: {', '.join(missing)}")
    return found


def page_file(page: str) -> Path:
    """Return the path of a page: in docs/, or in the root if its name is in capital letters."""
    return (ROOT if page.partition(".")[0].isupper() else DOCS) / page


def stage(folder: Path) -> Path:
    """Write the sources of the site to an empty folder, and return the path of zensical's configuration file.

    Raises:
        SiteError: A page is missing, or a link is broken.
    """
    pages = folder / "docs"
    pages.mkdir(parents=True)
    menu = sections()
    wanted: dict[str, Path] = {}
    for page in [page for _, names in menu for page in names]:
        (pages / page.lower()).write_text(_rewrite(page_file(page), wanted), encoding="utf-8")
    reference = reference_pages()
    for name, text in reference.items():
        target = pages / FOLDER / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for place, file in wanted.items():
        _show(file, pages / place)
    for file in DOCS.rglob("*"):
        if file.suffix in {".css", ".js", ".svg", ".png"}:
            target = pages / file.relative_to(DOCS)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    nav = [_entry(title, [json.dumps(page.lower()) for page in names]) for title, names in menu]
    nav.append(_entry("Reference", _reference_menu([*reference])))
    settings = (DOCS / "zensical.toml").read_text(encoding="utf-8")
    paths = json.dumps([str(ROOT / "src"), str(ROOT / "generated")])
    settings = settings.replace("[project]\n", f"[project]\nnav = [{', '.join(nav)}]\n", 1)
    extension = json.dumps(str(ROOT / "tools" / "docs_site" / "griffe_extension.py"))
    settings += f"extensions = [{extension}]\n\n[project.plugins.mkdocstrings.handlers.python]\npaths = {paths}\n"
    config = folder / "zensical.toml"
    config.write_text(settings, encoding="utf-8")
    return config


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
    text = file.read_text(encoding="utf-8")

    def replace(found: re.Match[str]) -> str:
        return f"{found[1]}{_target(file, found[2], wanted)}{found[3] or ''})"

    parts: list[str] = []
    end = 0
    for fence in _FENCE.finditer(text):
        parts.append(_LINK.sub(replace, text[end : fence.start()]))
        diagram = fence[0].split("\n", 1)[1].rpartition("\n")[0]
        # Words after the language (`no-run`) are for tests/docs/test_docs.py.
        code = re.sub(r"^```python .*", "```python", fence[0])
        parts.append(draw(diagram) if fence[1] == "mermaid" else code)
        end = fence.end()
    return "".join([*parts, _LINK.sub(replace, text[end:])])


def _target(file: Path, link: str, wanted: dict[str, Path]) -> str:
    path = (file.parent / link).resolve()
    if not path.exists() or not path.is_relative_to(ROOT):
        raise SiteError(f"{file.relative_to(ROOT)} links to {link}, which does not exist")
    if path.parent == DOCS and path.suffix == ".md":
        return path.name
    if path.is_file() and path.is_relative_to(DOCS):
        return path.relative_to(DOCS).as_posix()  # a picture
    if path == ROOT / "README.md":
        return "index.md"
    if path.parent == ROOT and path.suffix == ".md":
        return path.name.lower()
    place = posixpath.join(SOURCE, path.relative_to(ROOT).as_posix())
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
