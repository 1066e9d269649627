"""The programs that play: mpv, which is steered through its socket, and ffplay, which can only be started and stopped.

macOS's afplay plays files only, and SoundCloud's terms forbid to make files of its streams: it is not used.
"""

import json
import os
import select
import socket
import subprocess
import time
from contextlib import suppress
from shutil import which
from typing import Any, Literal, Protocol, TypeAlias, cast

from soundcloud.cli.framework.errors import CommandError

End: TypeAlias = Literal["eof", "error", "quit"]

_END_SECONDS = 3.0
_OBSERVED = ("time-pos", "duration", "pause", "demuxer-cache-time", "demuxer-cache-idle")
_PIECE = 65_536


class Player(Protocol):
    """What plays.

    Attributes:
        name: The program.
        position: Seconds that were played of what is playing.
        duration: How long that is, in seconds; 0 while it is not known.
        paused: Whether it is paused.
        ended: How what was playing ended; None while it plays.
    """

    name: str
    position: float
    duration: float
    paused: bool
    ended: End | None

    def load(self, url: str, start: float = 0.0) -> None:
        """Play a link, from so many seconds on."""
        ...

    def wait(self, seconds: float, keys: int | None) -> None:
        """Wait until something happens, a key is pressed, or the time is over."""
        ...

    def toggle_pause(self) -> bool:
        """Pause or go on; False where the player cannot."""
        ...

    def seek(self, seconds: float) -> bool:
        """Move by so many seconds; False where the player cannot."""
        ...

    def close(self) -> None:
        """End it."""
        ...


def find_player(wanted: str | None) -> Player:
    """Start a player.

    Args:
        wanted: `mpv` or `ffplay`; None for the first that is there.

    Raises:
        CommandError: There is none.
    """
    kinds: dict[str, type[MpvPlayer | FfplayPlayer]] = {"mpv": MpvPlayer, "ffplay": FfplayPlayer}
    for name, kind in kinds.items():
        if name == "mpv" and os.name != "posix":
            continue  # elsewhere a program cannot be given a socket
        if wanted in (None, name) and (program := which(name)) is not None:
            return kind(program)
    raise CommandError(
        f"there is no {wanted or 'mpv or ffplay'} here", "install mpv; or print the link for another player: --url"
    )


