"""One object with a line for each of its fields, and other wrapped text with a label."""

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from soundcloud.cli.output.columns import Column, View
from soundcloud.cli.output.tables import format_field, link_of

_GAP = 2
_MINIMUM_BODY = 8


class TextConsole(Console):
    """A console that raises `BrokenPipeError`."""

    def on_broken_pipe(self) -> None:
        """Raise the error again; rich's own handler would exit with code 1."""
        raise


def print_details(console: Console, item: object, view: View, *, width: int | None) -> None:
    """Print one object with a line for each field that has a value; long values are wrapped."""
    lines = [(column, text) for column in view.details if (text := format_field(item, column, multiline=True))]
    indent = max((cell_len(column.heading) for column, _ in lines), default=0) + _GAP
    for column, text in lines:
        label = Text(f"{column.heading:<{indent}}", "bold")
        # A value that is its own link is a URL.
        print_wrapped(console, label, _make_text(item, column, text), width=width, wrap=column.link != column.path)


def print_wrapped(console: Console, label: Text, body: Text, *, width: int | None, wrap: bool = True) -> None:
    """Print a text with a label before it; wrapped lines are indented by its width. A wrapped URL could not be opened."""
    room = 10_000 if width is None else max(width - len(label), _MINIMUM_BODY)
    for number, part in enumerate(body.wrap(console, room, overflow="fold" if wrap else "ignore")):
        part.rstrip()
        _print(console, Text.assemble(Text(" " * len(label)) if number else label, part))


def _make_text(item: object, column: Column, text: str) -> Text:
    return Text(text, Style.parse(column.style_of(text)) + Style(link=link_of(item, column)))


def _print(console: Console, line: Text) -> None:
    console.print(line, soft_wrap=True, highlight=False)
