"""Writes the reference in docs/command-line.md from the commands themselves: what is below its mark.

    python -m tools.docs_site.cli_page [--check]

Exit status: 0 it is up to date (or was written), 1 with `--check` if it is not.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from soundcloud.cli.framework.command_index import SECTIONS
from soundcloud.cli.framework.commands import PROGRAM, Command, Group
from soundcloud.cli.framework.options import SharedOption, common_options
from soundcloud.cli.main import root

PAGE = Path(__file__).resolve().parents[2] / "docs" / "command-line.md"
MARK = (
    "<!-- What follows is made by `python -m tools.docs_site.cli_page` from the help of the commands; edit that. -->\n"
)


def write_page(page: str) -> str:
    """Write the page anew.

    Args:
        page: The page as it is.

    Returns:
        The same with the reference as it should be.

    Raises:
        ValueError: The page has no mark.
    """
    written, mark, _ = page.partition(MARK)
    if not mark:
        raise ValueError(f"{PAGE.name} has no line {MARK.strip()!r}")
    return written + mark + "\n" + "\n".join(_reference())


def every_command() -> Iterator[tuple[str, Command | Group]]:
    """All commands that are more than a name for others, with what is typed for them, in the order of the help."""
    for names in SECTIONS.values():
        for name in names:
            yield from _below((name,), _found(root, name))


def _reference() -> Iterator[str]:
    yield "## Shared options\n"
    shared: dict[str, SharedOption] = {}
    for _, found in every_command():
        shared |= {_names(option): option for option in found.params if isinstance(option, SharedOption)}
    common = [_names(option) for option in common_options()]
    yield "| option | meaning |\n| --- | --- |"
    for names in [*(name for name in shared if name not in common), *common]:
        yield f"| {names} | {_cell(shared[names].help or '')} |"
    yield f"\nEvery command accepts {', '.join(common)} and `--help`.\n"
    for title, names in SECTIONS.items():
        yield f"## {title}\n"
        for name in names:
            for path, found in _below((name,), _found(root, name)):
                yield from _describe(path, found)


def _found(group: Group, name: str) -> Command | Group:
    found = group.get_command(click.Context(group, info_name=PROGRAM), name)
    if not isinstance(found, Command | Group):
        raise TypeError(f"{name}: use the decorators of soundcloud.cli.framework.commands")
    return found


def _below(path: tuple[str, ...], found: Command | Group) -> Iterator[tuple[str, Command | Group]]:
    yield " ".join((PROGRAM, *path)), found
    if isinstance(found, Group):
        for name in found.list_commands(click.Context(found)):
            yield from _below((*path, name), _found(found, name))


def _describe(path: str, found: Command | Group) -> Iterator[str]:
    arguments = [each.make_metavar(click.Context(found)) for each in found.params if isinstance(each, click.Argument)]
    yield f"### `{' '.join([path, *arguments])}`\n"
    for paragraph in (found.help or "").split("\n\n"):
        yield " ".join(paragraph.split()) + "\n"
    if isinstance(found, Group) and found.default is not None:
        yield f"The default subcommand is `{found.default}`.\n"
    own = [each for each in found.params if isinstance(each, click.Option) and not isinstance(each, SharedOption)]
    if own:
        yield "| option | meaning |\n| --- | --- |"
        for option in own:
            yield f"| {_names(option)} | {_cell(option.help or '')} |"
        yield ""
    common = {_names(option) for option in common_options()}
    shared = [_names(each) for each in found.params if isinstance(each, SharedOption) and _names(each) not in common]
    if shared:
        yield f"Also {', '.join(shared)}.\n"
    if found.examples:
        yield "```sh"
        for what, line in found.examples:
            yield f"{line}  # {what[:1].lower()}{what[1:]}"
        yield "```\n"


def _names(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.make_metavar(click.Context(root))}"
    value = _cell(value)
    return ", ".join(f"`{name}{value}`" for name in [*option.opts, *option.secondary_opts])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    page = PAGE.read_text(encoding="utf-8")
    written = write_page(page)
    if written == page:
        return 0
    if "--check" in given:
        print(f"{PAGE.name} is not what the commands say: python -m tools.docs_site.cli_page", file=sys.stderr)
        return 1
    PAGE.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
