"""Plays in the background of the screen: a session in a thread of its own, controlled by actions instead of keys."""

import os
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from soundcloud.cli.framework.errors import ErrorMessage, describe_error
from soundcloud.cli.player.backends import Player, find_player
from soundcloud.cli.player.keyboard import Keyboard
from soundcloud.cli.player.queue import PlayQueue
from soundcloud.cli.player.session import PlaybackSession, QueuedTrack, run_in_background

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient

_SECONDS = 10.0  # to wait for a session to end


class RemoteKeyboard(Keyboard):
    """Keys that the program presses; a pipe wakes the thread that waits for them."""

    def __init__(self) -> None:
        self._actions: deque[str] = deque()
        self._pipe = os.pipe() if os.name == "posix" else None
        super().__init__(self._pipe[0] if self._pipe else None)

    def press(self, action: str) -> None:
        """Press a key."""
        self._actions.append(action)
        if self._pipe:
            os.write(self._pipe[1], b".")

    def read(self) -> list[str]:
        """Return the actions since the last call."""
        actions: list[str] = []
        while self._actions:
            actions.append(self._actions.popleft())
            if self._pipe:
                os.read(self._pipe[0], 1)
        return actions

    def close(self) -> None:
        """Close the pipe."""
        for descriptor in self._pipe or ():
            os.close(descriptor)


class BackgroundPlayback:
    """Plays one queue at a time; `on_error` is called in a thread when a track is skipped, or when playback fails."""

    def __init__(
        self, client: "SoundCloudClient", player_name: str | None, volume: int, on_error: Callable[[ErrorMessage], None]
    ) -> None:
        self._client, self._player_name, self._volume, self._on_error = client, player_name, volume, on_error
        self._player: Player | None = None
        self._keyboard: RemoteKeyboard | None = None
        self._done: Future[None] | None = None
        self.session: PlaybackSession | None = None

    @property
    def is_playing(self) -> bool:
        """Whether a queue is played, or paused."""
        return self._done is not None and not self._done.done()

    def play(self, tracks: Iterable[QueuedTrack]) -> None:
        """Play a queue instead of the current one; raise a `CommandError` if no player is installed."""
        self.stop()
        if self._player is None or self._player.ended == "quit":
            self._player = find_player(self._player_name)
            self._player.set_volume(self._volume)
        before, self._keyboard = self.session, RemoteKeyboard()
        session = PlaybackSession(self._client, PlayQueue(tracks), self._player, self._keyboard, self, prefer={})
        if before is not None:
            session.liked = before.liked
            session.queue.loop = before.queue.loop
        self.session = session
        self._done = run_in_background(lambda: self._run(session))

    def press(self, action: str) -> None:
        """Carry out an action of the player; without a queue, nothing happens."""
        if self.is_playing and self._keyboard is not None:
            self._keyboard.press(action)

    def stop(self) -> None:
        """Stop playing, and keep the player for the next queue."""
        if self._keyboard is None or self._done is None:
            return
        self.press("quit")
        with suppress(Exception):  # reported when it happened
            self._done.result(_SECONDS)
        if self._player is not None:
            self._volume = self._player.volume
        if self._done.done():
            self._keyboard.close()
        self._keyboard = None

    def close(self) -> None:
        """Stop playing, and the player."""
        self.stop()
        if self._player is not None:
            self._player.close()

    def _run(self, session: PlaybackSession) -> None:
        try:
            session.run()
        except Exception as error:
            self._on_error(describe_error(error))
        finally:
            if session.player.ended != "quit":
                session.player.stop()

    def show(self, session: PlaybackSession) -> None:
        """Do nothing: the screen looks at the session itself."""

    def show_error(self, error: ErrorMessage) -> None:
        """Report that a track is skipped."""
        self._on_error(error)


def queue_from(items: Iterable[Any]) -> Iterable[QueuedTrack]:
    """Return the tracks of a list; a feed can have other things."""
    for item in items:
        track = getattr(item, "origin", item)
        if getattr(track, "kind", None) == "track":
            yield QueuedTrack(track.urn, None, track)
