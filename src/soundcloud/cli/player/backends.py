"""Playback backends: mpv, which is controlled over a socket, and ffplay, which can only be started and stopped.

macOS's afplay is not supported: it plays files only, and SoundCloud's terms do not allow saving streams as files.
"""

import json
import os
import select
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from shutil import which
from tempfile import TemporaryFile
from typing import IO, Any, ClassVar, Literal, TypeAlias, cast

from soundcloud.cli.framework.errors import CommandError

End: TypeAlias = Literal["eof", "error", "quit"]

_STOP_TIMEOUT = 3.0
_CAN_PASS_SOCKETS = os.name == "posix"  # to a started program
_OBSERVED = ("time-pos", "duration", "pause", "demuxer-cache-time", "demuxer-cache-idle")
_READ_SIZE = 65_536
_NO_AUDIO = "audio output initialization failed"  # an error of mpv


class Player(ABC):
    """A playback backend.

    `position` and `duration` are in seconds, and `duration` is 0 while it is unknown. `volume` is in percent.
    """

    name: ClassVar[str]

    def __init__(self, program: str) -> None:
        self.position, self.duration, self.paused = 0.0, 0.0, False
        self.volume, self.muted = 100, False
        self.ended: End | None = None
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def load(self, url: str, start: float = 0.0) -> None:
        """Play a URL from a position in seconds."""

    @abstractmethod
    def stop(self) -> None:
        """Stop playing; `load` plays again."""

    @abstractmethod
    def wait(self, seconds: float, keys: int | None) -> None:
        """Wait for an event, a key or the timeout."""

    def toggle_pause(self) -> bool:
        """Pause or resume; return False if the player cannot."""
        return False

    def seek(self, seconds: float) -> bool:  # noqa: ARG002 - for players that can
        """Move by a number of seconds; return False if the player cannot."""
        return False

    def set_volume(self, percent: int) -> bool:
        """Set the volume, from 0 to 100; return False if it takes effect with the next track only."""
        self.volume = min(100, max(0, percent))
        return False

    def toggle_mute(self) -> bool:
        """Switch the sound off or on; return False if the player cannot."""
        return False

    def close(self) -> None:
        """Stop the program."""
        process, self._process = self._process, None
        if process is None:
            return
        for send_signal in (process.terminate, process.kill):
            send_signal()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_TIMEOUT)
                return

    def _run(
        self,
        *arguments: str,
        pass_fds: Sequence[int] = (),
        start_new_session: bool = False,
        errors: IO[bytes] | None = None,
    ) -> None:
        """Start the program without input and output; `errors` is a file for its messages."""
        null = subprocess.DEVNULL
        self._process = subprocess.Popen(  # noqa: S603 - found by which; the only variable argument is a checked URL
            [self._program, *arguments],
            stdin=null,
            stdout=null,
            stderr=errors or null,
            pass_fds=pass_fds,
            start_new_session=start_new_session,
        )


def find_player(name: str | None) -> Player:
    """Start `mpv` or `ffplay`; None starts the first that is installed."""
    if name == MpvPlayer.name and not _CAN_PASS_SOCKETS:
        raise CommandError(
            "mpv cannot be controlled on Windows",
            "use --player ffplay, or print the URL for mpv: soundcloud play --url",
        )
    for kind in (MpvPlayer, FfplayPlayer) if _CAN_PASS_SOCKETS else (FfplayPlayer,):
        if name in (None, kind.name) and (program := which(kind.name)) is not None:
            return kind(program)
    raise CommandError(
        f"{name or 'mpv or ffplay'} is not installed",
        "install mpv, or print the URL for another player: soundcloud play --url",
    )


def _no_audio_device(player: str) -> CommandError:
    return CommandError(
        f"{player} cannot open the audio device", "connect one, or print the URL: soundcloud play --url"
    )


