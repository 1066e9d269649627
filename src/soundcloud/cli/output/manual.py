"""The manual page, from the help of the commands."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from inspect import cleandoc
from itertools import chain

import click

from soundcloud import __version__
from soundcloud.cli.framework.command_index import SECTIONS
from soundcloud.cli.framework.commands import PROGRAM, Command, Group
from soundcloud.cli.framework.options import COMMON, COMMON_OPTIONS, Argument, SharedOption


def manual_page(root: click.Context) -> str:
    """Return the manual page of a command and of all commands below it, in roff with the macros of man."""
    return "\n".join(_page(root)) + "\n"


def _page(root: click.Context) -> Iterator[str]:
    yield f'.TH {PROGRAM.upper()} 1 {datetime.now(UTC):%Y-%m-%d} "{PROGRAM} {_escape(__version__)}" "User Commands"'
    # Without hyphenation and filled lines, options stay whole.
    yield from (".nh", ".ad l")
    first, *rest = cleandoc(root.command.help or "").split("\n\n")
    codes = [each for each in rest if each.startswith("Exit codes: ")]
    yield from (".SH NAME", f"{PROGRAM} \\- {_escape(first.rstrip('.'))}")
    yield from (".SH SYNOPSIS", f".B {PROGRAM}", ".I command", "[options] [arguments]")
    yield ".SH DESCRIPTION"
    yield from _paragraphs(each for each in rest if each not in codes)
    shared: dict[tuple[str, str], None] = {}
    described: list[str] = []
    for title, names in SECTIONS.items():
        described.append(f".SH {_escape(title.upper())}")
        for name in names:
            described += chain.from_iterable(_describe(each, shared) for each in _below(root, name))
    yield from described
    common = [names for names, _ in (option.get_help_record(root) or ("", "") for option in COMMON_OPTIONS)]
    yield from (".SH SHARED OPTIONS", _escape(f"Every command takes {', '.join(common)} and --help."))
    yield from _list(shared)
    yield from (".SH EXIT STATUS", *_paragraphs(each.removeprefix("Exit codes: ") for each in codes))
    yield ".SH ENVIRONMENT"
    yield from _list(_variables())


def _below(parent: click.Context, name: str) -> Iterator[click.Context]:
    """Yield the contexts of a command and of its subcommands."""
    group = parent.command
    found = group.get_command(parent, name) if isinstance(group, click.Group) else None
    if found is None:
        return
    context = click.Context(found, parent=parent, info_name=name)
    yield context
    if isinstance(found, click.Group):
        for each in found.list_commands(context):
            yield from _below(context, each)


def _describe(context: click.Context, shared: dict[tuple[str, str], None]) -> Iterator[str]:
    """Yield the section of a command; its shared options are added to `shared`."""
    found = context.command
    metavars = "".join(f" {piece}" for each in found.params for piece in each.get_usage_pieces(context))
    yield f".SS {_escape(f'{context.command_path}{metavars}')}"
    yield from _paragraphs((found.help or "").split("\n\n"))
    if isinstance(found, Group) and found.default is not None:
        yield from (".PP", _escape(f"The default subcommand is {found.default}."))
    yield from _list(
        (each.human_readable_name, each.description) for each in found.params if isinstance(each, Argument)
    )
    names: list[str] = []
    for option in found.params:
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record is not None and isinstance(option, SharedOption):
            shared[record] = None
            if option.section != COMMON:
                names.append(record[0])
        elif record is not None:
            yield from _list([record])
    if names and not isinstance(found, click.Group):
        yield from (".PP", _escape(f"Shared options: {', '.join(names)}."))
    for purpose, line in found.examples if isinstance(found, Command) else ():
        yield from (".PP", f"{_escape(purpose)}:", ".PP", ".nf", f"    {_escape(line)}", ".fi")


def _variables() -> Iterator[tuple[str, str]]:
    from soundcloud._protocol.environment import NAMES
    from soundcloud.cli.framework.settings import SETTINGS, variable_of

    for variable, argument in NAMES.items():
        yield variable, f"The {argument.replace('_', ' ')} of the account."
    for name, setting in SETTINGS.items():
        yield variable_of(name), f"Overrides the setting {name}, {setting.meaning}."
    yield "SOUNDCLOUD_PROFILE", "The profile to use."
    yield "NO_COLOR", "Turns colors off."


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        if number:
            yield ".PP"
        yield _escape(" ".join(text.split()))


def _list(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in rows:
        yield from (".TP", f"\\fB{_escape(term)}\\fR", _escape(text))


def _escape(text: str) -> str:
    r"""Escape what roff would obey: backslashes, and a dot or an apostrophe at the start of a line. `\-` is a plain hyphen."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return f"\\&{text}" if text.startswith(".") else text