class MpvPlayer:
    """mpv, steered over a socket that only the two have; when this end of it is gone, mpv ends as well.

    The link is told over it, too: what stands on a command line is seen by everybody on the machine.

    It is moved only to what it has read already, and waits for that: ffmpeg 5 loses a stream of fragmented MP4 that is moved
    elsewhere, and `--start` is such a move.

    Args:
        program: Its path.
    """

    name = "mpv"

    def __init__(self, program: str) -> None:
        self.position, self.duration, self.paused = 0.0, 0.0, False
        self.ended: End | None = None
        self._buffer, self._told, self._starting = b"", False, False
        self._socket, theirs = socket.socketpair()
        arguments = ["--idle=yes", "--no-video", "--no-terminal", "--ytdl=no", "--force-window=no", "--cache=yes"]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - found by which, with constant arguments
                [program, *arguments, f"--input-ipc-client=fd://{theirs.fileno()}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._cached, self._all_cached = 0.0, False
        self._wanted: float | None = None
        for number, name in enumerate(_OBSERVED, start=1):
            self._send("observe_property", number, name)

    def _send(self, *command: Any) -> None:
        try:
            self._socket.sendall(json.dumps({"command": command}).encode() + b"\n")
        except OSError:
            self.ended = "quit"

    def load(self, url: str, start: float = 0.0) -> None:
        """Play a link."""
        self.position, self.duration, self.ended = start, 0.0, None
        self._starting = True
        self._forget()
        self._wanted = start or None
        self._send("set_property", "pause", start > 0)
        self._send("loadfile", url, "replace")

    def _forget(self) -> None:
        """What was read is of another file."""
        self._cached, self._all_cached = 0.0, False

    def wait(self, seconds: float, keys: int | None) -> None:
        """Wait, and take in what mpv tells."""
        mpv = self._socket.fileno()
        readable, _, _ = select.select([mpv] if keys is None else [mpv, keys], [], [], seconds)
        if mpv not in readable:
            return
        try:
            piece = self._socket.recv(_PIECE)
        except OSError:
            piece = b""
        if not piece:
            if not self._told:
                self.close()
                raise CommandError("mpv does not start", "try it by itself: mpv --idle=yes; it needs version 0.33")
            self.ended = "quit"
            return
        self._told = True
        *lines, self._buffer = (self._buffer + piece).split(b"\n")
        for line in lines:
            self._take(cast("dict[str, Any]", json.loads(line)))

    def _take(self, told: dict[str, Any]) -> None:
        if self._starting and (told.get("name") in {"time-pos", "duration"} or told.get("event") == "end-file"):
            return  # of the file before it
        match told.get("event"), told.get("name"), told.get("data"):
            case "property-change", "time-pos", float() | int() as seconds:
                if self._wanted is None:
                    self.position = float(seconds)
            case "property-change", "duration", float() | int() as seconds:
                self.duration = float(seconds)
            case "property-change", "pause", bool() as paused:
                self.paused = paused and self._wanted is None
            case "property-change", "demuxer-cache-time", float() | int() as seconds:
                self._cached = float(seconds)
                self._move()
            case "property-change", "demuxer-cache-idle", bool() as idle:
                self._all_cached = idle
                self._move()
            case "start-file", _, _:
                self._starting = False
                self._forget()
            case "end-file", _, _:
                # What is replaced by something else ends with "stop".
                if (reason := told.get("reason")) in {"eof", "error", "quit"}:
                    self.ended = reason
            case "shutdown", _, _:
                self.ended = "quit"
            case _:
                pass

    def toggle_pause(self) -> bool:
        """Pause or go on."""
        self._send("set_property", "pause", not self.paused)
        return True

    def seek(self, seconds: float) -> bool:
        """Move, as soon as it has been read as far as that."""
        self._wanted = self.position = max(0.0, self.position + seconds)
        if self._wanted > self._cached:
            self._send("set_property", "pause", True)
        self._move()
        return True

    def _move(self) -> None:
        """Go to where it was wanted, or as far as it goes."""
        if self._wanted is None or not self._cached or (self._wanted > self._cached and not self._all_cached):
            return
        self._send("seek", min(self._wanted, max(0.0, self._cached - 1)), "absolute")
        self._send("set_property", "pause", False)
        self._wanted = None

    def close(self) -> None:
        """End mpv."""
        self._socket.close()
        _end(self._process)


class FfplayPlayer:
    """ffplay, without its window.

    Args:
        program: Its path.
    """

    name = "ffplay"

    def __init__(self, program: str) -> None:
        self.position, self.duration, self.paused = 0.0, 0.0, False
        self.ended: End | None = None
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = self._start = 0.0

    def load(self, url: str, start: float = 0.0) -> None:
        """Play a link."""
        self.close()
        self.position = self._start = start
        self.ended = None
        arguments = ["-nodisp", "-autoexit", "-loglevel", "quiet"]
        if start:
            # Not -ss: with the fragments of HLS, some versions find nothing to play then.
            arguments += ["-af", f"atrim=start={start:.3f},asetpts=PTS-STARTPTS"]
        self._process = subprocess.Popen(  # noqa: S603 - found by which, and the link was checked
            [self._program, *arguments, "-i", url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._begun = time.monotonic()

    def wait(self, seconds: float, keys: int | None) -> None:
        """Wait, and look whether it has ended."""
        if keys is None:
            time.sleep(seconds)
        else:
            select.select([keys], [], [], seconds)
        self.position = self._start + time.monotonic() - self._begun
        if self._process is not None and (code := self._process.poll()) is not None:
            self.ended = "eof" if code == 0 else "error"

    def toggle_pause(self) -> bool:
        """It cannot."""
        return False

    def seek(self, seconds: float) -> bool:  # noqa: ARG002 - as all players
        """It cannot."""
        return False

    def close(self) -> None:
        """End ffplay."""
        if self._process is not None:
            _end(self._process)
            self._process = None


def _end(process: subprocess.Popen[bytes]) -> None:
    for stop in (process.terminate, process.kill):
        stop()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
            return
