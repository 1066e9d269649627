"""Takes the pictures of docs/command-line.md: what commands show at a terminal, on a sandbox.

    python -m tools.cli_pictures [FOLDER]

The sandbox takes its usual ports, so that the pictures show them.
"""

import io
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from rich.terminal_theme import MONOKAI

from soundcloud.cli.context import CommandContext
from soundcloud.cli.running import PROGRAM, root
from soundcloud.cli.tables import TableConsole
from soundcloud.sandbox import Sandbox

PICTURES: Mapping[str, str] = {
    "cli-search": "soundcloud search tracks lofi --limit 8 --sandbox",
    "cli-whoami": "soundcloud whoami --sandbox",
    "cli-doctor": "soundcloud doctor --sandbox",
}
_FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
_COLUMNS = 100


class _Pictured(CommandContext):
    """A terminal that remembers what was printed."""

    console: Any = None
    window: Any = _COLUMNS

    def __init__(self) -> None:
        super().__init__()
        self.console = TableConsole(
            record=True, width=_COLUMNS, force_terminal=True, file=io.StringIO(), highlight=False, markup=False
        )


def take(line: str) -> str:
    """Run a command and take its picture.

    Args:
        line: The command line.

    Returns:
        The picture, as SVG.
    """
    context = _Pictured()
    context.console.print(f"$ {line}", style="bold")
    with redirect_stderr(io.StringIO()), root.make_context(PROGRAM, shlex.split(line)[1:], obj=context) as made:
        root.invoke(made)
    # The names of classes are made of this, and not of what was printed: a picture that is the same stays the same.
    svg: str = context.console.export_svg(title="soundcloud", theme=MONOKAI, unique_id="terminal")
    # It would fetch a font from somewhere; any fixed one does.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    folder = Path(given[0]) if given else _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with Sandbox(port=8700, auth_port=8701, media_port=8702):
        for name, line in PICTURES.items():
            (folder / f"{name}.svg").write_text(take(line), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
