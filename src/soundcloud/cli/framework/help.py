"""The layout of the help: sections, colors at a terminal, and lines that fit it."""

import re
import sys
from collections.abc import Iterable
from typing import Any

import click

from soundcloud.cli.output.terminal import has_color

_MAXIMUM_WIDTH = 100
_MINIMUM_WIDTH = 30
_MINIMUM_TEXT = 24
# The settings of `settings.py` that belong to one command. The help does not load that module.
_OPTIONS_WITH_SETTINGS = {(command, option) for command in ("play", "browse") for option in ("player", "volume")}
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
_SHELL_WORD = re.compile(r"""(?:[^\s'"]|'[^']*'|"[^"]*")+""")


class HelpFormatter(click.HelpFormatter):
    """Writes help for the width of the terminal, at most 100 columns, in color if standard output is a terminal."""

    def __init__(self, *_: Any, **__: Any) -> None:
        import shutil

        width = min(shutil.get_terminal_size().columns, _MAXIMUM_WIDTH)
        super().__init__(width=max(width, _MINIMUM_WIDTH))
        self._color = has_color(sys.stdout)

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args, self._style(prefix or "Usage: ", fg="yellow", bold=True))

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':{self.current_indent}}{self._style(f'{heading}:', fg='yellow', bold=True)}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 24, col_spacing: int = 2) -> None:
        """Write terms and their descriptions: side by side, or below each other where a line is too short."""
        rows, indent = [*rows], self.current_indent
        fitting = [len(term) for term, _ in rows if len(term) <= col_max]
        column = indent + max(fitting, default=0) + col_spacing
        if self.width - column < _MINIMUM_TEXT:
            column = indent + 2 * self.indent_increment
        for term, text in rows:
            lines = click.wrap_text(text, self.width - column).splitlines()
            terms = click.wrap_text(term, self.width - indent).splitlines()
            if len(terms) == 1 and indent + len(term) + col_spacing <= column and lines:
                gap = " " * (column - indent - len(term))
                self.write(f"{'':{indent}}{self._style_term(term)}{gap}{lines.pop(0)}\n")
            else:
                for each in terms:
                    self.write(f"{'':{indent}}{self._style_term(each)}\n")
            for line in lines:
                self.write(f"{'':{column}}{line}\n")

    def write_example(self, purpose: str, line: str) -> None:
        """Write a purpose and its command line; a line that is too long is continued as in a shell."""
        self.write_text(f"{purpose}:")
        indent = self.current_indent + self.indent_increment
        room, lines = self.width - indent - len(" \\"), [""]
        for word in _SHELL_WORD.findall(line):
            if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
                lines.append(f"{'':{self.indent_increment}}{word}")
            else:
                lines[-1] += f" {word}" if lines[-1] else word
        separator = f" \\\n{'':{indent}}"
        self.write(f"{'':{indent}}{separator.join(self._style(each, fg='green') for each in lines)}\n")

    def _style_term(self, term: str) -> str:
        if term.startswith("-"):
            return _OPTION.sub(lambda found: self._style(found[0], fg="cyan"), term)
        return self._style(term, fg="cyan")

    def _style(self, text: str, **style: Any) -> str:
        return click.style(text, **style) if self._color else text


class HelpContext(click.Context):
    """The context of a command of which the help is formatted by `HelpFormatter`."""

    formatter_class = HelpFormatter

    def lookup_default(self, name: str, call: bool = True) -> Any:  # noqa: ARG002 - click's signature
        """Return the user's own default of an option of one command; None without one."""
        if not self.resilient_parsing and self.obj is not None and (self.info_name, name) in _OPTIONS_WITH_SETTINGS:
            return self.obj.setting(name, built_in=False)
        return None
