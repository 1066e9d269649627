"""Draws the ratios: a dot for the median, a bar for the quartiles, a tick for the target."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure
from benchmarks.rows import Row

# For light and dark pages: no background, and colours with contrast on both.
INK = "#747d88"
COLOURS = {"of the peer": "#2f81d6", "of httpx": "#c9721a", "of without prefetch": "#3a9d5d"}
LABELS = {
    "of the peer": "ours over the peer",
    "of httpx": "ours over httpx",
    "of without prefetch": "prefetch over none",
}


def draw(rows: Sequence[Row], path: Path) -> None:
    """Draw the rows with ratios of speeds.

    Args:
        rows: The table; other rows are ignored.
        path: The picture; its suffix selects the format.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot
    from matplotlib.lines import Line2D

    # Reproducible output.
    mpl.rcParams.update({"svg.hashsalt": "results", "font.size": 9, "text.color": INK, "axes.edgecolor": INK})
    drawn = [(row, row.result) for row in rows if row.of in COLOURS and isinstance(row.result, Figure)]
    axes: Any  # matplotlib is partly untyped
    picture: Any
    picture, axes = pyplot.subplots(figsize=(9, 1.3 + 0.34 * len(drawn)), layout="constrained")
    axes.axvline(1, color=INK, linewidth=1)
    for height, (row, result) in enumerate(reversed(drawn)):
        colour = COLOURS[row.of]
        axes.plot([result.low, result.high], [height, height], color=colour, linewidth=5, alpha=0.45)
        axes.plot(result.median, height, "o", color=colour, markersize=6)
        if row.asked is not None:
            axes.plot(row.asked.value, height, "|", color=INK, markersize=15, markeredgewidth=2)
        axes.text(1.02, height, f"{result.median:.2f}", transform=axes.get_yaxis_transform(), va="center")
    axes.set_xscale("log")
    ratios = [number for _, result in drawn for number in (result.low, result.high, 1.0)]
    ticks = [
        tick
        for tick in (0.1, 0.15, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 12, 20)
        if min(ratios) / 1.3 < tick < max(ratios) * 1.3
    ]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlim(min(ratios) / 1.15, max(ratios) * 1.15)
    cases = [row.case for row, _ in drawn]
    names = ["" if case in cases[:place] else case for place, case in enumerate(cases)]
    axes.set_yticks(range(len(drawn)), names[::-1])
    axes.tick_params(colors=INK, length=0)
    axes.grid(axis="x", color=INK, alpha=0.25, linewidth=0.6)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel("ratio of speeds in one run; right is better", color=INK)
    marks = [
        Line2D([], [], color=COLOURS[of], marker="o", linewidth=5, alpha=0.8, label=LABELS[of])
        for of in COLOURS
        if any(row.of == of for row, _ in drawn)
    ]
    asked = Line2D([], [], color=INK, marker="|", linewidth=0, markersize=13, markeredgewidth=2, label="asked")
    picture.legend(handles=[*marks, asked], loc="outside upper center", ncols=len(marks) + 1, frameon=False)
    picture.savefig(path, transparent=True, metadata={"Date": None} if path.suffix == ".svg" else {})
    pyplot.close(picture)