class MpvPlayer(Player):
    """mpv, controlled over a private socket; mpv exits when the other end of the socket is closed.

    The URL is sent over the socket too: other users of the machine can read a command line.

    A seek waits until mpv has read as far as the target: ffmpeg 5 loses a stream of fragmented MP4 after a seek beyond it, and
    `--start` is such a seek.
    """

    name = "mpv"

    def __init__(self, program: str) -> None:
        super().__init__(program)
        self._buffer, self._has_responded, self._starting = b"", False, False
        self._socket, theirs = socket.socketpair()
        arguments = ["--idle=yes", "--no-video", "--no-terminal", "--ytdl=no", "--force-window=no", "--cache=yes"]
        with theirs:
            connection = f"--input-ipc-client=fd://{theirs.fileno()}"
            self._run(*arguments, connection, pass_fds=[theirs.fileno()], start_new_session=True)
        self._cached, self._all_cached = 0.0, False
        self._seek_target: float | None = None
        for number, name in enumerate(_OBSERVED, start=1):
            self._send("observe_property", number, name)

    def _send(self, *command: Any) -> None:
        try:
            self._socket.sendall(json.dumps({"command": command}).encode() + b"\n")
        except OSError:
            self.ended = "quit"

    def load(self, url: str, start: float = 0.0) -> None:
        """Play a URL from a position in seconds."""
        self.position, self.duration, self.ended = start, 0.0, None
        self._starting = True
        self._reset_cache()
        self._seek_target = start or None
        self._send("set_property", "pause", start > 0)
        self._send("loadfile", url, "replace")

    def stop(self) -> None:
        """Stop playing; mpv waits for the next URL."""
        self._send("stop")

    def _reset_cache(self) -> None:
        """Forget how much of the previous stream was read."""
        self._cached, self._all_cached = 0.0, False

    def wait(self, seconds: float, keys: int | None) -> None:
        """Wait, and process the messages of mpv."""
        mpv = self._socket.fileno()
        readable, _, _ = select.select([mpv] if keys is None else [mpv, keys], [], [], seconds)
        if mpv not in readable:
            return
        try:
            data = self._socket.recv(_READ_SIZE)
        except OSError:
            data = b""
        if not data:
            if not self._has_responded:
                self.close()
                raise CommandError(
                    "mpv does not start", "run it directly: mpv --idle=yes; version 0.33 or newer is needed"
                )
            self._check_exit()
            return
        self._has_responded = True
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._process_message(cast("dict[str, Any]", json.loads(line)))

    def _check_exit(self) -> None:
        """Report a crash of mpv; before another end it says "shutdown", unless SIGTERM arrives during its start."""
        has_quit, self.ended = self.ended == "quit", "quit"
        with suppress(subprocess.TimeoutExpired):
            status = self._process.wait(_STOP_TIMEOUT) if self._process is not None else 0
            if not has_quit and status not in {0, 4, -signal.SIGTERM}:
                raise CommandError(
                    f"mpv ended unexpectedly, with status {status}", "run the command again, or use --player ffplay"
                )

    def _process_message(self, message: dict[str, Any]) -> None:
        if self._starting and (message.get("name") in {"time-pos", "duration"} or message.get("event") == "end-file"):
            return  # about the previous stream
        match message.get("event"), message.get("name"), message.get("data"):
            case "property-change", "time-pos", float() | int() as seconds:
                # It is below 0 until the sound of a stream begins, also if a seek has been sent.
                if self._seek_target is None and seconds >= 0:
                    self.position = float(seconds)
            case "property-change", "duration", float() | int() as seconds:
                self.duration = float(seconds)
            case "property-change", "pause", bool() as paused:
                self.paused = paused and self._seek_target is None
            case "property-change", "demuxer-cache-time", float() | int() as seconds:
                self._cached = float(seconds)
                self._seek_if_ready()
            case "property-change", "demuxer-cache-idle", bool() as idle:
                self._all_cached = idle
                self._seek_if_ready()
            case "start-file", _, _:
                self._starting = False
                self._reset_cache()
            case "end-file", _, _:
                if message.get("file_error") == _NO_AUDIO:
                    raise _no_audio_device(self.name)
                # The reason "stop" means that another stream replaced it.
                if (reason := message.get("reason")) in {"eof", "error", "quit"}:
                    self.ended = reason
            case "shutdown", _, _:
                self.ended = "quit"
            case _:
                pass

    def toggle_pause(self) -> bool:
        """Pause or resume."""
        self._send("set_property", "pause", not self.paused)
        return True

    def seek(self, seconds: float) -> bool:
        """Move by a number of seconds, as soon as mpv has read as far as the target."""
        self._seek_target = self.position = max(0.0, self.position + seconds)
        if self._seek_target > self._cached:
            self._send("set_property", "pause", True)
        self._seek_if_ready()
        return True

    def _seek_if_ready(self) -> None:
        """Seek to the target if it is read, or to the end of a stream that is read completely."""
        if self._seek_target is None or not self._cached or (self._seek_target > self._cached and not self._all_cached):
            return
        self._send("seek", min(self._seek_target, max(0.0, self._cached - 1)), "absolute")
        self._send("set_property", "pause", False)
        self._seek_target = None

    def set_volume(self, percent: int) -> bool:
        """Set the volume."""
        super().set_volume(percent)
        self._send("set_property", "volume", self.volume)
        return True

    def toggle_mute(self) -> bool:
        """Switch the sound off or on."""
        self.muted = not self.muted
        self._send("set_property", "mute", self.muted)
        return True

    def close(self) -> None:
        """Stop mpv."""
        self._socket.close()
        super().close()


class FfplayPlayer(Player):
    """ffplay, without its window and without controls."""

    name = "ffplay"

    def __init__(self, program: str) -> None:
        super().__init__(program)
        self._started_at = self._start = 0.0
        self._errors: IO[bytes] | None = None

    def load(self, url: str, start: float = 0.0) -> None:
        """Play a URL from a position in seconds."""
        self.close()
        self.position = self._start = start
        self.ended = None
        self._errors = TemporaryFile()  # noqa: SIM115 - `close` closes it
        arguments = ["-nodisp", "-autoexit", "-loglevel", "error", "-volume", str(self.volume)]
        if start:
            # Not -ss: some versions find nothing to play in fragmented HLS streams.
            arguments += ["-af", f"atrim=start={start:.3f},asetpts=PTS-STARTPTS"]
        self._run(*arguments, "-i", url, errors=self._errors)
        self._started_at = time.monotonic()

    def stop(self) -> None:
        """Stop ffplay."""
        self.close()

    def close(self) -> None:
        """Stop ffplay, and delete its messages."""
        super().close()
        if self._errors is not None:
            self._errors.close()
            self._errors = None

    def wait(self, seconds: float, keys: int | None) -> None:
        """Wait, and check whether ffplay has exited."""
        if keys is None:
            time.sleep(seconds)
        else:
            select.select([keys], [], [], seconds)
        self.position = self._start + time.monotonic() - self._started_at
        if self._process is not None and (code := self._process.poll()) is not None:
            self.ended = "eof" if code == 0 else "error"
            if self._errors is not None:
                self._errors.seek(0)
                # The exit code is 0 in this case too.
                if b"audio open failed" in self._errors.read():
                    raise _no_audio_device(self.name)
