"""The rows of the table of results."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.measuring import Figure

_NUMBER = re.compile(r"-?[0-9][0-9.,]*")
HEADINGS = ("case", "ours", "peer", "httpx", "result", "spread", "asked", "reached")


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a result. A missed target is not an error: a busy machine is slower."""

    bound: Literal["at least", "at most", "over", "under"]
    value: float
    unit: str = ""

    def reached(self, value: float) -> bool:
        """Return whether a value is within the bound."""
        match self.bound:
            case "at least":
                return value >= self.value
            case "at most":
                return value <= self.value
            case "over":
                return value > self.value
            case "under":
                return value < self.value

    def __str__(self) -> str:
        return f"{self.bound} {self.value:g}{self.unit}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        case: The case.
        ours: The figure of this package.
        peer: The figure of soundcloud-api-ts.
        httpx: The figure of plain httpx.
        result: The result, or why there is none.
        of: The base of a ratio or difference.
        asked: The target.
    """

    case: str
    ours: Figure | None = None
    peer: Figure | None = None
    httpx: Figure | None = None
    result: Figure | str = "-"
    of: str = ""
    asked: Target | None = None

    @property
    def more_is_better(self) -> bool | None:
        """Whether a higher result is better; None if that is not known."""
        if self.asked is not None:
            return self.asked.bound in {"at least", "over"}
        unit = self.result.unit if isinstance(self.result, Figure) else ""
        return True if unit.endswith("/s") else False if unit in {" ms", " us", " MB"} else None

    def cells(self) -> tuple[str, ...]:
        """Return the cells in the order of `HEADINGS`."""
        measured = isinstance(self.result, Figure)
        reached = "-"
        if self.asked is not None:
            reached = "yes" if isinstance(self.result, Figure) and self.asked.reached(self.result.median) else "no"
            if not measured:
                reached = "not measured"
        return (
            self.case,
            *(_candidate(candidate) for candidate in (self.ours, self.peer, self.httpx)),
            f"{self.result} {self.of}".rstrip() if measured else str(self.result),
            self.result.spread if isinstance(self.result, Figure) and self.result.low != self.result.high else "-",
            str(self.asked or "-"),
            reached,
        )


def _candidate(value: Figure | None) -> str:
    if value is None:
        return "-"
    if not value.median or value.low == value.high:
        return str(value)
    return f"{value} ±{(value.high - value.low) / 2 / abs(value.median) * 100:.0f} %"


def plain_table(rows: Iterable[Row]) -> str:
    """Return the table for a terminal."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def markdown_table(rows: Sequence[Row]) -> str:
    """Return the table as Markdown."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def slower(rows: Sequence[Row], before: str) -> list[str]:
    """Compare results with those of an earlier run.

    Args:
        rows: The table.
        before: The text of the earlier results.md.

    Returns:
        A line for each result that is worse than before, and outside of the spreads of both runs.
    """
    tables = [cells for line in before.splitlines() if len(cells := _split(line)) == len(HEADINGS)]
    known = {(cells[0], _without_number(cells[4])): cells for cells in tables if _NUMBER.match(cells[4])}
    lines: list[str] = []
    for row in rows:
        cells = row.cells()
        earlier = known.get((row.case, _without_number(cells[4])))
        if earlier is None or row.more_is_better is None or not isinstance(row.result, Figure):
            continue
        low, high = _spread(earlier)
        worse = row.result.high < low if row.more_is_better else row.result.low > high
        if worse:
            lines.append(f"{row.case}: {cells[4]}, before {earlier[4]}")
    return lines


def _split(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("| \n").split(" | ")] if line.startswith("| ") else []


def _without_number(result: str) -> str:
    return result.lstrip("-0123456789.,")


def _spread(cells: Sequence[str]) -> tuple[float, float]:
    """Return the quartiles of a row; of its only figure, 2 % less and more, because it is rounded."""
    if " to " in cells[5]:
        low, high = (float(_NUMBER.findall(part)[0].replace(",", "")) for part in cells[5].split(" to "))
        return low, high
    value = float(_NUMBER.findall(cells[4])[0].replace(",", ""))
    return value * 0.98, value * 1.02
