"""Takes the pictures of docs/command-line.md: what commands show at a terminal, on a sandbox.

    python -m tools.docs_site.cli_pictures [FOLDER]

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

from soundcloud import SoundCloudClient
from soundcloud.cli.framework.commands import PROGRAM
from soundcloud.cli.framework.context import CommandContext
from soundcloud.cli.main import root
from soundcloud.cli.output.progress import UploadProgress
from soundcloud.cli.output.tables import TableConsole
from soundcloud.sandbox import Sandbox
from soundcloud.sandbox.media.sound import tone

PICTURES: Mapping[str, str] = {
    "cli-search": "soundcloud search tracks lofi --limit 8 --sandbox",
    "cli-whoami": "soundcloud whoami --sandbox",
    "cli-doctor": "soundcloud doctor --sandbox",
}
_FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
_COLUMNS = 100
_UPLOADS = {"01-harbour.wav": 410.0, "02-low-tide.wav": 580.0, "03-night-bus.wav": 395.0}
_BYTES_PER_SECOND = 2_000_000


class _Pictured(CommandContext):
    """A terminal that remembers what was printed."""

    console: Any = None
    width: Any = _COLUMNS

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
    return _svg(context.console)


def take_uploads(sandbox: Sandbox) -> str:
    """Upload files, and take the picture of their bars in the middle of the last one.

    The clock is made of the bytes that were sent: on one machine everything would be too fast to be seen.

    Args:
        sandbox: Where to.

    Returns:
        The picture, as SVG.
    """
    console = _Pictured().console
    sent_before, sent_now = 0, 0
    bars = UploadProgress(len(_UPLOADS), console, clock=lambda: (sent_before + sent_now) / _BYTES_PER_SECOND)
    console.print(f"$ soundcloud upload {' '.join(_UPLOADS)} --private", style="bold")
    settings: dict[str, Any] = {**sandbox.client_settings()}
    sounds = {name: tone(seconds) for name, seconds in _UPLOADS.items()}
    with SoundCloudClient(**settings) as client:
        size = sum(map(len, sounds.values())) / 1_000_000
        console.print(f"uploading {len(sounds)} files, {size:.1f} MB, as {client.me.get_me().username}")
        for number, name in enumerate(sounds, start=1):
            sound = sounds[name]
            show = bars.add_file(name, len(sound))
            drawn = False

            def on_progress(sent: int, total: int, show: Any = show, number: int = number) -> None:
                nonlocal sent_now, drawn
                sent_now = sent
                show(sent, total)
                if number == len(_UPLOADS) and sent > 0.6 * total and not drawn:
                    drawn = True
                    console.print(bars.renderable())

            client.tracks.upload(sound, title=name, filename=name, sharing="private", on_progress=on_progress)
            sent_before, sent_now = sent_before + len(sound), 0
    return _svg(console)


def _svg(console: Any) -> str:
    # The names of classes are made of this, and not of what was printed: a picture that is the same stays the same.
    svg: str = console.export_svg(title="soundcloud", theme=MONOKAI, unique_id="terminal")
    # It would fetch a font from somewhere; any fixed one does.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    folder = Path(given[0]) if given else _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with Sandbox(port=8700, auth_port=8701, media_port=8702) as sandbox:
        for name, line in PICTURES.items():
            (folder / f"{name}.svg").write_text(take(line), encoding="utf-8")
        (folder / "cli-upload.svg").write_text(take_uploads(sandbox), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
