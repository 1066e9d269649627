"""The full-screen browser: sections on the left, a list on the right, the player below."""

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static

from soundcloud._protocol.printable import to_printable
from soundcloud.cli.browse.lists import SECTIONS, LoadedList, Section, open_item
from soundcloud.cli.browse.playback import BackgroundPlayback, queue_from
from soundcloud.cli.framework.errors import INTERRUPTED, CommandError, ErrorMessage, describe_error
from soundcloud.cli.framework.wording import remove_python_names
from soundcloud.cli.player.screen import draw_player, times
from soundcloud.errors import SoundCloudError

if TYPE_CHECKING:
    from soundcloud import SoundCloudClient
    from soundcloud.events import RetryInfo

_TICK = 0.25
_MARGIN = 5  # rows before the end, at which the next page is loaded
_SCROLL_BAR = 2
_IDLE = Text("enter plays a track, or opens a playlist or a user", "dim")
_ACTIONS = {
    "space": ("pause", "Pause"),
    "n": ("next", "Next"),
    "p": ("previous", "Previous"),
    "left": ("back", "Back 10 s"),
    "right": ("forward", "Forward 10 s"),
    "plus": ("louder", "Louder"),
    "minus": ("quieter", "Quieter"),
    "m": ("mute", "Mute"),
    "s": ("shuffle", "Shuffle"),
    "l": ("loop", "Loop"),
    "L": ("like", "Like"),
    "o": ("open", "Open in browser"),
}
# The key / goes to the search box, so it is pressed there, too.
_WORDS = "(?!/).*"
_SYMBOLS = {"plus": "+", "minus": "-"}
_OTHER_KEYS = (("/", "Search"), ("tab", "Next part"), ("enter", "Play or open"), ("esc", "Back"))
_SCROLL_KEYS = {"up", "down", "pageup", "pagedown", "home", "end"}
_IN_FOOTER = {"space", "n"}


class Waveform(Static):
    """The player; a click on the waveform seeks."""

    class Seek(Message):
        """The user clicked on a part of the waveform, from 0 to 1."""

        def __init__(self, part: float) -> None:
            super().__init__()
            self.part = part

    def on_click(self, event: events.Click) -> None:
        """Seek to the position of the click."""
        if event.y == 1:
            self.post_message(self.Seek(event.x / max(1, self.size.width - 1)))


