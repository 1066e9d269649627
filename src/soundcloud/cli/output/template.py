"""Templates for rows: the text of `--template`, with fields of the objects in braces."""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any, cast

import attrs

from soundcloud.cli.output.formatting import format_csv_cell

EXAMPLE = "'{title} - {user.username}'"
_FIELD = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", re.ASCII)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}


@attrs.frozen
class RowTemplate:
    """A parsed template: pairs of a text and the path of the field after it, None at the end.

    Fields are looked up in plain JSON values only; a template reaches no attribute of a Python object.
    """

    parts: tuple[tuple[str, str | None], ...]

    @classmethod
    def parse(cls, text: str) -> "RowTemplate":
        r"""Parse a template with the syntax of `str.format`, without format specifications, and with the escapes \n, \t and \\.

        Raises:
            ValueError: The template is malformed; the message is for the user.
        """
        try:
            parsed = [*Formatter().parse(text)]
        except ValueError:
            raise ValueError(f"a brace has no partner; example: {EXAMPLE}; a brace itself is {{{{ or }}}}") from None
        for _, field, specification, conversion in parsed:
            if field is None:
                continue
            if conversion or specification:
                shown = (
                    f"{{{field}{f'!{conversion}' if conversion else ''}{f':{specification}' if specification else ''}}}"
                )
                raise ValueError(f"{shown} has a format; use the name of the field only: {{{field}}}")
            if not _FIELD.fullmatch(field):
                raise ValueError(f"{{{field}}} is not the name of a field; example: {EXAMPLE}")
        made = cls(tuple((_unescape(before), field) for before, field, _, _ in parsed))
        if not made.fields:
            raise ValueError(f"it has no field in braces; example: {EXAMPLE}")
        return made

    @property
    def fields(self) -> tuple[str, ...]:
        """The paths of the fields."""
        return tuple(field for _, field in self.parts if field is not None)

    def format(self, raw: Mapping[str, Any]) -> list[str]:
        """Return the texts and the values in turn: strings as they are, other values as JSON, nothing for null."""
        return [
            piece
            for before, field in self.parts
            for piece in (before, "" if field is None else format_csv_cell(_look_up(raw, field)))
        ]


def _look_up(value: Any, path: str) -> Any:
    """Return a field of plain values; None if it is missing."""
    for name in path.split("."):
        value = cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else None
    return value


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), text)
