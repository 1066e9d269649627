"""Checks the HTML of the built site: links, loaded files, and an entry in the reference for every public name.

The site generator checks the links of Markdown files, but not those of docstrings.
"""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tools.docs_site.public_names import homes, namespaces, public_modules

_LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src"}


class _Page(HTMLParser):
    """The link targets (`anchors`) of a page, its links, and the URLs of the files that it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors.update(value for name in ("id", "name") if (value := values.get(name)))
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "link" and values.get("rel") in {"stylesheet", "icon", "preload", "modulepreload"}:
            self.loaded.append(values["href"])
        elif url := values.get(_LOADING.get(tag, "")):
            self.loaded.append(url)


def find_problems(site: Path) -> list[str]:
    """Return the problems of a built site, one sentence each."""
    pages = {path.relative_to(site).as_posix(): _Page(path) for path in sorted(site.rglob("*.html"))}
    problems = [f"{name} has no entry in the reference" for name in _missing_entries(pages)]
    for name, page in pages.items():
        # 404.html is served at any path, so its links start at the root.
        if name == "404.html":
            continue
        for url in page.loaded:
            parts = urlsplit(url)
            if parts.netloc:
                problems.append(f"{name} loads {url} from another host")
            elif not parts.scheme and not (site / name).parent.joinpath(unquote(parts.path)).is_file():
                problems.append(f"{name} loads {url}, which does not exist")
        problems += [problem for link in page.links if (problem := _check_link(site, pages, name, link))]
    return sorted(set(problems))


def _check_link(site: Path, pages: dict[str, _Page], name: str, link: str) -> str | None:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    target = (site / name).parent.joinpath(unquote(parts.path)).resolve() if parts.path else (site / name).resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_file() or not target.is_relative_to(site.resolve()):
        return f"{name} links to {link}, which does not exist"
    page = pages.get(target.relative_to(site.resolve()).as_posix())
    anchor = unquote(parts.fragment)
    if anchor and page is not None and anchor not in page.anchors and anchor != "__top":
        return f"{name} links to {link}, but that page has no such anchor"
    return None


def _missing_entries(pages: dict[str, _Page]) -> list[str]:
    anchors = {anchor for name, page in pages.items() if name.startswith("reference/") for anchor in page.anchors}
    missing = [name for name, home in homes().items() if home not in anchors]
    for name, cls in namespaces().items():
        methods = [method for method in dir(cls) if not method.startswith("_") and callable(getattr(cls, method))]
        path = f"{cls.__module__}.{cls.__qualname__}"
        missing += [f"client.{name}.{method}" for method in methods if f"{path}.{method}" not in anchors]
    module_pages = {name.removeprefix("reference/").removesuffix(".html") for name in pages}
    modules = [module for module in public_modules() if module != "soundcloud" and "_api.api." not in module]
    return [*missing, *(module for module in modules if module not in module_pages)]
