"""Draws the pictures of docs/command-line.md: the output of commands that run against a sandbox, as SVG.

    python -m tools.docs_site.cli_pictures

The sandbox listens on its default ports, because the pictures show them.
"""

import asyncio
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text
from textual.widgets import OptionList

from soundcloud import SoundCloudClient
from soundcloud.cli.browse.app import Browser
from soundcloud.cli.output.progress import UploadProgress
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
_POLL = 0.05  # seconds
_BYTES_PER_SECOND = 2_000_000


def _console() -> Console:
    return Console(record=True, width=_COLUMNS, force_terminal=True, file=io.StringIO(), highlight=False, markup=False)


def run_in_terminal(line: str) -> str:
    """Run a command line in a pseudo-terminal and return what it writes there."""
    import pty
    import termios

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (100, _COLUMNS))
    variables = {**os.environ, "TERM": "xterm-256color", "PAGER": "cat", "COLORTERM": "truecolor"}
    variables.pop("NO_COLOR", None)
    arguments = [sys.executable, "-m", *shlex.split(line)]
    with subprocess.Popen(arguments, stdout=theirs, stderr=subprocess.DEVNULL, stdin=theirs, env=variables):
        os.close(theirs)
        output = b""
        with suppress(OSError):  # the command has closed its side
            while piece := os.read(ours, 65_536):
                output += piece
    os.close(ours)
    return output.decode().replace("\r\n", "\n")


def draw_command(line: str) -> str:
    """Run a command line and return its output as SVG."""
    console = _console()
    console.print(f"$ {line}", style="bold")
    console.print(Text.from_ansi(run_in_terminal(line)))
    return _svg(console)


def draw_uploads(sandbox: Sandbox) -> str:
    """Upload files and return their progress bars as SVG, in the middle of the last file.

    The clock advances with the bytes that were sent, because an upload to the same machine is too fast to show progress.
    """
    console = _console()
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


async def draw_browser(sandbox: Sandbox) -> str:
    """Search in `soundcloud browse`, play a track with a real player, and return the screen as SVG."""
    with SoundCloudClient(**sandbox.client_settings()) as client, tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mpv.conf").write_text("ao=null\n", encoding="utf-8")
        os.environ["MPV_HOME"] = folder
        browser = Browser(client, waits=[])
        async with browser.run_test(size=(_COLUMNS, 28)) as pilot:
            await pilot.press(*"lofi", "enter")
            while not browser.query_one("#rows", OptionList).option_count:
                await pilot.pause(_POLL)
            await pilot.press("down", "down", "enter")
            while " / " not in str(browser.query_one("#player").render()):
                await pilot.pause(_POLL)
            for _ in range(3):
                await pilot.press("right")
            while "0:3" not in str(browser.query_one("#player").render()):
                await pilot.pause(_POLL)
            await pilot.press("space")
            await pilot.pause(1)
            return _without_fonts(browser.export_screenshot(title="soundcloud browse"))


def _svg(console: Any) -> str:
    # By default the class names hold a hash of the output; with a fixed id an unchanged picture stays the same file.
    svg: str = console.export_svg(title="soundcloud", theme=MONOKAI, unique_id="terminal")
    return _without_fonts(svg)


def _without_fonts(svg: str) -> str:
    """Remove the URL of a font, which a browser would load from another host."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> int:
    """Run the command and return its exit status."""
    with Sandbox(port=8700, auth_port=8701, media_port=8702) as sandbox:
        for name, line in PICTURES.items():
            (_FOLDER / f"{name}.svg").write_text(draw_command(line), encoding="utf-8")
        (_FOLDER / "cli-upload.svg").write_text(draw_uploads(sandbox), encoding="utf-8")
        (_FOLDER / "cli-browse.svg").write_text(asyncio.run(draw_browser(sandbox)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
