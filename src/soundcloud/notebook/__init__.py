"""SoundCloud's player in a notebook, controlled from Python. Needs the extra `notebook`.

It is an anywidget, and tested in JupyterLab, marimo and NiceGUI.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from html import escape
from importlib import import_module
from importlib.resources import files
from typing import Any, Literal, Unpack, cast
from uuid import uuid4

import attrs

from soundcloud._checks import check_callable
from soundcloud._protocol.media.embeds import (
    PLAYER,
    EmbeddedKind,
    build_player_url,
    find_embed_target,
    player_height,
    player_options,
)
from soundcloud._protocol.validation import repr_value
from soundcloud.errors import InvalidInputError
from soundcloud.urn import Resource
from soundcloud.widget import PlayerOptions, frame_of
from soundcloud_api.types import without_share_secret

try:
    import traitlets
    from anywidget import AnyWidget

    _CallbackDispatcher: Any = import_module("ipywidgets").CallbackDispatcher  # ipywidgets has no types
except ImportError as error:
    raise ImportError("soundcloud.notebook needs anywidget: pip install 'soundcloud-sdk[notebook]'") from error

__all__ = ["Player", "PlayerEvent", "PlayerEventName"]

PlayerEventName = Literal["ready", "play", "pause", "finish", "seek", "error"]
_EVENTS: tuple[PlayerEventName, ...] = ("ready", "play", "pause", "finish", "seek", "error")
_KEPT_COMMANDS = 20


@attrs.frozen
class PlayerEvent:
    """An event of a player.

    Attributes:
        name: `ready`, `play`, `pause`, `finish`, `seek` or `error`. SoundCloud's player sends `pause` also before `finish`.
        position: The position in milliseconds.
    """

    name: PlayerEventName
    position: int


def _read(*path: str) -> str:
    return files("soundcloud").joinpath(*path).read_text("utf-8")


class Player(AnyWidget):
    """SoundCloud's player for a track, a playlist or a user.

    Show it as the last expression of a cell, with `mo.ui.anywidget(player)` in marimo, or with `ui.anywidget(player)` in NiceGUI.
    Commands that are given before it is shown are carried out when it is shown. If it is shown twice, both views show the same
    player: commands go to the view that played last. Browsers let a page play only after a click or a key.

    Set `volume` and `interval`; the page sets the other attributes, and a value that you assign has no effect there. Use `observe`
    of traitlets to hear of changes.

    Attributes:
        volume: The volume, 0 to 100; default 100.
        ready: Whether the player is shown and accepts commands.
        playing: Whether it is playing.
        position: The position in milliseconds, as often as `interval` says, and at each event.
        duration: The duration of the current track in milliseconds; 0 if unknown.
        index: The position of the current track in the playlist, from 0.
        sound: The current track: `id`, `urn`, `title`, `duration`, `artwork_url`, `permalink_url` and `user`; None if unknown.
        interval: The seconds between two reports of the position while it plays; default 1.

    Example:
        >>> player = Player(client.tracks.get_track(308946187))
        >>> player.volume = 40
        >>> player.play()
        >>> player
    """

    _esm = f"{_read('web', 'static', 'soundcloud.js')}\n{_read('notebook', 'player.js')}"

    volume = traitlets.Int(100, min=0, max=100).tag(sync=True)
    ready = traitlets.Bool(False).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    duration = traitlets.Int(0).tag(sync=True)
    index = traitlets.Int(0).tag(sync=True)
    sound = traitlets.Dict(None, allow_none=True).tag(sync=True)
    interval = traitlets.Float(1.0, min=0.1).tag(sync=True)

    _id = traitlets.Unicode().tag(sync=True)
    _src = traitlets.Unicode().tag(sync=True)
    _title = traitlets.Unicode().tag(sync=True)
    _height = traitlets.Int().tag(sync=True)
    _private = traitlets.Bool().tag(sync=True)
    # The traits that the page sets are not read only, because NiceGUI assigns them.
    # Numbered logs, of which the other side remembers the last number: a single trait would keep the last of several values only.
    _commands: Any = cast("Any", traitlets.List()).tag(sync=True)
    _done = traitlets.Int(0).tag(sync=True)
    _events: Any = cast("Any", traitlets.List()).tag(sync=True)

    def __init__(
        self,
        resource: Resource,
        *,
        kind: EmbeddedKind | None = None,
        secret_token: str | None = None,
        height: int | None = None,
        player: str = PLAYER,
        interval: float = 1.0,
        **options: Unpack[PlayerOptions],
    ) -> None:
        """Create a player.

        Args:
            resource: A permalink URL, a share link, an API URL, a URN, an id, or a model such as `Track`.
            kind: The kind of the resource: `tracks`, `users` or `playlists`; required for an id, default any kind.
            secret_token: The secret of a share link (`s-...`), for a private resource; by default the one in a share link or in
                a model. It is sent to the open page only, and never saved with the notebook.
            height: Pixels; default 166 for a track, 300 for a track with `visual=True`, 450 for several tracks.
            player: The URL of the player; default SoundCloud's. A sandbox has its own: `f"{sandbox.media_url}/player"`.
            interval: The seconds between two reports of the position, at least 0.1; default 1.
            options: See `soundcloud.widget.PlayerOptions`.

        Raises:
            InvalidInputError: An argument is wrong, or the player does not accept the resource.
        """
        self._player = player
        self._options = cast("dict[str, Any]", options)
        self._fixed_height = height
        self._numbers = 0
        self._seen = 0
        self._handlers: defaultdict[str, list[Callable[[PlayerEvent], object]]] = defaultdict(list)
        super().__init__(_id=uuid4().hex, interval=interval, **self._describe(resource, kind, secret_token))
        cast("Any", self).on_msg(self._send_src)
        self.observe(self._report, "_events")

    def play(self) -> None:
        """Start or continue."""
        self._command("play")

    def pause(self) -> None:
        """Pause."""
        self._command("pause")

    def toggle(self) -> None:
        """Pause if it plays, else play."""
        self._command("toggle")

    def seek(self, position: int) -> None:
        """Go to a position. Before the first play, SoundCloud's player cannot: it goes there when it starts.

        Args:
            position: Milliseconds from the start.

        Raises:
            InvalidInputError: It is not a whole number from 0.
        """
        self._command("seek", _check_number("position", position))

    def next(self) -> None:
        """Play the next track of the list."""
        self._command("next")

    def previous(self) -> None:
        """Play the previous track of the list."""
        self._command("previous")

    def skip(self, index: int) -> None:
        """Play a track of the list.

        Args:
            index: Its position, from 0.

        Raises:
            InvalidInputError: It is not a whole number from 0.
        """
        self._command("skip", _check_number("index", index))

    def load(self, resource: Resource, *, kind: EmbeddedKind | None = None, secret_token: str | None = None) -> None:
        """Show something else, with the same options. Earlier commands that were not carried out yet are dropped.

        Args:
            resource: See `Player`.
            kind: See `Player`.
            secret_token: See `Player`.

        Raises:
            InvalidInputError: The player does not accept the resource; the old one stays.
        """
        described = self._describe(resource, kind, secret_token)
        with self.hold_sync():
            self._commands = []
            for name, value in (described | _START).items():
                setattr(self, name, value)

    def on(self, event: PlayerEventName, handler: Callable[[PlayerEvent], object]) -> Callable[[], None]:
        """Call a function at each event of a kind.

        Args:
            event: `ready`, `play`, `pause`, `finish`, `seek` or `error`.
            handler: Called with a `PlayerEvent`.

        Returns:
            A function that ends the subscription.

        Raises:
            InvalidInputError: There is no such event, or the handler is not a function.

        Example:
            >>> stop = player.on("finish", lambda event: player.load(next(tracks)))
        """
        if event not in _EVENTS:
            raise InvalidInputError(f"the player has no event {event!r}: use one of {', '.join(_EVENTS)}")
        handlers = self._handlers[event]
        handlers.append(check_callable("handler", handler, none=False))

        def unsubscribe() -> None:
            if handler in handlers:
                handlers.remove(handler)

        return unsubscribe

    def on_play(self, handler: Callable[[PlayerEvent], object]) -> Callable[[], None]:
        """Call a function when the player starts or continues; see `on`."""
        return self.on("play", handler)

    def on_pause(self, handler: Callable[[PlayerEvent], object]) -> Callable[[], None]:
        """Call a function when the player pauses, which it also does just before `finish`; see `on`."""
        return self.on("pause", handler)

    def on_finish(self, handler: Callable[[PlayerEvent], object]) -> Callable[[], None]:
        """Call a function when a track has ended; see `on`."""
        return self.on("finish", handler)

    def on_error(self, handler: Callable[[PlayerEvent], object]) -> Callable[[], None]:
        """Call a function when a track cannot be played; see `on`."""
        return self.on("error", handler)

    async def wait_until(self, event: PlayerEventName, *, timeout: float | None = None) -> PlayerEvent:
        """Wait for the next event of a kind; `ready` returns at once if the player is ready.

        Await it in a task, or in a handler of NiceGUI. Do not await it in a cell: JupyterLab and marimo may receive the events of
        the page only after the cell has finished. Use `on` or a task there.

        Args:
            event: `ready`, `play`, `pause`, `finish`, `seek` or `error`.
            timeout: Seconds; by default, it waits as long as it takes.

        Raises:
            TimeoutError: The event did not come in time. A browser that does not allow the page to play reports nothing.
            InvalidInputError: There is no such event.

        Example:
            >>> async def play_two():
            ...     player.play()
            ...     await player.wait_until("finish", timeout=600)
            ...     player.load(other_track)
            ...     player.play()
            >>> task = asyncio.create_task(play_two())
        """
        loop = asyncio.get_running_loop()
        happened: asyncio.Future[PlayerEvent] = loop.create_future()

        def settle(found: PlayerEvent) -> None:
            if not happened.done():
                happened.set_result(found)

        # A kernel may report from another thread.
        unsubscribe = self.on(event, lambda found: loop.call_soon_threadsafe(settle, found))
        try:
            if event == "ready" and self.ready:
                return PlayerEvent("ready", self.position)
            async with asyncio.timeout(timeout):
                return await happened
        finally:
            unsubscribe()

    def __repr__(self) -> str:
        return f"<Player: {self._title}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Add HTML for places without widgets: a link, which is left where frames are not allowed, and the frame."""
        bundle: Any = cast("Any", super())._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle[0]["text/html"] = self._html
        return cast("tuple[dict[str, Any], dict[str, Any]] | None", bundle)

    def _describe(self, resource: Resource, kind: EmbeddedKind | None, secret_token: str | None) -> dict[str, Any]:
        """Return the traits that describe a resource. The secret of a share link is kept out of them: a notebook saves them."""
        found = find_embed_target(resource, kind, secret_token)
        title = found.title or "SoundCloud player"
        frame = frame_of(found, self._options, found.title, "100%", self._fixed_height, self._player)
        src = build_player_url(self._player, found.url, player_options(self._options))
        public = without_share_secret(found.url)
        is_private = public != found.url
        height = self._fixed_height or player_height(is_list=found.is_list, visual=self._options.get("visual") is True)
        self._full_src = src
        self._html = (
            f"<p>{escape(title)} (private)</p>"
            if is_private
            else (f'<p><a href="{escape(found.oembed_url)}">{escape(title)}</a></p>{frame}')
        )
        return {
            "_src": build_player_url(self._player, public, {}) if is_private else src,
            "_title": title,
            "_height": height,
            "_private": is_private,
        }

    def _command(self, method: str, value: int | None = None) -> None:
        self._numbers += 1
        self._commands = [*self._commands, [self._numbers, method, value]][-_KEPT_COMMANDS:]

    def _send_src(self, _: object, content: object, __: object) -> None:
        if content == "src":
            cast("Any", self).send({"src": self._full_src})

    def _report(self, change: Any) -> None:
        for number, name, position in change["new"]:
            if number > self._seen:
                self._seen = number
                # It calls all of them, and shows the traceback of one that fails in the notebook.
                _CallbackDispatcher(callbacks=list(self._handlers[name]))(PlayerEvent(name, position))


_START = {"ready": False, "playing": False, "position": 0, "duration": 0, "index": 0, "sound": None}


def _check_number(name: str, value: int) -> int:
    if value.__class__ is not int or value < 0:
        raise InvalidInputError(f"{name}={repr_value(value)}: pass a whole number from 0")
    return value