class Rows(OptionList):
    """A list. The left and right keys seek, and do not scroll."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "app.player('back')", show=False),
        Binding("right", "app.player('forward')", show=False),
    ]

    class Resized(Message):
        """The list has a new width."""

    def on_resize(self) -> None:
        """Report the new width."""
        self.post_message(self.Resized())


class KeysScreen(ModalScreen[None]):
    """The list of the keys. In a low window, the keys that move in a list scroll it; any other key closes it."""

    def __init__(self) -> None:
        super().__init__()
        self._is_closing = False

    def compose(self) -> ComposeResult:
        """Create the list."""
        keys = [(_SYMBOLS.get(key, key), text) for key, (_, text) in _ACTIONS.items()]
        lines = [*_OTHER_KEYS, *keys, ("q", "Quit")]
        text = Text("\n").join(Text.assemble((f"{key:>6}", "bold"), f"  {meaning}") for key, meaning in lines)
        with VerticalScroll(id="keys-box"):
            yield Static(text, id="keys")

    def on_key(self, event: events.Key) -> None:
        """Close the list."""
        if event.key in _SCROLL_KEYS and self.query_one("#keys-box").max_scroll_y:
            return
        event.stop()
        self._close()

    def on_click(self) -> None:
        """Close the list."""
        self._close()

    def _close(self) -> None:
        # Keys that were typed ahead arrive here too, and a screen can be closed only once.
        if not self._is_closing:
            self._is_closing = True
            self.dismiss()


class Browser(App[None]):
    """The application."""

    TITLE = "soundcloud"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #sections { width: 18; height: 1fr; border: none; border-right: solid $primary-background; }
    #words { height: 1; border: none; padding: 0 1; }
    #title { height: 1; padding: 0 1; text-style: bold; }
    #rows { height: 1fr; border: none; padding: 0; text-wrap: nowrap; text-overflow: ellipsis; }
    KeysScreen { align: center middle; }
    #keys-box { width: 30; height: auto; max-height: 100%; padding: 1 2; background: $surface; border: round $primary; }
    #keys-box { scrollbar-size-vertical: 1; }
    #keys { height: auto; }
    #player { height: 5; padding: 0 1; border-top: solid $primary-background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/"),
        Binding("escape", "leave", "Back"),
        *(
            Binding(key, f"player('{action}')", text, show=key in _IN_FOOTER)
            for key, (action, text) in _ACTIONS.items()
        ),
        Binding("question_mark", "keys", "Keys", key_display="?"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
    ]

    def __init__(
        self, client: "SoundCloudClient", *, player: str | None = None, volume: int = 100, waits: "list[RetryInfo]"
    ) -> None:
        super().__init__()
        self._waits = waits
        self._client = client
        self._playback = BackgroundPlayback(client, player, volume, self._report)
        self._section = SECTIONS[0]
        self._opened: list[LoadedList] = []
        self._marked_urn: str | None = None
        self._shown_width = 0
        self._loading: LoadedList | None = None
        self.failure: BaseException | None = None

    def compose(self) -> ComposeResult:
        """Create the widgets."""
        with Horizontal():
            yield Rows(*(section.title for section in SECTIONS), id="sections")
            with Vertical():
                yield Input(placeholder="words to find, then enter", id="words", restrict=_WORDS, compact=True)
                yield Static(id="title")
                yield Rows(id="rows", markup=False)
        yield Waveform(_IDLE, id="player")
        yield Footer()

    def on_mount(self) -> None:
        """Start with the search box."""
        self.query_one("#words", Input).focus()
        self.query_one("#sections", OptionList).highlighted = 0
        self.set_interval(_TICK, self._show_player)
        if os.name == "posix":
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self.exit, None, 128 + number)

    def _handle_exception(self, error: Exception) -> None:
        """Close the screen because of a bug; Textual would print a traceback with all local variables, tokens included."""
        self.failure = getattr(error, "error", error)
        self.exit(return_code=1)

    def on_unmount(self) -> None:
        """Stop the player."""
        self._playback.close()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open a section, or the row of a list."""
        if event.option_list.id == "sections":
            self._open_section(SECTIONS[event.option_index])
        else:
            self._open_row(event.option_index)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Load the next page before the end of the list is reached."""
        if event.option_list.id != "rows" or not self._opened:
            return
        shown = self._opened[-1]
        shown.cursor = event.option_index
        if event.option_index >= len(shown.items) - _MARGIN and not shown.is_complete:
            self._load(shown)

    def on_input_submitted(self) -> None:
        """Search."""
        self._open_section(self._section if self._section.is_search else SECTIONS[0])

    def _open_section(self, section: Section) -> None:
        self._section = section
        self.query_one("#sections", OptionList).highlighted = SECTIONS.index(section)
        words = self.query_one("#words", Input).value.strip()
        if section.is_search and not words:
            self.query_one("#words", Input).focus()
            return
        title = f"{section.title}: {words}" if section.is_search else section.title
        self._opened.clear()
        self._open(LoadedList(title, section.view, lambda: section.load(self._client, words)))

    def _open_row(self, index: int) -> None:
        shown = self._opened[-1]
        opened = open_item(self._client, shown.items[index])
        if opened is not None:
            self._open(opened)
            return
        self._play(shown, index)

    @work(thread=True, group="play")
    def _play(self, shown: LoadedList, index: int) -> None:
        """Play a list from a row on, in a thread: the session before may be waiting for a response."""
        try:
            self._playback.play(queue_from(shown.rest(index)))
        except CommandError as error:
            self._report(describe_error(error))

    def _open(self, loaded: LoadedList) -> None:
        self._opened.append(loaded)
        rows = self.query_one("#rows", OptionList)
        rows.clear_options()
        rows.focus()
        self._show_title("loading")
        self._load(loaded)

    @work(thread=True, group="load")
    def _load(self, loaded: LoadedList) -> None:
        """Load a page in a thread."""
        if self._loading is loaded:
            return
        self._loading = loaded
        start = len(loaded.items)
        try:
            loaded.load_page()
        except SoundCloudError as error:
            loaded.is_complete = loaded.has_failed = True
            self._report(describe_error(error))
        finally:
            self._loading = None
        self.call_from_thread(self._show_rows, loaded, start)

    def _show_rows(self, loaded: LoadedList, start: int) -> None:
        """Show the rows of a list from `start` on, if it is still the opened one."""
        if not self._opened or self._opened[-1] is not loaded:
            return
        rows = self.query_one("#rows", OptionList)
        if start == 0:
            rows.clear_options()
        self._shown_width = self._row_width
        rows.add_options(map(self._prompt, loaded.lines(self._row_width, start), loaded.items[start:]))
        found = "" if loaded.items else f"no {loaded.view.plural}"
        self._show_title("could not be loaded completely" if loaded.has_failed else found)
        if start == 0 and loaded.items:
            rows.highlighted = loaded.cursor

    @property
    def _row_width(self) -> int:
        return max(10, self.query_one("#rows").size.width - 2 * _SCROLL_BAR)

    def _prompt(self, line: str, item: Any) -> Text:
        is_playing = self._marked_urn is not None and _urn_of(item) == self._marked_urn
        return Text(f"{chr(0x25B6) if is_playing else ' '} {line}", "bold" if is_playing else "", no_wrap=True)

    def _show_title(self, note: str) -> None:
        path = " / ".join(to_printable(each.title) for each in self._opened)
        self.query_one("#title", Static).update(Text.assemble(path, (f"  {note}" if note else "", "dim"), no_wrap=True))

    def on_rows_resized(self) -> None:
        """Fit the rows to the new width."""
        if self._opened and self._row_width != self._shown_width:
            self._show_rows(self._opened[-1], 0)

    def _show_player(self) -> None:
        while self._waits:
            wait = self._waits.pop(0)
            self.notify(
                f"retrying in {wait.delay:.0f} s", title=to_printable(remove_python_names(wait.reason)), markup=False
            )
        session, widget = self._playback.session, self.query_one("#player", Waveform)
        if session is None or session.playing is None or not self._playback.is_playing:
            widget.update(_IDLE)
            self._mark(None)
            return
        widget.update(draw_player(session, max(10, widget.size.width)))
        self._mark(session.playing.track.urn)

    def _mark(self, urn: str | None) -> None:
        """Mark the row of the track that is played."""
        before, self._marked_urn = self._marked_urn, urn
        if before == urn or not self._opened:
            return
        loaded, rows = self._opened[-1], self.query_one("#rows", OptionList)
        changed = [index for index, item in enumerate(loaded.items) if _urn_of(item) in {before, urn}]
        for index in changed:
            if index < rows.option_count:
                line = loaded.lines(self._row_width, index)[0]
                rows.replace_option_prompt_at_index(index, self._prompt(line, loaded.items[index]))

    def on_waveform_seek(self, event: Waveform.Seek) -> None:
        """Seek to a part of the track."""
        session = self._playback.session
        if session is not None and (length := times(session)[1]):
            self._playback.press(f"seek {event.part * length / 1000}")

    def _report(self, error: ErrorMessage) -> None:
        """Show an error; it may be called in any thread."""
        self.clear_notifications()
        self.notify(error.hint, title=to_printable(error.text), severity="error", markup=False)

    def action_player(self, action: str) -> None:
        """Carry out an action of the player."""
        self._playback.press(action)

    def action_interrupt(self) -> None:
        """Quit as Ctrl-C ends any command."""
        self.exit(return_code=INTERRUPTED)

    def action_search(self) -> None:
        """Go to the search box."""
        self.query_one("#words", Input).focus()

    def action_leave(self) -> None:
        """Leave the search box, or go back to the list before."""
        rows = self.query_one("#rows", OptionList)
        if self.focused is not rows:
            rows.focus()
        elif len(self._opened) > 1:
            self._opened.pop()
            self._show_rows(self._opened[-1], 0)

    def action_keys(self) -> None:
        """List the keys."""
        self.push_screen(KeysScreen())


def _urn_of(item: Any) -> str | None:
    return getattr(getattr(item, "origin", item), "urn", None)
