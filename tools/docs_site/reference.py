"""Writes the Markdown pages of the reference, with an mkdocstrings directive for each public name."""

import importlib
import inspect
from collections.abc import Callable
from enum import Enum
from typing import Any

import attrs

from tools.docs_site.public_names import API, homes, namespaces, public_modules, public_names

FOLDER = "reference"
THIRD_PARTY = {
    "Outcome": "The outcome of `client.map` for one item: a `Success` or a `Failure`",
    "UNSET": "msgspec's value of a field that is not sent at all; `None` would be sent as null",
    "UnsetType": "msgspec's type of `UNSET`",
}
"""Names without a docstring: of other packages, and a union."""


def reference_pages() -> dict[str, str]:
    """Return the pages as Markdown, by file name, in the order of the menu."""
    places = homes()
    modules = [module for module in public_modules() if module != "soundcloud" and not module.startswith(API)]
    pages = {
        "index.md": _index(places, modules),
        "client.md": _client("The client and its pages", places, lambda name: not _is_async(name)),
        "async-client.md": _client("The async client and its pages", places, _is_async),
    }
    pages |= {f"client.{name}.md": _namespace(name, cls) for name, cls in namespaces().items()}
    pages |= {f"{module}.md": _module(module, places) for module in modules}
    pages[f"{API}.md"] = _operations(places)
    return {name: "\n".join([*lines, ""]) for name, lines in pages.items()}


def reference_descriptions() -> dict[str, str]:
    """Return the descriptions of the pages whose first sentence does not describe them, by file name."""
    methods = {
        f"client.{name}.md": f"Reference of {_first_line(cls).replace('`', '')}" for name, cls in namespaces().items()
    }
    return {
        "client.md": "Reference of SoundCloudClient and of the pages that its methods return.",
        "async-client.md": "Reference of AsyncSoundCloudClient and of the pages that its methods return.",
        **methods,
    }


def _index(places: dict[str, str], modules: list[str]) -> list[str]:
    lines = ["# Reference", "", "The names that can be imported from `soundcloud`:", ""]
    lines += ["| name | description |", "| --- | --- |"]
    for name in public_names("soundcloud"):
        value = getattr(importlib.import_module("soundcloud"), name)
        lines.append(f"| {_link(name, places[f'soundcloud.{name}'])} | {THIRD_PARTY.get(name) or _first_line(value)} |")
    lines += ["", "The methods by namespace. Those of `AsyncSoundCloudClient` that send a request are awaited:", ""]
    lines += ["| namespace | description |", "| --- | --- |"]
    for name, cls in namespaces().items():
        description = _first_line(cls).removeprefix(f"`client.{name}`: ")
        lines.append(f"| [client.{name}](client.{name}.md) | {description} |")
    lines += ["", "All public modules:", "", "| module | description |", "| --- | --- |"]
    lines += [f"| [{module}]({module}.md) | {_first_line(importlib.import_module(module))} |" for module in modules]
    lines.append(f"| [{API}]({API}.md) | Every operation of SoundCloud's OpenAPI document, one function each. |")
    return lines


def _client(title: str, places: dict[str, str], selects: Callable[[str], bool]) -> list[str]:
    """Describe the names that are defined in `soundcloud` itself, the client first."""
    names = [name for name in public_names("soundcloud") if places[f"soundcloud.{name}"] == f"soundcloud.{name}"]
    ordered = sorted(filter(selects, names), key=lambda name: not name.endswith("SoundCloudClient"))
    return [f"# {title}", "", *(_directive(f"soundcloud.{name}") for name in ordered)]


def _is_async(name: str) -> bool:
    return name.startswith("Async")


def _namespace(name: str, cls: type[Any]) -> list[str]:
    return [
        f"# client.{name}",
        "",
        "`AsyncSoundCloudClient` has the same methods. Those that send a request are awaited, those that return a page are not.",
        "",
        _directive(f"{cls.__module__}.{cls.__qualname__}", "show_root_heading: false", "show_bases: false"),
    ]


def _module(module: str, places: dict[str, str]) -> list[str]:
    loaded = importlib.import_module(module)
    paragraphs = (loaded.__doc__ or "").strip().split("\n\n")
    # A tree drawn with lines keeps its line breaks.
    paragraphs = [f"```\n{part}\n```" if "\u251c" in part else part for part in paragraphs]
    lines = [f"# {module}", "", "\n\n".join(paragraphs), ""]
    for name in public_names(module):
        place = places[f"{module}.{name}"]
        if name in THIRD_PARTY:
            lines += [f"## {name} {{ #{module}.{name} }}", "", f"{THIRD_PARTY[name]}.", ""]
        elif place == f"{module}.{name}":
            lines += _entry(place, getattr(loaded, name))
        else:
            lines += [f"- `{name}` is {_link(place, place)}", ""]
    return lines


def _entry(place: str, value: Any) -> list[str]:
    """Describe a name; the members of an enum and the fields of a model are a table, because they have no docstrings."""
    if inspect.isclass(value) and issubclass(value, Enum):
        head, rows = "value", [(member.name, str(member.value)) for member in value]
    elif inspect.isclass(value) and attrs.has(value) and place.partition(".models.")[2] not in {"", "Model"}:
        head, rows = "type", [(field.name, str(field.type).removesuffix(" | None")) for field in attrs.fields(value)]
    else:
        # The members that all errors share are described once, at the root.
        is_error = inspect.isclass(value) and issubclass(value, Exception) and value.__base__ is not Exception
        return [_directive(place, *(["inherited_members: false"] if is_error else []))]
    table = [f"| `{name}` | `{_cell(text)}` |" for name, text in rows]
    directive = _directive(place, "members: false", "inherited_members: false")
    return [directive, f"| name | {head} |", "| --- | --- |", *table, ""]


def _operations(places: dict[str, str]) -> list[str]:
    lines = [
        f"# {API}",
        "",
        "One function for each operation of SoundCloud's OpenAPI document. Each returns an `Operation`, which `client.send` sends.",
        "`soundcloud_api` is generated from the document.",
        "",
    ]
    for module in public_modules():
        if module.startswith(API):
            lines += [f"## {module.rpartition('.')[2]}", ""]
            lines += [_directive(places[f"{module}.{name}"], "heading_level: 3") for name in public_names(module)]
    return lines


def _directive(full_name: str, *options: str) -> str:
    lines = [f"::: {full_name}"]
    if options:
        lines += ["    options:", *(f"      {option}" for option in options)]
    return "\n".join([*lines, ""])


def _link(text: str, full_name: str) -> str:
    module, _, _ = full_name.rpartition(".")
    own = "async-client.md" if _is_async(full_name.rpartition(".")[2]) else "client.md"
    file = own if module == "soundcloud" else f"{API}.md" if module.startswith(API) else f"{module}.md"
    return f"[{text}]({file}#{full_name})"


def _first_line(value: Any) -> str:
    return _cell((inspect.getdoc(value) or "").partition("\n")[0].partition(" See docs/")[0])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
