"""Writes the pages of the reference: for every public name a place, filled from its docstring by mkdocstrings."""

import importlib
import inspect
from enum import Enum
from typing import Any

import attrs

from tools.docs_site.public_names import API, homes, namespaces, public_modules, public_names

FOLDER = "reference"
NOT_OURS = {
    "UNSET": "the value of a field that is not sent at all, where `None` would be sent as null; it is msgspec's",
    "UnsetType": "the type of `UNSET`; it is msgspec's",
}
"""Names of other packages that ours pass on, and what they are."""


def reference_pages() -> dict[str, str]:
    """Write all pages of the reference.

    Returns:
        Texts in Markdown, by file name, in the order of the menu.
    """
    places = homes()
    pages = {"index.md": _index(places), "client.md": _client(places)}
    for name, cls in namespaces().items():
        pages[f"client.{name}.md"] = _namespace(name, cls)
    for module in public_modules():
        if module != "soundcloud" and not module.startswith(API):
            pages[f"{module}.md"] = _module(module, places)
    pages[f"{API}.md"] = _operations(places)
    return pages


def _index(places: dict[str, str]) -> str:
    lines = ["# Reference", "", "What can be imported from `soundcloud`, and where it is described:", ""]
    lines += ["| name | what |", "| --- | --- |"]
    for name in public_names("soundcloud"):
        value = getattr(importlib.import_module("soundcloud"), name)
        link = _link(name, places[f"soundcloud.{name}"])
        lines.append(f"| {link} | {NOT_OURS.get(name) or _first_sentence(value)} |")
    lines += [
        "",
        "The calls, by namespace. `AsyncSoundCloudClient` has the same, with `await` where something is sent:",
        "",
    ]
    lines += ["| namespace | what |", "| --- | --- |"]
    for name, cls in namespaces().items():
        lines.append(f"| [client.{name}](client.{name}.md) | {_first_sentence(cls).partition(': ')[2]} |")
    lines += ["", "All public modules:", "", "| module | what |", "| --- | --- |"]
    for module in public_modules():
        if module != "soundcloud" and not module.startswith(API):
            lines.append(f"| [{module}]({module}.md) | {_first_sentence(importlib.import_module(module))} |")
    lines.append(f"| [{API}]({API}.md) | Every operation of SoundCloud's document, one function each. |")
    return "\n".join([*lines, ""])


def _client(places: dict[str, str]) -> str:
    names = [name for name in public_names("soundcloud") if places[f"soundcloud.{name}"] == f"soundcloud.{name}"]
    first = ["SoundCloudClient", "AsyncSoundCloudClient", "Page", "AsyncPage"]
    ordered = sorted(names, key=lambda name: first.index(name) if name in first else len(first))
    return "\n".join(["# The client and its pages", "", *(_entry(f"soundcloud.{name}") for name in ordered), ""])


def _namespace(name: str, cls: type[Any]) -> str:
    lines = [
        f"# client.{name}",
        "",
        "`AsyncSoundCloudClient` has the same methods; those that send are awaited, those",
        "",
    ]
    lines[2] += " that return a page are not."
    lines += [_entry(f"{cls.__module__}.{cls.__qualname__}", "show_root_heading: false", "show_bases: false"), ""]
    return "\n".join(lines)


def _module(module: str, places: dict[str, str]) -> str:
    lines = [f"# {module}", "", _words(importlib.import_module(module).__doc__ or ""), ""]
    for name in public_names(module):
        place = places[f"{module}.{name}"]
        if name in NOT_OURS:
            lines += [f"## {name} {{ #{module}.{name} }}", "", f"{NOT_OURS[name].capitalize()}.", ""]
        elif place == f"{module}.{name}":
            lines += _described(place, getattr(importlib.import_module(module), name))
        else:
            lines += [f"- `{name}` is {_link(place, place)}", ""]
    return "\n".join(lines)


def _words(docstring: str) -> str:
    """A module's docstring as Markdown: what is drawn with lines stays as it was drawn."""
    paragraphs = docstring.strip().split("\n\n")
    return "\n\n".join(f"```\n{part}\n```" if "\u251c" in part else part for part in paragraphs)


def _described(place: str, value: Any) -> list[str]:
    """A name's entry; what a model or an enum holds is a table, as each of them has it without words of its own."""
    rows: list[str] = []
    if inspect.isclass(value) and issubclass(value, Enum):
        rows = [f"| `{member.name}` | `{member.value}` |" for member in value]
    elif inspect.isclass(value) and attrs.has(value) and place.partition(".models.")[2] not in {"", "Model"}:
        rows = [f"| `{field.name}` | `{field.type}` |".replace(" | None`", "`") for field in attrs.fields(value)]
        rows = [row.replace("` | `", "`\0`").replace(" | ", " \\| ").replace("\0", " | ") for row in rows]
    if not rows:
        # What all errors have in common is described once, at the root.
        own = inspect.isclass(value) and issubclass(value, Exception) and value.__base__ is not Exception
        return [_entry(place, *(["inherited_members: false"] if own else [])), ""]
    title = "value" if issubclass(value, Enum) else "type"
    return [
        _entry(place, "members: false", "inherited_members: false"),
        f"| name | {title} |",
        "| --- | --- |",
        *rows,
        "",
    ]


def _operations(places: dict[str, str]) -> str:
    lines = [
        f"# {API}",
        "",
        "One function for each operation of SoundCloud's document. Each makes an `Operation`, which",
    ]
    lines += [
        "`client.send(operation)` sends; none sends anything itself. `soundcloud_api` is made from the document.",
        "",
    ]
    for module in public_modules():
        if module.startswith(API):
            lines += [f"## {module.rpartition('.')[2]}", ""]
            lines += [_entry(places[f"{module}.{name}"], "heading_level: 3") for name in public_names(module)]
    return "\n".join([*lines, ""])


def _entry(full_name: str, *options: str) -> str:
    lines = [f"::: {full_name}"]
    if options:
        lines += ["    options:", *(f"      {option}" for option in options)]
    return "\n".join([*lines, ""])


def _link(text: str, full_name: str) -> str:
    module, _, _ = full_name.rpartition(".")
    file = "client.md" if module == "soundcloud" else f"{API}.md" if module.startswith(API) else f"{module}.md"
    return f"[{text}]({file}#{full_name})"


def _first_sentence(value: Any) -> str:
    return (inspect.getdoc(value) or "").partition("\n")[0].partition(" See docs/")[0].replace("|", "\\|")
