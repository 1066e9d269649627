"""Reads the built site as a browser would: every link leads to a page and a place on it, nothing comes from elsewhere."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tools.docs_site.public_names import homes, namespaces, public_modules

_LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src"}


class _Page(HTMLParser):
    """Collects what a page names.

    Attributes:
        places: The places on it that a link can lead to.
        links: Where its links lead.
        loaded: What it loads to be shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places.update(value for name in ("id", "name") if (value := given.get(name)))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and given.get("rel") in {"stylesheet", "icon", "preload", "modulepreload"}:
            self.loaded.append(given["href"])
        elif address := given.get(_LOADING.get(tag, "")):
            self.loaded.append(address)


def problems(site: Path) -> list[str]:
    """Find what is wrong with a built site.

    Args:
        site: Its folder.

    Returns:
        Sentences; none when all is well.
    """
    pages = {path.relative_to(site).as_posix(): _read(path) for path in sorted(site.rglob("*.html"))}
    found: list[str] = []
    for name, page in pages.items():
        # The page for what is not there is served anywhere, and its links begin at the root.
        if name == "404.html":
            continue
        found += [f"{name} loads {address} from elsewhere" for address in page.loaded if urlsplit(address).netloc]
        found += [f"{name} needs {address}, which is not there" for address in _missing(site, name, page.loaded)]
        for link in page.links:
            found += _broken(site, pages, name, link)
    found += [f"{name} has no place in the reference" for name in _unplaced(pages)]
    return sorted(set(found))


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _missing(site: Path, name: str, addresses: list[str]) -> list[str]:
    own = [address for address in addresses if not urlsplit(address).scheme and not urlsplit(address).netloc]
    return [address for address in own if not (site / name).parent.joinpath(unquote(urlsplit(address).path)).is_file()]


def _broken(site: Path, pages: dict[str, _Page], name: str, link: str) -> list[str]:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return []
    target = (site / name).parent.joinpath(unquote(parts.path)).resolve() if parts.path else (site / name).resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_file() or not target.is_relative_to(site.resolve()):
        return [f"{name} links to {link}, which is not there"]
    page = pages.get(target.relative_to(site.resolve()).as_posix())
    place = unquote(parts.fragment)
    if place and page is not None and place not in page.places and place != "__top":
        return [f"{name} links to {link}, and there is no such place on that page"]
    return []


def _unplaced(pages: dict[str, _Page]) -> list[str]:
    places = {place for name, page in pages.items() if name.startswith("reference/") for place in page.places}
    wanted = {name: home for name, home in homes().items() if home not in places}
    for name, cls in namespaces().items():
        methods = [method for method in dir(cls) if not method.startswith("_") and callable(getattr(cls, method))]
        path = f"{cls.__module__}.{cls.__qualname__}"
        wanted |= {f"client.{name}.{method}": path for method in methods if f"{path}.{method}" not in places}
    pages_of_modules = {name.removeprefix("reference/").removesuffix(".html") for name in pages}
    single = [module for module in public_modules() if module != "soundcloud" and "_api.api." not in module]
    return [*wanted, *(module for module in single if module not in pages_of_modules)]
