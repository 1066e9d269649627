"""Plays a queue of tracks: gets tracks, streams and waveforms, carries out the keys, and skips what cannot be played."""

import threading
import webbrowser
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import attrs

from soundcloud.cli.framework.errors import ErrorMessage, describe_error
from soundcloud.cli.player.backends import Player
from soundcloud.cli.player.keyboard import Keyboard
from soundcloud.cli.player.playback import Outcome, play_track
from soundcloud.cli.player.queue import PlayQueue
from soundcloud.errors import NotFoundError, NotPlayableError, SoundCloudError

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient, Stream, Waveform
    from soundcloud.models import Track

T = TypeVar("T")

_VOLUME_STEP = 5
_PREPARE = 8.0  # seconds before the end of a track, at which the next one is prepared
_MAXIMUM_FAILURES = 5  # in a row


@attrs.frozen
class QueuedTrack:
    """A track of the queue; `track` is None until it is fetched."""

    urn: str
    secret_token: str | None = attrs.field(default=None, repr=False)
    track: "Track | None" = attrs.field(default=None, repr=False)


@attrs.frozen
class PlayingTrack:
    """A track that can be played now."""

    track: "Track"
    stream: "Stream"
    waveform: "Future[Waveform | None]"

    @property
    def milliseconds(self) -> float:
        """The length of what is played; 0 if it is unknown, as for previews."""
        return 0.0 if self.stream.is_preview else float(self.track.duration or 0)


class Screen(Protocol):
    """Shows what is played."""

    def show(self, session: "PlaybackSession") -> None:
        """Show the state of a session."""

    def show_error(self, error: ErrorMessage) -> None:
        """Show that a track is skipped, and why."""


class PlaybackSession:
    """Plays a queue until it ends or the user quits.

    Attributes:
        playing: The current track.
        message: What the last key did, if the screen does not show it otherwise.
        shows_help: Whether to list the keys.
        errors: Why tracks were skipped.
    """

    def __init__(
        self,
        client: "SoundCloudClient",
        queue: PlayQueue[QueuedTrack],
        player: Player,
        keyboard: Keyboard,
        screen: Screen,
        *,
        prefer: dict[str, Any],
    ) -> None:
        self.queue, self.player = queue, player
        self.playing: PlayingTrack | None = None
        self.message = ""
        self.shows_help = False
        self.liked: set[str] = set()
        self.errors: list[ErrorMessage] = []
        self._client, self._keyboard, self._screen, self._prefer = client, keyboard, screen, prefer
        self._next: tuple[QueuedTrack, Future[PlayingTrack]] | None = None

    def run(self) -> None:
        """Play the queue."""
        failures = 0
        while True:
            outcome: Outcome = "ended"
            failed = False
            try:
                self.playing = self._get_playing(self.queue.current)
                self.message = ""
                outcome = self._play(self.playing)
                failures = 0
            except (NotPlayableError, NotFoundError) as error:
                if len(self.queue) == 1:
                    raise
                self.errors.append(describe_error(error).with_subject(self.queue.current.urn))
                with self._keyboard.drawing():
                    self._screen.show_error(self.errors[-1])
                failed = True
                failures += 1
            if failures >= min(len(self.queue), _MAXIMUM_FAILURES) or not self.queue.advance(outcome, failed=failed):
                return

    @property
    def is_liked(self) -> bool:
        """Whether the current track is known to be one of the user's likes."""
        return self.playing is not None and self.playing.track.urn in self.liked

    def _get_playing(self, item: QueuedTrack) -> PlayingTrack:
        """Return a track with a new stream, or the one that was prepared."""
        prepared, self._next = self._next, None
        if prepared is not None and prepared[0] is item:
            return prepared[1].result()
        return self._prepare(item)

    def _prepare(self, item: QueuedTrack) -> PlayingTrack:
        tracks, secret = self._client.tracks, item.secret_token
        track = item.track or tracks.get_track(item.urn, secret_token=secret)
        stream = tracks.get_stream(item.urn, secret_token=secret, **self._prefer)
        if track.user_favorite:
            self.liked.add(track.urn)
        return PlayingTrack(track, stream, run_in_background(lambda: tracks.get_waveform(track)))

    def _play(self, playing: PlayingTrack) -> Outcome:
        def show(player: Player) -> None:
            length = player.duration or playing.milliseconds / 1000
            following = self.queue.peek()
            if length and length - player.position < _PREPARE and self._next is None and following is not None:
                self._next = following, run_in_background(lambda: self._prepare(following))
            with self._keyboard.drawing():
                self._screen.show(self)

        seconds = playing.milliseconds / 1000
        return play_track(self.player, self._keyboard, playing.stream, show, seconds=seconds, act=self._act)

    def _act(self, action: str) -> None:
        """Carry out a key that does not change the position."""
        self.message = ""
        match action:
            case "louder" | "quieter":
                step = _VOLUME_STEP if action == "louder" else -_VOLUME_STEP
                if not self.player.set_volume(self.player.volume + step):
                    self.message = (
                        f"volume {self.player.volume} % from the next track on: {self.player.name} cannot change it"
                    )
            case "mute":
                if not self.player.toggle_mute():
                    self.message = f"{self.player.name} cannot mute"
            case "shuffle":
                self.queue.toggle_shuffle()
                self._next = None
            case "loop":
                self.queue.cycle_loop()
                self._next = None
            case _ if action.startswith("seek "):
                self.player.seek(float(action.removeprefix("seek ")) - self.player.position)
            case "help":
                self.shows_help = not self.shows_help
            case "like":
                self._like()
            case "open" if self.playing is not None:
                url = self.playing.track.permalink_url or ""
                self.message = "opened in the browser" if url and webbrowser.open(url) else "there is no browser"
            case _:
                pass

    def _like(self) -> None:
        """Like or unlike the current track, while the playback goes on."""
        if self.playing is None:
            return
        urn, likes, was_liked = self.playing.track.urn, self._client.likes, self.is_liked

        def change() -> None:
            try:
                (likes.unlike_track if was_liked else likes.like_track)(urn)
            except SoundCloudError as error:
                described = describe_error(error)
                self.message = f"{described.text}: {described.hint}"
            else:
                (self.liked.discard if was_liked else self.liked.add)(urn)
                self.message = "removed from your likes" if was_liked else "added to your likes"

        run_in_background(change)


def run_in_background(function: Callable[[], T]) -> "Future[T]":
    """Call a function in a thread that does not keep the process alive."""
    future: Future[T] = Future()

    def work() -> None:
        try:
            future.set_result(function())
        except Exception as error:  # the caller of `result` gets it
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return future
