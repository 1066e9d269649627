"""Draws Mermaid's sequence diagrams as SVG, so that the site loads no script from another host.

The syntax is the part that tests/docs/test_docs.py allows: `participant` and `actor`, arrows `A->>B: text` and `A-->>B: text`,
and `Note over A,B: text`. The colours are those of docs/site.css, light and dark.
"""

import re
import textwrap
from dataclasses import dataclass
from html import escape

# In pixels, apart from _MAX_LETTERS, the length of a line.
_LETTER = 6.4
_LINE = 16
_BOX = 34
_MAX_LETTERS = 28


@dataclass(frozen=True, slots=True)
class _Step:
    """An arrow or a note, from the column `first` to the column `last`; `kind` is `call`, `answer` or `note`."""

    first: int
    last: int
    lines: tuple[str, ...]
    kind: str


def draw(diagram: str) -> str:
    """Return a diagram as an HTML figure without blank lines, which would end the block in Markdown.

    Raises:
        ValueError: A line is not of the supported syntax.
    """
    names, labels, steps = _read(diagram)
    middles = _columns(labels, steps)
    height = 20 + _BOX
    drawn: list[str] = []
    for step in steps:
        height += 14 + _LINE * len(step.lines)
        drawn += _note(step, middles, height) if step.kind == "note" else _arrow(step, middles, height)
        height += 18 if step.first == step.last and step.kind != "note" else 10
    width = round(middles[-1] + _width(labels[-1:]) / 2 + 12 + _overhang(steps, len(names)))
    heads = [part for middle, label in zip(middles, labels, strict=True) for part in _head(middle, label, height)]
    title = escape(f"Sequence: {', '.join(labels)}")
    return "\n".join(
        [
            '<figure class="sequence">',
            f'<svg viewBox="0 0 {width} {height + 12}" width="{width}" role="img" aria-label="{title}">',
            *heads,
            *drawn,
            "</svg>",
            "</figure>",
        ]
    )


def _read(diagram: str) -> tuple[list[str], list[str], list[_Step]]:
    lines = [line.strip() for line in diagram.strip().splitlines()]
    names: list[str] = []
    labels: list[str] = []
    steps: list[_Step] = []
    for line in lines[1:] if lines[0] == "sequenceDiagram" else lines:
        if speaker := re.fullmatch(r"(?:participant|actor) (\w+) as (.+)", line):
            names.append(speaker[1])
            labels.append(speaker[2])
        elif arrow := re.fullmatch(r"(\w+)(-{1,2})>>(\w+): (.+)", line):
            kind = "call" if arrow[2] == "-" else "answer"
            steps.append(_Step(names.index(arrow[1]), names.index(arrow[3]), _wrap(arrow[4]), kind))
        elif note := re.fullmatch(r"Note over (\w+)(?:,(\w+))?: (.+)", line):
            places = sorted(names.index(name) for name in (note[1], note[2] or note[1]))
            steps.append(_Step(places[0], places[1], _wrap(note[3]), "note"))
        else:
            raise ValueError(f"unsupported line in a diagram: {line!r}")
    return names, labels, steps


def _wrap(text: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, _MAX_LETTERS, break_long_words=False))


def _width(lines: tuple[str, ...] | list[str]) -> float:
    return 24 + _LETTER * max(map(len, lines))


def _columns(labels: list[str], steps: list[_Step]) -> list[float]:
    """Return the x position of each column, with room for the text between the columns."""
    middles = [_width(labels[:1]) / 2 + 8]
    for place in range(1, len(labels)):
        least = middles[-1] + (_width([labels[place - 1]]) + _width([labels[place]])) / 2 + 12
        for step in steps:
            low, high = min(step.first, step.last), max(step.first, step.last)
            if low == high == place - 1:
                least = max(least, middles[low] + 36 + _width(step.lines))
            elif high == place and low < place:
                least = max(least, middles[low] + _width(step.lines))
        middles.append(least)
    return middles


def _overhang(steps: list[_Step], count: int) -> float:
    """Return the width of the last column's own steps."""
    own = [_width(step.lines) + 20 for step in steps if step.first == step.last == count - 1]
    return max(own, default=0)


def _head(middle: float, label: str, height: float) -> list[str]:
    width = _width([label])
    return [
        f'<line class="life" x1="{middle:.0f}" y1="{_BOX + 8}" x2="{middle:.0f}" y2="{height + 6:.0f}"/>',
        f'<rect class="who" x="{middle - width / 2:.0f}" y="8" width="{width:.0f}" height="{_BOX}" rx="4"/>',
        f'<text class="who" x="{middle:.0f}" y="{8 + _BOX / 2 + 4:.0f}">{escape(label)}</text>',
    ]


def _arrow(step: _Step, middles: list[float], height: float) -> list[str]:
    start, end = middles[step.first], middles[step.last]
    if step.first == step.last:
        path = f"M{start:.0f},{height - 6:.0f} h28 v14 h-24"
        tip = f"M{start + 10:.0f},{height + 4:.0f} l-8,4 l8,4"
        text = _text(step.lines, start + 36, height, "own")
        return [f'<path class="{step.kind}" d="{path}"/>', f'<path class="tip" d="{tip}"/>', *text]
    side = 1 if end > start else -1
    tip = (
        f"M{end - 9 * side:.0f},{height - 4:.0f} L{end - side:.0f},{height:.0f} L{end - 9 * side:.0f},{height + 4:.0f}"
    )
    return [
        f'<line class="{step.kind}" x1="{start:.0f}" y1="{height:.0f}" x2="{end - side:.0f}" y2="{height:.0f}"/>',
        f'<path class="tip" d="{tip}"/>',
        *_text(step.lines, (start + end) / 2, height - 6, "said"),
    ]


def _note(step: _Step, middles: list[float], height: float) -> list[str]:
    middle = (middles[step.first] + middles[step.last]) / 2
    width = max(_width(step.lines), middles[step.last] - middles[step.first] + 40)
    tall = _LINE * len(step.lines) + 8
    place = f'x="{middle - width / 2:.0f}" y="{height - tall + 4:.0f}" width="{width:.0f}" height="{tall}"'
    return [f'<rect class="note" {place}/>', *_text(step.lines, middle, height - 5, "said")]


def _text(lines: tuple[str, ...], x: float, bottom: float, kind: str) -> list[str]:
    """Draw lines of text, the last of them at `bottom`."""
    first = bottom - _LINE * (len(lines) - 1)
    return [
        f'<text class="{kind}" x="{x:.0f}" y="{first + _LINE * place:.0f}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    ]
