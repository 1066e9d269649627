"""Checks of the documentation site that its generator does not make.

The generator checks the links of Markdown files, but not those of docstrings, the loaded files and the reference.
"""

import importlib
import inspect
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tools.docs_site.public_names import homes, namespaces, public_modules, public_names

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


def undocumented() -> list[str]:
    """Return the public names, and the public members of public classes, that have no docstring."""
    return sorted({name for name, value in _everything() if not (value.__doc__ or "").strip()})


def _everything() -> Iterator[tuple[str, Any]]:
    for module in public_modules():
        loaded = importlib.import_module(module)
        yield module, loaded
        for name in public_names(module):
            value = getattr(loaded, name)
            if inspect.isclass(value) or inspect.isroutine(value):
                yield f"{module}.{name}", value
            if inspect.isclass(value):
                yield from _members(f"{module}.{name}", value)
    for name, cls in namespaces().items():
        yield f"client.{name}", cls
        yield from _members(f"client.{name}", cls)


def _members(where: str, cls: type[Any]) -> Iterator[tuple[str, Any]]:
    for name, value in inspect.getmembers_static(cls):
        ours = any(name in vars(each) for each in cls.__mro__ if each.__module__.startswith("soundcloud"))
        is_documented = inspect.isfunction(value) or isinstance(value, property | classmethod | staticmethod)
        if ours and is_documented and not name.startswith("_"):
            yield f"{where}.{name}", value
