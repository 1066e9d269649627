"""A spinner on standard error while a request takes long; at a terminal only."""

import sys
from collections.abc import Callable
from itertools import cycle
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from soundcloud.cli.output.terminal import write_status

if TYPE_CHECKING:
    from soundcloud.events import Event as ClientEvent

DELAY_SECONDS = 0.3
_FRAME_SECONDS = 0.1
_FRAMES = "\u280b\u2819\u2839\u2838\u283c\u2834\u2826\u2827\u2807\u280f"
_ASCII_FRAMES = "|/-\\"


class Spinner:
    """Appears when a request takes longer than `DELAY_SECONDS`, and leaves no trace. `on_event` is for `SoundCloudClient`."""

    def __init__(self, write: Callable[[str], None] = write_status) -> None:
        self._write, self._lock = write, Lock()
        self._running: set[int] = set()
        self._stop: Event | None = None
        self._thread: Thread | None = None

    def on_event(self, event: "ClientEvent") -> None:
        """Start with the first request in progress, and stop with the last one, or before a retry is announced."""
        name, number = type(event).__name__, getattr(event, "id", 0)  # by name: the client has imported the classes
        if name == "RequestStartedEvent":
            self._running.add(number)
        elif name in {"RequestFinishedEvent", "RequestRetryingEvent"}:
            self._running.discard(number)
        if self._running and self._stop is None:
            self._start()
        elif not self._running:
            self.stop()

    def stop(self) -> None:
        """Remove the spinner; when this returns, the line is empty."""
        with self._lock:
            stop, thread, self._stop, self._thread = self._stop, self._thread, None, None
        if stop is not None and thread is not None:
            stop.set()
            thread.join()

    def _start(self) -> None:
        with self._lock:
            self._stop = Event()
            self._thread = Thread(target=self._spin, args=(self._stop,), daemon=True)
            self._thread.start()

    def _spin(self, stop: Event) -> None:
        if stop.wait(DELAY_SECONDS):
            return
        frames = _FRAMES if sys.stderr.encoding.lower().startswith("utf") else _ASCII_FRAMES
        for frame in cycle(frames):
            self._write(f"{frame} loading")
            if stop.wait(_FRAME_SECONDS):
                break
        self._write("")
